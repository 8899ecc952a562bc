package prose_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

const (
	fr = locale.French
	en = locale.English
)

func entry(id string) prose.Entry {
	return prose.Entry{ID: id, Place: func(key string, args ...any) fault.Problem { return fault.Problem{Field: id, Key: key, Args: args} }}
}

// judged gives what every rule finds in a text, each as "rule: value".
func judged(l locale.Language, text string) []string {
	var out []string
	for _, sentence := range prose.Split(text) {
		for _, j := range entry("X").Judge(l, sentence, prose.Long, prose.Vague, prose.NoPeriod, prose.NoLimit, prose.Passive, prose.Figure) {
			out = append(out, fmt.Sprintf("%s: %s", j.Rule, j.Value))
		}
	}
	return out
}

func TestEachRuleFindsWhatBreaksItAndNothingElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		strings.Repeat("mot ", 45) + "fin.":                                                               {"sentence-long: mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot…"},
		strings.Repeat("l'accès ", 45) + ".":                                                              nil,
		"Le titulaire prend une mesure raisonnable et notamment adéquate.":                                {"vague: raisonnable", "vague: adéquate", "vague: notamment"},
		"Le titulaire teste régulièrement ses sauvegardes.":                                               {"no-period: régulièrement"},
		"Le titulaire teste régulièrement ses sauvegardes, au moins une fois par mois.":                   nil,
		"Le titulaire revoit les droits de façon périodique, sous {delai_revue_jours}.":                   nil,
		"Il en informe l'établissement dans les meilleurs délais.":                                        {"no-limit: dans les meilleurs délais"},
		"Il en informe l'établissement sans délai et au plus tard le jour ouvré suivant.":                 nil,
		"Les données sont chiffrées au repos.":                                                            {"passive: sont chiffrées"},
		"Les données ne sont jamais ensuite transmises à un tiers.":                                       {"passive: sont jamais ensuite transmises"},
		"Les comptes doivent être retirés.":                                                               {"passive: être retirés"},
		"Les accès sont revus par écrit chaque année.":                                                    {"passive: sont revus"},
		"Les données sont chiffrées par le titulaire.":                                                    nil,
		"Lorsque la vulnérabilité est exploitée, le titulaire la corrige.":                                nil,
		"Le titulaire retire un accès qui est resté ouvert ; il est tenu d'en rendre compte.":             nil,
		"Le titulaire répond en 15 jours, puis en trente jours.":                                          {"figure: trente jours", "figure: 15"},
		"Un score CVSS au moins égal à 9,0, corrigé en 3 jours.":                                          {"figure: 3"},
		"Selon l'article 28, paragraphe 3, du règlement (UE) 2016/679 et l'article R. 1111-11 du code.":   nil,
		"Une norme : ISO/IEC 27001:2022, IEC 81001-5-1, TLS 1.2, AES-256, NIST SP 800-88, IPv6, SHA-256.": nil,
		"La déclaration MDS2 (ANSI/NEMA HN 1-2019) et les objectifs 4.1 : un à la fois.":                  {"figure: 4.1"},
		"Le titulaire n'emploie que {version_tls_min}. Il garde une trace. Il en rend compte au comité.":  nil,
	} {
		if diff := cmp.Diff(want, judged(fr, text)); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
	for text, want := range map[string][]string{
		"The supplier shall regularly test its backups.":                      {"no-period: regularly"},
		"The supplier shall regularly test its backups, at least each month.": nil,
		"It shall answer without delay, and reasonably.":                      {"vague: reasonably", "no-limit: without delay"},
		"It shall answer without delay and no later than the next day.":       nil,
		"Data are encrypted at rest within thirty days.":                      {"figure: thirty days"}, // the passive is French alone
		"Under Article 28(3) and Articles 28 and 32 of the regulation.":       nil,
	} {
		if diff := cmp.Diff(want, judged(en, text)); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

func TestSentencesAreCutAtStopsAndListEntriesAndNotAtAbbreviations(t *testing.T) {
	t.Parallel()
	blocks, err := content.Markdown(locale.Typography(fr, "Selon l'art. R. 1111-11, il **agit**. Il remet :\n\n- le plan ;\n- {delai}. Puis le reste.\n\nEst-ce tout ? Oui."))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range prose.Sentences(blocks) {
		got = append(got, s.Text)
	}
	want := []string{"Selon l'art. R. 1111-11, il agit.", "Il remet :", "le plan ;", "{delai}.", "Puis le reste.", "Est-ce tout ?", "Oui."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTwinsAreFoundAcrossEntriesInOneLanguage(t *testing.T) {
	t.Parallel()
	var twins prose.Twins
	var got []string
	for _, said := range []struct {
		language locale.Language
		id, text string
	}{
		{fr, "A", "L'intervalle entre deux réunions n'excède pas {periodicite_mois} à compter du contrat."},
		{fr, "A", "L'intervalle entre deux réunions n'excède pas {periodicite_mois} à compter du contrat."}, // an entry may repeat itself
		{en, "B", "L'intervalle entre deux réunions n'excède pas {periodicite_mois} à compter du contrat."}, // another language
		{fr, "B", "L'intervalle entre deux révisions n'excède pas {autre_mois} à compter du contrat."},
		{fr, "C", "L'intervalle entre deux révisions n'a rien à voir avec ce que dit le contrat ailleurs."},
		{fr, "D", "Il en informe l'établissement."}, // too short to be anybody's own
		{fr, "E", "Il en informe l'établissement."},
	} {
		for _, j := range twins.Compare(said.language, entry(said.id), prose.Split(said.text)[0]) {
			got = append(got, fmt.Sprint(j.Rule, j.IDs))
		}
	}
	if diff := cmp.Diff([]string{"near-duplicate[B A]"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheAllowListOverrulesByWordOrSentenceAndNamesWhatIsStale(t *testing.T) {
	t.Parallel()
	list, err := prose.ReadAllowList("allow.yaml", []byte(`allow:
  - {rule: vague, id: A, text: Raisonnable, why: "le mot de la loi"}
  - {rule: figure, id: A, text: 12 janvier 2027, why: "la date de la loi"}
  - {rule: vague, id: B, text: raisonnable, why: "une autre clause"}
  - {rule: vague, id: A, text: notamment, why: "plus rien"}
`))
	if err != nil {
		t.Fatal(err)
	}
	var judgements []prose.Judgement
	for _, sentence := range prose.Split("Un prix raisonnable jusqu'au 12 janvier 2027. Le titulaire répond en 30 jours.") {
		judgements = append(judgements, entry("A").Judge(fr, sentence, prose.Vague, prose.Figure)...)
	}
	left, stale := list.Apply(judgements)
	var got []string
	for _, j := range left {
		got = append(got, fmt.Sprintf("%s %s %s", j.Rule, j.Value, j.Key))
	}
	for _, p := range stale {
		got = append(got, fmt.Sprintf("%s:%d %s %v", p.File, p.Line, p.Key, p.Args))
	}
	want := []string{
		"figure 30 lint.figure",
		"allow.yaml:4 lint.allow-unused [rule vague id B]",
		"allow.yaml:5 lint.allow-unused [rule vague id A]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnAllowListNamesARuleAndAReason(t *testing.T) {
	t.Parallel()
	_, err := prose.ReadAllowList("allow.yaml", []byte("allow:\n  - {rule: taste, id: A, text: x}\n"))
	problems, _ := err.(fault.Problems)
	var got []string
	for _, p := range problems {
		got = append(got, p.Field+" "+p.Key)
	}
	if diff := cmp.Diff([]string{"allow[0].rule yaml.not-allowed", "allow[0].why yaml.required"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryRuleHasItsWords(t *testing.T) {
	t.Parallel()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for rule := range slices.Values(prose.Rule("").Choices()) {
		if !words.In(fr).Has("error.lint." + rule) {
			t.Errorf("the rule %s has no words", rule)
		}
	}
}
