package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

func scansAsAModelDoes(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, collection := begin(t, open)
	in := collection.In(blue)
	const seed = 20270115
	r := rand.New(rand.NewPCG(seed, 0))
	docs := make([]*note, among(engine, 400, 150))
	for i := range docs {
		docs[i] = randomNote(r)
	}
	must(t, in.InsertMany(ctx, docs))
	must(t, collection.In(red).InsertMany(ctx, []*note{randomNote(r), randomNote(r), randomNote(r)}))
	for i := range docs {
		if i%7 == 0 { // indexes follow replacements
			fresh := randomNote(r)
			docs[i].Group, docs[i].Rank, docs[i].When, docs[i].Place = fresh.Group, fresh.Rank, fresh.When, fresh.Place
			must(t, in.Replace(ctx, docs[i]))
		}
	}
	for range 200 {
		q := randomQuery(r)
		want := model(docs, q)
		var got []*note
		for {
			page, err := in.Scan(ctx, q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			if len(page.Items) > q.Limit || page.Next != "" && len(page.Items) != q.Limit {
				t.Fatalf("%+v: a page of %d", q, len(page.Items))
			}
			got = append(got, page.Items...)
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if !slices.Equal(ids(got), ids(want)) {
			t.Fatalf("%+v (seed %d):\n got %q\nwant %q", q, seed, ids(got), ids(want))
		}
		n, err := in.Count(ctx, q)
		must(t, err)
		if n != int64(len(want)) {
			t.Fatalf("%+v: counted %d, want %d", q, n, len(want))
		}
	}
}

func scansWhileOthersWrite(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, collection := begin(t, open)
	in := collection.In(blue)
	const total = 10_000
	stable := make([]*note, total)
	for i := range stable {
		rank := int64(i / 3) // ties
		stable[i] = &note{Meta: store.Meta{ID: fmt.Sprintf("stable-%05d", i)}, Group: "g", Rank: &rank}
	}
	for batch := range slices.Chunk(stable, 1000) {
		must(t, in.InsertMany(ctx, batch))
	}
	stop := make(chan struct{})
	writers := make(chan error, 1)
	go func() {
		writers <- errors.Join(together(among(engine, 4, 1), func(w int) error {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			for {
				select {
				case <-stop:
					return nil
				default:
				}
				rank := r.Int64N(total / 3)
				passing := &note{Group: "g", Rank: &rank}
				if err := in.Insert(ctx, passing); err != nil {
					return err
				}
				if _, err := in.Update(ctx, stable[r.IntN(total)].ID, func(n *note) error { n.Count++; return nil }); err != nil {
					return err
				}
				if err := in.Delete(ctx, passing.ID, 0); err != nil {
					return err
				}
			}
		})...)
	}()
	for _, descending := range []bool{false, true} {
		var seen []string
		q := store.Query{Index: "rank", Equal: []any{"g"}, Limit: among(engine, 400, 1000), Descending: descending}
		for {
			page, err := in.Scan(ctx, q)
			must(t, err)
			for _, doc := range page.Items {
				if strings.HasPrefix(doc.ID, "stable-") {
					seen = append(seen, doc.ID)
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if descending {
			slices.Reverse(seen)
		}
		same(t, seen, ids(stable))
	}
	close(stop)
	must(t, <-writers)
	n, err := in.Count(ctx, store.Query{Index: "rank", Equal: []any{"g"}})
	must(t, err)
	same(t, n, int64(total))
}

func scansAcrossTenants(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	start := time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)
	var want []string
	for i := range 30 {
		due := start.Add(time.Duration(i/4) * time.Second)
		tenant := []store.Tenant{blue, red}[i/2%2]
		doc := &note{Meta: store.Meta{ID: fmt.Sprintf("n%02d", i)}, Alarm: &due}
		if i%5 == 4 {
			doc.Alarm = nil
		}
		must(t, collection.In(tenant).Insert(ctx, doc))
		if doc.Alarm != nil && i < 24 {
			want = append(want, string(tenant)+" "+doc.ID)
		}
	}
	q := store.Query{Index: "alarm", To: start.Add(6 * time.Second), Limit: 7}
	for _, descending := range []bool{false, true} {
		q.Descending = descending
		var got []string
		for {
			page, err := collection.AcrossTenants(ctx, q)
			must(t, err)
			for _, doc := range page.Items {
				got = append(got, string(doc.Tenant())+" "+doc.ID)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		same(t, got, want)
		slices.Reverse(want)
	}
	page, err := collection.AcrossTenants(ctx, store.Query{Index: "alarm", Limit: 1, From: start})
	must(t, err)
	if _, err := collection.In(page.Items[0].Tenant()).Update(ctx, page.Items[0].ID, func(n *note) error { n.Alarm = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	again, err := collection.AcrossTenants(ctx, store.Query{Index: "alarm", Limit: 1, From: start})
	must(t, err)
	if again.Items[0].ID == page.Items[0].ID {
		t.Fatal("an index still has a value that is gone")
	}
}

func refusesACursorOfAnotherQuery(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	var docs []*note
	for i := range 10 {
		rank := int64(i)
		docs = append(docs, &note{Group: "g", Rank: &rank})
	}
	must(t, collection.In(blue).InsertMany(ctx, docs))
	good := store.Query{Index: "rank", Equal: []any{"g"}, From: 0, Limit: 3}
	page, err := collection.In(blue).Scan(ctx, good)
	must(t, err)
	good.Cursor = page.Next
	_, err = collection.In(blue).Scan(ctx, good)
	must(t, err)
	for _, change := range []func(*store.Query){
		func(q *store.Query) { q.Equal = []any{"h"} },
		func(q *store.Query) { q.From = 1 },
		func(q *store.Query) { q.To = 9 },
		func(q *store.Query) { q.Descending = true },
		func(q *store.Query) { q.Index = "when"; q.From = nil },
		func(q *store.Query) { q.Cursor = "%" },
		func(q *store.Query) { q.Cursor = "AAAA" },
		func(q *store.Query) { q.Cursor = q.Cursor[:20] },
		func(q *store.Query) { q.Cursor += "AAAA" },
	} {
		bad := good
		change(&bad)
		_, err := collection.In(blue).Scan(ctx, bad)
		wantKind(t, err, fault.Invalid, "store.bad-cursor")
	}
	_, err = collection.In(red).Scan(ctx, good)
	wantKind(t, err, fault.Invalid, "store.bad-cursor")
}

func refusesAQueryNoIndexServes(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	for _, q := range []store.Query{
		{Index: "absent"},
		{Index: "alarm"},
		{Index: "rank", Equal: []any{"g", 1, 2}},
		{Index: "rank", Equal: []any{3.5}},
		{Index: "rank", Equal: []any{"g", 1}, From: 3},
		{To: 3},
	} {
		if _, err := collection.In(blue).Scan(ctx, q); err == nil {
			t.Errorf("%+v was answered", q)
		}
		if _, err := collection.In(blue).Count(ctx, q); err == nil {
			t.Errorf("%+v was counted", q)
		}
	}
	if _, err := collection.AcrossTenants(ctx, store.Query{Index: "rank", Equal: []any{"g"}}); err == nil {
		t.Error("an index of tenants was read across them")
	}
	if _, err := collection.AcrossTenants(ctx, store.Query{}); err == nil {
		t.Error("a whole collection was read across tenants")
	}
}

func stopsWhereVisitorsStop(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, collection := begin(t, open)
	for i := range 5 {
		must(t, collection.In(blue).Insert(ctx, &note{Meta: store.Meta{ID: fmt.Sprintf("n%d", i)}}))
	}
	enough := errors.New("enough")
	var seen []string
	visit := func(r store.Record) error {
		seen = append(seen, r.ID)
		if len(seen) == 3 {
			return enough
		}
		return nil
	}
	span := store.Span{Collection: notes.Collection, Tenant: blue, Descending: true}
	if err := engine.Scan(ctx, span, visit); !errors.Is(err, enough) {
		t.Fatalf("got %v", err)
	}
	same(t, seen, []string{"n4", "n3", "n2"})
	seen = nil
	span = store.Span{Collection: notes.Collection, After: &store.Position{Tenant: blue, ID: "n2"}}
	must(t, engine.Scan(ctx, span, visit))
	same(t, seen, []string{"n3", "n4"})
}
