package identity

import (
	"slices"
	"testing"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

func TestAnErasedAccountLeavesAReferenceAndNothingThatSaysWhoItWas(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to, link := h.invite(t, h.admin, "voisin@essais.example", Buyer)
	session, err := h.Join(t.Context(), to, link, "192.0.2.1", "Dominique Voisin", "quatre mots sans rapport")
	must(t, err)
	who, err := h.Resume(t.Context(), session)
	must(t, err)
	_, err = h.worker.RunOnce(t.Context())
	must(t, err)

	must(t, h.Erase(t.Context(), session))
	_, err = h.Resume(t.Context(), session)
	refused(t, "their session", err, fault.NotFound, "store.not-found")
	acts := h.acts(t, h.admin.Tenant()) // settles what follows, and verifies the journal
	if !slices.Contains(acts, "people.left as  on people") {
		t.Errorf("nobody left: %v", acts)
	}
	same(t, "the system's journal", slices.Contains(h.acts(t, store.System), "people.erased as  on people"), true)

	kept, err := h.people.In(store.System).Get(t.Context(), who.Person)
	must(t, err)
	same(t, "what is left", []any{kept.Mail, kept.Name, kept.Password, len(kept.Memberships), len(kept.Former), kept.Erased.Equal(h.now), len(kept.Outbox.Events)}, []any{"", "", "", 0, 0, true, 0})
	colleagues, err := h.Colleagues(t.Context(), h.admin)
	must(t, err)
	same(t, "colleagues", len(colleagues), 1)
	names, err := h.Names(t.Context(), h.admin, []string{who.Person})
	must(t, err)
	same(t, "their name", names[who.Person], "")
	_, err = h.SignIn(t.Context(), "voisin@essais.example", "quatre mots sans rapport", "192.0.2.1")
	refused(t, "signing in", err, fault.Invalid, "identity.sign-in")

	// The address is free: somebody else may have it, and is somebody else.
	to, link = h.invite(t, h.admin, "voisin@essais.example", Reader)
	session, err = h.Join(t.Context(), to, link, "192.0.2.1", "Sacha Voisin", "quatre mots sans rapport")
	must(t, err)
	other, err := h.Resume(t.Context(), session)
	must(t, err)
	if other.Person == who.Person {
		t.Error("whoever has the address now is taken for who had it")
	}
}

func TestALastAdministratorIsNotErased(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	refused(t, "by themselves", h.Erase(t.Context(), h.session), fault.Conflict, "identity.erase-last-administrator")
	person, err := h.personByID(t.Context(), h.admin.Person)
	must(t, err)
	refused(t, "by the command line", h.EraseByMail(t.Context(), person.Mail), fault.Conflict, "identity.erase-last-administrator")
	refused(t, "nobody", h.EraseByMail(t.Context(), "nobody@essais.example"), fault.NotFound, "identity.nobody-has")
}

func TestAnErasureThatWasCutOffIsCarriedOutAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to, link := h.invite(t, h.admin, "voisin@essais.example", Buyer)
	session, err := h.Join(t.Context(), to, link, "192.0.2.1", "Dominique Voisin", "quatre mots sans rapport")
	must(t, err)
	who, err := h.Resume(t.Context(), session)
	must(t, err)
	must(t, h.EraseByMail(t.Context(), "voisin@essais.example"))
	kept, err := h.people.In(store.System).Get(t.Context(), who.Person)
	must(t, err)
	at := slices.IndexFunc(kept.Outbox.Events, func(e outbox.Event) bool { return e.Kind == PersonErased })
	for range 2 { // carried out, and not cleared yet when the process was killed
		must(t, h.forget(t.Context(), outbox.Delivery{Event: kept.Outbox.Events[at], Tenant: store.System, Collection: "people", Document: who.Person}))
	}
	left := 0
	for _, act := range h.acts(t, h.admin.Tenant()) {
		if act == "people.left as  on people" {
			left++
		}
	}
	same(t, "times they left", left, 1)
}
