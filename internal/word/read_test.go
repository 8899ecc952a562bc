package word

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/fault"
)

// regionsOf gives what Read must find of a document, from the model alone.
func regionsOf(doc Document) []Region {
	var regions []Region
	for _, section := range doc.Sections {
		for _, block := range section.Blocks {
			if marked, ok := block.(Marked); ok {
				regions = append(regions, Region{Bookmark: marked.Bookmark, Text: Canonical(marked.Blocks)})
			}
		}
	}
	return regions
}

func render(t *testing.T, doc Document, template []byte) []byte {
	t.Helper()
	data, err := Render(doc, template)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t *testing.T, data []byte) Extract {
	t.Helper()
	extract, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return extract
}

func TestReadGivesBackTheRegionsAndPropertiesOfARendering(t *testing.T) {
	t.Parallel()
	doc := sample(13)
	got := read(t, render(t, doc, nil))
	if diff := cmp.Diff(regionsOf(doc), got.Regions); diff != "" {
		t.Errorf("regions (-model +read):\n%s", diff)
	}
	if diff := cmp.Diff(doc.Properties, got.Properties); diff != "" {
		t.Errorf("properties (-model +read):\n%s", diff)
	}
}

func TestReadGivesBackTheSameAfterLibreOfficeSavedTheDocument(t *testing.T) {
	t.Parallel()
	doc := sample(9)
	doc.Sections[0].Blocks = append(doc.Sections[0].Blocks, Marked{Bookmark: "garant_odd", Blocks: []Block{
		Paragraph{Runs: []Run{{Text: "Deux  espaces, une insécable : \u00A0« là », 1\u202F500\u00A0€ & <balise>"}, {Text: " puis\nune ligne", Bold: true}}},
		List{Ordered: true, Items: []ListItem{{Runs: Text("un"), Children: &List{Items: []ListItem{{Runs: Text("sous")}}}}, {Runs: Text("deux")}}},
		Table{HeaderRow: true, Columns: []Column{{Title: "A"}, {Title: "B"}}, Rows: [][]Cell{{{Runs: Text("a1")}, {Runs: Text("b1")}}}},
	}})
	data := render(t, doc, nil)
	saved, err := os.ReadFile(convert(t, "docx", map[string][]byte{"annex": data})["annex"])
	if err != nil {
		t.Fatal(err)
	}
	before, after := read(t, data), read(t, saved)
	if diff := cmp.Diff(regionsOf(doc), before.Regions); diff != "" {
		t.Errorf("regions (-model +read):\n%s", diff)
	}
	for _, extract := range []Extract{before, after} { // LibreOffice sorts properties
		withoutFields(extract.Between)
		slices.SortFunc(extract.Properties, func(a, b Property) int { return strings.Compare(a.Name, b.Name) })
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("Read before (-) and after (+) LibreOffice saved:\n%s", diff)
	}
}

// edited gives a document with its main part changed.
func edited(t *testing.T, data []byte, old, with string) []byte {
	t.Helper()
	return rewrite(t, data, func(name, content string) (string, string) {
		if name == documentPart {
			if !strings.Contains(content, old) {
				t.Fatalf("the document holds no %q", old)
			}
			content = strings.Replace(content, old, with, 1)
		}
		return name, content
	})
}

const compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"

func TestReadShowsEveryWayToChangeWhatAnArticleSays(t *testing.T) {
	t.Parallel()
	doc := sample(3)
	data := render(t, doc, nil)
	for name, change := range map[string][2]string{
		"a word replaced":       {"notifie à", "peut notifier à"},
		"text struck":           {`<w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>vingt-quatre`, `<w:r><w:rPr><w:b/><w:strike/></w:rPr><w:t>vingt-quatre`},
		"text hidden":           {`<w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>vingt-quatre`, `<w:r><w:rPr><w:b/><w:vanish/></w:rPr><w:t>vingt-quatre`},
		"text deleted":          {`<w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>vingt-quatre (24) heures</w:t></w:r>`, `<w:del w:id="900" w:author="x"><w:r><w:delText>vingt-quatre (24) heures</w:delText></w:r></w:del>`},
		"text behind the end":   {`Clause INC-01, version 1.</w:t></w:r><w:bookmarkEnd`, `Clause INC-01, version 1.</w:t></w:r><w:r><w:t>Sauf exception.</w:t></w:r><w:bookmarkEnd`},
		"text after the end":    {`version 1.</w:t></w:r><w:bookmarkEnd w:id="5"/>`, `version 1.</w:t></w:r><w:bookmarkEnd w:id="5"/><w:r><w:t>Sauf exception.</w:t></w:r>`},
		"a paragraph in an art": {`<w:p><w:pPr><w:pStyle w:val="GarantEvidence"/>`, `<w:p><w:r><w:t>Sauf exception.</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="GarantEvidence"/>`},
		"a picture":             {`<w:t>reçoit et instruit`, `<w:drawing/><w:t>reçoit et instruit`},
		"a note":                {`<w:t>reçoit et instruit`, `<w:footnoteReference w:id="2"/><w:t>reçoit et instruit`},
		"text as CDATA":         {`reçoit et instruit`, `reçoit <![CDATA[sauf exception ]]>et instruit`},
		"text in another tag":   {`<w:t>reçoit et instruit`, `<w:t><w:q>Sauf exception</w:q>reçoit et instruit`},
		"text said deleted":     {`<w:t>reçoit et instruit`, `<w:delText>Sauf exception</w:delText><w:t>reçoit et instruit`},
		"text of a field":       {`<w:t>reçoit et instruit`, `<w:instrText>Sauf exception</w:instrText><w:t>reçoit et instruit`},
		"a computed field":      {`<w:t>reçoit et instruit`, `<w:fldChar w:fldCharType="begin"/><w:instrText> TITLE </w:instrText><w:fldChar w:fldCharType="end"/><w:t>reçoit et instruit`},
		"text hidden at length": {`<w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>vingt-quatre`, `<w:r><w:rPr><w:b/><w:vanish></w:vanish></w:rPr><w:t>vingt-quatre`},
		"text in a fallback":    {`<w:t>reçoit et instruit`, `<mc:AlternateContent xmlns:mc="` + compatibility + `"><mc:Choice Requires="q"/><mc:Fallback><w:t>Sauf exception</w:t></mc:Fallback></mc:AlternateContent><w:t>reçoit et instruit`},
		"text without fallback": {`<w:t>vingt-quatre (24) heures</w:t>`, `<mc:AlternateContent xmlns:mc="` + compatibility + `"><mc:Choice Requires="q"><w:t>vingt-quatre (24) heures</w:t></mc:Choice></mc:AlternateContent>`},
		"text over choices":     {`<w:t>vingt-quatre (24) heures</w:t>`, `<mc:AlternateContent xmlns:mc="` + compatibility + `"><mc:Choice Requires="q"><w:t>vingt-quatre</w:t></mc:Choice><mc:Choice Requires="p"><w:t> (24) heures</w:t></mc:Choice><mc:Fallback><w:t>vingt-quatre (24) heures</w:t></mc:Fallback></mc:AlternateContent>`},
		"a symbol":              {`<w:t>reçoit et instruit`, `<w:sym w:font="Arial" w:char="0058"/><w:t>reçoit et instruit`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, edited(t, data, change[0], change[1]))
			if cmp.Equal(regionsOf(doc), got.Regions) {
				t.Errorf("%s: the regions read the same", name)
			}
		})
	}
}

func TestReadTakesForOneWhatIsWrittenTwiceForOldAndNewPrograms(t *testing.T) {
	t.Parallel()
	doc := sample(3)
	const text = `<w:t>vingt-quatre (24) heures</w:t>`
	data := edited(t, render(t, doc, nil), text, `<mc:AlternateContent xmlns:mc="`+compatibility+`"><mc:Choice Requires="w16se">`+text+`</mc:Choice><mc:Fallback>`+text+`</mc:Fallback></mc:AlternateContent>`)
	if diff := cmp.Diff(regionsOf(doc), read(t, data).Regions); diff != "" {
		t.Errorf("regions (-model +read):\n%s", diff)
	}
}

func TestReadShowsTextUnderAStyleThatHides(t *testing.T) {
	t.Parallel()
	doc := sample(3)
	data := render(t, doc, nil)
	const hides = `<w:style w:type="character" w:styleId="Hides"><w:name w:val="Hides"/><w:rPr><w:vanish/></w:rPr></w:style>`
	for name, c := range map[string]struct{ styles, old, with string }{
		"of a run":        {hides, `<w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>vingt-quatre`, `<w:r><w:rPr><w:rStyle w:val="Hides"/><w:b/></w:rPr><w:t>vingt-quatre`},
		"that builds on":  {hides + `<w:style w:type="character" w:styleId="More"><w:basedOn w:val="Hide&#115;"/></w:style>`, `<w:r><w:rPr><w:b/><w:bCs/></w:rPr><w:t>vingt-quatre`, `<w:r><w:rPr><w:rStyle w:val="More"/><w:b/></w:rPr><w:t>vingt-quatre`},
		"but not the run": {hides, `<w:t>reçoit et instruit`, `<w:t></w:t></w:r><w:r><w:rPr><w:rStyle w:val="Hides"/><w:vanish w:val="0"/></w:rPr><w:t>Sauf exception.</w:t></w:r><w:r><w:t>reçoit et instruit`},
		"of a paragraph":  {`<w:style w:type="paragraph" w:styleId="Hides"><w:rPr><w:dstrike/></w:rPr></w:style>`, `<w:pStyle w:val="GarantEvidence"/>`, `<w:pStyle w:val="Hides"/>`},
		"of a table":      {`<w:style w:type="table" w:styleId="Hides"><w:rPr><w:strike/></w:rPr></w:style>`, `<w:tblStyle w:val="GarantForm"/>`, `<w:tblStyle w:val="Hides"/>`},
		"of all":          {`<w:style w:type="paragraph" w:default="1" w:styleId="Hides"><w:rPr><w:vanish/></w:rPr></w:style>`, `<w:pStyle w:val="GarantEvidence"/>`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := rewrite(t, edited(t, data, c.old, c.with), func(name, content string) (string, string) {
				if name == "word/styles.xml" {
					content = strings.Replace(content, "</w:styles>", c.styles+"</w:styles>", 1)
				}
				return name, content
			})
			if cmp.Equal(regionsOf(doc), read(t, changed).Regions) {
				t.Error("the regions read the same")
			}
		})
	}
}

// unreadable gives documents that Word shows otherwise than we could read them, or that are made to cost much.
func unreadableDocuments(t *testing.T) map[string]struct {
	data []byte
	want *fault.Error
} {
	t.Helper()
	data := render(t, sample(3), nil)
	whole := func(body string) []byte {
		return stored(t, asDocument(t, []byte(`<w:document xmlns:w="`+mainNamespace+`" xmlns:mc="`+compatibility+`"><w:body>`+body+`</w:body></w:document>`)))
	}
	many := func(n int, text string) string { return strings.Repeat(text, n) }
	renamed := fault.NewInvalid("document.renamed", "part", documentPart)
	tooLong := fault.NewInvalid("document.too-long", "limit", maxText>>20)
	words := many(100_000, "un deux trois ")
	return map[string]struct {
		data []byte
		want *fault.Error
	}{
		"another prefix":          {edited(t, data, `<w:t>reçoit`, `<x:t xmlns:x="`+mainNamespace+`">Sauf exception</x:t><w:t>reçoit`), renamed},
		"a prefix in disguise":    {edited(t, data, `<w:t>reçoit`, `<x:t xmlns:x="http&#58;`+mainNamespace[5:]+`">Sauf exception</x:t><w:t>reçoit`), renamed},
		"no prefix":               {edited(t, data, `<w:t>reçoit`, `<t xmlns="`+mainNamespace+`">Sauf exception</t><w:t>reçoit`), renamed},
		"a prefix of strict":      {edited(t, data, `<w:t>reçoit`, `<x:t xmlns:x="http://purl.oclc.org/ooxml/wordprocessingml/main">Sauf exception</x:t><w:t>reçoit`), renamed},
		"another meaning":         {edited(t, data, `<w:t>vingt-quatre`, `<w:t xmlns:w="urn:q">vingt-quatre`), renamed},
		"another encoding":        {edited(t, data, `encoding="UTF-8"`, `encoding='UTF-7'`), fault.NewInvalid("document.damaged", "part", documentPart)},
		"another document":        {edited(t, data, `<w:sectPr`, `<w:altChunk r:id="rId99"/><w:sectPr`), fault.NewInvalid("document.alt-chunk")},
		"a long text":             {whole(`<w:p><w:r>` + many(4, `<w:t>`+words+`</w:t>`) + `</w:r></w:p>`), tooLong},
		"a text under many names": {whole(`<w:p>` + many(1, `<w:r><w:t>`+words+`</w:t></w:r>`) + bookmarks(4000) + `</w:p>`), tooLong},
		"a text many times deep":  {whole(many(95, `<mc:AlternateContent><mc:Choice>`) + `<w:p><w:r><w:t>` + words + `</w:t></w:r></w:p>` + many(95, `</mc:Choice></mc:AlternateContent>`)), tooLong},
		"empty paragraphs":        {whole(many(1_500_000, `<w:p/>`)), tooLong},
		"a note called often":     {whole(`<w:p><w:r>` + many(300_000, `<w:footnoteReference w:id="1"/>`) + `</w:r></w:p>`), nil},
		"a field begun often":     {whole(`<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>` + words + `</w:instrText>` + many(200_000, `<w:fldChar w:fldCharType="separate"/>`) + `</w:r></w:p>`), nil},
		"a property in pieces":    {withProperty(t, data, many(500_000, `a<!-- -->`)), nil},
	}
}

func bookmarks(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, `<w:bookmarkStart w:id="%d" w:name="b%d"/>`, i, i)
	}
	return out.String()
}

func withProperty(t *testing.T, data []byte, value string) []byte {
	t.Helper()
	return stored(t, rewrite(t, data, func(name, content string) (string, string) {
		if name == "docProps/custom.xml" {
			content = strings.Replace(content, "</Properties>", `<property name="q"><vt:lpwstr>`+value+`</vt:lpwstr></property></Properties>`, 1)
		}
		return name, content
	}))
}

// stored gives a file with its parts not deflated: nothing in it looks like a bomb.
func stored(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, content := range unpack(t, data) {
		file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What a hostile file costs is measured alone, so that it is its own.
func TestReadRefusesWhatItCannotReadAsWordDoesAndIsQuickOnHostileFiles(t *testing.T) {
	for name, c := range unreadableDocuments(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := Read(c.data)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 128<<20 || took > patience {
			t.Errorf("%s: %d MiB, %s", name, allocated>>20, took)
		}
		got, _ := fault.As(err)
		if got != nil {
			got.Err = nil // the cause is for logs
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: fault (-want +got):\n%s", name, diff)
		}
	}
}

// withoutFields drops the paragraphs that hold fields, which are those of the contents: each program writes its own.
func withoutFields(between []Between) {
	for i := range between {
		between[i].Text = slices.DeleteFunc(between[i].Text, func(text string) bool { return strings.Contains(text, mark) })
	}
}

func TestReadTellsWhatStandsBetweenRegions(t *testing.T) {
	t.Parallel()
	doc := sample(5)
	data := edited(t, render(t, doc, nil), `<w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:bookmarkStart w:id="7"`,
		`<w:p><w:r><w:t>Un paragraphe glissé là.</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:bookmarkStart w:id="7"`)
	want := []Between{
		{After: "garant_parties", Text: append([]string{"Sommaire"}, append(Canonical(doc.Sections[2].Blocks), "Gouvernance de la sécurité")...)},
		{After: "garant_GOV_01_1", Text: []string{"Un paragraphe glissé là."}},
		{After: "garant_ACC_03_3", Text: []string{"Correctifs et vulnérabilités"}},
	}
	got := read(t, data).Between
	withoutFields(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("between (-want +read):\n%s", diff)
	}
}
