package adaptation_test

import (
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/prose"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// asked gives the questions of structures over the bench's store.
func (b *bench) asked() *adaptation.Questions {
	return adaptation.NewQuestions(b.engine, b.questions, b.Clauses, b.events, b.clock)
}

// asking is a question of nobody's library, in French.
func asking() adaptation.Asking {
	return adaptation.Asking{
		Domain: "PAT", Module: "express", Type: "single", Weight: "3", Minutes: " 4 ", Unit: "days",
		Text: content.Text{FR: "  Qui garde\r\nles clés du local ? "}, Why: content.Text{FR: "Une clé perdue ouvre la salle à qui la trouve."},
		Options: []adaptation.Choice{{Points: "1", Label: content.Text{FR: "Une personne nommée"}}, {}, {Points: "0,5", Label: content.Text{FR: "L'accueil"}}, {ID: "choice-1", Points: "0", Label: content.Text{FR: "Personne"}}},
		Links:   []adaptation.Link{{Clause: " pat-02 ", Threshold: "0,5"}, {}},
	}
}

func TestEveryQuestionOfTheLibraryIsWrittenAndReadAsItIs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.asked()
	for _, q := range b.questions.Questions() {
		found, err := s.Check(t.Context(), b.who, q.ID, adaptation.AskingOf(q))
		must(t, err)
		want := *q
		want.Version = 1
		same(t, q.ID, found.Question, &want)
		same(t, q.ID+" is sound", found.Wrong, fault.Problems(nil))
		same(t, q.ID+" differs nowhere", adaptation.AskingDifferences(adaptation.AskingOf(q), adaptation.AskingOf(q)), []adaptation.Difference(nil))
	}
}

func TestAStructureAddsAndAdaptsQuestions(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.asked()
	id, err := s.Add(t.Context(), b.who, asking())
	must(t, err)
	model, _ := b.questions.Question("PAT-Q02")
	ours := adaptation.AskingOf(model)
	ours.Weight, ours.Text.FR = "1", "En combien de jours corrigez-vous ce qui est critique ?"
	ours.Domain, ours.Type = "GOV", "text" // not for a form to say
	must(t, s.Save(t.Context(), b.who, "PAT-Q02", 0, ours, false))

	library, err := s.Library(t.Context(), b.who)
	must(t, err)
	added, _ := library.Question(id)
	both := func(text string) content.Text { return content.Text{FR: text, EN: text} }
	same(t, "added", added, &questionnaire.Question{
		ID: "X-Q01", Domain: "PAT", Version: 1, Module: "express", Type: questionnaire.Single, Weight: 3, Minutes: 4,
		Text: both("Qui garde les clés du local ?"), Why: both("Une clé perdue ouvre la salle à qui la trouve."),
		Options: []questionnaire.Option{
			{ID: "choice-2", Points: "1", Label: both("Une personne nommée")}, {ID: "choice-3", Points: "0.5", Label: both("L'accueil")}, {ID: "choice-1", Points: "0", Label: both("Personne")},
		},
		Verifies: []questionnaire.Verification{{Clause: "PAT-02", Threshold: "0.5"}},
	})
	adapted, _ := library.Question("PAT-Q02")
	same(t, "adapted", []any{adapted.Domain, adapted.Type, adapted.Weight, adapted.Text.FR, adapted.Verifies}, []any{model.Domain, model.Type, 1, ours.Text.FR, model.Verifies})

	list, err := s.List(t.Context(), b.who)
	must(t, err)
	var states []string
	for _, e := range list {
		states = append(states, e.ID+" "+string(e.State))
	}
	same(t, "list", states, []string{"PAT-Q02 up-to-date", "X-Q01 own"})
	files, err := s.Export(t.Context(), b.who)
	must(t, err)
	same(t, "export", []any{len(files), files[0].Name, ids(string(files[0].Data))}, []any{1, "pat.yaml", []string{"PAT-Q02", "X-Q01"}})

	must(t, s.Withdraw(t.Context(), b.who, id, 1))
	must(t, s.Withdraw(t.Context(), b.who, "PAT-Q02", 1))
	library, err = s.Library(t.Context(), b.who)
	must(t, err)
	if library != b.questions {
		t.Error("without an adaptation the library is another")
	}
	_, err = s.Export(t.Context(), b.who)
	same(t, "nothing to export", kind(err), fault.NotFound)
}

func TestAQuestionThatIsWrongIsNotKept(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.asked()
	wrong := asking()
	wrong.Links = []adaptation.Link{{Clause: "PAT-99", Threshold: "0.5"}}
	wrong.Minutes, wrong.Weight = "quatre", "7"
	_, err := s.Add(t.Context(), b.who, wrong)
	problems, _ := err.(fault.Problems)
	var got []string
	for _, p := range problems {
		got = append(got, p.Field+" "+p.Key)
	}
	same(t, "problems", got, []string{"minutes asking.minutes", "weight asking.weight", "verifies.0.clause lint.clause"})
	reader := b.who
	reader.Role = identity.Reader
	_, err = s.Add(t.Context(), reader, asking())
	same(t, "a reader adds", kind(err), fault.Forbidden)
	_, err = s.Check(t.Context(), reader, "", asking())
	same(t, "a reader checks", kind(err), fault.Forbidden)
	model, _ := b.questions.Question("PAT-Q02")
	same(t, "the model itself", kind(s.Save(t.Context(), b.who, "PAT-Q02", 0, adaptation.AskingOf(model), false)), fault.Invalid)
}

func TestAQuestionMayVerifyAClauseOfTheStructure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	clause, err := b.Add(t.Context(), b.who, written())
	must(t, err)
	ours := asking()
	ours.Links = []adaptation.Link{{Clause: clause, Threshold: "1"}}
	_, err = b.asked().Add(t.Context(), b.who, ours)
	must(t, err)
}

func TestDifferencesOfQuestionsNameWhatCountsToo(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	model, _ := b.questions.Question("SAU-Q01")
	from := adaptation.AskingOf(model)
	to := from
	to.Why.FR = strings.Replace(from.Why.FR, "patient", "malade", 1)
	to.Weight, to.Blocks, to.Blocking = "2", true, []string{"no"}
	var got []string
	for _, d := range adaptation.AskingDifferences(from, to) {
		line := d.Field + " " + string(d.Language)
		for _, p := range d.Pieces {
			if p.Change != prose.Kept {
				line += " " + string(p.Change) + ":" + p.Text
			}
		}
		got = append(got, line)
	}
	same(t, "differences", got, []string{"why fr removed:patient added:malade", "weight  removed:4 added:2", "blocking  added:no"})
}

func TestARegionWordsQuestionsForItsStructures(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s, r := b.asked(), b.region()
	id, err := s.Add(t.Context(), r.who, asking())
	must(t, err)
	same(t, "its own", id, "X-RQ01")
	library, err := s.Library(t.Context(), b.who)
	must(t, err)
	q, _ := library.Question("X-RQ01")
	same(t, "in the structure", q.Text.FR, "Qui garde les clés du local ?")
	own, err := s.Add(t.Context(), b.who, asking())
	must(t, err)
	same(t, "a number of its own", own, "X-Q01")
}
