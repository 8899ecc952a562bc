package store

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// What an engine answers when a write cannot be done as asked. The typed layer turns them into faults.
var (
	ErrExists   = errors.New("store: the id is taken")
	ErrNotFound = errors.New("store: no such document")
	ErrChanged  = errors.New("store: the document has another version")
)

// Engine is what a database must give: documents addressed by collection, tenant and id, found by declared
// indexes, replaced only at the version that was read. Everything else (types, cursors, files, reservations,
// events) is built on it once. Any other error of an engine is the database's own, wrapped with what was being
// done; one a user can act on (folder in use, server out of reach) is a fault of kind Unavailable.
//
// All methods may be called from several goroutines. A write that returned nil survives the death of the
// process, and of the machine as far as its disks keep their word.
type Engine interface {
	// Declare makes the collections and indexes that are missing, fills a new index from the documents already
	// there, and drops the indexes of these collections that are declared no more. An engine calls Complete on
	// what it is given. It may be called again with more schemas, not while these collections are in use.
	Declare(ctx context.Context, schemas ...Schema) error

	// Insert adds records whose id is free in their tenant, each at the Version it carries (1 for a new document;
	// Copy brings others). One record: all or nothing, ErrExists when the id is taken. Several: the fast way in for
	// bulk data; on ErrExists any of the others may or may not have been added.
	Insert(ctx context.Context, collection string, records ...Record) error

	// Replace puts the record in the place of the one with version r.Version-1, in one atomic step.
	// ErrNotFound when there is none of any version, ErrChanged when its version is another.
	Replace(ctx context.Context, collection string, r Record) error

	// Delete removes a document; version 0 stands for whatever version. ErrNotFound, ErrChanged as Replace.
	Delete(ctx context.Context, collection string, tenant Tenant, id string, version int64) error

	// DeleteMany removes those of the ids that exist, whatever their version. It is not atomic.
	DeleteMany(ctx context.Context, collection string, tenant Tenant, ids []string) error

	// Get visits those of the ids that exist, in any order.
	Get(ctx context.Context, collection string, tenant Tenant, ids []string, visit Visit) error

	// Scan visits the records of a span, in its order.
	Scan(ctx context.Context, span Span, visit Visit) error

	// Count counts the records of a span, whatever its Limit and After.
	Count(ctx context.Context, span Span) (int64, error)

	// Exclusive tells that no other process can write to the same store while this engine is open, so what an
	// earlier process left unfinished may be swept.
	Exclusive() bool

	// Ping tells whether the database answers.
	Ping(ctx context.Context) error

	// Close releases the database. Calls after it fail.
	Close() error
}

// Visit is given one record at a time. The record's Body is only valid during the call: decode or copy it. An
// error ends the walk and is returned as it is. A visitor must not call the engine.
type Visit func(r Record) error

// Record is one document as an engine keeps it.
type Record struct {
	Tenant  Tenant
	ID      string
	Version int64    // 1 for a new document, one more at each replacement
	Body    bson.Raw // the whole document, its _id and v included; opaque to the engine but for the index fields
}

// Span is what Scan and Count walk: the records of one tenant whose leading index fields equal Equal and whose
// next field lies in [From, To), ordered by the fields after Equal, then by id.
//
// Values are of the kinds that Value makes: nil (the field is missing or null), bool, int64, string,
// bson.DateTime. Within a field nil comes before every other value; From or To set, nil is outside of the range.
// Strings are ordered by their UTF-8 bytes.
type Span struct {
	Collection string
	// Tenant is empty only across tenants: with an index declared AllTenants, or with no index (Copy). Records are
	// then ordered by the fields, the tenant, the id, and there is no range on the id.
	Tenant     Tenant
	Index      string // empty: by id alone, From and To are then ids
	Equal      []any  // values of the first len(Equal) fields of the index
	From, To   any    // nil: open on that side; on the id when Equal names every field of the index
	Descending bool
	Limit      int       // 0: no limit
	After      *Position // only what comes strictly after it in the span's order
}

// Position is where a walk stopped: the last record's values of the fields after Span.Equal, and its id.
type Position struct {
	Values []any
	Tenant Tenant // the record's, used when the span is across tenants
	ID     string
}
