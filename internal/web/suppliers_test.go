package web

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/identity"
)

var shownProviderLink = regexp.MustCompile(`<code[^>]*>https://garant\.example(/provider/[^<]+)</code>`)

// providerLink is the path of a provider's link that a page shows to be passed on.
func providerLink(t *testing.T, page answer) string {
	t.Helper()
	found := shownProviderLink.FindStringSubmatch(page.Body)
	if found == nil {
		t.Fatalf("no link in %s", text(page.Body))
	}
	return html.UnescapeString(found[1])
}

// settled lets events be delivered.
func (g *garant) settled() {
	g.t.Helper()
	_, err := g.events.RunOnce(g.t.Context())
	must(g.t, err)
}

func TestAProviderComesInByALinkAndLetsAColleagueIn(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	ada, max, ida := g.browser(), g.browser(), g.browser()
	ada.setUp()
	ada.get("/suppliers/new")
	made := ada.post("/suppliers/new", "supplier.name", "Logi <b>med", "supplier.siren", "100 000 017")
	ada.wants("a supplier", made, http.StatusSeeOther, made.Location)
	page := ada.get(made.Location)
	ada.shows("its page", page, "Logi <b>med", "SIREN 100 000 017", "Personne encore", "Aucune prestation de votre structure")
	wrong := ada.post(made.Location+"/contacts", "name", "", "mail", "max")
	ada.wants("what is wrong", wrong, http.StatusUnprocessableEntity, "")
	ada.shows("what is wrong", wrong, "Donnez le nom de cette personne", "adresse électronique complète")
	same(t, "kept", value(wrong, "mail"), "max")
	added := ada.post(made.Location+"/contacts", "name", "Max Essai", "mail", "max@logimed.example", "position", "Responsable de la sécurité")
	ada.shows("named", added, "Lien à transmettre vous-même", "Max Essai", "lien valable jusqu’au 22 janvier 2027")
	at := providerLink(t, added)
	ada.hides("the link is shown once", ada.get(made.Location), at)

	home := at[:len("/provider/")+26]
	for range 2 { // a mail scanner follows links
		max.shows("the link", max.get(at), "Espace du prestataire Logi <b>med", "Max Essai, Hôpital d'Essai vous ouvre", "Ouvrir l’espace")
	}
	max.wants("nothing is open yet", max.post(home+"/colleagues", "name", "Ida", "mail", "ida@logimed.example"), http.StatusSeeOther, home)
	max.get(at)
	max.wants("in", max.post(at), http.StatusSeeOther, home)
	page = max.get(home)
	max.shows("the space", page, "Rien n’est attendu de vous", "Max Essai", "vous", "Logi <b>med", "100 000 017", "Faire entrer un collègue")
	max.wants("the link again", max.post(at), http.StatusSeeOther, at)
	max.shows("the link again", max.get(at), "a déjà servi", "Recevoir un nouveau lien")
	max.get(home)
	max.wants("in English", max.post(home+"/language", "language", "en", "back", home), http.StatusSeeOther, home)
	max.shows("in English", max.get(home), "Nothing is expected of you")
	max.post(home+"/language", "language", "fr", "back", home)
	max.get(home)
	invited := max.post(home+"/colleagues", "name", "Ida Essai", "mail", "ida@logimed.example")
	max.shows("a colleague", invited, "Ida Essai", "collègue")
	idas := providerLink(t, invited)
	ida.get(idas)
	ida.wants("the colleague is in", ida.post(idas), http.StatusSeeOther, home)
	page = ida.get(home)
	ida.shows("the colleague's view", page, "Ida Essai", "Max Essai", "Quitter")
	ida.hides("the colleague's view", page, "Faire entrer un collègue")

	g.settled()
	person := regexp.MustCompile(`/colleagues/([0-9a-v]{26})/remove" data-dialog="[^"]+" aria-label="Retirer`).FindStringSubmatch(max.get(home).Body)[1]
	max.shows("asked first", max.get(home+"/colleagues/"+person+"/remove"), "Retirer l’accès de Ida Essai")
	max.wants("removed", max.post(home+"/colleagues/"+person+"/remove"), http.StatusSeeOther, home)
	ida.shows("out at once", ida.get(home), "Entrer dans l’espace de votre entreprise")

	// Renewed on demand, with the link that was used.
	max.wants("left", max.post(home+"/leave"), http.StatusSeeOther, home)
	max.shows("out", max.get(home), "Entrer dans l’espace de votre entreprise")
	max.get(at)
	max.shows("a new link", max.post(at+"/renew"), "Regardez votre courrier")
	max.shows("the old link", max.get(at), "n’ouvre plus rien")
	for _, address := range []string{"max@logimed.example", "nobody@logimed.example"} {
		max.get(home)
		max.shows("asked by address", max.post(home+"/links", "mail", address), "Si cette adresse est connue")
	}
	wrong = max.post(home+"/links", "mail", "max")
	max.wants("no address", wrong, http.StatusUnprocessableEntity, "")
	g.settled()
	contact := regexp.MustCompile(`/contacts/([0-9a-v]{26})/link"`).FindStringSubmatch(ada.get(made.Location).Body)[1]
	again := ada.post(made.Location + "/contacts/" + contact + "/link")
	ada.shows("sent again", again, "Lien à transmettre vous-même", "venu le 15 janvier 2027")
	ada.get(made.Location + "/contacts/" + contact + "/remove")
	ada.wants("ended", ada.post(made.Location+"/contacts/"+contact+"/remove"), http.StatusSeeOther, made.Location)
	max.get(home)
	max.wants("a link of somebody whose access ended", max.get(providerLink(t, again)), http.StatusNotFound, "")
}

func TestAReferentFindsMergesAndSeesWhatIsShared(t *testing.T) {
	t.Parallel()
	g, browsers, _ := cast(t)
	admin, referent := browsers[identity.Administrator], browsers[identity.Referent]
	g.settled()
	page := referent.get("/suppliers?q=100000017")
	referent.shows("by SIREN", page, "Nébuleuse", "100 000 017")
	one := regexp.MustCompile(`href="(/suppliers/[a-z0-9]{26})"`).FindStringSubmatch(page.Body)[1]
	referent.shows("nothing is shared", referent.get(one), "Aucune structure ne partage")
	referent.shows("nothing is shared", referent.get("/region/services"), "Rien de partagé")

	form := admin.get("/settings")
	admin.wants("shared", admin.post("/settings", "version", value(form, "version"), "name", value(form, "name"), "sharing", "summary"), http.StatusSeeOther, "/settings")
	g.settled()
	page = referent.get("/region/services")
	referent.shows("shared", page, "Nébuleuse", "critique")
	referent.hides("a summary", page, "Cadrage")
	referent.shows("what depends on it", referent.get(one), "Ce qui en dépend")
	referent.shows("of one structure", referent.get(regexp.MustCompile(`/region/services\?structure=[a-z0-9]{26}`).FindString(referent.get("/region").Body)), "Prestations partagées par")

	referent.get("/suppliers/new")
	asked := referent.post("/suppliers/new", "supplier.name", "Nebuleuse")
	referent.wants("one record a supplier", asked, http.StatusUnprocessableEntity, "")
	referent.shows("one record a supplier", asked, "Est-ce l’un de ceux-ci")
	twin := referent.post("/suppliers/new", "supplier.name", "Nebuleuse", "known", "yes")
	referent.wants("another one", twin, http.StatusSeeOther, twin.Location)
	page = referent.get(twin.Location + "/merge")
	with := strings.TrimPrefix(one, "/suppliers/")
	referent.shows("which other", page, "Quelle autre fiche", "SIREN 100 000 017")
	page = referent.get(twin.Location + "/merge?with=" + with)
	referent.shows("which one stays", page, "La fiche qui reste", "Cela ne se défait pas")
	unsaid := referent.post(twin.Location+"/merge", "with", with)
	referent.wants("which one stays is not said", unsaid, http.StatusUnprocessableEntity, "")
	referent.shows("which one stays is not said", unsaid, "Choisissez la fiche qui reste La fiche qui reste")
	g.now = g.now.Add(time.Minute)
	referent.wants("merged", referent.post(twin.Location+"/merge", "with", with, "kept", with), http.StatusSeeOther, one)
	g.settled()
	referent.wants("the address of the other leads there", referent.get(twin.Location), http.StatusSeeOther, one)
	referent.shows("the trace", referent.get(one), "A pris la place de la fiche « Nebuleuse »", "15 janvier 2027")
	region := browsers[identity.RegionAdministrator]
	region.shows("the journal", region.get("/journal"), "a réuni la fiche de Nebuleuse avec une autre", "La fiche de Nébuleuse")

	edit := referent.get(one + "/edit")
	referent.shows("the record", edit, "Corriger la fiche")
	referent.wants("corrected", referent.post(one+"/edit", "version", value(edit, "version"), "supplier.name", "Nébuleuse Santé"), http.StatusSeeOther, one)
	stale := referent.post(one+"/edit", "version", value(edit, "version"), "supplier.name", "Autre")
	referent.wants("an old revision", stale, http.StatusConflict, "")
	same(t, "kept", value(stale, "supplier.name"), "Autre")
	g.settled()
	admin.shows("services follow", admin.get("/services"), "Nébuleuse Santé")
}
