package clause

import (
	"fmt"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

func decodeHistory(file content.File) part {
	h, err := content.DecodeHistory[Clause](file)
	problems := asProblems(err)
	for i := range h.Former {
		problems = append(problems, h.Former[i].parse(h.Source, fmt.Sprintf("former[%d]", i))...)
	}
	return func(l *Library) fault.Problems {
		l.history = append(l.history, h)
		for i := range h.Former {
			c := &h.Former[i]
			c.Family, _, _ = strings.Cut(h.ID, "-")
			l.former[h.ID] = append(l.former[h.ID], c)
		}
		if _, known := l.byID[h.ID]; !known {
			problems = append(problems, h.Source.Problem("former", "library.history-of-none", "id", h.ID))
		}
		return problems
	}
}

// Versions lists every version of a clause, the first one first and the current one last; none when there is no such clause.
func (l *Library) Versions(id string) []*Clause {
	current, ok := l.byID[id]
	if !ok {
		return nil
	}
	return append(slices.Clone(l.former[id]), current)
}

// lintHistory checks that the former versions of each clause are those from 1 to the one before the current.
func (l *Library) lintHistory() fault.Problems {
	var problems fault.Problems
	for _, h := range l.history {
		problems = append(problems, h.Lint(func(c *Clause) (string, int) { return c.ID, c.Version })...)
	}
	for _, c := range l.clauses {
		if kept := len(l.former[c.ID]); c.Version >= 1 && kept != c.Version-1 {
			p := l.places[c.ID]
			problems = append(problems, p.source.Problem(p.field+".version", "lint.history-count", "version", c.Version, "file", content.HistoryFolder+"/"+c.ID+".yaml", "kept", kept))
		}
	}
	return problems
}
