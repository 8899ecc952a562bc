package identity

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// house is a portal with its first structure, and what its events gave.
type house struct {
	*portal
	worker  *outbox.Worker
	trail   *journal.Journal
	letters []mail.Message
	session Token
	admin   Actor
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{portal: newPortal(t), worker: outbox.NewWorker()}
	must(t, h.engine.Declare(t.Context(), journal.Schemas()...))
	h.Site = "https://garant.example"
	h.trail = journal.New(h.engine)
	h.worker.Now = func() time.Time { return h.now }
	h.worker.On(journal.Recorded, h.trail.Append)
	h.worker.On(mail.Requested, func(_ context.Context, d outbox.Delivery) error {
		var m mail.Message
		if err := d.Into(&m); err != nil {
			return err
		}
		h.letters = append(h.letters, m)
		return nil
	})
	h.Follow(h.worker)
	h.session, h.admin = h.setUp(t)
	return h
}

// acts settles the events, and gives what the journal of a tenant holds, but for sign-ins, which are tested apart.
func (h *house) acts(t *testing.T, tenant store.Tenant) []string {
	t.Helper()
	_, err := h.worker.RunOnce(t.Context())
	must(t, err)
	var acts []string
	must(t, h.trail.Each(t.Context(), tenant, journal.Filter{}, func(e *journal.Entry) error {
		if strings.HasPrefix(e.Kind, "account.sign") {
			return nil
		}
		acts = append(acts, e.Kind+" as "+e.Role+" on "+strings.SplitN(e.Object, "/", 2)[0])
		return nil
	}))
	slices.Sort(acts) // documents are settled in no order that matters
	report, err := h.trail.Verify(t.Context(), tenant)
	must(t, err)
	if report.Broken != nil {
		t.Errorf("the journal is broken: %+v", report.Broken)
	}
	return acts
}

// invite sends an invitation, and gives the place and the token of its link.
func (h *house) invite(t *testing.T, who Actor, address string, role Role) (Membership, Token) {
	t.Helper()
	link, err := h.Invite(t.Context(), who, Invite{Mail: address, Name: "Dominique Voisin", Role: role})
	must(t, err)
	return opened(t, link)
}

// opened reads a link as a browser would.
func opened(t *testing.T, link string) (Membership, Token) {
	t.Helper()
	u, err := url.Parse(link)
	must(t, err)
	parts := strings.Split(u.Path, "/")
	to, err := ParsePlace(parts[2])
	must(t, err)
	return to, Token(parts[3])
}

const neighbour = "dominique@voisin.example"

// joined lets somebody new into the first structure.
func (h *house) joined(t *testing.T, address string, role Role) (Token, Actor) {
	t.Helper()
	to, token := h.invite(t, h.admin, address, role)
	session, err := h.Join(t.Context(), to, token, network, "Dominique Voisin", passphrase)
	must(t, err)
	who, err := h.Resume(t.Context(), session)
	must(t, err)
	return session, who
}

func TestAnInvitationLetsOnePersonInOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to, token := h.invite(t, h.admin, "Dominique@Voisin.example", Buyer)
	guest, err := h.GuestOf(t.Context(), to, token, network)
	must(t, err)
	same(t, "guest", guest, Guest{
		Place: Place{Membership{h.admin.Structure, h.admin.Region}, "Centre hospitalier de Vallombreuse", Buyer}, Mail: neighbour, Name: "Dominique Voisin",
		By: "Camille Achats", Until: h.now.Add(invitationLife),
	})
	_, err = h.Join(t.Context(), to, token, network, "", "court")
	if problems, ok := err.(fault.Problems); !ok || len(problems) != 2 {
		t.Errorf("an empty form: %v", err)
	}
	session, err := h.Join(t.Context(), to, token, network, "Dominique Voisin", passphrase)
	must(t, err)
	who, err := h.Resume(t.Context(), session)
	must(t, err)
	same(t, "actor", who, Actor{Person: who.Person, Name: "Dominique Voisin", Structure: h.admin.Structure, Region: h.admin.Region, Role: Buyer, PlaceName: "Centre hospitalier de Vallombreuse"})
	_, err = h.Join(t.Context(), to, token, network, "Autre", passphrase)
	refused(t, "once more", err, fault.NotFound, "identity.invitation-link")
	_, err = h.SignIn(t.Context(), neighbour, passphrase, network)
	must(t, err)

	same(t, "acts", h.acts(t, h.admin.Tenant()), []string{
		"people.invitation-accepted as buyer on people", "people.invited as administrator on people", "people.joined as buyer on people", "structure.added as administrator on structures",
	})
	h.letters[0].Link, h.letters[0].Until = strings.TrimSuffix(h.letters[0].Link, string(token)), time.Time{}
	same(t, "letter", h.letters, []mail.Message{{
		Kind: mail.Invitation, To: mail.Address{Name: "Dominique Voisin", Mail: neighbour}, Link: "https://garant.example/invitations/s" + h.admin.Structure + "/",
		Structure: "Centre hospitalier de Vallombreuse", By: "Camille Achats", Zone: DefaultZone,
	}})
}

func TestALinkThatIsClosedOverOrMadeUpOpensNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to, first := h.invite(t, h.admin, neighbour, Buyer)
	_, second := h.invite(t, h.admin, neighbour, Reader) // sent again
	look := func(to Membership, token Token) error {
		_, err := h.GuestOf(t.Context(), to, token, network)
		return err
	}
	refused(t, "replaced", look(to, first), fault.NotFound, "identity.invitation-link")
	must(t, look(to, second))
	refused(t, "elsewhere", look(Membership{Region: h.admin.Region}, second), fault.NotFound, "identity.invitation-link")
	refused(t, "made up", look(to, "x"), fault.NotFound, "identity.invitation-link")
	h.now = h.now.Add(invitationLife)
	refused(t, "over", look(to, second), fault.NotFound, "identity.invitation-link")
	h.now = h.now.Add(-invitationLife)
	open, err := h.Invitations(t.Context(), h.admin)
	must(t, err)
	same(t, "open", len(open), 1)
	must(t, h.WithdrawInvitation(t.Context(), h.admin, open[0].ID))
	refused(t, "withdrawn", look(to, second), fault.NotFound, "identity.invitation-link")
	refused(t, "withdrawn twice", h.WithdrawInvitation(t.Context(), h.admin, open[0].ID), fault.Conflict, "identity.invitation-closed")
	for range attemptsPerNetwork {
		_ = look(to, "guess")
	}
	if err := look(to, "guess"); fault.KindOf(err) != fault.TooMany {
		t.Errorf("guessing: %v", err)
	}
	for _, raw := range []string{"", "s", "x" + store.NewID(), "s../..", "r" + strings.ToUpper(store.NewID())} {
		if _, err := ParsePlace(raw); fault.KindOf(err) != fault.NotFound {
			t.Errorf("place %q: %v", raw, err)
		}
	}
}

func TestWhoHasAnAccountJoinsWithIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session, who := h.joined(t, neighbour, Buyer)
	region := h.admin
	region.Structure, region.Role = "", RegionAdministrator
	to, token := h.invite(t, region, neighbour, Referent)
	guest, err := h.GuestOf(t.Context(), to, token, network)
	must(t, err)
	same(t, "has an account", guest.Account, true)
	_, err = h.Join(t.Context(), to, token, network, "Dominique Voisin", "un autre mot de passe")
	same(t, "not theirs", err, error(fault.Problems{{Field: "password", Key: "identity.password-wrong"}}))
	_, err = h.JoinSignedIn(t.Context(), h.session, to, token, network)
	refused(t, "somebody else's", err, fault.Forbidden, "identity.invitation-of-another")
	next, err := h.JoinSignedIn(t.Context(), session, to, token, network)
	must(t, err)
	_, err = h.Resume(t.Context(), session)
	refused(t, "the token before", err, fault.NotFound, "store.not-found")
	now, err := h.Resume(t.Context(), next)
	must(t, err)
	same(t, "actor", now, Actor{Person: who.Person, Name: "Dominique Voisin", Region: h.admin.Region, Role: Referent, Elsewhere: true, PlaceName: "Centre hospitalier de Vallombreuse"})

	places, err := h.Places(t.Context(), now)
	must(t, err)
	same(t, "places", places, []Place{
		{Membership{"", h.admin.Region}, "Centre hospitalier de Vallombreuse", Referent}, {Membership{h.admin.Structure, h.admin.Region}, "Centre hospitalier de Vallombreuse", Buyer},
	})
	back, err := h.Switch(t.Context(), next, Membership{Structure: h.admin.Structure})
	must(t, err)
	now, err = h.Resume(t.Context(), back)
	must(t, err)
	same(t, "role", now.Role, Buyer)
	_, err = h.Switch(t.Context(), back, Membership{Structure: store.NewID()})
	refused(t, "a place of nobody's", err, fault.NotFound, "not-found")
}

func TestAccessEndsAtOnceAndTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session, who := h.joined(t, neighbour, Administrator)
	h.letters = nil
	must(t, h.EndMembership(t.Context(), h.admin, who.Person))
	_, err := h.Resume(t.Context(), session)
	refused(t, "their session", err, fault.NotFound, "not-found")
	_, err = h.SignIn(t.Context(), neighbour, passphrase, network)
	refused(t, "signing in", err, fault.Invalid, "identity.sign-in")
	refused(t, "ending it twice", h.EndMembership(t.Context(), h.admin, who.Person), fault.NotFound, "not-found")
	refused(t, "the last administrator", h.EndMembership(t.Context(), h.admin, h.admin.Person), fault.Invalid, "identity.last-administrator")
	refused(t, "the last administrator's role", h.ChangeRole(t.Context(), h.admin, h.admin.Person, Reader), fault.Invalid, "identity.last-administrator")
	h.acts(t, h.admin.Tenant())
	var told []mail.Kind
	for _, m := range h.letters {
		told = append(told, m.Kind)
	}
	slices.Sort(told)
	same(t, "told", told, []mail.Kind{mail.AccessEnded, mail.Invitation})

	_, again := h.joined(t, neighbour, Reader) // with the account that they still have
	same(t, "the same person", again.Person, who.Person)
}

func TestARoleThatChangesEndsTheSessionsOfItsHolder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session, who := h.joined(t, neighbour, Buyer)
	refused(t, "a role of regions", h.ChangeRole(t.Context(), h.admin, who.Person, Referent), fault.Invalid, "identity.role")
	refused(t, "by who may not", h.ChangeRole(t.Context(), who, who.Person, Administrator), fault.Forbidden, "forbidden")
	refused(t, "somebody of elsewhere", h.ChangeRole(t.Context(), h.admin, store.NewID(), Reader), fault.NotFound, "not-found")
	must(t, h.ChangeRole(t.Context(), h.admin, who.Person, DPO))
	_, err := h.Resume(t.Context(), session)
	refused(t, "the session before", err, fault.NotFound, "store.not-found")
	session, err = h.SignIn(t.Context(), neighbour, passphrase, network)
	must(t, err)
	now, err := h.Resume(t.Context(), session)
	must(t, err)
	same(t, "role", now.Role, DPO)
	must(t, h.EndMembership(t.Context(), now, now.Person)) // everybody may leave
	colleagues, err := h.Colleagues(t.Context(), h.admin)
	must(t, err)
	same(t, "who is left", colleagues, []Colleague{{Member{h.admin.Person, Administrator, h.now, Term{}}, "Camille Achats", "camille@vallombreuse.example", true, true}})
}

func TestARegionGetsItsStructures(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	region := h.admin
	region.Structure, region.Role = "", RegionAdministrator
	link, err := h.AddStructure(t.Context(), region, NewStructure{" EHPAD Les Tilleuls ", Invite{Mail: neighbour}})
	must(t, err)
	_, err = h.AddStructure(t.Context(), region, NewStructure{"ehpad les tilleuls", Invite{Mail: neighbour}})
	same(t, "the same name", err, error(fault.Problems{{Field: "structure", Key: "identity.structure-twice"}}))
	_, err = h.AddStructure(t.Context(), region, NewStructure{"", Invite{}})
	if problems, ok := err.(fault.Problems); !ok || len(problems) != 2 {
		t.Errorf("an empty form: %v", err)
	}
	to, token := opened(t, link)
	session, err := h.Join(t.Context(), to, token, network, "Dominique Voisin", passphrase)
	must(t, err)
	who, err := h.Resume(t.Context(), session)
	must(t, err)
	same(t, "its administrator", []any{who.Role, who.Region, who.Structure == to.Structure}, []any{Administrator, h.admin.Region, true})
	x := settings()
	x.Name, x.Sharing = "Les Tilleuls", SharesAll
	must(t, h.ChangeSettings(t.Context(), who, 0, x))
	h.acts(t, h.admin.RegionTenant())
	must(t, h.RenameRegion(t.Context(), region, "Pays de Vallombreuse"))
	kept, err := h.OwnRegion(t.Context(), region)
	must(t, err)
	same(t, "region", []any{kept.Name, kept.Structures}, []any{"Pays de Vallombreuse", []Affiliate{
		{h.admin.Structure, "Centre hospitalier de Vallombreuse", ""}, {to.Structure, "Les Tilleuls", SharesAll},
	}})
	_, err = h.OwnRegion(t.Context(), h.admin)
	refused(t, "from a structure", err, fault.NotFound, "not-found")
	_, err = h.AddStructure(t.Context(), h.admin, NewStructure{"X", Invite{Mail: neighbour}})
	refused(t, "adding from a structure", err, fault.NotFound, "not-found")
	same(t, "acts of the region", h.acts(t, h.admin.RegionTenant()), []string{
		"region.added as region-administrator on regions", "region.renamed as region-administrator on regions", "structure.added as region-administrator on structures",
	})
	same(t, "acts of the structure", h.acts(t, who.Tenant()), []string{
		"people.invitation-accepted as administrator on people", "people.invited as region-administrator on people", "people.joined as administrator on people",
		"settings.changed as administrator on structures", "structure.added as region-administrator on structures",
	})
}

func TestAnAcceptanceThatWasCutOffIsDoneAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to, token := h.invite(t, h.admin, neighbour, Buyer)
	x, err := h.invitation(t.Context(), to, token, network)
	must(t, err)
	// Cut off once the account was made and nothing else.
	hash, err := h.passwords.hash(t.Context(), passphrase)
	must(t, err)
	must(t, h.reservations.Reserve(t.Context(), store.System, "mail", x.Mail, x.Person))
	must(t, h.people.In(store.System).Insert(t.Context(), &Person{
		Meta: store.Meta{ID: x.Person}, Mail: x.Mail, Name: "Dominique Voisin", Password: hash, Memberships: []Membership{{x.Structure, x.Region}},
	}))
	session, err := h.Join(t.Context(), to, token, network, "Dominique Voisin", passphrase)
	must(t, err)
	who, err := h.Resume(t.Context(), session)
	must(t, err)
	same(t, "person", who.Person, x.Person)
}

func TestInvitationsThatAreOverGoAfterThreeMonths(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, _ = h.joined(t, neighbour, Buyer)
	_, _ = h.invite(t, h.admin, "autre@voisin.example", Buyer) // nobody answers
	left := func() int {
		t.Helper()
		page, err := h.invitations.In(h.admin.Tenant()).Scan(t.Context(), store.Query{})
		must(t, err)
		return len(page.Items)
	}
	h.now = h.now.Add(invitationKept + time.Millisecond)
	must(t, h.Sweep(t.Context()))
	same(t, "while an act waits in them", left(), 2)
	h.acts(t, h.admin.Tenant())
	must(t, h.Sweep(t.Context()))
	same(t, "three months after the answer", left(), 1)
	h.now = h.now.Add(invitationLife)
	must(t, h.Sweep(t.Context()))
	same(t, "three months after the other was over", left(), 0)
}

func TestAnAddressThatNoServerTakesIsRefusedInForms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want := error(fault.Problems{{Field: "mail", Key: "identity.mail-ascii"}})
	_, err := h.Invite(t.Context(), h.admin, Invite{Mail: "rené@voisin.example", Role: Buyer})
	same(t, "an invitation", err, want)
	_, err = h.Invite(t.Context(), h.admin, Invite{Mail: "rene@hôpital.example", Role: Buyer})
	same(t, "a domain", err, want)
	same(t, "a change of address", h.AskMailChange(t.Context(), h.session, "rené@voisin.example"), want)
	x := first()
	x.Mail = "rené@voisin.example"
	same(t, "the first account", error(x.Validate()), want)
}
