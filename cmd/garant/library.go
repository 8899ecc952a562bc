package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// libraryJSON is what `garant library --format json` prints: the fields of the YAML under the same names, all of them.
type libraryJSON struct {
	Version    string                  `json:"version"`
	Clauses    []clause.Clause         `json:"clauses"`
	Variables  map[string]variableJSON `json:"variables"`
	Questions  []questionJSON          `json:"questions"`
	References []clause.Reference      `json:"references"`
	Modules    []questionnaire.Module  `json:"modules"`
}

// variableJSON writes values as numbers where they are numbers.
type variableJSON struct {
	clause.Variable
	Default any            `json:"default"`
	ByTier  map[string]any `json:"by_tier"`
	Options []string       `json:"options"`
}

// questionJSON writes answers as the YAML has them.
type questionJSON struct {
	questionnaire.Question
	Blocking *blockingJSON  `json:"blocking"`
	ShowWhen *conditionJSON `json:"show_when"`
}

type blockingJSON struct {
	When []any  `json:"when"`
	Only string `json:"only"`
}

type conditionJSON struct {
	Question string `json:"question"`
	In       []any  `json:"in"`
}

func (p *program) libraryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "library", GroupID: groupAnnex, Args: p.noArgument,
		Short: p.printer.T("cli.library.short"), Long: p.printer.T("cli.library.long"),
		Example: p.examples(
			example{"cli.library.example.table", "garant library"},
			example{"cli.library.example.json", "garant library --format json > bibliotheque.json"},
		),
	}
	format := p.formatFlag(cmd, p.printer.T("cli.flag.format-json"), asJSON)
	cmd.RunE = func(*cobra.Command, []string) error {
		clauses, questions, err := p.libraries()
		if err != nil {
			return err
		}
		if format.value == asJSON {
			return p.printJSON(describe(clauses, questions))
		}
		return p.printLibrary(clauses, questions)
	}
	return cmd
}

// describe gives both libraries as programs read them. Lists are never null.
func describe(clauses *clause.Library, questions *questionnaire.Library) libraryJSON {
	out := libraryJSON{
		Version: clauses.Version, Clauses: []clause.Clause{}, Variables: map[string]variableJSON{},
		Questions: []questionJSON{}, References: []clause.Reference{}, Modules: list(questions.Modules),
	}
	for _, c := range clauses.Clauses() {
		one := *c
		one.Applies, one.References, one.CSS, one.Variables = list(c.Applies), list(c.References), list(c.CSS), list(c.Variables)
		out.Clauses = append(out.Clauses, one)
	}
	for _, v := range clauses.Variables {
		out.Variables[v.Name] = describeVariable(v)
	}
	for _, q := range questions.Questions() {
		out.Questions = append(out.Questions, describeQuestion(q))
	}
	for _, r := range clauses.References {
		one := *r
		one.Binds = list(r.Binds)
		out.References = append(out.References, one)
	}
	return out
}

func describeVariable(v *clause.Variable) variableJSON {
	out := variableJSON{Variable: *v, Default: valueOf(v, v.Default), ByTier: map[string]any{}, Options: list(v.Options)}
	for tier, value := range map[string]content.Scalar{"1": v.ByTier.Tier1, "2": v.ByTier.Tier2, "3": v.ByTier.Tier3} {
		if value != "" {
			out.ByTier[tier] = valueOf(v, value)
		}
	}
	return out
}

// valueOf gives a value of a variable: a number for what is counted, text otherwise, null for none.
func valueOf(v *clause.Variable, value content.Scalar) any {
	switch {
	case value == "":
		return nil
	case v.Type.IsNumeric():
		return json.Number(value)
	}
	return string(value)
}

func describeQuestion(q *questionnaire.Question) questionJSON {
	out := questionJSON{Question: *q}
	out.Options, out.Points, out.Verifies = list(q.Options), list(q.Points), list(q.Verifies)
	if q.Blocking != nil {
		out.Blocking = &blockingJSON{answers(q.Blocking.When), q.Blocking.Only}
	}
	if q.ShowWhen != nil {
		out.ShowWhen = &conditionJSON{q.ShowWhen.Question, answers(q.ShowWhen.In)}
	}
	return out
}

// answers gives answers as the YAML has them: 0 is a number, yes is a word.
func answers(values []content.Scalar) []any {
	out := make([]any, len(values))
	for i, value := range values {
		switch number, ok := content.ParseDecimal(string(value)); {
		case ok && string(number) == string(value):
			out[i] = json.Number(number)
		case value == "true" || value == "false":
			out[i] = value == "true"
		default:
			out[i] = string(value)
		}
	}
	return out
}

func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}

// printLibrary prints the titles of both libraries, for reading.
func (p *program) printLibrary(clauses *clause.Library, questions *questionnaire.Library) error {
	lang := p.printer.Language()
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	say := func(t content.Text, draft bool) string {
		text := locale.Typography(lang, strings.TrimSpace(t.In(lang)))
		if draft {
			text += " " + p.printer.T("cli.library.draft")
		}
		return text
	}
	heading := func(id string, title content.Text) { fmt.Fprintf(table, "\n%s · %s\n", id, say(title, false)) }
	fmt.Fprintln(table, p.printer.T("cli.library.clauses", "count", len(clauses.Clauses()), "version", clauses.Version))
	for _, family := range clauses.Families {
		heading(family.ID, family.Title)
		for _, c := range family.Clauses {
			fmt.Fprintf(table, "  %s\t%s\t%s\n", c.ID, c.Level, say(c.Title, c.Draft))
		}
	}
	fmt.Fprintf(table, "\n%s\n", p.printer.T("cli.library.questions", "count", len(questions.Questions())))
	for _, domain := range questions.Domains {
		heading(domain.ID, domain.Title)
		for _, q := range domain.Questions {
			fmt.Fprintf(table, "  %s\t%s\t%s\n", q.ID, q.Module, say(q.Text, q.Draft))
		}
	}
	fmt.Fprintf(table, "\n%s\n", p.printer.T("cli.library.rest", "variables", len(clauses.Variables), "references", len(clauses.References)))
	if err := table.Flush(); err != nil {
		return failed("cli.failed.write", standard, err)
	}
	return nil
}
