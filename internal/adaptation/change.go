package adaptation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/store"
)

// Finding is what lint says of a wording, and how it would read.
type Finding struct {
	Wrong   fault.Problems // must be mended
	Judged  fault.Problems // opinions, which the structure may overrule
	Clause  *clause.Clause // parsed, for a preview
	Library *clause.Library
}

// Check holds a wording to the rules of the library without keeping it. An empty id is that of a clause to be added.
func (s *Service) Check(ctx context.Context, actor identity.Actor, id string, w Wording) (Finding, error) {
	if err := identity.Require(actor, identity.EditClauses, actor.Structure); err != nil {
		return Finding{}, err
	}
	if id == "" {
		id = s.models.NextOwn()
	}
	e, err := s.Entry(ctx, actor, id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Finding{}, err
	}
	return s.check(id, e.Model, s.settle(w, e.Model)), nil
}

// settle gives a wording in the form under which it is kept: values as their variables write them, and of a model the
// family that it has.
func (s *Service) settle(w Wording, model *clause.Clause) Wording {
	w = w.clean()
	if model != nil {
		w.Family, w.CSS = model.Family, cleanList(model.CSS)
	}
	w.Values = slices.Clone(w.Values)
	for i, own := range w.Values {
		if v, ok := s.models.Variable(own.Variable); ok {
			if value, err := v.Parse(own.Value); err == nil {
				w.Values[i].Value = value
			}
		}
	}
	return w
}

func (s *Service) check(id string, model *clause.Clause, w Wording) Finding {
	a := w.adaptation(id, 1)
	wrong, judged := s.models.LintAdaptation(a)
	f := Finding{Wrong: wrong, Library: s.models, Clause: model}
	if a.TooLong() {
		return f
	}
	for _, j := range judged {
		f.Judged = append(f.Judged, j.Problem)
	}
	f.Judged = append(f.Judged, s.unasked(id, model, a)...)
	f.Library = s.models.With(clause.Layer{Scope: clause.StructureScope, Adaptations: []clause.Adaptation{a}})
	f.Clause, _ = f.Library.Clause(id)
	return f
}

// unasked tells which questions compare an answer with a value that the wording no longer has.
func (s *Service) unasked(id string, model *clause.Clause, a clause.Adaptation) fault.Problems {
	var out fault.Problems
	if model == nil {
		return nil
	}
	for _, q := range s.questions.Verifying(id) {
		for _, v := range q.Verifies {
			if v.Clause == id && v.Variable != "" && slices.Contains(model.Variables, v.Variable) && !slices.Contains(a.Clause.Variables, v.Variable) {
				out = append(out, fault.Problem{Field: "text.fr", Key: "adaptation.question-value", Args: []any{"name", v.Variable, "question", q.ID}})
			}
		}
	}
	return out
}

// Save keeps a wording of a clause, at the version of the form that it was written in; rebase says that it was written
// knowing of the model as it stands today. What lint finds wrong comes back as fault.Problems; a wording that differs
// nowhere from its model is fault.Invalid; fault.Conflict when somebody was first.
func (s *Service) Save(ctx context.Context, actor identity.Actor, id string, version int64, w Wording, rebase bool) error {
	if err := identity.Require(actor, identity.EditClauses, actor.Structure); err != nil {
		return err
	}
	e, err := s.Entry(ctx, actor, id)
	if err != nil {
		return err
	}
	w = s.settle(w, e.Model)
	if found := s.check(id, e.Model, w); len(found.Wrong) > 0 {
		return found.Wrong
	}
	next := Revision{Act: Worded, Wording: w}
	switch {
	case e.Kept != nil && e.Adapted() && (!rebase || e.Model == nil):
		next.Base = e.Kept.Base
	case e.Model != nil:
		next.Base = baseOf(e.Model)
	}
	if e.Model != nil && w.same(WordingOf(e.Model)) {
		return fault.NewInvalid("adaptation.same")
	}
	return s.put(ctx, actor, id, e.Kept, version, next)
}

func baseOf(model *clause.Clause) *Base { return &Base{model.Version, WordingOf(model)} }

// Add keeps a clause of the structure's own under the next free number, and gives that; fault.Problems as for Save.
func (s *Service) Add(ctx context.Context, actor identity.Actor, w Wording) (string, error) {
	if err := identity.Require(actor, identity.EditClauses, actor.Structure); err != nil {
		return "", err
	}
	w = s.settle(w, nil)
	all, err := s.all(ctx, actor)
	if err != nil {
		return "", err
	}
	var taken []string
	for _, a := range all {
		taken = append(taken, a.ID)
	}
	for {
		id := s.models.NextOwn(taken...)
		if found := s.check(id, nil, w); len(found.Wrong) > 0 {
			return "", found.Wrong
		}
		err := s.put(ctx, actor, id, nil, 0, Revision{Act: Worded, Wording: w})
		if fault.KindOf(err) != fault.Conflict {
			return id, err
		}
		taken = append(taken, id) // somebody added another at the same moment
	}
}

// Withdraw puts the model back in place, or takes an added clause away; its revisions stay.
func (s *Service) Withdraw(ctx context.Context, actor identity.Actor, id string, version int64) error {
	return s.decide(ctx, actor, id, version, func(e Entry) Revision {
		return Revision{Act: Withdrawn, Wording: e.Kept.Wording, Base: e.Kept.Base}
	})
}

// Keep says, after the model moved, that the structure's own wording stands: the model of today is from now on the one
// that it differs from.
func (s *Service) Keep(ctx context.Context, actor identity.Actor, id string, version int64) error {
	return s.decide(ctx, actor, id, version, func(e Entry) Revision {
		base := e.Kept.Base
		if e.Model != nil && base != nil {
			base = baseOf(e.Model)
		}
		return Revision{Act: Kept, Wording: e.Kept.Wording, Base: base}
	})
}

func (s *Service) decide(ctx context.Context, actor identity.Actor, id string, version int64, next func(Entry) Revision) error {
	if err := identity.Require(actor, identity.EditClauses, actor.Structure); err != nil {
		return err
	}
	e, err := s.Entry(ctx, actor, id)
	if err != nil {
		return err
	}
	if !e.Adapted() {
		return fault.NewConflict("store.changed")
	}
	return s.put(ctx, actor, id, e.Kept, version, next(e))
}

// put keeps a revision after the one that was read at a version. The one before is put aside first: should the program
// stop in between, it is only written twice.
func (s *Service) put(ctx context.Context, actor identity.Actor, id string, before *Adaptation, version int64, next Revision) error {
	next.Number, next.At, next.By, next.ByID = 1, s.Now(), actor.Name, actor.Person
	kept := s.kept.In(actor.Tenant())
	if before == nil {
		if version != 0 {
			return fault.NewConflict("store.changed")
		}
		if err := kept.Insert(ctx, &Adaptation{Meta: store.Meta{ID: id}, Revision: next}); fault.KindOf(err) == fault.Conflict {
			return fault.NewConflict("store.changed").Because(err)
		} else if err != nil {
			return fmt.Errorf("keep the wording of clause %s: %w", id, err)
		}
		return nil
	}
	if before.Version() != version {
		return fault.NewConflict("store.changed")
	}
	aside := &past{Meta: store.Meta{ID: pastID(id, before.Number)}, Revision: before.Revision}
	if err := s.past.In(actor.Tenant()).Insert(ctx, aside); err != nil && fault.KindOf(err) != fault.Conflict {
		return fmt.Errorf("put aside revision %d of clause %s: %w", before.Number, id, err)
	}
	next.Number = before.Number + 1
	before.Revision = next
	if err := kept.Replace(ctx, before); err != nil {
		return fmt.Errorf("keep the wording of clause %s: %w", id, err)
	}
	return nil
}

// File is a file to keep: its name, and what it holds.
type File struct {
	Name string
	Data []byte
}

// Export writes clauses of the structure as the files of the library are written, a file a family; all of them when no id
// is given. fault.NotFound when the structure words none of them.
func (s *Service) Export(ctx context.Context, actor identity.Actor, ids ...string) ([]File, error) {
	list, err := s.List(ctx, actor)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, family := range append(slices.Clone(s.models.Families), clause.Family{ID: clause.OwnFamily, Title: s.models.OwnFamilyTitle()}) {
		var adapted []clause.Adaptation
		for _, e := range list {
			if e.Wording.Family == family.ID && (len(ids) == 0 || slices.Contains(ids, e.ID)) {
				adapted = append(adapted, e.Wording.adaptation(e.ID, e.Kept.Number))
			}
		}
		if len(adapted) > 0 {
			files = append(files, File{strings.ToLower(family.ID) + ".yaml", clause.YAML(family, adapted)})
		}
	}
	if len(files) == 0 {
		return nil, fault.NewNotFound("adaptation.none")
	}
	return files, nil
}
