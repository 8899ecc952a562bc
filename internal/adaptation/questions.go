package adaptation

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/store"
)

var (
	questionSchema     = store.Schema{Collection: "question-adaptations", Shape: 1, Indexes: outbox.Indexes("events")}
	questionPastSchema = store.Schema{Collection: "question-adaptation-revisions", Shape: 1}
)

// A question as its structure may word it, and one of its revisions.
type (
	QuestionEntry    = Entry[Asking, questionnaire.Question]
	QuestionRevision = Revision[Asking]
)

// Questions keeps the questions that structures word themselves.
type Questions struct {
	shelf[Asking, questionnaire.Question]

	models  *questionnaire.Library
	clauses *Clauses
}

// NewQuestions gives the questions of structures on an engine, over the library that all share and the clauses that each
// structure words.
func NewQuestions(engine store.Engine, models *questionnaire.Library, clauses *Clauses, events *outbox.Worker, now func() time.Time) *Questions {
	s := &Questions{models: models, clauses: clauses}
	s.shelf = shelf[Asking, questionnaire.Question]{
		now: now, events: events, kept: store.NewCollection[Adaptation[Asking]](engine, questionSchema), past: store.NewCollection[past[Asking]](engine, questionPastSchema),
		kind: kind[Asking, questionnaire.Question]{
			noun: "question", unknown: "library.no-question",
			write: AskingOf, version: func(q *questionnaire.Question) int { return q.Version },
			settle: func(_ identity.Actor, a Asking, model *questionnaire.Question) Asking { return settledAsking(a, model) },
			base: func(ctx context.Context, actor identity.Actor) (base[Asking, questionnaire.Question], error) {
				over, err := s.below(ctx, actor)
				return s.baseOn(over, actor), err
			},
		},
	}
	events.Register(outbox.From(s.kept, eventsOf[Asking]))
	events.On(identity.PersonErased, s.forgetName)
	return s
}

// settledAsking gives an asking in the form under which it is kept: of a model, its domain and its type of answer.
func settledAsking(a Asking, model *questionnaire.Question) Asking {
	if model != nil {
		a.Domain, a.Type = model.Domain, string(model.Type)
	}
	return a.clean()
}

func (s *Questions) baseOn(over *questionnaire.Library, actor identity.Actor) base[Asking, questionnaire.Question] {
	return base[Asking, questionnaire.Question]{
		model: over.Question,
		next:  func(taken ...string) string { return over.NextOwn(actor.Structure == "", taken...) },
		check: func(ctx context.Context, id string, _ *questionnaire.Question, a Asking) error {
			found, err := s.lint(ctx, actor, over, id, a)
			if err != nil {
				return err
			}
			return found.Wrong.OrNil()
		},
	}
}

// below is what the actor builds on: the models, for a structure as its region words them.
func (s *Questions) below(ctx context.Context, actor identity.Actor) (*questionnaire.Library, error) {
	if actor.Structure == "" {
		return s.models, nil
	}
	return s.layer(ctx, s.models, actor.RegionTenant())
}

// Library is the library as the actor's structure or region words it.
func (s *Questions) Library(ctx context.Context, actor identity.Actor) (*questionnaire.Library, error) {
	if err := identity.Require(actor, identity.ReadTexts, actor.Place()); err != nil {
		return nil, err
	}
	over, err := s.below(ctx, actor)
	if err != nil {
		return nil, err
	}
	return s.layer(ctx, over, actor.Tenant())
}

// layer puts what a tenant words over a library.
func (s *Questions) layer(ctx context.Context, over *questionnaire.Library, tenant store.Tenant) (*questionnaire.Library, error) {
	all, err := s.all(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var adapted []questionnaire.Question
	for _, a := range all {
		if a.Act != Withdrawn {
			adapted = append(adapted, a.Wording.question(a.ID, a.Number))
		}
	}
	return over.With(adapted...), nil
}

// Asked is what lint says of an asking, and how it would read.
type Asked struct {
	Wrong    fault.Problems // must be mended
	Judged   fault.Problems // opinions, which the structure may overrule
	Asking   Asking         // in the form under which it would be kept
	Question *questionnaire.Question
	Library  *questionnaire.Library
	Clauses  *clause.Library // as the structure words them
}

// Check holds an asking to the rules of the library without keeping it. An empty id is that of a question to be added.
func (s *Questions) Check(ctx context.Context, actor identity.Actor, id string, a Asking) (Asked, error) {
	if err := identity.Require(actor, identity.EditClauses, actor.Place()); err != nil {
		return Asked{}, err
	}
	over, err := s.below(ctx, actor)
	if err != nil {
		return Asked{}, err
	}
	if id == "" {
		id = over.NextOwn(actor.Structure == "")
	}
	e, err := s.read(ctx, actor, s.baseOn(over, actor), id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Asked{}, err
	}
	return s.lint(ctx, actor, over, id, settledAsking(a, e.Model))
}

// lint holds a settled asking to the rules, its links to the clauses as the structure words them.
func (s *Questions) lint(ctx context.Context, actor identity.Actor, over *questionnaire.Library, id string, a Asking) (Asked, error) {
	clauses, err := s.clauses.Library(ctx, actor)
	if err != nil {
		return Asked{}, err
	}
	q := a.question(id, 1)
	wrong, judged := over.LintAdaptation(q, clauses.VariablesOf)
	judged, _ = clauses.Allowed.Apply(judged)
	out := Asked{Asking: a, Wrong: wrong, Library: over.With(q), Clauses: clauses}
	for _, j := range judged {
		out.Judged = append(out.Judged, j.Problem)
	}
	out.Question, _ = out.Library.Question(id)
	return out, nil
}

// Export writes questions of the structure as the files of the library are written, a file a domain; all of them when no id
// is given. fault.NotFound when the structure words none of them.
func (s *Questions) Export(ctx context.Context, actor identity.Actor, ids ...string) ([]File, error) {
	list, err := s.List(ctx, actor)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, domain := range s.models.Domains {
		var adapted []*questionnaire.Question
		for _, e := range list {
			if e.Wording.Domain == domain.ID && (len(ids) == 0 || slices.Contains(ids, e.ID)) {
				q := e.Wording.question(e.ID, e.Kept.Number)
				adapted = append(adapted, &q)
			}
		}
		if len(adapted) > 0 {
			files = append(files, File{strings.ToLower(domain.ID) + ".yaml", questionnaire.YAML(domain, adapted)})
		}
	}
	if len(files) == 0 {
		return nil, fault.NewNotFound("adaptation.no-questions")
	}
	return files, nil
}
