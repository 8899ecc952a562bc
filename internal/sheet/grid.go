package sheet

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/fault"
)

// styles reads how numbers are shown, which alone tells a date or a percentage from another number.
func (r *reader) styles(name string) error {
	data, err := r.read(name)
	if err != nil {
		return err
	}
	own := map[string]HeldKind{}
	within := false
	s := newScanner(data)
	for s.next() {
		switch {
		case s.opens("numFmt"):
			own[s.attr("numFmtId")] = kindOf(s.attr("formatCode"))
		case s.opens("cellXfs"):
			within = true
		case s.closes("cellXfs"):
			within = false
		case within && s.opens("xf"):
			if len(r.formats) == maxStrings {
				return fault.NewInvalid("workbook.too-long")
			}
			id := s.attr("numFmtId")
			kind, ok := own[id]
			if !ok {
				kind = builtIn(id)
			}
			r.formats = append(r.formats, kind)
		}
	}
	return r.sound(s, name)
}

// builtIn tells the formats that every workbook has (ECMA-376, 18.8.30).
func builtIn(id string) HeldKind {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil:
		return ANumber
	case n == 9, n == 10:
		return APercentage
	case n >= 14 && n <= 22, n >= 27 && n <= 36, n >= 45 && n <= 47, n >= 50 && n <= 58:
		return ADate
	}
	return ANumber
}

// kindOf tells what a format shows. Only its first section counts; texts in quotes, after a backslash or in brackets are not
// part of it.
func kindOf(format string) HeldKind {
	kind := ANumber
	for i := 0; i < len(format); i++ {
		switch c := format[i]; c {
		case ';':
			return kind
		case '\\', '_', '*':
			i++
		case '"':
			i += skipTo(format[i+1:], '"')
		case '[':
			i += skipTo(format[i+1:], ']')
		case '%':
			kind = APercentage
		case 'd', 'D', 'm', 'M', 'y', 'Y':
			return ADate
		case 'G', 'g': // General
			return kind
		}
	}
	return kind
}

func skipTo(text string, end byte) int {
	if at := strings.IndexByte(text, end); at >= 0 {
		return at + 1
	}
	return len(text)
}

// grid reads the cells of a sheet. A chart sheet has none.
func (r *reader) grid(g *Grid, place string) error {
	if place == "" {
		return nil
	}
	data, err := r.read(place)
	if err != nil {
		return err
	}
	s := newScanner(data)
	row, number, column := GridRow{}, 0, 0
	for s.next() {
		switch {
		case s.opens("row"):
			number++
			if n, err := strconv.Atoi(s.attr("r")); err == nil && n > 0 && n <= maxRows {
				number = n
			}
			row, column = GridRow{Number: number}, 0
		case s.opens("c"):
			column++
			if n := columnOf(s.attr("r")); n > 0 {
				column = n
			}
			held, err := r.cell(s)
			if err != nil {
				return err
			}
			if held.Column = column; held.Kind != Nothing {
				row.Cells = append(row.Cells, held)
			}
		case s.closes("row"):
			if len(row.Cells) > 0 {
				slices.SortStableFunc(row.Cells, func(a, b Held) int { return a.Column - b.Column })
				g.Rows = append(g.Rows, row)
			}
			row = GridRow{}
		}
	}
	return r.sound(s, place)
}

// columnOf gives the column of a cell's name, from 1: 3 for "C12"; 0 when it is none.
func columnOf(name string) int {
	column := 0
	for i := 0; i < len(name) && name[i] >= 'A' && name[i] <= 'Z'; i++ {
		if column = column*26 + int(name[i]-'A') + 1; column > maxColumns {
			return 0
		}
	}
	return column
}

// cell reads one cell up to its end.
func (r *reader) cell(s *scanner) (Held, error) {
	kind, style := s.attr("t"), s.attr("s")
	var (
		value   strings.Builder
		text    string
		formula bool
	)
	for s.next() && !s.closes("c") {
		switch {
		case s.opens("f"):
			formula = true
		case s.opens("is"):
			text = richText(s, "is")
		case s.opens("v"):
			for s.next() && !s.closes("v") {
				if s.kind == charData {
					value.WriteString(s.chars())
				}
			}
		}
	}
	held := r.hold(kind, style, value.String(), text)
	if formula {
		held = Held{Kind: AFormula}
	}
	if held.Kind != Nothing {
		r.cells++
		r.held += len(held.Text)
	}
	if r.cells > maxCells || r.held > maxHeld {
		return held, fault.NewInvalid("workbook.too-long")
	}
	return held, nil
}

func (r *reader) hold(kind, style, value, text string) Held {
	switch kind {
	case "s":
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n >= 0 && n < len(r.strings) {
			return texts(r.strings[n])
		}
		return Held{}
	case "inlineStr":
		return texts(text)
	case "str":
		return texts(unescape(value))
	case "b":
		return Held{Kind: ATruth, Text: strings.TrimSpace(value)}
	case "e":
		return Held{Kind: AnError, Text: clean(value)}
	case "d":
		if len(value) >= len(time.DateOnly) {
			if day, err := time.Parse(time.DateOnly, value[:len(time.DateOnly)]); err == nil {
				return Held{Kind: ADate, Text: day.Format(time.DateOnly)}
			}
		}
		return texts(unescape(value))
	}
	return r.number(style, strings.TrimSpace(value))
}

func texts(text string) Held {
	if text == "" {
		return Held{}
	}
	return Held{Kind: AText, Text: text}
}

// number reads a number as it is shown: to fifteen figures, since the rest is how it is stored.
func (r *reader) number(style, value string) Held {
	if value == "" {
		return Held{}
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return texts(unescape(value))
	}
	held := Held{Kind: ANumber, Number: n}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(r.formats) {
		held.Kind = r.formats[i]
	}
	if held.Kind == ADate {
		if day, ok := r.day(n); ok {
			held.Text = day
			return held
		}
		held.Kind = ANumber
	}
	if held.Kind == APercentage {
		n *= 100
	}
	held.Text = figures(n)
	return held
}

func figures(n float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if err != nil {
		short = n
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// lastDay is 31 December 9999, in days since 1900.
const lastDay = 2958465

// day gives the day that a number stands for. Days before March 1900 are counted differently by different programs, and
// are no answer to anything.
func (r *reader) day(n float64) (string, bool) {
	if n < 61 || n >= lastDay+1 {
		return "", false
	}
	return r.epoch.AddDate(0, 0, int(n)).Format(time.DateOnly), true
}
