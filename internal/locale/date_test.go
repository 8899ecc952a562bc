package locale_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/locale"
)

func TestDatesAreWrittenAsEachLanguageWritesThem(t *testing.T) {
	t.Parallel()
	type written struct{ Date, HTML, Short string }
	fr, en := printer(t, locale.French), printer(t, locale.English)
	say := func(p locale.Printer, month time.Month, day int) written {
		return written{
			shown(p.Date(2027, month, day)), shown(p.DateHTML(2027, month, day)), shown(p.ShortDate(2027, month, day)),
		}
	}
	got := []written{say(fr, 1, 1), say(fr, 8, 15), say(en, 1, 1), say(en, 8, 15), say(fr, 13, 1)}
	want := []written{
		{"1er~janvier 2027", "1<sup>er</sup>~janvier 2027", "1er~janv.~2027"},
		{"15~août 2027", "15~août 2027", "15~août~2027"},
		{"1~January 2027", "1~January 2027", "1~Jan~2027"},
		{"15~August 2027", "15~August 2027", "15~Aug~2027"},
		{"2027-13-01", "2027-13-01", "2027-13-01"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestInstantsAreShownInTheirZone(t *testing.T) {
	t.Parallel()
	reunion := time.FixedZone("Indian/Reunion", 4*3600)
	at := time.Date(2027, 1, 14, 22, 5, 0, 0, time.UTC)
	fr, en := printer(t, locale.French), printer(t, locale.English)
	got := []inBoth{
		{shown(fr.DateTime(at, reunion)), shown(en.DateTime(at, reunion))},
		{shown(fr.DateTime(at, nil)), shown(en.DateTime(at, nil))},
	}
	want := []inBoth{
		{"15~janvier 2027 à 2~h~05", "15~January 2027 at 02:05"},
		{"14~janvier 2027 à 22~h~05", "14~January 2027 at 22:05"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAgoSaysHowLongAndThenTheDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 10, 15, 0, 0, 0, time.UTC)
	fr, en := printer(t, locale.French), printer(t, locale.English)
	for apart, want := range map[time.Duration]inBoth{
		0:                    {"à l’instant", "just now"},
		-30 * time.Second:    {"à l’instant", "just now"},
		-time.Minute:         {"il y a une minute", "a minute ago"},
		-12 * time.Minute:    {"il y a 12 minutes", "12 minutes ago"},
		-time.Hour:           {"il y a une heure", "an hour ago"},
		-14 * time.Hour:      {"il y a 14 heures", "14 hours ago"},
		-16 * time.Hour:      {"hier", "yesterday"},
		-38 * time.Hour:      {"hier", "yesterday"},
		-5 * 24 * time.Hour:  {"il y a 5 jours", "5 days ago"},
		-60 * 24 * time.Hour: {"le 9~janvier 2027", "on 9~January 2027"},
		2 * time.Minute:      {"dans 2 minutes", "in 2 minutes"},
		3 * time.Hour:        {"dans 3 heures", "in 3 hours"},
		12 * time.Hour:       {"demain", "tomorrow"},
		72 * time.Hour:       {"dans 3 jours", "in 3 days"},
	} {
		at := now.Add(apart)
		got := inBoth{shown(fr.Ago(at, now, time.UTC)), shown(en.Ago(at, now, time.UTC))}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v:\n%s", apart, diff)
		}
	}
}
