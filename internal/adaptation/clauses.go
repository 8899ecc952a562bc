package adaptation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/store"
)

var (
	clauseSchema     = store.Schema{Collection: "adaptations", Shape: 1, Indexes: outbox.Indexes("events")}
	clausePastSchema = store.Schema{Collection: "adaptation-revisions", Shape: 1}
)

// Schemas lists the collections that this package keeps.
func Schemas() []store.Schema {
	return []store.Schema{clauseSchema, clausePastSchema, questionSchema, questionPastSchema}
}

// A clause as its structure may word it, and one of its revisions.
type (
	ClauseEntry    = Entry[Wording, clause.Clause]
	ClauseRevision = Revision[Wording]
)

// Clauses keeps the clauses that structures word themselves.
type Clauses struct {
	shelf[Wording, clause.Clause]

	models    *clause.Library
	questions *questionnaire.Library

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

// NewClauses gives the clauses of structures on an engine, over the libraries that all share. The worker delivers what
// changes of them bring about.
func NewClauses(engine store.Engine, models *clause.Library, questions *questionnaire.Library, events *outbox.Worker, now func() time.Time) *Clauses {
	s := &Clauses{models: models, questions: questions, made: map[store.Tenant]layered{}}
	s.shelf = shelf[Wording, clause.Clause]{
		now: now, events: events, kept: store.NewCollection[Adaptation[Wording]](engine, clauseSchema), past: store.NewCollection[past[Wording]](engine, clausePastSchema),
		kind: kind[Wording, clause.Clause]{
			noun: "clause", unknown: "library.no-clause",
			write: WordingOf, version: func(c *clause.Clause) int { return c.Version }, settle: s.settled,
			base: func(ctx context.Context, actor identity.Actor) (base[Wording, clause.Clause], error) {
				over, err := s.below(ctx, actor)
				return s.baseOn(over, actor), err
			},
		},
	}
	events.Register(outbox.From(s.kept, eventsOf[Wording]))
	events.On(identity.PersonErased, s.forgetName)
	return s
}

// scopeOf tells for whom the actor words clauses.
func scopeOf(actor identity.Actor) clause.Scope {
	if actor.Structure == "" {
		return clause.RegionScope
	}
	return clause.StructureScope
}

func (s *Clauses) baseOn(over *clause.Library, actor identity.Actor) base[Wording, clause.Clause] {
	return base[Wording, clause.Clause]{
		model: over.Clause,
		next:  func(taken ...string) string { return over.NextOwn(scopeOf(actor), taken...) },
		check: func(_ context.Context, id string, model *clause.Clause, w Wording) error {
			return s.lint(over, id, model, w).Wrong.OrNil()
		},
	}
}

// below is what the actor builds on: the models, for a structure as its region words them.
func (s *Clauses) below(ctx context.Context, actor identity.Actor) (*clause.Library, error) {
	if actor.Structure == "" {
		return s.models, nil
	}
	return s.layer(ctx, s.models, actor.RegionTenant(), clause.RegionScope)
}

// Library is the library as the actor's structure or region words it. It comes from memory as long as nothing changed.
func (s *Clauses) Library(ctx context.Context, actor identity.Actor) (*clause.Library, error) {
	if err := identity.Require(actor, identity.ReadTexts, actor.Place()); err != nil {
		return nil, err
	}
	over, err := s.below(ctx, actor)
	if err != nil {
		return nil, err
	}
	return s.layer(ctx, over, actor.Tenant(), scopeOf(actor))
}

// layer puts what a tenant words over a library.
func (s *Clauses) layer(ctx context.Context, over *clause.Library, tenant store.Tenant, scope clause.Scope) (*clause.Library, error) {
	all, err := s.all(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var revisions strings.Builder
	revisions.WriteString(over.Edition)
	layer := clause.Layer{Scope: scope}
	for _, a := range all {
		if a.Act == Withdrawn {
			continue
		}
		fmt.Fprintf(&revisions, " %s.%d", a.ID, a.Number)
		layer.Adaptations = append(layer.Adaptations, a.Wording.adaptation(a.ID, a.Number))
	}
	if len(layer.Adaptations) == 0 {
		return over, nil
	}
	s.making.Lock()
	defer s.making.Unlock()
	if made, ok := s.made[tenant]; ok && made.revisions == revisions.String() {
		return made.library, nil
	}
	if len(s.made) >= maxMade {
		clear(s.made)
	}
	made := layered{revisions.String(), over.With(layer)}
	s.made[tenant] = made
	return made.library, nil
}

// Finding is what lint says of a wording, and how it would read.
type Finding struct {
	Wrong   fault.Problems // must be mended
	Judged  fault.Problems // opinions, which the structure may overrule
	Clause  *clause.Clause // parsed, for a preview
	Library *clause.Library
	Locked  bool // by the region: only values change, and only to ask for more
}

// Check holds a wording to the rules of the library without keeping it. An empty id is that of a clause to be added.
func (s *Clauses) Check(ctx context.Context, actor identity.Actor, id string, w Wording) (Finding, error) {
	if err := identity.Require(actor, identity.EditClauses, actor.Place()); err != nil {
		return Finding{}, err
	}
	over, err := s.below(ctx, actor)
	if err != nil {
		return Finding{}, err
	}
	if id == "" {
		id = over.NextOwn(scopeOf(actor))
	}
	e, err := s.read(ctx, actor, s.baseOn(over, actor), id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Finding{}, err
	}
	return s.lint(over, id, e.Model, s.settled(actor, w, e.Model)), nil
}

// settled gives a wording in the form under which it is kept: values as their variables write them, and of a model the
// family that it has.
func (s *Clauses) settled(actor identity.Actor, w Wording, model *clause.Clause) Wording {
	w = w.clean()
	w.Locked = w.Locked && scopeOf(actor) == clause.RegionScope
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

func (s *Clauses) lint(over *clause.Library, id string, model *clause.Clause, w Wording) Finding {
	a := w.adaptation(id, 1)
	wrong, judged := over.LintAdaptation(a)
	f := Finding{Wrong: wrong, Library: over, Clause: model}
	if origin, ok := over.Origin(id); ok {
		f.Locked = origin.Locked
	}
	if a.TooLong() {
		return f
	}
	for _, j := range judged {
		f.Judged = append(f.Judged, j.Problem)
	}
	f.Judged = append(f.Judged, s.unasked(id, model, a)...)
	f.Library = over.With(clause.Layer{Scope: clause.StructureScope, Adaptations: []clause.Adaptation{a}})
	f.Clause, _ = f.Library.Clause(id)
	return f
}

// unasked tells which questions compare an answer with a value that the wording no longer has.
func (s *Clauses) unasked(id string, model *clause.Clause, a clause.Adaptation) fault.Problems {
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

// File is a file to keep: its name, and what it holds.
type File struct {
	Name string
	Data []byte
}

// Export writes clauses of the structure as the files of the library are written, a file a family; all of them when no id
// is given. fault.NotFound when the structure words none of them.
func (s *Clauses) Export(ctx context.Context, actor identity.Actor, ids ...string) ([]File, error) {
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
