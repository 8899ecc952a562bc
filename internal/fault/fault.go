// Package fault holds the errors a user can be shown. A fault carries the key of a message, never the
// message itself: the words, in French and English, are in internal/locale.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind tells what a caller can do about a fault; the web turns it into a status, the command line into an exit code.
type Kind string

// The kinds of fault.
const (
	Invalid     Kind = "invalid"     // what was given is wrong: correct it
	NotFound    Kind = "not-found"   // it does not exist, or not for this actor
	Conflict    Kind = "conflict"    // somebody or something else was first: read again
	Forbidden   Kind = "forbidden"   // the actor may see it, not do this
	Unavailable Kind = "unavailable" // the system cannot do it now
	TooLarge    Kind = "too-large"   // more bytes than the limit
	TooMany     Kind = "too-many"    // too many attempts: wait
)

// Error is one fault: what kind, which message, about which field.
type Error struct {
	Kind  Kind
	Key   string // message key in internal/locale, without its "error." prefix
	Args  []any  // name, value, name, value …
	Field string // path of the field at fault, empty when none
	Err   error  // cause, for logs only
}

// Error gives the kind, key and arguments: for logs, not for users.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Key)
	if e.Field != "" {
		fmt.Fprintf(&b, " at %s", e.Field)
	}
	for i := 0; i+1 < len(e.Args); i += 2 {
		fmt.Fprintf(&b, " %v=%v", e.Args[i], e.Args[i+1])
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// At names the field at fault.
func (e *Error) At(field string) *Error {
	e.Field = field
	return e
}

// Because keeps the cause, which is logged and never shown.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// NewInvalid says that what was given is wrong.
func NewInvalid(key string, args ...any) *Error { return &Error{Kind: Invalid, Key: key, Args: args} }

// NewNotFound says that the object does not exist for this actor.
func NewNotFound(key string, args ...any) *Error { return &Error{Kind: NotFound, Key: key, Args: args} }

// NewConflict says that the object changed or exists already.
func NewConflict(key string, args ...any) *Error { return &Error{Kind: Conflict, Key: key, Args: args} }

// NewForbidden says that the actor may not do this.
func NewForbidden(key string, args ...any) *Error {
	return &Error{Kind: Forbidden, Key: key, Args: args}
}

// NewUnavailable says that the system cannot do this now.
func NewUnavailable(key string, args ...any) *Error {
	return &Error{Kind: Unavailable, Key: key, Args: args}
}

// NewTooLarge says that there are more bytes than the limit.
func NewTooLarge(key string, args ...any) *Error {
	return &Error{Kind: TooLarge, Key: key, Args: args}
}

// NewTooMany says that there were too many attempts.
func NewTooMany(key string, args ...any) *Error { return &Error{Kind: TooMany, Key: key, Args: args} }

// As finds the first fault in an error's chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// KindOf gives the kind of an error, empty when it is no fault.
func KindOf(err error) Kind {
	if e, ok := As(err); ok {
		return e.Kind
	}
	var problems Problems
	if errors.As(err, &problems) {
		return Invalid
	}
	return ""
}

// Problem is one wrong place of an input: a file given on the command line, a form, a library.
type Problem struct {
	File         string
	Line, Column int    // from 1; 0 when the place has none
	Field        string // "clauses.remove[0].reason"
	Key          string
	Args         []any
}

// Problems is all that is wrong with one input, in the order of the input.
type Problems []Problem

// Error gives one line a problem: for logs, not for users.
func (p Problems) Error() string {
	lines := make([]string, 0, len(p))
	for _, problem := range p {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s: %s %v", problem.File, problem.Line, problem.Column, problem.Field, problem.Key, problem.Args))
	}
	return strings.Join(lines, "\n")
}

// OrNil gives nil when nothing is wrong, so that `return problems.OrNil()` is a correct error.
func (p Problems) OrNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// For keeps the problems of one field, for a form that shows each beside its input.
func (p Problems) For(field string) Problems {
	var found Problems
	for _, problem := range p {
		if problem.Field == field {
			found = append(found, problem)
		}
	}
	return found
}
