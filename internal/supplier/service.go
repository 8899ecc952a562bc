package supplier

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// Service is what a supplier provides to one structure.
type Service struct {
	store.Meta   `bson:",inline"`
	Title        string           `bson:"title"`
	Key          string           `bson:"key"` // folded title: for search
	Supplier     string           `bson:"supplier"`
	SupplierName string           `bson:"supplierName"` // a copy, so that a list reads one collection
	Contract     Contract         `bson:"contract"`
	Framing      *framing.Framing `bson:"framing"`  // nil until the first framing
	Revision     int64            `bson:"revision"` // of what people edit; the store's version moves with events too
	Changed      time.Time        `bson:"changed"`
	ChangedBy    string           `bson:"changedBy"` // name, for people
	Events       outbox.Pending   `bson:"events"`
}

// Contract is when and under which reference the service is provided.
type Contract struct {
	Reference string       `bson:"reference"`
	Start     content.Date `bson:"start"`
	End       content.Date `bson:"end"`
}

// Framed is the event of a framing that was set or changed.
const Framed = "service.framed"

// FramedPayload tells which service was framed.
type FramedPayload struct {
	Structure string `bson:"structure"`
	Service   string `bson:"service"`
	By        string `bson:"by"` // name of who did, for people
	Person    string `bson:"person,omitempty"`
	Role      string `bson:"role,omitempty"`
	Request   string `bson:"request,omitempty"`
}

// ServiceForm is what a buyer gives of a service.
type ServiceForm struct {
	Title     string
	Supplier  string // id
	Reference string
	Start     string // 2027-01-15, or nothing
	End       string
}

// contract reads the form's contract; what is wrong comes back by field.
func (f ServiceForm) contract() (Contract, fault.Problems) {
	var problems fault.Problems
	wrong := func(field, key string, args ...any) {
		problems = append(problems, fault.Problem{Field: field, Key: key, Args: args})
	}
	date := func(field, raw string) content.Date {
		raw = strings.TrimSpace(raw)
		if raw == "" {
			return ""
		}
		d, err := content.ParseDate(raw)
		if err != nil {
			wrong(field, "value.date", "value", raw)
		}
		return d
	}
	c := Contract{Reference: strings.TrimSpace(f.Reference), Start: date("start", f.Start), End: date("end", f.End)}
	problems = append(problems, content.Line("title", strings.TrimSpace(f.Title), content.MaxLine, "supplier.service-title")...)
	problems = append(problems, content.Line("reference", c.Reference, content.MaxLine, "")...)
	if !c.Start.IsZero() && !c.End.IsZero() && c.End.Before(c.Start) {
		wrong("end", "supplier.end-before-start")
	}
	return c, problems
}

// Validate gives every problem of the form.
func (f ServiceForm) Validate() fault.Problems {
	_, problems := f.contract()
	return problems
}

// AddService makes a service of the actor's structure, without a framing yet.
func (d *Directory) AddService(ctx context.Context, actor identity.Actor, form ServiceForm) (*Service, error) {
	if err := identity.Require(actor, identity.EditServices, actor.Structure); err != nil {
		return nil, err
	}
	contract, problems := form.contract()
	if len(problems) > 0 {
		return nil, problems
	}
	supplier, err := d.Supplier(ctx, actor, form.Supplier)
	if err != nil {
		return nil, err
	}
	made := &Service{
		Meta: store.Meta{ID: store.NewID()}, Supplier: supplier.ID, SupplierName: supplier.Name, Revision: 1, Changed: d.Now(), ChangedBy: actor.Name,
	}
	made.name(form.Title, contract)
	if err := journal.Record(&made.Events, actor.Act(ServiceAdded, made.Changed)); err != nil {
		return nil, fmt.Errorf("add service: %w", err)
	}
	if err := made.share(); err != nil {
		return nil, fmt.Errorf("add service: %w", err)
	}
	if err := d.services.In(actor.Tenant()).Insert(ctx, made); err != nil {
		return nil, fmt.Errorf("add service: %w", err)
	}
	d.events.Nudge()
	return made, nil
}

// Service finds a service of the actor's structure.
func (d *Directory) Service(ctx context.Context, actor identity.Actor, id string) (*Service, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	found, err := d.services.In(actor.Tenant()).Get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read service %s: %w", id, err)
	}
	return found, nil
}

// Services lists the services of the actor's structure, 50 a page, last changed first; or, when search is not empty, those
// whose title begins with it, by title.
func (d *Directory) Services(ctx context.Context, actor identity.Actor, search, cursor string) (store.Page[Service], error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return store.Page[Service]{}, err
	}
	query := store.Query{Index: "changed", Descending: true, Cursor: cursor}
	if key := strings.TrimSpace(locale.Fold(search)); key != "" {
		query = store.Query{Index: "key", From: key, To: key + "\uffff", Cursor: cursor}
	}
	page, err := d.services.In(actor.Tenant()).Scan(ctx, query)
	if err != nil {
		return page, fmt.Errorf("list services: %w", err)
	}
	return page, nil
}

// Titles gives the titles of services of the actor's structure, by id; those that are gone are absent.
func (d *Directory) Titles(ctx context.Context, actor identity.Actor, ids []string) (map[string]string, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	found, err := d.services.In(actor.Tenant()).GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the titles of services: %w", err)
	}
	titles := map[string]string{}
	for _, s := range found {
		titles[s.ID] = s.Title
	}
	return titles, nil
}

func (s *Service) name(title string, contract Contract) {
	s.Title, s.Contract = strings.TrimSpace(title), contract
	s.Key = locale.Fold(s.Title)
}

// ChangeService replaces title and contract, at the revision the form was read with; fault.Conflict when somebody was first.
func (d *Directory) ChangeService(ctx context.Context, actor identity.Actor, id string, revision int64, form ServiceForm) error {
	if err := identity.Require(actor, identity.EditServices, actor.Structure); err != nil {
		return err
	}
	contract, problems := form.contract()
	if len(problems) > 0 {
		return problems
	}
	return d.change(ctx, actor, ServiceChanged, id, revision, func(s *Service) error {
		s.name(form.Title, contract)
		return nil
	})
}

// Frame sets the framing of a service, at the revision the form was read with. Moving the tier away from the computed one
// is for those who may (identity.MoveTier); whoever may not, and says nothing of it, leaves it as it is.
func (d *Directory) Frame(ctx context.Context, actor identity.Actor, id string, revision int64, f framing.Framing) error {
	if err := identity.Require(actor, identity.EditServices, actor.Structure); err != nil {
		return err
	}
	if f.Override != nil {
		f.Override = &framing.Override{Tier: f.Override.Tier, Reason: strings.Join(strings.Fields(f.Override.Reason), " ")}
	}
	if problems := f.Validate(); len(problems) > 0 {
		return problems
	}
	mayMove, moved := identity.Can(actor, identity.MoveTier, actor.Structure), actor.Act(TierMoved, d.Now())
	return d.change(ctx, actor, ServiceFramed, id, revision, func(s *Service) error {
		framed, before := f, overrideOf(s.Framing)
		if framed.Override == nil && !mayMove {
			if framed.Override = before; len(framed.Validate()) > 0 {
				framed.Override = nil // it no longer fits these answers: the computed tier stands
			}
		}
		if f.Override != nil && !mayMove && (before == nil || *f.Override != *before) {
			return fault.NewForbidden("forbidden")
		}
		s.Framing = &framed
		if !sameOverride(before, framed.Override) {
			if err := journal.Record(&s.Events, moved); err != nil {
				return err
			}
		}
		return s.Events.Add(Framed, FramedPayload{
			Structure: actor.Structure, Service: id, By: actor.Name, Person: actor.Person, Role: string(actor.Role), Request: actor.Request,
		})
	})
}

func overrideOf(f *framing.Framing) *framing.Override {
	if f == nil {
		return nil
	}
	return f.Override
}

func sameOverride(a, b *framing.Override) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func (d *Directory) change(ctx context.Context, actor identity.Actor, kind, id string, revision int64, apply func(*Service) error) error {
	if err := identity.Require(actor, identity.EditServices, actor.Structure); err != nil {
		return err
	}
	now := d.Now()
	_, err := d.services.In(actor.Tenant()).Update(ctx, id, journal.Recording(actor.Act(kind, now), eventsOfService, func(s *Service) error {
		if s.Revision != revision {
			if s.ChangedBy == "" {
				return fault.NewConflict("store.changed")
			}
			return fault.NewConflict("supplier.service-changed", "name", s.ChangedBy)
		}
		s.Revision++
		s.Changed, s.ChangedBy = now, actor.Name
		if err := apply(s); err != nil {
			return err
		}
		return s.share()
	}))
	if err != nil {
		return fmt.Errorf("change service %s: %w", id, err)
	}
	d.events.Nudge()
	return nil
}
