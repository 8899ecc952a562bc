package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/coverage"
	"github.com/garant-sante/garant/internal/locale"
)

// coverageJSON is what `garant coverage --format json` prints.
type coverageJSON struct {
	Framework string         `json:"framework"`
	Total     int            `json:"total"`
	Covered   int            `json:"covered"`
	Items     []coveringJSON `json:"items"`
}

// coveringJSON is one item with the ids of what answers it. Lists are never null.
type coveringJSON struct {
	ID        string   `json:"id"`
	Clauses   []string `json:"clauses"`
	Questions []string `json:"questions"`
}

func (p *program) coverageCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "coverage", GroupID: groupAnnex, Args: p.noArgument,
		Short: p.printer.T("cli.coverage.short"), Long: p.printer.T("cli.coverage.long"),
		Example: p.examples(
			example{"cli.coverage.example.table", "garant coverage --framework css"},
			example{"cli.coverage.example.json", "garant coverage --framework rgpd-28 --format json"},
		),
	}
	cmd.Flags().SortFlags = false // in the order of use
	framework := cmd.Flags().String("framework", "", p.printer.T("cli.coverage.flag.framework"))
	format := p.formatFlag(cmd, p.printer.T("cli.flag.format-json"), asJSON)
	_ = cmd.RegisterFlagCompletionFunc("framework", p.completeFrameworks)
	cmd.RunE = func(*cobra.Command, []string) error {
		return asked(cmd, p.coverage(*framework, format.value == asJSON))
	}
	return cmd
}

func (p *program) coverage(framework string, asJSON bool) error {
	clauses, questions, err := p.libraries()
	if err != nil {
		return err
	}
	allowed := strings.Join(frameworksOf(clauses), ", ")
	if framework == "" {
		return misuse("cli.usage.no-framework", "allowed", allowed)
	}
	c, ok := coverage.Of(clauses, questions, framework)
	if !ok {
		return misuse("cli.usage.framework", "value", framework, "allowed", allowed)
	}
	if asJSON {
		return p.printJSON(describeCoverage(c))
	}
	return p.printCoverage(c)
}

func frameworksOf(clauses *clause.Library) []string {
	ids := make([]string, len(clauses.Frameworks))
	for i, f := range clauses.Frameworks {
		ids[i] = f.ID
	}
	return ids
}

// completeFrameworks offers the frameworks of the library while the line is being typed.
func (p *program) completeFrameworks(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	clauses, err := p.loadClauses()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return frameworksOf(clauses), cobra.ShellCompDirectiveNoFileComp
}

func describeCoverage(c coverage.Coverage) coverageJSON {
	out := coverageJSON{c.Framework.ID, c.Total(), c.Covered(), []coveringJSON{}}
	for _, item := range c.Items {
		out.Items = append(out.Items, coveringJSON{item.ID, answersOf(item), questionsOf(item)})
	}
	return out
}

func answersOf(item coverage.Item) []string {
	ids := make([]string, len(item.Answers))
	for i, c := range item.Answers {
		ids[i] = c.ID
	}
	return ids
}

func questionsOf(item coverage.Item) []string {
	ids := make([]string, len(item.Questions))
	for i, q := range item.Questions {
		ids[i] = q.ID
	}
	return ids
}

// printCoverage prints, for reading, each item with the titles of its clauses and the numbers of its questions.
func (p *program) printCoverage(c coverage.Coverage) error {
	lang := p.printer.Language()
	say := func(t content.Text) string { return locale.Typography(lang, strings.TrimSpace(t.In(lang))) }
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n%s\n", say(c.Framework.Title), p.printer.T("coverage.items.covered", "count", c.Covered(), "total", c.Total()))
	for _, item := range c.Items {
		heading := say(item.Number)
		if !item.Title.IsZero() {
			heading += " · " + say(item.Title)
		}
		fmt.Fprintf(&out, "\n%s\n", heading)
		p.printAnswers(&out, item, say)
	}
	if _, err := out.WriteTo(p.out); err != nil {
		return failed("cli.failed.write", standard, err)
	}
	return nil
}

func (p *program) printAnswers(out io.Writer, item coverage.Item, say func(content.Text) string) {
	if !item.Covered() {
		fmt.Fprintf(out, "  %s\n", p.printer.T("coverage.open.text"))
		return
	}
	for _, c := range item.Answers {
		fmt.Fprintf(out, "  %s  %s\n", c.ID, say(c.Title))
	}
	switch {
	case len(item.Questions) > 0:
		fmt.Fprintf(out, "  %s\n", p.printer.T("cli.coverage.questions", "questions", strings.Join(questionsOf(item), ", ")))
	case item.BindsStructure():
		fmt.Fprintf(out, "  %s\n", p.printer.T("coverage.questions.structure"))
	default:
		fmt.Fprintf(out, "  %s\n", p.printer.T("coverage.questions.none"))
	}
}
