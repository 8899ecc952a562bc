package questionnaire

import (
	"fmt"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// What is judged of a question: nothing that a technician must guess. Why it is asked promises nothing.
var (
	askedRules = []prose.Rule{prose.Long, prose.Vague, prose.NoPeriod, prose.NoLimit}
	whyRules   = []prose.Rule{prose.Long}
)

// part is one text of a question. What is said in help or in an option may be said elsewhere in the same words.
type part struct {
	field string
	text  content.Text
	own   bool // no other question should say it
	rules []prose.Rule
}

// parts lists what a person reads of a question.
func (q *Question) parts() []part {
	out := []part{
		{"text", q.Text, true, askedRules}, {"why", q.Why, true, whyRules}, {"help", q.Help, false, askedRules}, {"evidence", q.Evidence, false, askedRules},
	}
	if q.Levels != nil {
		for i, level := range []content.Text{q.Levels.Absent, q.Levels.Initial, q.Levels.Partial, q.Levels.Applied, q.Levels.Measured} {
			out = append(out, part{fmt.Sprintf("levels.%d", i), level, false, askedRules})
		}
	}
	for i, option := range q.Options {
		out = append(out, part{fmt.Sprintf("options[%d].label", i), option.Label, false, askedRules})
	}
	return out
}

// lintTypography holds texts to the habits of each language.
func lintTypography(check *checker, q *Question) {
	for _, part := range q.parts() {
		for _, lang := range locale.Languages() {
			for _, slip := range prose.Slips(lang, part.text.In(lang)) {
				check.fail(part.field+"."+string(lang), slip.Key, "value", slip.Value)
			}
		}
	}
}

// Review judges how the questions are written, in library order: opinions, which the allow-list of the clauses may overrule.
// Lint holds what must be.
func (l *Library) Review() []prose.Judgement {
	var out []prose.Judgement
	var twins prose.Twins
	for _, q := range l.questions {
		for _, part := range q.parts() {
			if q.Draft {
				continue
			}
			for _, lang := range locale.Languages() {
				entry := l.entry(q.ID, part.field+"."+string(lang))
				for _, sentence := range prose.Split(part.text.In(lang)) {
					out = append(out, entry.Judge(lang, sentence, part.rules...)...)
					if part.own {
						out = append(out, twins.Compare(lang, entry, sentence)...)
					}
				}
			}
		}
	}
	return out
}

func (l *Library) entry(id, field string) prose.Entry {
	p := l.places[id]
	return prose.Entry{ID: id, Place: func(key string, args ...any) fault.Problem {
		return p.source.Problem(p.field+"."+field, key, args...)
	}}
}
