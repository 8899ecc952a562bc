package word

import (
	"strings"
	"unicode/utf8"
)

// The page of the embedded template and the cells of its tables, in twentieths of a point.
const (
	pageHeight  = 16838 - 1701 - 1474 // of the text
	cellPadding = 113                 // left and right
	rowPadding  = 2 * 74
	rowBorder   = 10
	signPadding = 2 * 113
	signMargin  = 142
)

// metric is how a style of the embedded template sets its text, in twentieths of a point; size in half-points.
// A test compares these with template/word/styles.xml.
type metric struct {
	size                int
	bold                bool
	line, before, after int
	left                int
	keepNext, keepLines bool
}

var metrics = map[string]metric{
	"GarantBody":          {size: 20, line: 280, after: 120},
	"GarantLead":          {size: 22, line: 310, after: 160},
	"GarantEvidence":      {size: 20, line: 280, after: 80},
	"GarantReference":     {size: 15, line: 210, after: 160, keepLines: true},
	"GarantCaption":       {size: 18, bold: true, line: 240, before: 120, after: 80, keepNext: true},
	"GarantSmall":         {size: 16, line: 220, after: 80},
	"GarantBullet":        {size: 20, line: 280, after: 50},
	"GarantOrdered":       {size: 20, line: 280, after: 50},
	"GarantTitle":         {size: 28, bold: true, line: 340, before: 400, after: 120, keepNext: true, keepLines: true},
	"GarantSubtitle":      {size: 22, bold: true, line: 280, before: 280, after: 80, keepNext: true, keepLines: true},
	"GarantCell":          {size: 18, line: 240},
	"GarantCellName":      {size: 18, bold: true, line: 240},
	"GarantCellHeader":    {size: 18, bold: true, line: 240, keepNext: true},
	"GarantSpacer":        {size: 4, line: 120},
	"GarantCoverOrg":      {size: 18, line: 230},
	"GarantKicker":        {size: 16, line: 220, before: 360, after: 40, keepNext: true},
	"GarantHeadline":      {size: 36, bold: true, line: 440, after: 200, keepNext: true, keepLines: true},
	"GarantTick":          {size: 20, line: 280, after: 60, left: 397, keepLines: true},
	"GarantCoverKicker":   {size: 17, line: 240, before: 2400, after: 100, keepNext: true},
	"GarantCoverTitle":    {size: 48, bold: true, line: 560, after: 200, keepNext: true, keepLines: true},
	"GarantCoverSubtitle": {size: 26, line: 340, after: 1000},
	"Heading1":            {size: 28, bold: true, line: 340, before: 400, after: 120, keepNext: true, keepLines: true},
	"Heading2":            {size: 22, bold: true, line: 280, before: 280, after: 80, keepNext: true, keepLines: true},
	"Heading3":            {size: 20, bold: true, line: 270, before: 200, after: 60, keepNext: true, keepLines: true},
	"TOC1":                {size: 20, bold: true, line: 270, before: 100},
	"TOC2":                {size: 20, line: 270, left: 142},
	"TOC3":                {size: 20, line: 270, left: 340},
}

// piece of the flow: a paragraph or a table row.
type flowItem struct {
	before, after, line, lines int
	keepNext, together         bool
	pageBreak                  bool
	heading                    int // 1 + index in the outline
	header                     int // of a table row: height of the rows to repeat above it
	border                     int // of a table row: what closes the table when the page ends under it
}

// pager lays the blocks of a document out on the pages of the embedded template, to know where its headings
// come. It breaks lines at spaces and hyphens as Word does, with the widths of Arial.
type pager struct {
	width     int
	items     []flowItem
	pageBreak bool
	heading   int
	outline   *outline
}

// setPages fills the page numbers of the outline.
func (t *Template) setPages(doc Document, o *outline, logo *picture) {
	p := &pager{width: t.width, outline: o}
	if !t.plain {
		p.cover(doc, logo)
	}
	for _, place := range t.places {
		if isSection(place.name) {
			blocks := doc.section(place.name)
			p.pageBreak = place.pageBreak && len(blocks) > 0
			p.blocks(blocks)
			if p.pageBreak {
				p.spacer()
			}
		}
	}
	paginate(p.items, o)
}

// cover lays out the cover of DefaultTemplate.
func (p *pager) cover(doc Document, logo *picture) {
	value := func(name string) string {
		for _, v := range doc.Values {
			if v.Name == name {
				return v.Text
			}
		}
		return ""
	}
	if logo != nil { // a picture stands on a line of its own height; 635 units to a twentieth of a point
		m := metrics["GarantCoverOrg"]
		p.add(m, max(m.line, logo.height/635+40), 1)
	}
	p.text("GarantCoverOrg", value("structure.name"))
	p.text("GarantCoverOrg", value("structure.details"))
	p.text("GarantCoverKicker", strings.ToUpper(value("annex.kicker")))
	p.text("GarantCoverTitle", value("annex.title"))
	p.text("GarantCoverSubtitle", value("contract.title"))
}

func (p *pager) blocks(blocks []Block) {
	for i, block := range blocks {
		switch v := block.(type) {
		case Heading:
			p.heading++
			text := v.Text
			if number := p.outline.entries[p.heading-1].number; number != "" {
				text = number + " " + text
			}
			p.text(headingStyles[v.Level], text)
			p.items[len(p.items)-1].heading = p.heading
		case Paragraph:
			_, list := next(blocks, i).(List)
			p.paragraph(paragraphStyles[v.Style], v.Runs, v.KeepNext || list)
		case List:
			p.list(v, 0)
		case Table:
			p.table(v)
		case Contents:
			p.contents(v)
		case PageBreak:
			p.pageBreak = true
		case Signatures:
			p.signatures(v)
		case Tick:
			p.paragraph("GarantTick", v.Runs, v.KeepNext)
			if _, more := next(blocks, i).(Tick); !more {
				p.items[len(p.items)-1].after = 140
			}
		case Frame:
			if p.pageBreak {
				p.spacer()
			}
			p.row(v.Lines*frameLine, 0)
			p.spacer()
		case Marked:
			switch next(v.Blocks, -1).(type) {
			case Table, Signatures, Contents:
				p.spacer()
			}
			p.blocks(v.Blocks)
		}
	}
}

var headingStyles = [4]string{"", "Heading1", "Heading2", "Heading3"}

// next gives the block after place i, or nil.
func next(blocks []Block, i int) Block {
	if i+1 < len(blocks) {
		return blocks[i+1]
	}
	return nil
}

func (p *pager) add(m metric, line, lines int) *flowItem {
	p.items = append(p.items, flowItem{
		before: m.before, after: m.after, line: line, lines: lines, keepNext: m.keepNext, together: m.keepLines || m.keepNext, pageBreak: p.pageBreak,
	})
	p.pageBreak = false
	return &p.items[len(p.items)-1]
}

func (p *pager) paragraph(style string, runs []Run, keep bool) {
	m := metrics[style]
	item := p.add(m, m.line, countLines(runs, m, p.width-m.left))
	item.keepNext = item.keepNext || keep
	item.together = item.together || keep
}

func (p *pager) text(style, text string) { p.paragraph(style, Text(text), false) }

func (p *pager) spacer() { p.add(metrics["GarantSpacer"], metrics["GarantSpacer"].line, 1) }

// The indents of lists in template/word/numbering.xml.
var bulletIndents, orderedIndents = [3]int{340, 624, 908}, [3]int{454, 794, 1134}

func (p *pager) list(list List, level int) {
	m := metrics["GarantBullet"]
	indent := bulletIndents[level]
	if list.Ordered {
		indent = orderedIndents[level]
	}
	for i, item := range list.Items {
		flow := p.add(m, m.line, countLines(item.Runs, m, p.width-indent))
		if level == 0 && i == len(list.Items)-1 && item.Children == nil {
			flow.after = 120
		}
		if item.Children != nil {
			p.list(*item.Children, min(level+1, 2))
		}
	}
}

func (p *pager) table(t Table) {
	if p.pageBreak {
		p.spacer()
	}
	widths := shares(t.Columns, p.width)
	header := 0
	if t.hasHeader() {
		cells := make([]Cell, len(t.Columns))
		for i, column := range t.Columns {
			cells[i].Runs = Text(column.Title)
		}
		header = rowHeight(cells, widths, "GarantCellHeader", "GarantCellHeader")
		p.row(header, 0).keepNext = true
	}
	first := "GarantCell"
	if t.Style != Grid {
		first = "GarantCellName"
	}
	for n, row := range t.Rows {
		height := rowHeight(row, widths, first, "GarantCell")
		if t.Roomy {
			height = max(height, roomyRow)
		}
		p.row(height, header).keepNext = t.Together && (n < len(t.Rows)-1 || t.KeepNext)
	}
	p.spacer()
	p.items[len(p.items)-1].keepNext = t.Together && t.KeepNext
}

func (p *pager) row(height, header int) *flowItem {
	item := p.add(metric{}, height, 1)
	item.together, item.header, item.border = true, header, rowBorder
	return item
}

func rowHeight(cells []Cell, widths []int, first, others string) int {
	most := 1
	for i, cell := range cells {
		style := others
		if i == 0 {
			style = first
		}
		most = max(most, countLines(cell.Runs, metrics[style], widths[i]-2*cellPadding))
	}
	return most*metrics[others].line + rowPadding + rowBorder
}

func (p *pager) contents(c Contents) {
	for _, entry := range p.outline.entries {
		if entry.listed(c.Levels) {
			p.text("TOC"+string(rune('0'+entry.level)), entry.title()+"  000")
		}
	}
	p.spacer()
}

func (p *pager) signatures(s Signatures) {
	if p.pageBreak {
		p.spacer()
	}
	box := (p.width-boxGap*(boxesInRow-1))/boxesInRow - 2*signMargin
	for at := 0; at < len(s.Boxes); at += boxesInRow {
		height := boxHeight
		for _, signature := range s.Boxes[at:min(at+boxesInRow, len(s.Boxes))] {
			lines := countLines(Text(signature.Title), metrics["GarantCellName"], box)
			for _, line := range signature.Lines {
				lines += countLines(Text(line), metrics["GarantCell"], box)
			}
			height = max(height, lines*metrics["GarantCell"].line+signPadding)
		}
		p.row(height, 0)
		p.spacer()
	}
}

// countLines breaks a text into lines of a width, as greedily as Word does.
func countLines(runs []Run, m metric, width int) int {
	limit := width * 2048 / 10 // in half-points of 2048ths, the unit of the sums below
	lines, line, word := 1, 0, 0
	spaces := 0 // those after the last word do not count at the end of a line
	fit := func() {
		if word == 0 {
			return
		}
		if line > 0 && line+spaces+word > limit {
			lines++
			line, spaces = 0, 0
		}
		line += spaces + word
		word, spaces = 0, 0
	}
	previous := rune(0)
	for _, run := range runs {
		bold := run.Bold || m.bold
		for i, r := range run.Text {
			switch {
			case r == '\n':
				fit()
				lines++
				line, spaces = 0, 0
			case r == ' ':
				fit()
				spaces += advance(r, bold) * m.size
			case r == narrowSpace:
				word += advance(' ', bold) * m.size
			default:
				word += advance(r, bold) * m.size
				if breaksAfter(r, previous, run.Text[i:]) {
					fit()
				}
			}
			previous = r
		}
	}
	fit()
	return lines
}

// breaksAfter tells whether a line may end after a hyphen or a dash that stands between words.
func breaksAfter(r, previous rune, rest string) bool {
	if r != '-' && r != '–' && r != '—' || previous == 0 || previous == ' ' {
		return false
	}
	after, size := utf8.DecodeRuneInString(rest[utf8.RuneLen(r):])
	return size > 0 && (after < '0' || after > '9')
}
