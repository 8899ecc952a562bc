package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/workbook"
)

// asExcel is the one format of a questionnaire.
const asExcel = "xlsx"

// questionnaireFlags is the command line of `garant questionnaire`.
type questionnaireFlags struct{ framing, out string }

func (p *program) questionnaireCommand() *cobra.Command {
	var f questionnaireFlags
	cmd := &cobra.Command{
		Use: "questionnaire", GroupID: groupAnnex, Args: p.noArgument,
		Short: p.printer.T("cli.questionnaire.short"), Long: p.printer.T("cli.questionnaire.long"),
		Example: p.examples(
			example{"cli.questionnaire.example.file", "garant questionnaire --framing annexe.yaml --out questionnaire.xlsx"},
			example{"cli.questionnaire.example.english", "garant questionnaire --framing annexe.yaml --out questionnaire.xlsx --language en"},
		),
		RunE: func(cmd *cobra.Command, _ []string) error { return asked(cmd, p.questionnaire(f)) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false // in the order of use
	flags.StringVar(&f.framing, "framing", "", p.printer.T("cli.questionnaire.flag.framing"))
	flags.StringVar(&f.out, "out", "", p.printer.T("cli.questionnaire.flag.out"))
	_ = cmd.MarkFlagFilename("framing", "yaml", "yml")
	_ = cmd.MarkFlagFilename("out", asExcel)
	return cmd
}

func (f questionnaireFlags) check() error {
	switch {
	case f.framing == "" || f.out == "":
		return misuse("cli.usage.questionnaire-nothing")
	case f.out != standard && strings.ToLower(filepath.Ext(f.out)) != "."+asExcel:
		return misuse("cli.usage.questionnaire-extension", "value", f.out)
	case f.out != standard && same(f.out, f.framing):
		return misuse("cli.usage.annex-over-input", "value", f.out)
	}
	return nil
}

// questionnaire writes the workbook that a supplier fills in. The annex that the same input makes tells which clauses are to be
// attested, and how they are worded.
func (p *program) questionnaire(f questionnaireFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	clauses, questions, err := p.libraries()
	if err != nil {
		return err
	}
	composer := annex.Composer{Library: clauses, Words: p.words}
	in, err := p.readInput(f.framing, composer)
	if err != nil {
		return err
	}
	document, err := composer.Compose(in)
	if err != nil {
		return placed(err, f.framing)
	}
	form := workbook.Form{
		Library: questions, Questionnaire: questions.For(in.Framing, clauses.Applies, document.ClauseIDs()...),
		Clause:    func(id string) workbook.Clause { return attestedClause(document, id) },
		Structure: in.Structure.Name, Supplier: in.Supplier.Name, Contract: in.Contract.Title, Reference: in.Contract.Reference, Tier: in.Framing.Tier(),
	}
	data, err := workbook.Write(p.words.In(document.Language), form)
	if err != nil {
		return err
	}
	if err := p.write(f.out, data); err != nil {
		return err
	}
	if f.out != standard {
		fmt.Fprintln(p.out, p.printer.T("cli.questionnaire.written", "file", f.out, "count", len(form.Questionnaire.Questions), "attested", len(form.Questionnaire.Attestations)))
	}
	return nil
}

// attestedClause is a clause as the annex prints it.
func attestedClause(d *annex.Document, id string) workbook.Clause {
	article, _ := d.Article(id)
	return workbook.Clause{Title: article.Title, Text: article.Text}
}
