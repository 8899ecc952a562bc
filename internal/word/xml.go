package word

import (
	"bytes"
	"unicode/utf8"
)

// sentinel opens the tokens that stand for placeholders while a template is being filled. It is a character
// without a use in text (U+E0001, a deprecated language tag) and is dropped from everything a user gives, so
// that no user's text can be taken for a token.
const sentinel = '\U000E0001'

// narrowSpace is the narrow no-break space: Arial has none, so Word would take it from another font. A no-break
// space, as Word's own French typing gives, is written in its stead.
const narrowSpace = '\u202F'

// appendText appends text as XML character data: markup escaped; characters that XML or a document cannot
// hold, and the sentinel, dropped; broken UTF-8 dropped. Line breaks and tabs must have been dealt with.
func appendText(out []byte, text string) []byte {
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		size := 1
		var escape string
		switch {
		case c == '&':
			escape = "&amp;"
		case c == '<':
			escape = "&lt;"
		case c == '>':
			escape = "&gt;"
		case c == '"':
			escape = "&quot;"
		case c >= 0x20 && c < 0x7F:
			i++
			continue
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			if printable(r, size) {
				i += size
				continue
			}
			if r == narrowSpace {
				escape = "\u00A0"
			}
		}
		out = append(out, text[start:i]...)
		out = append(out, escape...)
		i += size
		start = i
	}
	return append(out, text[start:]...)
}

func printable(r rune, size int) bool {
	switch {
	case r == utf8.RuneError && size == 1, r == sentinel, r == narrowSpace, r == 0xFFFE, r == 0xFFFF, r >= 0x80 && r < 0xA0, r == 0x2028, r == 0x2029:
		return false
	}
	return true
}

// referencesResolve tells whether every & begins a character reference or one of XML's own five entities: any
// other needs a document type.
func referencesResolve(text []byte) bool {
	for {
		at := bytes.IndexByte(text, '&')
		if at < 0 {
			return true
		}
		text = text[at+1:]
		end := bytes.IndexByte(text[:min(len(text), 10)], ';')
		if end < 0 {
			return false
		}
		if _, ok := reference(string(text[:end])); !ok {
			return false
		}
		text = text[end+1:]
	}
}

// reference gives the character of a reference without its & and ;.
func reference(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], rune(10)
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	var r rune
	for _, c := range digits {
		digit := rune(99)
		switch {
		case c >= '0' && c <= '9':
			digit = c - '0'
		case c >= 'a' && c <= 'f':
			digit = c - 'a' + 10
		case c >= 'A' && c <= 'F':
			digit = c - 'A' + 10
		}
		if digit >= base {
			return 0, false
		}
		r = r*base + digit
	}
	return r, digits != "" && validChar(r)
}

// validChar is the Char production of XML 1.0.
func validChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// validChars tells whether src is UTF-8 made of characters that XML allows.
func validChars(src []byte) bool {
	for i := 0; i < len(src); {
		if c := src[i]; c >= 0x20 && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 || !validChar(r) {
			return false
		}
		i += size
	}
	return true
}

// unescape gives the text of character data.
func unescape(text []byte) string {
	at := bytes.IndexByte(text, '&')
	if at < 0 {
		return string(text)
	}
	out := make([]byte, 0, len(text))
	for at >= 0 {
		out = append(out, text[:at]...)
		end := bytes.IndexByte(text[at:], ';')
		if end < 0 {
			break
		}
		if r, ok := reference(string(text[at+1 : at+end])); ok {
			out = utf8.AppendRune(out, r)
		}
		text = text[at+end+1:]
		at = bytes.IndexByte(text, '&')
	}
	return string(append(out, text...))
}
