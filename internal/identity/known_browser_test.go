package identity

import (
	"fmt"
	"testing"

	"github.com/garant-sante/garant/internal/fault"
)

func TestAttemptsOfOthersDoNotShutOutABrowserThatTheAccountKnows(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, who := p.setUp(t)
	known, err := p.RememberBrowser(t.Context(), session)
	must(t, err)
	attempt := func(from Token, network, password string) error {
		_, err := p.SignIn(FromBrowser(t.Context(), Browser{Known: from}), first().Mail, password, network)
		return err
	}
	for i := range attemptsOnAccount { // from the owner's network too
		_ = attempt("", fmt.Sprintf("192.0.2.%d", i/attemptsPerAccount), "wrong")
	}
	for i := range attemptsPerNetwork {
		_, _ = p.SignIn(t.Context(), fmt.Sprintf("person%d@vallombreuse.example", i), "wrong", network)
	}
	refused(t, "a stranger", attempt("", "198.51.100.1", passphrase), fault.TooMany, "identity.too-many")
	refused(t, "a made-up token", attempt("x", "198.51.100.1", passphrase), fault.TooMany, "identity.too-many")
	must(t, attempt(known, network, passphrase))

	for range attemptsPerAccount {
		refused(t, "a thief who has the browser", attempt(known, network, "wrong"), fault.Invalid, "identity.sign-in")
	}
	refused(t, "one more", attempt(known, network, passphrase), fault.TooMany, "identity.too-many")
	p.now = p.now.Add(attemptWindow)
	must(t, attempt(known, network, passphrase))
	_, err = p.SignIn(FromBrowser(t.Context(), Browser{Known: known}), "dominique@vallombreuse.example", passphrase, network)
	refused(t, "at an account that does not exist", err, fault.Invalid, "identity.sign-in")

	p.now = p.now.Add(knownBrowserFor)
	found, err := p.knownTo(FromBrowser(t.Context(), Browser{Known: known}), "camille@vallombreuse.example")
	must(t, err)
	same(t, "half a year later", found, "")
	if _, err := p.Resume(t.Context(), known); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the token opens a session of %s: %v", who.Name, err)
	}
}

func TestABrowserIsRememberedOnceAndOnlyFromAFullSession(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, who := p.setUp(t)
	known, err := p.RememberBrowser(t.Context(), session)
	must(t, err)
	again, err := p.RememberBrowser(FromBrowser(t.Context(), Browser{Known: known}), session)
	must(t, err)
	for range knownBrowsers - 1 {
		_, err := p.RememberBrowser(t.Context(), session)
		must(t, err)
	}
	kept, err := p.credentialsOf(t.Context(), who.Person)
	must(t, err)
	same(t, "kept", []any{len(kept.Browsers), kept.Browsers[0].Hash}, []any{knownBrowsers, again.id()})
	p.enrol(t, session)
	_, err = p.RememberBrowser(t.Context(), p.signIn(t))
	refused(t, "a password alone", err, fault.Forbidden, "identity.second-factor")
}
