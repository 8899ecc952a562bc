package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// unbearable is far above the second that a refusal may take: the tests share their machine with one another.
const unbearable = 10 * time.Second

// change replaces a part of the example input, which must be there.
func change(old, new string) func(t *testing.T, input []byte) []byte {
	return func(t *testing.T, input []byte) []byte {
		t.Helper()
		if !bytes.Contains(input, []byte(old)) {
			t.Fatalf("the example input holds no %q", old)
		}
		return bytes.Replace(input, []byte(old), []byte(new), 1)
	}
}

func instead(data string) func(*testing.T, []byte) []byte {
	return func(*testing.T, []byte) []byte { return []byte(data) }
}

func end(more string) func(*testing.T, []byte) []byte {
	return func(_ *testing.T, input []byte) []byte { return append(bytes.Clone(input), more...) }
}

// at makes the problem that is expected; the file is filled in later.
func at(line int, field, key string, args ...any) fault.Problem {
	return fault.Problem{Line: line, Field: field, Key: key, Args: args}
}

var (
	topFields   = "language, structure, supplier, contract, framing, clauses, values, region"
	partyFields = "name, legal_form, address, finess, siren, representative"
)

func TestABadInputIsRefusedByFieldAndLineInBothLanguagesAndLeavesNoFile(t *testing.T) {
	t.Parallel()
	example := read(t, exampleInput)
	for name, test := range map[string]struct {
		input func(*testing.T, []byte) []byte
		want  []fault.Problem
	}{
		"unknown field":               {change("  siren:", "  sirenn:"), []fault.Problem{at(12, "supplier.sirenn", "yaml.unknown-field", "allowed", partyFields)}},
		"unknown field at the top":    {end("colour: teal\n"), []fault.Problem{at(39, "colour", "yaml.unknown-field", "allowed", topFields)}},
		"missing party":               {change("supplier:\n  name: Logimed Télésuivi SAS\n  address: 4 quai de la Fosse, 44000 Nantes\n  siren: \"100000009\"\n  representative: le directeur général\n", ""), []fault.Problem{at(2, "supplier", "yaml.required")}},
		"unknown clause":              {change("add: [GOV-06]", "add: [GOV-99]"), []fault.Problem{at(30, "clauses.add[0]", "annex.unknown-clause", "id", "GOV-99")}},
		"draft clause":                {change("add: [GOV-06]", "add: [CON-01]"), []fault.Problem{at(30, "clauses.add[0]", "annex.draft-clause", "id", "CON-01")}},
		"wrong type":                  {change("availability: 4", "availability: four"), []fault.Problem{at(25, "framing.needs.availability", "yaml.want-integer", "value", "four")}},
		"list where a text is wanted": {change("title: Plateforme de télésuivi des patients insuffisants cardiaques", "title: [a, b]"), []fault.Problem{at(16, "contract.title", "yaml.want-text")}},
		"number where text is wanted": {change(`siren: "100000009"`, "siren: 100000009"), []fault.Problem{at(12, "supplier.siren", "yaml.want-quotes", "value", "100000009")}},
		"word that is not a choice":   {change("data: health", "data: secret"), []fault.Problem{at(21, "framing.data", "yaml.not-allowed", "value", "secret", "allowed", "none, personal, health")}},
		"level out of range":          {change("image: 2", "image: 5"), []fault.Problem{at(26, "framing.impacts.image", "framing.level", "value", 5)}},
		"removal without reason":      {change("      reason: Couverture cyber déjà exigée par l'acte d'engagement.\n", ""), []fault.Problem{at(32, "clauses.remove[0].reason", "yaml.required")}},
		"removal with a blank reason": {change("Couverture cyber déjà exigée par l'acte d'engagement.", `" "`), []fault.Problem{at(33, "clauses.remove[0].reason", "annex.removal-reason", "id", "GOV-07")}},
		"impossible date":             {change("2027-01-01", "2027-02-30"), []fault.Problem{at(17, "contract.start", "yaml.want-date", "value", "2027-02-30")}},
		"end before start":            {change("2030-12-31", "2026-12-31"), []fault.Problem{at(18, "contract.end", "annex.end-before-start", "start", "2027-01-01", "end", "2026-12-31")}},
		"value out of its type":       {change("delai_correctif_critique_jours: 10", "delai_correctif_critique_jours: ten"), []fault.Problem{at(36, "values.delai_correctif_critique_jours", "value.number", "value", "ten")}},
		"percentage above 100":        {change("disponibilite_pct: 99.9", "disponibilite_pct: 120"), []fault.Problem{at(37, "values.disponibilite_pct", "value.percent", "value", "120")}},
		"unknown value":               {change("pays_stockage: France", "pays_stokage: France"), []fault.Problem{at(38, "values.pays_stokage", "annex.unknown-variable-close", "name", "pays_stokage", "close", "pays_stockage")}},
		"wrong SIREN":                 {change(`"100000009"`, `"12345"`), []fault.Problem{at(12, "supplier.siren", "annex.siren", "value", "12345")}},
		"line break in a name":        {change("name: Logimed Télésuivi SAS", `name: "Logimed\nTélésuivi"`), []fault.Problem{at(10, "supplier.name", "value.one-line")}},
		"duplicate key":               {change("  start: 2027-01-01\n", "  start: 2027-01-01\n  start: 2027-02-01\n"), []fault.Problem{at(18, "contract.start", "yaml.duplicate")}},
		"second document":             {end("---\nlanguage: en\n"), []fault.Problem{at(40, "", "yaml.second-document")}},
		"nothing":                     {instead(""), []fault.Problem{at(1, "", "yaml.empty")}},
		"two megabytes":               {end("# " + strings.Repeat("x", 2<<20) + "\n"), []fault.Problem{at(1, "", "yaml.too-large", "limit", "1")}},
		"not UTF-8":                   {change("Télésuivi SAS", "T\xe9l\xe9suivi SAS"), []fault.Problem{at(10, "", "yaml.not-utf8")}},
		"control character":           {change("Logimed", "Log\x00imed"), []fault.Problem{at(10, "", "yaml.control")}},
		"anchor":                      {change("legal_form: établissement", "legal_form: &a établissement"), []fault.Problem{at(5, "", "yaml.anchor")}},
		"deep nesting":                {instead("structure: " + strings.Repeat("[", 150) + "\n"), []fault.Problem{at(1, "", "yaml.too-deep")}},
		"deep nesting in maps":        {instead("structure: " + strings.Repeat("{a: ", 40) + "\n"), []fault.Problem{at(1, "", "yaml.too-deep")}},
		"nesting beyond measure":      {instead("structure: " + strings.Repeat("[", 500_000) + "\n"), []fault.Problem{at(1, "", "yaml.unreasonable")}},
		"several at once": {func(t *testing.T, input []byte) []byte {
			for _, edit := range []func(*testing.T, []byte) []byte{
				change("finess:", "finness:"), change("2027-01-01", "2027-13-01"), change("GOV-06", "GOV-66"), change("traceability: 3", "traceability: 0"),
			} {
				input = edit(t, input)
			}
			return input
		}, []fault.Problem{
			at(7, "structure.finness", "yaml.unknown-field", "allowed", partyFields),
			at(17, "contract.start", "yaml.want-date", "value", "2027-13-01"),
			at(25, "framing.needs.traceability", "framing.level", "value", 0),
			at(30, "clauses.add[0]", "annex.unknown-clause", "id", "GOV-66"),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			file := write(t, folder, "input.yaml", test.input(t, example))
			for i := range test.want {
				test.want[i].File = file
			}
			for _, language := range locale.Languages() {
				began := time.Now()
				got := frozen.run(t, "annex", "--input", file, "--out", filepath.Join(folder, "annex.docx"), "--language", string(language))
				equal(t, answer{exitWrong, "", lines(speak(t, language), test.want...)}, got)
				if took := time.Since(began); took > unbearable {
					t.Errorf("refused after %v", took)
				}
			}
			equal(t, []string{"input.yaml"}, names(t, folder))
		})
	}
}

// A bomb names each of its lines: the file stays small, and what it would grow to never comes to be.
func TestAYAMLBombIsRefusedAtEachAnchor(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [lol, lol, lol]\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1)
	}
	got := world{stdin: bomb.String()}.run(t, "annex", "--input", "-")
	if got.Code != exitWrong || got.Out != "" {
		t.Fatalf("exit %d, output %q", got.Code, got.Out)
	}
	first, _, _ := strings.Cut(got.Err, "\n")
	equal(t, strings.TrimSuffix(lines(speak(t, locale.French), fault.Problem{File: "-", Line: 1, Key: "yaml.anchor"}), "\n"), first)
}

func TestAFileThatIsMissingOrAFolderIsAWrongInput(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	p := speak(t, locale.French)
	missing := filepath.Join(folder, "none.yaml")
	equal(t, answer{exitWrong, "", lines(p, fault.Problem{File: missing, Key: "cli.no-file"})}, run(t, "annex", "--input", missing))
	equal(t, answer{exitWrong, "", lines(p, fault.Problem{File: folder, Key: "cli.is-folder"})}, run(t, "annex", "--input", folder))
	equal(t, answer{exitWrong, "", lines(p, fault.Problem{File: missing, Key: "cli.no-file"})}, run(t, "annex", "--verify", missing))
}

func TestAFolderThatDoesNotExistIsAFailureOfTheSystem(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "none", "annex.html")
	equal(t, answer{exitFailed, "", out + ": cannot be written: this file or folder does not exist\n"},
		frozen.run(t, "annex", "--input", exampleInput, "--out", out, "--language", "en"))
}
