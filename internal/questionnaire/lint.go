package questionnaire

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

// ClauseVariables tells which variables a clause has; the second value is false when there is no such clause.
type ClauseVariables func(clause string) (variables []string, ok bool)

var questionShape = regexp.MustCompile(`^[A-Z]{3}-Q[0-9]{2}$`)

// Lint checks every rule that keeps the questions whole, the links to clauses among them; all findings come back at once.
func (l *Library) Lint(clauses ClauseVariables) fault.Problems {
	var problems fault.Problems
	for _, q := range l.questions {
		p := l.places[q.ID]
		check := checker{src: p.source, at: p.field}
		l.lintIdentity(&check, q)
		lintVerifies(&check, q, clauses)
		if !q.Draft {
			lintWritten(&check, q)
			lintPoints(&check, q)
			lintTypography(&check, q)
		}
		l.lintConditions(&check, q)
		problems = append(problems, check.problems...)
	}
	return append(problems, l.lintHistory()...)
}

type checker struct {
	src      *content.Source
	at       string
	problems fault.Problems
}

func (c *checker) fail(field, key string, args ...any) {
	c.problems = append(c.problems, c.src.Problem(c.at+"."+field, key, args...))
}

func (l *Library) lintIdentity(check *checker, q *Question) {
	if !questionShape.MatchString(q.ID) || !strings.HasPrefix(q.ID, q.Domain+"-") {
		check.fail("id", "lint.id", "id", q.ID, "family", q.Domain)
	}
	if q.Version < 1 {
		check.fail("version", "lint.version")
	}
	l.lintRank(check, q)
}

// lintRank: the weight fits the type, the module exists.
func (l *Library) lintRank(check *checker, q *Question) {
	if q.Weight < 0 || q.Weight > 5 || (q.Weight == 0) != (q.Type == Text) {
		check.fail("weight", "lint.weight", "value", q.Weight)
	}
	if !slices.ContainsFunc(l.Modules, func(m Module) bool { return m.ID == q.Module }) {
		check.fail("module", "lint.module", "value", q.Module)
	}
}

func lintVerifies(check *checker, q *Question, clauses ClauseVariables) {
	for i, v := range q.Verifies {
		at := fmt.Sprintf("verifies[%d]", i)
		variables, ok := clauses(v.Clause)
		if !ok {
			check.fail(at+".clause", "lint.clause", "id", v.Clause)
			continue
		}
		if v.Variable != "" && !slices.Contains(variables, v.Variable) {
			check.fail(at+".variable", "lint.variable-not-of-clause", "name", v.Variable, "clause", v.Clause)
		}
		if v.Threshold != "" && (v.Threshold.Float() <= 0 || v.Threshold.Float() > 1) {
			check.fail(at+".threshold", "lint.threshold", "value", string(v.Threshold))
		}
	}
}

func lintWritten(check *checker, q *Question) {
	if q.Why.IsZero() {
		check.fail("why", "lint.not-written")
	}
	if (q.Type == Maturity) != (q.Levels != nil) {
		check.fail("levels", "lint.levels")
	}
	if (q.Type == Single || q.Type == Multi) != (len(q.Options) > 0) {
		check.fail("options", "lint.question-options")
	}
	if (q.Type == Number || q.Type == Date) != (len(q.Points) > 0) {
		check.fail("points", "lint.points")
	}
	if q.Type == Number && q.Unit == "" {
		check.fail("unit", "lint.question-unit")
	}
	if (q.Type == Date) != (q.Measure != "") {
		check.fail("measure", "lint.measure")
	}
	if q.Blocking != nil {
		lintBlocking(check, q)
	}
}

func lintBlocking(check *checker, q *Question) {
	for i, answer := range q.Blocking.When {
		if !slices.Contains(q.Answers(), answer) {
			check.fail(fmt.Sprintf("blocking.when[%d]", i), "lint.option", "id", string(answer))
		}
	}
}

// lintPoints: points lie in 0 to 1, options are unique, thresholds go one way and the points with them.
func lintPoints(check *checker, q *Question) {
	seen := map[string]bool{}
	for i, o := range q.Options {
		if seen[o.ID] {
			check.fail(fmt.Sprintf("options[%d].id", i), "library.id-twice", "id", o.ID)
		}
		seen[o.ID] = true
		lintPoint(check, fmt.Sprintf("options[%d].points", i), o.Points)
	}
	for i, t := range q.Points {
		at := fmt.Sprintf("points[%d]", i)
		lintPoint(check, at+".points", t.Points)
		if (t.AtMost == "") == (t.AtLeast == "") {
			check.fail(at, "lint.one-threshold")
		}
		if i == 0 {
			continue
		}
		before := q.Points[i-1]
		rising := t.AtMost != "" && before.AtMost != "" && t.AtMost.Float() > before.AtMost.Float()
		falling := t.AtLeast != "" && before.AtLeast != "" && t.AtLeast.Float() < before.AtLeast.Float()
		if !(rising || falling) || t.Points.Float() >= before.Points.Float() {
			check.fail(at, "lint.not-monotonic")
		}
	}
}

func lintPoint(check *checker, at string, points content.Decimal) {
	if points.Float() < 0 || points.Float() > 1 {
		check.fail(at, "lint.point", "value", string(points))
	}
}

func (l *Library) lintConditions(check *checker, q *Question) {
	if q.ShowWhen == nil {
		return
	}
	other, ok := l.byID[q.ShowWhen.Question]
	if !ok || other == q {
		check.fail("show_when.question", "lint.question", "id", q.ShowWhen.Question)
		return
	}
	for i, answer := range q.ShowWhen.In {
		if !slices.Contains(other.Answers(), answer) {
			check.fail(fmt.Sprintf("show_when.in[%d]", i), "lint.option", "id", string(answer))
		}
	}
	if len(q.ShowWhen.In) == 0 {
		check.fail("show_when.in", "lint.no-answer")
	}
}
