package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

func answersEveryOperation(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, collection := begin(t, open)
	must(t, engine.Ping(ctx))
	in := collection.In(blue)

	when, rank := time.Date(2027, 1, 15, 8, 30, 0, 123e6, time.UTC), int64(7)
	doc := &note{Group: "a", When: &when, Rank: &rank, Text: "first"}
	must(t, in.Insert(ctx, doc))
	if !store.ValidID(doc.ID) || doc.Version() != 1 || doc.Tenant() != blue {
		t.Fatalf("inserted as %q, version %d, of %q", doc.ID, doc.Version(), doc.Tenant())
	}
	got, err := in.Get(ctx, doc.ID)
	must(t, err)
	same(t, got, doc)
	if got.Version() != 1 || got.Tenant() != blue {
		t.Fatalf("read at version %d, of %q", got.Version(), got.Tenant())
	}

	got.Text = "second"
	must(t, in.Replace(ctx, got))
	updated, err := in.Update(ctx, doc.ID, func(n *note) error { n.Count += 3; return nil })
	must(t, err)
	got, err = in.Get(ctx, doc.ID)
	must(t, err)
	same(t, got, updated)
	same(t, got, &note{Meta: store.Meta{ID: doc.ID, Shape: 1}, Group: "a", When: &when, Rank: &rank, Text: "second", Count: 3})
	if got.Version() != 3 {
		t.Fatalf("version is %d after three writes", got.Version())
	}

	refused := errors.New("no")
	if _, err := in.Update(ctx, doc.ID, func(*note) error { return refused }); !errors.Is(err, refused) {
		t.Fatalf("got %v from an update that was refused", err)
	}

	own := &note{Meta: store.Meta{ID: "settings"}, Group: "b"}
	must(t, in.Insert(ctx, own))
	many, err := in.GetMany(ctx, []string{"settings", "absent", doc.ID})
	must(t, err)
	same(t, ids(many), []string{"settings", doc.ID})
	many, err = in.GetMany(ctx, nil)
	must(t, err)
	same(t, len(many), 0)

	must(t, in.Delete(ctx, doc.ID, 3))
	_, err = in.Get(ctx, doc.ID)
	wantKind(t, err, fault.NotFound, "store.not-found")
	wantKind(t, in.Delete(ctx, doc.ID, 0), fault.NotFound, "store.not-found")
	wantKind(t, in.Delete(ctx, doc.ID, 3), fault.NotFound, "store.not-found")
	wantKind(t, in.Replace(ctx, got), fault.NotFound, "store.not-found")
	_, err = in.Update(ctx, doc.ID, func(*note) error { return nil })
	wantKind(t, err, fault.NotFound, "store.not-found")
	must(t, in.Delete(ctx, "settings", 0))
	n, err := in.Count(ctx, store.Query{})
	must(t, err)
	same(t, n, int64(0))
}

func keepsTenantsApart(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	mine := &note{Meta: store.Meta{ID: "shared"}, Group: "a", Text: "blue"}
	must(t, collection.In(blue).Insert(ctx, mine))
	theirs := &note{Meta: store.Meta{ID: "shared"}, Group: "a", Text: "red"}
	must(t, collection.In(red).Insert(ctx, theirs))
	alone := &note{Group: "a"}
	must(t, collection.In(blue).Insert(ctx, alone))

	_, err := collection.In(red).Get(ctx, alone.ID)
	wantKind(t, err, fault.NotFound, "store.not-found")
	wantKind(t, collection.In(red).Replace(ctx, alone), fault.NotFound, "store.not-found")
	wantKind(t, collection.In(red).Delete(ctx, alone.ID, 0), fault.NotFound, "store.not-found")
	page, err := collection.In(red).Scan(ctx, store.Query{Index: "rank", Equal: []any{"a"}})
	must(t, err)
	same(t, page.Items, []*note{theirs})
	many, err := collection.In(red).GetMany(ctx, []string{"shared", alone.ID})
	must(t, err)
	same(t, many, []*note{theirs})
	must(t, collection.In(red).Delete(ctx, "shared", 0))
	got, err := collection.In(blue).Get(ctx, "shared")
	must(t, err)
	same(t, got, mine)
}

func refusesATakenID(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, collection := begin(t, open)
	in := collection.In(blue)
	must(t, in.Insert(ctx, &note{Meta: store.Meta{ID: "one"}, Text: "kept"}))
	wantKind(t, in.Insert(ctx, &note{Meta: store.Meta{ID: "one"}}), fault.Conflict, "store.taken")
	err := in.InsertMany(ctx, []*note{{Meta: store.Meta{ID: "two"}}, {Meta: store.Meta{ID: "one"}}})
	wantKind(t, err, fault.Conflict, "store.taken")
	got, err := in.Get(ctx, "one")
	must(t, err)
	same(t, got.Text, "kept")

	results := together(20, func(i int) error {
		return in.Insert(ctx, &note{Meta: store.Meta{ID: "raced"}, Count: i})
	})
	winner := -1
	for i, err := range results {
		switch {
		case err == nil && winner >= 0:
			t.Fatalf("both %d and %d inserted one id", winner, i)
		case err == nil:
			winner = i
		default:
			wantKind(t, err, fault.Conflict, "store.taken")
		}
	}
	got, err = in.Get(ctx, "raced")
	must(t, err)
	same(t, got.Count, winner)
	if err := engine.Insert(ctx, "absent", store.Record{Tenant: blue, ID: "x", Version: 1}); err == nil {
		t.Fatal("wrote to a collection that was not declared")
	}
}

func refusesAnotherVersion(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	in := collection.In(blue)
	doc := &note{Text: "0"}
	must(t, in.Insert(ctx, doc))
	late, err := in.Get(ctx, doc.ID)
	must(t, err)
	doc.Text = "1"
	must(t, in.Replace(ctx, doc))
	late.Text = "lost"
	wantKind(t, in.Replace(ctx, late), fault.Conflict, "store.changed")
	wantKind(t, in.Delete(ctx, doc.ID, 1), fault.Conflict, "store.changed")
	got, err := in.Get(ctx, doc.ID)
	must(t, err)
	same(t, got, doc)

	tries := 0
	got, err = in.Update(ctx, doc.ID, func(n *note) error {
		if tries++; tries == 1 {
			must(t, in.Replace(ctx, doc)) // somebody is faster
		}
		n.Count++
		return nil
	})
	must(t, err)
	if tries != 2 || got.Count != 1 || got.Version() != 4 {
		t.Fatalf("%d tries made count %d at version %d", tries, got.Count, got.Version())
	}
}

func refusesWhatCannotBeAddressed(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	for _, tenant := range []store.Tenant{"", "A", "a/b", "é"} {
		wantKind(t, collection.In(tenant).Insert(ctx, &note{}), fault.Invalid, "store.bad-tenant")
		_, err := collection.In(tenant).Get(ctx, "x")
		wantKind(t, err, fault.Invalid, "store.bad-tenant")
		_, err = collection.In(tenant).Scan(ctx, store.Query{})
		wantKind(t, err, fault.Invalid, "store.bad-tenant")
	}
	long := make([]byte, 201)
	for i := range long {
		long[i] = 'x'
	}
	for _, id := range []string{"a\x00b", "a\nb", "\xff", string(long)} {
		err := collection.In(blue).Insert(ctx, &note{Meta: store.Meta{ID: id}})
		wantKind(t, err, fault.Invalid, "store.bad-id")
		_, err = collection.In(blue).Get(ctx, id)
		wantKind(t, err, fault.NotFound, "store.not-found")
	}
	for _, id := range []string{"é", "😀", "a.b", "$a", "a/b", `"'`, "%", "a b", string(long[:200])} {
		must(t, collection.In(blue).Insert(ctx, &note{Meta: store.Meta{ID: id}}))
		got, err := collection.In(blue).Get(ctx, id)
		must(t, err)
		same(t, got.ID, id)
		many, err := collection.In(blue).GetMany(ctx, []string{id, "absent"})
		must(t, err)
		same(t, ids(many), []string{id})
	}
}

func insertsAndDeletesInBulk(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, collection := begin(t, open)
	in := collection.In(blue)
	var docs []*note
	var all []string
	for i := range 1200 {
		docs = append(docs, &note{Meta: store.Meta{ID: fmt.Sprintf("n%04d", i)}, Group: "g", Count: i})
		all = append(all, docs[i].ID)
	}
	must(t, in.InsertMany(ctx, docs))
	must(t, in.InsertMany(ctx, nil))
	got, err := in.GetMany(ctx, all)
	must(t, err)
	same(t, got, docs)
	must(t, engine.DeleteMany(ctx, notes.Collection, blue, append(all[:1000:1000], "absent")))
	must(t, engine.DeleteMany(ctx, notes.Collection, red, all))
	must(t, engine.DeleteMany(ctx, notes.Collection, blue, nil))
	page, err := in.Scan(ctx, store.Query{Limit: 1000})
	must(t, err)
	same(t, page.Items, docs[1000:])
}

func endsWithItsContext(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	doc := &note{}
	must(t, collection.In(blue).Insert(ctx, doc))
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err := collection.In(blue).Get(over, doc.ID)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("a read that nobody waits for gave %v", err)
	}
	if err := collection.In(blue).Insert(over, &note{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("a write that nobody waits for gave %v", err)
	}
	if _, err := collection.In(blue).Scan(over, store.Query{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("a scan that nobody waits for gave %v", err)
	}
}
