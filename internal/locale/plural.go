package locale

import (
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// plurals asks go-i18n which plural form a count takes, by having it localise a message whose forms are their own
// names. The texts are ours, so a page of 500 plain strings costs 500 map look-ups.
type plurals struct {
	localizer *i18n.Localizer
	small     [100]form // the counts that pages show most, asked once
}

const formMessage = "form"

func newPlurals(l Language) (plurals, error) {
	tag := language.Make(string(l))
	bundle := i18n.NewBundle(tag)
	err := bundle.AddMessages(tag, &i18n.Message{ID: formMessage, One: "one", Many: "many", Other: "other"})
	p := plurals{localizer: i18n.NewLocalizer(bundle, string(l))}
	for n := range p.small {
		p.small[n] = p.ask(n)
	}
	return p, err
}

// of gives the form for a count: an integer of any type or a decimal in text. Anything else takes "other".
func (p *plurals) of(count any) form {
	if n, ok := count.(int); ok && n >= 0 && n < len(p.small) {
		return p.small[n]
	}
	return p.ask(count)
}

func (p *plurals) ask(count any) form {
	name, err := p.localizer.Localize(&i18n.LocalizeConfig{MessageID: formMessage, PluralCount: count})
	if err != nil {
		return other
	}
	return formNames[name]
}
