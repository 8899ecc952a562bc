package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const modelList = "assurance-plan, remote-maintenance-agreement, confidentiality-undertaking, committee-minutes, incident-report, destruction-certificate"

func TestModelWithoutANameListsThem(t *testing.T) {
	t.Parallel()
	equal(t, answer{exitDone, `assurance-plan                Security assurance plan                GOV-02, GOV-01
remote-maintenance-agreement  Remote maintenance agreement           TEL-04, TEL-01, TEL-02
confidentiality-undertaking   Individual confidentiality undertaking CNF-02, CNF-01, GOV-03
committee-minutes             Minutes of the monitoring committee    GOV-04, AUD-03
incident-report               Incident report form                   INC-01, INC-04, DCP-05, INC-02
destruction-certificate       Certificate of destruction             REV-02, CNF-04, DCP-01
`, ""}, squeezed(run(t, "model", "--language", "en")))
	got := decode[modelsJSON](t, run(t, "model", "--format", "json").Out)
	equal(t, 6, len(got.Models))
	first := got.Models[0]
	equal(t, []string{"assurance-plan", "Plan d'assurance sécurité", "Security assurance plan", "GOV-02 GOV-01"},
		[]string{first.ID, first.Title.FR, first.Title.EN, strings.Join(first.Clauses, " ")})
	equal(t, `{
  "models": []
}
`, frozen.run(t, "model", "--format", "json").Out)
}

// squeezed has one space less before the last column, which is as wide as the longest title needs.
func squeezed(a answer) answer {
	var lines []string
	for _, line := range strings.SplitAfter(a.Out, "\n") {
		at := strings.LastIndex(line, "  ")
		if at >= 0 {
			line = line[:at] + line[at+1:]
		}
		lines = append(lines, line)
	}
	a.Out = strings.Join(lines, "")
	return a
}

func TestModelWritesADocumentInTheLanguageOfTheInputOrTheOneAskedFor(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"fr.docx":    {[]string{"--input", exampleInput}, "Attestation de destruction"},
		"en.docx":    {[]string{"--input", exampleInput, "--language", "en"}, "Certificate of destruction"},
		"blank.docx": {nil, "Attestation de destruction"},
	} {
		file := filepath.Join(folder, name)
		got := run(t, append([]string{"model", "destruction-certificate", "--out", file}, test.args...)...).plain()
		colon := map[bool]string{true: ": ", false: " : "}[name == "en.docx"]
		equal(t, answer{exitDone, file + colon + test.want + "\n", ""}, got)
		equal(t, string(read(t, file)), run(t, append([]string{"model", "destruction-certificate", "--out", "-"}, test.args...)...).Out)
	}
	if string(read(t, filepath.Join(folder, "fr.docx"))) == string(read(t, filepath.Join(folder, "blank.docx"))) {
		t.Error("the input changes nothing")
	}
	input := world{stdin: string(read(t, exampleInput))}
	equal(t, string(read(t, filepath.Join(folder, "fr.docx"))), input.run(t, "model", "destruction-certificate", "--input", "-", "--out", "-").Out)
}

func TestAModelCommandThatIsWrongSaysHow(t *testing.T) {
	t.Parallel()
	input := filepath.Join(t.TempDir(), "input.docx")
	if err := os.WriteFile(input, read(t, exampleInput), 0o600); err != nil {
		t.Fatal(err)
	}
	see := "\nSee “garant model --help”.\n"
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"an unknown one":       {[]string{"plan", "--out", "a.docx"}, "garant: “plan” is not a template of the library; templates: " + modelList + see},
		"no name":              {[]string{"--out", "a.docx"}, "garant: say which template; templates: " + modelList + see},
		"two":                  {[]string{"assurance-plan", "incident-report"}, "garant: incident-report: one template at a time" + see},
		"nowhere":              {[]string{"assurance-plan"}, "garant: say where to write the document with --out FILE.docx, or - for the standard output" + see},
		"another kind of file": {[]string{"assurance-plan", "--out", "a.pdf"}, "garant: --out: a.pdf does not end with .docx" + see},
		"a list of one":        {[]string{"assurance-plan", "--format", "json"}, "garant: --format is for the list alone, without the name of a template" + see},
		"over the input":       {[]string{"assurance-plan", "--input", input, "--out", input}, "garant: --out: " + input + " is also read by this command; write elsewhere" + see},
	} {
		got := run(t, append([]string{"model", "--language", "en"}, test.args...)...).plain()
		if want := (answer{exitUsage, "", test.want}); got != want {
			t.Errorf("%s:\n%v, want\n%v", name, got, want)
		}
	}
}

func TestAModelOfAWrongInputLeavesNoFile(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "a.docx")
	w := world{stdin: strings.Replace(string(read(t, exampleInput)), "data: health\n", "data: helth\n", 1)}
	got := w.run(t, "model", "assurance-plan", "--input", "-", "--out", out)
	equal(t, []any{exitWrong, "", true}, []any{got.Code, got.Out, strings.HasPrefix(got.Err, "-:21: framing.data")})
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("a file is there: %v", err)
	}
}
