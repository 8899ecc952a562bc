package frontend

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

func readShelf(t *testing.T) LibraryShelf {
	t.Helper()
	written, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		t.Fatal(err)
	}
	return LibraryShelf{Clauses: written, Questions: asked}
}

func libraryClauseOf(t *testing.T, shelf LibraryShelf, id string) LibraryClause {
	t.Helper()
	c, ok := shelf.Clauses.Clause(id)
	if !ok {
		t.Fatalf("no clause %s", id)
	}
	family, _ := shelf.Clauses.Family(c.Family)
	l := LibraryClause{Library: shelf.Clauses, Clause: c, Family: family, Questions: shelf.Questions.Verifying(id), Versions: shelf.Clauses.Versions(id)}
	all := shelf.Clauses.Clauses()
	for i, other := range all {
		if other == c && i > 0 {
			l.Previous = all[i-1]
		}
		if other == c && i+1 < len(all) {
			l.Next = all[i+1]
		}
	}
	return l
}

func libraryPages(t *testing.T, v View, shelf LibraryShelf) map[string]templ.Component {
	t.Helper()
	patches, _ := shelf.Clauses.Family("PAT")
	clauseOf := func(id string) LibraryClause { return libraryClauseOf(t, shelf, id) }
	found := clauseOf("SAU-02").Clause
	question, _ := shelf.Questions.Question("PAT-Q02")
	return map[string]templ.Component{
		"library": LibraryPage(v, shelf),
		"family":  LibraryFamilyPage(v, LibraryFamily{shelf.Clauses, patches}),
		"clause":  LibraryClausePage(v, clauseOf("PAT-02")),
		"contact": LibraryClausePage(v, clauseOf("GOV-01")),
		"draft":   LibraryClausePage(v, clauseOf("DCP-08")),
		"values":  LibraryVariablesPage(v, shelf.Clauses),
		"texts":   LibraryReferencesPage(v, shelf.Clauses),
		"asked":   LibraryQuestionsPage(v, shelf),
		"version": LibraryVersionPage(v, LibraryVersion{clauseOf("PAT-02"), clauseOf("PAT-02").Clause}),
		"former":  LibraryVersionPage(v, formerVersion(clauseOf("PAT-02"))),
		"question": LibraryQuestionPage(v, LibraryQuestion{
			Shelf: shelf, Domain: shelf.Questions.Domains[0], Question: question, Versions: []*questionnaire.Question{question}, Next: shelf.Questions.Questions()[0],
		}),
		"not-found": LibrarySearchPage(v, LibraryFound{Library: shelf.Clauses, Query: "licorne <b>"}),
		"found": LibrarySearchPage(v, LibraryFound{
			Library: shelf.Clauses, Query: "sauvegarde perte", Loose: true, Among: []*clause.Clause{found}, Filter: LibraryFilter{Door: "sauvegardes"},
			Clauses: []FoundClause{{
				Clause: found, Title: []Passage{{Text: "Rythme des "}, {"sauvegardes", true}, {Text: ", et "}, {"perte", true}, {Text: " de données"}},
				Summary: []Passage{{Text: libraryText(v, found.Summary)}}, Excerpt: []Passage{{Text: "… aucune "}, {"perte", true}, {Text: " de plus …"}},
			}},
			Questions: []FoundQuestion{{question, []Passage{{Text: libraryText(v, question.Text)}}}},
		}),
	}
}

// formerVersion is a clause as it was before its last change, with one before it.
func formerVersion(l LibraryClause) LibraryVersion {
	first, second := *l.Clause, *l.Clause
	first.Title.FR, first.Title.EN, first.Variables = "Correctifs <rapides>", "Quick patches", nil
	second.Version = 2
	current := l.Clause
	l.Clause, l.Versions = &second, []*clause.Clause{&first, &second, current}
	return LibraryVersion{l, current}
}

func rendered(t *testing.T, c templ.Component) string {
	t.Helper()
	var html bytes.Buffer
	if err := c.Render(t.Context(), &html); err != nil {
		t.Fatal(err)
	}
	return html.String()
}

func TestEveryPageOfTheLibraryIsSoundInBothLanguages(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("GARANT_GALLERY")
	if folder == "" {
		folder = t.TempDir()
	}
	shelf := readShelf(t)
	for _, l := range locale.Languages() {
		v := galleryView(t, l)
		v.Path, v.Nav = "/library", MainNav(v.Printer, "/library", false)
		for name, page := range libraryPages(t, v, shelf) {
			t.Run(string(l)+"/"+name, func(t *testing.T) {
				t.Parallel()
				html := rendered(t, page)
				for _, fault := range unsound([]byte(html)) {
					t.Error(fault)
				}
				for _, key := range []string{"library.", "reference.status", "layout."} {
					if at := strings.Index(html, ">"+key); at >= 0 {
						t.Errorf("a message key is shown: %s", html[at:min(at+60, len(html))])
					}
				}
				if err := os.WriteFile(filepath.Join(folder, "library-"+name+"-"+string(l)+".html"), []byte(html), 0o600); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

func TestEveryClausePageIsSound(t *testing.T) {
	t.Parallel()
	shelf := readShelf(t)
	for _, l := range locale.Languages() {
		v := galleryView(t, l)
		for _, c := range shelf.Clauses.Clauses() {
			html := rendered(t, LibraryClausePage(v, libraryClauseOf(t, shelf, c.ID)))
			for _, fault := range unsound([]byte(html)) {
				t.Errorf("%s %s: %s", l, c.ID, fault)
			}
			if strings.Contains(html, ">library.") {
				t.Errorf("%s %s: a message key is shown", l, c.ID)
			}
		}
	}
}

func TestAVariableInAClauseStandsAsItsNameAndLeadsToItsRow(t *testing.T) {
	t.Parallel()
	blocks, err := content.Markdown("Dans un délai de {delai_correctif_critique_jours}, **au plus**.")
	if err != nil {
		t.Fatal(err)
	}
	got := rendered(t, clauseText(blocks, func(string) string { return "délai <critique>" }))
	want := `<p>Dans un délai de <a class="v" href="#value-delai_correctif_critique_jours">délai &lt;critique&gt;</a>, <strong>au plus</strong>.</p>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWordsFoundAreMarkedWithoutASpaceOfTheirOwn(t *testing.T) {
	t.Parallel()
	got := rendered(t, passages([]Passage{{Text: "La "}, {"sauvegarde", true}, {Text: ", <toujours>"}}))
	if diff := cmp.Diff("La <mark class=\"p-0\">sauvegarde</mark>, &lt;toujours&gt;", got); diff != "" {
		t.Error(diff)
	}
}

func TestValuesReferencesAndQuestionsAreAllOnTheirPage(t *testing.T) {
	t.Parallel()
	shelf, v := readShelf(t), galleryView(t, locale.French)
	var missing []string
	lacks := func(html, id string) {
		if !strings.Contains(html, `id="`+id+`"`) {
			missing = append(missing, id)
		}
	}
	values := rendered(t, LibraryVariablesPage(v, shelf.Clauses))
	for _, x := range shelf.Clauses.Variables {
		lacks(values, valueID(x.Name))
	}
	texts := rendered(t, LibraryReferencesPage(v, shelf.Clauses))
	for _, r := range shelf.Clauses.References {
		lacks(texts, r.ID)
	}
	asked := rendered(t, LibraryQuestionsPage(v, shelf))
	for _, q := range shelf.Questions.Questions() {
		lacks(asked, q.ID)
	}
	if len(missing) > 0 {
		t.Errorf("not shown: %v", missing)
	}
}

func TestBoundsAreSaidOnceOrTierByTier(t *testing.T) {
	t.Parallel()
	v := galleryView(t, locale.French)
	days := clause.Variable{Type: clause.Days, Recommended: clause.Recommended{Min: "1", Max: "30"}}
	tiers := days
	tiers.Recommended.Tier1 = &clause.Range{Min: "1", Max: "15"}
	least := clause.Variable{Type: clause.Percent, Recommended: clause.Recommended{Min: "99.5"}}
	got := [][]string{boundsWords(v, &days), boundsWords(v, &tiers), boundsWords(v, &least), boundsWords(v, &clause.Variable{Type: clause.Contact})}
	want := [][]string{
		{"1 à 30\u00a0jours"}, {"socle\u00a0: 1 à 30\u00a0jours", "renforcé\u00a0: 1 à 30\u00a0jours", "critique\u00a0: 1 à 15\u00a0jours"},
		{"99,5\u00a0% au moins"}, {"—"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyWhatIsNotInForceIsMarked(t *testing.T) {
	t.Parallel()
	v := galleryView(t, locale.French)
	type state struct {
		Kind  Kind
		Words string
	}
	var got []state
	for _, status := range []string{clause.InForce, clause.ToVerify, clause.Inspiration, "from 2027-12-11"} {
		r := &clause.Reference{Status: status}
		got = append(got, state{statusKind(r), statusWords(v, r)})
	}
	want := []state{{Plain, "en vigueur"}, {Partial, "à confirmer"}, {Plain, "inspiration"}, {Why, "à compter du 11\u00a0décembre 2027"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAFilterIsReadFromAnAddressAndWrittenBack(t *testing.T) {
	t.Parallel()
	library := readShelf(t).Clauses
	for address, want := range map[string]string{
		"door=sauvegardes":                  "/library/search?door=sauvegardes",
		"level=socle&text=gdpr&door=humain": "/library/search?door=humain&level=socle&text=gdpr",
		"family=SAU&door=licorne&level=":    "/library/search?family=SAU",
		"family=%3Cscript%3E":               "/library",
	} {
		parameters, err := url.ParseQuery(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := ReadLibraryFilter(library, parameters.Get).href(""); got != want {
			t.Errorf("%s becomes %s, want %s", address, got, want)
		}
	}
}

func TestCountsOfAFacetAreThoseOfTheListsTheyLeadTo(t *testing.T) {
	t.Parallel()
	library := readShelf(t).Clauses
	v := galleryView(t, locale.French)
	filter := LibraryFilter{Door: "sauvegardes"}
	for _, x := range facets {
		for _, section := range facetSections(v, library, x, filter, "", library.Clauses()) {
			_, query, _ := strings.Cut(section.Href, "?")
			parameters, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			if led := ReadLibraryFilter(library, parameters.Get); !section.Current && itoa(led.count(library.Clauses())) != section.Note {
				t.Errorf("%s says %s and leads to %d", section.Href, section.Note, led.count(library.Clauses()))
			}
		}
	}
}

func TestWhatAVersionChangedIsSeenAndHeardWordByWord(t *testing.T) {
	t.Parallel()
	v := galleryView(t, locale.French)
	pieces := prose.Diff("Un délai\nde 30 jours.", "Un délai\nde 15 <mois>\nau plus.")
	want := `<p>Un délai</p><p>de <del><span class="visually-hidden"> [retiré :] </span>30 jours</del>` +
		`<ins><span class="visually-hidden"> [ajouté :] </span>15 &lt;mois&gt;</ins></p><p><ins><span class="visually-hidden"> [ajouté :] </span>au plus</ins>.</p>`
	if diff := cmp.Diff(want, strings.ReplaceAll(rendered(t, differences(v, pieces)), "\u00a0", " ")); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyTheChangedPartsOfAVersionAreCompared(t *testing.T) {
	t.Parallel()
	shelf := readShelf(t)
	v := galleryView(t, locale.French)
	former := formerVersion(libraryClauseOf(t, shelf, "PAT-02"))
	var parts []string
	for _, part := range former.changes(v) {
		parts = append(parts, part.title)
	}
	if diff := cmp.Diff([]string{"Titre", "Valeurs à fixer"}, parts); diff != "" {
		t.Error(diff)
	}
	former.Clause = former.Versions[0]
	if parts := former.changes(v); parts != nil {
		t.Errorf("the first version changes %v", parts)
	}
}
