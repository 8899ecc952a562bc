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

// idsAtOnce is how many ids one command names at most: a command is limited to 16 MiB.
const idsAtOnce = 10_000

// Insert implements store.Engine.
func (e *Engine) Insert(ctx context.Context, name string, records ...store.Record) error {
	c, err := e.in(name)
	if err != nil || len(records) == 0 {
		return err
	}
	docs := make([]bson.Raw, len(records))
	for i, r := range records {
		if docs[i], err = c.document(r); err != nil {
			return err
		}
	}
	if len(docs) == 1 {
		_, err = c.InsertOne(ctx, docs[0])
	} else {
		_, err = c.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	}
	if driver.IsDuplicateKeyError(err) {
		return fmt.Errorf("mongo: inserting into %s: %w", name, store.ErrExists)
	}
	return explain(ctx, "mongo: inserting into "+name, err)
}

// Replace implements store.Engine: one update of the document with that id and version.
func (e *Engine) Replace(ctx context.Context, name string, r store.Record) error {
	c, err := e.in(name)
	if err != nil {
		return err
	}
	doc, err := c.document(r)
	if err != nil {
		return err
	}
	id := key(r.Tenant, r.ID)
	done, err := c.ReplaceOne(ctx, atVersion(id, r.Version-1), doc)
	if err != nil {
		return explain(ctx, fmt.Sprintf("mongo: replacing %s in %s", r.ID, name), err)
	}
	if done.MatchedCount == 0 {
		return c.whyNot(ctx, id)
	}
	return nil
}

// Delete implements store.Engine.
func (e *Engine) Delete(ctx context.Context, name string, tenant store.Tenant, id string, version int64) error {
	c, err := e.in(name)
	if err != nil {
		return err
	}
	filter := bson.D{{Key: idField, Value: key(tenant, id)}}
	if version != 0 {
		filter = atVersion(key(tenant, id), version)
	}
	done, err := c.DeleteOne(ctx, filter)
	if err != nil {
		return explain(ctx, fmt.Sprintf("mongo: deleting %s from %s", id, name), err)
	}
	if done.DeletedCount == 0 {
		return c.whyNot(ctx, key(tenant, id))
	}
	return nil
}

// DeleteMany implements store.Engine.
func (e *Engine) DeleteMany(ctx context.Context, name string, tenant store.Tenant, ids []string) error {
	c, err := e.in(name)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(ids, idsAtOnce) {
		if _, err := c.DeleteMany(ctx, withIDs(tenant, some)); err != nil {
			return explain(ctx, "mongo: deleting from "+name, err)
		}
	}
	return nil
}

// atVersion matches one document while it has that version.
func atVersion(id string, version int64) bson.D {
	return bson.D{{Key: idField, Value: id}, {Key: versionField, Value: version}}
}

// withIDs matches the documents of a tenant with those ids.
func withIDs(tenant store.Tenant, ids []string) bson.D {
	if len(ids) == 1 { // the one form that every server answers without planning
		return bson.D{{Key: idField, Value: key(tenant, ids[0])}}
	}
	keys := make(bson.A, len(ids))
	for i, id := range ids {
		keys[i] = key(tenant, id)
	}
	return bson.D{{Key: idField, Value: bson.D{{Key: "$in", Value: keys}}}}
}

// whyNot tells why a write at a version matched nothing.
func (c *collection) whyNot(ctx context.Context, id string) error {
	err := c.FindOne(ctx, bson.D{{Key: idField, Value: id}}, options.FindOne().SetProjection(bson.D{{Key: versionField, Value: 1}})).Err()
	switch {
	case errors.Is(err, driver.ErrNoDocuments):
		return store.ErrNotFound
	case err != nil:
		return explain(ctx, "mongo: reading the version of a document of "+c.Name(), err)
	default:
		return store.ErrChanged
	}
}
