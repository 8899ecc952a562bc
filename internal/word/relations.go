package word

import (
	"bytes"
	"path"
	"strconv"
	"strings"
)

// Where the parts of a document are, and what they are called in it.
const (
	contentTypes   = "[Content_Types].xml"
	rootRelations  = "_rels/.rels"
	documentPart   = "word/document.xml"
	documentRels   = "word/_rels/document.xml.rels"
	typePrefix     = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	coreType       = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
	mainNamespace  = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	wordTypePrefix = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// relation is one relationship of a part.
type relation struct {
	id, kind, target string
	external         bool
}

// relations reads a .rels part.
func relations(rels []byte) []relation {
	var found []relation
	s := newScanner(rels)
	for s.next() {
		if s.kind != startTag && s.kind != emptyTag || local(s.name) != "Relationship" {
			continue
		}
		id, _ := s.attr("Id")
		kind, _ := s.attr("Type")
		target, _ := s.attr("Target")
		mode, _ := s.attr("TargetMode")
		found = append(found, relation{id: id, kind: unescape([]byte(kind)), target: unescape([]byte(target)), external: strings.EqualFold(mode, "External")})
	}
	return found
}

// targetOf gives the part that a relation of the given kind leads to, from a part in folder.
func targetOf(all []relation, kind, folder string) string {
	for _, r := range all {
		if r.kind == kind && !r.external {
			if strings.HasPrefix(r.target, "/") {
				return r.target[1:]
			}
			return path.Join(folder, r.target)
		}
	}
	return ""
}

func local(name []byte) string {
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
	}
	return string(name)
}

// addRelation gives the relations with one more, and its id.
func addRelation(rels []byte, kind, target string) ([]byte, string) {
	taken := make(map[string]bool)
	for _, r := range relations(rels) {
		taken[r.id] = true
	}
	id := ""
	for n := 1; ; n++ {
		if id = "rIdGarant" + strconv.Itoa(n); !taken[id] {
			break
		}
	}
	return insertBeforeEnd(rels, `<Relationship Id="`+id+`" Type="`+kind+`" Target="`+target+`"/>`), id
}

// addOverride gives the content types with the type of one more part, unless it is there.
func addOverride(types []byte, part, contentType string) []byte {
	if bytes.Contains(types, []byte(`PartName="/`+part+`"`)) {
		return types
	}
	return insertBeforeEnd(types, `<Override PartName="/`+part+`" ContentType="`+contentType+`"/>`)
}

// addDefault gives the content types with the type of a file extension, unless it is there.
func addDefault(types []byte, extension, contentType string) []byte {
	s := newScanner(types)
	for s.next() {
		if s.kind != endTag && local(s.name) == "Default" {
			if given, _ := s.attr("Extension"); strings.EqualFold(given, extension) {
				return types
			}
		}
	}
	s = newScanner(types)
	for s.next() { // defaults come first, after the root's start tag
		if s.kind == startTag && local(s.name) == "Types" {
			return splice(types, s.end, s.end, withPrefix(`<Default Extension="`+extension+`" ContentType="`+contentType+`"/>`, string(s.name)))
		}
	}
	return types
}

// insertBeforeEnd puts markup as the last child of the root element. The roots concerned use the default
// namespace; a prefixed or empty root gets it through its own declaration.
func insertBeforeEnd(part []byte, markup string) []byte {
	s := newScanner(part)
	for s.next() {
		if s.kind == emptyTag && s.depth == 1 {
			name := string(s.name)
			return splice(part, s.end-2, s.end, ">"+withPrefix(markup, name)+"</"+name+">")
		}
		if s.kind == endTag && s.depth == 0 {
			return splice(part, s.start, s.start, withPrefix(markup, string(s.name)))
		}
	}
	return part
}

// withPrefix gives an element the prefix of its parent: "pr:Relationships" holds "pr:Relationship".
func withPrefix(markup, parent string) string {
	name, _, _ := strings.Cut(markup, " ")
	if colon := strings.IndexByte(parent, ':'); colon >= 0 && !strings.Contains(name, ":") {
		return "<" + parent[:colon+1] + markup[1:]
	}
	return markup
}

// splice gives part with what stands from start to end replaced.
func splice(part []byte, start, end int, with string) []byte {
	out := make([]byte, 0, len(part)-(end-start)+len(with))
	return append(append(append(out, part[:start]...), with...), part[end:]...)
}
