package word

import (
	"bytes"
	"errors"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// logoName is the placeholder that a picture replaces.
const logoName = "logo"

// placeholder is one place of a template to fill. The places of one value share a token.
type placeholder struct {
	name  string
	token string // what stands in the prepared part in its stead

	// of a section and of the logo only
	properties string // the paragraph's own <w:pPr>
	pageBreak  bool   // the paragraph begins a new page
	sectPr     string // the section break the paragraph carries
	inBody     bool   // false: in a table or a text box
}

// isSection tells a section from a value by its name, which has no dot.
func isSection(name string) bool { return name != logoName && !strings.Contains(name, ".") }

// misuse is a placeholder that cannot be filled where it stands.
type misuse struct{ key, text string }

// marking finds the placeholders of one part and replaces each by its token. Word splits a text over runs as
// it pleases, so a placeholder is looked for in the text of its whole paragraph: the token goes where it
// begins, with the form of that run, and the rest of it is cut out.
type marking struct {
	part   []byte
	body   bool // the part is the document itself
	places []placeholder
	known  map[string]string // token by name
	first  int               // number of the first token of this part
	found  int               // placeholders so far, those of the parts before included
	edits  []edit
	wrong  []misuse
	frames []frame // paragraphs under way: one in a text box stands inside another
	fields []byte  // field codes, to be looked at by checkFields
}

type edit struct {
	start, end int
	with       string
}

// frame is one paragraph while it is read.
type frame struct {
	start     int
	parent    string
	pieces    []piece
	text      []byte
	props     [2]int
	sectPr    [2]int
	pageBreak bool
	picture   bool
	solid     [2]int // from the first character of the text that is no space to the last
}

// piece is the text of one <w:t>.
type piece struct {
	tag      [2]int // place of the start tag
	start    int    // place of the text in the part
	at       int    // place of the text in the paragraph
	length   int
	preserve bool
}

// maxPlaceholders bounds the placeholders of a template: each has its cost in every document made from it.
const maxPlaceholders = 2000

var errPlaceholders = errors.New("more placeholders than a template has")

// mark gives the part with tokens for placeholders, and the placeholders in the order of the text.
func (m *marking) mark() ([]byte, error) {
	s := newScanner(m.part)
	for s.next() {
		switch {
		case s.is("w:p"):
			m.openParagraph(s)
			if s.kind == emptyTag {
				m.frames = m.frames[:len(m.frames)-1]
			}
		case s.closes("w:p"):
			m.closeParagraph(s)
			if m.found > maxPlaceholders {
				return nil, errPlaceholders
			}
		case s.kind == cdata && (s.inside() == "w:t" || s.inside() == "w:instrText"):
			return nil, errMalformed // no token can stand in it
		case len(m.frames) > 0:
			m.inParagraph(s)
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	if s.renamed {
		return nil, errRenamed
	}
	return m.apply(), nil
}

func (m *marking) openParagraph(s *scanner) {
	parent := ""
	if depth := len(s.open) - 2; s.kind == startTag && depth >= 0 {
		parent = string(s.open[depth])
	}
	m.frames = append(m.frames, frame{start: s.start, parent: parent})
}

func (m *marking) inParagraph(s *scanner) {
	f := &m.frames[len(m.frames)-1]
	switch {
	case s.is("w:t") && s.kind == startTag:
		space, _ := s.attr("xml:space")
		f.pieces = append(f.pieces, piece{tag: [2]int{s.start, s.end}, start: s.end, at: len(f.text), preserve: space == "preserve"})
	case s.kind == charData && s.inside() == "w:t" && len(f.pieces) > 0:
		last := f.pieces[len(f.pieces)-1]
		if last.length > 0 { // a comment cut the text in two
			f.pieces = append(f.pieces, piece{tag: last.tag, at: len(f.text), preserve: last.preserve})
		}
		p := &f.pieces[len(f.pieces)-1]
		p.start, p.length = s.start, s.end-s.start
		f.text = append(f.text, s.src[s.start:s.end]...)
	case s.kind == charData && s.inside() == "w:instrText":
		m.fields = append(m.fields, s.src[s.start:s.end]...)
	case s.is("w:fldSimple"):
		code, _ := s.attr("w:instr")
		m.fields = append(append(m.fields, code...), '\n')
	case s.is("w:fldChar"):
		m.fields = append(m.fields, '\n')
	case s.is("w:tab") && s.inside() != "w:tabs", s.is("w:br"), s.is("w:cr"):
		f.text = append(f.text, '\n')
		if kind, _ := s.attr("w:type"); kind == "page" { // as LibreOffice writes w:pageBreakBefore
			f.pageBreak = true
		}
	case s.is("w:pPr") && s.inside() == "w:pPr" && f.props[0] == 0:
		f.props[0] = s.start
	case s.kind == endTag && string(s.name) == "w:pPr" && s.inside() == "w:p" && f.props[1] == 0:
		f.props[1] = s.end
	case s.is("w:pageBreakBefore"):
		value, given := s.attr("w:val")
		f.pageBreak = !given || value != "0" && value != "false" && value != "off"
	case s.is("w:sectPr") && f.sectPr[0] == 0:
		f.sectPr[0] = s.start
	case s.closes("w:sectPr"):
		f.sectPr[1] = s.end
	case s.is("w:drawing"), s.is("w:pict"), s.is("w:object"):
		f.picture = true
	}
}

func (m *marking) closeParagraph(s *scanner) {
	f := m.frames[len(m.frames)-1]
	m.frames = m.frames[:len(m.frames)-1]
	notSpace := func(r rune) bool { return !unicode.IsSpace(r) }
	f.solid = [2]int{bytes.IndexFunc(f.text, notSpace), len(bytes.TrimRightFunc(f.text, unicode.IsSpace))}
	rest := f.text
	offset := 0
	for {
		name, start, end, found := findPlaceholder(rest)
		if !found || m.found > maxPlaceholders {
			break
		}
		m.found++
		m.place(f, s.end, name, offset+start, offset+end)
		offset += end
		rest = f.text[offset:]
	}
	if loose := looseBraces(f.text); loose != "" {
		m.wrong = append(m.wrong, misuse{"broken-placeholder", loose})
	}
}

// place puts the token of a placeholder that stands from start to end in the text of a paragraph.
func (m *marking) place(f frame, paragraphEnd int, name string, start, end int) {
	alone := f.solid == [2]int{start, end} && !f.picture
	if !isSection(name) && name != logoName {
		m.cut(f, start, end, m.token(placeholder{name: name}))
		return
	}
	inBody := m.body && f.parent == "w:body"
	if !alone || !m.body || isSection(name) && !inBody {
		m.wrong = append(m.wrong, misuse{"section-not-alone", braced([]string{shown(name)})})
		return
	}
	p := placeholder{name: name, properties: string(m.part[f.props[0]:f.props[1]]), pageBreak: f.pageBreak, inBody: inBody}
	if f.sectPr[1] > f.sectPr[0] {
		p.sectPr = string(m.part[f.sectPr[0]:f.sectPr[1]])
	}
	m.edits = append(m.edits, edit{f.start, paragraphEnd, m.token(p)})
}

// token registers a placeholder. Each section and logo has its own token, since they differ by their
// paragraph; values share theirs.
func (m *marking) token(p placeholder) string {
	if token, ok := m.known[p.name]; ok && strings.Contains(p.name, ".") {
		return token
	}
	p.token = string(sentinel) + strconv.Itoa(m.first+len(m.places)) + string(sentinel)
	m.places = append(m.places, p)
	m.known[p.name] = p.token
	return p.token
}

// cut replaces the text from start to end of a paragraph by with.
func (m *marking) cut(f frame, start, end int, with string) {
	first := sort.Search(len(f.pieces), func(i int) bool { return f.pieces[i].at+f.pieces[i].length > start })
	for _, p := range f.pieces[first:] {
		if p.at >= end {
			return
		}
		from, to := max(start, p.at), min(end, p.at+p.length)
		if from >= to {
			continue
		}
		if with != "" && !p.preserve {
			m.edits = append(m.edits, edit{p.tag[0], p.tag[1], `<w:t xml:space="preserve">`})
		}
		m.edits = append(m.edits, edit{p.start + from - p.at, p.start + to - p.at, with})
		with = ""
	}
}

// apply makes the edits: in order, none over another, the same tag once.
func (m *marking) apply() []byte {
	sort.SliceStable(m.edits, func(i, j int) bool { return m.edits[i].start < m.edits[j].start })
	out := make([]byte, 0, len(m.part)+len(m.edits)*32)
	at := 0
	for _, e := range m.edits {
		if e.start < at {
			continue
		}
		out = append(append(out, m.part[at:e.start]...), e.with...)
		at = e.end
	}
	return append(out, m.part[at:]...)
}

// findPlaceholder finds the first {{name}} of a text; the name comes in lower case, since Word capitalises
// what it takes for the beginning of a sentence.
func findPlaceholder(text []byte) (name string, start, end int, found bool) {
	from := 0
	for {
		opening := bytes.Index(text[from:], []byte("{{"))
		if opening < 0 {
			return "", 0, 0, false
		}
		start = from + opening
		length := bytes.IndexAny(text[start+2:], "{}\n")
		if length < 0 {
			return "", 0, 0, false
		}
		end = start + 2 + length
		name = strings.ToLower(strings.TrimSpace(unescape(text[start+2 : end])))
		if bytes.HasPrefix(text[end:], []byte("}}")) && name != "" {
			return name, start, end + 2, true
		}
		from = start + 1
	}
}

// looseBraces gives a piece of text around {{ or }} that belong to no placeholder, or nothing.
func looseBraces(text []byte) string {
	if !bytes.Contains(text, []byte("{{")) && !bytes.Contains(text, []byte("}}")) {
		return ""
	}
	for {
		_, start, end, found := findPlaceholder(text)
		before := text
		if found {
			before = text[:start]
		}
		if at := max(bytes.Index(before, []byte("{{")), bytes.Index(before, []byte("}}"))); at >= 0 {
			return shown(string(before[max(0, at-20):]))
		}
		if !found {
			return ""
		}
		text = text[end:]
	}
}
