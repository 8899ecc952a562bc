package storetest

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// hostile are strings that break naive code.
var hostile = []string{
	"", " ", "\x00", "a\x00b", "😀", "é", "e\u0301", "\ufeff", "\u202e", "$set", "a.b", "$", ".", "'; DROP TABLE notes; --", `"`, `\`,
	"%", "_", "null", "0123", "1e3", "\r\n", "\x1f\x7f", strings.Repeat("long", 5000),
}

func keepsHostileValues(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	in := collection.In(blue)
	var docs []*note
	for _, text := range hostile {
		docs = append(docs, &note{Group: text, Text: text, Place: place{City: text}, Extra: bson.D{{Key: "text", Value: text}}})
	}
	var strange bson.D
	for _, key := range []string{"", "a.b", ".", "$set", "$ref", "_id", "é😀", " ", `"`, "'", "0", "\r\n"} {
		strange = append(strange, bson.E{Key: key, Value: bson.D{{Key: key, Value: key}}})
	}
	oldest, newest := time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)
	least := int64(math.MinInt64)
	docs = append(docs,
		&note{Group: "keys", Extra: strange},
		&note{Group: "dates", When: &oldest, Alarm: &newest, Rank: &least},
		&note{Group: "kinds", Extra: bson.D{
			{Key: "double", Value: math.Inf(1)}, {Key: "zero", Value: math.Copysign(0, -1)}, {Key: "long", Value: int64(math.MaxInt64)},
			{Key: "binary", Value: bson.Binary{Data: []byte{0, 255}}}, {Key: "nothing", Value: nil}, {Key: "empty", Value: bson.D{}},
			{Key: "list", Value: bson.A{"a", int32(1), bson.A{}}}, {Key: "date", Value: bson.DateTime(math.MinInt64 / 2)},
		}},
		&note{Group: "twice", Extra: bson.D{{Key: "same", Value: "1"}, {Key: "same", Value: "2"}}},
	)
	for _, doc := range docs {
		must(t, in.Insert(ctx, doc))
		got, err := in.Get(ctx, doc.ID)
		must(t, err)
		same(t, got, doc)
		page, err := in.Scan(ctx, store.Query{Index: "rank", Equal: []any{doc.Group}})
		must(t, err)
		same(t, page.Items, []*note{doc})
	}
}

func keepsLargeAndRefusesTooLarge(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	in := collection.In(blue)
	for _, size := range []int{1 << 20, store.MaxBody - 1024} {
		doc := &note{Text: strings.Repeat("x", size)}
		must(t, in.Insert(ctx, doc))
		got, err := in.Update(ctx, doc.ID, func(n *note) error { n.Count++; return nil })
		must(t, err)
		got, err = in.Get(ctx, got.ID)
		must(t, err)
		doc.Count = 1
		if got.Count != 1 || got.Text != doc.Text {
			t.Fatalf("a document of %d bytes came back changed", size)
		}
	}
	doc := &note{Text: strings.Repeat("x", store.MaxBody)}
	wantKind(t, in.Insert(ctx, doc), fault.TooLarge, "store.too-large")
	small := &note{}
	must(t, in.Insert(ctx, small))
	_, err := in.Update(ctx, small.ID, func(n *note) error { n.Text = doc.Text; return nil })
	wantKind(t, err, fault.TooLarge, "store.too-large")
	got, err := in.Get(ctx, small.ID)
	must(t, err)
	same(t, got, small)
}

// A stored field that this program does not know is refused: writing the document again would drop it.
func refusesAFieldItWouldDrop(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, collection := begin(t, open)
	for id, body := range map[string]bson.D{
		"top":   {{Key: "_id", Value: "top"}, {Key: "v", Value: 1}, {Key: "later", Value: 1}},
		"inner": {{Key: "_id", Value: "inner"}, {Key: "v", Value: 1}, {Key: "place", Value: bson.D{{Key: "street", Value: "x"}}}},
	} {
		raw, err := bson.Marshal(body)
		must(t, err)
		must(t, engine.Insert(ctx, notes.Collection, store.Record{Tenant: blue, ID: id, Version: 1, Body: raw}))
		_, err = collection.In(blue).Get(ctx, id)
		wantKind(t, err, fault.Unavailable, "store.unknown-field")
		want := map[string]string{"top": "later", "inner": "place.street"}[id]
		if f, _ := fault.As(err); f.Args[len(f.Args)-1] != want {
			t.Fatalf("names %v, want %s", f.Args, want)
		}
		err = engine.Get(ctx, notes.Collection, blue, []string{id}, func(r store.Record) error {
			if !bytes.Equal(r.Body, raw) {
				t.Errorf("the engine changed the body of %s", id)
			}
			return nil
		})
		must(t, err)
	}
}
