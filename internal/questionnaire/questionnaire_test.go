package questionnaire_test

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

// anyClause knows every clause, with every variable that the embedded questions compare with.
var anyClause = sync.OnceValue(func() questionnaire.ClauseVariables {
	library, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		panic(err)
	}
	var variables []string
	for _, q := range library.Questions() {
		for _, v := range q.Verifies {
			variables = append(variables, v.Variable)
		}
	}
	return func(string) ([]string, bool) { return variables, true }
})

func TestTheLibraryHoldsTheCatalogueColumnByColumn(t *testing.T) {
	t.Parallel()
	type columns struct {
		ID, Domain, Module, Type, Blocking, Need, Title string
		Weight                                          int
		Verifies                                        []string
	}
	f, err := os.Open("testdata/catalogue.tsv")
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
	var want, got []columns
	for _, row := range rows[1:] {
		weight, err := strconv.Atoi(row[4])
		if err != nil {
			t.Fatal(err)
		}
		var verifies []string
		for part := range strings.SplitSeq(row[7], ";") {
			verifies = append(verifies, strings.TrimSpace(part))
		}
		want = append(want, columns{row[0], row[1], row[2], row[3], row[5], row[6], row[8], weight, verifies})
	}
	library, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range library.Questions() {
		c := columns{ID: q.ID, Domain: q.Domain, Module: q.Module, Type: string(q.Type), Blocking: "-", Need: "-", Title: q.Text.FR, Weight: q.Weight}
		if q.Blocking != nil {
			c.Blocking = "oui"
			if q.Blocking.Only != "" {
				c.Blocking = q.Blocking.Only
			}
		}
		if q.Need != "" {
			c.Need = string(q.Need)
		}
		for _, v := range q.Verifies {
			c.Verifies = append(c.Verifies, v.Clause)
		}
		got = append(got, c)
	}
	byID := cmpopts.SortSlices(func(a, b columns) bool { return a.ID < b.ID })
	if diff := cmp.Diff(want, got, byID); diff != "" {
		t.Error(diff)
	}
}

func findings(t *testing.T, name, old, replacement string) []string {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(questionnaires.Files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range names {
		data, err := fs.ReadFile(questionnaires.Files, file)
		if err != nil {
			t.Fatal(err)
		}
		if file == name {
			if !strings.Contains(string(data), old) {
				t.Fatalf("%s does not hold %q", name, old)
			}
			data = []byte(strings.Replace(string(data), old, replacement, 1))
		}
		files[file] = &fstest.MapFile{Data: data}
	}
	library, err := questionnaire.Load(files)
	problems, _ := err.(fault.Problems)
	if err == nil {
		problems = library.Lint(anyClause())
	}
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%s %s %s", p.File, p.Field[strings.LastIndex(p.Field, ".")+1:], p.Key))
	}
	return out
}

func TestEachRuleOfLintFindsWhatBreaksIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, replacement string
		want             []string
	}{
		"nothing wrong":            {"module: express", "module: express", nil},
		"unknown domain":           {"domain: PAT", "domain: PAX", []string{"pat.yaml domain library.unknown-domain"}},
		"id twice":                 {"id: PAT-Q03", "id: PAT-Q02", []string{"pat.yaml id library.id-twice"}},
		"id of another domain":     {"id: PAT-Q03", "id: ACC-Q99", []string{"pat.yaml id lint.id"}},
		"module":                   {"module: express", "module: expres", []string{"pat.yaml module lint.module"}},
		"type":                     {"type: number", "type: figure", []string{"pat.yaml type yaml.not-allowed"}},
		"weight":                   {"weight: 5", "weight: 9", []string{"pat.yaml weight lint.weight"}},
		"variable of no clause":    {"variable: delai_correctif_critique_jours", "variable: delai_inconnu", []string{"pat.yaml variable lint.variable-not-of-clause"}},
		"threshold":                {"threshold: 0.75", "threshold: 1.75", []string{"pat.yaml threshold lint.threshold"}},
		"points not monotonic":     {"{at_most: 15, points: 0.8}", "{at_most: 15, points: 1}", []string{"pat.yaml points[1] lint.not-monotonic"}},
		"thresholds not monotonic": {"{at_most: 15, points: 0.8}", "{at_most: 5, points: 0.8}", []string{"pat.yaml points[1] lint.not-monotonic"}},
		"point above one":          {"{at_most: 7, points: 1}", "{at_most: 7, points: 2}", []string{"pat.yaml points lint.point"}},
		"threshold of no kind":     {"{at_most: 7, points: 1}", "{points: 1}", []string{"pat.yaml points[0] lint.one-threshold", "pat.yaml points[1] lint.not-monotonic"}},
		"blocking on no option":    {"when: [unmaintained]", "when: [abandoned]", []string{"pat.yaml when[0] lint.option"}},
		"number without unit":      {"    unit: days\n", "", []string{"pat.yaml unit lint.question-unit"}},
		"straight quotes":          {"En combien de jours", "En \"combien\" de jours", []string{"pat.yaml fr lint.quotes"}},
		"et cetera":                {"En combien de jours", "En combien de jours, etc.", []string{"pat.yaml fr lint.et-cetera"}},
		"condition on no question": {"    module: express\n    type: number\n", "    module: express\n    type: number\n    show_when: {question: PAT-Q99, in: [\"yes\"]}\n", []string{"pat.yaml question lint.question"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, findings(t, "pat.yaml", c.old, c.replacement)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLintNamesAClauseThatDoesNotExist(t *testing.T) {
	t.Parallel()
	library, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range library.Lint(func(id string) ([]string, bool) {
		variables, _ := anyClause()(id)
		return variables, id != "TEL-05"
	}) {
		got = append(got, fmt.Sprint(p.File, " ", p.Key, " ", p.Args))
	}
	if diff := cmp.Diff([]string{"tel.yaml lint.clause [id TEL-05]"}, got); diff != "" {
		t.Error(diff)
	}
}
