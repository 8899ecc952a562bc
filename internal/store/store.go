// Package store keeps documents and files. Every document belongs to a tenant and is reached through it, carries a
// version that guards it against lost updates, and is found by id or by a declared index. The engines, embedded
// SQLite and MongoDB, are its sub-packages; what they must give is Engine, and storetest holds both to it.
//
// There are no transactions over several documents: one aggregate is one document, and what must follow a write
// waits in that document (see internal/outbox).
package store

import (
	"context"
	"fmt"
	"reflect"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
)

// MaxBody is the size in bytes from which a document is refused: the 16 MiB of MongoDB less a margin for what an
// engine adds.
const MaxBody = 16<<20 - 64<<10

// Meta is what the store knows of every document. A stored type embeds it first, inlined:
//
//	type Service struct {
//		store.Meta `bson:",inline"`
//		Name string `bson:"name"`
//	}
type Meta struct {
	ID    string `bson:"_id"`
	Shape int    `bson:"v"` // set by the store

	version int64
	tenant  Tenant
}

// Version counts the writes of the document: 0 before the first one.
func (m *Meta) Version() int64 { return m.version }

// Tenant is who owns the document: empty before the first write.
func (m *Meta) Tenant() Tenant { return m.tenant }

// Identity is who owns the document and its id, for code that serves documents of any type.
func (m *Meta) Identity() (Tenant, string) { return m.tenant, m.ID }

func (m *Meta) meta() *Meta { return m }

// Upgrade brings a document from one shape to the next: step i takes shape i+1 to i+2. It is pure, and is applied
// each time an old document is read; the document is stored in its new shape at its next write. A step that
// changes an indexed field needs Collection.Migrate at start, because indexes hold the fields as stored.
type Upgrade func(bson.Raw) (bson.Raw, error)

// Collection is the documents of one type. It is made once, at start, and used by all.
type Collection[T any] struct {
	engine Engine
	schema Schema
	steps  []Upgrade
	known  *fields
	last   map[string]Extractor // per index, its fields: what a cursor remembers
}

// NewCollection makes the typed view of a declared collection. It panics when *T does not embed Meta inlined, or
// when there is not one step for each shape after the first: both are mistakes in the program.
func NewCollection[T any](e Engine, s Schema, steps ...Upgrade) *Collection[T] {
	if err := s.check(); err != nil {
		panic(err)
	}
	var zero T
	if _, ok := any(&zero).(interface{ meta() *Meta }); !ok || !inlinesMeta(reflect.TypeFor[T]()) {
		panic(fmt.Sprintf("store: %T must embed store.Meta with the tag `bson:\",inline\"`", zero))
	}
	if len(steps) != s.Shape-1 {
		panic(fmt.Sprintf("store: collection %q has shape %d and %d upgrade steps", s.Collection, s.Shape, len(steps)))
	}
	last := make(map[string]Extractor, len(s.Indexes)+1)
	for _, index := range s.Indexes {
		last[index.Name] = NewExtractor(index.Fields)
	}
	return &Collection[T]{engine: e, schema: s, steps: steps, known: knownFields(reflect.TypeFor[T]()), last: last}
}

func inlinesMeta(t reflect.Type) bool {
	for i := range t.NumField() {
		if f := t.Field(i); f.Type == reflect.TypeFor[Meta]() {
			return f.Tag.Get("bson") == ",inline"
		}
	}
	return false
}

// Schema is what the collection was made with.
func (c *Collection[T]) Schema() Schema { return c.schema }

// In gives the documents of one tenant: there is no other way to a document.
func (c *Collection[T]) In(t Tenant) Scoped[T] { return Scoped[T]{c: c, tenant: t} }

// Scoped is the documents of one type and one tenant.
type Scoped[T any] struct {
	c      *Collection[T]
	tenant Tenant
}

// meta gives the Meta a document embeds; NewCollection has checked that it does.
func meta[T any](doc *T) *Meta { return any(doc).(interface{ meta() *Meta }).meta() }

// Get reads one document. fault.NotFound when this tenant has none of that id.
func (s Scoped[T]) Get(ctx context.Context, id string) (*T, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	if !usableID(id) {
		return nil, s.wrap("reading", id, ErrNotFound)
	}
	var doc *T
	err := s.c.engine.Get(ctx, s.c.schema.Collection, s.tenant, []string{id}, func(r Record) (err error) {
		doc, err = s.c.decode(r)
		return err
	})
	if err != nil {
		return nil, s.wrap("reading", id, err)
	}
	if doc == nil {
		return nil, s.wrap("reading", id, ErrNotFound)
	}
	return doc, nil
}

// GetMany reads documents in the order of ids; those that do not exist are left out.
func (s Scoped[T]) GetMany(ctx context.Context, ids []string) ([]*T, error) {
	if err := s.usable(); err != nil || len(ids) == 0 {
		return nil, err
	}
	found := make(map[string]*T, len(ids))
	err := s.c.engine.Get(ctx, s.c.schema.Collection, s.tenant, ids, func(r Record) (err error) {
		found[r.ID], err = s.c.decode(r)
		return err
	})
	if err != nil {
		return nil, s.wrap("reading", fmt.Sprintf("%d documents", len(ids)), err)
	}
	docs := make([]*T, 0, len(found))
	for _, id := range ids {
		if doc, ok := found[id]; ok {
			docs = append(docs, doc)
		}
	}
	return docs, nil
}

// Insert stores a new document. An empty ID is filled by NewID; fault.Conflict when the id is taken.
func (s Scoped[T]) Insert(ctx context.Context, doc *T) error { return s.InsertMany(ctx, []*T{doc}) }

// InsertMany stores new documents much faster than one by one. It is not atomic: on fault.Conflict any of the
// others may have been stored.
func (s Scoped[T]) InsertMany(ctx context.Context, docs []*T) error {
	if err := s.usable(); err != nil || len(docs) == 0 {
		return err
	}
	records := make([]Record, len(docs))
	for i, doc := range docs {
		m := meta(doc)
		if m.ID == "" {
			m.ID = NewID()
		}
		body, err := s.c.encode(doc)
		if err != nil {
			return s.wrap("inserting", m.ID, err)
		}
		records[i] = Record{Tenant: s.tenant, ID: m.ID, Version: 1, Body: body}
	}
	if err := s.c.engine.Insert(ctx, s.c.schema.Collection, records...); err != nil {
		return s.wrap("inserting", records[0].ID, err)
	}
	for _, doc := range docs {
		m := meta(doc)
		m.version, m.tenant = 1, s.tenant
	}
	return nil
}

// Replace stores a document that was read, at the version it was read with: fault.Conflict("store.changed") when
// somebody else wrote it since, fault.NotFound when it is gone.
func (s Scoped[T]) Replace(ctx context.Context, doc *T) error {
	if err := s.usable(); err != nil {
		return err
	}
	m := meta(doc)
	if m.tenant != s.tenant {
		return s.wrap("replacing", m.ID, ErrNotFound)
	}
	body, err := s.c.encode(doc)
	if err != nil {
		return s.wrap("replacing", m.ID, err)
	}
	r := Record{Tenant: s.tenant, ID: m.ID, Version: m.version + 1, Body: body}
	if err := s.c.engine.Replace(ctx, s.c.schema.Collection, r); err != nil {
		return s.wrap("replacing", m.ID, err)
	}
	m.version++
	return nil
}

// Delete removes a document at a version, or at whatever version when it is 0. fault.NotFound when there is none,
// fault.Conflict("store.changed") when its version is another.
func (s Scoped[T]) Delete(ctx context.Context, id string, version int64) error {
	if err := s.usable(); err != nil {
		return err
	}
	if !usableID(id) {
		return s.wrap("deleting", id, ErrNotFound)
	}
	return s.wrap("deleting", id, s.c.engine.Delete(ctx, s.c.schema.Collection, s.tenant, id, version))
}

func (s Scoped[T]) usable() error {
	if !s.tenant.usable() {
		return fault.NewInvalid("store.bad-tenant", "tenant", string(s.tenant))
	}
	return nil
}

// wrap says what was being done, and makes a fault of what an engine answers.
func (s Scoped[T]) wrap(doing, id string, err error) error {
	return explain(doing, s.c.schema.Collection, id, err)
}
