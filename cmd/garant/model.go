package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
)

// modelJSON is a document model in what `garant model --format json` prints.
type modelJSON struct {
	ID      string       `json:"id"`
	Title   content.Text `json:"title"`
	Summary content.Text `json:"summary"`
	Clauses []string     `json:"clauses"`
}

// modelsJSON is the whole of it.
type modelsJSON struct {
	Models []modelJSON `json:"models"`
}

// modelFlags is the command line of `garant model`.
type modelFlags struct {
	id, input, out string
	format         *format
}

func (p *program) modelCommand() *cobra.Command {
	var f modelFlags
	cmd := &cobra.Command{
		Use: "model " + p.printer.T("cli.model.id"), GroupID: groupAnnex,
		Short: p.printer.T("cli.model.short"), Long: p.printer.T("cli.model.long"),
		Example: p.examples(
			example{"cli.model.example.list", "garant model"},
			example{"cli.model.example.filled", "garant model remote-maintenance-agreement --input annexe.yaml --out convention.docx"},
			example{"cli.model.example.blank", "garant model incident-report --out fiche.docx"},
		),
		ValidArgsFunction: p.completeModels,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return asked(cmd, misuse("cli.usage.one-model", "value", args[1]))
			}
			if len(args) == 1 {
				f.id = args[0]
			}
			return asked(cmd, p.model(f))
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false // in the order of use
	flags.StringVar(&f.input, "input", "", p.printer.T("cli.model.flag.input"))
	flags.StringVar(&f.out, "out", "", p.printer.T("cli.model.flag.out"))
	f.format = p.formatFlag(cmd, p.printer.T("cli.model.flag.format"), asJSON)
	_ = cmd.MarkFlagFilename("input", "yaml", "yml")
	_ = cmd.MarkFlagFilename("out", "docx")
	return cmd
}

// completeModels offers the models of the library while the line is being typed.
func (p *program) completeModels(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	clauses, err := p.loadClauses()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return clauses.ModelIDs(), cobra.ShellCompDirectiveNoFileComp
}

// model lists the document models, or writes one.
func (p *program) model(f modelFlags) error {
	library, err := p.loadClauses()
	if err != nil {
		return err
	}
	if f.id == "" {
		if f.input != "" || f.out != "" {
			return misuse("cli.usage.no-model", "allowed", strings.Join(library.ModelIDs(), ", "))
		}
		return p.listModels(library, f.format.value == asJSON)
	}
	model, ok := library.Model(f.id)
	if !ok {
		return misuse("cli.usage.model", "value", f.id, "allowed", strings.Join(library.ModelIDs(), ", "))
	}
	if err := f.check(); err != nil {
		return err
	}
	form, err := p.fillModel(f, model, annex.Composer{Library: library, Words: p.words})
	if err != nil {
		return err
	}
	data, err := form.Word(p.words.In(form.Language))
	if err != nil {
		return fmt.Errorf("write the model %s: %w", f.id, err)
	}
	if err := p.write(f.out, data); err != nil {
		return err
	}
	if f.out != standard {
		fmt.Fprintln(p.out, p.printer.T("cli.model.written", "file", f.out, "title", locale.Typography(p.printer.Language(), model.Title.In(p.printer.Language()))))
	}
	return nil
}

// check says what is wrong with the place of the document.
func (f modelFlags) check() error {
	switch extension := strings.ToLower(filepath.Ext(f.out)); {
	case f.format.value != "":
		return misuse("cli.usage.model-format")
	case f.out == "":
		return misuse("cli.usage.model-out")
	case f.out != standard && extension != "."+asWord:
		return misuse("cli.usage.model-extension", "value", f.out)
	case f.out != standard && same(f.out, f.input):
		return misuse("cli.usage.annex-over-input", "value", f.out)
	}
	return nil
}

// fillModel fills the model in from the input; without one, everything is left to be filled in by hand.
func (p *program) fillModel(f modelFlags, model *clause.Model, composer annex.Composer) (*annex.Form, error) {
	if f.input == "" {
		return composer.BlankForm(model, p.printer.Language()), nil
	}
	in, err := p.readInput(f.input, composer)
	if err != nil {
		return nil, err
	}
	form, err := composer.Form(model, in)
	if err != nil {
		return nil, placed(err, f.input)
	}
	return form, nil
}

// listModels prints what models there are, with the clauses that call for each.
func (p *program) listModels(library *clause.Library, asJSON bool) error {
	out := modelsJSON{Models: []modelJSON{}}
	for _, m := range library.Models {
		out.Models = append(out.Models, modelJSON{m.ID, m.Title, m.Summary, m.Clauses})
	}
	if asJSON {
		return p.printJSON(out)
	}
	lang := p.printer.Language()
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, m := range out.Models {
		fmt.Fprintf(table, "%s\t%s\t%s\n", m.ID, locale.Typography(lang, m.Title.In(lang)), strings.Join(m.Clauses, ", "))
	}
	_ = table.Flush() // to memory
	if _, err := text.WriteTo(p.out); err != nil {
		return failed("cli.failed.write", standard, err)
	}
	return nil
}
