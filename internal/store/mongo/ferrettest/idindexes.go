package main

import (
	"database/sql"
	"fmt"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver FerretDB has registered already
)

// idIndexes gives each collection the index that FerretDB 1.24 looks documents up by id with, and lacks: its own is on
// an expression that is written otherwise, which SQLite does not recognise, so that reading one chunk of a file would
// read them all.
type idIndexes struct {
	dir       string
	databases map[string]*sql.DB
	done      map[string]bool // by path and table
}

func newIDIndexes(dir string) *idIndexes {
	return &idIndexes{dir: dir, databases: make(map[string]*sql.DB), done: make(map[string]bool)}
}

// add makes the indexes that are missing. No command runs meanwhile.
func (x *idIndexes) add() error {
	paths, err := filepath.Glob(filepath.Join(x.dir, "*.sqlite"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		if x.databases[path] == nil {
			if x.databases[path], err = sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?"+pragmas.Encode()); err != nil {
				return err
			}
		}
		if err := x.addTo(path); err != nil {
			return fmt.Errorf("index by id of %s: %w", path, err)
		}
	}
	return nil
}

func (x *idIndexes) addTo(path string) error {
	tables, err := x.tables(x.databases[path])
	if err != nil {
		return err
	}
	for _, table := range tables {
		if x.done[path+"\x00"+table] {
			continue
		}
		_, err := x.databases[path].Exec(fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %q ON %q (_ferretdb_sjson->'$._id')`, table+"_by_id", table))
		if err != nil {
			return err
		}
		x.done[path+"\x00"+table] = true
	}
	return nil
}

func (x *idIndexes) tables(db *sql.DB) ([]string, error) {
	rows, err := db.Query(`SELECT table_name FROM _ferretdb_collections`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, rows.Err()
}
