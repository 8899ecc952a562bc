package questionnaire

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/garant-sante/garant/internal/content"
)

// YAML writes questions as a domain file of the library holds them, so that what people adapted in the portal can be kept,
// compared and proposed like any other file. The domain is that of the questions.
func YAML(domain Domain, questions []*Question) []byte {
	var w content.Writer
	w.Line(0, "domain", domain.ID)
	w.Line(0, "title", content.FlowText(domain.Title))
	w.WriteString("questions:\n")
	for i, q := range questions {
		if i > 0 {
			w.WriteString("\n")
		}
		writeQuestion(&w, q)
	}
	return []byte(w.String())
}

func writeQuestion(w *content.Writer, q *Question) {
	fmt.Fprintf(w, "  - id: %s\n", q.ID)
	w.Line(4, "version", strconv.Itoa(max(q.Version, 1)))
	w.Line(4, "module", content.Plainly(q.Module))
	w.Line(4, "type", content.Plainly(string(q.Type)))
	if q.Unit != "" {
		w.Line(4, "unit", content.Plainly(q.Unit))
	}
	if q.Measure != "" {
		w.Line(4, "measure", content.Plainly(string(q.Measure)))
	}
	w.Line(4, "weight", strconv.Itoa(q.Weight))
	w.Line(4, "minutes", strconv.Itoa(q.Minutes))
	if b := q.Blocking; b != nil {
		only := ""
		if b.Only != "" {
			only = ", only: " + content.Word(b.Only)
		}
		w.Line(4, "blocking", "{when: "+flowScalars(b.When)+only+"}")
	}
	if q.Need != "" {
		w.Line(4, "need", content.Plainly(string(q.Need)))
	}
	for _, part := range []struct {
		name string
		text content.Text
	}{{"text", q.Text}, {"why", q.Why}, {"help", q.Help}, {"evidence", q.Evidence}} {
		if !part.text.IsZero() {
			w.Text(4, part.name, part.text)
		}
	}
	if q.Levels != nil {
		w.WriteString("    levels:\n")
		for i, level := range q.Levels.All() {
			w.Text(6, strconv.Itoa(i), *level)
		}
	}
	writeAnswers(w, q)
}

// writeAnswers writes what the answers are worth, when the question is asked, and what it verifies.
func writeAnswers(w *content.Writer, q *Question) {
	if len(q.Options) > 0 {
		w.WriteString("    options:\n")
	}
	for _, o := range q.Options {
		facts := []string{"id: " + content.Word(o.ID), "points: " + string(o.Points)}
		if o.Value != "" {
			facts = append(facts, "value: "+string(o.Value))
		}
		if o.Exclusive {
			facts = append(facts, "exclusive: true")
		}
		label := o.Label
		if label.EN == "" {
			label.EN = label.FR
		}
		fmt.Fprintf(w, "      - {%s, label: %s}\n", strings.Join(facts, ", "), content.FlowText(label))
	}
	if len(q.Points) > 0 {
		steps := make([]string, len(q.Points))
		for i, t := range q.Points {
			steps[i] = fmt.Sprintf("{at_most: %s, points: %s}", t.AtMost, t.Points)
			if t.AtMost == "" {
				steps[i] = fmt.Sprintf("{at_least: %s, points: %s}", t.AtLeast, t.Points)
			}
		}
		w.Line(4, "points", "["+strings.Join(steps, ", ")+"]")
	}
	if c := q.ShowWhen; c != nil {
		w.Line(4, "show_when", "{question: "+content.Word(c.Question)+", in: "+flowScalars(c.In)+"}")
	}
	if len(q.Verifies) > 0 {
		w.WriteString("    verifies:\n")
	}
	for _, v := range q.Verifies {
		link := "clause: " + content.Word(v.Clause)
		if v.Threshold != "" {
			link += ", threshold: " + string(v.Threshold)
		}
		if v.Variable != "" {
			link += ", variable: " + content.Word(v.Variable)
		}
		fmt.Fprintf(w, "      - {%s}\n", link)
	}
}

// flowScalars writes answers in the words of a condition. All are quoted but plain words: a level is a text too.
func flowScalars(answers []content.Scalar) string {
	words := make([]string, len(answers))
	for i, answer := range answers {
		words[i] = string(answer)
	}
	return content.Flow(words)
}
