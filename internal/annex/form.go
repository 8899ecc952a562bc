package annex

import (
	"strings"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
)

// Form is a document model of the library: filled in with what the contract says, or left to be filled in by hand.
type Form struct {
	Model    *clause.Model
	Language locale.Language
	Kicker   string
	Contract string // the title of the service; empty: none
	Version  string // of the library

	structure Party
	printed   map[string]string // by the name of a place; what is missing is a blank
	articles  []Article
}

// Form fills in a document model with the parties, the contract and the values of an annex. A value that nobody gave and that
// no article of the annex prints stays blank: a model promises nothing that the annex does not. An input that Validate refuses
// comes back as fault.Problems.
func (c Composer) Form(model *clause.Model, in Input) (*Form, error) {
	d, err := c.Compose(in)
	if err != nil {
		return nil, err
	}
	return c.form(model, in, d), nil
}

func (c Composer) form(model *clause.Model, in Input, d *Document) *Form {
	p := c.Words.In(d.Language)
	f := &Form{Model: model, Language: d.Language, Contract: locale.Typography(d.Language, d.Contract.Title), Version: d.Version, structure: d.Structure}
	f.Kicker = p.T("model.kicker-without-reference")
	if d.Contract.Reference != "" {
		f.Kicker = p.T("model.kicker", "reference", d.Contract.Reference)
	}
	f.printed = fieldsOf(in, p)
	values := c.values(in)
	for _, v := range c.Library.Variables {
		_, given := in.Values.Get(v.Name)
		_, own := in.Defaults.Get(v.Name)
		if given || own || d.prints(v) {
			f.fill(v.Name, printedValue(v, values[v.Name], p))
		}
	}
	for _, chapter := range d.Chapters {
		f.articles = append(f.articles, chapter.Articles...)
	}
	return f
}

// BlankForm is a document model with everything left to be filled in by hand.
func (c Composer) BlankForm(model *clause.Model, lang locale.Language) *Form {
	return &Form{
		Model: model, Language: lang, Kicker: c.Words.In(lang).T("model.kicker-blank"), Version: c.Library.Version,
		printed: map[string]string{},
	}
}

// prints reports whether an article prints a value.
func (d *Document) prints(v *clause.Variable) bool {
	for _, chapter := range d.Chapters {
		for _, a := range chapter.Articles {
			for _, value := range a.Values {
				if value.Variable == v {
					return true
				}
			}
		}
	}
	return false
}

// printedValue is a value as a contract prints it; empty when it is left to be filled in.
func printedValue(v *clause.Variable, value string, p locale.Printer) string {
	if value == "" {
		return ""
	}
	return v.Print(value, p)
}

// fill sets what is printed in a place; an empty text leaves the blank.
func (f *Form) fill(place, text string) {
	if text = strings.TrimSpace(text); text != "" {
		f.printed[place] = text
	}
}

// fieldsOf gives the parties and the contract of an input under the names that models have for them (clause.ModelFields).
func fieldsOf(in Input, p locale.Printer) map[string]string {
	f := Form{printed: map[string]string{}}
	party := func(side string, x Party) {
		for name, text := range map[string]string{
			"name": x.Name, "legal_form": x.LegalForm, "address": x.Address, "finess": x.FINESS, "representative": x.Representative,
		} {
			f.fill(side+"."+name, locale.Typography(p.Language(), text))
		}
		if x.SIREN != "" {
			f.fill(side+".siren", spaced(x.SIREN))
		}
	}
	party("structure", in.Structure)
	party("supplier", in.Supplier)
	f.fill("contract.reference", in.Contract.Reference)
	f.fill("contract.title", locale.Typography(p.Language(), in.Contract.Title))
	date := func(place string, day content.Date) {
		if !day.IsZero() {
			f.fill(place, p.Date(day.Parts()))
		}
	}
	date("contract.start", in.Contract.Start)
	date("contract.end", in.Contract.End)
	return f.printed
}
