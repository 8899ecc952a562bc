package identity

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
)

const helper = "aide@editeur.example"

// helped opens a support access of some days, and gives the session and the actor that it opens.
func (h *house) helped(t *testing.T, days int) (Token, Actor) {
	t.Helper()
	link, err := h.OpenSupport(t.Context(), h.admin, h.session, NewSupport{Mail: helper, Reason: " Une annexe ne se télécharge plus ", Days: days})
	must(t, err)
	to, token := opened(t, link)
	session, err := h.Join(t.Context(), to, token, network, "Alix Aide", passphrase)
	must(t, err)
	who, err := h.Resume(t.Context(), session)
	must(t, err)
	return session, who
}

// about keeps the acts on support.
func about(acts []string) []string {
	return slices.DeleteFunc(acts, func(act string) bool {
		return !strings.Contains(act, "support") && !strings.HasPrefix(act, "people.left")
	})
}

func TestSupportIsLetInByTheStructureUntilAMomentThatEndsItByItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	start := h.now
	_, who := h.helped(t, 1)
	ends := start.AddDate(0, 0, 1)
	same(t, "actor", who, Actor{
		Person: who.Person, Name: "Alix Aide", Structure: h.admin.Structure, Region: h.admin.Region, Role: Support, PlaceName: "Centre hospitalier de Vallombreuse", Support: ends,
	})
	admin, err := h.Resume(t.Context(), h.session)
	must(t, err)
	same(t, "told to the administrator", admin.Support, ends)
	colleagues, err := h.Colleagues(t.Context(), h.admin)
	must(t, err)
	same(t, "shown", colleagues[1].Term, Term{ends, "Une annexe ne se télécharge plus"})

	h.now = ends.Add(-time.Millisecond)
	session, err := h.SignIn(t.Context(), helper, passphrase, network)
	must(t, err)
	_, err = h.Resume(t.Context(), session)
	must(t, err)
	same(t, "before the end", about(h.acts(t, h.admin.Tenant())), []string{
		"people.invitation-accepted as support on people", "people.joined as support on people", "people.support-opened as administrator on people",
	})
	h.now = ends
	_, err = h.Resume(t.Context(), session)
	refused(t, "at the end, before any event", err, fault.NotFound, "not-found")
	_, err = h.SignIn(t.Context(), helper, passphrase, network)
	refused(t, "signing in", err, fault.Invalid, "identity.sign-in")
	colleagues, err = h.Colleagues(t.Context(), h.admin)
	must(t, err)
	same(t, "who is there", len(colleagues), 1)
	// Somebody changes the people before the event comes: the end is recorded all the same.
	_, _ = h.joined(t, neighbour, Reader)
	same(t, "after the end", about(h.acts(t, h.admin.Tenant())), []string{
		"people.invitation-accepted as support on people", "people.joined as support on people", "people.support-ended as  on people", "people.support-opened as administrator on people",
	})
	kept, err := h.StructureByID(t.Context(), h.admin.Structure)
	must(t, err)
	same(t, "taken out", indexOf(kept.Members, who.Person), -1)
}

func TestSupportHasAnEndAndOneWayIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, who := h.joined(t, neighbour, Buyer)
	_, err := h.Invite(t.Context(), h.admin, Invite{Mail: helper, Role: Support})
	same(t, "by an invitation", err, error(fault.Problems{{Field: "role", Key: "identity.role"}}))
	refused(t, "by a role", h.ChangeRole(t.Context(), h.admin, who.Person, Support), fault.Invalid, "identity.role")
	for _, days := range []int{0, -1, 4, 8, 365} {
		_, err = h.OpenSupport(t.Context(), h.admin, h.session, NewSupport{Mail: "x", Days: days})
		same(t, "all that is wrong", err, error(fault.Problems{
			{Field: "mail", Key: "identity.mail"}, {Field: "reason", Key: "identity.support-reason"}, {Field: "days", Key: "identity.support-days"},
		}))
	}
	n := NewSupport{Mail: helper, Reason: "aide", Days: 7}
	_, err = h.OpenSupport(t.Context(), who, h.session, n)
	refused(t, "by a buyer", err, fault.Forbidden, "forbidden")
	region := h.admin
	region.Structure, region.Role = "", RegionAdministrator
	_, err = h.OpenSupport(t.Context(), region, h.session, n)
	refused(t, "to a region", err, fault.NotFound, "not-found")
	h.now = h.now.Add(freshFor)
	_, err = h.OpenSupport(t.Context(), h.admin, h.session, n)
	refused(t, "after an old proof", err, fault.Forbidden, "identity.fresh")
	h.session, err = h.GivePassword(t.Context(), h.session, passphrase, network)
	must(t, err)

	_, helping := h.helped(t, 7)
	refused(t, "raised", h.ChangeRole(t.Context(), h.admin, helping.Person, Administrator), fault.Invalid, "identity.support-role")
	for _, action := range Actions() {
		if slices.Contains([]Action{EditServices, MoveTier, EditAnnex, EditClauses, EditSettings, EditPeople, EditMail, EditRegion}, action) && Can(helping, action, helping.Place()) {
			t.Errorf("support may %s", action)
		}
	}
	same(t, "needs two proofs", NeedsSecondFactor(Support), true)
}

func TestASupportAccessIsEndedAtOnceAndWithdrawn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session, who := h.helped(t, 3)
	must(t, h.EndMembership(t.Context(), h.admin, who.Person))
	_, err := h.Resume(t.Context(), session)
	refused(t, "ended", err, fault.NotFound, "not-found")
	link, err := h.OpenSupport(t.Context(), h.admin, h.session, NewSupport{Mail: helper, Reason: "encore", Days: 7})
	must(t, err)
	open, err := h.Invitations(t.Context(), h.admin)
	must(t, err)
	same(t, "open", []any{len(open), open[0].Ends}, []any{1, h.now.AddDate(0, 0, 7)})
	must(t, h.WithdrawInvitation(t.Context(), h.admin, open[0].ID))
	to, token := opened(t, link)
	_, err = h.Join(t.Context(), to, token, network, "Alix Aide", passphrase)
	refused(t, "withdrawn", err, fault.NotFound, "identity.invitation-link")
	// Opened anew for longer, the end of the first changes nothing.
	h.session = h.signIn(t)
	_, _ = h.helped(t, 7)
	h.now = h.now.AddDate(0, 0, 4)
	acts := about(h.acts(t, h.admin.Tenant()))
	_, err = h.StructureByID(t.Context(), h.admin.Structure)
	must(t, err)
	session, err = h.SignIn(t.Context(), helper, passphrase, network)
	must(t, err)
	_, err = h.Resume(t.Context(), session)
	must(t, err)
	same(t, "acts", acts, []string{
		"people.invitation-accepted as support on people", "people.invitation-accepted as support on people", "people.joined as support on people", "people.joined as support on people",
		"people.support-ended as administrator on people", "people.support-ended as administrator on people",
		"people.support-opened as administrator on people", "people.support-opened as administrator on people", "people.support-opened as administrator on people",
	})
}
