package word

import (
	"fmt"
	"regexp"
	"strconv"
)

// panelPadding is between the edge of a filled panel and its blocks, in twentieths of a point.
const panelPadding = 227

// panels writes surfaces side by side as a table of one row, with narrow columns for the gaps.
func (b *builder) panels(p Panels) {
	if b.pageBreak || b.open != "" {
		b.spacer()
	}
	columns := make([]Column, len(p.Panels))
	tall := 0
	for i, panel := range p.Panels {
		columns[i].Width = panel.Width
		tall = max(tall, panel.Tall)
	}
	var widths []int
	for i, width := range shares(columns, b.t.width-p.Gap*(len(p.Panels)-1)) {
		if i > 0 && p.Gap > 0 {
			widths = append(widths, p.Gap)
		}
		widths = append(widths, width)
	}
	b.startTable("TableNormal", signLook, "", "", widths)
	b.out = append(b.out, `<w:tr><w:trPr><w:cantSplit/>`...)
	if tall > 0 {
		b.out = append(b.out, `<w:trHeight w:val="`+strconv.Itoa(tall)+`" w:hRule="atLeast"/>`...)
	}
	b.out = append(b.out, `</w:trPr>`...)
	column := 0
	for i, panel := range p.Panels {
		if i > 0 && p.Gap > 0 {
			b.startCell(p.Gap, "")
			b.spacer()
			b.out = append(b.out, `</w:tc>`...)
			column++
		}
		b.startCell(widths[column], panel.properties())
		column++
		b.blocks(panel.Blocks)
		if len(panel.Blocks) == 0 {
			b.spacer()
		}
		b.out = append(b.out, `</w:tc>`...)
	}
	b.out = append(b.out, `</w:tr></w:tbl>`...)
	b.startParagraph("GarantSpacer", layout{spacing: `<w:spacing w:before="0" w:after="0" w:line="` + strconv.Itoa(max(p.Under, 20)) + `" w:lineRule="exact"/>`})
	b.endParagraph()
}

// properties are those of the panel's cell after its width, in the order of CT_TcPr.
func (p Panel) properties() string {
	out, pad := "", 0
	if p.Rule != "" {
		out += `<w:tcBorders><w:top w:val="single" w:sz="18" w:space="0" w:color="` + p.Rule + `"/></w:tcBorders>`
	}
	if p.Fill != "" {
		out += `<w:shd w:val="clear" w:color="auto" w:fill="` + p.Fill + `"/>`
		pad = panelPadding
	}
	top := pad
	if p.Rule != "" {
		top = max(pad, 113)
	}
	margin := func(side string, width int) string {
		return `<w:` + side + ` w:w="` + strconv.Itoa(width) + `" w:type="dxa"/>`
	}
	return out + `<w:tcMar>` + margin("top", top) + margin("left", pad) + margin("bottom", pad) + margin("right", pad) + `</w:tcMar>`
}

var colour = regexp.MustCompile(`^[0-9A-F]{6}$`)

// checkPanels checks panels and what is on them.
func checkPanels(p Panels, bookmarks map[string]bool) error {
	if len(p.Panels) == 0 {
		return fmt.Errorf("panels without a panel")
	}
	for _, panel := range p.Panels {
		for _, c := range []string{panel.Fill, panel.Rule} {
			if c != "" && !colour.MatchString(c) {
				return fmt.Errorf("colour %q", c)
			}
		}
		for _, block := range panel.Blocks {
			switch block.(type) {
			case Paragraph, List, Picture:
			default:
				return fmt.Errorf("block %T on a panel", block)
			}
		}
		if err := checkBlocks(panel.Blocks, bookmarks, true); err != nil {
			return err
		}
	}
	return nil
}

// inlinePicture writes a picture in a paragraph of its own. Render has read its size before.
func (b *builder) inlinePicture(v Picture) {
	p, err := decodeLogo(v.Data)
	if p == nil || err != nil {
		return
	}
	b.pictures = append(b.pictures, p)
	p.number, p.description = len(b.pictures), v.Description
	b.startParagraph("GarantCoverOrg", layout{align: v.Align})
	b.out = append(b.out, p.drawing(b.t.nextDrawing+p.number)...)
	b.endParagraph()
}
