package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/word"
)

// flyerFlags is the command line of `garant flyer`.
type flyerFlags struct {
	input, out, logo, regionLogo string
	format                       *format
}

func (p *program) flyerCommand() *cobra.Command {
	var f flyerFlags
	cmd := &cobra.Command{
		Use: "flyer", GroupID: groupAnnex, Args: p.noArgument,
		Short: p.printer.T("cli.flyer.short"), Long: p.printer.T("cli.flyer.long"),
		Example: p.examples(
			example{"cli.flyer.example.word", "garant flyer --input annexe.yaml --out depliant.docx"},
			example{"cli.flyer.example.html", "garant flyer --input annexe.yaml --logo logo.png --out depliant.html"},
		),
		RunE: func(cmd *cobra.Command, _ []string) error { return asked(cmd, p.flyer(cmd.Context(), f)) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false // in the order of use
	flags.StringVar(&f.input, "input", "", p.printer.T("cli.flyer.flag.input"))
	flags.StringVar(&f.out, "out", "", p.printer.T("cli.flyer.flag.out"))
	f.format = p.formatFlag(cmd, p.printer.T("cli.flyer.flag.format"), asWord, asHTML)
	flags.StringVar(&f.logo, "logo", "", p.printer.T("cli.flyer.flag.logo"))
	flags.StringVar(&f.regionLogo, "region-logo", "", p.printer.T("cli.flyer.flag.region-logo"))
	_ = cmd.MarkFlagFilename("input", "yaml", "yml")
	_ = cmd.MarkFlagFilename("out", "docx", "html")
	for _, name := range []string{"logo", "region-logo"} {
		_ = cmd.MarkFlagFilename(name, "png", "jpg", "jpeg")
	}
	return cmd
}

// resolve settles the format of what is written, or says what is wrong with the command line.
func (f flyerFlags) resolve() (as string, err error) {
	as = f.format.value
	if as == "" && f.out != standard {
		as = strings.TrimPrefix(strings.ToLower(filepath.Ext(f.out)), ".")
	}
	sources := []string{f.input, f.logo, f.regionLogo}
	piped := 0
	for _, source := range sources {
		switch {
		case source == standard:
			piped++
		case f.out != standard && same(f.out, source):
			return "", misuse("cli.usage.annex-over-input", "value", f.out)
		}
	}
	switch {
	case f.input == "" || f.out == "":
		return "", misuse("cli.usage.flyer-nothing")
	case as != asWord && as != asHTML:
		return "", misuse("cli.usage.flyer-extension", "value", f.out)
	case piped > 1:
		return "", misuse("cli.usage.flyer-two-inputs")
	}
	return as, nil
}

// flyer writes the flyer of an input. Nothing is written before all of it is there.
func (p *program) flyer(ctx context.Context, f flyerFlags) error {
	as, err := f.resolve()
	if err != nil {
		return err
	}
	library, err := p.loadClauses()
	if err != nil {
		return err
	}
	composer := annex.Composer{Library: library, Words: p.words}
	in, wrongInput := p.readInput(f.input, composer)
	logo, wrongLogo := p.readLogo(f.logo)
	regionLogo, wrongRegion := p.readLogo(f.regionLogo)
	if err := together(wrongInput, wrongLogo, wrongRegion); err != nil {
		return err
	}
	flyer, err := composer.Flyer(in, annex.Logos{Structure: logo, Region: regionLogo})
	if err != nil {
		return placed(err, f.input)
	}
	printer := p.words.In(flyer.Language)
	var data []byte
	if as == asWord {
		data, err = flyer.Word(printer)
	} else {
		var page bytes.Buffer
		err = frontend.FlyerFile(printer, flyer).Render(ctx, &page)
		data = page.Bytes()
	}
	if err != nil {
		return fmt.Errorf("write the flyer: %w", err)
	}
	if err := p.write(f.out, data); err != nil {
		return err
	}
	if f.out != standard {
		fmt.Fprintln(p.out, p.printer.T("cli.flyer.written", "file", f.out, "structure", flyer.Structure.Name))
	}
	return nil
}

// readLogo reads and checks a picture; nil without one.
func (p *program) readLogo(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	data, err := p.read(path, word.MaxLogo)
	if err != nil {
		return nil, err
	}
	return data, placed(word.CheckLogo(data), path)
}
