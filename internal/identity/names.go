package identity

import (
	"context"
	"fmt"
	"strings"

	"github.com/garant-sante/garant/internal/store"
)

// Names gives the names of people by reference, as pages show what a journal or a revision keeps by reference. Whoever has
// left is absent.
func (s *Service) Names(ctx context.Context, actor Actor, ids []string) (map[string]string, error) {
	if err := Require(actor, ReadPeople, actor.Place()); err != nil {
		return nil, err
	}
	found, err := s.people.In(store.System).GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the names of people: %w", err)
	}
	names := map[string]string{}
	for _, person := range found {
		names[person.ID] = person.Name
	}
	providers, err := s.correspondents.In(actor.RegionTenant()).GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the names of correspondents: %w", err)
	}
	for _, c := range providers {
		names[c.ID] = c.Name
	}
	return names, nil
}

// Addressee is somebody to write to.
type Addressee struct{ Person, Name, Mail string }

// Administrators lists whoever administers a structure and has a mail address, for work that no person asked for.
func (s *Service) Administrators(ctx context.Context, structure *Structure) ([]Addressee, error) {
	var ids []string
	for _, m := range structure.Members {
		if administers(m.Role) {
			ids = append(ids, m.Person)
		}
	}
	people, err := s.people.In(store.System).GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("list the administrators of structure %s: %w", structure.ID, err)
	}
	var found []Addressee
	for _, person := range people {
		if person.Mail != "" {
			found = append(found, Addressee{person.ID, person.Name, person.Mail})
		}
	}
	return found, nil
}

// StructureOf gives the structure whose tenant this is; false for a region's, or the system's.
func StructureOf(tenant store.Tenant) (id string, ok bool) {
	return strings.CutPrefix(string(tenant), string(StructureTenant("")))
}
