package word

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// convert has LibreOffice save documents in another format, in a profile of its own, and gives their paths.
func convert(t *testing.T, format string, documents map[string][]byte) map[string]string {
	t.Helper()
	in, out := t.TempDir(), t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(t.TempDir(), "profile"), "--headless", "--convert-to", format, "--outdir", out}
	paths := make(map[string]string)
	for name, data := range documents {
		path := filepath.Join(in, name+".docx")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
		paths[name] = filepath.Join(out, name+"."+format)
	}
	output, err := exec.Command("soffice", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("soffice: %v\n%s", err, output)
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			t.Fatalf("soffice wrote nothing: %v\n%s", err, output)
		}
	}
	return paths
}

// pdfPages gives the text of each page.
func pdfPages(t *testing.T, path string) []string {
	t.Helper()
	text, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
}

func TestPDFHasNoEmptyPageAndTheContentsTellTheRightPages(t *testing.T) {
	t.Parallel()
	documents := map[string][]byte{}
	samples := map[string]Document{}
	for _, articles := range []int{5, 13, 22, 30, 47, 64, 81} {
		name := fmt.Sprintf("annex-%d", articles)
		samples[name] = sample(articles)
		data, err := Render(samples[name], nil)
		if err != nil {
			t.Fatal(err)
		}
		documents[name] = data
	}
	if dir := os.Getenv("WORD_SAMPLES"); dir != "" {
		for name, data := range documents {
			if err := os.WriteFile(filepath.Join(dir, name+".docx"), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, path := range convert(t, "pdf", documents) {
		pages := pdfPages(t, path)
		for i, page := range pages {
			if len(strings.Fields(page)) < 20 {
				t.Errorf("%s: page %d of %d holds next to nothing: %q", name, i+1, len(pages), page)
			}
		}
		template, err := prepared(nil)
		if err != nil {
			t.Fatal(err)
		}
		outline := template.outline(samples[name])
		template.setPages(samples[name], outline, nil)
		for _, entry := range outline.entries {
			title := strings.TrimSpace(entry.number + " " + entry.text)
			shown := regexp.MustCompile(`(?m)^\s*` + regexp.QuoteMeta(title) + `[ .]*\s(\d+)$`)
			if match := shown.FindStringSubmatch(strings.Join(pages, "\n")); entry.listed(2) && (match == nil || match[1] != strconv.Itoa(entry.page)) {
				t.Errorf("%s: %q: the contents print %q, not page %d", name, title, match, entry.page)
			}
			if got := pagesOf(pages, title); len(got) != 1 || got[0] != entry.page {
				t.Errorf("%s: %q: the contents say page %d, it is on %v", name, title, entry.page, got)
			}
		}
	}
}

// pagesOf gives the pages on which a line is the title and nothing else: in the contents a page number follows.
func pagesOf(pages []string, title string) []int {
	var found []int
	for i, page := range pages {
		for _, line := range strings.Split(page, "\n") {
			if strings.TrimSpace(line) == title {
				found = append(found, i+1)
			}
		}
	}
	return found
}

// A structure makes its template from ours, and saves it with what it has.
func TestOurTemplateStillWorksOnceLibreOfficeSavedIt(t *testing.T) {
	t.Parallel()
	paths := convert(t, "docx", map[string][]byte{"ours": DefaultTemplate("fr-FR"), "theirs": plainWordTemplate(t)})
	doc := sample(6)
	for name, path := range paths {
		template, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckTemplate(template, allowedNames, []string{"articles"}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		data := render(t, doc, template)
		regions := regionsOf(doc)
		if name == "theirs" { // has no parties
			regions = regions[1:]
		} else if got := strings.Count(unpack(t, data)[documentPart], "<w:pageBreakBefore/>"); got != 2 {
			t.Errorf("%s: %d pages begun, want 2", name, got)
		}
		if diff := cmp.Diff(regions, read(t, data).Regions); diff != "" {
			t.Errorf("%s: regions (-model +read):\n%s", name, diff)
		}
		for part, content := range unpack(t, data) {
			if err := checkXML([]byte(content)); isXML(part) && err != nil {
				t.Errorf("%s: %s: %v", name, part, err)
			}
		}
		if dir := os.Getenv("WORD_SAMPLES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "from-"+name+".docx"), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
