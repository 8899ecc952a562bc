package adaptation

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/store"
)

// Act is what a revision did.
type Act string

// The acts.
const (
	Worded    Act = "worded"    // the text was written or changed
	Kept      Act = "kept"      // the model moved, and the structure kept its own
	Withdrawn Act = "withdrawn" // the model stands again; an added clause is gone
)

// Adaptation is a clause that a structure words itself, as it stands now. Its id is the clause's.
type Adaptation struct {
	store.Meta `bson:",inline"`
	Revision   `bson:",inline"`
}

// Revision is one state of an adaptation.
type Revision struct {
	Number  int       `bson:"number"` // from 1
	Act     Act       `bson:"act"`
	Wording Wording   `bson:"wording"`
	Base    *Base     `bson:"base"` // nil for a clause added
	At      time.Time `bson:"at"`
	By      string    `bson:"by"` // name, for people
	ByID    string    `bson:"byID"`
}

// Base is the model that an adaptation was made from, whole: the library of today may hold another.
type Base struct {
	Version int     `bson:"version"`
	Wording Wording `bson:"wording"`
}

// past keeps a revision that another followed.
type past struct {
	store.Meta `bson:",inline"`
	Revision   `bson:",inline"`
}

var (
	adaptationSchema = store.Schema{Collection: "adaptations", Shape: 1}
	pastSchema       = store.Schema{Collection: "adaptation-revisions", Shape: 1}
)

// Schemas lists the collections that this package keeps.
func Schemas() []store.Schema { return []store.Schema{adaptationSchema, pastSchema} }

// Service keeps the adaptations of structures.
type Service struct {
	Now func() time.Time

	models    *clause.Library
	questions *questionnaire.Library
	kept      *store.Collection[Adaptation]
	past      *store.Collection[past]

	making sync.Mutex
	made   map[store.Tenant]layered
}

// layered is a library already made for a structure, and from which revisions.
type layered struct {
	revisions string
	library   *clause.Library
}

// maxMade bounds how many structures' libraries are kept in memory.
const maxMade = 200

// New gives the service on an engine, over the libraries that all structures share.
func New(engine store.Engine, models *clause.Library, questions *questionnaire.Library, now func() time.Time) *Service {
	return &Service{
		Now: now, models: models, questions: questions, made: map[store.Tenant]layered{},
		kept: store.NewCollection[Adaptation](engine, adaptationSchema), past: store.NewCollection[past](engine, pastSchema),
	}
}

// Library is the library as the actor's structure words it. It comes from memory as long as no adaptation changed.
func (s *Service) Library(ctx context.Context, actor identity.Actor) (*clause.Library, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	all, err := s.all(ctx, actor)
	if err != nil {
		return nil, err
	}
	var revisions strings.Builder
	var layer clause.Layer
	layer.Scope = clause.StructureScope
	for _, a := range all {
		if a.Act == Withdrawn {
			continue
		}
		fmt.Fprintf(&revisions, "%s.%d ", a.ID, a.Number)
		layer.Adaptations = append(layer.Adaptations, a.Wording.adaptation(a.ID, a.Number))
	}
	if len(layer.Adaptations) == 0 {
		return s.models, nil
	}
	s.making.Lock()
	defer s.making.Unlock()
	if made, ok := s.made[actor.Tenant()]; ok && made.revisions == revisions.String() {
		return made.library, nil
	}
	if len(s.made) >= maxMade {
		clear(s.made)
	}
	made := layered{revisions.String(), s.models.With(layer)}
	s.made[actor.Tenant()] = made
	return made.library, nil
}

// all reads every adaptation of the structure, withdrawn ones too, by id.
func (s *Service) all(ctx context.Context, actor identity.Actor) ([]*Adaptation, error) {
	var all []*Adaptation
	for cursor := ""; ; {
		page, err := s.kept.In(actor.Tenant()).Scan(ctx, store.Query{Limit: 200, Cursor: cursor})
		if err != nil {
			return nil, fmt.Errorf("read the clauses of structure %s: %w", actor.Structure, err)
		}
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

// get reads one adaptation, nil when there never was one.
func (s *Service) get(ctx context.Context, actor identity.Actor, id string) (*Adaptation, error) {
	a, err := s.kept.In(actor.Tenant()).Get(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the wording of clause %s: %w", id, err)
	}
	return a, nil
}

// State is how a clause of the structure stands to its model.
type State string

// The states.
const (
	AsModel  State = "as-model"   // nothing adapted, or withdrawn
	UpToDate State = "up-to-date" // made from the model as it stands
	Moved    State = "moved"      // the model changed since
	Gone     State = "gone"       // the library no longer has the model
	Own      State = "own"        // an added clause
)

// Entry is a clause as its structure may word it.
type Entry struct {
	ID      string
	State   State
	Model   *clause.Clause // of the library of today; nil for a clause added, or when it is gone
	Kept    *Adaptation    // nil when the structure never worded it
	Wording Wording        // its own, or the model's
	Version int64          // of what is kept, for the form to send back
}

// Adapted reports whether the structure's own wording stands.
func (e Entry) Adapted() bool { return e.State != AsModel }

func (s *Service) entry(id string, kept *Adaptation) Entry {
	e := Entry{ID: id, Kept: kept, State: AsModel}
	e.Model, _ = s.models.Clause(id)
	if e.Model != nil {
		e.Wording = WordingOf(e.Model)
	}
	if kept == nil {
		return e
	}
	e.Version = kept.Version()
	if kept.Act == Withdrawn {
		return e
	}
	e.Wording = kept.Wording
	switch {
	case kept.Base == nil:
		e.State = Own
	case e.Model == nil:
		e.State = Gone
	case kept.Base.Wording.same(WordingOf(e.Model)):
		e.State = UpToDate
	default:
		e.State = Moved
	}
	return e
}

// Entry gives a clause of the library or of the structure; fault.NotFound when neither has it.
func (s *Service) Entry(ctx context.Context, actor identity.Actor, id string) (Entry, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return Entry{}, err
	}
	kept, err := s.get(ctx, actor, id)
	if err != nil {
		return Entry{}, err
	}
	e := s.entry(id, kept)
	if e.Model == nil && !e.Adapted() {
		return Entry{}, fault.NewNotFound("library.no-clause", "id", id)
	}
	return e, nil
}

// List gives the clauses that the structure words itself: the adapted ones by id, then those it added.
func (s *Service) List(ctx context.Context, actor identity.Actor) ([]Entry, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	all, err := s.all(ctx, actor)
	if err != nil {
		return nil, err
	}
	var adapted, own []Entry
	for _, a := range all {
		switch e := s.entry(a.ID, a); {
		case e.State == Own:
			own = append(own, e)
		case e.Adapted():
			adapted = append(adapted, e)
		}
	}
	return append(adapted, own...), nil
}

// History gives every revision of a clause, the newest first.
func (s *Service) History(ctx context.Context, actor identity.Actor, id string) ([]Revision, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	kept, err := s.get(ctx, actor, id)
	if err != nil || kept == nil {
		return nil, err
	}
	out := []Revision{kept.Revision}
	var ids []string
	for number := kept.Number - 1; number >= 1; number-- {
		ids = append(ids, pastID(id, number))
	}
	earlier, err := s.past.In(actor.Tenant()).GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the revisions of clause %s: %w", id, err)
	}
	for _, p := range earlier {
		out = append(out, p.Revision)
	}
	return out, nil
}

func pastID(id string, number int) string { return fmt.Sprintf("%s.%d", id, number) }
