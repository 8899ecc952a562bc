package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/sheet"
)

// named is a part of a workbook under its name.
type named struct{ name, text string }

// The parts around one sheet, as the smallest programs write them.
var (
	types = named{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`}
	root  = named{"_rels/.rels", `<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`}
	main  = named{"xl/workbook.xml", `<workbook xmlns:r="x"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`}
	links = named{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>`}
	texts  = named{"xl/sharedStrings.xml", `<sst><si><t>A</t></si><si><r><t xml:space="preserve">é &amp; </t></r><rPh><t>no</t></rPh><r><t>&#x3C;b></t></r></si><si><t>_x000D_a_x005F_b</t></si></sst>`}
	shapes = named{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-40C]d\ mmmm\ yyyy;@"/><numFmt numFmtId="165" formatCode="0.0&quot; jours&quot;"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="10"/></cellXfs></styleSheet>`}
)

func grid(rows string) named {
	return named{"xl/worksheets/sheet1.xml", `<?xml version="1.0"?><x:worksheet xmlns:x="y"><x:sheetData>` + rows + `</x:sheetData></x:worksheet>`}
}

func zipped(tb testing.TB, method uint16, parts ...named) []byte {
	tb.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, part := range parts {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: part.name, Method: method})
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(part.text)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// workbook is a whole one with other parts in the place of those of the same name.
func workbook(tb testing.TB, other ...named) []byte { return packed(tb, zip.Deflate, other...) }

// packed is workbook with the parts compressed, or as they are, so that nothing shows by its ratio.
func packed(tb testing.TB, method uint16, other ...named) []byte {
	tb.Helper()
	parts := []named{types, root, main, links, texts, shapes, grid("")}
	for _, o := range other {
		found := false
		for i := range parts {
			if parts[i].name == o.name {
				parts[i], found = o, true
			}
		}
		if !found {
			parts = append(parts, o)
		}
	}
	return zipped(tb, method, parts...)
}

func TestEveryKindOfCellIsRead(t *testing.T) {
	t.Parallel()
	got, err := sheet.Read(workbook(t, grid(
		`<x:row r="3"><x:c r="B3" t="s"><x:v>1</x:v></x:c><x:c r="A3" t="s"><x:v>0</x:v></x:c><x:c t="s" r="C3"><x:v>2</x:v></x:c><x:c r="D3" t="s"><x:v>99</x:v></x:c></x:row>`+
			`<x:row><x:c><x:v>99.900000000000006</x:v></x:c><x:c s="1"><x:v>46402.5</x:v></x:c><x:c s="2"><x:v>30</x:v></x:c><x:c s="3"><x:v>0.995</x:v></x:c></x:row>`+
			`<x:row r="9"><x:c r="A9" t="b"><x:v>1</x:v></x:c><x:c r="B9" t="e"><x:v>#N/A</x:v></x:c><x:c r="C9"><x:f>1+1</x:f><x:v>2</x:v></x:c><x:c r="D9" t="str"><x:f/><x:v>x</x:v></x:c>`+
			`<x:c r="AA9" t="inlineStr"><x:is><x:t>en <![CDATA[<ligne>]]></x:t></x:is></x:c><x:c r="AB9" s="1"/><x:c r="AC9" t="d"><x:v>2027-01-15T10:00:00</x:v></x:c><x:c r="AD9"><x:v>n/a</x:v></x:c></x:row>`)))
	if err != nil {
		t.Fatal(err)
	}
	want := sheet.Book{Sheets: []sheet.Grid{{Name: "S", Rows: []sheet.GridRow{
		{Number: 3, Cells: []sheet.Held{{Column: 1, Kind: sheet.AText, Text: "A"}, {Column: 2, Kind: sheet.AText, Text: "é & <b>"}, {Column: 3, Kind: sheet.AText, Text: "a_b"}}},
		{Number: 4, Cells: []sheet.Held{
			{Column: 1, Kind: sheet.ANumber, Text: "99.9", Number: 99.900000000000006}, {Column: 2, Kind: sheet.ADate, Text: "2027-01-15", Number: 46402.5},
			{Column: 3, Kind: sheet.ANumber, Text: "30", Number: 30}, {Column: 4, Kind: sheet.APercentage, Text: "99.5", Number: 0.995},
		}},
		{Number: 9, Cells: []sheet.Held{
			{Column: 1, Kind: sheet.ATruth, Text: "1"}, {Column: 2, Kind: sheet.AnError, Text: "#N/A"}, {Column: 3, Kind: sheet.AFormula}, {Column: 4, Kind: sheet.AFormula},
			{Column: 27, Kind: sheet.AText, Text: "en <ligne>"}, {Column: 29, Kind: sheet.ADate, Text: "2027-01-15"}, {Column: 30, Kind: sheet.AText, Text: "n/a"},
		}},
	}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// hostile are files that are none, or built to cost memory or time, with the message that each gets.
func hostile(tb testing.TB) map[string]struct {
	data []byte
	key  string
} {
	noise := make([]byte, 50<<20)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(noise)
	old := append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 4096)...)
	encrypted := append(bytes.Clone(old), "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"...)
	whole := workbook(tb)
	many := make([]named, 1200)
	for i := range many {
		many[i].name = fmt.Sprintf("xl/%d.xml", i)
	}
	doubled := zipped(tb, zip.Deflate, types, root, main, named{"XL/workbook.xml", ""})
	lying := bytes.Replace(whole, []byte("PK\x05\x06"), []byte("PK\x05\x05"), 1)
	sst := func(one string, n int) named { return named{texts.name, "<sst>" + strings.Repeat(one, n) + "</sst>"} }
	type refused = struct {
		data []byte
		key  string
	}
	return map[string]refused{
		"nothing":                      {nil, "workbook.empty"},
		"50 MB":                        {append([]byte("PK\x03\x04"), noise...), "workbook.too-big"},
		"10 MB of noise":               {append([]byte("PK\x03\x04"), noise[:sheet.MaxFile-4]...), "workbook.incomplete"},
		"old Excel":                    {old, "workbook.old-format"},
		"a password":                   {encrypted, "workbook.encrypted"},
		"text with semicolons":         {[]byte("id;Réponse\nPAT-Q01;3\n"), "workbook.csv"},
		"a PDF":                        {[]byte("%PDF-1.7; ,"), "workbook.not-zip"},
		"an OpenDocument":              {zipped(tb, zip.Store, named{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}), "workbook.open-document"},
		"macros":                       {workbook(tb, named{"xl/vbaProject.bin", "x"}), "workbook.macros"},
		"macros by type alone":         {workbook(tb, named{types.name, strings.Replace(types.text, "spreadsheetml.sheet", "ms-excel.sheet.macroEnabled.spreadsheetml", 1)}), "workbook.macros"},
		"binary":                       {workbook(tb, named{"xl/workbook.bin", "x"}), "workbook.binary"},
		"a Word document":              {workbook(tb, named{types.name, "<Types/>"}), "workbook.not-workbook"},
		"cut":                          {whole[:len(whole)/2], "workbook.incomplete"},
		"no end record":                {lying, "workbook.incomplete"},
		"too many parts":               {workbook(tb, many...), "workbook.too-many-parts"},
		"a part twice":                 {doubled, "workbook.duplicate-part"},
		"a document type":              {workbook(tb, grid(`<!DOCTYPE x [<!ENTITY a "b">]>`)), "workbook.damaged"},
		"a document type in texts":     {workbook(tb, named{texts.name, `<!DOCTYPE x [<!ENTITY a "b">]><sst/>`}), "workbook.damaged"},
		"tags that cross":              {workbook(tb, grid(`<row><c></row></c>`)), "workbook.damaged"},
		"a tag left open":              {workbook(tb, named{main.name, `<workbook><sheets>`}), "workbook.damaged"},
		"elements a mile deep":         {workbook(tb, grid(strings.Repeat("<a>", 100))), "workbook.damaged"},
		"a sheet that is missing":      {workbook(tb, named{links.name, strings.Replace(links.text, "sheet1", "sheet2", 1)}), "workbook.damaged"},
		"a bomb":                       {workbook(tb, grid(strings.Repeat(" ", 50<<20))), "workbook.bomb"},
		"a bomb of noise":              {workbook(tb, grid(strings.Repeat(fmt.Sprintf("%x", noise[:4096]), 1500))), "workbook.bomb"},
		"a bomb of shared texts":       {packed(tb, zip.Store, sst("<si><t>abc</t></si>", 400_000)), "workbook.too-long"},
		"a text in a million pieces":   {packed(tb, zip.Store, sst("<si>"+strings.Repeat("<t>a</t>", 600_000)+"</si>", 1), grid(strings.Repeat(`<row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, 10)+`</row>`, 100))), "workbook.too-long"},
		"one text a million times":     {packed(tb, zip.Store, grid(strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, 200_000))), "workbook.too-long"},
		"styles without end":           {packed(tb, zip.Store, named{shapes.name, `<styleSheet><cellXfs>` + strings.Repeat(`<xf numFmtId="1"/>`, 400_000) + `</cellXfs></styleSheet>`}), "workbook.too-long"},
		"sheets without end":           {workbook(tb, named{main.name, `<workbook>` + strings.Repeat(`<sheet name="s"/>`, 300) + `</workbook>`}), "workbook.too-long"},
		"attributes without end":       {packed(tb, zip.Store, grid(`<row><c `+strings.Repeat(`a="" `, 1_000_000)+`/></row>`), named{"x", ""}), ""},
		"columns and rows out of line": {workbook(tb, grid(`<row r="99999999999"><c r="ZZZZZZZZ1"><v>1</v></c></row>`)), ""},
	}
}

func TestAHostileFileIsRefusedBeforeItCostsMemoryOrTime(t *testing.T) { // alone, since it counts memory
	for name, test := range hostile(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := sheet.Read(test.data)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if f, ok := fault.As(err); test.key == "" && err != nil || test.key != "" && (!ok || f.Key != test.key) {
			t.Errorf("%s: %v, want %q", name, err, test.key)
		}
		// All that was ever taken, given back or not: what was held at any moment is less.
		if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 64 || took > patience {
			t.Errorf("%s: %d MiB in %v", name, taken, took)
		}
	}
}

// BenchmarkHostile reads each hostile file in turn.
func BenchmarkHostile(b *testing.B) {
	files := hostile(b)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		for _, test := range files {
			_, _ = sheet.Read(test.data)
		}
	}
	b.ReportMetric(float64(len(files)), "files/op")
}

func FuzzRead(f *testing.F) {
	f.Add(workbook(f, grid(`<row><c t="s"><v>1</v></c><c t="inlineStr"><is><t>a</t></is></c></row>`)))
	data, err := sheet.Write(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := sheet.Read(data); err != nil {
			if _, ok := fault.As(err); !ok {
				t.Errorf("no fault: %v", err)
			}
		}
	})
}

// FuzzCells reads any text as the rows of a sheet.
func FuzzCells(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s" s="1"><v>0</v></c></row>`)
	f.Add(`<x:row><c><f/><v>46402</v></c></x:row>`)
	f.Fuzz(func(t *testing.T, rows string) {
		book, err := sheet.Read(workbook(t, grid(rows)))
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Errorf("no fault: %v", err)
			}
			return
		}
		for _, row := range book.Sheets[0].Rows {
			for i, cell := range row.Cells {
				if cell.Kind == sheet.Nothing || i > 0 && cell.Column < row.Cells[i-1].Column || sheet.CellName(cell.Column, row.Number) == "" {
					t.Errorf("%+v", row)
				}
			}
		}
	})
}
