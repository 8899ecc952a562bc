package adaptation

import (
	"context"
	"fmt"
	"reflect"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/store"
)

// Save keeps a wording, at the version of the form that it was written in; rebase says that it was written knowing of the
// model as it stands today. What lint finds wrong comes back as fault.Problems; a wording that differs nowhere from its
// model is fault.Invalid; fault.Conflict when somebody was first.
func (s *shelf[W, M]) Save(ctx context.Context, actor identity.Actor, id string, version int64, w W, rebase bool) error {
	if err := identity.Require(actor, identity.EditClauses, actor.Place()); err != nil {
		return err
	}
	over, err := s.base(ctx, actor)
	if err != nil {
		return err
	}
	e, err := s.read(ctx, actor, over, id)
	if err != nil {
		return err
	}
	w = s.settle(actor, w, e.Model)
	if err := over.check(ctx, id, e.Model, w); err != nil {
		return err
	}
	next := Revision[W]{Act: Worded, Wording: w}
	switch {
	case e.Kept != nil && e.Adapted() && (!rebase || e.Model == nil):
		next.Base = e.Kept.Base
	case e.Model != nil:
		next.Base = s.baseOf(e.Model)
	}
	if e.Model != nil && reflect.DeepEqual(w, s.write(e.Model)) {
		return fault.NewInvalid("adaptation.same")
	}
	return s.put(ctx, actor, actor.Act(s.noun+"."+string(Worded), s.now()), id, e.Kept, version, next)
}

func (s *shelf[W, M]) baseOf(model *M) *Base[W] { return &Base[W]{s.version(model), s.write(model)} }

// Add keeps a text of the structure's own under the next free number, and gives that; fault.Problems as for Save.
func (s *shelf[W, M]) Add(ctx context.Context, actor identity.Actor, w W) (string, error) {
	if err := identity.Require(actor, identity.EditClauses, actor.Place()); err != nil {
		return "", err
	}
	w = s.settle(actor, w, nil)
	over, err := s.base(ctx, actor)
	if err != nil {
		return "", err
	}
	all, err := s.all(ctx, actor.Tenant())
	if err != nil {
		return "", err
	}
	var taken []string
	for _, a := range all {
		taken = append(taken, a.ID)
	}
	for {
		id := over.next(taken...)
		if err := over.check(ctx, id, nil, w); err != nil {
			return "", err
		}
		err := s.put(ctx, actor, actor.Act(s.noun+".added", s.now()), id, nil, 0, Revision[W]{Act: Worded, Wording: w})
		if fault.KindOf(err) != fault.Conflict {
			return id, err
		}
		taken = append(taken, id) // somebody added another at the same moment
	}
}

// Withdraw puts the model back in place, or takes an added text away; its revisions stay.
func (s *shelf[W, M]) Withdraw(ctx context.Context, actor identity.Actor, id string, version int64) error {
	return s.decide(ctx, actor, id, version, func(e Entry[W, M]) Revision[W] {
		return Revision[W]{Act: Withdrawn, Wording: e.Kept.Wording, Base: e.Kept.Base}
	})
}

// Keep says, after the model moved, that the structure's own wording stands: the model of today is from now on the one
// that it differs from.
func (s *shelf[W, M]) Keep(ctx context.Context, actor identity.Actor, id string, version int64) error {
	return s.decide(ctx, actor, id, version, func(e Entry[W, M]) Revision[W] {
		base := e.Kept.Base
		if e.Model != nil && base != nil {
			base = s.baseOf(e.Model)
		}
		return Revision[W]{Act: Kept, Wording: e.Kept.Wording, Base: base}
	})
}

func (s *shelf[W, M]) decide(ctx context.Context, actor identity.Actor, id string, version int64, next func(Entry[W, M]) Revision[W]) error {
	if err := identity.Require(actor, identity.EditClauses, actor.Place()); err != nil {
		return err
	}
	e, err := s.Entry(ctx, actor, id)
	if err != nil {
		return err
	}
	if !e.Adapted() {
		return fault.NewConflict("store.changed")
	}
	revision := next(e)
	return s.put(ctx, actor, actor.Act(s.noun+"."+string(revision.Act), s.now()), id, e.Kept, version, revision)
}

// put keeps a revision after the one that was read at a version, and records the act. The one before is put aside first:
// should the program stop in between, it is only written twice.
func (s *shelf[W, M]) put(ctx context.Context, actor identity.Actor, act journal.Act, id string, before *Adaptation[W], version int64, next Revision[W]) error {
	next.Number, next.At, next.By, next.ByID = 1, s.now(), actor.Name, actor.Person
	var err error
	switch {
	case before == nil && version != 0 || before != nil && int64(before.Number) != version:
		return fault.NewConflict("store.changed")
	case before == nil:
		err = s.first(ctx, actor, act, id, next)
	default:
		err = s.follow(ctx, actor, act, before, next)
	}
	if err != nil {
		return fmt.Errorf("keep the wording of %s %s: %w", s.noun, id, err)
	}
	s.events.Nudge()
	return nil
}

func (s *shelf[W, M]) first(ctx context.Context, actor identity.Actor, act journal.Act, id string, next Revision[W]) error {
	made := &Adaptation[W]{Meta: store.Meta{ID: id}, Revision: next}
	if err := journal.Record(&made.Events, act); err != nil {
		return err
	}
	err := s.kept.In(actor.Tenant()).Insert(ctx, made)
	if fault.KindOf(err) == fault.Conflict {
		return fault.NewConflict("store.changed").Because(err)
	}
	return err
}

func (s *shelf[W, M]) follow(ctx context.Context, actor identity.Actor, act journal.Act, before *Adaptation[W], next Revision[W]) error {
	aside := &past[W]{Meta: store.Meta{ID: pastID(before.ID, before.Number)}, Revision: before.Revision}
	if err := s.past.In(actor.Tenant()).Insert(ctx, aside); err != nil && fault.KindOf(err) != fault.Conflict {
		return fmt.Errorf("put aside revision %d: %w", before.Number, err)
	}
	next.Number = before.Number + 1
	_, err := s.kept.In(actor.Tenant()).Update(ctx, before.ID, journal.Recording(act, eventsOf[W], func(a *Adaptation[W]) error {
		if a.Number != before.Number {
			return fault.NewConflict("store.changed")
		}
		a.Revision = next
		return nil
	}))
	return err
}
