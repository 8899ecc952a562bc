package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/questionnaires"
)

// running is a portal under test.
type running struct {
	log  chan string // its lines; closed when it ends
	stop context.CancelFunc
	code chan int
}

// serve starts the portal with a log of JSON; the end of the test stops it.
func serve(t *testing.T, args ...string) *running {
	t.Helper()
	reader, writer := io.Pipe()
	loaded, err := words()
	if err != nil {
		t.Fatal(err)
	}
	p := program{in: strings.NewReader(""), out: io.Discard, err: writer, clauses: clauses.Files, questionnaires: questionnaires.Files, words: loaded, stamp: build{"1.2.3", "0a1b2c3"}}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{log: make(chan string, 1000), stop: cancel, code: make(chan int, 1)}
	go func() { // whoever reads the log, the portal never waits for it
		for scanner := bufio.NewScanner(reader); scanner.Scan(); {
			r.log <- scanner.Text()
		}
		close(r.log)
	}()
	go func() {
		r.code <- p.run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0", "--log-format", "json"}, args...))
		_ = writer.Close()
	}()
	t.Cleanup(cancel)
	return r
}

// line gives the next line of the log that has the field.
func (r *running) line(t *testing.T, field string) map[string]string {
	t.Helper()
	for text := range r.log {
		var values map[string]any
		if err := json.Unmarshal([]byte(text), &values); err != nil {
			t.Fatalf("%v in the log: %s", err, text)
		}
		if _, ok := values[field]; !ok {
			continue
		}
		line := map[string]string{}
		for key, v := range values {
			line[key], _ = v.(string)
		}
		return line
	}
	t.Fatalf("the log ended without a line that has %q", field)
	return nil
}

// end stops the portal and gives its exit code.
func (r *running) end() int {
	r.stop()
	return <-r.code
}

func get(t *testing.T, client *http.Client, address string) (int, string) {
	t.Helper()
	answer, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestServeAnswersGivesTheSetUpLinkAndStops(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	r := serve(t, "--data", data, "--metrics-addr", "127.0.0.1:0")
	ready := r.line(t, "store")
	equal(t, "sqlite", ready["store"])
	link := r.line(t, "link")["link"]
	if !strings.HasPrefix(link, ready["address"]+"/setup/") {
		t.Errorf("link %q", link)
	}
	metrics := r.line(t, "address")["address"]
	for _, path := range []string{ready["address"] + "/healthz", ready["address"] + "/readyz", link} {
		if status, _ := get(t, http.DefaultClient, path); status != http.StatusOK {
			t.Errorf("%s answers %d", path, status)
		}
	}
	if _, body := get(t, http.DefaultClient, metrics); !strings.Contains(body, `garant_build_info{commit="0a1b2c3",version="1.2.3"} 1`) || !strings.Contains(body, "garant_http_request_duration_seconds_count") {
		t.Errorf("metrics:\n%.2000s", body)
	}
	busy := run(t, "serve", "--addr", "127.0.0.1:0", "--data", data)
	equal(t, answer{exitFailed, "", data + ": " + speak(t, locale.French).T("cli.failed.store", "why", speak(t, locale.French).Error(fault.NewUnavailable("store.in-use", "folder", data))) + "\n"}, busy)

	equal(t, exitDone, r.end())
	if _, err := http.Get(ready["address"] + "/healthz"); err == nil {
		t.Error("the portal answers after it stopped")
	}
}

func TestServeAnswersOverTLSAndKnowsItsPublicAddress(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	certificate, key := selfSigned(t)
	r := serve(t, "--data", filepath.Join(folder, "data"), "--tls-cert", write(t, folder, "a.crt", certificate), "--tls-key", write(t, folder, "a.key", key))
	address := r.line(t, "store")["address"]
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certificate)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	if status, _ := get(t, client, address+"/healthz"); !strings.HasPrefix(address, "https://127.0.0.1:") || status != http.StatusOK {
		t.Errorf("%s answers %d", address, status)
	}
	equal(t, exitDone, r.end())

	r = serve(t, "--data", filepath.Join(folder, "other"), "--public-url", "https://garant.example/")
	if link := r.line(t, "link")["link"]; !strings.HasPrefix(link, "https://garant.example/setup/") {
		t.Errorf("link %q", link)
	}
	equal(t, exitDone, r.end())
}

func TestServeFailsClearlyWhenItCannotListenOrReadItsCertificate(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := serve(t, "--data", filepath.Join(folder, "first"))
	address := strings.TrimPrefix(first.line(t, "store")["address"], "http://")
	equal(t, answer{exitFailed, "", address + ": cannot listen: another program listens at this address already\n"},
		run(t, "serve", "--addr", address, "--data", filepath.Join(folder, "second"), "--language", "en"))
	equal(t, exitDone, first.end())

	got := run(t, "serve", "--addr", "127.0.0.1:0", "--data", filepath.Join(folder, "third"), "--tls-cert", "none.crt", "--tls-key", "none.key", "--language", "en")
	equal(t, answer{exitFailed, "", "none.crt: certificate or key cannot be used: this file or folder does not exist\n"}, got)
}

func TestCopyCarriesAPortalAndRefusesATargetThatIsNotEmpty(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	from, to := filepath.Join(folder, "from"), filepath.Join(folder, "to")
	r := serve(t, "--data", from)
	r.line(t, "link")
	equal(t, exitDone, r.end())

	key := speak(t, locale.English).T("cli.copy.key", "key", keyName(t, read(t, from+".key")))
	equal(t, answer{exitDone, "2 records copied\n" + key + "\n", ""}, run(t, "copy", "--from", from, "--to", to, "--language", "en"))
	again := run(t, "copy", "--from", from, "--to", to)
	equal(t, answer{exitWrong, "", "garant: " + speak(t, locale.French).Error(fault.NewConflict("store.not-empty")) + "\n"}, again)

	missing := filepath.Join(folder, "none")
	equal(t, answer{exitWrong, "", lines(speak(t, locale.French), fault.Problem{File: missing, Key: "cli.copy.no-data"})}, run(t, "copy", "--from", missing, "--to", filepath.Join(folder, "new")))
	equal(t, answer{exitUsage, "", "garant: give both stores, with --from and --to\nSee “garant copy --help”.\n"}, run(t, "copy", "--from", from, "--language", "en"))
	wrong := run(t, "copy", "--from", from, "--to", "postgres://u:secret@h/x", "--language", "en")
	equal(t, answer{exitUsage, "", "garant: “postgres://…@h/x” is not the address of a store: mongodb://…, mongodb+srv://… or a folder\nSee “garant copy --help”.\n"}, wrong)
	equal(t, []string{"from", "from.key", "to"}, names(t, folder))
}
