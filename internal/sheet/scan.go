package sheet

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// maxDepth bounds how deep elements nest: the parts that we read stay under ten.
const maxDepth = 64

var errMalformed = errors.New("XML that cannot be read")

type tokenKind uint8

const (
	startTag tokenKind = iota
	endTag
	charData
)

// scanner reads the XML of a part without copying it, in one pass. It checks that elements nest and refuses document
// types, so that nothing is looked up or grows. Names come without their prefix, which programs choose as they please; an
// empty element is a start and an end.
type scanner struct {
	src   []byte
	pos   int
	kind  tokenKind
	name  []byte // of a tag, without its prefix
	attrs []byte // of a start tag
	text  []byte // as it is written, references unresolved
	cdata bool   // the text holds no references
	empty bool   // the end of an empty element comes next
	open  [][]byte
	err   error
}

func newScanner(src []byte) *scanner {
	return &scanner{src: bytes.TrimPrefix(src, []byte("\uFEFF")), open: make([][]byte, 0, 16)}
}

// next moves to the next token; false at the end or at an error, which err holds.
func (s *scanner) next() bool {
	if s.empty {
		s.empty, s.kind = false, endTag
		return true
	}
	for s.err == nil && s.pos < len(s.src) {
		if s.src[s.pos] != '<' {
			end := bytes.IndexByte(s.src[s.pos:], '<')
			if end < 0 {
				end = len(s.src) - s.pos
			}
			s.kind, s.text, s.cdata = charData, s.src[s.pos:s.pos+end], false
			s.pos += end
			return true
		}
		rest := s.src[s.pos:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			s.skip(4, "-->")
		case bytes.HasPrefix(rest, []byte("<?")):
			s.skip(2, "?>")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			from := s.pos + 9
			if s.skip(9, "]]>") {
				s.kind, s.text, s.cdata = charData, s.src[from:s.pos-3], true
				return true
			}
		case bytes.HasPrefix(rest, []byte("<!")):
			s.err = errMalformed
		case bytes.HasPrefix(rest, []byte("</")):
			return s.closeTag()
		default:
			return s.openTag()
		}
	}
	if s.err == nil && len(s.open) > 0 {
		s.err = errMalformed
	}
	return false
}

func (s *scanner) skip(from int, closing string) bool {
	end := bytes.Index(s.src[s.pos+from:], []byte(closing))
	if end < 0 {
		s.err = errMalformed
		return false
	}
	s.pos += from + end + len(closing)
	return true
}

func (s *scanner) closeTag() bool {
	end := bytes.IndexByte(s.src[s.pos:], '>')
	if end < 0 || len(s.open) == 0 {
		s.err = errMalformed
		return false
	}
	name := bytes.TrimRight(s.src[s.pos+2:s.pos+end], " \t\r\n")
	last := len(s.open) - 1
	if !bytes.Equal(s.open[last], name) {
		s.err = errMalformed
		return false
	}
	s.open = s.open[:last]
	s.kind, s.name = endTag, local(name)
	s.pos += end + 1
	return true
}

func (s *scanner) openTag() bool {
	at := s.pos + 1
	var quote byte
	end := at
	for ; end < len(s.src); end++ {
		c := s.src[end]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			continue
		case c == '"', c == '\'':
			quote = c
			continue
		case c == '<':
			s.err = errMalformed
			return false
		case c != '>':
			continue
		}
		break
	}
	if end >= len(s.src) {
		s.err = errMalformed
		return false
	}
	tag := s.src[at:end]
	if s.empty = bytes.HasSuffix(tag, []byte("/")); s.empty {
		tag = tag[:len(tag)-1]
	}
	name, attrs := tag, []byte(nil)
	if space := bytes.IndexAny(tag, " \t\r\n"); space >= 0 {
		name, attrs = tag[:space], tag[space:]
	}
	if len(name) == 0 || len(s.open) == maxDepth {
		s.err = errMalformed
		return false
	}
	if !s.empty {
		s.open = append(s.open, name)
	}
	s.kind, s.name, s.attrs, s.pos = startTag, local(name), attrs, end+1
	return true
}

func local(name []byte) []byte {
	return name[bytes.IndexByte(name, ':')+1:]
}

// opens tells whether the token opens an element of this name.
func (s *scanner) opens(name string) bool { return s.kind == startTag && string(s.name) == name }

// closes tells whether the token closes an element of this name.
func (s *scanner) closes(name string) bool { return s.kind == endTag && string(s.name) == name }

// attr gives an attribute of the current start tag by its name without prefix; empty when there is none.
func (s *scanner) attr(name string) string {
	rest := s.attrs
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		equal := bytes.IndexByte(rest, '=')
		if equal < 0 {
			return ""
		}
		key := bytes.TrimRight(rest[:equal], " \t\r\n")
		rest = bytes.TrimLeft(rest[equal+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return ""
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return ""
		}
		if string(local(key)) == name {
			return resolve(rest[1 : 1+end])
		}
		rest = rest[end+2:]
	}
}

// chars gives the text of the current token.
func (s *scanner) chars() string {
	if s.cdata {
		return string(s.text)
	}
	return resolve(s.text)
}

// resolve puts characters in the place of references. Only the five that XML has, and numbers, stand for anything: others
// are kept as they are written.
func resolve(text []byte) string {
	if bytes.IndexByte(text, '&') < 0 {
		return string(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	for {
		at := bytes.IndexByte(text, '&')
		if at < 0 {
			b.Write(text)
			return b.String()
		}
		b.Write(text[:at])
		text = text[at:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		r, ok := rune(0), false
		if end > 1 {
			r, ok = reference(string(text[1:end]))
		}
		if !ok {
			b.WriteByte('&')
			text = text[1:]
			continue
		}
		b.WriteRune(r)
		text = text[end+1:]
	}
}

func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if digits == name {
		return 0, false
	}
	if hex := strings.TrimLeft(digits, "xX"); hex != digits {
		digits, base = hex, 16
	}
	n, err := strconv.ParseInt(digits, base, 32)
	return rune(n), err == nil && n > 0 && n <= 0x10FFFF
}
