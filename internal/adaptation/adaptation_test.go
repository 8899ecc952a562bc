package adaptation_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/prose"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
	"github.com/garant-sante/garant/questionnaires"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// bench is a store with one structure's security officer, and the libraries.
type bench struct {
	*adaptation.Clauses
	t         *testing.T
	engine    store.Engine
	models    *clause.Library
	questions *questionnaire.Library
	events    *outbox.Worker
	who       identity.Actor
	now       time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), adaptation.Schemas()...))
	models, err := clause.Load(clauses.Files)
	must(t, err)
	questions, err := questionnaire.Load(questionnaires.Files)
	must(t, err)
	b := &bench{t: t, engine: engine, events: outbox.NewWorker(), models: models, questions: questions, now: time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)}
	b.who = identity.Actor{Person: "p1", Name: "Ada Essai", Structure: "s1", Region: "r1", Role: identity.SecurityOfficer}
	b.Clauses = b.over(models)
	return b
}

// over is the same store under other models.
func (b *bench) over(models *clause.Library) *adaptation.Clauses {
	return adaptation.NewClauses(b.engine, models, b.questions, b.events, b.clock)
}

func (b *bench) clock() time.Time { return b.now }

// later is the library in which the title of PAT-02 moved.
func (b *bench) later() *clause.Library {
	b.t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(clauses.Files, "*.yaml")
	must(b.t, err)
	for _, name := range names {
		data, err := fs.ReadFile(clauses.Files, name)
		must(b.t, err)
		files[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(data), "fr: Délais de correction selon la criticité", "fr: Délais de correction par gravité", 1))}
	}
	library, err := clause.Load(files)
	must(b.t, err)
	return library
}

func (b *bench) entry(id string) adaptation.ClauseEntry {
	b.t.Helper()
	e, err := b.Entry(b.t.Context(), b.who, id)
	must(b.t, err)
	return e
}

// save words a clause's title, from what is kept.
func (b *bench) save(id, title string) {
	b.t.Helper()
	e := b.entry(id)
	e.Wording.Title.FR = title
	must(b.t, b.Save(b.t.Context(), b.who, id, e.Version, e.Wording, false))
}

// title is how the structure's library calls a clause.
func (b *bench) title(id string) string {
	b.t.Helper()
	library, err := b.Library(b.t.Context(), b.who)
	must(b.t, err)
	c, _ := library.Clause(id)
	if c == nil {
		return ""
	}
	return c.Title.FR
}

func kind(err error) fault.Kind {
	if err == nil {
		return ""
	}
	return fault.KindOf(err)
}

const model = "Délais de correction selon la criticité"

func TestAStructureWordsAClauseAndGoesBackToTheModel(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var titles []string
	look := func() { titles = append(titles, b.title("PAT-02")) }
	look()
	b.save("PAT-02", "Nos délais")
	look()
	b.now = b.now.Add(time.Hour)
	b.save("PAT-02", "Nos délais à nous")
	look()
	must(t, b.Withdraw(t.Context(), b.who, "PAT-02", b.entry("PAT-02").Version))
	look()
	b.save("PAT-02", "Encore les nôtres")
	look()
	same(t, "titles", titles, []string{model, "Nos délais", "Nos délais à nous", model, "Encore les nôtres"})

	history, err := b.History(t.Context(), b.who, "PAT-02")
	must(t, err)
	type line struct {
		Number int
		Act    adaptation.Act
		Title  string
		By     string
	}
	var lines []line
	for _, r := range history {
		lines = append(lines, line{r.Number, r.Act, r.Wording.Title.FR, r.By})
	}
	same(t, "history", lines, []line{
		{4, adaptation.Worded, "Encore les nôtres", "Ada Essai"}, {3, adaptation.Withdrawn, "Nos délais à nous", "Ada Essai"},
		{2, adaptation.Worded, "Nos délais à nous", "Ada Essai"}, {1, adaptation.Worded, "Nos délais", "Ada Essai"},
	})
}

func TestAnotherStructureReadsTheModels(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.save("PAT-02", "Nos délais")
	b.who.Structure = "s2"
	same(t, "title elsewhere", b.title("PAT-02"), model)
	list, err := b.List(t.Context(), b.who)
	must(t, err)
	same(t, "list elsewhere", len(list), 0)
}

func TestWhoWritesFromAnOldFormIsTold(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first, second := b.entry("PAT-02"), b.entry("PAT-02")
	b.save("PAT-02", "Nos délais")
	second.Wording.Title.FR = "Les miens"
	got := []fault.Kind{
		kind(b.Save(t.Context(), b.who, "PAT-02", first.Version, second.Wording, false)),
		kind(b.Withdraw(t.Context(), b.who, "PAT-02", 7)),
		kind(b.Keep(t.Context(), b.who, "PAT-01", 0)), // nothing adapted
	}
	same(t, "refusals", got, []fault.Kind{fault.Conflict, fault.Conflict, fault.Conflict})
	same(t, "title", b.title("PAT-02"), "Nos délais")
}

func TestWhenTheModelMovesTheOwnerChooses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.save("PAT-02", "Nos délais")
	same(t, "before", b.entry("PAT-02").State, adaptation.UpToDate)

	moved := b.later()
	b.Clauses = b.over(moved)
	e := b.entry("PAT-02")
	same(t, "after", e.State, adaptation.Moved)
	same(t, "the structure's own stands", b.title("PAT-02"), "Nos délais")
	same(t, "what moved", adaptation.Differences(e.Kept.Base.Wording, adaptation.WordingOf(e.Model)), []adaptation.Difference{{
		Field: "title", Language: "fr", Pieces: []prose.Piece{{Change: prose.Kept, Text: "Délais de correction "}, {Change: prose.Removed, Text: "selon la criticité"}, {Change: prose.Added, Text: "par gravité"}},
	}})

	b.save("PAT-02", "Nos délais, revus") // without a word about the model
	same(t, "a correction decides nothing", b.entry("PAT-02").State, adaptation.Moved)
	must(t, b.Keep(t.Context(), b.who, "PAT-02", b.entry("PAT-02").Version))
	same(t, "kept", b.entry("PAT-02").State, adaptation.UpToDate)
	same(t, "kept title", b.title("PAT-02"), "Nos délais, revus")

	b.Clauses = b.over(b.models) // and back: it moved again
	e = b.entry("PAT-02")
	same(t, "moved again", e.State, adaptation.Moved)
	e.Wording.Title.FR = "Nos délais, d'après le modèle"
	must(t, b.Save(t.Context(), b.who, "PAT-02", e.Version, e.Wording, true))
	same(t, "written knowing of it", b.entry("PAT-02").State, adaptation.UpToDate)
}

func TestAModelThatIsGoneLeavesTheStructuresWording(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.save("GOV-07", "Notre clause")
	files := fstest.MapFS{}
	names, err := fs.Glob(clauses.Files, "*.yaml")
	must(t, err)
	for _, name := range names {
		data, err := fs.ReadFile(clauses.Files, name)
		must(t, err)
		files[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(data), "- id: GOV-07", "- id: GOV-77", 1))}
	}
	fewer, err := clause.Load(files)
	must(t, err)
	b.Clauses = b.over(fewer)
	same(t, "state", b.entry("GOV-07").State, adaptation.Gone)
	same(t, "title", b.title("GOV-07"), "Notre clause")
}

// written is a clause of nobody's library, in French.
func written() adaptation.Wording {
	sentence := "Le titulaire remet à l'établissement, une semaine au plus tard après la signature, la liste des locaux où il conserve les dossiers. "
	return adaptation.Wording{
		Family: "PAT", Level: "socle", Applies: []string{"*"}, Title: content.Text{FR: "Locaux"}, Summary: content.Text{FR: "Le titulaire dit où sont les dossiers."},
		Text:     content.Text{FR: sentence + "Il y indique chaque bâtiment, son adresse et la personne qui en tient les clés.\n\nLe titulaire prévient l'établissement avant tout déménagement. Il attend son accord écrit et lui remet ensuite la liste à jour, avec la date du transfert et le nom du transporteur."},
		Evidence: content.Text{FR: "La liste des locaux."}, Fallback: content.Text{FR: "Aucun."}, Note: content.Text{FR: "Visitez les locaux."},
	}
}

func TestAStructureAddsAClauseOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var ids []string
	for range 2 {
		id, err := b.Add(t.Context(), b.who, written())
		must(t, err)
		ids = append(ids, id)
	}
	must(t, b.Withdraw(t.Context(), b.who, "X-02", 1))
	third, err := b.Add(t.Context(), b.who, written())
	must(t, err)
	same(t, "numbers are never given twice", append(ids, third), []string{"X-01", "X-02", "X-03"})
	list, err := b.List(t.Context(), b.who)
	must(t, err)
	var states []string
	for _, e := range list {
		states = append(states, e.ID+" "+string(e.State))
	}
	same(t, "list", states, []string{"X-01 own", "X-03 own"})
	same(t, "in the library", []string{b.title("X-01"), b.title("X-02")}, []string{"Locaux", ""})
	_, err = b.Entry(t.Context(), b.who, "X-02")
	same(t, "a clause taken away", kind(err), fault.NotFound)
}

func TestWhatLintFindsWrongIsNotKept(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.entry("PAT-02")
	keys := func(err error) []string {
		var out []string
		problems, _ := err.(fault.Problems)
		for _, p := range problems {
			out = append(out, p.Field+" "+p.Key)
		}
		return out
	}
	short := e.Wording
	short.Text = content.Text{FR: "Trop court.", EN: "Too short."}
	same(t, "too short", keys(b.Save(t.Context(), b.who, "PAT-02", 0, short, false)), []string{"text.fr lint.length", "text.en lint.length"})
	empty := adaptation.Wording{Family: "ZZ"}
	_, err := b.Add(t.Context(), b.who, empty)
	if len(keys(err)) < 8 {
		t.Errorf("an empty clause: %v", keys(err))
	}
	err = b.Save(t.Context(), b.who, "PAT-02", 0, e.Wording, false)
	if f, ok := fault.As(err); !ok || f.Key != "adaptation.same" {
		t.Errorf("the model itself: %v", err)
	}
	list, err := b.List(t.Context(), b.who)
	must(t, err)
	same(t, "kept", len(list), 0)
}

func TestCheckTellsOfQuestionsThatLoseTheirValue(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.entry("PAT-02")
	e.Wording.Text.FR = strings.Replace(e.Wording.Text.FR, "{delai_correctif_critique_jours}", "{delai_correctif_eleve_jours}", 1)
	e.Wording.Text.EN = strings.Replace(e.Wording.Text.EN, "{delai_correctif_critique_jours}", "{delai_correctif_eleve_jours}", 1)
	found, err := b.Check(t.Context(), b.who, "PAT-02", e.Wording)
	must(t, err)
	var judged []string
	for _, p := range found.Judged {
		judged = append(judged, p.Key)
	}
	same(t, "judged", judged, []string{"adaptation.question-value"})
	same(t, "wrong", len(found.Wrong), 0)
}

func TestValuesOfAClauseAreProposedInPlaceOfTheLibrarys(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.entry("PAT-02")
	e.Wording.Values = []clause.OwnValue{{Variable: "delai_correctif_eleve_jours", Value: ""}, {Variable: "delai_correctif_critique_jours", Value: " 9 "}}
	must(t, b.Save(t.Context(), b.who, "PAT-02", 0, e.Wording, false))
	same(t, "kept", b.entry("PAT-02").Wording.Values, []clause.OwnValue{{Variable: "delai_correctif_critique_jours", Value: "9"}})
	library, err := b.Library(t.Context(), b.who)
	must(t, err)
	v, _ := library.Variable("delai_correctif_critique_jours")
	same(t, "proposed", []any{v.DefaultFor(1), v.DefaultFor(3), v.Layered}, []any{"9", "9", true})
	again, err := b.Library(t.Context(), b.who)
	must(t, err)
	if again != library {
		t.Error("the library was made again though nothing changed")
	}
}

func TestOnlyWhoMayAdaptsClauses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for role, want := range map[identity.Role]fault.Kind{
		identity.SecurityOfficer: "", identity.Administrator: "", identity.Buyer: fault.Forbidden, identity.DPO: fault.Forbidden, identity.Reader: fault.Forbidden,
	} {
		who := b.who
		who.Role, who.Structure = role, "of-"+string(role)
		_, err := b.Add(t.Context(), who, written())
		same(t, string(role)+" adds", kind(err), want)
		_, err = b.List(t.Context(), who)
		same(t, string(role)+" reads", kind(err), fault.Kind(""))
	}
	_, err := b.List(t.Context(), identity.Actor{})
	same(t, "nobody", kind(err), fault.NotFound)
}

func TestExportWritesFilesOfTheLibrary(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := b.Export(t.Context(), b.who)
	same(t, "nothing", kind(err), fault.NotFound)
	b.save("PAT-02", "Nos délais")
	b.save("GOV-01", "Notre correspondant")
	_, err = b.Add(t.Context(), b.who, written())
	must(t, err)
	all, err := b.Export(t.Context(), b.who)
	must(t, err)
	one, err := b.Export(t.Context(), b.who, "X-01")
	must(t, err)
	var got []string
	for _, f := range append(all, one...) {
		got = append(got, f.Name+" "+strings.Join(ids(string(f.Data)), " "))
	}
	same(t, "files", got, []string{"gov.yaml GOV-01", "pat.yaml PAT-02 X-01", "pat.yaml X-01"})
}

func ids(yaml string) []string {
	var out []string
	for line := range strings.Lines(yaml) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "- id: "); ok {
			out = append(out, id)
		}
	}
	return out
}

// region is the bench as a referent of its region.
func (b *bench) region() *bench {
	other := *b
	other.who = identity.Actor{Person: "p2", Name: "Rémi Essai", Region: b.who.Region, Role: identity.Referent}
	return &other
}

func TestARegionWordsClausesForItsStructures(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := b.region()
	r.save("PAT-02", "Les délais de la région")
	id, err := r.Add(t.Context(), r.who, written())
	must(t, err)
	same(t, "its own", id, "X-R01")
	same(t, "in the structure", []string{b.title("PAT-02"), b.title("X-R01")}, []string{"Les délais de la région", "Locaux"})
	library, err := b.Library(t.Context(), b.who)
	must(t, err)
	origin, _ := library.Origin("PAT-02")
	same(t, "whose", origin.Scope, clause.RegionScope)
	same(t, "nothing of the structure's own", b.entry("PAT-02").State, adaptation.AsModel)

	b.save("PAT-02", "Nos délais")
	same(t, "the structure's stands over it", []string{b.title("PAT-02"), r.title("PAT-02")}, []string{"Nos délais", "Les délais de la région"})
	elsewhere := *b
	elsewhere.who.Structure, elsewhere.who.Region = "s9", "r9"
	same(t, "another region", elsewhere.title("PAT-02"), model)

	r.save("PAT-02", "Les délais de la région, revus")
	e := b.entry("PAT-02")
	same(t, "the region moved its text", e.State, adaptation.Moved)
	must(t, b.Keep(t.Context(), b.who, "PAT-02", e.Version))
	same(t, "kept", b.entry("PAT-02").State, adaptation.UpToDate)
	own, err := b.Add(t.Context(), b.who, written())
	must(t, err)
	same(t, "a number of its own", own, "X-01")
}

func TestARegionLocksAClauseAgainstWeakening(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := b.region()
	b.save("SAU-01", "Nos sauvegardes")
	lock := func(id string, value ...clause.OwnValue) {
		t.Helper()
		e := r.entry(id)
		e.Wording.Locked, e.Wording.Values = true, value
		must(t, r.Save(t.Context(), r.who, id, e.Version, e.Wording, false))
	}
	lock("PAT-02", clause.OwnValue{Variable: "delai_correctif_critique_jours", Value: "10"})
	lock("SAU-01")
	same(t, "what the structure had is kept out", b.title("SAU-01") == "Nos sauvegardes", false)
	library, err := b.Library(t.Context(), b.who)
	must(t, err)
	same(t, "and said", library.Overruled(), []clause.Overruled{{Scope: clause.StructureScope, ID: "SAU-01"}})

	try := func(title, days string) fault.Kind {
		e := b.entry("PAT-02")
		if title != "" {
			e.Wording.Title.FR = title
		}
		e.Wording.Values = []clause.OwnValue{{Variable: "delai_correctif_critique_jours", Value: days}}
		return kind(b.Save(t.Context(), b.who, "PAT-02", e.Version, e.Wording, false))
	}
	same(t, "other words", try("Nos délais", "5"), fault.Invalid)
	same(t, "more days", try("", "20"), fault.Invalid)
	same(t, "fewer days", try("", "5"), fault.Kind(""))
	same(t, "a structure locks nothing", b.entry("PAT-02").Wording.Locked, false)
	found, err := b.Check(t.Context(), b.who, "PAT-02", b.entry("PAT-02").Wording)
	must(t, err)
	same(t, "the form says so", found.Locked, true)
}
