package word

import (
	"strings"
	"unicode"
)

// Canonical gives the paragraphs of blocks as Read gives them back: one string a paragraph, table cells one
// by one, white space folded, no-break spaces as spaces, empty paragraphs left out. Contents have no text of
// their own.
func Canonical(blocks []Block) []string {
	var text []string
	add := func(paragraph string) {
		if paragraph = fold(paragraph); paragraph != "" {
			text = append(text, paragraph)
		}
	}
	for _, block := range blocks {
		switch b := block.(type) {
		case Heading:
			add(b.Text)
		case Paragraph:
			add(plain(b.Runs))
		case List:
			canonicalList(b, add)
		case Table:
			canonicalTable(b, add)
		case Signatures:
			for _, box := range b.Boxes {
				add(box.Title)
				for _, line := range box.Lines {
					add(line)
				}
			}
		case Tick:
			add(square + " " + plain(b.Runs))
		case Panels:
			for _, panel := range b.Panels {
				text = append(text, Canonical(panel.Blocks)...)
			}
		case Marked:
			text = append(text, Canonical(b.Blocks)...)
		case Contents, PageBreak, Frame, Picture:
		}
	}
	return text
}

func canonicalList(list List, add func(string)) {
	for _, item := range list.Items {
		add(plain(item.Runs))
		if item.Children != nil {
			canonicalList(*item.Children, add)
		}
	}
}

func canonicalTable(table Table, add func(string)) {
	if table.hasHeader() {
		for _, column := range table.Columns {
			add(column.Title)
		}
	}
	for _, row := range table.Rows {
		for _, cell := range row {
			add(plain(cell.Runs))
		}
	}
}

func (t Table) hasHeader() bool { return t.HeaderRow && t.Style == Grid }

func plain(runs []Run) string {
	if len(runs) == 1 {
		return runs[0].Text
	}
	var text strings.Builder
	for _, run := range runs {
		text.WriteString(run.Text)
	}
	return text.String()
}

// fold normalises the text of one paragraph: any white space, no-break spaces included, is one space, none at
// the ends; what does not show (control characters, zero-width marks, soft hyphens) goes.
func fold(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	space := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case invisible(r):
			continue
		}
		if space && out.Len() > 0 {
			out.WriteByte(' ')
		}
		space = false
		out.WriteRune(r)
	}
	return out.String()
}

func invisible(r rune) bool {
	switch r {
	case '\u00AD', '\u200B', '\u2060', '\uFEFF', sentinel, unicode.ReplacementChar:
		return true
	}
	return unicode.IsControl(r)
}
