package adaptation

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// Act is what a revision did.
type Act string

// The acts.
const (
	Worded    Act = "worded"    // the text was written or changed
	Kept      Act = "kept"      // the model moved, and the structure kept its own
	Withdrawn Act = "withdrawn" // the model stands again; an added text is gone
)

// Adaptation is a clause or a question that a structure words itself, as it stands now. Its id is that of the text.
type Adaptation[W any] struct {
	store.Meta  `bson:",inline"`
	Revision[W] `bson:",inline"`
	Events      outbox.Pending `bson:"events"` // no part of a revision: those that follow keep none
}

func eventsOf[W any](a *Adaptation[W]) *outbox.Pending { return &a.Events }

// Revision is one state of an adaptation.
type Revision[W any] struct {
	Number  int       `bson:"number"` // from 1
	Act     Act       `bson:"act"`
	Wording W         `bson:"wording"`
	Base    *Base[W]  `bson:"base"` // nil for a text added
	At      time.Time `bson:"at"`
	By      string    `bson:"by"` // name, for people
	ByID    string    `bson:"byID"`
}

// Base is the model that an adaptation was made from, whole: the library of today may hold another.
type Base[W any] struct {
	Version int `bson:"version"`
	Wording W   `bson:"wording"`
}

// past keeps a revision that another followed.
type past[W any] struct {
	store.Meta  `bson:",inline"`
	Revision[W] `bson:",inline"`
}

// kind is what tells the texts of one library from those of the other: W is a text as people write it, M the same as the
// library holds it.
type kind[W, M any] struct {
	noun    string // for errors and acts: "clause"
	unknown string // message of what neither the library nor the structure has
	base    func(ctx context.Context, actor identity.Actor) (base[W, M], error)
	write   func(*M) W // a model as people would write it
	version func(*M) int
	settle  func(identity.Actor, W, *M) W // the one form under which a text is kept
}

// base is the library that an actor builds on, read once for what they do: the models for a region, the models as the region
// words them for a structure.
type base[W, M any] struct {
	model func(id string) (*M, bool)
	next  func(taken ...string) string                              // id of the next text added
	check func(ctx context.Context, id string, model *M, w W) error // what lint finds wrong of a settled wording, as fault.Problems
}

// shelf keeps what structures word themselves of one library. Its methods are those of Clauses and of Questions.
type shelf[W, M any] struct {
	kind[W, M]
	now  func() time.Time
	kept *store.Collection[Adaptation[W]]
	past *store.Collection[past[W]]

	events *outbox.Worker
}

// all reads every adaptation of a structure or a region, withdrawn ones too, by id.
func (s *shelf[W, M]) all(ctx context.Context, tenant store.Tenant) ([]*Adaptation[W], error) {
	var all []*Adaptation[W]
	for cursor := ""; ; {
		page, err := s.kept.In(tenant).Scan(ctx, store.Query{Limit: 200, Cursor: cursor})
		if err != nil {
			return nil, fmt.Errorf("read what %s words of the %ss: %w", tenant, s.noun, err)
		}
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

// get reads one adaptation, nil when there never was one.
func (s *shelf[W, M]) get(ctx context.Context, actor identity.Actor, id string) (*Adaptation[W], error) {
	a, err := s.kept.In(actor.Tenant()).Get(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the wording of %s %s: %w", s.noun, id, err)
	}
	return a, nil
}

// State is how a text of the structure stands to its model.
type State string

// The states.
const (
	AsModel  State = "as-model"   // nothing adapted, or withdrawn
	UpToDate State = "up-to-date" // made from the model as it stands
	Moved    State = "moved"      // the model changed since
	Gone     State = "gone"       // the library no longer has the model
	Own      State = "own"        // an added text
)

// Entry is a text as its structure may word it.
type Entry[W, M any] struct {
	ID      string
	State   State
	Model   *M             // of the library of today; nil for a text added, or when it is gone
	Kept    *Adaptation[W] // nil when the structure never worded it
	Wording W              // its own, or the model's
	Version int64          // number of the revision kept, for the form to send back; 0 when there is none
}

// Adapted reports whether the structure's own wording stands.
func (e Entry[W, M]) Adapted() bool { return e.State != AsModel }

func (s *shelf[W, M]) entry(over base[W, M], id string, kept *Adaptation[W]) Entry[W, M] {
	e := Entry[W, M]{ID: id, Kept: kept, State: AsModel}
	e.Model, _ = over.model(id)
	if e.Model != nil {
		e.Wording = s.write(e.Model)
	}
	if kept == nil {
		return e
	}
	e.Version = int64(kept.Number)
	if kept.Act == Withdrawn {
		return e
	}
	e.Wording = kept.Wording
	switch {
	case kept.Base == nil:
		e.State = Own
	case e.Model == nil:
		e.State = Gone
	case reflect.DeepEqual(kept.Base.Wording, s.write(e.Model)):
		e.State = UpToDate
	default:
		e.State = Moved
	}
	return e
}

// Entry gives a text of the library or of the structure; fault.NotFound when neither has it.
func (s *shelf[W, M]) Entry(ctx context.Context, actor identity.Actor, id string) (Entry[W, M], error) {
	if err := identity.Require(actor, identity.ReadTexts, actor.Place()); err != nil {
		return Entry[W, M]{}, err
	}
	over, err := s.base(ctx, actor)
	if err != nil {
		return Entry[W, M]{}, err
	}
	return s.read(ctx, actor, over, id)
}

// read is Entry over a base already read, for somebody who may.
func (s *shelf[W, M]) read(ctx context.Context, actor identity.Actor, over base[W, M], id string) (Entry[W, M], error) {
	kept, err := s.get(ctx, actor, id)
	if err != nil {
		return Entry[W, M]{}, err
	}
	e := s.entry(over, id, kept)
	if e.Model == nil && !e.Adapted() {
		return Entry[W, M]{}, fault.NewNotFound(s.unknown, "id", id)
	}
	return e, nil
}

// Words reports whether the actor's structure or region words a text itself.
func (s *shelf[W, M]) Words(ctx context.Context, actor identity.Actor, id string) (bool, error) {
	if err := identity.Require(actor, identity.ReadTexts, actor.Place()); err != nil {
		return false, err
	}
	kept, err := s.get(ctx, actor, id)
	return kept != nil && kept.Act != Withdrawn, err
}

// List gives the texts that the structure words itself: the adapted ones by id, then those it added.
func (s *shelf[W, M]) List(ctx context.Context, actor identity.Actor) ([]Entry[W, M], error) {
	if err := identity.Require(actor, identity.ReadTexts, actor.Place()); err != nil {
		return nil, err
	}
	all, err := s.all(ctx, actor.Tenant())
	if err != nil {
		return nil, err
	}
	over, err := s.base(ctx, actor)
	if err != nil {
		return nil, err
	}
	var adapted, own []Entry[W, M]
	for _, a := range all {
		switch e := s.entry(over, a.ID, a); {
		case e.State == Own:
			own = append(own, e)
		case e.Adapted():
			adapted = append(adapted, e)
		}
	}
	return append(adapted, own...), nil
}

// History gives every revision of a text, the newest first.
func (s *shelf[W, M]) History(ctx context.Context, actor identity.Actor, id string) ([]Revision[W], error) {
	if err := identity.Require(actor, identity.ReadTexts, actor.Place()); err != nil {
		return nil, err
	}
	kept, err := s.get(ctx, actor, id)
	if err != nil || kept == nil {
		return nil, err
	}
	out := []Revision[W]{kept.Revision}
	var ids []string
	for number := kept.Number - 1; number >= 1; number-- {
		ids = append(ids, pastID(id, number))
	}
	earlier, err := s.past.In(actor.Tenant()).GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the revisions of %s %s: %w", s.noun, id, err)
	}
	for _, p := range earlier {
		out = append(out, p.Revision)
	}
	return out, nil
}

func pastID(id string, number int) string { return fmt.Sprintf("%s.%d", id, number) }
