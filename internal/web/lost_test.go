package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
)

// posting makes a portal able to send mail, and gives what fetches the letters that left since.
func posting(g *garant) (letters func() []mail.Message) {
	var sent []mail.Message
	g.People.Site = "https://garant.example"
	g.events.Register(g.People.Sources()...)
	g.events.On(journal.Recorded, func(context.Context, outbox.Delivery) error { return nil })
	g.events.On(mail.Requested, func(_ context.Context, d outbox.Delivery) error {
		var m mail.Message
		if err := d.Into(&m); err != nil {
			return err
		}
		sent = append(sent, m)
		return nil
	})
	return func() []mail.Message {
		g.t.Helper()
		sent = nil
		_, err := g.events.RunOnce(g.t.Context())
		must(g.t, err)
		return sent
	}
}

func canMail(p *Parts) { p.Options.Mail = true }

func kinds(letters []mail.Message) []mail.Kind {
	var all []mail.Kind
	for _, letter := range letters {
		all = append(all, letter.Kind)
	}
	return all
}

func TestALostPasswordIsReplacedThroughALinkAndTheSecondFactor(t *testing.T) {
	t.Parallel()
	g := protected(t, canMail)
	letters := posting(g)
	b := g.browser()
	b.createStructure()
	_, codes := b.enrol()
	same(t, "notices", kinds(letters()), []mail.Kind{mail.MethodAdded})

	b = g.browser()
	b.get("/sign-in/lost")
	b.wants("asking", b.post("/sign-in/lost", "mail", "Camille@vallombreuse.example"), http.StatusOK, "")
	sent := letters()
	same(t, "letters", kinds(sent), []mail.Kind{mail.Recovery})
	path := strings.TrimPrefix(sent[0].Link, "https://garant.example")
	scanner := g.browser()
	for range 3 {
		page := scanner.get(path)
		scanner.wants("a mail scanner", page, http.StatusOK, "")
		scanner.shows("a mail scanner", page, "Ce lien va servir, une seule fois.")
	}
	b.get(path)
	b.wants("the button", b.post(path), http.StatusSeeOther, "/sign-in/second")
	b.wants("the password before the second factor", b.get("/sign-in/password"), http.StatusSeeOther, "/sign-in/second?next=%2Fsign-in%2Fpassword")
	again := scanner.post(path)
	scanner.wants("the link again", again, http.StatusNotFound, "")
	scanner.shows("the link again", again, "Ce lien a déjà servi")
	b.get("/sign-in/second?with=recovery")
	b.wants("a recovery code", b.post("/sign-in/second", "with", "recovery", "recovery", codes[0]), http.StatusSeeOther, "/sign-in/password")
	b.wants("nothing else yet", b.get("/services"), http.StatusSeeOther, "/sign-in/password?next=%2Fservices")
	b.shows("new password", b.get("/sign-in/password"), "Choisissez un nouveau mot de passe", "Bonjour Camille Achats")
	b.wants("a weak one", b.post("/sign-in/password", "password", "court"), http.StatusUnprocessableEntity, "")
	b.wants("a new one", b.post("/sign-in/password", "password", newPassphrase), http.StatusSeeOther, "/")
	b.wants("services", b.get("/services"), http.StatusOK, "")
	same(t, "notices", kinds(letters()), []mail.Kind{mail.PasswordChanged, mail.NewDevice})
	out := g.browser()
	out.wants("the old one", out.giveMail(passphrase, "/"), http.StatusUnprocessableEntity, "")
	out.wants("the new one", out.giveMail(newPassphrase, "/"), http.StatusSeeOther, "/sign-in/second")
}

func TestAskingForALinkAnswersTheSameForEveryAddress(t *testing.T) {
	t.Parallel()
	g := protected(t, canMail)
	letters := posting(g)
	g.browser().createStructure()
	asked := func(address string) string {
		b := g.browser()
		b.get("/sign-in/lost")
		page := b.post("/sign-in/lost", "mail", address)
		b.wants(address, page, http.StatusOK, "")
		return strings.ReplaceAll(strings.ReplaceAll(page.Body, address, "ADDRESS"), b.csrf, "TOKEN")
	}
	known := asked("camille@vallombreuse.example")
	same(t, "answer", asked("personne@vallombreuse.example"), known)
	for range 4 {
		same(t, "answer, once enough was sent", asked("camille@vallombreuse.example"), known)
	}
	same(t, "letters", len(letters()), 3)
	b := g.browser()
	b.get("/sign-in/lost")
	wrong := b.post("/sign-in/lost", "mail", "camille")
	b.wants("no address", wrong, http.StatusUnprocessableEntity, "")
	same(t, "kept", value(wrong, "mail"), "camille")
}

func TestWithoutAMailServerALostPasswordIsForTheAdministrator(t *testing.T) {
	t.Parallel()
	b := protected(t).browser()
	page := b.get("/sign-in/lost")
	b.shows("page", page, "Ce portail ne sait pas envoyer de courriel. Demandez à l’administrateur")
	b.hides("page", page, `name="mail"`)
	b.wants("posting", b.post("/sign-in/lost", "mail", "camille@vallombreuse.example"), http.StatusNotFound, "")
	b.wants("a link", b.get("/sign-in/recover/xxxx"), http.StatusNotFound, "")
}

func TestABrowserThatWaitedTooLongAsksForANewLink(t *testing.T) {
	t.Parallel()
	g := newGarant(t, canMail)
	letters := posting(g)
	g.browser().createStructure()
	b := g.browser()
	b.get("/sign-in/lost")
	b.post("/sign-in/lost", "mail", "camille@vallombreuse.example")
	path := strings.TrimPrefix(letters()[0].Link, "https://garant.example")
	b.get(path)
	b.wants("the button", b.post(path), http.StatusSeeOther, "/sign-in/password")
	b.get("/sign-in/password")
	b.now = b.now.Add(11 * time.Minute)
	b.wants("too late", b.post("/sign-in/password", "password", newPassphrase), http.StatusSeeOther, "/sign-in/lost")
	b.shows("lost", b.get("/sign-in/lost"), "Trop de temps s’est écoulé")
}
