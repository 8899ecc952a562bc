package supplier

import (
	"context"
	"fmt"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// SharedService is what a structure lets the referents of its region see of a service: a copy in the region, under the
// service's id, that is there only while the structure shares. Referents read these and no service.
type SharedService struct {
	store.Meta    `bson:",inline"`
	Structure     string                `bson:"structure"`
	StructureName string                `bson:"structureName"`
	Supplier      string                `bson:"supplier"`
	SupplierName  string                `bson:"supplierName"`
	Key           string                `bson:"key"` // of the supplier's name, then the service's title: for order
	Title         string                `bson:"title"`
	Types         []framing.ServiceType `bson:"types"`
	Tier          int                   `bson:"tier"` // 0: not framed
	End           content.Date          `bson:"end"`
	Sharing       identity.Sharing      `bson:"sharing"`
	Framing       *framing.Framing      `bson:"framing"` // of what is shared as a whole; nil: not framed, or a summary
}

var sharedSchema = store.Schema{Collection: "shared-services", Shape: 1, Indexes: []store.Index{
	{Name: "supplier", Fields: []string{"supplier", "structureName"}}, {Name: "structure", Fields: []string{"structure", "key"}}, {Name: "key", Fields: []string{"key"}},
}}

// shareable is the event of a service that changed in what its region may see.
const shareable = "service.shareable"

type shareablePayload struct {
	Service string `bson:"service"`
}

// share asks for the region's copy to follow.
func (s *Service) share() error { return s.Events.Add(shareable, shareablePayload{s.ID}) }

// shareService brings the region's copy of a service to what it is now.
func (d *Directory) shareService(ctx context.Context, e outbox.Delivery) error {
	id, ok := identity.StructureOf(e.Tenant)
	if !ok {
		return fmt.Errorf("share service %s: tenant %s is no structure's", e.Document, e.Tenant)
	}
	structure, err := d.people.StructureByID(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil // nobody shares anything
	}
	if err != nil {
		return err
	}
	service, err := d.services.In(e.Tenant).Get(ctx, e.Document)
	if err != nil {
		return fmt.Errorf("share service %s: %w", e.Document, err)
	}
	return d.copyTo(ctx, structure, service)
}

// shareStructure does so for all the services of a structure whose name or choice may have changed.
func (d *Directory) shareStructure(ctx context.Context, e outbox.Delivery) error {
	id, ok := identity.StructureOf(e.Tenant)
	if !ok {
		return fmt.Errorf("share the services of %s: it is no structure", e.Tenant)
	}
	structure, err := d.people.StructureByID(ctx, id)
	if err != nil {
		return err
	}
	for cursor := ""; ; {
		page, err := d.services.In(e.Tenant).Scan(ctx, store.Query{Limit: 500, Cursor: cursor})
		if err != nil {
			return fmt.Errorf("share the services of structure %s: %w", id, err)
		}
		for _, service := range page.Items {
			if err := d.copyTo(ctx, structure, service); err != nil {
				return err
			}
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}

// copyTo writes the copy that a structure's choice calls for, or takes it away.
func (d *Directory) copyTo(ctx context.Context, structure *identity.Structure, service *Service) error {
	in := d.shared.In(identity.RegionTenant(structure.Region))
	made := sharedFrom(structure, service)
	if made == nil {
		err := in.Delete(ctx, service.ID, 0)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return fmt.Errorf("take back service %s: %w", service.ID, err)
		}
		return nil
	}
	_, err := in.Update(ctx, service.ID, func(x *SharedService) error {
		meta := x.Meta
		*x = *made
		x.Meta = meta
		return nil
	})
	if fault.KindOf(err) == fault.NotFound {
		err = in.Insert(ctx, made)
	}
	if err != nil {
		return fmt.Errorf("share service %s: %w", service.ID, err)
	}
	return nil
}

// sharedFrom is what a structure shares of a service; nil: nothing.
func sharedFrom(structure *identity.Structure, s *Service) *SharedService {
	if structure.Sharing != identity.SharesSummary && structure.Sharing != identity.SharesAll {
		return nil
	}
	x := &SharedService{
		Meta: store.Meta{ID: s.ID}, Structure: structure.ID, StructureName: structure.Name, Supplier: s.Supplier, SupplierName: s.SupplierName,
		Key: nameKey(s.SupplierName) + "\x00" + s.Key, Title: s.Title, End: s.Contract.End, Sharing: structure.Sharing,
	}
	if s.Framing != nil {
		x.Tier, x.Types = int(s.Framing.Tier()), s.Framing.Services
		if structure.Sharing == identity.SharesAll {
			x.Framing = s.Framing
		}
	}
	return x
}

// Shared lists the services that structures share with the actor's region, by supplier, 50 a page; those of one structure
// when it is named.
func (d *Directory) Shared(ctx context.Context, actor identity.Actor, structure, cursor string) (store.Page[SharedService], error) {
	if err := identity.Require(actor, identity.ReadRegion, actor.Region); err != nil {
		return store.Page[SharedService]{}, err
	}
	query := store.Query{Index: "key", Cursor: cursor}
	if structure != "" {
		query = store.Query{Index: "structure", Equal: []any{structure}, Cursor: cursor}
	}
	page, err := d.shared.In(actor.RegionTenant()).Scan(ctx, query)
	if err != nil {
		return page, fmt.Errorf("list what structures share: %w", err)
	}
	return page, nil
}

// Dependence is a service that depends on a supplier, within what the reader may see.
type Dependence struct {
	Service   string // id, of the reader's own structure; empty: another's
	Title     string
	Structure string // name; empty: the reader's own
	Tier      int    // 0: not framed
	End       content.Date
}

// maxDependences is how many services the page of a supplier names.
const maxDependences = 200

// Dependences lists what depends on a supplier: to somebody of a structure its own services, to somebody of the region what
// structures share, to the supplier nothing.
func (d *Directory) Dependences(ctx context.Context, actor identity.Actor, supplier string) ([]Dependence, error) {
	query := store.Query{Index: "supplier", Equal: []any{supplier}, Limit: maxDependences}
	var list []Dependence
	switch {
	case actor.Supplier != "":
		return nil, nil
	case actor.Structure != "":
		if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
			return nil, err
		}
		page, err := d.services.In(actor.Tenant()).Scan(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("list what depends on supplier %s: %w", supplier, err)
		}
		for _, s := range page.Items {
			one := Dependence{Service: s.ID, Title: s.Title, End: s.Contract.End}
			if s.Framing != nil {
				one.Tier = int(s.Framing.Tier())
			}
			list = append(list, one)
		}
	default:
		if err := identity.Require(actor, identity.ReadRegion, actor.Region); err != nil {
			return nil, err
		}
		page, err := d.shared.In(actor.RegionTenant()).Scan(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("list what depends on supplier %s: %w", supplier, err)
		}
		for _, s := range page.Items {
			list = append(list, Dependence{Title: s.Title, Structure: s.StructureName, Tier: s.Tier, End: s.End})
		}
	}
	return list, nil
}
