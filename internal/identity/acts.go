package identity

// The acts on structures, regions and their people that this package records.
const (
	StructureAdded  = "structure.added"
	SettingsChanged = "settings.changed"
	TemplateSet     = "template.set"
	TemplateRemoved = "template.removed"

	RegionAdded   = "region.added"
	RegionRenamed = "region.renamed"

	PersonInvited       = "people.invited"
	InvitationWithdrawn = "people.invitation-withdrawn"
	InvitationAccepted  = "people.invitation-accepted"
	PersonJoined        = "people.joined"
	PersonLeft          = "people.left"
	RoleChanged         = "people.role-changed"

	ContactAdded     = "contact.added"
	ContactEnded     = "contact.ended"
	ContactMoved     = "contact.moved" // to the record that took its supplier's place
	ContactLinkSent  = "contact.link-sent"
	ContactLinkAsked = "contact.link-asked"
	ContactSignedIn  = "contact.signed-in"

	AccountBound   = "account.issuer-bound"
	AccountUnbound = "account.issuer-unbound"
)
