package clause_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/clause"
)

// small is a library of two clauses, with an article in each language and a concession, and an allow-list.
func small(french, english, fallback, allow string) fs.FS {
	clauseOf := func(id, french, english, fallback string) string {
		return fmt.Sprintf(`  - id: %s
    version: 1
    level: socle
    applies: ["*"]
    title: {fr: Titre, en: Title}
    summary: {fr: Résumé, en: Summary}
    text: {fr: %q, en: %q}
    evidence: {fr: Un rapport., en: A report.}
    fallback: {fr: %q, en: A month.}
    note: {fr: Tenez bon., en: Hold on.}
`, id, french, english, fallback)
	}
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"gov.yaml": file("family: GOV\ntitle: {fr: Gouvernance, en: Governance}\nclauses:\n" +
			clauseOf("GOV-01", "Le titulaire tient à jour la liste des personnes qui participent à la prestation.", "The supplier shall keep the list of the people who take part in the service.", "Un mois.") +
			clauseOf("GOV-02", french, english, fallback)),
		"variables.yaml":  file("variables: {}\n"),
		"references.yaml": file("references: []\n"),
		"guide.yaml":      file("guide: {fr: Guide, en: Guide}\ndefinitions: []\n"),
		"library.yaml":    file("version: \"1.0\"\n"),
		"allow.yaml":      file("allow:\n" + allow),
	}
}

// reviewed is what the review of a library leaves, each as "field rule value", then what is stale in its allow-list.
func reviewed(t *testing.T, files fs.FS) []string {
	t.Helper()
	library, err := clause.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	left, stale := library.Allowed.Apply(library.Review())
	var out []string
	for _, j := range left {
		out = append(out, fmt.Sprintf("%s:%d %s %s %s", j.File, j.Line, j.Field, j.Rule, j.Value))
	}
	for _, p := range stale {
		out = append(out, fmt.Sprintf("%s:%d %s", p.File, p.Line, p.Key))
	}
	return out
}

func TestReviewJudgesTheTextTheProofAndTheConcessionOfEachClause(t *testing.T) {
	t.Parallel()
	const sound = "Le titulaire répond."
	for name, c := range map[string]struct {
		french, english, fallback, allow string
		want                             []string
	}{
		"nothing wrong":         {sound, "It shall answer.", "Trente jours.", "", nil}, // a concession names its figures
		"a long sentence":       {strings.Repeat("mot ", 46) + ".", "It shall answer.", "Un mois.", "", []string{"gov.yaml:20 clauses[1].text.fr sentence-long mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot…"}},
		"a long entry":          {"Il remet :\n\n- le plan ;\n- " + strings.Repeat("mot ", 46) + ".", "It shall answer.", "Un mois.", "", []string{"gov.yaml:20 clauses[1].text.fr sentence-long mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot…"}},
		"no period":             {"Le titulaire revoit régulièrement les droits.", "It shall regularly review rights.", "Un mois.", "", []string{"gov.yaml:20 clauses[1].text.fr no-period régulièrement", "gov.yaml:20 clauses[1].text.en no-period regularly"}},
		"no limit":              {sound, "It shall answer without delay.", "Une réponse dans les meilleurs délais.", "", []string{"gov.yaml:20 clauses[1].text.en no-limit without delay", "gov.yaml:22 clauses[1].fallback.fr no-limit dans les meilleurs délais"}},
		"vague":                 {"Le titulaire prend une mesure appropriée.", "It shall answer.", "Un mois.", "", []string{"gov.yaml:20 clauses[1].text.fr vague appropriée"}},
		"nobody acts":           {"Les accès sont retirés.", "Access shall be removed.", "Un mois.", "", []string{"gov.yaml:20 clauses[1].text.fr passive sont retirés"}},
		"a figure":              {"Il répond en 15 jours.", "It shall answer within 15 days.", "Un mois.", "", []string{"gov.yaml:20 clauses[1].text.fr figure 15", "gov.yaml:20 clauses[1].text.en figure 15"}},
		"the text of another":   {sound, "The supplier shall keep the list of the people that take part in the service.", "Un mois.", "", []string{"gov.yaml:20 clauses[1].text.en near-duplicate The supplier shall keep the list of the people that take part in the…"}},
		"allowed":               {"Il répond en 15 jours.", "It shall answer.", "Un mois.", "  - {rule: figure, id: GOV-02, text: \"15\", why: la loi}\n", nil},
		"allowed for no reason": {sound, "It shall answer.", "Un mois.", "  - {rule: figure, id: GOV-02, text: \"15\", why: la loi}\n", []string{"allow.yaml:2 lint.allow-unused"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, reviewed(t, small(c.french, c.english, c.fallback, c.allow))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheEditionIsOfTheTextsAlone(t *testing.T) {
	t.Parallel()
	var editions []string
	for _, allow := range []string{"", "  - {rule: figure, id: GOV-02, text: \"15\", why: la loi}\n"} {
		library, err := clause.Load(small("Le titulaire répond.", "It shall answer.", "Un mois.", allow))
		if err != nil {
			t.Fatal(err)
		}
		editions = append(editions, library.Edition)
	}
	if editions[0] != editions[1] {
		t.Error("the allow-list changes the edition")
	}
}

// The length of a text follows one rule: 220 words, 260 where a law prescribes what the contract must list.
func TestALawThatPrescribesAListAllowsALongerText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Le titulaire répond à chaque demande de la personne publique.\n", 24) // 240 words
	for references, want := range map[string]bool{"[RGPD-28-3-a]": true, "[CSP-R1111-11]": true, "[HDS-EXI-12]": true, "[DATA-ACT-25]": true, "[RGPD-32]": false, "[CSP-L1111-8]": false} {
		files := small(long, long, "Un mois.", "").(fstest.MapFS)
		files["gov.yaml"].Data = []byte(strings.Replace(string(files["gov.yaml"].Data), "    title: {fr: Titre", "    references: "+references+"\n    title: {fr: Titre", 2))
		library, err := clause.Load(files)
		if err != nil {
			t.Fatal(err)
		}
		allowed := true
		for _, p := range library.Lint() {
			allowed = allowed && !(p.Key == "lint.length" && strings.HasPrefix(p.Field, "clauses[1]"))
		}
		if allowed != want {
			t.Errorf("%s: allowed %v, want %v", references, allowed, want)
		}
	}
}
