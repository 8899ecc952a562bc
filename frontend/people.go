package frontend

import (
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
)

const (
	peopleHref = "/people"
	regionHref = "/region"
)

// People is who belongs to a structure or a region, and who is invited.
type People struct {
	Place       string // its name
	Colleagues  []identity.Colleague
	Invitations []*identity.Invitation // for who may let people in
	Roles       []identity.Role        // of this kind of place
	CanEdit     bool
	Now         time.Time
	Zone        *time.Location
	Form        InviteForm
	Link        string // of the invitation just made, where no letter leaves by itself
}

// SupportForm is a support access as it was typed.
type SupportForm struct {
	Mail, Reason string
	Days         int
	Errors       Errors
}

// days offers how long support may be let in, a day first.
func (f SupportForm) days(v View) []Option {
	var options []Option
	for _, n := range identity.SupportDays() {
		options = append(options, Option{Value: itoa(n), Label: v.T("people.support.days", "count", n)})
	}
	return options
}

func (f SupportForm) chosen() string {
	if f.Days == 0 {
		return itoa(identity.SupportDays()[0])
	}
	return itoa(f.Days)
}

// InviteForm is an invitation as it was typed.
type InviteForm struct {
	Mail, Name string
	Role       identity.Role
	Errors     Errors
}

// roleOptions offers roles, each with what it is for.
func roleOptions(v View, roles []identity.Role) []Option {
	options := make([]Option, len(roles))
	for i, r := range roles {
		options[i] = Option{Value: string(r), Label: locale.Capitalise(roleWord(v, string(r))), Help: v.T("people.role.help." + string(r))}
	}
	return options
}

func (p People) roleField(v View, c identity.Colleague) Field {
	return Field{
		Name: "role", Label: v.T("people.role.of", "name", c.Name), HideLabel: true, Value: string(c.Role), Options: roleOptions(v, p.Roles), Width: "medium",
	}.within(c.Person)
}

// within gives a field that stands several times in a page an id of its own.
func (f Field) within(id string) Field {
	f.Scope = id
	return f
}

func (p People) since(v View, at time.Time) string {
	return v.T("people.since", "date", v.Printer.Date(at.In(p.Zone).Date()))
}

// state says how an invitation stands.
func (p People) state(v View, x *identity.Invitation) (Kind, string) {
	if x.Open(p.Now) {
		return Plain, v.T("people.invited.until", "date", v.Printer.Date(x.Until.In(p.Zone).Date()))
	}
	return Partial, v.T("people.invited.over")
}

// leaving asks before somebody's access ends.
func leaving(v View, c identity.Colleague) Confirmation {
	if c.You {
		return Confirmation{
			ID: "leave-" + c.Person, Page: peopleHref + "/" + c.Person + "/remove", Action: peopleHref + "/" + c.Person + "/remove", Cancel: peopleHref, Danger: true,
			Title: v.T("people.leave.title"), Text: v.T("people.leave.text"), Button: v.T("people.leave.button"),
		}
	}
	return Confirmation{
		ID: "remove-" + c.Person, Page: peopleHref + "/" + c.Person + "/remove", Action: peopleHref + "/" + c.Person + "/remove", Cancel: peopleHref, Danger: true,
		Title: v.T("people.remove.title", "name", c.Name), Text: v.T("people.remove.text", "name", c.Name), Button: v.T("people.remove.button"),
	}
}

// resetting asks before the second factor that somebody lost is taken away.
func resetting(v View, c identity.Colleague) Confirmation {
	at := peopleHref + "/" + c.Person + "/reset"
	return Confirmation{
		ID: "reset-" + c.Person, Page: at, Action: at, Cancel: peopleHref, Danger: true,
		Title: v.T("people.reset.title", "name", c.Name), Text: v.T("people.reset.text"), Button: v.T("people.reset.button"), Content: resetSteps(v, c),
	}
}

// held lists the roles of the table: those that are given, and that of support, which a structure opens for a while.
func (p People) held() []identity.Role {
	if !slices.Contains(p.Roles, identity.Administrator) {
		return p.Roles
	}
	return append(slices.Clone(p.Roles), identity.Support)
}

// term says until when a support access is open, and why.
func (p People) term(v View, t identity.Term) string {
	if t.Ends.IsZero() {
		return ""
	}
	return Dots(v.T("people.support.until", "until", v.Printer.DateTime(t.Ends, p.Zone)), v.T("people.support.why", "reason", t.Reason))
}

// rights lists what some role of this kind of place may do.
func (p People) rights() []identity.Action {
	return slices.DeleteFunc(identity.Actions(), func(a identity.Action) bool {
		return !slices.ContainsFunc(p.held(), func(r identity.Role) bool { return slices.Contains(identity.Allowed(r), a) })
	})
}

func may(r identity.Role, a identity.Action) bool { return slices.Contains(identity.Allowed(r), a) }

// Guest is what the holder of an invitation is shown.
type Guest struct {
	identity.Guest
	Path        string
	SignedIn    bool // as the person whom it is for
	Name        string
	PasswordMin int
	Zone        *time.Location
	Issuers     []identity.Issuer // where somebody may have an account already
	Errors      Errors
}

// Places is where somebody may work.
type Places struct {
	All     []identity.Place
	Current identity.Actor
}

// RegionView is a region and its structures.
type RegionView struct {
	Region  *identity.Region
	CanEdit bool
	Powers  Powers
	Form    StructureForm
	Link    string // of the invitation just made, where no letter leaves by itself
	Name    string // as it was typed
	Errors  Errors // of the name
}

// StructureForm is a structure to be added, as it was typed.
type StructureForm struct {
	Structure, Mail, Name string
	Errors                Errors
}

func sharingWord(v View, s identity.Sharing) string {
	if s == "" {
		s = identity.SharesNothing
	}
	return v.T("region.sharing." + string(s))
}

func placeKind(v View, x identity.Place) string {
	if x.Structure == "" {
		return v.T("places.region")
	}
	return v.T("places.structure")
}
