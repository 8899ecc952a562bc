package publication

import (
	"strings"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/sheet"
)

// Excel gives both libraries as a workbook in the printer's language: a sheet of clauses, one of questions, one of values
// and one of references, each to be sorted and filtered.
func Excel(p locale.Printer, clauses *clause.Library, questions *questionnaire.Library) ([]byte, error) {
	return sheet.Write(sheet.Workbook{
		Title: p.T("library.title"), Subject: p.T("library.file.version", "version", clauses.Version), Creator: "Garant",
		Language: p.Language().Tag(), Footer: p.T("library.file.footer", "version", clauses.Version),
		Sheets: []sheet.Sheet{
			clauseSheet(p, clauses, questions), questionSheet(p, questions), valueSheet(p, clauses), referenceSheet(p, clauses),
		},
	})
}

func clauseSheet(p locale.Printer, l *clause.Library, questions *questionnaire.Library) sheet.Sheet {
	s := sheet.Sheet{Name: p.T("library.clauses"), Columns: []sheet.Column{
		{Title: p.T("library.clause.id"), Width: 10, Bold: true}, {Title: p.T("library.facet.family"), Width: 20}, {Title: p.T("library.part.title"), Width: 30, Bold: true},
		{Title: p.T("library.part.summary"), Width: 36}, {Title: p.T("library.clause.text"), Width: 80}, {Title: p.T("library.questions.evidence"), Width: 40},
		{Title: p.T("library.clause.fallback"), Width: 40}, {Title: p.T("library.clause.note"), Width: 40}, {Title: p.T("library.clause.level"), Width: 12},
		{Title: p.T("library.clause.applies"), Width: 26}, {Title: p.T("library.facet.door"), Width: 22}, {Title: p.T("library.clause.values"), Width: 34},
		{Title: p.T("library.references"), Width: 44}, {Title: p.T("library.clause.css"), Width: 12}, {Title: p.T("library.questions"), Width: 12}, {Title: p.T("library.column.version"), Width: 9, Align: sheet.Right},
	}}
	for _, family := range l.Families {
		for _, c := range family.Clauses {
			var asked []string
			for _, q := range questions.Verifying(c.ID) {
				asked = append(asked, q.ID)
			}
			s.Rows = append(s.Rows, []sheet.Cell{
				sheet.Text(c.ID), sheet.Text(Set(p, family.Title)), sheet.Text(Set(p, c.Title)),
				sheet.Text(Set(p, c.Summary)), sheet.Text(content.Plain(labelled(p, l, c))), sheet.Text(Set(p, c.Evidence)),
				sheet.Text(Set(p, c.Fallback)), sheet.Text(Set(p, c.Note)), sheet.Text(Tier(p, c.Level.Tier())),
				lines(rules(p, c)), sheet.Text(door(p, c)), lines(values(p, l, c)),
				lines(cited(p, l, c)), lines(c.CSS), lines(asked), sheet.Number(float64(c.Version)),
			})
		}
	}
	return s
}

func questionSheet(p locale.Printer, l *questionnaire.Library) sheet.Sheet {
	s := sheet.Sheet{Name: p.T("library.questions"), Columns: []sheet.Column{
		{Title: p.T("library.clause.id"), Width: 10, Bold: true}, {Title: p.T("library.question.domain"), Width: 20}, {Title: p.T("library.question.text-part"), Width: 56, Bold: true},
		{Title: p.T("library.questions.why"), Width: 40}, {Title: p.T("library.questions.help"), Width: 40}, {Title: p.T("library.questions.evidence"), Width: 36},
		{Title: p.T("library.questions.answers"), Width: 60}, {Title: p.T("library.column.kind"), Width: 20}, {Title: p.T("library.column.module"), Width: 18},
		{Title: p.T("library.column.weight"), Width: 8, Align: sheet.Right}, {Title: p.T("library.column.need"), Width: 16}, {Title: p.T("library.questions.blocking"), Width: 14},
		{Title: p.T("library.column.minutes"), Width: 9, Align: sheet.Right}, {Title: p.T("library.questions.verifies"), Width: 12}, {Title: p.T("library.column.version"), Width: 9, Align: sheet.Right},
	}}
	for _, domain := range l.Domains {
		for _, q := range domain.Questions {
			need, blocking := "", ""
			if q.Need != "" {
				need = p.T("library.need." + string(q.Need))
			}
			if q.Blocking != nil {
				blocking = p.T("library.questions.blocking")
			}
			s.Rows = append(s.Rows, []sheet.Cell{
				sheet.Text(q.ID), sheet.Text(Set(p, domain.Title)), sheet.Text(Set(p, q.Text)),
				sheet.Text(Set(p, q.Why)), sheet.Text(Set(p, q.Help)), sheet.Text(Set(p, q.Evidence)),
				lines(Answers(p, q)), sheet.Text(p.T("library.question." + string(q.Type))), sheet.Text(module(p, l, q)),
				sheet.Number(float64(q.Weight)), sheet.Text(need), sheet.Text(blocking),
				sheet.Number(float64(q.Minutes)), lines(verified(q)), sheet.Number(float64(q.Version)),
			})
		}
	}
	return s
}

func valueSheet(p locale.Printer, l *clause.Library) sheet.Sheet {
	s := sheet.Sheet{Name: p.T("library.variables"), Columns: []sheet.Column{
		{Title: p.T("library.column.value"), Width: 50, Bold: true}, {Title: p.T("library.column.name"), Width: 38}, {Title: p.T("library.column.kind"), Width: 12},
		{Title: Tier(p, tiers[0]), Width: 18}, {Title: Tier(p, tiers[1]), Width: 18}, {Title: Tier(p, tiers[2]), Width: 18},
		{Title: p.T("library.column.bounds"), Width: 34}, {Title: p.T("library.column.used"), Width: 14},
	}}
	for _, x := range l.Variables {
		s.Rows = append(s.Rows, []sheet.Cell{
			sheet.Text(Set(p, x.Label)), sheet.Text(x.Name), sheet.Text(p.T("library.type." + string(x.Type))),
			sheet.Text(Proposed(p, x, tiers[0])), sheet.Text(Proposed(p, x, tiers[1])), sheet.Text(Proposed(p, x, tiers[2])),
			lines(Bounds(p, x)), lines(ids(l.UsedBy(x.Name))),
		})
	}
	return s
}

func referenceSheet(p locale.Printer, l *clause.Library) sheet.Sheet {
	s := sheet.Sheet{Name: p.T("library.references"), Columns: []sheet.Column{
		{Title: p.T("library.clause.id"), Width: 22, Bold: true}, {Title: p.T("library.column.cite"), Width: 46}, {Title: p.T("library.part.title"), Width: 44},
		{Title: p.T("library.column.issuer"), Width: 30}, {Title: p.T("library.type.date"), Width: 18}, {Title: p.T("library.column.scope"), Width: 44},
		{Title: p.T("library.column.status"), Width: 20}, {Title: p.T("library.clause.note"), Width: 40}, {Title: p.T("library.column.used"), Width: 14}, {Title: p.T("library.clause.address"), Width: 50},
	}}
	for _, r := range l.References {
		date := ""
		if !r.Date.IsZero() {
			date = p.Date(r.Date.Parts())
		}
		s.Rows = append(s.Rows, []sheet.Cell{
			sheet.Text(r.ID), sheet.Text(Cite(p, r)), sheet.Text(Set(p, r.Title)),
			sheet.Text(Set(p, r.Issuer)), sheet.Text(date), sheet.Text(Set(p, r.Scope)),
			sheet.Text(Status(p, r)), sheet.Text(Set(p, r.Note)), lines(ids(l.CitedBy(r.ID))), {Text: r.URL, Href: r.URL},
		})
	}
	return s
}

// lines puts several things into one cell, a line each.
func lines(texts []string) sheet.Cell { return sheet.Text(strings.Join(texts, "\n")) }
