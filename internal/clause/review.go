package clause

import (
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// The length of a clause text, in words (a value counts as one): 60 to 220, and up to 260 where the clause draws on a law
// that prescribes what a contract must list. Such a list may not be shortened.
const (
	minWords     = 60
	maxWords     = 220
	maxWordsList = 260
)

// prescribesList are the references, by the beginning of their ids, whose law says what the contract must list: GDPR article
// 28, code de la santé publique R. 1111-11, requirements of the HDS framework on contracts, Data Act.
var prescribesList = []string{"RGPD-28", "CSP-R1111-11", "HDS-EXI", "DATA-ACT"}

func (c *Clause) maxWords() int {
	prescribed := func(id string) bool {
		return slices.ContainsFunc(prescribesList, func(law string) bool { return strings.HasPrefix(id, law) })
	}
	if slices.ContainsFunc(c.References, prescribed) {
		return maxWordsList
	}
	return maxWords
}

func lintLength(check *checker, c *Clause) {
	for _, lang := range locale.Languages() {
		words := prose.Count(c.Text.In(lang))
		if words > 0 && (words < minWords || words > c.maxWords()) {
			check.fail("text."+string(lang), "lint.length", "words", words, "min", minWords, "max", c.maxWords())
		}
	}
}

// What is judged of each part of a clause: only the text is an obligation, and a concession names its figures.
var (
	textRules     = []prose.Rule{prose.Long, prose.Vague, prose.NoPeriod, prose.NoLimit, prose.Passive, prose.Figure}
	evidenceRules = []prose.Rule{prose.Long, prose.Vague, prose.NoPeriod, prose.NoLimit}
	asideRules    = []prose.Rule{prose.Long}
)

// Review judges how the clauses are written, in library order: opinions, which the allow-list of the library may overrule.
// Lint holds what must be.
func (l *Library) Review() []prose.Judgement {
	var out []prose.Judgement
	var twins prose.Twins
	for _, c := range l.clauses {
		if !c.Draft {
			out = append(out, l.review(c, twins.Compare)...)
		}
	}
	return out
}

// compare looks for a sentence among those of other clauses.
type compare func(locale.Language, prose.Entry, prose.Sentence) []prose.Judgement

func (l *Library) review(c *Clause, twins compare) []prose.Judgement {
	var out []prose.Judgement
	for _, part := range []struct {
		name  string
		text  content.Text
		rules []prose.Rule
	}{{"summary", c.Summary, asideRules}, {"text", c.Text, textRules}, {"evidence", c.Evidence, evidenceRules}, {"fallback", c.Fallback, evidenceRules}, {"note", c.Note, asideRules}} {
		for _, lang := range locale.Languages() {
			sentences := prose.Split(part.text.In(lang))
			if part.name == "text" {
				sentences = prose.Sentences(c.blocks[lang])
			}
			entry := l.entry(c.ID, part.name+"."+string(lang))
			for _, sentence := range sentences {
				out = append(out, entry.Judge(lang, sentence, part.rules...)...)
				out = append(out, twins(lang, entry, sentence)...)
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
