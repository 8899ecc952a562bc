package frontend

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
)

// Texts of the library are written without a template: a template would put spaces between a word and its comma.

// passages marks in a text the words looked for.
func passages(line []Passage) templ.Component {
	return written(func(b *strings.Builder) {
		for _, p := range line {
			if p.Hit {
				b.WriteString(`<mark class="p-0">` + templ.EscapeString(p.Text) + "</mark>")
			} else {
				b.WriteString(templ.EscapeString(p.Text))
			}
		}
	})
}

// clauseText is the text of a clause, or another short text of the library. A variable stands as its name, which leads
// to its row in the table of values; label gives the name.
func clauseText(blocks []content.Block, label func(variable string) string) templ.Component {
	return written(func(b *strings.Builder) {
		for _, block := range blocks {
			if block.List != nil {
				writeList(b, block.List, label)
				continue
			}
			b.WriteString("<p>")
			writeRuns(b, block.Paragraph, label)
			b.WriteString("</p>")
		}
	})
}

func writeList(b *strings.Builder, l *content.List, label func(string) string) {
	tag := "ul"
	if l.Ordered {
		tag = "ol"
	}
	b.WriteString("<" + tag + ">")
	for _, item := range l.Items {
		b.WriteString("<li>")
		writeRuns(b, item.Runs, label)
		if item.Children != nil {
			writeList(b, item.Children, label)
		}
		b.WriteString("</li>")
	}
	b.WriteString("</" + tag + ">")
}

func writeRuns(b *strings.Builder, runs []content.Run, label func(string) string) {
	for _, r := range runs {
		text := templ.EscapeString(r.Text)
		if r.Variable != "" {
			text = `<a class="v" href="#` + templ.EscapeString(valueID(r.Variable)) + `">` + templ.EscapeString(label(r.Variable)) + "</a>"
		}
		if r.Italic {
			text = "<em>" + text + "</em>"
		}
		if r.Bold {
			text = "<strong>" + text + "</strong>"
		}
		b.WriteString(text)
	}
}

// clauseLinks are the numbers of clauses, each leading to its page; the title comes with the number.
func clauseLinks(v View, clauses []*clause.Clause) templ.Component {
	return written(func(b *strings.Builder) {
		for i, c := range clauses {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(`<a class="nowrap" href="` + clauseHref(templ.EscapeString(c.ID)) + `" title="` + templ.EscapeString(libraryText(v, c.Title)) + `">` + templ.EscapeString(c.ID) + "</a>")
		}
	})
}

// written is a component whose HTML a function writes.
func written(write func(*strings.Builder)) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		write(&b)
		_, err := io.WriteString(w, b.String())
		return err
	})
}
