package store

import (
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
)

// encode makes the body of a document in the current shape.
func (c *Collection[T]) encode(doc *T) (bson.Raw, error) {
	m := meta(doc)
	if !usableID(m.ID) {
		return nil, fault.NewInvalid("store.bad-id", "collection", c.schema.Collection)
	}
	m.Shape = c.schema.Shape
	body, err := bson.Marshal(doc)
	if err != nil {
		return nil, err
	}
	if len(body) > MaxBody {
		return nil, fault.NewTooLarge("store.too-large", "collection", c.schema.Collection, "size", len(body), "limit", MaxBody)
	}
	return body, nil
}

// decode makes a document of a record: upgraded when it is of an older shape, refused when it is of a newer one or
// holds a field this program does not know, since writing it again would lose that field.
func (c *Collection[T]) decode(r Record) (*T, error) {
	body, err := c.current(r)
	if err != nil {
		return nil, err
	}
	if unknown := c.known.unknown(body); unknown != "" {
		return nil, fault.NewUnavailable("store.unknown-field", "collection", c.schema.Collection, "id", r.ID, "field", unknown)
	}
	doc := new(T)
	if err := bson.Unmarshal(body, doc); err != nil {
		return nil, fmt.Errorf("decoding %s %s: %w", c.schema.Collection, r.ID, err)
	}
	m := meta(doc)
	m.Shape, m.version, m.tenant = c.schema.Shape, r.Version, r.Tenant
	return doc, nil
}

// current gives the body of a record in the current shape.
func (c *Collection[T]) current(r Record) (bson.Raw, error) {
	stored, ok := r.Body.Lookup("v").AsInt64OK()
	if stored > int64(c.schema.Shape) {
		return nil, fault.NewUnavailable("store.newer", "collection", c.schema.Collection, "id", r.ID, "shape", stored)
	}
	if !ok || stored < 1 {
		return nil, fmt.Errorf("decoding %s %s: no shape", c.schema.Collection, r.ID)
	}
	body := r.Body
	for _, step := range c.steps[stored-1:] {
		var err error
		if body, err = step(body); err != nil {
			return nil, fmt.Errorf("upgrading %s %s: %w", c.schema.Collection, r.ID, err)
		}
	}
	return body, nil
}

// explain turns what an engine answers into a fault, and says of any other error what was being done.
func explain(doing, collection, id string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	switch {
	case errors.Is(err, ErrNotFound):
		return fault.NewNotFound("store.not-found", "collection", collection, "id", id).Because(err)
	case errors.Is(err, ErrExists):
		return fault.NewConflict("store.taken", "collection", collection, "id", id).Because(err)
	case errors.Is(err, ErrChanged):
		return fault.NewConflict("store.changed", "collection", collection, "id", id).Because(err)
	default:
		return fmt.Errorf("%s %s %s: %w", doing, collection, id, err)
	}
}
