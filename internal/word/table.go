package word

import "strconv"

const (
	teal   = "0B5C63"
	tinted = `<w:shd w:val="clear" w:color="auto" w:fill="EEF3F2"/>`
)

// table writes a table as wide as the text. A paragraph of a few points follows: two tables in a row would
// join, and a table ends no document.
func (b *builder) table(t Table) {
	if b.pageBreak || b.open != "" {
		b.spacer()
	}
	style, look := "GarantGrid", `w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"`
	switch {
	case t.Style != Grid:
		style, look = "GarantForm", `w:val="0080" w:firstRow="0" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="1" w:noVBand="1"`
	case !t.HeaderRow:
		look = `w:val="0000" w:firstRow="0" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"`
	}
	widths := shares(t.Columns, b.t.width)
	b.startTable(style, look, t.Caption, t.Description, widths)
	if t.hasHeader() {
		b.out = append(b.out, `<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`...)
		for i, column := range t.Columns {
			b.startCell(widths[i], `<w:shd w:val="clear" w:color="auto" w:fill="`+teal+`"/>`)
			b.cell("GarantCellHeader", Text(column.Title), column.Align)
		}
		b.out = append(b.out, `</w:tr>`...)
	}
	for n, row := range t.Rows {
		b.out = append(b.out, `<w:tr><w:trPr><w:cantSplit/>`...)
		if t.Roomy {
			b.out = append(b.out, `<w:trHeight w:val="`+strconv.Itoa(roomyRow)+`" w:hRule="atLeast"/>`...)
		}
		b.out = append(b.out, `</w:trPr>`...)
		for i, cell := range row {
			style, more := "GarantCell", ""
			if i == 0 && t.Style != Grid {
				style = "GarantCellName"
			}
			if i == 0 && t.Style == Sheet {
				more = tinted
			}
			b.startCell(widths[i], more)
			b.cellKept(style, cell.Runs, t.Columns[i].Align, t.Together && (n < len(t.Rows)-1 || t.KeepNext))
		}
		b.out = append(b.out, `</w:tr>`...)
	}
	b.out = append(b.out, `</w:tbl>`...)
	b.startParagraph("GarantSpacer", layout{keepNext: t.Together && t.KeepNext})
	b.endParagraph()
}

// startTable opens a table; the children of w:tblPr come in the order of CT_TblPr.
func (b *builder) startTable(style, look, caption, description string, widths []int) {
	total := 0
	for _, width := range widths {
		total += width
	}
	b.out = append(b.out, `<w:tbl><w:tblPr><w:tblStyle w:val="`...)
	b.out = append(append(b.out, style...), `"/><w:tblW w:w="`...)
	b.out = strconv.AppendInt(b.out, int64(total), 10)
	b.out = append(b.out, `" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook `...)
	b.out = append(append(b.out, look...), `/>`...)
	for _, text := range []struct{ element, text string }{{"w:tblCaption", caption}, {"w:tblDescription", description}} {
		if text.text != "" {
			b.out = append(append(append(b.out, '<'), text.element...), ` w:val="`...)
			b.out = append(appendText(b.out, oneLine(text.text)), `"/>`...)
		}
	}
	b.out = append(b.out, `</w:tblPr><w:tblGrid>`...)
	for _, width := range widths {
		b.out = append(b.out, `<w:gridCol w:w="`...)
		b.out = strconv.AppendInt(b.out, int64(width), 10)
		b.out = append(b.out, `"/>`...)
	}
	b.out = append(b.out, `</w:tblGrid>`...)
}

// startCell opens a cell; more holds what follows w:tcW in CT_TcPr.
func (b *builder) startCell(width int, more string) {
	b.out = append(b.out, `<w:tc><w:tcPr><w:tcW w:w="`...)
	b.out = strconv.AppendInt(b.out, int64(width), 10)
	b.out = append(append(append(b.out, `" w:type="dxa"/>`...), more...), `</w:tcPr>`...)
}

func (b *builder) cell(style string, runs []Run, align Align) { b.cellKept(style, runs, align, false) }

func (b *builder) cellKept(style string, runs []Run, align Align, keepNext bool) {
	b.startParagraph(style, layout{align: align, keepNext: keepNext})
	b.runs(runs)
	b.endParagraph()
	b.out = append(b.out, `</w:tc>`...)
}

// shares divides a width among columns, the rounding taken up by the last.
func shares(columns []Column, width int) []int {
	sum := 0
	for _, column := range columns {
		sum += max(column.Width, 0)
	}
	widths, left := make([]int, len(columns)), width
	for i, column := range columns {
		switch {
		case sum == 0:
			widths[i] = width / len(columns)
		default:
			widths[i] = max(width*max(column.Width, 0)/sum, 100)
		}
		left -= widths[i]
	}
	widths[len(widths)-1] += left
	return widths
}

// The boxes of signatures: how many stand in a row, the gap between, and their height, in twentieths of a point.
const (
	boxesInRow = 2
	boxGap     = 454
	boxHeight  = 2500
)

const (
	boxBorders = `<w:tcBorders><w:top w:val="single" w:sz="6" w:space="0" w:color="55636A"/><w:left w:val="single" w:sz="6" w:space="0" w:color="55636A"/>` +
		`<w:bottom w:val="single" w:sz="6" w:space="0" w:color="55636A"/><w:right w:val="single" w:sz="6" w:space="0" w:color="55636A"/></w:tcBorders>`
	signLook = `w:val="0000" w:firstRow="0" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"`
)

func (b *builder) signatures(s Signatures) {
	if b.pageBreak || b.open != "" {
		b.spacer()
	}
	for boxes := s.Boxes; len(boxes) > 0; {
		row := boxes[:min(boxesInRow, len(boxes))]
		boxes = boxes[len(row):]
		box := (b.t.width - boxGap*(boxesInRow-1)) / boxesInRow
		var widths []int
		for i := range row {
			if i > 0 {
				widths = append(widths, boxGap)
			}
			widths = append(widths, box)
		}
		b.startTable("GarantSign", signLook, "", "", widths)
		b.out = append(b.out, `<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="`+strconv.Itoa(boxHeight)+`" w:hRule="atLeast"/></w:trPr>`...)
		for i, signature := range row {
			if i > 0 {
				b.startCell(boxGap, "")
				b.cell("GarantCell", nil, Left)
			}
			b.signature(signature, box)
		}
		b.out = append(b.out, `</w:tr></w:tbl>`...)
		b.spacer()
	}
}

func (b *builder) signature(s SignatureBox, width int) {
	b.startCell(width, boxBorders)
	b.startParagraph("GarantCellName", layout{})
	b.run(s.Title, "")
	b.endParagraph()
	for _, line := range s.Lines {
		b.startParagraph("GarantCell", layout{})
		b.runs(Text(line))
		b.endParagraph()
	}
	b.out = append(b.out, `</w:tc>`...)
}
