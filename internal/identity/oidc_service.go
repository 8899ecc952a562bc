package identity

import (
	"context"
	"fmt"
	"net/url"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// subjectUse is the kind of the reservations of subjects, and what a sealed id token is for.
const (
	subjectUse = "oidc-subject"
	idTokenUse = "oidc-id-token"
)

// Answer is what an issuer's answer came to.
type Answer struct {
	Purpose Purpose
	Session Token   // new: of ToSignIn, ToBind and ToProve
	Subject Subject // of ToJoin
}

// IssuerAnswered takes what an issuer sent a browser back with. An account that nobody has bound opens nothing, whatever its
// mail address: fault.Forbidden("identity.account-unknown"). Who signs in with one factor there owes a second one here as
// with a password.
func (s *Service) IssuerAnswered(ctx context.Context, token Token, issuer string, query url.Values, network string) (Answer, error) {
	if err := s.attempts.allow(s.Now(), "network "+network, attemptsPerNetwork); err != nil {
		return Answer{}, err
	}
	subject, purpose, err := s.heard(ctx, token, issuer, query)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Purpose: purpose}
	switch purpose {
	case ToSignIn:
		answer.Session, err = s.signInAs(ctx, issuer, subject)
	case ToBind:
		answer.Session, err = s.bindOwn(ctx, token, issuer, subject)
	case ToProve:
		answer.Session, err = s.proveAs(ctx, token, subject)
	case ToJoin:
		answer.Subject = subject
	}
	if err != nil {
		return Answer{}, err
	}
	s.attempts.giveBack("network " + network)
	return answer, nil
}

func (x Subject) method() Method {
	if x.Strong {
		return ByIssuerStrong
	}
	return ByIssuer
}

func (s *Service) signInAs(ctx context.Context, issuer string, subject Subject) (Token, error) {
	owner, err := s.reservations.Owner(ctx, store.System, subjectUse, subjectKey(subject.Issuer, subject.Sub))
	if fault.KindOf(err) == fault.NotFound {
		return "", fault.NewForbidden("identity.account-unknown")
	}
	if err != nil {
		return "", fmt.Errorf("find whose account it is: %w", err)
	}
	if err := s.accountUsed(ctx, owner, subject); err != nil {
		return "", err
	}
	person, err := s.personByID(ctx, owner)
	if fault.KindOf(err) == fault.NotFound || err == nil && len(person.Memberships) == 0 {
		return "", fault.NewForbidden("identity.account-unknown")
	}
	if err != nil {
		return "", err
	}
	token, err := s.open(ctx, person, subject.method())
	if err != nil {
		return "", err
	}
	return token, s.remember(ctx, token, person.ID, issuer, subject)
}

// remember keeps the id token, sealed, so that signing out here can sign out there. Without a master key it is not kept.
func (s *Service) remember(ctx context.Context, token Token, person, issuer string, subject Subject) error {
	seal, err := s.seal(ctx)
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return err
	}
	var sealed []byte
	if seal != nil {
		sealed = seal.Seal([]byte(subject.idToken), person, idTokenUse)
	}
	_, err = s.sessions.In(store.System).Update(ctx, token.id(), func(x *Session) error {
		x.Issuer, x.IDToken = issuer, sealed
		return nil
	})
	if err != nil {
		return fmt.Errorf("note where a session comes from: %w", err)
	}
	return nil
}

// accountUsed notes that an account was used by the person it is bound to: fault.Forbidden when it is not, or no more.
func (s *Service) accountUsed(ctx context.Context, person string, subject Subject) error {
	now := s.Now()
	return s.changeCredentials(ctx, person, func(c *credentials) error {
		at := c.accountAt(subject.Issuer, subject.Sub)
		if at < 0 {
			return fault.NewForbidden("identity.account-unknown")
		}
		c.Accounts[at].Used = now
		return nil
	})
}

func (s *Service) proveAs(ctx context.Context, token Token, subject Subject) (Token, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	if err := s.accountUsed(ctx, session.Person, subject); err != nil {
		return "", err
	}
	return s.rise(ctx, token, subject.method())
}

// SignOutAt gives the address that ends the session at the issuer too (OpenID Connect RP-Initiated Logout 1.0 §2), to send the
// browser to after SignOut; it comes back to an address that the issuer knows. Ask before SignOut. Empty when the session
// does not come from an issuer or the issuer offers none.
func (s *Service) SignOutAt(ctx context.Context, token Token, back string) (string, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil || session.Issuer == "" {
		return "", err
	}
	r, err := s.relation(ctx, session.Issuer)
	if err != nil {
		return "", err
	}
	if r.endSession == "" {
		return "", nil
	}
	end, err := url.Parse(r.endSession)
	if err != nil {
		return "", nil
	}
	state, err := newToken() // asked for by some, and compared by nobody: coming back from there changes nothing
	if err != nil {
		return "", err
	}
	query := end.Query()
	query.Set("client_id", r.ClientID)
	query.Set("state", string(state))
	query.Set("post_logout_redirect_uri", back)
	if len(session.IDToken) > 0 {
		seal, err := s.seal(ctx)
		if err != nil {
			return "", err
		}
		hint, err := seal.Open(session.IDToken, session.Person, idTokenUse)
		if err != nil {
			return "", fmt.Errorf("open the id token of a session: %w", err)
		}
		query.Set("id_token_hint", string(hint))
	}
	end.RawQuery = query.Encode()
	return end.String(), nil
}
