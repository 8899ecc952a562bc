package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/mongo"
	"github.com/garant-sante/garant/internal/store/mongo/mongotest"
	"github.com/garant-sante/garant/internal/store/sqlite"
)

// dossier is a document whose acts are recorded.
type dossier struct {
	store.Meta `bson:",inline"`
	Title      string         `bson:"title"`
	Opened     int            `bson:"opened"`
	Outbox     outbox.Pending `bson:"outbox"`
}

func (d *dossier) events() *outbox.Pending { return &d.Outbox }

var dossierSchema = store.Schema{Collection: "dossiers", Shape: 1, Indexes: outbox.Indexes("outbox")}

const hospital store.Tenant = "structure-hospital"

// morning is when the acts of the tests begin.
var morning = time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)

// office is a journal with the documents and the worker that feed it.
type office struct {
	dossiers *store.Collection[dossier]
	journal  *Journal
	worker   *outbox.Worker
}

// engines opens an empty store of each kind.
var engines = map[string]func(t testing.TB) store.Engine{
	"sqlite": embedded,
	"mongo": func(t testing.TB) store.Engine {
		t.Helper()
		engine, err := mongo.Open(t.Context(), mongotest.URI(t))
		must(t, err)
		return declared(t, engine)
	},
}

func embedded(t testing.TB) store.Engine {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	return declared(t, engine)
}

func declared(t testing.TB, engine store.Engine) store.Engine {
	t.Helper()
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), append(Schemas(), dossierSchema)...))
	return engine
}

// begin opens an office on a store that others may use too.
func begin(engine store.Engine) *office {
	o := &office{store.NewCollection[dossier](engine, dossierSchema), New(engine), outbox.NewWorker()}
	o.worker.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	o.worker.Register(outbox.From(o.dossiers, (*dossier).events))
	o.worker.On(Recorded, o.journal.Append)
	return o
}

func act(kind string, minute int) Act {
	return Act{Who: "person-1", Role: "buyer", Structure: "hospital", Kind: kind, Request: "request-1", When: morning.Add(time.Duration(minute) * time.Minute)}
}

// open stores a dossier whose opening is recorded.
func (o *office) open(t testing.TB, tenant store.Tenant, id string, a Act) *dossier {
	t.Helper()
	d := &dossier{Meta: store.Meta{ID: id}, Title: id}
	after, err := Fingerprint(d, (*dossier).events)
	must(t, err)
	a.After = after
	must(t, Record(&d.Outbox, a))
	must(t, o.dossiers.In(tenant).Insert(t.Context(), d))
	return d
}

func (o *office) deliver(t testing.TB, want int) {
	t.Helper()
	delivered, err := o.worker.RunOnce(t.Context())
	must(t, err)
	same(t, delivered, want)
}

// chain reads all entries of a tenant.
func (o *office) chain(t testing.TB, tenant store.Tenant) []*Entry {
	t.Helper()
	var entries []*Entry
	must(t, o.journal.Each(t.Context(), tenant, Filter{}, func(e *Entry) error { entries = append(entries, e); return nil }))
	return entries
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares whole values, but for what the store alone knows of a document.
func same(t testing.TB, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(store.Meta{})); diff != "" {
		t.Fatalf("want (-) is not got (+):\n%s", diff)
	}
}

func TestAnActIsInTheChainOfItsDocumentsTenantWithTheStatesItLiesBetween(t *testing.T) {
	t.Parallel()
	o := begin(embedded(t))
	opened := o.open(t, hospital, "d1", act("dossier.opened", 0))
	o.open(t, "structure-other", "d9", act("dossier.opened", 1))
	renamed, err := o.dossiers.In(hospital).Update(t.Context(), "d1", Recording(act("dossier.renamed", 2), (*dossier).events, func(d *dossier) error {
		d.Title = "renamed"
		return nil
	}))
	must(t, err)
	seen := act("dossier.seen", 3)
	seen.Object = "dossiers/d1/secret"
	_, err = o.dossiers.In(hospital).Update(t.Context(), "d1", func(d *dossier) error { return Record(&d.Outbox, seen) })
	must(t, err)
	o.deliver(t, 4)

	first, err := Fingerprint(opened, (*dossier).events)
	must(t, err)
	second, err := Fingerprint(renamed, (*dossier).events)
	must(t, err)
	entries := o.chain(t, hospital)
	same(t, len(entries), 3)
	expect := func(n int, previous Hash, a Act) *Entry {
		return &Entry{Meta: store.Meta{ID: sequenceID(int64(n + 1)), Shape: 1}, Previous: previous, Event: entries[n].Event, Act: a, Hash: entries[n].Hash}
	}
	one, two, three := act("dossier.opened", 0), act("dossier.renamed", 2), seen
	one.Object, one.After = "dossiers/d1", first
	two.Object, two.Before, two.After = "dossiers/d1", first, second
	same(t, entries, []*Entry{expect(0, origin(hospital), one), expect(1, entries[0].Hash, two), expect(2, entries[1].Hash, three)})
	same(t, len(o.chain(t, "structure-other")), 1)

	left, err := o.dossiers.In(hospital).Get(t.Context(), "d1")
	must(t, err)
	now, err := Fingerprint(left, (*dossier).events)
	must(t, err)
	same(t, now, second) // what is stored is what the last act left
	same(t, left.Outbox, outbox.Pending{})

	heads, err := o.journal.Heads(t.Context())
	must(t, err)
	same(t, len(heads), 2)
	same(t, heads[0], Head{hospital, 3, entries[2].Hash})
}

func TestAFailedChangeRecordsNothingAndARepeatedOneRecordsOnce(t *testing.T) {
	t.Parallel()
	o := begin(embedded(t))
	o.open(t, hospital, "d1", act("dossier.opened", 0))
	refused := errors.New("refused")
	change := Recording(act("dossier.renamed", 1), (*dossier).events, func(*dossier) error { return refused })
	if _, err := o.dossiers.In(hospital).Update(t.Context(), "d1", change); !errors.Is(err, refused) {
		t.Fatalf("got %v", err)
	}
	runs := 0
	change = Recording(act("dossier.renamed", 2), (*dossier).events, func(d *dossier) error {
		if runs++; runs == 1 { // somebody writes in between, so the change runs again
			_, err := o.dossiers.In(hospital).Update(t.Context(), "d1", func(d *dossier) error { d.Opened = 7; return nil })
			must(t, err)
		}
		d.Title = "renamed"
		return nil
	})
	_, err := o.dossiers.In(hospital).Update(t.Context(), "d1", change)
	must(t, err)
	o.deliver(t, 2)
	var kinds []string
	for _, e := range o.chain(t, hospital) {
		kinds = append(kinds, e.Kind)
	}
	same(t, kinds, []string{"dossier.opened", "dossier.renamed"})
}

func TestRefusesAnActThatIsNotByReference(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Act){
		"nobody":                  func(a *Act) { a.Who = "" },
		"an address":              func(a *Act) { a.Who = "anne@hospital.example" },
		"a name":                  func(a *Act) { a.Who = "Anne Martin" },
		"nothing done":            func(a *Act) { a.Kind = "" },
		"a sentence":              func(a *Act) { a.Kind = "signed the annex" },
		"an answer as the object": func(a *Act) { a.Object = "answers/Oui, chiffré" },
		"a long text":             func(a *Act) { a.Request = fmt.Sprintf("%0300d", 1) },
		"a line":                  func(a *Act) { a.Role = "buyer\n" },
		"a state for its hash":    func(a *Act) { a.After = "renamed" },
		"no time":                 func(a *Act) { a.When = time.Time{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var events outbox.Pending
			a := act("dossier.opened", 0)
			change(&a)
			if err := Record(&events, a); err == nil {
				t.Fatal("recorded")
			}
			same(t, events, outbox.Pending{})
		})
	}
}

func TestAFingerprintIsOfTheStateAlone(t *testing.T) {
	t.Parallel()
	print := func(d dossier) Hash {
		hash, err := Fingerprint(&d, (*dossier).events)
		must(t, err)
		return hash
	}
	d := dossier{Meta: store.Meta{ID: "d1"}, Title: "a"}
	waiting := d
	must(t, waiting.Outbox.Add("anything", act("dossier.opened", 0)))
	stored := d
	stored.Shape = 1
	same(t, []Hash{print(waiting), print(stored)}, []Hash{print(d), print(d)})
	same(t, len(waiting.Outbox.Events), 1) // taking it changes nothing
	other := d
	other.Title = "b"
	if print(other) == print(d) {
		t.Fatal("two states, one fingerprint")
	}
}

// delivery is an event as the worker hands it over, the same at each run of the tests.
func delivery(t testing.TB, tenant store.Tenant, number int, a Act) outbox.Delivery {
	t.Helper()
	var p outbox.Pending
	must(t, Record(&p, a))
	event := p.Events[0]
	event.ID = fmt.Sprintf("event-%05d", number)
	return outbox.Delivery{Event: event, Tenant: tenant, Collection: "dossiers", Document: fmt.Sprintf("d%d", number%3)}
}

// fill appends entries 1 to n.
func fill(t testing.TB, j *Journal, tenant store.Tenant, n int) {
	t.Helper()
	for i := 1; i <= n; i++ {
		must(t, j.Append(context.Background(), delivery(t, tenant, i, act("dossier.opened", i))))
	}
}
