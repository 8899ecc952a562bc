package annex_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/word"
)

// deflateLevel is the one archive/zip compresses at.
const deflateLevel = 5

// wholeAnnex is the annex of every clause that is written.
func wholeAnnex(tb testing.TB) *annex.Document {
	tb.Helper()
	in := cardiac(tb)
	in.Clauses = annex.Selection{Base: annex.FromNothing}
	for _, c := range composer().Library.Clauses() {
		if !c.Draft {
			in.Clauses.Add = append(in.Clauses.Add, c.ID)
		}
	}
	return compose(tb, in)
}

func render(tb testing.TB, d *annex.Document) []byte {
	data, err := d.Word(composer().Words.In(locale.French), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// BenchmarkAnnex makes the Word file of the annex of every written clause. times-flate is its cost in times what
// compress/flate alone needs for the same parts at the same level, the two measured in turn.
func BenchmarkAnnex(b *testing.B) {
	d := wholeAnnex(b)
	parts := parts(b, render(b, d))
	var own, flateOnly []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		render(b, d)
		own = append(own, time.Since(start))
		b.StopTimer()
		flateOnly = append(flateOnly, deflate(b, parts))
		b.StartTimer()
	}
	b.ReportMetric(float64(median(own))/float64(median(flateOnly)), "times-flate")
	b.ReportMetric(float64(median(own).Microseconds())/1000, "median-ms")
}

// BenchmarkAnnexAndPeer fills an equivalent template with docxtemplater (bench/peers, which `make bench` installs) and
// gives its cost in times ours.
func BenchmarkAnnexAndPeer(b *testing.B) {
	peer := filepath.Join("..", "..", "bench", "peers")
	if _, err := os.Stat(filepath.Join(peer, "node_modules")); err != nil {
		b.Fatal("run `npm ci` in bench/peers first, as `make bench` does")
	}
	d := wholeAnnex(b)
	dir := b.TempDir()
	template, data := filepath.Join(dir, "template.docx"), filepath.Join(dir, "data.json")
	if err := os.WriteFile(template, peerTemplate(b), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(data, peerData(b, d), 0o600); err != nil {
		b.Fatal(err)
	}
	var ratios, theirs []float64
	for b.Loop() {
		var own []time.Duration
		for range 50 {
			start := time.Now()
			render(b, d)
			own = append(own, time.Since(start))
		}
		out, err := exec.Command("node", filepath.Join(peer, "docx.mjs"), "--template", template, "--data", data, "--runs", "50").Output()
		if err != nil {
			b.Fatal(err)
		}
		var measured struct {
			Median float64 `json:"median_ms"`
		}
		if err := json.Unmarshal(out, &measured); err != nil {
			b.Fatal(err)
		}
		theirs = append(theirs, measured.Median)
		ratios = append(ratios, measured.Median/(float64(median(own).Microseconds())/1000))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "times-faster")
	b.ReportMetric(theirs[len(theirs)/2], "peer-ms")
}

// BenchmarkAnnexDownloads makes 200 annexes at once, composed and rendered, and tells the slowest hundredth in times the
// median.
func BenchmarkAnnexDownloads(b *testing.B) {
	in := cardiac(b)
	var took []time.Duration
	for b.Loop() {
		took = slices.Concat(took, downloads(b, in, 200))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100])/float64(took[len(took)/2]), "p99-times-median")
}

func downloads(tb testing.TB, in annex.Input, n int) []time.Duration {
	took := make([]time.Duration, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			start := time.Now()
			d, err := composer().Compose(in)
			if err != nil {
				tb.Error(err)
				return
			}
			if _, err := d.Word(composer().Words.In(locale.French), nil); err != nil {
				tb.Error(err)
			}
			took[i] = time.Since(start)
		})
	}
	group.Wait()
	return took
}

func median(durations []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(durations))
	return sorted[len(sorted)/2]
}

func deflate(tb testing.TB, parts map[string][]byte) time.Duration {
	start := time.Now()
	w, err := flate.NewWriter(io.Discard, deflateLevel)
	if err != nil {
		tb.Fatal(err)
	}
	for _, part := range parts {
		w.Reset(io.Discard)
		if _, err := w.Write(part); err != nil {
			tb.Fatal(err)
		}
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	return time.Since(start)
}

// parts inflates a Word file.
func parts(tb testing.TB, data []byte) map[string][]byte {
	tb.Helper()
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string][]byte{}
	for _, file := range reader.File {
		r, err := file.Open()
		if err != nil {
			tb.Fatal(err)
		}
		if out[file.Name], err = io.ReadAll(r); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

// peerTemplate is our template with loops of docxtemplater in place of our sections.
func peerTemplate(tb testing.TB) []byte {
	tb.Helper()
	paragraph := func(style, text string) string {
		return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
	}
	loop := func(name, body string) string {
		return paragraph("Normal", "{#"+name+"}") + body + paragraph("Normal", "{/"+name+"}")
	}
	row := func(cells ...string) string {
		out := "<w:tr>"
		for _, cell := range cells {
			out += `<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>` + paragraph("Normal", cell) + "</w:tc>"
		}
		return out + "</w:tr>"
	}
	table := func(rows string) string {
		return `<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/></w:tblPr><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>` + rows + "</w:tbl>"
	}
	body := paragraph("GarantCoverTitle", "{title}") + table(row("{#parties}{name}", "{text}{/parties}")) +
		loop("chapters", paragraph("Heading1", "{title}")+loop("articles", paragraph("Heading2", "{title}")+loop("paragraphs", paragraph("Normal", "{.}"))+
			paragraph("GarantEvidence", "{evidence}")+paragraph("GarantReference", "{references}"))) +
		table(row("{#figures}{article}", "{label}", "{value}", "{clause}{/figures}")) + table(row("{#texts}{cite}", "{title}", "{status}", "{articles}{/texts}"))
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, part := range parts(tb, word.DefaultTemplate("fr-FR")) {
		s := strings.NewReplacer("{{", "{", "}}", "}").Replace(string(part))
		if name == "word/document.xml" {
			head, _, _ := strings.Cut(s, "<w:body>")
			s = head + "<w:body>" + body + s[strings.LastIndex(s, "<w:sectPr>"):]
		}
		w, err := archive.Create(name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(w, s); err != nil {
			tb.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func peerData(tb testing.TB, d *annex.Document) []byte {
	tb.Helper()
	type m = map[string]any
	p := composer().Words.In(locale.French)
	data := m{"title": d.Title, "annex.running": "Annexe", "annex.footer": "Garant", "structure.name": d.Structure.Name, "structure.details": d.Structure.Address}
	var parties, chapters, figures, texts []m
	for _, row := range d.Parties {
		parties = append(parties, m{"name": row.Name, "text": row.Text})
	}
	for _, c := range d.Chapters {
		var articles []m
		for _, a := range c.Articles {
			articles = append(articles, m{"title": a.Title, "paragraphs": strings.Split(content.Plain(a.Blocks), "\n"), "evidence": a.Evidence, "references": a.ReferenceLine(p)})
		}
		chapters = append(chapters, m{"title": c.Title, "articles": articles})
	}
	for _, f := range d.Figures {
		figures = append(figures, m{"article": f.Article, "label": f.Label, "value": f.Value, "clause": f.Clause})
	}
	for _, t := range d.Texts {
		texts = append(texts, m{"cite": t.Cite, "title": t.Title, "status": t.Status, "articles": strings.Join(t.Articles, ", ")})
	}
	data["parties"], data["chapters"], data["figures"], data["texts"] = parties, chapters, figures, texts
	out, err := json.Marshal(data)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}
