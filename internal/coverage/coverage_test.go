package coverage_test

import (
	"encoding/csv"
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/coverage"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

var update = flag.Bool("update", false, "write the golden file anew")

func libraries(t testing.TB) (*clause.Library, *questionnaire.Library) {
	t.Helper()
	written, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		t.Fatal(err)
	}
	return written, asked
}

// lines writes a coverage as a person reads it: item, clauses, questions.
func lines(c coverage.Coverage) []string {
	var out []string
	for _, item := range c.Items {
		var written, asked []string
		for _, a := range item.Answers {
			written = append(written, a.ID)
		}
		for _, q := range item.Questions {
			asked = append(asked, q.ID)
		}
		out = append(out, item.ID+": "+strings.Join(written, " ")+" | "+strings.Join(asked, " "))
	}
	return out
}

// catalogueNumbers are the items of the css column of the catalogue, in the order of their figures: O-9.1, O-9.1.1, O-9.2, O-10.1.
func catalogueNumbers(t *testing.T) []string {
	t.Helper()
	f, err := os.Open("../clause/testdata/catalogue.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, row := range rows[1:] {
		for part := range strings.SplitSeq(row[slices.Index(rows[0], "css")], ";") {
			if part = strings.TrimSpace(part); part != "-" {
				numbers = append(numbers, part)
			}
		}
	}
	figures := func(number string) []int {
		var out []int
		for part := range strings.SplitSeq(strings.TrimPrefix(number, "O-"), ".") {
			n, err := strconv.Atoi(part)
			if err != nil {
				t.Fatalf("%s: %v", number, err)
			}
			out = append(out, n)
		}
		return out
	}
	slices.SortFunc(numbers, func(a, b string) int { return slices.Compare(figures(a), figures(b)) })
	return slices.Compact(numbers)
}

func TestTheClausierIsCoveredItemByItem(t *testing.T) {
	t.Parallel()
	written, asked := libraries(t)
	css, ok := coverage.Of(written, asked, "css")
	if !ok {
		t.Fatal("no framework css")
	}
	var got []string
	for _, item := range css.Items {
		got = append(got, item.ID)
	}
	if diff := cmp.Diff(catalogueNumbers(t), got); diff != "" {
		t.Errorf("items (-catalogue +framework):\n%s", diff)
	}
	if css.Total() != 118 || css.Covered() != 118 {
		t.Errorf("%d of %d", css.Covered(), css.Total())
	}
	for _, item := range css.Items {
		if !item.Title.IsZero() {
			t.Errorf("%s has a title: no word of the list is given", item.ID)
		}
		if len(item.Questions) == 0 && item.ID != "O-2.8" { // the structure's own commitments, which nobody asks the supplier
			t.Errorf("no question answers %s", item.ID)
		}
	}
}

func TestEveryFrameworkButTheClausierSaysWhichClauseAndQuestionAnswersEachItem(t *testing.T) {
	t.Parallel()
	written, asked := libraries(t)
	var got []string
	for _, c := range coverage.All(written, asked) {
		if c.Framework.ID == "css" {
			continue
		}
		got = append(got, "# "+c.Framework.ID+" "+strconv.Itoa(c.Covered())+" of "+strconv.Itoa(c.Total()))
		got = append(got, lines(c)...)
	}
	const golden = "testdata/frameworks.txt"
	text := strings.Join(got, "\n") + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("%s (go test -update writes it anew):\n%s", golden, diff)
	}
}

// A reference that a clause cites is an item of the framework that lists such references, or is in one of its items.
func TestEveryReferenceThatClausesCiteIsInItsFramework(t *testing.T) {
	t.Parallel()
	written, asked := libraries(t)
	begins := map[string]string{"RGPD-28-": "rgpd-28", "RGPD-30-2": "rgpd-28", "RGPD-33-2": "rgpd-28", "NIS2-21-2-": "nis2-21-2", "RECYF-3.B.": "recyf-3b"}
	held := map[string][]string{}
	for _, c := range coverage.All(written, asked) {
		for _, item := range c.Items {
			held[c.Framework.ID] = append(held[c.Framework.ID], item.References...)
		}
	}
	statements, _ := coverage.Of(written, asked, "hds-r1111-11")
	for _, c := range written.Clauses() {
		for _, reference := range c.References {
			for beginning, framework := range begins {
				if strings.HasPrefix(reference, beginning) && !slices.Contains(held[framework], reference) {
					t.Errorf("%s cites %s, which is no item of %s", c.ID, reference, framework)
				}
			}
			answers := slices.ContainsFunc(statements.Items, func(item coverage.Item) bool { return slices.Contains(item.Answers, c) })
			if reference == "CSP-R1111-11" && !answers {
				t.Errorf("%s cites %s and answers none of its statements", c.ID, reference)
			}
		}
	}
}

func TestAnItemThatNoClauseAnswersIsNotCovered(t *testing.T) {
	t.Parallel()
	written, asked := libraries(t)
	written.Frameworks = []*clause.Framework{{ID: "own", Items: []clause.FrameworkItem{
		{ID: "1", Clauses: []string{"PAT-02"}}, {ID: "2"}, {ID: "3", References: []string{"CARE-D2-O4"}}, {ID: "4", Clauses: []string{"DCP-08"}},
	}}}
	own, _ := coverage.Of(written, asked, "own")
	if diff := cmp.Diff([]string{"1: PAT-02 | PAT-Q02 PAT-Q03", "2:  | ", "3: SAU-03 | SAU-Q05", "4: DCP-08 | "}, lines(own)); diff != "" {
		t.Error(diff)
	}
	if own.Covered() != 3 || own.Total() != 4 {
		t.Errorf("%d of %d", own.Covered(), own.Total())
	}
	if _, ok := coverage.Of(written, asked, "css"); ok {
		t.Error("a framework that the library does not have was found")
	}
}

func BenchmarkOf(b *testing.B) {
	written, asked := libraries(b)
	for b.Loop() {
		coverage.Of(written, asked, "css")
	}
}
