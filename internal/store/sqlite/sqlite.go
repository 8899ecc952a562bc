// Package sqlite is the embedded engine of the store: one folder, one process, nothing to install.
//
// The folder holds garant.db, in write-ahead mode with synchronous=FULL: a write that was answered is on the disk.
// One connection writes, in immediate transactions; a pool of others reads, and never waits for it. One table holds
// one collection: tenant, id, version, body, and one column per field of its indexes, which are real indexes.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	_ "modernc.org/sqlite" // the driver named "sqlite"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// The files of the folder.
const (
	databaseFile = "garant.db"
	lockFile     = "garant.lock"
)

// layout numbers the way this package lays out tables. It is in the file's user_version.
const layout = 1

// pragmas are those of every connection. The cache is in KiB when negative; the write-ahead file is cut to 64 MiB
// when it is reset.
var pragmas = []string{
	"busy_timeout(10000)",
	"journal_mode(WAL)",
	"synchronous(FULL)",
	"cache_size(-8000)",
	"journal_size_limit(67108864)",
	"temp_store(MEMORY)",
}

// errInUse says that another process holds the lock.
var errInUse = errors.New("another process has the folder open")

// Engine is a folder's database. Open makes it.
type Engine struct {
	writer *sql.DB // one connection
	reader *sql.DB // a pool
	lock   *os.File

	mu     sync.RWMutex
	tables map[string]*table
}

var _ store.Engine = (*Engine)(nil)

// Open opens the database of a folder, and makes both when they are missing, for their owner alone (0700, 0600).
// fault.Unavailable("store.in-use") when another process has it open, fault.Unavailable("store.newer-layout") when
// a newer program has written it.
func Open(dir string) (*Engine, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	lock, err := acquire(filepath.Join(dir, lockFile))
	if errors.Is(err, errInUse) {
		return nil, fault.NewUnavailable("store.in-use", "folder", dir).Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	e := &Engine{lock: lock, tables: map[string]*table{}}
	if err := e.open(filepath.Join(dir, databaseFile)); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database of %s: %w", dir, err), e.Close())
	}
	return e, nil
}

func (e *Engine) open(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // the driver would let others read it
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if e.writer, err = connect(path, 1, "_txlock", "immediate"); err != nil {
		return err
	}
	if err := checkLayout(e.writer); err != nil {
		return err
	}
	e.reader, err = connect(path, max(4, runtime.NumCPU()), "_pragma", "query_only(1)")
	return err
}

// connect opens a pool that keeps its connections, and with them their prepared statements.
func connect(path string, connections int, option, value string) (*sql.DB, error) {
	query := url.Values{"_pragma": pragmas}
	query.Add(option, value)
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, db.Ping()
}

func checkLayout(db *sql.DB) error {
	var found int
	if err := db.QueryRow("PRAGMA user_version").Scan(&found); err != nil {
		return err
	}
	switch {
	case found > layout:
		return fault.NewUnavailable("store.newer-layout", "layout", found)
	case found < layout:
		_, err := db.Exec(fmt.Sprintf("PRAGMA user_version = %d", layout))
		return err
	}
	return nil
}

// Exclusive implements store.Engine: the lock sees to it.
func (e *Engine) Exclusive() bool { return true }

// Ping implements store.Engine.
func (e *Engine) Ping(ctx context.Context) error {
	var one int
	return e.reader.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Close implements store.Engine. The last connection folds the write-ahead file into the database.
func (e *Engine) Close() error {
	var errs []error
	for _, db := range []*sql.DB{e.reader, e.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, e.lock.Close())...)
}

// table gives a declared collection.
func (e *Engine) table(collection string) (*table, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	t, ok := e.tables[collection]
	if !ok {
		return nil, fmt.Errorf("sqlite: collection %q is not declared", collection)
	}
	return t, nil
}
