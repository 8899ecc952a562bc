package main

import (
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/locale"
)

// value is what a test looks at in a setting.
type value struct {
	Value  string
	Source source
}

func configured(t *testing.T, w world, args ...string) map[string]value {
	t.Helper()
	got := w.run(t, append([]string{"config", "--format", "json"}, args...)...)
	if got.Code != exitDone {
		t.Fatalf("%v", got)
	}
	values := map[string]value{}
	for _, s := range decode[configJSON](t, got.Out).Settings {
		values[s.Name] = value{s.Value, s.Source}
	}
	return values
}

func TestConfigTellsWhereEachValueComesFrom(t *testing.T) {
	t.Parallel()
	want := map[string]value{
		"addr": {"localhost:8080", fromDefault}, "data": {"./data", fromDefault}, "store": {"", fromDefault}, "journal-heads": {"", fromDefault},
		"master-key": {"", fromDefault}, "master-key-file": {"", fromDefault}, "metrics-addr": {"", fromDefault},
		"log-level": {"info", fromDefault}, "log-format": {"text", fromDefault}, "public-url": {"", fromDefault},
		"tls-cert": {"", fromDefault}, "tls-key": {"", fromDefault}, "trusted-proxies": {"", fromDefault},
		"smtp": {"", fromDefault}, "smtp-password": {"", fromDefault}, "smtp-password-file": {"", fromDefault}, "smtp-ca": {"", fromDefault},
		"mail-from":  {"", fromDefault},
		"psc-issuer": {"", fromDefault}, "psc-client-id": {"", fromDefault}, "psc-client-secret": {"", fromDefault}, "psc-client-secret-file": {"", fromDefault},
		"proconnect-issuer": {"", fromDefault}, "proconnect-client-id": {"", fromDefault}, "proconnect-client-secret": {"", fromDefault},
		"proconnect-client-secret-file": {"", fromDefault}, "oidc-issuer": {"", fromDefault}, "oidc-client-id": {"", fromDefault},
		"oidc-client-secret": {"", fromDefault}, "oidc-client-secret-file": {"", fromDefault}, "oidc-label": {"", fromDefault},
		"oidc-acr": {"", fromDefault}, "oidc-strong": {"", fromDefault}, "issuer-ca": {"", fromDefault},
		"language": {"fr", fromDefault}, "shutdown-grace": {"20s", fromDefault},
	}
	equal(t, want, configured(t, world{}))

	want["addr"], want["data"] = value{"127.0.0.1:9", fromFlag}, value{"/srv/garant", fromVariable}
	want["trusted-proxies"], want["shutdown-grace"] = value{"10.0.0.1,192.168.0.0/16", fromVariable}, value{"1m0s", fromFlag}
	want["language"] = value{"en", fromVariable}
	equal(t, want, configured(t, world{environment: map[string]string{
		"GARANT_ADDR": ":1", "GARANT_DATA": "/srv/garant", "GARANT_TRUSTED_PROXIES": "10.0.0.1,192.168.0.0/16", "GARANT_LANGUAGE": "en", "GARANT_STORE": "",
	}}, "--addr", "127.0.0.1:9", "--shutdown-grace", "1m"))
}

func TestConfigHidesWhatIsSecret(t *testing.T) {
	t.Parallel()
	w := world{environment: map[string]string{"GARANT_STORE": "mongodb://someone:p%40ss:word@a.example:27017,b.example/garant?authSource=admin&tlsCertificateKeyFilePassword=hush-hush"}}
	equal(t, value{"mongodb://…@a.example:27017,b.example/garant?…", fromVariable}, configured(t, w)["store"])
	text := w.run(t, "config")
	wrong := world{environment: map[string]string{"GARANT_STORE": "mongo://someone:hush-hush@a.example"}}.run(t, "config")
	equal(t, [2]int{exitDone, exitUsage}, [2]int{text.Code, wrong.Code})
	for _, secret := range []string{"someone", "p%40ss", "hush-hush"} {
		if strings.Contains(text.Out+wrong.Out+wrong.Err, secret) {
			t.Errorf("%q is shown:\n%s\n%s", secret, text.Out, wrong.Err)
		}
	}
}

func TestAWrongSettingNamesItsFlagOrVariable(t *testing.T) {
	t.Parallel()
	for variable, wrong := range map[string]string{
		"GARANT_ADDR": "8080", "GARANT_STORE": "postgres://x", "GARANT_METRICS_ADDR": "x", "GARANT_LOG_LEVEL": "loud", "GARANT_LOG_FORMAT": "xml",
		"GARANT_PUBLIC_URL": "garant.example", "GARANT_TRUSTED_PROXIES": "10.0.0.1,proxy", "GARANT_SHUTDOWN_GRACE": "soon", "GARANT_LANGUAGE": "de",
	} {
		for _, command := range []string{"config", "serve"} {
			got := world{environment: map[string]string{variable: wrong}}.run(t, command)
			if got.Code != exitUsage || got.Out != "" || !strings.HasPrefix(got.plain().Err, "garant: "+variable+" : « ") {
				t.Errorf("%s=%s garant %s: %v", variable, wrong, command, got)
			}
		}
	}
	got := run(t, "config", "--tls-cert", "garant.crt", "--language", "en")
	equal(t, answer{exitUsage, "", "garant: --tls-cert and --tls-key go together: give both, or neither\nSee “garant config --help”.\n"}, got)
}

func TestConfigAsATableIsForReading(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/config.fr.txt", run(t, "config", "--addr", ":443").plain().Out)
	golden(t, "testdata/config.en.txt", run(t, "config", "--addr", ":443", "--language", "en").Out)
}

func TestTheConfigurationPageIsThatOfTheCode(t *testing.T) {
	t.Parallel()
	golden(t, "../../docs/configuration.md", configurationPage(speak(t, locale.English)))
}

func TestEverySettingHasItsMeaning(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		p := speak(t, language)
		for _, s := range settings() {
			if !p.Has("cli.setting." + s.name) {
				t.Errorf("%s has no meaning in %s", s.name, language)
			}
		}
	}
}
