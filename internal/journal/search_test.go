package journal

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
)

// varied fills a chain with n acts, one a minute: by three people, of four kinds, on five objects.
func varied(t testing.TB, j *Journal, n int) {
	t.Helper()
	for i := range n {
		a := act(fmt.Sprintf("dossier.kind-%d", i%4), i)
		a.Who, a.Object = fmt.Sprintf("person-%d", i%3), fmt.Sprintf("dossiers/d%d", i%5)
		must(t, j.Append(t.Context(), delivery(t, hospital, i, a)))
	}
}

func TestSearchGivesTheLatestFirstByEachFilterAndAllOfThem(t *testing.T) {
	t.Parallel()
	const n = 240
	j := New(embedded(t))
	varied(t, j, n)
	at := func(minute int) time.Time { return morning.Add(time.Duration(minute) * time.Minute) }
	for name, f := range map[string]Filter{
		"everything":            {},
		"who":                   {Who: "person-1"},
		"act":                   {Kind: "dossier.kind-2"},
		"object":                {Object: "dossiers/d3"},
		"who and act":           {Who: "person-2", Kind: "dossier.kind-1"},
		"who and object":        {Who: "person-2", Object: "dossiers/d0"},
		"act and object":        {Kind: "dossier.kind-1", Object: "dossiers/d0"},
		"all three":             {Who: "person-0", Kind: "dossier.kind-0", Object: "dossiers/d0"},
		"from":                  {From: at(200)},
		"to, which is not in":   {To: at(30)},
		"who between two times": {Who: "person-1", From: at(20), To: at(220)},
		"all of it":             {Who: "person-0", Kind: "dossier.kind-0", Object: "dossiers/d0", From: at(60), To: at(180)},
		"nobody":                {Who: "person-9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []int64
			for i := range n {
				who, kind, object := fmt.Sprintf("person-%d", i%3), fmt.Sprintf("dossier.kind-%d", i%4), fmt.Sprintf("dossiers/d%d", i%5)
				if (f.Who == "" || f.Who == who) && (f.Kind == "" || f.Kind == kind) && (f.Object == "" || f.Object == object) &&
					!at(i).Before(f.From) && (f.To.IsZero() || at(i).Before(f.To)) {
					want = append(want, int64(i+1))
				}
			}
			var each []int64
			must(t, j.Each(t.Context(), hospital, f, func(e *Entry) error { each = append(each, e.Sequence()); return nil }))
			same(t, each, want)

			slices.Reverse(want)
			var found []int64
			for cursor := ""; ; {
				page, err := j.Search(t.Context(), hospital, f, cursor)
				must(t, err)
				for _, e := range page.Items {
					found = append(found, e.Sequence())
				}
				if len(page.Items) > pageSize {
					t.Fatalf("%d entries on a page", len(page.Items))
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			same(t, found, want)
		})
	}
}

func TestACursorOfAnotherSearchIsRefused(t *testing.T) {
	t.Parallel()
	j := New(embedded(t))
	varied(t, j, pageSize+1)
	page, err := j.Search(t.Context(), hospital, Filter{}, "")
	must(t, err)
	_, err = j.Search(t.Context(), hospital, Filter{Who: "person-1"}, page.Next)
	same(t, fault.KindOf(err), fault.Invalid)
	_, err = j.Search(t.Context(), "structure-other", Filter{}, page.Next)
	same(t, fault.KindOf(err), fault.Invalid)
}
