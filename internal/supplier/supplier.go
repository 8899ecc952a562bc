// Package supplier knows suppliers, which a region shares, and services: what a supplier provides to one structure, with
// its framing and contract.
package supplier

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// Supplier is a provider, one record shared by the region.
type Supplier struct {
	store.Meta     `bson:",inline"`
	Name           string `bson:"name"`
	Key            string `bson:"key"` // folded name without its legal form: for search
	Address        string `bson:"address"`
	SIREN          string `bson:"siren"`
	Representative string `bson:"representative"`

	Revision int64          `bson:"revision"` // of what people edit; the store's version moves with events too
	Merged   *Merger        `bson:"merged"`   // nil: this record stands; otherwise another took its place
	Absorbed []Absorbed     `bson:"absorbed"` // the records that this one took the place of
	Events   outbox.Pending `bson:"events"`
}

// Merger says which record took a supplier's place, and by whom.
type Merger struct {
	Into   string    `bson:"into"`
	By     string    `bson:"by"` // id of a person
	ByName string    `bson:"byName"`
	When   time.Time `bson:"when"`
}

// Absorbed is a record whose place a supplier took.
type Absorbed struct {
	Supplier string    `bson:"supplier"`
	Name     string    `bson:"name"`
	SIREN    string    `bson:"siren"`
	By       string    `bson:"by"` // name, for people
	When     time.Time `bson:"when"`
}

var (
	supplierSchema = store.Schema{Collection: "suppliers", Shape: 1, Indexes: append([]store.Index{
		{Name: "key", Fields: []string{"key"}},
	}, outbox.Indexes("events")...)}
	serviceSchema = store.Schema{Collection: "services", Shape: 1, Indexes: append([]store.Index{
		{Name: "changed", Fields: []string{"changed"}}, {Name: "key", Fields: []string{"key"}}, {Name: "supplier", Fields: []string{"supplier"}},
	}, outbox.Indexes("events")...)}
)

// Schemas lists the collections that this package keeps.
func Schemas() []store.Schema { return []store.Schema{supplierSchema, serviceSchema, sharedSchema} }

// Directory keeps suppliers and services.
type Directory struct {
	Now func() time.Time

	suppliers    *store.Collection[Supplier]
	services     *store.Collection[Service]
	shared       *store.Collection[SharedService]
	people       *identity.Service
	reservations *store.Reservations
	events       *outbox.Worker
}

// New gives the directory on an engine. The worker delivers what changes of suppliers and services bring about.
func New(engine store.Engine, people *identity.Service, events *outbox.Worker, now func() time.Time) *Directory {
	d := &Directory{
		Now: now, suppliers: store.NewCollection[Supplier](engine, supplierSchema),
		services: store.NewCollection[Service](engine, serviceSchema), shared: store.NewCollection[SharedService](engine, sharedSchema),
		people: people, reservations: store.NewReservations(engine), events: events,
	}
	events.Register(outbox.From(d.services, eventsOfService), outbox.From(d.suppliers, eventsOfSupplier))
	events.On(merged, d.carryMerger)
	events.On(renamed, d.carryName)
	events.On(shareable, d.shareService)
	events.On(identity.StructureChanged, d.shareStructure)
	events.On(identity.PersonErased, d.forgetName)
	return d
}

// SupplierForm is what a buyer gives of a supplier.
type SupplierForm struct {
	Name, Address, SIREN, Representative string
}

var sirenShape = regexp.MustCompile(`^[0-9]{9}$`)

func (f SupplierForm) clean() SupplierForm {
	return SupplierForm{
		Name: strings.TrimSpace(f.Name), Address: strings.TrimSpace(f.Address),
		SIREN: strings.Join(strings.Fields(f.SIREN), ""), Representative: strings.TrimSpace(f.Representative),
	}
}

// Validate gives every problem of the form, fields named "supplier.name" and so on.
func (f SupplierForm) Validate() fault.Problems {
	f = f.clean()
	problems := content.Line("supplier.name", f.Name, content.MaxLine, "supplier.name")
	problems = append(problems, content.Line("supplier.address", f.Address, content.MaxLine, "")...)
	problems = append(problems, content.Line("supplier.representative", f.Representative, content.MaxLine, "")...)
	if f.SIREN != "" && !ValidSIREN(f.SIREN) {
		problems = append(problems, fault.Problem{Field: "supplier.siren", Key: "supplier.siren"})
	}
	return problems
}

// ValidSIREN reports whether nine digits carry the key of a SIREN (Luhn, as INSEE computes it).
func ValidSIREN(siren string) bool {
	if !sirenShape.MatchString(siren) {
		return false
	}
	sum := 0
	for i, r := range siren {
		digit := int(r - '0')
		if i%2 == 1 {
			digit *= 2
		}
		sum += digit/10 + digit%10
	}
	return sum%10 == 0
}

// Supplier finds a supplier of the actor's region; of one that another took the place of, that other. Somebody of a supplier
// finds their own alone.
func (d *Directory) Supplier(ctx context.Context, actor identity.Actor, id string) (*Supplier, error) {
	found, err := d.standing(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	place := actor.Place()
	if actor.Supplier != "" {
		place = found.ID
	}
	if err := identity.Require(actor, identity.ReadSuppliers, place); err != nil {
		return nil, err
	}
	return found, nil
}

// longestTrail bounds how many mergers are followed.
const longestTrail = 20

// standing follows mergers to the record that stands.
func (d *Directory) standing(ctx context.Context, actor identity.Actor, id string) (*Supplier, error) {
	for range longestTrail {
		found, err := d.suppliers.In(actor.RegionTenant()).Get(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read supplier %s: %w", id, err)
		}
		if found.Merged == nil {
			return found, nil
		}
		id = found.Merged.Into
	}
	return nil, fmt.Errorf("read supplier %s: mergers go round", id)
}

// AddSupplier makes a supplier of the region. A SIREN that another supplier has is fault.Conflict, whose arguments name it.
func (d *Directory) AddSupplier(ctx context.Context, actor identity.Actor, form SupplierForm) (*Supplier, error) {
	if err := identity.Require(actor, identity.EditSuppliers, actor.Place()); err != nil {
		return nil, err
	}
	if problems := form.Validate(); len(problems) > 0 {
		return nil, problems
	}
	form = form.clean()
	made := &Supplier{
		Meta: store.Meta{ID: store.NewID()}, Name: form.Name, Key: nameKey(form.Name), Address: form.Address,
		SIREN: form.SIREN, Representative: form.Representative, Revision: 1,
	}
	if err := journal.Record(&made.Events, actor.Act(Added, d.Now())); err != nil {
		return nil, fmt.Errorf("add supplier: %w", err)
	}
	if form.SIREN != "" {
		if err := d.reserve(ctx, actor.RegionTenant(), made.SIREN, made.ID); err != nil {
			return nil, err
		}
	}
	if err := d.suppliers.In(actor.RegionTenant()).Insert(ctx, made); err != nil {
		return nil, fmt.Errorf("add supplier: %w", err)
	}
	d.events.Nudge()
	return made, nil
}

// abandoned is the age at which a reservation without its supplier belongs to a process that was killed in between: a
// request in flight ends long before.
const abandoned = 5 * time.Minute

// reserve takes the SIREN in the region. A reservation whose supplier was never written is taken over once it is old; until
// then its owner may be about to write, and the answer is fault.Unavailable.
func (d *Directory) reserve(ctx context.Context, tenant store.Tenant, siren, supplier string) error {
	err := d.reservations.Reserve(ctx, tenant, "siren", siren, supplier)
	if fault.KindOf(err) != fault.Conflict {
		return err
	}
	busy := fault.NewUnavailable("unavailable")
	owner, err := d.reservations.Owner(ctx, tenant, "siren", siren)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return busy // given back in between
	case err != nil:
		return fmt.Errorf("find who has the SIREN: %w", err)
	}
	holder, err := d.suppliers.In(tenant).Get(ctx, owner)
	switch {
	case err == nil:
		return fault.NewConflict("supplier.siren-taken", "name", holder.Name, "id", holder.ID).At("supplier.siren")
	case fault.KindOf(err) != fault.NotFound:
		return fmt.Errorf("find who has the SIREN: %w", err)
	case d.Now().Sub(store.MadeAt(owner)) < abandoned:
		return busy
	}
	if err := d.reservations.Release(ctx, tenant, "siren", siren, owner); err != nil {
		return fmt.Errorf("release an unused SIREN: %w", err)
	}
	if err := d.reservations.Reserve(ctx, tenant, "siren", siren, supplier); fault.KindOf(err) == fault.Conflict {
		return busy
	} else if err != nil {
		return err
	}
	return nil
}
