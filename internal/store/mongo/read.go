package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/garant-sante/garant/internal/store"
)

// Get implements store.Engine.
func (e *Engine) Get(ctx context.Context, name string, tenant store.Tenant, ids []string, visit store.Visit) error {
	c, err := e.in(name)
	if err != nil {
		return err
	}
	if len(ids) == 1 {
		return c.get(ctx, key(tenant, ids[0]), visit)
	}
	for some := range slices.Chunk(ids, idsAtOnce) {
		if err := c.find(ctx, withIDs(tenant, some), options.Find(), visit); err != nil {
			return err
		}
	}
	return nil
}

// get visits the document of that id, when it exists.
func (c *collection) get(ctx context.Context, id string, visit store.Visit) error {
	doc, err := c.FindOne(ctx, bson.D{{Key: idField, Value: id}}).Raw()
	switch {
	case errors.Is(err, driver.ErrNoDocuments):
		return nil
	case err != nil:
		return explain(ctx, "mongo: reading from "+c.Name(), err)
	}
	r, err := record(doc)
	if err != nil {
		return err
	}
	return visit(r)
}

// find visits the documents of a query.
func (c *collection) find(ctx context.Context, filter bson.D, how *options.FindOptionsBuilder, visit store.Visit) error {
	cursor, err := c.Find(ctx, filter, how)
	if err != nil {
		return explain(ctx, "mongo: reading from "+c.Name(), err)
	}
	// Closing is what frees the server's cursor, so it is done even when the caller gave up.
	defer func() { _ = cursor.Close(context.WithoutCancel(ctx)) }()
	for cursor.Next(ctx) {
		r, err := record(cursor.Current)
		if err != nil {
			return err
		}
		if err := visit(r); err != nil {
			return err
		}
	}
	return explain(ctx, "mongo: reading from "+c.Name(), cursor.Err())
}

// Scan implements store.Engine.
func (e *Engine) Scan(ctx context.Context, span store.Span, visit store.Visit) error {
	c, err := e.in(span.Collection)
	if err != nil {
		return err
	}
	walk, err := c.walk(span)
	if err != nil {
		return err
	}
	how := options.Find().SetSort(walk.sort)
	if walk.hint != "" {
		how.SetHint(walk.hint)
	}
	if span.Limit > 0 {
		// A batch larger than the limit lets the server end its cursor with the first answer.
		how.SetLimit(int64(span.Limit)).SetBatchSize(int32(min(span.Limit+1, idsAtOnce)))
	}
	return c.find(ctx, walk.filter(span.After), how, visit)
}

// Count implements store.Engine.
func (e *Engine) Count(ctx context.Context, span store.Span) (int64, error) {
	c, err := e.in(span.Collection)
	if err != nil {
		return 0, err
	}
	walk, err := c.walk(span)
	if err != nil {
		return 0, err
	}
	how := options.Count()
	if walk.hint != "" {
		how.SetHint(walk.hint)
	}
	n, err := c.CountDocuments(ctx, walk.filter(nil), how)
	return n, explain(ctx, fmt.Sprintf("mongo: counting in %s", span.Collection), err)
}
