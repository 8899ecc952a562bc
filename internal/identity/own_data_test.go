package identity

import (
	"slices"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

// lastLink reads the link that the last letter of a kind carries.
func (h *house) lastLink(t *testing.T, kind mail.Kind) (to string, link Token) {
	t.Helper()
	h.acts(t, store.System)
	for _, m := range slices.Backward(h.letters) {
		if m.Kind == kind {
			return m.To.Mail, Token(m.Link[len("https://garant.example/account/address/"):])
		}
	}
	t.Fatalf("no letter of kind %s in %+v", kind, h.letters)
	return "", ""
}

func TestAMailAddressChangesOnceItIsProvedToBeRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	other, _ := h.joined(t, neighbour, Buyer)
	const wanted = "camille@nouveau.example"
	same(t, "the same", h.AskMailChange(t.Context(), h.session, first().Mail), error(fault.Problems{{Field: "mail", Key: "identity.mail-same"}}))
	same(t, "no address", h.AskMailChange(t.Context(), h.session, "x"), error(fault.Problems{{Field: "mail", Key: "identity.mail"}}))
	must(t, h.AskMailChange(t.Context(), h.session, neighbour)) // somebody else's: nothing leaves, and nothing tells
	h.acts(t, store.System)
	same(t, "letters", slices.ContainsFunc(h.letters, func(m mail.Message) bool { return m.Kind == mail.MailChange }), false)
	must(t, h.AskMailChange(t.Context(), h.session, wanted))
	to, link := h.lastLink(t, mail.MailChange)
	same(t, "sent to", to, wanted)
	_, err := h.MailChangeOf(t.Context(), other, link)
	refused(t, "somebody else", err, fault.NotFound, "identity.mail-change-link")
	refused(t, "somebody else", h.ConfirmMailChange(t.Context(), other, link), fault.NotFound, "identity.mail-change-link")
	shown, err := h.MailChangeOf(t.Context(), h.session, link)
	must(t, err)
	same(t, "shown", shown, wanted)
	must(t, h.ConfirmMailChange(t.Context(), h.session, link))
	refused(t, "twice", h.ConfirmMailChange(t.Context(), h.session, link), fault.NotFound, "identity.mail-change-link")
	to, _ = h.told(t, mail.MailChanged)
	same(t, "the address before is told", to, "camille@vallombreuse.example")
	_, err = h.SignIn(t.Context(), first().Mail, passphrase, network)
	refused(t, "the address before", err, fault.Invalid, "identity.sign-in")
	_, err = h.SignIn(t.Context(), wanted, passphrase, network)
	must(t, err)
	_, again := h.joined(t, first().Mail, Reader) // it is free
	if again.Person == h.admin.Person {
		t.Error("the address before still leads to its person")
	}

	must(t, h.AskMailChange(t.Context(), h.session, "autre@nouveau.example"))
	_, link = h.lastLink(t, mail.MailChange)
	h.now = h.now.Add(recoveryFor)
	_, err = h.MailChangeOf(t.Context(), h.session, link)
	refused(t, "after an hour", err, fault.NotFound, "identity.mail-change-link")
	refused(t, "an old proof", h.AskMailChange(t.Context(), h.session, wanted), fault.Forbidden, "identity.fresh")
	h.now = h.now.Add(time.Millisecond)
	must(t, h.Sweep(t.Context()))
	left, err := h.mailChanges.In(store.System).Scan(t.Context(), store.Query{})
	must(t, err)
	same(t, "swept", len(left.Items), 0)
}

// told gives to whom the last letter of a kind went.
func (h *house) told(t *testing.T, kind mail.Kind) (string, mail.Message) {
	t.Helper()
	h.acts(t, store.System)
	for _, m := range slices.Backward(h.letters) {
		if m.Kind == kind {
			return m.To.Mail, m
		}
	}
	t.Fatalf("no letter of kind %s", kind)
	return "", mail.Message{}
}

func TestAChangeOfAddressThatWasCutOffIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const wanted = "camille@nouveau.example"
	must(t, h.AskMailChange(t.Context(), h.session, wanted))
	_, link := h.lastLink(t, mail.MailChange)
	must(t, h.reservations.Reserve(t.Context(), store.System, "mail", wanted, h.admin.Person))
	_, err := h.people.In(store.System).Update(t.Context(), h.admin.Person, func(p *Person) error { p.Mail = wanted; return nil })
	must(t, err)
	must(t, h.ConfirmMailChange(t.Context(), h.session, link))
	_, err = h.reservations.Owner(t.Context(), store.System, "mail", "camille@vallombreuse.example")
	same(t, "the address before", fault.KindOf(err), fault.NotFound)
}

func TestOneIsGivenWhatIsKeptOfOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sealed(t)
	session, who := h.joined(t, neighbour, Buyer)
	since := h.now
	_, session, _ = h.enrol(t, session)
	must(t, h.ChangeName(t.Context(), session, " Dominique Nouveau "))
	same(t, "no name", h.ChangeName(t.Context(), session, " "), error(fault.Problems{{Field: "name", Key: "identity.your-name"}}))
	now, err := h.Resume(t.Context(), session)
	must(t, err)
	same(t, "name", now.Name, "Dominique Nouveau")
	own, err := h.OwnData(t.Context(), session)
	must(t, err)
	at := since.UTC()
	same(t, "data", own, OwnData{
		Person: who.Person, Name: "Dominique Nouveau", Mail: neighbour, Password: true, App: &at, Codes: recoveryCount,
		Places:   []OwnPlace{{Name: "Centre hospitalier de Vallombreuse", Role: Buyer, Since: since, In: Membership{h.admin.Structure, h.admin.Region}}},
		Passkeys: []OwnPasskey{}, Issuers: []string{}, Browsers: []time.Time{},
		Sessions: []OwnSession{{Opened: since, Seen: h.now, Proofs: []Method{ByPassword, ByTOTP}}},
	})
	h.now = h.now.Add(freshFor)
	_, err = h.OwnData(t.Context(), session)
	refused(t, "an old proof", err, fault.Forbidden, "identity.fresh")
	refused(t, "an old proof", h.ChangeName(t.Context(), session, "X"), fault.Forbidden, "identity.fresh")
}
