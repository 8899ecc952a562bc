package locale_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

func TestParseAndMatchLanguage(t *testing.T) {
	t.Parallel()
	type parsed struct {
		Language locale.Language
		OK       bool
	}
	for code, want := range map[string]parsed{
		"fr": {locale.French, true}, "FR-ca": {locale.French, true}, "en_GB": {locale.English, true},
		"de": {locale.French, false}, "": {locale.French, false}, "english": {locale.French, false},
	} {
		l, ok := locale.ParseLanguage(code)
		if diff := cmp.Diff(want, parsed{l, ok}); diff != "" {
			t.Errorf("%q:\n%s", code, diff)
		}
	}
	for header, want := range map[string]locale.Language{
		"": locale.French, "de, en-US;q=0.7, fr;q=0.3": locale.English, "fr;q=0.9, en;q=0.8": locale.French,
		"en": locale.English, "zh": locale.French, ";;;": locale.French,
	} {
		if got := locale.MatchLanguage(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestErrorSaysTheFaultOrItsKindAndNeverTheCause(t *testing.T) {
	t.Parallel()
	p := printer(t, locale.English)
	secret := errors.New("dial 10.0.0.1: secret")
	for _, test := range []struct {
		given error
		want  string
	}{
		{nil, ""},
		{fmt.Errorf("read: %w", fault.NewConflict("store.changed").Because(secret)), p.T("error.store.changed")},
		{fault.NewNotFound("no.such.key"), p.T("error.not-found")},
		{&fault.Error{Kind: "odd", Key: "odd"}, p.T("error.unexpected")},
		{secret, p.T("error.unexpected")},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), p.T("error.too-long")},
		{fault.Problems{{File: "a.yaml", Line: 2, Key: "x"}, {Field: "b", Key: "store.taken"}},
			"a.yaml:2: " + p.T("error.invalid") + "\nb: " + p.T("error.store.taken")},
	} {
		if diff := cmp.Diff(test.want, p.Error(test.given)); diff != "" {
			t.Errorf("%v:\n%s", test.given, diff)
		}
	}
}

func TestProblemShowsOnlyThePlaceItHas(t *testing.T) {
	t.Parallel()
	p := printer(t, locale.French)
	said := p.T("error.invalid")
	for want, problem := range map[string]fault.Problem{
		"a.yaml:3:7: parties.siren: " + said: {File: "a.yaml", Line: 3, Column: 7, Field: "parties.siren", Key: "x"},
		"a.yaml:3: " + said:                  {File: "a.yaml", Line: 3, Key: "x"},
		"a.yaml: titre: " + said:             {File: "a.yaml", Column: 7, Field: "titre", Key: "x"},
		"3:7: " + said:                       {Line: 3, Column: 7, Key: "x"},
		"titre: " + said:                     {Field: "titre", Key: "x"},
		said:                                 {Key: "x"},
	} {
		if diff := cmp.Diff(want, p.Problem(problem)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestListJoinsAsASentenceDoes(t *testing.T) {
	t.Parallel()
	fr, en := printer(t, locale.French), printer(t, locale.English)
	got := []string{fr.List(nil), fr.List([]string{"a"}), fr.List([]string{"a", "b"}), en.List([]string{"a", "b", "c"})}
	if diff := cmp.Diff([]string{"", "a", "a et b", "a, b and c"}, got); diff != "" {
		t.Error(diff)
	}
}
