// Package sheet turns plain values into Excel workbooks. It knows workbooks and nothing of what they say, and alone
// imports excelize.
//
// A text is always a text: one that begins like a formula is kept as it is and never becomes one.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
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

	Page      bool // read from top to bottom like a letter: no header row, no filter, printed upright
	Hidden    bool // not shown, nor offered by “unhide”
	Protected bool // only cells with an Entry change; there is no password, it guards against slips
	Frozen    int  // first columns that stay in sight; 1 when 0
	Printed   int  // first columns that are printed; as many as a page takes when 0
	Marks     []Mark
}

// Column is a column of a sheet. Width is in characters of the body's font.
type Column struct {
	Title string
	Width float64
	Align Align
	Bold  bool // the column that names its row
	Look  Look // of the cells that have none
}

// Align is how the cells of a column stand.
type Align string

// The alignments of a column.
const (
	Left   Align = "left"
	Right  Align = "right"
	Center Align = "center"
)

// Cell is a text, a number or a date; Href and Sheet make a link of it, to an address or to a sheet of the workbook. With an
// Entry it is to be filled in.
type Cell struct {
	Text   string
	Number *float64
	Date   time.Time // of a day
	Href   string
	Sheet  string
	Look   Look
	Span   int // columns that it takes, itself included; 1 when 0
	Entry  *Entry
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
	file.SetZipWriter(func(out io.Writer) excelize.ZipWriter { return &parts{out: out} })
	out := writer{file: file, styles: &styles{file: file, known: map[style]int{}}, footer: w.Footer, lists: map[string]string{}}
	sheets := make([]Sheet, 0, len(w.Sheets)+1)
	for _, s := range w.Sheets {
		s.Name = strings.ReplaceAll(s.Name, "'", "’")
		sheets = append(sheets, s)
	}
	sheets = append(sheets, out.gatherLists(sheets)...)
	for _, step := range []func(int, Sheet) error{out.add, out.fill} {
		for i, s := range sheets {
			if err := step(i, s); err != nil {
				return nil, fmt.Errorf("write the sheet %q: %w", s.Name, err)
			}
		}
	}
	if err := file.SetDocProps(&excelize.DocProperties{Title: clean(w.Title), Subject: clean(w.Subject), Creator: clean(w.Creator), LastModifiedBy: clean(w.Creator), Language: w.Language}); err != nil {
		return nil, fmt.Errorf("write the properties: %w", err)
	}
	var data bytes.Buffer
	if err := file.Write(&data); err != nil {
		return nil, fmt.Errorf("write the workbook: %w", err)
	}
	return data.Bytes(), nil
}

// writer writes the sheets of one workbook, each row once and in order.
type writer struct {
	file   *excelize.File
	styles *styles
	footer string
	lists  map[string]string // where a list of choices stands, by its choices
	long   [][]string        // the lists that stand in a hidden sheet, a column each
}

// add makes a sheet with what concerns it as a whole. All are there before the first is filled: excelize would read a filled
// one again to hide another.
func (w *writer) add(index int, s Sheet) error {
	if index == 0 {
		if err := w.file.SetSheetName(w.file.GetSheetName(0), s.Name); err != nil {
			return err
		}
	} else if _, err := w.file.NewSheet(s.Name); err != nil {
		return err
	}
	if s.Hidden {
		return w.file.SetSheetVisible(s.Name, false, true)
	}
	return nil
}

// fill writes the rows of a sheet, from the first to the last, and all that stands around them.
func (w *writer) fill(_ int, s Sheet) error {
	if err := w.fitToPage(s); err != nil {
		return err
	}
	stream, err := w.file.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	for _, step := range []func(Sheet, *excelize.StreamWriter) error{w.columns, w.layOut, w.entries, w.rows, w.protect} {
		if err := step(s, stream); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// columns sets the widths, and what of the sheet stays in sight.
func (w *writer) columns(s Sheet, stream *excelize.StreamWriter) error {
	for i, c := range s.Columns {
		if err := stream.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
	}
	if s.Page || len(s.Columns) == 0 {
		no := false
		return w.file.SetSheetView(s.Name, 0, &excelize.ViewOptions{ShowGridLines: &no})
	}
	frozen := max(1, s.Frozen)
	corner, err := excelize.CoordinatesToCellName(frozen+1, 2)
	if err != nil {
		return err
	}
	return stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: frozen, YSplit: 1, TopLeftCell: corner, ActivePane: "bottomRight"})
}

func (w *writer) rows(s Sheet, stream *excelize.StreamWriter) error {
	first := 1
	if !s.Page && len(s.Columns) > 0 {
		first = 2
		if err := w.header(s, stream); err != nil {
			return err
		}
	}
	values := make([]any, 0, len(s.Columns))
	for i, row := range s.Rows {
		if len(row) > len(s.Columns) {
			return fmt.Errorf("row %d has %d cells for %d columns", i+1, len(row), len(s.Columns))
		}
		values = values[:0]
		for j, cell := range row {
			value, err := w.cell(s, cell, j, first+i, stream)
			if err != nil {
				return err
			}
			values = append(values, value)
		}
		at, err := excelize.CoordinatesToCellName(1, first+i)
		if err != nil {
			return err
		}
		if err := stream.SetRow(at, values, excelize.RowOpts{Height: height(s.Columns, row)}); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) header(s Sheet, stream *excelize.StreamWriter) error {
	titles := make([]any, len(s.Columns))
	for i, c := range s.Columns {
		id, err := w.styles.get(style{look: Head, align: c.Align})
		if err != nil {
			return err
		}
		titles[i] = excelize.Cell{StyleID: id, Value: clean(c.Title)}
	}
	return stream.SetRow("A1", titles, excelize.RowOpts{Height: headerHeight})
}

// cell gives what a cell holds with its style, and notes where it leads and how far it reaches.
func (w *writer) cell(s Sheet, cell Cell, column, row int, stream *excelize.StreamWriter) (excelize.Cell, error) {
	at, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return excelize.Cell{}, err
	}
	out := excelize.Cell{}
	if out.StyleID, err = w.styles.get(styleOf(s.Columns[column], cell)); err != nil {
		return out, err
	}
	if cell.Span > 1 {
		end, err := excelize.CoordinatesToCellName(column+cell.Span, row)
		if err != nil {
			return out, err
		}
		if err := stream.MergeCell(at, end); err != nil {
			return out, err
		}
	}
	text := clean(cell.Text)
	switch {
	case cell.Number != nil:
		out.Value = *cell.Number
	case !cell.Date.IsZero():
		out.Value = serial(cell.Date)
	case units(text) > MaxText:
		return out, fmt.Errorf("%s: %w", at, ErrTooLong)
	case text != "":
		out.Value = text
		return out, w.link(s.Name, at, cell)
	}
	return out, nil
}

func (w *writer) link(sheet, at string, cell Cell) error {
	switch {
	case cell.Href != "":
		return w.file.SetCellHyperLink(sheet, at, cell.Href, "External")
	case cell.Sheet != "":
		return w.file.SetCellHyperLink(sheet, at, "'"+strings.ReplaceAll(cell.Sheet, "'", "’")+"'!A1", "Location")
	}
	return nil
}

// clean drops what XML cannot hold, so that no text from outside breaks the file.
func clean(text string) string {
	if plain(text) {
		return text
	}
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

// plain tells a text with nothing to drop, as nearly all are. Every rune that may have to go has a byte below a space, or 0xEF.
func plain(text string) bool {
	for i := range len(text) {
		if b := text[i]; b < ' ' && b != '\n' && b != '\t' || b == 0xEF {
			return false
		}
	}
	return utf8.ValidString(text)
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
