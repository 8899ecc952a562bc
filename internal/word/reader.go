package word

import (
	"bytes"
	"errors"
)

// reader goes through a document once, paragraph by paragraph.
type reader struct {
	notes      map[string]string // text by kind and id
	paragraphs []paragraph       // in the order in which they begin
	spans      []span            // in the order in which they begin
	spanOf     map[string]int    // span by bookmark name
	nameOf     map[string]int    // span by bookmark id, which its end has too

	stack    []int // the paragraphs under way: one in a text box stands inside another
	fields   []field
	contents int  // nested fields that are tables of contents
	hidden   bool // the run at hand is struck or hidden
	deleted  int  // depth of w:del and the like
	fallback int  // depth of mc:Fallback, which repeats its choice
}

// paragraph is one paragraph of the document.
type paragraph struct {
	text     []byte
	contents bool // of a table of contents
}

// span is the paragraphs of one bookmark, first and last. LibreOffice repeats the beginning of a bookmark that runs
// over several paragraphs where it ends, under another id, and around empty paragraphs closes and reopens it: so a
// region goes from where its name stands first to where it stands or ends last.
type span struct {
	name        string
	first, last int
}

// field is a field under way.
type field struct {
	code     []byte
	contents bool
	result   bool
}

func (r *reader) read(document []byte) error {
	if err := checkXML(document); err != nil {
		return err
	}
	r.spanOf, r.nameOf = make(map[string]int), make(map[string]int)
	s := newScanner(document)
	for s.next() {
		switch s.kind {
		case startTag, emptyTag:
			r.start(s)
			if s.kind == emptyTag {
				r.end(string(s.name))
			}
		case endTag:
			r.end(string(s.name))
		case charData:
			r.characters(s)
		}
	}
	return s.err
}

func (r *reader) start(s *scanner) {
	switch string(s.name) {
	case "w:p":
		r.stack = append(r.stack, len(r.paragraphs))
		r.paragraphs = append(r.paragraphs, paragraph{contents: r.contents > 0})
	case "w:r":
		r.hidden = false
	case "w:strike", "w:dstrike", "w:vanish":
		if s.kind == emptyTag && insideRun(s) {
			r.hidden = r.hidden || isOn(s)
		}
	case "w:del", "w:moveFrom":
		r.deleted++
	case "mc:Fallback":
		r.fallback++
	case "w:bookmarkStart":
		r.startSpan(s)
	case "w:bookmarkEnd":
		r.endSpan(s)
	case "w:fldChar":
		r.fieldChar(s)
	case "w:fldSimple":
		code, _ := s.attr("w:instr")
		f := field{code: []byte(code), result: true}
		f.contents = isContents(f.code)
		r.pushField(f)
	case "w:tab", "w:br", "w:cr", "w:ptab":
		if s.inside() == "w:r" {
			r.add(" ")
		}
	case "w:noBreakHyphen":
		r.add("-")
	case "w:sym":
		code, _ := s.attr("w:char")
		if char, ok := reference("#x" + code); ok {
			r.add(string(char))
		}
	case "w:drawing", "w:pict", "w:object":
		r.add("\uFFFC")
	case "w:footnoteReference", "w:endnoteReference":
		id, _ := s.attr("w:id")
		r.add(" [" + r.notes[string(s.name[2:len(s.name)-len("Reference")])+id] + "]")
	}
}

// insideRun tells whether the current tag stands in the properties of a run, not of a paragraph mark or a change.
func insideRun(s *scanner) bool {
	n := len(s.open)
	return n >= 2 && string(s.open[n-1]) == "w:rPr" && string(s.open[n-2]) == "w:r"
}

// isOn reads an on-off property, which is on when it says nothing.
func isOn(s *scanner) bool {
	value, given := s.attr("w:val")
	return !given || value != "0" && value != "false" && value != "off"
}

func (r *reader) end(name string) {
	switch name {
	case "w:p":
		if n := len(r.stack); n > 0 {
			r.stack = r.stack[:n-1]
		}
	case "w:r":
		r.hidden = false
	case "w:del", "w:moveFrom":
		r.deleted--
	case "mc:Fallback":
		r.fallback--
	case "w:fldSimple":
		r.popField()
	}
}

func (r *reader) characters(s *scanner) {
	switch s.inside() {
	case "w:t", "m:t":
		r.add(unescape(s.src[s.start:s.end]))
	case "w:instrText":
		if n := len(r.fields); n > 0 && !r.fields[n-1].result {
			r.fields[n-1].code = append(r.fields[n-1].code, s.src[s.start:s.end]...)
		}
	}
}

func (r *reader) add(text string) {
	if n := len(r.stack); n > 0 && !r.hidden && r.deleted == 0 && r.fallback == 0 {
		p := &r.paragraphs[r.stack[n-1]]
		p.text = append(p.text, text...)
	}
}

// maxSpans bounds the bookmarks of a document.
const maxSpans = 5000

var errBookmarks = errors.New("more bookmarks than a document has")

func (r *reader) startSpan(s *scanner) {
	name, _ := s.attr("w:name")
	id, _ := s.attr("w:id")
	if name == "" || name[0] == '_' {
		return
	}
	at := len(r.paragraphs) // between paragraphs: the next one
	if n := len(r.stack); n > 0 {
		at = r.stack[n-1]
	}
	i, known := r.spanOf[name]
	if !known {
		if len(r.spans) == maxSpans {
			s.err = errBookmarks
			return
		}
		i = len(r.spans)
		r.spanOf[name] = i
		r.spans = append(r.spans, span{name: name, first: at, last: at})
	}
	r.nameOf[id] = i
	r.spans[i].last = max(r.spans[i].last, at)
}

// endSpan ends a bookmark: in the paragraph at hand, or in the one before when it stands at its very beginning.
func (r *reader) endSpan(s *scanner) {
	id, _ := s.attr("w:id")
	i, known := r.nameOf[id]
	if !known {
		return
	}
	at := len(r.paragraphs) - 1
	if n := len(r.stack); n > 0 {
		if at = r.stack[n-1]; len(r.paragraphs[at].text) == 0 {
			at--
		}
	}
	r.spans[i].last = max(r.spans[i].last, at)
}

// regions gives the paragraphs of each span, and those of none from the first span to the last.
func (r *reader) regions() ([]Region, []Between, error) {
	texts := make([]string, len(r.paragraphs))
	for i, p := range r.paragraphs {
		texts[i] = fold(string(p.text))
	}
	var regions []Region
	work, end := 0, -1
	covered := make([]bool, len(texts))
	for _, sp := range r.spans {
		sp.last = min(sp.last, len(texts)-1)
		if work += max(sp.last-sp.first, 0); work > 8*len(texts)+1000 {
			return nil, nil, errBookmarks
		}
		region := Region{Bookmark: sp.name}
		for i := sp.first; i <= sp.last; i++ {
			covered[i] = true
			if texts[i] != "" {
				region.Text = append(region.Text, texts[i])
			}
		}
		regions = append(regions, region)
		end = max(end, sp.last)
	}
	if len(r.spans) == 0 {
		return nil, nil, nil
	}
	var between []Between
	after := 0
	for i := r.spans[0].first; i <= end; i++ {
		for after+1 < len(r.spans) && r.spans[after+1].first <= i {
			after++
		}
		if covered[i] || texts[i] == "" || r.paragraphs[i].contents {
			continue
		}
		name := r.spans[after].name
		if n := len(between); n == 0 || between[n-1].After != name {
			between = append(between, Between{After: name})
		}
		last := &between[len(between)-1]
		last.Text = append(last.Text, texts[i])
	}
	return regions, between, nil
}

func (r *reader) fieldChar(s *scanner) {
	kind, _ := s.attr("w:fldCharType")
	n := len(r.fields)
	switch {
	case kind == "begin":
		r.pushField(field{})
	case kind == "separate" && n > 0:
		f := &r.fields[n-1]
		f.result = true
		if isContents(f.code) {
			f.contents = true
			r.contents++
			for i := range r.stack {
				r.paragraphs[r.stack[i]].contents = true
			}
		}
	case kind == "end" && n > 0:
		r.popField()
	}
}

func (r *reader) pushField(f field) {
	if f.contents {
		r.contents++
	}
	r.fields = append(r.fields, f)
}

func (r *reader) popField() {
	n := len(r.fields) - 1
	if n < 0 {
		return
	}
	if r.fields[n].contents {
		r.contents--
	}
	r.fields = r.fields[:n]
}

// isContents tells a table of contents by its code.
func isContents(code []byte) bool {
	words := bytes.Fields(code)
	return len(words) > 0 && bytes.EqualFold(words[0], []byte("TOC"))
}

// readNotes reads the text of footnotes or endnotes.
func (r *reader) readNotes(part []byte, kind string) error {
	if err := checkXML(part); err != nil {
		return err
	}
	id := ""
	var text []byte
	s := newScanner(part)
	for s.next() {
		switch {
		case s.is("w:" + kind):
			id, _ = s.attr("w:id")
			text = text[:0]
		case s.kind == charData && s.inside() == "w:t":
			text = append(text, unescape(s.src[s.start:s.end])...)
		case s.closes("w:p"):
			text = append(text, ' ')
		case s.kind == endTag && string(s.name) == "w:"+kind:
			r.notes[kind+id] = fold(string(text))
		}
	}
	return s.err
}
