package content

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Writer writes a file of the libraries by hand, in the form in which people write them, so that what the portal exports can
// be compared with what is there. What it writes, Decode reads back the same.
type Writer struct{ strings.Builder }

// Line writes "name: value" at an indent; the value is written as it stands: see Scalar, Quoted and Flow.
func (w *Writer) Line(indent int, name, value string) {
	fmt.Fprintf(w, "%s%s: %s\n", strings.Repeat(" ", indent), name, value)
}

// Text writes a text of both languages under its name. Without English the French stands for it.
func (w *Writer) Text(indent int, name string, t Text) {
	english := t.EN
	if english == "" {
		english = t.FR
	}
	fmt.Fprintf(w, "%s%s:\n", strings.Repeat(" ", indent), name)
	w.prose(indent+2, "fr", t.FR)
	w.prose(indent+2, "en", english)
}

// prose writes one line as a word, several as a `|` text.
func (w *Writer) prose(indent int, language, text string) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "\n") {
		w.Line(indent, language, Plainly(text))
		return
	}
	w.Line(indent, language, "|")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n ")
		if line != "" {
			line = strings.Repeat(" ", indent+2) + line
		}
		w.WriteString(line + "\n")
	}
}

// plainScalar is what YAML reads as it stands: it begins with a letter and holds nothing that means something else.
var plainScalar = regexp.MustCompile(`^\pL[^\x00-\x1f]*$`)

// Plainly writes a text as people do where YAML reads it as text, or else between quotes.
func Plainly(text string) string {
	if !plainScalar.MatchString(text) || strings.Contains(text, ": ") || strings.Contains(text, " #") ||
		strings.HasSuffix(text, ":") || strings.HasSuffix(text, " ") || reserved(text) {
		return Quoted(text)
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

// Quoted writes a text between double quotes, whose escapes are those of JSON.
func Quoted(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string has always a form in JSON
	return strings.TrimSuffix(b.String(), "\n")
}

var plainItem = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._:-]*[A-Za-z0-9]$`)

// Word writes a word of a list on one line, between quotes where the list would read it otherwise.
func Word(word string) string {
	if plainItem.MatchString(word) && !reserved(word) {
		return word
	}
	return Quoted(word)
}

// Flow writes a list of words on one line.
func Flow(words []string) string {
	written := make([]string, len(words))
	for i, word := range words {
		written[i] = Word(word)
	}
	return "[" + strings.Join(written, ", ") + "]"
}

// FlowText writes a text of both languages on one line.
func FlowText(t Text) string { return "{fr: " + Quoted(t.FR) + ", en: " + Quoted(t.EN) + "}" }
