// Package adaptation keeps what a structure words itself: models of the libraries of clauses and of questions adapted, and
// clauses and questions of its own. Each is kept whole, with the model that it was made from and its earlier revisions;
// together they are a layer over a library.
package adaptation

import (
	"slices"
	"strings"
	"unicode"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// Wording is a clause as people write it, the whole of it, and the values proposed with it.
type Wording struct {
	Family     string            `bson:"family"`
	Level      string            `bson:"level"`
	Applies    []string          `bson:"applies"`
	Vector     string            `bson:"vector"`
	References []string          `bson:"references"`
	CSS        []string          `bson:"css"`
	Title      content.Text      `bson:"title"`
	Summary    content.Text      `bson:"summary"`
	Text       content.Text      `bson:"text"`
	Evidence   content.Text      `bson:"evidence"`
	Fallback   content.Text      `bson:"fallback"`
	Note       content.Text      `bson:"note"`
	Values     []clause.OwnValue `bson:"values"`
	Locked     bool              `bson:"locked"` // only by a region: structures may ask for more, and nothing else
}

// WordingOf is a clause of the library as people would write it.
func WordingOf(c *clause.Clause) Wording {
	return Wording{
		Family: c.Family, Level: string(c.Level), Applies: c.Applies, Vector: string(c.Vector), References: c.References, CSS: c.CSS,
		Title: c.Title, Summary: c.Summary, Text: c.Text, Evidence: c.Evidence, Fallback: c.Fallback, Note: c.Note,
	}.clean()
}

// Part is a text of a wording under the name of its field.
type Part struct {
	Name string
	Text *content.Text
}

// Parts lists the texts in the order in which they are read.
func (w *Wording) Parts() []Part {
	return []Part{
		{"title", &w.Title}, {"summary", &w.Summary}, {"text", &w.Text}, {"evidence", &w.Evidence}, {"fallback", &w.Fallback}, {"note", &w.Note},
	}
}

// Variables lists the values that the text leaves to the annex.
func (w Wording) Variables() []string { return clause.VariablesIn(w.Text.FR) }

// clean gives a wording in its one form: lines ended alike, nothing around texts, nothing empty in lists, rules and values
// in order.
func (w Wording) clean() Wording {
	for _, part := range w.Parts() {
		part.Text.FR, part.Text.EN = cleanText(part.Text.FR), cleanText(part.Text.EN)
	}
	w.Applies, w.References, w.CSS = cleanList(w.Applies), cleanList(w.References), cleanList(w.CSS)
	slices.SortStableFunc(w.Applies, func(a, b string) int { return slices.Index(framing.Rules(), a) - slices.Index(framing.Rules(), b) })
	w.Values = slices.DeleteFunc(clause.SortOwn(w.Values), func(v clause.OwnValue) bool { return strings.TrimSpace(v.Value) == "" })
	if len(w.Values) == 0 {
		w.Values = nil
	}
	return w
}

// cleanText drops what no text holds: control characters, spaces at the ends of lines, more than one empty line.
func cleanText(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n"))
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if line != "" || len(lines) > 0 && lines[len(lines)-1] != "" {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func cleanList(list []string) []string {
	var out []string
	for _, item := range list {
		if item = strings.TrimSpace(item); item != "" && !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return out
}

// adaptation is the wording as a layer holds it.
func (w Wording) adaptation(id string, revision int) clause.Adaptation {
	return clause.Adaptation{Values: w.Values, Locked: w.Locked, Clause: clause.Clause{
		ID: id, Family: w.Family, Version: max(revision, 1), Level: clause.Level(w.Level), Applies: w.Applies, Vector: clause.Vector(w.Vector),
		References: w.References, CSS: w.CSS, Variables: w.Variables(),
		Title: w.Title, Summary: w.Summary, Text: w.Text, Evidence: w.Evidence, Fallback: w.Fallback, Note: w.Note,
	}}
}

// Difference is a text that is not the same in two wordings, word by word.
type Difference struct {
	Field    string // "text"
	Language locale.Language
	Pieces   []prose.Piece
}

// Differences lists the texts that changed from one wording to another, in the order in which they are read.
func Differences(from, to Wording) []Difference {
	var out []Difference
	before, after := from.clean(), to.clean()
	parts := after.Parts()
	for _, lang := range locale.Languages() {
		for i, part := range before.Parts() {
			old, text := part.Text.In(lang), parts[i].Text.In(lang)
			if old != text {
				out = append(out, Difference{part.Name, lang, prose.Diff(old, text)})
			}
		}
	}
	return out
}
