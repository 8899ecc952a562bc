package publication

import (
	"strings"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/word"
)

// Word gives the clauses as a document in the printer's language: a cover, the contents, a chapter a family, and the texts
// of reference at the end. Under each clause stand what it is for, its text, its evidence, what the buyer should know, its
// values, its references and the questions that verify it.
func Word(p locale.Printer, clauses *clause.Library, questions *questionnaire.Library) ([]byte, error) {
	language := p.Language().Tag()
	blocks := cover(p, clauses)
	blocks = append(blocks, word.PageBreak{}, word.Heading{Level: 1, Text: p.T("annex.contents")}, word.Contents{Levels: 2}, word.PageBreak{})
	for i, family := range clauses.Families {
		if i > 0 {
			blocks = append(blocks, word.PageBreak{})
		}
		blocks = append(blocks, word.Heading{Level: 1, Text: Set(p, family.Title)})
		for _, c := range family.Clauses {
			blocks = append(blocks, clauseBlocks(p, clauses, questions, c)...)
		}
	}
	blocks = append(blocks, word.PageBreak{})
	blocks = append(blocks, referenceBlocks(p, clauses)...)
	return word.Render(word.Document{
		Language: language, Title: p.T("library.title"), Subject: p.T("library.file.version", "version", clauses.Version), Creator: "Garant",
		Values: []word.Value{
			{Name: "page.left", Text: p.T("library.title")}, {Name: "page.right", Text: p.T("library.file.version", "version", clauses.Version)},
			{Name: "page.footer", Text: p.T("library.file.footer", "version", clauses.Version)},
		},
		Sections: []word.Section{{Name: "body", Blocks: blocks}},
	}, word.PlainTemplate(language))
}

func cover(p locale.Printer, l *clause.Library) []word.Block {
	blocks := []word.Block{
		word.Paragraph{Style: word.CoverKicker, Runs: word.Text("Garant")},
		word.Paragraph{Style: word.CoverTitle, Runs: word.Text(p.T("library.title"))},
		word.Paragraph{Style: word.CoverSubtitle, Runs: word.Text(p.T("library.lead"))},
		word.Paragraph{Runs: word.Text(p.T("library.file.count", "count", len(l.Clauses()), "version", l.Version))},
	}
	levels := word.Table{Style: word.Form, Columns: []word.Column{{Width: 20}, {Width: 80}}, Caption: p.T("library.shelf.levels"), Description: p.T("library.levels.note")}
	for _, t := range tiers {
		levels.Rows = append(levels.Rows, word.TextCells(locale.Capitalise(Tier(p, t)), p.T(levelKey(t))))
	}
	return append(blocks, word.Paragraph{Style: word.Subtitle, Runs: word.Text(p.T("library.shelf.levels"))}, levels,
		word.Paragraph{Style: word.Small, Runs: word.Text(p.T("library.file.reading"))})
}

func clauseBlocks(p locale.Printer, l *clause.Library, questions *questionnaire.Library, c *clause.Clause) []word.Block {
	blocks := []word.Block{
		word.Heading{Level: 2, Text: c.ID + "\u00a0· " + Set(p, c.Title)},
		word.Paragraph{Style: word.Reference, KeepNext: true, Runs: word.Text(facts(p, c))},
	}
	if c.Draft {
		return append(blocks, word.Paragraph{Runs: word.Text(p.T("library.draft.text"))})
	}
	blocks = append(blocks, word.Paragraph{Style: word.Lead, KeepNext: true, Runs: word.Text(Set(p, c.Summary))})
	blocks = append(blocks, word.Written(labelled(p, l, c))...)
	blocks = append(blocks, word.Paragraph{Style: word.Evidence, Runs: []word.Run{{Text: p.T("library.clause.evidence"), Italic: true}, {Text: Set(p, c.Evidence)}}})
	blocks = append(blocks, remark(p, p.T("library.clause.note"), c.Note)...)
	blocks = append(blocks, remark(p, p.T("library.clause.fallback"), c.Fallback)...)
	if named := variables(l, c); len(named) > 0 {
		blocks = append(blocks, valueTable(p, c, named))
	}
	var asked []string
	for _, q := range questions.Verifying(c.ID) {
		asked = append(asked, q.ID)
	}
	for _, line := range []struct {
		title string
		what  []string
	}{{p.T("library.clause.references"), cited(p, l, c)}, {p.T("library.clause.questions"), asked}} {
		if len(line.what) > 0 {
			blocks = append(blocks, word.Paragraph{Style: word.Reference, Runs: word.Text(p.T("library.file.line", "title", line.title, "text", strings.Join(line.what, " ; ")))})
		}
	}
	return blocks
}

// facts says in one line the level of a clause, where it applies, its door and its version.
func facts(p locale.Printer, c *clause.Clause) string {
	said := []string{locale.Capitalise(Tier(p, c.Level.Tier())), strings.Join(rules(p, c), ", ")}
	if c.Vector != "" {
		said = append(said, p.T("library.file.line", "title", p.T("library.facet.door"), "text", door(p, c)))
	}
	if len(c.CSS) > 0 {
		said = append(said, p.T("library.file.line", "title", p.T("library.clause.css"), "text", strings.Join(c.CSS, ", ")))
	}
	return strings.Join(append(said, p.T("library.clause.version", "version", c.Version)), "\u00a0· ")
}

// remark is what only the buyer reads, under its name.
func remark(p locale.Printer, title string, text content.Text) []word.Block {
	if text.IsZero() {
		return nil
	}
	blocks, err := content.Markdown(Set(p, text))
	if err != nil {
		blocks = []content.Block{{Paragraph: []content.Run{{Text: Set(p, text)}}}}
	}
	return append([]word.Block{word.Paragraph{KeepNext: true, Runs: []word.Run{{Text: title, Bold: true}}}}, word.Written(blocks)...)
}

func valueTable(p locale.Printer, c *clause.Clause, named []*clause.Variable) word.Table {
	table := word.Table{
		HeaderRow: true, Caption: p.T("library.clause.values.caption", "id", c.ID), Description: p.T("library.variables.note"),
		Columns: []word.Column{
			{Title: p.T("library.column.value"), Width: 34}, {Title: Tier(p, tiers[0]), Width: 14, Align: word.Right}, {Title: Tier(p, tiers[1]), Width: 14, Align: word.Right},
			{Title: Tier(p, tiers[2]), Width: 14, Align: word.Right}, {Title: p.T("library.column.bounds"), Width: 24},
		},
	}
	for _, x := range named {
		table.Rows = append(table.Rows, word.TextCells(Set(p, x.Label), Proposed(p, x, tiers[0]), Proposed(p, x, tiers[1]), Proposed(p, x, tiers[2]), strings.Join(Bounds(p, x), "\n")))
	}
	return table
}

func referenceBlocks(p locale.Printer, l *clause.Library) []word.Block {
	table := word.Table{
		HeaderRow: true, Caption: p.T("library.references"), Description: p.T("library.references.lead"),
		Columns: []word.Column{{Title: p.T("library.column.cite"), Width: 34}, {Title: p.T("library.part.title"), Width: 34}, {Title: p.T("library.column.status"), Width: 16}, {Title: p.T("library.column.used"), Width: 16}},
	}
	for _, r := range l.References {
		table.Rows = append(table.Rows, word.TextCells(Cite(p, r), Set(p, r.Title), Status(p, r), strings.Join(ids(l.CitedBy(r.ID)), ", ")))
	}
	return []word.Block{
		word.Heading{Level: 1, Text: p.T("library.references")}, word.Paragraph{Style: word.Lead, Runs: word.Text(p.T("library.references.lead"))}, table,
	}
}
