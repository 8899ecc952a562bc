// Package sheet turns plain values into Excel workbooks. It knows workbooks and nothing of what they say, and alone
// imports excelize.
//
// A text is always a text: one that begins like a formula is kept as it is and never becomes one.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Workbook is a file with its sheets, in this order.
type Workbook struct {
	Title    string
	Subject  string
	Creator  string
	Language string // of the texts, as Excel writes it: "fr-FR"
	Footer   string // at the foot of each printed page, before its number
	Sheets   []Sheet
}

// Sheet is a table under one header row, which stays in sight, is repeated on each printed page and filters the rows. Its
// first columns are printed, as many as a page takes.
// Name is of at most 31 characters, without any of : \ / ? * [ ]; a straight apostrophe becomes a curly one, since excelize
// does not double it where filters name the sheet.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    [][]Cell // each as long as Columns, or shorter
}

// Column is a column of a sheet. Width is in characters of the body's font.
type Column struct {
	Title string
	Width float64
	Align Align
	Bold  bool // the column that names its row
}

// Align is how the cells of a column stand.
type Align string

// The alignments of a column.
const (
	Left   Align = "left"
	Right  Align = "right"
	Center Align = "center"
)

// Cell is a text or a number; Href makes a link of it.
type Cell struct {
	Text   string
	Number *float64
	Href   string
}

// Text gives a cell that holds a text.
func Text(text string) Cell { return Cell{Text: text} }

// Number gives a cell that holds a number.
func Number(value float64) Cell { return Cell{Number: &value} }

// MaxText is the longest text that a cell holds, in the characters that Excel counts: UTF-16 units. A longer one would be
// cut in silence.
const MaxText = excelize.TotalCellChars

// ErrTooLong says that a text does not fit into a cell.
var ErrTooLong = errors.New("text too long for a cell")

// Write gives the workbook as the bytes of an .xlsx. It returns ErrTooLong when a text does not fit into its cell, and
// otherwise fails on what a caller got wrong: the name of a sheet, a row longer than its columns.
func Write(w Workbook) ([]byte, error) {
	file := excelize.NewFile()
	defer func() { _ = file.Close() }() // nothing of it is on disk
	styles := &styles{file: file, known: map[style]int{}}
	for i, s := range w.Sheets {
		s.Name = strings.ReplaceAll(s.Name, "'", "’")
		if err := addSheet(file, styles, i, s, w.Footer); err != nil {
			return nil, fmt.Errorf("write the sheet %q: %w", s.Name, err)
		}
	}
	if err := file.SetDocProps(&excelize.DocProperties{Title: clean(w.Title), Subject: clean(w.Subject), Creator: clean(w.Creator), LastModifiedBy: clean(w.Creator), Language: w.Language}); err != nil {
		return nil, fmt.Errorf("write the properties: %w", err)
	}
	var out bytes.Buffer
	if err := file.Write(&out); err != nil {
		return nil, fmt.Errorf("write the workbook: %w", err)
	}
	return out.Bytes(), nil
}

func addSheet(file *excelize.File, styles *styles, index int, s Sheet, footer string) error {
	if index == 0 {
		if err := file.SetSheetName(file.GetSheetName(0), s.Name); err != nil {
			return err
		}
	} else if _, err := file.NewSheet(s.Name); err != nil {
		return err
	}
	if err := header(file, styles, s); err != nil {
		return err
	}
	for i, row := range s.Rows {
		if len(row) > len(s.Columns) {
			return fmt.Errorf("row %d has %d cells for %d columns", i+1, len(row), len(s.Columns))
		}
		if err := file.SetRowHeight(s.Name, i+2, height(s.Columns, row)); err != nil {
			return err
		}
		for j, cell := range row {
			if err := put(file, styles, s.Name, s.Columns[j], cell, j+1, i+2); err != nil {
				return err
			}
		}
	}
	return layOut(file, s, footer)
}

func header(file *excelize.File, styles *styles, s Sheet) error {
	for i, c := range s.Columns {
		letters, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := file.SetColWidth(s.Name, letters, letters, c.Width); err != nil {
			return err
		}
		id, err := styles.get(style{header: true, align: c.Align})
		if err != nil {
			return err
		}
		if err := file.SetCellStr(s.Name, letters+"1", clean(c.Title)); err != nil {
			return err
		}
		if err := file.SetCellStyle(s.Name, letters+"1", letters+"1", id); err != nil {
			return err
		}
	}
	return nil
}

func put(file *excelize.File, styles *styles, sheet string, c Column, cell Cell, column, row int) error {
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	id, err := styles.get(style{align: c.Align, bold: c.Bold, number: cell.Number != nil, link: cell.Href != ""})
	if err != nil {
		return err
	}
	if err := file.SetCellStyle(sheet, at, at, id); err != nil {
		return err
	}
	if cell.Number != nil {
		return file.SetCellFloat(sheet, at, *cell.Number, -1, 64)
	}
	text := clean(cell.Text)
	if units(text) > MaxText {
		return fmt.Errorf("%s: %w", at, ErrTooLong)
	}
	if text == "" {
		return nil
	}
	if cell.Href != "" {
		if err := file.SetCellHyperLink(sheet, at, cell.Href, "External"); err != nil {
			return err
		}
	}
	return file.SetCellStr(sheet, at, text)
}

// clean drops what XML cannot hold, so that no text from outside breaks the file.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r == '\n', r == '\t':
			return r
		case r < ' ', r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError:
			return -1
		}
		return r
	}, text)
}

// units counts a text as Excel does.
func units(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
