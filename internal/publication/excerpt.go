package publication

import (
	"strings"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
)

// Excerpt is one clause to be carried into another document: each value stands in brackets with what is proposed for it.
type Excerpt struct {
	Title    string
	Blocks   []content.Block
	Evidence string
	Source   string // its number and version in the library
}

// ExcerptOf gives a clause in the printer's language.
func ExcerptOf(p locale.Printer, l *clause.Library, c *clause.Clause) Excerpt {
	return Excerpt{
		Title: Set(p, c.Title), Evidence: p.T("library.clause.evidence") + Set(p, c.Evidence),
		Source: p.T("library.copy.source", "id", c.ID, "version", c.Version),
		Blocks: content.Fill(p.Language(), c.Blocks(p.Language()), func(r content.Run) content.Run {
			if x, ok := l.Variable(r.Variable); ok {
				return content.Run{Text: "[" + proposal(p, x) + "]", Bold: true, Italic: r.Italic}
			}
			return r
		}),
	}
}

// proposal names a value with what is proposed: once, or tier by tier where that differs.
func proposal(p locale.Printer, x *clause.Variable) string {
	label := Set(p, x.Label)
	lowest := x.DefaultFor(tiers[0])
	var said []string
	for _, t := range tiers {
		if x.DefaultFor(t) != "" {
			said = append(said, Tier(p, t)+" "+x.Short(x.DefaultFor(t), p))
		}
	}
	switch {
	case len(said) == 0:
		return label
	case lowest == x.DefaultFor(tiers[1]) && lowest == x.DefaultFor(tiers[2]):
		return p.T("library.file.line", "title", label, "text", x.Short(lowest, p))
	}
	return p.T("library.file.line", "title", label, "text", strings.Join(said, ", "))
}

// Plain is the excerpt as plain text, a paragraph or an entry of a list a line.
func (e Excerpt) Plain() string {
	return strings.Join([]string{e.Title, content.Plain(e.Blocks), e.Evidence, e.Source}, "\n\n")
}
