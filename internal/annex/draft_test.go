package annex

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
)

func loaded(t *testing.T) *clause.Library {
	t.Helper()
	library, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

// recommendedHere: PAT-02 is recommended, GOV-06 is not.
func recommendedHere(id string) bool { return id == "PAT-02" }

func TestEditsOfAClauseAndOfAValue(t *testing.T) {
	t.Parallel()
	library := loaded(t)
	withdrawn, _ := library.Clause("TEL-01")
	withdrawn.Draft = true
	for name, c := range map[string]struct {
		before Choices
		edit   Edit
		want   Choices
		fault  string // key, and field
	}{
		"add a clause":                     {Choices{}, Edit{Keep, "GOV-06", ""}, Choices{Add: []string{"GOV-06"}}, ""},
		"drop an added clause":             {Choices{Add: []string{"GOV-06"}}, Edit{Drop, "GOV-06", ""}, Choices{}, ""},
		"drop a recommended clause":        {Choices{}, Edit{Drop, "PAT-02", " Sans objet ici. "}, Choices{Remove: []Removal{{"PAT-02", "Sans objet ici."}}}, ""},
		"drop it without a reason":         {Choices{}, Edit{Drop, "PAT-02", "  "}, Choices{}, "annex.removal-reason reason.PAT-02"},
		"take it back":                     {Choices{Remove: []Removal{{"PAT-02", "x"}}}, Edit{Keep, "PAT-02", ""}, Choices{}, ""},
		"another reason":                   {Choices{Remove: []Removal{{"PAT-02", "x"}}}, Edit{Drop, "PAT-02", "y"}, Choices{Remove: []Removal{{"PAT-02", "y"}}}, ""},
		"set a value":                      {Choices{}, Edit{SetValue, "disponibilite_pct", "99,95"}, Choices{Values: []ChosenValue{{"disponibilite_pct", "99.95"}}}, ""},
		"set it again":                     {Choices{Values: []ChosenValue{{"disponibilite_pct", "99.95"}}}, Edit{SetValue, "disponibilite_pct", "99"}, Choices{Values: []ChosenValue{{"disponibilite_pct", "99"}}}, ""},
		"restore it":                       {Choices{Values: []ChosenValue{{"disponibilite_pct", "99"}}}, Edit{Restore, "disponibilite_pct", ""}, Choices{}, ""},
		"a value of another type":          {Choices{}, Edit{SetValue, "disponibilite_pct", "haut"}, Choices{}, "value.number value.disponibilite_pct"},
		"a clause that is not written yet": {Choices{}, Edit{Keep, "TEL-01", ""}, Choices{}, "annex.draft-clause "},
		"a clause that does not exist":     {Choices{}, Edit{Keep, "PAT-99", ""}, Choices{}, "annex.unknown-clause "},
		"a variable that does not exist":   {Choices{}, Edit{SetValue, "prix", "1"}, Choices{}, "annex.unknown-variable "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.before.apply(c.edit, library, recommendedHere)
			said := ""
			if f, ok := fault.As(err); ok {
				said, got = f.Key+" "+f.Field, Choices{}
			}
			if said != c.fault || !sameChoices(c.want, got) {
				t.Errorf("got %+v and %q, want %+v and %q", got, said, c.want, c.fault)
			}
		})
	}
}

func TestTwoPeopleOnOneAnnex(t *testing.T) {
	t.Parallel()
	library := loaded(t)
	now := time.Date(2027, 1, 5, 9, 0, 0, 0, time.UTC)
	d := &Draft{}
	change := func(e Edit, seen int64, by Author) string {
		err := d.change(e, seen, by, now, library, recommendedHere)
		if f, ok := fault.As(err); ok {
			return f.Key
		}
		return ""
	}
	anne, bruno := Author{"1", "Anne"}, Author{"2", "Bruno"}
	for _, step := range []struct {
		edit Edit
		seen int64
		by   Author
		want string
	}{
		{Edit{SetValue, "delai_correctif_critique_jours", "10"}, 0, anne, ""},
		{Edit{SetValue, "delai_correctif_critique_jours", "12"}, 0, bruno, "annex.edited-by"}, // the same value, not seen
		{Edit{SetValue, "delai_correctif_eleve_jours", "20"}, 0, bruno, ""},                   // another value: no obstacle
		{Edit{SetValue, "delai_correctif_critique_jours", "11"}, 1, anne, ""},                 // she saw her own
		{Edit{SetValue, "delai_correctif_critique_jours", "12"}, 3, bruno, ""},                // now he has seen it
	} {
		if got := change(step.edit, step.seen, step.by); got != step.want {
			t.Errorf("%+v by %s: %q, want %q", step.edit, step.by.Name, got, step.want)
		}
	}
	want := []ChosenValue{{"delai_correctif_eleve_jours", "20"}, {"delai_correctif_critique_jours", "12"}}
	if diff := cmp.Diff(want, d.Choices.Values); diff != "" {
		t.Error(diff)
	}
}

func TestUndoTakesBackTheLastChangeOnly(t *testing.T) {
	t.Parallel()
	library := loaded(t)
	now := time.Date(2027, 1, 5, 9, 0, 0, 0, time.UTC)
	anne := Author{"1", "Anne"}
	d := &Draft{}
	for _, e := range []Edit{{Keep, "GOV-06", ""}, {Drop, "PAT-02", "Sans"}, {Drop, "PAT-02", "Sans objet."}} {
		if err := d.change(e, 9, anne, now, library, recommendedHere); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.Log) != 2 {
		t.Fatalf("typing one reason made %d changes, want it to be one", len(d.Log)-1)
	}
	if err := d.undo(9, anne, now); err != nil {
		t.Fatal(err)
	}
	if want := (Choices{Add: []string{"GOV-06"}}); !sameChoices(want, d.Choices) {
		t.Errorf("after undo: %+v", d.Choices)
	}
	if err := d.undo(9, anne, now); err != nil || !sameChoices(Choices{}, d.Choices) {
		t.Errorf("after two: %+v %v", d.Choices, err)
	}
	if f, ok := fault.As(d.undo(9, anne, now)); !ok || f.Key != "annex.nothing-to-undo" {
		t.Error("a third undo found something")
	}
}
