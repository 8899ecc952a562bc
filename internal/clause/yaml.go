package clause

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// YAML writes clauses as a family file of the library holds them, so that what people adapted in the portal can be kept,
// compared and proposed like any other file. The family is that of the clauses; the values proposed with each stand in a
// comment, because a file keeps them in variables.yaml.
func YAML(family Family, adapted []Adaptation) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "family: %s\n", scalar(family.ID))
	fmt.Fprintf(&b, "title: {fr: %s, en: %s}\n", quoted(family.Title.FR), quoted(family.Title.EN))
	b.WriteString("clauses:\n")
	for i, a := range adapted {
		if i > 0 {
			b.WriteString("\n")
		}
		writeClause(&b, a)
	}
	return []byte(b.String())
}

func writeClause(b *strings.Builder, a Adaptation) {
	c := a.Clause
	for _, own := range a.Values {
		fmt.Fprintf(b, "  # %s: %s\n", own.Variable, quoted(own.Value))
	}
	fmt.Fprintf(b, "  - id: %s\n", scalar(c.ID))
	line := func(name, value string) { fmt.Fprintf(b, "    %s: %s\n", name, value) }
	line("version", strconv.Itoa(max(c.Version, 1)))
	line("level", scalar(string(c.Level)))
	line("applies", flowList(c.Applies))
	if c.Vector != "" {
		line("vector", scalar(string(c.Vector)))
	}
	for _, list := range []struct {
		name  string
		items []string
	}{{"references", c.References}, {"css", c.CSS}} {
		if len(list.items) > 0 {
			line(list.name, flowList(list.items))
		}
	}
	for _, part := range c.texts() {
		fmt.Fprintf(b, "    %s:\n", part.name)
		writeText(b, "fr", part.text.FR)
		english := part.text.EN
		if english == "" {
			english = part.text.FR
		}
		writeText(b, "en", english)
	}
	if len(c.Variables) > 0 {
		line("variables", flowList(c.Variables))
	}
}

// writeText writes one line as a word, several as a `|` text.
func writeText(b *strings.Builder, language, text string) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "\n") {
		fmt.Fprintf(b, "      %s: %s\n", language, scalar(text))
		return
	}
	fmt.Fprintf(b, "      %s: |\n", language)
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n ")
		if line == "" {
			b.WriteString("\n")
			continue
		}
		b.WriteString("        " + line + "\n")
	}
}

// plainScalar is what YAML reads as it stands: it begins with a letter and holds nothing that means something else.
var plainScalar = regexp.MustCompile(`^\pL[^\x00-\x1f]*$`)

// scalar writes a text as people do where YAML reads it as text, or else between quotes.
func scalar(text string) string {
	if !plainScalar.MatchString(text) || strings.Contains(text, ": ") || strings.Contains(text, " #") ||
		strings.HasSuffix(text, ":") || strings.HasSuffix(text, " ") || reserved(text) {
		return quoted(text)
	}
	return text
}

// reserved are the words that YAML, in one of its versions, takes for something else than text.
func reserved(text string) bool {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf":
		return true
	}
	return false
}

// quoted writes a text between double quotes, whose escapes are those of JSON.
func quoted(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string has always a form in JSON
	return strings.TrimSuffix(b.String(), "\n")
}

func flowList(items []string) string {
	written := make([]string, len(items))
	for i, item := range items {
		written[i] = quoted(item)
		if plainItem.MatchString(item) && !reserved(item) {
			written[i] = item
		}
	}
	return "[" + strings.Join(written, ", ") + "]"
}

var plainItem = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._:-]*[A-Za-z0-9]$`)
