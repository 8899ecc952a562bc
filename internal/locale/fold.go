package locale

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters that do not decompose into a base letter and an accent.
var unaccented = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss", "ø", "o", "ł", "l", "đ", "d", "ı", "i", "’", "'")

// Fold gives the key by which names are searched and sorted: lower case, without accents, ligatures opened, one
// space between words. "Élan  Santé" → "elan sante", "Cœur" → "coeur".
func Fold(s string) string {
	decomposed := norm.NFKD.String(strings.ToLower(s))
	var b strings.Builder
	b.Grow(len(decomposed))
	pending := false
	for _, r := range decomposed {
		switch {
		case unicode.IsSpace(r):
			pending = b.Len() > 0
		case unicode.Is(unicode.Mn, r):
		default:
			if pending {
				b.WriteByte(' ')
				pending = false
			}
			b.WriteRune(r)
		}
	}
	return unaccented.Replace(b.String())
}

// Capitalise makes the first letter of a text a capital.
func Capitalise(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
