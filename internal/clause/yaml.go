package clause

import (
	"fmt"
	"strconv"

	"github.com/garant-sante/garant/internal/content"
)

// YAML writes clauses as a family file of the library holds them, so that what people adapted in the portal can be kept,
// compared and proposed like any other file. The family is that of the clauses; the values proposed with each stand in a
// comment, because a file keeps them in variables.yaml.
func YAML(family Family, adapted []Adaptation) []byte {
	var w content.Writer
	w.Line(0, "family", content.Plainly(family.ID))
	w.Line(0, "title", content.FlowText(family.Title))
	w.WriteString("clauses:\n")
	for i, a := range adapted {
		if i > 0 {
			w.WriteString("\n")
		}
		writeClause(&w, a)
	}
	return []byte(w.String())
}

func writeClause(w *content.Writer, a Adaptation) {
	c := a.Clause
	for _, own := range a.Values {
		fmt.Fprintf(w, "  # %s: %s\n", own.Variable, content.Quoted(own.Value))
	}
	fmt.Fprintf(w, "  - id: %s\n", content.Plainly(c.ID))
	w.Line(4, "version", strconv.Itoa(max(c.Version, 1)))
	w.Line(4, "level", content.Plainly(string(c.Level)))
	w.Line(4, "applies", content.Flow(c.Applies))
	if c.Vector != "" {
		w.Line(4, "vector", content.Plainly(string(c.Vector)))
	}
	for _, list := range []struct {
		name  string
		items []string
	}{{"references", c.References}, {"css", c.CSS}} {
		if len(list.items) > 0 {
			w.Line(4, list.name, content.Flow(list.items))
		}
	}
	for _, part := range c.texts() {
		w.Text(4, part.name, part.text)
	}
	if len(c.Variables) > 0 {
		w.Line(4, "variables", content.Flow(c.Variables))
	}
}
