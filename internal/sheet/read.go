package sheet

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/garant-sante/garant/internal/fault"
)

// Book is a workbook as it was read: what its cells hold, nothing of how they look.
type Book struct{ Sheets []Grid }

// Grid is a sheet: its rows that hold something, in the order of the file.
type Grid struct {
	Name   string
	Hidden bool
	Rows   []GridRow
}

// GridRow is a row, with its cells that hold something from left to right.
type GridRow struct {
	Number int // as the spreadsheet counts, from 1
	Cells  []Held
}

// At gives the cell of a column, which counts from 1; an empty one when it holds nothing.
func (r GridRow) At(column int) Held {
	i, found := slices.BinarySearchFunc(r.Cells, column, func(h Held, c int) int { return h.Column - c })
	if !found {
		return Held{Column: column}
	}
	return r.Cells[i]
}

// Held is what a cell holds.
type Held struct {
	Column int // from 1
	Kind   HeldKind
	Text   string // of a number its figures, "99.5"; of a date "2027-01-15"; of an error its name
	Number float64
}

// HeldKind is what kind of thing a cell holds.
type HeldKind uint8

// The kinds. What a formula came to is never taken: nobody knows what it was computed from.
const (
	Nothing HeldKind = iota
	AText
	ANumber
	APercentage // a number shown as a percentage: 0.5 is shown as 50 %
	ADate
	ATruth // Text is "1" or "0"
	AnError
	AFormula
)

// CellName is what the spreadsheet calls a cell: "C12".
func CellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return ""
	}
	return name
}

// What is read of a workbook, at most.
const (
	maxSheets  = 200
	maxColumns = 16384
	maxRows    = 1 << 20
	maxCells   = 30_000
	maxStrings = 50_000
	maxHeld    = 8 << 20 // bytes of text in all cells together
)

// Read gives what the cells of an .xlsx hold, whatever program wrote it. What cannot be read is a fault that says why: its
// keys are workbook.empty, too-big, old-format, encrypted, csv, not-zip, incomplete, too-many-parts, duplicate-part,
// open-document, macros, binary, not-workbook, damaged, bomb and too-long. A hostile file is refused before it costs memory
// or time.
func Read(data []byte) (Book, error) {
	a, err := openArchive(data)
	if err != nil {
		return Book{}, err
	}
	r := reader{archive: a}
	book, places, err := r.outline()
	if err != nil {
		return Book{}, err
	}
	for i, place := range places {
		if err := r.grid(&book.Sheets[i], place); err != nil {
			return Book{}, err
		}
	}
	return book, nil
}

type reader struct {
	*archive
	root    string // folder of the workbook part
	strings []string
	formats []HeldKind // of numbers, by style
	epoch   time.Time
	cells   int
	held    int
}

// outline reads what stands around the cells: which sheets there are and where, texts, formats.
func (r *reader) outline() (Book, []string, error) {
	main := "xl/workbook.xml"
	if links, err := r.links("_rels/.rels"); err == nil {
		for _, l := range links {
			if path.Base(l.kind) == "officeDocument" {
				main = within("", l.target)
			}
		}
	}
	r.root = path.Dir(main)
	links, err := r.links(path.Join(r.root, "_rels", path.Base(main)+".rels"))
	if err != nil {
		return Book{}, nil, err
	}
	book, ids, err := r.sheets(main)
	if err != nil {
		return Book{}, nil, err
	}
	places := make([]string, len(ids))
	for _, l := range links {
		target := within(r.root, l.target)
		switch path.Base(l.kind) {
		case "sharedStrings":
			err = r.sharedStrings(target)
		case "styles":
			err = r.styles(target)
		case "worksheet":
			if at := slices.Index(ids, l.id); at >= 0 {
				places[at] = target
			}
		}
		if err != nil {
			return Book{}, nil, err
		}
	}
	return book, places, nil
}

// within gives the place of a part that is named from a folder, or from the root.
func within(folder, target string) string {
	if strings.HasPrefix(target, "/") {
		return path.Clean(target)[1:]
	}
	return path.Join(folder, target)
}

type partLink struct{ id, kind, target string }

func (r *reader) links(name string) ([]partLink, error) {
	data, err := r.read(name)
	if err != nil {
		return nil, err
	}
	var links []partLink
	s := newScanner(data)
	for s.next() {
		if s.opens("Relationship") && s.attr("TargetMode") != "External" {
			links = append(links, partLink{s.attr("Id"), s.attr("Type"), s.attr("Target")})
		}
	}
	return links, r.sound(s, name)
}

// sound says that a part cannot be read when its XML could not.
func (r *reader) sound(s *scanner, name string) error {
	if s.err != nil {
		return fault.NewInvalid("workbook.damaged", "part", shown(name)).Because(s.err)
	}
	return nil
}

func (r *reader) sheets(name string) (Book, []string, error) {
	data, err := r.read(name)
	if err != nil {
		return Book{}, nil, err
	}
	r.epoch = epoch
	var (
		book Book
		ids  []string
	)
	s := newScanner(data)
	for s.next() {
		switch {
		case s.opens("workbookPr"):
			if v := s.attr("date1904"); v == "1" || v == "true" {
				r.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
			}
		case s.opens("sheet"):
			if len(ids) == maxSheets {
				return Book{}, nil, fault.NewInvalid("workbook.too-long")
			}
			state := s.attr("state")
			book.Sheets = append(book.Sheets, Grid{Name: s.attr("name"), Hidden: state == "hidden" || state == "veryHidden"})
			ids = append(ids, s.attr("id"))
		}
	}
	return book, ids, r.sound(s, name)
}

func (r *reader) sharedStrings(name string) error {
	data, err := r.read(name)
	if err != nil {
		return err
	}
	s := newScanner(data)
	for s.next() {
		if s.opens("si") {
			if len(r.strings) == maxStrings {
				return fault.NewInvalid("workbook.too-long")
			}
			r.strings = append(r.strings, richText(s, "si"))
		}
	}
	return r.sound(s, name)
}

// richText joins the texts within an element up to its end, without the reading aids of Japanese.
func richText(s *scanner, end string) string {
	var (
		text strings.Builder
		aid  int
		in   bool
	)
	for s.next() && !s.closes(end) {
		switch {
		case s.opens("rPh"):
			aid++
		case s.closes("rPh"):
			aid--
		case s.opens("t"):
			in = true
		case s.closes("t"):
			in = false
		case s.kind == charData && in && aid == 0:
			text.WriteString(s.chars())
		}
	}
	return unescape(text.String())
}

// unescape undoes how Excel writes characters that XML has not: _x000D_.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return clean(text)
	}
	var b strings.Builder
	for {
		at := strings.Index(text, "_x")
		if at < 0 {
			b.WriteString(text)
			return clean(b.String())
		}
		b.WriteString(text[:at])
		text = text[at:]
		if len(text) >= 7 && text[6] == '_' {
			if n, err := strconv.ParseUint(text[2:6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				text = text[7:]
				continue
			}
		}
		b.WriteString("_x")
		text = text[2:]
	}
}
