package questionnaire_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

// withHistory is the library with the question SAU-Q03 at a version and the versions that its history keeps.
func withHistory(t *testing.T, version int, kept ...int) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{"modules.yaml", "sau.yaml"} {
		data, err := fs.ReadFile(questionnaires.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	files["sau.yaml"].Data = []byte(strings.Replace(string(files["sau.yaml"].Data), "id: SAU-Q03\n    version: 1\n", fmt.Sprintf("id: SAU-Q03\n    version: %d\n", version), 1))
	var history strings.Builder
	for _, v := range kept {
		fmt.Fprintf(&history, "  - {id: SAU-Q03, version: %d, module: express, type: text, weight: 0, text: {fr: Q, en: Q}}\n", v)
	}
	if len(kept) > 0 {
		files["history/SAU-Q03.yaml"] = &fstest.MapFile{Data: []byte("former:\n" + history.String())}
	}
	return files
}

func TestFormerVersionsOfAQuestionStayWithoutAGap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version  int
		kept     []int
		findings []string
	}{
		{1, nil, nil}, {3, []int{1, 2}, nil},
		{2, nil, []string{"lint.history-count"}},
		{3, []int{1, 1}, []string{"lint.history-version"}},
	} {
		library, err := questionnaire.Load(withHistory(t, c.version, c.kept...))
		if err != nil {
			t.Fatal(err)
		}
		var findings []string
		for _, p := range library.Lint(anyClause()) {
			if strings.HasPrefix(p.Key, "lint.history") {
				findings = append(findings, p.Key)
			}
		}
		if diff := cmp.Diff(c.findings, findings); diff != "" {
			t.Errorf("version %d, kept %v: %s", c.version, c.kept, diff)
		}
		if versions := library.Versions("SAU-Q03"); len(versions) != len(c.kept)+1 || versions[len(c.kept)].Version != c.version {
			t.Errorf("version %d, kept %v: %d versions", c.version, c.kept, len(versions))
		}
	}
	files := withHistory(t, 1).(fstest.MapFS)
	files["history/SAU-Q99.yaml"] = &fstest.MapFile{Data: []byte("former: []\n")}
	if _, err := questionnaire.Load(files); len(err.(fault.Problems)) != 1 {
		t.Error(err)
	}
}
