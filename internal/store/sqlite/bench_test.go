package sqlite_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
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
	"github.com/garant-sante/garant/internal/store/storetest"
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
	keys, err := storetest.Unlock(ctx, w.engine)
	if err != nil {
		return nil, err
	}
	w.files = store.NewFiles(w.engine, keys).In(owner)
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

// fileSize is that of the largest evidence that is taken.
const fileSize = 50 << 20

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
