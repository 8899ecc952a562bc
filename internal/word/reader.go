package word

import (
	"errors"
	"slices"
)

// mark stands in the text for what shows or hides text in a way that we do not follow: our own text has none of it, so
// that where it stands the text is another one.
const mark = "\uFFFC"

// reader goes through a document once, paragraph by paragraph.
type reader struct {
	hiding     hidingStyles
	paragraphs []paragraph    // in the order in which they begin
	spans      []span         // in the order in which they begin
	spanOf     map[string]int // span by bookmark name
	nameOf     map[string]int // span by bookmark id, which its end has too

	stack      []int  // the paragraphs under way: one in a text box stands inside another
	runs       []run  // the runs under way, for the same reason
	tables     []bool // the tables under way: whether their style may hide text
	text       int    // depth of elements that hold text
	deleted    int    // depth of w:del and the like
	alternates []alternate
	falling    int // how many of them are in their fallback
	size       int // of the text so far
}

// paragraph is one paragraph of the document.
type paragraph struct {
	text    []byte
	doubted bool // its style may hide it
}

// run is a run under way.
type run struct {
	hidden  bool // struck or hidden by itself
	shown   bool // said not to be
	doubted bool // a style may hide it
}

// span is the paragraphs of one bookmark, first and last. LibreOffice repeats the beginning of a bookmark that runs
// over several paragraphs where it ends, under another id, and around empty paragraphs closes and reopens it: so a
// region goes from where its name stands first to where it stands or ends last.
type span struct {
	name        string
	first, last int
}

var (
	errRenamed  = errors.New("a prefix does not stand for its usual namespace")
	errAltChunk = errors.New("another document is included")
	errTooLong  = errors.New("more text than a document has")
)

func (r *reader) read(document []byte) error {
	if err := checkXML(document); err != nil {
		return err
	}
	r.spanOf, r.nameOf = make(map[string]int), make(map[string]int)
	s := newScanner(document)
	for s.next() {
		if r.size > maxText {
			return errTooLong
		}
		switch s.kind {
		case startTag, emptyTag:
			r.start(s)
			if s.kind == emptyTag {
				r.end(s)
			}
		case endTag:
			r.end(s)
		default:
			if text, ok := s.chars(); ok && r.text > 0 {
				r.add(text)
			}
		}
	}
	if s.renamed && s.err == nil {
		return errRenamed
	}
	return s.err
}

func (r *reader) start(s *scanner) {
	switch string(s.name) {
	case "w:p":
		r.stack = append(r.stack, len(r.paragraphs))
		r.paragraphs = append(r.paragraphs, paragraph{doubted: r.hiding.paragraph})
		r.size += paragraphSize
	case "w:pStyle":
		if n := len(r.stack); n > 0 && parent(s, 2) == "w:p" {
			p := &r.paragraphs[r.stack[n-1]]
			p.doubted = p.doubted || r.hiding.named(s)
		}
	case "w:tbl":
		r.tables = append(r.tables, r.hiding.table)
	case "w:tblStyle":
		if n := len(r.tables); n > 0 && parent(s, 2) == "w:tbl" {
			r.tables[n-1] = r.tables[n-1] || r.hiding.named(s)
		}
	case "w:r":
		r.runs = append(r.runs, run{doubted: r.hiding.character})
	case "w:rStyle":
		if n := len(r.runs); n > 0 && insideRun(s) {
			r.runs[n-1].doubted = r.runs[n-1].doubted || r.hiding.named(s)
		}
	case "w:strike", "w:dstrike", "w:vanish":
		if n := len(r.runs); n > 0 && insideRun(s) {
			on, off := switched(s)
			r.runs[n-1].hidden = r.runs[n-1].hidden || on
			r.runs[n-1].shown = r.runs[n-1].shown || off
		}
	case "w:hidden":
		if on, _ := switched(s); on && parent(s, 1) == "w:trPr" {
			r.add(mark)
		}
	case "w:del", "w:moveFrom":
		r.deleted++
	case "mc:AlternateContent", "mc:Choice", "mc:Fallback":
		r.startAlternate(s)
	case "w:bookmarkStart":
		r.startSpan(s)
	case "w:bookmarkEnd":
		r.endSpan(s)
	case "w:tab", "w:br", "w:cr", "w:ptab":
		if parent(s, 1) == "w:r" {
			r.add(" ")
		}
	case "w:noBreakHyphen":
		r.add("-")
	case "w:sym":
		code, _ := s.attr("w:char")
		if char, ok := reference("#x" + code); ok {
			r.add(string(char))
		}
	case "w:t", "m:t", "w:delText", "w:instrText":
		r.text++
	case "w:drawing", "w:pict", "w:object", "w:footnoteReference", "w:endnoteReference":
		r.add(mark)
	case "w:fldChar", "w:fldSimple", "w:dataBinding": // computed again when the document is opened
		r.add(mark)
	case "w:altChunk", "w:subDoc":
		s.err = errAltChunk
	}
}

// parent gives the name of an element around the current tag, from 1 for the innermost on.
func parent(s *scanner, up int) string {
	at := len(s.open) - up
	if s.kind == startTag {
		at--
	}
	if at < 0 {
		return ""
	}
	return string(s.open[at])
}

// insideRun tells whether the current tag stands in the properties of a run, not of a paragraph mark or a change.
func insideRun(s *scanner) bool { return parent(s, 1) == "w:rPr" && parent(s, 2) == "w:r" }

// switched reads an on-off property, which is on when it says nothing. What says neither on nor off is both.
func switched(s *scanner) (on, off bool) {
	value, given := s.attr("w:val")
	switch value {
	case "1", "true", "on":
		return true, false
	case "0", "false", "off":
		return false, true
	}
	return true, given
}

func (r *reader) end(s *scanner) {
	switch string(s.name) {
	case "w:p":
		r.stack = r.stack[:len(r.stack)-1]
	case "w:tbl":
		r.tables = r.tables[:len(r.tables)-1]
	case "w:r":
		r.runs = r.runs[:len(r.runs)-1]
	case "w:del", "w:moveFrom":
		r.deleted--
	case "mc:AlternateContent", "mc:Fallback":
		r.endAlternate(s)
	case "w:t", "m:t", "w:delText", "w:instrText":
		r.text--
	}
}

// maxText bounds the text of a document, and that of its regions, in bytes: some thousand pages.
const maxText = 4 << 20

// paragraphSize is what a paragraph counts for beside its text: empty ones have a cost too.
const paragraphSize = 16

// add adds text to the paragraph under way; what stands in none counts as one.
func (r *reader) add(text string) {
	if r.deleted > 0 {
		return
	}
	if n := len(r.runs); n > 0 {
		switch last := r.runs[n-1]; {
		case last.doubted, last.hidden && last.shown:
			text = mark
		case last.hidden:
			return
		}
	}
	if slices.Contains(r.tables, true) || len(r.stack) > 0 && r.paragraphs[r.stack[len(r.stack)-1]].doubted {
		text = mark
	}
	r.size += len(text)
	if n := len(r.alternates); n > 0 {
		r.alternates[n-1].add(text)
		if r.falling > 0 {
			return
		}
	}
	r.write(text)
}

func (r *reader) write(text string) {
	at := len(r.paragraphs)
	if n := len(r.stack); n > 0 {
		at = r.stack[n-1]
	} else {
		r.paragraphs = append(r.paragraphs, paragraph{})
	}
	p := &r.paragraphs[at]
	p.text = append(p.text, text...)
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
	work, size, end := 0, 0, -1
	covered := make([]bool, len(texts))
	for _, sp := range r.spans {
		sp.last = min(sp.last, len(texts)-1)
		if work += max(sp.last-sp.first, 0); work > 8*len(texts)+1000 {
			return nil, nil, errBookmarks
		}
		region := Region{Bookmark: sp.name}
		for i := sp.first; i <= sp.last; i++ {
			covered[i] = true
			if size += len(texts[i]); size > maxText {
				return nil, nil, errTooLong
			}
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
		if covered[i] || texts[i] == "" {
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
