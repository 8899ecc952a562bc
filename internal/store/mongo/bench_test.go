package mongo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/mongo/mongotest"
	"github.com/garant-sante/garant/internal/store/storetest"
)

// answer is a document of some 1.5 KB, as the store's layer keeps it.
type answer struct {
	store.Meta `bson:",inline"`
	Content    `bson:",inline"`
}

// rawAnswer is the same for the driver alone, with the version and tenant that it then needs.
type rawAnswer struct {
	ID      string `bson:"_id"`
	Shape   int    `bson:"v"`
	Version int64  `bson:"n"`
	Tenant  string `bson:"t"`
	Content `bson:",inline"`
}

// Content is what both have. It is exported because the driver leaves out the fields of an embedded type that is not.
type Content struct {
	Section string    `bson:"section"`
	Rank    int64     `bson:"rank"`
	Title   string    `bson:"title"`
	Text    string    `bson:"text"`
	Tags    []string  `bson:"tags"`
	Changed time.Time `bson:"changed"`
	Done    bool      `bson:"done"`
}

const (
	benchTenant = "structure-bench"
	perSection  = 50
)

var answers = store.Schema{Collection: "answers", Shape: 1, Indexes: []store.Index{{Name: "section", Fields: []string{"section", "rank"}}}}

// bench is one set of documents kept twice: by the layer, and by the driver alone.
type bench struct {
	ours *store.Collection[answer]
	e    *Engine
	raw  *driver.Collection
	file *driver.Collection
	part *driver.Collection
	ids  []string
}

// prepared fills a database: 2,000 documents on the server of the tests, which reads a whole collection to answer
// anything but a lone _id; 50,000 on another.
func prepared(b *testing.B) *bench {
	b.Helper()
	count := 2_000
	if mongotest.External() {
		count = 50_000
	}
	ctx := b.Context()
	e := openedAt(b, mongotest.URI(b), nil)
	must(b, e.Declare(ctx, answers))
	d := e.database
	set := &bench{ours: store.NewCollection[answer](e, answers), e: e, raw: d.Collection("raw"), file: d.Collection("raw-files"), part: d.Collection("raw-parts")}
	_, err := set.raw.Indexes().CreateOne(ctx, driver.IndexModel{Keys: bson.D{{Key: "t", Value: 1}, {Key: "section", Value: 1}, {Key: "rank", Value: 1}, {Key: "_id", Value: 1}}})
	must(b, err)
	for start := 0; start < count; start += 1000 {
		var ours []*answer
		var raw []*rawAnswer
		for i := start; i < start+1000; i++ {
			c := Content{
				Section: fmt.Sprintf("section-%d", i/perSection), Rank: int64(i % perSection), Title: fmt.Sprintf("Réponse numéro %d", i),
				Text: strings.Repeat("Les sauvegardes sont testées. ", 42), Tags: []string{"sauvegarde", "continuité"}, Changed: time.Unix(int64(i), 0).UTC(),
			}
			id := store.NewID()
			set.ids = append(set.ids, id)
			ours = append(ours, &answer{Meta: store.Meta{ID: id}, Content: c})
			raw = append(raw, &rawAnswer{ID: benchTenant + "+" + id, Shape: 1, Version: 1, Tenant: benchTenant, Content: c})
		}
		must(b, set.ours.In(benchTenant).InsertMany(ctx, ours))
		_, err := set.raw.InsertMany(ctx, raw)
		must(b, err)
	}
	return set
}

// leastTurns is how often each side is timed at least, however long that takes: a server on a busy machine answers
// unevenly.
const leastTurns = 15

// compare times the layer and the driver turn by turn, so that both meet the same noise, and reports their medians.
func compare(b *testing.B, ours, raw func()) {
	b.Helper()
	var took [2][]time.Duration
	turns := 0
	turn := func() {
		turns++
		for i := range 2 {
			side := (turns + i) % 2 // each goes first every other time
			began := time.Now()
			[]func(){ours, raw}[side]()
			took[side] = append(took[side], time.Since(began))
		}
	}
	for b.Loop() {
		turn()
	}
	for len(took[0]) < leastTurns {
		turn()
	}
	median := func(d []time.Duration) float64 {
		slices.Sort(d)
		return float64(d[len(d)/2].Nanoseconds())
	}
	a, r := median(took[0]), median(took[1])
	b.ReportMetric(0, "ns/op") // of both sides together: it says nothing
	b.ReportMetric(a, "garant-ns")
	b.ReportMetric(r, "raw-ns")
	b.ReportMetric(a/r, "times-raw")
}

func BenchmarkMongo(b *testing.B) {
	set := prepared(b)
	b.Run("by-id", set.byID)
	b.Run("by-index", set.byIndex)
	b.Run("page-of-50", set.page)
	b.Run("update", set.update)
	b.Run("file-in", set.fileIn)
	b.Run("file-out", set.fileOut)
}

func (s *bench) any() string { return s.ids[rand.IntN(len(s.ids))] }

func (s *bench) byID(b *testing.B) {
	ctx, in := b.Context(), s.ours.In(benchTenant)
	compare(b, func() {
		_, err := in.Get(ctx, s.any())
		must(b, err)
	}, func() {
		s.rawGet(b, ctx, s.any())
	})
}

func (s *bench) rawGet(b *testing.B, ctx context.Context, id string) *rawAnswer {
	var doc rawAnswer
	must(b, s.raw.FindOne(ctx, bson.D{{Key: "_id", Value: benchTenant + "+" + id}}).Decode(&doc))
	return &doc
}

// byIndex finds the one document of a section and rank.
func (s *bench) byIndex(b *testing.B) {
	ctx, in := b.Context(), s.ours.In(benchTenant)
	section := func() string { return fmt.Sprintf("section-%d", rand.IntN(len(s.ids)/perSection)) }
	compare(b, func() {
		page, err := in.Scan(ctx, store.Query{Index: "section", Equal: []any{section(), 7}, Limit: 1})
		must(b, err)
		mustCount(b, len(page.Items), 1)
	}, func() {
		found := s.rawFind(b, ctx, bson.D{{Key: "t", Value: benchTenant}, {Key: "section", Value: section()}, {Key: "rank", Value: 7}}, 1)
		mustCount(b, len(found), 1)
	})
}

// page reads the 50 documents of a section in order.
func (s *bench) page(b *testing.B) {
	ctx, in := b.Context(), s.ours.In(benchTenant)
	section := func() string { return fmt.Sprintf("section-%d", rand.IntN(len(s.ids)/perSection)) }
	compare(b, func() {
		page, err := in.Scan(ctx, store.Query{Index: "section", Equal: []any{section()}})
		must(b, err)
		mustCount(b, len(page.Items), perSection)
	}, func() {
		found := s.rawFind(b, ctx, bson.D{{Key: "t", Value: benchTenant}, {Key: "section", Value: section()}}, perSection)
		mustCount(b, len(found), perSection)
	})
}

// rawFind asks for one document more than wanted, as the layer does to know whether a page follows.
func (s *bench) rawFind(b *testing.B, ctx context.Context, filter bson.D, limit int) []*rawAnswer {
	how := options.Find().SetSort(bson.D{{Key: "rank", Value: 1}, {Key: "_id", Value: 1}}).SetLimit(int64(limit) + 1).SetBatchSize(int32(limit) + 2)
	cursor, err := s.raw.Find(ctx, filter, how)
	must(b, err)
	var found []*rawAnswer
	must(b, cursor.All(ctx, &found))
	return found
}

// update reads a document by id and replaces it at its version.
func (s *bench) update(b *testing.B) {
	ctx, in := b.Context(), s.ours.In(benchTenant)
	compare(b, func() {
		_, err := in.Update(ctx, s.any(), func(a *answer) error { a.Done = !a.Done; return nil })
		must(b, err)
	}, func() {
		doc := s.rawGet(b, ctx, s.any())
		doc.Done = !doc.Done
		doc.Version++
		done, err := s.raw.ReplaceOne(ctx, bson.D{{Key: "_id", Value: doc.ID}, {Key: "n", Value: doc.Version - 1}}, doc)
		must(b, err)
		mustCount(b, int(done.MatchedCount), 1)
	})
}

const benchFile = 4 << 20

// fileIn stores 4 MiB in chunks of 1 MiB with their digest.
func (s *bench) fileIn(b *testing.B) {
	ctx, files, data := b.Context(), filesOf(b, s.e).In(benchTenant), random(benchFile)
	compare(b, func() {
		_, err := files.Create(ctx, "evidence.pdf", "application/pdf", bytes.NewReader(data), benchFile)
		must(b, err)
	}, func() {
		s.rawFileIn(b, ctx, data)
	})
}

// rawFileIn writes a document, the chunks, and the document again with what is known by then.
func (s *bench) rawFileIn(b *testing.B, ctx context.Context, data []byte) string {
	id := store.NewID()
	_, err := s.file.InsertOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "n", Value: int64(1)}, {Key: "name", Value: "evidence.pdf"}})
	must(b, err)
	sum, from, chunk := sha256.New(), bytes.NewReader(data), make([]byte, store.ChunkSize)
	for i := 0; ; i++ {
		n, err := io.ReadFull(from, chunk)
		if err == io.EOF {
			break
		}
		_, _ = sum.Write(chunk[:n])
		_, err = s.part.InsertOne(ctx, bson.D{{Key: "_id", Value: fmt.Sprintf("%s.%d", id, i)}, {Key: "d", Value: chunk[:n]}})
		must(b, err)
	}
	published := bson.D{{Key: "_id", Value: id}, {Key: "n", Value: int64(2)}, {Key: "name", Value: "evidence.pdf"}, {Key: "sha256", Value: sum.Sum(nil)}}
	_, err = s.file.ReplaceOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "n", Value: int64(1)}}, published)
	must(b, err)
	return id
}

// fileOut reads 4 MiB back and verifies their digest.
func (s *bench) fileOut(b *testing.B) {
	ctx, files, data := b.Context(), filesOf(b, s.e).In(benchTenant), random(benchFile)
	file, err := files.Create(ctx, "evidence.pdf", "application/pdf", bytes.NewReader(data), benchFile)
	must(b, err)
	rawID := s.rawFileIn(b, ctx, data)
	compare(b, func() {
		r, _, err := files.Open(ctx, file.ID)
		must(b, err)
		n, err := io.Copy(io.Discard, r)
		must(b, err)
		mustCount(b, int(n), benchFile)
		must(b, r.Close())
	}, func() {
		s.rawFileOut(b, ctx, rawID)
	})
}

func (s *bench) rawFileOut(b *testing.B, ctx context.Context, id string) {
	doc, err := s.file.FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Raw()
	must(b, err)
	sum := sha256.New()
	for i := range benchFile / store.ChunkSize {
		part, err := s.part.FindOne(ctx, bson.D{{Key: "_id", Value: fmt.Sprintf("%s.%d", id, i)}}).Raw()
		must(b, err)
		_, data := part.Lookup("d").Binary()
		_, _ = sum.Write(data)
		_, err = io.Discard.Write(data)
		must(b, err)
	}
	if _, want := doc.Lookup("sha256").Binary(); !bytes.Equal(sum.Sum(nil), want) {
		b.Fatal("the bytes are not those stored")
	}
}

func random(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data)
	return data
}

func must(t testing.TB, err error) {
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

// filesOf gives the files of an engine, sealed by the key of tests.
func filesOf(t testing.TB, e store.Engine) *store.Files {
	t.Helper()
	keys, err := storetest.Unlock(t.Context(), e)
	must(t, err)
	return store.NewFiles(e, keys)
}

func mustCount(t testing.TB, got, want int) {
	if got != want {
		t.Helper()
		t.Fatalf("got %d, want %d", got, want)
	}
}
