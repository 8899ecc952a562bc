package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// appendAttempts is how many entries of others may come first before an append gives up until its next delivery.
const appendAttempts = 200

// Journal is the chains of all tenants. Any number of processes may append to one chain.
type Journal struct {
	engine  store.Engine // entries are appended and verified as bytes
	entries *store.Collection[Entry]
	checks  *store.Collection[Check]
}

// New gives the journal on an engine that has Schemas declared.
func New(engine store.Engine) *Journal {
	return &Journal{engine: engine, entries: store.NewCollection[Entry](engine, schema), checks: store.NewCollection[Check](engine, checkSchema)}
}

// Append is the outbox.Listener of Recorded: it puts the act at the end of the chain of its document's tenant, once however
// often and by however many workers it is delivered.
//
// It reads the head, then looks for the event in the chain, then inserts at the sequence after the head; when another was
// there first, it begins again. So whoever inserts at sequence k saw the entry k−1 and, after that, no entry of this event
// up to there. Entries are never removed and an id is given once: there is no fork and no gap, and of two insertions of one
// event the later would have seen the earlier. The insertion is the only write, so there is nothing to be killed between.
// It asks of the engine what both give: an insertion that was answered is seen by every later read.
func (j *Journal) Append(ctx context.Context, d outbox.Delivery) error {
	var act Act
	if err := d.Into(&act); err != nil {
		return err
	}
	if act.Object == "" {
		act.Object = d.Collection + "/" + d.Document
	}
	for range appendAttempts {
		head, err := j.Head(ctx, d.Tenant)
		if err != nil {
			return err
		}
		there, err := j.entries.In(d.Tenant).Scan(ctx, store.Query{Index: eventIndex, Equal: []any{d.ID}, Limit: 1})
		if err != nil {
			return fmt.Errorf("looking for event %s: %w", d.ID, err)
		}
		if len(there.Items) > 0 {
			return nil
		}
		entry := &Entry{Meta: store.Meta{ID: sequenceID(head.Sequence + 1)}, Previous: head.Hash, Event: d.ID, Act: act}
		body, err := entry.encode()
		if err != nil {
			return err
		}
		err = j.engine.Insert(ctx, schema.Collection, store.Record{Tenant: d.Tenant, ID: entry.ID, Version: 1, Body: body})
		if err == nil {
			return nil
		}
		if !errors.Is(err, store.ErrExists) {
			return fmt.Errorf("appending entry %s of %s: %w", entry.ID, d.Tenant, err)
		}
	}
	return fmt.Errorf("appending event %s to the journal of %s: others came first %d times", d.ID, d.Tenant, appendAttempts)
}

// Head gives the end of a tenant's chain: sequence 0 when it has no entry. A last entry that is no link of a chain is an
// error, for nothing can be appended to it.
func (j *Journal) Head(ctx context.Context, tenant store.Tenant) (Head, error) {
	head := Head{Tenant: tenant, Hash: origin(tenant)}
	err := j.engine.Scan(ctx, store.Span{Collection: schema.Collection, Tenant: tenant, Descending: true, Limit: 1}, func(r store.Record) error {
		sequence, numbered := sequenceOf(r.ID)
		_, digits, sound := parts(r.Body)
		if !numbered || !sound {
			return fmt.Errorf("its last entry %q is not one of this program", r.ID)
		}
		head.Sequence, head.Hash = sequence, Hash(digits)
		return nil
	})
	if err != nil {
		return Head{}, fmt.Errorf("reading the head of the journal of %s: %w", tenant, err)
	}
	return head, nil
}

// afterEvery is an id that comes after all those of a tenant.
const afterEvery = "~"

// Tenants lists whoever has a chain, in their order: one short read each.
func (j *Journal) Tenants(ctx context.Context) ([]store.Tenant, error) {
	var tenants []store.Tenant
	span := store.Span{Collection: schema.Collection, Limit: 1}
	for {
		before := len(tenants)
		err := j.engine.Scan(ctx, span, func(r store.Record) error {
			tenants = append(tenants, r.Tenant)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("listing the journals: %w", err)
		}
		if len(tenants) == before {
			return tenants, nil
		}
		span.After = &store.Position{Tenant: tenants[before], ID: afterEvery}
	}
}

// Heads gives the ends of all chains, in the order of their tenants: what is to be kept where whoever runs the store cannot
// rewrite it.
func (j *Journal) Heads(ctx context.Context) ([]Head, error) {
	tenants, err := j.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	heads := make([]Head, len(tenants))
	for i, tenant := range tenants {
		if heads[i], err = j.Head(ctx, tenant); err != nil {
			return nil, err
		}
	}
	return heads, nil
}
