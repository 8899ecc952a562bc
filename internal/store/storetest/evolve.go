package storetest

import (
	"io"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

func fillsAnIndexDeclaredLater(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, collection := begin(t, open)
	var docs []*note
	total := among(engine, 1100, 120)
	for i := range total {
		docs = append(docs, &note{Count: i % 10, Text: "t", Place: place{City: "c"}})
	}
	must(t, collection.In(blue).InsertMany(ctx, docs))

	later := store.Schema{Collection: "notes", Shape: 1, Indexes: []store.Index{
		{Name: "count", Fields: []string{"count"}},                      // new
		{Name: "rank", Fields: []string{"text", "place.city", "count"}}, // another index under a name there was
		{Name: "alarm", Fields: []string{"alarm"}, AllTenants: true},    // as it was
	}}
	for range 2 { // twice: the second time there is nothing to do
		must(t, engine.Declare(ctx, later))
		collection = store.NewCollection[note](engine, later)
		n, err := collection.In(blue).Count(ctx, store.Query{Index: "count", Equal: []any{3}})
		must(t, err)
		same(t, n, int64(total/10))
		page, err := collection.In(blue).Scan(ctx, store.Query{Index: "rank", Equal: []any{"t", "c"}, From: 9, Limit: 1000})
		must(t, err)
		same(t, len(page.Items), total/10)
	}
	must(t, engine.Declare(ctx, notes))
	collection = store.NewCollection[note](engine, notes)
	n, err := collection.In(blue).Count(ctx, store.Query{Index: "city", Equal: []any{"c", false, nil}})
	must(t, err)
	same(t, n, int64(total))

	for name, bad := range map[string][]store.Schema{
		"a name":   {{Collection: "No", Shape: 1}},
		"a shape":  {{Collection: "none"}},
		"a path":   {{Collection: "path", Shape: 1, Indexes: []store.Index{{Name: "x", Fields: []string{`a"b`}}}}},
		"no field": {{Collection: "field", Shape: 1, Indexes: []store.Index{{Name: "x"}}}},
		"a clash":  {{Collection: "twice", Shape: 1}, {Collection: "twice", Shape: 2}},
	} {
		if err := engine.Declare(ctx, bad...); err == nil {
			t.Errorf("a schema with %s that cannot be was taken", name)
		}
	}
}

// The same collection as three programs in turn know it.
type (
	first struct {
		store.Meta `bson:",inline"`
		Name       string `bson:"name"`
	}
	second struct {
		store.Meta `bson:",inline"`
		Label      string `bson:"label"`
	}
	third struct {
		store.Meta `bson:",inline"`
		Label      string `bson:"label"`
		Length     int    `bson:"length"`
	}
)

func rename(raw bson.Raw) (bson.Raw, error) {
	return bson.Marshal(bson.D{{Key: "_id", Value: raw.Lookup("_id")}, {Key: "v", Value: 2}, {Key: "label", Value: raw.Lookup("name")}})
}

func measure(raw bson.Raw) (bson.Raw, error) {
	label := raw.Lookup("label").StringValue()
	return bson.Marshal(bson.D{{Key: "_id", Value: raw.Lookup("_id")}, {Key: "v", Value: 3}, {Key: "label", Value: label}, {Key: "length", Value: len(label)}})
}

func shapes(n int) store.Schema {
	fields := []string{"name", "label", "label"}
	return store.Schema{Collection: "things", Shape: n, Indexes: []store.Index{{Name: "by", Fields: fields[n-1 : n]}}}
}

func upgradesOldShapes(t *testing.T, open func(*testing.T) store.Engine) {
	engine, ctx := open(t), t.Context()
	must(t, engine.Declare(ctx, shapes(3)))
	firsts := store.NewCollection[first](engine, shapes(1)).In(blue)
	seconds := store.NewCollection[second](engine, shapes(2), rename).In(blue)
	thirds := store.NewCollection[third](engine, shapes(3), rename, measure).In(blue)
	must(t, firsts.Insert(ctx, &first{Meta: store.Meta{ID: "a"}, Name: "été"}))
	must(t, seconds.Insert(ctx, &second{Meta: store.Meta{ID: "b"}, Label: "two"}))

	for id, want := range map[string]*third{
		"a": {Meta: store.Meta{ID: "a", Shape: 3}, Label: "été", Length: 5},
		"b": {Meta: store.Meta{ID: "b", Shape: 3}, Label: "two", Length: 3},
	} {
		got, err := thirds.Get(ctx, id)
		must(t, err)
		same(t, got, want)
	}
	got, err := seconds.Get(ctx, "a")
	must(t, err)
	same(t, got, &second{Meta: store.Meta{ID: "a", Shape: 2}, Label: "été"})

	_, err = thirds.Update(ctx, "a", func(d *third) error { d.Label += "!"; return nil })
	must(t, err)
	_, err = seconds.Get(ctx, "a")
	wantKind(t, err, fault.Unavailable, "store.newer")
	_, err = firsts.Get(ctx, "b")
	wantKind(t, err, fault.Unavailable, "store.newer")
	_, err = firsts.Scan(ctx, store.Query{})
	wantKind(t, err, fault.Unavailable, "store.newer")
}

func migratesIndexedFields(t *testing.T, open func(*testing.T) store.Engine) {
	engine, ctx := open(t), t.Context()
	must(t, engine.Declare(ctx, shapes(1)))
	var docs []*first
	total := among(engine, 700, 70)
	for range total {
		docs = append(docs, &first{Name: "n"})
	}
	must(t, store.NewCollection[first](engine, shapes(1)).In(blue).InsertMany(ctx, docs))
	must(t, store.NewCollection[first](engine, shapes(1)).In(red).Insert(ctx, &first{Name: "n"}))

	must(t, engine.Declare(ctx, shapes(2)))
	seconds := store.NewCollection[second](engine, shapes(2), rename)
	query := store.Query{Index: "by", Equal: []any{"n"}}
	n, err := seconds.In(blue).Count(ctx, query)
	must(t, err)
	same(t, n, int64(0))
	migrated, err := seconds.Migrate(ctx)
	must(t, err)
	same(t, migrated, total+1)
	n, err = seconds.In(blue).Count(ctx, query)
	must(t, err)
	same(t, n, int64(total))
	migrated, err = seconds.Migrate(ctx)
	must(t, err)
	same(t, migrated, 0)
}

func copiesEverything(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, from, collection := begin(t, open)
	to := open(t)
	for _, tenant := range []store.Tenant{blue, red} {
		var docs []*note
		for i := range 600 {
			docs = append(docs, &note{Group: "g", Count: i})
		}
		must(t, collection.In(tenant).InsertMany(ctx, docs))
		_, err := collection.In(tenant).Update(ctx, docs[0].ID, func(n *note) error { n.Text = "twice"; return nil })
		must(t, err)
	}
	file, err := filesOf(t, from).In(red).Create(ctx, "f", "text/plain", content(10*store.ChunkSize+1), 1<<30)
	must(t, err)
	must(t, store.NewReservations(from).Reserve(ctx, blue, "mail", "a@b.example", "x"))

	copied, err := store.Copy(ctx, from, to, notes)
	must(t, err)
	same(t, copied, int64(1200+1+11+1+2))
	there := store.NewCollection[note](to, notes)
	for _, tenant := range []store.Tenant{blue, red} {
		q := store.Query{Index: "rank", Equal: []any{"g"}, Limit: 1000}
		want, err := collection.In(tenant).Scan(ctx, q)
		must(t, err)
		got, err := there.In(tenant).Scan(ctx, q)
		must(t, err)
		same(t, got, want)
		for i := range got.Items {
			same(t, got.Items[i].Version(), want.Items[i].Version())
		}
	}
	r, _, err := filesOf(t, to).In(red).Open(ctx, file.ID)
	must(t, err)
	_, err = io.Copy(io.Discard, r)
	must(t, err)
	owner, err := store.NewReservations(to).Owner(ctx, blue, "mail", "a@b.example")
	must(t, err)
	same(t, owner, "x")

	_, err = store.Copy(ctx, from, to, notes)
	wantKind(t, err, fault.Conflict, "store.not-empty")
}
