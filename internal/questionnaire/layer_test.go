package questionnaire_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func loaded(t *testing.T) *questionnaire.Library {
	t.Helper()
	l, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEveryQuestionIsReadBackFromTheYAMLThatIsWritten(t *testing.T) {
	t.Parallel()
	l := loaded(t)
	files := fstest.MapFS{}
	modules, err := questionnaires.Files.ReadFile("modules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files["modules.yaml"] = &fstest.MapFile{Data: modules}
	for _, d := range l.Domains {
		files[strings.ToLower(d.ID)+".yaml"] = &fstest.MapFile{Data: questionnaire.YAML(d, d.Questions)}
	}
	again, err := questionnaire.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "questions", again.Questions(), l.Questions())
}

func TestAdaptedQuestionsStandInPlaceOfTheirModelsAndAddedOnesAfter(t *testing.T) {
	t.Parallel()
	l := loaded(t)
	first := l.Domains[0].Questions[0]
	ours := *first
	ours.Text = content.Text{FR: "Qui répond chez vous ?"}
	ours.Why, ours.Help, ours.Evidence = content.Text{FR: "Pourquoi."}, content.Text{}, content.Text{}
	for i := range ours.Options {
		ours.Options = append([]questionnaire.Option(nil), ours.Options...)
		ours.Options[i].Label.EN = ""
	}
	if ours.Levels != nil {
		levels := *ours.Levels
		for _, level := range levels.All() {
			level.EN = ""
		}
		ours.Levels = &levels
	}
	added := questionnaire.Question{ID: "X-Q01", Domain: first.Domain, Type: questionnaire.YesNo, Text: content.Text{FR: "Et ici ?", EN: "And here?"}}
	with := l.With(ours, added)
	q, _ := with.Question(first.ID)
	domain := with.Domains[0].Questions
	same(t, "layered", []any{
		q.Text, domain[0].ID, domain[len(domain)-1].ID, len(with.Questions()) - len(l.Questions()), with.Edition != l.Edition, with.Unlayered() == l, with.NextOwn(false), l.NextOwn(false), l.NextOwn(true),
	}, []any{
		content.Text{FR: "Qui répond chez vous ?", EN: "Qui répond chez vous ?"}, first.ID, "X-Q01", 1, true, true, "X-Q02", "X-Q01", "X-RQ01",
	})
	same(t, "the library itself", l.Domains[0].Questions[0], first)
	if l.With() != l {
		t.Error("without an adaptation the library is another")
	}
}

// oneClause knows PAT-02 alone, with one variable.
func oneClause(id string) ([]string, bool) { return []string{"delai"}, id == "PAT-02" }

func TestLintTellsWhoFillsInAFormWhatIsWrongWithAQuestion(t *testing.T) {
	t.Parallel()
	l := loaded(t)
	both := func(fr, en string) content.Text { return content.Text{FR: fr, EN: en} }
	sound := func() questionnaire.Question {
		return questionnaire.Question{
			ID: "X-Q01", Domain: "PAT", Version: 1, Module: "express", Type: questionnaire.YesNo, Weight: 3, Minutes: 2,
			Text: both("Tenez-vous un registre des portes blindées ?", "Do you keep a register of armoured doors?"), Why: both("Une porte ouverte laisse entrer.", "An open door lets people in."),
			Verifies: []questionnaire.Verification{{Clause: "PAT-02", Threshold: "0.5"}},
		}
	}
	for name, test := range map[string]struct {
		change func(*questionnaire.Question)
		want   []string
	}{
		"sound":           {func(*questionnaire.Question) {}, nil},
		"in French alone": {func(q *questionnaire.Question) { q.Text.EN, q.Why.EN = "", "" }, nil},
		"English missing": {func(q *questionnaire.Question) { q.Why.EN = "" }, []string{"why.en adaptation.english-missing"}},
		"nothing written": {func(q *questionnaire.Question) { q.Text, q.Why, q.Minutes = content.Text{}, content.Text{}, 0 }, []string{"text.fr adaptation.french-missing", "why.fr adaptation.french-missing", "minutes asking.minutes"}},
		"unknown words": {func(q *questionnaire.Question) { q.Domain, q.Type, q.Need, q.Module = "ZZZ", "riddle", "Z", "none" },
			[]string{"domain adaptation.choice", "type adaptation.choice", "need adaptation.choice", "module adaptation.choice"}},
		"an id of a model's": {func(q *questionnaire.Question) { q.ID = "PAT-Q77" }, []string{"id adaptation.own-id"}},
		"no weight":          {func(q *questionnaire.Question) { q.Weight = 0 }, []string{"weight asking.weight"}},
		"links": {func(q *questionnaire.Question) {
			q.Verifies = []questionnaire.Verification{{Clause: "ZZZ-01", Threshold: "0.5"}, {Clause: "PAT-02", Variable: "autre"}, {Clause: "PAT-02"}, {Clause: "PAT-02", Threshold: "2"}, {Clause: "PAT-02", Threshold: "un"}}
		}, []string{"verifies.4.threshold asking.number", "verifies.0.clause lint.clause", "verifies.1.variable lint.variable-not-of-clause", "verifies.3.threshold lint.threshold"}},
		"options": {func(q *questionnaire.Question) {
			q.Type = questionnaire.Single
			q.Options = []questionnaire.Option{{ID: "a", Points: "beaucoup", Label: both("Oui", "Yes")}, {ID: "b", Points: "2", Label: both("Non", "No")}}
			q.Blocking = &questionnaire.Blocking{When: []content.Scalar{"c"}}
		}, []string{"options.0.points asking.number", "blocking lint.option", "options.1.points lint.point"}},
		"no options": {func(q *questionnaire.Question) { q.Type = questionnaire.Multi }, []string{"options asking.options"}},
		"steps": {func(q *questionnaire.Question) {
			q.Type, q.Unit = questionnaire.Number, "days"
			q.Points = []questionnaire.Threshold{{AtMost: "10", Points: "1"}, {AtMost: "5", Points: "0.5"}, {AtMost: "", Points: "0.2"}}
		}, []string{"points.2.bound asking.number", "points.1.bound lint.not-monotonic", "points.2.bound asking.bound"}},
		"a condition on nothing": {func(q *questionnaire.Question) {
			q.ShowWhen = &questionnaire.Condition{Question: "PAT-Q99", In: []content.Scalar{"yes"}}
		}, []string{"show_when.question lint.question"}},
		"a condition without an answer": {func(q *questionnaire.Question) { q.ShowWhen = &questionnaire.Condition{Question: "TEL-Q01"} }, []string{"show_when.in lint.no-answer"}},
		"a condition on another answer": {func(q *questionnaire.Question) {
			q.ShowWhen = &questionnaire.Condition{Question: "TEL-Q01", In: []content.Scalar{"peut-être"}}
		}, []string{"show_when.in lint.option"}},
		"typography": {func(q *questionnaire.Question) { q.Text.FR = "Tenez-vous un registre?" }, []string{"text.fr lint.french-space"}},
		"too long":   {func(q *questionnaire.Question) { q.Text.FR = strings.Repeat("a", 301) }, []string{"text.fr value.too-long"}},
	} {
		q := sound()
		test.change(&q)
		wrong, _ := l.LintAdaptation(q, oneClause)
		same(t, name, fieldsAndKeys(wrong), test.want)
	}
}

func fieldsAndKeys(problems fault.Problems) []string {
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%s %s", p.Field, p.Key))
	}
	return out
}

func TestJudgementsOfAQuestionCompareItWithTheOthers(t *testing.T) {
	t.Parallel()
	l := loaded(t)
	model, _ := l.Question("PAT-Q02")
	q := *model
	q.ID, q.Domain = "X-Q01", "PAT"
	q.Help.FR = "Comptez de façon adéquate."
	_, judged := l.LintAdaptation(q, func(string) ([]string, bool) {
		return []string{"delai_correctif_critique_jours", "delai_correctif_eleve_jours"}, true
	})
	var got []string
	for _, j := range judged {
		got = append(got, j.Field+" "+j.Key)
	}
	same(t, "judged", got, []string{"text.fr lint.near-duplicate", "text.en lint.near-duplicate", "why.fr lint.near-duplicate", "why.en lint.near-duplicate", "help.fr lint.vague"})
}
