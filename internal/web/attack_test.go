package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/word"
)

func TestASessionThatSomebodyPlantedIsNotTheOneThatSigningInOpens(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	g.browser().createStructure()
	attacker, victim := g.browser(), g.browser()
	attacker.get("/sign-in")
	planted := attacker.cookies["garant-form"].Value
	for _, name := range []string{"garant-session", "garant-form"} {
		victim.cookies[name] = &http.Cookie{Name: name, Value: planted}
	}
	victim.get("/sign-in")
	victim.giveMail(passphrase, "/services")
	victim.wants("signed in", victim.get("/services"), http.StatusOK, "")
	if victim.session() == planted || victim.cookies["garant-form"] != nil {
		t.Error("what was planted is kept")
	}
	attacker.cookies["garant-session"] = &http.Cookie{Name: "garant-session", Value: planted}
	attacker.wants("who planted it", attacker.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
	attacker.csrf = victim.csrf
	attacker.wants("with the token of the other's forms", attacker.post("/settings", "name", "x"), http.StatusForbidden, "")
}

func TestAnAddressIsDecodedOnceAndLeadsToNoFile(t *testing.T) {
	t.Parallel()
	b := started(t)
	for _, path := range []string{
		"/assets/..%2f..%2fgo.mod", "/assets/%2e%2e/%2e%2e/go.mod", "/assets/..%252f..%252fgo.mod", "/assets/..\\..\\go.mod", "/assets/%00", "/../../etc/passwd",
		"/library/clauses/%2e%2e%2f%2e%2e%2fgo.mod", "/library/clauses/GOV%252d01", "/library/models/..%2f..%2fgo.mod", "/library/download.%2e%2e%2fgo.mod",
		"/services/..%2fsettings", "/services/%252e%252e/settings", "/%2573ettings",
	} {
		got := b.get(path)
		if got.Status != http.StatusNotFound && got.Status != http.StatusBadRequest || strings.Contains(got.Body, "module github.com") || strings.Contains(got.Body, "root:") {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
	once := b.get("/library/search?q=%2541")
	same(t, "a query decoded once", value(once, "q"), "%41")
	b.get("/services/new")
	typed := b.post("/services/new", "title", "", "supplier.name", "%3Cscript%3E &lt;b&gt;")
	same(t, "a field decoded once", value(typed, "supplier.name"), "%3Cscript%3E &lt;b&gt;")
}

func TestAFieldOfAFormIsReadFromItsBodyAlone(t *testing.T) {
	t.Parallel()
	b := started(t)
	b.get("/settings")
	refused := b.csrf
	request := httptest.NewRequest(http.MethodPost, "/language?csrf="+refused+"&language=en", strings.NewReader("back=%2Fsettings"))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	b.wants("the token in the address", b.send(request), http.StatusForbidden, "")
	b.csrf = refused
	b.wants("a field in the address", b.post("/language?language=en&back=/library", "back", "/settings"), http.StatusSeeOther, "/settings")
	same(t, "the language stays", b.cookies["garant-language"], (*http.Cookie)(nil))
	b.wants("a field given twice", b.post("/language?language=fr", "language", "en", "language", "fr", "back", "/settings"), http.StatusSeeOther, "/settings")
	same(t, "the first counts", b.cookies["garant-language"].Value, "en")
}

func TestMethodsThatNoPageNeedsAreRefused(t *testing.T) {
	t.Parallel()
	b := started(t)
	b.headers = map[string]string{"X-Secret": "reflected"}
	for _, method := range []string{http.MethodTrace, http.MethodConnect, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		for _, path := range []string{"/", "/sign-in", "/settings", "/healthz"} {
			got := b.send(httptest.NewRequest(method, path, nil))
			if got.Status < 300 || strings.Contains(got.Body, "reflected") {
				t.Errorf("%s %s: %d", method, path, got.Status)
			}
		}
	}
}

func TestTheHostThatAVisitorNamesIsWrittenNowhere(t *testing.T) {
	t.Parallel()
	g := newGarant(t, func(p *Parts) { p.Options.Mail = true })
	owner := g.browser()
	owner.createStructure()
	owner.get("/people")
	for _, b := range []*browser{owner, g.browser()} {
		for _, path := range []string{"/", "/sign-in", "/services", "/lost-password", "/library", "/nowhere"} {
			request := httptest.NewRequest(http.MethodGet, path, nil)
			request.Host = "evil.example"
			b.headers = map[string]string{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Original-URL": "/settings"}
			got := b.send(request)
			if strings.Contains(got.Body, "evil.example") || strings.Contains(got.Location, "evil.example") {
				t.Errorf("%s names it: %q", path, got.Location)
			}
		}
	}
}

func TestLineBreaksInAnAddressMakeNoHeader(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	g.browser().createStructure()
	b := g.browser()
	for _, path := range []string{"/services?q=%0d%0aSet-Cookie:%20a=b", "/account%0d%0aX-Made:%20up", "/sign-in?next=/%0d%0aX-Made:%20up"} {
		got := b.get(path)
		if got.Header.Get("X-Made") != "" || b.cookies["a"] != nil || strings.ContainsAny(got.Location, "\r\n") {
			t.Errorf("%s: %v", path, got.Header)
		}
	}
	b.get("/sign-in")
	b.wants("a return address", b.post("/language", "language", "en", "back", "/\r\nX-Made: up"), http.StatusSeeOther, "/")
}

func TestAfterSigningOutABrowserKeepsNothing(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.createStructure()
	for _, path := range []string{"/services", "/settings", "/people", "/journal", "/settings/template.docx", "/nowhere"} {
		same(t, path, b.get(path).Header.Get("Cache-Control"), "no-store")
	}
	b.post("/language", "language", "en", "back", "/services")
	b.get("/services")
	out := b.post("/sign-out")
	same(t, "what the browser forgets", out.Header.Get("Clear-Site-Data"), `"cache", "storage"`)
	var left []string
	for name := range b.cookies {
		left = append(left, name)
	}
	slices.Sort(left)
	same(t, "cookies left", left, []string{"garant-browser", "garant-language", "garant-said"}) // the first says that the account was used here
	b.shows("the language stays", b.get("/sign-in"), "You are signed out.")
}

func TestEveryAnswerSaysItsTypeAndCharacterSet(t *testing.T) {
	t.Parallel()
	b := started(t)
	for path, want := range map[string]string{
		"/services": "text/html; charset=utf-8", "/nowhere": "text/html; charset=utf-8", "/healthz": "text/plain; charset=utf-8", "/readyz": "text/plain; charset=utf-8",
		"/settings/template.docx": wordType, "/library/download.json": "application/json",
	} {
		same(t, path, b.get(path).Header.Get("Content-Type"), want)
	}
}

func TestInClearPastTheProxyNobodyIsLetIn(t *testing.T) {
	t.Parallel()
	ask := func(proxies []string, method, path, proto string) answer {
		b := newGarant(t, func(p *Parts) {
			p.Options.Secure, p.Options.Public, p.Options.TrustedProxies = true, "https://garant.example", proxies
		}).browser()
		if proto != "" {
			b.headers = map[string]string{"X-Forwarded-Proto": proto}
		}
		return b.send(httptest.NewRequest(method, path, nil))
	}
	proxy, none := []string{"0.0.0.0"}, []string{"192.0.2.1"} // the test's own address is the first
	for name, test := range map[string]struct {
		got      answer
		status   int
		location string
	}{
		"past the proxy":           {ask(none, "GET", "/library?q=a", ""), http.StatusPermanentRedirect, "https://garant.example/library?q=a"},
		"past it, and lying":       {ask(none, "GET", "/library", "https"), http.StatusPermanentRedirect, "https://garant.example/library"},
		"past it, a form":          {ask(none, "POST", "/sign-in", ""), http.StatusForbidden, ""},
		"elsewhere by two slashes": {ask(none, "GET", "//evil.example", ""), http.StatusPermanentRedirect, "https://garant.example/"},
		"its health":               {ask(none, "GET", "/healthz", ""), http.StatusOK, ""},
		"by the proxy":             {ask(proxy, "GET", "/library", "https"), http.StatusOK, ""},
		"by a silent proxy":        {ask(proxy, "GET", "/library", ""), http.StatusOK, ""},
		"in clear to the proxy":    {ask(proxy, "GET", "/library", "http"), http.StatusPermanentRedirect, "https://garant.example/library"},
	} {
		if test.got.Status != test.status || test.got.Location != test.location {
			t.Errorf("%s: %d %q", name, test.got.Status, test.got.Location)
		}
	}
}

func TestInClearBeyondTheMachineNobodyIsAnswered(t *testing.T) {
	t.Parallel()
	b := newGarant(t, func(p *Parts) { p.Options.Exposed = true }).browser() // whose address is not of this machine
	refused := b.get("/library")
	b.wants("the library", refused, http.StatusForbidden, "")
	b.shows("the library", refused, "Ce portail ne se sert pas encore de façon chiffrée")
	b.wants("a form", b.send(httptest.NewRequest(http.MethodPost, "/sign-in", nil)), http.StatusForbidden, "")
	b.wants("its health", b.get("/healthz"), http.StatusOK, "")
}

// TestTheLogOfAVisitHoldsNoSecretAndNoForgedLine reads what a whole visit leaves in the log.
func TestTheLogOfAVisitHoldsNoSecretAndNoForgedLine(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	g := newGarant(t, func(p *Parts) { p.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	b := g.browser()
	b.createStructure()
	b.get("/services")
	b.wants("signing out", b.post("/sign-out"), http.StatusSeeOther, "/sign-in")
	b.giveMail("mauvais mot de passe", "/services")
	b.giveMail(passphrase, "/services")
	b.headers = map[string]string{"User-Agent": "x\" level=ERROR msg=forged", "X-Forwarded-For": "203.0.113.9"}
	b.get("/services?q=aveu%0alevel=ERROR%20msg=forged")
	b.get("/nowhere%0alevel=ERROR%20msg=forged")
	b.get("/settings?part=template")
	b.csrf += "x"
	b.wants("a form that is refused", b.post("/settings", "name", "aveu"), http.StatusForbidden, "")
	b.get("/settings?part=template")
	b.upload("/settings/template", "secret.docx", word.PlainTemplate("fr-FR"))
	for _, secret := range []string{passphrase, "mauvais", b.session(), b.csrf, strings.TrimPrefix(b.link, "/setup/"), "camille@", "Vallombreuse", "aveu", "forged", "secret.docx", "203.0.113"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, log.String())
		}
	}
	line := regexp.MustCompile(`^time=\S+ level=(INFO msg=request method=(GET|POST) route=\S+ status=\d{3} ms=\d+ request=[0-9a-f]{12}|` +
		`WARN msg=refused request=[0-9a-f]{12} method=(GET|POST) route=\S+ person=\w+ role=\S+ why=\S+|` +
		`WARN msg="sign-in refused" request=[0-9a-f]{12})$`)
	for _, said := range strings.Split(strings.TrimSpace(log.String()), "\n") {
		if !line.MatchString(said) {
			t.Errorf("a line of another form: %s", said)
		}
	}
}

func TestWhatFailsIsLoggedUnderTheNumberThatThePageShows(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	g := newGarant(t, func(p *Parts) {
		p.Log = slog.New(slog.NewTextHandler(&log, nil))
		p.Ready = func(context.Context) error { return errors.New("the disk is gone") }
	})
	b := g.browser()
	b.createStructure()
	same(t, "readiness", b.get("/readyz").Status, http.StatusServiceUnavailable)
	broken, err := bson.Marshal(bson.D{{Key: "_id", Value: "broken"}})
	must(t, err)
	must(t, g.engine.Insert(t.Context(), "services", store.Record{Tenant: identity.StructureTenant(b.structure().ID), ID: "broken", Version: 1, Body: broken}))
	failed := b.get("/services")
	number := regexp.MustCompile(`[0-9a-f]{12}`).FindString(text(failed.Body))
	same(t, "status", failed.Status, http.StatusInternalServerError)
	for _, said := range []string{"level=WARN msg=\"not ready\" error=\"the disk is gone\"", "level=ERROR msg=\"request failed\" request=" + number} {
		if number == "" || !strings.Contains(log.String(), said) {
			t.Errorf("the log does not say %q:\n%s", said, log.String())
		}
	}
	b.hides("the page", failed, "broken", "shape")
}

// raw sends bytes to the portal as it listens and gives the status lines that come back.
func raw(t *testing.T, request string) []string {
	t.Helper()
	g := newGarant(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan error, 1)
	go func() { ended <- g.Serve(listener) }()
	conn, err := net.Dial("tcp", listener.Addr().String())
	must(t, err)
	must(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = conn.Write([]byte(request))
	must(t, err)
	must(t, conn.(*net.TCPConn).CloseWrite())
	var lines []string
	for scanner := bufio.NewScanner(conn); scanner.Scan(); {
		if strings.HasPrefix(scanner.Text(), "HTTP/1.1 ") {
			lines = append(lines, scanner.Text()[9:12])
		}
	}
	must(t, conn.Close())
	must(t, g.Shutdown(context.WithoutCancel(t.Context())))
	must(t, <-ended)
	return lines
}

func TestARequestWhoseEndIsDoubtfulSmugglesNoOther(t *testing.T) {
	t.Parallel()
	const hidden = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
	for name, head := range map[string]string{
		"two lengths":            "Content-Length: 0\r\nContent-Length: 36\r\n",
		"a length and chunks":    "Content-Length: 36\r\nTransfer-Encoding: chunked\r\n",
		"chunks under two names": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
		"a length with a sign":   "Content-Length: +0\r\n",
		"a space before a colon": "Content-Length : 36\r\n",
	} {
		got := raw(t, "POST /sign-in HTTP/1.1\r\nHost: a\r\n"+head+"\r\n"+"0\r\n\r\n"+hidden)
		if len(got) > 1 && slices.Contains(got[1:], "200") {
			t.Errorf("%s: answers %v", name, got)
		}
	}
	same(t, "two requests that are sound", raw(t, hidden+hidden), []string{"200", "200"})
}

var (
	secretFields = regexp.MustCompile(`<input[^>]*name="(?:password|current|new)"[^>]*>`)
	listeners    = regexp.MustCompile(`(?i)\son(paste|copy|drop|input|keydown)=|autocomplete="off"`)
)

func TestPasswordFieldsAreMaskedAndLeftToPasswordManagers(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	pages := map[string]answer{"set-up": b.get(b.link)}
	b.createStructure()
	pages["change"] = b.get("/account/password")
	b.post("/sign-out")
	pages["sign-in"] = b.get("/sign-in")
	found := map[string]int{}
	for name, page := range pages {
		for _, field := range secretFields.FindAllString(page.Body, -1) {
			found[name]++
			if !strings.Contains(field, `type="password"`) || !regexp.MustCompile(`autocomplete="(current|new)-password`).MatchString(field) || listeners.MatchString(field) {
				t.Errorf("%s: %s", name, field)
			}
		}
	}
	same(t, "fields", found, map[string]int{"set-up": 1, "change": 2, "sign-in": 1})
}

func TestSigningOutIsInSightOnEveryPage(t *testing.T) {
	t.Parallel()
	b := administrator(t)
	for _, path := range []string{
		"/services", "/services/new", "/settings", "/settings?part=values", "/settings?part=template", "/people", "/journal", "/mail", "/account", "/account/password",
		"/library", "/library/clauses/GOV-01", "/library/ours", "/nowhere",
	} {
		page := b.get(path)
		if page.Location != "" || !strings.Contains(page.Body, `action="/sign-out"`) {
			t.Errorf("%s: %d %s", path, page.Status, page.Location)
		}
	}
}

func TestABodyThatNeverEndsIsCutOff(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	same(t, "time to send a request", g.app.Server().ReadTimeout, readTimeout)
	g.app.Server().ReadTimeout = 100 * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan error, 1)
	go func() { ended <- g.Serve(listener) }()
	for name, sent := range map[string]string{
		"half a head": "POST /sign-in HTTP/1.1\r\nHost: a\r\n",
		"half a body": "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nmail=",
	} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		must(t, err)
		must(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
		_, err = conn.Write([]byte(sent))
		must(t, err)
		if answer, err := io.ReadAll(conn); err != nil || len(answer) > 0 && !strings.HasPrefix(string(answer), "HTTP/1.1 408 ") {
			t.Errorf("%s: %v %.40q", name, err, answer)
		}
		must(t, conn.Close())
	}
	must(t, g.Shutdown(context.WithoutCancel(t.Context())))
	must(t, <-ended)
}
