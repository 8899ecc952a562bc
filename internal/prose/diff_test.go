package prose_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/garant-sante/garant/internal/prose"
)

func TestDiffTellsWhichWordsChanged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		old, new string
		want     []prose.Piece
	}{
		"nothing":  {"", "", nil},
		"the same": {"Le titulaire informe.", "Le titulaire informe.", []prose.Piece{{prose.Kept, "Le titulaire informe."}}},
		"all new":  {"", "Une clause.", []prose.Piece{{prose.Added, "Une clause."}}},
		"all gone": {"Une clause.", "", []prose.Piece{{prose.Removed, "Une clause."}}},
		"a word for another": {"sous 24 heures au plus", "sous 48 heures au plus",
			[]prose.Piece{{prose.Kept, "sous "}, {prose.Removed, "24"}, {prose.Added, "48"}, {prose.Kept, " heures au plus"}}},
		"a run of words for another": {"il informe le client, puis rend", "il prévient son assureur, puis rend",
			[]prose.Piece{{prose.Kept, "il "}, {prose.Removed, "informe le client"}, {prose.Added, "prévient son assureur"}, {prose.Kept, ", puis rend"}}},
		"a variable is one word": {"dans {delai_a}", "dans {delai_b}",
			[]prose.Piece{{prose.Kept, "dans "}, {prose.Removed, "{delai_a}"}, {prose.Added, "{delai_b}"}}},
		"a line more": {"- un\n", "- un\n- deux\n", []prose.Piece{{prose.Kept, "- un\n"}, {prose.Added, "- deux\n"}}},
		"a text of too many signs to compare": {"court", strings.Repeat(",", 2600),
			[]prose.Piece{{prose.Removed, "court"}, {prose.Added, strings.Repeat(",", 2600)}}},
		"a text too long to compare": {"court", strings.Repeat("long ", 1300),
			[]prose.Piece{{prose.Removed, "court"}, {prose.Added, strings.Repeat("long ", 1300)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, prose.Diff(test.old, test.new)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiffHoldsBothTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-c]{1,2}[ ,\n\x{00a0}]?){0,12}`)
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		var old, new strings.Builder
		for _, p := range prose.Diff(before, after) {
			if p.Change != prose.Added {
				old.WriteString(p.Text)
			}
			if p.Change != prose.Removed {
				new.WriteString(p.Text)
			}
		}
		if old.String() != before || new.String() != after {
			t.Fatalf("the pieces make %q and %q of %q and %q", old.String(), new.String(), before, after)
		}
	})
}
