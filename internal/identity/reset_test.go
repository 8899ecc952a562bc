package identity

import (
	"slices"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

func TestALostFactorIsResetByWhoAdministersAndSetUpAnewFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sealed(t)
	session, who := h.joined(t, neighbour, Buyer)
	refused(t, "nothing to reset", h.ResetFactors(t.Context(), h.admin, h.session, who.Person), fault.Conflict, "identity.reset-nothing")
	secret, session, codes := h.enrol(t, session)
	h.letters = nil
	must(t, h.ResetFactors(t.Context(), h.admin, h.session, who.Person))
	h.gone(t, "theirs", session)
	_, err := h.Resume(t.Context(), h.session)
	must(t, err)

	h.now = h.now.Add(time.Minute)
	next, err := h.SignIn(t.Context(), neighbour, passphrase, network)
	must(t, err)
	_, err = h.Resume(t.Context(), next)
	refused(t, "a buyer, before a new factor", err, fault.Forbidden, "identity.second-factor")
	own, err := h.OwnAccount(t.Context(), next)
	must(t, err)
	same(t, "account", own, OwnAccount{Name: "Dominique Voisin", Mail: neighbour, Password: true, State: Unprotected, Fresh: true, Reset: true})
	_, err = h.GiveTOTP(t.Context(), next, h.code(t, secret), network)
	refused(t, "the lost telephone", err, fault.Invalid, "identity.code")
	_, err = h.GiveRecoveryCode(t.Context(), next, codes[0], network)
	refused(t, "a code of before", err, fault.Invalid, "identity.recovery-code")

	_, next, fresh := h.enrol(t, next)
	same(t, "recovery codes", len(fresh), recoveryCount)
	h.acts(t, h.admin.Tenant()) // the event comes after all that, and twice
	must(t, h.resetFactors(t.Context(), factorsReset{who.Person, h.now.Add(-time.Hour)}))
	_, err = h.Resume(t.Context(), next)
	must(t, err)
	factors, err := h.Factors(t.Context(), next)
	must(t, err)
	same(t, "what was set up since", []any{factors.TOTP.IsZero(), factors.Recovery}, []any{false, recoveryCount})
	must(t, h.RemoveTOTP(t.Context(), next)) // a buyer may, as before
	next, err = h.SignIn(t.Context(), neighbour, passphrase, network)
	must(t, err)
	_, err = h.Resume(t.Context(), next)
	must(t, err)
	if acts := h.acts(t, h.admin.Tenant()); !slices.Contains(acts, "people.factors-reset as administrator on people") {
		t.Errorf("acts: %q", acts)
	}
	at := slices.IndexFunc(h.letters, func(m mail.Message) bool { return m.Kind == mail.FactorsReset })
	if at < 0 {
		t.Fatalf("letters: %+v", h.letters)
	}
	h.letters[at].When = time.Time{}
	same(t, "letter", h.letters[at], mail.Message{
		Kind: mail.FactorsReset, To: mail.Address{Name: "Dominique Voisin", Mail: neighbour}, Person: who.Person, Structure: "Centre hospitalier de Vallombreuse",
		By: "Camille Achats", Link: "https://garant.example/account", Zone: DefaultZone,
	})
}

func TestNobodyWeakensAnAccountThatProtectsAnotherPlaceToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sealed(t)
	session, who := h.joined(t, neighbour, Administrator)
	_, _, _ = h.enrol(t, session)
	refused(t, "one's own", h.ResetFactors(t.Context(), h.admin, h.session, h.admin.Person), fault.Invalid, "identity.reset-own")
	refused(t, "somebody of elsewhere", h.ResetFactors(t.Context(), h.admin, h.session, store.NewID()), fault.NotFound, "not-found")
	reader := h.admin
	reader.Role = Reader
	refused(t, "by a reader", h.ResetFactors(t.Context(), reader, h.session, who.Person), fault.Forbidden, "forbidden")
	// The first administrator holds the region too, which the second does not.
	refused(t, "the region", h.ResetFactors(t.Context(), who, session, h.admin.Person), fault.Forbidden, "identity.reset-elsewhere")

	region := h.admin
	region.Structure, region.Role = "", RegionAdministrator
	link, err := h.AddStructure(t.Context(), region, NewStructure{"EHPAD Les Tilleuls", Invite{Mail: "chef@tilleuls.example"}})
	must(t, err)
	to, token := opened(t, link)
	other, err := h.Join(t.Context(), to, token, network, "Dominique Chef", passphrase)
	must(t, err)
	chief, err := h.Resume(t.Context(), other)
	must(t, err)
	to, token = h.invite(t, chief, neighbour, Reader)
	_, err = h.Join(t.Context(), to, token, network, "Dominique Voisin", passphrase)
	must(t, err)
	refused(t, "another structure", h.ResetFactors(t.Context(), h.admin, h.session, who.Person), fault.Forbidden, "identity.reset-elsewhere")
	refused(t, "from there", h.ResetFactors(t.Context(), chief, other, who.Person), fault.Forbidden, "identity.reset-elsewhere")
	kept, err := h.credentialsOf(t.Context(), who.Person)
	must(t, err)
	same(t, "still protected", kept.enrolled(), true)

	must(t, h.EndMembership(t.Context(), chief, who.Person))
	h.now = h.now.Add(freshFor)
	refused(t, "an old proof", h.ResetFactors(t.Context(), h.admin, h.session, who.Person), fault.Forbidden, "identity.fresh")
	stale, err := h.SignIn(t.Context(), "chef@tilleuls.example", passphrase, network)
	must(t, err)
	refused(t, "the session of another", h.ResetFactors(t.Context(), h.admin, stale, who.Person), fault.Forbidden, "forbidden")
	next, err := h.GivePassword(t.Context(), h.session, passphrase, network)
	must(t, err)
	must(t, h.ResetFactors(t.Context(), h.admin, next, who.Person))
}

func TestAResetThatWasCutOffIsCarriedOutByItsEvent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sealed(t)
	session, who := h.joined(t, neighbour, SecurityOfficer)
	_, session, _ = h.enrol(t, session)
	// Cut off once the act was written and nothing else.
	reset := factorsReset{Person: who.Person, At: h.now}
	_, err := h.structures.In(h.admin.Tenant()).Update(t.Context(), h.admin.Structure, func(x *Structure) error { return x.Events.Add(FactorsReset, reset) })
	must(t, err)
	h.acts(t, h.admin.Tenant())
	h.gone(t, "theirs", session)
	kept, err := h.credentialsOf(t.Context(), who.Person)
	must(t, err)
	same(t, "factors", []any{kept.enrolled(), kept.MustEnrol, len(kept.Recovery)}, []any{false, true, 0})
}
