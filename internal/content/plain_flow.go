package content

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// flow reads values within one line.
type flow struct {
	text         string // what is left
	line, column int
}

// skip goes over a number of bytes; columns count characters.
func (f *flow) skip(bytes int) {
	f.column += utf8.RuneCountInString(f.text[:bytes])
	f.text = f.text[bytes:]
}

func (f *flow) spaces() { f.skip(len(f.text) - len(strings.TrimLeft(f.text, " "))) }

// ended tells that nothing but a comment is left.
func (f *flow) ended() bool {
	rest := strings.TrimLeft(f.text, " ")
	return rest == "" || rest[0] == '#' && rest != f.text
}

// value reads one value; depth 0 is the line itself, where a word runs to its end.
func (f *flow) value(depth int) (node, bool) {
	if f.text == "" || depth > maxPlainDepth {
		return node{}, false
	}
	switch f.text[0] {
	case '"', '\'':
		return f.quoted()
	case '[':
		return f.list(depth)
	case '{':
		return f.mapping(depth)
	}
	return f.word(depth)
}

// quoted reads a text between quotes that holds neither that quote nor an escape.
func (f *flow) quoted() (node, bool) {
	end := strings.IndexByte(f.text[1:], f.text[0]) + 1
	if end == 0 || strings.IndexByte(f.text[:end], '\\') >= 0 || end+1 < len(f.text) && strings.IndexByte(" ,]}", f.text[end+1]) < 0 {
		return node{}, false
	}
	out := node{kind: kindString, text: f.text[1:end], line: f.line, column: f.column}
	f.skip(end + 1)
	return out, true
}

func (f *flow) list(depth int) (node, bool) {
	out := node{kind: kindSequence, line: f.line, column: f.column}
	f.skip(1)
	f.spaces()
	if strings.HasPrefix(f.text, "]") {
		f.skip(1)
		return out, true
	}
	for {
		item, ok := f.value(depth + 1)
		if !ok {
			return node{}, false
		}
		out.values = append(out.values, item)
		if more, ok := f.next(']'); !ok || !more {
			return out, ok
		}
	}
}

func (f *flow) mapping(depth int) (node, bool) {
	out := node{kind: kindMapping, line: f.line, column: f.column}
	f.skip(1)
	f.spaces()
	for {
		key, _, ok := cutKey(f.text)
		if !ok {
			return node{}, false
		}
		name, ok := word(key, f.line, f.column)
		if !ok {
			return node{}, false
		}
		f.skip(len(key) + 1)
		f.spaces()
		value, ok := f.value(depth + 1)
		if !ok {
			return node{}, false
		}
		out.keys, out.values = append(out.keys, name), append(out.values, value)
		if more, ok := f.next('}'); !ok || !more {
			return out, ok
		}
	}
}

// next goes over a comma and tells that there is more, or over the end.
func (f *flow) next(end byte) (more, ok bool) {
	f.spaces()
	switch {
	case f.text == "":
		return false, false
	case f.text[0] == end:
		f.skip(1)
		return false, true
	case strings.HasPrefix(f.text, ", "):
		f.skip(1)
		f.spaces()
		return true, true
	}
	return false, false
}

// word reads an unquoted word or text.
func (f *flow) word(depth int) (node, bool) {
	end := len(f.text)
	if depth > 0 {
		if end = strings.IndexAny(f.text, ",]}"); end < 0 {
			return node{}, false
		}
	}
	text := f.text[:end]
	if comment := strings.Index(text, " #"); comment >= 0 {
		text = text[:comment]
	}
	text = strings.TrimRight(text, " ")
	if depth > 0 && strings.ContainsAny(text, "[{") {
		return node{}, false
	}
	out, ok := word(text, f.line, f.column)
	f.skip(len(text))
	return out, ok
}

// word tells what an unquoted text is. It gives up on whatever YAML reads in a way of its own.
func word(text string, line, column int) (node, bool) {
	out := node{kind: kindString, text: text, line: line, column: column}
	if text == "" || strings.Contains(text, ": ") || strings.HasSuffix(text, ":") || strings.Contains(text, "#") || strings.ContainsRune(text, '\ufeff') {
		return node{}, false
	}
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case first >= '0' && first <= '9':
		return number(text, out)
	case strings.ContainsRune(`-+?:,[]{}#&*!|>'"%@.~<=`+"`", first), first > 0x7f && !strings.ContainsRune("ÀÂÉÈÊÎÔÛÇàâéèêîôûçœŒ«“…", first):
		return node{}, false
	}
	switch strings.ToLower(text) {
	case "true", "false":
		out.kind = kindBool
		return out, text == "true" || text == "false"
	case "null", "nan", "inf":
		return node{}, false
	}
	return out, true
}

// number reads a plain whole number, a plain decimal, or a date, which is text.
func number(text string, out node) (node, bool) {
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	whole, fraction, decimal := strings.Cut(text, ".")
	switch {
	case strings.Contains(text, " ") && strings.ContainsFunc(text, unicode.IsLetter):
		return out, true // “12 janvier 2027”
	case len(text) == 10 && text[4] == '-' && text[7] == '-' && digits(text[:4]) && digits(text[5:7]) && digits(text[8:]):
		return out, true
	case !digits(whole) || len(text) > 15 || len(whole) > 1 && whole[0] == '0':
		return node{}, false
	case !decimal:
		out.kind = kindInteger
		return out, true
	case digits(fraction):
		out.kind = kindFloat
		return out, true
	}
	return node{}, false
}
