package identity

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity/providertest"
	"github.com/garant-sante/garant/internal/store"
)

func TestAnAccountSignsInOnceItsOwnerHasBoundIt(t *testing.T) {
	t.Parallel()
	p, op := federated(t)
	session, who := p.setUp(t)
	camille := persona{Sub: "camille", Mail: "camille@vallombreuse.example", Verified: true}
	_, _, err := p.signInAt(t, op, "hospital", camille)
	refused(t, "not bound, though its mail address is known and verified", err, fault.Forbidden, "identity.account-unknown")

	other := p.signIn(t)
	answer, err := p.through(t, op, session, "hospital", ToBind, camille)
	must(t, err)
	p.gone(t, "before binding", session)
	p.gone(t, "elsewhere", other)
	signed, state, err := p.signInAt(t, op, "hospital", camille)
	must(t, err)
	same(t, "state", state, Full)
	got, err := p.Resume(t.Context(), signed)
	must(t, err)
	same(t, "actor", got, who)
	accounts, err := p.Accounts(t.Context(), signed)
	must(t, err)
	same(t, "accounts", accounts, []Account{{ID: accounts[0].ID, Issuer: "hospital", Label: "Hôpital", Bound: accounts[0].Bound, Used: accounts[0].Used}})

	must(t, p.UnbindAccount(t.Context(), answer.Session, accounts[0].ID))
	refused(t, "unbinding again", p.UnbindAccount(t.Context(), answer.Session, accounts[0].ID), fault.NotFound, "not-found")
	_, _, err = p.signInAt(t, op, "hospital", camille)
	refused(t, "unbound", err, fault.Forbidden, "identity.account-unknown")
}

func TestAnAccountIsOfOnePersonAlone(t *testing.T) {
	t.Parallel()
	p, op, _, _ := bound(t)
	other := p.another(t, "dominique")
	session, err := p.open(t.Context(), other, ByPassword)
	must(t, err)
	_, err = p.through(t, op, session, "hospital", ToBind, persona{Sub: "camille"})
	refused(t, "binding somebody else's", err, fault.Conflict, "identity.account-taken")
	_, err = p.through(t, op, session, "hospital", ToProve, persona{Sub: "camille"})
	refused(t, "proving as somebody else", err, fault.Forbidden, "identity.account-unknown")
	answer, err := p.through(t, op, session, "hospital", ToBind, persona{Sub: "dominique"})
	must(t, err)
	accounts, err := p.Accounts(t.Context(), answer.Session)
	must(t, err)
	refused(t, "unbinding the only way in", p.UnbindAccount(t.Context(), answer.Session, accounts[0].ID), fault.Conflict, "identity.last-way-in")
}

func TestWhatTheIssuerSaysOfTheProofsDecides(t *testing.T) {
	t.Parallel()
	p, op, session, _ := bound(t) // the three issuers are one, of three profiles
	p.enrol(t, session)
	p.now = time.Now()
	for name, test := range map[string]struct {
		issuer string
		who    persona
		want   State
	}{
		"nothing said":                        {"hospital", persona{}, PasswordOnly},
		"a password":                          {"hospital", persona{AMR: []string{"pwd"}}, PasswordOnly},
		"two passwords":                       {"hospital", persona{AMR: []string{"pwd", "pin"}}, PasswordOnly},
		"an acr that says nothing of factors": {"hospital", persona{ACR: "gold"}, PasswordOnly},
		"mfa":                                 {"hospital", persona{AMR: []string{"pwd", "mfa"}}, Full},
		"a password and a code":               {"hospital", persona{AMR: []string{"pwd", "otp"}}, Full},
		"resistant to phishing":               {"hospital", persona{ACR: "phr"}, Full},
		"Pro Santé Connect":                   {"psc", persona{}, Full},
		"ProConnect, one factor":              {"proconnect", persona{ACR: "eidas1"}, PasswordOnly},
		"ProConnect, two factors":             {"proconnect", persona{ACR: "https://proconnect.gouv.fr/assurance/consistency-checked-2fa"}, Full},
		"ProConnect, substantial":             {"proconnect", persona{ACR: "eidas2"}, Full},
		"ProConnect, low with two factors":    {"proconnect", persona{ACR: "eidas1-mfa"}, Full},
		"ProConnect, two factors by amr":      {"proconnect", persona{ACR: "eidas1", AMR: []string{"pwd", "mfa"}}, Full},
	} {
		test.who.Sub = "camille"
		_, state, err := p.signInAt(t, op, test.issuer, test.who)
		must(t, err)
		same(t, name, state, test.want)
	}
}

func TestEachProfileAsksWhatItsProviderWants(t *testing.T) {
	t.Parallel()
	p, op := federated(t)
	got := map[string]map[string]string{}
	for _, issuer := range p.Issuers() {
		address, err := p.AskIssuer(t.Context(), p.browser(t), issuer.ID, ToSignIn, network)
		must(t, err)
		u, err := url.Parse(address)
		must(t, err)
		asked := map[string]string{}
		for key := range u.Query() {
			asked[key] = u.Query().Get(key)
		}
		for _, random := range []string{"state", "nonce", "code_challenge"} {
			if len(asked[random]) < 43 {
				t.Errorf("%s: %s is %q", issuer.ID, random, asked[random])
			}
			delete(asked, random)
		}
		got[issuer.ID] = asked
		same(t, "endpoint", u.Scheme+"://"+u.Host, op.Issuer)
		same(t, "secret shown", issuer.ClientSecret, "")
	}
	common := func(scope, redirect string, more ...string) map[string]string {
		asked := map[string]string{"client_id": "garant", "code_challenge_method": "S256", "redirect_uri": redirect, "response_type": "code", "scope": scope}
		for i := 0; i < len(more); i += 2 {
			asked[more[i]] = more[i+1]
		}
		return asked
	}
	same(t, "asked", got, map[string]map[string]string{
		"hospital":   common("openid profile email", redirect),
		"psc":        common("openid scope_all", redirect+"/psc", "acr_values", "eidas1"),
		"proconnect": common("openid given_name usual_name email uid", redirect+"/pc", "claims", `{"id_token":{"acr":null,"amr":null,"auth_time":null}}`),
	})
}

func TestAnswersThatWereNotAskedForOpenNothing(t *testing.T) {
	t.Parallel()
	p, op, _, _ := bound(t)
	camille := persona{Sub: "camille"}
	ask := func() (Token, *url.URL) {
		before := p.browser(t)
		address, err := p.AskIssuer(t.Context(), before, "hospital", ToSignIn, network)
		must(t, err)
		return before, op.Visit(t, address, camille)
	}
	answered := func(before Token, issuer string, query url.Values) error {
		_, err := p.IssuerAnswered(t.Context(), before, issuer, query, network)
		return err
	}

	before, back := ask()
	must(t, answered(before, "hospital", back.Query()))
	refused(t, "replayed", answered(before, "hospital", back.Query()), fault.Invalid, "identity.challenge")

	victim, _ := ask()
	_, thiefs := ask()
	refused(t, "an answer to another browser", answered(victim, "hospital", thiefs.Query()), fault.Invalid, "identity.issuer-answer")
	refused(t, "to a browser that asked nothing", answered(p.browser(t), "hospital", thiefs.Query()), fault.Invalid, "identity.challenge")

	for name, change := range map[string]func(query url.Values){
		"without a state":       func(query url.Values) { query.Del("state") },
		"another state":         func(query url.Values) { query.Set("state", "x") },
		"another code":          func(query url.Values) { query.Set("code", "x") },
		"no code":               func(query url.Values) { query.Del("code") },
		"the code of another":   func(query url.Values) { query.Set("code", thiefs.Query().Get("code")) }, // PKCE
		"said to be of another": func(query url.Values) { query.Set("iss", "https://evil.test") },
	} {
		before, back := ask()
		query := back.Query()
		change(query)
		refused(t, name, answered(before, "hospital", query), fault.Invalid, "identity.issuer-answer")
	}
	before, back = ask()
	refused(t, "at the address of another issuer", answered(before, "psc", back.Query()), fault.Invalid, "identity.issuer-answer")
	before, back = ask()
	refused(t, "a refusal", answered(before, "hospital", url.Values{"state": back.Query()["state"], "error": {"access_denied"}}), fault.Invalid, "identity.issuer-refused")
	before, back = ask()
	p.now = p.now.Add(challengeFor)
	refused(t, "too late", answered(before, "hospital", back.Query()), fault.Invalid, "identity.challenge")
}

func TestIDTokensThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	p, op, _, _ := bound(t)
	_, _, err := p.signInAt(t, op, "hospital", persona{Sub: "camille"})
	must(t, err)
	_, _, err = p.signInAt(t, op, "hospital", persona{Sub: "camille", Nonce: "another"})
	refused(t, "another nonce", err, fault.Invalid, "identity.issuer-answer")
	_, _, err = p.signInAt(t, op, "hospital", persona{Sub: "camille", About: "dominique"})
	refused(t, "the issuer speaks of another", err, fault.Invalid, "identity.issuer-answer")
	_, _, err = p.signInAt(t, op, "hospital", persona{})
	refused(t, "nobody", err, fault.Invalid, "identity.issuer-answer")
	for how, wrong := range map[string]string{
		"unsigned": "it has no signature", "secret": "it is signed by what the portal knows too", "key": "it is signed by another's key",
		"audience": "it is for another", "issuer": "it is of another", "parties": "it was made for another of those that it is for",
	} {
		_, _, err = p.signInAt(t, op, "hospital", persona{Sub: "camille", Forged: how})
		refused(t, wrong, err, fault.Invalid, "identity.issuer-answer")
	}
	p.now = p.now.Add(2 * time.Hour)
	_, _, err = p.signInAt(t, op, "hospital", persona{Sub: "camille"})
	refused(t, "one that is over", err, fault.Invalid, "identity.issuer-clock")
}

func TestAProofAtAnIssuerIsGivenAnew(t *testing.T) {
	t.Parallel()
	p, op, session, who := bound(t)
	address, err := p.AskIssuer(t.Context(), session, "hospital", ToProve, network)
	must(t, err)
	if !strings.Contains(address, "prompt=login") || !strings.Contains(address, "max_age=0") {
		t.Errorf("%s asks for no proof anew", address)
	}
	_, err = p.through(t, op, session, "hospital", ToProve, persona{Sub: "camille", Since: 11})
	refused(t, "an old proof", err, fault.Invalid, "identity.issuer-old-proof")
	answer, err := p.through(t, op, session, "hospital", ToProve, persona{Sub: "camille", AMR: []string{"mfa"}})
	must(t, err)
	p.gone(t, "before", session)
	got, err := p.Resume(t.Context(), answer.Session)
	must(t, err)
	same(t, "actor", got, who)
	x, err := p.SessionOf(t.Context(), answer.Session)
	must(t, err)
	same(t, "methods", x.Methods, []Method{ByPassword, BySetup, ByIssuer, ByIssuerStrong})
	none := p.browser(t)
	for _, purpose := range []Purpose{ToProve, ToBind, "other"} {
		if _, err := p.AskIssuer(t.Context(), none, "hospital", purpose, network); fault.KindOf(err) != fault.NotFound {
			t.Errorf("without a session, %s: %v", purpose, err)
		}
	}
}

func TestSomebodyInvitedIsToldOfAndNotLetIn(t *testing.T) {
	t.Parallel()
	p, op := federated(t)
	p.setUp(t)
	answer, err := p.through(t, op, p.browser(t), "hospital", ToJoin, persona{Sub: "dominique", Mail: "Dominique@Vallombreuse.example", Verified: true, AMR: []string{"mfa"}})
	must(t, err)
	answer.Subject.idToken, answer.Subject.At = "", time.Time{}
	if answer.Session != "" || answer.Subject != (Subject{Issuer: op.Issuer, Sub: "dominique", Mail: "dominique@vallombreuse.example", Verified: true, Name: "Camille Achats", Strong: true}) {
		t.Errorf("%+v", answer)
	}
	answer, err = p.through(t, op, p.browser(t), "hospital", ToJoin, persona{Sub: "dominique", Mail: "camille@vallombreuse.example"})
	must(t, err)
	same(t, "a mail address that nobody checked", answer.Subject.Verified, false)
}

func TestSigningOutHereSignsOutAtTheIssuer(t *testing.T) {
	t.Parallel()
	p, op, session, _ := bound(t)
	none, err := p.SignOutAt(t.Context(), session, "https://garant.example/")
	must(t, err)
	same(t, "of a session that began here", none, "")
	signed, _, err := p.signInAt(t, op, "hospital", persona{Sub: "camille"})
	must(t, err)
	address, err := p.SignOutAt(t.Context(), signed, "https://garant.example/")
	must(t, err)
	must(t, p.SignOut(t.Context(), signed))
	answer, err := op.Browser.Get(address)
	must(t, err)
	must(t, answer.Body.Close())
	where, _, _ := strings.Cut(answer.Header.Get("Location"), "?state=")
	same(t, "sent back", []string{answer.Status, where}, []string{"302 Found", "https://garant.example/"})
	must(t, p.engine.Scan(t.Context(), store.Span{Collection: sessionSchema.Collection, Tenant: store.System, Limit: 10}, func(r store.Record) error {
		if containsBytes(r.Body, "eyJ") {
			t.Error("an id token can be read in the store")
		}
		return nil
	}))
}

func TestIssuersThatCannotBeUsedAreNamed(t *testing.T) {
	t.Parallel()
	sound := Issuer{ID: "hospital", Label: "Hôpital", Profile: Generic, URL: "https://id.example", ClientID: "garant", RedirectURL: redirect}
	p := newPortal(t)
	must(t, p.UseIssuers([]Issuer{sound}, nil))
	for name, change := range map[string]func(i *Issuer){
		"no id":                  func(i *Issuer) { i.ID = "" },
		"an id with a slash":     func(i *Issuer) { i.ID = "a/b" },
		"no label":               func(i *Issuer) { i.Label = "" },
		"an unknown profile":     func(i *Issuer) { i.Profile = "france" },
		"no client":              func(i *Issuer) { i.ClientID = "" },
		"in clear":               func(i *Issuer) { i.URL = "http://id.example" },
		"sent back in clear":     func(i *Issuer) { i.RedirectURL = "http://garant.example/" },
		"no address":             func(i *Issuer) { i.URL = "" },
		"a password in its name": func(i *Issuer) { i.URL = "https://a:b@id.example" },
	} {
		i := sound
		change(&i)
		refused(t, name, p.UseIssuers([]Issuer{i}, nil), fault.Invalid, "identity.issuer-settings")
	}
	refused(t, "two of one id", p.UseIssuers([]Issuer{sound, sound}, nil), fault.Invalid, "identity.issuer-settings")
	_, err := p.AskIssuer(t.Context(), p.browser(t), "other", ToSignIn, network)
	refused(t, "one that the portal has not", err, fault.NotFound, "not-found")
	_, err = newPortal(t).AskIssuer(t.Context(), p.browser(t), "hospital", ToSignIn, network)
	refused(t, "where there is none", err, fault.NotFound, "not-found")
}

func TestAnIssuerThatIsDownStopsNobodyElse(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	away := Issuer{ID: "away", Label: "Absent", Profile: Generic, URL: "https://id.example", ClientID: "garant", RedirectURL: redirect}
	client := &http.Client{Transport: http.NewFileTransport(http.Dir(t.TempDir()))} // finds nothing, asks nobody
	must(t, p.UseIssuers([]Issuer{away}, client))
	_, err := p.AskIssuer(t.Context(), p.browser(t), "away", ToSignIn, network)
	refused(t, "away", err, fault.Unavailable, "identity.issuer-away")
}

func TestMetadataOfAnotherOrUnprotectedAreNotUsed(t *testing.T) {
	t.Parallel()
	sound := map[string]any{
		"issuer": "https://id.example", "authorization_endpoint": "https://id.example/a", "token_endpoint": "https://id.example/t",
		"jwks_uri": "https://id.example/k", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
	}
	ask := func(change func(map[string]any)) error {
		published := maps.Clone(sound)
		change(published)
		p := newPortal(t)
		hospital := Issuer{ID: "hospital", Label: "Hôpital", Profile: Generic, URL: "https://id.example", ClientID: "garant", RedirectURL: redirect}
		must(t, p.UseIssuers([]Issuer{hospital}, &http.Client{Transport: publishes{t, published}}))
		_, err := p.AskIssuer(t.Context(), p.browser(t), "hospital", ToSignIn, network)
		return err
	}
	must(t, ask(func(map[string]any) {}))
	for name, change := range map[string]func(map[string]any){
		"of another":                       func(m map[string]any) { m["issuer"] = "https://other.example" },
		"of almost the same":               func(m map[string]any) { m["issuer"] = "https://id.example/" },
		"asked in clear":                   func(m map[string]any) { m["authorization_endpoint"] = "http://id.example/a" },
		"tokens in clear":                  func(m map[string]any) { m["token_endpoint"] = "http://id.example/t" },
		"keys in clear":                    func(m map[string]any) { m["jwks_uri"] = "http://id.example/k" },
		"signing by a shared secret alone": func(m map[string]any) { m["id_token_signing_alg_values_supported"] = []string{"HS256", "none"} },
	} {
		refused(t, name, ask(change), fault.Unavailable, "identity.issuer-away")
	}
}

// publishes answers every request with the metadata of an issuer.
type publishes struct {
	t        *testing.T
	metadata map[string]any
}

func (p publishes) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := json.Marshal(p.metadata)
	must(p.t, err)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

func TestTheSameNameAtTwoIssuersIsTwoAccounts(t *testing.T) {
	t.Parallel()
	p, op, _, _ := bound(t)
	other := providertest.Start(t, redirect)
	list := p.Issuers()
	list[0].ClientSecret, list[0].URL = "secret", other.Issuer
	must(t, p.UseIssuers(list[:1], nil))
	_, _, err := p.signInAt(t, other, "hospital", persona{Sub: "camille"})
	refused(t, "camille of another issuer", err, fault.Forbidden, "identity.account-unknown")
	list[0].URL = op.Issuer
	must(t, p.UseIssuers(list[:1], nil))
	_, state, err := p.signInAt(t, op, "hospital", persona{Sub: "camille"})
	must(t, err)
	same(t, "camille of the first", state, Full)
}
