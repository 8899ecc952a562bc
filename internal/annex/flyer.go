package annex

import (
	"regexp"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// Flyer is the sheet that opens the talk on security with a supplier, composed for a structure in one language: everything
// that is printed. Word and HTML are two ways to write it.
type Flyer struct {
	Language  locale.Language
	Structure Party
	Region    string // name of the regional agency; empty: none
	Logos     Logos

	Kicker, Title, Lead string
	Why                 Passage
	DoorsTitle          string
	Doors               []Passage
	AskTitle            string
	Ask                 [][]content.Run
	StepsTitle          string
	Steps               []Passage
	GainsTitle          string
	Gains               [][]content.Run
	Contact             Passage
	Contacts            []FlyerContact
	Footer              string
}

// Logos are pictures for the head of a flyer, PNG or JPEG; none: the names alone.
type Logos struct{ Structure, Region []byte }

// Passage is a short text under a title.
type Passage struct {
	Title string
	Text  []content.Run
}

// FlyerContact is whom to call, for what. Text is dotted where it is left to be filled in by hand.
type FlyerContact struct{ Label, Text string }

// Flyer composes the flyer from the input of an annex: the structure, the supplier, the contacts among the values, the region.
// An input that Validate refuses comes back as fault.Problems; fault.NotFound when the library has no flyer.
func (c Composer) Flyer(in Input, logos Logos) (*Flyer, error) {
	if problems := in.Validate(c.Library); len(problems) > 0 {
		return nil, problems
	}
	text := c.Library.Flyer
	if text == nil {
		return nil, fault.NewNotFound("flyer.none")
	}
	lang, ok := locale.ParseLanguage(string(in.Language))
	if !ok {
		lang = locale.French
	}
	p := c.Words.In(lang)
	say := func(t content.Text) string { return locale.Typography(lang, strings.TrimSpace(t.In(lang))) }
	runs := func(t content.Text) []content.Run { return paragraph(say(t)) }
	f := &Flyer{
		Language: lang, Structure: in.Structure, Region: locale.Typography(lang, strings.TrimSpace(in.Region.Name)), Logos: logos,
		Kicker: p.T("flyer.for", "supplier", in.Supplier.Name), Title: say(text.Title), Lead: say(text.Lead),
		Why:        Passage{say(text.Why.Title), runs(text.Why.Text)},
		DoorsTitle: say(text.Doors.Title), AskTitle: say(text.Ask.Title), StepsTitle: say(text.Questionnaire.Title), GainsTitle: say(text.Gains.Title),
		Contact: Passage{say(text.Contact.Title), runs(text.Contact.Text)},
		Footer:  p.T("flyer.footer", "structure", in.Structure.Name, "title", say(text.Title)),
	}
	for _, d := range text.Doors.Items {
		f.Doors = append(f.Doors, Passage{say(d.Title), runs(d.Text)})
	}
	for _, s := range text.Questionnaire.Items {
		f.Steps = append(f.Steps, Passage{say(s.Title), runs(s.Text)})
	}
	for _, item := range text.Ask.Items {
		f.Ask = append(f.Ask, runs(item))
	}
	for _, item := range text.Gains.Items {
		f.Gains = append(f.Gains, runs(item))
	}
	f.Contacts = []FlyerContact{
		{say(text.Contact.Security), c.contact(in, "contact_rssi", p)}, {say(text.Contact.Privacy), c.contact(in, "contact_dpo", p)},
	}
	if f.Region != "" {
		f.Contacts = append(f.Contacts, FlyerContact{say(text.Contact.Region), f.Region})
	}
	return f, nil
}

// figures are those of a telephone number, which no line may cut.
var figures = regexp.MustCompile(`([0-9]) \b`)

// contact is a value that names somebody; dotted when nobody is named.
func (c Composer) contact(in Input, name string, p locale.Printer) string {
	if v, ok := c.Library.Variable(name); ok {
		if value, err := v.Parse(in.Value(v)); err == nil && value != "" {
			return figures.ReplaceAllString(v.Print(value, p), "$1\u00a0")
		}
	}
	return blank
}

// paragraph reads a text of one paragraph; what is not of the Markdown subset stands as it is written.
func paragraph(text string) []content.Run {
	blocks, err := content.Markdown(text)
	if err != nil || len(blocks) != 1 || blocks[0].List != nil {
		return []content.Run{{Text: text}}
	}
	return blocks[0].Paragraph
}
