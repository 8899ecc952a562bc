package identity

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// subjectUse is the kind of the reservations of subjects, and what a sealed id token is for.
const (
	subjectUse = "oidc-subject"
	idTokenUse = "oidc-id-token"
)

// account is one account at an issuer with which a person signs in.
type account struct {
	Issuer string    `bson:"issuer"` // URL
	Sub    string    `bson:"sub"`
	Bound  time.Time `bson:"bound"`
	Used   time.Time `bson:"used"` // zero: never
}

// Account is an account at an issuer as its owner sees it.
type Account struct {
	Issuer      string // id; empty when the portal has it no more
	Label       string
	Bound, Used time.Time
}

// subjectKey is unique over issuers: two of them may have the same sub (OWASP ASVS 5.0.0 6.8.1, 10.5.2).
func subjectKey(issuer, sub string) string { return issuer + "\n" + sub }

func (c *credentials) accountAt(issuer, sub string) int {
	return slices.IndexFunc(c.Accounts, func(a account) bool { return a.Issuer == issuer && a.Sub == sub })
}

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
		answer.Session, err = s.bindOwn(ctx, token, subject)
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
	if err != nil {
		return "", err
	}
	if len(person.Memberships) == 0 {
		return "", fault.NewForbidden("identity.account-unknown")
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

func (s *Service) bindOwn(ctx context.Context, token Token, subject Subject) (Token, error) {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return "", err
	}
	if err := s.BindSubject(ctx, session.Person, subject); err != nil {
		return "", err
	}
	return s.riseAlone(ctx, token, subject.method())
}

// BindSubject makes an account at an issuer a way for a person to sign in. The caller has checked that it is theirs: by
// their open session, or by an invitation to a mail address that the issuer has Verified. fault.Conflict when it is
// somebody else's already.
func (s *Service) BindSubject(ctx context.Context, person string, subject Subject) error {
	err := s.reservations.Reserve(ctx, store.System, subjectUse, subjectKey(subject.Issuer, subject.Sub), person)
	if fault.KindOf(err) == fault.Conflict {
		return fault.NewConflict("identity.account-taken").Because(err)
	}
	if err != nil {
		return fmt.Errorf("reserve an account: %w", err)
	}
	now := s.Now()
	return s.changeCredentials(ctx, person, func(c *credentials) error {
		if c.accountAt(subject.Issuer, subject.Sub) < 0 {
			c.Accounts = append(c.Accounts, account{Issuer: subject.Issuer, Sub: subject.Sub, Bound: now})
		}
		return nil
	})
}

// UnbindIssuer forgets the person's accounts at an issuer. It asks for a fresh session, strong where a second factor exists;
// fault.Conflict("identity.last-way-in") when it leaves no password and no passkey.
func (s *Service) UnbindIssuer(ctx context.Context, token Token, issuer string) error {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return err
	}
	address := s.issuerURL(issuer)
	var gone []account
	err = s.changeCredentials(ctx, person.ID, func(c *credentials) error {
		gone = nil
		var left []account
		for _, a := range c.Accounts {
			if a.Issuer == address {
				gone = append(gone, a)
			} else {
				left = append(left, a)
			}
		}
		switch {
		case len(gone) == 0:
			return fault.NewNotFound("not-found")
		case len(left) == 0 && person.Password == "" && len(c.Passkeys) == 0:
			return fault.NewConflict("identity.last-way-in")
		}
		c.Accounts = left
		return nil
	})
	if err != nil {
		return err
	}
	for _, a := range gone {
		if err := s.reservations.Release(ctx, store.System, subjectUse, subjectKey(a.Issuer, a.Sub), person.ID); err != nil {
			return fmt.Errorf("release an account: %w", err)
		}
	}
	return nil
}

func (s *Service) issuerURL(id string) string {
	for _, i := range s.Issuers() {
		if i.ID == id {
			return i.URL
		}
	}
	return ""
}

// Accounts lists the accounts at issuers of the person of a session.
func (s *Service) Accounts(ctx context.Context, token Token) ([]Account, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return nil, err
	}
	kept, err := s.credentialsOf(ctx, session.Person)
	if err != nil {
		return nil, err
	}
	var shown []Account
	for _, a := range kept.Accounts {
		one := Account{Label: a.Issuer, Bound: a.Bound, Used: a.Used}
		for _, i := range s.Issuers() {
			if i.URL == a.Issuer {
				one.Issuer, one.Label = i.ID, i.Label
				break
			}
		}
		shown = append(shown, one)
	}
	return shown, nil
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
	var offered struct {
		End string `json:"end_session_endpoint"`
	}
	if err := r.provider.Claims(&offered); err != nil || !protected(offered.End) {
		return "", nil
	}
	end, err := url.Parse(offered.End)
	if err != nil {
		return "", nil
	}
	query := end.Query()
	query.Set("client_id", r.ClientID)
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
