package questionnaire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// OwnPrefix begins the id of a question that a structure adds to the models.
const OwnPrefix = "X-Q"

var ownShape = regexp.MustCompile(`^X-R?Q[0-9]{2,3}$`)

// The bounds of what a person writes in a question, in characters and in minutes.
const (
	maxAsked   = 300
	maxSaid    = 1000
	maxMinutes = 120
)

// namedText is a text of a question under the name of its field: "text", "levels.0", "options[2].label".
type namedText struct {
	name string
	text *content.Text
}

// texts lists what a person reads of a question, in the order of the file.
func (q *Question) texts() []namedText {
	out := []namedText{{"text", &q.Text}, {"why", &q.Why}, {"help", &q.Help}, {"evidence", &q.Evidence}}
	if q.Levels != nil {
		for i, level := range q.Levels.All() {
			out = append(out, namedText{fmt.Sprintf("levels.%d", i), level})
		}
	}
	for i := range q.Options {
		out = append(out, namedText{fmt.Sprintf("options[%d].label", i), &q.Options[i].Label})
	}
	return out
}

// All lists the five levels, from 0 to 4.
func (l *Levels) All() []*content.Text {
	return []*content.Text{&l.Absent, &l.Initial, &l.Partial, &l.Applied, &l.Measured}
}

// French reports whether the question is written in French alone.
func (q *Question) French() bool {
	return !slices.ContainsFunc(q.texts(), func(t namedText) bool { return t.text.EN != "" })
}

// Answers lists what a condition or a blocking rule may name of the answers: levels from 0 to 4; yes, partial, no; the ids
// of options. None for the other types.
func (q *Question) Answers() []content.Scalar {
	switch q.Type {
	case Maturity:
		return []content.Scalar{"0", "1", "2", "3", "4"}
	case YesNo:
		return []content.Scalar{"yes", "partial", "no"}
	case Single, Multi:
		var ids []content.Scalar
		for _, o := range q.Options {
			ids = append(ids, content.Scalar(o.ID))
		}
		return ids
	}
	return nil
}

// clone copies a question so that its texts can be written over.
func (q *Question) clone() *Question {
	out := *q
	if q.Levels != nil {
		levels := *q.Levels
		out.Levels = &levels
	}
	out.Options = slices.Clone(q.Options)
	return &out
}

// With gives the library with questions in place of those of the same id, or after the others of their domain, each whole.
// One written in French alone reads in French in both languages. The library itself does not change.
func (l *Library) With(adapted ...Question) *Library {
	if len(adapted) == 0 {
		return l
	}
	out := *l
	out.unlayered, out.byID = l.Unlayered(), maps.Clone(l.byID)
	edition := sha256.New()
	fmt.Fprintln(edition, l.Edition)
	for i := range adapted {
		q := adapted[i].clone()
		if q.French() {
			for _, t := range q.texts() {
				t.text.EN = t.text.FR
			}
		}
		out.byID[q.ID] = q
		edition.Write(YAML(Domain{ID: q.Domain}, []*Question{q}))
	}
	out.Edition = hex.EncodeToString(edition.Sum(nil))
	out.gather()
	return &out
}

// Unlayered is the library without the questions that a structure words: the models.
func (l *Library) Unlayered() *Library {
	if l.unlayered == nil {
		return l
	}
	return l.unlayered
}

// gather lists the questions again, domain by domain: the models in their order, then the questions added, by id.
func (l *Library) gather() {
	base := l.Unlayered()
	added := map[string][]*Question{}
	for _, id := range slices.Sorted(maps.Keys(l.byID)) {
		if _, model := base.byID[id]; !model {
			added[l.byID[id].Domain] = append(added[l.byID[id].Domain], l.byID[id])
		}
	}
	l.Domains, l.questions = slices.Clone(base.Domains), nil
	for i, domain := range l.Domains {
		questions := make([]*Question, 0, len(domain.Questions)+len(added[domain.ID]))
		for _, q := range domain.Questions {
			questions = append(questions, l.byID[q.ID])
		}
		l.Domains[i].Questions = append(questions, added[domain.ID]...)
		l.questions = append(l.questions, l.Domains[i].Questions...)
	}
}

// NextOwn gives the id of the next question that a structure adds: "X-Q01", "X-Q02"…; "X-RQ01" for a region, so that
// neither takes the other's.
func (l *Library) NextOwn(region bool, taken ...string) string {
	prefix := OwnPrefix
	if region {
		prefix = "X-RQ"
	}
	for n := 1; ; n++ {
		id := fmt.Sprintf("%s%02d", prefix, n)
		if _, exists := l.byID[id]; !exists && !slices.Contains(taken, id) {
			return id
		}
	}
}

// plainer are the findings of Lint that speak of files, and what says the same to whoever fills in a form.
var plainer = map[string]string{
	"lint.weight": "asking.weight", "lint.module": "adaptation.choice", "lint.levels": "asking.levels", "lint.question-options": "asking.options",
	"lint.points": "asking.steps", "lint.question-unit": "asking.unit", "lint.measure": "adaptation.choice", "lint.one-threshold": "asking.bound",
}

var stepShape = regexp.MustCompile(`^points\.\d+$`)

var indexed = regexp.MustCompile(`\[(\d+)\]`)

// LintAdaptation holds a question to the rules of the library, in place of the one of its id or beside the others: wrong is
// what must be mended, judged are opinions on how it is written. The fields are those of the file with a point before a
// number, "options.2.label.fr". A question without any English is held to nothing in English.
func (l *Library) LintAdaptation(q Question, clauses ClauseVariables) (wrong fault.Problems, judged []prose.Judgement) {
	wrong = lintAdapted(&q)
	out := l.With(q)
	check := checker{src: &content.Source{}, at: "question"}
	model, known := l.Unlayered().byID[q.ID]
	out.lintAnswered(&check, &q, known && model.Domain == q.Domain)
	lintVerifies(&check, &q, clauses)
	lintWritten(&check, &q)
	lintPoints(&check, &q)
	lintTypography(&check, &q)
	out.lintConditions(&check, out.byID[q.ID])
	for _, p := range check.problems {
		field := strings.TrimPrefix(p.Field, "question.")
		told := slices.ContainsFunc(wrong, func(w fault.Problem) bool { return w.Field == field })
		if told || p.Key == "lint.not-written" || q.French() && strings.HasSuffix(field, ".en") {
			continue
		}
		key := p.Key
		if other, ok := plainer[key]; ok {
			key = other
		}
		wrong = append(wrong, fault.Problem{Field: field, Key: key, Args: p.Args})
	}
	for i := range wrong {
		wrong[i].Field = ofForm(wrong[i].Field)
	}
	out.places = map[string]place{q.ID: {&content.Source{}, "question"}}
	for _, j := range out.review(out.byID[q.ID], l.sentences().Find) {
		j.Problem = fault.Problem{Field: ofForm(j.Field), Key: j.Key, Args: j.Args}
		if !q.French() || !strings.HasSuffix(j.Field, ".en") {
			judged = append(judged, j)
		}
	}
	return wrong, judged
}

// ofForm gives the name of a field of the file as the form calls it.
func ofForm(field string) string {
	field = indexed.ReplaceAllString(strings.TrimPrefix(field, "question."), ".$1")
	switch {
	case stepShape.MatchString(field):
		return field + ".bound"
	case strings.HasPrefix(field, "blocking."):
		return "blocking"
	case strings.HasPrefix(field, "show_when.in"):
		return "show_when.in"
	}
	return field
}

// lintAnswered: the id is one that no model will ever have or that of the model, the domain and module exist, the weight fits.
func (l *Library) lintAnswered(check *checker, q *Question, model bool) {
	if !model && !ownShape.MatchString(q.ID) {
		check.fail("id", "adaptation.own-id", "id", q.ID)
	}
	if !slices.ContainsFunc(l.Domains, func(d Domain) bool { return d.ID == q.Domain }) {
		check.fail("domain", "adaptation.choice")
	}
	if !slices.Contains(q.Type.Choices(), string(q.Type)) {
		check.fail("type", "adaptation.choice")
	}
	if q.Need != "" && !slices.Contains(q.Need.Choices(), string(q.Need)) {
		check.fail("need", "adaptation.choice")
	}
	if q.Measure != "" && !slices.Contains(q.Measure.Choices(), string(q.Measure)) {
		check.fail("measure", "adaptation.choice")
	}
	l.lintRank(check, q)
}

// lintAdapted: what is asked and why are there in French, every text in English too or in none, none too long; numbers are
// numbers, and the time that answering takes is said.
func lintAdapted(q *Question) fault.Problems {
	var wrong fault.Problems
	fail := func(field, key string, args ...any) {
		wrong = append(wrong, fault.Problem{Field: field, Key: key, Args: args})
	}
	french := q.French()
	for _, part := range q.texts() {
		optional := part.name == "help" || part.name == "evidence"
		limit := maxSaid
		if part.name == "text" || part.name == "why" || strings.HasPrefix(part.name, "options[") {
			limit = maxAsked
		}
		for _, lang := range locale.Languages() {
			field, text := part.name+"."+string(lang), part.text.In(lang)
			problems := content.Line(field, text, limit, "")
			switch {
			case len(problems) > 0:
				wrong = append(wrong, problems...)
			case text != "":
			case lang == locale.French && (!optional || part.text.EN != ""):
				fail(field, "adaptation.french-missing")
			case lang == locale.English && !french && part.text.FR != "":
				fail(field, "adaptation.english-missing")
			}
		}
	}
	if q.Minutes < 1 || q.Minutes > maxMinutes {
		fail("minutes", "asking.minutes", "limit", maxMinutes)
	}
	number := func(field string, d content.Decimal) {
		if _, ok := content.ParseDecimal(string(d)); !ok {
			fail(field, "asking.number", "value", string(d))
		}
	}
	for i, o := range q.Options {
		number(fmt.Sprintf("options[%d].points", i), o.Points)
		if o.Value != "" {
			number(fmt.Sprintf("options[%d].value", i), o.Value)
		}
	}
	for i, t := range q.Points {
		number(fmt.Sprintf("points[%d].points", i), t.Points)
		number(fmt.Sprintf("points[%d].bound", i), t.AtMost+t.AtLeast)
	}
	for i, v := range q.Verifies {
		if v.Threshold != "" {
			number(fmt.Sprintf("verifies[%d].threshold", i), v.Threshold)
		}
	}
	return wrong
}
