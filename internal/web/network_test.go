package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/identity"
)

func TestAttemptsAreCountedByTheAddressThatATrustedProxyGives(t *testing.T) {
	t.Parallel()
	g := newGarant(t, func(p *Parts) { p.Options.TrustedProxies = []string{"0.0.0.0", "10.0.0.0/8"} }) // the test's own address
	owner := g.browser()
	owner.createStructure()
	attempt := func(forwarded string) int {
		b := g.browser()
		b.get("/sign-in")
		b.headers = map[string]string{"X-Forwarded-For": forwarded}
		return b.post("/sign-in", "mail", "camille@vallombreuse.example", "password", "mauvais").Status
	}
	var got []int
	for i := range 10 {
		got = append(got, attempt(fmt.Sprintf("203.0.113.%d, 198.51.100.7, 10.0.0.1", i)))
	}
	got = append(got, attempt("192.0.2.1, 198.51.100.7"), attempt("198.51.100.7"), attempt("198.51.100.7, 198.51.100.8"))
	want := make([]int, 13)
	for i := range want {
		want[i] = http.StatusUnprocessableEntity
	}
	want[10], want[11] = http.StatusTooManyRequests, http.StatusTooManyRequests
	same(t, "answers", got, want)
}

func TestAnUntrustedVisitorNamesNoOtherAddress(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	owner := g.browser()
	owner.createStructure()
	var got []int
	for i := range 11 {
		b := g.browser()
		b.get("/sign-in")
		b.headers = map[string]string{"X-Forwarded-For": fmt.Sprintf("203.0.113.%d", i)}
		got = append(got, b.post("/sign-in", "mail", "camille@vallombreuse.example", "password", "mauvais").Status)
	}
	same(t, "the last answer", got[10], http.StatusTooManyRequests)
}

func TestABodyIsRefusedBeforeItCostsAnything(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.get("/sign-in")
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	part := "--XX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + strings.Repeat("x", 8<<20) + "\r\n--XX--\r\n"
	_, err := w.Write([]byte(part))
	must(t, err)
	must(t, w.Close())
	post := func(path, coding string, body []byte) int {
		request := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
		request.Header.Set("Content-Type", "multipart/form-data; boundary=XX")
		if coding != "" {
			request.Header.Set("Content-Encoding", coding)
		}
		return b.send(request).Status
	}
	same(t, "compressed, many parts, a template of a stranger",
		[]int{post("/sign-in", "gzip", bomb.Bytes()), post("/sign-in", "", []byte(part)), post("/settings/template", "", bytes.Repeat([]byte("x"), identity.MaxTemplate/2))},
		[]int{http.StatusUnsupportedMediaType, http.StatusRequestEntityTooLarge, http.StatusRequestEntityTooLarge})
}
