package workbook

import (
	"fmt"
	"strconv"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/sheet"
)

// The columns of the cover: a margin, then three that tables use.
const (
	coverMargin = iota
	coverName
	coverFigure
	coverRest
	coverColumns
)

// cover is the first sheet: who asks whom about what, how to answer, what there is to answer.
func (w *writing) cover(name string, parts []part) sheet.Sheet {
	s := sheet.Sheet{Name: name, Page: true, Protected: true, Columns: []sheet.Column{
		coverMargin: {Width: 3}, coverName: {Width: 46}, coverFigure: {Width: 16, Align: sheet.Right}, coverRest: {Width: 30, Align: sheet.Right},
	}}
	add := func(cells ...sheet.Cell) {
		row := make([]sheet.Cell, coverColumns)
		row[coverMargin].Look = sheet.Plain
		for i := range coverColumns - 1 {
			row[i+1].Look = sheet.Plain
		}
		copy(row[1:], cells)
		s.Rows = append(s.Rows, row)
	}
	wide := func(look sheet.Look, text string) { add(sheet.Cell{Text: text, Look: look, Span: 3}) }
	wide(sheet.Opening, w.Structure)
	wide(sheet.Title, w.p.T("workbook.title"))
	wide(sheet.Plain, w.Contract)
	add()
	for _, fact := range w.facts(parts) {
		add(sheet.Cell{Text: fact[0], Look: sheet.Label}, sheet.Cell{Text: fact[1], Span: 2, Look: sheet.Value}, sheet.Cell{Look: sheet.Value})
	}
	wide(sheet.Heading, w.p.T("workbook.how"))
	for n := 1; n <= steps; n++ {
		wide(sheet.Plain, fmt.Sprintf("%d.\u00a0%s", n, w.p.T("workbook.how."+strconv.Itoa(n))))
	}
	wide(sheet.Heading, w.p.T("workbook.colours"))
	for _, tone := range []struct {
		look sheet.Look
		key  string
	}{{sheet.ToneMissing, "missing"}, {sheet.ToneMoot, "moot"}, {sheet.ToneClash, "clash"}} {
		add(sheet.Cell{Text: w.p.T("workbook.colour." + tone.key), Look: tone.look}, sheet.Cell{Text: w.p.T("workbook.colour." + tone.key + ".text"), Span: 2, Look: sheet.Value}, sheet.Cell{Look: sheet.Value})
	}
	wide(sheet.Heading, w.p.T("workbook.parts"))
	head := func(key string) sheet.Cell { return sheet.Cell{Text: w.p.T(key), Look: sheet.Head} }
	add(head("workbook.parts.name"), head("workbook.parts.count"), head("workbook.parts.time"))
	for _, p := range parts {
		count := float64(p.count)
		add(sheet.Cell{Text: p.title, Sheet: p.Name}, sheet.Cell{Number: &count}, sheet.Text(w.time(p.minutes)))
	}
	wide(sheet.Muted, w.p.T("workbook.identity-note"))
	return s
}

// steps is how many sentences say how to answer.
const steps = 6

// facts are the lines under the title: a name and what it is.
func (w *writing) facts(parts []part) [][2]string {
	contract := w.Contract
	if w.Reference != "" {
		contract = w.p.T("workbook.contract", "reference", w.Reference, "title", w.Contract)
	}
	facts := [][2]string{
		{w.p.T("workbook.fact.structure"), w.Structure}, {w.p.T("workbook.fact.supplier"), w.Supplier}, {w.p.T("workbook.fact.contract"), contract},
		{w.p.T("workbook.fact.tier"), locale.Capitalise(w.p.T(fmt.Sprintf("tier.%d", w.Tier)))},
	}
	if !w.Due.IsZero() {
		facts = append(facts, [2]string{w.p.T("workbook.fact.due"), w.p.Date(w.Due.Parts())})
	}
	minutes := 0
	for _, p := range parts {
		minutes += p.minutes
	}
	asked := w.p.T("workbook.asked", "count", len(w.Questionnaire.Questions))
	if n := len(w.Questionnaire.Attestations); n > 0 {
		asked = w.p.T("workbook.asked-and-attested", "asked", asked, "attested", w.p.T("workbook.attested", "count", n))
	}
	return append(facts, [2]string{w.p.T("workbook.fact.size"), asked}, [2]string{w.p.T("workbook.fact.time"), w.time(minutes)})
}

// time says about how long something takes: minutes up to an hour, then half hours.
func (w *writing) time(minutes int) string {
	if minutes < 60 {
		return w.p.T("workbook.minutes", "count", max(1, minutes))
	}
	halves := (minutes + 29) / 30
	if halves%2 == 1 {
		return w.p.T("workbook.hours-and-half", "count", halves/2)
	}
	return w.p.T("workbook.hours", "count", halves/2)
}
