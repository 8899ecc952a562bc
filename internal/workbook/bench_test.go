package workbook_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/workbook"
)

// complete is the workbook of every question, all answered.
func complete() workbook.Form {
	f := whole()
	f.Answers = everyAnswer(f)
	return f
}

func BenchmarkOut(b *testing.B) {
	f := complete()
	b.ReportAllocs()
	median := timed(b, func() { write(b, locale.French, f) })
	b.ReportMetric(median, "median-ms")
}

func BenchmarkBack(b *testing.B) {
	data := write(b, locale.French, complete())
	b.ReportAllocs()
	median := timed(b, func() { read(b, data) })
	b.ReportMetric(median, "median-ms")
}

// timed gives the median time of some work in milliseconds.
func timed(b *testing.B, work func()) float64 {
	work()
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		work()
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return float64(took[len(took)/2].Microseconds()) / 1000
}

// BenchmarkWorkbookAndPeer does the same work with exceljs (bench/peers, which `make bench` installs), turn by turn, and gives
// its cost in times ours. It writes the same cells with the same kinds of rules, and reads the same file.
func BenchmarkWorkbookAndPeer(b *testing.B) {
	peer := filepath.Join("..", "..", "bench", "peers")
	if _, err := os.Stat(filepath.Join(peer, "node_modules", "exceljs")); err != nil {
		b.Fatal("run `npm ci` in bench/peers first, as `make bench` does")
	}
	const runs = 20
	f := complete()
	sent := write(b, locale.French, f)
	dir := b.TempDir()
	data, book := filepath.Join(dir, "data.json"), filepath.Join(dir, "book.xlsx")
	for path, content := range map[string][]byte{data: peerData(b, sent), book: sent} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	var out, back []float64
	var theirs [2]float64 // of the last turn
	for b.Loop() {
		node := exec.Command("node", filepath.Join(peer, "xlsx.mjs"), "--data", data, "--workbook", book, "--runs", "20")
		node.Stderr = os.Stderr
		answer, err := node.Output()
		if err != nil {
			b.Fatal(err)
		}
		var measured struct {
			Out     float64 `json:"out_ms"`
			Back    float64 `json:"back_ms"`
			Answers int     `json:"answers"`
		}
		if err := json.Unmarshal(answer, &measured); err != nil {
			b.Fatal(err)
		}
		if measured.Answers != len(f.Answers) {
			b.Fatalf("the peer read %d answers of %d", measured.Answers, len(f.Answers))
		}
		theirs = [2]float64{measured.Out, measured.Back}
		out = append(out, measured.Out/repeated(runs, func() { write(b, locale.French, f) }))
		back = append(back, measured.Back/repeated(runs, func() { read(b, sent) }))
	}
	slices.Sort(out)
	slices.Sort(back)
	b.ReportMetric(theirs[0], "peer-out-ms")
	b.ReportMetric(theirs[1], "peer-back-ms")
	b.ReportMetric(out[len(out)/2], "out-times-faster")
	b.ReportMetric(back[len(back)/2], "back-times-faster")
}

func repeated(runs int, work func()) float64 {
	took := make([]time.Duration, runs)
	for i := range took {
		start := time.Now()
		work()
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	return float64(took[runs/2].Microseconds()) / 1000
}

// peerSheet is a sheet as plain values.
type peerSheet struct {
	Name   string     `json:"name"`
	Hidden bool       `json:"hidden"`
	Form   bool       `json:"form"`
	Widths []float64  `json:"widths"`
	Rows   [][]string `json:"rows"`
	Lists  []peerList `json:"lists"`
}

type peerList struct {
	Cell    string `json:"cell"`
	Formula string `json:"formula"`
}

func peerData(b *testing.B, data []byte) []byte {
	b.Helper()
	file := open(b, data)
	var sheets []peerSheet
	for _, name := range file.GetSheetList() {
		rows, err := file.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			b.Fatal(err)
		}
		rules, err := file.GetDataValidations(name)
		if err != nil {
			b.Fatal(err)
		}
		s := peerSheet{Name: name, Hidden: strings.HasPrefix(name, "Garant."), Form: len(rows) > 1 && len(rows[0]) == 8, Rows: rows, Lists: []peerList{}}
		for _, rule := range rules {
			for cell := range strings.FieldsSeq(rule.Sqref) {
				if rule.Type == "list" {
					s.Lists = append(s.Lists, peerList{cell, strings.ReplaceAll(rule.Formula1, "&quot;", `"`)})
				}
			}
		}
		for range 8 {
			s.Widths = append(s.Widths, 30)
		}
		sheets = append(sheets, s)
	}
	out, err := json.Marshal(sheets)
	if err != nil {
		b.Fatal(err)
	}
	return out
}
