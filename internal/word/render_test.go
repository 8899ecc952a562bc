package word

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// printed gives what a reader sees of a document's parts: a line a paragraph, with its style and list, cells between
// bars; then the headers, footers and properties.
func printed(t testing.TB, data []byte) string {
	t.Helper()
	parts := unpack(t, data)
	var out strings.Builder
	for _, name := range []string{"word/document.xml", "word/header1.xml", "word/footer1.xml", "docProps/core.xml", "docProps/custom.xml"} {
		fmt.Fprintf(&out, "== %s\n", name)
		s := newScanner([]byte(parts[name]))
		for s.next() {
			value, _ := s.attr("w:val")
			switch {
			case s.is("w:pStyle"):
				out.WriteString("[" + value + "] ")
			case s.is("w:ilvl"):
				out.WriteString(strings.Repeat("  ", number(value)) + "* ")
			case s.is("w:pageBreakBefore"):
				out.WriteString("(page) ")
			case s.is("w:b") && s.inside() == "w:rPr":
				out.WriteString("*")
			case s.is("w:tab") && s.inside() == "w:r", s.is("w:br"):
				out.WriteString(" | ")
			case s.is("property"):
				name, _ := s.attr("name")
				out.WriteString(name + " = ")
			case s.is("w:bookmarkStart"):
				name, _ := s.attr("w:name")
				out.WriteString("{" + name + " ")
			case s.closes("w:bookmarkEnd"):
				out.WriteString("}")
			case s.closes("w:p"), s.closes("property"), s.closes("w:tr"), s.kind == endTag && strings.HasPrefix(string(s.name), "dc:"):
				out.WriteString("\n")
			case s.kind == charData:
				out.WriteString(unescape(s.src[s.start:s.end]))
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}

func TestRenderWritesTheSampleAsItsGoldenFileShows(t *testing.T) {
	t.Parallel()
	got := printed(t, render(t, sample(5), nil))
	path := filepath.Join("testdata", "annex.golden.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run with -update after looking (-want +got):\n%s", diff)
	}
}

func TestRenderGivesTheSameBytesForTheSameInput(t *testing.T) {
	t.Parallel()
	for name, template := range map[string][]byte{"default": nil, "given": DefaultTemplate("fr-FR"), "a structure's": plainWordTemplate(t)} {
		if !bytes.Equal(render(t, sample(7), template), render(t, sample(7), template)) {
			t.Errorf("%s: two renderings differ", name)
		}
	}
	if !bytes.Equal(render(t, sample(7), nil), render(t, sample(7), DefaultTemplate("en-GB"))) {
		t.Error("the default template given as bytes renders another file")
	}
}

func TestTextIsNeverMarkupNorPlaceholderNorControl(t *testing.T) {
	t.Parallel()
	nasty := "{{articles}} {{annex.title}} </w:t></w:r><w:br/> &amp; <b> \x00\x01\x0B\x1F\uFFFE\uFFFF\U000E00010\U000E0001 \xff\xfe \u2028 ]]> 日本 😀\tfin"
	const want = "{{articles}} {{annex.title}} </w:t></w:r><w:br/> &amp; <b> 0 ]]> 日本 😀 fin"
	doc := sample(1)
	for i := range doc.Values {
		doc.Values[i].Text = nasty
	}
	doc.Title, doc.Creator = nasty, nasty
	doc.Properties = []Property{{"Name " + nasty, nasty}}
	doc.Sections[3].Blocks = []Block{
		Heading{Level: 1, Numbered: true, Text: nasty}, Paragraph{Runs: Text(nasty)},
		Table{HeaderRow: true, Columns: []Column{{Title: nasty}}, Rows: [][]Cell{{{Runs: Text(nasty)}}}, Caption: nasty},
		Signatures{Boxes: []SignatureBox{{Title: nasty, Lines: []string{nasty}}}},
	}
	data := render(t, doc, nil)
	if wrong := validate(t, data); len(wrong) > 0 {
		t.Errorf("not valid:\n%s", strings.Join(wrong, "\n"))
	}
	doc.Sections[3].Blocks = []Block{Marked{Bookmark: "all", Blocks: doc.Sections[3].Blocks}}
	regions := read(t, render(t, doc, nil)).Regions
	got := regions[len(regions)-1].Text
	if diff := cmp.Diff([]string{want, want, want, want, want, want}, got); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if header := unpack(t, data)["word/header1.xml"]; strings.Count(header, "{{articles}}") != 2 {
		t.Errorf("header: %s", header)
	}
}

func TestALineBreakInAValueIsALineBreakEverywhere(t *testing.T) {
	t.Parallel()
	doc := sample(1)
	for i := range doc.Values {
		doc.Values[i].Text = "un\r\ndeux\ntrois"
	}
	parts := unpack(t, render(t, doc, nil))
	const want = `un</w:t><w:br/><w:t xml:space="preserve">deux</w:t><w:br/><w:t xml:space="preserve">trois</w:t>`
	for _, name := range []string{documentPart, "word/header1.xml", "word/footer1.xml"} {
		if !strings.Contains(parts[name], want) {
			t.Errorf("%s: no line breaks: %s", name, parts[name])
		}
	}
}

func TestAPlainWordTemplateKeepsItsLookAndGetsWhatItLacks(t *testing.T) {
	t.Parallel()
	parts := unpack(t, render(t, sample(6), plainWordTemplate(t)))
	document := parts[documentPart]
	for _, want := range []string{
		`<w:t xml:space="preserve">Annexe de sécurité</w:t><w:br/>`, // split over runs, with marks between
		`tle}}`, `<w:pStyle w:val="Titre1"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>`,
		`<w:pStyle w:val="Titre2"/><w:numPr><w:ilvl w:val="1"/><w:numId w:val="2"/></w:numPr>`,
		`<w:pStyle w:val="GarantBullet"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>`,
	} {
		if found := strings.Contains(document, want); found == (want == `tle}}`) {
			t.Errorf("%q: %v", want, found)
		}
	}
	for _, want := range []string{
		`w:styleId="GarantBody"><w:name w:val="GarantBody"/><w:basedOn w:val="Normal"/>`,
		`w:styleId="GarantPlain1"><w:name w:val="GarantPlain1"/><w:basedOn w:val="Titre1"/>`,
		`w:styleId="GarantGrid"><w:name w:val="GarantGrid"/><w:basedOn w:val="TableauNormal"/>`,
		`w:styleId="GarantBullet"><w:name w:val="GarantBullet"/><w:basedOn w:val="GarantBody"/>`,
	} {
		if !strings.Contains(parts["word/styles.xml"], want) {
			t.Errorf("styles hold no %q", want)
		}
	}
	if !strings.Contains(parts["word/header1.xml"], `Centre hospitalier de Vallombreuse`) {
		t.Errorf("header: %s", parts["word/header1.xml"])
	}
	if !strings.Contains(parts["word/settings.xml"], `<w:themeFontLang w:val="fr-FR"/><w:decimalSymbol`) {
		t.Errorf("settings: %s", parts["word/settings.xml"])
	}
}

func TestPlaceholdersAreFilledInTablesTextBoxesAndNotes(t *testing.T) {
	t.Parallel()
	box := `<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps"><w:drawing><w:txbxContent>` +
		paragraphOf("{{struct", "ure.name}}") + `</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>` + paragraphOf("{{structure.name}}") +
		`</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>`
	cell := `<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>` + paragraphOf("Nom : {{ structure.name }}.") + `</w:tc></w:tr></w:tbl>`
	template := rewrite(t, withBody(t, box+cell), func(name, content string) (string, string) {
		if name == "word/fontTable.xml" { // notes are not among the parts that the library looks at
			return "word/footnotes.xml", `<w:footnotes xmlns:w="` + mainNamespace + `"><w:footnote w:id="1">` + paragraphOf("{{structure.name}}") + `</w:footnote></w:footnotes>`
		}
		return name, strings.ReplaceAll(content, "fontTable", "footnotes")
	})
	parts := unpack(t, render(t, sample(1), template))
	if n := strings.Count(parts[documentPart], "Vallombreuse"); n != 5 { // two in the box, one in the cell, cover, parties
		t.Errorf("%d names in the document, want 5", n)
	}
	if !strings.Contains(parts["word/footnotes.xml"], "Vallombreuse") {
		t.Errorf("notes: %s", parts["word/footnotes.xml"])
	}
	if !strings.Contains(parts[documentPart], "Nom : Centre hospitalier de Vallombreuse.") {
		t.Error("the text around a placeholder is gone")
	}
}

func TestTwoStructuresRenderingAtOnceNeverMix(t *testing.T) {
	t.Parallel()
	templates := [][]byte{nil, plainWordTemplate(t)}
	var group sync.WaitGroup
	for n := range 40 {
		group.Go(func() {
			name := fmt.Sprintf("Structure numéro %d", n)
			doc := sample(3)
			doc.Values[0].Text = name
			data, err := Render(doc, templates[n%2])
			if err != nil {
				t.Error(err)
				return
			}
			names := regexp.MustCompile(`Structure numéro \d+`)
			found := 0
			for part, content := range unpack(t, data) {
				for _, other := range names.FindAllString(content, -1) {
					found++
					if other != name {
						t.Errorf("%s: %q in the document of %q", part, other, name)
					}
				}
			}
			if found < 2 {
				t.Errorf("%q stands %d times", name, found)
			}
		})
	}
	group.Wait()
}

func TestRenderNamesThePlaceholderItHasNothingFor(t *testing.T) {
	t.Parallel()
	doc := sample(1)
	doc.Values = doc.Values[1:]
	_, err := Render(doc, nil)
	want := "invalid: template.unknown-placeholder names={{structure.name}} allowed={{logo}}, {{parties}}, {{contents}}, {{guide}}, {{articles}}, {{figures}}, " +
		"{{texts}}, {{signatures}}, {{structure.details}}, {{annex.kicker}}, {{annex.title}}, {{annex.running}}, {{annex.footer}}, {{contract.title}}"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRenderRefusesADocumentThatWouldMakeABrokenFile(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]Block{
		"a level":             Heading{Level: 4},
		"a style":             Paragraph{Style: "fancy"},
		"a short row":         Table{Columns: []Column{{}, {}}, Rows: [][]Cell{{{}}}},
		"no columns":          Table{},
		"no rows":             Table{Columns: []Column{{}}},
		"a bookmark":          Marked{Bookmark: "1 x"},
		"a region in another": Marked{Bookmark: "a", Blocks: []Block{Marked{Bookmark: "b"}}},
		"an empty list under": List{Items: []ListItem{{Children: &List{}}}},
		"too deep contents":   Contents{Levels: 9},
		"nothing":             nil,
	} {
		doc := sample(1)
		doc.Sections[3].Blocks = []Block{block}
		if _, err := Render(doc, nil); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	doc := sample(1)
	doc.Logo = []byte("not a picture")
	if _, err := Render(doc, nil); err == nil || !strings.Contains(err.Error(), "template.logo-unreadable") {
		t.Errorf("a logo that is none: %v", err)
	}
}

// The pages of the contents are computed from these figures: they must be those of the template.
func TestLayoutFiguresAreThoseOfTheTemplate(t *testing.T) {
	t.Parallel()
	all := readStyles(embeddedPart("word/styles.xml"))
	byID := make(map[string]style)
	for _, s := range all {
		byID[s.id] = s
	}
	for id, want := range metrics {
		got := metric{size: 20}
		for _, link := range chain(byID, id) {
			got.apply(link.raw)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(metric{})); diff != "" {
			t.Errorf("%s (-pages.go +styles.xml):\n%s", id, diff)
		}
	}
	page := embeddedPart(documentPart)
	for _, want := range []string{`w:h="16838"`, `w:top="1701"`, `w:bottom="1474"`} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the template's page has no %s", want)
		}
	}
}

// chain gives a style and those it builds on, the most general first.
func chain(all map[string]style, id string) []style {
	s, ok := all[id]
	if !ok {
		return nil
	}
	return append(chain(all, s.base), s)
}

func (m *metric) apply(raw []byte) {
	s := newScanner(raw)
	set := func(into *int, attribute string) {
		if value, given := s.attr(attribute); given {
			*into = number(value)
		}
	}
	for s.next() {
		switch {
		case s.is("w:sz"):
			set(&m.size, "w:val")
		case s.is("w:b"):
			m.bold = true
		case s.is("w:keepNext"):
			m.keepNext = true
		case s.is("w:keepLines"):
			m.keepLines = true
		case s.is("w:spacing") && s.inside() == "w:pPr":
			set(&m.line, "w:line")
			set(&m.before, "w:before")
			set(&m.after, "w:after")
		case s.is("w:ind"):
			set(&m.left, "w:left")
		}
	}
}

func TestTheContentsOfAPlainDocumentTellThePages(t *testing.T) {
	t.Parallel()
	document := Document{
		Language: "fr-FR", Title: "Recueil", Values: []Value{{Name: "page.left", Text: "a"}, {Name: "page.right", Text: "b"}, {Name: "page.footer", Text: "c"}},
		Sections: []Section{{Name: "body", Blocks: []Block{
			Heading{Level: 1, Text: "Sommaire"}, Contents{Levels: 1}, PageBreak{}, Heading{Level: 1, Text: "Premier"}, Paragraph{Runs: Text("Texte.")},
			PageBreak{}, Heading{Level: 1, Text: "Second"}, Paragraph{Runs: Text("Texte.")},
		}}},
	}
	said := printed(t, render(t, document, PlainTemplate("fr-FR")))
	for title, page := range map[string]string{"Premier": "2", "Second": "3"} {
		if !regexp.MustCompile(`(?m)^\[TOC1\].* ` + "?" + title + `.*\b` + page + `\D*$`).MatchString(said) {
			t.Errorf("%s is not said to be on page %s:\n%s", title, page, said)
		}
	}
}
