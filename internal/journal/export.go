package journal

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/garant-sante/garant/internal/store"
)

// Format is how entries are exported.
type Format string

// The formats.
const (
	CSV       Format = "csv"   // RFC 4180, with a header
	JSONLines Format = "jsonl" // one JSON object a line
)

// line is an entry as it leaves the portal. Its names are those of the columns of both formats.
type line struct {
	Tenant    store.Tenant `json:"tenant"`
	Sequence  int64        `json:"sequence"`
	When      string       `json:"when"` // RFC 3339, UTC, with milliseconds
	Who       string       `json:"who"`
	Role      string       `json:"role"`
	Structure string       `json:"structure"`
	Act       string       `json:"act"`
	Object    string       `json:"object"`
	Before    Hash         `json:"before"`
	After     Hash         `json:"after"`
	Request   string       `json:"request"`
	Event     string       `json:"event"`
	Previous  Hash         `json:"previous"`
	Hash      Hash         `json:"hash"`
}

var columns = []string{"tenant", "sequence", "when", "who", "role", "structure", "act", "object", "before", "after", "request", "event", "previous", "hash"}

func lineOf(e *Entry) line {
	return line{
		Tenant: e.Tenant(), Sequence: e.Sequence(), When: e.When.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		Who: e.Who, Role: e.Role, Structure: e.Structure, Act: e.Kind, Object: e.Object, Before: e.Before, After: e.After,
		Request: e.Request, Event: e.Event, Previous: e.Previous, Hash: e.Hash,
	}
}

func (l line) cells() []string {
	cells := []string{
		string(l.Tenant), strconv.FormatInt(l.Sequence, 10), l.When, l.Who, l.Role, l.Structure, l.Act, l.Object,
		string(l.Before), string(l.After), l.Request, l.Event, string(l.Previous), string(l.Hash),
	}
	for i, cell := range cells {
		cells[i] = inert(cell)
	}
	return cells
}

// inert keeps a spreadsheet from taking a cell for a formula: an apostrophe before what would begin one (OWASP, CSV
// Injection).
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Export writes the entries of these tenants that a filter wants, in the order of Each, as they are read, and tells how
// many they are. What was written when an error comes back is not whole.
func (j *Journal) Export(ctx context.Context, w io.Writer, format Format, f Filter, tenants ...store.Tenant) (written int64, err error) {
	var (
		out   = bufio.NewWriter(w)
		table = csv.NewWriter(out)
		lines = json.NewEncoder(out)
		write = func(l line) error { return lines.Encode(l) }
	)
	switch format {
	case CSV:
		table.UseCRLF = true
		write = func(l line) error { return table.Write(l.cells()) }
		err = table.Write(columns)
	case JSONLines:
		lines.SetEscapeHTML(false)
	default:
		err = fmt.Errorf("no format %q", format)
	}
	for _, tenant := range tenants {
		if err != nil {
			break
		}
		err = j.Each(ctx, tenant, f, func(e *Entry) error {
			written++
			return write(lineOf(e))
		})
	}
	table.Flush()
	if err = errors.Join(err, table.Error(), out.Flush()); err != nil {
		err = fmt.Errorf("exporting the journal: %w", err)
	}
	return written, err
}
