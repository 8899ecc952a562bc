package web

import (
	"net/http"
	netmail "net/mail"
	"slices"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
)

const invitationLink = "https://garant.example/invitation/0123456789"

// keep keeps a letter of the structure under an id.
func (b *browser) keep(id string, kind mail.Kind, to, link string) {
	b.t.Helper()
	must(b.t, b.Letters.Keep(b.t.Context(), b.actor().Tenant(), id, mail.Message{
		Kind: kind, Structure: "Vallombreuse", By: "Camille", To: mail.Address{Name: "Dominique Exemple", Mail: to}, Link: link, Until: b.now.Add(72 * time.Hour), When: b.now, Head: "0a1b",
	}))
}

// done lists the acts on letters, in the order of the journal.
func (b *browser) done() []string {
	b.t.Helper()
	b.deliver()
	var kinds []string
	must(b.t, b.Journal.Each(b.t.Context(), b.actor().Tenant(), journal.Filter{}, func(e *journal.Entry) error {
		if slices.Contains(letterActs(), e.Kind) {
			kinds = append(kinds, e.Kind+" "+e.Object)
		}
		return nil
	}))
	return kinds
}

func TestWithoutAMailServerLettersWaitWithTheirLinkToCopy(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	b.shows("without letters", b.get("/mail"), "Aucun message", "Aucun serveur de courrier n’est réglé")
	b.keep("one", mail.Invitation, "dominique@essais.example", invitationLink)
	b.keep("two", mail.Recovery, "dominique@essais.example", "https://garant.example/recovery/secret")
	page := b.get("/mail")
	b.shows("the letters", page, "Invitation à Dominique Exemple <dominique@essais.example>", "à transmettre vous-même", "Copiez le lien et transmettez-le", "Afficher le lien", "il n’est montré à personne d’autre")
	b.hides("the letters", page, invitationLink, "secret", "/mail/two/link", "/mail/one/send")

	shown := b.post("/mail/one/link")
	b.wants("the link", shown, http.StatusOK, "")
	same(t, "link", value(shown, "link"), invitationLink)
	b.shows("the link", shown, "Copier le lien")
	personal := b.post("/mail/two/link")
	b.wants("a link of recovery", personal, http.StatusForbidden, "")
	b.hides("a link of recovery", personal, "secret")
	b.wants("sending without a server", b.post("/mail/one/send"), http.StatusConflict, "")

	b.shows("asked first", b.get("/mail/one/drop"), "Retirer ce message ?", "Dominique Exemple")
	b.wants("dropped", b.post("/mail/one/drop"), http.StatusSeeOther, "/mail")
	b.shows("dropped", b.get("/mail?state=dropped"), "Le message est retiré.", "Quelqu’un l’a retiré")
	b.wants("dropped once", b.post("/mail/one/drop"), http.StatusConflict, "")
	b.wants("the link of a dropped letter", b.post("/mail/one/link"), http.StatusNotFound, "")
	b.wants("no such letter", b.post("/mail/none/drop"), http.StatusNotFound, "")
	b.wants("no such state", b.get("/mail?state=lost"), http.StatusNotFound, "")
	same(t, "acts", b.done(), []string{"letter.link-shown letters/one", "letter.dropped letters/one"})
	b.language = "en"
	b.shows("in English", b.get("/mail"), "No mail server is set", "Invitation to Dominique Exemple")
}

func TestALetterIsSentAgain(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	server, err := mail.ParseServer("smtps://garant@mail.example:465")
	must(t, err)
	post := mail.Options{Server: server, From: &netmail.Address{Address: "garant@essais.example"}}
	*b.Letters = *mail.New(b.engine, b.Words, post, b.Log, b.Now) // in its place: routes know it
	b.lookAround()
	b.keep("one", mail.Invitation, "Dominique", invitationLink)
	b.keep("two", mail.Invitation, "dominique@essais.example", invitationLink)
	page := b.get("/mail")
	b.shows("the letters", page, "refusé", "L’adresse du destinataire est refusée", "en attente", "Il attend son tour")
	b.hides("the letters", page, "/mail/one/send")
	b.wants("sent again", b.post("/mail/two/send"), http.StatusSeeOther, "/mail")
	b.shows("sent again", b.get("/mail?state=waiting"), "Le message est remis en route.")
	same(t, "acts", b.done(), []string{"letter.sent-again letters/two"})
}

func TestLettersAreForAdministrators(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.wants("nobody", b.get("/mail"), http.StatusSeeOther, "/sign-in?next=%2Fmail")
	for _, role := range identity.StructureRoles() {
		same(t, string(role), identity.Can(identity.Actor{Structure: "s", Role: role}, identity.ReadMail, "s"), role == identity.Administrator)
	}
}
