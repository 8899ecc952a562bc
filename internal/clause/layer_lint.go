package clause

import (
	"regexp"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// maxAdapted is the longest text of an adaptation, in characters, and maxAdaptedTitle its longest title.
const (
	maxAdapted      = 5000
	maxAdaptedTitle = content.MaxLine
)

var ownID = regexp.MustCompile(`^X-[0-9A-Z]{2,8}$`)

// plainer are the findings of Lint that speak of files, and what says the same to whoever fills in a form.
var plainer = map[string]string{
	"lint.structure": "adaptation.structure", "lint.variable-undeclared": "adaptation.unknown-value",
	"lint.reference": "adaptation.unknown-reference", "lint.no-rule": "adaptation.no-rule",
	"lint.variable-not-listed": "adaptation.english-value", "lint.variable-not-used": "adaptation.english-without-value",
}

// longestRead is the longest text, in bytes, that is read as Markdown, which takes the square of the length of a list.
const longestRead = 4 * maxAdapted

// TooLong reports whether some text is so far beyond what a clause may hold that reading it is not tried.
func (a Adaptation) TooLong() bool {
	for _, part := range a.Clause.texts() {
		for _, lang := range locale.Languages() {
			if len(part.text.In(lang)) > longestRead {
				return true
			}
		}
	}
	return false
}

// LintAdaptation holds an adaptation to the rules of the library: wrong is what must be mended, judged are opinions on how
// it is written, those left out that the allow-list of the library overrules. The fields are those of the file, "text.fr",
// and "values.NAME" for a value proposed with it. An adaptation without any English is held to nothing in English.
func (l *Library) LintAdaptation(a Adaptation) (wrong fault.Problems, judged []prose.Judgement) {
	wrong = l.lintWritten(a)
	if a.TooLong() {
		return wrong, nil
	}
	with := *l
	with.overruled = nil
	out := with.With(Layer{StructureScope, []Adaptation{a}})
	c := out.byID[a.Clause.ID]
	if out == &with || c == nil || len(out.overruled) > 0 {
		return append(wrong, fault.Problem{Field: "text.fr", Key: "adaptation.locked"}), nil
	}
	check := checker{src: &content.Source{}, at: "clause"}
	if _, model := l.Unlayered().byID[c.ID]; !model {
		l.lintOwn(&check, c)
	}
	if !slices.Contains(c.Level.Choices(), string(c.Level)) {
		check.fail("level", "adaptation.choice")
	}
	if c.Vector != "" && !slices.Contains(c.Vector.Choices(), string(c.Vector)) {
		check.fail("vector", "adaptation.choice")
	}
	lintRules(&check, "applies", c.Applies)
	out.lintTexts(&check, c)
	out.lintLinks(&check, c)
	first := len(wrong) // a text that is missing or unreadable is not told anything else
	for _, p := range check.problems {
		p = ofForm(p)
		told := slices.ContainsFunc(wrong[:first], func(w fault.Problem) bool { return w.Field == p.Field })
		if !told && p.Key != "lint.not-written" && !(a.French() && strings.HasSuffix(p.Field, ".en")) {
			wrong = append(wrong, p)
		}
	}
	return wrong, l.judge(out, c, a.French())
}

// ofForm gives a problem as a form shows it: its field without a file, its words for who fills it in.
func ofForm(p fault.Problem) fault.Problem {
	field, _, _ := strings.Cut(strings.TrimPrefix(p.Field, "clause."), "[")
	if strings.HasPrefix(field, "variables") {
		field = "text.fr"
	}
	key := p.Key
	if other, ok := plainer[key]; ok {
		key = other
	}
	return fault.Problem{Field: field, Key: key, Args: p.Args}
}

// lintWritten: every text is there in French, in English too or in none, not too long, of the Markdown subset; every value
// is of its variable, which the text names.
func (l *Library) lintWritten(a Adaptation) fault.Problems {
	var wrong fault.Problems
	fail := func(field, key string, args ...any) {
		wrong = append(wrong, fault.Problem{Field: field, Key: key, Args: args})
	}
	for _, part := range a.Clause.texts() {
		for _, lang := range locale.Languages() {
			field, text := part.name+"."+string(lang), strings.TrimSpace(part.text.In(lang))
			limit := maxAdapted
			if part.name == "title" || part.name == "summary" {
				limit = maxAdaptedTitle * 2
				wrong = append(wrong, content.Line(field, text, limit, "")...)
			}
			switch {
			case text == "" && lang == locale.French:
				fail(field, "adaptation.french-missing")
			case text == "" && !a.French():
				fail(field, "adaptation.english-missing")
			case len([]rune(text)) > limit:
				fail(field, "value.too-long", "limit", limit)
			}
			if part.name == "text" && len(text) <= longestRead {
				if _, err := content.Markdown(text); err != nil {
					fail(field, "adaptation.markdown")
				}
			}
		}
	}
	for _, own := range a.Values {
		field := "values." + own.Variable
		v, ok := l.variables[own.Variable]
		if !ok || !slices.Contains(a.Clause.Variables, own.Variable) {
			fail(field, "adaptation.value-not-used", "name", own.Variable)
			continue
		}
		if _, err := v.Parse(own.Value); err != nil {
			if f, ok := fault.As(err); ok {
				fail(field, f.Key, f.Args...)
			}
		}
	}
	return wrong
}

// lintOwn: a clause added has an id that no model will ever have, and a chapter.
func (l *Library) lintOwn(check *checker, c *Clause) {
	if !ownID.MatchString(c.ID) {
		check.fail("id", "adaptation.own-id", "id", c.ID)
	}
	if _, ok := l.Family(c.Family); !ok && c.Family != OwnFamily {
		check.fail("family", "adaptation.family", "value", c.Family)
	}
}

// judge reviews one clause of a library with layers, its sentences compared with those of the models.
func (l *Library) judge(out *Library, c *Clause, french bool) []prose.Judgement {
	out.places = map[string]place{c.ID: {&content.Source{}, "clause"}}
	left, _ := l.Allowed.Apply(out.review(c, l.sentences().Find))
	var judged []prose.Judgement
	for _, j := range left {
		j.Problem = ofForm(j.Problem)
		if !french || !strings.HasSuffix(j.Field, ".en") {
			judged = append(judged, j)
		}
	}
	return judged
}

// remember gives the sentences of the texts of all clauses, to look for others among them.
func (l *Library) remember() *prose.Twins {
	var twins prose.Twins
	for _, c := range l.clauses {
		entry := prose.Entry{ID: c.ID, Place: func(key string, args ...any) fault.Problem { return fault.Problem{Key: key, Args: args} }}
		for _, lang := range locale.Languages() {
			for _, sentence := range prose.Sentences(c.blocks[lang]) {
				twins.Compare(lang, entry, sentence)
			}
		}
	}
	return &twins
}
