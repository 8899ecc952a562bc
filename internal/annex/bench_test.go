package annex_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
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

// peerTemplate is our template with loops of docxtemplater in place of our sections: the same parts in the same order, contents
// that lead to bookmarks, lists, tables with a head, signatures.
func peerTemplate(tb testing.TB) []byte {
	tb.Helper()
	paragraph := func(style, text string) string {
		return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
	}
	loop := func(name, body string) string {
		return paragraph("Normal", "{#"+name+"}") + body + paragraph("Normal", "{/"+name+"}")
	}
	row := func(cells ...string) string {
		out := "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
		for _, cell := range cells {
			out += `<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>` + paragraph("GarantCell", cell) + "</w:tc>"
		}
		return out + "</w:tr>"
	}
	table := func(rows ...string) string {
		return `<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/></w:tblPr><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>` + strings.Join(rows, "") + "</w:tbl>"
	}
	field := func(code, text string) string {
		return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + code + ` </w:instrText></w:r>` +
			`<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>` + text + `</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
	}
	heading := func(style string) string {
		return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:bookmarkStart w:id="{id}" w:name="{mark}"/><w:r><w:t>{title}</w:t></w:r><w:bookmarkEnd w:id="{id}"/></w:p>`
	}
	entry := `<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:hyperlink w:anchor="{mark}"><w:r><w:t>{title}</w:t></w:r><w:r><w:tab/></w:r>` + field("PAGEREF {mark} \\h", "{page}") + `</w:hyperlink></w:p>`
	item := `<w:p><w:pPr><w:pStyle w:val="GarantBullet"/></w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>`
	prose := loop("blocks", loop("plain", paragraph("Normal", "{text}"))+loop("item", item))
	labelled := `<w:p><w:pPr><w:pStyle w:val="GarantEvidence"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{label} </w:t></w:r><w:r><w:t xml:space="preserve">{evidence}</w:t></w:r></w:p>`
	body := paragraph("GarantCoverTitle", "{title}") + table(row("{#parties}{name}", "{text}{/parties}")) +
		loop("contents", entry) + loop("guide", prose) + loop("definitions", paragraph("Normal", "{term} : {text}")) +
		loop("chapters", heading("Heading1")+loop("articles", heading("Heading2")+prose+labelled+paragraph("GarantReference", "{references}"))) +
		table(row("Article", "Valeur", "Fixée à", "Clause"), row("{#figures}{article}", "{label}", "{value}", "{clause}{/figures}")) +
		table(row("Texte", "Objet", "Statut", "Articles"), row("{#texts}{cite}", "{title}", "{status}", "{articles}{/texts}")) + table(row("{structure.name}", "{title}"))
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
	var parties, contents, definitions, chapters, figures, texts []m
	for _, row := range d.Parties {
		parties = append(parties, m{"name": row.Name, "text": row.Text})
	}
	blocks := func(text []content.Block) []m {
		var out []m
		for line := range strings.SplitSeq(content.Plain(text), "\n") {
			if item, ok := strings.CutPrefix(line, "- "); ok {
				out = append(out, m{"item": m{"text": item}})
			} else {
				out = append(out, m{"plain": m{"text": line}})
			}
		}
		return out
	}
	headed := func(title string) m {
		contents = append(contents, m{"title": title, "mark": fmt.Sprint("_Toc", len(contents)), "page": len(contents)})
		return m{"title": title, "mark": contents[len(contents)-1]["mark"], "id": len(contents)}
	}
	for _, definition := range d.Definitions {
		definitions = append(definitions, m{"term": definition.Term, "text": definition.Text})
	}
	for _, c := range d.Chapters {
		chapter := headed(c.Title)
		var articles []m
		for _, a := range c.Articles {
			article := headed(a.Title)
			article["blocks"], article["label"], article["evidence"], article["references"] = blocks(a.Blocks), "Preuve.", a.Evidence, a.ReferenceLine(p)
			articles = append(articles, article)
		}
		chapter["articles"] = articles
		chapters = append(chapters, chapter)
	}
	data["contents"], data["guide"], data["definitions"] = contents, m{"blocks": blocks(d.Guide)}, definitions
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
