package frontend

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/locale"
)

func TestMainNavMarksTheRoomOneIsIn(t *testing.T) {
	t.Parallel()
	p := galleryView(t, locale.French).Printer
	rooms := map[string]string{
		"/services": "/services", "/services/x/annex": "/services", "/services?after=y": "/services", "/library/clauses/PAT-02": "/library",
		"/settings": "/settings", "/": "", "/servicesx": "",
	}
	for path, want := range rooms {
		var marked []string
		for _, item := range MainNav(p, path, false) {
			if item.Current {
				marked = append(marked, item.Href)
			}
		}
		var expected []string
		if want != "" {
			expected = []string{want}
		}
		if diff := cmp.Diff(expected, marked); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestALineOfFactsNeverBeginsWithADot(t *testing.T) {
	t.Parallel()
	if got, want := Dots("brouillon", "", "58 clauses"), "brouillon\u00a0· 58 clauses"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := tied("fait le 12 novembre · critique"), "fait le 12 novembre\u00a0· critique"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
