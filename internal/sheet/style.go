package sheet

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// The colours of Garant's documents.
const (
	teal    = "0B5C63"
	line    = "DCDFDA"
	edge    = "9DB4B6"
	ink     = "16242B"
	inkSoft = "52616A"
	paper   = "F7F5F1"
	white   = "FFFFFF"
)

// textFormat makes a cell hold text even after somebody edits it: what begins like a formula stays a text.
const textFormat = 49

// Look is what a cell is for, which tells how it looks.
type Look string

// The looks of a cell; none is that of a table to read.
const (
	Head    Look = "head"    // title of a column: white on teal
	Title   Look = "title"   // of a document
	Heading Look = "heading" // of a part of a page
	Label   Look = "label"   // names what stands beside it
	Muted   Look = "muted"   // small print
	Given   Look = "given"   // of a form: what is asked, on paper
	Guide   Look = "guide"   // of a form: how to answer, on paper, smaller
	Opening Look = "opening" // above a title
	Plain   Look = "plain"   // of a page, without lines
	Value   Look = "value"   // beside a label, from the left

	// How marks colour what they mark, for a legend.
	ToneMissing Look = Look(Missing)
	ToneMoot    Look = Look(Moot)
	ToneClash   Look = Look(Clash)
)

// style is how a cell looks.
type style struct {
	align        Align
	look         Look
	bold         bool
	number, link bool
	entry        EntryKind
	day          string // format of a date
}

func styleOf(c Column, cell Cell) style {
	s := style{align: c.Align, look: cell.Look, bold: c.Bold, number: cell.Number != nil, link: cell.Href != "" || cell.Sheet != ""}
	if s.look == "" {
		s.look = c.Look
	}
	if cell.Entry != nil {
		s.entry, s.look, s.bold, s.day = cell.Entry.Kind, "", false, cell.Entry.DayFormat
	}
	return s
}

// styles gives each look its number in the file, once.
type styles struct {
	file  *excelize.File
	known map[style]int
}

func (s *styles) get(want style) (int, error) {
	if id, ok := s.known[want]; ok {
		return id, nil
	}
	id, err := s.file.NewStyle(want.excel())
	if err != nil {
		return 0, fmt.Errorf("make a style: %w", err)
	}
	s.known[want] = id
	return id, nil
}

func (s style) excel() *excelize.Style {
	align := string(s.align)
	if align == "" {
		align = string(Left)
	}
	out := &excelize.Style{
		Alignment: &excelize.Alignment{Horizontal: align, Vertical: "top", WrapText: true, Indent: s.indent()},
		Font:      &excelize.Font{Family: "Calibri", Size: s.look.size(), Color: ink, Bold: s.bold},
		Border:    []excelize.Border{{Type: "bottom", Color: line, Style: 1}},
	}
	if !s.number {
		out.NumFmt = textFormat
	}
	if s.link {
		out.Font.Color, out.Font.Underline = teal, "single"
	}
	s.dress(out)
	if s.entry != "" {
		s.open(out)
	}
	return out
}

// indent keeps the texts of a form off its lines.
func (s style) indent() int {
	if s.entry != "" || s.look == Given || s.look == Guide || s.look == Head {
		return 1
	}
	return 0
}

// size is that of the letters, in points.
func (l Look) size() float64 {
	switch l {
	case Title:
		return 22
	case Heading:
		return 13
	case Guide, Muted:
		return 10
	}
	return 11
}

// dress gives a cell the colours and lines of its look.
func (s style) dress(out *excelize.Style) {
	fill := func(colour string) {
		out.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	switch s.look {
	case Head:
		out.Font.Color, out.Font.Bold = white, true
		out.Alignment.Vertical = "center"
		fill(teal)
	case Title, Heading:
		out.Font.Color, out.Font.Bold, out.Border = teal, true, nil
		out.Alignment.Vertical = "bottom"
	case Opening, Muted:
		out.Font.Color, out.Border = inkSoft, nil
	case Plain:
		out.Border = nil
	case Label:
		out.Font.Color = inkSoft
	case Value:
		out.Alignment.Horizontal = string(Left)
	case ToneMissing, ToneMoot, ToneClash:
		out.Font.Color = tones[Tone(s.look)].ink
		fill(tones[Tone(s.look)].fill)
	case Given:
		fill(paper)
	case Guide:
		out.Font.Color = inkSoft
		fill(paper)
	}
}

// open makes a cell one that is filled in: white in a box, and free where the sheet is protected.
func (s style) open(out *excelize.Style) {
	out.Protection = &excelize.Protection{Locked: false}
	out.Border = nil
	for _, side := range []string{"left", "right", "top", "bottom"} {
		out.Border = append(out.Border, excelize.Border{Type: side, Color: edge, Style: 1})
	}
	switch s.entry {
	case NumberEntry:
		out.NumFmt = 0
	case DateEntry:
		out.NumFmt, out.CustomNumFmt = 0, &s.day
	}
}

// headerHeight is that of the header row, in points: two lines of a title.
const headerHeight = 33

// printedWidth is how wide a sheet may be to be read on a page of A4, in characters.
const printedWidth = 210

// printed gives the columns that are printed: the first ones, as many as a page takes.
func (s Sheet) printed() int {
	if s.Printed > 0 {
		return s.Printed
	}
	width := 0.0
	for i, c := range s.Columns {
		if width += c.Width; width > printedWidth && i > 0 {
			return i
		}
	}
	return len(s.Columns)
}

// fitToPage settles that a sheet is printed as wide as a page. It comes before anything else of the sheet is written.
func (w *writer) fitToPage(s Sheet) error {
	if len(s.Columns) == 0 {
		return nil
	}
	fit := true
	return w.file.SetSheetProps(s.Name, &excelize.SheetPropsOptions{FitToPage: &fit})
}

// layOut filters the rows, and settles how the sheet is printed: a table landscape with the header on each page, a page
// upright.
func (w *writer) layOut(s Sheet, _ *excelize.StreamWriter) error {
	if len(s.Columns) == 0 || s.Hidden { // LibreOffice would print a hidden sheet that has an area to print
		return nil
	}
	headers := 1
	if s.Page {
		headers = 0
	}
	last, err := excelize.CoordinatesToCellName(len(s.Columns), max(1, len(s.Rows)+headers))
	if err != nil {
		return err
	}
	corner, err := excelize.CoordinatesToCellName(s.printed(), max(1, len(s.Rows)+headers), true)
	if err != nil {
		return err
	}
	name := func(name, refers string) error {
		return w.file.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: "'" + s.Name + "'!" + refers, Scope: s.Name})
	}
	orientation, a4, wide, tall := "landscape", 9, 1, 0
	if s.Page {
		orientation = "portrait"
	}
	if err := w.file.SetPageLayout(s.Name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	if err := w.file.SetHeaderFooter(s.Name, s.edges(w.footer)); err != nil {
		return err
	}
	if err := w.file.SetPageMargins(s.Name, s.margins()); err != nil {
		return err
	}
	if err := name("_xlnm.Print_Area", "$A$1:"+corner); err != nil || s.Page {
		return err
	}
	if err := w.file.AutoFilter(s.Name, "A1:"+last, nil); err != nil {
		return err
	}
	return name("_xlnm.Print_Titles", "$1:$1")
}

// edges are what stands above and below each printed page: the name of a table, which its rows do not say; then the footer.
func (s Sheet) edges(footer string) *excelize.HeaderFooterOptions {
	out := &excelize.HeaderFooterOptions{OddFooter: "&L" + escapeFooter(footer) + "&R&P / &N"}
	if !s.Page {
		out.OddHeader = `&L&"Calibri,Bold"&13&A`
	}
	return out
}

// margins leave a table as much of the page as printers allow, in inches.
func (s Sheet) margins() *excelize.PageLayoutMarginsOptions {
	side, top, bottom, edge := 0.35, 0.65, 0.6, 0.3
	if s.Page {
		side = 0.7
	}
	return &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &bottom, Header: &edge, Footer: &edge}
}

// The height of a line and the greatest of a row, in points.
const (
	lineHeight = 15
	maxHeight  = 409
)

// held is how many letters a line of so many columns holds. A column is measured in figures, which are wider than most
// letters, and a line loses a few since it breaks between words.
func held(columns []Column, size float64) int {
	width := 0.0
	for _, c := range columns {
		width += c.Width
	}
	return max(1, int(width*1.1*11/size)-3)
}

// height is what a row needs to show its texts whole; not every program works it out by itself.
func height(columns []Column, row []Cell) float64 {
	most := float64(lineHeight)
	for i, cell := range row {
		look := styleOf(columns[i], cell).look
		size := look.size()
		perLine := held(columns[i:min(len(columns), i+max(1, cell.Span))], size)
		lines := 0
		for line := range strings.SplitSeq(cell.Text, "\n") {
			lines += max(1, (utf8.RuneCountInString(line)+perLine-1)/perLine)
		}
		points := float64(lines) * lineHeight
		switch look {
		case Title, Heading:
			points = float64(lines)*size*1.4 + 8 // air above
		case Guide, Muted:
			points = float64(lines) * 12.9
		}
		most = max(most, points)
	}
	return min(maxHeight, most+3)
}

// escapeFooter keeps a text from being read as the codes of a footer.
func escapeFooter(text string) string { return strings.ReplaceAll(clean(text), "&", "&&") }

// epoch is day 0 of the numbers that stand for dates, from March 1900 on.
var epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// serial is the number that stands for a day.
func serial(day time.Time) int {
	year, month, date := day.Date()
	return int(time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Sub(epoch).Hours() / 24)
}
