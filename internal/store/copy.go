package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
)

// A batch of Copy and Migrate ends at this many records or bytes, whichever comes first.
const (
	batchRecords = 500
	batchBytes   = 8 << 20
)

// Copy moves a whole portal: every document and file of every tenant, with its version, from one engine to another,
// and tells how many records that was. The schemas are those of the program; `from` has them declared already, Copy
// declares them in `to`. Nothing must write to either meanwhile. fault.Conflict("store.not-empty") when `to` holds
// anything: a copy that was cut is begun again from an empty store.
func Copy(ctx context.Context, from, to Engine, schemas ...Schema) (int64, error) {
	all, err := Complete(schemas...)
	if err != nil {
		return 0, err
	}
	if err := to.Declare(ctx, all...); err != nil {
		return 0, err
	}
	for _, s := range all {
		if n, err := to.Count(ctx, Span{Collection: s.Collection}); err != nil {
			return 0, fmt.Errorf("copying %s: %w", s.Collection, err)
		} else if n > 0 {
			return 0, fault.NewConflict("store.not-empty", "collection", s.Collection, "count", n)
		}
	}
	var total int64
	for _, s := range all {
		n, err := copyCollection(ctx, from, to, s.Collection)
		total += n
		if err != nil {
			return total, fmt.Errorf("copying %s: %w", s.Collection, err)
		}
	}
	return total, nil
}

func copyCollection(ctx context.Context, from, to Engine, collection string) (copied int64, err error) {
	err = eachBatch(ctx, from, collection, func(batch []Record) error {
		copied += int64(len(batch))
		return to.Insert(ctx, collection, batch...)
	})
	if err != nil {
		return copied, err
	}
	there, err := to.Count(ctx, Span{Collection: collection})
	if err == nil && there != copied {
		err = fmt.Errorf("%d records read, %d there", copied, there)
	}
	return copied, err
}

// errBatchFull ends a scan when a batch is full.
var errBatchFull = errors.New("the batch is full")

// eachBatch walks all records of a collection, across tenants, in batches that the caller may keep.
func eachBatch(ctx context.Context, e Engine, collection string, do func([]Record) error) error {
	span := Span{Collection: collection, Limit: batchRecords}
	for {
		var batch []Record
		size := 0
		err := e.Scan(ctx, span, func(r Record) error {
			r.Body = bytes.Clone(r.Body)
			batch = append(batch, r)
			if size += len(r.Body); size >= batchBytes {
				return errBatchFull
			}
			return nil
		})
		if err != nil && !errors.Is(err, errBatchFull) {
			return err
		}
		if len(batch) == 0 {
			return nil
		}
		if err := do(batch); err != nil {
			return err
		}
		last := batch[len(batch)-1]
		span.After = &Position{Tenant: last.Tenant, ID: last.ID}
	}
}

// settledShape remembers, per collection, up to which shape all its documents were brought.
type settledShape struct {
	Meta    `bson:",inline"` // the id is the collection's name
	Settled int              `bson:"settled"`
	When    time.Time        `bson:"when"`
}

// Migrate stores every document of an older shape in the current one, once per shape, so that its indexes hold the
// new fields, and tells how many there were. Call it at start for a collection whose steps change indexed fields.
// Killed half-way, it is taken up at the next start; others may write meanwhile.
func (c *Collection[T]) Migrate(ctx context.Context) (int, error) {
	shapes := NewCollection[settledShape](c.engine, ownSchema(shapeCollection)).In(System)
	settled, err := shapes.Get(ctx, c.schema.Collection)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		settled = &settledShape{Meta: Meta{ID: c.schema.Collection}}
	case err != nil:
		return 0, err
	case settled.Settled >= c.schema.Shape:
		return 0, nil
	}
	migrated := 0
	err = eachBatch(ctx, c.engine, c.schema.Collection, func(batch []Record) error {
		for _, r := range batch {
			done, err := c.migrate(ctx, r)
			if err != nil {
				return err
			}
			if done {
				migrated++
			}
		}
		return nil
	})
	if err != nil {
		return migrated, fmt.Errorf("migrating %s: %w", c.schema.Collection, err)
	}
	settled.Settled, settled.When = c.schema.Shape, time.Now()
	if settled.Version() == 0 {
		err = shapes.Insert(ctx, settled)
	} else {
		err = shapes.Replace(ctx, settled)
	}
	if fault.KindOf(err) == fault.Conflict {
		err = nil // another process has just done the same
	}
	return migrated, err
}

func (c *Collection[T]) migrate(ctx context.Context, r Record) (bool, error) {
	if shape, ok := bson.Raw(r.Body).Lookup("v").AsInt64OK(); ok && shape == int64(c.schema.Shape) {
		return false, nil
	}
	doc, err := c.decode(r)
	if err != nil {
		return false, err
	}
	err = c.In(r.Tenant).Replace(ctx, doc)
	if errors.Is(err, ErrChanged) || errors.Is(err, ErrNotFound) {
		return false, nil // written or removed meanwhile, by this program
	}
	return err == nil, err
}
