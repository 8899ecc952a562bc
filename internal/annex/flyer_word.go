package annex

import (
	"strconv"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/word"
)

// The colours of the flyer, and the space between its columns in twentieths of a point.
const (
	flyerTeal = "0B5C63"
	flyerMist = "EEF3F2"
	flyerGap  = 283

	flyerBreath = 900 // between two parts of a side, where there is room
)

// Word writes the flyer as a Word document of two sides. Same flyer, same bytes.
func (f *Flyer) Word(p locale.Printer) ([]byte, error) {
	blocks := append(f.front(), word.PageBreak{})
	return word.Render(word.Document{
		Language: f.Language.Tag(), Title: p.T("flyer.name") + " · " + f.Structure.Name, Subject: f.Title, Creator: f.Structure.Name,
		Values:   []word.Value{{Name: "page.footer", Text: f.Footer}},
		Sections: []word.Section{{Name: "body", Blocks: append(blocks, f.back()...)}},
	}, word.FlyerTemplate(f.Language.Tag()))
}

// front says whose it is, why, and what the six doors are.
func (f *Flyer) front() []word.Block {
	blocks := []word.Block{
		word.Panels{Gap: flyerGap, Under: flyerGap, Panels: []word.Panel{
			{Width: 60, Blocks: signed(f.Structure.Name, f.Logos.Structure, word.Left)},
			{Width: 40, Blocks: signed(f.Region, f.Logos.Region, word.Right)},
		}},
		word.Panels{Under: 600, Panels: []word.Panel{{Width: 1, Fill: flyerTeal, Blocks: []word.Block{
			word.Paragraph{Style: word.FlyerKicker, Runs: word.Text(f.Kicker)},
			word.Paragraph{Style: word.FlyerTitle, Runs: word.Text(f.Title)},
			word.Paragraph{Style: word.FlyerLead, Runs: word.Text(f.Lead)},
		}}}},
		flyerHeading(f.Why.Title),
		word.Paragraph{Style: word.FlyerBody, Runs: word.WrittenRuns(f.Why.Text)},
		word.Paragraph{Style: word.FlyerText},
		flyerHeading(f.DoorsTitle),
	}
	return append(blocks, numbered(f.Doors, 3)...)
}

// back says what is asked, what is gained, how the questionnaire works and whom to call.
func (f *Flyer) back() []word.Block {
	contact := []word.Block{
		word.Paragraph{Style: word.FlyerBand, Runs: word.Text(f.Contact.Title)},
		word.Paragraph{Style: word.FlyerBandText, Runs: word.WrittenRuns(f.Contact.Text)},
	}
	var whom []word.Block
	for _, c := range f.Contacts {
		whom = append(whom,
			word.Paragraph{Style: word.FlyerLabel, Runs: word.Text(c.Label)},
			word.Paragraph{Style: word.FlyerWhom, Runs: word.Text(c.Text)})
	}
	under := flyerBreath
	if f.crowded() {
		under = flyerGap
	}
	blocks := []word.Block{
		word.Panels{Gap: flyerGap, Under: under, Panels: []word.Panel{
			{Width: 54, Blocks: []word.Block{flyerHeading(f.AskTitle), items(f.Ask, true)}},
			{Width: 46, Fill: flyerMist, Blocks: []word.Block{flyerHeading(f.GainsTitle), items(f.Gains, false)}},
		}},
		flyerHeading(f.StepsTitle),
	}
	blocks = append(blocks, numbered(f.Steps, len(f.Steps))...)
	if !f.crowded() {
		blocks = append(blocks, word.Paragraph{Style: word.FlyerText})
	}
	blocks = append(blocks, word.Paragraph{Style: word.Small})
	return append(blocks, word.Panels{Panels: []word.Panel{
		{Width: 38, Fill: flyerTeal, Blocks: contact, Tall: 2900}, {Width: 62, Fill: flyerTeal, Blocks: whom},
	}})
}

// crowded reports whether whom to call takes so many words that the rest must stand closer.
func (f *Flyer) crowded() bool {
	length := 0
	for _, c := range f.Contacts {
		length += utf8.RuneCountInString(c.Text)
	}
	return length > 200
}

// signed is a name, under its logo where there is one.
func signed(name string, logo []byte, align word.Align) []word.Block {
	var blocks []word.Block
	if len(logo) > 0 {
		blocks = append(blocks, word.Picture{Data: logo, Description: name, Align: align})
	}
	if name == "" {
		return blocks
	}
	return append(blocks, word.Paragraph{Style: word.Organisation, Align: align, Runs: word.Text(name)})
}

func flyerHeading(text string) word.Block {
	return word.Paragraph{Style: word.FlyerHeading, Runs: word.Text(text)}
}

// numbered sets passages side by side, each under a rule and its number.
func numbered(passages []Passage, columns int) []word.Block {
	var blocks []word.Block
	for from := 0; from < len(passages); from += columns {
		row := word.Panels{Gap: flyerGap}
		if from+columns < len(passages) {
			row.Under = 460
		}
		for i := from; i < from+columns; i++ {
			panel := word.Panel{Width: 1}
			if i < len(passages) {
				panel.Rule = flyerTeal
				panel.Blocks = []word.Block{
					word.Paragraph{Style: word.FlyerNumber, Runs: word.Text(strconv.Itoa(i + 1))},
					word.Paragraph{Style: word.FlyerName, Runs: word.Text(passages[i].Title)},
					word.Paragraph{Style: word.FlyerText, Runs: word.WrittenRuns(passages[i].Text)},
				}
			}
			row.Panels = append(row.Panels, panel)
		}
		blocks = append(blocks, row)
	}
	return blocks
}

func items(texts [][]content.Run, ordered bool) word.List {
	list := word.List{Ordered: ordered, Style: word.FlyerItem}
	for _, runs := range texts {
		list.Items = append(list.Items, word.ListItem{Runs: word.WrittenRuns(runs)})
	}
	return list
}
