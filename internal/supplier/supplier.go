// Package supplier knows suppliers, which a region shares, and services: what a supplier provides to one structure, with
// its framing and contract.
package supplier

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
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

	Events outbox.Pending `bson:"events"`
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
func Schemas() []store.Schema { return []store.Schema{supplierSchema, serviceSchema} }

// Directory keeps suppliers and services.
type Directory struct {
	Now func() time.Time

	suppliers    *store.Collection[Supplier]
	services     *store.Collection[Service]
	reservations *store.Reservations
	events       *outbox.Worker
}

// New gives the directory on an engine. The worker delivers what changes of services bring about.
func New(engine store.Engine, events *outbox.Worker, now func() time.Time) *Directory {
	d := &Directory{
		Now: now, suppliers: store.NewCollection[Supplier](engine, supplierSchema),
		services: store.NewCollection[Service](engine, serviceSchema), reservations: store.NewReservations(engine), events: events,
	}
	events.Register(outbox.From(d.services, eventsOfService), outbox.From(d.suppliers, eventsOfSupplier))
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

// Supplier finds a supplier of the actor's region.
func (d *Directory) Supplier(ctx context.Context, actor identity.Actor, id string) (*Supplier, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	found, err := d.suppliers.In(actor.RegionTenant()).Get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read supplier %s: %w", id, err)
	}
	return found, nil
}

// AddSupplier makes a supplier of the region. A SIREN that another supplier has is fault.Conflict, whose arguments name it.
func (d *Directory) AddSupplier(ctx context.Context, actor identity.Actor, form SupplierForm) (*Supplier, error) {
	if err := identity.Require(actor, identity.EditServices, actor.Structure); err != nil {
		return nil, err
	}
	if problems := form.Validate(); len(problems) > 0 {
		return nil, problems
	}
	form = form.clean()
	made := &Supplier{
		Meta: store.Meta{ID: store.NewID()}, Name: form.Name, Key: nameKey(form.Name), Address: form.Address,
		SIREN: form.SIREN, Representative: form.Representative,
	}
	if err := journal.Record(&made.Events, actor.Act(Added, d.Now())); err != nil {
		return nil, fmt.Errorf("add supplier: %w", err)
	}
	if form.SIREN != "" {
		if err := d.reserve(ctx, actor, made); err != nil {
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
func (d *Directory) reserve(ctx context.Context, actor identity.Actor, made *Supplier) error {
	tenant := actor.RegionTenant()
	err := d.reservations.Reserve(ctx, tenant, "siren", made.SIREN, made.ID)
	if fault.KindOf(err) != fault.Conflict {
		return err
	}
	busy := fault.NewUnavailable("unavailable")
	owner, err := d.reservations.Owner(ctx, tenant, "siren", made.SIREN)
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
	if err := d.reservations.Release(ctx, tenant, "siren", made.SIREN, owner); err != nil {
		return fmt.Errorf("release an unused SIREN: %w", err)
	}
	if err := d.reservations.Reserve(ctx, tenant, "siren", made.SIREN, made.ID); fault.KindOf(err) == fault.Conflict {
		return busy
	} else if err != nil {
		return err
	}
	return nil
}

// legalForms are left out of the key, so that “Logimed SAS” and “LOGIMED” meet.
var legalForms = []string{"sa", "sas", "sasu", "sarl", "eurl", "snc", "scop", "gie", "gcs", "selarl", "ltd", "inc", "gmbh", "bv", "spa", "srl", "nv", "plc", "llc", "france", "groupe", "societe", "ste"}

// nameKey folds a name for search: accents, case, punctuation and legal form aside.
func nameKey(name string) string {
	words := strings.FieldsFunc(locale.Fold(name), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	})
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(legalForms, w) })
	if len(kept) == 0 {
		kept = words
	}
	return strings.Join(kept, " ")
}

// maxCompared bounds how many names a search for duplicates reads.
const maxCompared = 200

// Alike finds the suppliers of the region whose name is close to one that is being typed, closest first, six at most.
func (d *Directory) Alike(ctx context.Context, actor identity.Actor, name string) ([]*Supplier, error) {
	if err := identity.Require(actor, identity.ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	key := nameKey(name)
	if len(key) < 2 {
		return nil, nil
	}
	beginning := key[:min(len(key), 3)]
	page, err := d.suppliers.In(actor.RegionTenant()).Scan(ctx, store.Query{Index: "key", From: beginning, To: beginning + "\uffff", Limit: maxCompared})
	if err != nil {
		return nil, fmt.Errorf("search suppliers: %w", err)
	}
	close := slices.DeleteFunc(page.Items, func(s *Supplier) bool { return distance(key, s.Key) > 1+len(key)/4 && !sameBeginning(key, s.Key) })
	slices.SortStableFunc(close, func(a, b *Supplier) int { return distance(key, a.Key) - distance(key, b.Key) })
	return close[:min(len(close), 6)], nil
}

func sameBeginning(a, b string) bool {
	first := func(s string) string { w, _, _ := strings.Cut(s, " "); return w }
	return first(a) == first(b) || strings.HasPrefix(b, a)
}

// distance counts the letters to change between two keys (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := before
			if a[i-1] != b[j-1] {
				cost = 1 + min(before, row[j], row[j-1])
			}
			before, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
