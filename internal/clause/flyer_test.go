package clause_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheFlyerIsHeldToWhatItsPagesHold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, replacement string
		want             []string
	}{
		"a title too long":      {"fr: Qui appeler", "fr: " + strings.Repeat("Qui ", 20) + "appeler", []string{"flyer.yaml flyer.too-long"}},
		"a text too long":       {"Appelez tôt.", strings.Repeat("Appelez tôt. ", 8), []string{"flyer.yaml flyer.too-long"}},
		"a door that is no one": {"vector: humain", "vector: hasard", []string{"flyer.yaml yaml.not-allowed"}},
		"a door twice":          {"vector: humain", "vector: sauvegardes", []string{"flyer.yaml library.id-twice"}},
		"a place to fill in":    {"A short, shared", "A {short}, shared", []string{"flyer.yaml flyer.place"}},
		"markup":                {"A short, shared", "A `short`, shared", []string{"flyer.yaml library.markdown"}},
		"a slip of typography":  {"d'incident ?", "d'incident?", []string{"flyer.yaml lint.french-space"}},
		"a language missing":    {", en: Whom to call", "", []string{"flyer.yaml yaml.required"}},
		"too many entries": {"gains:\n  title: {fr: Ce que vous y gagnez, en: What is in it for you}\n  items:\n", "gains:\n  title: {fr: Ce que vous y gagnez, en: What is in it for you}\n  items:\n    - {fr: Un., en: One.}\n    - {fr: Deux., en: Two.}\n",
			[]string{"flyer.yaml flyer.count"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := findings(t, edited(t, "flyer.yaml", c.old, c.replacement))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
