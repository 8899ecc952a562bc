package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/publication"
	"github.com/garant-sante/garant/internal/questionnaire"
)

func (p *program) libraryCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "library", GroupID: groupAnnex, Args: p.noArgument,
		Short: p.printer.T("cli.library.short"), Long: p.printer.T("cli.library.long"),
		Example: p.examples(
			example{"cli.library.example.table", "garant library"},
			example{"cli.library.example.json", "garant library --format json > bibliotheque.json"},
			example{"cli.library.example.word", "garant library --out bibliotheque.docx"},
			example{"cli.library.example.excel", "garant library --out bibliotheque.xlsx"},
		),
	}
	cmd.Flags().SortFlags = false // in the order of use
	cmd.Flags().StringVar(&out, "out", "", p.printer.T("cli.library.flag.out"))
	format := p.formatFlag(cmd, p.printer.T("cli.library.flag.format"), libraryFormats()...)
	cmd.RunE = func(*cobra.Command, []string) error { return asked(cmd, p.library(format.value, out)) }
	return cmd
}

func libraryFormats() []string {
	var names []string
	for _, f := range publication.Formats() {
		names = append(names, string(f))
	}
	return names
}

// library prints the titles of the libraries, or writes them whole in a format, which the name of the file tells where it
// is not given.
func (p *program) library(format, out string) error {
	if format == "" && out != "" {
		format = strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), ".")
		if out == standard {
			format = asJSON
		}
		if !slices.Contains(libraryFormats(), format) {
			return misuse("cli.usage.library-extension", "value", out)
		}
	}
	if out == "" && format != "" && format != asJSON {
		return misuse("cli.usage.library-out", "format", format)
	}
	clauses, questions, err := p.libraries()
	if err != nil {
		return err
	}
	if format == "" {
		return p.printLibrary(clauses, questions)
	}
	data, err := publication.Write(publication.Format(format), p.printer, clauses, questions)
	if err != nil {
		return err
	}
	if out == "" {
		out = standard
	}
	return p.write(out, data)
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
