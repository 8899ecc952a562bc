// Package garant_test holds the rules of the house as a whole: who may import whom.
package garant_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/garant-sante/garant"

// floors is the one table of the house, from ground to roof. A package imports only packages of the rows below its
// own: no circle, no neighbour. A package that stands in no row is refused, so that each new one is given its place.
var floors = [][]string{
	{"clauses", "questionnaires"}, // data anyone can edit, embedded
	{"internal/fault"},
	{"internal/locale", "internal/vault"},
	{"internal/content", "internal/store"},
	{"internal/store/sqlite", "internal/store/mongo", "internal/store/mongo/mongotest", "internal/store/storetest"},
	{"internal/framing", "internal/outbox", "internal/prose"},
	{"internal/clause", "internal/questionnaire", "internal/word", "internal/sheet"},
	{"internal/scoring", "internal/journal", "internal/mail", "internal/coverage", "internal/publication", "internal/workbook"},
	{"internal/identity", "internal/identity/providertest"},
	{"internal/supplier", "internal/adaptation"},
	{"internal/annex"},
	{"internal/assessment"},
	{"frontend"},
	{"internal/web"},
	{"cmd/garant"},
}

// keepers names the folders that alone may import a library, so that what it does wrong is mended in one place. The
// longest path counts; nobody means that only tests may.
var keepers = map[string][]string{
	"github.com/nguyenthenguyen/docx":     {"internal/word"},
	"github.com/xuri/excelize/v2":         {"internal/sheet"},
	"github.com/gofiber/fiber/v2":         {"internal/web"},
	"go.mongodb.org/mongo-driver":         nobody, // v1 is deprecated by its makers
	"go.mongodb.org/mongo-driver/v2":      {"internal/store/mongo"},
	"go.mongodb.org/mongo-driver/v2/bson": {"internal"}, // the shape of every stored document, whatever the engine
	"modernc.org/sqlite":                  {"internal/store/sqlite"},
	"github.com/nicksnyder/go-i18n/v2":    {"internal/locale"},
	"github.com/yuin/goldmark":            {"internal/content"},
	"github.com/spf13/cobra":              {"cmd/garant"},
	"github.com/wneessen/go-mail":         {"internal/mail"},
	"github.com/emersion/go-smtp":         nobody, // a mail server for tests
	"github.com/emersion/go-sasl":         nobody,
	"github.com/trustelem/zxcvbn":         {"internal/identity"},
	"github.com/pquerna/otp":              {"internal/identity"},
	"github.com/boombuler/barcode":        {"internal/identity"},
	"github.com/go-webauthn/webauthn":     {"internal/identity"},
	"github.com/descope/virtualwebauthn":  nobody,
	"github.com/coreos/go-oidc/v3":        {"internal/identity"},
	"golang.org/x/oauth2":                 {"internal/identity"},
	"github.com/google/go-cmp":            {"internal/store/storetest"},
	"pgregory.net/rapid":                  {"internal/store/storetest"},
}

var nobody []string

// vague names say nothing of what a package holds.
var vague = []string{"util", "utils", "common", "helpers", "helper", "models", "handlers", "services", "misc", "base"}

// graph is a package's path in the module and all that its files import, tests left out.
type graph map[string][]string

func TestPackagesImportOnlyWhatStandsBelowThem(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string(nil), broken(readGraph(t))); diff != "" {
		t.Errorf("rules of the house broken (+):\n%s", diff)
	}
}

func TestTheRulesOfTheHouseCatchWhatBreaksThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		given graph
		want  []string
	}{
		"a sound house": {graph{
			"internal/word":        {"fmt", "github.com/nguyenthenguyen/docx", module + "/internal/fault"},
			"internal/store/mongo": {"go.mongodb.org/mongo-driver/v2/mongo/options", module + "/internal/store"},
			"cmd/garant":           {"github.com/spf13/cobra", module + "/internal/web", module + "/clauses"},
		}, nil},
		"an import that climbs": {graph{"internal/store": {module + "/internal/outbox"}},
			[]string{"internal/store (floor 3) imports internal/outbox (floor 5), which does not stand below it"}},
		"an import of a neighbour": {graph{"internal/word": {module + "/internal/sheet"}},
			[]string{"internal/word (floor 6) imports internal/sheet (floor 6), which does not stand below it"}},
		"a package without a floor": {graph{"internal/novelty": nil},
			[]string{"internal/novelty stands on no floor: give it a row in floors"}},
		"a vague name": {graph{"internal/util": nil}, []string{
			"internal/util stands on no floor: give it a row in floors",
			"internal/util has a name that says nothing of what it holds",
		}},
		"a library outside its keeper": {graph{"internal/annex": {"github.com/nguyenthenguyen/docx"}},
			[]string{"internal/annex imports github.com/nguyenthenguyen/docx, which only [internal/word] may"}},
		"the driver outside its engine": {graph{"internal/store": {
			"go.mongodb.org/mongo-driver/v2/bson", "go.mongodb.org/mongo-driver/v2/mongo/options",
		}}, []string{"internal/store imports go.mongodb.org/mongo-driver/v2/mongo/options, which only [internal/store/mongo] may"}},
		"the deprecated driver": {graph{"internal/store/mongo": {"go.mongodb.org/mongo-driver/bson"}},
			[]string{"internal/store/mongo imports go.mongodb.org/mongo-driver/bson, which only [] may"}},
	} {
		if diff := cmp.Diff(test.want, broken(test.given)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// broken tells each rule that the graph breaks, in order.
func broken(g graph) []string {
	floorOf := map[string]int{}
	for floor, row := range floors {
		for _, name := range row {
			floorOf[name] = floor
		}
	}
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(g)) {
		floor, placed := floorOf[name]
		if !placed {
			wrong = append(wrong, name+" stands on no floor: give it a row in floors")
		}
		if slices.Contains(vague, path.Base(name)) {
			wrong = append(wrong, name+" has a name that says nothing of what it holds")
		}
		for _, imported := range g[name] {
			ours, inside := strings.CutPrefix(imported, module+"/")
			if below := floorOf[ours]; inside && placed && below >= floor {
				wrong = append(wrong, fmt.Sprintf("%s (floor %d) imports %s (floor %d), which does not stand below it",
					name, floor, ours, below))
			}
			if allowed, kept := keepersOf(imported); kept && !slices.ContainsFunc(allowed, func(keeper string) bool { return within(name, keeper) }) {
				wrong = append(wrong, fmt.Sprintf("%s imports %s, which only %v may", name, imported, allowed))
			}
		}
	}
	return wrong
}

// keepersOf finds the folders that may import a package, by the longest library path that holds it.
func keepersOf(imported string) (allowed []string, kept bool) {
	longest := ""
	for library := range keepers {
		if within(imported, library) && len(library) > len(longest) {
			longest = library
		}
	}
	return keepers[longest], longest != ""
}

// within tells whether a package is a folder or stands inside it.
func within(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }

// readGraph asks the go command, so that build tags and generated files count as they do in a build.
func readGraph(t *testing.T) graph {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,GoFiles", "./...").Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	g := graph{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var listed struct {
			ImportPath string
			Imports    []string
			GoFiles    []string
		}
		if err := decoder.Decode(&listed); errors.Is(err, io.EOF) {
			return g
		} else if err != nil {
			t.Fatalf("read packages: %v", err)
		}
		if name, inside := strings.CutPrefix(listed.ImportPath, module+"/"); inside && len(listed.GoFiles) > 0 {
			g[name] = listed.Imports
		}
	}
}
