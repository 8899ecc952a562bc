package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build says which program this is.
type build struct{ version, commit string }

// stamp completes what the linker was told with what the build itself knows.
func stamp(version, commit string) build {
	b := build{version, commit}
	info, ok := debug.ReadBuildInfo()
	if ok && b.version == "" && info.Main.Version != "(devel)" {
		b.version = info.Main.Version
	}
	if ok && b.commit == "" {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				b.commit = setting.Value
			}
		}
	}
	if b.version == "" {
		b.version = "unversioned"
	}
	if b.commit == "" {
		b.commit = "unknown"
	}
	return b
}

// versionJSON is what `garant version --format json` prints. An edition is the SHA-256 over the files of a library: it
// tells which texts exactly.
type versionJSON struct {
	Version          string `json:"version"`
	Commit           string `json:"commit"`
	ContentVersion   string `json:"content_version"`
	ContentEdition   string `json:"content_edition"`
	QuestionsEdition string `json:"questions_edition"`
}

func (p *program) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "version", GroupID: groupRest, Args: p.noArgument,
		Short: p.printer.T("cli.version.short"), Long: p.printer.T("cli.version.long"),
		Example: p.examples(
			example{"cli.version.example.text", "garant version"},
			example{"cli.version.example.json", "garant version --format json"},
		),
	}
	format := p.formatFlag(cmd, p.printer.T("cli.flag.format-json"), asJSON)
	cmd.RunE = func(*cobra.Command, []string) error {
		clauses, questions, err := p.libraries()
		if err != nil {
			return err
		}
		if format.value == asJSON {
			return p.printJSON(versionJSON{p.stamp.version, p.stamp.commit, clauses.Version, clauses.Edition, questions.Edition})
		}
		for _, line := range []string{
			p.printer.T("cli.version.program", "version", p.stamp.version, "commit", p.stamp.commit),
			p.printer.T("cli.version.clauses", "version", clauses.Version, "edition", clauses.Edition),
			p.printer.T("cli.version.questions", "edition", questions.Edition),
		} {
			fmt.Fprintln(p.out, line)
		}
		return nil
	}
	return cmd
}
