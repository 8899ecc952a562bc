package clause

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// flyerFile holds the flyer; a library may have none.
const flyerFile = "flyer.yaml"

// Flyer is the sheet that opens the talk on security with a supplier, before the contract is signed. Its texts are single
// paragraphs of the Markdown subset.
type Flyer struct {
	Title         content.Text `yaml:"title,required"`
	Lead          content.Text `yaml:"lead,required"`
	Why           FlyerPoint   `yaml:"why,required"`
	Doors         FlyerDoors   `yaml:"doors,required"`
	Ask           FlyerList    `yaml:"ask,required"`
	Questionnaire FlyerSteps   `yaml:"questionnaire,required"`
	Gains         FlyerList    `yaml:"gains,required"`
	Contact       FlyerContact `yaml:"contact,required"`
}

// FlyerPoint is a short text under a title.
type FlyerPoint struct {
	Title content.Text `yaml:"title,required"`
	Text  content.Text `yaml:"text,required"`
}

// FlyerDoors are the six doors that intrusions come through.
type FlyerDoors struct {
	Title content.Text `yaml:"title,required"`
	Items []FlyerDoor  `yaml:"items,required"`
}

// FlyerDoor is one of them.
type FlyerDoor struct {
	Vector Vector       `yaml:"vector,required"`
	Title  content.Text `yaml:"title,required"`
	Text   content.Text `yaml:"text,required"`
}

// FlyerList is a list under a title.
type FlyerList struct {
	Title content.Text   `yaml:"title,required"`
	Items []content.Text `yaml:"items,required"`
}

// FlyerSteps are steps under a title.
type FlyerSteps struct {
	Title content.Text `yaml:"title,required"`
	Items []FlyerPoint `yaml:"items,required"`
}

// FlyerContact says whom to call, and names those it lists.
type FlyerContact struct {
	Title    content.Text `yaml:"title,required"`
	Text     content.Text `yaml:"text,required"`
	Security content.Text `yaml:"security,required"`
	Privacy  content.Text `yaml:"privacy,required"`
	Region   content.Text `yaml:"region,required"`
}

func decodeFlyer(file content.File) part {
	f := &Flyer{}
	src, err := content.Decode(file.Name, file.Data, f)
	return func(l *Library) fault.Problems {
		l.Flyer = f
		l.places[flyerFile] = place{source: src}
		return asProblems(err)
	}
}

// The longest texts of a flyer, in characters, and the most entries of a list: what two sides hold.
const (
	maxFlyerTitle = 60
	maxFlyerWhy   = 520
	maxFlyerText  = 150
	maxFlyerItems = 5
	maxFlyerSteps = 4
)

// flyerText is a text of the flyer with its place in the file and how long it may be.
type flyerText struct {
	field string
	text  content.Text
	limit int
}

func (f *Flyer) texts() []flyerText {
	texts := []flyerText{{"title", f.Title, maxFlyerTitle}, {"lead", f.Lead, maxFlyerText}}
	point := func(at string, title, text content.Text, limit int) {
		texts = append(texts, flyerText{at + ".title", title, maxFlyerTitle}, flyerText{at + ".text", text, limit})
	}
	list := func(at string, l FlyerList) {
		texts = append(texts, flyerText{at + ".title", l.Title, maxFlyerTitle})
		for i, item := range l.Items {
			texts = append(texts, flyerText{fmt.Sprintf("%s.items[%d]", at, i), item, maxFlyerText})
		}
	}
	point("why", f.Why.Title, f.Why.Text, maxFlyerWhy)
	texts = append(texts, flyerText{"doors.title", f.Doors.Title, maxFlyerTitle})
	for i, d := range f.Doors.Items {
		point(fmt.Sprintf("doors.items[%d]", i), d.Title, d.Text, maxFlyerText)
	}
	list("ask", f.Ask)
	texts = append(texts, flyerText{"questionnaire.title", f.Questionnaire.Title, maxFlyerTitle})
	for i, s := range f.Questionnaire.Items {
		point(fmt.Sprintf("questionnaire.items[%d]", i), s.Title, s.Text, maxFlyerText)
	}
	list("gains", f.Gains)
	point("contact", f.Contact.Title, f.Contact.Text, maxFlyerText)
	for at, label := range map[string]content.Text{"security": f.Contact.Security, "privacy": f.Contact.Privacy, "region": f.Contact.Region} {
		texts = append(texts, flyerText{"contact." + at, label, maxFlyerTitle})
	}
	return texts
}

// lintFlyer: every text fits its place and is one paragraph, the six doors are there, each once.
func (l *Library) lintFlyer() fault.Problems {
	if l.Flyer == nil {
		return nil
	}
	check := checker{src: l.places[flyerFile].source}
	for _, t := range l.Flyer.texts() {
		for _, lang := range locale.Languages() {
			lintFlyerText(&check, t, lang)
		}
	}
	for i, d := range l.Flyer.Doors.Items {
		same := func(other FlyerDoor) bool { return other.Vector == d.Vector }
		if slices.ContainsFunc(l.Flyer.Doors.Items[:i], same) {
			check.failAt(fmt.Sprintf("doors.items[%d].vector", i), "library.id-twice", "id", d.Vector)
		}
	}
	want := len(Vector("").Choices())
	for _, list := range []struct {
		field            string
		count, low, high int
	}{
		{"doors.items", len(l.Flyer.Doors.Items), want, want}, {"ask.items", len(l.Flyer.Ask.Items), 1, maxFlyerItems},
		{"questionnaire.items", len(l.Flyer.Questionnaire.Items), 1, maxFlyerSteps}, {"gains.items", len(l.Flyer.Gains.Items), 1, maxFlyerItems},
	} {
		if list.count < list.low || list.count > list.high {
			check.failAt(list.field, "flyer.count", "count", list.count, "min", list.low, "max", list.high)
		}
	}
	return check.problems
}

func lintFlyerText(check *checker, t flyerText, lang locale.Language) {
	text, field := strings.TrimSpace(t.text.In(lang)), t.field+"."+string(lang)
	if length := utf8.RuneCountInString(text); length > t.limit {
		check.failAt(field, "flyer.too-long", "length", length, "limit", t.limit)
	}
	for _, slip := range prose.Slips(lang, text) {
		check.failAt(field, slip.Key, "value", slip.Value)
	}
	switch blocks, err := content.Markdown(text); {
	case err != nil:
		check.failAt(field, "library.markdown", "why", err.Error())
	case len(blocks) != 1 || blocks[0].List != nil:
		check.failAt(field, "model.one-paragraph", "value", text)
	default:
		for _, r := range blocks[0].Paragraph {
			if r.Variable != "" {
				check.failAt(field, "flyer.place", "name", r.Variable)
			}
		}
	}
}
