package questionnaire

import (
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

func decodeHistory(file content.File) partOf {
	h, err := content.DecodeHistory[Question](file)
	problems := asProblems(err)
	return func(l *Library) fault.Problems {
		l.history = append(l.history, h)
		for i := range h.Former {
			q := &h.Former[i]
			q.Domain, _, _ = strings.Cut(h.ID, "-")
			l.former[h.ID] = append(l.former[h.ID], q)
		}
		if _, known := l.byID[h.ID]; !known {
			problems = append(problems, h.Source.Problem("former", "library.history-of-none", "id", h.ID))
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
		problems = append(problems, h.Lint(func(q *Question) (string, int) { return q.ID, q.Version })...)
	}
	for _, q := range l.questions {
		if kept := len(l.former[q.ID]); q.Version >= 1 && kept != q.Version-1 {
			p := l.places[q.ID]
			problems = append(problems, p.source.Problem(p.field+".version", "lint.history-count", "version", q.Version, "file", content.HistoryFolder+"/"+q.ID+".yaml", "kept", kept))
		}
	}
	return problems
}
