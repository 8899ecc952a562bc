package questionnaire

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

// historyFolder holds the former versions of questions, a file a question (see its README).
const historyFolder = "history"

// history is the file of one question's former versions.
type history struct {
	id     string
	src    *content.Source
	former []Question
}

type historyFile struct {
	Former []Question `yaml:"former,required"`
}

func decodeHistory(file content.File) partOf {
	var f historyFile
	src, err := content.Decode(file.Name, file.Data, &f)
	problems := asProblems(err)
	return func(l *Library) fault.Problems {
		id := strings.TrimSuffix(path.Base(file.Name), ".yaml")
		l.history = append(l.history, history{id, src, f.Former})
		for i := range f.Former {
			q := &f.Former[i]
			q.Domain, _, _ = strings.Cut(id, "-")
			l.former[id] = append(l.former[id], q)
		}
		if _, known := l.byID[id]; !known {
			problems = append(problems, src.Problem("former", "library.history-of-none", "id", id))
		}
		return problems
	}
}

// Versions lists every version of a question, the first one first and the current one last; none when there is no such
// question.
func (l *Library) Versions(id string) []*Question {
	current, ok := l.byID[id]
	if !ok {
		return nil
	}
	return append(slices.Clone(l.former[id]), current)
}

// lintHistory checks that the former versions of each question are those from 1 to the one before the current.
func (l *Library) lintHistory() fault.Problems {
	var problems fault.Problems
	for _, h := range l.history {
		for i, q := range h.former {
			at := fmt.Sprintf("former[%d]", i)
			if q.ID != h.id {
				problems = append(problems, h.src.Problem(at+".id", "lint.history-id", "id", q.ID, "want", h.id))
			}
			if q.Version != i+1 {
				problems = append(problems, h.src.Problem(at+".version", "lint.history-version", "version", q.Version, "want", i+1))
			}
		}
	}
	for _, q := range l.questions {
		if kept := len(l.former[q.ID]); q.Version >= 1 && kept != q.Version-1 {
			p := l.places[q.ID]
			problems = append(problems, p.source.Problem(p.field+".version", "lint.history-count", "version", q.Version, "file", historyFolder+"/"+q.ID+".yaml", "kept", kept))
		}
	}
	return problems
}
