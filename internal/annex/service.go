package annex

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/supplier"
)

// Service keeps the annexes of services.
type Service struct {
	Composer
	Now func() time.Time

	drafts    *store.Collection[Draft]
	versions  *store.Collection[Version]
	files     *store.Files
	directory *supplier.Directory
	people    *identity.Service
	wordings  *adaptation.Clauses
	events    *outbox.Worker
}

// New gives the service on an engine, whose files these keys seal; it listens to framings, so that summaries follow. Annexes are made from the library
// as each structure words it.
func New(engine store.Engine, keys *store.Keys, composer Composer, directory *supplier.Directory, people *identity.Service, wordings *adaptation.Clauses, events *outbox.Worker, now func() time.Time) *Service {
	s := &Service{
		Composer: composer, Now: now, drafts: store.NewCollection[Draft](engine, draftSchema, giveRevision),
		versions: store.NewCollection[Version](engine, versionSchema), files: store.NewFiles(engine, keys),
		directory: directory, people: people, wordings: wordings, events: events,
	}
	events.Register(outbox.From(s.drafts, eventsOfDraft), outbox.From(s.versions, eventsOfVersion))
	events.On(supplier.Framed, s.whenFramed)
	events.On(identity.PersonErased, s.forgetName)
	return s
}

// View is an annex as its builder shows it.
type View struct {
	Draft           *Draft
	Service         *supplier.Service
	Structure       *identity.Structure
	Supplier        *supplier.Supplier
	Library         *clause.Library // as the structure words it
	Input           Input
	Document        *Document
	Recommendations []clause.Recommendation
}

// Retained reports whether a clause is in the annex.
func (v *View) Retained(id string) bool {
	_, ok := v.Document.Article(id)
	return ok
}

// Removal gives the reason for which a recommended clause was dropped.
func (v *View) Removal(id string) (string, bool) {
	at := slices.IndexFunc(v.Document.Removed, func(r Removed) bool { return r.ID == id })
	if at < 0 {
		return "", false
	}
	return v.Document.Removed[at].Reason, true
}

// View gives the annex of a service in a language, a new one where none was begun; fault.Invalid when the service has no
// framing yet.
func (s *Service) View(ctx context.Context, actor identity.Actor, serviceID string, lang locale.Language) (*View, error) {
	service, err := s.directory.Service(ctx, actor, serviceID)
	if err != nil {
		return nil, err
	}
	if service.Framing == nil {
		return nil, fault.NewInvalid("annex.not-framed")
	}
	draft, err := s.draft(ctx, actor, serviceID)
	if err != nil {
		return nil, err
	}
	structure, err := s.people.Structure(ctx, actor)
	if err != nil {
		return nil, err
	}
	provider, err := s.directory.Supplier(ctx, actor, service.Supplier)
	if err != nil {
		return nil, err
	}
	library, err := s.wordings.Library(ctx, actor)
	if err != nil {
		return nil, err
	}
	v := &View{
		Draft: draft, Service: service, Structure: structure, Supplier: provider, Library: library,
		Recommendations: library.Recommend(*service.Framing),
	}
	if err := s.compose(v, lang); err != nil {
		return nil, fmt.Errorf("compose the annex of service %s: %w", serviceID, err)
	}
	return v, nil
}

// compose makes the document of a view, and warns of the choices that the library can no longer follow.
func (s *Service) compose(v *View, lang locale.Language) error {
	v.Input = v.input(lang)
	gone := v.Draft.Choices.into(&v.Input, v.Library, recommendedIn(v.Recommendations))
	document, err := Composer{Library: v.Library, Words: s.Words}.Compose(v.Input)
	if err != nil {
		return err
	}
	for _, choice := range gone {
		document.Warnings = append(document.Warnings, Warning{choice.Subject, s.Words.In(lang).T(choice.Key, "subject", choice.Subject)})
	}
	v.Document = document
	return nil
}

func (s *Service) draft(ctx context.Context, actor identity.Actor, serviceID string) (*Draft, error) {
	draft, err := s.drafts.In(actor.Tenant()).Get(ctx, serviceID)
	if fault.KindOf(err) == fault.NotFound {
		return &Draft{Meta: store.Meta{ID: serviceID}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the annex of service %s: %w", serviceID, err)
	}
	return draft, nil
}

// input writes a service as an input, the same as a file of the command line would hold, without its choices.
// A value that the structure proposes with a clause stands before that of its settings.
func (v *View) input(lang locale.Language) Input {
	return Input{
		Language: Language(lang),
		Structure: Party{
			Name: v.Structure.Name, LegalForm: v.Structure.LegalForm, Address: v.Structure.Address,
			FINESS: v.Structure.FINESS, Representative: v.Structure.Representative,
		},
		Supplier: Party{Name: v.Supplier.Name, Address: v.Supplier.Address, SIREN: v.Supplier.SIREN, Representative: v.Supplier.Representative},
		Contract: Contract{
			Reference: v.Service.Contract.Reference, Title: v.Service.Title, Start: v.Service.Contract.Start, End: v.Service.Contract.End,
		},
		Framing: *v.Service.Framing,
		Defaults: slices.DeleteFunc(v.Structure.DefaultValues(), func(d content.Entry[content.Scalar]) bool {
			variable, ok := v.Library.Variable(d.Key)
			return ok && variable.Layered || !accepted(v.Library, d.Key, string(d.Value))
		}),
	}
}

func recommendedIn(recommendations []clause.Recommendation) func(string) bool {
	return func(id string) bool {
		return slices.ContainsFunc(recommendations, func(r clause.Recommendation) bool { return r.Clause.ID == id && r.Recommended })
	}
}

// Edit applies one change to the annex as it was seen at a revision. Somebody else's change of the same clause or value is
// fault.Conflict; a reason or value that does not fit is fault.Invalid at the field of the form.
func (s *Service) Edit(ctx context.Context, actor identity.Actor, serviceID string, version int64, e Edit) error {
	service, err := s.editable(ctx, actor, serviceID)
	if err != nil {
		return err
	}
	library, err := s.wordings.Library(ctx, actor)
	if err != nil {
		return err
	}
	recommended, now := recommendedIn(library.Recommend(*service.Framing)), s.Now()
	return s.write(ctx, actor, serviceID, actor.Act(e.Kind.act(), now), func(d *Draft, _ *View) error {
		return d.change(e, version, authorOf(actor), now, library, recommended)
	})
}

// Undo takes back the last change, if it is the one that was seen.
func (s *Service) Undo(ctx context.Context, actor identity.Actor, serviceID string, version int64) error {
	if _, err := s.editable(ctx, actor, serviceID); err != nil {
		return err
	}
	now := s.Now()
	return s.write(ctx, actor, serviceID, actor.Act(Undone, now), func(d *Draft, _ *View) error { return d.undo(version, authorOf(actor), now) })
}

func authorOf(actor identity.Actor) Author { return Author{ID: actor.Person, Name: actor.Name} }

func (s *Service) editable(ctx context.Context, actor identity.Actor, serviceID string) (*supplier.Service, error) {
	if err := identity.Require(actor, identity.EditAnnex, actor.Structure); err != nil {
		return nil, err
	}
	service, err := s.directory.Service(ctx, actor, serviceID)
	if err != nil {
		return nil, err
	}
	if service.Framing == nil {
		return nil, fault.NewInvalid("annex.not-framed")
	}
	return service, nil
}

// write changes the draft, making it the first time, and in the same write refreshes its summary and records the act.
func (s *Service) write(ctx context.Context, actor identity.Actor, serviceID string, act journal.Act, change func(*Draft, *View) error) error {
	view, err := s.View(ctx, actor, serviceID, locale.French)
	if err != nil {
		return err
	}
	apply := journal.Recording(act, eventsOfDraft, func(d *Draft) error { // pure: an update may run it twice
		if err := change(d, view); err != nil {
			return err
		}
		fresh := *view
		fresh.Draft = d
		if err := s.compose(&fresh, locale.French); err != nil {
			return err
		}
		d.Summary = s.summarise(&fresh)
		return nil
	})
	drafts := s.drafts.In(actor.Tenant())
	_, err = drafts.Update(ctx, serviceID, apply)
	if fault.KindOf(err) == fault.NotFound {
		err = drafts.Insert(ctx, &Draft{Meta: store.Meta{ID: serviceID}, Changed: s.Now(), ChangedBy: actor.Name})
		if err == nil || fault.KindOf(err) == fault.Conflict {
			_, err = drafts.Update(ctx, serviceID, apply)
		}
	}
	switch {
	case errors.Is(err, errUnchanged):
		return nil
	case err != nil:
		return fmt.Errorf("change the annex of service %s: %w", serviceID, err)
	}
	s.events.Nudge()
	return nil
}

// summarise sums a view up for lists, with a stamp by which one can see whether it still holds.
func (s *Service) summarise(v *View) Summary {
	summary := summarise(v.Document)
	summary.Stamp = stamp(v.Library, v.Structure)
	return summary
}

// stamp tells what a summary depends on beyond its own annex: the texts of the library, and the structure's settings.
func stamp(library *clause.Library, structure *identity.Structure) string {
	return fmt.Sprintf("%s/%.16s/%d", library.Version, library.Edition, structure.Revision)
}

// whenFramed begins the annex of a service, or refreshes its summary, when the framing was set. It may run twice.
func (s *Service) whenFramed(ctx context.Context, delivery outbox.Delivery) error {
	var payload supplier.FramedPayload
	if err := delivery.Into(&payload); err != nil {
		return err
	}
	structure, err := s.people.StructureByID(ctx, payload.Structure)
	if err != nil {
		return err
	}
	actor := identity.Actor{Name: payload.By, Structure: payload.Structure, Region: structure.Region, Role: identity.LocalOperator}
	by := identity.Actor{Person: payload.Person, Structure: payload.Structure, Role: identity.Role(payload.Role), Request: payload.Request}
	err = s.write(ctx, actor, payload.Service, by.Act(Reframed, s.Now()), func(d *Draft, v *View) error {
		if d.Framed == v.Service.Revision {
			return errUnchanged
		}
		d.Framed = v.Service.Revision
		d.Revision++
		return nil
	})
	if fault.KindOf(err) == fault.NotFound {
		return nil // the service is gone: nothing to summarise
	}
	return err
}

// Drafts gives the annexes of several services, by service id; those not begun are absent.
func (s *Service) Drafts(ctx context.Context, actor identity.Actor, services []string) (map[string]*Draft, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	found, err := s.drafts.In(actor.Tenant()).GetMany(ctx, services)
	if err != nil {
		return nil, fmt.Errorf("read annexes: %w", err)
	}
	structure, err := s.people.Structure(ctx, actor)
	if err != nil {
		return nil, err
	}
	library, err := s.wordings.Library(ctx, actor)
	if err != nil {
		return nil, err
	}
	drafts := map[string]*Draft{}
	for _, d := range found {
		if d.Summary.Stamp != stamp(library, structure) {
			view, err := s.View(ctx, actor, d.ID, locale.French)
			if err != nil {
				return nil, err
			}
			d.Summary = s.summarise(view)
		}
		drafts[d.ID] = d
	}
	return drafts, nil
}

// Render gives the annex of a service as a Word file, in the structure's own template where it has one.
func (s *Service) Render(ctx context.Context, actor identity.Actor, serviceID string, lang locale.Language) ([]byte, error) {
	view, err := s.View(ctx, actor, serviceID, lang)
	if err != nil {
		return nil, err
	}
	template, err := s.people.TemplateBytes(ctx, actor, view.Structure)
	if err != nil {
		return nil, err
	}
	return view.Document.Word(s.Words.In(lang), template)
}

// RenderChoices gives the structure's own record of what was dropped, added and changed, as a Word file.
func (s *Service) RenderChoices(ctx context.Context, actor identity.Actor, serviceID string, lang locale.Language) ([]byte, error) {
	if err := identity.Require(actor, identity.ReadChoices, actor.Structure); err != nil {
		return nil, err
	}
	view, err := s.View(ctx, actor, serviceID, lang)
	if err != nil {
		return nil, err
	}
	return view.Document.Choices(s.Words.In(lang))
}

// RenderModel gives a document model filled in for a service, with its bytes as a Word file. fault.NotFound when there is no
// such model, fault.Invalid when the service has no framing yet.
func (s *Service) RenderModel(ctx context.Context, actor identity.Actor, serviceID, modelID string, lang locale.Language) (*Form, []byte, error) {
	model, ok := s.Library.Model(modelID)
	if !ok {
		return nil, nil, fault.NewNotFound("model.unknown", "id", modelID)
	}
	view, err := s.View(ctx, actor, serviceID, lang)
	if err != nil {
		return nil, nil, err
	}
	form := s.form(model, view.Input, view.Document)
	data, err := form.Word(s.Words.In(lang))
	if err != nil {
		return nil, nil, fmt.Errorf("write the model %s for service %s: %w", modelID, serviceID, err)
	}
	return form, data, nil
}

// Flyer composes the flyer for a service: its structure, its supplier, and the region where that is another name than the
// structure's own. fault.Invalid when the service has no framing yet.
func (s *Service) Flyer(ctx context.Context, actor identity.Actor, serviceID string, lang locale.Language) (*Flyer, error) {
	view, err := s.View(ctx, actor, serviceID, lang)
	if err != nil {
		return nil, err
	}
	region, err := s.people.Region(ctx, actor)
	if err != nil {
		return nil, err
	}
	in := view.Input
	if region.Name != in.Structure.Name {
		in.Region.Name = region.Name
	}
	return s.Composer.Flyer(in, Logos{})
}
