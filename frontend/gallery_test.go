package frontend

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/locale"
)

// The gallery is every part on a few pages like real ones. It is written to a temporary folder, or to the folder named
// in GARANT_GALLERY to be looked at.

func galleryView(t *testing.T, l locale.Language) View {
	t.Helper()
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := catalogue.In(l)
	return View{
		Printer: p, Path: "/services/x", Nav: MainNav(p, "/services/x", false), Actor: "Camille Achats", Structure: "CH de Vallombreuse",
		CSRF: "token", Content: "2026.11", Version: "0.1.0",
	}
}

// within renders a component with children.
func within(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

func TestEveryPartRendersAsSoundHTML(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("GARANT_GALLERY")
	if folder == "" {
		folder = t.TempDir()
	}
	for _, l := range locale.Languages() {
		v := galleryView(t, l)
		for name, page := range gallery(v) {
			t.Run(string(l)+"/"+name, func(t *testing.T) {
				t.Parallel()
				var html bytes.Buffer
				if err := page.Render(t.Context(), &html); err != nil {
					t.Fatal(err)
				}
				for _, fault := range unsound(html.Bytes()) {
					t.Error(fault)
				}
				if err := os.WriteFile(filepath.Join(folder, name+"-"+string(l)+".html"), html.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

func gallery(v View) map[string]templ.Component {
	signedOut := v
	signedOut.Nav, signedOut.Actor, signedOut.Structure = nil, "", ""
	flashed := v
	flashed.Flashes = []Flash{
		{OK, "Le cadrage est enregistré."}, {Partial, "Une valeur sort des bornes conseillées."},
		{Bad, "Quelqu’un d’autre a modifié l’annexe."}, {Info, "Les clauses sont passées en version 2026.11."},
	}
	removal := Confirmation{
		ID: "remove", Page: "/remove", Action: "/remove", Title: "Retirer la clause PAT-02 ?", Button: "Retirer la clause", Danger: true, Cancel: "/back",
		Text:    "Elle ne figurera plus dans l’annexe. Le motif est gardé dans la fiche de choix.",
		Content: TextArea(v, Field{Name: "reason", Label: "Motif", Rows: 3}),
	}
	return map[string]templ.Component{
		"service": within(Layout(v, Page{
			Title: "Plateforme de télésuivi des insuffisants cardiaques", Tag: TierTag(v, 1),
			Crumbs:  []Link{{"Prestations", "/services"}, {"Logimed Télésuivi", ""}},
			Lead:    templ.Raw("Logimed Télésuivi SAS · marché 2026-TIC-0147 · du 1<sup>er</sup> janvier 2027 au 31 décembre 2030"),
			Actions: Btn(Button{Kind: Primary, Large: true, Label: "Relire et télécharger l’annexe", Href: "#"}),
		}), serviceBody(v)),
		"services": within(Layout(flashed, Page{
			Title: "Prestations", Lead: Text("38 prestations, 5 attendent une action"),
			Actions: Btn(Button{Kind: Primary, Large: true, Label: "Cadrer une prestation", Href: "#"}),
		}), servicesBody(v)),
		"empty": within(Layout(v, Page{Title: "Prestations"}), within(EmptyState(Empty{
			Title: "Aucune prestation pour l’instant", Text: "Cadrez la première : quatre courtes étapes, puis l’annexe de sécurité est prête à relire.",
			Action: Btn(Button{Kind: Primary, Large: true, Label: "Cadrer une prestation", Href: "#"}),
		}), Road(v, roadExample()))),
		"framing": within(Layout(v, Page{
			Title: "Cadrer une prestation", Crumbs: []Link{{"Prestations", "/services"}}, Lead: Text("Étape 2 sur 4 · Données et accès"),
		}), framingBody(v)),
		"annex": within(Layout(v, Page{
			Title: "Annexe de sécurité", Crumbs: []Link{{"Prestations", "/services"}, {"Télésuivi cardiaque", "/services/x"}},
			Lead:    templ.Join(Text("58 clauses retenues sur 99 · "), SaveState(v)),
			Actions: Btn(Button{Kind: Outline, Label: "Revoir le cadrage", Href: "#"}),
		}), annexBody(v, removal)),
		"sign-in":   within(Layout(signedOut, Page{Title: "Se connecter", Narrow: true}), signInBody(v)),
		"confirm":   ConfirmPage(v, Page{Title: removal.Title, Narrow: true}, removal),
		"not-found": TroublePage(v, Trouble{Status: 404}),
		"failed":    TroublePage(signedOut, Trouble{Status: 500, Incident: "7kq2-m4dx"}),
	}
}

func roadExample() []Step {
	return []Step{
		{"Cadrage", "fait le 12 novembre · critique", "#", Done}, {"Annexe", "brouillon · 58 clauses", "#", Now},
		{"Questionnaire", "à envoyer après l’annexe", "", Later}, {"Revue", "à la remise, le 15 janvier", "", Later},
		{"Réévaluation", "tous les 12 mois", "", Later},
	}
}

func serviceBody(v View) templ.Component {
	rows := templ.Raw(`<tr><th scope="row">PAT-02 Délais de correction</th><td class="end">10&nbsp;jours</td><td class="end">30&nbsp;jours</td><td><span class="tag bad">20 jours de trop</span></td></tr>
<tr><th scope="row">SAU-02 Perte de données admissible</th><td class="end">1&nbsp;heure</td><td class="end">24&nbsp;heures</td><td><span class="tag bad">23 heures de trop</span></td></tr>
<tr><th scope="row">CON-01 Disponibilité</th><td class="end">99,9&nbsp;%</td><td class="end">99,95&nbsp;%</td><td><span class="tag ok">conforme</span></td></tr>`)
	table := within(Table(TableHead{Caption: "Tenue des clauses par les réponses", HideCaption: true, Columns: []Column{
		{Title: "Clause", Href: "#", Order: "ascending"}, {Title: "Demandé", End: true}, {Title: "Répondu", End: true}, {Title: "État"},
	}}), rows)
	waiting := templ.Raw(`<div class="list-group"><a class="list-group-item list-group-item-action" href="#"><b>Délai de correctif critique : 30 jours annoncés, 10 demandés</b><div class="hint">Clause PAT-02 · non conforme de 20 jours · à négocier avant signature</div></a>
<a class="list-group-item list-group-item-action" href="#"><b>Certificat HDS : l’attestation expire dans 46 jours</b><div class="hint">Preuve de HDS-Q02 · demander le renouvellement au prestataire</div></a></div>`)
	facts := templ.Raw(`<dl class="facts"><dt>Disponibilité</dt><dd>4 · vital</dd><dt>Intégrité</dt><dd>3 · fort</dd><dt>Confidentialité</dt><dd>4 · vital</dd><dt>Traçabilité</dt><dd>3 · fort</dd></dl>`)
	tags := templ.Join(templ.Raw(`<div class="d-flex flex-wrap gap-2">`), Tag(OK, "23 conformes"), Tag(Partial, "9 partielles"), Tag(Bad, "4 non conformes"), Tag(Unknown, "22 sans réponse"), Tag(Why, "critique"), Tag(Plain, "socle"), TierMark(v, 2), templ.Raw(`</div>`))
	return templ.Join(
		Road(v, roadExample()),
		templ.Raw(`<div class="row g-4"><div class="col-lg-7">`),
		within(Card(CardHead{Title: "Ce qui attend une décision", Aside: Tag(Partial, "2"), Flush: true}), waiting),
		within(Card(CardHead{Title: "Tenue des clauses par les réponses", Flush: true}), table),
		templ.Raw(`</div><div class="col-lg-5">`),
		within(Card(CardHead{Title: "Besoins et impacts"}), facts, within(WhyBox("Pourquoi ce niveau ?"), Text("Gravité 4 × exposition 4 = 16 : données de santé hébergées, accès distant."))),
		within(Card(CardHead{Title: "États"}), tags, templ.Raw(`<div class="mt-3"></div>`), Progress(Advance{Label: "Avancement", Done: 41, Total: 96, Note: "41 sur 96 · environ 35 minutes"})),
		templ.Raw(`</div></div>`),
	)
}

func servicesBody(v View) templ.Component {
	row := templ.Join(
		templ.Raw(`<tr><th scope="row"><a href="#">Télésuivi cardiaque</a><div class="hint">Logimed Télésuivi</div></th><td>`), TierMark(v, 1), templ.Raw(`</td><td>Annexe · 58 clauses</td><td class="end">31 déc. 2030</td><td><a href="#">Relire l’annexe</a></td></tr>`),
		templ.Raw(`<tr><th scope="row"><a href="#">Gestion des plannings</a><div class="hint">Planif’Équipes</div></th><td>`), TierMark(v, 3), templ.Raw(`</td><td>Cadrage</td><td class="end">20 juin 2029</td><td><a href="#">Terminer le cadrage</a></td></tr>`),
		templ.Raw(`<tr><th scope="row"><a href="#">Archivage des images</a><div class="hint">Imagerie Atlantique</div></th><td>`), TierMark(v, 2), templ.Raw(`</td><td>Annexe signée</td><td class="end">3 mars 2028</td><td><span class="hint">rien à faire</span></td></tr>`),
	)
	return templ.Join(
		within(Card(CardHead{Flush: true}), within(Table(TableHead{Caption: "Prestations", HideCaption: true, Columns: []Column{
			{Title: "Prestation", Href: "#", Order: "ascending"}, {Title: "Niveau", Href: "#"}, {Title: "Où elle en est"}, {Title: "Fin du contrat", Href: "#", End: true}, {Title: "Prochaine étape"},
		}}), row)),
		Pager(v, PageLinks{Next: "#", Previous: "#", Shown: "1 à 50"}),
	)
}

func framingBody(v View) templ.Component {
	errs := Errors{{"data", "Choisissez ce que le prestataire verra comme données."}, {"notice", "Écrivez un nombre de mois, par exemple 3."}}
	form := templ.Join(
		ErrorSummary(v, errs),
		ChoiceField(v, Field{Name: "data", Label: "Quelles données le prestataire traite-t-il ?", Error: errs.At("data"), Help: "La donnée la plus sensible l’emporte, même s’il n’y a accès qu’en dépannage.", Value: "health", Options: []Option{
			{"none", "Aucune", "Il ne voit ni ne garde aucune donnée de l’établissement."},
			{"personal", "Données personnelles", "Agents, fournisseurs, visiteurs."},
			{"health", "Données de santé", "Tout ce qui concerne l’état d’une personne soignée, même un rendez-vous."},
		}}),
		ChoiceField(v, Field{Name: "access", Label: "Quel accès a-t-il à vos systèmes ?", Across: true, Value: "remote", Options: []Option{
			{"none", "Aucun", ""}, {"on-site", "Sur place", ""}, {"remote", "À distance", ""}, {"privileged", "À distance, avec privilèges", ""},
		}}),
		ChecksField(v, Field{Name: "flags", Label: "Cas particuliers", Optional: true, Values: []string{"hds"}, Options: []Option{
			{"hds", "Il héberge les données de santé", "Un certificat HDS est alors exigé par la loi."}, {"ai", "La prestation emploie de l’intelligence artificielle", ""},
		}}),
		templ.Raw(`<div class="field-row">`),
		TextField(v, Field{Name: "market", Label: "Numéro de marché", Optional: true, Value: "2026-TIC-0147"}),
		DateField(v, Field{Name: "start", Label: "Début", Value: "2027-01-01"}),
		NumberField(v, Field{Name: "notice", Label: "Préavis", Unit: "mois", Value: "trois", Error: errs.At("notice")}),
		SelectField(v, Field{Name: "type", Label: "Nature", Value: "saas", Options: []Option{{Value: "saas", Label: "Logiciel en ligne"}, {Value: "hosting", Label: "Hébergement"}}}),
		templ.Raw(`</div>`),
		TextArea(v, Field{Name: "context", Label: "Contexte", Optional: true, Help: "En deux phrases : qui s’en sert, pour quoi."}),
		FileField(v, Field{Name: "template", Label: "Modèle Word de votre établissement", Optional: true, Accept: ".docx"}),
		CheckField(v, Field{Name: "all", Label: "Voir aussi les clauses non recommandées", Optional: true, Value: "on"}),
	)
	tier := within(Card(CardHead{Title: "Niveau de la prestation"}), templ.Raw(`<p>`), TierTag(v, 1), templ.Raw(`</p><p class="hint">Gravité 4 × exposition 4 = 16 : données de santé hébergées, accès à distance. 58 clauses seront proposées.</p>`))
	return templ.Join(
		Steps(v, "Étapes du cadrage", []Step{{Title: "Prestataire et contrat", Href: "#", State: Done}, {Title: "Données et accès", State: Now}, {Title: "Besoins", State: Later}, {Title: "Impacts", State: Later}}),
		templ.Raw(`<form method="post" data-guard><div class="row g-4"><div class="col-lg-8">`), CSRF(v),
		within(Card(CardHead{}), form), templ.Raw(`</div><div class="col-lg-4">`), tier, templ.Raw(`</div></div>`),
		within(StickyBar(), Btn(Button{Kind: Primary, Label: "Continuer"}), Btn(Button{Kind: Outline, Label: "Revenir", Name: "back", Value: "1", Class: "wide-only"}), templ.Raw(`<span class="hint wide-only">Il reste deux étapes, environ trois minutes.</span>`)),
		templ.Raw(`</form>`),
	)
}

func annexBody(v View, removal Confirmation) templ.Component {
	text := templ.Raw(`<div class="ref">Aperçu · article 27</div><h2>27. Délais de correction des vulnérabilités</h2><p>Le titulaire corrige, ou neutralise par une mesure équivalente acceptée par l’établissement, toute vulnérabilité affectant la prestation dans un délai compté de la publication du correctif : <span class="v">dix (10) jours</span> lorsque sa gravité CVSS est au moins égale à 9,0, <span class="v">quatre-vingt-dix (90) jours</span> entre 4,0 et 6,9.</p><p><b>Preuve attendue :</b> relevé mensuel des vulnérabilités et de leurs dates de correction.</p><p class="ref">Réf. : NIS 2 art. 21(2)(e) ; ANSSI hygiène 34 · vérifiée par PAT-Q02</p>`)
	sections := []Section{
		{"Gouvernance", "7 / 8", "#", false}, {"Confidentialité", "4 / 4", "#", false}, {"Données personnelles", "9 / 9", "#", false}, {"Accès", "7 / 7", "#", false},
		{"Correctifs", "5 / 6", "#", true}, {"Sauvegardes", "5 / 5", "#", false},
	}
	return templ.Join(
		templ.Raw(`<div class="row g-4"><div class="col-lg-3">`), Toc("Familles", sections), templ.Raw(`</div><div class="col-lg-5">`),
		within(Card(CardHead{Title: "Correctifs et vulnérabilités"}), Text("…"), ConfirmLink(removal, Button{Kind: Retract, Label: "Retirer…", Small: true})),
		templ.Raw(`</div><div class="col-lg-4">`), within(Paper("Aperçu"), text), templ.Raw(`</div></div>`),
		ConfirmDialog(v, removal),
		within(StickyBar(), Btn(Button{Kind: Primary, Label: "Télécharger en Word", Href: "#"}), Btn(Button{Kind: Outline, Label: "Lire en entier", Href: "#", Class: "wide-only"}), templ.Raw(`<span class="hint wide-only">1 valeur hors des bornes conseillées · 1 clause retirée, motif donné</span>`)),
	)
}

func signInBody(v View) templ.Component {
	return within(Card(CardHead{}), templ.Raw(`<form method="post">`), CSRF(v),
		TextField(v, Field{Name: "mail", Label: "Adresse électronique", Type: "email", Autocomplete: "username"}),
		TextField(v, Field{Name: "password", Label: "Mot de passe", Type: "password", Autocomplete: "current-password"}),
		Btn(Button{Kind: Primary, Label: "Se connecter", Class: "w-100"}), templ.Raw(`</form>`))
}
