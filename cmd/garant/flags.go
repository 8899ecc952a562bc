package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagMisuse names what the parser of flags found wrong, and the flag that was probably meant.
func (p *program) flagMisuse(cmd *cobra.Command, err error) *usageError {
	var (
		own     *usageError // of a flag of ours, such as --format
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			return misuse("cli.usage.unknown-flag", "value", "-"+name)
		}
		if close := closeFlag(cmd, name); close != "" {
			return misuse("cli.usage.unknown-flag-close", "value", "--"+name, "close", "--"+close)
		}
		return misuse("cli.usage.unknown-flag", "value", "--"+name)
	case errors.As(err, &missing):
		return misuse("cli.usage.flag-without-value", "value", "--"+missing.GetFlag().Name)
	case errors.As(err, &invalid):
		return misuse("cli.usage.flag-value", "value", invalid.GetValue(), "flag", "--"+invalid.GetFlag().Name)
	case errors.As(err, &syntax):
		return misuse("cli.usage.unknown-flag", "value", syntax.GetSpecifiedFlag())
	}
	return misuse("cli.usage.other", "why", err.Error())
}

// closeFlag finds the flag whose name shares most of its beginning with a name that does not exist.
func closeFlag(cmd *cobra.Command, name string) string {
	best, length := "", 1
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		shared := 0
		for shared < min(len(name), len(f.Name)) && name[shared] == f.Name[shared] {
			shared++
		}
		if shared > length && !f.Hidden {
			best, length = f.Name, shared
		}
	})
	return best
}

// format is a `--format` flag: one of a few words.
type format struct {
	value   string
	allowed []string
}

// String gives the word.
func (f *format) String() string { return f.value }

// Type names the value in help.
func (f *format) Type() string { return strings.Join(f.allowed, "|") }

// Set takes one of the words.
func (f *format) Set(value string) error {
	if !slices.Contains(f.allowed, value) {
		return misuse("cli.usage.format", "value", value, "allowed", strings.Join(f.allowed, ", "))
	}
	f.value = value
	return nil
}

// text is a flag that takes a text as it is; kind names it in help where its usage does not.
type text struct{ value, kind string }

// String gives the text.
func (t *text) String() string { return t.value }

// Type names the value in help.
func (t *text) Type() string { return t.kind }

// Set takes any text.
func (t *text) Set(value string) error {
	t.value = value
	return nil
}

// formatFlag adds --format to a command, with the words it may be.
func (p *program) formatFlag(cmd *cobra.Command, text string, allowed ...string) *format {
	f := &format{allowed: allowed}
	cmd.Flags().Var(f, "format", text)
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
	return f
}

// asked reports a usage error of a command's own making under the command's name.
func asked(cmd *cobra.Command, err error) error {
	var usage *usageError
	if errors.As(err, &usage) && usage.command == name {
		usage.command = cmd.CommandPath()
	}
	return err
}
