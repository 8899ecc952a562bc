package clause

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

var (
	cssShape    = regexp.MustCompile(`^O-[0-9]+(\.[0-9]+){1,3}$`)
	statusShape = regexp.MustCompile(`^(in-force|to-verify|inspiration|from [0-9]{4}-[0-9]{2}-[0-9]{2})$`)
	unsure      = regexp.MustCompile(`à vérifier|version de travail|to be verified|working version`)
)

// Lint checks every rule that keeps the library whole; all findings come back at once, in the order of the files.
func (l *Library) Lint() fault.Problems {
	var problems fault.Problems
	for _, c := range l.clauses {
		p := l.places[c.ID]
		check := checker{src: p.source, at: p.field}
		l.lintIdentity(&check, c)
		if c.Draft {
			lintDraft(&check, c)
		} else {
			l.lintTexts(&check, c)
		}
		l.lintLinks(&check, c)
		problems = append(problems, check.problems...)
	}
	problems = append(problems, l.lintHistory()...)
	problems = append(problems, l.lintVariables()...)
	problems = append(problems, l.lintReferences()...)
	problems = append(problems, l.lintFrameworks()...)
	problems = append(problems, l.lintModels()...)
	return append(problems, l.lintFlyer()...)
}

type checker struct {
	src      *content.Source
	at       string
	problems fault.Problems
}

func (c *checker) fail(field, key string, args ...any) {
	if field != "" {
		field = "." + field
	}
	c.problems = append(c.problems, c.src.Problem(c.at+field, key, args...))
}

func (l *Library) lintIdentity(check *checker, c *Clause) {
	number := strings.TrimPrefix(c.ID, c.Family+"-")
	if number == c.ID || !regexp.MustCompile(`^[0-9]{2}$`).MatchString(number) {
		check.fail("id", "lint.id", "id", c.ID, "family", c.Family)
	}
	if c.Version < 1 {
		check.fail("version", "lint.version")
	}
	lintRules(check, "applies", c.Applies)
	for i, item := range c.CSS {
		if !cssShape.MatchString(item) {
			check.fail(fmt.Sprintf("css[%d]", i), "lint.css", "value", item)
		}
	}
}

func lintRules(check *checker, field string, rules []string) {
	if len(rules) == 0 {
		check.fail(field, "lint.no-rule")
	}
	for i, rule := range rules {
		if !slices.Contains(framing.Rules(), rule) {
			check.fail(fmt.Sprintf("%s[%d]", field, i), "lint.rule", "value", rule, "allowed", strings.Join(framing.Rules(), ", "))
		}
	}
}

// lintDraft: what is written is no longer a draft; the mark must not stay on by mistake.
func lintDraft(check *checker, c *Clause) {
	if !c.Text.IsZero() {
		check.fail("draft", "lint.draft-written")
	}
}

func (l *Library) lintTexts(check *checker, c *Clause) {
	for _, part := range []struct {
		name string
		text content.Text
	}{{"title", c.Title}, {"summary", c.Summary}, {"text", c.Text}, {"evidence", c.Evidence}, {"fallback", c.Fallback}, {"note", c.Note}} {
		if part.text.IsZero() {
			check.fail(part.name, "lint.not-written")
			continue
		}
		lintTypography(check, part.name, part.text)
	}
	lintLength(check, c)
	if fr, en := shape(c.blocks[locale.French]), shape(c.blocks[locale.English]); fr != en {
		check.fail("text.en", "lint.structure", "fr", fr, "en", en)
	}
}

// shape writes the structure of a text: "p l(3) p" is a paragraph, a list of three entries, a paragraph.
func shape(blocks []content.Block) string {
	var parts []string
	for _, b := range blocks {
		if b.List == nil {
			parts = append(parts, "p")
			continue
		}
		parts = append(parts, listShape(b.List))
	}
	return strings.Join(parts, " ")
}

func listShape(l *content.List) string {
	s := fmt.Sprintf("l(%d", len(l.Items))
	for i, item := range l.Items {
		if item.Children != nil {
			s += fmt.Sprintf(" %d:%s", i+1, listShape(item.Children))
		}
	}
	return s + ")"
}

func (l *Library) lintLinks(check *checker, c *Clause) {
	for i, id := range c.References {
		if _, ok := l.references[id]; !ok {
			check.fail(fmt.Sprintf("references[%d]", i), "lint.reference", "id", id)
		}
	}
	for i, name := range c.Variables {
		if _, ok := l.variables[name]; !ok {
			check.fail(fmt.Sprintf("variables[%d]", i), "lint.variable-undeclared", "name", name)
		}
	}
	if c.Draft {
		return
	}
	for _, lang := range locale.Languages() {
		used := map[string]bool{}
		for run := range content.Runs(c.blocks[lang]) {
			if run.Variable == "" {
				continue
			}
			used[run.Variable] = true
			if !slices.Contains(c.Variables, run.Variable) {
				check.fail("text."+string(lang), "lint.variable-not-listed", "name", run.Variable)
			}
		}
		for _, name := range c.Variables {
			if !used[name] {
				check.fail("text."+string(lang), "lint.variable-not-used", "name", name)
			}
		}
	}
}

// lintReferences: each is well formed, and some clause draws on it.
func (l *Library) lintReferences() fault.Problems {
	var problems fault.Problems
	for _, r := range l.References {
		p := l.places[r.ID]
		check := checker{src: p.source, at: p.field}
		if !statusShape.MatchString(r.Status) {
			check.fail("status", "lint.status", "value", r.Status)
		}
		if r.Status == ToVerify && (!unsure.MatchString(r.Cite.FR) || !unsure.MatchString(r.Cite.EN)) {
			check.fail("cite", "lint.unsure")
		}
		if r.Status != Inspiration {
			lintRules(&check, "binds", r.Binds)
		}
		if len(l.CitedBy(r.ID)) == 0 {
			check.fail("id", "lint.reference-unused", "id", r.ID)
		}
		problems = append(problems, check.problems...)
	}
	return problems
}

// LintLinks checks the other side of the library: every clause is verified by a question, except those that bind the
// structure itself. verified holds the ids of clauses that questions verify.
func (l *Library) LintLinks(verified map[string]bool) fault.Problems {
	var problems fault.Problems
	for _, c := range l.clauses {
		if !verified[c.ID] && !c.BindsStructure() {
			p := l.places[c.ID]
			problems = append(problems, p.source.Problem(p.field+".id", "lint.not-verified", "id", c.ID))
		}
	}
	return problems
}

// structureSide is the one clause that binds the structure: there is nothing to ask the supplier (domain reference §3).
const structureSide = "DCP-08"

// BindsStructure reports whether the clause binds the structure itself, so that nobody asks the supplier whether it is
// kept.
func (c *Clause) BindsStructure() bool { return c.ID == structureSide }
