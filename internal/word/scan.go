package word

import (
	"bytes"
	"errors"
	"strings"
)

// maxDepth bounds how deep elements nest: Word's own documents stay under 60.
const maxDepth = 200

var (
	errMalformed = errors.New("XML is not well formed")
	errDoctype   = errors.New("XML declares a document type")
)

type tokenKind uint8

const (
	startTag tokenKind = iota
	emptyTag           // <a/>
	endTag
	charData
	cdata   // text in <![CDATA[ ]]>, which Word does not write
	skipped // comments, processing instructions
)

// scanner reads the XML of a part without copying it: it gives the places of tags and text, so that a part is
// edited by cutting and pasting its bytes and the rest of it stays as Word wrote it. It checks that elements
// nest, and refuses document types; names keep their prefix.
type scanner struct {
	src   []byte
	pos   int
	kind  tokenKind
	start int    // of the token
	end   int    // after it
	name  []byte // of a tag
	depth int    // open elements, the one of a start tag included
	open  [][]byte
	err   error

	renamed bool // a prefix seen so far does not stand for what it does in Word's own documents
}

func newScanner(src []byte) *scanner {
	s := &scanner{src: src}
	if bytes.HasPrefix(src, []byte("\uFEFF")) {
		s.pos = 3
	}
	return s
}

// next moves to the next token; false at the end or at an error, which err holds.
func (s *scanner) next() bool {
	if s.err != nil {
		return false
	}
	if s.pos >= len(s.src) {
		if len(s.open) > 0 {
			s.err = errMalformed
		}
		return false
	}
	s.start = s.pos
	if s.src[s.pos] != '<' {
		return s.text()
	}
	rest := s.src[s.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return s.skip("<!--", "-->")
	case bytes.HasPrefix(rest, []byte("<?")):
		return s.skip("<?", "?>")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return s.section()
	case bytes.HasPrefix(rest, []byte("<!")):
		return s.fail(errDoctype)
	case bytes.HasPrefix(rest, []byte("</")):
		return s.closeTag()
	}
	return s.openTag()
}

func (s *scanner) fail(err error) bool {
	s.err = err
	return false
}

func (s *scanner) text() bool {
	end := bytes.IndexByte(s.src[s.pos:], '<')
	if end < 0 {
		end = len(s.src) - s.pos
	}
	s.kind, s.end = charData, s.pos+end
	text := s.src[s.start:s.end]
	if len(s.open) == 0 && len(bytes.TrimSpace(text)) > 0 {
		return s.fail(errMalformed)
	}
	if !referencesResolve(text) {
		return s.fail(errMalformed)
	}
	s.pos = s.end
	return true
}

func (s *scanner) skip(opening, closing string) bool {
	end := bytes.Index(s.src[s.pos+len(opening):], []byte(closing))
	if end < 0 {
		return s.fail(errMalformed)
	}
	s.end = s.pos + len(opening) + end + len(closing)
	s.kind, s.pos = skipped, s.end
	return true
}

const cdataOpening, cdataClosing = "<![CDATA[", "]]>"

func (s *scanner) section() bool {
	if len(s.open) == 0 || !s.skip(cdataOpening, cdataClosing) {
		return s.fail(errMalformed)
	}
	s.kind = cdata
	return true
}

// chars gives the text of the current token, when it is text.
func (s *scanner) chars() (string, bool) {
	switch s.kind {
	case charData:
		return unescape(s.src[s.start:s.end]), true
	case cdata:
		return string(s.src[s.start+len(cdataOpening) : s.end-len(cdataClosing)]), true
	}
	return "", false
}

func (s *scanner) closeTag() bool {
	end := bytes.IndexByte(s.src[s.pos:], '>')
	if end < 0 || len(s.open) == 0 {
		return s.fail(errMalformed)
	}
	s.name = bytes.TrimRight(s.src[s.pos+2:s.pos+end], " \t\r\n")
	last := len(s.open) - 1
	if !bytes.Equal(s.open[last], s.name) {
		return s.fail(errMalformed)
	}
	s.open = s.open[:last]
	s.kind, s.end, s.depth = endTag, s.pos+end+1, last
	s.pos = s.end
	return true
}

func (s *scanner) openTag() bool {
	i := s.pos + 1
	for i < len(s.src) && nameByte(s.src[i]) {
		i++
	}
	s.name = s.src[s.pos+1 : i]
	if len(s.name) == 0 {
		return s.fail(errMalformed)
	}
	for {
		key, value, after, ok := attribute(s.src, i)
		if !ok {
			break
		}
		if bytes.HasPrefix(key, []byte("xmlns")) && renames(key, value) {
			s.renamed = true
		}
		i = after
	}
	i = skipSpace(s.src, i)
	s.kind = startTag
	if i < len(s.src) && s.src[i] == '/' {
		s.kind = emptyTag
		i++
	}
	if i >= len(s.src) || s.src[i] != '>' {
		return s.fail(errMalformed)
	}
	s.end = i + 1
	s.pos, s.depth = s.end, len(s.open)+1
	if s.kind == startTag {
		if len(s.open) == maxDepth {
			return s.fail(errMalformed)
		}
		s.open = append(s.open, s.name)
	}
	return true
}

// wordPrefixes are the prefixes by which the elements that we read go in every document of Word and LibreOffice.
var wordPrefixes = map[string]string{
	mainNamespace: "w",
	"http://purl.oclc.org/ooxml/wordprocessingml/main":            "", // of the strict format: none
	"http://schemas.openxmlformats.org/officeDocument/2006/math":  "m",
	"http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
}

// renames tells whether a namespace declaration gives one of these prefixes to another namespace, or one of these
// namespaces to another prefix: names would then say something else to Word than to us.
func renames(key, value []byte) bool {
	_, prefix, _ := strings.Cut(string(key), ":")
	usual, ours := wordPrefixes[unescape(value)]
	if ours {
		return prefix != usual || prefix == ""
	}
	return prefix == "w" || prefix == "m" || prefix == "mc"
}

// attr gives an attribute of the current tag as it is written, references unresolved.
func (s *scanner) attr(name string) (string, bool) {
	at := s.start + 1 + len(s.name)
	for {
		key, value, after, ok := attribute(s.src, at)
		if !ok {
			return "", false
		}
		if string(key) == name {
			return string(value), true
		}
		at = after
	}
}

// is tells whether the current token opens the element (or is it, when empty).
func (s *scanner) is(name string) bool {
	return (s.kind == startTag || s.kind == emptyTag) && string(s.name) == name
}

// closes tells whether the current token closes the element (or is it, when empty).
func (s *scanner) closes(name string) bool {
	return (s.kind == endTag || s.kind == emptyTag) && string(s.name) == name
}

// inside gives the name of the innermost open element.
func (s *scanner) inside() string {
	if len(s.open) == 0 {
		return ""
	}
	return string(s.open[len(s.open)-1])
}

// attribute reads one attribute from at on.
func attribute(src []byte, at int) (key, value []byte, after int, ok bool) {
	i := skipSpace(src, at)
	start := i
	for i < len(src) && nameByte(src[i]) {
		i++
	}
	if i == start || start == at {
		return nil, nil, at, false
	}
	key = src[start:i]
	i = skipSpace(src, i)
	if i >= len(src) || src[i] != '=' {
		return nil, nil, at, false
	}
	i = skipSpace(src, i+1)
	if i >= len(src) || (src[i] != '"' && src[i] != '\'') {
		return nil, nil, at, false
	}
	length := bytes.IndexByte(src[i+1:], src[i])
	if length < 0 {
		return nil, nil, at, false
	}
	value = src[i+1 : i+1+length]
	if bytes.IndexByte(value, '<') >= 0 || !referencesResolve(value) {
		return nil, nil, at, false
	}
	return key, value, i + length + 2, true
}

func skipSpace(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\n' || src[i] == '\r' || src[i] == '\t') {
		i++
	}
	return i
}

func nameByte(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == ':', c == '_', c == '-', c == '.', c >= 0x80:
		return true
	}
	return false
}

// checkXML reads a whole part: nil when it is well-formed UTF-8, and says no other, with one root element.
func checkXML(src []byte) error {
	if !validChars(src) || !saysUTF8(src) {
		return errMalformed
	}
	s, roots := newScanner(src), 0
	for s.next() {
		if s.depth == 1 && (s.kind == startTag || s.kind == emptyTag) {
			roots++
		}
	}
	if s.err == nil && roots != 1 {
		return errMalformed
	}
	return s.err
}

// saysUTF8 tells whether the declaration of a part names no other encoding, which another program would read it in.
func saysUTF8(src []byte) bool {
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	if !bytes.HasPrefix(src, []byte("<?xml")) {
		return true
	}
	declaration := bytes.ToLower(src[:max(bytes.Index(src, []byte("?>")), 0)])
	_, encoding, said := bytes.Cut(declaration, []byte("encoding"))
	encoding = bytes.TrimLeft(encoding, " \t\r\n=\"'")
	return !said || bytes.HasPrefix(encoding, []byte("utf-8"))
}
