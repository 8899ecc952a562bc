package journal

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestExportsEveryEntryAsTableAndAsLines(t *testing.T) {
	t.Parallel()
	j := New(embedded(t))
	fill(t, j, "region-1", 1)
	fill(t, j, hospital, 3)
	signed := act("annex.signed", 4)
	signed.Before, signed.After = hashOf([]byte("before")), hashOf([]byte("after"))
	signed.When = signed.When.Add(7*time.Millisecond + 999)
	must(t, j.Append(t.Context(), delivery(t, hospital, 4, signed)))
	tenants, err := j.Tenants(t.Context())
	must(t, err)
	for format, file := range map[Format]string{CSV: "export.csv", JSONLines: "export.jsonl"} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			n, err := j.Export(t.Context(), &out, format, Filter{}, tenants...)
			must(t, err)
			same(t, n, int64(5))
			path := filepath.Join("testdata", file)
			if *update {
				must(t, os.WriteFile(path, out.Bytes(), 0o644))
			}
			golden, err := os.ReadFile(path)
			must(t, err)
			same(t, out.String(), string(golden))

			out.Reset()
			n, err = j.Export(t.Context(), &out, format, Filter{Kind: "annex.signed"}, tenants...)
			must(t, err)
			same(t, n, int64(1))
		})
	}
}

func TestACellIsNeverAFormula(t *testing.T) {
	t.Parallel()
	l := line{Tenant: hospital, Sequence: 1, When: "2027", Who: "=1+1", Role: "@SUM(A1)", Structure: "+1", Act: "-1", Object: "\tx", Request: "\r=1", Event: `a,"b"`}
	var out strings.Builder
	table := csv.NewWriter(&out)
	must(t, table.Write(l.cells()))
	table.Flush()
	read, err := csv.NewReader(strings.NewReader(out.String())).Read()
	must(t, err)
	same(t, read, []string{"structure-hospital", "1", "2027", "'=1+1", "'@SUM(A1)", "'+1", "'-1", "'\tx", "", "", "'\r=1", `a,"b"`, "", ""})
}

// full is a disk with room for some bytes.
type full struct{ left int }

var errFull = errors.New("the disk is full")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAnExportThatIsNotWholeIsAnError(t *testing.T) {
	t.Parallel()
	j := New(embedded(t))
	fill(t, j, hospital, 20)
	for _, format := range []Format{CSV, JSONLines} {
		for _, room := range []int{0, 5000} {
			if _, err := j.Export(t.Context(), &full{room}, format, Filter{}, hospital); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d: %v", format, room, err)
			}
		}
	}
	if _, err := j.Export(t.Context(), &full{}, "xml", Filter{}, hospital); err == nil {
		t.Error("exported as xml")
	}
}

func TestHeadsAreReadAsTheyWereNoted(t *testing.T) {
	t.Parallel()
	first, second := Head{"region-1", 0, origin("region-1")}, Head{hospital, 1234, hashOf(nil)}
	var file bytes.Buffer
	must(t, WriteHeads(&file, morning, []Head{first, second}))
	same(t, file.String(), "2027-01-15T08:00:00Z region-1 0:"+string(first.Hash)+"\n2027-01-15T08:00:00Z structure-hospital 1234:"+string(second.Hash)+"\n")
	must(t, WriteHeads(&file, morning.AddDate(0, 0, 1), []Head{second}))
	got, err := ReadHeads(strings.NewReader("# kept by the auditor\n\n" + file.String()))
	must(t, err)
	same(t, got, []Head{first, second, second})

	one, err := ParseHead(hospital, " "+second.String()+"\n")
	must(t, err)
	same(t, one, second)
}

func TestTellsEveryLineThatIsNoHead(t *testing.T) {
	t.Parallel()
	good := Head{hospital, 1, hashOf(nil)}
	_, err := ReadHeads(strings.NewReader(strings.Join([]string{
		"2027-01-15T08:00:00Z structure-hospital " + good.String(),
		"structure-hospital " + good.String(),
		"",
		"2027-01-15T08:00:00Z structure-hospital -" + good.String(),
	}, "\n")))
	same(t, err, error(fault.Problems{{Line: 2, Key: "journal.bad-line"}, {Line: 4, Key: "journal.bad-line"}}))
	for _, text := range []string{"", ":", "1", "1:", "x:" + string(good.Hash), "1:" + strings.ToUpper(string(good.Hash)), good.String() + "0"} {
		if _, err := ParseHead(hospital, text); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ParseHead(store.Tenant(""), good.String()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("of nobody: %v", err)
	}
}
