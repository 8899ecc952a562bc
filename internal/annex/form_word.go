package annex

import (
	"strings"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/word"
)

const (
	blank     = "……………………" // what is filled in by hand
	blankRows = 8          // of a table that stands for the articles of an annex, where there is none

	shortTable = 10 // rows of a table that is not cut between two pages
)

// Word writes the form as a Word document. Same form, same bytes.
func (f *Form) Word(p locale.Printer) ([]byte, error) {
	name := locale.Typography(f.Language, f.Model.Title.In(f.Language))
	title := name
	if f.Contract != "" {
		title += " · " + f.Contract
	}
	return word.Render(word.Document{
		Language: f.Language.Tag(), Title: title, Subject: f.Kicker, Creator: f.structure.Name,
		Values: []word.Value{
			{Name: "page.left", Text: title}, {Name: "page.right", Text: f.structure.Name},
			{Name: "page.footer", Text: p.T("model.footer", "title", name, "version", f.Version)},
		},
		Sections: []word.Section{{Name: "body", Blocks: f.blocks(p, name)}},
	}, word.FormTemplate(f.Language.Tag()))
}

func (f *Form) blocks(p locale.Printer, name string) []word.Block {
	var blocks []word.Block
	if f.structure.Name != "" {
		blocks = append(blocks, word.Paragraph{Style: word.Organisation, Runs: word.Text(f.structure.Name)})
	}
	blocks = append(blocks,
		word.Paragraph{Style: word.Kicker, Runs: word.Text(f.Kicker)},
		word.Paragraph{Style: word.Headline, Runs: word.Text(name)},
	)
	parts := f.Model.Parts(f.Language)
	for i, part := range parts {
		next := clause.ModelPart{}
		if i+1 < len(parts) {
			next = parts[i+1]
		}
		blocks = append(blocks, f.part(part, next, p)...)
	}
	return blocks
}

// part writes a piece of the model; next is the one after it, which some pieces must stay with.
func (f *Form) part(part, next clause.ModelPart, p locale.Printer) []word.Block {
	switch part.Kind {
	case clause.ModelHeading:
		return []word.Block{word.Heading{Level: part.Level, Text: plainText(f.runs(part.Runs, nil))}}
	case clause.ModelLead:
		return []word.Block{word.Paragraph{Style: word.Lead, Runs: f.runs(part.Runs, nil)}}
	case clause.ModelNote:
		return []word.Block{word.Paragraph{Style: word.Small, Runs: f.runs(part.Runs, nil), KeepNext: next.Kind == clause.ModelTable}}
	case clause.ModelBox:
		return []word.Block{word.Tick{Runs: f.runs(part.Runs, nil), KeepNext: stays(next)}}
	case clause.ModelTable:
		t := f.table(part)
		t.Together = len(t.Rows) <= shortTable
		t.KeepNext = next.Kind == clause.ModelSignatures
		return []word.Block{t}
	case clause.ModelLines:
		return []word.Block{word.Frame{Lines: part.Lines}}
	case clause.ModelSignatures:
		return []word.Block{f.signatures(part, p)}
	}
	return f.prose(part, next)
}

// stays reports whether what comes before a piece must be on the same page.
func stays(next clause.ModelPart) bool {
	switch next.Kind {
	case clause.ModelSignatures, clause.ModelLines, clause.ModelBox, clause.ModelTable:
		return true
	}
	return false
}

func (f *Form) prose(part, next clause.ModelPart) []word.Block {
	var blocks []word.Block
	for i, b := range part.Blocks {
		if b.List != nil {
			blocks = append(blocks, *f.list(b.List))
			continue
		}
		last := i == len(part.Blocks)-1
		blocks = append(blocks, word.Paragraph{Runs: f.runs(b.Paragraph, nil), KeepNext: last && stays(next)})
	}
	return blocks
}

func (f *Form) list(l *content.List) *word.List {
	if l == nil {
		return nil
	}
	list := &word.List{Ordered: l.Ordered}
	for _, item := range l.Items {
		list.Items = append(list.Items, word.ListItem{Runs: f.runs(item.Runs, nil), Children: f.list(item.Children)})
	}
	return list
}

// runs fills in the places of a piece; the values of clauses stand out as in the annex, names and blanks do not.
func (f *Form) runs(runs []content.Run, article map[string]string) []word.Run {
	out := make([]word.Run, len(runs))
	for i, r := range runs {
		out[i] = word.Run{Text: spaces.Replace(r.Text), Bold: r.Bold, Italic: r.Italic}
		if r.Variable == "" {
			continue
		}
		text, ok := article[r.Variable]
		if !ok {
			text, ok = f.printed[r.Variable]
		}
		if !ok {
			text = blank
		}
		out[i].Text = text
		out[i].Bold = r.Bold || ok && !strings.Contains(r.Variable, ".")
	}
	return out
}

// spaces keeps a box to tick with its word and apart from the choice before it, and a number with its name.
var spaces = strings.NewReplacer(" ☐ ", "\u2003☐\u00a0", "☐ ", "☐\u00a0", "SIREN ", "SIREN\u00a0")

func (f *Form) table(part clause.ModelPart) word.Table {
	t := word.Table{Style: word.Sheet, Roomy: true}
	columns := len(part.Rows[0].Cells)
	for i := range columns {
		column := word.Column{Width: 1}
		switch {
		case part.Header != nil:
			column.Title, column.Width = plainText(f.runs(part.Header[i], nil)), part.Widths[i]
		case columns == 2:
			column.Width = [2]int{34, 66}[i]
		}
		if ticked(part, i) {
			column.Align = word.Center
		}
		t.Columns = append(t.Columns, column)
	}
	if part.Header != nil {
		t.Style, t.HeaderRow = word.Grid, true
	}
	for _, row := range part.Rows {
		t.Rows = append(t.Rows, f.rows(row)...)
	}
	return t
}

// ticked reports whether a column holds boxes to tick and nothing else.
func ticked(part clause.ModelPart, column int) bool {
	for _, row := range part.Rows {
		if content.PlainRuns(row.Cells[column]) != "☐" {
			return false
		}
	}
	return true
}

// rows are what stands for a row: itself, or one for each article.
func (f *Form) rows(row clause.ModelRow) [][]word.Cell {
	if !row.Repeated {
		return [][]word.Cell{f.cells(row, nil)}
	}
	var rows [][]word.Cell
	for _, a := range f.articles {
		rows = append(rows, f.cells(row, map[string]string{"article.number": a.Number, "article.title": a.Title, "article.evidence": a.Evidence}))
	}
	for len(rows) < blankRows && len(f.articles) == 0 {
		rows = append(rows, make([]word.Cell, len(row.Cells)))
	}
	return rows
}

func (f *Form) cells(row clause.ModelRow, article map[string]string) []word.Cell {
	cells := make([]word.Cell, len(row.Cells))
	for i, cell := range row.Cells {
		cells[i].Runs = f.runs(cell, article)
		for j := range cells[i].Runs {
			cells[i].Runs[j].Bold = cell[j].Bold // a table has its own order of things
		}
	}
	return cells
}

func (f *Form) signatures(part clause.ModelPart, p locale.Printer) word.Signatures {
	lines := []string{p.T("annex.signature.name"), p.T("annex.signature.date"), p.T("annex.signature.sign")}
	var signatures word.Signatures
	for _, who := range part.Signed {
		signatures.Boxes = append(signatures.Boxes, word.SignatureBox{Title: plainText(f.runs(who, nil)), Lines: lines})
	}
	return signatures
}

func plainText(runs []word.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}
