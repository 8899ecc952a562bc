package locale

import (
	"fmt"
	"strconv"
	"strings"
)

// Printer says things in one language. It is a small value, safe to copy and to use from many goroutines; it comes
// from Catalogue.In.
type Printer struct{ *table }

// Localised is an argument that has words of its own in each language, as content.Text has.
type Localised interface{ In(Language) string }

// Key is an argument that is itself a message: T("role.given", "role", locale.Key("role.buyer")).
type Key string

// Language tells which language the printer speaks.
func (p Printer) Language() Language { return p.language }

// Has tells whether the message exists.
func (p Printer) Has(key string) bool {
	_, ok := p.messages[key]
	return ok
}

// T gives a message. Arguments are name, value, name, value …; the one named "count" selects the plural. Values are
// text and are never read as placeholders again. Integers are grouped by thousands (pass text for a year), a
// Localised or a Key is put in the printer's language, a []string is joined by commas, an error is said as Error
// says it. An unknown key gives the key itself; a missing argument shows its name in ‹ ›.
func (p Printer) T(key string, args ...any) string {
	m, ok := p.messages[key]
	if !ok {
		return key
	}
	t := &m.forms[other]
	if m.plural {
		if count, given := argument(args, "count"); given {
			t = &m.forms[p.plural.of(count)]
		}
	}
	if len(t.names) == 0 {
		return t.literals[0]
	}
	var b strings.Builder
	for i, name := range t.names {
		b.WriteString(t.literals[i])
		if value, given := argument(args, name); given {
			b.WriteString(p.value(value))
		} else {
			b.WriteString("‹" + name + "›")
		}
	}
	b.WriteString(t.literals[len(t.names)])
	return b.String()
}

// argument finds a value among name, value, name, value …
func argument(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if n, ok := args[i].(string); ok && n == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// value says one argument.
func (p Printer) value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return p.Number(strconv.Itoa(v))
	case int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return p.Number(fmt.Sprint(v))
	case Key:
		return p.T(string(v))
	case Localised:
		return v.In(p.language)
	case []string:
		return strings.Join(v, ", ")
	case error:
		return p.Error(v)
	default:
		return fmt.Sprint(v)
	}
}

// List joins names as a sentence does: "a, b et c", "a, b and c".
func (p Printer) List(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " " + p.T("list.and") + " " + items[last]
}
