package sheet_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/garant-sante/garant/internal/sheet"
)

func written(t *testing.T, w sheet.Workbook) *excelize.File {
	t.Helper()
	data, err := sheet.Write(w)
	if err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func sample() sheet.Workbook {
	return sheet.Workbook{
		Title: "Bibliothèque", Creator: "Garant", Language: "fr-FR", Footer: "Clauses & questions",
		Sheets: []sheet.Sheet{
			{
				Name: "Clauses de l'annexe", Columns: []sheet.Column{{Title: "Numéro", Width: 12, Bold: true}, {Title: "Texte", Width: 60}, {Title: "Poids", Width: 8, Align: sheet.Right}},
				Rows: [][]sheet.Cell{
					{sheet.Text("SAU-01"), sheet.Text("Un texte\nsur deux lignes."), sheet.Number(3)},
					{sheet.Text("SAU-02"), sheet.Text(`=HYPERLINK("http://x";"y")`), sheet.Number(0.5)},
					{sheet.Text("SAU-03"), sheet.Text("@SUM(A1)\x00\x07\r\n+1")},
				},
			},
			{Name: "Références", Columns: []sheet.Column{{Title: "Texte", Width: 30}}, Rows: [][]sheet.Cell{{{Text: "RGPD", Href: "https://eur-lex.europa.eu/"}}}},
		},
	}
}

func TestAWorkbookHoldsWhatWasPutIn(t *testing.T) {
	t.Parallel()
	file := written(t, sample())
	got := map[string][][]string{}
	for _, name := range file.GetSheetList() {
		rows, err := file.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		got[name] = rows
	}
	want := map[string][][]string{
		"Clauses de l’annexe": {
			{"Numéro", "Texte", "Poids"}, {"SAU-01", "Un texte\nsur deux lignes.", "3"},
			{"SAU-02", `=HYPERLINK("http://x";"y")`, "0.5"}, {"SAU-03", "@SUM(A1)\n+1"},
		},
		"Références": {{"Texte"}, {"RGPD"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if linked, to, err := file.GetCellHyperLink("Références", "A2"); err != nil || !linked || to != "https://eur-lex.europa.eu/" {
		t.Errorf("the link leads to %q, %v", to, err)
	}
}

func TestNoTextBecomesAFormula(t *testing.T) {
	t.Parallel()
	file := written(t, sample())
	for _, cell := range []string{"B3", "B4"} {
		if formula, err := file.GetCellFormula("Clauses de l’annexe", cell); err != nil || formula != "" {
			t.Errorf("%s holds the formula %q, %v", cell, formula, err)
		}
		id, err := file.GetCellStyle("Clauses de l’annexe", cell)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := file.GetStyle(id); err != nil || style.NumFmt != 49 || !style.Alignment.WrapText {
			t.Errorf("%s is not kept as text: %+v, %v", cell, style, err)
		}
	}
}

func TestTheHeaderStaysInSightFiltersAndIsPrintedOnEachPage(t *testing.T) {
	t.Parallel()
	file := written(t, sample())
	panes, err := file.GetPanes("Clauses de l’annexe")
	if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.XSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	names := map[string]string{}
	for _, n := range file.GetDefinedName() {
		names[n.Scope+" "+n.Name] = n.RefersTo
	}
	want := map[string]string{
		"Clauses de l’annexe _xlnm.Print_Area": "'Clauses de l’annexe'!$A$1:$C$4", "Références _xlnm.Print_Area": "'Références'!$A$1:$A$2",
		"Clauses de l’annexe _xlnm.Print_Titles": "'Clauses de l’annexe'!$1:$1", "Clauses de l’annexe _xlnm._FilterDatabase": "'Clauses de l’annexe'!$A$1:$C$4",
		"Références _xlnm.Print_Titles": "'Références'!$1:$1", "Références _xlnm._FilterDatabase": "'Références'!$A$1:$A$2",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if width, err := file.GetColWidth("Clauses de l’annexe", "B"); err != nil || width != 60 {
		t.Errorf("width %v, %v", width, err)
	}
}

func TestARowIsAsHighAsItsTexts(t *testing.T) {
	t.Parallel()
	w := sample()
	w.Sheets[0].Rows[0][1].Text = strings.Repeat("mot ", 100)
	file := written(t, w)
	for row, want := range map[int]float64{2: 7*15 + 3, 3: 18} {
		if got, err := file.GetRowHeight("Clauses de l’annexe", row); err != nil || got != want {
			t.Errorf("row %d is %v points high, want %v (%v)", row, got, want, err)
		}
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	one := func(rows ...[]sheet.Cell) sheet.Workbook {
		return sheet.Workbook{Sheets: []sheet.Sheet{{Name: "S", Columns: []sheet.Column{{Title: "T", Width: 10}}, Rows: rows}}}
	}
	if _, err := sheet.Write(one([]sheet.Cell{sheet.Text(strings.Repeat("𝄞", sheet.MaxText/2+1))})); !errors.Is(err, sheet.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
	if _, err := sheet.Write(one([]sheet.Cell{sheet.Text(strings.Repeat("é", sheet.MaxText))})); err != nil {
		t.Errorf("just fits: %v", err)
	}
	if _, err := sheet.Write(one(make([]sheet.Cell, 2))); err == nil {
		t.Error("a row longer than its columns is written")
	}
	if _, err := sheet.Write(sheet.Workbook{Sheets: []sheet.Sheet{{Name: "a/b"}}}); err == nil {
		t.Error("a name that Excel refuses is written")
	}
}

func TestTheSameWorkbookGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	first, err := sheet.Write(sample())
	if err != nil {
		t.Fatal(err)
	}
	second, err := sheet.Write(sample())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two writings of one workbook differ")
	}
}
