package frontend

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// State is where a step stands.
type State string

// The states of a step.
const (
	Later State = "later" // not its turn yet
	Now   State = "now"   // what is being done, or waits for somebody
	Done  State = "done"  // behind us
)

// Step is one step of a road or of a form.
type Step struct {
	Title string
	Note  string // its state in words: "brouillon · 58 clauses"; not shown by Steps
	Href  string // where it can be opened, or empty
	State State
}

func stateWord(v View, s State) string {
	switch s {
	case Done:
		return v.T("layout.step.done")
	case Now:
		return v.T("layout.step.now")
	}
	return v.T("layout.step.later")
}

// CardHead is the head of a card.
type CardHead struct {
	Title string          // empty for a card without a head
	Aside templ.Component // at its right: a count, a link; or nil
	Flush bool            // a list or a table that touches the edges of the card
	ID    string          // of the card, or empty
}

func cardAttrs(h CardHead) templ.Attributes {
	if h.ID == "" {
		return nil
	}
	return templ.Attributes{"id": h.ID}
}

// TableHead is the head of a table.
type TableHead struct {
	Caption     string // what the table holds
	HideCaption bool   // for screen readers only, where a card's head says it
	Columns     []Column
}

// Column is one column of a table.
type Column struct {
	Title string
	End   bool   // figures: right-aligned
	Href  string // sorts by this column, or empty
	Order string // "ascending" or "descending" when the table is sorted by it
	Hide  bool   // the title is for screen readers only: a column of buttons
}

func (c Column) attrs() templ.Attributes {
	attrs := templ.Attributes{"scope": "col"}
	if c.Order != "" {
		attrs["aria-sort"] = c.Order
	}
	if c.End {
		attrs["class"] = "end"
	}
	return attrs
}

// Empty is what a list shows before it holds anything: what it will show, and the next step.
type Empty struct {
	Title  string
	Text   string
	Action templ.Component // the button of the next step, or nil
}

// PageLinks leads to the pages before and after; empty addresses where there is none.
type PageLinks struct {
	Previous, Next string
	Shown          string // "1 à 50"
}

// Section is one section of a long page.
type Section struct {
	Title   string
	Note    string // "5 / 6"
	Href    string
	Current bool
}

// currentSection names the section the reader is in, else the first.
func currentSection(all []Section) Section {
	for _, s := range all {
		if s.Current {
			return s
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return Section{}
}

// Advance is how far a long work is.
type Advance struct {
	Label       string // what advances
	Done, Total int
	Note        string // beside the bar: "41 sur 96 · environ 35 minutes"
}

func itoa(n int) string { return strconv.Itoa(n) }

// ButtonKind is how much a button weighs. A page has one Primary.
type ButtonKind string

// The kinds of button.
const (
	Primary ButtonKind = "btn-primary"
	Outline ButtonKind = "btn-outline-primary"
	Danger  ButtonKind = "btn-danger"
	Retract ButtonKind = "btn-outline-danger" // leads to a confirmation
)

// Button is a link with Href, else a button that sends the form it is in.
type Button struct {
	Kind        ButtonKind
	Label       string
	Href        string
	Name, Value string           // sent with the form, when Name is not empty
	Large       bool             // the page's primary button
	Small       bool             // inside a table or a card
	Class       string           // nojs-only, wide-only
	Attrs       templ.Attributes // hx-…, data-…, download
}

func (b Button) classes() string {
	kind := b.Kind
	if kind == "" {
		kind = Primary
	}
	classes := []string{"btn", string(kind)}
	if b.Large {
		classes = append(classes, "btn-lg")
	}
	if b.Small {
		classes = append(classes, "btn-sm")
	}
	if b.Class != "" {
		classes = append(classes, b.Class)
	}
	return strings.Join(classes, " ")
}

func (b Button) sent() templ.Attributes {
	attrs := templ.Attributes{}
	if b.Name != "" {
		attrs["name"], attrs["value"] = b.Name, b.Value
	}
	for name, value := range b.Attrs {
		attrs[name] = value
	}
	return attrs
}

// Confirmation asks before something that cannot be undone. It is shown in a dialog where there is JavaScript, and on
// a page of its own at Page otherwise.
type Confirmation struct {
	ID      string // of the dialog, unique in the page
	Page    string // address of the page that asks the same
	Action  string // address the answer is posted to
	Title   string // "Retirer la clause PAT-02 ?"
	Text    string // what will happen
	Button  string // "Retirer la clause"
	Danger  bool
	Cancel  string          // address "Annuler" leads to on the page
	Content templ.Component // fields to fill in, or nil
}

func (c Confirmation) kind() ButtonKind {
	if c.Danger {
		return Danger
	}
	return Primary
}
