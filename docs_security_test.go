package garant_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// securityPage tells the state of every requirement of levels 1 and 2 of OWASP ASVS 5.0.0.
const securityPage = "docs/security.md"

// requirement is one row of the page.
type requirement struct {
	chapter int
	number  string // "1.2.3"
	level   string
	state   string
	reason  string // where and which test, or why
}

var (
	requirementRow = regexp.MustCompile(`(?m)^\| V(\d+)\.(\d+\.\d+) \| (\S+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$`)
	summaryRow     = regexp.MustCompile(`(?m)^\| (?:V(\d+) [^|]+|\*\*all\*\*) \|((?: \d+ \|){5})$`)
	quotedCode     = regexp.MustCompile("`([^`]+)`")
	quotedTitle    = regexp.MustCompile(`“([^”]+)”`)
	pageLink       = regexp.MustCompile(`\]\(([^)#]+)(?:#[^)]*)?\)`)
	testName       = regexp.MustCompile(`^(?:Test|Fuzz)[A-Z]\w*(?:/\w+)?$`)
	testFunction   = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w*)\(`)
	specTitle      = regexp.MustCompile(`(?m)^\s*test\("([^"]+)"`)
	subtestName    = regexp.MustCompile(`(?m)^\s*"([A-Z]\w+)":\s`)
	repositoryFile = regexp.MustCompile(`^(?:[\w.-]+/)*[\w-]+(?:\.\w+)+$`)
)

func readText(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func requirements(page string) []requirement {
	var rows []requirement
	for _, m := range requirementRow.FindAllStringSubmatch(page, -1) {
		chapter, _ := strconv.Atoi(m[1])
		rows = append(rows, requirement{chapter, m[1] + "." + m[2], m[3], m[4], m[5]})
	}
	return rows
}

// knownTests are the tests of the repository: Go functions, the cases of the suite of engines under TestSuite, titles of
// browser tests.
func knownTests(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, root := range []string{".", "cmd", "internal", "frontend"} {
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (entry.Name() == "node_modules" || root == "." && name != "."):
				return fs.SkipDir
			case strings.HasSuffix(name, "_test.go"):
				for _, m := range testFunction.FindAllStringSubmatch(readText(t, name), -1) {
					known[m[1]] = true
				}
			case strings.HasSuffix(name, ".spec.ts"):
				for _, m := range specTitle.FindAllStringSubmatch(readText(t, name), -1) {
					known[m[1]] = true
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range subtestName.FindAllStringSubmatch(readText(t, "internal/store/storetest/storetest.go"), -1) {
		known["TestSuite/"+m[1]] = true
	}
	return known
}

// proofs sorts what a row names into files and tests, and tells what does not exist.
func proofs(row requirement, known map[string]bool) (files, tests int, wrong []string) {
	found := func(name string, exists bool, count *int) {
		*count++
		if !exists {
			wrong = append(wrong, fmt.Sprintf("V%s names %s, which is not in the repository", row.number, name))
		}
	}
	isFile := func(name string) bool {
		info, err := os.Stat(filepath.FromSlash(name))
		return err == nil && info.Mode().IsRegular()
	}
	for _, m := range quotedCode.FindAllStringSubmatch(row.reason, -1) {
		switch name := m[1]; {
		case testName.MatchString(name):
			found(name, known[name], &tests)
		case repositoryFile.MatchString(name):
			found(name, isFile(name), &files)
		}
	}
	for _, m := range quotedTitle.FindAllStringSubmatch(row.reason, -1) {
		found(m[1], known[m[1]], &tests)
	}
	for _, m := range pageLink.FindAllStringSubmatch(row.reason, -1) {
		name := path.Join("docs", m[1])
		found(name, isFile(name), &files)
	}
	return files, tests, wrong
}

func TestTheSecurityPageNamesFilesAndTestsThatExist(t *testing.T) {
	t.Parallel()
	known := knownTests(t)
	for _, row := range requirements(readText(t, securityPage)) {
		files, tests, wrong := proofs(row, known)
		for _, w := range wrong {
			t.Error(w)
		}
		switch row.state {
		case "met":
			if files == 0 || tests == 0 {
				t.Errorf("V%s is met by %d files and %d tests: it takes one of each", row.number, files, tests)
			}
		case "not applicable":
		case "not met":
			if !strings.Contains(row.reason, "lanned") {
				t.Errorf("V%s is not met and does not say what is planned", row.number)
			}
		default:
			t.Errorf("V%s is in the state %q", row.number, row.state)
		}
	}
}

func TestTheSecurityPageHasEveryRequirementOnce(t *testing.T) {
	t.Parallel()
	rows := requirements(readText(t, securityPage))
	seen := map[string]bool{}
	levels := map[string]int{}
	for n, row := range rows {
		if seen[row.number] {
			t.Errorf("V%s stands there twice", row.number)
		}
		seen[row.number] = true
		levels[row.level]++
		if n > 0 && slices.Compare(parts(rows[n-1].number), parts(row.number)) >= 0 {
			t.Errorf("V%s stands after V%s", row.number, rows[n-1].number)
		}
	}
	// The standard has 70 requirements of level 1 and 183 of level 2.
	if diff := cmp.Diff(map[string]int{"1": 70, "2": 183}, levels); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
	if shown := strings.Count(readText(t, securityPage), "\n| V"); shown != len(rows)+17 {
		t.Errorf("%d rows begin with a number, of which %d can be read", shown, len(rows)+17)
	}
}

func parts(number string) []int {
	var figures []int
	for part := range strings.SplitSeq(number, ".") {
		figure, _ := strconv.Atoi(part)
		figures = append(figures, figure)
	}
	return figures
}

func TestTheSummaryOfTheSecurityPageCountsItsRows(t *testing.T) {
	t.Parallel()
	page := readText(t, securityPage)
	const all = 0
	want := map[int][]int{} // requirements, met, not applicable, not met, of them test missing
	for _, row := range requirements(page) {
		for _, of := range []int{row.chapter, all} {
			if want[of] == nil {
				want[of] = make([]int, 5)
			}
			counted := want[of]
			counted[0]++
			switch row.state {
			case "met":
				counted[1]++
			case "not applicable":
				counted[2]++
			case "not met":
				counted[3]++
				if strings.HasPrefix(row.reason, "Done, no test") {
					counted[4]++
				}
			}
		}
	}
	got := map[int][]int{}
	for _, m := range summaryRow.FindAllStringSubmatch(page, -1) {
		chapter, _ := strconv.Atoi(m[1])
		for _, figure := range strings.FieldsFunc(m[2], func(r rune) bool { return r == ' ' || r == '|' }) {
			count, _ := strconv.Atoi(figure)
			got[chapter] = append(got[chapter], count)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

func TestARowOfTheSecurityPageThatNamesNothingRealIsSeen(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"TestReal": true, "TestSuite/IsReal": true, "a real page": true}
	for reason, want := range map[string]struct{ Files, Tests, Wrong int }{
		"`house_test.go`: `TestReal`, `TestSuite/IsReal`":                     {1, 2, 0},
		"[SECURITY.md](../SECURITY.md), `internal/web/view.go` “a real page”": {2, 1, 0},
		"`internal/web/none.go`: `TestReal`":                                  {1, 1, 1},
		"`internal/web`, `TestUnreal`, `FuzzUnreal`, “no page”":               {0, 3, 3},
		"[gone](gone.md)": {1, 0, 1},
		"`SameSite` by purpose, `--smtp`, see [below](#here)": {0, 0, 0},
	} {
		files, tests, wrong := proofs(requirement{number: "1.1.1", reason: reason}, known)
		if got := struct{ Files, Tests, Wrong int }{files, tests, len(wrong)}; got != want {
			t.Errorf("%s: %+v, want %+v", reason, got, want)
		}
	}
}
