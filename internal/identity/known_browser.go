package identity

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

// A browser that its person signed in with before is known by a token of its own in a lasting cookie. Its attempts at that
// account are counted apart, so that nobody else's, from wherever they come, can shut its owner out; a stranger without
// the token gains nothing (OWASP ASVS 5.0.0 6.1.1 and 6.3.1; the OWASP page on device cookies).
const (
	knownBrowsers   = 10 // of a person; the one not seen for longest makes room
	knownBrowserFor = 180 * 24 * time.Hour
)

// knownBrowser is the token of a browser as it is kept.
type knownBrowser struct {
	Hash string    `bson:"hash"`
	Seen time.Time `bson:"seen"`
}

// RememberBrowser gives the token that the browser of a full session keeps, to come back in Browser.Known at its next
// sign-in. It opens nothing. The person is told by mail of a browser that the account did not know, but for its first.
func (s *Service) RememberBrowser(ctx context.Context, token Token) (Token, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	if session.State() != Full {
		return "", fault.NewForbidden("identity.second-factor")
	}
	known, err := newToken()
	if err != nil {
		return "", err
	}
	before, now := browserOf(ctx).Known.id(), s.Now()
	device := session.Device
	if device == "" {
		device = deviceUnknown
	}
	follows, err := s.follow(ctx, session, "account.device-added", mail.NewDevice, device)
	if err != nil {
		return "", err
	}
	err = s.changeCredentials(ctx, session.Person, func(c *credentials) error {
		if !slices.ContainsFunc(c.Browsers, func(b knownBrowser) bool { return b.Hash == before }) && len(c.Browsers) > 0 {
			return following(follows, (*credentials).events, func(c *credentials) error { return c.remember(known, before, now) })(c)
		}
		return c.remember(known, before, now)
	})
	if err != nil {
		return "", fmt.Errorf("remember a browser: %w", err)
	}
	return known, nil
}

// remember puts a browser in the place of what it was known by before.
func (c *credentials) remember(known Token, before string, now time.Time) error {
	c.Browsers = slices.DeleteFunc(c.Browsers, func(b knownBrowser) bool {
		return b.Hash == before || now.Sub(b.Seen) >= knownBrowserFor
	})
	c.Browsers = append(c.Browsers, knownBrowser{Hash: known.id(), Seen: now})
	c.Browsers = c.Browsers[max(0, len(c.Browsers)-knownBrowsers):]
	return nil
}

// knownTo gives the name under which a browser's attempts at an account are counted apart; empty when it is not known to it.
func (s *Service) knownTo(ctx context.Context, address string) (string, error) {
	known := browserOf(ctx).Known
	if known == "" {
		return "", nil
	}
	person, err := s.reservations.Owner(ctx, store.System, "mail", address)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find a person by mail: %w", err)
	}
	kept, err := s.credentialsOf(ctx, person)
	if err != nil {
		return "", err
	}
	given, found := known.id(), ""
	for _, b := range kept.Browsers {
		if subtle.ConstantTimeCompare([]byte(b.Hash), []byte(given)) == 1 && s.Now().Sub(b.Seen) < knownBrowserFor {
			found = "browser " + person + " " + given
		}
	}
	return found, nil
}

// counted counts one attempt to sign in: on the browser alone where the account knows it, else on the account from this
// network, the account from everywhere, and the network. It gives what to call after a success; fault.TooMany beyond a
// limit.
func (s *Service) counted(ctx context.Context, address, network string) (success func(), err error) {
	now := s.Now()
	known, err := s.knownTo(ctx, address)
	if err != nil {
		return nil, err
	}
	if known != "" {
		return func() { s.attempts.clear(known) }, s.attempts.allow(now, known, attemptsPerAccount)
	}
	account, everywhere, from := "account "+address+" "+network, "account "+address, "network "+network
	if err := s.attempts.allow(now, from, attemptsPerNetwork); err != nil {
		return nil, err
	}
	if err := s.attempts.allow(now, account, attemptsPerAccount); err != nil {
		return nil, err
	}
	if err := s.attempts.allow(now, everywhere, attemptsOnAccount); err != nil {
		return nil, err
	}
	return func() {
		s.attempts.clear(account)
		s.attempts.clear(everywhere)
		s.attempts.giveBack(from)
	}, nil
}
