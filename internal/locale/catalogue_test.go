package locale

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// catalogueOf loads messages written for a test.
func catalogueOf(t testing.TB, french, english string) *Catalogue {
	t.Helper()
	c, err := load(fstest.MapFS{"fr/page.yaml": {Data: []byte(french)}, "en/page.yaml": {Data: []byte(english)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type bilingual struct{}

func (bilingual) In(l Language) string { return "in " + string(l) }

func TestPlainMessagesArgumentsAndUnknownKeys(t *testing.T) {
	t.Parallel()
	p := catalogueOf(t, `
plain: "L'annexe : prête"
greeting: "{{.who}}, {{.what}} et {{.who}}"
role: acheteur
`, "plain: ready").In(French)
	for _, test := range []struct{ got, want string }{
		{p.T("plain"), "L’annexe\u00a0: prête"},
		{p.T("absent.key", "a", 1), "absent.key"},
		{p.T("greeting", "who", "Ana", "what", "{{.who}}"), "Ana, {{.who}} et Ana"},
		{p.T("greeting", "who", "Ana"), "Ana, ‹what› et Ana"},
		{p.T("greeting", "what", 12345, "who", []string{"a", "b"}), "a, b, 12\u202f345 et a, b"},
		{p.T("greeting", "what", Key("role"), "who", bilingual{}), "in fr, acheteur et in fr"},
		{p.T("greeting", "what", int64(7), "who", true, "odd"), "true, 7 et true"},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Error(diff)
		}
	}
	if !p.Has("plain") || p.Has("absent") || catalogueOf(t, "a: b", "a: b").In("de").Language() != French {
		t.Error("Has or the default language is wrong")
	}
}

func TestPluralsFollowEachLanguagesRules(t *testing.T) {
	t.Parallel()
	c := catalogueOf(t,
		`n: {one: "{{.count}} jour", many: "{{.count}} de jours", other: "{{.count}} jours"}`,
		`n: {one: "{{.count}} day", other: "{{.count}} days"}`)
	got := map[string]string{}
	for _, count := range []any{0, 1, 2, 1000, 1_000_000, int64(1), uint8(2), "1.5", "1,5", 2.5} {
		for _, l := range Languages() {
			got[fmt.Sprintf("%s %v", l, count)] = strings.ReplaceAll(c.In(l).T("n", "count", count), "\u202f", " ")
		}
	}
	want := map[string]string{
		"fr 0": "0 jour", "fr 1": "1 jour", "fr 2": "2 jours", "fr 1000": "1 000 jours",
		"fr 1000000": "1 000 000 de jours", "fr 1.5": "1.5 jour", "fr 1,5": "1,5 jours", "fr 2.5": "2.5 jours",
		"en 0": "0 days", "en 1": "1 day", "en 2": "2 days", "en 1000": "1,000 days", "en 1000000": "1,000,000 days",
		"en 1.5": "1.5 days", "en 1,5": "1,5 days", "en 2.5": "2.5 days",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLoadRefusesFilesThatWouldShowWrongWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ french, second, says string }{
		"a key in two files":      {"a: b", "a: c", "fr/z.yaml: key a is already in fr/page.yaml"},
		"a key twice in a file":   {"a: b\na: c", "z: z", "fr/page.yaml"},
		"a missing plural form":   {"a: {one: x, other: y}", "z: z", "one, many (in French) and other"},
		"an unknown plural form":  {"a: {one: x, few: y, many: y, other: y}", "z: z", "few"},
		"nested keys":             {"a: {b: {c: d}}", "z: z", "plural form b"},
		"a number":                {"a: 12", "z: z", "quote it"},
		"an empty text":           {"a: ''", "z: z", "empty"},
		"a list":                  {"a: [x]", "z: z", "not a text"},
		"a template action":       {`a: "{{if .x}}y{{end}}"`, "z: z", "not {{.name}}"},
		"an unclosed placeholder": {`a: "{{.x"`, "z: z", "not {{.name}}"},
		"broken YAML":             {"a: [", "z: z", "fr/page.yaml"},
	} {
		_, err := load(fstest.MapFS{"fr/page.yaml": {Data: []byte(test.french)}, "fr/z.yaml": {Data: []byte(test.second)}})
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: error %v does not say %q", name, err, test.says)
		}
	}
}

func BenchmarkPageOfFiveHundredStrings(b *testing.B) {
	c := catalogueOf(b, `
plain: Prestataires
counted: {one: "{{.count}} prestation", many: "{{.count}} de prestations", other: "{{.count}} prestations"}
named: "{{.who}} suit {{.what}}"
`, "plain: x")
	p := c.In(French)
	b.ReportAllocs()
	for b.Loop() {
		for range 400 {
			p.T("plain")
		}
		for i := range 50 {
			p.T("counted", "count", i)
			p.T("named", "who", "Ana", "what", "le dossier")
		}
	}
}
