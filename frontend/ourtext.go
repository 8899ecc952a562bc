package frontend

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

const (
	oursHref         = libraryHref + "/ours"
	ourQuestionsHref = oursHref + "/questions"
)

// textKind is which library a text is of.
type textKind int

const (
	ofClause textKind = iota
	ofQuestion
)

// under is where the texts of a kind have their pages.
func (k textKind) under() string {
	if k == ofQuestion {
		return ourQuestionsHref
	}
	return oursHref
}

// modelHref is the page of a model in the library.
func (k textKind) modelHref(id string) string {
	if k == ofQuestion {
		return questionHref(id)
	}
	return clauseHref(id)
}

// OurText is what the pages of our clauses and those of our questions have in common.
type OurText struct {
	ID        string // empty for a text to be added
	State     adaptation.State
	HasModel  bool
	Version   int64         // of what is kept
	Last      *ourRevision  // nil when it was never worded
	Revisions []ourRevision // the newest first, where they were asked for
	Overruled bool          // a lock of the region keeps it out
	CanEdit   bool
	Now       time.Time
	Zone      *time.Location

	kind    textKind
	name    content.Text
	moved   func() []adaptation.Difference // what changed in the model; both compare texts word by word, so only when shown
	changed func() []adaptation.Difference // of what stands, from the model of today
}

// ourRevision is one state of a text, and what it changed.
type ourRevision struct {
	Number  int
	Act     adaptation.Act
	At      time.Time
	By      string
	Changed []adaptation.Difference
}

// newOurText gives what is common of an entry. Revisions are the newest first.
func newOurText[W, M any](e adaptation.Entry[W, M], write func(*M) W, differ func(from, to W) []adaptation.Difference, revisions []adaptation.Revision[W]) OurText {
	none := func() []adaptation.Difference { return nil }
	t := OurText{ID: e.ID, State: e.State, HasModel: e.Model != nil, Version: e.Version, moved: none, changed: none}
	if e.Kept != nil {
		t.Last = &ourRevision{Number: e.Kept.Number, Act: e.Kept.Act, At: e.Kept.At, By: e.Kept.By}
		if base := e.Kept.Base; base != nil && e.Model != nil {
			t.moved = func() []adaptation.Difference { return differ(base.Wording, write(e.Model)) }
		}
	}
	if e.Model != nil {
		t.changed = func() []adaptation.Difference { return differ(write(e.Model), e.Wording) }
	}
	for i, r := range revisions {
		line := ourRevision{Number: r.Number, Act: r.Act, At: r.At, By: r.By}
		switch { // from the one before it, or from the model for the first
		case i+1 < len(revisions) && revisions[i+1].Act != adaptation.Withdrawn:
			line.Changed = differ(revisions[i+1].Wording, r.Wording)
		case r.Base != nil && r.Act != adaptation.Withdrawn:
			line.Changed = differ(r.Base.Wording, r.Wording)
		}
		t.Revisions = append(t.Revisions, line)
	}
	return t
}

// href is a page of the text: its own, or one below.
func (t OurText) href(below string) string {
	href := t.kind.under() + "/" + t.ID
	if below != "" {
		href += "/" + below
	}
	return href
}

// Href is the page of the text.
func (t OurText) Href() string { return t.href("") }

// New reports whether the text is yet to be added.
func (t OurText) New() bool { return t.ID == "" }

// own reports whether the text is the structure's, and no model.
func (t OurText) own() bool { return t.New() || t.State == adaptation.Own }

// adapted reports whether the structure's own wording stands.
func (t OurText) adapted() bool { return t.Last != nil && t.State != adaptation.AsModel }

// withdrawable reports whether there is anything to take back, for who may.
func (t OurText) withdrawable() bool { return t.CanEdit && t.adapted() }

// of picks the message for the kind of text.
func (t OurText) of(clause, question string) string {
	if t.kind == ofQuestion {
		return question
	}
	return clause
}

// action is where the form of the text is sent.
func (t OurText) action() string {
	if t.New() {
		return t.kind.under() + "/new"
	}
	return t.href("")
}

// formTitle is the title of the form of the text.
func (t OurText) formTitle(v View) string {
	switch {
	case t.New():
		return v.T(t.of("ours.new", "ours.question.new"))
	case t.adapted():
		return v.T(t.of("ours.edit.title", "ours.question.edit.title"), "id", t.ID)
	}
	return v.T(t.of("ours.adapt.title", "ours.question.adapt.title"), "id", t.ID)
}

func (t OurText) formLead(v View) string {
	if t.New() {
		return v.T(t.of("ours.new.lead", "ours.question.new.lead"))
	}
	return t.title(v)
}

// title is how the text is called in a list: the title of a clause, what a question asks.
func (t OurText) title(v View) string {
	return locale.Typography(v.Printer.Language(), inOrFrench(v, t.name))
}

// inOrFrench gives a text in the reader's language, in French where it has no English.
func inOrFrench(v View, t content.Text) string {
	if text := strings.TrimSpace(t.In(v.Printer.Language())); text != "" {
		return text
	}
	return strings.TrimSpace(t.FR)
}

func (t OurText) crumbs(v View) []Link {
	below := []Link{{v.T("ours.title"), oursHref}}
	if t.ID != "" {
		below = append(below, Link{t.ID, t.href("")})
	}
	return libraryCrumbs(v, below...)
}

func (t OurText) by(v View, r ourRevision) string {
	return v.T("ours.by", "ago", v.Printer.Ago(r.At, t.Now, t.Zone), "name", nameOf(v, r.By))
}

func (t OurText) stateTag(v View) templ.Component {
	if t.New() {
		return nil
	}
	if t.Overruled {
		return Tag(Bad, v.T("ours.overruled"))
	}
	kind := Plain
	switch t.State {
	case adaptation.Moved, adaptation.Gone:
		kind = Partial
	case adaptation.Own:
		kind = Why
	case adaptation.UpToDate:
		kind = OK
	}
	if t.State == adaptation.Own && t.kind == ofQuestion {
		return Tag(kind, v.T("ours.question.added"))
	}
	return Tag(kind, v.T("ours.state."+string(t.State)))
}

// withdrawal asks before the model is put back, or an added text taken away.
func (t OurText) withdrawal(v View) Confirmation {
	c := Confirmation{
		ID: "withdraw", Page: t.href("withdraw"), Action: t.href("withdraw"), Cancel: t.href(""), Danger: true,
		Title: v.T("ours.withdraw.model.title", "id", t.ID), Text: v.T(t.of("ours.withdraw.model.text", "ours.question.withdraw.model.text")),
		Button: v.T("ours.withdraw.model.button"), Content: hiddenVersion(t.Version),
	}
	if !t.HasModel {
		c.Title, c.Text = v.T(t.of("ours.withdraw.own.title", "ours.question.withdraw.title"), "id", t.ID), v.T(t.of("ours.withdraw.own.text", "ours.question.withdraw.text"))
		c.Button = v.T(t.of("ours.withdraw.own.button", "ours.question.withdraw.button"))
	}
	return c
}

func hiddenVersion(version int64) templ.Component {
	return written(func(b *strings.Builder) {
		b.WriteString(`<input type="hidden" name="version" value="` + strconv.FormatInt(version, 10) + `">`)
	})
}

// differenceTitle names what differs, and its language where both are worded: "levels.2" is level 2, "options.0.label" the
// first answer.
func differenceTitle(v View, d adaptation.Difference) string {
	name, number, _ := strings.Cut(d.Field, ".")
	number, _, _ = strings.Cut(number, ".")
	at, _ := strconv.Atoi(number)
	title := ""
	switch name {
	case "levels":
		title = v.T("ours.question.level", "level", at)
	case "options":
		title = v.T("ours.question.option", "number", at+1)
	default:
		title = v.T("ours.field." + name)
	}
	if d.Language == "" {
		return title
	}
	return title + v.T("ours.in."+string(d.Language))
}

// langOf marks the language of a text that differs.
func langOf(d adaptation.Difference) templ.Attributes {
	if d.Language == "" {
		return nil
	}
	return templ.Attributes{"lang": string(d.Language)}
}

// Ours is the list of what a structure words itself.
type Ours struct {
	Clauses, Questions []OurText
	CanEdit            bool
}

// FormState is how a form of a text stands: what it was read at, and whether it has been checked.
type FormState struct {
	Read     int64 // version of what is kept that the form was read at
	Onto     bool  // written knowing of the model as it stands today
	Checked  bool  // lint has something to say of what was typed
	Fragment bool  // only what a change touched, to be put in its places
	Errors   Errors
}

// live makes a form show how it reads, and what lint says of it, while it is filled in.
func (t OurText) live() templ.Attributes {
	return templ.Attributes{
		"hx-post": t.action() + "/check", "hx-trigger": "input delay:600ms", "hx-target": "#checked", "hx-swap": "outerHTML", "hx-sync": "this:replace",
	}
}

// linted is what lint says of what was typed in a form.
type linted struct {
	FormState
	Wrong, Judged fault.Problems
}

// noteID is the id of what lint says of a field.
func noteID(field string) string { return "lint" + strings.TrimPrefix(elementID(field), "f") }

// noted gives a field described by what lint says of it.
func (f Field) noted() Field {
	described := noteID(f.Name)
	if f.Help != "" {
		described += " " + f.helpID()
	}
	if f.Error != "" {
		described = f.errorID() + " " + described
	}
	if f.Attrs == nil {
		f.Attrs = templ.Attributes{}
	}
	f.Attrs["aria-describedby"] = described
	return f
}

// said is what lint says of a field: what is wrong, unless the form says it already, and what is judged.
func (l linted) said(v View, field string) (wrong, judged []string) {
	if !l.Checked {
		return nil, nil
	}
	words := func(p fault.Problem) string {
		return locale.Capitalise(v.Printer.Error(fault.NewInvalid(p.Key, p.Args...)))
	}
	for _, p := range l.Wrong {
		if p.Field == field && l.Errors.At(field) == "" {
			wrong = append(wrong, words(p))
		}
	}
	for _, p := range l.Judged {
		if p.Field == field {
			judged = append(judged, words(p))
		}
	}
	return wrong, judged
}

// oob marks the parts of a fragment to be put in their places, wherever they are in the page.
func (s FormState) oob() templ.Attributes {
	if !s.Fragment {
		return nil
	}
	return templ.Attributes{"hx-swap-oob": "true"}
}

// clean tells that lint has nothing to say.
func (l linted) clean() bool { return len(l.Wrong)+len(l.Judged) == 0 }

// verdict says in a line how the wording stands to the rules; french adds that a model's English is being given up.
func (l linted) verdict(v View, french bool) string {
	var facts []string
	if n := len(l.Wrong); n > 0 {
		facts = append(facts, v.T("ours.verdict.wrong", "count", n))
	}
	if n := len(l.Judged); n > 0 {
		facts = append(facts, v.T("ours.verdict.judged", "count", n))
	}
	if french {
		facts = append(facts, v.T("ours.verdict.french"))
	}
	if len(facts) == 0 {
		return v.T("ours.verdict.clean")
	}
	return strings.Join(facts, " ")
}

func oursLead(v View) string {
	if v.Regional {
		return v.T("ours.region.lead")
	}
	return v.T("ours.lead")
}

func oursEmpty(v View) string {
	if v.Regional {
		return v.T("ours.region.empty")
	}
	return v.T("ours.empty.title")
}

// cardText says what adapting a model does.
func cardText(v View, t OurText) string {
	if v.Regional {
		return v.T("ours.region.card")
	}
	return v.T(t.of("ours.card.text", "ours.question.card.text"))
}
