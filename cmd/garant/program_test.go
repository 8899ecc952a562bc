package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/questionnaires"
)

// answer is all that a caller of the command sees.
type answer struct {
	Code     int
	Out, Err string
}

// world is what a run of the command starts from: streams, environment, libraries.
type world struct {
	stdin       string
	environment map[string]string
	folder      string // of other libraries than the embedded ones
}

// words are the messages, which every run may share.
var words = sync.OnceValues(locale.Load)

func (w world) run(t *testing.T, args ...string) answer {
	t.Helper()
	return w.runContext(t.Context(), args...)
}

func (w world) runContext(ctx context.Context, args ...string) answer {
	var out, err bytes.Buffer
	loaded, _ := words() // when it fails the program tries, and says so
	p := program{
		in: strings.NewReader(w.stdin), out: &out, err: &err, environment: w.environment, words: loaded,
		clauses: clauses.Files, questionnaires: questionnaires.Files, stamp: build{"1.2.3", "0a1b2c3"},
	}
	if w.folder != "" {
		p.clauses, p.questionnaires = os.DirFS(filepath.Join(w.folder, "clauses")), os.DirFS(filepath.Join(w.folder, "questionnaires"))
	}
	code := p.run(ctx, args)
	return answer{code, out.String(), err.String()}
}

// plain is the answer with the spaces of typography as plain ones, so that tests can be typed and read.
func (a answer) plain() answer {
	spaces := strings.NewReplacer("\u00a0", " ", "\u202f", " ")
	return answer{a.Code, spaces.Replace(a.Out), spaces.Replace(a.Err)}
}

// frozen is the world with the small library of testdata, whose texts do not change.
var frozen = world{folder: "testdata/library"}

func run(t *testing.T, args ...string) answer {
	t.Helper()
	return world{}.run(t, args...)
}

func equal(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// speak gives the printer of a language.
func speak(t *testing.T, language locale.Language) locale.Printer {
	t.Helper()
	loaded, err := words()
	if err != nil {
		t.Fatal(err)
	}
	return loaded.In(language)
}

// lines says problems as the command does.
func lines(p locale.Printer, problems ...fault.Problem) string {
	var b strings.Builder
	for _, problem := range problems {
		b.WriteString(p.Problem(problem) + "\n")
	}
	return b.String()
}

// write puts a file into the test's own folder and gives its path.
func write(t *testing.T, folder, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// names lists what a folder holds.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, entry := range entries {
		list = append(list, entry.Name())
	}
	return list
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	if rest := strings.TrimSpace(text[decoder.InputOffset():]); rest != "" {
		t.Fatalf("something follows the JSON document: %q", rest)
	}
	return v
}

func TestUsageErrorsExitTwoInTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	input := exampleInput
	for name, test := range map[string]struct {
		args   []string
		fr, en string
	}{
		"unknown command": {[]string{"anex"},
			"garant: « anex » n’est pas une commande ; voulez-vous dire annex ?\nVoir « garant --help ».\n",
			"garant: “anex” is not a command; do you mean annex?\nSee “garant --help”.\n"},
		"unknown command with flags": {[]string{"xyz", "--input", "a.yaml"},
			"garant: « xyz » n’est pas une commande\nVoir « garant --help ».\n",
			"garant: “xyz” is not a command\nSee “garant --help”.\n"},
		"unknown flag": {[]string{"annex", "--inptu", "a.yaml"},
			"garant: l’option --inptu n’existe pas ; voulez-vous dire --input ?\nVoir « garant annex --help ».\n",
			"garant: the option --inptu does not exist; do you mean --input?\nSee “garant annex --help”.\n"},
		"flag without its value": {[]string{"annex", "--input"},
			"garant: l’option --input demande une valeur\nVoir « garant annex --help ».\n",
			"garant: the option --input needs a value\nSee “garant annex --help”.\n"},
		"argument too many": {[]string{"version", "now"},
			"garant: « now » est de trop sur cette ligne\nVoir « garant version --help ».\n",
			"garant: “now” is one too many on this line\nSee “garant version --help”.\n"},
		"unknown format": {[]string{"annex", "--input", input, "--format", "pdf"},
			"garant: --format : « pdf » n’est pas admis ; formats : docx, html, json\nVoir « garant annex --help ».\n",
			"garant: --format: “pdf” is not allowed; formats: docx, html, json\nSee “garant annex --help”.\n"},
		"nothing to do": {[]string{"annex"},
			"garant: donnez l’entrée avec --input (ou --verify, ou --starter-template)\nVoir « garant annex --help ».\n",
			"garant: give the input with --input (or --verify, or --starter-template)\nSee “garant annex --help”.\n"},
		"two things to do": {[]string{"annex", "--input", input, "--verify", "a.docx"},
			"garant: --input, --verify ne vont pas ensemble : donnez l’une de ces options\nVoir « garant annex --help ».\n",
			"garant: --input, --verify do not go together: give one of these options\nSee “garant annex --help”.\n"},
		"extension that tells nothing": {[]string{"annex", "--input", input, "--out", "a.pdf"},
			"garant: --out : le format ne se devine pas d’après « a.pdf » ; finissez par .docx, .html ou .json, ou donnez --format\nVoir « garant annex --help ».\n",
			"garant: --out: the format cannot be told from “a.pdf”; end it in .docx, .html or .json, or give --format\nSee “garant annex --help”.\n"},
		"output over the input": {[]string{"annex", "--input", input, "--out", input, "--format", "json"},
			"garant: --out : ../../docs/example.yaml est aussi lu par cette commande ; écrivez ailleurs\nVoir « garant annex --help ».\n",
			"garant: --out: ../../docs/example.yaml is also read by this command; write elsewhere\nSee “garant annex --help”.\n"},
		"Word without a place": {[]string{"annex", "--input", input, "--format", "docx"},
			"garant: dites où écrire le document Word avec --out (- pour la sortie standard)\nVoir « garant annex --help ».\n",
			"garant: say where to write the Word document with --out (- for standard output)\nSee “garant annex --help”.\n"},
		"wrong setting": {[]string{"serve", "--addr", "here"},
			"garant: --addr : « here » n’est pas une adresse d’écoute ; écrivez hôte:port, comme :8080 ou 127.0.0.1:8080\nVoir « garant serve --help ».\n",
			"garant: --addr: “here” is not an address to listen on; write host:port, such as :8080 or 127.0.0.1:8080\nSee “garant serve --help”.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, answer{exitUsage, "", test.fr}, run(t, test.args...).plain())
			equal(t, answer{exitUsage, "", test.en}, run(t, append([]string{"--language", "en"}, test.args...)...))
			equal(t, answer{exitUsage, "", test.en}, world{environment: map[string]string{"GARANT_LANGUAGE": "en"}}.run(t, test.args...))
		})
	}
}

func TestALanguageThatIsNotSpokenIsAUsageError(t *testing.T) {
	t.Parallel()
	want := answer{exitUsage, "", "garant: --language : « de » n’est pas une langue du programme ; langues : fr, en\nVoir « garant --help ».\n"}
	equal(t, want, run(t, "version", "--language", "de").plain())
	equal(t, want, run(t, "version", "--language=de").plain())
	equal(t, answer{exitUsage, "", "garant: GARANT_LANGUAGE : « de » n’est pas une langue du programme ; langues : fr, en\nVoir « garant --help ».\n"},
		world{environment: map[string]string{"GARANT_LANGUAGE": "de"}}.run(t, "version").plain())
}

func TestHelpIsThereForEveryCommandInBothLanguagesWithExamples(t *testing.T) {
	t.Parallel()
	for _, language := range []struct{ code, usage, examples string }{{"fr", "Usage :", "Exemples :"}, {"en", "Usage:", "Examples:"}} {
		for _, command := range []string{"annex", "completion", "config", "copy", "coverage", "journal", "library", "lint", "serve", "version"} {
			asked := run(t, command, "--help", "--language", language.code).plain()
			equal(t, answer{exitDone, run(t, "help", command, "--language", language.code).plain().Out, ""}, asked)
			for _, part := range []string{language.usage, language.examples, "  garant " + command} {
				if !strings.Contains(asked.Out, part) {
					t.Errorf("help of %s in %s lacks %q:\n%s", command, language.code, part, asked.Out)
				}
			}
			if strings.Contains(asked.Out, "cli.") || strings.Contains(asked.Out, "‹") || strings.Contains(asked.Out, "`") {
				t.Errorf("help of %s in %s shows a key, a gap or a backquote:\n%s", command, language.code, asked.Out)
			}
		}
		if got := run(t, "--language", language.code); got != run(t, "help", "--language", language.code) || got.Code != exitDone {
			t.Errorf("`garant` and `garant help` differ in %s: %v", language.code, got)
		}
	}
}

func TestCompletionsAreWrittenForEachShell(t *testing.T) {
	t.Parallel()
	for shell, begin := range map[string]string{"bash": "# bash completion", "zsh": "#compdef garant", "fish": "# fish completion", "powershell": "# powershell completion"} {
		got := run(t, "completion", shell)
		if got.Code != exitDone || got.Err != "" || !strings.HasPrefix(got.Out, begin) {
			t.Errorf("completion for %s: %d %q %.60q", shell, got.Code, got.Err, got.Out)
		}
	}
	equal(t, "docx\nhtml\njson\n:4\n", run(t, "__complete", "annex", "--format", "").Out)
}
