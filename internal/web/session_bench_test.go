package web

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

// BenchmarkPageSignedIn measures what a session adds to a page that anybody may read: the same page with and without one,
// turn by turn in one run. ratio is the median with, divided by the median without.
func BenchmarkPageSignedIn(b *testing.B) {
	for _, path := range []string{"/library", "/library/families/PAT", "/library/clauses/PAT-02"} {
		b.Run(path[1:], func(b *testing.B) { benchmarkPage(b, path) })
	}
}

func benchmarkPage(b *testing.B, path string) {
	g := newGarant(b)
	visitor, reader := g.browser(), g.browser()
	visitor.lookAround()
	ask := func(who *browser) time.Duration {
		request := httptest.NewRequest("GET", path, nil)
		for _, cookie := range who.cookies {
			request.AddCookie(cookie)
		}
		start := time.Now()
		response, err := g.app.Test(request, -1)
		took := time.Since(start)
		if err != nil || response.StatusCode != 200 {
			b.Fatalf("%v, %v", response, err)
		}
		return took
	}
	var with, without []time.Duration
	for b.Loop() {
		without = append(without, ask(reader))
		with = append(with, ask(visitor))
	}
	slices.Sort(with)
	slices.Sort(without)
	b.ReportMetric(float64(with[len(with)/2].Microseconds()), "with-µs")
	b.ReportMetric(float64(without[len(without)/2].Microseconds()), "without-µs")
	b.ReportMetric(float64(with[len(with)/2])/float64(without[len(without)/2]), "ratio")
}
