// Package publication gives the two libraries as files to keep: a Word document to read, a workbook to filter, JSON for
// programs. Its words for rules, bounds and citations are those of the portal's pages too.
package publication

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

// tiers from the least demanding.
var tiers = []framing.Tier{framing.Baseline, framing.Reinforced, framing.Critical}

// Set gives a text of a library as printers of the reader's language set it.
func Set(p locale.Printer, t content.Text) string {
	return locale.Typography(p.Language(), strings.TrimSpace(t.In(p.Language())))
}

// Tier names a tier in a word.
func Tier(p locale.Printer, t framing.Tier) string {
	switch t {
	case framing.Critical:
		return p.T("layout.tier.word.critical")
	case framing.Reinforced:
		return p.T("layout.tier.word.reinforced")
	}
	return p.T("layout.tier.word.baseline")
}

// Rule says one alternative of a clause's `applies`.
func Rule(p locale.Printer, rule string) string {
	if rule == "*" {
		rule = "every"
	}
	return p.T("library.rule." + strings.ReplaceAll(rule, ":", "-"))
}

// Tied keeps an article with its number.
func Tied(text string) string { return tied.Replace(text) }

var tied = strings.NewReplacer("§ ", "§\u00a0", "art. ", "art.\u00a0", "Art. ", "Art.\u00a0", "L. ", "L.\u00a0", "R. ", "R.\u00a0", "n° ", "n°\u00a0", "No ", "No\u00a0")

// Cite is how a reference is cited at the head of a line: a citation is written to stand inside a sentence.
func Cite(p locale.Printer, r *clause.Reference) string {
	cite := Tied(Set(p, r.Cite))
	first, size := utf8.DecodeRuneInString(cite)
	return string(unicode.ToUpper(first)) + cite[size:]
}

// Status says the state of a reference.
func Status(p locale.Printer, r *clause.Reference) string {
	if date, later := strings.CutPrefix(r.Status, "from "); later {
		return p.T("reference.status.from", "date", p.Date(content.Date(date).Parts()))
	}
	return p.T("reference.status." + r.Status)
}

// Proposed gives the value that is proposed at a tier, or says that it is left to be filled in.
func Proposed(p locale.Printer, x *clause.Variable, t framing.Tier) string {
	value := x.DefaultFor(t)
	if value == "" {
		return p.T("library.value.blank")
	}
	return x.Short(value, p)
}

// Bounds says the recommended bounds of a value: once, or tier by tier where they differ.
func Bounds(p locale.Printer, x *clause.Variable) []string {
	if x.BoundsFor(framing.Baseline) == x.BoundsFor(framing.Reinforced) && x.BoundsFor(framing.Baseline) == x.BoundsFor(framing.Critical) {
		return []string{between(p, x, x.BoundsFor(framing.Baseline))}
	}
	var lines []string
	for _, t := range tiers {
		lines = append(lines, p.T("library.bounds.tier", "tier", Tier(p, t), "bounds", between(p, x, x.BoundsFor(t))))
	}
	return lines
}

func between(p locale.Printer, x *clause.Variable, r clause.Range) string {
	lowest, highest := string(r.Min), string(r.Max)
	switch {
	case x.Type == clause.OneOf:
		return strings.Join(x.Options, ", ")
	case lowest == "" && highest == "":
		return p.T("library.value.unbounded")
	case highest == "":
		return p.T("library.bounds.least", "min", x.Short(lowest, p))
	case lowest == "":
		return p.T("library.bounds.most", "max", x.Short(highest, p))
	}
	return p.T("library.bounds.between", "min", p.Number(lowest), "max", x.Short(highest, p))
}

// levelKey names the words that say to which services a clause of a level is proposed.
func levelKey(t framing.Tier) string {
	switch t {
	case framing.Critical:
		return "library.levels.critique"
	case framing.Reinforced:
		return "library.levels.renforce"
	}
	return "library.levels.socle"
}
