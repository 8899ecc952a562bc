package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// The folders of the two libraries.
const (
	clausesFolder        = "clauses"
	questionnairesFolder = "questionnaires"
)

// lintJSON is what `garant lint --format json` prints.
type lintJSON struct {
	Clauses   int           `json:"clauses"`
	Questions int           `json:"questions"`
	Drafts    int           `json:"drafts"`
	Errors    int           `json:"errors"`
	Findings  []findingJSON `json:"findings"`
	Warnings  []warningJSON `json:"warnings"`
}

type findingJSON struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

// warningJSON is a judgement on a text: its rule is what an allow-list names.
type warningJSON struct {
	Rule    string `json:"rule"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

func (p *program) lintCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "lint [" + p.printer.T("cli.lint.folder") + "]", GroupID: groupAnnex,
		Short: p.printer.T("cli.lint.short"), Long: p.printer.T("cli.lint.long"),
		Example: p.examples(
			example{"cli.lint.example.embedded", "garant lint"},
			example{"cli.lint.example.folder", "garant lint ."},
		),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return p.noArgument(cmd, args[1:])
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	format := p.formatFlag(cmd, p.printer.T("cli.flag.format-json"), asJSON)
	cmd.RunE = func(_ *cobra.Command, args []string) error { return p.lint(args, format.value == asJSON) }
	return cmd
}

// lint checks both libraries. The last line of its text is for scripts, so it is the same in both languages.
func (p *program) lint(args []string, asJSON bool) error {
	sources, err := p.lintSources(args)
	if err != nil {
		return err
	}
	clauses, wrongClauses, err := loaded(clause.Load(sources.clauses))
	if err != nil {
		return failed("cli.failed.read", sources.clausesAt, err)
	}
	questions, wrongQuestions, err := loaded(questionnaire.Load(sources.questions))
	if err != nil {
		return failed("cli.failed.read", sources.questionsAt, err)
	}
	whole := len(wrongClauses)+len(wrongQuestions) == 0
	wrongClauses = add(wrongClauses, whole, clauses.Lint())
	wrongQuestions = add(wrongQuestions, whole, questions.Lint(clauses.VariablesOf))
	var warnings fault.Problems
	if whole {
		wrongClauses = append(wrongClauses, clauses.LintLinks(questions.Verified())...)
		warnings = review(clauses, questions, sources)
	}
	findings := slices.Concat(sorted(wrongClauses, sources.clausesAt), sorted(wrongQuestions, sources.questionsAt))
	summary := lintJSON{len(clauses.Clauses()), len(questions.Questions()), clauses.Drafts() + questions.Drafts(), len(findings), []findingJSON{}, []warningJSON{}}
	if asJSON {
		for _, f := range findings {
			summary.Findings = append(summary.Findings, p.findingJSON(f))
		}
		for _, w := range warnings {
			summary.Warnings = append(summary.Warnings, p.warningJSON(w))
		}
		if err := p.printJSON(summary); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			p.complain(p.printer.Problem(f))
		}
		for _, w := range warnings {
			said := p.printer.Problem(fault.Problem{Key: w.Key, Args: w.Args})
			w.Key, w.Args = "cli.lint.warning", []any{"message", said}
			p.complain(p.printer.Problem(w))
		}
		fmt.Fprintf(p.out, "%d clauses, %d questions, %d drafts, %d errors\n", summary.Clauses, summary.Questions, summary.Drafts, summary.Errors)
	}
	if len(findings) > 0 {
		return found{exitWrong}
	}
	return nil
}

func (p *program) findingJSON(f fault.Problem) findingJSON {
	return findingJSON{f.File, f.Line, f.Column, f.Field, p.printer.Problem(fault.Problem{Key: f.Key, Args: f.Args})}
}

func (p *program) warningJSON(w fault.Problem) warningJSON {
	f := p.findingJSON(w)
	return warningJSON{strings.TrimPrefix(w.Key, "lint."), f.File, f.Line, f.Column, f.Field, f.Message}
}

// review gives the judgements on both libraries that the allow-list leaves, and the entries of that list that allow
// nothing. None of them makes the libraries wrong.
func review(clauses *clause.Library, questions *questionnaire.Library, at sources) fault.Problems {
	left, stale := clauses.Allowed.Apply(slices.Concat(clauses.Review(), questions.Review()))
	var ofClauses, ofQuestions fault.Problems
	for _, judgement := range left {
		if _, ok := clauses.Clause(judgement.IDs[0]); ok {
			ofClauses = append(ofClauses, judgement.Problem)
		} else {
			ofQuestions = append(ofQuestions, judgement.Problem)
		}
	}
	return slices.Concat(sorted(append(ofClauses, stale...), at.clausesAt), sorted(ofQuestions, at.questionsAt))
}

// sources is where the two libraries are read from, and what they are called in messages.
type sources struct {
	clauses, questions     fs.FS
	clausesAt, questionsAt string
}

// lintSources are the embedded libraries, or those of a folder.
func (p *program) lintSources(args []string) (sources, error) {
	if len(args) == 0 {
		return sources{p.clauses, p.questionnaires, clausesFolder, questionnairesFolder}, nil
	}
	var missing fault.Problems
	for _, name := range []string{clausesFolder, questionnairesFolder} {
		info, err := os.Stat(filepath.Join(args[0], name))
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
			missing = append(missing, fault.Problem{File: filepath.Join(args[0], name), Key: "cli.lint.no-folder"})
		}
	}
	folder := func(name string) fs.FS { return bounded{os.DirFS(filepath.Join(args[0], name))} }
	return sources{
		folder(clausesFolder), folder(questionnairesFolder),
		filepath.Join(args[0], clausesFolder), filepath.Join(args[0], questionnairesFolder),
	}, missing.OrNil()
}

// bounded is a folder whose files are read one byte past the limit of a library file at most.
type bounded struct{ fs.FS }

// ReadFile implements fs.ReadFileFS.
func (b bounded) ReadFile(name string) ([]byte, error) {
	file, err := b.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	return io.ReadAll(io.LimitReader(file, content.MaxYAML+1))
}

// loaded tells what is wrong with the files from what kept them from being read.
func loaded[L any](library L, err error) (L, fault.Problems, error) {
	var problems fault.Problems
	if err == nil || errors.As(err, &problems) {
		return library, problems, nil
	}
	return library, nil, err
}

// linkRules are the rules that look from one file into others: when some file could not be read whole, what they find is
// the echo of that.
var linkRules = []string{
	"lint.reference", "lint.reference-unused", "lint.variable-undeclared", "lint.variable-unused", "lint.not-verified",
	"lint.clause", "lint.variable-not-of-clause", "lint.question", "lint.module", "lint.css-unknown",
}

// add puts the findings of lint after the problems of reading, without those that only echo them.
func add(before fault.Problems, whole bool, found fault.Problems) fault.Problems {
	out := slices.Clone(before)
	for _, f := range found {
		echo := !whole && slices.Contains(linkRules, f.Key) || slices.ContainsFunc(before, func(b fault.Problem) bool {
			return b.File == f.File && (b.Field == "" || strings.HasPrefix(f.Field, b.Field) || strings.HasPrefix(b.Field, f.Field+"."))
		})
		if !echo {
			out = append(out, f)
		}
	}
	return out
}

// sorted gives the findings in the order of the files, each named with its folder.
func sorted(problems fault.Problems, folder string) fault.Problems {
	for i := range problems {
		problems[i].File = path.Join(filepath.ToSlash(folder), problems[i].File)
	}
	slices.SortStableFunc(problems, func(a, b fault.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return problems
}
