package sqlite_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/store"
)

// raw is what one would write by hand.
type raw struct {
	writer, reader                                      *sql.DB
	get, byIndex, page, update, insert, addChunk, chunk *sql.Stmt
}

func openRaw(path string) (*raw, error) {
	const pragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-8000)&_pragma=journal_size_limit(67108864)&_pragma=temp_store(MEMORY)"
	r := &raw{}
	var err error
	if r.writer, err = sql.Open("sqlite", "file:"+path+pragmas+"&_txlock=immediate"); err != nil {
		return nil, err
	}
	r.writer.SetMaxOpenConns(1)
	if r.reader, err = sql.Open("sqlite", "file:"+path+pragmas); err != nil {
		return nil, err
	}
	r.reader.SetMaxOpenConns(4)
	r.reader.SetMaxIdleConns(4)
	for _, text := range []string{
		"CREATE TABLE entries (tenant TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL, status TEXT, changed INTEGER, rank INTEGER) STRICT",
		"CREATE UNIQUE INDEX entries_id ON entries (tenant, id)",
		"CREATE INDEX entries_status ON entries (tenant, status, changed, id)",
		"CREATE INDEX entries_rank ON entries (tenant, rank, id)",
		"CREATE TABLE chunks (tenant TEXT NOT NULL, file TEXT NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
		"CREATE UNIQUE INDEX chunks_id ON chunks (tenant, file, number)",
		"CREATE TABLE files (tenant TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT",
		"CREATE UNIQUE INDEX files_id ON files (tenant, file)",
	} {
		if _, err := r.writer.Exec(text); err != nil {
			return nil, err
		}
	}
	for _, p := range []struct {
		db   *sql.DB
		into **sql.Stmt
		text string
	}{
		{r.reader, &r.get, "SELECT version, body FROM entries WHERE tenant = ? AND id = ?"},
		{r.reader, &r.byIndex, "SELECT version, body FROM entries WHERE tenant = ? AND rank = ? ORDER BY id LIMIT 1"},
		{r.reader, &r.page, "SELECT version, body FROM entries WHERE tenant = ? AND status = ? ORDER BY changed, id LIMIT ?"},
		{r.writer, &r.update, "UPDATE entries SET version = ?, body = ?, status = ?, changed = ?, rank = ? WHERE tenant = ? AND id = ? AND version = ?"},
		{r.writer, &r.insert, "INSERT INTO entries (tenant, id, version, body, status, changed, rank) VALUES (?, ?, 1, ?, ?, ?, ?)"},
		{r.writer, &r.addChunk, "INSERT INTO chunks (tenant, file, number, data) VALUES (?, ?, ?, ?)"},
		{r.reader, &r.chunk, "SELECT data FROM chunks WHERE tenant = ? AND file = ? AND number = ?"},
	} {
		if *p.into, err = p.db.Prepare(p.text); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *raw) fill(ctx context.Context, batch []*entry) error {
	tx, err := r.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	insert := tx.StmtContext(ctx, r.insert)
	for _, e := range batch {
		body, err := bson.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, string(owner), e.ID, body, e.Status, e.Changed.UnixMilli(), e.Rank); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// one reads a document of a row of version and body.
func one(row *sql.Row) (*entry, int64, error) {
	var version int64
	var body []byte
	if err := row.Scan(&version, &body); err != nil {
		return nil, 0, err
	}
	e := new(entry)
	return e, version, bson.Unmarshal(body, e)
}

// create stores a file as the store does: a chunk a transaction, the digest on the way, the file last.
func (r *raw) create(ctx context.Context, from io.Reader) (string, error) {
	id, sum, size := store.NewID(), sha256.New(), 0
	for number, chunk := 0, make([]byte, store.ChunkSize); ; number++ {
		n, err := io.ReadFull(from, chunk)
		if n > 0 {
			sum.Write(chunk[:n])
			if _, err := r.addChunk.ExecContext(ctx, string(owner), id, number, chunk[:n]); err != nil {
				return "", err
			}
			size += n
		}
		if err != nil {
			break
		}
	}
	_, err := r.writer.ExecContext(ctx, "INSERT INTO files VALUES (?, ?, ?, ?)", string(owner), id, size, hex.EncodeToString(sum.Sum(nil)))
	return id, err
}

func (r *raw) read(ctx context.Context, id string, sum hash.Hash) error {
	var size int
	var want string
	if err := r.reader.QueryRowContext(ctx, "SELECT size, sha256 FROM files WHERE tenant = ? AND file = ?", string(owner), id).Scan(&size, &want); err != nil {
		return err
	}
	for number := 0; size > 0; number++ {
		n, err := r.readChunk(ctx, id, number, sum)
		if err != nil {
			return err
		}
		size -= n
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		return fmt.Errorf("digest %s", got)
	}
	return nil
}

func (r *raw) readChunk(ctx context.Context, id string, number int, sum hash.Hash) (int, error) {
	rows, err := r.chunk.QueryContext(ctx, string(owner), id, number)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var data sql.RawBytes
	if !rows.Next() {
		return 0, sql.ErrNoRows
	}
	if err := rows.Scan(&data); err != nil {
		return 0, err
	}
	sum.Write(data)
	_, err = io.Discard.Write(data)
	return len(data), errors.Join(err, rows.Err())
}
