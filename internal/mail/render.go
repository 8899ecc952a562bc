package mail

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/locale"
)

// Rendered is a message in words.
type Rendered struct {
	Subject string // one line
	Text    string // lines of some 72 characters, ended by \n
	HTML    string // a whole document
}

//go:embed letter.html
var letterHTML string

// letterTemplate escapes all that is put into it by where it stands.
var letterTemplate = template.Must(template.New("letter").Parse(letterHTML))

// page is a message as the template and the plain text show it.
type page struct {
	Lang     string
	Subject  string
	Greeting string
	Before   []string
	Head     string
	Lines    []line
	Button   string
	Link     string
	Copy     string
	After    []string
	Footer   []string
}

// line is one message of a digest.
type line struct{ Subject, Link string }

// Render puts a message in the words of its language. The site is the portal's public address, which the footer tells so
// that readers know its links; it may be empty.
func Render(words *locale.Catalogue, m Message, site string) (Rendered, error) {
	return render(words.In(m.Language), m.clean(), nil, site)
}

// render puts a message, or a digest of some, in words.
func render(p locale.Printer, m Message, digested []Message, site string) (Rendered, error) {
	f, known := forms[m.Kind]
	if !known {
		return Rendered{}, fmt.Errorf("mail: there is no kind %q", m.Kind)
	}
	args := m.arguments(p, len(digested))
	say := func(keys []string) []string {
		said := make([]string, len(keys))
		for i, key := range keys {
			said[i] = p.T(key, args...)
		}
		return said
	}
	content := page{
		Lang: string(p.Language()), Subject: p.T(f.subject, args...), Greeting: p.T("mail.greeting", args...),
		Before: say(f.before), After: say(f.after), Footer: []string{p.T("mail.footer")},
	}
	if m.To.Name == "" {
		content.Greeting = p.T("mail.greeting.nobody")
	}
	if f.head {
		content.Head = m.Head
	}
	if f.button != "" {
		content.Button, content.Link, content.Copy = p.T(f.button), m.Link, p.T("mail.copy")
	}
	for _, one := range digested {
		content.Lines = append(content.Lines, line{p.T(forms[one.Kind].subject, one.arguments(p, 0)...), one.Link})
	}
	if site != "" {
		content.Footer = append(content.Footer, p.T("mail.footer.site", "site", site))
	}
	if site != "" && (len(f.choices) > 1 || m.Kind == digest) {
		content.Footer = append(content.Footer, p.T("mail.footer.preferences", "link", site+PreferencesPath))
	}
	var html strings.Builder
	if err := letterTemplate.Execute(&html, content); err != nil {
		return Rendered{}, fmt.Errorf("mail: render a message of kind %s: %w", m.Kind, err)
	}
	return Rendered{Subject: content.Subject, Text: content.text(), HTML: html.String()}, nil
}

// arguments are what any text of a message may name. A digest counts its messages, any other its entries.
func (m Message) arguments(p locale.Printer, digested int) []any {
	count := m.Entries
	if m.Kind == digest {
		count = int64(digested)
	}
	zone := m.location()
	return []any{
		"name", m.To.Name, "structure", m.Structure, "by", m.By, "method", m.method(p), "count", count,
		"when", p.DateTime(m.When, zone), "day", p.Date(m.When.In(zone).Date()), "until", p.DateTime(m.Until, zone),
	}
}

// method names a way to sign in or a device: by the key of its words, or as it calls itself.
func (m Message) method(p locale.Printer) string {
	if p.Has(m.Method) {
		return p.T(m.Method)
	}
	return m.Method
}

// textWidth is where the plain text breaks its lines, in characters (RFC 5322 §2.1.1 recommends 78 at most).
const textWidth = 72

// text is the page in plain text.
func (c page) text() string {
	var b strings.Builder
	paragraph := func(words string) { b.WriteString(fold(words) + "\n\n") }
	paragraph(c.Greeting)
	for _, words := range c.Before {
		paragraph(words)
	}
	if c.Head != "" {
		b.WriteString(c.Head + "\n\n")
	}
	for _, l := range c.Lines {
		b.WriteString("- " + strings.ReplaceAll(fold(l.Subject), "\n", "\n  ") + "\n")
		if l.Link != "" {
			b.WriteString("  " + l.Link + "\n")
		}
		b.WriteString("\n")
	}
	if c.Button != "" {
		b.WriteString(c.Button + "\n" + c.Link + "\n\n")
	}
	for _, words := range c.After {
		paragraph(words)
	}
	b.WriteString("-- \n") // what mail programs know as the start of a signature (RFC 3676 §4.3)
	for _, words := range c.Footer {
		b.WriteString(fold(words) + "\n")
	}
	return b.String()
}

// fold breaks a paragraph between words. A word that is longer than a line, such as a link, stays whole.
func fold(words string) string {
	var b strings.Builder
	width := 0
	for word := range strings.SplitSeq(words, " ") {
		length := utf8.RuneCountInString(word)
		switch {
		case width == 0:
		case width+1+length > textWidth:
			b.WriteString("\n")
			width = 0
		default:
			b.WriteString(" ")
			width++
		}
		b.WriteString(word)
		width += length
	}
	return b.String()
}
