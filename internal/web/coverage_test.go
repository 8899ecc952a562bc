package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCoverageIsReadWithoutSigningIn(t *testing.T) {
	t.Parallel()
	s := readingRoom(t)
	page := reading{Status: 200, Whole: true, Says: true}
	for path, says := range map[string]string{
		"/library": `href="/library/coverage"`, "/library/coverage": `href="/library/coverage/css"`, "/library/coverage/css": `id="O-12.2.5.3"`,
		"/library/coverage/rgpd-28": `id="RGPD-28-3-h"`, "/library/coverage/hds-r1111-11": `id="CSP-R1111-11-14"`,
		"/library/coverage/nis2-21-2": `id="NIS2-21-2-j"`, "/library/coverage/recyf-3b": `id="RECYF-3.B.2"`,
	} {
		if diff := cmp.Diff(page, readPage(t, s, path, says)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	if diff := cmp.Diff(page, readPage(t, s, "/library/coverage", "118 of 118", "Accept-Language", "en")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(reading{Status: 404, Whole: true, Says: true}, readPage(t, s, "/library/coverage/iso", "Aucun référentiel ne porte le nom iso")); diff != "" {
		t.Error(diff)
	}
}
