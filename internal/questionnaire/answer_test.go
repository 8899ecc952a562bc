package questionnaire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/questionnaire"
)

func TestAnAnswerIsHeldToItsQuestion(t *testing.T) {
	t.Parallel()
	multi := &questionnaire.Question{Type: questionnaire.Multi, Options: []questionnaire.Option{{ID: "a"}, {ID: "b"}, {ID: "none", Exclusive: true}}}
	days, percent := &questionnaire.Question{Type: questionnaire.Number, Unit: "days"}, &questionnaire.Question{Type: questionnaire.Number, Unit: "percent"}
	given := func(values ...content.Scalar) questionnaire.Answer { return questionnaire.Answer{Given: values} }
	for _, c := range []struct {
		question *questionnaire.Question
		answer   questionnaire.Answer
		want     string // field and key of each problem
	}{
		{multi, questionnaire.Answer{}, ""}, {multi, given("a", "b"), ""}, {multi, given("none"), ""},
		{multi, given("a", "none"), "value answer.exclusive"}, {multi, given("a", "a"), "value answer.twice"}, {multi, given("c"), "value answer.choice"},
		{&questionnaire.Question{Type: questionnaire.Maturity}, given("5"), "value answer.choice"}, {&questionnaire.Question{Type: questionnaire.Maturity}, given("0"), ""},
		{questionnaire.Attested(), given("yes", "no"), "value answer.one"}, {questionnaire.Attested(), given("partial"), ""},
		{days, given("1.5"), ""}, {days, given("x"), "value answer.number"}, {days, given("-1"), "value answer.negative"}, {days, given("400"), ""}, {percent, given("100.5"), "value answer.percent"},
		{&questionnaire.Question{Type: questionnaire.Date}, given("2027-02-29"), "value answer.date"}, {&questionnaire.Question{Type: questionnaire.Date}, given("2028-02-29"), ""},
		{&questionnaire.Question{Type: questionnaire.Text}, given(content.Scalar(strings.Repeat("é", 10_001))), "value value.too-long"},
		{days, questionnaire.Answer{NotApplicable: "Rien à corriger."}, ""}, {days, questionnaire.Answer{NotApplicable: " – "}, "na answer.na-reason"},
		{days, questionnaire.Answer{Given: []content.Scalar{"1"}, NotApplicable: "x"}, "na answer.na-and-value"},
		{days, questionnaire.Answer{Given: []content.Scalar{"x"}, Comment: strings.Repeat("a", 10_001), Evidence: make([]string, 51)}, "value answer.number, comment value.too-long, evidence answer.too-much-evidence"},
	} {
		var got []string
		for _, p := range c.question.Check(c.answer) {
			got = append(got, p.Field+" "+p.Key)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s %v: %s", c.question.Type, c.answer.Given, diff)
		}
	}
}

func TestAnswersAreProgramsValues(t *testing.T) {
	t.Parallel()
	got := []any{}
	for _, c := range []struct {
		kind  questionnaire.Type
		given []content.Scalar
	}{
		{questionnaire.Maturity, []content.Scalar{"3"}}, {questionnaire.Number, []content.Scalar{"99.5"}}, {questionnaire.Multi, []content.Scalar{"a", "b"}},
		{questionnaire.YesNo, []content.Scalar{"yes"}}, {questionnaire.Date, []content.Scalar{"2027-01-15"}}, {questionnaire.Single, nil},
	} {
		got = append(got, (&questionnaire.Question{Type: c.kind}).JSON(c.given))
	}
	text, err := json.Marshal(got)
	if diff := cmp.Diff(`[3,99.5,["a","b"],"yes","2027-01-15",null]`, string(text)); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
