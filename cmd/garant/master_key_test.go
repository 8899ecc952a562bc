package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/store/sqlite"
	"github.com/garant-sante/garant/internal/vault"
)

func TestTheFirstStartMakesAKeyBesideTheDataForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	data := filepath.Join(folder, "data")
	r := serve(t, "--data", data)
	equal(t, data+".key", r.line(t, "file")["file"])
	r.line(t, "link")
	equal(t, exitDone, r.end())
	info, err := os.Stat(data + ".key")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, os.FileMode(0o600), info.Mode())
	text := read(t, data+".key")
	if _, err := vault.ParseMasters(string(text)); err != nil {
		t.Error(err)
	}

	again := serve(t, "--data", data)
	again.line(t, "link")
	equal(t, exitDone, again.end())
	equal(t, string(text), string(read(t, data+".key")))
}

// keyName is how the program names the first master key of a text.
func keyName(t *testing.T, text []byte) string {
	t.Helper()
	masters, err := vault.ParseMasters(string(text))
	must(t, err)
	return masters.Current()
}

func TestAServerWithoutAMasterKeyKeepsNoFileAndOneThatLostItsKeySaysWhichOne(t *testing.T) {
	t.Parallel()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), schemas()...))
	english := speak(t, locale.English)
	var told bytes.Buffer
	p, c := program{printer: english}, Config{Store: "mongodb://mongo.example/garant"} // nothing is made beside a server
	portal, who := assembled(t, engine, c)
	portal.log = slog.New(slog.NewTextHandler(&told, nil))
	must(t, p.unlock(t.Context(), portal))
	if !strings.Contains(told.String(), "level=WARN msg=\""+english.T("cli.serve.no-key")) {
		t.Errorf("the log says %q", told.String())
	}
	err = portal.people.SetTemplate(t.Context(), who, "a.docx", []byte("PK"))
	equal(t, english.T("error.vault.no-master"), english.Error(err))

	text, err := vault.NewMaster()
	must(t, err)
	portal.MasterKey = text
	must(t, p.unlock(t.Context(), portal))
	must(t, portal.people.SetTemplate(t.Context(), who, "a.docx", []byte("PK")))
	portal.MasterKey = ""
	equal(t, english.T("error.vault.master-missing", "key", keyName(t, []byte(text))), english.Error(p.unlock(t.Context(), portal)))
}

func TestAKeyThatWasLostIsToldAndNotReplaced(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	data := filepath.Join(folder, "data")
	r := serve(t, "--data", data)
	r.line(t, "link")
	equal(t, exitDone, r.end())
	kept := read(t, data+".key")
	if err := os.Remove(data + ".key"); err != nil {
		t.Fatal(err)
	}
	lost := run(t, "serve", "--addr", "127.0.0.1:0", "--data", data, "--language", "en")
	equal(t, exitFailed, lost.Code)
	equal(t, "garant: "+speak(t, locale.English).T("error.vault.master-lost", "file", data+".key", "key", keyName(t, kept)), strings.TrimSpace(lost.Err))
	equal(t, []string{"data"}, names(t, folder))

	other, err := vault.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	wrong := run(t, "serve", "--addr", "127.0.0.1:0", "--data", data, "--master-key", other, "--language", "en")
	equal(t, answer{exitFailed, "", "garant: " + speak(t, locale.English).T("error.vault.master-missing", "key", keyName(t, kept)) + "\n"}, wrong)

	moved := filepath.Join(folder, "new.key")
	if err := os.WriteFile(moved, []byte(other+" # the next one\n"+string(kept)), 0o600); err != nil {
		t.Fatal(err)
	}
	r = serve(t, "--data", data, "--master-key-file", moved)
	r.line(t, "link")
	equal(t, exitDone, r.end())
	r = serve(t, "--data", data, "--master-key", other) // the old one is of no more use
	r.line(t, "link")
	equal(t, exitDone, r.end())
}

func TestMasterKeysThatCannotBeReadAreTold(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	data, none := filepath.Join(folder, "data"), filepath.Join(folder, "none.key")
	english := speak(t, locale.English)
	damaged := write(t, folder, "damaged.key", []byte("garant-master-1-short\n"))
	for name, test := range map[string]struct {
		args []string
		want answer
	}{
		"a file that is missing": {[]string{"--master-key-file", none}, answer{exitFailed, "", none + ": cannot be read: this file or folder does not exist\n"}},
		"both":                   {[]string{"--master-key-file", none, "--master-key", "x"}, answer{exitUsage, "", "garant: " + english.T("cli.usage.master-key") + "\nSee “garant serve --help”.\n"}},
		"a damaged key":          {[]string{"--master-key", "x"}, answer{exitWrong, "", "garant: " + english.T("error.vault.bad-master", "number", 1) + "\n"}},
	} {
		got := run(t, append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data, "--language", "en"}, test.args...)...)
		if got != test.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	got := run(t, "serve", "--addr", "127.0.0.1:0", "--data", data, "--language", "en", "--master-key-file", damaged)
	if got.Code != exitWrong || !strings.Contains(got.Err, damaged+": "+english.T("error.vault.bad-master", "number", 1)) {
		t.Errorf("a damaged file: %+v", got)
	}
	equal(t, []string{"damaged.key", "data"}, names(t, folder))
}
