package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/supplier"
)

// shownService is what a visitor of the demonstration finds of a service.
type shownService struct {
	Title, Supplier string
	Tier            int
	Removed         []string
	Changed         []string
}

func TestTheDemonstrationShowsFiveServicesOfDifferentTiers(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	b := g.browser()
	b.lookAround()
	_, err := g.events.RunOnce(t.Context())
	must(t, err)
	who, err := g.People.Resume(t.Context(), identity.Token(b.cookies["garant-session"].Value))
	must(t, err)
	page, err := g.Directory.Services(t.Context(), who, "", "")
	must(t, err)
	var got []shownService
	for _, service := range page.Items {
		view, err := g.Annexes.View(t.Context(), who, service.ID, locale.French)
		must(t, err)
		shown := shownService{Title: service.Title, Supplier: service.SupplierName, Tier: int(service.Framing.Tier())}
		for _, removed := range view.Document.Removed {
			shown.Removed = append(shown.Removed, removed.ID+": "+spaces.ReplaceAllString(removed.Reason, " "))
		}
		for _, changed := range view.Document.Changed {
			shown.Changed = append(shown.Changed, changed.Label+": "+spaces.ReplaceAllString(changed.Chosen, " "))
		}
		got = append(got, shown)
	}
	same(t, "services, last changed first", got, []shownService{
		{Title: "Dossier patient en ligne", Supplier: "Nébuleuse Santé (fictif)", Tier: 1,
			Removed: []string{"GOV-07: La couverture est déjà exigée à l’acte d’engagement, pour un montant supérieur."},
			Changed: []string{"Correction d’une vulnérabilité critique: 10 jours", "Conservation des sauvegardes: 400 jours"}},
		{Title: "Portail de préadmission sur mesure", Supplier: "Atelier Modèle (fictif)", Tier: 2,
			Removed: []string{"GOV-06: Le code nous appartient et nous est remis à chaque livraison : le contrat règle déjà les droits d’usage."},
			Changed: []string{"Correction d’une vulnérabilité critique: 20 jours"}},
		{Title: "Télémaintenance du scanner d’imagerie", Supplier: "Imagerie Imaginaire (fictif)", Tier: 1},
		{Title: "Hébergement du site internet et de l’intranet", Supplier: "Nébuleuse Santé (fictif)", Tier: 2},
		{Title: "Schéma directeur du système d’information", Supplier: "Atelier Modèle (fictif)", Tier: 3},
	})
	shown := b.get("/services")
	b.shows("services", shown, "Vous visitez une structure fictive", "Dossier patient en ligne")

	link := g.browser()
	again := link.get(g.link)
	link.wants("the link, still valid", again, http.StatusOK, "")
	link.wants("a second visit", link.post(g.link+"/demo"), http.StatusSeeOther, "/services")
	page, err = g.Directory.Services(t.Context(), who, "", "")
	must(t, err)
	same(t, "services after a second visit", len(page.Items), 5)
}

func TestTheDemonstrationSpeaksTheVisitorsLanguageAndNamesNobody(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.language = "en"
	b.lookAround()
	b.shows("services", b.get("/services"), "Online patient record", "Nebula Health (made up)", "You are looking around a made-up institution")
	for _, given := range demoSuppliers() {
		if !supplier.ValidSIREN(given.siren) || !strings.HasPrefix(given.siren, "1000000") {
			t.Errorf("SIREN %s of %s", given.siren, given.key)
		}
	}
}
