package outbox

import (
	"context"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// pageSize is how many documents with due events are read at a time.
const pageSize = 50

// Source is a collection whose documents have a Pending.
type Source interface {
	// name is the collection's.
	name() string
	// due gives a page of documents with events due at a moment.
	due(ctx context.Context, now time.Time, cursor string) (found []waiting, next string, err error)
	// settle applies change to the Pending of a document. A document that is gone has nothing to settle.
	settle(ctx context.Context, tenant store.Tenant, id string, change func(*Pending)) error
	// dead gives a page of documents with dead letters.
	dead(ctx context.Context, cursor string) (found []waiting, next string, err error)
	// countDead counts them.
	countDead(ctx context.Context) (int64, error)
}

// waiting is the events of one document.
type waiting struct {
	tenant  store.Tenant
	id      string
	pending Pending
}

// From makes a source of a collection: pending gives the field of a document that holds its events.
func From[T any](c *store.Collection[T], pending func(*T) *Pending) Source {
	return source[T]{collection: c, pending: pending}
}

type source[T any] struct {
	collection *store.Collection[T]
	pending    func(*T) *Pending
}

func (s source[T]) name() string { return s.collection.Schema().Collection }

func (s source[T]) due(ctx context.Context, now time.Time, cursor string) ([]waiting, string, error) {
	// Stored times are whole milliseconds, so what is due at this one is before the next.
	return s.page(ctx, store.Query{Index: dueIndex, To: now.Add(time.Millisecond), Limit: pageSize, Cursor: cursor})
}

func (s source[T]) dead(ctx context.Context, cursor string) ([]waiting, string, error) {
	return s.page(ctx, store.Query{Index: deadIndex, From: soon, Limit: pageSize, Cursor: cursor})
}

func (s source[T]) countDead(ctx context.Context) (int64, error) {
	return s.collection.CountAcrossTenants(ctx, store.Query{Index: deadIndex, From: soon})
}

func (s source[T]) page(ctx context.Context, q store.Query) ([]waiting, string, error) {
	page, err := s.collection.AcrossTenants(ctx, q)
	if err != nil {
		return nil, "", err
	}
	found := make([]waiting, 0, len(page.Items))
	for _, doc := range page.Items {
		tenant, id := any(doc).(interface{ Identity() (store.Tenant, string) }).Identity() // of the Meta it embeds
		found = append(found, waiting{tenant: tenant, id: id, pending: *s.pending(doc)})
	}
	return found, page.Next, nil
}

func (s source[T]) settle(ctx context.Context, tenant store.Tenant, id string, change func(*Pending)) error {
	_, err := s.collection.In(tenant).Update(ctx, id, func(doc *T) error {
		change(s.pending(doc))
		return nil
	})
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
