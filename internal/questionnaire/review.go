package questionnaire

import (
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// What is judged of a question: nothing that a technician must guess. Why it is asked promises nothing.
var (
	askedRules = []prose.Rule{prose.Long, prose.Vague, prose.NoPeriod, prose.NoLimit}
	whyRules   = []prose.Rule{prose.Long}
)

// rulesOf are the rules for a text of a question, and whether no other question should say it: what is said in help or in
// an option may be said elsewhere in the same words.
func rulesOf(name string) (rules []prose.Rule, own bool) {
	switch name {
	case "text":
		return askedRules, true
	case "why":
		return whyRules, true
	}
	return askedRules, false
}

// lintTypography holds texts to the habits of each language.
func lintTypography(check *checker, q *Question) {
	for _, part := range q.texts() {
		for _, lang := range locale.Languages() {
			for _, slip := range prose.Slips(lang, part.text.In(lang)) {
				check.fail(part.name+"."+string(lang), slip.Key, "value", slip.Value)
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
		if !q.Draft {
			out = append(out, l.review(q, twins.Compare)...)
		}
	}
	return out
}

// review judges one question; twin finds a sentence that another says too.
func (l *Library) review(q *Question, twin func(locale.Language, prose.Entry, prose.Sentence) []prose.Judgement) []prose.Judgement {
	var out []prose.Judgement
	for _, part := range q.texts() {
		rules, own := rulesOf(part.name)
		for _, lang := range locale.Languages() {
			entry := l.entry(q.ID, part.name+"."+string(lang))
			for _, sentence := range prose.Split(part.text.In(lang)) {
				out = append(out, entry.Judge(lang, sentence, rules...)...)
				if own {
					out = append(out, twin(lang, entry, sentence)...)
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

// remember gives the sentences that each question alone should say, to look for others among them.
func (l *Library) remember() *prose.Twins {
	var twins prose.Twins
	for _, q := range l.questions {
		l.review(q, twins.Compare)
	}
	return &twins
}
