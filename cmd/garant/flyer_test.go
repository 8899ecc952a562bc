package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// anyLogo is the smallest PNG there is, of one pixel.
const anyLogo = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

// withRegion is the example with a region and contacts.
func withRegion(t *testing.T) string {
	t.Helper()
	return strings.NewReplacer("framing:\n", "region: {name: Agence régionale des Trois-Vallées}\nframing:\n",
		"values:\n", "values:\n  contact_rssi: 02 00 00 00 00\n").Replace(string(read(t, exampleInput)))
}

func TestFlyerWritesWordOrHTMLInBothLanguages(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	logo := filepath.Join(folder, "logo.png")
	if err := os.WriteFile(logo, []byte(anyLogo), 0o600); err != nil {
		t.Fatal(err)
	}
	w := world{stdin: withRegion(t)}
	for language, said := range map[string]string{"fr": " : dépliant de ", "en": ": flyer of "} {
		for _, as := range []string{"docx", "html"} {
			file := filepath.Join(folder, language+"."+as)
			args := []string{"flyer", "--input", "-", "--logo", logo, "--region-logo", logo, "--language", language}
			equal(t, answer{exitDone, file + said + "Centre hospitalier de Vallombreuse\n", ""}, w.run(t, append(args, "--out", file)...).plain())
			equal(t, string(read(t, file)), w.run(t, append(args, "--format", as, "--out", "-")...).Out)
		}
	}
	page := string(read(t, filepath.Join(folder, "fr.html")))
	for _, want := range []string{"Pour Logimed Télésuivi SAS", "Agence régionale des Trois-Vallées", "02\u00a000\u00a000\u00a000\u00a000", `src="data:image/png;base64,`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestAFlyerIsPrintedOnTwoSides(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	long := strings.TrimSpace(strings.Repeat("Groupement hospitalier ", 6))
	for name, input := range map[string]string{
		"named": withRegion(t),
		"long": strings.NewReplacer("Centre hospitalier de Vallombreuse", long, "Logimed Télésuivi SAS", long, "Agence régionale des Trois-Vallées", long,
			"02 00 00 00 00\n", long+"\n  contact_dpo: "+long+"\n").Replace(withRegion(t)),
	} {
		page, printed := filepath.Join(folder, name+".html"), filepath.Join(folder, name+".pdf")
		if got := (world{stdin: input}).run(t, "flyer", "--input", "-", "--out", page); got.Code != exitDone {
			t.Fatalf("%s: %v", name, got)
		}
		chromium := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--user-data-dir="+filepath.Join(folder, "profile"), "--no-pdf-header-footer", "--print-to-pdf="+printed, page)
		if out, err := chromium.CombinedOutput(); err != nil {
			t.Fatalf("%s: chromium: %v\n%s", name, err, out)
		}
		told, err := exec.Command("pdfinfo", printed).Output()
		if err != nil {
			t.Fatal(err)
		}
		facts := regexp.MustCompile(`(?m)^(Pages|Page size): +(.*)$`).FindAllString(string(told), -1)
		if len(facts) != 2 || !strings.HasSuffix(facts[0], " 2") || !strings.Contains(facts[1], "(A4)") {
			t.Errorf("%s: %q", name, facts)
		}
	}
}

func TestAFlyerCommandThatIsWrongSaysHow(t *testing.T) {
	t.Parallel()
	see := "\nSee “garant flyer --help”.\n"
	for name, test := range map[string]struct {
		args []string
		want answer
	}{
		"nothing": {nil, answer{exitUsage, "", "garant: give the input with --input and the file to write with --out" + see}},
		"another kind of file": {[]string{"--input", exampleInput, "--out", "a.pdf"},
			answer{exitUsage, "", "garant: --out: the format cannot be told from “a.pdf”; end with .docx or .html, or give --format" + see}},
		"two on the standard input": {[]string{"--input", "-", "--logo", "-", "--out", "a.docx"},
			answer{exitUsage, "", "garant: only one of the inputs can be the standard input" + see}},
		"no picture": {[]string{"--input", exampleInput, "--logo", exampleInput, "--out", "a.docx"},
			answer{exitWrong, "", "../../docs/example.yaml: This logo is not a readable PNG or JPEG image of at most 4,000 pixels a side. Save it in one of these formats.\n"}},
	} {
		if got := run(t, append([]string{"flyer", "--language", "en"}, test.args...)...).plain(); got != test.want {
			t.Errorf("%s:\n%v, want\n%v", name, got, test.want)
		}
	}
	got := frozen.run(t, "flyer", "--input", exampleInput, "--out", filepath.Join(t.TempDir(), "a.docx"), "--language", "en")
	equal(t, answer{exitWrong, "", "garant: this library has no flyer (clauses/flyer.yaml)\n"}, got.plain())
}
