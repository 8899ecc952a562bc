package word

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// builder writes blocks as the XML of a document's body, appending to out.
type builder struct {
	t         *Template
	out       []byte
	french    bool
	bookmark  int // next id
	numbers   []byte
	next      int // next number id
	outline   *outline
	open      string // name of the bookmark that the next paragraph opens
	openID    int
	pageBreak bool // the next paragraph begins a page
	pictures  []*picture
}

// paragraphStyles are the styles of the template for those of paragraphs.
var paragraphStyles = map[ParagraphStyle]string{
	Normal: "GarantBody", Lead: "GarantLead", Evidence: "GarantEvidence", Reference: "GarantReference", Caption: "GarantCaption",
	Small: "GarantSmall", Title: "GarantTitle", Subtitle: "GarantSubtitle",
	FlyerKicker: "GarantFlyerKicker", FlyerTitle: "GarantFlyerTitle", FlyerLead: "GarantFlyerLead", FlyerHeading: "GarantFlyerHeading",
	FlyerBody: "GarantFlyerBody", FlyerItem: "GarantFlyerItem",
	FlyerBand: "GarantFlyerBand", FlyerBandText: "GarantFlyerBandText", FlyerWhom: "GarantFlyerWhom", FlyerNumber: "GarantFlyerNumber", FlyerName: "GarantFlyerName", FlyerText: "GarantFlyerText", FlyerLabel: "GarantFlyerLabel",
	Organisation: "GarantCoverOrg", Kicker: "GarantKicker", Headline: "GarantHeadline",
	CoverKicker: "GarantCoverKicker", CoverTitle: "GarantCoverTitle", CoverSubtitle: "GarantCoverSubtitle",
}

// layout is what a paragraph says of itself beside its style, in the order of CT_PPr.
type layout struct {
	keepNext bool // and its lines together
	numbered bool
	numID    int
	level    int
	tabs     string
	spacing  string
	align    Align
}

func (b *builder) blocks(blocks []Block) {
	for i, block := range blocks {
		switch v := block.(type) {
		case Heading:
			b.heading(v)
		case Paragraph:
			_, list := next(blocks, i).(List) // what announces a list stays with it
			b.startParagraph(paragraphStyles[v.Style], layout{keepNext: v.KeepNext || list, align: v.Align})
			b.runs(v.Runs)
			b.endParagraph()
		case List:
			b.list(v, 0)
		case Table:
			b.table(v)
		case Contents:
			b.contents(v)
		case PageBreak:
			b.pageBreak = true
		case Signatures:
			b.signatures(v)
		case Tick:
			_, more := next(blocks, i).(Tick)
			b.tick(v, !more)
		case Frame:
			b.frame(v)
		case Panels:
			b.panels(v)
		case Picture:
			b.inlinePicture(v)
		case Marked:
			b.marked(v)
		}
	}
}

// flush writes what waits for a paragraph when none follows.
func (b *builder) flush() {
	if b.pageBreak || b.open != "" {
		b.spacer()
	}
}

// startParagraph opens a paragraph in a style, with the page break and the bookmark that wait for one.
func (b *builder) startParagraph(style string, l layout) {
	b.out = append(b.out, `<w:p><w:pPr><w:pStyle w:val="`...)
	b.out = append(append(b.out, style...), `"/>`...)
	if l.keepNext {
		b.out = append(b.out, `<w:keepNext/><w:keepLines/>`...)
	}
	if b.pageBreak {
		b.out = append(b.out, `<w:pageBreakBefore/>`...)
		b.pageBreak = false
		if l.spacing == "" { // the first line stands where it stands on every page
			l.spacing = `<w:spacing w:before="0"/>`
		}
	}
	if l.numbered {
		b.out = append(b.out, `<w:numPr><w:ilvl w:val="`...)
		b.out = strconv.AppendInt(b.out, int64(l.level), 10)
		b.out = append(b.out, `"/><w:numId w:val="`...)
		b.out = strconv.AppendInt(b.out, int64(l.numID), 10)
		b.out = append(b.out, `"/></w:numPr>`...)
	}
	b.out = append(b.out, l.tabs...)
	b.out = append(b.out, l.spacing...)
	switch l.align {
	case Right:
		b.out = append(b.out, `<w:jc w:val="right"/>`...)
	case Center:
		b.out = append(b.out, `<w:jc w:val="center"/>`...)
	}
	b.out = append(b.out, `</w:pPr>`...)
	if b.open != "" {
		b.startBookmark(b.openID, b.open)
		b.open = ""
	}
}

const endOfParagraph = `</w:p>`

func (b *builder) endParagraph() { b.out = append(b.out, endOfParagraph...) }

func (b *builder) startBookmark(id int, name string) {
	b.out = append(b.out, `<w:bookmarkStart w:id="`...)
	b.out = strconv.AppendInt(b.out, int64(id), 10)
	b.out = append(b.out, `" w:name="`...)
	b.out = append(append(b.out, name...), `"/>`...)
}

func (b *builder) endBookmark(id int) {
	b.out = append(b.out, `<w:bookmarkEnd w:id="`...)
	b.out = strconv.AppendInt(b.out, int64(id), 10)
	b.out = append(b.out, `"/>`...)
}

// marked writes blocks between the ends of a bookmark. Both ends stand inside paragraphs, the only place where
// Word and LibreOffice leave them when they save.
func (b *builder) marked(m Marked) {
	id := b.bookmark
	b.bookmark++
	from := len(b.out)
	b.open, b.openID = m.Bookmark, id
	switch next(m.Blocks, -1).(type) {
	case Table, Signatures, Contents:
		b.spacer() // an end inside a table would not survive
	}
	b.blocks(m.Blocks)
	if len(b.out) == from || !bytes.HasSuffix(b.out, []byte(endOfParagraph)) {
		b.spacer()
	}
	b.out = b.out[:len(b.out)-len(endOfParagraph)]
	b.endBookmark(id)
	b.endParagraph()
}

// spacer writes an empty paragraph of a few points: between tables, and wherever a paragraph must stand.
func (b *builder) spacer() {
	b.startParagraph("GarantSpacer", layout{})
	b.endParagraph()
}

func (b *builder) heading(h Heading) {
	entry := b.outline.take()
	style, l := b.t.styles.plain[h.Level], layout{}
	switch {
	case entry.ofItself:
		style = "GarantTitle"
	case h.Numbered:
		style = b.t.styles.heading[h.Level]
		if !b.t.styles.numbered {
			l = layout{numbered: true, numID: b.t.lists.heading, level: h.Level - 1}
		}
	}
	b.startParagraph(style, l)
	if entry.bookmark != "" {
		id := b.bookmark
		b.bookmark++
		b.startBookmark(id, entry.bookmark)
		b.run(h.Text, "")
		b.endBookmark(id)
	} else {
		b.run(h.Text, "")
	}
	b.endParagraph()
}

func (b *builder) list(list List, level int) {
	style, id := "GarantBullet", b.t.lists.bullet
	if list.Ordered {
		style, id = "GarantOrdered", b.next
		b.next++
		b.numbers = b.t.lists.newNumber(b.numbers, id, level)
	}
	if list.Style != Normal {
		style = paragraphStyles[list.Style]
	}
	for i, item := range list.Items {
		l := layout{numbered: true, numID: id, level: level}
		if level == 0 && i == len(list.Items)-1 && item.Children == nil {
			l.spacing = `<w:spacing w:after="120"/>`
		}
		b.startParagraph(style, l)
		b.runs(item.Runs)
		b.endParagraph()
		if item.Children != nil {
			b.list(*item.Children, min(level+1, 2))
		}
	}
}

func (b *builder) runs(runs []Run) {
	for _, run := range runs {
		form := ""
		switch {
		case run.Bold && run.Italic:
			form = `<w:b/><w:bCs/><w:i/><w:iCs/>`
		case run.Bold:
			form = `<w:b/><w:bCs/>`
		case run.Italic:
			form = `<w:i/><w:iCs/>`
		}
		text := run.Text
		for b.french {
			at := ordinal(text)
			if at < 0 {
				break
			}
			b.run(text[:at], form)
			b.run(text[at:at+len("er")], form+`<w:vertAlign w:val="superscript"/>`)
			text = text[at+len("er"):]
		}
		b.run(text, form)
	}
}

// ordinal gives the place of the "er" of the first "1er" in a French text, which is printed raised, or -1.
func ordinal(text string) int {
	for from := 0; ; {
		at := strings.Index(text[from:], "1er")
		if at < 0 {
			return -1
		}
		at += from
		after := at + len("1er")
		next, _ := utf8.DecodeRuneInString(text[after:])
		if (at == 0 || !wordByte(text[at-1])) && (after == len(text) || next < utf8.RuneSelf && !wordByte(byte(next)) || next == '\u00A0' || next == '\u202F') {
			return at + 1
		}
		from = after
	}
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

// run writes one run. form is the content of its w:rPr, in the order of CT_RPr.
func (b *builder) run(text, form string) {
	if text == "" {
		return
	}
	b.out = append(b.out, `<w:r>`...)
	if form != "" {
		b.out = append(append(append(b.out, `<w:rPr>`...), form...), `</w:rPr>`...)
	}
	b.out = appendRunText(b.out, text)
	b.out = append(b.out, `</w:r>`...)
}

// appendRunText appends the text of a run: w:t elements, with line breaks and tabs between.
func appendRunText(out []byte, text string) []byte {
	for {
		at := strings.IndexAny(text, "\n\r\t")
		piece := text
		if at >= 0 {
			piece = text[:at]
		}
		if piece != "" {
			if needsPreserve(piece) {
				out = append(out, `<w:t xml:space="preserve">`...)
			} else {
				out = append(out, `<w:t>`...)
			}
			out = append(appendText(out, piece), `</w:t>`...)
		}
		if at < 0 {
			return out
		}
		switch {
		case text[at] == '\t':
			out = append(out, `<w:tab/>`...)
		default:
			out = append(out, `<w:br/>`...)
			if strings.HasPrefix(text[at:], "\r\n") {
				at++
			}
		}
		text = text[at+1:]
	}
}

func needsPreserve(text string) bool {
	return text[0] == ' ' || text[len(text)-1] == ' '
}
