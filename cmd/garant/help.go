package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// width is where help breaks its lines, in characters.
const width = 96

// example is one command line of a help text: what it does, and the line itself, which is the same in both languages.
type example struct{ key, line string }

// examples writes them for cobra's Example.
func (p *program) examples(list ...example) string {
	var b strings.Builder
	for i, e := range list {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "  # %s\n  %s\n", p.printer.T(e.key), e.line)
	}
	return strings.TrimRight(b.String(), "\n")
}

// help prints all there is to know of a command.
func (p *program) help(cmd *cobra.Command, _ []string) {
	out := cmd.OutOrStdout()
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	for _, paragraph := range strings.Split(plainUsage(strings.TrimSpace(text)), "\n") {
		fmt.Fprintln(out, strings.Join(wrap(paragraph, width), "\n"))
	}
	fmt.Fprintln(out)
	_ = p.usage(cmd)
}

// usage prints how a command line is written, without what it is for.
func (p *program) usage(cmd *cobra.Command) error {
	out := cmd.OutOrStdout()
	_, arguments, _ := strings.Cut(cmd.Use+" ", " ")
	line := cmd.CommandPath() + " " + arguments + p.printer.T("cli.help.options")
	if cmd.HasAvailableSubCommands() {
		line = cmd.CommandPath() + " " + p.printer.T("cli.help.command-line")
	}
	fmt.Fprintf(out, "%s\n  %s\n", p.printer.T("cli.help.usage"), line)
	if cmd.HasExample() {
		fmt.Fprintf(out, "\n%s\n%s\n", p.printer.T("cli.help.examples"), cmd.Example)
	}
	p.commands(out, cmd)
	p.flags(out, p.printer.T("cli.help.flags"), cmd.LocalNonPersistentFlags())
	if cmd.HasParent() {
		p.flags(out, p.printer.T("cli.help.flags-everywhere"), cmd.InheritedFlags())
		return nil
	}
	p.flags(out, p.printer.T("cli.help.flags-everywhere"), cmd.PersistentFlags())
	fmt.Fprintf(out, "\n%s\n", p.printer.T("cli.help.exit"))
	for code, key := range []string{"cli.help.exit.0", "cli.help.exit.1", "cli.help.exit.2", "cli.help.exit.3"} {
		fmt.Fprintf(out, "  %d  %s\n", code, plainUsage(p.printer.T(key)))
	}
	fmt.Fprintf(out, "\n%s\n", p.printer.T("cli.help.more"))
	return nil
}

func (p *program) commands(out io.Writer, cmd *cobra.Command) {
	for _, group := range cmd.Groups() {
		var rows [][2]string
		for _, sub := range cmd.Commands() {
			if sub.GroupID == group.ID && sub.IsAvailableCommand() {
				rows = append(rows, [2]string{sub.Name(), sub.Short})
			}
		}
		section(out, group.Title, rows)
	}
	if !cmd.HasParent() {
		return
	}
	var rows [][2]string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			rows = append(rows, [2]string{sub.Name(), sub.Short})
		}
	}
	section(out, p.printer.T("cli.help.commands"), rows)
}

func (p *program) flags(out io.Writer, title string, flags *pflag.FlagSet) {
	var rows [][2]string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		kind, text := pflag.UnquoteUsage(f)
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if kind != "" && f.Value.Type() != "bool" {
			name += " " + kind
		}
		if f.DefValue != "" && f.Value.Type() != "bool" {
			text += " " + p.printer.T("cli.help.default", "value", f.DefValue)
		}
		rows = append(rows, [2]string{name, text})
	})
	section(out, title, rows)
}

// section prints rows of a name and its text, the texts under one another.
func section(out io.Writer, title string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	longest := 0
	for _, row := range rows {
		longest = max(longest, utf8.RuneCountInString(row[0]))
	}
	fmt.Fprintf(out, "\n%s\n", title)
	for _, row := range rows {
		indent := longest - utf8.RuneCountInString(row[0])
		lines := wrap(row[1], width-longest-4)
		fmt.Fprintf(out, "  %s%s  %s\n", row[0], strings.Repeat(" ", indent), lines[0])
		for _, line := range lines[1:] {
			fmt.Fprintf(out, "  %s  %s\n", strings.Repeat(" ", longest), line)
		}
	}
}

// wrap breaks a text between words; it always gives one line at least. A line that begins with a space is kept whole.
func wrap(text string, limit int) []string {
	if strings.HasPrefix(text, " ") {
		return []string{text}
	}
	var lines []string
	line := ""
	for _, word := range strings.Split(text, " ") {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > limit {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// helpCommand is `garant help annex`, the same as `garant annex --help`.
func (p *program) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [" + p.printer.T("cli.help.command") + "]", Short: p.printer.T("cli.help.short"), GroupID: groupRest,
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, sub := range cmd.Root().Commands() {
				if sub.IsAvailableCommand() {
					names = append(names, sub.Name()+"\t"+sub.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return p.unknownCommand(cmd.Root(), args[0])
			}
			return about.Help()
		},
	}
}

// flagError puts what the parser of flags found wrong in words, in the language that was asked for.
func (p *program) flagError(cmd *cobra.Command, err error) error {
	if before := cmd.Flags().Args(); !cmd.HasParent() && len(before) > 0 {
		return p.unknownCommand(cmd, before[0]) // its flags are unknown because it is
	}
	wrong := p.flagMisuse(cmd, err)
	wrong.command = cmd.CommandPath()
	return wrong
}

// noArgument refuses arguments; on the root an argument is a command that does not exist.
func (p *program) noArgument(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasParent() {
		return p.unknownCommand(cmd, args[0])
	}
	wrong := misuse("cli.usage.no-argument", "value", args[0])
	wrong.command = cmd.CommandPath()
	return wrong
}

func (p *program) unknownCommand(root *cobra.Command, name string) error {
	root.SuggestionsMinimumDistance = 2
	wrong := misuse("cli.usage.unknown-command", "value", name)
	if close := root.SuggestionsFor(name); len(close) > 0 {
		wrong = misuse("cli.usage.unknown-command-close", "value", name, "close", strings.Join(close, ", "))
	}
	wrong.command = root.CommandPath()
	return wrong
}
