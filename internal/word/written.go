package word

import "github.com/garant-sante/garant/internal/content"

// Written gives the texts that people write in the libraries as blocks; what is filled in stands out in bold.
func Written(blocks []content.Block) []Block {
	out := make([]Block, 0, len(blocks))
	for _, b := range blocks {
		if b.List != nil {
			out = append(out, *writtenList(b.List))
			continue
		}
		out = append(out, Paragraph{Runs: WrittenRuns(b.Paragraph)})
	}
	return out
}

func writtenList(l *content.List) *List {
	if l == nil {
		return nil
	}
	list := &List{Ordered: l.Ordered}
	for _, item := range l.Items {
		list.Items = append(list.Items, ListItem{Runs: WrittenRuns(item.Runs), Children: writtenList(item.Children)})
	}
	return list
}

// WrittenRuns gives one paragraph of such a text as runs.
func WrittenRuns(runs []content.Run) []Run {
	out := make([]Run, len(runs))
	for i, r := range runs {
		out[i] = Run{Text: r.Text, Bold: r.Bold || r.Variable != "", Italic: r.Italic}
	}
	return out
}

// TextCells gives a row of a table that holds plain texts.
func TextCells(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, text := range texts {
		row[i] = Cell{Runs: Text(text)}
	}
	return row
}
