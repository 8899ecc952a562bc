package identity

import (
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// Membership is where the actor works.
func (a Actor) Membership() Membership { return Membership{a.Structure, a.Region} }

// Same reports whether two memberships are of the same place.
func (m Membership) Same(other Membership) bool {
	return m.Structure == other.Structure && (m.Structure != "" || m.Region == other.Region)
}

// Tenant is where the place keeps its documents.
func (m Membership) Tenant() store.Tenant {
	if m.Structure == "" {
		return RegionTenant(m.Region)
	}
	return StructureTenant(m.Structure)
}

// Ref names the place in a link or a form: "s" and the id of a structure, "r" and that of a region. ParsePlace reads it.
func (m Membership) Ref() string {
	if m.Structure == "" {
		return "r" + m.Region
	}
	return "s" + m.Structure
}

// ParsePlace reads what Ref gives; fault.NotFound when it names no place.
func ParsePlace(raw string) (Membership, error) {
	kind, id := raw, ""
	if len(raw) > 1 {
		kind, id = raw[:1], raw[1:]
	}
	switch {
	case kind == "s" && store.ValidID(id):
		return Membership{Structure: id}, nil
	case kind == "r" && store.ValidID(id):
		return Membership{Region: id}, nil
	}
	return Membership{}, fault.NewNotFound("identity.invitation-link")
}
