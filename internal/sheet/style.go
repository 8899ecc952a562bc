package sheet

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// The colours of Garant's documents.
const (
	teal = "0B5C63"
	line = "DCDFDA"
	ink  = "16242B"
)

// textFormat makes a cell hold text even after somebody edits it: what begins like a formula stays a text.
const textFormat = 49

// style is how a cell looks.
type style struct {
	align        Align
	header, bold bool
	number, link bool
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
		Alignment: &excelize.Alignment{Horizontal: align, Vertical: "top", WrapText: true},
		Font:      &excelize.Font{Family: "Calibri", Size: 11, Color: ink, Bold: s.bold},
		Border:    []excelize.Border{{Type: "bottom", Color: line, Style: 1}},
	}
	if !s.number {
		out.NumFmt = textFormat
	}
	if s.link {
		out.Font.Color, out.Font.Underline = teal, "single"
	}
	if s.header {
		out.Font.Color, out.Font.Bold = "FFFFFF", true
		out.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{teal}}
		out.Alignment.Vertical = "center"
	}
	return out
}

// headerHeight is that of the header row, in points: two lines of a title.
const headerHeight = 33

// printedWidth is how wide a sheet may be to be read on a page of A4, in characters.
const printedWidth = 210

// printed gives the columns that are printed: the first ones, as many as a page takes.
func printed(columns []Column) int {
	width := 0.0
	for i, c := range columns {
		if width += c.Width; width > printedWidth && i > 0 {
			return i
		}
	}
	return len(columns)
}

// layOut keeps the header and the first column in sight, filters the rows, and settles how the sheet is printed:
// landscape, as wide as a page, the header on each.
func layOut(file *excelize.File, s Sheet, footer string) error {
	if len(s.Columns) == 0 {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(s.Columns), len(s.Rows)+1)
	if err != nil {
		return err
	}
	corner, err := excelize.CoordinatesToCellName(printed(s.Columns), len(s.Rows)+1, true)
	if err != nil {
		return err
	}
	landscape, a4, wide, tall := "landscape", 9, 1, 0
	fit := true
	for _, step := range []func() error{
		func() error { return file.SetRowHeight(s.Name, 1, headerHeight) },
		func() error {
			return file.SetPanes(s.Name, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"})
		},
		func() error { return file.AutoFilter(s.Name, "A1:"+last, nil) },
		func() error {
			return file.SetPageLayout(s.Name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &wide, FitToHeight: &tall})
		},
		func() error { return file.SetSheetProps(s.Name, &excelize.SheetPropsOptions{FitToPage: &fit}) },
		func() error {
			return file.SetHeaderFooter(s.Name, &excelize.HeaderFooterOptions{OddFooter: "&L" + escapeFooter(footer) + "&R&P / &N"})
		},
		func() error {
			return file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: "'" + s.Name + "'!$A$1:" + corner, Scope: s.Name})
		},
		func() error {
			return file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + s.Name + "'!$1:$1", Scope: s.Name})
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// The height of a line and the greatest of a row, in points.
const (
	lineHeight = 15
	maxHeight  = 409
)

// held is how many letters a line of a column holds. A column is measured in figures, which are wider than most letters,
// and a line loses a few since it breaks between words.
func held(c Column) int { return max(1, int(c.Width*1.1)-3) }

// height is what a row needs to show its texts whole; not every program works it out by itself.
func height(columns []Column, row []Cell) float64 {
	most := 1
	for i, cell := range row {
		lines := 0
		perLine := held(columns[i])
		for line := range strings.SplitSeq(cell.Text, "\n") {
			lines += max(1, (utf8.RuneCountInString(line)+perLine-1)/perLine)
		}
		most = max(most, lines)
	}
	return float64(min(maxHeight, most*lineHeight+3))
}

// escapeFooter keeps a text from being read as the codes of a footer.
func escapeFooter(text string) string { return strings.ReplaceAll(clean(text), "&", "&&") }
