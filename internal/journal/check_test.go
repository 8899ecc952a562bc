package journal

import (
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/store"
)

// outcome is what a test compares of a check.
type outcome struct {
	When            time.Time
	Entries, Broken int64
	Reason          Reason
}

func outcomeOf(c *Check) outcome { return outcome{c.When, c.Entries, c.Broken, c.Reason} }

func TestACheckIsKeptAndTheNextIsHeldAgainstIt(t *testing.T) {
	t.Parallel()
	engine := embedded(t)
	j := New(engine)
	none, err := j.LastCheck(t.Context(), hospital)
	must(t, err)
	same(t, none, (*Check)(nil))
	varied(t, j, 6)
	check := func(minute int) outcome {
		t.Helper()
		found, err := j.CheckNow(t.Context(), hospital, morning.Add(time.Duration(minute)*time.Minute))
		must(t, err)
		kept, err := j.LastCheck(t.Context(), hospital)
		must(t, err)
		same(t, outcomeOf(kept), outcomeOf(found))
		return outcomeOf(found)
	}
	same(t, check(1), outcome{morning.Add(time.Minute), 6, 0, ""})
	records := stored(t, engine, hospital)
	must(t, engine.DeleteMany(t.Context(), schema.Collection, hospital, []string{records[4].ID, records[5].ID}))
	same(t, check(2), outcome{morning.Add(2 * time.Minute), 6, 5, Cut})
	same(t, check(3), outcome{morning.Add(3 * time.Minute), 6, 5, Cut}) // it does not get used to it
	for _, record := range records[4:] {
		must(t, engine.Insert(t.Context(), schema.Collection, record))
	}
	same(t, check(4), outcome{morning.Add(4 * time.Minute), 6, 0, ""})
	other, err := j.LastCheck(t.Context(), store.Tenant("structure-other"))
	must(t, err)
	same(t, other, (*Check)(nil))
}

func TestPeopleAreListedOnceEachAlsoThoseWhoseReferenceBeginsAlike(t *testing.T) {
	t.Parallel()
	j := New(embedded(t))
	for i, who := range []string{"b", "a1", "a", "a+x", "a1", "b", "aa", "a-1"} {
		a := act("dossier.opened", i)
		a.Who = who
		must(t, j.Append(t.Context(), delivery(t, hospital, i, a)))
	}
	people, err := j.People(t.Context(), hospital, 10)
	must(t, err)
	same(t, people, []string{"a", "a+x", "a-1", "a1", "aa", "b"})
	some, err := j.People(t.Context(), hospital, 2)
	must(t, err)
	same(t, some, []string{"a", "a+x"})
}
