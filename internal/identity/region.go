package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// StructureChanged is the event of a structure whose name or sharing may have changed: its region follows.
const StructureChanged = "structure.changed"

type structureChanged struct {
	Region    string `bson:"region"`
	Structure string `bson:"structure"`
}

// compareFolded orders names as people do, whatever their accents and case.
func compareFolded(a, b string) int { return strings.Compare(locale.Fold(a), locale.Fold(b)) }

// affiliate brings a region's copy of a structure to what the structure is now. Delivered twice, it changes nothing.
func (s *Service) affiliate(ctx context.Context, d outbox.Delivery) error {
	var changed structureChanged
	if err := d.Into(&changed); err != nil {
		return err
	}
	structure, err := s.StructureByID(ctx, changed.Structure)
	if err != nil {
		return err
	}
	_, err = s.regions.In(RegionTenant(changed.Region)).Update(ctx, changed.Region, func(r *Region) error {
		r.put(Affiliate{structure.ID, structure.Name, structure.Sharing})
		return nil
	})
	if err != nil {
		return fmt.Errorf("note structure %s in its region: %w", changed.Structure, err)
	}
	return nil
}

// put sets a structure among those of the region, by name.
func (x *Region) put(a Affiliate) {
	x.Structures = append(slices.DeleteFunc(x.Structures, func(b Affiliate) bool { return b.Structure == a.Structure }), a)
	slices.SortFunc(x.Structures, func(a, b Affiliate) int {
		if order := compareFolded(a.Name, b.Name); order != 0 {
			return order
		}
		return strings.Compare(a.Structure, b.Structure)
	})
}

// OwnRegion gives the region in which the actor works, with its structures; not to somebody who works in a structure.
func (s *Service) OwnRegion(ctx context.Context, actor Actor) (*Region, error) {
	if err := Require(actor, ReadRegion, actor.Region); err != nil {
		return nil, err
	}
	region, err := s.regions.In(RegionTenant(actor.Region)).Get(ctx, actor.Region)
	if err != nil {
		return nil, fmt.Errorf("read region %s: %w", actor.Region, err)
	}
	return region, nil
}

// StructuresOf lists the structures of a region, for work that no person asked for (an event's listener).
func (s *Service) StructuresOf(ctx context.Context, region string) ([]Affiliate, error) {
	found, err := s.regions.In(RegionTenant(region)).Get(ctx, region)
	if err != nil {
		return nil, fmt.Errorf("read region %s: %w", region, err)
	}
	return found.Structures, nil
}

// NewStructure is what a region gives of a structure that joins it: its name, and who administers it.
type NewStructure struct {
	Name          string
	Administrator Invite // its role is not asked
}

// AddStructure makes a structure of the actor's region and invites its administrator; it gives the link of the invitation.
// fault.Problems for what is wrong, fault.Invalid("identity.structure-twice") for a name that the region has already.
func (s *Service) AddStructure(ctx context.Context, actor Actor, n NewStructure) (string, error) {
	if err := Require(actor, EditRegion, actor.Region); err != nil {
		return "", err
	}
	n.Administrator.Role = Administrator
	n.Name = strings.TrimSpace(n.Name)
	address, problems := n.Administrator.validate(StructureRoles())
	problems = append(content.Line("structure", n.Name, content.MaxLine, "identity.structure-name"), problems...)
	if len(problems) > 0 {
		return "", problems
	}
	now := s.Now()
	structure := &Structure{Meta: store.Meta{ID: store.NewID()}, Region: actor.Region, Name: n.Name, Zone: DefaultZone}
	act := actor.Act(StructureAdded, now)
	act.Structure = structure.ID
	if err := journal.Record(&structure.Events, act); err != nil {
		return "", err
	}
	act.Object = "structures/" + structure.ID
	_, err := s.regions.In(actor.Tenant()).Update(ctx, actor.Region, journal.Recording(act, (*Region).events, func(r *Region) error {
		if slices.ContainsFunc(r.Structures, func(a Affiliate) bool { return locale.Fold(a.Name) == locale.Fold(n.Name) }) {
			return fault.Problems{{Field: "structure", Key: "identity.structure-twice"}}
		}
		r.put(Affiliate{Structure: structure.ID, Name: structure.Name})
		return nil
	}))
	if err != nil {
		return "", err
	}
	if err := s.structures.In(StructureTenant(structure.ID)).Insert(ctx, structure); err != nil {
		return "", fmt.Errorf("make structure %s: %w", structure.ID, err)
	}
	s.nudge()
	return s.invite(ctx, actor, Membership{Structure: structure.ID, Region: actor.Region}, address, n.Administrator)
}

// RenameRegion gives the actor's region another name.
func (s *Service) RenameRegion(ctx context.Context, actor Actor, name string) error {
	if err := Require(actor, EditRegion, actor.Region); err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if problems := content.Line("name", name, content.MaxLine, "identity.region-name"); len(problems) > 0 {
		return problems
	}
	_, err := s.regions.In(actor.Tenant()).Update(ctx, actor.Region, journal.Recording(actor.Act(RegionRenamed, s.Now()), (*Region).events, func(r *Region) error {
		r.Name = name
		return nil
	}))
	if err != nil {
		return fmt.Errorf("rename region %s: %w", actor.Region, err)
	}
	s.nudge()
	return nil
}
