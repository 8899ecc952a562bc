// Package word turns plain values into Word documents and reads them back. It knows OOXML and nothing of
// what the documents say: an annex is, here, values, headings, paragraphs, lists and tables.
//
// A document is a template in which placeholders, written {{name}}, are filled. A name with a dot
// ({{structure.name}}) is a value and may stand anywhere in a text; a name without one ({{articles}}) is a
// section, stands alone in a paragraph of the body, and is replaced by blocks.
package word

// Document is all that a rendering needs.
type Document struct {
	Language   string // of the text, as Word writes it: "fr-FR", "en-GB"
	Title      string
	Subject    string
	Creator    string
	Properties []Property // custom properties, in this order
	Values     []Value
	Sections   []Section
	Logo       []byte // PNG or JPEG put where {{logo}} stands; empty: that paragraph is left out
}

// Property is a custom document property: it travels with the file and Word shows it under its properties.
type Property struct{ Name, Value string }

// Value fills the placeholder {{Name}} wherever it stands: body, tables, text boxes, headers, footers, notes.
// A line break in Text is a line break in Word. Name holds a dot.
type Value struct{ Name, Text string }

// Section replaces the paragraph {{Name}} of the body. Name holds no dot. No blocks: the paragraph goes.
type Section struct {
	Name   string
	Blocks []Block
}

// Run is a stretch of text in one form. A line break in Text is a line break in Word; the "er" of a French "1er"
// is raised.
type Run struct {
	Text         string
	Bold, Italic bool
}

// Text gives a plain text as runs.
func Text(text string) []Run { return []Run{{Text: text}} }
