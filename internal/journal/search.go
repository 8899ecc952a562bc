package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/store"
)

// Filter narrows a search. What is empty narrows nothing.
type Filter struct {
	Who    string // id
	Kind   string // the act: "annex.signed"
	Object string // "collection/id"
	// From and To bound when the act was done: [From, To), to the millisecond.
	From, To time.Time
}

// pageSize is how many entries a page shows.
const pageSize = 50

// sparseReads is how often a page reads on when few entries of an object fit the rest of a filter; then it is shorter.
const sparseReads = 20

// Search gives a page of a tenant's entries, the latest act first. Each filter is one stretch of an index, but that of an
// object with who or act besides: those of the object are read and the others left out, so a page may hold fewer than 50
// and still have a Next. A cursor that is not of this filter is fault.Invalid("store.bad-cursor").
func (j *Journal) Search(ctx context.Context, tenant store.Tenant, f Filter, cursor string) (store.Page[Entry], error) {
	q := f.query()
	q.Descending, q.Cursor = true, cursor
	found := store.Page[Entry]{Items: []*Entry{}}
	for range sparseReads {
		q.Limit = pageSize - len(found.Items)
		page, err := j.entries.In(tenant).Scan(ctx, q)
		if err != nil {
			return store.Page[Entry]{}, fmt.Errorf("searching the journal of %s: %w", tenant, err)
		}
		for _, entry := range page.Items {
			if f.fits(entry) {
				found.Items = append(found.Items, entry)
			}
		}
		found.Next, q.Cursor = page.Next, page.Next
		if page.Next == "" || len(found.Items) == pageSize {
			break
		}
	}
	return found, nil
}

// query gives the stretch of an index that holds what the filter wants.
func (f Filter) query() store.Query {
	q := store.Query{Index: whenIndex}
	switch {
	case f.Object != "":
		q.Index, q.Equal = objectIndex, []any{f.Object}
	case f.Who != "" && f.Kind != "":
		q.Index, q.Equal = whoKindIndex, []any{f.Who, f.Kind}
	case f.Who != "":
		q.Index, q.Equal = whoIndex, []any{f.Who}
	case f.Kind != "":
		q.Index, q.Equal = kindIndex, []any{f.Kind}
	}
	if !f.From.IsZero() {
		q.From = f.From
	}
	if !f.To.IsZero() {
		q.To = f.To
	}
	return q
}

// fits tells whether an entry of the stretch is wanted.
func (f Filter) fits(e *Entry) bool {
	return (f.Who == "" || e.Who == f.Who) && (f.Kind == "" || e.Kind == f.Kind)
}

// eachPage is how many entries Each reads at a time.
const eachPage = 500

// Each visits the entries of a tenant that a filter wants: in the order of the chain when it is empty, else by time, the
// earliest first. An error of visit ends it.
func (j *Journal) Each(ctx context.Context, tenant store.Tenant, f Filter, visit func(*Entry) error) error {
	q := f.query()
	if f == (Filter{}) {
		q = store.Query{} // by id, which is the sequence
	}
	q.Limit = eachPage
	for {
		page, err := j.entries.In(tenant).Scan(ctx, q)
		if err != nil {
			return fmt.Errorf("reading the journal of %s: %w", tenant, err)
		}
		for _, entry := range page.Items {
			if !f.fits(entry) {
				continue
			}
			if err := visit(entry); err != nil {
				return err
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}
