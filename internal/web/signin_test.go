package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

const passphrase = "cheval agrafe correct pile"

// createStructure follows the set-up link to the end.
func (b *browser) createStructure() {
	b.t.Helper()
	b.get(b.link)
	b.wants("set-up", b.post(b.link, "structure", "CH de Vallombreuse", "name", "Camille Achats", "mail", "camille@vallombreuse.example", "password", passphrase),
		http.StatusSeeOther, "/services")
}

func TestAPortalWithoutAStructureSaysHowToBegin(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	home := b.get("/")
	b.wants("home", home, http.StatusOK, "")
	b.shows("home", home, "Garant attend sa première structure", "journalctl -u garant")
	b.hides("home", home, strings.TrimPrefix(b.link, "/setup/"))
	b.wants("sign-in", b.get("/sign-in"), http.StatusSeeOther, "/")
	b.wants("services", b.get("/services?q=a"), http.StatusSeeOther, "/sign-in?next=%2Fservices%3Fq%3Da")

	wrong := b.get("/setup/xxxx")
	b.wants("a wrong link", wrong, http.StatusNotFound, "")
	b.shows("a wrong link", wrong, "Ce lien d’installation a déjà servi, ou un plus récent l’a remplacé.")
	b.wants("posting to a wrong link", b.post("/setup/xxxx", "structure", "x"), http.StatusNotFound, "")
	b.wants("looking around with a wrong link", b.post("/setup/xxxx/demo"), http.StatusNotFound, "")
}

func TestTheFirstVisitorCreatesTheStructureAndSignsInAndOut(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	page := b.get(b.link)
	b.wants("set-up page", page, http.StatusOK, "")
	b.shows("set-up page", page, "Créer ma structure", "Au moins 12 caractères", "Visiter avec des données fictives")

	form := []string{
		"structure", "", "address", "12 rue des Tilleuls", "finess", "490999990", "region", "Pays de la Loire",
		"name", "Camille <Achats>", "mail", "camille", "password", "trop court",
	}
	wrong := b.post(b.link, form...)
	b.wants("a form with errors", wrong, http.StatusUnprocessableEntity, "")
	b.shows("a form with errors", wrong, "3 points sont à corriger", "Donnez le nom de la structure", "Donnez une adresse électronique complète",
		"choisissez-en un d’au moins 12 caractères")
	b.hides("a form with errors", wrong, "trop court\"", "<Achats>")
	for _, field := range []int{2, 4, 6, 8, 10} {
		same(t, "kept "+form[field], value(wrong, form[field]), form[field+1])
	}

	before := b.cookies["garant-form"]
	b.createStructure()
	session := b.cookies["garant-session"]
	if session == nil || !session.HttpOnly || session.SameSite != http.SameSiteLaxMode || session.Path != "/" || session.Secure {
		t.Errorf("session cookie: %+v", session)
	}
	if before == nil || b.cookies["garant-form"] != nil {
		t.Error("the token of forms outlives signing in")
	}
	b.wants("services", b.get("/services"), http.StatusOK, "")
	b.wants("home", b.get("/"), http.StatusSeeOther, "/services")
	b.wants("sign-in page, signed in", b.get("/sign-in?next=/settings"), http.StatusSeeOther, "/settings")
	b.wants("the link again", b.browser().get(b.link), http.StatusNotFound, "")

	b.wants("sign-out", b.post("/sign-out"), http.StatusSeeOther, "/sign-in")
	out := b.get("/sign-in")
	b.shows("sign-in page", out, "Vous êtes déconnecté.")
	if again := b.get("/sign-in"); strings.Contains(again.Body, "Vous êtes déconnecté") {
		t.Error("a message is shown twice")
	}
	b.cookies["garant-session"] = session
	b.wants("the ended session", b.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
}

func TestSigningInLeadsToThePageAskedForInsideThePortalOnly(t *testing.T) {
	t.Parallel()
	g := newGarant(t)
	g.browser().createStructure()
	b := g.browser()
	page := b.get("/sign-in?next=/settings%3Fpart%3Dvalues")
	same(t, "next", value(page, "next"), "/settings?part=values")

	wrong := b.post("/sign-in", "mail", "camille@vallombreuse.example", "password", "mauvais", "next", "/settings")
	b.wants("a wrong password", wrong, http.StatusUnprocessableEntity, "")
	b.shows("a wrong password", wrong, "Cette adresse et ce mot de passe ne vont pas ensemble.")
	same(t, "kept", []string{value(wrong, "mail"), value(wrong, "next"), value(wrong, "password")}, []string{"camille@vallombreuse.example", "/settings", ""})

	for next, want := range map[string]string{
		"/settings?part=values": "/settings?part=values", "": "/", "https://evil.example/": "/", "//evil.example/": "/", "/\\evil.example": "/", "services": "/",
	} {
		b := g.browser()
		b.get("/sign-in")
		b.wants("next "+next, b.post("/sign-in", "mail", "Camille@vallombreuse.example ", "password", passphrase, "next", next), http.StatusSeeOther, want)
	}
	for range 10 {
		b.post("/sign-in", "mail", "camille@vallombreuse.example", "password", "mauvais")
	}
	wrong = b.post("/sign-in", "mail", "camille@vallombreuse.example", "password", "mauvais")
	b.wants("too many", wrong, http.StatusTooManyRequests, "")
	b.shows("too many", wrong, "recommencez dans 11 minutes")
}

func TestAFormFromElsewhereOrFromBeforeSigningInIsRefused(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.get(b.link)
	early := b.csrf
	b.lookAround()
	b.get("/settings")
	token := b.csrf

	b.csrf = ""
	refused := b.post("/settings", "part", "identity", "name", "x")
	b.wants("no token", refused, http.StatusForbidden, "")
	b.shows("no token", refused, "Cette page était ouverte depuis trop longtemps")
	b.csrf = early
	b.wants("the token from before signing in", b.post("/settings", "part", "identity", "name", "x"), http.StatusForbidden, "")
	b.csrf = token
	b.headers = map[string]string{"Sec-Fetch-Site": "cross-site"}
	refused = b.post("/settings", "part", "identity", "name", "x")
	b.wants("another site", refused, http.StatusForbidden, "")
	b.shows("another site", refused, "Cette demande venait d’un autre site")
	b.headers = map[string]string{"Sec-Fetch-Site": "same-origin"}
	b.csrf = token
	b.wants("its own token", b.post("/language", "language", "en", "back", "/settings"), http.StatusSeeOther, "/settings")
}

func TestTheLanguageIsTheBrowsersUntilTheReaderChooses(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.language = "en-GB,en;q=0.8"
	b.shows("an English browser", b.get("/"), "Garant is waiting for its first institution")
	b.wants("switch", b.post("/language", "language", "fr", "back", "/sign-in?next=/library"), http.StatusSeeOther, "/sign-in?next=/library")
	chosen := b.cookies["garant-language"]
	if chosen == nil || chosen.Value != "fr" || chosen.MaxAge < 300*24*3600 {
		t.Errorf("language cookie: %+v", chosen)
	}
	b.shows("the chosen language", b.get("/"), "Garant attend sa première structure")
	b.wants("an unknown language, an address elsewhere", b.post("/language", "language", "xx", "back", "https://evil.example"), http.StatusSeeOther, "/")
	b.shows("still the chosen language", b.get("/"), "Garant attend sa première structure")
}

func TestOverTLSCookiesBelongToTheHostAlone(t *testing.T) {
	t.Parallel()
	b := newGarant(t, func(p *Parts) { p.Options.Secure = true }).browser()
	page := b.get(b.link)
	if page.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS over TLS")
	}
	b.wants("looking around", b.post(b.link+"/demo"), http.StatusSeeOther, "/services")
	b.get("/settings")
	b.post("/language", "language", "en", "back", "/services")
	same(t, "the language chosen", b.cookies["__Host-garant-language"].Value, "en")
	for name, cookie := range b.cookies {
		if !strings.HasPrefix(name, "__Host-garant-") || !cookie.Secure || !cookie.HttpOnly || cookie.Domain != "" || cookie.Path != "/" {
			t.Errorf("cookie %+v", cookie)
		}
	}
	session := b.cookies["__Host-garant-session"]
	if session == nil || !session.Secure || !session.HttpOnly || session.Domain != "" || session.Path != "/" {
		t.Errorf("session cookie: %+v", session)
	}
	b.wants("services", b.get("/services"), http.StatusOK, "")
}

func TestARefusalIsInTheLogByReference(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	g := newGarant(t, func(p *Parts) { p.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	ada, bob := g.browser(), g.browser()
	ada.setUp()
	ada.get("/people")
	at := link(t, ada.post("/people/invite", "mail", "bob@essai.example", "role", "reader"))
	bob.get(at)
	bob.wants("joined", bob.post(at, "name", "Bob Essai", "password", phrase), http.StatusSeeOther, "/")
	bob.get("/people")
	bob.wants("refused", bob.post("/people/invite", "mail", "eve@essai.example", "role", "administrator"), http.StatusForbidden, "")
	bob.csrf = "made up"
	bob.wants("refused", bob.post("/sign-out"), http.StatusForbidden, "")
	stranger := g.browser()
	stranger.get("/sign-in")
	stranger.post("/sign-in", "mail", "ada@essai.example", "password", "un secret tapé")
	stranger.post("/sign-in", "mail", "personne@essai.example", "password", "un secret tapé")
	written := regexp.MustCompile(`(?m)^time=\S+ |request=\S+ |request=\S+$|person=[0-9a-v]{26}`).ReplaceAllStringFunc(log.String(), func(found string) string {
		if strings.HasPrefix(found, "person=") {
			return "person=reference"
		}
		return ""
	})
	var lines []string
	for line := range strings.Lines(written) {
		if strings.Contains(line, "level=WARN") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	same(t, "the log", lines, []string{
		`level=WARN msg=refused method=POST route=/people/invite person=reference role=reader why=forbidden`,
		`level=WARN msg=refused method=POST route=/ person=reference role=reader why=web.stale-form`,
		`level=WARN msg="sign-in refused"`, `level=WARN msg="sign-in refused"`,
	})
	for _, secret := range []string{"essai.example", "Essai", "secret"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, log.String())
		}
	}
}
