package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/locale"
)

// configJSON is what `garant config --format json` prints.
type configJSON struct {
	Settings []settingJSON `json:"settings"`
}

type settingJSON struct {
	Name     string `json:"name"`
	Flag     string `json:"flag"`
	Variable string `json:"variable"`
	Meaning  string `json:"meaning"`
	Default  string `json:"default"`
	Value    string `json:"value"`
	Source   source `json:"source"`
}

func (p *program) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", GroupID: groupPortal, Args: p.noArgument,
		Short: p.printer.T("cli.config.short"), Long: p.printer.T("cli.config.long"),
		Example: p.examples(
			example{"cli.config.example.table", "garant config"},
			example{"cli.config.example.variable", "GARANT_ADDR=127.0.0.1:9000 garant config"},
			example{"cli.config.example.json", "garant config --format json"},
		),
	}
	format := p.formatFlag(cmd, p.printer.T("cli.flag.format-json"), asJSON)
	p.addSettings(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, from, err := p.loadConfig(cmd.Flags())
		if err != nil {
			return asked(cmd, err)
		}
		var out configJSON
		for _, s := range settings() {
			out.Settings = append(out.Settings, settingJSON{s.name, s.flag(), s.variable, s.meaning(p.printer), s.standing, s.value(c), from[s.name]})
		}
		if format.value == asJSON {
			return p.printJSON(out)
		}
		return p.printSettings(out.Settings)
	}
	return cmd
}

// printSettings prints the table of values, then what each setting is for.
func (p *program) printSettings(list []settingJSON) error {
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", p.printer.T("cli.config.setting"), p.printer.T("cli.config.value"), p.printer.T("cli.config.default"), p.printer.T("cli.config.source"))
	for _, s := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.Name, dash(s.Value), dash(s.Default), p.printer.T("cli.config.from."+string(s.Source), "flag", s.Flag, "variable", s.Variable))
	}
	if err := table.Flush(); err != nil {
		return failed("cli.failed.write", standard, err)
	}
	var rows [][2]string
	for _, s := range list {
		rows = append(rows, [2]string{strings.TrimPrefix(s.Flag+", "+s.Variable, ", "), s.Meaning})
	}
	section(p.out, p.printer.T("cli.config.meanings"), rows)
	return nil
}

func dash(value string) string {
	if value == "" {
		return "–"
	}
	return value
}

// plainUsage takes the backquotes off that name a flag's value in help.
func plainUsage(text string) string { return strings.ReplaceAll(text, "`", "") }

// configurationPage is docs/configuration.md, which a test keeps equal to this.
func configurationPage(p locale.Printer) string {
	var b strings.Builder
	b.WriteString(`# Configuration

Garant needs no file to start. A setting is given by a flag of ` + "`garant serve`" + `, else by a variable of the environment, else it has its
default. ` + "`garant config`" + ` prints them all, with the value that counts and where it comes from; ` + "`--format json`" + ` for programs. What is secret
in a value (the user, password and options of an address, the password of mail) is never shown. Prefer the variable for it: flags can be read by other users of the machine.

This page is made from the settings as they are declared in ` + "`cmd/garant/config.go`" + `; a test keeps it true.

| flag | variable | default | meaning |
|---|---|---|---|
`)
	for _, s := range settings() {
		standing := ""
		if s.standing != "" {
			standing = "`" + s.standing + "`"
		}
		flag := ""
		if !s.flagless {
			flag = "`" + s.flag() + "`"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", flag, s.variable, standing, s.meaning(p))
	}
	return b.String()
}
