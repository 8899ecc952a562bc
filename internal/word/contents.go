package word

import "strconv"

// outline is the headings of a document in their order, with what the table of contents says of them.
type outline struct {
	entries []outlineEntry
	at      int
	levels  int // of the deepest contents; 0: the document has none
}

type outlineEntry struct {
	level    int
	number   string
	text     string
	bookmark string
	page     int  // 0: not known
	ofItself bool // the title of the contents, which is not among them
}

// listed tells whether contents of so many levels have the heading.
func (e outlineEntry) listed(levels int) bool { return e.level <= levels && !e.ofItself }

// title gives the heading with its number.
func (e outlineEntry) title() string {
	if e.number == "" {
		return oneLine(e.text)
	}
	return e.number + " " + oneLine(e.text)
}

// take gives the entry of the next heading.
func (o *outline) take() outlineEntry {
	o.at++
	return o.entries[o.at-1]
}

// add reads the headings of blocks, in the order of the document.
func (o *outline) add(blocks []Block, counters *[4]int) {
	for i, block := range blocks {
		switch v := block.(type) {
		case Contents:
			o.levels = max(o.levels, v.Levels)
		case Marked:
			o.add(v.Blocks, counters)
		case Heading:
			entry := outlineEntry{level: v.Level, text: v.Text, bookmark: v.Bookmark}
			_, entry.ofItself = next(blocks, i).(Contents)
			if v.Numbered {
				counters[v.Level]++
				for deeper := v.Level + 1; deeper < len(counters); deeper++ {
					counters[deeper] = 0
				}
				entry.number = strconv.Itoa(counters[1])
				for level := 2; level <= v.Level; level++ {
					entry.number += "." + strconv.Itoa(counters[level])
				}
				if v.Level == 1 {
					entry.number += "."
				}
			}
			o.entries = append(o.entries, entry)
		}
	}
}

// name gives a bookmark to each heading that the contents lead to.
func (o *outline) name() {
	for i := range o.entries {
		if e := &o.entries[i]; e.bookmark == "" && e.listed(o.levels) {
			e.bookmark = "_Toc" + strconv.Itoa(200000001+i)
		}
	}
}

// contents writes the table of contents: Word's own field, holding the entries that Word would make, so that
// it reads right before any update. The field is not marked dirty and the settings do not ask for an update:
// Word would question the reader at each opening. Page numbers are computed (see pages.go) where the layout is
// our own; in a structure's own template they are left to Word, which fills them when the contents are updated
// or the document is printed.
func (b *builder) contents(c Contents) {
	levels := strconv.Itoa(c.Levels)
	b.bookmark++
	b.out = append(b.out, `<w:sdt><w:sdtPr><w:id w:val="`+strconv.Itoa(590100000+b.bookmark)+`"/><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>`...)
	tabs := `<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="` + strconv.Itoa(b.t.width) + `"/></w:tabs>`
	opening := `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \o "1-` + levels +
		`" \h \z \u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`
	for _, entry := range b.outline.entries {
		if !entry.listed(c.Levels) {
			continue
		}
		b.startParagraph(b.t.styles.contents[entry.level], layout{tabs: tabs})
		b.out = append(b.out, opening...)
		opening = ""
		b.contentsEntry(entry)
		b.endParagraph()
	}
	if opening == "" {
		b.startParagraph("GarantSpacer", layout{})
		b.out = append(b.out, `<w:r><w:fldChar w:fldCharType="end"/></w:r>`...)
		b.endParagraph()
	} else {
		b.spacer()
	}
	b.out = append(b.out, `</w:sdtContent></w:sdt>`...)
}

func (b *builder) contentsEntry(entry outlineEntry) {
	b.out = append(b.out, `<w:hyperlink w:anchor="`+entry.bookmark+`" w:history="1">`...)
	if !b.t.styles.countsAsOurs {
		entry.number = ""
	}
	b.run(entry.title(), "")
	b.out = append(b.out, `<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGEREF `+
		entry.bookmark+` \h </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`...)
	if entry.page > 0 {
		b.out = append(b.out, `<w:r><w:t>`...)
		b.out = strconv.AppendInt(b.out, int64(entry.page), 10)
		b.out = append(b.out, `</w:t></w:r>`...)
	}
	b.out = append(b.out, `<w:r><w:fldChar w:fldCharType="end"/></w:r></w:hyperlink>`...)
}

// outline reads the headings of all sections, in the order in which the template has them.
func (t *Template) outline(doc Document) *outline {
	o, counters := &outline{}, [4]int{}
	for _, p := range t.places {
		if isSection(p.name) {
			o.add(doc.section(p.name), &counters)
		}
	}
	o.name()
	return o
}
