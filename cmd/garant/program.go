package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// program is one run of the command: the world it sees and the words it speaks. Nothing else is global, so that tests
// run many of them at once.
type program struct {
	in          io.Reader
	out, err    io.Writer
	environment map[string]string
	stamp       build

	clauses, questionnaires fs.FS // the two libraries as files

	words   *locale.Catalogue // loaded when nil
	printer locale.Printer    // of the language that messages are in
	spoken  bool              // the language was asked for with --language, not taken by default
}

// run carries out one command line and gives its exit code.
func (p *program) run(ctx context.Context, args []string) (code int) {
	defer func() {
		if wrong := recover(); wrong != nil {
			fmt.Fprintf(p.err, "garant: %v\n", wrong) // a defect of ours: said in one line, without a trace
			code = exitFailed
		}
	}()
	if p.words == nil {
		words, err := locale.Load()
		if err != nil {
			fmt.Fprintf(p.err, "garant: %v\n", err)
			return exitFailed
		}
		p.words = words
	}
	language, spoken, err := chooseLanguage(args, p.environment)
	p.printer, p.spoken = p.words.In(language), spoken
	if err != nil {
		return p.report(err)
	}
	root := p.root()
	root.SetArgs(append([]string{}, args...)) // nil would mean those of the process
	return p.report(root.ExecuteContext(ctx))
}

// root wires the whole command line.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use: "garant", Short: p.printer.T("cli.garant.short"), Long: p.printer.T("cli.garant.long"),
		Args: p.noArgument, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true, SilenceUsage: true, DisableSuggestions: true, DisableAutoGenTag: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.AddGroup(
		&cobra.Group{ID: groupAnnex, Title: p.printer.T("cli.group.annex")},
		&cobra.Group{ID: groupPortal, Title: p.printer.T("cli.group.portal")},
		&cobra.Group{ID: groupRest, Title: p.printer.T("cli.group.rest")},
	)
	flags := root.PersistentFlags()
	flags.BoolP("help", "h", false, p.printer.T("cli.flag.help"))
	flags.Var(&text{string(p.printer.Language()), "fr|en"}, "language", p.printer.T("cli.flag.language"))
	flags.Lookup("language").DefValue = string(locale.French)
	_ = root.RegisterFlagCompletionFunc("language", cobra.FixedCompletions([]string{"fr", "en"}, cobra.ShellCompDirectiveNoFileComp))
	root.SetHelpFunc(p.help)
	root.SetUsageFunc(p.usage)
	root.SetFlagErrorFunc(p.flagError)
	root.SetHelpCommand(p.helpCommand())
	root.AddCommand(
		p.annexCommand(), p.modelCommand(), p.flyerCommand(), p.questionnaireCommand(), p.answersCommand(), p.libraryCommand(), p.coverageCommand(), p.lintCommand(),
		p.serveCommand(), p.configCommand(), p.mailCommand(), p.copyCommand(), p.journalCommand(), p.peopleCommand(),
		p.versionCommand(), p.completionCommand(),
	)
	return root
}

// The groups that help lists commands in.
const (
	groupAnnex  = "annex"
	groupPortal = "portal"
	groupRest   = "rest"
)

// loadClauses reads the clause library. The embedded one is whole, which the tests and `garant lint` see to.
func (p *program) loadClauses() (*clause.Library, error) {
	library, err := clause.Load(p.clauses)
	if err != nil {
		return nil, fmt.Errorf("read the clause library: %w", err)
	}
	return library, nil
}

// libraries reads both libraries, side by side.
func (p *program) libraries() (*clause.Library, *questionnaire.Library, error) {
	var (
		reading   sync.WaitGroup
		questions *questionnaire.Library
		failed    error
	)
	reading.Go(func() { questions, failed = questionnaire.Load(p.questionnaires) })
	library, err := p.loadClauses()
	reading.Wait()
	switch {
	case err != nil:
		return nil, nil, err
	case failed != nil:
		return nil, nil, fmt.Errorf("read the question library: %w", failed)
	}
	return library, questions, nil
}
