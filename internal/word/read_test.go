package word

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

func TestReadTellsWhatStandsBetweenRegionsButNotTheContents(t *testing.T) {
	t.Parallel()
	doc := sample(5)
	data := edited(t, render(t, doc, nil), `<w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:bookmarkStart w:id="7"`,
		`<w:p><w:r><w:t>Un paragraphe glissé là.</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:bookmarkStart w:id="7"`)
	want := []Between{
		{After: "garant_parties", Text: append([]string{"Sommaire"}, append(Canonical(doc.Sections[2].Blocks), "Gouvernance de la sécurité")...)},
		{After: "garant_GOV_01_1", Text: []string{"Un paragraphe glissé là."}},
		{After: "garant_ACC_03_3", Text: []string{"Correctifs et vulnérabilités"}},
	}
	if diff := cmp.Diff(want, read(t, data).Between); diff != "" {
		t.Errorf("between (-want +read):\n%s", diff)
	}
}
