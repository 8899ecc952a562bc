package locale_test

import (
	"testing"

	"github.com/garant-sante/garant/internal/locale"
)

func TestElideCutsDeAndQueBeforeUnOnly(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		language            locale.Language
		before, value, want string
	}{
		{locale.French, "dans un délai de ", "une (1) heure", "dans un délai d’"},
		{locale.French, "Plus que ", "un (1) mois", "Plus qu’"},
		{locale.French, "jusque ", "un (1) an", "jusqu’"},
		{locale.French, "de\u00a0", "un (1) mois", "d’"},
		{locale.French, "De ", "un (1) mois", "D’"},
		{locale.French, "un délai de ", "onze (11) jours", "un délai de "},
		{locale.French, "un délai de ", "unité", "un délai de "},
		{locale.French, "le code ", "une (1) heure", "le code "},
		{locale.French, "sous ", "une (1) heure", "sous "},
		{locale.English, "within de ", "une (1) heure", "within de "},
	} {
		if got := locale.Elide(test.language, test.before, test.value); got != test.want {
			t.Errorf("Elide(%s, %q, %q) = %q, want %q", test.language, test.before, test.value, got, test.want)
		}
	}
}
