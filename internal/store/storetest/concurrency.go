package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// together runs do n times at once and gives the results in order.
func together(n int, do func(i int) error) []error {
	results := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { results[i] = do(i) })
	}
	all.Wait()
	return results
}

func losesNoIncrement(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	in := collection.In(blue)
	doc := &note{}
	must(t, in.Insert(ctx, doc))
	const writers, each = 50, 4
	for i, err := range together(writers, func(int) error {
		for range each {
			if _, err := in.Update(ctx, doc.ID, func(n *note) error { n.Count++; return nil }); err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Fatalf("writer %d: %v", i, err)
		}
	}
	got, err := in.Get(ctx, doc.ID)
	must(t, err)
	if got.Count != writers*each || got.Version() != writers*each+1 {
		t.Fatalf("%d increments made %d at version %d", writers*each, got.Count, got.Version())
	}
}

func givesOneWinnerPerVersion(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, _, collection := begin(t, open)
	in := collection.In(blue)
	doc := &note{}
	must(t, in.Insert(ctx, doc))
	for round := range 10 {
		winners := 0
		for _, err := range together(8, func(i int) error {
			copied := *doc
			copied.Count = i
			return in.Replace(ctx, &copied)
		}) {
			if err == nil {
				winners++
			} else {
				wantKind(t, err, fault.Conflict, "store.changed")
			}
		}
		if winners != 1 {
			t.Fatalf("round %d: %d replaced one version", round, winners)
		}
		read, err := in.Get(ctx, doc.ID)
		must(t, err)
		doc = read
	}
	results := together(8, func(int) error { return in.Delete(ctx, doc.ID, doc.Version()) })
	deleted := 0
	for _, err := range results {
		if err == nil {
			deleted++
		} else {
			wantKind(t, err, fault.NotFound, "store.not-found")
		}
	}
	same(t, deleted, 1)
}

func letsOneReserve(t *testing.T, open func(*testing.T) store.Engine) {
	ctx, engine, _ := begin(t, open)
	r := store.NewReservations(engine)
	key := "anne@hopital.example\x00é"
	winner := ""
	for i, err := range together(20, func(i int) error {
		return r.Reserve(ctx, blue, "mail", key, fmt.Sprintf("person-%d", i))
	}) {
		if err != nil {
			wantKind(t, err, fault.Conflict, "store.reserved")
			continue
		}
		if winner != "" {
			t.Fatalf("%s and person-%d have the same address", winner, i)
		}
		winner = fmt.Sprintf("person-%d", i)
	}
	must(t, r.Reserve(ctx, blue, "mail", key, winner))
	must(t, r.Reserve(ctx, red, "mail", key, "other"))
	must(t, r.Reserve(ctx, blue, "siren", key, "other"))
	owner, err := r.Owner(ctx, blue, "mail", key)
	must(t, err)
	same(t, owner, winner)

	must(t, r.Release(ctx, blue, "mail", key, "other"))
	must(t, r.Release(ctx, blue, "mail", "nobody's", "other"))
	wantKind(t, r.Reserve(ctx, blue, "mail", key, "other"), fault.Conflict, "store.reserved")
	must(t, r.Release(ctx, blue, "mail", key, winner))
	_, err = r.Owner(ctx, blue, "mail", key)
	wantKind(t, err, fault.NotFound, "store.not-found")
	must(t, r.Reserve(ctx, blue, "mail", key, "other"))
}
