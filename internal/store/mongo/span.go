package mongo

import (
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/store"
)

// walk is a span as the server is asked for it.
type walk struct {
	within bson.A   // conditions that every document meets but for the bounds of its _id
	fields []string // paths that order the documents before their _id
	ranged bool     // the first of fields is bounded, so never null
	ids    bounds
	down   bool
	sort   bson.D
	hint   string // name of the index: a walk never falls back to reading the whole collection
}

// bounds are those of an _id: low ≤ _id < high, open where empty. A bound may be excluded (above) instead.
type bounds struct{ low, above, high string }

// walk translates a span.
func (c *collection) walk(span store.Span) (walk, error) {
	w := walk{down: span.Descending}
	var index store.Index
	if span.Index != "" {
		found, ok := c.schema.Find(span.Index)
		if !ok {
			return walk{}, fmt.Errorf("mongo: %s has no index %q", c.Name(), span.Index)
		}
		index, w.hint = found, found.Name
	}
	if len(span.Equal) > len(index.Fields) || index.AllTenants && span.Tenant != "" || index.Name != "" && !index.AllTenants && span.Tenant == "" {
		return walk{}, fmt.Errorf("mongo: index %q of %s does not serve this", span.Index, c.Name())
	}
	if span.Tenant != "" {
		w.ids = bounds{low: string(span.Tenant) + separator, high: string(span.Tenant) + afterSeparator}
		if span.Index != "" {
			w.within = append(w.within, condition(tenantField, string(span.Tenant)))
		}
	}
	for i, value := range span.Equal {
		w.within = append(w.within, condition(pathOf(index.Fields[i]), value))
	}
	for _, field := range index.Fields[len(span.Equal):] {
		w.fields = append(w.fields, pathOf(field))
	}
	direction := 1
	if span.Descending {
		direction = -1
	}
	for _, field := range w.fields {
		w.sort = append(w.sort, bson.E{Key: field, Value: direction})
	}
	w.sort = append(w.sort, bson.E{Key: idField, Value: direction})
	return w, w.bound(span)
}

// bound adds the range of a span, on the first field after Equal or on the id.
func (w *walk) bound(span store.Span) error {
	if span.From == nil && span.To == nil {
		return nil
	}
	if len(w.fields) > 0 {
		w.ranged = true
		if span.From != nil {
			w.within = append(w.within, condition(w.fields[0], bson.D{{Key: "$gte", Value: span.From}}))
		}
		if span.To != nil {
			w.within = append(w.within, condition(w.fields[0], bson.D{{Key: "$lt", Value: span.To}}))
		}
		return nil
	}
	from, fromOK := span.From.(string)
	to, toOK := span.To.(string)
	if span.Tenant == "" || span.From != nil && !fromOK || span.To != nil && !toOK {
		return fmt.Errorf("mongo: a range on the ids of %s must be of strings, within a tenant", span.Collection)
	}
	if fromOK {
		w.ids.low = key(span.Tenant, from)
	}
	if toOK {
		w.ids.high = key(span.Tenant, to)
	}
	return nil
}

// filter gives the documents of the walk, or those strictly after a position. Documents after (v1, v2, id) are those
// with f1 after v1; or f1 = v1 and f2 after v2; or f1 = v1, f2 = v2 and _id after id. Each of these is one stretch of
// the index in the order wanted, and the server merges them.
func (w *walk) filter(after *store.Position) bson.D {
	if after == nil {
		return w.all(w.ids)
	}
	var (
		either bson.A
		equal  bson.A
	)
	for i, field := range w.fields {
		for _, beyond := range w.beyond(i, after.Values[i]) {
			either = append(either, w.all(w.ids, append(equal[:i:i], beyond)...))
		}
		equal = append(equal, condition(field, after.Values[i]))
	}
	ids, id := w.ids, key(after.Tenant, after.ID)
	switch {
	case w.down && (ids.high == "" || id < ids.high):
		ids.high = id
	case !w.down && id >= ids.low:
		ids.low, ids.above = "", id
	}
	last := w.all(ids, equal...)
	if len(either) == 0 {
		return last
	}
	return bson.D{{Key: "$or", Value: append(either, last)}}
}

// beyond gives the conditions, one of which a field's value meets that comes after v. Null comes before all others;
// $gt and $lt compare values of one type alone.
func (w *walk) beyond(i int, v any) []bson.D {
	field := w.fields[i]
	switch {
	case w.down && v == nil:
		return nil
	case w.down && i == 0 && w.ranged:
		return []bson.D{condition(field, bson.D{{Key: "$lt", Value: v}})}
	case w.down:
		return []bson.D{condition(field, bson.D{{Key: "$lt", Value: v}}), condition(field, nil)}
	case v == nil:
		return []bson.D{condition(field, bson.D{{Key: "$ne", Value: nil}})}
	default:
		return []bson.D{condition(field, bson.D{{Key: "$gt", Value: v}})}
	}
}

// all joins the conditions of the walk, bounds of the _id, and more conditions.
func (w *walk) all(ids bounds, more ...any) bson.D {
	conditions := append(w.within[:len(w.within):len(w.within)], more...)
	if limits := ids.operators(); len(limits) > 0 {
		conditions = append(conditions, condition(idField, limits))
	}
	switch len(conditions) {
	case 0:
		return bson.D{}
	case 1:
		return conditions[0].(bson.D)
	default:
		return bson.D{{Key: "$and", Value: conditions}}
	}
}

func (b bounds) operators() bson.D {
	var d bson.D
	if b.low != "" {
		d = append(d, bson.E{Key: "$gte", Value: b.low})
	}
	if b.above != "" {
		d = append(d, bson.E{Key: "$gt", Value: b.above})
	}
	if b.high != "" {
		d = append(d, bson.E{Key: "$lt", Value: b.high})
	}
	return d
}

func condition(field string, value any) bson.D { return bson.D{{Key: field, Value: value}} }
