package web

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/word"
)

// administrator is a browser that is signed in to a structure that can be changed, without the cost of a password.
func administrator(t *testing.T) *browser {
	t.Helper()
	b := newGarant(t).browser()
	b.lookAround()
	return b
}

func (b *browser) structure() *identity.Structure {
	b.t.Helper()
	who, err := b.People.Resume(b.t.Context(), identity.Token(b.cookies["garant-session"].Value))
	must(b.t, err)
	structure, err := b.People.Structure(b.t.Context(), who)
	must(b.t, err)
	return structure
}

func TestTheIdentityOfTheStructureIsKept(t *testing.T) {
	t.Parallel()
	b := administrator(t)
	page := b.get("/settings")
	b.wants("settings", page, http.StatusOK, "")
	same(t, "name", value(page, "name"), "Centre hospitalier de Vallombreuse (démonstration)")
	same(t, "zone", value(page, "zone"), "Europe/Paris")
	given := []string{
		"part", "identity", "version", value(page, "version"), "name", " CH de Vallombreuse ", "legal_form", "EPS", "address", "1 place de la Santé",
		"finess", "970999991", "representative", "le directeur", "zone", "Indian/Reunion",
	}
	b.wants("saving", b.post("/settings", given...), http.StatusSeeOther, "/settings")
	page = b.get("/settings")
	b.shows("settings", page, "C’est enregistré.", "CH de Vallombreuse")
	s := b.structure()
	same(t, "kept", []string{s.Name, s.LegalForm, s.Address, s.FINESS, s.Representative, s.Zone},
		[]string{"CH de Vallombreuse", "EPS", "1 place de la Santé", "970999991", "le directeur", "Indian/Reunion"})

	wrong := b.post("/settings", "part", "identity", "version", value(page, "version"), "name", "", "address", strings.Repeat("x", 201), "legal_form", "GCS", "zone", "Mars/Olympus")
	b.wants("a form with errors", wrong, http.StatusUnprocessableEntity, "")
	b.shows("a form with errors", wrong, "3 points sont à corriger", "Donnez le nom de la structure", "200 caractères au plus", "Ce fuseau horaire n’existe pas")
	same(t, "kept in the form", value(wrong, "legal_form"), "GCS")
}

func TestDefaultValuesAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	b := administrator(t)
	page := b.get("/settings?part=values")
	b.shows("values", page, "Correctifs et vulnérabilités", "Correction d’une vulnérabilité critique", "Bibliothèque : 7 jours (critique), 15 jours (renforcé, socle)")
	wrong := b.post("/settings", "part", "values", "version", value(page, "version"), "value.delai_correctif_critique_jours", "dix", "value.plafond_assurance_eur", "1 500 000")
	b.wants("a value that is no number", wrong, http.StatusUnprocessableEntity, "")
	b.shows("a value that is no number", wrong, "Un point est à corriger", "« dix » n’en est pas un")
	same(t, "kept in the form", []string{value(wrong, "value.delai_correctif_critique_jours"), value(wrong, "value.plafond_assurance_eur")}, []string{"dix", "1 500 000"})

	b.wants("saving", b.post("/settings", "part", "values", "version", value(wrong, "version"), "value.delai_correctif_critique_jours", " 40 ",
		"value.plafond_assurance_eur", "1 500 000", "value.delai_pas_jours", "", "value.contact_securite", "not asked here"), http.StatusSeeOther, "/settings?part=values")
	same(t, "kept", b.structure().Defaults, []identity.DefaultValue{{Variable: "plafond_assurance_eur", Value: "1500000"}, {Variable: "delai_correctif_critique_jours", Value: "40"}})
	page = b.get("/settings?part=values")
	b.shows("values", page, "hors des bornes conseillées : de 1 jour à 15 jours, de 1 jour à 30 jours", "2 à vous")

	b.wants("the identity leaves values alone", b.post("/settings", "part", "identity", "version", value(page, "version"), "name", "CH", "zone", "Europe/Paris"), http.StatusSeeOther, "/settings")
	same(t, "values kept", len(b.structure().Defaults), 2)
	page = b.get("/settings?part=values")
	b.wants("leaving all to the library", b.post("/settings", "part", "values", "version", value(page, "version")), http.StatusSeeOther, "/settings?part=values")
	same(t, "none kept", b.structure().Defaults, []identity.DefaultValue(nil))
}

func TestTheSecondToChangeSettingsLosesNothing(t *testing.T) {
	t.Parallel()
	b := administrator(t)
	page := b.get("/settings")
	version := value(page, "version")
	form := func(version, representative, address string) answer {
		return b.post("/settings", "part", "identity", "version", version, "name", "CH", "representative", representative, "address", address, "zone", "Europe/Paris")
	}
	b.wants("the first", form(version, "la directrice", "1 rue A"), http.StatusSeeOther, "/settings")
	second := form(version, "le directeur", "1 rue A")
	b.wants("the second", second, http.StatusConflict, "")
	b.shows("the second", second, "Quelqu’un d’autre a changé ces réglages", "Valeur actuelle : la directrice")
	b.hides("the second", second, "Valeur actuelle : 1 rue A")
	same(t, "typed", value(second, "representative"), "le directeur")
	same(t, "nothing changed yet", b.structure().Representative, "la directrice")
	b.wants("the second, decided", form(value(second, "version"), "le directeur", "1 rue A"), http.StatusSeeOther, "/settings")
	same(t, "changed", b.structure().Representative, "le directeur")
}

func TestATemplateIsCheckedKeptUsedAndRemoved(t *testing.T) {
	t.Parallel()
	b := administrator(t)
	starter := b.get("/settings/template.docx")
	b.wants("starter", starter, http.StatusOK, "")
	same(t, "starter's name", starter.Header.Get("Content-Disposition"), `attachment; filename="modele-annexe.docx"; filename*=UTF-8''modele-annexe.docx`)
	same(t, "starter passes the check", annex.CheckTemplate([]byte(starter.Body)), nil)
	page := b.get("/settings?part=template")
	b.shows("template", page, "Vos annexes suivent le modèle de Garant", "{{structure.name}}", "Nom de la structure", "{{articles}}", "obligatoire")
	b.wants("no own template to download", b.get("/settings/template.docx?own=1"), http.StatusNotFound, "")

	for name, given := range map[string]struct {
		file   string
		data   []byte
		status int
		says   string
	}{
		"no file":           {"", nil, 422, "Choisissez un fichier .docx"},
		"an empty file":     {"x.docx", nil, 422, "Choisissez un fichier .docx"},
		"another kind":      {"x.docm", []byte(starter.Body), 422, "Ce fichier ne finit pas par .docx"},
		"a hidden kind":     {"x.docx\n.exe", []byte(starter.Body), 422, "Ce fichier ne finit pas par .docx"},
		"no Word file":      {"x.docx", []byte("PK not really"), 422, "Ce fichier n’est pas un document Word"},
		"a file too large":  {"x.docx", make([]byte, identity.MaxTemplate+1), 413, "Ce modèle dépasse 10 Mo"},
		"an upload beyond":  {"x.docx", make([]byte, uploadLimit+1), 413, ""},
		"without its parts": {"x.docx", word.PlainTemplate("fr-FR"), 422, ""},
	} {
		wrong := b.upload("/settings/template", given.file, given.data)
		b.wants(name, wrong, given.status, "")
		b.shows(name, wrong, given.says)
	}
	same(t, "nothing kept", b.structure().Template, (*identity.Template)(nil))

	b.get("/settings?part=template")
	b.wants("upload", b.upload("/settings/template", `C:\Modèles\CH modèle.docx`, []byte(starter.Body)), http.StatusSeeOther, "/settings?part=template")
	page = b.get("/settings?part=template")
	b.shows("template", page, "Votre modèle est en place", "CH modèle.docx")
	own := b.get("/settings/template.docx?own=1")
	if !bytes.Equal([]byte(own.Body), []byte(starter.Body)) {
		t.Error("the structure's own template does not come back as it was given")
	}
	b.shows("asking first", b.get("/settings?part=template&remove=1"), "Retirer votre modèle ?", "« CH modèle.docx »")
	b.wants("removal", b.post("/settings/template/remove"), http.StatusSeeOther, "/settings?part=template")
	b.shows("template", b.get("/settings?part=template"), "Vos prochaines annexes suivront le modèle de Garant.")
}

func TestAFileNameIsKeptAsAPageCanShowIt(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"modèle.docx": "modèle.docx", "../../etc/passwd": "passwd", `C:\a\b.docx`: "b.docx", "": "template.docx", "a\x00b\n.docx": "ab.docx",
		strings.Repeat("é", 130) + ".docx": strings.Repeat("é", 115) + ".docx", "\xff": "template.docx",
	} {
		same(t, given, fileName(given), want)
	}
}
