package frontend

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

const oursHref = libraryHref + "/ours"

func ourHref(id, below string) string {
	if below == "" {
		return oursHref + "/" + id
	}
	return oursHref + "/" + id + "/" + below
}

// Ours is the list of the clauses that a structure words itself.
type Ours struct {
	Entries []adaptation.Entry
	CanEdit bool
	Now     time.Time
	Zone    *time.Location
}

// OurClause is one of them, to be read, compared or decided upon.
type OurClause struct {
	Entry    adaptation.Entry
	Found    adaptation.Finding
	CanEdit  bool
	Now      time.Time
	Zone     *time.Location
	Revision []adaptation.Revision // the newest first
}

// ClauseForm is a clause as a form shows it: as it is kept, or as it was typed.
type ClauseForm struct {
	OurClause
	Typed    adaptation.Wording
	Version  int64 // that the form was read at
	Onto     bool  // written knowing of the model as it stands today
	Checked  bool  // lint has something to say of what was typed
	Fragment bool  // only what a change touched, to be put in its places
	Errors   Errors
}

// New reports whether the form is that of a clause to be added.
func (f ClauseForm) New() bool { return f.Entry.ID == "" }

// action is where the form is sent.
func (f ClauseForm) action() string {
	if f.New() {
		return oursHref + "/new"
	}
	return ourHref(f.Entry.ID, "")
}

// own reports whether the clause is the structure's, and no model.
func (f ClauseForm) own() bool { return f.New() || f.Entry.State == adaptation.Own }

func (f ClauseForm) title(v View) string {
	switch {
	case f.New():
		return v.T("ours.new.title")
	case f.Entry.Adapted():
		return v.T("ours.edit.title", "id", f.Entry.ID)
	}
	return v.T("ours.adapt.title", "id", f.Entry.ID)
}

// live makes the form show how it reads, and what lint says of it, while it is filled in.
func (f ClauseForm) live() templ.Attributes {
	return templ.Attributes{
		"hx-post": f.action() + "/check", "hx-trigger": "input delay:600ms", "hx-target": "#checked", "hx-swap": "outerHTML", "hx-sync": "this:replace",
	}
}

// noteID is the id of what lint says of a field.
func noteID(field string) string { return "lint" + strings.TrimPrefix(elementID(field), "f") }

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
	described := noteID(name)
	if field.Help != "" {
		described += " " + field.helpID()
	}
	if field.Error != "" {
		described = field.errorID() + " " + described
	}
	field.Attrs["aria-describedby"] = described
	return field
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

// said is what lint says of a field: what is wrong, unless the form says it already, and what is judged.
func (f ClauseForm) said(v View, field string) (wrong, judged []string) {
	if !f.Checked {
		return nil, nil
	}
	words := func(p fault.Problem) string {
		return locale.Capitalise(v.Printer.Error(fault.NewInvalid(p.Key, p.Args...)))
	}
	for _, p := range f.Found.Wrong {
		if p.Field == field && f.Errors.At(field) == "" {
			wrong = append(wrong, words(p))
		}
	}
	for _, p := range f.Found.Judged {
		if p.Field == field {
			judged = append(judged, words(p))
		}
	}
	return wrong, judged
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

// clean tells that lint has nothing to say.
func (f ClauseForm) clean() bool { return len(f.Found.Wrong)+len(f.Found.Judged) == 0 }

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

// fromModel is what differs from the model.
func (o OurClause) fromModel(w adaptation.Wording) []adaptation.Difference {
	if o.Entry.Model == nil {
		return nil
	}
	return adaptation.Differences(adaptation.WordingOf(o.Entry.Model), w)
}

// moved is what changed in the model since the wording was made.
func (o OurClause) moved() []adaptation.Difference {
	if o.Entry.Model == nil || o.Entry.Kept == nil || o.Entry.Kept.Base == nil {
		return nil
	}
	return adaptation.Differences(o.Entry.Kept.Base.Wording, adaptation.WordingOf(o.Entry.Model))
}

// since is what a revision changed: from the one before it, or from the model for the first.
func (o OurClause) since(i int) []adaptation.Difference {
	r := o.Revision[i]
	if i+1 < len(o.Revision) && o.Revision[i+1].Act != adaptation.Withdrawn {
		return adaptation.Differences(o.Revision[i+1].Wording, r.Wording)
	}
	if r.Base == nil || r.Act == adaptation.Withdrawn {
		return nil
	}
	return adaptation.Differences(r.Base.Wording, r.Wording)
}

func (o OurClause) by(v View, r adaptation.Revision) string {
	return v.T("ours.by", "ago", v.Printer.Ago(r.At, o.Now, o.Zone), "name", r.By)
}

// stateKind and the word of a state.
func stateKind(s adaptation.State) Kind {
	switch s {
	case adaptation.Moved, adaptation.Gone:
		return Partial
	case adaptation.Own:
		return Why
	case adaptation.UpToDate:
		return OK
	}
	return Plain
}

func stateTag(v View, e adaptation.Entry) templ.Component {
	return Tag(stateKind(e.State), v.T("ours.state."+string(e.State)))
}

func (o OurClause) crumbs(v View) []Link {
	below := []Link{{v.T("ours.title"), oursHref}}
	if o.Entry.ID != "" {
		below = append(below, Link{o.Entry.ID, ourHref(o.Entry.ID, "")})
	}
	return libraryCrumbs(v, below...)
}

func (o OurClause) name(v View) string {
	return locale.Typography(v.Printer.Language(), inOrFrench(v, o.Entry.Wording.Title))
}

// inOrFrench gives a text in the reader's language, in French where it has no English.
func inOrFrench(v View, t content.Text) string {
	if text := strings.TrimSpace(t.In(v.Printer.Language())); text != "" {
		return text
	}
	return strings.TrimSpace(t.FR)
}

// withdrawal asks before the model is put back, or an added clause taken away.
func (o OurClause) withdrawal(v View) Confirmation {
	kind := "model"
	if o.Entry.Model == nil {
		kind = "own"
	}
	return Confirmation{
		ID: "withdraw", Page: ourHref(o.Entry.ID, "withdraw"), Action: ourHref(o.Entry.ID, "withdraw"), Cancel: ourHref(o.Entry.ID, ""), Danger: true,
		Title: v.T("ours.withdraw."+kind+".title", "id", o.Entry.ID), Text: v.T("ours.withdraw." + kind + ".text"), Button: v.T("ours.withdraw." + kind + ".button"),
		Content: hiddenVersion(o.Entry.Version),
	}
}

// withdrawable reports whether there is anything to take back, for who may.
func (o OurClause) withdrawable() bool { return o.CanEdit && o.Entry.Kept != nil && o.Entry.Adapted() }

func hiddenVersion(version int64) templ.Component {
	return written(func(b *strings.Builder) {
		b.WriteString(`<input type="hidden" name="version" value="` + strconv.FormatInt(version, 10) + `">`)
	})
}

// differenceTitle names the text that differs, and its language where both are worded.
func differenceTitle(v View, d adaptation.Difference) string {
	return v.T("ours.field."+d.Field) + v.T("ours.in."+string(d.Language))
}

// oob marks the parts of a fragment to be put in their places, wherever they are in the page.
func (f ClauseForm) oob() templ.Attributes {
	if !f.Fragment {
		return nil
	}
	return templ.Attributes{"hx-swap-oob": "true"}
}

func (f ClauseForm) stateTag(v View) templ.Component {
	if f.New() {
		return nil
	}
	return stateTag(v, f.Entry)
}

func (f ClauseForm) lead(v View) string {
	if f.New() {
		return v.T("ours.new.lead")
	}
	return f.name(v)
}

// verdict says in a line how the wording stands to the rules.
func (f ClauseForm) verdict(v View) string {
	var facts []string
	if n := len(f.Found.Wrong); n > 0 {
		facts = append(facts, v.T("ours.verdict.wrong", "count", n))
	}
	if n := len(f.Found.Judged); n > 0 {
		facts = append(facts, v.T("ours.verdict.judged", "count", n))
	}
	if f.withdrawn() {
		facts = append(facts, v.T("ours.verdict.french"))
	}
	if len(facts) == 0 {
		return v.T("ours.verdict.clean")
	}
	return strings.Join(facts, " ")
}
