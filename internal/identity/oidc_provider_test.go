package identity

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// buildProvider builds the provider of ./oidctest once, where the builds of tests are kept.
var buildProvider = sync.OnceValues(func() (string, error) {
	binary, err := filepath.Abs(filepath.Join("..", "..", ".cache", "oidctest"))
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", binary, ".")
	command.Dir = "oidctest"
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off")
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the provider: %w\n%s", err, output)
	}
	return binary, nil
})

// persona is who signs in at the provider, and how; see ./oidctest.
type persona struct {
	Sub      string
	Mail     string
	Verified bool
	ACR      string
	AMR      []string
	Since    int
	Nonce    string
	About    string
}

// provider is a running one, and a browser that walks through it.
type provider struct {
	issuer  string
	browser *http.Client
}

func startProvider(t *testing.T, redirects ...string) *provider {
	t.Helper()
	binary, err := buildProvider()
	must(t, err)
	command := exec.Command(binary)
	command.Env = append(os.Environ(), "OIDCTEST_REDIRECTS="+strings.Join(redirects, " "))
	stdin, err := command.StdinPipe() // its end stops the provider
	must(t, err)
	stdout, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() {
		_ = stdin.Close()
		if err := command.Wait(); err != nil {
			t.Errorf("the provider ended badly: %v", err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	must(t, err)
	p := &provider{issuer: strings.TrimSpace(line)}
	p.browser = &http.Client{Timeout: time.Minute, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), p.issuer) {
			return http.ErrUseLastResponse // back at the portal
		}
		return nil
	}}
	return p
}

// visit follows an address to the provider as a persona, and gives the address it sends the browser back to.
func (p *provider) visit(t *testing.T, address string, who persona) *url.URL {
	t.Helper()
	hint, err := json.Marshal(who)
	must(t, err)
	answer, err := p.browser.Get(address + "&login_hint=" + url.QueryEscape(string(hint)))
	must(t, err)
	must(t, answer.Body.Close())
	back, err := answer.Location()
	if err != nil {
		t.Fatalf("the provider answers %s to %s", answer.Status, address)
	}
	return back
}

const redirect = "https://garant.example/sign-in/hospital/back"

// federated is a portal with a provider, on the clock that the provider has.
func federated(t *testing.T) (*portal, *provider) {
	t.Helper()
	p := newPortal(t).sealed(t)
	p.now = time.Now()
	op := startProvider(t, redirect, redirect+"/psc", redirect+"/pc")
	common := Issuer{ID: "hospital", Label: "Hôpital", Profile: Generic, URL: op.issuer, ClientID: "garant", ClientSecret: "secret", RedirectURL: redirect}
	psc, pc := common, common
	psc.ID, psc.Profile, psc.RedirectURL = "psc", ProSanteConnect, redirect+"/psc"
	pc.ID, pc.Profile, pc.RedirectURL = "proconnect", ProConnect, redirect+"/pc"
	must(t, p.UseIssuers([]Issuer{common, psc, pc}, nil))
	return p, op
}

// through goes to an issuer and back.
func (p *portal) through(t *testing.T, op *provider, token Token, issuer string, purpose Purpose, who persona) (Answer, error) {
	t.Helper()
	address, err := p.AskIssuer(t.Context(), token, issuer, purpose, network)
	must(t, err)
	return p.IssuerAnswered(t.Context(), token, issuer, op.visit(t, address, who).Query(), network)
}

func (p *portal) browser(t *testing.T) Token {
	t.Helper()
	before, err := NewToken()
	must(t, err)
	return before
}

// bound is a portal whose administrator has bound an account, and their session.
func bound(t *testing.T) (*portal, *provider, Token, Actor) {
	t.Helper()
	p, op := federated(t)
	session, who := p.setUp(t)
	answer, err := p.through(t, op, session, "hospital", ToBind, persona{Sub: "camille"})
	must(t, err)
	return p, op, answer.Session, who
}

var errNoSession = errors.New("no session")

// signInAt signs in at an issuer, and gives the state of the session.
func (p *portal) signInAt(t *testing.T, op *provider, issuer string, who persona) (Token, State, error) {
	t.Helper()
	before := p.browser(t)
	answer, err := p.through(t, op, before, issuer, ToSignIn, who)
	if err != nil {
		return "", "", err
	}
	if answer.Session == "" || answer.Session == before {
		return "", "", errNoSession
	}
	x, err := p.SessionOf(t.Context(), answer.Session)
	must(t, err)
	return answer.Session, x.State(), nil
}
