package web

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

func readIndex(tb testing.TB) *searchIndex {
	tb.Helper()
	written, err := clause.Load(clauses.Files)
	if err != nil {
		tb.Fatal(err)
	}
	asked, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		tb.Fatal(err)
	}
	return newSearchIndex(written, asked)
}

func idsOf(found frontend.LibraryFound) []string {
	var ids []string
	for _, c := range found.Clauses {
		ids = append(ids, c.Clause.ID)
	}
	return ids
}

func TestSearchForgivesAccentsCaseAndPlurals(t *testing.T) {
	t.Parallel()
	index := readIndex(t)
	for _, same := range [][]string{
		{"sauvegarde", "Sauvegardes", "SAUVEGARDE", "  sauvegarde  "},
		{"vulnérabilité", "vulnerabilites", "VULNÉRABILITÉS"},
		{"journal", "journaux"},
		{"travail", "travaux"},
		{"réseau", "reseaux"},
		{"l'établissement mots de passe", "etablissement mot passe", "l’établissement mot de passe"},
	} {
		want := idsOf(index.find(locale.French, same[0]))
		if len(want) == 0 {
			t.Errorf("%q finds nothing", same[0])
		}
		for _, other := range same[1:] {
			if diff := cmp.Diff(want, idsOf(index.find(locale.French, other))); diff != "" {
				t.Errorf("%q (-) and %q (+) differ:\n%s", same[0], other, diff)
			}
		}
	}
	if diff := cmp.Diff(idsOf(index.find(locale.English, "backup")), idsOf(index.find(locale.English, "Backups"))); diff != "" {
		t.Error(diff)
	}
}

func TestSearchForgivesOneSlipAWord(t *testing.T) {
	t.Parallel()
	index := readIndex(t)
	for _, test := range []struct {
		language     locale.Language
		typed, meant string
	}{
		{locale.French, "sauvgarde", "sauvegarde"},           // a letter missing
		{locale.French, "sauvzgardes", "sauvegarde"},         // one wrong, in the plural
		{locale.French, "suavegarde", "sauvegarde"},          // two swapped
		{locale.French, "journnalisation", "journalisation"}, // one too many
		{locale.French, "vulnerbilite correctif", "vulnérabilité correctif"},
		{locale.English, "bakup", "backup"},
		{locale.English, "encrpytion", "encryption"},
	} {
		want, got := index.find(test.language, test.meant), index.find(test.language, test.typed)
		if diff := cmp.Diff(sorted(idsOf(want)), sorted(idsOf(got))); diff != "" || len(idsOf(want)) == 0 || !got.Meant || want.Meant {
			t.Errorf("%q finds what %q does not, or the reverse (meant %v, %v):\n%s", test.typed, test.meant, got.Meant, want.Meant, diff)
		}
	}
	for _, short := range []string{"nofo", "tlx"} {
		if found := index.find(locale.French, short); len(found.Clauses)+len(found.Questions) != 0 {
			t.Errorf("%q finds %v", short, idsOf(found))
		}
	}
}

func TestASlipIsOneLetterWrongMissingTooManyOrTwoSwapped(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]bool{
		{"porte", "porte"}: true, {"porte", "perte"}: true, {"porte", "port"}: true, {"porte", "portes"}: true, {"porte", "potre"}: true,
		{"porte", "orte"}: true, {"aab", "aba"}: true, {"porte", "perle"}: false, {"porte", "por"}: false, {"porte", "etrop"}: false, {"", ""}: true,
	} {
		if oneSlip(pair[0], pair[1]) != want || oneSlip(pair[1], pair[0]) != want {
			t.Errorf("%v: not %v", pair, want)
		}
	}
}

func TestSearchFindsByNumberWhateverItsForm(t *testing.T) {
	t.Parallel()
	index := readIndex(t)
	for _, query := range []string{"PAT-02", "pat-02", "PAT 02", "Pat‑02", "PAT-2"} {
		found := index.find(locale.French, query)
		if len(found.Clauses) == 0 || found.Clauses[0].Clause.ID != "PAT-02" {
			t.Errorf("%q gives first %v", query, idsOf(found))
		}
	}
	for query, id := range map[string]string{"O-7.2": "PAT-02", "RGPD-28-3-h": "AUD-01", "NIS2-21-2-e": "PAT-02"} {
		if ids := idsOf(index.find(locale.French, query)); !slices.Contains(ids, id) {
			t.Errorf("%q finds %v, not %s", query, ids, id)
		}
	}
	if found := index.find(locale.French, "RGPD 28"); found.Loose || len(found.Clauses) == 0 {
		t.Errorf("RGPD 28 finds %v, loose %v", idsOf(found), found.Loose)
	}
	if found := index.find(locale.French, "PAT-Q02"); len(found.Questions) == 0 || found.Questions[0].Question.ID != "PAT-Q02" {
		t.Error("PAT-Q02 does not find its question")
	}
}

func TestSearchPutsTitlesBeforeTexts(t *testing.T) {
	t.Parallel()
	index := readIndex(t)
	inText := false
	for _, c := range index.find(locale.French, "sauvegarde").Clauses {
		hit := slices.ContainsFunc(c.Title, func(p frontend.Passage) bool { return p.Hit })
		if hit && inText {
			t.Errorf("%s has the word in its title and comes after one that has not", c.Clause.ID)
		}
		inText = inText || !hit
	}
}

func TestSearchWithoutAClauseForAllWordsGivesThoseWithMost(t *testing.T) {
	t.Parallel()
	found := readIndex(t).find(locale.French, "sauvegarde licorne")
	if !found.Loose || len(found.Clauses) == 0 {
		t.Errorf("loose %v, %d clauses", found.Loose, len(found.Clauses))
	}
}

func TestSearchOfNothingOrOfNonsenseFindsNothing(t *testing.T) {
	t.Parallel()
	index := readIndex(t)
	for _, query := range []string{"", " ", "-", "'", "licorne", "\u0301", "<script>", "\x00"} {
		found := index.find(locale.French, query)
		if diff := cmp.Diff(frontend.LibraryFound{Query: query}, found); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
	}
}

func TestAWordOfTheOtherLanguageStillFinds(t *testing.T) {
	t.Parallel()
	index := readIndex(t)
	if ids := idsOf(index.find(locale.French, "supplier")); len(ids) == 0 {
		t.Error("supplier finds nothing for a French reader")
	}
	if ids := idsOf(index.find(locale.English, "titulaire")); len(ids) == 0 {
		t.Error("titulaire finds nothing for an English reader")
	}
}

func TestPassagesGiveBackTheTextTheyWereCutFrom(t *testing.T) {
	t.Parallel()
	index := readIndex(t)
	for _, query := range []string{"sauvegarde", "délai jours", "e"} {
		for _, c := range index.find(locale.French, query).Clauses {
			want := locale.Typography(locale.French, c.Clause.Title.FR)
			if got := joined(c.Title); got != want {
				t.Errorf("%s: %q, want %q", c.Clause.ID, got, want)
			}
			if excerpt := joined(c.Excerpt); !utf8.ValidString(excerpt) || strings.Contains(excerpt, "\n") {
				t.Errorf("%s: excerpt %q", c.Clause.ID, excerpt)
			}
		}
	}
}

func sorted(ids []string) []string {
	slices.Sort(ids)
	return ids
}

func joined(passages []frontend.Passage) string {
	var b strings.Builder
	for _, p := range passages {
		b.WriteString(p.Text)
	}
	return b.String()
}

func BenchmarkLibrarySearch(b *testing.B) {
	index := readIndex(b)
	for b.Loop() {
		index.find(locale.French, "délai de notification des violations de données à l'établissement")
	}
}

func BenchmarkLibrarySearchMiss(b *testing.B) {
	index := readIndex(b)
	for b.Loop() {
		index.find(locale.French, "licorne arc-en-ciel")
	}
}

func BenchmarkLibrarySearchSlip(b *testing.B) {
	index := readIndex(b)
	for b.Loop() {
		index.find(locale.French, "délai de notifcation des violtions de données à l'établisement")
	}
}
