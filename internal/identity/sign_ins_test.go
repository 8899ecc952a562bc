package identity

import (
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/store"
)

// signs gives the acts of signing in of a tenant's journal, in order: kind, by whom, role, object.
func (h *house) signs(t *testing.T, tenant store.Tenant) []string {
	t.Helper()
	must(t, h.RecordFailures(t.Context()))
	h.acts(t, tenant)
	names := strings.NewReplacer(h.admin.Person, "camille")
	var acts []string
	must(t, h.trail.Each(t.Context(), tenant, journal.Filter{}, func(e *journal.Entry) error {
		if kind, of := strings.CutPrefix(e.Kind, "account."); of {
			acts = append(acts, strings.Join([]string{kind, names.Replace(e.Who), e.Role, names.Replace(e.Object)}, " "))
		}
		return nil
	}))
	return acts
}

func TestSigningInAndOutIsInTheJournalOfThePlaceOpened(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sealed(t)
	secret, session, codes := h.enrol(t, h.session)
	must(t, h.SignOut(t.Context(), session))
	pending := h.signIn(t)
	h.acts(t, h.admin.Tenant()) // what waits is settled before the next, to keep the order
	_, err := h.GiveTOTP(t.Context(), pending, "000000", network)
	refused(t, "a wrong code", err, fault.Invalid, "identity.code")
	same(t, "signed in once the second factor is given", h.signs(t, h.admin.Tenant()), []string{
		"signed-in camille administrator sign-ins/password+set-up", "signed-out camille administrator people/camille", "proof-failed somebody  people/camille",
	})
	session, err = h.GiveTOTP(t.Context(), pending, h.code(t, secret), network)
	must(t, err)
	session, err = h.GivePassword(t.Context(), session, passphrase, network) // one more proof signs nobody in
	must(t, err)
	session, err = h.Switch(t.Context(), session, Membership{Region: h.admin.Region})
	must(t, err)
	must(t, h.SignOut(t.Context(), session))
	must(t, h.SignOut(t.Context(), session)) // there is none any more
	pending = h.signIn(t)
	must(t, h.SignOut(t.Context(), pending))
	pending = h.signIn(t)
	_, err = h.GiveRecoveryCode(t.Context(), pending, codes[0], network)
	must(t, err)
	same(t, "the structure's", h.signs(t, h.admin.Tenant())[3:], []string{"signed-in camille administrator sign-ins/password+totp"})
	same(t, "the region's", h.signs(t, h.admin.RegionTenant()), []string{
		"signed-in camille region-administrator sign-ins/password+totp", "signed-out camille region-administrator people/camille",
		"signed-out camille region-administrator people/camille", "signed-in camille region-administrator sign-ins/password+recovery-code",
	})
}

func TestFailuresAreGatheredAndFloodNoJournal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wrong := func(times int) {
		for range times {
			_, err := h.SignIn(t.Context(), first().Mail, "wrong", network)
			refused(t, "a wrong password", err, fault.Invalid, "identity.sign-in")
		}
	}
	_, err := h.SignIn(t.Context(), "dominique@vallombreuse.example", "wrong", network)
	refused(t, "an unknown address", err, fault.Invalid, "identity.sign-in")
	before := h.signs(t, h.admin.Tenant())
	same(t, "an unknown address leaves no act", before, []string{"signed-in camille administrator sign-ins/password+set-up"})
	once := "sign-in-failed somebody  people/camille"
	wrong(1)
	same(t, "the first", h.signs(t, h.admin.Tenant()), append(before, once))
	wrong(8)
	same(t, "more of them", h.signs(t, h.admin.Tenant()), append(before, once))
	wrong(1)
	often := append(before, once, "sign-in-failed-often somebody  people/camille")
	same(t, "ten", h.signs(t, h.admin.Tenant()), often)
	h.now = h.now.Add(attemptWindow)
	same(t, "without more", h.signs(t, h.admin.Tenant()), often)
	wrong(1)
	same(t, "in another window", h.signs(t, h.admin.Tenant()), append(often, once))
	h.now = h.now.Add(attemptWindow)
	must(t, h.RecordFailures(t.Context()))
	same(t, "what is kept in memory", len(h.failures.seen), 0)
}
