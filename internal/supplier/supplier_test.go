package supplier

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// directory is a directory on a database of its own, with an administrator and a buyer of one structure.
func directory(t *testing.T) (d *Directory, chief, buyer identity.Actor) {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), Schemas()...))
	events := outbox.NewWorker()
	events.Log = slog.New(slog.DiscardHandler)
	d = New(engine, identity.New(engine, store.NewKeys(engine), time.Now), events, time.Now)
	chief = identity.Actor{Person: store.NewID(), Name: "Ada", Structure: store.NewID(), Region: store.NewID(), Role: identity.Administrator}
	buyer = chief
	buyer.Name, buyer.Role = "Bob", identity.Buyer
	return d, chief, buyer
}

// said is the key of a fault, or the fields and keys of problems.
func said(err error) string {
	var problems fault.Problems
	if errors.As(err, &problems) {
		var each []string
		for _, p := range problems {
			each = append(each, p.Field+" "+p.Key)
		}
		return strings.Join(each, ", ")
	}
	if f, ok := fault.As(err); ok {
		return f.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestASupplierIsOneRecordOfTheRegion(t *testing.T) {
	t.Parallel()
	d, who, _ := directory(t)
	made, err := d.AddSupplier(t.Context(), who, SupplierForm{Name: " Logimed  SAS ", SIREN: "100 000 017", Address: "1 rue A", Representative: "Mme B"})
	must(t, err)
	neighbour := who
	neighbour.Structure = store.NewID()
	got, err := d.Supplier(t.Context(), neighbour, made.ID)
	must(t, err)
	want := &Supplier{Name: "Logimed  SAS", Key: "logimed", Address: "1 rue A", SIREN: "100000017", Representative: "Mme B", Revision: 1}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Supplier{}, "Meta", "Events")); diff != "" {
		t.Errorf("supplier (-want +got):\n%s", diff)
	}
	_, err = d.AddSupplier(t.Context(), neighbour, SupplierForm{Name: "Autre", SIREN: "100000017"})
	taken, ok := fault.As(err)
	if !ok || said(err) != "supplier.siren-taken" || cmp.Diff([]any{"name", "Logimed  SAS", "id", made.ID}, taken.Args) != "" {
		t.Errorf("the same SIREN again: %v", err)
	}
	elsewhere := who
	elsewhere.Region = store.NewID()
	if _, err := d.Supplier(t.Context(), elsewhere, made.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("from another region: %v, want not found", err)
	}
	if _, err := d.AddSupplier(t.Context(), elsewhere, SupplierForm{Name: "Logimed", SIREN: "100000017"}); err != nil {
		t.Errorf("the same SIREN in another region: %v", err)
	}
}

func TestOneSIRENOneSupplierWhenAddedAtOnce(t *testing.T) {
	t.Parallel()
	d, who, _ := directory(t)
	var wait sync.WaitGroup
	results := make([]error, 12)
	for i := range results {
		wait.Go(func() {
			_, results[i] = d.AddSupplier(t.Context(), who, SupplierForm{Name: "Logimed", SIREN: "100000017"})
		})
	}
	wait.Wait()
	made := 0
	for _, err := range results {
		switch key := said(err); key {
		case "":
			made++
		case "supplier.siren-taken", "unavailable":
		default:
			t.Errorf("unexpected %q: %v", key, err)
		}
	}
	page, err := d.suppliers.In(who.RegionTenant()).Scan(t.Context(), store.Query{Index: "key"})
	must(t, err)
	if made != 1 || len(page.Items) != 1 {
		t.Errorf("%d added, %d kept, want one", made, len(page.Items))
	}
}

func TestASIRENReservedByAKilledProcessIsFreedOnceOld(t *testing.T) {
	t.Parallel()
	d, who, _ := directory(t)
	owner := store.NewID() // of a supplier that was never written
	must(t, d.reservations.Reserve(t.Context(), who.RegionTenant(), "siren", "100000017", owner))
	add := func() error {
		_, err := d.AddSupplier(t.Context(), who, SupplierForm{Name: "Logimed", SIREN: "100000017"})
		return err
	}
	if got := said(add()); got != "unavailable" {
		t.Errorf("while its owner may still write: %q", got)
	}
	d.Now = func() time.Time { return time.Now().Add(abandoned + time.Minute) }
	must(t, add())
}

func TestAlikeFindsWhatABuyerWouldTakeForTheSame(t *testing.T) {
	t.Parallel()
	d, who, _ := directory(t)
	for _, name := range []string{"Logimed SAS", "Logiméd Services", "Logismed", "Radiologie Ouest", "Logicia"} {
		_, err := d.AddSupplier(t.Context(), who, SupplierForm{Name: name})
		must(t, err)
	}
	for typed, want := range map[string][]string{
		"LOGIMED SARL": {"Logimed SAS", "Logismed", "Logiméd Services"},
		"logimed":      {"Logimed SAS", "Logismed", "Logiméd Services"},
		"radiologie":   {"Radiologie Ouest"},
		"x":            nil,
		"Inconnu":      nil,
	} {
		found, err := d.Alike(t.Context(), who, typed)
		must(t, err)
		var names []string
		for _, s := range found {
			names = append(names, s.Name)
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("alike %q (-want +got):\n%s", typed, diff)
		}
	}
}

func TestFormsSayEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		problems fault.Problems
		want     string
	}{
		"a good supplier": {SupplierForm{Name: "Logimed", SIREN: "100 000 017"}.Validate(), ""},
		"an empty one":    {SupplierForm{Name: "  ", SIREN: "100000018"}.Validate(), "supplier.name supplier.name, supplier.siren supplier.siren"},
		"one of several lines": {
			SupplierForm{Name: "a\nb", Address: "c\rd", Representative: strings.Repeat("é", 201)}.Validate(),
			"supplier.name value.one-line, supplier.address value.one-line, supplier.representative value.too-long",
		},
		"a good service": {ServiceForm{Title: "T", Reference: "R", Start: "2027-01-15", End: "2027-01-15"}.Validate(), ""},
		"an empty service": {
			ServiceForm{Title: " ", Reference: "a\nb", Start: "2027-02-30", End: "hier"}.Validate(),
			"start value.date, end value.date, title supplier.service-title, reference value.one-line",
		},
		"a title of two lines":     {ServiceForm{Title: "a\nb"}.Validate(), "title value.one-line"},
		"an end before its start":  {ServiceForm{Title: "T", Start: "2027-02-01", End: "2027-01-31"}.Validate(), "end supplier.end-before-start"},
		"a title that is too long": {ServiceForm{Title: strings.Repeat("é", 201)}.Validate(), "title value.too-long"},
	} {
		if got := said(c.problems.OrNil()); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// whole is a framing of tier 3.
func whole() framing.Framing {
	return framing.Framing{
		Services: []framing.ServiceType{framing.Consulting}, Data: framing.NoData, Access: framing.NoAccess,
		Needs:   framing.Needs{Availability: 1, Integrity: 1, Confidentiality: 1, Traceability: 1},
		Impacts: framing.Impacts{PatientCare: 1, Privacy: 1, Organisation: 1, Legal: 1, Image: 1},
	}
}

func TestOnlyWhoMayMovesATierAndABuyerLeavesItAsItIs(t *testing.T) {
	t.Parallel()
	d, chief, buyer := directory(t)
	provider, err := d.AddSupplier(t.Context(), chief, SupplierForm{Name: "Logimed"})
	must(t, err)
	service, err := d.AddService(t.Context(), buyer, ServiceForm{Title: " Conseil ", Supplier: provider.ID, Reference: "R1"})
	must(t, err)
	frame := func(who identity.Actor, f framing.Framing) error {
		current, err := d.Service(t.Context(), who, service.ID)
		must(t, err)
		return d.Frame(t.Context(), who, service.ID, current.Revision, f)
	}
	raised := whole()
	raised.Override = &framing.Override{Tier: framing.Critical, Reason: " Pilote\nrégional "}
	if got := said(frame(buyer, raised)); got != "forbidden" {
		t.Errorf("a buyer raising a tier: %q", got)
	}
	must(t, frame(chief, raised))
	changed := whole()
	changed.Needs.Integrity = 2
	must(t, frame(buyer, changed))
	kept, err := d.Service(t.Context(), buyer, service.ID)
	must(t, err)
	want := changed
	want.Override = &framing.Override{Tier: framing.Critical, Reason: "Pilote régional"}
	if diff := cmp.Diff(&want, kept.Framing); diff != "" {
		t.Errorf("framing after the buyer's change (-want +got):\n%s", diff)
	}
	must(t, frame(buyer, *kept.Framing)) // the same override said again is no move
	must(t, frame(chief, changed))
	plain, err := d.Service(t.Context(), buyer, service.ID)
	must(t, err)
	if plain.Framing.Override != nil {
		t.Errorf("the administrator's own framing keeps %+v", plain.Framing.Override)
	}
	if got := said(d.Frame(t.Context(), buyer, service.ID, 1, changed)); got != "supplier.service-changed" {
		t.Errorf("framing at an old revision: %q", got)
	}
}

func TestServicesAreTheStructuresOwn(t *testing.T) {
	t.Parallel()
	d, chief, _ := directory(t)
	provider, err := d.AddSupplier(t.Context(), chief, SupplierForm{Name: "Logimed"})
	must(t, err)
	titles := []string{"Imagerie", "Élimination", "Imprimantes"}
	for i, title := range titles {
		d.Now = func() time.Time { return time.Date(2027, 1, 1+i, 0, 0, 0, 0, time.UTC) }
		_, err := d.AddService(t.Context(), chief, ServiceForm{Title: title, Supplier: provider.ID})
		must(t, err)
	}
	list := func(ctx context.Context, who identity.Actor, search string) []string {
		page, err := d.Services(ctx, who, search, "")
		must(t, err)
		var found []string
		for _, s := range page.Items {
			found = append(found, s.Title)
		}
		return found
	}
	if diff := cmp.Diff([]string{"Imprimantes", "Élimination", "Imagerie"}, list(t.Context(), chief, "")); diff != "" {
		t.Errorf("last changed first (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Imagerie", "Imprimantes"}, list(t.Context(), chief, " IM")); diff != "" {
		t.Errorf("by the beginning of a title (-want +got):\n%s", diff)
	}
	stranger := chief
	stranger.Structure = store.NewID()
	if found := list(t.Context(), stranger, ""); found != nil {
		t.Errorf("another structure sees %v", found)
	}
	reader := chief
	reader.Role = identity.Reader
	if _, err := d.AddService(t.Context(), reader, ServiceForm{Title: "X", Supplier: provider.ID}); said(err) != "forbidden" {
		t.Errorf("a reader adding a service: %v", err)
	}
}
