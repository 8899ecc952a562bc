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
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
)

// Each benchmark does the same work twice, on the same documents with the same pragmas, tables and indexes: through
// the store ("garant"), and by hand with database/sql, prepared statements and the same types ("raw").

// entry is a document of some 1.5 KB, as an annex's or a service's are.
type entry struct {
	store.Meta `bson:",inline"`
	Structure  string    `bson:"structure"`
	Name       string    `bson:"name"`
	Status     string    `bson:"status"`
	Rank       int64     `bson:"rank"`
	Changed    time.Time `bson:"changed"`
	Count      int       `bson:"count"`
	Contacts   []contact `bson:"contacts"`
	Text       string    `bson:"text"`
}

type contact struct {
	Name string `bson:"name"`
	Mail string `bson:"mail"`
	Role string `bson:"role"`
}

var entries = store.Schema{Collection: "entries", Shape: 1, Indexes: []store.Index{
	{Name: "status", Fields: []string{"status", "changed"}},
	{Name: "rank", Fields: []string{"rank"}},
}}

const owner store.Tenant = "structure-bench"

// documents is how many there are; GARANT_BENCH_DOCUMENTS changes it.
func documents() int {
	if n, err := strconv.Atoi(os.Getenv("GARANT_BENCH_DOCUMENTS")); err == nil && n > 0 {
		return n
	}
	return 50_000
}

func entryID(i int) string { return fmt.Sprintf("entry-%07d", i) }

func makeEntry(i int) *entry {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	e := &entry{
		Meta: store.Meta{ID: entryID(i), Shape: 1}, Structure: "Centre hospitalier de la Vallée", Name: fmt.Sprintf("Service %d", i),
		Status: fmt.Sprintf("status-%03d", i%500), Rank: int64(i), Changed: time.UnixMilli(1_800_000_000_000 + r.Int64N(1e9)).UTC(),
	}
	for n := range 6 {
		e.Contacts = append(e.Contacts, contact{Name: fmt.Sprintf("Personne %d", n), Mail: fmt.Sprintf("personne.%d.%d@hopital.example", n, i), Role: "Responsable de la sécurité"})
	}
	var text strings.Builder
	for text.Len() < 500 {
		fmt.Fprintf(&text, "%x ", r.Uint64())
	}
	e.Text = text.String()
	return e
}

// world is both sides on their own databases of equal content.
type world struct {
	engine  *sqlite.Engine
	entries store.Scoped[entry]
	files   store.ScopedFiles
	raw     *raw
}

// raw is what one would write by hand.
type raw struct {
	writer, reader                                      *sql.DB
	get, byIndex, page, update, insert, addChunk, chunk *sql.Stmt
}

// theWorld is filled once for all benchmarks of a run: filling takes longer than measuring.
var theWorld = sync.OnceValues(func() (*world, error) {
	dir, err := os.MkdirTemp("", "garant-bench-")
	if err != nil {
		return nil, err
	}
	benchDir = dir
	w := &world{}
	if w.engine, err = sqlite.Open(filepath.Join(dir, "garant")); err != nil {
		return nil, err
	}
	ctx := context.Background()
	if err := w.engine.Declare(ctx, entries); err != nil {
		return nil, err
	}
	w.entries = store.NewCollection[entry](w.engine, entries).In(owner)
	w.files = store.NewFiles(w.engine).In(owner)
	if w.raw, err = openRaw(filepath.Join(dir, "raw.db")); err != nil {
		return nil, err
	}
	for first := 0; first < documents(); first += 1000 {
		var batch []*entry
		for i := first; i < min(first+1000, documents()); i++ {
			batch = append(batch, makeEntry(i))
		}
		if err := w.entries.InsertMany(ctx, batch); err != nil {
			return nil, err
		}
		if err := w.raw.fill(ctx, batch); err != nil {
			return nil, err
		}
	}
	return w, nil
})

// benchDir is removed by TestMain.
var benchDir string

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

func begin(b *testing.B) (*world, context.Context) {
	b.Helper()
	w, err := theWorld()
	if err != nil {
		b.Fatal(err)
	}
	return w, b.Context()
}

// both runs the two sides one after the other, then by turns: on a machine that does other work too, only the ratio
// of the medians of the third is to be trusted.
func both(b *testing.B, garant, raw func(r *rand.Rand) error) {
	b.Helper()
	for _, side := range []struct {
		name string
		do   func(r *rand.Rand) error
	}{{"garant", garant}, {"raw", raw}} {
		b.Run(side.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			b.ReportAllocs()
			for b.Loop() {
				if err := side.do(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("byturns", func(b *testing.B) {
		var took [2][]time.Duration
		turns := [2]*rand.Rand{rand.New(rand.NewPCG(1, 3)), rand.New(rand.NewPCG(1, 3))}
		for turn := 0; b.Loop(); turn++ {
			for i := range 2 {
				side := (turn + i) % 2 // each goes first every other time
				start := time.Now()
				if err := []func(*rand.Rand) error{garant, raw}[side](turns[side]); err != nil {
					b.Fatal(err)
				}
				took[side] = append(took[side], time.Since(start))
			}
		}
		slices.Sort(took[0])
		slices.Sort(took[1])
		ours, theirs := took[0][len(took[0])/2], took[1][len(took[1])/2]
		b.ReportMetric(float64(ours.Nanoseconds()), "garant-ns")
		b.ReportMetric(float64(theirs.Nanoseconds()), "raw-ns")
		b.ReportMetric(float64(ours)/float64(theirs), "times-raw")
	})
}

func BenchmarkByID(b *testing.B) {
	w, ctx := begin(b)
	both(b, func(r *rand.Rand) error {
		_, err := w.entries.Get(ctx, entryID(r.IntN(documents())))
		return err
	}, func(r *rand.Rand) error {
		_, _, err := one(w.raw.get.QueryRowContext(ctx, string(owner), entryID(r.IntN(documents()))))
		return err
	})
}

func BenchmarkByIndex(b *testing.B) {
	w, ctx := begin(b)
	both(b, func(r *rand.Rand) error {
		page, err := w.entries.Scan(ctx, store.Query{Index: "rank", Equal: []any{r.Int64N(int64(documents()))}, Limit: 1})
		if err == nil && len(page.Items) != 1 {
			err = sql.ErrNoRows
		}
		return err
	}, func(r *rand.Rand) error {
		_, _, err := one(w.raw.byIndex.QueryRowContext(ctx, string(owner), r.Int64N(int64(documents()))))
		return err
	})
}

func BenchmarkPageOf50(b *testing.B) {
	w, ctx := begin(b)
	both(b, func(r *rand.Rand) error {
		page, err := w.entries.Scan(ctx, store.Query{Index: "status", Equal: []any{fmt.Sprintf("status-%03d", r.IntN(500))}})
		if err == nil && len(page.Items) != 50 {
			err = sql.ErrNoRows
		}
		return err
	}, func(r *rand.Rand) error {
		rows, err := w.raw.page.QueryContext(ctx, string(owner), fmt.Sprintf("status-%03d", r.IntN(500)), 50)
		if err != nil {
			return err
		}
		defer rows.Close()
		var items []*entry
		for rows.Next() {
			var version int64
			var body sql.RawBytes
			if err := rows.Scan(&version, &body); err != nil {
				return err
			}
			e := new(entry)
			if err := bson.Unmarshal(body, e); err != nil {
				return err
			}
			items = append(items, e)
		}
		if len(items) != 50 {
			return sql.ErrNoRows
		}
		return rows.Err()
	})
}

func BenchmarkUpdate(b *testing.B) {
	w, ctx := begin(b)
	both(b, func(r *rand.Rand) error {
		_, err := w.entries.Update(ctx, entryID(r.IntN(documents())), func(e *entry) error { e.Count++; return nil })
		return err
	}, func(r *rand.Rand) error {
		id := entryID(r.IntN(documents()))
		e, version, err := one(w.raw.get.QueryRowContext(ctx, string(owner), id))
		if err != nil {
			return err
		}
		e.Count++
		body, err := bson.Marshal(e)
		if err != nil {
			return err
		}
		result, err := w.raw.update.ExecContext(ctx, version+1, body, e.Status, e.Changed.UnixMilli(), e.Rank, string(owner), id, version)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("%d rows: %w", n, err)
		}
		return nil
	})
}

// fileSize is that of a certificate with its annexes.
const fileSize = 16 << 20

func fileContent() io.Reader { return io.LimitReader(rand.NewChaCha8([32]byte{}), fileSize) }

func BenchmarkFileIn(b *testing.B) {
	w, ctx := begin(b)
	b.SetBytes(fileSize)
	both(b, func(*rand.Rand) error {
		_, err := w.files.Create(ctx, "f", "application/pdf", fileContent(), fileSize)
		return err
	}, func(*rand.Rand) error {
		_, err := w.raw.create(ctx, fileContent())
		return err
	})
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

func BenchmarkFileOut(b *testing.B) {
	w, ctx := begin(b)
	made, err := w.files.Create(ctx, "f", "application/pdf", fileContent(), fileSize)
	if err != nil {
		b.Fatal(err)
	}
	id, err := w.raw.create(ctx, fileContent())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(fileSize)
	both(b, func(*rand.Rand) error {
		r, _, err := w.files.Open(ctx, made.ID)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, r)
		return err
	}, func(*rand.Rand) error { return w.raw.read(ctx, id, sha256.New()) })
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
