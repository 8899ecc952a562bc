package web

import (
	"bytes"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
	"github.com/garant-sante/garant/internal/store/storetest"
	"github.com/garant-sante/garant/internal/supplier"
	"github.com/garant-sante/garant/questionnaires"
)

// garant is a portal on a store of its own, with a clock that the test moves.
type garant struct {
	*Server
	t      testing.TB
	engine store.Engine
	events *outbox.Worker
	now    time.Time
	link   string // path of the set-up link
}

func newGarant(t testing.TB, adjust ...func(*Parts)) *garant {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), slices.Concat(identity.Schemas(), supplier.Schemas(), adaptation.Schemas(), annex.Schemas(), journal.Schemas(), mail.Schemas())...))
	words, err := locale.Load()
	must(t, err)
	library, err := clause.Load(clauses.Files)
	must(t, err)
	questions, err := questionnaire.Load(questionnaires.Files)
	must(t, err)

	g := &garant{t: t, engine: engine, events: outbox.NewWorker(), now: time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return g.now }
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	g.events.Log, g.events.Now = quiet, clock
	keys, err := storetest.Unlock(t.Context(), engine)
	must(t, err)
	people := identity.New(engine, keys, clock)
	people.Follow(g.events)
	people.Site = "https://garant.example"
	directory := supplier.New(engine, people, g.events, clock)
	wordings := adaptation.NewClauses(engine, library, questions, g.events, clock)
	parts := Parts{
		Words: words, Clauses: library, Questions: questions, People: people, Directory: directory,
		Wordings: wordings, Askings: adaptation.NewQuestions(engine, questions, wordings, g.events, clock),
		Annexes: annex.New(engine, keys, annex.Composer{Library: library, Words: words}, directory, people, wordings, g.events, clock),
		Journal: journal.New(engine), Letters: mail.New(engine, words, mail.Options{}, quiet, clock),
		Ready: engine.Ping, Log: quiet, Now: clock, Options: Options{Version: "test", Language: locale.French},
	}
	for _, change := range adjust {
		change(&parts)
	}
	parts.Letters.Follow(g.events)
	g.events.On(journal.Recorded, parts.Journal.Append)
	g.Server = New(parts)
	token, err := people.SetupToken(t.Context())
	must(t, err)
	g.link = "/setup/" + string(token)
	return g
}

// browser is one person's browser: it keeps cookies and the token of the last page's forms.
type browser struct {
	*garant
	language string
	cookies  map[string]*http.Cookie
	csrf     string
	headers  map[string]string
}

func (g *garant) browser() *browser {
	return &browser{garant: g, language: "fr-FR,fr;q=0.9", cookies: map[string]*http.Cookie{}}
}

// answer is what came back.
type answer struct {
	Status   int
	Location string
	Header   http.Header
	Body     string
}

var token = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (b *browser) send(request *http.Request) answer {
	b.t.Helper()
	request.Header.Set("Accept-Language", b.language)
	for name, value := range b.headers {
		request.Header.Set(name, value)
	}
	for _, cookie := range b.cookies {
		request.AddCookie(cookie)
	}
	response, err := b.app.Test(request, -1)
	must(b.t, err)
	body, err := io.ReadAll(response.Body)
	must(b.t, err)
	for _, cookie := range response.Cookies() {
		if !cookie.Expires.IsZero() && cookie.Expires.Before(time.Now()) {
			delete(b.cookies, cookie.Name)
		} else {
			b.cookies[cookie.Name] = cookie
		}
	}
	if found := token.FindSubmatch(body); found != nil {
		b.csrf = html.UnescapeString(string(found[1]))
	}
	return answer{response.StatusCode, response.Header.Get("Location"), response.Header, string(body)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.send(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form, with the token of the last page: name, value, name, value …
func (b *browser) post(path string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{"csrf": {b.csrf}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(request)
}

// upload sends one file; without a name, none.
func (b *browser) upload(path, name string, data []byte) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must(b.t, form.WriteField("csrf", b.csrf))
	if name != "" {
		part, err := form.CreateFormFile("template", name)
		must(b.t, err)
		_, err = part.Write(data)
		must(b.t, err)
	}
	must(b.t, form.Close())
	request := httptest.NewRequest(http.MethodPost, path, &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	return b.send(request)
}

// lookAround signs in to the demonstration.
func (b *browser) lookAround() {
	b.t.Helper()
	b.get(b.link)
	b.wants("looking around", b.post(b.link+"/demo"), http.StatusSeeOther, "/services")
}

// wants checks the status of an answer and where it leads.
func (b *browser) wants(what string, got answer, status int, location string) {
	b.t.Helper()
	if got.Status != status || got.Location != location {
		b.t.Errorf("%s: %d %q, want %d %q\n%s", what, got.Status, got.Location, status, location, text(got.Body))
	}
}

// shows checks that a page says each of these.
func (b *browser) shows(what string, page answer, said ...string) {
	b.t.Helper()
	seen := text(page.Body)
	for _, each := range said {
		if !strings.Contains(seen, each) {
			b.t.Errorf("%s does not say %q:\n%s", what, each, seen)
		}
	}
}

// hides checks that a page's source holds none of these.
func (b *browser) hides(what string, page answer, secrets ...string) {
	b.t.Helper()
	for _, each := range secrets {
		if strings.Contains(page.Body, each) {
			b.t.Errorf("%s holds %q", what, each)
		}
	}
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`[\s\x{a0}\x{202f}]+`)
)

// text gives what a page says, with plain spaces.
func text(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	return spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString("<main"+strings.ReplaceAll(page, "<wbr>", ""), " ")), " ")
}

// value gives what a field of a page holds.
func value(page answer, field string) string {
	for _, pattern := range []string{
		`<input[^>]*value="([^"]*)"[^>]*name="` + regexp.QuoteMeta(field) + `"`,
		`<input[^>]*name="` + regexp.QuoteMeta(field) + `"[^>]*value="([^"]*)"`,
		`(?s)<select[^>]*name="` + regexp.QuoteMeta(field) + `".*?<option value="([^"]*)" selected`,
	} {
		if found := regexp.MustCompile(pattern).FindStringSubmatch(page.Body); found != nil {
			return html.UnescapeString(found[1])
		}
	}
	return ""
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
