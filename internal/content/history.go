package content

import (
	"fmt"
	"path"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
)

// HistoryFolder holds the former versions of texts, a file a text (see its README), within each library.
const HistoryFolder = "history"

// History is the file of one text's former versions.
type History[T any] struct {
	ID     string
	Source *Source
	Former []T
}

type historyFile[T any] struct {
	Former []T `yaml:"former,required"`
}

// DecodeHistory reads the former versions of a text, which the file is named after; errors as Decode.
func DecodeHistory[T any](file File) (History[T], error) {
	var f historyFile[T]
	src, err := Decode(file.Name, file.Data, &f)
	return History[T]{strings.TrimSuffix(path.Base(file.Name), ".yaml"), src, f.Former}, err
}

// Lint checks that the versions are those of the text, from 1 on; identify gives the id and the number of one.
func (h History[T]) Lint(identify func(*T) (id string, version int)) fault.Problems {
	var problems fault.Problems
	for i := range h.Former {
		at := fmt.Sprintf("former[%d]", i)
		id, version := identify(&h.Former[i])
		if id != h.ID {
			problems = append(problems, h.Source.Problem(at+".id", "lint.history-id", "id", id, "want", h.ID))
		}
		if version != i+1 {
			problems = append(problems, h.Source.Problem(at+".version", "lint.history-version", "version", version, "want", i+1))
		}
	}
	return problems
}
