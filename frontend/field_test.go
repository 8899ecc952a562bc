package frontend

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

func TestErrorsOfSaysEachProblemBesideItsField(t *testing.T) {
	t.Parallel()
	p := galleryView(t, locale.English).Printer
	missing := p.T("error.not-found")
	cases := map[string]struct {
		err  error
		want Errors
	}{
		"nothing wrong": {nil, nil},
		"a fault":       {fault.NewNotFound("nowhere").At("supplier"), Errors{{"supplier", missing}}},
		"problems": {
			fault.Problems{{File: "form", Line: 3, Field: "start", Key: "a"}, {Field: "end", Key: "b"}},
			Errors{{"start", p.T("error.invalid")}, {"end", p.T("error.invalid")}},
		},
		"no fault": {errors.New("disk full"), Errors{{"", p.T("error.unexpected")}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ErrorsOf(p, c.err)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFieldIDsStandInASelector(t *testing.T) {
	t.Parallel()
	names := map[string]string{"mail": "f-mail", "framing.needs[0].level": "f-framing-needs-0-level", "value:PAT_02": "f-value-PAT-02"}
	for name, want := range names {
		if got := (Field{Name: name}).ID(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
