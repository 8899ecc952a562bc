package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/store"
)

// Get implements store.Engine.
func (e *Engine) Get(ctx context.Context, collection string, tenant store.Tenant, ids []string, visit store.Visit) error {
	t, err := e.table(collection)
	if err != nil {
		return err
	}
	if len(ids) == 1 {
		rows, err := t.get.QueryContext(ctx, string(tenant), ids[0])
		if err != nil {
			return err
		}
		r := store.Record{Tenant: tenant, ID: ids[0]}
		return each(rows, &r, visit, &r.Version)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("listing ids: %w", err)
	}
	rows, err := t.getMany.QueryContext(ctx, string(tenant), string(list))
	if err != nil {
		return err
	}
	r := store.Record{Tenant: tenant}
	return each(rows, &r, visit, &r.ID, &r.Version)
}

// each visits rows that end with a body. It is decoded where the driver put it, without a copy.
func each(rows *sql.Rows, r *store.Record, visit store.Visit, into ...any) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	var body sql.RawBytes
	into = append(into, &body)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		r.Body = bson.Raw(body)
		if err := visit(*r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Scan implements store.Engine.
func (e *Engine) Scan(ctx context.Context, span store.Span, visit store.Visit) error {
	t, err := e.table(span.Collection)
	if err != nil {
		return err
	}
	w, args := form(span)
	statement, err := e.statement(ctx, t, w)
	if err != nil {
		return err
	}
	limit := span.Limit
	if limit <= 0 {
		limit = -1
	}
	rows, err := statement.QueryContext(ctx, append(args, limit)...)
	if err != nil {
		return err
	}
	r := store.Record{Tenant: span.Tenant}
	if w.everywhere {
		return each(rows, &r, visit, &r.Tenant, &r.ID, &r.Version)
	}
	return each(rows, &r, visit, &r.ID, &r.Version)
}

// Count implements store.Engine.
func (e *Engine) Count(ctx context.Context, span store.Span) (int64, error) {
	t, err := e.table(span.Collection)
	if err != nil {
		return 0, err
	}
	span.After, span.Descending = nil, false
	w, args := form(span)
	w.counts = true
	statement, err := e.statement(ctx, t, w)
	if err != nil {
		return 0, err
	}
	var n int64
	err = statement.QueryRowContext(ctx, args...).Scan(&n)
	return n, err
}

// form tells a span's form from its values, in the order the statement takes them. A position already holds one
// bound of the range: the walk seeks to it, so that bound is left out.
func form(s store.Span) (walk, []any) {
	w := walk{index: s.Index, equal: len(s.Equal), descending: s.Descending, after: s.After != nil, everywhere: s.Tenant == ""}
	args := make([]any, 0, 12)
	if !w.everywhere {
		args = append(args, string(s.Tenant))
	}
	for _, v := range s.Equal {
		args = append(args, column(v))
	}
	seeksUp, seeksDown := w.after && !s.Descending, w.after && s.Descending
	if !seeksUp {
		switch {
		case s.From != nil:
			w.from, args = true, append(args, column(s.From))
		case s.To != nil:
			w.above, args = true, append(args, missing)
		}
	}
	if s.To != nil && !seeksDown {
		w.to, args = true, append(args, column(s.To))
	}
	if s.After != nil {
		for _, v := range s.After.Values {
			args = append(args, column(v))
		}
		if w.everywhere {
			args = append(args, string(s.After.Tenant))
		}
		args = append(args, s.After.ID)
	}
	return w, args
}
