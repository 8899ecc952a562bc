package supplier

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
)

// trail gives the acts of a tenant's journal, a line each: kind, who, role, object, request.
func trail(t *testing.T, j *journal.Journal, tenant store.Tenant) []string {
	t.Helper()
	var lines []string
	must(t, j.Each(t.Context(), tenant, journal.Filter{}, func(e *journal.Entry) error {
		lines = append(lines, fmt.Sprintln(e.Kind, e.Who, e.Role, e.Object, e.Request))
		return nil
	}))
	return lines
}

func TestWhatIsDoneToSuppliersAndServicesIsInTheJournal(t *testing.T) {
	t.Parallel()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), slices.Concat(Schemas(), identity.Schemas(), journal.Schemas())...))
	events, j := outbox.NewWorker(), journal.New(engine)
	events.On(journal.Recorded, j.Append)
	events.On(Framed, func(context.Context, outbox.Delivery) error { return nil })
	now := time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)
	d := New(engine, identity.New(engine, store.NewKeys(engine), time.Now), events, func() time.Time { return now })
	chief := identity.Actor{Person: "ada", Name: "Ada", Structure: "s1", Region: "r1", Role: identity.Administrator, Request: "q1"}
	buyer := chief
	buyer.Person, buyer.Role, buyer.Request = "bob", identity.Buyer, "q2"
	reader := chief
	reader.Person, reader.Role = "eve", identity.Reader

	provider, err := d.AddSupplier(t.Context(), chief, SupplierForm{Name: "Logimed", SIREN: "100000017"})
	must(t, err)
	deliver := func() {
		t.Helper()
		now = now.Add(time.Minute)
		_, err := events.RunOnce(t.Context())
		must(t, err)
	}
	service, err := d.AddService(t.Context(), buyer, ServiceForm{Title: "Conseil", Supplier: provider.ID})
	must(t, err)
	deliver()
	must(t, d.ChangeService(t.Context(), buyer, service.ID, 1, ServiceForm{Title: "Conseils"}))
	must(t, d.Frame(t.Context(), buyer, service.ID, 2, whole()))
	deliver() // clearing events is no change of the service: the revision stands
	raised := whole()
	raised.Override = &framing.Override{Tier: framing.Critical, Reason: "Pilote"}
	must(t, d.Frame(t.Context(), chief, service.ID, 3, raised))
	must(t, d.Frame(t.Context(), chief, service.ID, 4, raised)) // the tier stays where it was moved
	deliver()

	for what, err := range map[string]error{
		"a reader's supplier": second(d.AddSupplier(t.Context(), reader, SupplierForm{Name: "Autre"})),
		"the same SIREN":      second(d.AddSupplier(t.Context(), chief, SupplierForm{Name: "Autre", SIREN: "100000017"})),
		"a reader's service":  second(d.AddService(t.Context(), reader, ServiceForm{Title: "X", Supplier: provider.ID})),
		"no title":            second(d.AddService(t.Context(), buyer, ServiceForm{Supplier: provider.ID})),
		"an old contract":     d.ChangeService(t.Context(), buyer, service.ID, 1, ServiceForm{Title: "Y"}),
		"a reader's contract": d.ChangeService(t.Context(), reader, service.ID, 5, ServiceForm{Title: "Y"}),
		"an old framing":      d.Frame(t.Context(), buyer, service.ID, 1, whole()),
		"a buyer's tier": d.Frame(t.Context(), buyer, service.ID, 5, func() framing.Framing {
			f := raised
			f.Override = &framing.Override{Tier: framing.Reinforced, Reason: "Non"}
			return f
		}()),
	} {
		if err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	deliver()

	object := "services/" + service.ID
	if diff := cmp.Diff([]string{fmt.Sprintln("supplier.added ada administrator", "suppliers/"+provider.ID, "q1")}, trail(t, j, chief.RegionTenant())); diff != "" {
		t.Errorf("the region's journal (-want +got):\n%s", diff)
	}
	want := []string{
		fmt.Sprintln("service.added bob buyer", object, "q2"),
		fmt.Sprintln("service.changed bob buyer", object, "q2"),
		fmt.Sprintln("service.framed bob buyer", object, "q2"),
		fmt.Sprintln("service.tier-moved ada administrator", object, "q1"),
		fmt.Sprintln("service.framed ada administrator", object, "q1"),
		fmt.Sprintln("service.framed ada administrator", object, "q1"),
	}
	if diff := cmp.Diff(want, trail(t, j, chief.Tenant())); diff != "" {
		t.Errorf("the structure's journal (-want +got):\n%s", diff)
	}
	unbroken(t, j, chief.Tenant())
}

func second[T any](_ T, err error) error { return err }

// unbroken checks that every change of an object was recorded: the state after one act is that before the next.
func unbroken(t *testing.T, j *journal.Journal, tenant store.Tenant) {
	t.Helper()
	states := map[string]journal.Hash{}
	must(t, j.Each(t.Context(), tenant, journal.Filter{}, func(e *journal.Entry) error {
		if before, known := states[e.Object]; known && e.Before != "" && before != e.Before {
			t.Errorf("%s: %s was changed without an act before", e.Kind, e.Object)
		}
		if e.After != "" {
			states[e.Object] = e.After
		}
		return nil
	}))
}
