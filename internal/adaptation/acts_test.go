package adaptation_test

import (
	"fmt"
	"testing"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
)

func TestWhatIsDoneToTextsIsInTheJournal(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.who.Request = "q1"
	must(t, b.engine.Declare(t.Context(), journal.Schemas()...))
	j, asked := journal.New(b.engine), b.asked()
	b.events.On(journal.Recorded, j.Append)
	deliver := func() {
		t.Helper()
		_, err := b.events.RunOnce(t.Context())
		must(t, err)
	}
	seen := b.entry("PAT-02").Version
	b.save("PAT-02", "Nos délais")
	seen, first := b.entry("PAT-02").Version, seen
	deliver() // clearing events is no change of the wording: who read it before may still change it
	e := b.entry("PAT-02")
	same(t, "version of the form", e.Version, seen)
	e.Wording.Title.FR = "Nos délais à nous"
	must(t, b.Save(t.Context(), b.who, "PAT-02", seen, e.Wording, false))
	must(t, b.Keep(t.Context(), b.who, "PAT-02", 2))
	must(t, b.Withdraw(t.Context(), b.who, "PAT-02", 3))
	id, err := asked.Add(t.Context(), b.who, asking())
	must(t, err)
	deliver()

	reader := b.who
	reader.Role = identity.Reader
	for what, err := range map[string]error{
		"a reader's wording": b.Save(t.Context(), reader, "PAT-02", 4, e.Wording, false),
		"an old form":        b.Save(t.Context(), b.who, "PAT-02", first, e.Wording, false),
		"the model itself":   b.Save(t.Context(), b.who, "PAT-03", 0, b.entry("PAT-03").Wording, false),
		"nothing to keep":    b.Keep(t.Context(), b.who, "PAT-02", 4),
		"withdrawn already":  b.Withdraw(t.Context(), b.who, "PAT-02", 4),
		"an empty question":  func() error { _, err := asked.Add(t.Context(), b.who, adaptation.Asking{}); return err }(),
	} {
		if err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	deliver()

	var got []string
	states := map[string]journal.Hash{}
	must(t, j.Each(t.Context(), b.who.Tenant(), journal.Filter{}, func(e *journal.Entry) error {
		got = append(got, fmt.Sprintln(e.Kind, e.Who, e.Role, e.Object, e.Request))
		if e.Before != "" && states[e.Object] != "" && e.Before != states[e.Object] {
			t.Errorf("%s: %s was changed without an act before", e.Kind, e.Object)
		}
		states[e.Object] = e.After
		return nil
	}))
	done := func(kind, object string) string { return fmt.Sprintln(kind, "p1 security-officer", object, "q1") }
	same(t, "journal", got, []string{
		done("clause.worded", "adaptations/PAT-02"), done("clause.worded", "adaptations/PAT-02"), done("clause.kept", "adaptations/PAT-02"),
		done("clause.withdrawn", "adaptations/PAT-02"), done("question.added", "question-adaptations/"+id),
	})
	history, err := b.History(t.Context(), b.who, "PAT-02")
	must(t, err)
	same(t, "revisions", len(history), 4)
}
