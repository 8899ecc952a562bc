package prose

import (
	"regexp"

	"github.com/garant-sante/garant/internal/locale"
)

// Slip is a slip of typing: the key of its message and what was found.
type Slip struct{ Key, Value string }

// typographyRules are what a text must not hold. Straight quotes and two spaces are wrong in any language.
var typographyRules = []struct {
	key   string
	only  locale.Language // empty for both
	wrong *regexp.Regexp
}{
	{"lint.french-space", locale.French, regexp.MustCompile(`[^\s\x{00a0}\x{202f}][;:?!%»](\s|$)|«[^\s\x{00a0}\x{202f}]`)},
	{"lint.space-comma", locale.French, regexp.MustCompile(`\s[,.](\s|$)`)},
	{"lint.english-space", locale.English, regexp.MustCompile(`\s[;:?!%,.](\s|$)`)},
	{"lint.quotes", "", regexp.MustCompile(`"`)},
	{"lint.double-space", "", regexp.MustCompile(`[^\s]  +[^\s]`)},
	{"lint.et-cetera", "", regexp.MustCompile(`(?i)\betc\b`)},
}

// Slips finds what is mistyped in a text as it stands in its file, at most once a rule. The no-break spaces and the
// apostrophes are set by the program; what is written must only have a space where French wants one, and none where
// English does not.
func Slips(l locale.Language, text string) []Slip {
	var out []Slip
	for _, rule := range typographyRules {
		if rule.only != "" && rule.only != l {
			continue
		}
		if found := rule.wrong.FindString(text); found != "" {
			out = append(out, Slip{rule.key, found})
		}
	}
	return out
}
