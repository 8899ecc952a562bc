package workbook

import (
	"strconv"
	"strings"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/sheet"
)

// level names a level of maturity: "3 · Appliqué".
func level(p locale.Printer, n string) string {
	return n + " · " + p.T("workbook.level."+n)
}

// yesPartialNo are the words of a closed answer.
func yesPartialNo(p locale.Printer) []string {
	return []string{p.T("workbook.answer.yes"), p.T("workbook.answer.partial"), p.T("workbook.answer.no")}
}

// levels names the five levels.
func levels(p locale.Printer) []string {
	var all []string
	for n := range 5 {
		all = append(all, level(p, strconv.Itoa(n)))
	}
	return all
}

// options gives the labels of a question's options.
func options(p locale.Printer, q *questionnaire.Question) []string {
	labels := make([]string, len(q.Options))
	for i, o := range q.Options {
		labels[i] = locale.Typography(p.Language(), strings.TrimSpace(o.Label.In(p.Language())))
	}
	return labels
}

// choices is what stands beside the cell of an answer: what each answer means, or what is expected.
func choices(p locale.Printer, q *questionnaire.Question) string {
	switch q.Type {
	case questionnaire.Maturity:
		if q.Levels == nil {
			break
		}
		var lines []string
		for n, text := range q.Levels.All() {
			lines = append(lines, strconv.Itoa(n)+" · "+locale.Typography(p.Language(), strings.TrimSpace(text.In(p.Language()))))
		}
		return strings.Join(lines, "\n")
	case questionnaire.YesNo:
		return strings.Join(yesPartialNo(p), " · ")
	case questionnaire.Single:
		return "– " + strings.Join(options(p, q), "\n– ")
	case questionnaire.Multi:
		return p.T("workbook.several") + "\n– " + strings.Join(options(p, q), "\n– ")
	}
	return locale.Capitalise(Expected(p, q))
}

// Expected says in a few words what the cell of an answer takes: "un nombre de jours, comme 30".
func Expected(p locale.Printer, q *questionnaire.Question) string {
	switch q.Type {
	case questionnaire.Maturity:
		return p.T("workbook.expected.maturity", "levels", strings.Join(levels(p), ", "))
	case questionnaire.YesNo:
		return p.T("workbook.expected.yesno", "answers", strings.Join(yesPartialNo(p), ", "))
	case questionnaire.Single:
		return p.T("workbook.expected.single", "answers", quoted(p, options(p, q)))
	case questionnaire.Multi:
		return p.T("workbook.expected.multi", "answers", quoted(p, options(p, q)))
	case questionnaire.Number:
		return expectedNumber(p, q.Unit)
	case questionnaire.Date:
		return p.T("workbook.expected.date")
	case questionnaire.File:
		return p.T("workbook.expected.file")
	}
	return p.T("workbook.expected.text")
}

func quoted(p locale.Printer, texts []string) string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = locale.Typography(p.Language(), `"`+text+`"`)
	}
	return strings.Join(all, ", ")
}

func expectedNumber(p locale.Printer, unit string) string {
	switch unit {
	case "days", "hours", "months":
		return p.T("workbook.expected.number-of", "unit", p.T("unit."+unit, "count", 30))
	case "percent":
		return p.T("workbook.expected.percent")
	case "number", "":
		return p.T("workbook.expected.number")
	}
	return p.T("workbook.expected.number-in", "unit", unit)
}

// entries are the rules of the cells that are filled in; questions answered alike share theirs.
type entries struct {
	p        locale.Printer
	free     *sheet.Entry
	maturity *sheet.Entry
	yesNo    *sheet.Entry
	date     *sheet.Entry
	file     *sheet.Entry
	numbers  map[string]*sheet.Entry // by unit
}

func newEntries(p locale.Printer) entries {
	refused := p.T("workbook.refused.list")
	return entries{
		p: p, free: &sheet.Entry{Kind: sheet.TextEntry}, numbers: map[string]*sheet.Entry{},
		maturity: &sheet.Entry{Kind: sheet.ListEntry, Choices: levels(p), Refused: refused},
		yesNo:    &sheet.Entry{Kind: sheet.ListEntry, Choices: yesPartialNo(p), Refused: refused},
		date: &sheet.Entry{
			Kind: sheet.DateEntry, DayFormat: p.T("workbook.day-format"), Title: p.T("workbook.note.date"), Note: p.T("workbook.note.date.text"), Refused: p.T("workbook.note.date.text"),
		},
		file: &sheet.Entry{Kind: sheet.TextEntry, Title: p.T("workbook.note.file"), Note: p.T("workbook.note.file.text")},
	}
}

func (e entries) of(q *questionnaire.Question) *sheet.Entry {
	switch q.Type {
	case questionnaire.Maturity:
		return e.maturity
	case questionnaire.YesNo:
		return e.yesNo
	case questionnaire.Single:
		return &sheet.Entry{Kind: sheet.ListEntry, Choices: options(e.p, q), Refused: e.p.T("workbook.refused.list")}
	case questionnaire.Multi:
		return &sheet.Entry{
			Kind: sheet.ListEntry, Choices: options(e.p, q), Loose: true, Title: e.p.T("workbook.note.multi"), Note: e.p.T("workbook.note.multi.text"),
		}
	case questionnaire.Date:
		return e.date
	case questionnaire.File:
		return e.file
	case questionnaire.Number:
		if e.numbers[q.Unit] == nil {
			text := locale.Capitalise(expectedNumber(e.p, q.Unit)) + "."
			e.numbers[q.Unit] = &sheet.Entry{Kind: sheet.NumberEntry, Title: e.p.T("workbook.note.number"), Note: text, Refused: text}
		}
		return e.numbers[q.Unit]
	}
	return e.free
}
