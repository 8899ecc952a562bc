package sheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// EntryKind is what a cell takes.
type EntryKind string

// The kinds of entry.
const (
	TextEntry   EntryKind = "text"
	ListEntry   EntryKind = "list" // one of the choices
	NumberEntry EntryKind = "number"
	DateEntry   EntryKind = "date"
)

// Entry tells what a cell takes. Cells that share an Entry share its rule. Values that Excel would not let in can still come
// back: whoever reads the file checks them.
type Entry struct {
	Kind      EntryKind
	Choices   []string // of a list
	Loose     bool     // the list proposes, other texts are let in: several choices in one cell
	Title     string   // of the note shown beside the cell, at most 32 characters; no note without it
	Note      string   // at most 255 characters, cut beyond
	Refused   string   // what is said of a value that is not let in
	DayFormat string   // of a date: "dd/mm/yyyy"
}

// Tone is what a mark says.
type Tone string

// The tones of a mark.
const (
	Missing Tone = "missing" // to be filled in
	Moot    Tone = "moot"    // needs nothing
	Clash   Tone = "clash"   // contradicts itself
)

// Mark colours some columns of a row, which is decided again with every change: when the columns named Empty hold nothing and
// those named Filled hold something. Columns count from 0.
type Mark struct {
	Columns       []int
	Empty, Filled []int
	Tone          Tone
	Rows          []int // those that it is for, from 0; all when nil
}

// The greatest lengths of the parts of a rule, in characters.
const (
	maxNoteTitle = 32
	maxNote      = 255
	maxList      = 255
)

// entries gives the cells that are filled in their rules, and the rows their marks.
func (w *writer) entries(s Sheet, _ *excelize.StreamWriter) error {
	first := 2
	if s.Page {
		first = 1
	}
	var order []*Entry
	places := map[*Entry][]string{}
	for i, row := range s.Rows {
		for j, cell := range row {
			e := cell.Entry
			if e == nil || e.Kind == TextEntry && e.Title == "" {
				continue
			}
			at, err := excelize.CoordinatesToCellName(j+1, first+i)
			if err != nil {
				return err
			}
			if places[e] == nil {
				order = append(order, e)
			}
			places[e] = append(places[e], at)
		}
	}
	for _, e := range order {
		if err := w.rule(s.Name, e, strings.Join(places[e], " ")); err != nil {
			return err
		}
	}
	for _, m := range s.Marks {
		if err := w.mark(s, m, first); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) rule(sheet string, e *Entry, cells string) error {
	rule := excelize.NewDataValidation(true)
	rule.SetSqref(cells)
	switch e.Kind {
	case ListEntry:
		if place := w.place(e.Choices); place != "" {
			rule.SetSqrefDropList(place)
		} else if err := rule.SetDropList(e.Choices); err != nil {
			return fmt.Errorf("list the choices of %s: %w", cells, err)
		}
	case NumberEntry:
		if err := rule.SetRange(0, 0, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorGreaterThanOrEqual); err != nil {
			return err
		}
	case DateEntry:
		if err := rule.SetRange(earliest, latest, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween); err != nil {
			return err
		}
	}
	if e.Title != "" {
		rule.SetInput(cut(clean(e.Title), maxNoteTitle), cut(clean(e.Note), maxNote))
	}
	if e.Kind != TextEntry && !e.Loose {
		rule.SetError(excelize.DataValidationErrorStyleStop, cut(clean(e.Title), maxNoteTitle), cut(clean(e.Refused), maxNote))
	}
	return w.file.AddDataValidation(sheet, rule)
}

// The days that a date may be: from 1 January 1970 to 31 December 2199.
const (
	earliest = 25569
	latest   = 109574
)

// place gives where a list stands that is too long for a rule, or has commas; empty when it fits.
func (w *writer) place(choices []string) string {
	joined := strings.Join(choices, ",")
	if units(joined) <= maxList && !strings.ContainsFunc(strings.Join(choices, ""), func(r rune) bool { return strings.ContainsRune(`,"<>&`, r) }) {
		return ""
	}
	key := strings.Join(choices, "\n")
	if place, ok := w.lists[key]; ok {
		return place
	}
	w.long = append(w.long, choices)
	column, _ := excelize.ColumnNumberToName(len(w.long)) // a workbook has not 16,384 lists
	place := fmt.Sprintf("'%s'!$%s$1:$%s$%d", listSheet, column, column, len(choices))
	w.lists[key] = place
	return place
}

// listSheet holds the lists that do not fit into a rule.
const listSheet = "Garant.lists"

// gatherLists gives the sheet of the lists that do not fit into a rule, or none.
func (w *writer) gatherLists(sheets []Sheet) []Sheet {
	for _, s := range sheets {
		for _, row := range s.Rows {
			for _, cell := range row {
				if cell.Entry != nil && cell.Entry.Kind == ListEntry {
					w.place(cell.Entry.Choices)
				}
			}
		}
	}
	if len(w.long) == 0 {
		return nil
	}
	lists := Sheet{Name: listSheet, Page: true, Hidden: true, Protected: true, Columns: make([]Column, len(w.long))}
	for i, choices := range w.long {
		lists.Columns[i].Width = 30
		for j, choice := range choices {
			if j == len(lists.Rows) {
				lists.Rows = append(lists.Rows, make([]Cell, len(w.long)))
			}
			lists.Rows[j][i] = Text(choice)
		}
	}
	return []Sheet{lists}
}

// mark writes a mark on each run of its rows.
func (w *writer) mark(s Sheet, m Mark, first int) error {
	rows := m.Rows
	if rows == nil {
		for i := range s.Rows {
			rows = append(rows, i)
		}
	}
	style, err := w.file.NewConditionalStyle(m.Tone.excel())
	if err != nil {
		return err
	}
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n] == rows[0]+n {
			n++
		}
		var areas []string
		for _, column := range m.Columns {
			name, err := excelize.ColumnNumberToName(column + 1)
			if err != nil {
				return err
			}
			areas = append(areas, fmt.Sprintf("%s%d:%s%d", name, first+rows[0], name, first+rows[n-1]))
		}
		rule := excelize.ConditionalFormatOptions{Type: "formula", Criteria: m.criteria(first + rows[0]), Format: &style, StopIfTrue: true}
		for _, area := range areas {
			if err := w.file.SetConditionalFormat(s.Name, area, []excelize.ConditionalFormatOptions{rule}); err != nil {
				return err
			}
		}
		rows = rows[n:]
	}
	return nil
}

// criteria tells of a row whether it is marked. It is made of column letters alone, never of what a cell holds.
func (m Mark) criteria(row int) string {
	var tests []string
	for _, column := range slices.Concat(m.Empty, m.Filled) {
		name, _ := excelize.ColumnNumberToName(column + 1)
		sign := "="
		if slices.Contains(m.Filled, column) {
			sign = ">"
		}
		tests = append(tests, fmt.Sprintf("LEN(TRIM($%s%d))%s0", name, row, sign))
	}
	return "AND(" + strings.Join(tests, ",") + ")"
}

// tones are the colours of the marks.
var tones = map[Tone]struct{ fill, ink string }{Missing: {"FDF1D8", ink}, Moot: {"ECEDEA", inkSoft}, Clash: {"FBE3DF", "8C1D18"}}

func (t Tone) excel() *excelize.Style {
	return &excelize.Style{
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{tones[t].fill}},
		Font: &excelize.Font{Color: tones[t].ink},
	}
}

// protect keeps what is not to be filled in from being changed by a slip.
func (w *writer) protect(s Sheet, _ *excelize.StreamWriter) error {
	if !s.Protected {
		return nil
	}
	return w.file.ProtectSheet(s.Name, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, AutoFilter: true, FormatColumns: true, FormatRows: true, Sort: true,
	})
}

// cut shortens a text to so many characters, as Excel counts them.
func cut(text string, limit int) string {
	if units(text) <= limit {
		return text
	}
	runes := []rune(text)
	for units(string(runes))+1 > limit {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
