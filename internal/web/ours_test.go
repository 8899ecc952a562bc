package web

import (
	"archive/zip"
	"bytes"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/identity"
)

var (
	inputs    = regexp.MustCompile(`<input[^>]*>`)
	nameOf    = regexp.MustCompile(`\sname="([^"]*)"`)
	valueOf   = regexp.MustCompile(`\svalue="([^"]*)"`)
	areas     = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	wordingAt = regexp.MustCompile(`(?s)<form id="wording".*?</form>`)
)

// wording gives the fields of the form of a clause as the page holds them, some of them typed over.
func wording(page answer, typed map[string]string) []string {
	form := wordingAt.FindString(page.Body)
	var fields []string
	add := func(name, value string) {
		if over, ok := typed[name]; ok {
			value = over
		}
		fields = append(fields, name, value)
	}
	for _, input := range inputs.FindAllString(form, -1) {
		name := nameOf.FindStringSubmatch(input)
		if name == nil || name[1] == "csrf" || regexp.MustCompile(`type="(radio|checkbox)"`).MatchString(input) && !strings.Contains(input, " checked") {
			continue
		}
		value := ""
		if found := valueOf.FindStringSubmatch(input); found != nil {
			value = html.UnescapeString(found[1])
		}
		add(name[1], value)
	}
	for _, area := range areas.FindAllStringSubmatch(form, -1) {
		add(area[1], html.UnescapeString(area[2]))
	}
	for name, value := range typed {
		if !strings.Contains(form, `name="`+name+`"`) {
			fields = append(fields, name, value)
		}
	}
	return append(fields, "family", value(page, "family"), "vector", value(page, "vector"))
}

func TestAClauseIsAdaptedCheckedAndWithdrawn(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	b.shows("no clause of its own yet", b.get("/library/ours"), "Vos annexes suivent les modèles")
	b.shows("the clause's page", b.get("/library/clauses/PAT-02"), "Adapter cette clause")

	form := b.get("/library/ours/PAT-02")
	b.shows("the form", form, "Adapter la clause PAT-02", "telle que le modèle", "Rien ne diffère du modèle", "Correction d’une vulnérabilité critique")
	unchanged := b.post("/library/ours/PAT-02", append(wording(form, nil), "go", "save")...)
	b.wants("nothing changed", unchanged, http.StatusUnprocessableEntity, "")
	b.shows("nothing changed", unchanged, "Rien ne diffère du modèle")

	typed := map[string]string{"title.fr": "Nos délais", "evidence.fr": "Un registre raisonnable.", "values.delai_correctif_critique_jours": "vite"}
	refused := b.post("/library/ours/PAT-02", append(wording(form, typed), "go", "save")...)
	b.wants("a value that is none", refused, http.StatusUnprocessableEntity, "")
	b.shows("a value that is none", refused, "Un point est à corriger", "« raisonnable » ne peut pas se vérifier")
	typed["values.delai_correctif_critique_jours"] = "5"
	checked := b.post("/library/ours/PAT-02", append(wording(form, typed), "go", "check")...)
	b.wants("only checked", checked, http.StatusOK, "")
	b.shows("only checked", checked, "Une remarque, que vous pouvez écarter.", "cinq (5) jours")
	b.wants("saved", b.post("/library/ours/PAT-02", append(wording(form, typed), "go", "save")...), http.StatusSeeOther, "/library/ours/PAT-02")

	saved := b.get("/library/ours/PAT-02")
	b.shows("saved", saved, "Notre clause PAT-02", "adaptée", "Révision 1", "Revenir au modèle")
	stale := b.post("/library/ours/PAT-02", append(wording(form, map[string]string{"title.fr": "Les miens"}), "go", "save")...)
	b.wants("an old form", stale, http.StatusConflict, "")
	b.shows("the list", b.get("/library/ours"), "PAT-02 Nos délais", "adaptée")
	b.shows("the history", b.get("/library/ours/PAT-02/history"), "Révision 1", "Texte écrit", "selon la criticité")
	b.shows("without a change of the model there is nothing to choose", b.get(b.get("/library/ours/PAT-02/model").Location), "Notre clause")

	b.shows("asked first", b.get("/library/ours/PAT-02/withdraw"), "Revenir au modèle PAT-02 ?")
	b.wants("withdrawn", b.post("/library/ours/PAT-02/withdraw", "version", "1"), http.StatusSeeOther, "/library/ours")
	b.shows("withdrawn", b.get("/library/ours"), "Vos annexes suivent les modèles")
	b.shows("its history stays", b.get("/library/ours/PAT-02/history"), "Retour au modèle", "Texte écrit")
}

func TestTheFormShowsHowAClauseReadsWhileItIsTyped(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	form := b.get("/library/ours/PAT-02")
	b.headers = map[string]string{"HX-Request": "true"}
	live := b.post("/library/ours/PAT-02/check", wording(form, map[string]string{"title.fr": "Nos délais", "evidence.fr": ""})...)
	b.wants("live", live, http.StatusOK, "")
	for _, want := range []string{`id="checked"`, "Nos délais", "<del>", `id="lint-evidence-fr" class="lint-note" hx-swap-oob="true"`, "Ce texte manque en français"} {
		if !strings.Contains(live.Body, want) {
			t.Errorf("the fragment does not hold %s:\n%s", want, live.Body)
		}
	}
	b.hides("live", live, "<html")
}

func TestAClauseIsAdaptedWithoutWritingEnglish(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	form := b.get("/library/ours/SAU-01")
	fields := append(wording(form, map[string]string{"title.fr": "Nos sauvegardes"}), "go", "save", "no-english", "on")
	b.wants("saved", b.post("/library/ours/SAU-01", fields...), http.StatusSeeOther, "/library/ours/SAU-01")
	saved := b.get("/library/ours/SAU-01")
	same(t, "titles", []string{value(saved, "title.fr"), value(saved, "title.en")}, []string{"Nos sauvegardes", ""})
	b.hides("without English there is none to drop", saved, "no-english")
}

func TestAClauseIsAddedAndExported(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	form := b.get("/library/ours/new")
	empty := b.post("/library/ours/new", append(wording(form, nil), "go", "save")...)
	b.wants("an empty clause", empty, http.StatusUnprocessableEntity, "")
	b.shows("an empty clause", empty, "Ce texte manque en français")
	text := "Le titulaire remet à l'établissement, une semaine au plus tard après la signature, la liste des locaux où il conserve les dossiers. Il y indique chaque bâtiment, son adresse et la personne qui en tient les clés.\r\n\r\nLe titulaire prévient l'établissement avant tout déménagement. Il attend son accord écrit et lui remet ensuite la liste à jour, avec la date du transfert et le nom du transporteur."
	typed := map[string]string{
		"title.fr": "Locaux <b>", "summary.fr": "Où sont les dossiers.", "text.fr": text, "evidence.fr": "La liste.", "fallback.fr": "Aucun.", "note.fr": "Visitez.",
	}
	b.wants("added", b.post("/library/ours/new", append(wording(form, typed), "go", "save")...), http.StatusSeeOther, "/library/ours/X-01")
	page := b.get("/library/ours/X-01")
	b.shows("added", page, "Notre clause X-01", "clause ajoutée", "Locaux <b>")
	b.hides("added", page, "Locaux <b>")

	one := b.get("/library/ours/X-01/export")
	same(t, "one clause", []string{one.Header.Get("Content-Disposition"), strings.SplitN(one.Body, "\n", 2)[0]},
		[]string{`attachment; filename="x-01.yaml"; filename*=UTF-8''X-01.yaml`, "family: X"})
	pat := b.get("/library/ours/PAT-02")
	b.wants("adapted", b.post("/library/ours/PAT-02", append(wording(pat, map[string]string{"title.fr": "Nos délais"}), "go", "save")...), http.StatusSeeOther, "/library/ours/PAT-02")
	all := b.get("/library/ours/export")
	archive, err := zip.NewReader(bytes.NewReader([]byte(all.Body)), int64(len(all.Body)))
	must(t, err)
	var names []string
	for _, f := range archive.File {
		names = append(names, f.Name)
	}
	same(t, "all clauses", names, []string{"pat.yaml", "x.yaml"})
}

func TestTheOwnerChoosesWhenTheModelMoved(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	b := g.browser()
	b.lookAround()
	form := b.get("/library/ours/PAT-02")
	b.post("/library/ours/PAT-02", append(wording(form, map[string]string{"title.fr": "Nos délais"}), "go", "save")...)
	model, _ := g.Clauses.Clause("PAT-02")
	model.Title.FR = "Délais de correction par gravité" // as a later library would say
	b.shows("the list", b.get("/library/ours"), "le modèle a changé", "Voir ce qui a changé")
	page := b.get("/library/ours/PAT-02/model")
	b.shows("the choice", page, "Le modèle PAT-02 a changé", "par gravité", "Modifier notre texte", "Garder notre texte", "Reprendre le modèle")
	b.wants("kept", b.post("/library/ours/PAT-02/keep", "version", "1"), http.StatusSeeOther, "/library/ours")
	b.shows("kept", b.get("/library/ours"), "Votre texte est gardé", "adaptée")
}

func TestWhoMayNotAdaptReads(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	stranger := g.browser()
	stranger.wants("nobody", stranger.get("/library/ours"), http.StatusSeeOther, "/sign-in?next=%2Flibrary%2Fours")
	b := g.browser()
	b.lookAround()
	b.wants("a clause of nobody", b.get("/library/ours/PAT-99"), http.StatusNotFound, "")
	b.wants("a history of nobody", b.get("/library/ours/PAT-99/history"), http.StatusNotFound, "")
	b.wants("nothing to export", b.get("/library/ours/export"), http.StatusNotFound, "")
	reader := identity.Actor{Structure: "s", Role: identity.Reader}
	if err := g.Wordings.Save(t.Context(), reader, "PAT-02", 0, adaptation.Wording{}, false); statusOf(err) != http.StatusForbidden {
		t.Errorf("a reader saves: %v", err)
	}
	g.now = g.now.Add(time.Minute)
}

func TestAVersionOfTheAnnexIsFrozenAndMarksOurText(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	b := g.browser()
	b.lookAround()
	list := b.get("/services")
	service := regexp.MustCompile(`href="(/services/[a-z0-9]{26})"`).FindStringSubmatch(list.Body)[1]
	reading := b.get(service + "/annex/read")
	b.shows("nothing frozen", reading, "Versions figées", "Aucune.")
	form := b.get("/library/ours/GOV-01")
	b.post("/library/ours/GOV-01", append(wording(form, map[string]string{"title.fr": "Notre correspondant"}), "go", "save")...)
	b.shows("the builder", b.get(service+"/annex?family=GOV"), "Notre correspondant", "notre texte")

	seen := value(b.get(service+"/annex/read"), "version")
	b.wants("frozen", b.post(service+"/annex/versions", "version", seen), http.StatusSeeOther, service+"/annex/read#versions")
	b.shows("frozen", b.get(service+"/annex/read"), "Cette version est figée", "Version 1", "1 de votre texte")
	again := b.post(service+"/annex/versions", "version", seen)
	b.wants("once more", again, http.StatusUnprocessableEntity, "")
	b.shows("once more", again, "Rien n’a changé depuis la version 1")

	page, word := b.get(service+"/annex/versions/1/annex.html"), b.get(service+"/annex/versions/1/annex.docx")
	b.wants("withdrawn", b.post("/library/ours/GOV-01/withdraw", "version", "1"), http.StatusSeeOther, "/library/ours")
	if !strings.Contains(page.Body, "Notre correspondant") || b.get(service+"/annex/versions/1/annex.html").Body != page.Body || b.get(service+"/annex/versions/1/annex.docx").Body != word.Body {
		t.Error("the version is no longer what was frozen")
	}
	b.hides("the annex follows the model again", b.get(service+"/annex/read"), "Notre correspondant")
	b.wants("no such version", b.get(service+"/annex/versions/7/annex.docx"), http.StatusNotFound, "")
}
