package locale

import "regexp"

var (
	elided     = regexp.MustCompile(`(?i)(^|[\s\x{00a0}\x{202f}(])(d|qu|jusqu|lorsqu|puisqu)e[ \x{00a0}]$`)
	vowelFirst = regexp.MustCompile(`^(?i:une?)\b`)
)

// Elide gives the text that stands before a value as French elides it: "de " before "une (1) heure" is "d’". Only "un" and
// "une" begin a value that elides; "onze" and figures never do. Other text, and English, come back as they are.
func Elide(l Language, before, value string) string {
	if l != French || !vowelFirst.MatchString(value) {
		return before
	}
	return elided.ReplaceAllString(before, "${1}${2}’")
}
