package content

import (
	"strings"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/fault"
)

// MaxLine is the longest text of one line that a person gives, in characters: it stands in a table or a heading.
const MaxLine = 200

// Line checks a text of one line; an empty one is wrong when there is a key that says so.
func Line(field, value string, limit int, missing string) fault.Problems {
	switch {
	case missing != "" && strings.TrimSpace(value) == "":
		return fault.Problems{{Field: field, Key: missing}}
	case utf8.RuneCountInString(value) > limit:
		return fault.Problems{{Field: field, Key: "value.too-long", Args: []any{"limit", limit}}}
	case strings.ContainsAny(value, "\r\n"):
		return fault.Problems{{Field: field, Key: "value.one-line"}}
	}
	return nil
}
