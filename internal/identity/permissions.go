package identity

import (
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/store"
)

// Role is what a person is in one structure, or in one region.
type Role string

// The roles of a structure, then those of a region, then the rest.
const (
	Buyer           Role = "buyer"            // picks clauses, makes annexes
	SecurityOfficer Role = "security-officer" // sets needs, moves tiers, reviews
	DPO             Role = "dpo"              // reads what touches personal data
	Reader          Role = "reader"
	Administrator   Role = "administrator" // of the structure: settings and people

	Referent            Role = "referent"             // of the region: compares suppliers across structures
	RegionAdministrator Role = "region-administrator" // of the region: its structures and its people

	Support Role = "support" // let in by a structure to help, for a few days: see OpenSupport

	ProviderContact   Role = "contact"   // of a supplier: whom structures write to
	ProviderColleague Role = "colleague" // of a supplier: whom a contact lets in

	LocalOperator Role = "operator" // the person at the command line of the machine itself
)

// StructureRoles lists the roles that a person may be given in a structure, RegionRoles those of a region. Support is not
// among them: it has an end, and its own way in.
func StructureRoles() []Role {
	return []Role{Buyer, SecurityOfficer, DPO, Reader, Administrator}
}

// RegionRoles lists the roles that a person may have in a region.
func RegionRoles() []Role { return []Role{Referent, RegionAdministrator} }

// ProviderRoles lists the roles that somebody may have at a supplier.
func ProviderRoles() []Role { return []Role{ProviderContact, ProviderColleague} }

// Action is one thing that can be done, as a person would say it.
type Action string

// The actions in a structure, then those in a region, then those at a supplier.
const (
	ReadServices Action = "read-services" // see suppliers, services and their annexes
	EditServices Action = "edit-services" // create a service, change its contract and framing
	MoveTier     Action = "move-tier"     // raise a tier, or lower it with a reason
	EditAnnex    Action = "edit-annex"    // add, drop, set values
	ReadChoices  Action = "read-choices"  // the record of what was dropped and why
	ReadTexts    Action = "read-texts"    // the clauses and questions that the structure or the region words itself
	EditClauses  Action = "edit-clauses"  // adapt the model clauses and questions, add one's own
	EditSettings Action = "edit-settings" // the structure's identity, template and default values
	ReadPeople   Action = "read-people"   // who belongs to the structure, in which role
	EditPeople   Action = "edit-people"   // invite, change a role, end a membership
	ReadJournal  Action = "read-journal"  // who did what
	ReadMail     Action = "read-mail"     // letters that wait, and why
	EditMail     Action = "edit-mail"     // their links to copy, sending one again, dropping one

	ReadRegion Action = "read-region" // the region's structures, and what each chose to share
	EditRegion Action = "edit-region" // its name, its structures, its people

	ReadSuppliers    Action = "read-suppliers"    // the region's suppliers and their contacts; at a supplier, its own record
	EditSuppliers    Action = "edit-suppliers"    // correct a record, name its contacts, send them a link
	MergeSuppliers   Action = "merge-suppliers"   // make one record of two
	InviteColleagues Action = "invite-colleagues" // at a supplier: let colleagues in and out
)

// Actions lists every action, in the order in which a person reads them.
func Actions() []Action {
	return []Action{
		ReadServices, EditServices, MoveTier, EditAnnex, ReadChoices, ReadTexts, EditClauses, EditSettings, ReadPeople, EditPeople, ReadJournal, ReadMail, EditMail,
		ReadRegion, EditRegion,
		ReadSuppliers, EditSuppliers, MergeSuppliers, InviteColleagues,
	}
}

// permissions is the one table of who may do what, in their own structure or region. An action that is not in a role's line
// is refused.
var permissions = map[Role][]Action{
	Buyer: {ReadServices, EditServices, EditAnnex, ReadChoices, ReadTexts, ReadPeople, ReadSuppliers, EditSuppliers},
	SecurityOfficer: {
		ReadServices, EditServices, MoveTier, EditAnnex, ReadChoices, ReadTexts, EditClauses, ReadPeople, ReadJournal, ReadSuppliers, EditSuppliers,
	},
	DPO:    {ReadServices, ReadChoices, ReadTexts, ReadPeople, ReadJournal, ReadSuppliers},
	Reader: {ReadServices, ReadTexts, ReadPeople, ReadSuppliers},
	Administrator: {
		ReadServices, EditServices, MoveTier, EditAnnex, ReadChoices, ReadTexts, EditClauses, EditSettings, ReadPeople, EditPeople, ReadJournal, ReadMail, EditMail,
		ReadSuppliers, EditSuppliers,
	},

	Referent: {ReadRegion, ReadTexts, EditClauses, ReadPeople, ReadSuppliers, EditSuppliers, MergeSuppliers},
	RegionAdministrator: {
		ReadRegion, EditRegion, ReadTexts, EditClauses, ReadPeople, EditPeople, ReadJournal, ReadMail, EditMail, ReadSuppliers, EditSuppliers,
	},

	Support: {ReadServices, ReadChoices, ReadTexts, ReadPeople, ReadJournal, ReadMail, ReadSuppliers}, // all that is read, nothing that changes or opens

	ProviderContact:   {ReadSuppliers, InviteColleagues},
	ProviderColleague: {ReadSuppliers},

	LocalOperator: {ReadServices, EditServices, MoveTier, EditAnnex, ReadChoices, ReadTexts, EditClauses, EditSettings, ReadSuppliers, EditSuppliers},
}

// Allowed lists what a role may do, in the order of Actions.
func Allowed(role Role) []Action { return slices.Clone(permissions[role]) }

// Actor is who asks: a person in a role of one structure, or of one region when there is no structure, or somebody of a
// supplier. Every method of a service takes one.
type Actor struct {
	Person    string // id; empty for the local operator
	Name      string
	Structure string // id; empty for somebody who acts in a region
	Region    string // id of the region that the structure belongs to, or that the person acts in
	Supplier  string // id: the actor is of this supplier, and of no structure
	Role      Role
	Request   string // id of the request that they made, for the journal; empty on the command line
	Elsewhere bool   // they belong to other places too
	PlaceName string // of the structure or the region
	Demo      bool   // the structure is made up
	// Support is until when some support access to the place is open; for those who administer it, and for support itself.
	Support time.Time
	// Unprotected tells that the role needs a second factor which was not given: in the session of the set-up form.
	Unprotected bool
}

// Tenant is where the actor's own documents are kept: those of the structure, or of the region when there is no structure.
func (a Actor) Tenant() store.Tenant {
	if a.Supplier != "" {
		return SupplierTenant(a.Supplier)
	}
	return a.Membership().Tenant()
}

// RegionTenant is where the suppliers that the actor sees are kept.
func (a Actor) RegionTenant() store.Tenant { return RegionTenant(a.Region) }

// Place is the id of what the actor acts in: a supplier, a structure, or else a region.
func (a Actor) Place() string {
	switch {
	case a.Supplier != "":
		return a.Supplier
	case a.Structure != "":
		return a.Structure
	}
	return a.Region
}

// Act is what the journal keeps of something that the actor does at a moment.
func (a Actor) Act(kind string, now time.Time) journal.Act {
	who := a.Person
	if who == "" {
		who = string(a.Role)
	}
	return journal.Act{Who: who, Role: string(a.Role), Structure: a.Structure, Kind: kind, Request: a.Request, When: now}
}

// Can reports whether the actor may do something in a structure or a region, by its id. Nobody acts in one that is not
// theirs.
func Can(actor Actor, action Action, place string) bool {
	return place != "" && actor.Place() == place && slices.Contains(permissions[actor.Role], action)
}

// Require is Can as an error: what belongs to another structure or region does not exist (fault.NotFound), an action beyond
// the role is fault.Forbidden.
func Require(actor Actor, action Action, place string) error {
	switch {
	case place == "" || actor.Place() != place:
		return fault.NewNotFound("not-found")
	case !Can(actor, action, place):
		return fault.NewForbidden("forbidden")
	}
	return nil
}

// StructureTenant is the tenant of a structure.
func StructureTenant(id string) store.Tenant { return store.Tenant("structure-" + id) }

// RegionTenant is the tenant of a region.
func RegionTenant(id string) store.Tenant { return store.Tenant("region-" + id) }

// SupplierTenant is the tenant of what belongs to a supplier alone.
func SupplierTenant(id string) store.Tenant { return store.Tenant("supplier-" + id) }
