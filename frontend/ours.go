package frontend

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

// OurClause is a clause that a structure may word itself, to be read or compared.
type OurClause struct {
	OurText
	Entry adaptation.ClauseEntry
	Found adaptation.Finding
}

// NewOurClause gives what the pages of a clause need.
func NewOurClause(e adaptation.ClauseEntry, revisions []adaptation.ClauseRevision, canEdit bool, now time.Time, zone *time.Location) OurClause {
	text := newOurText(e, adaptation.WordingOf, adaptation.Differences, revisions)
	text.kind, text.name, text.CanEdit, text.Now, text.Zone = ofClause, e.Wording.Title, canEdit, now, zone
	return OurClause{OurText: text, Entry: e}
}

// ClauseForm is a clause as a form shows it: as it is kept, or as it was typed.
type ClauseForm struct {
	OurClause
	FormState
	Typed adaptation.Wording
}

// NewClauseForm is the form of a clause to be added.
func NewClauseForm(typed adaptation.Wording) ClauseForm {
	return ClauseForm{OurClause: OurClause{OurText: OurText{kind: ofClause}}, Typed: typed}
}

// linted is what lint says of what was typed.
func (f ClauseForm) linted() linted { return linted{f.FormState, f.Found.Wrong, f.Found.Judged} }

// typedChanges is what differs from the model in what was typed.
func (f ClauseForm) typedChanges() []adaptation.Difference {
	return adaptation.Differences(adaptation.WordingOf(f.Entry.Model), f.Typed)
}

// text is a field for a text of the clause in a language.
func (f ClauseForm) text(v View, part adaptation.Part, lang locale.Language) Field {
	name := part.Name + "." + string(lang)
	field := Field{
		Name: name, Label: v.T("ours.field." + part.Name), Help: helpOf(v, "ours.help."+part.Name), Value: part.Text.In(lang), Error: f.Errors.At(name),
		Rows: 3, Autocomplete: "off", Attrs: templ.Attributes{"lang": string(lang), "spellcheck": "true"},
	}
	if lang == locale.English {
		field.Help, field.Optional = "", true
	}
	if part.Name == "text" {
		field.Rows = 12
	}
	return field.noted()
}

// checkedFields are the fields that lint may speak of, in the order of the form.
func (f ClauseForm) checkedFields() []string {
	var fields []string
	for _, lang := range locale.Languages() {
		for _, part := range f.Typed.Parts() {
			fields = append(fields, part.Name+"."+string(lang))
		}
	}
	fields = append(fields, "applies", "references")
	if f.own() {
		fields = append(fields, "family")
	}
	return fields
}

// values lists the values of the text, each with its field.
func (f ClauseForm) values(v View) []Field {
	var fields []Field
	for _, name := range f.Typed.Variables() {
		x, ok := f.Found.Library.Unlayered().Variable(name)
		if !ok {
			continue
		}
		at := "values." + name
		field := Field{
			Name: at, Label: libraryText(v, x.Label), Help: proposals(v, x), Error: f.Errors.At(at), Unit: x.UnitWord(v.Printer), Optional: true, Autocomplete: "off",
		}
		for _, own := range f.Typed.Values {
			if own.Variable == name {
				field.Value = own.Value
				if value, err := x.Parse(own.Value); err == nil {
					field.Value = TypedValue(v.Printer, x, value)
				}
			}
		}
		if x.Type == clause.OneOf {
			field.Options = []Option{{Value: "", Label: v.T("ours.value.library")}}
			for _, o := range x.Options {
				field.Options = append(field.Options, Option{Value: o, Label: o})
			}
		}
		fields = append(fields, field)
	}
	return fields
}

func (f ClauseForm) levelField(v View) Field {
	field := Field{Name: "level", Label: v.T("ours.field.level"), Value: f.Typed.Level, Error: f.Errors.At("level")}
	for _, level := range clause.Socle.Choices() {
		field.Options = append(field.Options, Option{Value: level, Label: locale.Capitalise(v.T("library.clause.level." + level))})
	}
	return field
}

func (f ClauseForm) appliesField(v View) Field {
	field := Field{Name: "applies", Label: v.T("ours.field.applies"), Help: v.T("ours.help.applies"), Values: f.Typed.Applies, Error: f.Errors.At("applies"), Across: true}
	if field.Values == nil {
		field.Values = []string{}
	}
	for _, rule := range framing.Rules() {
		field.Options = append(field.Options, Option{Value: rule, Label: locale.Capitalise(ruleWords(v, rule))})
	}
	return field
}

func (f ClauseForm) vectorField(v View) Field {
	field := Field{
		Name: "vector", Label: v.T("library.clause.vector"), Help: v.T("library.clause.vector.help"), Value: f.Typed.Vector, Error: f.Errors.At("vector"), Width: "medium", Optional: true,
		Options: []Option{{Value: "", Label: v.T("ours.vector.none")}},
	}
	for _, vector := range clause.Vector("").Choices() {
		field.Options = append(field.Options, Option{Value: vector, Label: v.T("library.vector." + vector)})
	}
	return field
}

func (f ClauseForm) familyField(v View) Field {
	field := Field{
		Name: "family", Label: v.T("ours.field.family"), Help: v.T("ours.help.family"), Value: f.Typed.Family, Error: f.Errors.At("family"), Width: "medium",
		Options: []Option{{Value: clause.OwnFamily, Label: libraryText(v, f.Found.Library.OwnFamilyTitle())}},
	}
	for _, family := range f.Found.Library.Unlayered().Families {
		field.Options = append(field.Options, Option{Value: family.ID, Label: libraryText(v, family.Title)})
	}
	return field
}

func (f ClauseForm) referencesField(v View) Field {
	return Field{
		Name: "references", Label: v.T("ours.field.references"), Help: v.T("ours.help.references"), Value: strings.Join(f.Typed.References, ", "),
		Error: f.Errors.At("references"), Optional: true, Autocomplete: "off",
	}
}

// english reports whether the clause has any English, or lint something to say of it.
func (f ClauseForm) english() bool {
	return slices.ContainsFunc(f.Typed.Parts(), func(p adaptation.Part) bool { return p.Text.EN != "" })
}

// withdrawn reports whether the model's English is being given up.
func (f ClauseForm) withdrawn() bool { return f.Entry.Model != nil && !f.english() }

// readText is the text of the clause with the values proposed at the baseline tier in their places.
func (o OurClause) readText(v View) []content.Block {
	return content.Fill(v.Printer.Language(), o.Found.Clause.Blocks(v.Printer.Language()), func(r content.Run) content.Run {
		if x, ok := o.Found.Library.Variable(r.Variable); ok {
			r.Text = x.Print(x.DefaultFor(framing.Baseline), v.Printer)
		} else if r.Variable != "" {
			r.Text = "{" + r.Variable + "}"
		}
		return r
	})
}
