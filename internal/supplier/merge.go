package supplier

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// merged is the event of a record that another took the place of: what belongs to it follows.
const merged = "supplier.merged"

type mergedPayload struct {
	Region  string    `bson:"region"`
	Gone    string    `bson:"gone"`
	Kept    string    `bson:"kept"`
	Person  string    `bson:"person"` // who merged them, with what the journal keeps of it
	Name    string    `bson:"name"`
	Role    string    `bson:"role"`
	Request string    `bson:"request"`
	When    time.Time `bson:"when"`
}

func (p mergedPayload) act(kind string) journal.Act {
	return journal.Act{Who: p.Person, Role: p.Role, Kind: kind, Request: p.Request, When: p.When}
}

// Merge makes one record of two of the actor's region: kept takes the place of gone, with its services in every structure, its
// people, and what kept did not say of itself. The record that is gone stays, to be read and to lead to the other; each
// document that changes says so in its journal. fault.Invalid("supplier.merge-same") for one record,
// fault.Conflict("supplier.merge-sirens") where they have different SIRENs: these are two companies.
func (d *Directory) Merge(ctx context.Context, actor identity.Actor, kept, gone string) error {
	if err := identity.Require(actor, identity.MergeSuppliers, actor.Region); err != nil {
		return err
	}
	keeper, err := d.standing(ctx, actor, kept)
	if err != nil {
		return err
	}
	leaver, err := d.standing(ctx, actor, gone)
	if err != nil {
		return err
	}
	switch {
	case keeper.ID == leaver.ID:
		return fault.NewInvalid("supplier.merge-same")
	case keeper.SIREN != "" && leaver.SIREN != "" && keeper.SIREN != leaver.SIREN:
		return fault.NewConflict("supplier.merge-sirens")
	}
	now := d.Now()
	event := mergedPayload{actor.Region, leaver.ID, keeper.ID, actor.Person, actor.Name, string(actor.Role), actor.Request, now}
	_, err = d.suppliers.In(actor.RegionTenant()).Update(ctx, leaver.ID, journal.Recording(actor.Act(Merged, now), eventsOfSupplier, func(s *Supplier) error {
		if s.Merged != nil {
			return fault.NewConflict("supplier.changed")
		}
		s.Merged = &Merger{Into: keeper.ID, By: actor.Person, ByName: actor.Name, When: now}
		s.Key = ""
		return s.Events.Add(merged, event)
	}))
	if err != nil {
		return fmt.Errorf("merge supplier %s into %s: %w", leaver.ID, keeper.ID, err)
	}
	d.events.Nudge()
	return nil
}

// carryMerger moves what belongs to a record that is gone. Each step says what is so afterwards, so that it can be done again.
func (d *Directory) carryMerger(ctx context.Context, e outbox.Delivery) error {
	var p mergedPayload
	if err := e.Into(&p); err != nil {
		return err
	}
	tenant := identity.RegionTenant(p.Region)
	gone, err := d.suppliers.In(tenant).Get(ctx, p.Gone)
	if err != nil {
		return fmt.Errorf("read supplier %s: %w", p.Gone, err)
	}
	kept, err := d.absorb(ctx, tenant, gone, p)
	if err != nil {
		return err
	}
	err = d.eachService(ctx, p.Region, gone.ID, func(in store.Scoped[Service], id string) error {
		_, err := in.Update(ctx, id, journal.Recording(p.act(ServiceMoved), eventsOfService, func(s *Service) error {
			s.Supplier, s.SupplierName = kept.ID, kept.Name
			return s.share()
		}))
		return err
	})
	if err != nil {
		return err
	}
	return d.people.MoveCorrespondents(ctx, p.act(identity.ContactMoved), identity.Provider{Region: p.Region, Supplier: gone.ID, Name: gone.Name}, identity.Provider{Region: p.Region, Supplier: kept.ID, Name: kept.Name})
}

// absorb gives the record that stays what it did not say of itself, and the SIREN of the one that is gone.
func (d *Directory) absorb(ctx context.Context, tenant store.Tenant, gone *Supplier, p mergedPayload) (*Supplier, error) {
	kept, err := d.suppliers.In(tenant).Get(ctx, p.Kept)
	if err != nil {
		return nil, fmt.Errorf("read supplier %s: %w", p.Kept, err)
	}
	if gone.SIREN != "" && (kept.SIREN == "" || kept.SIREN == gone.SIREN) {
		if err := d.reservations.Release(ctx, tenant, "siren", gone.SIREN, gone.ID); err != nil {
			return nil, fmt.Errorf("release the SIREN of supplier %s: %w", gone.ID, err)
		}
		if err := d.reservations.Reserve(ctx, tenant, "siren", gone.SIREN, kept.ID); err != nil {
			return nil, fmt.Errorf("reserve the SIREN of supplier %s: %w", kept.ID, err)
		}
	}
	if slices.ContainsFunc(kept.Absorbed, func(a Absorbed) bool { return a.Supplier == gone.ID }) {
		return kept, nil
	}
	kept, err = d.suppliers.In(tenant).Update(ctx, kept.ID, journal.Recording(p.act(TookPlace), eventsOfSupplier, func(s *Supplier) error {
		s.Revision++
		s.Absorbed = append(s.Absorbed, Absorbed{gone.ID, gone.Name, gone.SIREN, p.Name, p.When})
		s.SIREN, s.Address, s.Representative = cmp.Or(s.SIREN, gone.SIREN), cmp.Or(s.Address, gone.Address), cmp.Or(s.Representative, gone.Representative)
		return nil
	}))
	if err != nil {
		return nil, fmt.Errorf("merge into supplier %s: %w", p.Kept, err)
	}
	return kept, nil
}
