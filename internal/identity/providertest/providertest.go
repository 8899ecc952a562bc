// Package providertest gives tests a provider of OpenID Connect: a process of its own, ../oidctest, and a browser that walks
// through it.
package providertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Persona is who signs in at the provider, and how; see ../oidctest.
type Persona struct {
	Sub      string
	Mail     string
	Verified bool
	ACR      string
	AMR      []string
	Since    int
	Nonce    string
	About    string
	Forged   string
	Refused  bool
}

// Provider is a running one. Its client is "garant", its secret "secret".
type Provider struct {
	Issuer  string
	Browser *http.Client
}

// build makes the provider where the builds of tests are kept. It is put in its place whole: the tests of several packages
// may build it at once.
var build = sync.OnceValues(func() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(here), "..", "..", "..")
	if !filepath.IsAbs(root) { // paths are trimmed: tests run in the folder of their package
		root = filepath.Join("..", "..")
	}
	cache, err := filepath.Abs(filepath.Join(root, ".cache"))
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	made, binary := filepath.Join(cache, fmt.Sprintf("oidctest-%d", os.Getpid())), filepath.Join(cache, "oidctest")
	command := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", made, ".")
	command.Dir = filepath.Join(root, "internal", "identity", "oidctest")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off")
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the provider: %w\n%s", err, output)
	}
	return binary, os.Rename(made, binary)
})

// Start runs a provider until the test ends, which may send browsers back to these addresses.
func Start(t testing.TB, redirects ...string) *Provider {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(binary)
	command.Env = append(os.Environ(), "OIDCTEST_REDIRECTS="+strings.Join(redirects, " "))
	stdin, err := command.StdinPipe() // its end stops the provider
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		if err := command.Wait(); err != nil {
			t.Errorf("the provider ended badly: %v", err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{Issuer: strings.TrimSpace(line)}
	p.Browser = &http.Client{Timeout: time.Minute, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), p.Issuer) {
			return http.ErrUseLastResponse // back at the portal
		}
		return nil
	}}
	return p
}

// Visit follows an address to the provider as a persona, and gives the address it sends the browser back to.
func (p *Provider) Visit(t testing.TB, address string, who Persona) *url.URL {
	t.Helper()
	hint, err := json.Marshal(who)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.Browser.Get(address + "&login_hint=" + url.QueryEscape(string(hint)))
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	back, err := answer.Location()
	if err != nil {
		t.Fatalf("the provider answers %s to %s", answer.Status, address)
	}
	return back
}
