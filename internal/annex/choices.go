package annex

import (
	"fmt"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/word"
)

// Choices writes the record of choices (“fiche de choix”): what was dropped and why, what was added, which values differ
// from those proposed. It is for the structure's own file, never for the supplier.
func (d *Document) Choices(p locale.Printer) ([]byte, error) {
	blocks := []word.Block{
		word.Heading{Level: 1, Text: p.T("fiche.title")},
		word.Paragraph{Style: word.Lead, Runs: word.Text(p.T("fiche.lead"))},
		form(d.Parties, d.Contract.Title),
		word.Heading{Level: 2, Text: p.T("fiche.tier")},
	}
	reasons := &word.List{}
	for _, reason := range d.Reasons {
		reasons.Items = append(reasons.Items, word.ListItem{Runs: word.Text(locale.Typography(d.Language, reason))})
	}
	blocks = append(blocks, *reasons)
	blocks = append(blocks, d.removedBlocks(p)...)
	blocks = append(blocks, d.addedBlocks(p)...)
	blocks = append(blocks, d.changedBlocks(p)...)
	if len(d.Warnings) > 0 {
		list := word.List{}
		for _, w := range d.Warnings {
			list.Items = append(list.Items, word.ListItem{Runs: word.Text(locale.Typography(d.Language, w.Message))})
		}
		blocks = append(blocks, word.Heading{Level: 2, Text: p.T("fiche.warnings")}, list)
	}
	document := word.Document{
		Language: d.Language.Tag(), Title: fmt.Sprintf("%s · %s", p.T("fiche.title"), d.Contract.Title), Subject: d.Kicker, Creator: d.Structure.Name,
		Values: []word.Value{
			{Name: "page.left", Text: fmt.Sprintf("%s · %s", p.T("fiche.title"), d.Contract.Title)}, {Name: "page.right", Text: d.Structure.Name},
			{Name: "page.footer", Text: p.T("annex.footer", "version", d.Version, "fingerprint", d.ShortFingerprint())},
		},
		Sections: []word.Section{{Name: "body", Blocks: blocks}},
	}
	return word.Render(document, word.PlainTemplate(d.Language.Tag()))
}

func form(rows []Row, caption string) word.Table {
	table := word.Table{Style: word.Form, Columns: []word.Column{{Width: 28}, {Width: 72}}, Caption: caption, Description: caption}
	for _, row := range rows {
		table.Rows = append(table.Rows, word.TextCells(row.Name, row.Text))
	}
	return table
}

func (d *Document) removedBlocks(p locale.Printer) []word.Block {
	heading := word.Heading{Level: 2, Text: p.T("fiche.removed")}
	if len(d.Removed) == 0 {
		return []word.Block{heading, word.Paragraph{Runs: word.Text(p.T("fiche.removed-none"))}}
	}
	table := word.Table{HeaderRow: true, Caption: heading.Text, Description: heading.Text, Columns: []word.Column{
		{Title: p.T("fiche.column.clause"), Width: 14}, {Title: p.T("fiche.column.title"), Width: 36}, {Title: p.T("fiche.column.reason"), Width: 50},
	}}
	for _, r := range d.Removed {
		table.Rows = append(table.Rows, word.TextCells(r.ID, locale.Typography(d.Language, r.Title), locale.Typography(d.Language, r.Reason)))
	}
	return []word.Block{heading, table}
}

func (d *Document) addedBlocks(p locale.Printer) []word.Block {
	heading := word.Heading{Level: 2, Text: p.T("fiche.added")}
	if len(d.Added) == 0 {
		return []word.Block{heading, word.Paragraph{Runs: word.Text(p.T("fiche.added-none"))}}
	}
	table := word.Table{HeaderRow: true, Caption: heading.Text, Description: heading.Text, Columns: []word.Column{
		{Title: p.T("fiche.column.clause"), Width: 14}, {Title: p.T("fiche.column.title"), Width: 86},
	}}
	for _, id := range d.Added {
		article, _ := d.Article(id)
		table.Rows = append(table.Rows, word.TextCells(id, article.Title))
	}
	return []word.Block{heading, table}
}

func (d *Document) changedBlocks(p locale.Printer) []word.Block {
	heading := word.Heading{Level: 2, Text: p.T("fiche.changed")}
	if len(d.Changed) == 0 {
		return []word.Block{heading, word.Paragraph{Runs: word.Text(p.T("fiche.changed-none"))}}
	}
	table := word.Table{HeaderRow: true, Caption: heading.Text, Description: heading.Text, Columns: []word.Column{
		{Title: p.T("fiche.column.value"), Width: 40}, {Title: p.T("fiche.column.proposed"), Width: 18, Align: word.Right},
		{Title: p.T("fiche.column.chosen"), Width: 18, Align: word.Right}, {Title: p.T("fiche.column.bounds"), Width: 24},
	}}
	for _, c := range d.Changed {
		table.Rows = append(table.Rows, word.TextCells(c.Label, c.Proposed, c.Chosen, c.Bounds))
	}
	return []word.Block{heading, table}
}
