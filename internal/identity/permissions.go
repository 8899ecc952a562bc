package identity

import (
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// Role is what a person is in one structure.
type Role string

// The roles.
const (
	Buyer           Role = "buyer"            // picks clauses, makes annexes
	SecurityOfficer Role = "security-officer" // sets needs, moves tiers, reviews
	DPO             Role = "dpo"              // reads what touches personal data
	Reader          Role = "reader"
	Administrator   Role = "administrator" // of the structure: settings and people
	LocalOperator   Role = "operator"      // the person at the command line of the machine itself
)

// Action is one thing that can be done, as a person would say it.
type Action string

// The actions.
const (
	ReadServices Action = "read-services" // see suppliers, services and their annexes
	EditServices Action = "edit-services" // create a service, change its contract and framing
	MoveTier     Action = "move-tier"     // raise a tier, or lower it with a reason
	EditAnnex    Action = "edit-annex"    // add, drop, set values
	ReadChoices  Action = "read-choices"  // the record of what was dropped and why
	EditClauses  Action = "edit-clauses"  // adapt the model clauses, add clauses
	EditSettings Action = "edit-settings" // the structure's identity, template and default values
)

// permissions is the one table of who may do what. An action that is not in a role's line is refused.
var permissions = map[Role][]Action{
	Buyer:           {ReadServices, EditServices, EditAnnex, ReadChoices},
	SecurityOfficer: {ReadServices, EditServices, MoveTier, EditAnnex, ReadChoices, EditClauses},
	DPO:             {ReadServices, ReadChoices},
	Reader:          {ReadServices},
	Administrator:   {ReadServices, EditServices, MoveTier, EditAnnex, ReadChoices, EditClauses, EditSettings},
	LocalOperator:   {ReadServices, EditServices, MoveTier, EditAnnex, ReadChoices, EditClauses, EditSettings},
}

// Actor is who asks: a person in a role of one structure. Every method of a service takes one.
type Actor struct {
	Person    string // id; empty for the local operator
	Name      string
	Structure string // id
	Region    string // id of the region that the structure belongs to
	Role      Role
}

// Tenant is where the actor's own structure keeps its documents.
func (a Actor) Tenant() store.Tenant { return StructureTenant(a.Structure) }

// RegionTenant is where the suppliers that the actor sees are kept.
func (a Actor) RegionTenant() store.Tenant { return RegionTenant(a.Region) }

// Can reports whether the actor may do something in a structure. Nobody acts in a structure that is not theirs.
func Can(actor Actor, action Action, structure string) bool {
	if structure == "" || actor.Structure != structure {
		return false
	}
	for _, allowed := range permissions[actor.Role] {
		if allowed == action {
			return true
		}
	}
	return false
}

// Require is Can as an error: another structure's object does not exist (fault.NotFound), an action beyond the role is
// fault.Forbidden.
func Require(actor Actor, action Action, structure string) error {
	switch {
	case structure == "" || actor.Structure != structure:
		return fault.NewNotFound("not-found")
	case !Can(actor, action, structure):
		return fault.NewForbidden("forbidden")
	}
	return nil
}

// StructureTenant is the tenant of a structure.
func StructureTenant(id string) store.Tenant { return store.Tenant("structure-" + id) }

// RegionTenant is the tenant of a region.
func RegionTenant(id string) store.Tenant { return store.Tenant("region-" + id) }
