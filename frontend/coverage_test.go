package frontend

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/coverage"
	"github.com/garant-sante/garant/internal/locale"
)

// gap is a framework of three items: one that two clauses answer, one that nothing does, one that binds the structure.
func gap(shelf LibraryShelf) coverage.Coverage {
	shelf.Clauses.Frameworks = []*clause.Framework{{
		ID: "own", Title: content.Text{FR: "Liste à trous", EN: "A list with gaps"}, Source: content.Text{FR: "nous", EN: "us"}, Summary: content.Text{FR: "Un essai.", EN: "A trial."},
		Items: []clause.FrameworkItem{
			{ID: "own-1", Number: content.Text{FR: "art. 1", EN: "Art. 1"}, Title: content.Text{FR: "Correctifs", EN: "Patches"}, Clauses: []string{"PAT-02", "SAU-03"}},
			{ID: "own-2", Number: content.Text{FR: "art. 2", EN: "Art. 2"}, Title: content.Text{FR: "Licornes", EN: "Unicorns"}},
			{ID: "own-3", Number: content.Text{FR: "art. 3", EN: "Art. 3"}, Clauses: []string{"DCP-08"}},
		},
	}}
	c, _ := coverage.Of(shelf.Clauses, shelf.Questions, "own")
	return c
}

func TestEveryCoveragePageIsSoundInBothLanguages(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("GARANT_GALLERY")
	if folder == "" {
		folder = t.TempDir()
	}
	shelf, gaps := readShelf(t), readShelf(t)
	holed := gap(gaps)
	for _, l := range locale.Languages() {
		v := galleryView(t, l)
		v.Path, v.Nav = "/library", MainNav(v.Printer, "/library", false)
		all := coverage.All(shelf.Clauses, shelf.Questions)
		pages := map[string]templ.Component{"all": LibraryCoveragesPage(v, all), "gaps": LibraryCoveragePage(v, LibraryCoverage{gaps.Clauses, holed})}
		for _, c := range all {
			pages[c.Framework.ID] = LibraryCoveragePage(v, LibraryCoverage{shelf.Clauses, c})
		}
		for name, page := range pages {
			html := rendered(t, page)
			for _, fault := range unsound([]byte(html)) {
				t.Errorf("%s %s: %s", l, name, fault)
			}
			if strings.Contains(html, ">coverage.") {
				t.Errorf("%s %s: a message key is shown", l, name)
			}
			if err := os.WriteFile(filepath.Join(folder, "coverage-"+name+"-"+string(l)+".html"), []byte(html), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// pageWords are the texts of a stretch of HTML, one a line.
func pageWords(html string) []string {
	var out []string
	for _, line := range strings.Split(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(html, "\n"), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func TestACoveragePageSaysWhatAnswersEachItemAndWhatNothingDoes(t *testing.T) {
	t.Parallel()
	shelf := readShelf(t)
	holed := gap(shelf)
	html := rendered(t, LibraryCoveragePage(galleryView(t, locale.English), LibraryCoverage{shelf.Clauses, holed}))
	_, html, _ = strings.Cut(html, `<h2>What is not covered`)
	html, _, _ = strings.Cut(html, "</main>")
	titled := func(id string) []string {
		c, _ := shelf.Clauses.Clause(id)
		return []string{id, c.Title.EN}
	}
	question := func(id string) []string {
		q, _ := shelf.Questions.Question(id)
		return []string{id, q.Text.EN}
	}
	want := slices.Concat(
		[]string{"1", "Art. 2", "Unicorns", "Items", "2 items of 3 covered"},
		[]string{"Art. 1", "Patches"}, titled("PAT-02"), titled("SAU-03"), question("PAT-Q02"), question("PAT-Q03"), question("SAU-Q05"),
		[]string{"Art. 2", "Unicorns", "not covered", "No clause answers this item."},
		[]string{"Art. 3"}, titled("DCP-08"), []string{"This item binds the institution itself: nothing is asked of the supplier."},
		[]string{"Source: us", "For a program:", "garant coverage --framework own --format json"},
	)
	if diff := cmp.Diff(want, pageWords(html)); diff != "" {
		t.Error(diff)
	}
}
