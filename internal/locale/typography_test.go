package locale_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/garant-sante/garant/internal/locale"
)

// shown makes the special spaces of a text visible: ~ no-break, _ narrow no-break.
func shown(s string) string {
	return strings.NewReplacer("\u00a0", "~", "\u202f", "_").Replace(s)
}

func TestTypographySetsFrenchSpacesApostrophesAndQuotes(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                                   "",
		"Rien à changer.":                    "Rien à changer.",
		"Attention : lisez ceci":             "Attention~: lisez ceci",
		"Attention: lisez ceci":              "Attention~: lisez ceci",
		"Nom:":                               "Nom~:",
		"Vraiment ?":                         "Vraiment_?",
		"Vraiment?!":                         "Vraiment_?!",
		"un ; deux; trois":                   "un_; deux_; trois",
		"Bravo !":                            "Bravo_!",
		"Bravo\u00a0!":                       "Bravo_!",
		"la mention (?)":                     "la mention (?)",
		"la mention « ? »":                   "la mention «~?~»",
		"«oui» et « non »":                   "«~oui~» et «~non~»",
		`le mot "oui" seul`:                  "le mot «~oui~» seul",
		`« le mot "oui" seul »`:              "«~le mot “oui” seul~»",
		`un écran de 15" seul`:               `un écran de 15" seul`,
		`id="x" ou y="z"`:                    `id="x" ou y="z"`,
		"l'établissement, aujourd'hui":       "l’établissement, aujourd’hui",
		"l'« annexe », l'{variable}":         "l’«~annexe~», l’{variable}",
		"l'{{.name}} : fini":                 "l’{{.name}}~: fini",
		"{{.pct}} % et 99,9 % et 5%":         "{{.pct}}~% et 99,9~% et 5~%",
		"1 500 € par mois":                   "1 500~€ par mois",
		"article n° 5 et no 6":               "article n°~5 et no 6",
		"de 12:30 à 14:00":                   "de 12:30 à 14:00",
		"À 12:30 : fin":                      "À 12:30~: fin",
		"CVE-2024-3094 : corrigée":           "CVE-2024-3094~: corrigée",
		"HDS:2024 et a;b":                    "HDS:2024 et a;b",
		"https://a.example/?q=1;b':c voilà?": "https://a.example/?q=1;b':c voilà_?",
		"(https://a.example/?) :":            "(https://a.example/?)~:",
		"écrivez à o'neil@a.example ; merci": "écrivez à o'neil@a.example_; merci",
		"le champ `titre: l'un` : vide":      "le champ `titre: l'un`~: vide",
		"option --language : fr":             "option --language~: fr",
		"caf&eacute; et &#39; et R&D; bon":   "caf&eacute; et &#39; et R&D; bon",
		"fin\n? et :":                        "fin\n? et~:",
		" : suite":                           "~: suite",
		": en tête":                          ": en tête",
		"**Attention:** lisez":               "**Attention~:** lisez",
		"'cité' et 'un'":                     "'cité' et 'un'",
	} {
		if diff := cmp.Diff(want, shown(locale.Typography(locale.French, given))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", given, diff)
		}
	}
}

func TestTypographyCurlsEnglishQuotesAndKeepsItsSpaces(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`the supplier's "duty": why?`: "the supplier’s “duty”: why?",
		"the suppliers' duties":       "the suppliers’ duties",
		"a 'quoted' word":             "a ‘quoted’ word",
		`a 15" screen`:                `a 15" screen`,
		"99.9% at 12:30":              "99.9% at 12:30",
		"https://a.example/it's":      "https://a.example/it's",
		"run `it's`":                  "run `it's`",
	} {
		if diff := cmp.Diff(want, locale.Typography(locale.English, given)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", given, diff)
		}
	}
}

func TestTypographyTwiceIsTypographyOnce(t *testing.T) {
	t.Parallel()
	alphabet := []rune("ab é1 '\":;?!«»%€°n`{}&@/.\n-(“”’‘*\u00a0\u202f")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 24, -1).Draw(t, "text")
		l := rapid.SampledFrom(locale.Languages()).Draw(t, "language")
		once := locale.Typography(l, s)
		if twice := locale.Typography(l, once); twice != once {
			t.Fatalf("%q → %q → %q", s, shown(once), shown(twice))
		}
	})
}

func TestFoldGivesOneKeyForCaseAccentsLigaturesAndSpaces(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                           "",
		"Élan  Santé ":               "elan sante",
		"CŒUR":                       "coeur",
		"L’Hôpital\u00a0d'Æsculape":  "l'hopital d'aesculape",
		"Łódź, Straße, Ørsted":       "lodz, strasse, orsted",
		"e\u0301lan":                 "elan",
		"\u202fnumérique \tet santé": "numerique et sante",
	} {
		if diff := cmp.Diff(want, locale.Fold(given)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", given, diff)
		}
	}
}
