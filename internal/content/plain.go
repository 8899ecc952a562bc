package content

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// plain reads what people write: block mappings and lists, lists and mappings within one line, words, quoted texts and `|`
// texts. It is some twenty times faster than the parser of all of YAML and gives the same nodes. At anything else, a mistake
// included, it gives up, and the parser reads the file and says what is wrong: plain refuses nothing by itself.
//
// FuzzPlain holds the two to the same answer.
type plain struct {
	lines []plainLine
	at    int
	depth int
}

// plainLine is a line that is neither empty nor a comment; within a `|` text, every line counts.
type plainLine struct {
	text   string // without indentation and end of line
	indent int
	number int // from 1
}

// maxPlainDepth is below what tooDeep refuses.
const maxPlainDepth = 12

// readPlain gives the nodes of a file; ok is false when it holds anything that is not plain.
func readPlain(data []byte) (root node, ok bool) {
	if len(data) == 0 || data[len(data)-1] != '\n' || bytes.ContainsAny(data, "\t\r") {
		return node{}, false
	}
	p := plain{lines: make([]plainLine, 0, bytes.Count(data, []byte("\n")))}
	number := 0
	for text := range strings.Lines(string(data)) {
		number++
		text = text[:len(text)-1]
		if strings.HasSuffix(text, " ") {
			return node{}, false
		}
		trimmed := strings.TrimLeft(text, " ")
		p.lines = append(p.lines, plainLine{trimmed, len(text) - len(trimmed), number})
	}
	p.skip()
	if p.at == len(p.lines) || p.lines[p.at].indent != 0 {
		return node{}, false
	}
	root, ok = p.block(0)
	return root, ok && p.at == len(p.lines)
}

// skip goes to the next line that is neither empty nor a comment.
func (p *plain) skip() {
	for p.at < len(p.lines) && (p.lines[p.at].text == "" || p.lines[p.at].text[0] == '#') {
		p.at++
	}
}

// here gives the current line, if it stands at an indentation.
func (p *plain) here(indent int) (plainLine, bool) {
	if p.at == len(p.lines) || p.lines[p.at].indent != indent {
		return plainLine{}, false
	}
	return p.lines[p.at], true
}

// block reads the mapping or the list that stands at an indentation.
func (p *plain) block(indent int) (node, bool) {
	p.depth++
	defer func() { p.depth-- }()
	line, ok := p.here(indent)
	if !ok || p.depth > maxPlainDepth {
		return node{}, false
	}
	if strings.HasPrefix(line.text, "- ") {
		return p.list(indent)
	}
	return p.mapping(indent)
}

func (p *plain) list(indent int) (node, bool) {
	first, _ := p.here(indent)
	out := node{kind: kindSequence, line: first.number, column: indent + 1}
	for {
		line, ok := p.here(indent)
		if !ok || !strings.HasPrefix(line.text, "- ") {
			return out, ok == (p.at < len(p.lines) && p.lines[p.at].indent >= indent) && !ok
		}
		rest := strings.TrimLeft(line.text[2:], " ")
		inner := indent + len(line.text) - len(rest)
		var item node
		if key, _, isKey := cutKey(rest); isKey && key != "" {
			p.lines[p.at] = plainLine{rest, inner, line.number}
			item, ok = p.block(inner)
		} else {
			item, ok = p.value(rest, line.number, inner+1, indent)
		}
		if !ok {
			return node{}, false
		}
		out.values = append(out.values, item)
	}
}

func (p *plain) mapping(indent int) (node, bool) {
	first, _ := p.here(indent)
	out := node{kind: kindMapping, line: first.number, column: indent + 1}
	for {
		line, ok := p.here(indent)
		if !ok {
			return out, p.at == len(p.lines) || p.lines[p.at].indent < indent
		}
		key, rest, ok := cutKey(line.text)
		if !ok {
			return node{}, false
		}
		name, ok := word(key, line.number, indent+1)
		if !ok {
			return node{}, false
		}
		value := strings.TrimLeft(rest, " ")
		var read node
		switch {
		case value == "" || value[0] == '#':
			p.at++
			p.skip()
			if p.at == len(p.lines) || p.lines[p.at].indent <= indent {
				return node{}, false // nothing, or a list at the same indentation
			}
			read, ok = p.block(p.lines[p.at].indent)
		default:
			column := indent + utf8.RuneCountInString(line.text[:len(line.text)-len(value)]) + 1
			read, ok = p.value(value, line.number, column, indent)
		}
		if !ok {
			return node{}, false
		}
		out.keys, out.values = append(out.keys, name), append(out.values, read)
	}
}

// cutKey cuts a line after its key: a word of letters, digits and underscores.
func cutKey(line string) (key, rest string, ok bool) {
	for i := range len(line) {
		c := line[i]
		if c == ':' && i > 0 && (i+1 == len(line) || line[i+1] == ' ') {
			return line[:i], line[i+1:], true
		}
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return "", "", false
		}
	}
	return "", "", false
}

// value reads what follows a key or a dash on its line, and the lines below it where it is a `|` text; then it goes to
// the next line.
func (p *plain) value(text string, line, column, indent int) (node, bool) {
	var out node
	var ok bool
	if text == "|" {
		p.at++
		return p.literal(line, column, indent)
	}
	f := flow{text: text, line: line, column: column}
	out, ok = f.value(0)
	if !ok || !f.ended() {
		return node{}, false
	}
	p.at++
	p.skip()
	// a deeper line would go on with the text
	return out, p.at == len(p.lines) || p.lines[p.at].indent <= indent
}

// literal reads a `|` text: the lines deeper than its key, one line break at its end.
func (p *plain) literal(line, column, indent int) (node, bool) {
	if p.at == len(p.lines) || p.lines[p.at].text == "" || p.lines[p.at].indent <= indent {
		return node{}, false
	}
	inner := p.lines[p.at].indent
	var b strings.Builder
	empty := 0
	for ; p.at < len(p.lines); p.at++ {
		l := p.lines[p.at]
		if l.text == "" {
			empty++
			continue
		}
		if l.indent < inner {
			break
		}
		for ; empty > 0; empty-- {
			b.WriteByte('\n')
		}
		b.WriteString(strings.Repeat(" ", l.indent-inner))
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	p.skip()
	ok := p.at == len(p.lines) || p.lines[p.at].indent <= indent
	return node{kind: kindString, text: b.String(), line: line, column: column}, ok
}
