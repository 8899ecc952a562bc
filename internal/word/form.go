package word

import "strconv"

// The rows of a roomy table and the lines of a frame, in twentieths of a point: high enough for a pen.
const (
	roomyRow  = 440
	frameLine = 400
)

// afterTicks parts the last line of a choice from what follows.
const afterTicks = `<w:spacing w:after="140"/>`

// square is a box to tick, U+2610.
const square = "\u2610"

// tick writes a line that begins with a box; the text stands clear of it.
func (b *builder) tick(t Tick, last bool) {
	l := layout{keepNext: t.KeepNext}
	if last {
		l.spacing = afterTicks
	}
	b.startParagraph("GarantTick", l)
	b.run(square+"\t", "")
	b.runs(t.Runs)
	b.endParagraph()
}

// frame writes an empty frame as a table of one cell: what is typed in it flows.
func (b *builder) frame(f Frame) {
	if b.pageBreak || b.open != "" {
		b.spacer()
	}
	b.startTable("GarantGrid", signLook, "", "", []int{b.t.width})
	b.out = append(b.out, `<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="`+strconv.Itoa(f.Lines*frameLine)+`" w:hRule="atLeast"/></w:trPr>`...)
	b.startCell(b.t.width, "")
	b.cell("GarantCell", nil, Left)
	b.out = append(b.out, `</w:tr></w:tbl>`...)
	b.spacer()
}
