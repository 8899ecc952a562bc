package locale_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/locale"
)

type inBoth struct{ French, English string }

func TestNumberGroupsThousandsAndKeepsDecimals(t *testing.T) {
	t.Parallel()
	fr, en := printer(t, locale.French), printer(t, locale.English)
	for given, want := range map[string]inBoth{
		"0":           {"0", "0"},
		"007":         {"7", "7"},
		"99.95":       {"99,95", "99.95"},
		"99.50":       {"99,50", "99.50"},
		"1234":        {"1_234", "1,234"},
		"-1234567.8":  {"-1_234_567,8", "-1,234,567.8"},
		"1e3":         {"1e3", "1e3"},
		"12.":         {"12.", "12."},
		"":            {"", ""},
		"jamais":      {"jamais", "jamais"},
		"12345678901": {"12_345_678_901", "12,345,678,901"},
	} {
		if diff := cmp.Diff(want, inBoth{shown(fr.Number(given)), en.Number(given)}); diff != "" {
			t.Errorf("%q:\n%s", given, diff)
		}
	}
}

func TestQuantityWritesWordsAndFiguresAndShortOnlyFigures(t *testing.T) {
	t.Parallel()
	type written struct{ French, English, ShortFrench, ShortEnglish string }
	fr, en := printer(t, locale.French), printer(t, locale.English)
	for given, want := range map[[2]string]written{
		{"days", "10"}:          {"dix (10)~jours", "ten (10)~days", "10~jours", "10~days"},
		{"days", "0"}:           {"zéro (0)~jour", "zero (0)~days", "0~jour", "0~days"},
		{"days", "1"}:           {"un (1)~jour", "one (1)~day", "1~jour", "1~day"},
		{"days", "1.5"}:         {"1,5~jour", "1.5~days", "1,5~jour", "1.5~days"},
		{"days", "1000000"}:     {"1_000_000~jours", "1,000,000~days", "1_000_000~jours", "1,000,000~days"},
		{"hours", "1"}:          {"une (1)~heure", "one (1)~hour", "1~heure", "1~hour"},
		{"hours", "21"}:         {"vingt et une (21)~heures", "twenty-one (21)~hours", "21~heures", "21~hours"},
		{"months", "1"}:         {"un (1)~mois", "one (1)~month", "1~mois", "1~month"},
		{"characters", "12"}:    {"douze (12)~caractères", "twelve (12)~characters", "12~caractères", "12~characters"},
		{"percent", "99.9"}:     {"99,9~%", "99.9%", "99,9~%", "99.9%"},
		{"euros", "1500000"}:    {"1_500_000~euros", "1,500,000~euros", "1_500_000~€", "€1,500,000"},
		{"euros", "1"}:          {"1~euro", "1~euro", "1~€", "€1"},
		{"euros", "-1500.5"}:    {"-1_500,50~euros", "-1,500.50~euros", "-1_500,50~€", "-€1,500.50"},
		{"Mbit/s", "2000"}:      {"2_000~Mbit/s", "2,000~Mbit/s", "2_000~Mbit/s", "2,000~Mbit/s"},
		{"", "1.2"}:             {"1,2", "1.2", "1,2", "1.2"},
		{"days", "à convenir"}:  {"à convenir", "à convenir", "à convenir", "à convenir"},
		{"percent", "inconnue"}: {"inconnue", "inconnue", "inconnue", "inconnue"},
		{"euros", "néant"}:      {"néant", "néant", "néant", "néant"},
	} {
		unit, decimal := given[0], given[1]
		got := written{
			shown(fr.Quantity(unit, decimal)), shown(en.Quantity(unit, decimal)),
			shown(fr.Short(unit, decimal)), shown(en.Short(unit, decimal)),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", decimal, unit, diff)
		}
	}
}

func TestQuantityOfTakesUnitsAlreadyInWords(t *testing.T) {
	t.Parallel()
	fr, en := printer(t, locale.French), printer(t, locale.English)
	got := []string{
		shown(fr.QuantityOf("1", "copie", "copies", true)), shown(fr.QuantityOf("31", "copie", "copies", true)),
		shown(fr.QuantityOf("1", "exercice", "exercices", false)), shown(en.QuantityOf("0", "copy", "copies", true)),
	}
	want := []string{"une (1)~copie", "trente et une (31)~copies", "un (1)~exercice", "zero (0)~copies"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSizeRoundsToAFigureAPersonReads(t *testing.T) {
	t.Parallel()
	fr, en := printer(t, locale.French), printer(t, locale.English)
	for bytes, want := range map[int64]inBoth{
		0: {"0~o", "0~B"}, 1023: {"1_023~o", "1,023~B"}, 1024: {"1~Ko", "1~KB"}, 1536: {"1,5~Ko", "1.5~KB"},
		50 << 20: {"50~Mo", "50~MB"}, 1<<30 + 1<<29: {"1,5~Go", "1.5~GB"}, 5 << 40: {"5_120~Go", "5,120~GB"},
	} {
		if diff := cmp.Diff(want, inBoth{shown(fr.Size(bytes)), shown(en.Size(bytes))}); diff != "" {
			t.Errorf("%d:\n%s", bytes, diff)
		}
	}
}
