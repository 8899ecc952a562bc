package workbook_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/workbook"
	"github.com/garant-sante/garant/questionnaires"
)

var update = flag.Bool("update", false, "write the golden files again")

// shelf is what never changes once read.
type shelf struct {
	words     *locale.Catalogue
	clauses   *clause.Library
	questions *questionnaire.Library
}

var shelved = sync.OnceValue(func() shelf {
	words, err := locale.Load()
	if err != nil {
		panic(err)
	}
	written, err := clause.Load(clauses.Files)
	if err != nil {
		panic(err)
	}
	asked, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		panic(err)
	}
	return shelf{words, written, asked}
})

func (s shelf) reader() workbook.Reader {
	return workbook.Reader{Words: s.words, Library: s.questions, Clause: func(id string) bool {
		_, known := s.clauses.Clause(id)
		return known
	}}
}

// whole asks every question of the library, and attests the clauses that none verifies.
func whole() workbook.Form {
	s := shelved()
	asked := questionnaire.Questionnaire{Modules: s.questions.Modules, Questions: s.questions.Questions()}
	for _, id := range []string{"SAU-03", "PAT-05", "GOV-06"} {
		asked.Attestations = append(asked.Attestations, questionnaire.Attestation{ID: questionnaire.AttestationID(id), Clause: id})
	}
	return form(asked)
}

func form(asked questionnaire.Questionnaire) workbook.Form {
	s := shelved()
	return workbook.Form{
		Library: s.questions, Questionnaire: asked,
		Clause: func(id string) workbook.Clause {
			c, _ := s.clauses.Clause(id)
			return workbook.Clause{Title: c.Title.FR, Text: c.Summary.FR}
		},
		Structure: "Centre hospitalier de Vallombreuse", Supplier: "=HYPERLINK(\"http://x\")", Contract: "Plateforme de télésuivi", Reference: "2026-TIC-0147",
		Tier: framing.Critical, Due: "2027-01-15",
	}
}

// few asks one question of each type.
func few() workbook.Form {
	s := shelved()
	var asked questionnaire.Questionnaire
	seen := map[questionnaire.Type]bool{}
	for _, q := range s.questions.Questions() {
		if !seen[q.Type] {
			seen[q.Type] = true
			asked.Questions = append(asked.Questions, q)
		}
	}
	asked.Attestations = []questionnaire.Attestation{{ID: "ATT-PAT-05", Clause: "PAT-05"}}
	return form(asked)
}

// everyAnswer answers each question by its last choice, with a comment and evidence; one does not apply.
func everyAnswer(f workbook.Form) map[string]questionnaire.Answer {
	answers := map[string]questionnaire.Answer{}
	for i, q := range f.Questionnaire.Questions {
		a := questionnaire.Answer{Given: sample(q), Comment: fmt.Sprintf("=1+%d", i), Evidence: []string{"politique.pdf", "relevé 2027.xlsx"}}
		if i == 3 {
			a = questionnaire.Answer{NotApplicable: "Le code est celui d'un progiciel."}
		}
		answers[q.ID] = a
	}
	for _, at := range f.Questionnaire.Attestations {
		answers[at.ID] = questionnaire.Answer{Given: []content.Scalar{"partial"}}
	}
	return answers
}

func sample(q *questionnaire.Question) []content.Scalar {
	switch q.Type {
	case questionnaire.Number:
		return []content.Scalar{"99.5"}
	case questionnaire.Date:
		return []content.Scalar{"2027-01-15"}
	case questionnaire.File:
		return []content.Scalar{"+plan.pdf"}
	case questionnaire.Text:
		return []content.Scalar{"@SUM(A1)\ndeux lignes"}
	case questionnaire.Multi:
		all := q.Answers()
		return all[:2]
	}
	all := q.Answers()
	return all[len(all)-1:]
}

func write(tb testing.TB, l locale.Language, f workbook.Form) []byte {
	tb.Helper()
	data, err := workbook.Write(shelved().words.In(l), f)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func read(tb testing.TB, data []byte) workbook.Reply {
	tb.Helper()
	reply, err := shelved().reader().Read(data)
	if err != nil {
		tb.Fatal(err)
	}
	return reply
}

func open(tb testing.TB, data []byte) *excelize.File {
	tb.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = file.Close() })
	return file
}

func TestWhatIsWrittenIsReadBackWholeInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages() {
		f := whole()
		f.Answers = everyAnswer(f)
		f.Campaign, f.Revisions, f.Seal = "campagne-1", map[string]int64{"GOV-Q01": 7}, func(digest string) string { return "sealed " + digest[:4] }
		got := read(t, write(t, l, f))
		if diff := cmp.Diff(f.Answers, got.Answers); diff != "" {
			t.Errorf("%s: %s", l, diff)
		}
		if diff := cmp.Diff(f.Questionnaire.Order(), got.Order); diff != "" {
			t.Errorf("%s: %s", l, diff)
		}
		if len(got.Problems) > 0 || !got.Intact || got.Language != l || got.Identity.Campaign != "campagne-1" || got.Identity.Items[0].Revision != 7 ||
			got.Identity.Seal != "sealed "+got.Identity.Digest()[:4] || len(got.Identity.Items) != 126 {
			t.Errorf("%s: %+v", l, got)
		}
	}
}

func TestTheSameFormGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(write(t, locale.French, whole()), write(t, locale.French, whole())) {
		t.Error("two writings of one form differ")
	}
}

func TestAnEmptyWorkbookHasNoAnswers(t *testing.T) {
	t.Parallel()
	got := read(t, write(t, locale.French, whole()))
	if len(got.Answers)+len(got.Problems) > 0 || !got.Intact {
		t.Errorf("%+v", got)
	}
}

// cells lists what a person sees of a workbook, cell by cell, hidden sheets too.
func cells(tb testing.TB, data []byte) string {
	tb.Helper()
	file := open(tb, data)
	var b strings.Builder
	for _, name := range file.GetSheetList() {
		visible, err := file.GetSheetVisible(name)
		if err != nil {
			tb.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s%s\n", name, map[bool]string{false: " (hidden)"}[visible])
		rows, err := file.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			tb.Fatal(err)
		}
		for r, row := range rows {
			for c, text := range row {
				if text == "" {
					continue
				}
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if formula, err := file.GetCellFormula(name, at); err != nil || formula != "" {
					tb.Errorf("%s!%s holds the formula %q, %v", name, at, formula, err)
				}
				fmt.Fprintf(&b, "%-4s %s\n", at, strings.ReplaceAll(text, "\n", "\n     "))
			}
		}
		rules, err := file.GetDataValidations(name)
		if err != nil {
			tb.Fatal(err)
		}
		for _, rule := range rules {
			fmt.Fprintf(&b, "rule %s %s %s %v\n", rule.Sqref, rule.Type, rule.Formula1, rule.ShowErrorMessage)
		}
		formats, err := file.GetConditionalFormats(name)
		if err != nil {
			tb.Fatal(err)
		}
		var areas []string
		for area := range formats {
			areas = append(areas, area)
		}
		slices.Sort(areas)
		for _, area := range areas {
			for _, format := range formats[area] {
				fmt.Fprintf(&b, "mark %s %s\n", area, format.Criteria)
			}
		}
	}
	return b.String()
}

func TestTheWorkbookOfOneQuestionOfEachTypeCellByCell(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages() {
		f := few()
		f.Answers = everyAnswer(f)
		got := cells(t, write(t, l, f))
		path := "testdata/few." + string(l) + ".txt"
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestOnlyAnswerCellsAreOpenAndTheSheetsAreProtected(t *testing.T) {
	t.Parallel()
	file := open(t, write(t, locale.French, few()))
	for cell, locked := range map[string]bool{"A2": true, "B2": true, "C2": false, "D2": true, "E2": false, "F2": false, "G2": false, "H2": true} {
		id, err := file.GetCellStyle("Gouvernance de la sécurité", cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := file.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := style.Protection == nil || style.Protection.Locked; got != locked {
			t.Errorf("%s locked: %v", cell, got)
		}
	}
	for _, name := range file.GetDefinedName() {
		if strings.HasPrefix(name.Scope, "Garant.") {
			t.Errorf("the hidden sheet %s has %s, and would be printed", name.Scope, name.Name)
		}
	}
	panes, err := file.GetPanes("Gouvernance de la sécurité")
	if err != nil || !panes.Freeze || panes.XSplit != 2 || panes.YSplit != 1 {
		t.Errorf("%+v, %v", panes, err)
	}
	if err := file.UnprotectSheet("Gouvernance de la sécurité", "x"); err == nil {
		t.Error("a password is set")
	}
}

func TestAConditionIsToldAndItsRowIsNotMissing(t *testing.T) {
	t.Parallel()
	f := few()
	q := *f.Questionnaire.Questions[1]
	q.ShowWhen = &questionnaire.Condition{Question: f.Questionnaire.Questions[0].ID, In: f.Questionnaire.Questions[0].Answers()[:1]}
	f.Questionnaire.Questions[1] = &q
	got := strings.ReplaceAll(cells(t, write(t, locale.French, f)), "\u00a0", " ")
	if !strings.Contains(got, "À remplir si la réponse à GOV-Q01 est : Oui, avec un suppléant") {
		t.Error("the condition is not told")
	}
	var marks []string
	for line := range strings.Lines(got) {
		if strings.HasSuffix(line, "AND(LEN(TRIM($C2))=0,LEN(TRIM($G2))=0)\n") || strings.HasPrefix(line, "mark C4") {
			marks = append(marks, strings.TrimSpace(line))
		}
	}
	if diff := cmp.Diff([]string{"mark C2:C2 AND(LEN(TRIM($C2))=0,LEN(TRIM($G2))=0)", "mark C4:C5 AND(LEN(TRIM($C4))=0,LEN(TRIM($G4))=0)"}, marks[:2]); diff != "" {
		t.Error(diff)
	}
}
