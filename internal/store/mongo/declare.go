package mongo

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/garant-sante/garant/internal/store"
)

// How many documents that lack the values of a new index are read at once, and how many one command updates: FerretDB
// 1.24 keeps one of its 100 connections to SQLite for each update of a command, and waits for ever when they are all
// taken.
const (
	fillRead  = 500
	fillWrite = 50
)

// primaryIndex is the index that every collection has.
const primaryIndex = "_id_"

// Declare implements store.Engine. Several processes may declare the same at once.
func (e *Engine) Declare(ctx context.Context, schemas ...store.Schema) error {
	all, err := store.Complete(schemas...)
	if err != nil {
		return err
	}
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, declareTime)
		defer cancel()
	}
	for _, s := range all {
		c := newCollection(e.database.Collection(s.Collection), s)
		if err := c.declare(ctx); err != nil {
			return explain(ctx, fmt.Sprintf("mongo: declaring %s", s.Collection), err)
		}
		e.mu.Lock()
		e.collections[s.Collection] = c
		e.mu.Unlock()
	}
	return nil
}

// declare makes the indexes of one collection those of its schema.
func (c *collection) declare(ctx context.Context) error {
	there, err := c.Indexes().ListSpecifications(ctx)
	if err != nil && !hasCode(err, namespaceNotFound) {
		return fmt.Errorf("listing its indexes: %w", err)
	}
	var (
		missing []driver.IndexModel
		kept    = []string{primaryIndex}
	)
	for _, index := range c.schema.Indexes {
		keys := indexKeys(index)
		if sameIndexIn(there, index.Name, keys) {
			kept = append(kept, index.Name)
			continue
		}
		missing = append(missing, driver.IndexModel{Keys: keys, Options: options.Index().SetName(index.Name)})
	}
	for _, index := range there {
		if slices.Contains(kept, index.Name) {
			continue
		}
		if err := c.Indexes().DropOne(ctx, index.Name); err != nil && !hasCode(err, indexNotFound) {
			return fmt.Errorf("dropping index %s: %w", index.Name, err)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	// The values first: an index that exists has them all, whenever this process is killed.
	if err := c.fill(ctx); err != nil {
		return err
	}
	if _, err := c.Indexes().CreateMany(ctx, missing); err != nil {
		return fmt.Errorf("creating its indexes: %w", err)
	}
	return nil
}

// indexKeys gives the fields of an index as the server has them.
func indexKeys(index store.Index) bson.D {
	var keys bson.D
	if !index.AllTenants {
		keys = append(keys, bson.E{Key: tenantField, Value: int32(1)})
	}
	for _, field := range index.Fields {
		keys = append(keys, bson.E{Key: pathOf(field), Value: int32(1)})
	}
	return append(keys, bson.E{Key: idField, Value: int32(1)})
}

func sameIndexIn(there []driver.IndexSpecification, name string, keys bson.D) bool {
	return slices.ContainsFunc(there, func(s driver.IndexSpecification) bool {
		elements, err := s.KeysDocument.Elements()
		return err == nil && s.Name == name && slices.EqualFunc(elements, keys, func(e bson.RawElement, k bson.E) bool {
			direction, ok := e.Value().AsInt64OK()
			return ok && e.Key() == k.Key && direction == 1
		})
	})
}

// fill gives the documents that lack the value of an indexed field the values that their bodies hold.
func (c *collection) fill(ctx context.Context) error {
	var lacking bson.A
	for _, name := range c.names {
		lacking = append(lacking, condition(indexFields+"."+name, bson.D{{Key: "$exists", Value: false}}))
	}
	after := bounds{}
	for {
		w := walk{within: bson.A{bson.D{{Key: "$or", Value: lacking}}}}
		how := options.Find().SetSort(condition(idField, 1)).SetLimit(fillRead).SetBatchSize(fillRead + 1)
		var writes []driver.WriteModel
		err := c.find(ctx, w.all(after), how, func(r store.Record) error {
			after.above = key(r.Tenant, r.ID)
			values, err := c.appendValues(nil, r.Body)
			if err != nil {
				return fmt.Errorf("document %s: %w", after.above, err)
			}
			set := condition("$set", condition(indexFields, bson.Raw(values)))
			writes = append(writes, driver.NewUpdateOneModel().SetFilter(atVersion(after.above, r.Version)).SetUpdate(set))
			return nil
		})
		if err != nil {
			return fmt.Errorf("filling its indexes: %w", err)
		}
		if len(writes) == 0 {
			return nil
		}
		for some := range slices.Chunk(writes, fillWrite) {
			if _, err := c.BulkWrite(ctx, some, options.BulkWrite().SetOrdered(false)); err != nil {
				return fmt.Errorf("filling its indexes: %w", err)
			}
		}
	}
}
