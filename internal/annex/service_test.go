package annex_test

import (
	"io/fs"
	"log/slog"
	"regexp"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
	"github.com/garant-sante/garant/internal/store/storetest"
	"github.com/garant-sante/garant/internal/supplier"
	"github.com/garant-sante/garant/questionnaires"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// portal is a structure with one service, framed at tier 3, and its annexes.
type portal struct {
	people    *identity.Service
	directory *supplier.Directory
	annexes   *annex.Service
	wordings  *adaptation.Clauses
	events    *outbox.Worker
	engine    store.Engine
	keys      *store.Keys
	who       identity.Actor
	service   string
	now       time.Time
}

func newPortal(t *testing.T) *portal {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), slices.Concat(identity.Schemas(), supplier.Schemas(), adaptation.Schemas(), annex.Schemas())...))
	o := &portal{engine: engine, events: outbox.NewWorker(), now: time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return o.now }
	o.events.Log, o.events.Now = slog.New(slog.DiscardHandler), clock
	o.keys, err = storetest.Unlock(t.Context(), engine)
	must(t, err)
	o.people = identity.New(engine, o.keys, clock)
	o.people.Follow(o.events)
	o.directory = supplier.New(engine, o.people, o.events, clock)
	o.annexes = o.over(t, clauses.Files, o.events)

	link, err := o.people.SetupToken(t.Context())
	must(t, err)
	session, err := o.people.SetUp(t.Context(), link, identity.First{
		Structure: "Clinique des Essais", Name: "Ada Essai", Mail: "ada@essais.example", Password: "quatre mots sans rapport",
	})
	must(t, err)
	o.who, err = o.people.Resume(t.Context(), session)
	must(t, err)
	provider, err := o.directory.AddSupplier(t.Context(), o.who, supplier.SupplierForm{Name: "Logimed"})
	must(t, err)
	service, err := o.directory.AddService(t.Context(), o.who, supplier.ServiceForm{Title: "Logiciel", Supplier: provider.ID, Reference: "R1"})
	must(t, err)
	o.service = service.ID
	must(t, o.directory.Frame(t.Context(), o.who, service.ID, service.Revision, framing.Framing{
		Services: []framing.ServiceType{framing.SaaS}, Data: framing.PersonalData, Access: framing.NoAccess,
		Needs:   framing.Needs{Availability: 2, Integrity: 2, Confidentiality: 2, Traceability: 2},
		Impacts: framing.Impacts{PatientCare: 1, Privacy: 2, Organisation: 2, Legal: 1, Image: 1},
	}))
	return o
}

// over is the annexes of the same store, with the library that these files hold.
func (o *portal) over(t *testing.T, files fs.FS, events *outbox.Worker) *annex.Service {
	t.Helper()
	library, err := clause.Load(files)
	must(t, err)
	words, err := locale.Load()
	must(t, err)
	questions, err := questionnaire.Load(questionnaires.Files)
	must(t, err)
	clock := func() time.Time { return o.now }
	o.wordings = adaptation.NewClauses(o.engine, library, questions, events, clock)
	return annex.New(o.engine, o.keys, annex.Composer{Library: library, Words: words}, o.directory, o.people, o.wordings, events, clock)
}

// newer is the library of a later edition, in which GOV-07 is withdrawn and delai_pas_jours has another name.
func newer(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(clauses.Files, "*.yaml")
	must(t, err)
	for _, name := range names {
		data, err := fs.ReadFile(clauses.Files, name)
		must(t, err)
		text := regexp.MustCompile(`\bdelai_pas_jours\b`).ReplaceAllString(string(data), "delai_plan_jours")
		text = regexp.MustCompile(`(id: GOV-07\n +version: 1\n)`).ReplaceAllString(text, "${1}    draft: true\n")
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func (o *portal) edit(t *testing.T, kind annex.ChangeKind, subject, text string) {
	t.Helper()
	view, err := o.annexes.View(t.Context(), o.who, o.service, locale.French)
	must(t, err)
	must(t, o.annexes.Edit(t.Context(), o.who, o.service, view.Draft.Revision, annex.Edit{Kind: kind, Subject: subject, Text: text}))
}

func (o *portal) summary(t *testing.T, annexes *annex.Service) annex.Summary {
	t.Helper()
	drafts, err := annexes.Drafts(t.Context(), o.who, []string{o.service})
	must(t, err)
	summary := drafts[o.service].Summary
	summary.Stamp = ""
	return summary
}

func TestAFramingBeginsTheAnnexAndChangesOfItAreKept(t *testing.T) {
	t.Parallel()
	o := newPortal(t)
	if _, err := o.events.RunOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	begun := o.summary(t, o.annexes)
	view, err := o.annexes.View(t.Context(), o.who, o.service, locale.French)
	must(t, err)
	if begun.Tier != 3 || begun.Articles != view.Document.ArticleCount() || begun.Articles == 0 {
		t.Fatalf("begun with %+v, the document has %d articles", begun, view.Document.ArticleCount())
	}
	if view.Draft.ChangedBy != "Ada Essai" {
		t.Errorf("begun by %q, want who set the framing", view.Draft.ChangedBy)
	}
	o.edit(t, annex.Drop, "PAT-02", "Sans objet.")
	o.edit(t, annex.Keep, "GOV-07", "")
	o.edit(t, annex.SetValue, "delai_correctif_critique_jours", "30") // of PAT-02, which is out
	o.edit(t, annex.SetValue, "plafond_assurance_eur", "1 000")
	want := begun
	want.Removed, want.Outside = 1, begun.Outside+1
	if diff := cmp.Diff(want, o.summary(t, o.annexes)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	changed, err := o.annexes.View(t.Context(), o.who, o.service, locale.French)
	must(t, err)
	if reason, ok := changed.Removal("PAT-02"); !ok || reason != "Sans objet." || changed.Retained("PAT-02") || !changed.Retained("GOV-07") {
		t.Errorf("PAT-02 dropped for %q (%v), GOV-07 retained: %v", reason, ok, changed.Retained("GOV-07"))
	}
	must(t, o.annexes.Undo(t.Context(), o.who, o.service, changed.Draft.Revision))
	undone, err := o.annexes.View(t.Context(), o.who, o.service, locale.French)
	must(t, err)
	if _, set := undone.Input.Values.Get("plafond_assurance_eur"); set {
		t.Error("the last change was not taken back")
	}
}

func TestAnAnnexOpensUnderALaterLibrary(t *testing.T) {
	t.Parallel()
	o := newPortal(t)
	o.edit(t, annex.Keep, "GOV-07", "")
	o.edit(t, annex.Keep, "GOV-02", "")
	o.edit(t, annex.SetValue, "delai_pas_jours", "40")
	later := o.over(t, newer(t), outbox.NewWorker())
	view, err := later.View(t.Context(), o.who, o.service, locale.French)
	must(t, err)
	var said []annex.Warning
	for _, w := range view.Document.Warnings {
		if w.Field == "GOV-07" || w.Field == "delai_pas_jours" {
			said = append(said, w)
		}
	}
	want := []annex.Warning{
		{Field: "GOV-07", Message: "La clause GOV-07, ajoutée à cette annexe, n’est plus dans la bibliothèque\u00a0: elle n’y figure plus."},
		{Field: "delai_pas_jours", Message: "La valeur delai_pas_jours, fixée dans cette annexe, n’est plus dans la bibliothèque ou n’y convient plus\u00a0: la valeur proposée s’applique."},
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if view.Retained("GOV-07") || !view.Retained("GOV-02") {
		t.Errorf("GOV-07 retained: %v, GOV-02 retained: %v", view.Retained("GOV-07"), view.Retained("GOV-02"))
	}
}

func TestSettingsOfTheStructureReachTheAnnexAndItsSummary(t *testing.T) {
	t.Parallel()
	o := newPortal(t)
	o.edit(t, annex.Keep, "GOV-07", "")
	before := o.summary(t, o.annexes)
	structure, err := o.people.Structure(t.Context(), o.who)
	must(t, err)
	must(t, o.people.ChangeSettings(t.Context(), o.who, structure.Revision, identity.Settings{
		Name: structure.Name, Zone: structure.Zone, Defaults: []identity.DefaultValue{{Variable: "plafond_assurance_eur", Value: "1000"}, {Variable: "jadis", Value: "x"}},
	}))
	want := before
	want.Outside++
	if diff := cmp.Diff(want, o.summary(t, o.annexes)); diff != "" {
		t.Errorf("summary after the settings changed (-want +got):\n%s", diff)
	}
	view, err := o.annexes.View(t.Context(), o.who, o.service, locale.French)
	must(t, err)
	for _, change := range view.Document.Changed {
		t.Errorf("a value of the structure's own is no change of this annex: %+v", change)
	}
}

func TestAnnexesAreReadAndEditedByWhoMay(t *testing.T) {
	t.Parallel()
	o := newPortal(t)
	reader, stranger := o.who, o.who
	reader.Role, stranger.Structure = identity.Reader, store.NewID()
	for name, c := range map[string]struct {
		who    identity.Actor
		view   fault.Kind
		edit   fault.Kind
		record fault.Kind
	}{
		"an administrator":  {o.who, "", "", ""},
		"a reader":          {reader, "", fault.Forbidden, fault.Forbidden},
		"another structure": {stranger, fault.NotFound, fault.NotFound, fault.NotFound},
	} {
		_, view := o.annexes.View(t.Context(), c.who, o.service, locale.French)
		edit := o.annexes.Edit(t.Context(), c.who, o.service, 0, annex.Edit{Kind: annex.Keep, Subject: "GOV-02"})
		_, record := o.annexes.RenderChoices(t.Context(), c.who, o.service, locale.English)
		for what, got := range map[string][2]any{
			"view": {view, c.view}, "edit": {edit, c.edit}, "record of choices": {record, c.record},
		} {
			err, _ := got[0].(error)
			if kind := kindOf(err); kind != got[1] {
				t.Errorf("%s, %s: %v (%v), want %v", name, what, kind, err, got[1])
			}
		}
	}
}

// kindOf is empty for no error.
func kindOf(err error) fault.Kind {
	if err == nil {
		return ""
	}
	return fault.KindOf(err)
}
