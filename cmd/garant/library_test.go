package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

func TestLintEndsWithTheSameCountsInBothLanguages(t *testing.T) {
	t.Parallel()
	want := answer{exitDone, "6 clauses, 7 questions, 7 drafts, 0 errors\n", ""}
	equal(t, want, run(t, "lint", "testdata/library"))
	equal(t, want, run(t, "lint", "testdata/library", "--language", "en"))
	equal(t, want, frozen.run(t, "lint"))
	equal(t, lintJSON{6, 7, 7, 0, []findingJSON{}, []warningJSON{}}, decode[lintJSON](t, run(t, "lint", "testdata/library", "--format", "json").Out))
}

func TestTheEmbeddedLibrariesAreWhole(t *testing.T) {
	t.Parallel()
	got := run(t, "lint")
	if got.Code != exitDone || got.Err != "" || !regexp.MustCompile(`^103 clauses, 123 questions, \d+ drafts, 0 errors\n$`).MatchString(got.Out) {
		t.Errorf("%v", got)
	}
}

// libraryWith copies the small library with texts replaced: file, what stands there, what comes in its place.
func libraryWith(t *testing.T, changes ...[3]string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("testdata/library")); err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		path := filepath.Join(folder, c[0])
		text := string(read(t, path))
		if !strings.Contains(text, c[1]) {
			t.Fatalf("%s holds no %q", c[0], c[1])
		}
		if err := os.WriteFile(path, []byte(strings.Replace(text, c[1], c[2], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestLintNamesFileLineColumnAndFieldOfAllThatIsWrong(t *testing.T) {
	t.Parallel()
	folder := libraryWith(t,
		[3]string{"clauses/pat.yaml", "level: socle", "level: basic"},
		[3]string{"questionnaires/pat.yaml", "weight: 5", "weight: 9"},
		[3]string{"clauses/gov.yaml", "    css: [O-1.1]", "    css: [1.1]"},
	)
	clauses, questions := filepath.Join(folder, "clauses"), filepath.Join(folder, "questionnaires")
	want := []fault.Problem{
		{File: clauses + "/gov.yaml", Line: 9, Column: 11, Field: "clauses[0].css[0]", Key: "yaml.want-quotes", Args: []any{"value", "1.1"}},
		{File: clauses + "/pat.yaml", Line: 6, Column: 12, Field: "clauses[0].level", Key: "yaml.not-allowed", Args: []any{"value", "basic", "allowed", "socle, renforce, critique"}},
		{File: questions + "/pat.yaml", Line: 9, Column: 5, Field: "questions[0].weight", Key: "lint.weight", Args: []any{"value", 9}},
	}
	for _, language := range locale.Languages() {
		equal(t, answer{exitWrong, "6 clauses, 7 questions, 7 drafts, 3 errors\n", lines(speak(t, language), want...)},
			run(t, "lint", folder, "--language", string(language)))
	}
	found := decode[lintJSON](t, run(t, "lint", folder, "--format", "json", "--language", "en").Out)
	equal(t, 3, found.Errors)
	equal(t, findingJSON{questions + "/pat.yaml", 9, 5, "questions[0].weight", speak(t, locale.English).Problem(fault.Problem{Key: "lint.weight", Args: []any{"value", 9}})}, found.Findings[2])
}

// A judgement is shown apart, changes neither the last line nor the exit code, and an exception that covers nothing is one.
func TestLintWarnsOfWhatItJudgesAndStillExitsWithZero(t *testing.T) {
	t.Parallel()
	folder := libraryWith(t, [3]string{"clauses/pat.yaml", "Lorsqu'il ne peut tenir ce délai", "Les failles sont corrigées régulièrement. Lorsqu'il ne peut tenir ce délai"})
	file := filepath.Join(folder, "clauses", "allow.yaml")
	if err := os.WriteFile(file, []byte("allow:\n  - {rule: no-period, id: PAT-02, text: régulièrement, why: un essai}\n  - {rule: vague, id: PAT-02, text: adéquat, why: un essai}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	stale := fault.Problem{Key: "lint.allow-unused", Args: []any{"rule", "vague", "id", "PAT-02"}}
	passive := fault.Problem{Key: "lint.passive", Args: []any{"value", "sont corrigées"}}
	clauses := filepath.Join(folder, "clauses")
	for _, language := range locale.Languages() {
		say := speak(t, language)
		warning := func(file, field string, line, column int, of fault.Problem) fault.Problem {
			return fault.Problem{File: filepath.Join(clauses, file), Line: line, Column: column, Field: field, Key: "cli.lint.warning", Args: []any{"message", say.Problem(of)}}
		}
		want := lines(say, warning("allow.yaml", "allow[1]", 3, 5, stale), warning("pat.yaml", "clauses[0].text.fr", 18, 7, passive))
		equal(t, answer{exitDone, "6 clauses, 7 questions, 7 drafts, 0 errors\n", want}, run(t, "lint", folder, "--language", string(language)))
	}
	got := decode[lintJSON](t, run(t, "lint", folder, "--format", "json").Out)
	french := speak(t, locale.French)
	equal(t, lintJSON{6, 7, 7, 0, []findingJSON{}, []warningJSON{
		{"allow-unused", filepath.Join(clauses, "allow.yaml"), 3, 5, "allow[1]", french.Problem(stale)},
		{"passive", filepath.Join(clauses, "pat.yaml"), 18, 7, "clauses[0].text.fr", french.Problem(passive)},
	}}, got)
}

func TestLintChecksTheLinksBetweenTheLibraries(t *testing.T) {
	t.Parallel()
	folder := libraryWith(t, [3]string{"questionnaires/gov.yaml", "{clause: GOV-06}", "{clause: GOV-08}"})
	got := run(t, "lint", folder)
	equal(t, exitWrong, got.Code)
	equal(t, "6 clauses, 7 questions, 7 drafts, 2 errors\n", got.Out)
	for _, field := range []string{": clauses[1].id: ", ": questions[1].verifies[0].clause: "} {
		if !strings.Contains(got.Err, field) {
			t.Errorf("no finding at %s:\n%s", field, got.Err)
		}
	}
}

// What the other files say of a file that cannot be read is an echo, and is not said.
func TestLintOfAFileThatCannotBeReadSaysThatAlone(t *testing.T) {
	t.Parallel()
	folder := libraryWith(t, [3]string{"clauses/pat.yaml", "family: PAT", "family: [PAT"})
	got := run(t, "lint", folder)
	equal(t, exitWrong, got.Code)
	if said := strings.Split(strings.TrimSpace(got.Err), "\n"); len(said) != 1 || !strings.HasPrefix(said[0], filepath.Join(folder, "clauses", "pat.yaml")+":") {
		t.Errorf("%s", got.Err)
	}
}

func TestLintOfAFolderWithoutLibrariesNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	equal(t, answer{exitWrong, "", lines(speak(t, locale.French),
		fault.Problem{File: filepath.Join(folder, "clauses"), Key: "cli.lint.no-folder"},
		fault.Problem{File: filepath.Join(folder, "questionnaires"), Key: "cli.lint.no-folder"},
	)}, run(t, "lint", folder))
}

func TestLibraryGivesTheFieldsOfTheYAMLUnderTheSameNames(t *testing.T) {
	t.Parallel()
	got := frozen.run(t, "library", "--format", "json")
	equal(t, answer{exitDone, got.Out, ""}, got)
	golden(t, "testdata/library.json", got.Out)

	type object = map[string]any
	all := decode[object](t, got.Out)
	clause := all["clauses"].([]any)[4].(object)
	equal(t, []any{"PAT-02", "PAT", false, []any{"delai_correctif_critique_jours", "delai_correctif_eleve_jours", "delai_correctif_moyen_jours"}},
		[]any{clause["id"], clause["family"], clause["draft"], clause["variables"]})
	variable := all["variables"].(object)["delai_correctif_critique_jours"].(object)
	equal(t, []any{float64(15), object{"1": float64(7)}, "lower"}, []any{variable["default"], variable["by_tier"], variable["better"]})
}

// Every field that a YAML file of the embedded libraries uses is in the JSON of its entry.
func TestLibraryOfTheProductHasNoNullListAndNamesEveryPart(t *testing.T) {
	t.Parallel()
	got := run(t, "library", "--format", "json")
	type entry map[string]json.RawMessage
	var all struct {
		Version                                 string
		Clauses, Questions, References, Modules []entry
		Variables                               map[string]entry
	}
	if err := json.Unmarshal([]byte(got.Out), &all); err != nil {
		t.Fatal(err)
	}
	equal(t, [2]int{103, 123}, [2]int{len(all.Clauses), len(all.Questions)})
	for _, test := range []struct {
		entries []entry
		fields  []string
		lists   []string
	}{
		{all.Clauses, []string{"id", "family", "version", "draft", "level", "applies", "vector", "references", "css", "title", "summary", "text", "evidence", "fallback", "note", "variables"}, []string{"applies", "references", "css", "variables"}},
		{all.Questions, []string{"id", "domain", "version", "draft", "module", "type", "unit", "measure", "weight", "minutes", "blocking", "need", "text", "why", "help", "evidence", "levels", "options", "points", "show_when", "verifies"}, []string{"options", "points", "verifies"}},
		{all.References, []string{"id", "cite", "title", "issuer", "date", "url", "scope", "binds", "status", "note"}, []string{"binds"}},
		{all.Modules, []string{"id", "title", "summary", "for"}, nil},
	} {
		for _, e := range test.entries {
			for _, field := range test.fields {
				if _, ok := e[field]; !ok {
					t.Errorf("%s has no field %s", e["id"], field)
				}
			}
			for _, field := range test.lists {
				if string(e[field]) == "null" {
					t.Errorf("%s: %s is null", e["id"], field)
				}
			}
		}
	}
	for name, e := range all.Variables {
		for _, field := range []string{"type", "label", "default", "by_tier", "recommended", "options"} {
			if _, ok := e[field]; !ok {
				t.Errorf("%s has no field %s", name, field)
			}
		}
	}
}

func TestLibraryAsATableIsForReading(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/library.fr.txt", frozen.run(t, "library").plain().Out)
	golden(t, "testdata/library.en.txt", frozen.run(t, "library", "--language", "en").Out)
}

func TestVersionTellsProgramAndContent(t *testing.T) {
	t.Parallel()
	got := frozen.run(t, "version", "--format", "json")
	v := decode[versionJSON](t, got.Out)
	edition := regexp.MustCompile(`^[0-9a-f]{64}$`)
	if !edition.MatchString(v.ContentEdition) || !edition.MatchString(v.QuestionsEdition) {
		t.Errorf("editions %q and %q", v.ContentEdition, v.QuestionsEdition)
	}
	equal(t, versionJSON{"1.2.3", "0a1b2c3", "1.0", v.ContentEdition, v.QuestionsEdition}, v)
	equal(t, answer{exitDone, "garant 1.2.3, commit 0a1b2c3\nclauses 1.0, edition " + v.ContentEdition + "\nquestions, edition " + v.QuestionsEdition + "\n", ""},
		frozen.run(t, "version", "--language", "en"))
}

func TestLibraryIsWrittenToAFileInTheFormatThatItsNameTells(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, begins := range map[string]string{"clauses.docx": "PK", "CLAUSES.XLSX": "PK", "clauses.json": "{"} {
		path := filepath.Join(folder, name)
		equal(t, answer{}, frozen.run(t, "library", "--out", path))
		if written := read(t, path); !strings.HasPrefix(string(written), begins) {
			t.Errorf("%s begins with %.10q", name, written)
		}
	}
	equal(t, frozen.run(t, "library", "--format", "json"), frozen.run(t, "library", "--out", "-"))
	if got := frozen.run(t, "library", "--format", "xlsx", "--out", "-"); got.Code != exitDone || !strings.HasPrefix(got.Out, "PK") {
		t.Errorf("code %d, %.10q", got.Code, got.Out)
	}
	for _, wrong := range [][]string{{"--out", "clauses.pdf"}, {"--out", "clauses"}, {"--format", "docx"}, {"--format", "html"}} {
		if got := frozen.run(t, append([]string{"library"}, wrong...)...); got.Code != exitUsage || got.Out != "" {
			t.Errorf("%v: %v", wrong, got)
		}
	}
}
