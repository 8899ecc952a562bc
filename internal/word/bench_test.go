package word

import (
	"archive/zip"
	"io"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// BenchmarkRender/annex makes the annex of 30 articles; flate-only deflates the parts of that same file, at the same
// level, and does nothing else: what no program can do without.
func BenchmarkRender(b *testing.B) {
	doc := sample(30)
	b.Run("annex", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Render(doc, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("own-template", func(b *testing.B) {
		template := plainWordTemplate(b)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Render(doc, template); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("flate-only", func(b *testing.B) {
		parts := deflatedParts(b, doc)
		b.ReportAllocs()
		for b.Loop() {
			archive := zip.NewWriter(io.Discard) // archive/zip keeps its compressors, as Render's does
			for _, p := range parts {
				if err := writePart(archive, p.name, []byte(p.content)); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("check-template", func(b *testing.B) {
		template := plainWordTemplate(b)
		b.ReportAllocs()
		for b.Loop() {
			if err := CheckTemplate(template, allowedNames, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		data, err := Render(doc, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Read(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func deflatedParts(tb testing.TB, doc Document) []part {
	data, err := Render(doc, nil)
	if err != nil {
		tb.Fatal(err)
	}
	var parts []part
	rewrite(tb, data, func(name, content string) (string, string) {
		parts = append(parts, part{name, content})
		return name, content
	})
	return parts
}

// BenchmarkRenderTogether makes 200 annexes at once and reports the median and the slowest hundredth.
func BenchmarkRenderTogether(b *testing.B) {
	doc := sample(30)
	var took []time.Duration
	for b.Loop() {
		took = slices.Concat(took, together(b, doc, 200))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

func together(tb testing.TB, doc Document, n int) []time.Duration {
	took := make([]time.Duration, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			begun := time.Now()
			if _, err := Render(doc, nil); err != nil {
				tb.Error(err)
			}
			took[i] = time.Since(begun)
		})
	}
	close(start)
	group.Wait()
	return took
}

// This runs alone, so that what it measures is its own.
func TestARenderingAllocatesUnderEightMebibytes(t *testing.T) {
	doc := sample(30)
	doc.Logo = logo(t)
	for name, template := range map[string][]byte{"default": nil, "a structure's": plainWordTemplate(t)} {
		render(t, doc, template) // the first one makes the embedded template ready
		const times = 5
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range times {
			render(t, doc, template)
		}
		runtime.ReadMemStats(&after)
		if bytes := (after.TotalAlloc - before.TotalAlloc) / times; bytes > 8<<20 {
			t.Errorf("%s: %d bytes a rendering", name, bytes)
		}
	}
}
