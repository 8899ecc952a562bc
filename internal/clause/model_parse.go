package clause

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
)

// PartKind is what a piece of a document model is.
type PartKind string

// The pieces of a model, with how each is written.
const (
	ModelHeading    PartKind = "heading"    // "## Title", or "### Title" a level below
	ModelLead       PartKind = "lead"       // "> what the document is for"
	ModelProse      PartKind = "prose"      // paragraphs and lists of the Markdown subset
	ModelNote       PartKind = "note"       // "@note small print"
	ModelBox        PartKind = "box"        // "[ ] something to tick"
	ModelTable      PartKind = "table"      // "| a | b |" lines; a line of dashes under the first makes it a header
	ModelLines      PartKind = "lines"      // "@lines 4": a frame to write in, so many lines high
	ModelSignatures PartKind = "signatures" // "@signatures For one | For the other"
)

// ModelPart is a piece of a model. What is set beside Kind depends on it.
type ModelPart struct {
	Kind   PartKind
	Level  int             // of a heading, 1 or 2
	Runs   []content.Run   // of a heading, a lead, a note, a box
	Blocks []content.Block // of prose
	Header []ModelCell     // of a table; none: the first column holds names
	Widths []int           // of a table's columns, in parts; none: as the reader sees fit
	Rows   []ModelRow      // of a table
	Lines  int             // how many to write on
	Signed [][]content.Run // who signs, box by box
}

// ModelCell is a cell of a table; empty: to be filled in.
type ModelCell []content.Run

// ModelRow is a row of a table. Repeated: one is printed for each article of the annex.
type ModelRow struct {
	Cells    []ModelCell
	Repeated bool
}

// misread is something a model's text should not hold, at a line of it counted from 0.
type misread struct {
	line int
	key  string
	args []any
}

// maxModelLines is the highest frame to write in.
const maxModelLines = 20

// modelParser goes through the lines of a model once.
type modelParser struct {
	lang  locale.Language
	lines []string
	at    int
	parts []ModelPart
	wrong []misread
}

// parseModel reads the text of a model in one language, whose typography it sets.
func parseModel(lang locale.Language, text string) ([]ModelPart, []misread) {
	p := &modelParser{lang: lang, lines: strings.Split(strings.TrimRight(text, "\n"), "\n")}
	for p.at < len(p.lines) {
		p.next()
	}
	return p.parts, p.wrong
}

// next reads the piece that begins at the current line.
func (p *modelParser) next() {
	line := strings.TrimSpace(p.lines[p.at])
	start := p.at
	one := func(kind PartKind, level int, prefix string) {
		p.add(ModelPart{Kind: kind, Level: level, Runs: p.runs(start, strings.TrimPrefix(line, prefix))})
		p.at++
	}
	switch {
	case line == "":
		p.at++
	case strings.HasPrefix(line, "### "):
		one(ModelHeading, 2, "### ")
	case strings.HasPrefix(line, "## "):
		one(ModelHeading, 1, "## ")
	case strings.HasPrefix(line, "> "):
		one(ModelLead, 0, "> ")
	case strings.HasPrefix(line, "[ ] "):
		one(ModelBox, 0, "[ ] ")
	case strings.HasPrefix(line, "@note "):
		one(ModelNote, 0, "@note ")
	case strings.HasPrefix(line, "@"):
		p.directive(line)
		p.at++
	case strings.HasPrefix(line, "|"):
		p.table()
	default:
		p.prose()
	}
}

func (p *modelParser) add(part ModelPart) { p.parts = append(p.parts, part) }

func (p *modelParser) fail(line int, key string, args ...any) {
	p.wrong = append(p.wrong, misread{line, key, args})
}

// directive reads a line that begins with @: a frame to write in, places to sign in.
func (p *modelParser) directive(line string) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(line, "@"), " ")
	switch name {
	case "lines":
		count, err := strconv.Atoi(strings.TrimSpace(rest))
		if err != nil || count < 1 || count > maxModelLines {
			p.fail(p.at, "model.lines", "value", rest, "max", maxModelLines)
			return
		}
		p.add(ModelPart{Kind: ModelLines, Lines: count})
	case "signatures":
		part := ModelPart{Kind: ModelSignatures}
		for _, who := range strings.Split(rest, "|") {
			if strings.TrimSpace(who) == "" {
				p.fail(p.at, "model.signatures")
				return
			}
			part.Signed = append(part.Signed, p.runs(p.at, who))
		}
		p.add(part)
	default:
		p.fail(p.at, "model.directive", "value", "@"+name)
	}
}

// table reads the lines of a table: all of as many cells.
func (p *modelParser) table() {
	part, first := ModelPart{Kind: ModelTable}, p.at
	for ; p.at < len(p.lines) && strings.HasPrefix(strings.TrimSpace(p.lines[p.at]), "|"); p.at++ {
		cells := strings.Split(strings.Trim(strings.TrimSpace(p.lines[p.at]), "|"), "|")
		if p.at == first+1 && isRule(cells) && len(part.Rows) == 1 {
			part.Header, part.Rows = part.Rows[0].Cells, nil
			for _, c := range cells {
				part.Widths = append(part.Widths, utf8.RuneCountInString(strings.TrimSpace(c)))
			}
			continue
		}
		row := ModelRow{}
		for _, c := range cells {
			runs := p.runs(p.at, c)
			for _, r := range runs {
				row.Repeated = row.Repeated || strings.HasPrefix(r.Variable, articlePrefix)
			}
			row.Cells = append(row.Cells, runs)
		}
		part.Rows = append(part.Rows, row)
	}
	for _, row := range part.Rows {
		if want := part.columns(); len(row.Cells) != want {
			p.fail(first, "model.cells", "cells", len(row.Cells), "columns", want)
			return
		}
	}
	if len(part.Rows) == 0 {
		p.fail(first, "model.no-rows")
		return
	}
	p.add(part)
}

// columns is how many columns a table has.
func (m ModelPart) columns() int {
	if m.Header != nil {
		return len(m.Header)
	}
	return len(m.Rows[0].Cells)
}

// isRule tells a line of dashes, which makes a header of the line above it.
func isRule(cells []string) bool {
	for _, c := range cells {
		if c = strings.TrimSpace(c); c == "" || strings.Trim(c, "-") != "" {
			return false
		}
	}
	return true
}

// prose reads lines up to the next that is a piece of another kind.
func (p *modelParser) prose() {
	first := p.at
	for p.at++; p.at < len(p.lines) && !beginsPart(p.lines[p.at]); p.at++ {
	}
	blocks, err := content.MarkdownWithFields(locale.Typography(p.lang, strings.Join(p.lines[first:p.at], "\n")))
	if err != nil {
		p.fail(first, "library.markdown", "why", err.Error())
		return
	}
	if len(blocks) > 0 {
		p.add(ModelPart{Kind: ModelProse, Blocks: blocks})
	}
}

func beginsPart(line string) bool {
	line = strings.TrimSpace(line)
	for _, prefix := range []string{"## ", "### ", "> ", "[ ] ", "@", "|"} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}

// runs reads a piece of one paragraph at most; an empty one has no runs.
func (p *modelParser) runs(line int, text string) []content.Run {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	blocks, err := content.MarkdownWithFields(locale.Typography(p.lang, text))
	if err == nil && (len(blocks) != 1 || blocks[0].List != nil) {
		p.fail(line, "model.one-paragraph", "value", text)
		return nil
	}
	if err != nil {
		p.fail(line, "library.markdown", "why", err.Error())
		return nil
	}
	return blocks[0].Paragraph
}
