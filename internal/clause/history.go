package clause

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

// historyFolder holds the former versions of clauses, a file a clause (see its README).
const historyFolder = "history"

// history is the file of one clause's former versions.
type history struct {
	id     string
	src    *content.Source
	former []Clause
}

type historyFile struct {
	Former []Clause `yaml:"former,required"`
}

func decodeHistory(file content.File) part {
	var f historyFile
	src, err := content.Decode(file.Name, file.Data, &f)
	problems := asProblems(err)
	for i := range f.Former {
		problems = append(problems, f.Former[i].parse(src, fmt.Sprintf("former[%d]", i))...)
	}
	return func(l *Library) fault.Problems {
		id := strings.TrimSuffix(path.Base(file.Name), ".yaml")
		l.history = append(l.history, history{id, src, f.Former})
		for i := range f.Former {
			c := &f.Former[i]
			c.Family, _, _ = strings.Cut(id, "-")
			l.former[id] = append(l.former[id], c)
		}
		if _, known := l.byID[id]; !known {
			problems = append(problems, src.Problem("former", "library.history-of-none", "id", id))
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
		for i, c := range h.former {
			at := fmt.Sprintf("former[%d]", i)
			if c.ID != h.id {
				problems = append(problems, h.src.Problem(at+".id", "lint.history-id", "id", c.ID, "want", h.id))
			}
			if c.Version != i+1 {
				problems = append(problems, h.src.Problem(at+".version", "lint.history-version", "version", c.Version, "want", i+1))
			}
		}
	}
	for _, c := range l.clauses {
		if kept := len(l.former[c.ID]); c.Version >= 1 && kept != c.Version-1 {
			p := l.places[c.ID]
			problems = append(problems, p.source.Problem(p.field+".version", "lint.history-count", "version", c.Version, "file", historyFolder+"/"+c.ID+".yaml", "kept", kept))
		}
	}
	return problems
}
