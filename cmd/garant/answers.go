package main

import (
	"bytes"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/sheet"
	"github.com/garant-sante/garant/internal/workbook"
)

// answersJSON is what `garant answers --format json` prints. Evidence stands apart, by question, since an answer has these
// three fields alone.
type answersJSON struct {
	Questionnaire string                `json:"questionnaire"`
	Campaign      string                `json:"campaign,omitempty"`
	Intact        bool                  `json:"intact"`
	Language      locale.Language       `json:"language"`
	Answers       map[string]answerJSON `json:"answers"`
	Evidence      map[string][]string   `json:"evidence,omitempty"`
	Problems      []cellJSON            `json:"problems"`
}

type answerJSON struct {
	Value         any    `json:"value"`
	NotApplicable string `json:"na"`
	Comment       string `json:"comment"`
}

type cellJSON struct {
	Question string `json:"question"`
	Sheet    string `json:"sheet"`
	Cell     string `json:"cell"`
	Message  string `json:"message"`
}

func (p *program) answersCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "answers", GroupID: groupAnnex, Args: p.noArgument,
		Short: p.printer.T("cli.answers.short"), Long: p.printer.T("cli.answers.long"),
		Example: p.examples(
			example{"cli.answers.example.table", "garant answers --workbook questionnaire.xlsx"},
			example{"cli.answers.example.json", "garant answers --workbook questionnaire.xlsx --format json"},
		),
	}
	cmd.Flags().SortFlags = false // in the order of use
	file := cmd.Flags().String("workbook", "", p.printer.T("cli.answers.flag.workbook"))
	format := p.formatFlag(cmd, p.printer.T("cli.flag.format-json"), asJSON)
	_ = cmd.MarkFlagFilename("workbook", asExcel)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return asked(cmd, p.answers(*file, format.value == asJSON))
	}
	return cmd
}

// answers reads a workbook that was filled in. Cells that cannot be understood are told; they do not keep the others from
// being read.
func (p *program) answers(file string, asJSON bool) error {
	if file == "" {
		return misuse("cli.usage.answers-nothing")
	}
	data, err := p.read(file, sheet.MaxFile)
	if err != nil {
		return err
	}
	book, err := sheet.Read(data)
	if err != nil {
		return placed(err, file) // before the libraries take memory of their own
	}
	clauses, questions, err := p.libraries()
	if err != nil {
		return err
	}
	reader := workbook.Reader{Words: p.words, Library: questions, Clause: func(id string) bool {
		_, known := clauses.Clause(id)
		return known
	}}
	reply, err := reader.Understand(book)
	if err != nil {
		return placed(err, file)
	}
	printer := p.printer
	if !p.spoken {
		printer = p.words.In(reply.Language)
	}
	out := describeAnswers(printer, questions, reply)
	if asJSON {
		return p.printJSON(out)
	}
	return p.printReply(file, out)
}

func describeAnswers(printer locale.Printer, questions *questionnaire.Library, reply workbook.Reply) answersJSON {
	out := answersJSON{
		Campaign: reply.Identity.Campaign, Intact: reply.Intact, Language: reply.Language,
		Answers: map[string]answerJSON{}, Evidence: map[string][]string{}, Problems: []cellJSON{},
	}
	if reply.Intact {
		out.Questionnaire = reply.Identity.Questionnaire()
	}
	for id, answer := range reply.Answers {
		q, known := questions.Question(id)
		if !known {
			q = questionnaire.Attested()
		}
		out.Answers[id] = answerJSON{q.JSON(answer.Given), answer.NotApplicable, answer.Comment}
		if len(answer.Evidence) > 0 {
			out.Evidence[id] = answer.Evidence
		}
	}
	for _, problem := range reply.Problems {
		out.Problems = append(out.Problems, cellJSON{problem.Question, problem.Sheet, problem.Cell, problem.Message(printer)})
	}
	return out
}

// printReply says how much was read, and lists the cells to correct.
func (p *program) printReply(file string, a answersJSON) error {
	given, moot := 0, 0
	for _, answer := range a.Answers {
		if answer.Value != nil {
			given++
		}
		if answer.NotApplicable != "" {
			moot++
		}
	}
	var text bytes.Buffer
	fmt.Fprintln(&text, p.printer.T("cli.answers.read", "file", file, "count", given, "moot", moot))
	if len(a.Problems) > 0 {
		fmt.Fprintln(&text, p.printer.T("cli.answers.problems", "count", len(a.Problems)))
	}
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, problem := range a.Problems {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", problem.Sheet, problem.Cell, problem.Question, problem.Message)
	}
	_ = table.Flush() // to memory
	if _, err := text.WriteTo(p.out); err != nil {
		return failed("cli.failed.write", standard, err)
	}
	return nil
}
