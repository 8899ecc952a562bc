package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// setUp makes the first structure, and signs its administrator in.
func (b *browser) setUp() {
	b.t.Helper()
	b.get(b.link)
	b.wants("setting up", b.post(b.link, "structure", "Hôpital d'Essai", "region", "Région d'Essai", "name", "Ada Essai", "mail", "ada@essai.example", "password", phrase), http.StatusSeeOther, "/services")
}

const phrase = "Quatre mots pour entrer ici"

var shownLink = regexp.MustCompile(`<code[^>]*>https://garant\.example(/invitations/[^<]+)</code>`)

// link is the path of the invitation that a page shows to be passed on.
func link(t *testing.T, page answer) string {
	t.Helper()
	found := shownLink.FindStringSubmatch(page.Body)
	if found == nil {
		t.Fatalf("no link in %s", text(page.Body))
	}
	return html.UnescapeString(found[1])
}

func TestSomebodyIsInvitedJoinsChangesRoleAndLeaves(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	ada, bob := g.browser(), g.browser()
	ada.setUp()
	page := ada.get("/people")
	ada.shows("the people", page, "Personnes et rôles", "Ada Essai vous", "ada@essai.example", "Seule personne à administrer", "Ce que permet chaque rôle", "Inviter, changer un rôle, retirer un accès")
	wrong := ada.post("/people/invite", "mail", "pas une adresse", "role", "referent")
	ada.wants("what is wrong", wrong, http.StatusUnprocessableEntity, "")
	ada.shows("what is wrong", wrong, "Choisissez un rôle de la liste")
	same(t, "kept", value(wrong, "mail"), "pas une adresse")
	invited := ada.post("/people/invite", "mail", "bob@essai.example", "name", "Bob <b>", "role", "buyer")
	ada.wants("invited", invited, http.StatusOK, "")
	ada.shows("invited", invited, "Lien à transmettre vous-même", "bob@essai.example", "valable jusqu’au 22 janvier 2027")
	at := link(t, invited)
	_, err := g.events.RunOnce(t.Context())
	must(t, err)
	ada.shows("who has no name yet", ada.get("/journal"), "Ada Essai a invité quelqu’un.")

	guest := bob.get(at)
	bob.shows("the invitation", guest, "Rejoindre Hôpital d", "Ada Essai vous invite, avec le rôle : acheteur.", "bob@essai.example")
	short := bob.post(at, "name", "", "password", "court")
	bob.wants("too short", short, http.StatusUnprocessableEntity, "")
	bob.wants("joined", bob.post(at, "name", "Bob Essai", "password", phrase), http.StatusSeeOther, "/")
	bob.wants("at home", bob.get("/"), http.StatusSeeOther, "/services")
	bob.wants("the link again", bob.get(at), http.StatusNotFound, "")
	page = bob.get("/people")
	bob.shows("bob's view", page, "Bob Essai vous", "demandez à une personne qui administre")
	bob.wants("inviting is not his", bob.post("/people/invite", "mail", "eve@essai.example", "role", "administrator"), http.StatusForbidden, "")
	person := regexp.MustCompile(`href="/people/([0-9a-v]{26})/remove"`).FindStringSubmatch(page.Body)[1]
	bob.wants("nor changing a role", bob.post("/people/"+person+"/role", "role", "administrator"), http.StatusForbidden, "")

	_, err = g.events.RunOnce(t.Context())
	must(t, err)
	ada.shows("the journal of who is there", ada.get("/journal"), "Ada Essai a invité Bob Essai.")
	ada.get("/people")
	ada.wants("a role changes", ada.post("/people/"+person+"/role", "role", "dpo"), http.StatusSeeOther, "/people")
	bob.wants("the session ends", bob.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
	ada.shows("asked first", ada.get("/people/"+person+"/remove"), "Retirer l’accès de Bob Essai ?")
	ada.wants("removed", ada.post("/people/"+person+"/remove"), http.StatusSeeOther, "/people")
	ada.hides("removed", ada.get("/people"), "bob@essai.example")
	bob.get("/sign-in")
	bob.wants("no way back", bob.post("/sign-in", "mail", "bob@essai.example", "password", phrase), http.StatusUnprocessableEntity, "")
}

func TestInvitationsAreSentAgainAndWithdrawn(t *testing.T) {
	t.Parallel()
	g := newGarant(t, func(p *Parts) { p.Options.Mail = true })
	ada := g.browser()
	ada.setUp()
	ada.get("/people")
	for range 2 {
		ada.wants("invited", ada.post("/people/invite", "mail", "bob@essai.example", "role", "reader"), http.StatusSeeOther, "/people")
	}
	page := ada.get("/people")
	ada.shows("said once", page, "L’invitation est partie par courrier")
	same(t, "invitations", strings.Count(page.Body, ">bob@essai.example<"), 1)
	id := regexp.MustCompile(`/people/invitations/([0-9a-f]{64})/withdraw`).FindStringSubmatch(page.Body)[1]
	ada.wants("withdrawn", ada.post("/people/invitations/"+id+"/withdraw"), http.StatusSeeOther, "/people")
	ada.wants("withdrawn again", ada.post("/people/invitations/"+id+"/withdraw"), http.StatusSeeOther, "/people")
	ada.hides("withdrawn", ada.get("/people"), ">bob@essai.example<")
}

func TestARegionIsSetUpAndItsPeopleMoveBetweenTheirPlaces(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	ada := g.browser()
	ada.setUp()
	places := ada.get("/places")
	ada.shows("places", places, "Hôpital d", "structure · administrateur", "vous y êtes", "Région d", "région · administrateur de la région")
	region := regexp.MustCompile(`name="place" value="(r[0-9a-v]{26})"`).FindStringSubmatch(places.Body)[1]
	name := g.cookieName("session")
	before := ada.cookies[name].Value
	ada.wants("moved", ada.post("/places", "place", region), http.StatusSeeOther, "/")
	if ada.cookies[name].Value == before {
		t.Error("the token did not change")
	}
	ada.wants("at home", ada.get("/"), http.StatusSeeOther, "/region")
	page := ada.get("/region")
	ada.shows("the region", page, "Région d", "Hôpital d", "ne partage rien")
	ada.wants("a structure's pages", ada.get("/services"), http.StatusNotFound, "")
	added := ada.post("/region/structures", "structure", "EHPAD d'Essai", "mail", "cleo@essai.example", "person", "Cléo Essai")
	ada.shows("added", added, "EHPAD d", "Lien à transmettre vous-même")
	at := link(t, added)
	ada.wants("twice", ada.post("/region/structures", "structure", "ehpad d'essai", "mail", "cleo@essai.example"), http.StatusUnprocessableEntity, "")
	ada.shows("its trail", ada.get("/region"), "Journal lecture et vérification", "Courrier")
	_, err := g.events.RunOnce(t.Context())
	must(t, err)
	ada.shows("its journal", ada.get("/journal"), "Région Journal", "a créé la région")
	ada.wants("renamed", ada.post("/region", "region", "Pays d'Essai"), http.StatusSeeOther, "/region")
	ada.shows("renamed", ada.get("/region"), "Pays d")
	ada.shows("its people", ada.get("/people"), "administrateur de la région", "Voir les structures de la région")

	cleo := g.browser()
	cleo.get(at)
	cleo.wants("joined", cleo.post(at, "name", "Cléo Essai", "password", phrase), http.StatusSeeOther, "/")
	cleo.shows("her structure", cleo.get("/people"), "EHPAD d", "Seule personne à administrer")
	cleo.wants("the region is not hers", cleo.get("/region"), http.StatusNotFound, "")
	cleo.wants("nor is the first structure", cleo.post("/places", "place", "s"+strings.TrimPrefix(region, "r")), http.StatusNotFound, "")
}

func TestWhoHasAnAccountAcceptsWithIt(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	ada := g.browser()
	ada.setUp()
	region := regexp.MustCompile(`name="place" value="(r[0-9a-v]{26})"`).FindStringSubmatch(ada.get("/places").Body)[1]
	ada.post("/places", "place", region)
	ada.get("/region")
	at := link(t, ada.post("/region/structures", "structure", "Clinique d'Essai", "mail", "ada@essai.example"))
	stranger := g.browser()
	stranger.shows("an account is there", stranger.get(at), "Vous avez déjà un compte Garant")
	stranger.wants("not its password", stranger.post(at, "password", "autre chose que cela"), http.StatusUnprocessableEntity, "")
	ada.shows("signed in", ada.get(at), "Vous êtes connecté avec ada@essai.example")
	ada.wants("accepted", ada.post(at), http.StatusSeeOther, "/")
	ada.shows("moved there", ada.get("/people"), "Clinique d")
	ada.shows("three places", ada.get("/places"), "Hôpital d", "Région d", "Clinique d")
}

func TestARegionLocksAClauseForItsStructures(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	b := g.browser()
	b.lookAround()
	places := b.get("/places").Body
	region := regexp.MustCompile(`name="place" value="(r[0-9a-v]{26})"`).FindStringSubmatch(places)[1]
	b.post("/places", "place", region)
	b.shows("nothing yet", b.get("/library/ours"), "La région suit les modèles")
	form := b.get("/library/ours/PAT-02")
	b.shows("the form", form, "Verrouiller cette clause")
	typed := map[string]string{"title.fr": "Les délais de la région"}
	b.wants("saved", b.post("/library/ours/PAT-02", append(wording(form, typed), "locked", "on", "go", "save")...), http.StatusSeeOther, "/library/ours/PAT-02")
	home := regexp.MustCompile(`name="place" value="(s[0-9a-v]{26})"`).FindStringSubmatch(b.get("/places").Body)[1]
	b.post("/places", "place", home)
	form = b.get("/library/ours/PAT-02")
	b.shows("in the structure", form, "Votre région a verrouillé cette clause", "Les délais de la région")
	b.hides("a structure locks nothing", form, "Verrouiller cette clause")
	refused := b.post("/library/ours/PAT-02", append(wording(form, map[string]string{"title.fr": "Nos délais"}), "go", "save")...)
	b.wants("other words", refused, http.StatusUnprocessableEntity, "")
	service := regexp.MustCompile(`href="(/services/[a-z0-9]{26})"`).FindStringSubmatch(b.get("/services").Body)[1]
	b.shows("the builder", b.get(service+"/annex?family=PAT"), "Les délais de la région", "texte de la région")
}

func TestALostSecondProofIsResetFromThePagesAndSetUpAnew(t *testing.T) {
	t.Parallel()
	g := protected(t)
	ada, bob := g.browser(), g.browser()
	ada.setUp()
	ada.get("/people")
	at := link(t, ada.post("/people/invite", "mail", "bob@essai.example", "role", "buyer"))
	bob.get(at)
	bob.wants("joined", bob.post(at, "name", "Bob Essai", "password", phrase), http.StatusSeeOther, "/")
	bob.enrol()
	page := ada.get("/people")
	ada.shows("on the page", page, "Téléphone ou clé perdus ?")
	path := regexp.MustCompile(`href="(/people/[0-9a-v]{26}/reset)"`).FindStringSubmatch(page.Body)[1]
	bob.wants("not by a buyer", bob.get(path), http.StatusForbidden, "")
	g.now = g.now.Add(11 * time.Minute)
	ada.wants("an old proof", ada.get(path), http.StatusSeeOther, "/account/confirm?next="+url.QueryEscape(path))
	ada.get("/account/confirm")
	ada.wants("proved anew", ada.post("/account/confirm", "with", "password", "password", phrase, "next", path), http.StatusSeeOther, path)
	ada.shows("the question", ada.get(path), "Réinitialiser la deuxième preuve de Bob Essai ?", "de vive voix", "Un courriel prévient bob@essai.example")
	ada.wants("reset", ada.post(path), http.StatusSeeOther, "/people")
	ada.shows("said", ada.get("/people"), "cette personne préparera une nouvelle preuve")
	ada.wants("nothing left to reset", ada.get(path), http.StatusConflict, "")

	bob.wants("signed out", bob.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
	bob.get("/sign-in")
	bob.wants("a new one first", bob.post("/sign-in", "mail", "bob@essai.example", "password", phrase), http.StatusSeeOther, "/account/second-factor")
	bob.shows("why", bob.get("/account/second-factor"), "Votre deuxième preuve a été réinitialisée")
	bob.enrol()
	bob.wants("at work", bob.get("/services"), http.StatusOK, "")
}

func TestAStructureOpensSupportForAWhileAndSeesIt(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	ada, alix := g.browser(), g.browser()
	ada.setUp()
	ada.shows("on the page", ada.get("/people"), "Assistance", "Vous seul en décidez")
	ada.shows("the form", ada.get("/people/support"), "Ouvrir un accès d’assistance", "ne verra aucun lien secret")
	wrong := ada.post("/people/support", "mail", "aide", "reason", "", "days", "365")
	ada.wants("what is wrong", wrong, http.StatusUnprocessableEntity, "")
	ada.shows("what is wrong", wrong, "pourquoi cet accès est ouvert", "Choisissez une durée de la liste")
	same(t, "kept", value(wrong, "mail"), "aide")
	shown := ada.post("/people/support", "mail", "aide@editeur.example", "reason", "Une annexe ne s’ouvre plus", "days", "2")
	ada.shows("waiting", shown, "Lien à transmettre vous-même", "motif : Une annexe ne s’ouvre plus", "jusqu’au 17 janvier 2027 à 9 h")
	ada.hides("not open yet", shown, "Un accès d’assistance est ouvert")
	at := link(t, shown)
	alix.get(at)
	alix.wants("joined", alix.post(at, "name", "Alix Aide", "password", phrase), http.StatusSeeOther, "/")
	alix.shows("what it may", alix.get("/services"), "Vous êtes ici pour aider, jusqu’au 17 janvier 2027 à 9 h")
	mail := alix.get("/mail")
	alix.wants("letters", mail, http.StatusOK, "")
	alix.hides("letters", mail, "Copier le lien", "/send")
	alix.wants("no secret link", alix.post("/mail/x/link"), http.StatusForbidden, "")
	ada.shows("the banner", ada.get("/services"), "Un accès d’assistance est ouvert jusqu’au 17 janvier 2027 à 9 h")
	_, err := g.events.RunOnce(t.Context())
	must(t, err)
	ada.shows("the journal", ada.get("/journal"), "Ada Essai a consenti à un accès d’assistance pour Alix Aide.")

	g.now = g.now.Add(48 * time.Hour)
	alix.wants("over", alix.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
	_, err = g.events.RunOnce(t.Context())
	must(t, err)
	ada.get("/sign-in")
	ada.wants("back", ada.post("/sign-in", "mail", "ada@essai.example", "password", phrase), http.StatusSeeOther, "/")
	ada.shows("the journal", ada.get("/journal"), "Garant lui-même a mis fin à l’accès d’assistance (Alix Aide).")
	ada.hides("no banner", ada.get("/services"), "Un accès d’assistance")
}

func TestChangingWhoMayWhatAsksForAProofAnewAndLosesNothing(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	ada := g.browser()
	ada.setUp()
	ada.get("/people")
	g.now = g.now.Add(11 * time.Minute)
	asked := ada.post("/people/invite", "mail", "bob@essai.example", "name", "Bob", "role", "dpo")
	ada.wants("an old proof", asked, http.StatusSeeOther, asked.Location)
	ada.wants("asked for anew", ada.get(asked.Location), http.StatusOK, "")
	back := ada.post("/account/confirm", "with", "password", "password", phrase, "next", regexp.MustCompile(`name="next" value="([^"]+)"`).FindStringSubmatch(html.UnescapeString(ada.get(asked.Location).Body))[1])
	ada.wants("proved", back, http.StatusSeeOther, back.Location)
	page := ada.get(strings.TrimSuffix(back.Location, "#invite"))
	same(t, "what was typed", []string{value(page, "mail"), value(page, "name")}, []string{"bob@essai.example", "Bob"})
	if !regexp.MustCompile(`value="dpo"[^>]*checked`).MatchString(page.Body) {
		t.Error("the role is lost")
	}
	ada.wants("invited", ada.post("/people/invite", "mail", "bob@essai.example", "role", "dpo"), http.StatusOK, "")
	g.now = g.now.Add(11 * time.Minute)
	ada.wants("the whole journal", ada.get("/journal/export.csv?act=people.invited"), http.StatusSeeOther, "/account/confirm?next=%2Fjournal%2Fexport.csv%3Fact%3Dpeople.invited")
}
