package supplier

import (
	"context"
	"fmt"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// renamed is the event of a supplier whose name changed: its copies follow.
const renamed = "supplier.renamed"

type renamedPayload struct {
	Region   string `bson:"region"`
	Supplier string `bson:"supplier"`
}

// Form is what a supplier's form holds of it.
func (s *Supplier) Form() SupplierForm {
	return SupplierForm{s.Name, s.Address, s.SIREN, s.Representative}
}

// ChangeSupplier corrects the record of a supplier, at the revision the form was read with: fault.Conflict when somebody was
// first, or when another supplier has the SIREN.
func (d *Directory) ChangeSupplier(ctx context.Context, actor identity.Actor, id string, revision int64, form SupplierForm) error {
	if err := identity.Require(actor, identity.EditSuppliers, actor.Place()); err != nil {
		return err
	}
	before, err := d.standing(ctx, actor, id)
	if err != nil {
		return err
	}
	if problems := form.Validate(); len(problems) > 0 {
		return problems
	}
	form = form.clean()
	tenant := actor.RegionTenant()
	if form.SIREN != "" {
		if err := d.reserve(ctx, tenant, form.SIREN, before.ID); err != nil {
			return err
		}
	}
	_, err = d.suppliers.In(tenant).Update(ctx, before.ID, journal.Recording(actor.Act(Changed, d.Now()), eventsOfSupplier, func(s *Supplier) error {
		if s.Revision != revision || s.Merged != nil {
			return fault.NewConflict("supplier.changed")
		}
		s.Revision++
		moved := s.Name != form.Name
		s.Name, s.Key, s.Address, s.SIREN, s.Representative = form.Name, nameKey(form.Name), form.Address, form.SIREN, form.Representative
		if !moved {
			return nil
		}
		return s.Events.Add(renamed, renamedPayload{actor.Region, s.ID})
	}))
	if err != nil {
		if form.SIREN != "" && form.SIREN != before.SIREN {
			_ = d.reservations.Release(ctx, tenant, "siren", form.SIREN, before.ID) // what stays reserved is taken by the next try
		}
		return fmt.Errorf("change supplier %s: %w", id, err)
	}
	d.events.Nudge()
	if before.SIREN == "" || before.SIREN == form.SIREN {
		return nil
	}
	if err := d.reservations.Release(ctx, tenant, "siren", before.SIREN, before.ID); err != nil {
		return fmt.Errorf("release the SIREN of supplier %s: %w", id, err)
	}
	return nil
}

// carryName brings the copies of a supplier's name, beside its services and its people, to what it is now.
func (d *Directory) carryName(ctx context.Context, e outbox.Delivery) error {
	var p renamedPayload
	if err := e.Into(&p); err != nil {
		return err
	}
	s, err := d.suppliers.In(identity.RegionTenant(p.Region)).Get(ctx, p.Supplier)
	if err != nil {
		return fmt.Errorf("read supplier %s: %w", p.Supplier, err)
	}
	err = d.eachService(ctx, p.Region, s.ID, func(in store.Scoped[Service], id string) error {
		_, err := in.Update(ctx, id, func(x *Service) error {
			x.SupplierName = s.Name
			return x.share()
		})
		return err
	})
	if err != nil {
		return err
	}
	return d.people.RenameCorrespondents(ctx, identity.Provider{Region: p.Region, Supplier: s.ID, Name: s.Name})
}

// eachService goes over the services that a supplier provides to the structures of a region, whoever they belong to: for what
// follows a change of the supplier, never to answer a person. What is done may take the service out of the list.
func (d *Directory) eachService(ctx context.Context, region, supplier string, do func(in store.Scoped[Service], id string) error) error {
	structures, err := d.people.StructuresOf(ctx, region)
	if err != nil {
		return err
	}
	for _, a := range structures {
		in := d.services.In(identity.StructureTenant(a.Structure))
		for cursor := ""; ; {
			page, err := in.Scan(ctx, store.Query{Index: "supplier", Equal: []any{supplier}, Limit: 500, Cursor: cursor})
			if err != nil {
				return fmt.Errorf("list the services of supplier %s: %w", supplier, err)
			}
			for _, service := range page.Items {
				if err := do(in, service.ID); err != nil {
					return fmt.Errorf("follow supplier %s in service %s: %w", supplier, service.ID, err)
				}
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
	}
	return nil
}
