package frontend

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
)

// annexCSS is the look of the annex as a file of its own, that of the Word document.
//
//go:embed annexdoc.css
var annexCSS string

// articleID is where an article is in the page: 6.2 at art-6-2.
func articleID(number string) string { return "art-" + strings.ReplaceAll(number, ".", "-") }

func annexFooter(p locale.Printer, d *annex.Document) string {
	return p.T("annex.footer", "version", d.Version, "fingerprint", d.ShortFingerprint())
}

// annexStyle is the style of the file, and the foot of its printed pages, which only a style sheet can write.
func annexStyle(p locale.Printer, d *annex.Document) templ.Component {
	return written(func(b *strings.Builder) {
		fmt.Fprintf(b, "<style>\n%s@page { @bottom-left { content: %s } }\n</style>", annexCSS, cssString(annexFooter(p, d)))
	})
}

// cssString writes a text as a string of a style sheet within a page: whatever could end the string, or the style, is a
// number.
func cssString(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		if r < ' ' || strings.ContainsRune(`"\<>&`, r) {
			fmt.Fprintf(&b, `\%06x`, r)
			continue
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}

// annexText is the text of an article, its values marked.
func annexText(blocks []content.Block) templ.Component {
	return written(func(b *strings.Builder) {
		for _, block := range blocks {
			if block.List != nil {
				annexList(b, block.List)
				continue
			}
			b.WriteString("<p>")
			annexRuns(b, block.Paragraph)
			b.WriteString("</p>")
		}
	})
}

func annexList(b *strings.Builder, l *content.List) {
	tag := "ul"
	if l.Ordered {
		tag = "ol"
	}
	fmt.Fprintf(b, "<%s>", tag)
	for _, item := range l.Items {
		b.WriteString("<li>")
		annexRuns(b, item.Runs)
		if item.Children != nil {
			annexList(b, item.Children)
		}
		b.WriteString("</li>")
	}
	fmt.Fprintf(b, "</%s>", tag)
}

func annexRuns(b *strings.Builder, runs []content.Run) {
	for _, r := range runs {
		text := templ.EscapeString(r.Text)
		if r.Variable != "" {
			text = `<mark class="v">` + text + "</mark>"
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

// articleLinks lists the articles that cite a text.
func articleLinks(numbers []string) templ.Component {
	return written(func(b *strings.Builder) {
		for i, number := range numbers {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, `<a href="#%s">%s</a>`, templ.EscapeString(articleID(number)), templ.EscapeString(number))
		}
	})
}

// first is 1er as a word; a no-break space may follow it.
var first = regexp.MustCompile(`(^|[\s\x{a0}])1er([\s\x{a0}])`)

// ordinals raises the “er” of 1er, as French print does.
func ordinals(p locale.Printer, text string) templ.Component {
	return written(func(b *strings.Builder) {
		escaped := templ.EscapeString(text)
		if p.Language() == locale.French {
			escaped = first.ReplaceAllString(escaped, "${1}1<sup>er</sup>${2}")
		}
		b.WriteString(escaped)
	})
}
