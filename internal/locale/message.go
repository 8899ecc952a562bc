package locale

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// form is a plural form of CLDR, as far as French and English have it.
type form int

const (
	other form = iota
	one
	many
)

var formNames = map[string]form{"one": one, "many": many, "other": other}

// message is one text, or one text a plural form.
type message struct {
	plural bool
	forms  [3]text // by form; only other when the message has no plural
}

// text is cut at its placeholders: literals[0] name[0] literals[1] name[1] … literals[n].
type text struct {
	literals []string
	names    []string
}

var placeholder = regexp.MustCompile(`\{\{\.([A-Za-z][A-Za-z0-9]*)\}\}`)

// newMessage reads the YAML value of a key.
func newMessage(l Language, value any) (message, error) {
	switch v := value.(type) {
	case string:
		t, err := newText(l, v)
		return message{forms: [3]text{other: t}}, err
	case yaml.MapSlice:
		return newPluralMessage(l, v)
	default:
		return message{}, fmt.Errorf("is %T, not a text or plural forms (quote it?)", value)
	}
}

// newPluralMessage wants each form that the language has, so that no count is left without words: French has
// "many" for 1 000 000; English does without and ignores it.
func newPluralMessage(l Language, forms yaml.MapSlice) (message, error) {
	m := message{plural: true}
	given := map[form]bool{}
	for _, entry := range forms {
		name, _ := entry.Key.(string)
		f, known := formNames[name]
		if !known {
			return message{}, fmt.Errorf("plural form %v is none of one, many, other", entry.Key)
		}
		source, isText := entry.Value.(string)
		if !isText {
			return message{}, fmt.Errorf("plural form %s is %T, not a text", name, entry.Value)
		}
		t, err := newText(l, source)
		if err != nil {
			return message{}, fmt.Errorf("plural form %s: %w", name, err)
		}
		m.forms[f], given[f] = t, true
	}
	if !given[one] || !given[other] || (l == French && !given[many]) {
		return message{}, errors.New("plural forms one, many (in French) and other are all needed")
	}
	return m, nil
}

// newText sets the typography of a text and cuts it at its placeholders.
func newText(l Language, source string) (text, error) {
	if strings.TrimSpace(source) == "" {
		return text{}, errors.New("is empty")
	}
	source = Typography(l, source)
	var t text
	from := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(source, -1) {
		t.literals = append(t.literals, source[from:at[0]])
		t.names = append(t.names, source[at[2]:at[3]])
		from = at[1]
	}
	t.literals = append(t.literals, source[from:])
	for _, literal := range t.literals {
		if strings.Contains(literal, "{{") || strings.Contains(literal, "}}") {
			return text{}, fmt.Errorf("has a placeholder that is not {{.name}}: %q", source)
		}
	}
	return t, nil
}

// placeholders lists the names a message needs, in order, without "count", which one form may spell out.
func (m message) placeholders() []string {
	var names []string
	for _, f := range m.forms {
		names = append(names, f.names...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(name string) bool { return name == "count" })
}
