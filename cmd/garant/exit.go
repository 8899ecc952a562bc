package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/garant-sante/garant/internal/fault"
)

// name is what the program is called.
const name = "garant"

// The exit codes, which scripts rely on (docs/command-line.md).
const (
	exitDone   = 0
	exitWrong  = 1 // the input is wrong
	exitUsage  = 2 // the command line is wrong
	exitFailed = 3 // the system failed: disk, store, network
)

// usageError says that the command line itself is wrong.
type usageError struct {
	key     string
	args    []any
	command string // whose help to read: "garant annex"
}

func misuse(key string, args ...any) *usageError {
	return &usageError{key: key, args: args, command: name}
}

// Error gives the key and arguments: for logs and tests, not for users.
func (e *usageError) Error() string {
	return strings.TrimSpace(fmt.Sprintln(append([]any{e.key}, e.args...)...))
}

// failure says that the system did not do what was asked: a disk, a store, a network.
type failure struct {
	key  string // what was being done: "cli.failed.write"
	what string // to which file or address
	err  error
}

func failed(key, what string, err error) *failure { return &failure{key, what, err} }

// Error gives the cause: for logs, not for users.
func (f *failure) Error() string { return fmt.Sprintf("%s %s: %v", f.key, f.what, f.err) }

// Unwrap gives the cause.
func (f *failure) Unwrap() error { return f.err }

// found ends a command that said all there is to say, and whose answer is that the input is wrong.
type found struct{ code int }

// Error names the code: nobody is shown it.
func (f found) Error() string { return fmt.Sprintf("exit %d", f.code) }

// report says what is wrong on the error stream, one line each, and gives the exit code.
func (p *program) report(err error) int {
	var (
		answer   found
		usage    *usageError
		problems fault.Problems
		broken   *failure
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &answer):
		return answer.code
	case errors.As(err, &usage):
		p.complain(name + ": " + p.printer.T(usage.key, usage.args...))
		p.complain(p.printer.T("cli.usage.see-help", "command", usage.command))
		return exitUsage
	case errors.As(err, &problems):
		for _, problem := range problems {
			p.complain(p.printer.Problem(problem))
		}
		return exitWrong
	case errors.As(err, &broken):
		p.complain(broken.what + ": " + p.printer.T(broken.key, "why", p.why(broken.err)))
		return exitFailed
	}
	if f, ok := fault.As(err); ok {
		p.complain(name + ": " + p.printer.Error(err))
		if f.Kind == fault.Unavailable || f.Kind == fault.TooMany {
			return exitFailed
		}
		return exitWrong
	}
	p.complain(name + ": " + p.printer.T("cli.failed.other", "why", p.why(err)))
	return exitFailed
}

// complain writes one line on the error stream: a line break within it, which can only come from outside, is a space.
func (p *program) complain(line string) {
	fmt.Fprintln(p.err, strings.Join(strings.FieldsFunc(line, func(r rune) bool { return r == '\n' || r == '\r' }), " "))
}

// why says the cause of a failure in words; what the system says itself where there are none.
func (p *program) why(err error) string {
	if _, ok := fault.As(err); ok {
		return p.printer.Error(err)
	}
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return p.printer.T("cli.why.permission")
	case errors.Is(err, fs.ErrNotExist):
		return p.printer.T("cli.why.not-exist")
	case errors.Is(err, syscall.ENOSPC):
		return p.printer.T("cli.why.full")
	case errors.Is(err, syscall.EROFS):
		return p.printer.T("cli.why.read-only")
	case errors.Is(err, syscall.EISDIR):
		return p.printer.T("cli.why.folder")
	case errors.Is(err, syscall.EADDRINUSE):
		return p.printer.T("cli.why.address-in-use")
	case errors.As(err, &at):
		return at.Err.Error()
	}
	return err.Error()
}

// placed puts the file as the user named it before each problem found in it, and drops columns: a person looks for the
// line and the field. What is wrong with the file as a whole becomes such a problem; any other error stays as it is.
func placed(err error, file string) error {
	var problems fault.Problems
	if errors.As(err, &problems) {
		out := make(fault.Problems, len(problems))
		for i, problem := range problems {
			problem.File, problem.Column = file, 0
			out[i] = problem
		}
		return out
	}
	if f, ok := fault.As(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) {
		return fault.Problems{{File: file, Field: f.Field, Key: f.Key, Args: f.Args}}
	}
	return err
}
