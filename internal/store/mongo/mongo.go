// Package mongo keeps documents on a MongoDB server: a replica set, or a sharded cluster. It uses only what
// MongoDB 6 to 8 and FerretDB 1.24 both have, and no transactions.
//
// A document is kept as
//
//	{_id: "tenant+id", t: tenant, n: version, b: body, x: {field: value, …}}
//
// where b is the whole BSON document as binary, so that nothing in it (keys with dots or dollars, nested arrays)
// depends on what the server accepts, and x holds the values of the declared index fields beside it, with ':' in the
// place of the dots of their paths. Each index leads with t and ends with _id.
//
// To shard a collection, use the key {_id: 1}: the tenant leads it, so that a tenant's documents are neighbours, every
// write and every read by id goes to one shard, and a scan goes to those that hold the tenant.
package mongo

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// The times an address may change with serverSelectionTimeoutMS, connectTimeoutMS and timeoutMS.
const (
	selectionTime = 5 * time.Second  // finding a primary
	connectTime   = 5 * time.Second  // opening a connection
	operationTime = 15 * time.Second // one command and its retries, when its context has no deadline
)

const (
	declareTime = 30 * time.Minute // Declare, which may build indexes of large collections
	closeTime   = 5 * time.Second  // operations in progress at Close
)

// defaultDatabase is used when the address names none.
const defaultDatabase = "garant"

// Engine is a database on a MongoDB server. It implements store.Engine.
type Engine struct {
	client   *driver.Client
	database *driver.Database

	mu          sync.RWMutex
	collections map[string]*collection
}

var _ store.Engine = (*Engine)(nil)

// Open connects to the server of a mongodb:// or mongodb+srv:// address and waits until it answers. The database is
// the one the address names, or "garant". Whatever the address says, writes are acknowledged by a majority of the
// servers, on disk, and reads are of the primary and of what a majority holds.
// fault.Invalid("store.bad-address") when the address cannot be read, fault.Unavailable("store.unreachable") when the
// server does not answer.
func Open(ctx context.Context, address string) (*Engine, error) { return open(ctx, address, nil) }

func open(ctx context.Context, address string, monitor *event.CommandMonitor) (*Engine, error) {
	parsed, err := connstring.ParseAndValidate(address)
	if err != nil {
		return nil, fault.NewInvalid("store.bad-address").Because(withoutSecret(address, err))
	}
	journal := true
	settings := options.Client().
		SetAppName("garant").
		SetServerSelectionTimeout(selectionTime).
		SetConnectTimeout(connectTime).
		SetTimeout(operationTime).
		ApplyURI(address).
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal}).
		SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary()).
		SetRetryWrites(true).
		SetRetryReads(true).
		SetMonitor(monitor)
	client, err := driver.Connect(settings)
	if err != nil {
		return nil, fault.NewInvalid("store.bad-address").Because(withoutSecret(address, err))
	}
	name := parsed.Database
	if name == "" {
		name = defaultDatabase
	}
	e := &Engine{client: client, database: client.Database(name), collections: make(map[string]*collection)}
	if err := e.Ping(ctx); err != nil {
		_ = e.Close()
		return nil, err
	}
	return e, nil
}

// Ping implements store.Engine: it asks the primary.
func (e *Engine) Ping(ctx context.Context) error {
	return explain(ctx, "mongo: reaching the server", e.client.Ping(ctx, readpref.Primary()))
}

// Close implements store.Engine.
func (e *Engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	return explain(ctx, "mongo: closing", e.client.Disconnect(ctx))
}

// Exclusive implements store.Engine: other processes may use the same database.
func (e *Engine) Exclusive() bool { return false }

// in gives a declared collection.
func (e *Engine) in(name string) (*collection, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	c, ok := e.collections[name]
	if !ok {
		return nil, fmt.Errorf("mongo: collection %q is not declared", name)
	}
	return c, nil
}

// withoutSecret gives an error without the user and password of the address it may quote.
func withoutSecret(address string, err error) error {
	_, rest, _ := strings.Cut(address, "://")
	if at := strings.LastIndex(rest, "@"); at > 0 {
		return fmt.Errorf("mongo: reading the address: %s", strings.ReplaceAll(err.Error(), rest[:at], "…"))
	}
	return fmt.Errorf("mongo: reading the address: %w", err)
}
