package word

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// form is a page to fill in, with every block that such pages have.
func form() Document {
	cell := func(text string) Cell { return Cell{Runs: Text(text)} }
	return Document{
		Language: "fr-FR", Title: "Fiche", Creator: "Centre hospitalier de Vallombreuse",
		Values: []Value{{"page.left", "Fiche"}, {"page.right", "Centre hospitalier"}, {"page.footer", "Fiche · 1.0"}},
		Sections: []Section{{"body", []Block{
			Paragraph{Style: Organisation, Runs: Text("Centre hospitalier")},
			Paragraph{Style: Kicker, Runs: Text("Document du marché")}, Paragraph{Style: Headline, Runs: Text("Fiche")},
			Heading{Level: 1, Text: "Les faits"},
			Table{Style: Sheet, Roomy: true, Together: true, Columns: []Column{{Width: 34}, {Width: 66}}, Rows: [][]Cell{{cell("Nom"), {}}, {cell("Date"), {}}}},
			Tick{Runs: Text("Oui")}, Tick{Runs: Text("Non"), KeepNext: true},
			Frame{Lines: 3},
			Table{HeaderRow: true, Roomy: true, Together: true, KeepNext: true, Columns: []Column{{Title: "Qui"}, {Title: "Vu", Align: Center}}, Rows: [][]Cell{{{}, cell("☐")}}},
			Signatures{Boxes: []SignatureBox{{Title: "Pour l’un"}, {Title: "Pour l’autre"}}},
		}}},
	}
}

func TestAFormIsAValidDocumentInAnyTemplate(t *testing.T) {
	t.Parallel()
	data := render(t, form(), FormTemplate("fr-FR"))
	if wrong := validate(t, data); wrong != nil {
		t.Errorf("in its own template: %s", strings.Join(wrong, "\n"))
	}
	if string(data) != string(render(t, form(), FormTemplate("fr-FR"))) {
		t.Error("the same form gives other bytes")
	}
	annex := sample(3)
	annex.Sections[2].Blocks = append(annex.Sections[2].Blocks, form().Sections[0].Blocks...)
	for name, template := range map[string][]byte{"the product's": nil, "a structure's": plainWordTemplate(t)} {
		if wrong := validate(t, render(t, annex, template)); wrong != nil {
			t.Errorf("in %s: %s", name, strings.Join(wrong, "\n"))
		}
	}
}

func TestAShortTableStaysTogetherAndWithItsSignatures(t *testing.T) {
	t.Parallel()
	document := unpack(t, render(t, form(), FormTemplate("fr-FR")))[documentPart]
	kept := func(of string) int {
		at := strings.Index(document, of)
		return strings.Count(document[at:at+strings.Index(document[at:], "</w:tbl>")], "<w:keepNext/>")
	}
	got := []int{kept(`<w:tblStyle w:val="GarantForm"/>`), kept(`<w:tblHeader/>`)}
	if diff := cmp.Diff([]int{2, 2}, got); diff != "" { // the cells of the first row; those of the only one
		t.Errorf("cells kept with the next (-want +got):\n%s", diff)
	}
	if !strings.Contains(document, `</w:tbl><w:p><w:pPr><w:pStyle w:val="GarantSpacer"/><w:keepNext/>`) {
		t.Error("nothing keeps the last table with the signatures")
	}
}

func TestABlockThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	doc := form()
	doc.Sections[0].Blocks = []Block{Frame{}}
	if _, err := Render(doc, FormTemplate("")); err == nil || !strings.Contains(err.Error(), "frame of 0 lines") {
		t.Errorf("a frame of no line: %v", err)
	}
}

func TestTheTextOfAFormHasItsBoxes(t *testing.T) {
	t.Parallel()
	want := []string{"☐ Oui", "☐ Non"}
	if diff := cmp.Diff(want, Canonical([]Block{Tick{Runs: Text("Oui")}, Frame{Lines: 2}, Tick{Runs: Text("Non")}})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// flyer is a side with panels and pictures.
func flyer(t *testing.T) Document {
	t.Helper()
	picture := Picture{Data: logo(t), Description: "Le « logo » & l’autre", Align: Right}
	return Document{
		Language: "fr-FR", Title: "Dépliant", Values: []Value{{"page.footer", "Dépliant"}},
		Sections: []Section{{"body", []Block{
			Panels{Gap: 200, Under: 100, Panels: []Panel{{Width: 2, Blocks: []Block{picture}}, {Width: 1, Blocks: []Block{picture}}}},
			Panels{Panels: []Panel{{Fill: "0B5C63", Tall: 900, Blocks: []Block{Paragraph{Style: FlyerTitle, Runs: Text("Titre")}}}, {Rule: "0B5C63"}}},
			PageBreak{},
			Panels{Panels: []Panel{{Blocks: []Block{Paragraph{Style: FlyerHeading, Runs: Text("Un")}, List{Ordered: true, Style: FlyerItem, Items: []ListItem{{Runs: Text("a")}}}}}}},
		}}},
	}
}

func TestAFlyerIsAValidDocument(t *testing.T) {
	t.Parallel()
	data := render(t, flyer(t), FlyerTemplate("fr-FR"))
	if wrong := validate(t, data); wrong != nil {
		t.Error(strings.Join(wrong, "\n"))
	}
	parts := unpack(t, data)
	for _, want := range []string{"word/media/garant-logo-1.png", "word/media/garant-logo-2.png"} {
		if parts[want] == "" {
			t.Errorf("no %s", want)
		}
	}
	if diff := cmp.Diff([]string{"Titre", "Un", "a"}, Canonical(flyer(t).Sections[0].Blocks)); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestAPanelThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for want, block := range map[string]Block{
		"panels without a panel":        Panels{},
		`colour "red"`:                  Panels{Panels: []Panel{{Fill: "red"}}},
		"block word.Table on a panel":   Panels{Panels: []Panel{{Blocks: []Block{Table{}}}}},
		"empty picture":                 Picture{},
		"template.logo-unreadable":      Panels{Panels: []Panel{{Blocks: []Block{Picture{Data: []byte("x")}}}}},
		`paragraph style "of nobody"`:   Panels{Panels: []Panel{{Blocks: []Block{Paragraph{Style: "of nobody"}}}}},
		`list item style "of nobody's"`: List{Style: "of nobody's", Items: []ListItem{{}}},
	} {
		doc := flyer(t)
		doc.Sections[0].Blocks = []Block{block}
		if _, err := Render(doc, FlyerTemplate("")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
