package identity

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// How long a session lives: idle, and in all.
const (
	sessionIdle = 2 * time.Hour
	sessionMax  = 12 * time.Hour
	// touchEvery bounds how often a session in use is written again.
	touchEvery = time.Minute
)

// Session is a person signed in on one browser. Its id is the hash of the token that the browser holds.
type Session struct {
	store.Meta `bson:",inline"`
	Person     string    `bson:"person"`
	Structure  string    `bson:"structure"` // that the person acts in; empty: a region
	Region     string    `bson:"region"`
	Name       string    `bson:"name"`      // of the person, as it was when the session opened
	Elsewhere  bool      `bson:"elsewhere"` // they belonged to several places then
	Created    time.Time `bson:"created"`
	Seen       time.Time `bson:"seen"`
	Expires    time.Time `bson:"expires"`
	Proved     time.Time `bson:"proved"`    // when a proof was last given
	Methods    []Method  `bson:"methods"`   // the proofs given, in order, each once
	Owed       bool      `bson:"owed"`      // a second factor was set up when it opened
	MustEnrol  bool      `bson:"mustEnrol"` // one that was reset is to be set up anew
	Network    string    `bson:"network"`   // shortened, see Browser
	Device     string    `bson:"device"`
	Issuer     string    `bson:"issuer"`  // id of the one that vouched for the person; empty: none
	IDToken    []byte    `bson:"idToken"` // what it said, sealed
}

// Token is the secret that a browser holds in its cookie; it is never stored nor logged.
type Token string

func newToken() (Token, error) {
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return Token(base64.RawURLEncoding.EncodeToString(secret)), nil
}

func (t Token) id() string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}

// CSRF is the value that every form of the session carries; another site cannot know it.
func (t Token) CSRF() string {
	mac := hmac.New(sha256.New, []byte(t))
	mac.Write([]byte("form"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ValidCSRF reports whether a form's value belongs to the token.
func (t Token) ValidCSRF(given string) bool {
	return t != "" && subtle.ConstantTimeCompare([]byte(t.CSRF()), []byte(given)) == 1
}

// NewToken gives a token for forms before sign-in.
func NewToken() (Token, error) { return newToken() }

// SignIn opens a session. Wrong address and wrong password give the same fault.Invalid after the same time; too many
// attempts give fault.TooMany.
func (s *Service) SignIn(ctx context.Context, address, password, network string) (Token, error) {
	key, _ := validMail(address)
	success, err := s.counted(ctx, key, network)
	if err != nil {
		return "", err
	}
	person, err := s.byMail(ctx, key)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return "", err
	}
	encoded := ""
	if person != nil {
		encoded = person.Password
	}
	ok, err := s.passwords.matches(ctx, encoded, password)
	if err != nil {
		return "", err
	}
	if !ok {
		if person != nil {
			s.signInFailed(person.ID)
		}
		return "", fault.NewInvalid("identity.sign-in")
	}
	token, err := s.open(ctx, person, ByPassword)
	if err == nil {
		success()
	}
	return token, err
}

func (s *Service) byMail(ctx context.Context, address string) (*Person, error) {
	id, err := s.reservations.Owner(ctx, store.System, "mail", address)
	if err != nil {
		return nil, fmt.Errorf("find a person by mail: %w", err)
	}
	return s.people.In(store.System).Get(ctx, id)
}

// open begins a session in the first place to which the person still belongs; fault.Invalid("identity.sign-in"), as for a
// wrong password, when there is none.
func (s *Service) open(ctx context.Context, person *Person, methods ...Method) (Token, error) {
	place, err := s.firstPlace(ctx, person)
	if err != nil {
		return "", err
	}
	token, err := newToken()
	if err != nil {
		return "", err
	}
	proofs, err := s.credentialsOf(ctx, person.ID)
	if err != nil {
		return "", err
	}
	now, browser := s.Now(), browserOf(ctx)
	session := &Session{
		Meta: store.Meta{ID: token.id()}, Person: person.ID, Structure: place.Structure, Region: place.Region, Name: person.Name, Elsewhere: len(person.Memberships) > 1,
		Created: now, Seen: now, Expires: now.Add(sessionIdle), Proved: now, Methods: methods, Owed: proofs.enrolled(), MustEnrol: proofs.MustEnrol,
		Network: browser.network(), Device: browser.device(),
	}
	if err := s.sessions.In(store.System).Insert(ctx, session); err != nil {
		return "", fmt.Errorf("open a session: %w", err)
	}
	if err := s.recordSignIn(ctx, session); err != nil {
		return "", err
	}
	return token, nil
}

// Resume gives the actor of a session; fault.NotFound when it does not exist or is over,
// fault.Forbidden("identity.second-factor") while it owes a second factor.
func (s *Service) Resume(ctx context.Context, token Token) (Actor, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return Actor{}, err
	}
	actor, err := s.actorIn(ctx, session.Person, Membership{session.Structure, session.Region})
	if err != nil {
		return Actor{}, err
	}
	actor.Name, actor.Elsewhere = session.Name, session.Elsewhere
	s.touch(ctx, session, s.Now())
	if err := s.admit(session, actor.Role); err != nil {
		return Actor{}, err
	}
	actor.Unprotected = s.unprotected(session, actor.Role)
	return actor, nil
}

// touch moves the idle limit; a failure only makes the session end sooner.
func (s *Service) touch(ctx context.Context, session *Session, now time.Time) {
	if now.Sub(session.Seen) < touchEvery {
		return
	}
	_, _ = s.sessions.In(store.System).Update(ctx, session.ID, func(x *Session) error {
		x.Seen, x.Expires = now, now.Add(sessionIdle)
		return nil
	})
}

// SignOut ends a session; one that does not exist is ended already.
func (s *Service) SignOut(ctx context.Context, token Token) error {
	if err := s.recordSignOut(ctx, token); err != nil {
		return err
	}
	err := s.sessions.In(store.System).Delete(ctx, token.id(), 0)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// Sweep deletes the sessions, provider's too, challenges and recovery links that are over, a page at a time.
func (s *Service) Sweep(ctx context.Context) error {
	page, err := s.sessions.In(store.System).Scan(ctx, store.Query{Index: "expires", To: s.Now(), Limit: 500})
	if err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	for _, session := range page.Items {
		if err := s.sessions.In(store.System).Delete(ctx, session.ID, 0); err != nil && fault.KindOf(err) != fault.NotFound {
			return fmt.Errorf("sweep sessions: %w", err)
		}
	}
	if err := s.sweepRecoveries(ctx); err != nil {
		return err
	}
	if err := s.sweepInvitations(ctx); err != nil {
		return err
	}
	if err := s.sweepMailChanges(ctx); err != nil {
		return err
	}
	if err := s.sweepProviderSessions(ctx); err != nil {
		return err
	}
	return s.sweepChallenges(ctx)
}
