package annex_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// logo is a picture of one colour.
func logo(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 300, 100))
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// named is the example with contacts and a region.
func named(t *testing.T, lang locale.Language) annex.Input {
	t.Helper()
	in := cardiac(t, "language: fr", "language: "+string(lang))
	in.Region.Name = "Agence régionale de santé des Trois-Vallées"
	in.Values = append(slices.Clone(in.Values), content.Entry[content.Scalar]{Key: "contact_rssi", Value: "rssi@ch.example, 02 00 00 00 00"})
	return in
}

// long is the example with names as long as few are.
func long(t *testing.T, lang locale.Language) annex.Input {
	t.Helper()
	in := named(t, lang)
	name := strings.TrimSpace(strings.Repeat("Groupement hospitalier ", 6))
	in.Structure.Name, in.Supplier.Name, in.Region.Name = name, name, name
	in.Values = content.Map[content.Scalar]{{Key: "contact_rssi", Value: content.Scalar(name)}, {Key: "contact_dpo", Value: content.Scalar(name)}}
	return in
}

func flyer(t *testing.T, in annex.Input, logos annex.Logos) *annex.Flyer {
	t.Helper()
	f, err := composer().Flyer(in, logos)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func flyerWord(t *testing.T, f *annex.Flyer) []byte {
	t.Helper()
	data, err := f.Word(composer().Words.In(f.Language))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheFlyerNamesWhoseItIsForWhomAndWhomToCall(t *testing.T) {
	t.Parallel()
	type head struct {
		Structure, Region, Kicker, Title, Footer string
		Doors, Ask, Steps, Gains                 int
		Contacts                                 []annex.FlyerContact
	}
	of := func(in annex.Input) head {
		f := flyer(t, in, annex.Logos{})
		for i, c := range f.Contacts {
			f.Contacts[i].Label, f.Contacts[i].Text = plainSpaces.Replace(c.Label), plainSpaces.Replace(c.Text)
		}
		return head{f.Structure.Name, f.Region, f.Kicker, f.Title, f.Footer, len(f.Doors), len(f.Ask), len(f.Steps), len(f.Gains), f.Contacts}
	}
	want := head{
		"Centre hospitalier de Vallombreuse", "Agence régionale de santé des Trois-Vallées", "Pour Logimed Télésuivi SAS", "Parlons de sécurité avant de signer",
		"Centre hospitalier de Vallombreuse · Parlons de sécurité avant de signer", 6, 5, 4, 4,
		[]annex.FlyerContact{
			{Label: "Sécurité du système d’information", Text: "rssi@ch.example, 02 00 00 00 00"}, {Label: "Protection des données", Text: "……………………"},
			{Label: "Appui régional", Text: "Agence régionale de santé des Trois-Vallées"},
		},
	}
	if diff := cmp.Diff(want, of(named(t, locale.French))); diff != "" {
		t.Errorf("in French (-want +got):\n%s", diff)
	}
	in := named(t, locale.English)
	in.Region, in.Values = annex.Region{}, nil
	want = head{
		"Centre hospitalier de Vallombreuse", "", "For Logimed Télésuivi SAS", "Let us talk security before we sign",
		"Centre hospitalier de Vallombreuse · Let us talk security before we sign", 6, 5, 4, 4,
		[]annex.FlyerContact{{Label: "Security of the information system", Text: "……………………"}, {Label: "Data protection", Text: "……………………"}},
	}
	if diff := cmp.Diff(want, of(in)); diff != "" {
		t.Errorf("in English (-want +got):\n%s", diff)
	}
}

func TestTheFlyerIsTwoSidesInWordWhateverTheNames(t *testing.T) {
	t.Parallel()
	both := annex.Logos{Structure: logo(t), Region: logo(t)}
	documents := map[string][]byte{}
	for _, lang := range locale.Languages() {
		documents["named."+string(lang)] = flyerWord(t, flyer(t, named(t, lang), both))
		documents["bare."+string(lang)] = flyerWord(t, flyer(t, cardiac(t, "language: fr", "language: "+string(lang)), annex.Logos{}))
		documents["long."+string(lang)] = flyerWord(t, flyer(t, long(t, lang), both))
	}
	for name, data := range documents {
		if lines := strings.Join(wordLines(t, data), "\n"); strings.ContainsAny(lines, "{}") {
			t.Errorf("%s has a place left open:\n%s", name, lines)
		}
	}
	for name, pages := range inOffice(t, documents) {
		if len(pages) != 2 {
			t.Errorf("%s has %d pages", name, len(pages))
		}
	}
}

func TestTheFlyerHoldsBothLogosAndIsTheSameTwice(t *testing.T) {
	t.Parallel()
	f := flyer(t, named(t, locale.French), annex.Logos{Structure: logo(t), Region: logo(t)})
	data := flyerWord(t, f)
	var pictures []string
	for name := range wordParts(t, data) {
		if strings.HasPrefix(name, "word/media/") {
			pictures = append(pictures, name)
		}
	}
	slices.Sort(pictures)
	if diff := cmp.Diff([]string{"word/media/garant-logo-1.png", "word/media/garant-logo-2.png"}, pictures); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !bytes.Equal(data, flyerWord(t, f)) {
		t.Error("the same flyer gives other bytes")
	}
	f.Logos.Structure = []byte("not a picture")
	if _, err := f.Word(composer().Words.In(f.Language)); err == nil {
		t.Error("a logo that is none was taken")
	}
}

func TestAFlyerNeedsAWholeInputAndALibraryThatHasOne(t *testing.T) {
	t.Parallel()
	in := cardiac(t)
	in.Region.Name = strings.Repeat("x", 201)
	if _, err := composer().Flyer(in, annex.Logos{}); err == nil || !strings.Contains(err.Error(), "region.name") {
		t.Errorf("a region too long: %v", err)
	}
	library := *composer().Library
	library.Flyer = nil
	_, err := annex.Composer{Library: &library, Words: composer().Words}.Flyer(cardiac(t), annex.Logos{})
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("no flyer: %v", err)
	}
}
