package identity

import (
	"fmt"
	"testing"

	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/outbox"
)

func TestWhatIsDoneToAStructureIsInItsJournal(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	must(t, p.engine.Declare(t.Context(), journal.Schemas()...))
	events, j := outbox.NewWorker(), journal.New(p.engine)
	events.On(journal.Recorded, j.Append)
	p.Follow(events)
	deliver := func() {
		t.Helper()
		_, err := events.RunOnce(t.Context())
		must(t, err)
	}
	_, who := p.setUp(t)
	who.Request = "q1"
	deliver()
	must(t, p.ChangeSettings(t.Context(), who, 0, settings()))
	deliver() // clearing events is no change of the settings: the revision stands
	must(t, p.ChangeSettings(t.Context(), who, 1, settings()))
	must(t, p.SetTemplate(t.Context(), who, "", nil)) // there is none
	must(t, p.SetTemplate(t.Context(), who, "x.docx", []byte("x")))
	must(t, p.SetTemplate(t.Context(), who, "", nil))
	deliver()

	reader := who
	reader.Role = Reader
	for what, err := range map[string]error{
		"a reader's settings":   p.ChangeSettings(t.Context(), reader, 4, settings()),
		"settings without name": p.ChangeSettings(t.Context(), who, 4, Settings{}),
		"settings of before":    p.ChangeSettings(t.Context(), who, 1, settings()),
		"a reader's template":   p.SetTemplate(t.Context(), reader, "x.docx", []byte("x")),
		"a large template":      p.SetTemplate(t.Context(), who, "x.docx", make([]byte, MaxTemplate+1)),
	} {
		if err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	deliver()

	var got []string
	var state journal.Hash
	must(t, j.Each(t.Context(), who.Tenant(), journal.Filter{}, func(e *journal.Entry) error {
		if e.Kind == SignedIn {
			return nil
		}
		got = append(got, fmt.Sprintln(e.Kind, e.Who, e.Role, e.Object, e.Request))
		if state != "" && e.Before != state {
			t.Errorf("%s: the structure was changed without an act before", e.Kind)
		}
		state = e.After
		return nil
	}))
	done := func(kind string) string {
		return fmt.Sprintln(kind, who.Person, "administrator", "structures/"+who.Structure, "q1")
	}
	same(t, "journal", got, []string{
		fmt.Sprintln("structure.added", who.Person, "administrator", "structures/"+who.Structure, ""),
		done("settings.changed"), done("settings.changed"), done("template.set"), done("template.removed"),
	})
}
