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
	b.shows("no clause of its own yet", b.get("/library/ours"), "Votre structure suit les modèles")
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
	b.shows("the model leads to our text", b.get("/library/clauses/PAT-02"), "Votre structure emploie son propre texte", "Lire notre texte")
	b.shows("the list", b.get("/library/ours"), "PAT-02 Nos délais", "adaptée")
	b.shows("the history", b.get("/library/ours/PAT-02/history"), "Révision 1", "Texte écrit", "selon la criticité")
	b.shows("without a change of the model there is nothing to choose", b.get(b.get("/library/ours/PAT-02/model").Location), "Notre clause")

	b.shows("asked first", b.get("/library/ours/PAT-02/withdraw"), "Revenir au modèle PAT-02 ?")
	b.wants("withdrawn", b.post("/library/ours/PAT-02/withdraw", "version", "1"), http.StatusSeeOther, "/library/ours")
	b.shows("withdrawn", b.get("/library/ours"), "Votre structure suit les modèles")
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

func TestAQuestionIsAdaptedCheckedAndWithdrawn(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	b.shows("the question's page", b.get("/library/questions/SAU-Q03"), "Adapter cette question")
	form := b.get("/library/ours/questions/SAU-Q03")
	b.shows("the form", form, "Adapter la question SAU-Q03", "Telle que le prestataire la verra", "Rien ne diffère du modèle")
	const path = "/library/ours/questions/SAU-Q03"
	unchanged := b.post(path, append(asking(form, nil), "go", "save")...)
	b.wants("nothing changed", unchanged, http.StatusUnprocessableEntity, "")

	typed := map[string]string{"text.fr": "Vos sauvegardes sont-elles à l’abri ?", "options.0.points": "beaucoup", "verifies.0.clause": "SAU-99"}
	refused := b.post(path, append(asking(form, typed), "go", "save")...)
	b.wants("what is wrong", refused, http.StatusUnprocessableEntity, "")
	b.shows("what is wrong", refused, "« beaucoup » n’est pas un nombre", "La clause SAU-99 n’existe pas")
	same(t, "nothing is lost", []string{value(refused, "options.0.points"), value(refused, "verifies.0.clause")}, []string{"beaucoup", "SAU-99"})
	delete(typed, "verifies.0.clause")
	typed["options.0.points"], typed["weight"] = "0,9", "2"
	checked := b.post(path, append(asking(form, typed), "go", "check")...)
	b.wants("only checked", checked, http.StatusOK, "")
	b.shows("only checked", checked, "respecte toutes les règles", "Poids dans la note")
	b.wants("saved", b.post(path, append(asking(form, typed), "go", "save")...), http.StatusSeeOther, path)

	saved := b.get(path)
	b.shows("saved", saved, "Notre question SAU-Q03", "adaptée", "Révision 1", "Revenir au modèle")
	same(t, "kept", []string{value(saved, "options.0.points"), value(saved, "options.6.points")}, []string{"0,9", ""})
	b.hides("two rows for more, whatever was sent", refused, "Réponse 8")
	b.wants("an old form", b.post(path, append(asking(form, map[string]string{"text.fr": "Et sinon ?"}), "go", "save")...), http.StatusConflict, "")
	b.shows("the list", b.get("/library/ours"), "SAU-Q03 Vos sauvegardes sont-elles à l’abri ?")
	b.shows("the history", b.get(path+"/history"), "Révision 1", "Texte écrit", "Points")
	one := b.get(path + "/export")
	same(t, "export", []string{one.Header.Get("Content-Disposition"), strings.SplitN(one.Body, "\n", 2)[0]},
		[]string{`attachment; filename="sau-q03.yaml"; filename*=UTF-8''SAU-Q03.yaml`, "domain: SAU"})
	b.wants("nothing to choose", b.get(path+"/model"), http.StatusSeeOther, path)
	b.shows("asked first", b.get(path+"/withdraw"), "Revenir au modèle SAU-Q03 ?", "Vos prochains questionnaires")
	b.wants("withdrawn", b.post(path+"/withdraw", "version", "1"), http.StatusSeeOther, "/library/ours")
	b.shows("withdrawn", b.get(path), "telle que le modèle")
	b.wants("a question of nobody", b.get("/library/ours/questions/SAU-Q99"), http.StatusNotFound, "")
}

func TestAQuestionIsAddedWithAnswersToChoose(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.lookAround()
	form := b.get("/library/ours/questions/new")
	typed := map[string]string{"type": "single", "text.fr": "Qui garde les clés <b> ?", "why.fr": "Une clé perdue ouvre la salle.", "verifies.0.clause": "SAU-01"}
	b.headers = map[string]string{"HX-Request": "true"}
	live := b.post("/library/ours/questions/new/check", asking(form, typed)...)
	for _, want := range []string{`id="checked"`, `id="answers-fields" hx-swap-oob="true"`, `name="options.1.points"`, "Qui garde les clés &lt;b&gt;"} {
		if !strings.Contains(live.Body, want) {
			t.Errorf("the fragment does not hold %s:\n%s", want, live.Body)
		}
	}
	b.headers = nil
	rows := b.post("/library/ours/questions/new", append(asking(form, typed), "go", "check")...)
	typed["options.0.label.fr"], typed["options.0.points"], typed["options.1.label.fr"], typed["options.1.points"] = "Une personne", "1", "Personne", "0"
	b.wants("added", b.post("/library/ours/questions/new", append(asking(rows, typed), "go", "save")...), http.StatusSeeOther, "/library/ours/questions/X-Q01")
	page := b.get("/library/ours/questions/X-Q01")
	b.shows("added", page, "Notre question X-Q01", "question ajoutée", "Une personne")
	b.hides("added", page, "Qui garde les clés <b>")
	b.wants("taken away", b.post("/library/ours/questions/X-Q01/withdraw", "version", "1"), http.StatusSeeOther, "/library/ours")
	b.wants("gone", b.get("/library/ours/questions/X-Q01"), http.StatusNotFound, "")
}

func TestTheOwnerOfAQuestionChoosesWhenTheModelMoved(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	b := g.browser()
	b.lookAround()
	const path = "/library/ours/questions/PAT-Q02"
	b.post(path, append(asking(b.get(path), map[string]string{"why.fr": "Une faille connue est une porte ouverte."}), "go", "save")...)
	model, _ := g.Questions.Question("PAT-Q02")
	model.Help.FR = "Comptez de la publication." // as a later library would say
	b.shows("the choice", b.get(path+"/model"), "Le modèle PAT-Q02 a changé", "Comptez de la publication", "Garder notre texte")
	b.wants("kept", b.post(path+"/keep", "version", "1"), http.StatusSeeOther, "/library/ours")
	b.shows("kept", b.get(path), "adaptée")
}

var selects = regexp.MustCompile(`(?s)<select[^>]*\sname="([^"]*)"[^>]*>(.*?)</select>`)

// asking gives the fields of the form of a question as the page holds them, some of them typed over.
func asking(page answer, typed map[string]string) []string {
	form := wordingAt.FindString(page.Body)
	fields := wording(page, typed)
	for _, choice := range selects.FindAllStringSubmatch(form, -1) {
		chosen := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(choice[2])
		if _, over := typed[choice[1]]; over || chosen == nil {
			continue
		}
		fields = append(fields, choice[1], chosen[1])
	}
	for name, value := range typed {
		if strings.Contains(form, `<select`) && regexp.MustCompile(`<select[^>]*\sname="`+regexp.QuoteMeta(name)+`"`).MatchString(form) {
			fields = append(fields, name, value)
		}
	}
	return fields
}
