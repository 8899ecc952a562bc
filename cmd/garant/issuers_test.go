package main

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/locale"
)

func TestAProviderIsSetWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	sound := map[string]string{
		"GARANT_OIDC_ISSUER": "https://id.hospital.example", "GARANT_OIDC_CLIENT_ID": "garant", "GARANT_OIDC_CLIENT_SECRET": "hush-hush", "GARANT_OIDC_LABEL": "l'annuaire du CH",
	}
	english := speak(t, locale.English)
	oidc := []any{"prefix", "oidc", "variable", "GARANT_OIDC"}
	for name, test := range map[string]struct {
		change map[string]string
		said   string
	}{
		"whole":            {nil, ""},
		"no id":            {map[string]string{"GARANT_OIDC_CLIENT_ID": ""}, english.T("cli.usage.issuer-parts", oidc...)},
		"no secret":        {map[string]string{"GARANT_OIDC_CLIENT_SECRET": ""}, english.T("cli.usage.issuer-parts", oidc...)},
		"no address":       {map[string]string{"GARANT_OIDC_ISSUER": ""}, english.T("cli.usage.issuer-parts", oidc...)},
		"no label":         {map[string]string{"GARANT_OIDC_LABEL": ""}, english.T("cli.usage.issuer-label")},
		"two secrets":      {map[string]string{"GARANT_OIDC_CLIENT_SECRET_FILE": "secret.txt"}, english.T("cli.usage.issuer-secrets", oidc...)},
		"in clear":         {map[string]string{"GARANT_OIDC_ISSUER": "http://id.hospital.example"}, english.T("cli.usage.setting-issuer", "from", "GARANT_OIDC_ISSUER", "value", "http://id.hospital.example")},
		"half of another":  {map[string]string{"GARANT_PSC_CLIENT_ID": "garant"}, english.T("cli.usage.issuer-parts", "prefix", "psc", "variable", "GARANT_PSC")},
		"on this machine":  {map[string]string{"GARANT_OIDC_ISSUER": "http://127.0.0.1:9000"}, ""},
		"two of the three": {map[string]string{"GARANT_PSC_ISSUER": "https://psc.example", "GARANT_PSC_CLIENT_ID": "garant", "GARANT_PSC_CLIENT_SECRET": "hush-hush"}, ""},
	} {
		environment := maps.Clone(sound)
		maps.Copy(environment, test.change)
		got := world{environment: environment}.run(t, "config", "--language", "en")
		if strings.Contains(got.Out+got.Err, "hush-hush") {
			t.Errorf("%s: the secret is shown", name)
		}
		want := answer{exitUsage, "", "garant: " + test.said + "\nSee “garant config --help”.\n"}
		if test.said == "" && got.Code != exitDone || test.said != "" && got != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestServeTellsWhatToRegisterAtAProvider(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	secret := write(t, folder, "secret.txt", []byte("hush-hush\n"))
	settings := []string{"--data", filepath.Join(folder, "data"), "--public-url", "https://garant.example", "--psc-issuer", "https://psc.example", "--psc-client-id", "garant", "--psc-client-secret-file"}
	r := serve(t, append(settings, secret)...)
	line := r.line(t, "redirect")
	same := map[string]string{"name": line["name"], "issuer": line["issuer"], "redirect": line["redirect"], "signed-out": line["signed-out"]}
	equal(t, map[string]string{
		"name": "Pro Santé Connect", "issuer": "https://psc.example", "redirect": "https://garant.example/sign-in/with/pro-sante-connect/back", "signed-out": "https://garant.example/sign-in",
	}, same)
	r.line(t, "link")
	equal(t, exitDone, r.end())

	none := filepath.Join(folder, "none.txt")
	got := run(t, append([]string{"serve", "--addr", "127.0.0.1:0", "--language", "en"}, append(settings, none)...)...)
	equal(t, answer{exitFailed, "", none + ": cannot be read: this file or folder does not exist\n"}, answer{got.Code, got.Out, lastLine(got.Err)})
}

// lastLine leaves the log out of what was said.
func lastLine(said string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(said, "\n"), "\n")
	return lines[len(lines)-1] + "\n"
}
