package word

import "unicode/utf8"

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
