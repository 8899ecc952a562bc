package mongo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/store"
)

// Each part of an $or is one stretch of the index, in the order of the sort: no other form lets the server go on
// where a page ended without reading what came before.
func TestAPageAfterAnotherIsAskedAsStretchesOfTheIndex(t *testing.T) {
	t.Parallel()
	schema := store.Schema{Collection: "c", Shape: 1, Indexes: []store.Index{
		{Name: "two", Fields: []string{"a.b", "c"}},
		{Name: "all", Fields: []string{"d"}, AllTenants: true},
	}}
	after := func(values ...any) *store.Position { return &store.Position{Values: values, Tenant: "t", ID: "i"} }
	for name, test := range map[string]struct {
		span store.Span
		want []string // the sort, then the filter or the parts of its $or
	}{
		"by id": {
			span: store.Span{Tenant: "t", From: "b"},
			want: []string{`{"_id":1}`, `{"_id":{"$gte":"t+b","$lt":"t,"}}`},
		},
		"by id, after one": {
			span: store.Span{Tenant: "t", From: "b", To: "k", After: after()},
			want: []string{`{"_id":1}`, `{"_id":{"$gt":"t+i","$lt":"t+k"}}`},
		},
		"across tenants, backwards": {
			span: store.Span{Index: "all", To: int64(9), Descending: true, After: after(int64(3))},
			want: []string{
				`{"x.d":-1,"_id":-1}`,
				`{"$and":[{"x.d":{"$lt":9}},{"x.d":{"$lt":3}}]}`,
				`{"$and":[{"x.d":{"$lt":9}},{"x.d":3},{"_id":{"$lt":"t+i"}}]}`,
			},
		},
		"on the second field, after a value": {
			span: store.Span{Tenant: "t", Index: "two", Equal: []any{"v"}, After: after(int64(3))},
			want: []string{
				`{"x.c":1,"_id":1}`,
				`{"$and":[{"t":"t"},{"x.a:b":"v"},{"x.c":{"$gt":3}},{"_id":{"$gte":"t+","$lt":"t,"}}]}`,
				`{"$and":[{"t":"t"},{"x.a:b":"v"},{"x.c":3},{"_id":{"$gt":"t+i","$lt":"t,"}}]}`,
			},
		},
		"on both fields, backwards, before null and a value": {
			span: store.Span{Tenant: "t", Index: "two", Descending: true, After: after("v", nil)},
			want: []string{
				`{"x.a:b":-1,"x.c":-1,"_id":-1}`,
				`{"$and":[{"t":"t"},{"x.a:b":{"$lt":"v"}},{"_id":{"$gte":"t+","$lt":"t,"}}]}`,
				`{"$and":[{"t":"t"},{"x.a:b":null},{"_id":{"$gte":"t+","$lt":"t,"}}]}`,
				`{"$and":[{"t":"t"},{"x.a:b":"v"},{"x.c":null},{"_id":{"$gte":"t+","$lt":"t+i"}}]}`,
			},
		},
		"on both fields, after null": {
			span: store.Span{Tenant: "t", Index: "two", After: after(nil, nil)},
			want: []string{
				`{"x.a:b":1,"x.c":1,"_id":1}`,
				`{"$and":[{"t":"t"},{"x.a:b":{"$ne":null}},{"_id":{"$gte":"t+","$lt":"t,"}}]}`,
				`{"$and":[{"t":"t"},{"x.a:b":null},{"x.c":{"$ne":null}},{"_id":{"$gte":"t+","$lt":"t,"}}]}`,
				`{"$and":[{"t":"t"},{"x.a:b":null},{"x.c":null},{"_id":{"$gt":"t+i","$lt":"t,"}}]}`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &collection{schema: schema}
			w, err := c.walk(test.span)
			must(t, err)
			filter := w.filter(test.span.After)
			parts := bson.A{filter}
			if filter[0].Key == "$or" {
				parts = filter[0].Value.(bson.A)
			}
			var got []string
			for _, part := range append(bson.A{w.sort}, parts...) {
				text, err := bson.MarshalExtJSON(part, false, false)
				must(t, err)
				got = append(got, string(text))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("want (-) is not asked (+):\n%s", diff)
			}
		})
	}
}
