package store

import (
	"context"
	"fmt"
)

// Query asks for documents of one tenant by a declared index.
type Query struct {
	Index      string // a declared index; empty: by id, which is by time of creation for ids of NewID
	Equal      []any  // values of the first fields of the index
	From, To   any    // [From, To) on the next field (the id after the last); nil: open on that side
	Descending bool
	Limit      int    // documents a page: 0 stands for 50, at most 1000
	Cursor     string // Next of the page before, of the same query
}

// Page is some documents and where to go on.
type Page[T any] struct {
	Items []*T
	Next  string // opaque; empty when nothing follows
}

// Scan reads one page, in the order of the fields after Equal, then of the id. Pages stay right while others
// write: a document that is there all along is seen exactly once, unless its own indexed fields change. A query
// the index does not serve is an error; a cursor that is not of this query is fault.Invalid("store.bad-cursor").
func (s Scoped[T]) Scan(ctx context.Context, q Query) (Page[T], error) {
	if err := s.usable(); err != nil {
		return Page[T]{}, err
	}
	return s.c.scan(ctx, s.tenant, q)
}

// Count counts the documents of a query, whatever its Limit and Cursor.
func (s Scoped[T]) Count(ctx context.Context, q Query) (int64, error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	return s.c.count(ctx, s.tenant, q)
}

// AcrossTenants reads one page over all tenants by an index declared AllTenants: for the workers that serve the
// whole portal, never to answer a person. Meta.Tenant tells whose each document is.
func (c *Collection[T]) AcrossTenants(ctx context.Context, q Query) (Page[T], error) {
	return c.scan(ctx, "", q)
}

// CountAcrossTenants counts the documents of a query over all tenants, by an index declared AllTenants.
func (c *Collection[T]) CountAcrossTenants(ctx context.Context, q Query) (int64, error) {
	return c.count(ctx, "", q)
}

func (c *Collection[T]) count(ctx context.Context, tenant Tenant, q Query) (int64, error) {
	q.Cursor = ""
	span, err := c.span(tenant, q)
	if err != nil {
		return 0, err
	}
	n, err := c.engine.Count(ctx, span)
	return n, explain("counting", c.schema.Collection, q.Index, err)
}

const (
	defaultLimit = 50
	maxLimit     = 1000
)

func (c *Collection[T]) scan(ctx context.Context, tenant Tenant, q Query) (Page[T], error) {
	span, err := c.span(tenant, q)
	if err != nil {
		return Page[T]{}, err
	}
	limit := span.Limit
	span.Limit++ // one more tells whether anything follows
	var (
		page = Page[T]{Items: make([]*T, 0, min(limit, defaultLimit))}
		last Position
		more bool
	)
	err = c.engine.Scan(ctx, span, func(r Record) error {
		if len(page.Items) == limit {
			more = true
			return nil
		}
		doc, err := c.decode(r)
		if err != nil {
			return err
		}
		page.Items = append(page.Items, doc)
		if len(page.Items) == limit {
			last, err = c.position(span, r)
		}
		return err
	})
	if err != nil {
		return Page[T]{}, explain("scanning", c.schema.Collection, q.Index, err)
	}
	if more {
		page.Next, err = encodeCursor(span, last)
	}
	return page, err
}

// position tells where a record stands in a span.
func (c *Collection[T]) position(span Span, r Record) (Position, error) {
	values, err := c.last[span.Index].Values(r.Body, nil)
	if err != nil {
		return Position{}, err
	}
	return Position{Values: values[len(span.Equal):], Tenant: r.Tenant, ID: r.ID}, nil
}

// span checks a query against the schema and brings it to what engines take.
func (c *Collection[T]) span(tenant Tenant, q Query) (Span, error) {
	s := Span{Collection: c.schema.Collection, Tenant: tenant, Index: q.Index, Descending: q.Descending, Limit: q.Limit}
	var index Index
	if q.Index != "" {
		found, ok := c.schema.Find(q.Index)
		if !ok {
			return Span{}, fmt.Errorf("store: collection %q declares no index %q", s.Collection, q.Index)
		}
		index = found
	}
	if index.AllTenants != (tenant == "") {
		return Span{}, fmt.Errorf("store: index %q of %q is not for this: AllTenants is %t", q.Index, s.Collection, index.AllTenants)
	}
	if len(q.Equal) > len(index.Fields) {
		return Span{}, fmt.Errorf("store: index %q of %q has %d fields, not %d", q.Index, s.Collection, len(index.Fields), len(q.Equal))
	}
	if err := s.fill(q, len(q.Equal) == len(index.Fields)); err != nil {
		return Span{}, err
	}
	switch {
	case s.Limit <= 0:
		s.Limit = defaultLimit
	case s.Limit > maxLimit:
		s.Limit = maxLimit
	}
	if q.Cursor == "" {
		return s, nil
	}
	after, err := decodeCursor(s, q.Cursor, len(index.Fields)-len(q.Equal))
	s.After = after
	return s, err
}

// fill brings the values of a query to their few kinds. A range on the id takes strings alone, within a tenant.
func (s *Span) fill(q Query, onID bool) (err error) {
	for _, v := range q.Equal {
		value, err := Value(v)
		if err != nil {
			return err
		}
		s.Equal = append(s.Equal, value)
	}
	if s.From, err = Value(q.From); err != nil {
		return err
	}
	if s.To, err = Value(q.To); err != nil {
		return err
	}
	for _, end := range []any{s.From, s.To} {
		if _, text := end.(string); onID && end != nil && (!text || s.Tenant == "") {
			return fmt.Errorf("store: a %T is no end for a range of ids of tenant %q", end, s.Tenant)
		}
	}
	return nil
}
