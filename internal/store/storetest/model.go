package storetest

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/store"
)

// values gives a note's values of an index, as a model of what engines do.
func (n *note) values(index string) []any {
	optional := func(v *int64) any {
		if v == nil {
			return nil
		}
		return *v
	}
	moment := func(v *time.Time) any {
		if v == nil {
			return nil
		}
		return v.UnixMilli()
	}
	switch index {
	case "rank":
		return []any{n.Group, optional(n.Rank)}
	case "when":
		return []any{n.Group, moment(n.When)}
	case "city":
		return []any{n.Place.City, n.Done, optional(n.Rank)}
	default:
		return nil
	}
}

// compare orders two values of one field.
func compare(a, b any) int {
	switch a := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
		return -1
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b)
		}
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return cmp.Compare(number(a), number(b))
		}
	}
	return 1
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func plain(v any) any {
	if t, ok := v.(time.Time); ok {
		return t.UnixMilli()
	}
	return v
}

// model answers a query from memory.
func model(docs []*note, q store.Query) []*note {
	var found []*note
	for _, doc := range docs {
		values := append(doc.values(q.Index), doc.ID)
		matches := true
		for i, v := range q.Equal {
			matches = matches && compare(values[i], plain(v)) == 0
		}
		next := values[len(q.Equal)]
		if q.From != nil {
			matches = matches && next != nil && compare(next, plain(q.From)) >= 0
		}
		if q.To != nil {
			matches = matches && next != nil && compare(next, plain(q.To)) < 0
		}
		if matches {
			found = append(found, doc)
		}
	}
	slices.SortFunc(found, func(a, b *note) int {
		x, y := append(a.values(q.Index), a.ID), append(b.values(q.Index), b.ID)
		for i := range x {
			if order := compare(x[i], y[i]); order != 0 {
				return order
			}
		}
		return 0
	})
	if q.Descending {
		slices.Reverse(found)
	}
	return found
}

var (
	someGroups = []string{"", "a", "b", "é", "Z", "a\x00", "a😀"}
	someRanks  = []int64{-1 << 62, -3, 0, 1, 2, 1 << 62}
	someTimes  = []time.Time{
		time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(1899, 12, 31, 23, 59, 59, 999e6, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999e6, time.UTC), time.Unix(0, 0).UTC(), time.Date(1970, 1, 1, 0, 0, 0, 1e6, time.UTC),
		time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func randomNote(r *rand.Rand) *note {
	n := &note{Meta: store.Meta{ID: store.NewID()}, Group: pick(r, someGroups), Done: r.IntN(2) == 0, Place: place{City: pick(r, someGroups)}}
	if r.IntN(4) > 0 {
		rank := pick(r, someRanks)
		n.Rank = &rank
	}
	if r.IntN(4) > 0 {
		when := pick(r, someTimes)
		n.When = &when
	}
	return n
}

// randomValue draws a value a field of an index may have.
func randomValue(r *rand.Rand, index string, field int) any {
	switch {
	case index == "" || index == "city" && field == 3 || index != "city" && field == 2:
		return store.NewID()[:1+r.IntN(26)]
	case field == 0:
		return pick(r, someGroups)
	case index == "when":
		return pick(r, someTimes)
	case index == "city" && field == 1:
		return r.IntN(2) == 0
	default:
		return pick(r, someRanks)
	}
}

func randomQuery(r *rand.Rand) store.Query {
	q := store.Query{Index: pick(r, []string{"", "rank", "when", "city"}), Descending: r.IntN(2) == 0, Limit: 3 + r.IntN(60)}
	fields := map[string]int{"": 0, "rank": 2, "when": 2, "city": 3}[q.Index]
	for field := range r.IntN(fields + 1) {
		if field > 0 && r.IntN(6) == 0 && (q.Index != "city" || field == 2) {
			q.Equal = append(q.Equal, nil)
			continue
		}
		q.Equal = append(q.Equal, randomValue(r, q.Index, field))
	}
	if r.IntN(2) == 0 {
		q.From = randomValue(r, q.Index, len(q.Equal))
	}
	if r.IntN(2) == 0 {
		q.To = randomValue(r, q.Index, len(q.Equal))
	}
	return q
}
