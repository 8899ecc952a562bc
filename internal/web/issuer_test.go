package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/identity/providertest"
	"github.com/garant-sante/garant/internal/mail"
)

const site = "https://garant.example"

type persona = providertest.Persona

// federated is a portal with two issuers, on the clock that they have.
func federated(t *testing.T) (*garant, *providertest.Provider) {
	t.Helper()
	op := providertest.Start(t, site+IssuerReturn("oidc"), site+IssuerReturn("pro-sante-connect"))
	g := protected(t, func(p *Parts) {
		common := identity.Issuer{URL: op.Issuer, ClientID: "garant", ClientSecret: "secret"}
		hospital, psc := common, common
		hospital.ID, hospital.Label, hospital.Profile, hospital.RedirectURL = "oidc", "l’annuaire du CH", identity.Generic, site+IssuerReturn("oidc")
		psc.ID, psc.Label, psc.Profile, psc.RedirectURL = "pro-sante-connect", "Pro Santé Connect", identity.ProSanteConnect, site+IssuerReturn("pro-sante-connect")
		must(t, p.People.UseIssuers([]identity.Issuer{hospital, psc}, nil))
	})
	g.now = time.Now()
	return g, op
}

// onward is where a page leads by itself.
func (b *browser) onward(what string, page answer) string {
	b.t.Helper()
	_, address, found := strings.Cut(page.Header.Get(refresh), "url=")
	if page.Status != http.StatusOK || !found || !strings.Contains(page.Body, `href="`+html.EscapeString(address)+`"`) {
		b.t.Fatalf("%s leads nowhere: %d %s %q\n%s", what, page.Status, page.Location, address, text(page.Body))
	}
	return address
}

// at goes to an issuer from a button and comes back, as a browser does from another site: with the cookies that are Lax.
func (b *browser) at(op *providertest.Provider, who persona, from string, fields ...string) answer {
	b.t.Helper()
	back := op.Visit(b.t, b.onward(from, b.post(from, fields...)), who)
	return b.back(back)
}

func (b *browser) back(to *url.URL) answer {
	b.t.Helper()
	kept := map[string]*http.Cookie{}
	for name, cookie := range b.cookies {
		if cookie.SameSite == http.SameSiteStrictMode {
			kept[name] = cookie
			delete(b.cookies, name)
		}
	}
	got := b.get(to.RequestURI())
	for name, cookie := range kept {
		if _, set := b.cookies[name]; !set {
			b.cookies[name] = cookie
		}
	}
	return got
}

var removal = regexp.MustCompile(`href="(/account/issuers/accounts/[0-9a-f]{32}/remove)"`)

func TestAnAccountAtAnIssuerIsBoundUsedAndRemoved(t *testing.T) {
	t.Parallel()
	g, op := federated(t)
	letters := posting(g)
	b := g.browser()
	b.createStructure()
	camille := persona{Sub: "camille", AMR: []string{"mfa"}}
	b.shows("account", b.get("/account"), "Comptes extérieurs", "Rattacher Pro Santé Connect", "Rattacher l’annuaire du CH")
	before := b.session()
	b.wants("binding", b.at(op, camille, "/account/issuers/oidc"), http.StatusSeeOther, "/account")
	if b.session() == before {
		t.Error("the token did not change")
	}
	page := b.get("/account")
	b.shows("bound", page, "Ce compte est rattaché : il vous connectera désormais.", "l’annuaire du CH Rattaché le")
	sent := letters()
	same(t, "notices", kinds(sent), []mail.Kind{mail.MethodAdded})
	same(t, "method", sent[0].Method, "l’annuaire du CH")

	out := g.browser()
	page = out.get("/sign-in?next=/settings%3Fpart%3Dvalues")
	out.shows("sign-in", page, "Se connecter avec l’annuaire du CH", "S’identifier avec Pro Santé Connect")
	out.wants("signing in", out.at(op, camille, "/sign-in/with/oidc", "next", "/settings?part=values"), http.StatusSeeOther, "/settings?part=values")
	if out.cookies["garant-issuer"] != nil {
		t.Error("the cookie of the journey stays")
	}
	out.wants("settings", out.get("/settings"), http.StatusOK, "")
	letters()
	known := out.cookies["garant-browser"].Value
	out.wants("sign-out", out.get("/account"), http.StatusOK, "")
	end := out.onward("signing out", out.post("/sign-out"))
	if !strings.HasPrefix(end, op.Issuer+"/") || !strings.Contains(end, "post_logout_redirect_uri="+url.QueryEscape(site+SignedOutPath)) || !strings.Contains(end, "id_token_hint=") {
		t.Errorf("signing out leads to %s", end)
	}
	out.wants("signed out", out.get("/services"), http.StatusSeeOther, "/sign-in?next=%2Fservices")
	out.get("/sign-in")
	out.wants("again", out.at(op, camille, "/sign-in/with/oidc"), http.StatusSeeOther, "/")
	same(t, "a browser that is known is told of to nobody", kinds(letters()), []mail.Kind(nil))
	if out.cookies["garant-browser"].Value == known {
		t.Error("the browser keeps the token by which it was known")
	}

	b = out
	remove := removal.FindStringSubmatch(b.get("/account").Body)
	if remove == nil {
		t.Fatal("nothing removes the account")
	}
	b.shows("removal", b.get(remove[1]), "Ne plus vous connecter avec l’annuaire du CH ?")
	b.wants("removing", b.post(remove[1]), http.StatusSeeOther, "/account")
	b.hides("account", b.get("/account"), remove[1])
	same(t, "notices", kinds(letters()), []mail.Kind{mail.MethodRemoved})
	b.wants("another's", b.post("/account/issuers/accounts/"+strings.Repeat("0", 32)+"/remove"), http.StatusNotFound, "")
	stranger := g.browser()
	stranger.get("/sign-in")
	refused := stranger.at(op, camille, "/sign-in/with/oidc")
	stranger.wants("removed", refused, http.StatusForbidden, "")
}

func TestWhatGoesWrongAtAnIssuerIsSaidWhereOneLeftFrom(t *testing.T) {
	t.Parallel()
	g, op := federated(t)
	b := g.browser()
	b.createStructure()
	b.get("/account")
	b.wants("binding", b.at(op, persona{Sub: "camille"}, "/account/issuers/oidc"), http.StatusSeeOther, "/account")

	for name, test := range map[string]struct {
		who    persona
		status int
		said   string
	}{
		"cancelled":      {persona{Sub: "camille", Refused: true}, http.StatusUnprocessableEntity, "L’annuaire du CH ne vous a pas laissé entrer, ou vous y avez renoncé"},
		"nobody's":       {persona{Sub: "dominique"}, http.StatusForbidden, "Connectez-vous d’abord autrement, puis rattachez-le sur la page « Mon compte »"},
		"another nonce":  {persona{Sub: "camille", Nonce: "x"}, http.StatusUnprocessableEntity, "Recommencez la connexion depuis ce portail"},
		"without a name": {persona{}, http.StatusUnprocessableEntity, "Recommencez la connexion depuis ce portail"},
	} {
		out := g.browser()
		out.get("/sign-in")
		page := out.at(op, test.who, "/sign-in/with/oidc", "next", "/settings")
		out.wants(name, page, test.status, "")
		out.shows(name, page, test.said, "Mot de passe")
		same(t, name+": where to go afterwards", value(page, "next"), "/settings")
		if out.cookies["garant-session"] != nil {
			t.Errorf("%s opens a session", name)
		}
	}

	out := g.browser()
	out.get("/sign-in")
	back := op.Visit(t, out.onward("leaving", out.post("/sign-in/with/oidc")), persona{Sub: "camille", AMR: []string{"mfa"}})
	other := g.browser()
	other.wants("in another browser", other.back(back), http.StatusUnprocessableEntity, "")
	out.wants("in the right one", out.back(back), http.StatusSeeOther, "/")
	for _, next := range []string{"//evil.example", "https://evil.example/", "/\\evil.example"} {
		out := g.browser()
		out.get("/sign-in")
		out.wants(next, out.at(op, persona{Sub: "camille", AMR: []string{"mfa"}}, "/sign-in/with/oidc", "next", next), http.StatusSeeOther, "/")
	}
	out = g.browser()
	out.get("/sign-in")
	out.wants("an issuer that there is not", out.post("/sign-in/with/other"), http.StatusNotFound, "")
	g.now = g.now.Add(3 * time.Hour)
	late := g.browser()
	late.get("/sign-in")
	page := late.at(op, persona{Sub: "camille"}, "/sign-in/with/oidc")
	late.wants("another time", page, http.StatusUnprocessableEntity, "")
	late.shows("another time", page, "vérifier l’horloge du serveur")
}

func TestASensitiveActIsConfirmedAtAnIssuer(t *testing.T) {
	t.Parallel()
	g, op := federated(t)
	b := g.browser()
	b.createStructure()
	b.get("/account")
	camille := persona{Sub: "camille", AMR: []string{"mfa"}}
	b.at(op, camille, "/account/issuers/oidc")
	started := g.now
	g.now = started.Add(11 * time.Minute)
	b.get("/account")
	b.wants("too late", b.post("/account/issuers/oidc"), http.StatusSeeOther, "/account/confirm?next=%2Faccount")
	page := b.get("/account/confirm?next=/account/password")
	b.shows("confirm", page, "C’est bien vous ?", "Se connecter avec l’annuaire du CH")
	b.hides("confirm", page, "Pro Santé Connect")
	wrong := b.at(op, persona{Sub: "dominique", Since: -11}, "/account/confirm/with/oidc", "next", "/account/password")
	b.wants("somebody else", wrong, http.StatusForbidden, "")
	b.shows("somebody else", wrong, "C’est bien vous ?")
	old := b.at(op, camille, "/account/confirm/with/oidc", "next", "/account/password")
	b.wants("a proof of before", old, http.StatusUnprocessableEntity, "")
	b.shows("a proof of before", old, "ne vous a pas redemandé de preuve")
	camille.Since = -11 // the provider's clock does not move with the portal's
	b.wants("themselves", b.at(op, camille, "/account/confirm/with/oidc", "next", "/account/password"), http.StatusSeeOther, "/account/password")
	b.wants("fresh again", b.get("/account/confirm?next=/account/password"), http.StatusSeeOther, "/account/password")
}

func TestAnInvitationIsAcceptedWithAnIssuer(t *testing.T) {
	t.Parallel()
	g, op := federated(t)
	admin := g.browser()
	admin.createStructure()
	admin.get("/people")
	invited := func(address string) string {
		t.Helper()
		admin.get("/people")
		return link(t, admin.post("/people/invite", "mail", address, "role", string(identity.Buyer)))
	}
	dominique := persona{Sub: "dominique", Mail: "autre@ailleurs.example"}
	b := g.browser()
	at := strings.TrimPrefix(invited("dominique@vallombreuse.example"), site)
	b.shows("invitation", b.get(at), "sans choisir de mot de passe", "S’identifier avec Pro Santé Connect")
	cancelled := b.at(op, persona{Sub: "dominique", Refused: true}, at+"/with/oidc")
	b.wants("cancelled", cancelled, http.StatusUnprocessableEntity, "")
	b.shows("cancelled", cancelled, "ou vous y avez renoncé", "dominique@vallombreuse.example")
	b.wants("joining", b.at(op, dominique, at+"/with/oidc"), http.StatusSeeOther, "/")
	b.shows("account", b.get("/account"), "dominique@vallombreuse.example", "Vous n’en avez pas : vous vous connectez autrement.", "l’annuaire du CH Rattaché le")
	b.wants("again", b.get(at), http.StatusNotFound, "")

	remove := removal.FindStringSubmatch(b.get("/account").Body)
	if remove == nil {
		t.Fatal("nothing removes the account")
	}
	b.get(remove[1])
	only := b.post(remove[1])
	b.wants("the only way in", only, http.StatusConflict, "")
	b.shows("the only way in", only, "choisissez d’abord un mot de passe ou une clé d’accès")

	taken := g.browser()
	at = strings.TrimPrefix(invited("sacha@vallombreuse.example"), site)
	taken.get(at)
	page := taken.at(op, dominique, at+"/with/oidc")
	taken.wants("an account of somebody else", page, http.StatusConflict, "")
	taken.shows("an account of somebody else", page, "déjà rattaché à quelqu’un d’autre", "sacha@vallombreuse.example")
}
