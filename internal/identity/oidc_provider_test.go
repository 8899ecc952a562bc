package identity

import (
	"errors"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/identity/providertest"
)

type persona = providertest.Persona

const redirect = "https://garant.example/sign-in/hospital/back"

// federated is a portal with a provider, on the clock that the provider has.
func federated(t *testing.T) (*portal, *providertest.Provider) {
	t.Helper()
	p := newPortal(t).sealed(t)
	p.now = time.Now()
	op := providertest.Start(t, redirect, redirect+"/psc", redirect+"/pc")
	common := Issuer{ID: "hospital", Label: "Hôpital", Profile: Generic, URL: op.Issuer, ClientID: "garant", ClientSecret: "secret", RedirectURL: redirect}
	psc, pc := common, common
	psc.ID, psc.Profile, psc.RedirectURL = "psc", ProSanteConnect, redirect+"/psc"
	pc.ID, pc.Profile, pc.RedirectURL = "proconnect", ProConnect, redirect+"/pc"
	must(t, p.UseIssuers([]Issuer{common, psc, pc}, nil))
	return p, op
}

// through goes to an issuer and back.
func (p *portal) through(t *testing.T, op *providertest.Provider, token Token, issuer string, purpose Purpose, who persona) (Answer, error) {
	t.Helper()
	address, err := p.AskIssuer(t.Context(), token, issuer, purpose, network)
	must(t, err)
	return p.IssuerAnswered(t.Context(), token, issuer, op.Visit(t, address, who).Query(), network)
}

func (p *portal) browser(t *testing.T) Token {
	t.Helper()
	before, err := NewToken()
	must(t, err)
	return before
}

// bound is a portal whose administrator has bound an account, and their session.
func bound(t *testing.T) (*portal, *providertest.Provider, Token, Actor) {
	t.Helper()
	p, op := federated(t)
	session, who := p.setUp(t)
	answer, err := p.through(t, op, session, "hospital", ToBind, persona{Sub: "camille"})
	must(t, err)
	return p, op, answer.Session, who
}

var errNoSession = errors.New("no session")

// signInAt signs in at an issuer, and gives the state of the session.
func (p *portal) signInAt(t *testing.T, op *providertest.Provider, issuer string, who persona) (Token, State, error) {
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
