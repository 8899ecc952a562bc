package locale

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
)

// Error puts an error in words a user can act on: the message of a fault's key, else the one of its kind; all the
// problems of an input, one a line. What is no fault says only that something failed: its details are for the log.
func (p Printer) Error(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := fault.As(err); ok {
		return p.fault(string(e.Kind), e.Key, e.Args)
	}
	var problems fault.Problems
	if errors.As(err, &problems) {
		lines := make([]string, len(problems))
		for i, problem := range problems {
			lines[i] = p.Problem(problem)
		}
		return strings.Join(lines, "\n")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return p.T("error.too-long")
	}
	return p.T("error.unexpected")
}

// Problem puts one wrong place of an input in words: "file:line:column: field: message", without the parts that
// the problem does not have.
func (p Printer) Problem(problem fault.Problem) string {
	place := problem.File
	if problem.Line > 0 {
		place = join(place, fmt.Sprint(problem.Line))
		if problem.Column > 0 {
			place = join(place, fmt.Sprint(problem.Column))
		}
	}
	said := p.fault(string(fault.Invalid), problem.Key, problem.Args)
	for _, part := range []string{problem.Field, place} {
		if part != "" {
			said = part + ": " + said
		}
	}
	return said
}

func join(place, number string) string {
	if place == "" {
		return number
	}
	return place + ":" + number
}

func (p Printer) fault(kind, key string, args []any) string {
	if full := "error." + key; p.Has(full) {
		return p.T(full, args...)
	}
	if generic := "error." + kind; p.Has(generic) {
		return p.T(generic, args...)
	}
	return p.T("error.unexpected")
}
