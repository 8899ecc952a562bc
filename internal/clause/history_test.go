package clause_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/clause"
)

// former is a version of SAU-03 as its history keeps it.
func former(version, text string) string {
	return `  - id: SAU-03
    version: ` + version + `
    level: socle
    applies: ["*"]
    title: {fr: "Essais", en: "Trials"}
    text: {fr: "` + text + `", en: "Text."}
`
}

// withHistory is the library with the clause SAU-03 at a version and a file of its history.
func withHistory(t *testing.T, version, file, history string) fstest.MapFS {
	t.Helper()
	files := edited(t, "sau.yaml", "id: SAU-03\n    version: 1\n", "id: SAU-03\n    version: "+version+"\n").(fstest.MapFS)
	if history != "" {
		files["history/"+file] = &fstest.MapFile{Data: []byte("former:\n" + history)}
	}
	return files
}

func TestFormerVersionsStayReadable(t *testing.T) {
	t.Parallel()
	library, err := clause.Load(withHistory(t, "3", "SAU-03.yaml", former("1", "Un.")+former("2", "Deux {rto_heures}.")))
	if err != nil {
		t.Fatal(err)
	}
	if problems := library.Lint(); problems != nil {
		t.Error(problems)
	}
	var got []string
	for i, c := range library.Versions("SAU-03") {
		if c.Version != i+1 || c.Family != "SAU" {
			t.Errorf("version %d of %s stands at %d", c.Version, c.Family, i)
		}
		text, _, _ := strings.Cut(c.Text.FR, "\n")
		got = append(got, text)
	}
	current, _ := library.Clause("SAU-03")
	last, _, _ := strings.Cut(current.Text.FR, "\n")
	if diff := cmp.Diff([]string{"Un.", "Deux {rto_heures}.", last}, got); diff != "" {
		t.Error(diff)
	}
	if versions := library.Versions("SAU-99"); versions != nil {
		t.Errorf("SAU-99 has versions %v", versions)
	}
	if versions := library.Versions("SAU-01"); len(versions) != 1 || versions[0].Version != 1 {
		t.Errorf("SAU-01 has versions %v", versions)
	}
}

func TestHistoryLeavesNoGap(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		version, file, history string
		want                   []string
	}{
		"whole":                  {"2", "SAU-03.yaml", former("1", "Un."), nil},
		"none kept":              {"2", "", "", []string{"sau.yaml lint.history-count"}},
		"one missing":            {"3", "SAU-03.yaml", former("1", "Un."), []string{"sau.yaml lint.history-count"}},
		"a gap":                  {"3", "SAU-03.yaml", former("1", "Un.") + former("3", "Trois."), []string{"SAU-03.yaml lint.history-version"}},
		"not lower":              {"1", "SAU-03.yaml", former("1", "Un."), []string{"sau.yaml lint.history-count"}},
		"of another clause":      {"1", "SAU-02.yaml", former("1", "Un."), []string{"SAU-02.yaml lint.history-id", "sau.yaml lint.history-count"}},
		"of no clause":           {"1", "SAU-99.yaml", former("1", "Un."), []string{"SAU-99.yaml library.history-of-none"}},
		"a brace without a name": {"2", "SAU-03.yaml", former("1", "Un {."), []string{"SAU-03.yaml library.markdown"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, findings(t, withHistory(t, c.version, c.file, c.history))); diff != "" {
				t.Error(diff)
			}
		})
	}
}
