package clause_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// withModel is a small library with one document model, whose text begins at line 7 in French.
func withModel(french, english string) fstest.MapFS {
	files := small("Le titulaire remet le plan.", "The supplier shall deliver the plan.", "Un mois.", "").(fstest.MapFS)
	block := func(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") + "\n" }
	files["models/plan.yaml"] = &fstest.MapFile{Data: []byte("id: plan\ntitle: {fr: Plan, en: Plan}\nsummary: {fr: Un plan., en: A plan.}\nclauses: [GOV-01]\ntext:\n  fr: |\n" +
		block(french) + "  en: |\n" + block(english))}
	return files
}

// modelFindings are what loading and lint say of the model alone, each as "line key arguments".
func modelFindings(t *testing.T, files fs.FS) []string {
	t.Helper()
	library, err := clause.Load(files)
	problems, ok := err.(fault.Problems)
	if err != nil && !ok {
		t.Fatal(err)
	}
	if err == nil {
		problems = library.Lint()
	}
	var out []string
	for _, p := range problems {
		if p.File == "models/plan.yaml" {
			out = append(out, fmt.Sprintf("%d %s %v", p.Line, p.Key, p.Args))
		}
	}
	return out
}

func TestABrokenModelIsToldWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	allowed := strings.Join(clause.ModelFields(), ", ")
	for name, c := range map[string]struct {
		french, english string
		want            []string
	}{
		"whole":                    {"## Titre\n\n> Pour {supplier.name}.\n\n| Nom | |\n\n[ ] Oui\n\n@lines 3\n\n@signatures L'un | L'autre", "## Title\n\n> For {supplier.name}.\n\n| Name | |\n\n[ ] Yes\n\n@lines 3\n\n@signatures One | The other", nil},
		"no number of lines":       {"@lines", "@lines 2", []string{"7 model.lines [value  max 20]"}},
		"too many lines":           {"Un.\n\n@lines 21", "One.\n\n@lines 2", []string{"9 model.lines [value 21 max 20]"}},
		"nobody signs":             {"@signatures L'un |", "@signatures One", []string{"7 model.signatures []"}},
		"no such directive":        {"@page", "Page.", []string{"7 model.directive [value @page]"}},
		"a row too short":          {"| A | B |\n| - | - |\n| 1 |", "| A | B |\n| - | - |\n| 1 | 2 |", []string{"7 model.cells [cells 1 columns 2]"}},
		"a header without rows":    {"| A | B |\n| - | - |", "| A | B |", []string{"7 model.no-rows []"}},
		"a list in a cell":         {"| - a | b |", "| a | b |", []string{"7 model.one-paragraph [value - a]"}},
		"markup of another kind":   {"Du `code`.", "Text.", []string{"7 library.markdown [why markup that is not of the subset in \"Du `code`.\"]"}},
		"a brace left open":        {"[ ] {supplier.name", "[ ] Yes", []string{"7 library.markdown [why a brace that names no variable in \"{supplier.name\"]"}},
		"an unknown place":         {"Pour {supplier.phone}.", "For {supplier.phone}.", []string{"7 model.place [name supplier.phone allowed " + allowed + "]", "9 model.place [name supplier.phone allowed " + allowed + "]"}},
		"other places":             {"Pour {supplier.name}.", "For {structure.name}.", []string{"8 model.places-differ [fr {supplier.name} en {structure.name}]"}},
		"other pieces":             {"[ ] Oui\n\n@lines 3", "[ ] Yes\n\n@lines 2", []string{"10 lint.structure [fr box lines(3) en box lines(2)]"}},
		"a slip of typography":     {"Un plan ; rien d'autre.\n\nUn plan; rien.", "A plan.\n\nNothing.", []string{"9 lint.french-space [value n; ]"}},
		"a heading is a heading":   {"## Un\n\n### Deux", "## One\n\nTwo", []string{"10 lint.structure [fr heading1 heading2 en heading1 prose(p)]"}},
		"two in one, each is told": {"@page\n\n@lines 0", "Page.", []string{"7 model.directive [value @page]", "9 model.lines [value 0 max 20]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, modelFindings(t, withModel(c.french, c.english))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheFileOfAModelIsHeldToItsOwnRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, replacement string
		want             []string
	}{
		"another name than its file": {"id: plan", "id: map", []string{"1 model.id [id map file plan]"}},
		"no clause":                  {"[GOV-01]", "[]", []string{"4 model.no-clause []"}},
		"an unknown clause":          {"[GOV-01]", "[GOV-09]", []string{"4 lint.clause [id GOV-09]"}},
		"a clause twice":             {"[GOV-01]", "[GOV-01, GOV-01]", []string{"4 library.id-twice [id GOV-01]"}},
		"a field too many":           {"id: plan", "id: plan\npages: 2", []string{"2 yaml.unknown-field [allowed id, title, summary, clauses, text]"}},
		"a language missing":         {", en: A plan.", "", []string{"3 yaml.required []"}},
		"no summary":                 {"summary: {fr: Un plan., en: A plan.}\n", "", []string{"1 yaml.required []"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := withModel("Un plan.", "A plan.")
			data := string(files["models/plan.yaml"].Data)
			if !strings.Contains(data, c.old) {
				t.Fatalf("the model does not hold %q", c.old)
			}
			files["models/plan.yaml"].Data = []byte(strings.Replace(data, c.old, c.replacement, 1))
			if diff := cmp.Diff(c.want, modelFindings(t, files)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAModelIsReadPieceByPiece(t *testing.T) {
	t.Parallel()
	library, err := clause.Load(withModel(
		"> Pour.\n\n## Un\n### Deux\nDu **texte**\nsuivi.\n\n- a\n- b\n\n| A | B |\n| -- | --- |\n| x | {article.title} |\n@note Petit.\n[ ] Oui\n@lines 4\n@signatures L'un | L'autre",
		"> For.\n\n## One\n### Two\nSome **text**\nand more.\n\n- a\n- b\n\n| A | B |\n| -- | --- |\n| x | {article.title} |\n@note Small.\n[ ] Yes\n@lines 4\n@signatures One | The other"))
	if err != nil {
		t.Fatal(err)
	}
	model, ok := library.Model("plan")
	if !ok {
		t.Fatal("no model")
	}
	for _, lang := range locale.Languages() {
		var got []string
		for _, part := range model.Parts(lang) {
			word := fmt.Sprintf("%s %d %d %d", part.Kind, part.Level, part.Lines, len(part.Signed))
			for _, row := range part.Rows {
				word += fmt.Sprintf(" %d cells, repeated %v, widths %v", len(row.Cells), row.Repeated, part.Widths)
			}
			got = append(got, word)
		}
		want := []string{
			"lead 0 0 0", "heading 1 0 0", "heading 2 0 0", "prose 0 0 0", "table 0 0 0 2 cells, repeated true, widths [2 3]",
			"note 0 0 0", "box 0 0 0", "lines 0 4 0", "signatures 0 0 2",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
}

func TestTheSixModelsAreWholeInTheOrderOfAContractsLife(t *testing.T) {
	t.Parallel()
	library, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"assurance-plan", "remote-maintenance-agreement", "confidentiality-undertaking", "committee-minutes", "incident-report", "destruction-certificate",
	}
	if diff := cmp.Diff(want, library.ModelIDs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, m := range library.Models {
		for _, lang := range locale.Languages() {
			parts := m.Parts(lang)
			if m.Title.In(lang) == "" || m.Summary.In(lang) == "" || len(parts) < 5 {
				t.Errorf("%s in %s: %q, %q, %d pieces", m.ID, lang, m.Title.In(lang), m.Summary.In(lang), len(parts))
			}
			if parts[0].Kind != clause.ModelLead {
				t.Errorf("%s in %s does not begin by saying what it is for", m.ID, lang)
			}
		}
	}
	var serving []string
	for _, m := range library.ModelsFor("GOV-02") {
		serving = append(serving, m.ID)
	}
	if diff := cmp.Diff([]string{"assurance-plan"}, serving); diff != "" {
		t.Errorf("models for GOV-02 (-want +got):\n%s", diff)
	}
	if _, ok := library.Model("novel"); ok || library.ModelsFor("GOV-99") != nil {
		t.Error("a model or a clause that does not exist was found")
	}
}
