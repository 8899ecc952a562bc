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
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// OurQuestion is a question that a structure may word itself, to be read or compared.
type OurQuestion struct {
	OurText
	Entry adaptation.QuestionEntry
	Found adaptation.Asked
}

// NewOurQuestion gives what the pages of a question need.
func NewOurQuestion(e adaptation.QuestionEntry, revisions []adaptation.QuestionRevision, canEdit bool, now time.Time, zone *time.Location) OurQuestion {
	text := newOurText(e, adaptation.AskingOf, adaptation.AskingDifferences, revisions)
	text.kind, text.name, text.CanEdit, text.Now, text.Zone = ofQuestion, e.Wording.Text, canEdit, now, zone
	return OurQuestion{OurText: text, Entry: e}
}

// QuestionForm is a question as a form shows it: as it is kept, or as it was typed.
type QuestionForm struct {
	OurQuestion
	FormState
	Typed adaptation.Asking
	Shown string // type of answer whose fields the page holds, when it was sent by one
}

// NewQuestionForm is the form of a question to be added.
func NewQuestionForm(typed adaptation.Asking) QuestionForm {
	return QuestionForm{OurQuestion: OurQuestion{OurText: OurText{kind: ofQuestion}}, Typed: typed}
}

// Rows of a form that wait for an answer, a step or a link that is not there yet.
const spareRows = 2

// linted is what lint says of what was typed.
func (f QuestionForm) linted() linted { return linted{f.FormState, f.Found.Wrong, f.Found.Judged} }

// typedChanges is what differs from the model in what was typed.
func (f QuestionForm) typedChanges() []adaptation.Difference {
	return adaptation.AskingDifferences(adaptation.AskingOf(f.Entry.Model), f.Typed)
}

func (f QuestionForm) kindOf() questionnaire.Type { return questionnaire.Type(f.Typed.Type) }

// english reports whether the question has any English.
func (f QuestionForm) english() bool {
	return slices.ContainsFunc(f.Typed.Parts(), func(p adaptation.Part) bool { return p.Text.EN != "" })
}

// withdrawn reports whether the model's English is being given up.
func (f QuestionForm) withdrawn() bool { return f.Entry.Model != nil && !f.english() }

// text is a field for a text of the question in a language.
func (f QuestionForm) text(v View, name string, text content.Text, lang locale.Language) Field {
	at := name + "." + string(lang)
	field := Field{
		Name: at, Label: differenceTitle(v, adaptation.Difference{Field: name}), Value: text.In(lang), Error: f.Errors.At(at), Rows: 2, Autocomplete: "off",
		Optional: lang == locale.English || name == "help" || name == "evidence", Attrs: templ.Attributes{"lang": string(lang), "spellcheck": "true"},
	}
	if lang == locale.French {
		field.Help = helpOf(v, "ours.question.help."+name)
	}
	switch {
	case name == "text":
		field.Label = v.T("ours.field.asked")
	case name == "help":
		field.Rows = 5
	case strings.HasPrefix(name, "options."):
		field.Optional, field.Quiet = true, true
	}
	return field.noted()
}

// mainTexts are the texts that every question has, in the order in which they are read.
func (f QuestionForm) mainTexts() []adaptation.Part {
	return f.Typed.Parts()[:4]
}

// levels are the five levels of a maturity question, empty ones where they are not written yet.
func (f QuestionForm) levels() []content.Text {
	levels := make([]content.Text, 5)
	copy(levels, f.Typed.Levels)
	return levels
}

// options are the answers to choose from, with rows for more.
func (f QuestionForm) options() []adaptation.Choice {
	return append(slices.Clone(f.Typed.Options), make([]adaptation.Choice, spareRows)...)
}

// steps are the thresholds of a number or a date, with rows for more.
func (f QuestionForm) steps() []adaptation.Step {
	spare := make([]adaptation.Step, spareRows)
	for i := range spare {
		spare[i].Least = len(f.Typed.Steps) > 0 && f.Typed.Steps[0].Least
	}
	return append(slices.Clone(f.Typed.Steps), spare...)
}

// links are the clauses that the question verifies, with rows for more.
func (f QuestionForm) links() []adaptation.Link {
	return append(slices.Clone(f.Typed.Links), make([]adaptation.Link, spareRows)...)
}

// row names a field of a row: "options.2.points".
func row(list string, i int, field string) string {
	return list + "." + strconv.Itoa(i) + "." + field
}

// small is a short field of a row.
func (f QuestionForm) small(v View, name, key, value string) Field {
	return Field{Name: name, Label: v.T(key), Value: f.number(v, value), Error: f.Errors.At(name), Optional: true, Quiet: true, Autocomplete: "off"}.noted()
}

// number shows a number as the reader's language writes it; what is none, as it was typed.
func (f QuestionForm) number(v View, typed string) string {
	if _, ok := content.ParseDecimal(typed); ok && v.Printer.Language() == locale.French {
		return strings.ReplaceAll(typed, ".", ",")
	}
	return typed
}

// choices is a select over words with their labels.
func (f QuestionForm) choices(v View, name, key, value string, words []string, label func(word string) string) Field {
	field := Field{Name: name, Label: v.T(key), Value: value, Error: f.Errors.At(name), Width: "medium"}
	for _, word := range words {
		field.Options = append(field.Options, Option{Value: word, Label: label(word)})
	}
	return field.noted()
}

func (f QuestionForm) typeField(v View) Field {
	return f.choices(v, "type", "ours.question.type", f.Typed.Type, questionnaire.Type("").Choices(), func(word string) string {
		return locale.Capitalise(v.T("library.question." + word))
	})
}

func (f QuestionForm) domainField(v View) Field {
	titles := map[string]string{}
	var ids []string
	for _, d := range f.Found.Library.Domains {
		titles[d.ID], ids = libraryText(v, d.Title), append(ids, d.ID)
	}
	return f.choices(v, "domain", "library.question.domain", f.Typed.Domain, ids, func(id string) string { return titles[id] })
}

func (f QuestionForm) moduleField(v View) Field {
	titles := map[string]string{}
	var ids []string
	for _, m := range f.Found.Library.Modules {
		titles[m.ID], ids = libraryText(v, m.Title)+" · "+libraryText(v, m.For), append(ids, m.ID)
	}
	field := f.choices(v, "module", "ours.question.module", f.Typed.Module, ids, func(id string) string { return titles[id] })
	field.Width = ""
	return field
}

func (f QuestionForm) weightField(v View) Field {
	field := f.choices(v, "weight", "ours.field.weight", f.Typed.Weight, []string{"1", "2", "3", "4", "5"}, func(weight string) string {
		return v.T("ours.question.weight." + weight)
	})
	field.Help = v.T("ours.question.help.weight")
	return field.noted()
}

func (f QuestionForm) minutesField(v View) Field {
	field := f.small(v, "minutes", "ours.field.minutes", f.Typed.Minutes)
	field.Help, field.Unit, field.Optional = v.T("ours.question.help.minutes"), v.T("ours.question.minutes"), false
	return field.noted()
}

func (f QuestionForm) needField(v View) Field {
	field := f.choices(v, "need", "ours.field.need", f.Typed.Need, append([]string{""}, questionnaire.Need("").Choices()...), func(need string) string {
		if need == "" {
			return v.T("ours.question.need.none")
		}
		return locale.Capitalise(v.T("library.need." + need))
	})
	field.Help, field.Optional = v.T("ours.question.help.need"), true
	return field.noted()
}

func (f QuestionForm) unitField(v View) Field {
	return f.choices(v, "unit", "ours.field.unit", f.Typed.Unit, []string{"days", "hours", "months", "percent", "number"}, func(unit string) string {
		return v.T("ours.question.unit." + unit)
	})
}

func (f QuestionForm) measureField(v View) Field {
	return f.choices(v, "measure", "ours.field.measure", f.Typed.Measure, questionnaire.Measure("").Choices(), func(measure string) string {
		return v.T("ours.question.measure." + measure)
	})
}

func (f QuestionForm) boundField(v View, i int, step adaptation.Step) Field {
	value := "most"
	if step.Least {
		value = "least"
	}
	field := f.choices(v, row("points", i, "side"), "ours.question.side", value, []string{"most", "least"}, func(side string) string {
		return v.T("ours.question.side." + side)
	})
	field.Attrs, field.Width, field.Optional, field.Quiet = nil, "", true, true
	return field
}

// afterField asks on which question this one depends.
func (f QuestionForm) afterField(v View) Field {
	field := Field{
		Name: "show_when.question", Label: v.T("ours.question.after"), Help: v.T("ours.question.help.after"), Value: f.Typed.After, Error: f.Errors.At("show_when.question"), Optional: true,
		Options: []Option{{Value: "", Label: v.T("ours.question.after.none")}},
	}
	for _, q := range f.Found.Library.Questions() {
		if q.ID != f.ID && len(q.Answers()) > 0 {
			field.Options = append(field.Options, Option{Value: q.ID, Label: q.ID + " · " + libraryText(v, q.Text)})
		}
	}
	return field.noted()
}

// afterAnswers asks which answers to that question show this one; without answers to choose from there is nothing to ask.
func (f QuestionForm) afterAnswers(v View) (Field, bool) {
	q, ok := f.Found.Library.Question(f.Typed.After)
	if !ok {
		return Field{}, false
	}
	field := Field{Name: "show_when.in", Label: v.T("ours.question.after.in"), Values: f.Typed.AfterIn, Error: f.Errors.At("show_when.in"), Across: true}
	return field.offering(v, q), true
}

// blockingField asks which answers cap the grade; none of the types without answers to name.
func (f QuestionForm) blockingField(v View) (Field, bool) {
	if f.Found.Question == nil || len(f.Found.Question.Answers()) == 0 {
		return Field{}, false
	}
	field := Field{Name: "blocking", Label: v.T("ours.field.blocking"), Help: v.T("ours.question.help.blocking"), Values: f.Typed.Blocking, Error: f.Errors.At("blocking"), Across: true}
	return field.offering(v, f.Found.Question), true
}

// offering gives a group of checkboxes the answers of a question.
func (f Field) offering(v View, q *questionnaire.Question) Field {
	if f.Values == nil {
		f.Values = []string{}
	}
	for _, answer := range q.Answers() {
		f.Options = append(f.Options, Option{Value: string(answer), Label: answerWords(v, q, answer)})
	}
	return f
}

// answerWords says an answer in the words of a condition as people would read it.
func answerWords(v View, q *questionnaire.Question, answer content.Scalar) string {
	switch q.Type {
	case questionnaire.Maturity:
		return v.T("ours.question.level", "level", string(answer))
	case questionnaire.YesNo:
		return v.T("ours.question.answer." + string(answer))
	}
	for _, o := range q.Options {
		if o.ID == string(answer) {
			return libraryText(v, o.Label)
		}
	}
	return string(answer)
}

// clauseIDs offers the numbers of clauses, and variableNames the values that a clause may be compared by.
func (f QuestionForm) clauseIDs() []*clause.Clause { return f.Found.Clauses.Clauses() }

func (f QuestionForm) variableNames() []*clause.Variable { return f.Found.Clauses.Variables }

// checkedFields are the fields that lint may speak of and that a change of the form does not make anew.
func (f QuestionForm) checkedFields() []string {
	var fields []string
	for _, lang := range locale.Languages() {
		for _, part := range f.mainTexts() {
			fields = append(fields, part.Name+"."+string(lang))
		}
		if f.kindOf() == questionnaire.Maturity && f.settled() {
			for i := range f.levels() {
				fields = append(fields, "levels."+strconv.Itoa(i)+"."+string(lang))
			}
		}
		if f.choosing() && f.settled() {
			for i := range f.options() {
				fields = append(fields, row("options", i, "label")+"."+string(lang))
			}
		}
	}
	if f.choosing() && f.settled() {
		for i := range f.options() {
			fields = append(fields, row("options", i, "points"), row("options", i, "value"))
		}
	}
	if f.counting() && f.settled() {
		for i := range f.steps() {
			fields = append(fields, row("points", i, "bound"), row("points", i, "points"))
		}
	}
	for i := range f.links() {
		fields = append(fields, row("verifies", i, "clause"), row("verifies", i, "threshold"), row("verifies", i, "variable"))
	}
	fields = append(fields, "minutes", "module", "need", "show_when.question")
	for field, shown := range map[string]bool{
		"options": f.choosing() && f.settled(), "points": f.counting() && f.settled(), "domain": f.own(), "type": f.own(),
		"weight": f.kindOf() != questionnaire.Text, "unit": f.kindOf() == questionnaire.Number && f.settled(), "measure": f.kindOf() == questionnaire.Date && f.settled(),
	} {
		if shown {
			fields = append(fields, field)
		}
	}
	return fields
}

// settled reports whether the page holds the fields of the type of answer that was chosen.
func (f QuestionForm) settled() bool { return f.Shown == "" || f.Shown == f.Typed.Type }

// choosing reports whether the answer is chosen among options, and counting whether it is measured against steps.
func (f QuestionForm) choosing() bool {
	return f.kindOf() == questionnaire.Single || f.kindOf() == questionnaire.Multi
}

func (f QuestionForm) counting() bool {
	return f.kindOf() == questionnaire.Number || f.kindOf() == questionnaire.Date
}

// stepUnit is what bounds are counted in.
func (f QuestionForm) stepUnit(v View) string {
	if f.kindOf() == questionnaire.Date {
		return v.T("ours.question.unit.months")
	}
	if f.Typed.Unit == "" {
		return ""
	}
	return v.T("ours.question.unit." + f.Typed.Unit)
}

// listed is a text field that offers what a list of the page holds.
func (f QuestionForm) listed(v View, name, key, value, list string) Field {
	field := Field{Name: name, Label: v.T(key), Value: value, Error: f.Errors.At(name), Optional: true, Quiet: true, Autocomplete: "off", Attrs: templ.Attributes{"list": list, "spellcheck": "false"}}
	return field.noted()
}

// inUnit puts a unit after a number.
func (f Field) inUnit(unit string) Field {
	f.Unit = unit
	return f
}

// offeredAnswer is an answer to choose, with its control.
type offeredAnswer struct{ Type, Label string }

// offered lists the answers that a provider chooses from.
func offered(v View, q *questionnaire.Question) []offeredAnswer {
	kind := "radio"
	if q.Type == questionnaire.Multi {
		kind = "checkbox"
	}
	var out []offeredAnswer
	if q.Type == questionnaire.YesNo {
		for _, answer := range q.Answers() {
			out = append(out, offeredAnswer{kind, answerWords(v, q, answer)})
		}
		return out
	}
	for _, label := range questionAnswers(v, q) {
		out = append(out, offeredAnswer{kind, label})
	}
	return out
}
