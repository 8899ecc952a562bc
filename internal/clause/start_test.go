package clause_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/locale"
)

func TestTheStartingPointsAreTheUsualServices(t *testing.T) {
	t.Parallel()
	library, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	type shown struct {
		Title             string
		Tier, Recommended int
	}
	var got []shown
	for _, start := range library.Starts {
		s := shown{Title: start.Title.In(locale.French), Tier: int(start.Framing.Tier())}
		for _, r := range library.Recommend(start.Framing) {
			if r.Recommended {
				s.Recommended++
			}
		}
		got = append(got, s)
	}
	want := []shown{
		{"Logiciel en ligne avec données de santé", 1, 85},
		{"Télémaintenance d'un équipement biomédical", 1, 75},
		{"Hébergement", 1, 71},
		{"Infogérance", 1, 71},
		{"Développement sur mesure", 2, 55},
		{"Prestation intellectuelle sans accès", 3, 16},
		{"Matériel connecté", 2, 42},
		{"Petite prestation sans donnée", 3, 27},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("starting points (-want +got):\n%s", diff)
	}
	if start, ok := library.Start("hosting"); !ok || start.Title.In(locale.English) != "Hosting" {
		t.Errorf("hosting: %+v %v", start, ok)
	}
	if _, ok := library.Start("nothing"); ok {
		t.Error("a starting point that does not exist is found")
	}
}
