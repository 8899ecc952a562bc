package locale

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Code may put a key together from a value: "unit." + unit, about + ".too-big". Every key with that beginning or that
// end counts as used.
var (
	beginning = regexp.MustCompile("[\"`]([A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*\\.)[\"`] ?\\+")
	ending    = regexp.MustCompile("\\+ ?[\"`](\\.[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*)[\"`]")
)

// renamed lists the beginnings that code makes of another name: a framing's field "needs.integrity" is "need.integrity".
var renamed = map[string]bool{"need.": true, "impact.": true}

// shape is what must be alike in both languages.
type shape struct {
	Plural       bool
	Placeholders []string
}

func TestBothLanguagesHaveTheSameKeysPluralsAndPlaceholders(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[Language]map[string]shape{French: {}, English: {}}
	for l, table := range c.languages {
		for key, m := range table.messages {
			shapes[l][key] = shape{m.plural, m.placeholders()}
		}
	}
	if diff := cmp.Diff(shapes[French], shapes[English]); diff != "" {
		t.Errorf("French (-) and English (+) differ:\n%s", diff)
	}
	for key, file := range c.languages[French].origin {
		if other := c.languages[English].origin[key]; other != "" && filepath.Base(other) != filepath.Base(file) {
			t.Errorf("key %s is in %s and %s", key, file, other)
		}
	}
}

func TestEveryMessageIsUsed(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	quoted, begun, ended := map[string]bool{}, map[string]bool{}, map[string]bool{}
	literal := regexp.MustCompile("[\"`]([A-Za-z0-9._-]+)[\"`]")
	for _, source := range sources(t, ".go", ".templ", ".ts") {
		for pattern, found := range map[*regexp.Regexp]map[string]bool{literal: quoted, beginning: begun, ending: ended} {
			for _, match := range pattern.FindAllStringSubmatch(source.text, -1) {
				found[match[1]] = true
			}
		}
	}
	used := func(key string) bool {
		if quoted[key] || matches(key, renamed, strings.HasPrefix) {
			return true
		}
		key = strings.TrimPrefix(key, "error.")
		return quoted[key] || matches(key, begun, strings.HasPrefix) || matches(key, ended, strings.HasSuffix)
	}
	for _, key := range c.languages[French].keys() {
		if !used(key) {
			t.Errorf("%s: key %s is used nowhere: remove it", c.languages[French].origin[key], key)
		}
	}
}

func matches(key string, parts map[string]bool, match func(key, part string) bool) bool {
	for part := range parts {
		if match(key, part) {
			return true
		}
	}
	return false
}

func TestEveryKeyInTheCodeHasItsWords(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	p := c.In(French)
	asked := []*regexp.Regexp{
		regexp.MustCompile(`\bfault\.New(?:Invalid|NotFound|Conflict|Forbidden|Unavailable|TooLarge|TooMany)\("([^"]+)"[,)]`),
		regexp.MustCompile(`\.T\("([^"]+)"[,)]`),
		regexp.MustCompile(`\bKey: *"([^".]+\.[^"]+)"[,}]`),
		regexp.MustCompile(`\blocale\.Key\("([^"]+)"\)`),
	}
	for _, source := range sources(t, ".go", ".templ") {
		for _, pattern := range asked {
			for _, found := range pattern.FindAllStringSubmatch(source.text, -1) {
				if key := found[1]; !p.Has(key) && !p.Has("error."+key) {
					t.Errorf("%s: %s has no message, neither %s nor error.%s", source.path, key, key, key)
				}
			}
		}
	}
}

// Words of the interface are messages: a view holds no text of its own, in either language.
func TestViewsHoldNoWords(t *testing.T) {
	t.Parallel()
	french := regexp.MustCompile(`[À-ÖØ-öø-ÿŒœ«»’]`)
	text := regexp.MustCompile(`>([^<>{}"@]*\pL{2}[^<>{}"@]*)<`)
	attribute := regexp.MustCompile(`\s(?:aria-label|title|placeholder|alt)="([^"]*\pL{2}[^"]*)"`)
	names := strings.NewReplacer("Français", "", "English", "", "Garant", "", "Word", "", "Excel", "", "HTML", "", "JSON", "")
	for _, source := range sources(t, ".templ") {
		for n, line := range strings.Split(source.text, "\n") {
			code, _, _ := strings.Cut(strings.TrimSpace(line), "// ")
			if goLine.MatchString(code) {
				continue
			}
			code = names.Replace(code)
			if french.MatchString(code) || text.MatchString(code) || attribute.MatchString(code) {
				t.Errorf("%s:%d: text in a view, give it a key: %s", source.path, n+1, code)
			}
		}
	}
}

var goLine = regexp.MustCompile(`^(?:if|for|switch|case|func|var|const|type|import|\} else)\b`)

var comment = regexp.MustCompile(`(?m)^\s*//.*$`)

type source struct{ path, text string }

// sources reads the product's own files with these endings: no tests, nothing generated, nothing installed.
func sources(t *testing.T, endings ...string) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var found []source
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			support := name == "node_modules" || name == "bench" || name == "testdata" || strings.HasSuffix(name, "test")
			if support || strings.HasPrefix(name, ".") && path != root {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains(endings, filepath.Ext(name)) || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		data, err := os.ReadFile(path)
		found = append(found, source{path, comment.ReplaceAllString(string(data), "")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
