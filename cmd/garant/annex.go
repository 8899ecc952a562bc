package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/word"
)

// The formats of an annex.
const (
	asWord = "docx"
	asHTML = "html"
	asJSON = "json"
)

// annexFlags is the command line of `garant annex`. Exactly one of input, verify and starter is given.
type annexFlags struct {
	input, out, template string
	format               *format
	verify               string
	starter              string
}

func (p *program) annexCommand() *cobra.Command {
	var f annexFlags
	cmd := &cobra.Command{
		Use: "annex", GroupID: groupAnnex, Args: p.noArgument,
		Short: p.printer.T("cli.annex.short"), Long: p.printer.T("cli.annex.long"),
		Example: p.examples(
			example{"cli.annex.example.word", "garant annex --input annexe.yaml --out annexe.docx"},
			example{"cli.annex.example.template", "garant annex --input annexe.yaml --template modele.docx --out annexe.docx"},
			example{"cli.annex.example.json", "garant annex --input annexe.yaml --format json"},
			example{"cli.annex.example.pipe", "cat annexe.yaml | garant annex --input - --format html --out - > annexe.html"},
			example{"cli.annex.example.verify", "garant annex --verify annexe.docx"},
			example{"cli.annex.example.starter", "garant annex --starter-template modele.docx"},
		),
		RunE: func(cmd *cobra.Command, _ []string) error { return asked(cmd, p.annex(cmd.Context(), f)) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false // in the order of use
	flags.StringVar(&f.input, "input", "", p.printer.T("cli.annex.flag.input"))
	flags.StringVar(&f.out, "out", "", p.printer.T("cli.annex.flag.out"))
	flags.StringVar(&f.template, "template", "", p.printer.T("cli.annex.flag.template"))
	f.format = p.formatFlag(cmd, p.printer.T("cli.annex.flag.format"), asWord, asHTML, asJSON)
	flags.StringVar(&f.verify, "verify", "", p.printer.T("cli.annex.flag.verify"))
	flags.StringVar(&f.starter, "starter-template", "", p.printer.T("cli.annex.flag.starter-template"))
	for _, name := range []string{"template", "verify", "starter-template"} {
		_ = cmd.MarkFlagFilename(name, "docx")
	}
	_ = cmd.MarkFlagFilename("input", "yaml", "yml")
	return cmd
}

// annex does the one thing that the flags ask for.
func (p *program) annex(ctx context.Context, f annexFlags) error {
	var modes []string
	for _, mode := range []struct{ flag, value string }{{"--input", f.input}, {"--verify", f.verify}, {"--starter-template", f.starter}} {
		if mode.value != "" {
			modes = append(modes, mode.flag)
		}
	}
	switch {
	case len(modes) == 0:
		return misuse("cli.usage.annex-nothing")
	case len(modes) > 1:
		return misuse("cli.usage.not-together", "flags", modes)
	case f.verify != "":
		return p.verifyAnnex(f)
	case f.starter != "":
		return p.starterTemplate(f)
	}
	return p.composeAnnex(ctx, f)
}

// resolve settles the format and the place of what is written, or says what is wrong with them.
func (f annexFlags) resolve() (as, out string, err error) {
	if f.input == standard && f.template == standard {
		return "", "", misuse("cli.usage.annex-two-inputs")
	}
	as, out = f.format.value, f.out
	if as == "" && out != "" && out != standard {
		as = strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), ".")
		if as != asWord && as != asHTML && as != asJSON {
			return "", "", misuse("cli.usage.annex-extension", "value", out)
		}
	}
	switch {
	case as == "":
		as = asJSON
	case as == asWord && out == "":
		return "", "", misuse("cli.usage.annex-word-out")
	}
	if out == "" {
		out = standard
	}
	if out != standard && (same(out, f.input) || same(out, f.template)) {
		return "", "", misuse("cli.usage.annex-over-input", "value", out)
	}
	return as, out, nil
}

// composeAnnex makes an annex from an input file. Nothing is written before all of it is there.
func (p *program) composeAnnex(ctx context.Context, f annexFlags) error {
	as, out, err := f.resolve()
	if err != nil {
		return err
	}
	library, err := p.loadClauses()
	if err != nil {
		return err
	}
	composer := annex.Composer{Library: library, Words: p.words}
	in, wrongInput := p.readInput(f.input, composer)
	template, wrongTemplate := p.readTemplate(f.template)
	if err := together(wrongInput, wrongTemplate); err != nil {
		return err
	}
	document, err := composer.Compose(in)
	if err != nil {
		return placed(err, f.input)
	}
	printer := p.words.In(document.Language)
	data, err := render(ctx, document, printer, as, template)
	if err != nil {
		return placed(err, f.template)
	}
	if err := p.write(out, data); err != nil {
		return err
	}
	for _, warning := range document.Warnings {
		p.complain(printer.T("cli.warning") + locale.Typography(document.Language, warning.Message))
	}
	if out != standard && as != asJSON {
		fmt.Fprintln(p.out, p.printer.T("cli.annex.written", "file", out, "count", document.ArticleCount(),
			"tier", printer.T(fmt.Sprintf("tier.%d", document.Rating.Tier)), "fingerprint", document.ShortFingerprint()))
	}
	return nil
}

// readInput reads the input. --language wins over the language that it names; the program's own stands where it names none.
func (p *program) readInput(path string, composer annex.Composer) (annex.Input, error) {
	data, err := p.read(path, content.MaxYAML)
	if err != nil {
		return annex.Input{}, err
	}
	in, err := annex.ReadInput(path, data, composer.Library)
	if err != nil {
		return annex.Input{}, placed(err, path)
	}
	if p.spoken || in.Language == "" {
		in.Language = annex.Language(p.printer.Language())
	}
	return in, nil
}

// readTemplate reads and checks a structure's own template, also where the format makes no use of it; nil without one.
func (p *program) readTemplate(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	data, err := p.read(path, maxWord)
	if err != nil {
		return nil, err
	}
	return data, placed(annex.CheckTemplate(data), path)
}

func render(ctx context.Context, d *annex.Document, printer locale.Printer, as string, template []byte) ([]byte, error) {
	switch as {
	case asWord:
		return d.Word(printer, template)
	case asHTML:
		var page bytes.Buffer
		if err := frontend.AnnexFile(printer, d).Render(ctx, &page); err != nil {
			return nil, fmt.Errorf("write the annex as HTML: %w", err)
		}
		return page.Bytes(), nil
	}
	return d.JSON()
}

// starterTemplate writes the template that comes with the product, for a structure to make its own from.
func (p *program) starterTemplate(f annexFlags) error {
	if f.out != "" || f.template != "" || f.format.value != "" {
		return misuse("cli.usage.starter-alone")
	}
	if err := p.write(f.starter, word.DefaultTemplate(p.printer.Language().Tag())); err != nil {
		return err
	}
	if f.starter == standard {
		return nil
	}
	fmt.Fprintln(p.out, p.printer.T("cli.annex.starter-written", "file", f.starter))
	for _, name := range annex.Placeholders() {
		fmt.Fprintf(p.out, "  {{%s}}\n", name)
	}
	return nil
}

// together gives all problems of several inputs at once; what is no problem of an input comes first, alone.
func together(errs ...error) error {
	var all fault.Problems
	for _, err := range errs {
		var problems fault.Problems
		if err != nil && !errors.As(err, &problems) {
			return err
		}
		all = append(all, problems...)
	}
	return all.OrNil()
}
