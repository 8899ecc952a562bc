package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/store"
)

// fillBatch is how many documents are read at a time to fill a new column.
const fillBatch = 500

// Declare implements store.Engine. Each collection is made or altered in one transaction: killed half-way, it is as
// it was.
func (e *Engine) Declare(ctx context.Context, schemas ...store.Schema) error {
	all, err := store.Complete(schemas...)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := e.declare(ctx, s); err != nil {
			return fmt.Errorf("declaring %s: %w", s.Collection, err)
		}
	}
	return nil
}

func (e *Engine) declare(ctx context.Context, s store.Schema) error {
	if err := e.alter(ctx, s); err != nil {
		return err
	}
	made, err := e.prepare(ctx, s)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if before := e.tables[s.Collection]; before != nil {
		before.close()
	}
	e.tables[s.Collection] = made
	return nil
}

func (e *Engine) alter(ctx context.Context, s store.Schema) (err error) {
	tx, err := e.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	c := change{tx: tx, schema: s}
	for _, step := range []func(context.Context) error{c.makeTable, c.dropIndexes, c.alterColumns, c.makeIndexes} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// change brings one table to its schema within a transaction.
type change struct {
	tx     *sql.Tx
	schema store.Schema
}

func (c change) makeTable(ctx context.Context) error {
	return c.run(ctx,
		fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (tenant TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL) STRICT", tableName(c.schema.Collection)),
		fmt.Sprintf("CREATE UNIQUE INDEX IF NOT EXISTS %s ON %s (tenant, id)", keyName(c.schema.Collection), tableName(c.schema.Collection)))
}

// indexes gives the statement that makes each index declared, by its bare name.
func (c change) indexes() map[string]string {
	made := make(map[string]string, len(c.schema.Indexes))
	for _, index := range c.schema.Indexes {
		columns := make([]string, 0, len(index.Fields)+2)
		for _, field := range index.Fields {
			columns = append(columns, columnName(field))
		}
		if index.AllTenants {
			columns = append(columns, "tenant")
		} else {
			columns = slices.Insert(columns, 0, "tenant")
		}
		name := indexName(c.schema.Collection, index.Name)
		made[strings.Trim(name, `"`)] = fmt.Sprintf("CREATE INDEX %s ON %s (%s, id)", name, tableName(c.schema.Collection), strings.Join(columns, ", "))
	}
	return made
}

// dropIndexes drops the indexes that are not declared in this very form.
func (c change) dropIndexes(ctx context.Context) error {
	there, err := c.pairs(ctx, "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND name LIKE 'index %'", c.bareTable())
	if err != nil {
		return err
	}
	declared := c.indexes()
	for name, text := range there {
		if declared[name] != text {
			if err := c.run(ctx, fmt.Sprintf(`DROP INDEX "%s"`, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeIndexes makes the declared indexes that are not there; the others are as declared.
func (c change) makeIndexes(ctx context.Context) error {
	for _, text := range c.indexes() {
		if err := c.run(ctx, strings.Replace(text, "CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1)); err != nil {
			return err
		}
	}
	return nil
}

// alterColumns drops the columns of fields no index has any more, adds those of new ones and fills them.
func (c change) alterColumns(ctx context.Context) error {
	there, err := c.pairs(ctx, "SELECT name, type FROM pragma_table_info(?) WHERE name LIKE 'f %'", c.bareTable())
	if err != nil {
		return err
	}
	var added []string
	for _, field := range c.schema.Fields() {
		bare := strings.Trim(columnName(field), `"`)
		if _, ok := there[bare]; ok {
			delete(there, bare)
			continue
		}
		added = append(added, field)
		if err := c.run(ctx, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s ANY NOT NULL DEFAULT -9e999", tableName(c.schema.Collection), columnName(field))); err != nil {
			return err
		}
	}
	for bare := range there {
		if err := c.run(ctx, fmt.Sprintf(`ALTER TABLE %s DROP COLUMN "%s"`, tableName(c.schema.Collection), bare)); err != nil {
			return err
		}
	}
	if len(added) == 0 {
		return nil
	}
	return c.fill(ctx, added)
}

// fill puts the values of new columns in every row there is.
func (c change) fill(ctx context.Context, fields []string) error {
	t := &table{extract: store.NewExtractor(fields)}
	var set []string
	for _, field := range fields {
		set = append(set, columnName(field)+" = ?")
	}
	update, err := c.tx.PrepareContext(ctx, fmt.Sprintf("UPDATE %s SET %s WHERE rowid = ?", tableName(c.schema.Collection), strings.Join(set, ", ")))
	if err != nil {
		return err
	}
	for last := int64(0); ; {
		batch, err := c.batch(ctx, last)
		if err != nil || len(batch) == 0 {
			return errors.Join(err, update.Close())
		}
		for _, row := range batch {
			args, err := t.values(row.body, nil)
			if err != nil {
				return err
			}
			if _, err := update.ExecContext(ctx, append(args, row.id)...); err != nil {
				return err
			}
			last = row.id
		}
	}
}

type row struct {
	id   int64
	body []byte
}

func (c change) batch(ctx context.Context, after int64) (batch []row, err error) {
	rows, err := c.tx.QueryContext(ctx, fmt.Sprintf("SELECT rowid, body FROM %s WHERE rowid > ? ORDER BY rowid LIMIT %d", tableName(c.schema.Collection), fillBatch), after)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.body); err != nil {
			return nil, err
		}
		batch = append(batch, r)
	}
	return batch, rows.Err()
}

func (c change) bareTable() string { return strings.Trim(tableName(c.schema.Collection), `"`) }

func (c change) run(ctx context.Context, statements ...string) error {
	for _, text := range statements {
		if _, err := c.tx.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// pairs reads a query of two text columns.
func (c change) pairs(ctx context.Context, query, arg string) (found map[string]string, err error) {
	rows, err := c.tx.QueryContext(ctx, query, arg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	found = map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, err
		}
		found[key] = value
	}
	return found, rows.Err()
}
