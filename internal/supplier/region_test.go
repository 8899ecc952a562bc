package supplier

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
)

// region is a portal with one region of two structures, its referent, and what its events gave.
type region struct {
	*Directory
	people        *identity.Service
	trail         *journal.Journal
	worker        *outbox.Worker
	now           time.Time
	here, there   identity.Actor // administrators of its structures
	referent      identity.Actor
	letters       []mail.Message
	administrator identity.Actor // of the region
}

func newRegion(t *testing.T) *region {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), slices.Concat(identity.Schemas(), Schemas(), journal.Schemas())...))
	r := &region{worker: outbox.NewWorker(), trail: journal.New(engine), now: time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return r.now }
	r.worker.Log, r.worker.Now = slog.New(slog.DiscardHandler), clock
	r.worker.On(journal.Recorded, r.trail.Append)
	r.worker.On(mail.Requested, func(_ context.Context, d outbox.Delivery) error {
		var m mail.Message
		if err := d.Into(&m); err != nil {
			return err
		}
		r.letters = append(r.letters, m)
		return nil
	})
	r.people = identity.New(engine, store.NewKeys(engine), clock)
	r.people.Site = "https://garant.example"
	r.people.Follow(r.worker)
	r.Directory = New(engine, r.people, r.worker, clock)

	setup, err := r.people.SetupToken(t.Context())
	must(t, err)
	session, err := r.people.SetUp(t.Context(), setup, identity.First{Structure: "Clinique Ici", Region: "Région", Name: "Ada Essai", Mail: "ada@essai.example", Password: "quatre mots sans rapport"})
	must(t, err)
	r.here, err = r.people.Resume(t.Context(), session)
	must(t, err)
	session, err = r.people.Switch(t.Context(), session, identity.Membership{Region: r.here.Region})
	must(t, err)
	r.administrator, err = r.people.Resume(t.Context(), session)
	must(t, err)
	link, err := r.people.AddStructure(t.Context(), r.administrator, identity.NewStructure{Name: "Clinique Là", Administrator: identity.Invite{Mail: "bea@essai.example"}})
	must(t, err)
	r.there = r.joins(t, link, "Béa Essai")
	link, err = r.people.Invite(t.Context(), r.administrator, identity.Invite{Mail: "rem@essai.example", Role: identity.Referent})
	must(t, err)
	r.referent = r.joins(t, link, "Rémi Essai")
	return r
}

func (r *region) joins(t *testing.T, link, name string) identity.Actor {
	t.Helper()
	parts := strings.Split(link, "/")
	to, err := identity.ParsePlace(parts[len(parts)-2])
	must(t, err)
	session, err := r.people.Join(t.Context(), to, identity.Token(parts[len(parts)-1]), "192.0.2.1", name, "quatre mots sans rapport")
	must(t, err)
	who, err := r.people.Resume(t.Context(), session)
	must(t, err)
	return who
}

func (r *region) settle(t *testing.T) {
	t.Helper()
	_, err := r.worker.RunOnce(t.Context())
	must(t, err)
	dead, err := r.worker.CountDead(t.Context())
	must(t, err)
	if dead > 0 {
		t.Fatalf("%d events are dead", dead)
	}
}

// acts gives what the journal of a tenant holds of suppliers, services and contacts, in its order.
func (r *region) acts(t *testing.T, tenant store.Tenant) []string {
	t.Helper()
	var acts []string
	must(t, r.trail.Each(t.Context(), tenant, journal.Filter{}, func(e *journal.Entry) error {
		if kind, _, _ := strings.Cut(e.Kind, "."); kind == "supplier" || kind == "service" || kind == "contact" {
			acts = append(acts, e.Kind+" as "+e.Role)
		}
		return nil
	}))
	slices.Sort(acts)
	report, err := r.trail.Verify(t.Context(), tenant)
	must(t, err)
	if report.Broken != nil {
		t.Errorf("the journal is broken: %+v", report.Broken)
	}
	return acts
}

func (r *region) supplier(t *testing.T, who identity.Actor, form SupplierForm) *Supplier {
	t.Helper()
	made, err := r.AddSupplier(t.Context(), who, form)
	must(t, err)
	return made
}

func (r *region) shares(t *testing.T, who identity.Actor, what identity.Sharing) {
	t.Helper()
	current, err := r.people.Structure(t.Context(), who)
	must(t, err)
	must(t, r.people.ChangeSettings(t.Context(), who, current.Revision, identity.Settings{Name: current.Name, Sharing: what}))
	r.settle(t)
}

func TestAMergerCarriesServicesPeopleAndSIRENAndSaysSoEverywhere(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	kept := r.supplier(t, r.here, SupplierForm{Name: "Logimed", Address: "1 rue A"})
	gone := r.supplier(t, r.there, SupplierForm{Name: "Logi Med", SIREN: "100000017", Address: "2 rue B", Representative: "Mme C"})
	service, err := r.AddService(t.Context(), r.there, ServiceForm{Title: "Logiciel", Supplier: gone.ID})
	must(t, err)
	for _, n := range []identity.NewCorrespondent{{Mail: "un@logimed.example", Name: "Un"}, {Mail: "deux@logimed.example", Name: "Deux"}} {
		_, err := r.AddContact(t.Context(), r.there, gone.ID, n)
		must(t, err)
	}
	_, err = r.AddContact(t.Context(), r.here, kept.ID, identity.NewCorrespondent{Mail: "un@logimed.example", Name: "Premier"})
	must(t, err)

	for _, who := range []identity.Actor{r.here, r.administrator} {
		if err := r.Merge(t.Context(), who, kept.ID, gone.ID); fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.NotFound {
			t.Errorf("merged by a %s: %v", who.Role, err)
		}
	}
	must(t, r.Merge(t.Context(), r.referent, kept.ID, gone.ID))
	r.settle(t)

	got, err := r.Supplier(t.Context(), r.here, gone.ID)
	must(t, err)
	want := &Supplier{
		Name: "Logimed", Key: "logimed", Address: "1 rue A", SIREN: "100000017", Representative: "Mme C", Revision: 2,
		Absorbed: []Absorbed{{gone.ID, "Logi Med", "100000017", "Rémi Essai", r.now}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Supplier{}, "Meta", "Events")); diff != "" {
		t.Errorf("the record that stays (-want +got):\n%s", diff)
	}
	moved, err := r.Service(t.Context(), r.there, service.ID)
	must(t, err)
	if moved.Supplier != kept.ID || moved.SupplierName != "Logimed" {
		t.Errorf("the service is of %s %q", moved.Supplier, moved.SupplierName)
	}
	people, err := r.Contacts(t.Context(), r.here, kept.ID)
	must(t, err)
	var names []string
	for _, c := range people {
		names = append(names, c.Name+" of "+c.SupplierName)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"Deux of Logimed", "Premier of Logimed"}, names); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	for _, search := range []string{"100 000 017", "logi"} {
		page, err := r.Suppliers(t.Context(), r.referent, search, "")
		must(t, err)
		if len(page.Items) != 1 || page.Items[0].ID != kept.ID {
			t.Errorf("search %q finds %d", search, len(page.Items))
		}
	}
	if _, err := r.AddSupplier(t.Context(), r.here, SupplierForm{Name: "Autre", SIREN: "100000017"}); said(err) != "supplier.siren-taken" {
		t.Errorf("its SIREN again: %v", err)
	}
	if got := said(r.Merge(t.Context(), r.referent, gone.ID, kept.ID)); got != "supplier.merge-same" {
		t.Errorf("merged again: %q", got)
	}
	if diff := cmp.Diff([]string{"service.added as administrator", "service.supplier-merged as referent"}, r.acts(t, r.there.Tenant())); diff != "" {
		t.Errorf("the structure's journal (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"contact.added as administrator", "contact.added as administrator", "contact.added as administrator", "contact.moved as referent", "contact.moved as referent",
		"supplier.added as administrator", "supplier.added as administrator", "supplier.merged as referent", "supplier.took-place as referent",
	}, r.acts(t, r.here.RegionTenant())); diff != "" {
		t.Errorf("the region's journal (-want +got):\n%s", diff)
	}
}

func TestTwoSIRENsAreTwoCompanies(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	a := r.supplier(t, r.here, SupplierForm{Name: "Logimed", SIREN: "100000017"})
	b := r.supplier(t, r.here, SupplierForm{Name: "Logimed", SIREN: "100000025"})
	if got := said(r.Merge(t.Context(), r.referent, a.ID, b.ID)); got != "supplier.merge-sirens" {
		t.Errorf("merged: %q", got)
	}
}

func TestAMergerThatWasCutOffIsCarriedOutAgain(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	kept, gone := r.supplier(t, r.here, SupplierForm{Name: "Logimed"}), r.supplier(t, r.here, SupplierForm{Name: "Logi", SIREN: "100000017"})
	service, err := r.AddService(t.Context(), r.here, ServiceForm{Title: "Logiciel", Supplier: gone.ID})
	must(t, err)
	r.settle(t)
	must(t, r.Merge(t.Context(), r.referent, kept.ID, gone.ID))
	left, err := r.suppliers.In(r.here.RegionTenant()).Get(t.Context(), gone.ID)
	must(t, err)
	for _, event := range left.Events.Events {
		if event.Kind != merged {
			continue
		}
		for range 2 { // carried out, and not cleared yet when the process was killed
			must(t, r.carryMerger(t.Context(), outbox.Delivery{Event: event, Tenant: r.here.RegionTenant(), Collection: "suppliers", Document: gone.ID}))
		}
	}
	r.settle(t)
	got, err := r.Supplier(t.Context(), r.here, kept.ID)
	must(t, err)
	moved, err := r.Service(t.Context(), r.here, service.ID)
	must(t, err)
	if got.SIREN != "100000017" || len(got.Absorbed) != 1 || moved.Supplier != kept.ID {
		t.Errorf("after three times: SIREN %q, %d absorbed, service of %s", got.SIREN, len(got.Absorbed), moved.Supplier)
	}
	if diff := cmp.Diff([]string{"service.added as administrator", "service.supplier-merged as referent"}, r.acts(t, r.here.Tenant())); diff != "" {
		t.Errorf("the structure's journal (-want +got):\n%s", diff)
	}
}

func TestARecordIsCorrectedAtItsRevisionAndItsCopiesFollow(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	made := r.supplier(t, r.here, SupplierForm{Name: "Logimed", SIREN: "100000017"})
	other := r.supplier(t, r.here, SupplierForm{Name: "Autre", SIREN: "100000025"})
	service, err := r.AddService(t.Context(), r.there, ServiceForm{Title: "Logiciel", Supplier: made.ID})
	must(t, err)
	_, err = r.AddContact(t.Context(), r.here, made.ID, identity.NewCorrespondent{Mail: "un@logimed.example", Name: "Un"})
	must(t, err)
	change := func(who identity.Actor, revision int64, form SupplierForm) string {
		return said(r.ChangeSupplier(t.Context(), who, made.ID, revision, form))
	}
	reader := r.here
	reader.Role = identity.Reader
	for _, c := range []struct{ name, got, want string }{
		{"by a reader", change(reader, 1, made.Form()), "forbidden"},
		{"without a name", change(r.here, 1, SupplierForm{SIREN: "1"}), "supplier.name supplier.name, supplier.siren supplier.siren"},
		{"with another's SIREN", change(r.here, 1, SupplierForm{Name: "Logimed", SIREN: other.SIREN}), "supplier.siren-taken"},
		{"by the referent", change(r.referent, 1, SupplierForm{Name: "Logimed Europe", SIREN: "100 000 033"}), ""},
		{"at an old revision", change(r.here, 1, SupplierForm{Name: "Logimed", SIREN: "100000041"}), "supplier.changed"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
	r.settle(t)
	kept, err := r.Service(t.Context(), r.there, service.ID)
	must(t, err)
	people, err := r.Contacts(t.Context(), r.here, made.ID)
	must(t, err)
	if kept.SupplierName != "Logimed Europe" || people[0].SupplierName != "Logimed Europe" {
		t.Errorf("copies: %q, %q", kept.SupplierName, people[0].SupplierName)
	}
	for siren, want := range map[string]string{"100000017": "", "100000033": "", "100000041": ""} {
		// What was given back is free; what is held is not, and the refused change holds nothing.
		_, err := r.AddSupplier(t.Context(), r.there, SupplierForm{Name: "Encore " + siren, SIREN: siren})
		if siren == "100000033" {
			want = "supplier.siren-taken"
		}
		if got := said(err); got != want {
			t.Errorf("SIREN %s: %q, want %q", siren, got, want)
		}
	}
}

func TestAReferentSeesWhatAStructureChoseToShareAndNothingElse(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	provider := r.supplier(t, r.here, SupplierForm{Name: "Logimed"})
	service, err := r.AddService(t.Context(), r.here, ServiceForm{Title: "Dossier", Supplier: provider.ID, Reference: "R1", End: "2028-01-31"})
	must(t, err)
	must(t, r.Frame(t.Context(), r.here, service.ID, 1, whole()))
	_, err = r.AddService(t.Context(), r.there, ServiceForm{Title: "Secret", Supplier: provider.ID})
	must(t, err)
	r.settle(t)
	list := func() []*SharedService {
		page, err := r.Shared(t.Context(), r.referent, "", "")
		must(t, err)
		return page.Items
	}
	if got := list(); len(got) != 0 {
		t.Errorf("nothing is shared, %d seen", len(got))
	}
	framed := whole()
	summary := &SharedService{
		Structure: r.here.Structure, StructureName: "Clinique Ici", Supplier: provider.ID, SupplierName: "Logimed", Key: "logimed\x00dossier", Title: "Dossier",
		Types: framed.Services, Tier: 3, End: "2028-01-31", Sharing: identity.SharesSummary,
	}
	r.shares(t, r.here, identity.SharesSummary)
	if diff := cmp.Diff([]*SharedService{summary}, list(), cmpopts.IgnoreFields(SharedService{}, "Meta")); diff != "" {
		t.Errorf("a summary (-want +got):\n%s", diff)
	}
	dependences, err := r.Dependences(t.Context(), r.referent, provider.ID)
	must(t, err)
	if diff := cmp.Diff([]Dependence{{Title: "Dossier", Structure: "Clinique Ici", Tier: 3, End: "2028-01-31"}}, dependences); diff != "" {
		t.Errorf("what depends on it, to the referent (-want +got):\n%s", diff)
	}
	own, err := r.Dependences(t.Context(), r.there, provider.ID)
	must(t, err)
	if len(own) != 1 || own[0].Title != "Secret" || own[0].Service == "" {
		t.Errorf("to a structure: %+v, want its own", own)
	}
	r.shares(t, r.here, identity.SharesAll)
	all := *summary
	all.Sharing, all.Framing = identity.SharesAll, &framed
	if diff := cmp.Diff([]*SharedService{&all}, list(), cmpopts.IgnoreFields(SharedService{}, "Meta")); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	r.shares(t, r.here, identity.SharesNothing)
	if got := list(); len(got) != 0 {
		t.Errorf("taken back, %d still seen", len(got))
	}
	if _, err := r.Shared(t.Context(), r.here, "", ""); fault.KindOf(err) != fault.NotFound {
		t.Errorf("to somebody of a structure: %v", err)
	}
}

func TestSomebodyOfASupplierFindsTheirOwnAlone(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	mine, other := r.supplier(t, r.here, SupplierForm{Name: "Logimed"}), r.supplier(t, r.here, SupplierForm{Name: "Autre"})
	contact := identity.Actor{Person: store.NewID(), Region: r.here.Region, Supplier: mine.ID, Role: identity.ProviderContact}
	if _, err := r.Supplier(t.Context(), contact, mine.ID); err != nil {
		t.Errorf("their own: %v", err)
	}
	for name, err := range map[string]error{
		"another":            func() error { _, err := r.Supplier(t.Context(), contact, other.ID); return err }(),
		"the list":           func() error { _, err := r.Suppliers(t.Context(), contact, "", ""); return err }(),
		"contacts elsewhere": func() error { _, err := r.Contacts(t.Context(), contact, other.ID); return err }(),
		"services":           func() error { _, err := r.Services(t.Context(), contact, "", ""); return err }(),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
}

func TestANameThatIsErasedGoesFromWhatItsOwnerChanged(t *testing.T) {
	t.Parallel()
	r := newRegion(t)
	kept, gone := r.supplier(t, r.here, SupplierForm{Name: "Logimed"}), r.supplier(t, r.here, SupplierForm{Name: "Logi"})
	service, err := r.AddService(t.Context(), r.here, ServiceForm{Title: "Dossier", Supplier: kept.ID})
	must(t, err)
	must(t, r.Merge(t.Context(), r.referent, kept.ID, gone.ID))
	link, err := r.people.Invite(t.Context(), r.here, identity.Invite{Mail: "bob@essai.example", Role: identity.Buyer})
	must(t, err)
	bob := r.joins(t, link, "Bob Essai")
	must(t, r.ChangeService(t.Context(), bob, service.ID, service.Revision, ServiceForm{Title: "Dossiers"}))
	r.settle(t)
	must(t, r.people.EraseByMail(t.Context(), "bob@essai.example"))
	must(t, r.people.EraseByMail(t.Context(), "rem@essai.example"))
	r.settle(t)
	changed, err := r.Service(t.Context(), r.here, service.ID)
	must(t, err)
	merged, err := r.Supplier(t.Context(), r.here, kept.ID)
	must(t, err)
	left, err := r.suppliers.In(r.here.RegionTenant()).Get(t.Context(), gone.ID)
	must(t, err)
	if diff := cmp.Diff([]string{"", "", ""}, []string{changed.ChangedBy, merged.Absorbed[0].By, left.Merged.ByName}); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if got := said(r.ChangeService(t.Context(), r.here, service.ID, service.Revision, ServiceForm{Title: "D"})); got != "store.changed" {
		t.Errorf("somebody who was erased was first: %q", got)
	}
}
