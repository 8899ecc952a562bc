package annex

import (
	"slices"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// Draft is the annex of one service while it is being made. Its id is the service's.
type Draft struct {
	store.Meta `bson:",inline"`
	Choices    Choices   `bson:"choices"`
	Log        []Entry   `bson:"log"` // last changes, the newest last
	Summary    Summary   `bson:"summary"`
	Changed    time.Time `bson:"changed"`
	ChangedBy  string    `bson:"changedBy"` // name, for people

	Revision int64          `bson:"revision"` // of what people see of it; the store's version moves with events too
	Framed   int64          `bson:"framed"`   // revision of the service whose framing it was last brought to
	Events   outbox.Pending `bson:"events"`
}

// Choices are what the buyer decided beyond what is recommended.
type Choices struct {
	Add    []string      `bson:"add"`
	Remove []Removal     `bson:"remove"`
	Values []ChosenValue `bson:"values"`
}

// ChosenValue is a value set in this annex.
type ChosenValue struct {
	Variable string `bson:"variable"`
	Value    string `bson:"value"`
}

// Entry is one change: what it touched, by whom, and the choices before it, so that it can be undone.
type Entry struct {
	Kind    ChangeKind `bson:"kind"`
	Subject string     `bson:"subject"` // id of a clause or name of a variable
	By      Author     `bson:"by"`
	At      time.Time  `bson:"at"`
	Version int64      `bson:"version"` // revision of the draft that it made
	Before  Choices    `bson:"before"`
}

// Author is who made a change.
type Author struct {
	ID   string `bson:"id"`
	Name string `bson:"name"`
}

// Summary is what lists show of an annex, kept up to date when the framing changes.
type Summary struct {
	Stamp    string `bson:"stamp"` // of the library and the settings that it was made with
	Tier     int    `bson:"tier"`
	Articles int    `bson:"articles"`
	Removed  int    `bson:"removed"`
	Outside  int    `bson:"outside"` // values out of their recommended bounds
	Blank    int    `bson:"blank"`   // values to be filled in before signature
}

// logLength is how many changes can be undone.
const logLength = 20

var draftSchema = store.Schema{
	Collection: "annexes", Shape: 2, Indexes: outbox.Indexes("events"),
}

// Schemas lists the collections that this package keeps.
func Schemas() []store.Schema { return []store.Schema{draftSchema, versionSchema} }

// ChangeKind is what a change does.
type ChangeKind string

// The changes to an annex.
const (
	Keep     ChangeKind = "keep"      // retain a clause: a recommended one that was dropped, or one more
	Drop     ChangeKind = "drop"      // a recommended clause, with a reason; or one that was added
	SetValue ChangeKind = "set-value" // of a variable
	Restore  ChangeKind = "restore"   // the proposed value of a variable
)

// Edit is one change asked for.
type Edit struct {
	Kind    ChangeKind
	Subject string // id of a clause or name of a variable
	Text    string // the reason, or the value as typed
}

// apply gives the choices after an edit; a wrong edit is fault.Invalid, its field that of the form.
func (c Choices) apply(e Edit, library *clause.Library, recommended func(id string) bool) (Choices, error) {
	out := Choices{Add: slices.Clone(c.Add), Remove: slices.Clone(c.Remove), Values: slices.Clone(c.Values)}
	switch e.Kind {
	case Keep, Drop:
		found, ok := library.Clause(e.Subject)
		if !ok {
			return c, fault.NewNotFound("annex.unknown-clause", "id", e.Subject)
		}
		if found.Draft {
			return c, fault.NewInvalid("annex.draft-clause", "id", e.Subject)
		}
		return out.applyClause(e, recommended(e.Subject))
	case SetValue, Restore:
		variable, ok := library.Variable(e.Subject)
		if !ok {
			return c, fault.NewNotFound("annex.unknown-variable", "name", e.Subject)
		}
		return out.applyValue(e, variable)
	}
	return c, fault.NewInvalid("invalid")
}

func (c Choices) applyClause(e Edit, recommended bool) (Choices, error) {
	c.Add = slices.DeleteFunc(c.Add, func(id string) bool { return id == e.Subject })
	c.Remove = slices.DeleteFunc(c.Remove, func(r Removal) bool { return r.ID == e.Subject })
	reason := strings.TrimSpace(e.Text)
	switch {
	case e.Kind == Keep && !recommended:
		c.Add = append(c.Add, e.Subject)
	case e.Kind == Drop && recommended && reason == "":
		return c, fault.NewInvalid("annex.removal-reason", "id", e.Subject).At("reason." + e.Subject)
	case e.Kind == Drop && recommended && len([]rune(reason)) > maxReason:
		return c, fault.NewInvalid("value.too-long", "limit", maxReason).At("reason." + e.Subject)
	case e.Kind == Drop && recommended:
		c.Remove = append(c.Remove, Removal{e.Subject, reason})
	}
	return c, nil
}

func (c Choices) applyValue(e Edit, v *clause.Variable) (Choices, error) {
	c.Values = slices.DeleteFunc(c.Values, func(x ChosenValue) bool { return x.Variable == v.Name })
	if e.Kind == Restore {
		return c, nil
	}
	value, err := v.Parse(e.Text)
	if err != nil {
		if f, ok := fault.As(err); ok {
			return c, f.At("value." + v.Name)
		}
		return c, err
	}
	c.Values = append(c.Values, ChosenValue{v.Name, value})
	return c, nil
}

// change applies an edit to the draft that was read at a version. When the same clause or value was changed since, by
// somebody else or in another window, it is fault.Conflict, whose arguments say by whom; other changes are no obstacle.
func (d *Draft) change(e Edit, version int64, by Author, now time.Time, library *clause.Library, recommended func(string) bool) error {
	for i, entry := range d.Log {
		forgotten := i == 0 && len(d.Log) == logLength && entry.Version > version+1 // what came before it may be of the same subject
		if entry.Version > version && entry.Subject == e.Subject || forgotten {
			return fault.NewConflict("annex.edited-by", "name", entry.By.Name, "subject", e.Subject).At(e.field())
		}
	}
	after, err := d.Choices.apply(e, library, recommended)
	if err != nil {
		return err
	}
	if sameChoices(d.Choices, after) {
		return errUnchanged
	}
	d.log(Entry{Kind: e.Kind, Subject: e.Subject, By: by, At: now, Version: d.Revision + 1, Before: d.Choices})
	if len(d.Log) > logLength {
		d.Log = slices.Clone(d.Log[len(d.Log)-logLength:])
	}
	d.Choices, d.Changed, d.ChangedBy = after, now, by.Name
	d.Revision++
	return nil
}

// oneChange is how long the same person goes on typing the same thing: it is undone as one.
const oneChange = 2 * time.Minute

// log appends a change, or prolongs the last one when the same person is still at the same thing.
func (d *Draft) log(e Entry) {
	if n := len(d.Log); n > 0 {
		last := &d.Log[n-1]
		if last.Kind == e.Kind && last.Subject == e.Subject && last.By.ID == e.By.ID && e.At.Sub(last.At) < oneChange {
			last.At, last.Version = e.At, e.Version
			return
		}
	}
	d.Log = append(d.Log, e)
}

func (e Edit) field() string {
	if e.Kind == Keep || e.Kind == Drop {
		return "clause." + e.Subject
	}
	return "value." + e.Subject
}

func sameChoices(a, b Choices) bool {
	return slices.Equal(a.Add, b.Add) && slices.Equal(a.Remove, b.Remove) && slices.Equal(a.Values, b.Values)
}

// undo takes back the last change; fault.Conflict when it is not the one that was seen, fault.Invalid when there is none.
func (d *Draft) undo(version int64, by Author, now time.Time) error {
	if len(d.Log) == 0 {
		return fault.NewInvalid("annex.nothing-to-undo")
	}
	last := d.Log[len(d.Log)-1]
	if last.Version > version {
		return fault.NewConflict("annex.edited-by", "name", last.By.Name, "subject", last.Subject)
	}
	d.Choices, d.Log = last.Before, d.Log[:len(d.Log)-1]
	d.Changed, d.ChangedBy = now, by.Name
	d.Revision++
	return nil
}

// into writes the choices into an input, those that no longer mean anything left out: without a word a clause recommended
// since, or a removal of what is recommended no more; with a warning of its own what the library has no longer, a clause or
// a value's name, and a value that it would no longer accept.
func (c Choices) into(in *Input, library *clause.Library, recommended func(id string) bool) (gone []Gone) {
	in.Clauses = Selection{Base: FromRecommended}
	for _, id := range c.Add {
		if found, ok := library.Clause(id); !ok || found.Draft {
			gone = append(gone, Gone{"annex.warning.clause-gone", id})
		} else if !recommended(id) {
			in.Clauses.Add = append(in.Clauses.Add, id)
		}
	}
	for _, r := range c.Remove {
		if recommended(r.ID) {
			in.Clauses.Remove = append(in.Clauses.Remove, r)
		}
	}
	in.Values = nil
	for _, chosen := range c.Values {
		if !accepted(library, chosen.Variable, chosen.Value) {
			gone = append(gone, Gone{"annex.warning.value-gone", chosen.Variable})
			continue
		}
		in.Values = append(in.Values, content.Entry[content.Scalar]{Key: chosen.Variable, Value: content.Scalar(chosen.Value)})
	}
	return gone
}

// Gone is a choice that the library of today cannot follow: the key that says so, and the clause or value it is about.
type Gone struct{ Key, Subject string }

func accepted(library *clause.Library, name, value string) bool {
	variable, ok := library.Variable(name)
	if !ok {
		return false
	}
	_, err := variable.Parse(value)
	return err == nil
}

func summarise(d *Document) Summary {
	s := Summary{Tier: int(d.Rating.Tier), Articles: d.ArticleCount(), Removed: len(d.Removed)}
	seen := map[string]bool{}
	for _, c := range d.Chapters {
		for _, a := range c.Articles {
			for _, v := range a.Values {
				if seen[v.Variable.Name] {
					continue
				}
				seen[v.Variable.Name] = true
				if v.Outside {
					s.Outside++
				}
				if v.Value == "" {
					s.Blank++
				}
			}
		}
	}
	return s
}
