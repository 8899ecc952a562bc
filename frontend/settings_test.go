package frontend

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
)

func readClauses(t *testing.T) *clause.Library {
	t.Helper()
	library, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

func settingsExample(part SettingsPart) SettingsForm {
	kept := &identity.Structure{
		Name: "Centre hospitalier de Vallombreuse", LegalForm: "établissement public de santé", Address: "12 rue des Tilleuls, 49000 Angers", FINESS: "490999990",
		Representative: "la directrice des achats", Zone: identity.DefaultZone,
		Defaults: []identity.DefaultValue{{Variable: "delai_correctif_critique_jours", Value: "40"}, {Variable: "plafond_assurance_eur", Value: "1500000"}},
	}
	return SettingsForm{
		Part: part, Version: 3, Editable: true, Kept: kept, TemplateLimit: identity.MaxTemplate,
		Typed:  identity.Settings{Name: kept.Name, LegalForm: kept.LegalForm, Address: kept.Address, FINESS: kept.FINESS, Representative: kept.Representative, Zone: kept.Zone},
		Values: map[string]string{"delai_correctif_critique_jours": "40", "plafond_assurance_eur": "1\u202f500\u202f000"},
	}
}

// doorAndSettings is every page of setting up, signing in and the settings, in every state.
func doorAndSettings(v View, library *clause.Library) map[string]templ.Component {
	out := v
	out.Nav, out.Actor, out.Structure = nil, "", ""
	typed := SetupForm{Path: "/setup/link", PasswordMin: 12, Address: "12 rue des Tilleuls", Name: "Camille", Mail: "camille"}
	typed.Errors = Errors{{"structure", v.T("error.identity.structure-name")}, {"mail", v.T("error.identity.mail")}, {"password", v.T("error.identity.password-short", "min", 12)}}
	conflict := settingsExample(SettingsIdentity)
	conflict.Conflict, conflict.Typed.Representative, conflict.Typed.FINESS = true, "le directeur général", ""
	wrong := settingsExample(SettingsValues)
	wrong.Values["delai_pas_jours"] = "trente"
	wrong.Errors = Errors{{ValueField("delai_pas_jours"), v.T("error.value.number", "value", "trente")}}
	own := settingsExample(SettingsTemplate)
	own.Kept.Template = &identity.Template{Name: "Modèle CH Vallombreuse 2027.docx", Size: 48_300, Set: time.Date(2027, 1, 15, 8, 4, 0, 0, time.UTC)}
	refused := settingsExample(SettingsTemplate)
	refused.Errors = Errors{{"template", v.T("error.template.not-zip")}}
	reading, readingValues := settingsExample(SettingsIdentity), settingsExample(SettingsValues)
	reading.Editable, readingValues.Editable = false, false
	return map[string]templ.Component{
		"waiting": WaitingPage(out), "setup": SetupPage(out, SetupForm{Path: "/setup/link", PasswordMin: 12}), "setup-wrong": SetupPage(out, typed),
		"sign-in-page":  SignInPage(out, SignInForm{Next: "/"}),
		"sign-in-wrong": SignInPage(out, SignInForm{Mail: "camille@vallombreuse.example", Next: "/", Errors: Errors{{Message: v.T("error.identity.sign-in")}}}),
		"settings":      SettingsPage(v, library, settingsExample(SettingsIdentity)), "settings-conflict": SettingsPage(v, library, conflict),
		"settings-values": SettingsPage(v, library, settingsExample(SettingsValues)), "settings-values-wrong": SettingsPage(v, library, wrong),
		"settings-template": SettingsPage(v, library, settingsExample(SettingsTemplate)), "settings-template-own": SettingsPage(v, library, own),
		"settings-template-refused": SettingsPage(v, library, refused), "settings-template-remove": RemoveTemplatePage(v, own),
		"settings-reading": SettingsPage(v, library, reading), "settings-values-reading": SettingsPage(v, library, readingValues),
	}
}

func TestThePagesOfTheDoorAndOfTheSettingsAreSoundHTML(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("GARANT_GALLERY")
	if folder == "" {
		folder = t.TempDir()
	}
	library := readClauses(t)
	for _, l := range locale.Languages() {
		for name, page := range doorAndSettings(galleryView(t, l), library) {
			t.Run(string(l)+"/"+name, func(t *testing.T) {
				t.Parallel()
				var html bytes.Buffer
				if err := page.Render(t.Context(), &html); err != nil {
					t.Fatal(err)
				}
				for _, fault := range unsound(html.Bytes()) {
					t.Error(fault)
				}
				for _, key := range []string{"settings.", "setup.", "waiting.", "sign-in.", "identity.", "template.placeholder", "error."} {
					if strings.Contains(html.String(), ">"+key) {
						t.Errorf("a key that begins with %s is shown", key)
					}
				}
				if err := os.WriteFile(filepath.Join(folder, name+"-"+string(l)+".html"), html.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

func TestProposalsAreSaidOnceForTheTiersThatShareThem(t *testing.T) {
	t.Parallel()
	library, v := readClauses(t), galleryView(t, locale.French)
	for name, want := range map[string]string{
		"delai_pas_jours":                "Bibliothèque\u00a0: 30\u00a0jours",
		"delai_correctif_critique_jours": "Bibliothèque\u00a0: 7\u00a0jours (critique), 15\u00a0jours (renforcé, socle)",
		"version_tls_min":                "Bibliothèque\u00a0: 1.2",
	} {
		variable, _ := library.Variable(name)
		if diff := cmp.Diff(want, proposals(v, variable)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAValueOutsideItsBoundsIsToldWithTheTiersItConcerns(t *testing.T) {
	t.Parallel()
	library, v := readClauses(t), galleryView(t, locale.French)
	variable, _ := library.Variable("delai_correctif_critique_jours")
	for value, want := range map[string]string{
		"": "", "10": "",
		"20": "hors des bornes conseillées (critique)\u00a0: de 1\u00a0jour à 15\u00a0jours",
		"40": "hors des bornes conseillées\u00a0: de 1\u00a0jour à 15\u00a0jours, de 1\u00a0jour à 30\u00a0jours",
	} {
		if diff := cmp.Diff(want, outside(v, variable, value)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", value, diff)
		}
	}
}

func TestEveryPlaceholderIsExplainedInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages() {
		v := galleryView(t, l)
		for _, name := range annex.Placeholders() {
			if !v.Printer.Has("template.placeholder." + name) {
				t.Errorf("%s: {{%s}} is not explained", l, name)
			}
		}
	}
	all := append(placeholderNames(true), placeholderNames(false)...)
	if diff := cmp.Diff(annex.Placeholders(), all); diff != "" {
		t.Errorf("placeholders in the tables (-want +got):\n%s", diff)
	}
}

func TestTheGuideToTemplatesListsEveryPlaceholderWithTheWordsOfThePage(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "docs", "template.md"))
	if err != nil {
		t.Fatal(err)
	}
	french, english := galleryView(t, locale.French), galleryView(t, locale.English)
	plain := strings.NewReplacer("’", "'", "\u00a0", " ", "\u202f", " ")
	for _, name := range annex.Placeholders() {
		row := "| `{{" + name + "}}` | " + placeholderText(english, name) + " | " + placeholderText(french, name) + " |\n"
		if !strings.Contains(string(guide), plain.Replace(row)) {
			t.Errorf("the guide lacks the line %s", plain.Replace(row))
		}
	}
}

func TestOnlyNumbersAndChoicesOfWrittenClausesHaveADefaultOfTheStructure(t *testing.T) {
	t.Parallel()
	library := readClauses(t)
	for name, want := range map[string]bool{
		"delai_pas_jours": true, "plafond_assurance_eur": true,
		"contact_securite": false, // a contact
		"finalites":        false, // a text
	} {
		variable, _ := library.Variable(name)
		if got := HasDefault(library, variable); got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}
