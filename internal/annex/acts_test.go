package annex_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
)

func TestWhatIsDoneToAnAnnexIsInTheJournal(t *testing.T) {
	t.Parallel()
	o := newPortal(t)
	must(t, o.engine.Declare(t.Context(), journal.Schemas()...))
	j := journal.New(o.engine)
	o.events.On(journal.Recorded, j.Append)
	deliver := func() {
		t.Helper()
		_, err := o.events.RunOnce(t.Context())
		must(t, err)
	}
	deliver()
	o.who.Request = "q1"
	page := func(*annex.Document) ([]byte, error) { return []byte("page"), nil }
	o.edit(t, annex.Keep, "GOV-07", "")
	seen := o.view(t, locale.French).Draft.Revision
	deliver() // clearing events is no change of the annex: what was seen before may still be frozen
	_, err := o.annexes.Freeze(t.Context(), o.who, o.service, seen, locale.French, page)
	must(t, err)
	deliver()
	o.edit(t, annex.Keep, "GOV-07", "") // it is there already
	o.edit(t, annex.Drop, "GOV-07", "")
	o.edit(t, annex.SetValue, "delai_pas_jours", "25")
	o.edit(t, annex.Restore, "delai_pas_jours", "")
	must(t, o.annexes.Undo(t.Context(), o.who, o.service, o.view(t, locale.French).Draft.Revision))
	deliver()
	o.events.On(journal.Recorded, j.Append) // delivered twice, an act is there once
	o.edit(t, annex.Keep, "GOV-07", "")
	deliver()

	reader, seen := o.who, o.view(t, locale.French).Draft.Revision
	reader.Role = identity.Reader
	_, unseen := o.annexes.Freeze(t.Context(), o.who, o.service, seen-1, locale.French, page)
	_, unwritten := o.annexes.Freeze(t.Context(), o.who, o.service, seen, locale.French, func(*annex.Document) ([]byte, error) { return nil, errors.New("no page") })
	for what, err := range map[string]error{
		"a reader's edit":    o.annexes.Edit(t.Context(), reader, o.service, seen, annex.Edit{Kind: annex.Keep, Subject: "GOV-07"}),
		"an unknown clause":  o.annexes.Edit(t.Context(), o.who, o.service, seen, annex.Edit{Kind: annex.Keep, Subject: "PAT-99"}),
		"no kind of edit":    o.annexes.Edit(t.Context(), o.who, o.service, seen, annex.Edit{Kind: "burn", Subject: "GOV-07"}),
		"a reader's undo":    o.annexes.Undo(t.Context(), reader, o.service, seen),
		"an undo of before":  o.annexes.Undo(t.Context(), o.who, o.service, 0),
		"freezing unseen":    unseen,
		"freezing unwritten": unwritten,
	} {
		if err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	_, err = o.annexes.Render(t.Context(), o.who, o.service, locale.French) // reveals nothing that is kept from its reader
	must(t, err)
	deliver()

	var got []string
	states := map[string]journal.Hash{}
	must(t, j.Each(t.Context(), o.who.Tenant(), journal.Filter{}, func(e *journal.Entry) error {
		if e.Object == "annexes/"+o.service || e.Object == "annex-versions/"+o.service+".1" {
			got = append(got, fmt.Sprintln(e.Kind, e.Who, e.Role, e.Object, e.Request))
		}
		if e.Before != "" && states[e.Object] != "" && e.Before != states[e.Object] {
			t.Errorf("%s: %s was changed without an act before", e.Kind, e.Object)
		}
		states[e.Object] = e.After
		return nil
	}))
	done := func(kind, request string) string {
		return fmt.Sprintln(kind, o.who.Person, "administrator", "annexes/"+o.service, request)
	}
	want := []string{
		done("annex.reframed", ""), done("annex.clause-kept", "q1"),
		fmt.Sprintln("annex.frozen", o.who.Person, "administrator", "annex-versions/"+o.service+".1", "q1"),
		done("annex.clause-dropped", "q1"), done("annex.value-set", "q1"), done("annex.value-restored", "q1"), done("annex.undone", "q1"),
		done("annex.clause-kept", "q1"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
}
