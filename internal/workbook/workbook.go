// Package workbook is a questionnaire as an Excel file, both ways: written for a supplier to fill in offline, and read back by
// the ids of its questions, wherever they stand and whatever program saved it.
package workbook

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/sheet"
)

// Form is a questionnaire to be filled in: what is asked, by whom, of whom, and what was answered so far.
type Form struct {
	Library       *questionnaire.Library // whose domains name the sheets
	Questionnaire questionnaire.Questionnaire
	Clause        func(id string) Clause // of an attestation

	Structure, Supplier string
	Contract, Reference string // title of what is bought, and its number
	Tier                framing.Tier
	Due                 content.Date // none when zero

	Campaign  string // that it was sent in; empty offline
	Answers   map[string]questionnaire.Answer
	Revisions map[string]int64 // of the answers, so that none is written over unseen

	// Seal signs a digest with a key that only the portal has. Without one, the digest guards against accidents alone.
	Seal func(digest string) string
}

// Clause is what a supplier attests: the article of the annex as it is printed.
type Clause struct{ Title, Text string }

// The columns of a sheet that is filled in, in the order in which they are written.
const (
	columnID = iota
	columnQuestion
	columnAnswer
	columnChoices
	columnComment
	columnEvidence
	columnWhyNot
	columnGuide
)

// writing is one workbook being written.
type writing struct {
	Form
	p     locale.Printer
	entry entries
	names map[string]bool // of sheets, folded
}

// Write gives the workbook of a form in the printer's language. The same form gives the same bytes. No text of it becomes a
// formula.
func Write(p locale.Printer, f Form) ([]byte, error) {
	w := &writing{Form: f, p: p, entry: newEntries(p), names: map[string]bool{}}
	cover := w.sheetName(p.T("workbook.cover"))
	parts := w.parts()
	book := sheet.Workbook{
		Title: fmt.Sprintf("%s · %s", p.T("workbook.title"), f.Contract), Subject: f.Supplier, Creator: f.Structure, Language: p.Language().Tag(),
		Footer: p.T("workbook.footer", "supplier", f.Supplier, "structure", f.Structure),
		Sheets: []sheet.Sheet{w.cover(cover, parts)},
	}
	for _, part := range parts {
		book.Sheets = append(book.Sheets, part.Sheet)
	}
	book.Sheets = append(book.Sheets, identitySheet(w.identity()))
	data, err := sheet.Write(book)
	if err != nil {
		return nil, fmt.Errorf("write the questionnaire of %s: %w", f.Supplier, err)
	}
	return data, nil
}

// part is a sheet that is filled in, with what the cover says of it.
type part struct {
	sheet.Sheet
	title   string
	count   int
	minutes int
}

// parts makes a sheet for each domain that something is asked of, and one for the attestations.
func (w *writing) parts() []part {
	var parts []part
	for _, domain := range w.Library.Domains {
		title := w.set(domain.Title)
		p := part{title: title}
		for _, q := range w.Questionnaire.Questions {
			if q.Domain == domain.ID {
				p.Rows = append(p.Rows, w.question(q))
				p.minutes += q.Minutes
				if q.ShowWhen == nil {
					p.needed(len(p.Rows) - 1)
				}
			}
		}
		if len(p.Rows) > 0 {
			parts = append(parts, w.finish(p, w.p.T("workbook.column.guide")))
		}
	}
	attested := part{title: w.p.T("workbook.attestations")}
	for i, at := range w.Questionnaire.Attestations {
		attested.Rows = append(attested.Rows, w.attestation(at))
		attested.minutes = (i + 2) / 2 // half a minute each
		attested.needed(i)
	}
	if len(attested.Rows) > 0 {
		parts = append(parts, w.finish(attested, w.p.T("workbook.column.clause")))
	}
	return parts
}

// needed says that a row waits for an answer.
func (p *part) needed(row int) {
	if p.Marks == nil {
		p.Marks = []sheet.Mark{
			{Columns: []int{columnAnswer, columnWhyNot}, Filled: []int{columnAnswer, columnWhyNot}, Tone: sheet.Clash},
			{Columns: []int{columnAnswer}, Empty: []int{columnAnswer}, Filled: []int{columnWhyNot}, Tone: sheet.Moot},
			{Columns: []int{columnAnswer}, Empty: []int{columnAnswer, columnWhyNot}, Tone: sheet.Missing},
		}
	}
	p.Marks[len(p.Marks)-1].Rows = append(p.Marks[len(p.Marks)-1].Rows, row)
}

// finish gives a sheet its name, its columns and its manners.
func (w *writing) finish(p part, guide string) part {
	p.count, p.Name = len(p.Rows), w.sheetName(p.title)
	p.Protected, p.Frozen, p.Printed = true, 2, columnGuide+1
	p.Columns = []sheet.Column{
		columnID:       {Title: w.p.T("workbook.column.id"), Width: 10, Bold: true, Look: sheet.Given},
		columnQuestion: {Title: w.p.T("workbook.column.question"), Width: 34, Look: sheet.Given},
		columnAnswer:   {Title: w.p.T("workbook.column.answer"), Width: 22},
		columnChoices:  {Title: w.p.T("workbook.column.choices"), Width: 42, Look: sheet.Guide},
		columnComment:  {Title: w.p.T("workbook.column.comment"), Width: 25},
		columnEvidence: {Title: w.p.T("workbook.column.evidence"), Width: 19},
		columnWhyNot:   {Title: w.p.T("workbook.column.why-not"), Width: 19},
		columnGuide:    {Title: guide, Width: 42, Look: sheet.Guide},
	}
	return p
}

func (w *writing) set(t content.Text) string {
	return locale.Typography(w.p.Language(), strings.TrimSpace(t.In(w.p.Language())))
}

// question is the row of a question.
func (w *writing) question(q *questionnaire.Question) []sheet.Cell {
	text := w.set(q.Text)
	if q.ShowWhen != nil {
		text += "\n" + w.condition(q.ShowWhen)
	}
	guide := []string{w.set(q.Help)}
	if evidence := w.set(q.Evidence); evidence != "" {
		guide = append(guide, w.p.T("workbook.expected-evidence", "evidence", evidence))
	}
	guide = slices.DeleteFunc(guide, func(s string) bool { return s == "" })
	return w.row(q.ID, q, text, choices(w.p, q), strings.Join(guide, "\n"))
}

func (w *writing) attestation(at questionnaire.Attestation) []sheet.Cell {
	c := w.Clause(at.Clause)
	return w.row(at.ID, questionnaire.Attested(), w.p.T("workbook.attest", "clause", at.Clause, "title", c.Title), choices(w.p, questionnaire.Attested()), short(c.Text))
}

// maxGuide is the longest text that a row shows whole, in characters; a clause that is longer is read in the annex.
const maxGuide = 1200

func short(text string) string {
	if utf8.RuneCountInString(text) <= maxGuide {
		return text
	}
	cut := string([]rune(text)[:maxGuide])
	if space := strings.LastIndexAny(cut, " \n"); space > 0 {
		cut = cut[:space]
	}
	return cut + " […]"
}

// row is a row of a sheet that is filled in, with what was answered so far.
func (w *writing) row(id string, q *questionnaire.Question, text, choices, guide string) []sheet.Cell {
	given := w.Answers[id]
	answer := w.answered(q, given.Given)
	answer.Entry = w.entry.of(q)
	free := func(text string) sheet.Cell { return sheet.Cell{Text: text, Entry: w.entry.free} }
	return []sheet.Cell{
		columnID: sheet.Text(id), columnQuestion: sheet.Text(text), columnAnswer: answer, columnChoices: sheet.Text(choices),
		columnComment: free(given.Comment), columnEvidence: free(strings.Join(given.Evidence, "\n")), columnWhyNot: free(given.NotApplicable),
		columnGuide: sheet.Text(guide),
	}
}

// answered is an answer as its cell holds it.
func (w *writing) answered(q *questionnaire.Question, given []content.Scalar) sheet.Cell {
	if len(given) == 0 {
		return sheet.Cell{}
	}
	first := string(given[0])
	switch q.Type {
	case questionnaire.Maturity:
		return sheet.Text(level(w.p, first))
	case questionnaire.YesNo:
		return sheet.Text(w.p.T("workbook.answer." + first))
	case questionnaire.Single, questionnaire.Multi:
		return sheet.Text(strings.Join(w.labels(q, given), "\n"))
	case questionnaire.Number:
		return sheet.Number(content.Decimal(first).Float())
	case questionnaire.Date:
		if day, err := time.Parse(time.DateOnly, first); err == nil {
			return sheet.Cell{Date: day}
		}
	}
	return sheet.Text(first)
}

func (w *writing) labels(q *questionnaire.Question, given []content.Scalar) []string {
	var labels []string
	for _, o := range q.Options {
		if slices.Contains(given, content.Scalar(o.ID)) {
			labels = append(labels, w.set(o.Label))
		}
	}
	return labels
}

// condition says after which answers to another question this one counts.
func (w *writing) condition(c *questionnaire.Condition) string {
	var answers []string
	other, known := w.Library.Question(c.Question)
	for _, answer := range c.In {
		said := string(answer)
		if known {
			said = w.answered(other, []content.Scalar{answer}).Text
		}
		answers = append(answers, said)
	}
	return w.p.T("workbook.condition", "question", c.Question, "answers", strings.Join(answers, " / "))
}

// maxSheetName is the longest name of a sheet, in characters.
const maxSheetName = 31

// sheetName makes a title fit for a sheet: short, without the signs that Excel refuses, different from the others.
func (w *writing) sheetName(title string) string {
	base := strings.Join(strings.FieldsFunc(title, func(r rune) bool { return r < ' ' || strings.ContainsRune(`:\/?*[]'`, r) }), " ")
	name := shortened(base, maxSheetName)
	for n := 2; w.names[locale.Fold(name)]; n++ {
		end := fmt.Sprintf(" %d", n)
		name = shortened(base, maxSheetName-len(end)) + end
	}
	w.names[locale.Fold(name)] = true
	return name
}

// shortened cuts a title between words.
func shortened(title string, limit int) string {
	runes := []rune(strings.TrimSpace(title))
	if len(runes) <= limit {
		return string(runes)
	}
	cut := strings.TrimRight(string(runes[:limit-1]), " ")
	if space := strings.LastIndexAny(cut, " \u00a0"); space > limit/2 {
		cut = cut[:space]
	}
	return strings.TrimRight(cut, " ,;:") + "…"
}
