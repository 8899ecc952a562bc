package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/word"
)

// wordAnnex makes the example annex in Word, with texts changed in its document part.
func wordAnnex(t *testing.T, changes ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "annex.docx")
	if got := frozen.run(t, "annex", "--input", exampleInput, "--out", path); got.Code != exitDone {
		t.Fatalf("%v", got)
	}
	list := parts(t, read(t, path))
	for i, p := range list {
		if p.name != "word/document.xml" {
			continue
		}
		for _, old := range changes {
			before, after, _ := strings.Cut(old, "→")
			if !bytes.Contains(p.text, []byte(before)) {
				t.Fatalf("the document holds no %q", before)
			}
			p.text = bytes.ReplaceAll(p.text, []byte(before), []byte(after))
		}
		list[i].text = p.text
	}
	return write(t, filepath.Dir(path), "signed.docx", pack(t, list))
}

func TestVerifyFindsAnUntouchedAnnexUntouched(t *testing.T) {
	t.Parallel()
	path := wordAnnex(t)
	print := fingerprint(t, path)
	equal(t, answer{exitDone, path + " : intacte, empreinte " + print + "\n", ""}, frozen.run(t, "annex", "--verify", path).plain())
	equal(t, verdictJSON{path, true, print, print, []changeJSON{}, nil}, decode[verdictJSON](t, frozen.run(t, "annex", "--verify", path, "--format", "json").Out))
}

// fingerprint is the one that the JSON of the same input names.
func fingerprint(t *testing.T, _ string) string {
	t.Helper()
	return decode[struct{ Fingerprint string }](t, string(read(t, "testdata/annex.json"))).Fingerprint
}

func TestVerifyNamesTheArticlesThatChanged(t *testing.T) {
	t.Parallel()
	path := wordAnnex(t, "lorsque ce score→si ce score", "Logimed Télésuivi SAS→Logimed Holding SAS")
	got := frozen.run(t, "annex", "--verify", path).plain()
	equal(t, answer{
		exitWrong,
		"texte modifié : parties tableau des parties et du contrat\n" +
			"texte modifié : PAT-02 Délais de correction selon la criticité\n",
		path + ": l’annexe n’est plus celle qui a été remise, 2 différences (parties, PAT-02)\n",
	}, got)

	asked := frozen.run(t, "annex", "--verify", path, "--format", "json", "--language", "en")
	verdict := decode[verdictJSON](t, asked.Out)
	equal(t, exitWrong, asked.Code)
	equal(t, []changeJSON{
		{"changed", "parties", "table of the parties and the contract"},
		{"changed", "PAT-02", "Délais de correction selon la criticité"}, // as it stands in the document
	}, verdict.Changes)
	if verdict.Untouched || verdict.Fingerprint == verdict.Expected {
		t.Errorf("%v", verdict)
	}
}

func TestVerifyRefusesWhatIsNoAnnexOfGarant(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, test := range map[string]struct {
		data []byte
		key  string
	}{
		"text":     {[]byte("hello"), "document.not-zip"},
		"template": {word.DefaultTemplate("fr-FR"), "verify.no-fingerprint"},
	} {
		path := write(t, folder, name+".docx", test.data)
		for _, language := range locale.Languages() {
			equal(t, answer{exitWrong, "", lines(speak(t, language), fault.Problem{File: path, Key: test.key})},
				frozen.run(t, "annex", "--verify", path, "--language", string(language)))
		}
	}
}
