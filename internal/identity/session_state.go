package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// Method is a way in which somebody proved who they are.
type Method string

// The methods.
const (
	ByPassword      Method = "password"
	ByTOTP          Method = "totp"
	ByRecoveryCode  Method = "recovery-code"
	ByPasskey       Method = "passkey"
	ByIssuer        Method = "issuer"        // an account at a provider of OpenID Connect
	ByIssuerStrong  Method = "issuer-strong" // the same, which gave two factors there
	ByDemonstration Method = "demonstration" // the set-up link, into the fictitious structure alone
	BySetup         Method = "set-up"        // the set-up form: no proof, see stateIn
	ByRecoveryLink  Method = "recovery-link" // a link sent to the person's mail address
)

// strong methods leave no second factor owed: they come after a password, hold two factors in one, or open made-up data.
func (m Method) strong() bool {
	return slices.Contains([]Method{ByTOTP, ByRecoveryCode, ByPasskey, ByIssuerStrong, ByDemonstration}, m)
}

// freshFor is how long a proof counts for sensitive acts (OWASP ASVS 5.0.0 7.5.1, 7.5.3).
const freshFor = 10 * time.Minute

// State is what a session is good for.
type State string

// The states of a session.
const (
	PasswordOnly State = "password-only" // a second factor is owed: it gives one, signs out, and nothing else
	NewPassword  State = "new-password"  // came by a recovery link: it chooses a password, signs out, and nothing else
	Unprotected  State = "unprotected"   // its role needs a second factor, or a lost one was reset: it sets one up, signs out, and nothing else
	Full         State = "full"
)

// State tells what the session is good for by itself; a role may ask for more, see stateIn. What a recovery link opens
// gives the second factor first: whoever reads somebody's mail changes nothing (OWASP ASVS 5.0.0 6.4.3).
func (x *Session) State() State {
	switch {
	case x.Owed && !x.strong():
		return PasswordOnly
	case slices.Contains(x.Methods, ByRecoveryLink):
		return NewPassword
	}
	return Full
}

// stateIn is State in a role. The session of the set-up form is admitted without the second factor that an administrator
// needs until it ends, so that a newcomer sees the portal first; every later sign-in sets one up before anything else.
func (s *Service) stateIn(x *Session, role Role) State {
	state := x.State()
	if state == Full && (s.unprotected(x, role) && !slices.Contains(x.Methods, BySetup) || x.MustEnrol && !x.strong()) {
		return Unprotected
	}
	return state
}

// unprotected tells whether the session has not given the second factor that its role needs.
func (s *Service) unprotected(x *Session, role Role) bool {
	return s.RequireSecondFactor && NeedsSecondFactor(role) && !x.strong()
}

func (x *Session) strong() bool { return slices.ContainsFunc(x.Methods, Method.strong) }

// Fresh tells whether the last proof was given less than ten minutes ago.
func (x *Session) Fresh(now time.Time) bool {
	return !x.Proved.IsZero() && now.Sub(x.Proved) < freshFor
}

// RequireFresh is Fresh as an error: fault.Forbidden("identity.fresh"), upon which a proof is asked for again.
func RequireFresh(x *Session, now time.Time) error {
	if !x.Fresh(now) {
		return fault.NewForbidden("identity.fresh")
	}
	return nil
}

// NeedsSecondFactor tells whether one of the roles is trusted with what a stolen password must not open (OWASP ASVS 5.0.0
// 6.3.3).
func NeedsSecondFactor(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool {
		return r == SecurityOfficer || r == Support || r == Administrator || r == Referent || r == RegionAdministrator
	})
}

// admit refuses a session that owes a second factor, in this role: fault.Forbidden("identity.second-factor"), or a password:
// fault.Forbidden("identity.new-password").
func (s *Service) admit(x *Session, role Role) error {
	switch s.stateIn(x, role) {
	case Full:
		return nil
	case NewPassword:
		return fault.NewForbidden("identity.new-password")
	}
	return fault.NewForbidden("identity.second-factor")
}

// SessionOf gives the session of a token, whatever its state: fault.NotFound when it does not exist or is over.
func (s *Service) SessionOf(ctx context.Context, token Token) (*Session, error) {
	if token == "" {
		return nil, fault.NewNotFound("not-found")
	}
	session, err := s.sessions.In(store.System).Get(ctx, token.id())
	if err != nil {
		return nil, fmt.Errorf("resume a session: %w", err)
	}
	if now := s.Now(); !now.Before(session.Expires) || now.Sub(session.Created) >= sessionMax {
		return nil, fault.NewNotFound("not-found")
	}
	return session, nil
}

// rise notes one more proof and moves the session to a new token. The absolute limit runs on.
func (s *Service) rise(ctx context.Context, token Token, method Method) (Token, error) {
	before, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	actor, err := s.actorIn(ctx, before.Person, Membership{before.Structure, before.Region})
	if err != nil {
		return "", err
	}
	next, err := s.replace(ctx, token, func(x *Session) {
		x.Proved = s.Now()
		if !slices.Contains(x.Methods, method) {
			x.Methods = append(x.Methods, method)
		}
		if method == ByPassword { // what a recovery link was for
			x.Methods = slices.DeleteFunc(x.Methods, func(m Method) bool { return m == ByRecoveryLink })
		}
	})
	if err != nil || s.stateIn(before, actor.Role) == Full {
		return next, err // one more proof signs nobody in
	}
	after, err := s.SessionOf(ctx, next)
	if err != nil {
		return "", err
	}
	return next, s.recordSignIn(ctx, after)
}

// replace changes a session and moves it to a new token (OWASP ASVS 5.0.0 7.2.4): whoever knew the old one has nothing. Of
// two at once only one succeeds, since only one removes the old session.
func (s *Service) replace(ctx context.Context, token Token, change func(*Session)) (Token, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	next, err := newToken()
	if err != nil {
		return "", err
	}
	if err := s.sessions.In(store.System).Delete(ctx, token.id(), 0); err != nil {
		return "", fmt.Errorf("replace a session: %w", err)
	}
	now := s.Now()
	session.Meta = store.Meta{ID: next.id()}
	session.Seen, session.Expires = now, now.Add(sessionIdle)
	change(session)
	if err := s.sessions.In(store.System).Insert(ctx, session); err != nil {
		return "", fmt.Errorf("replace a session: %w", err)
	}
	return next, nil
}

// riseAlone is rise after a change of how somebody signs in: it ends their other sessions.
func (s *Service) riseAlone(ctx context.Context, token Token, method Method) (Token, error) {
	next, err := s.rise(ctx, token, method)
	if err != nil {
		return "", err
	}
	session, err := s.SessionOf(ctx, next)
	if err != nil {
		return "", err
	}
	_, err = s.endSessions(ctx, session.Person, session.ID)
	return next, err
}

func (s *Service) personByID(ctx context.Context, id string) (*Person, error) {
	person, err := s.people.In(store.System).Get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read person %s: %w", id, err)
	}
	return person, nil
}

// GivePassword is a proof in an open session, for a sensitive act. fault.Invalid when it is wrong, fault.TooMany after too
// many guesses.
func (s *Service) GivePassword(ctx context.Context, token Token, password, network string) (next Token, err error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	defer func() { s.proofFailed(session.Person, err) }()
	if err := s.allowProof(s.Now(), "password", session.Person, network); err != nil {
		return "", err
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return "", err
	}
	ok, err := s.passwords.matches(ctx, person.Password, password)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.NewInvalid("identity.password-wrong")
	}
	s.proofGiven("password", session.Person, network)
	return s.rise(ctx, token, ByPassword)
}

// OpenSession is one line of the list of devices that a person reads.
type OpenSession struct {
	ID           string // names the session; it opens nothing
	Opened, Seen time.Time
	Network      string // "192.0.2.0/24"; empty: unknown
	Device       string // "Firefox, Windows"; empty: unknown
	Methods      []Method
	State        State
	Current      bool
}

// OpenSessions lists the sessions of the person who holds one, the last seen first (OWASP ASVS 5.0.0 7.5.2).
func (s *Service) OpenSessions(ctx context.Context, token Token) ([]OpenSession, error) {
	own, err := s.SessionOf(ctx, token)
	if err != nil {
		return nil, err
	}
	all, err := s.sessionsOf(ctx, own.Person)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	var open []OpenSession
	for _, x := range all {
		if now.Before(x.Expires) && now.Sub(x.Created) < sessionMax {
			open = append(open, OpenSession{
				ID: x.ID, Opened: x.Created, Seen: x.Seen, Network: x.Network, Device: x.Device, Methods: x.Methods, State: x.State(), Current: x.ID == own.ID,
			})
		}
	}
	return open, nil
}

func (s *Service) sessionsOf(ctx context.Context, person string) ([]*Session, error) {
	var all []*Session
	for cursor := ""; ; {
		page, err := s.sessions.In(store.System).Scan(ctx, store.Query{Index: "person", Equal: []any{person}, Descending: true, Limit: 500, Cursor: cursor})
		if err != nil {
			return nil, fmt.Errorf("list the sessions of person %s: %w", person, err)
		}
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

// EndSession ends one of the person's own sessions, by its id. It asks for a fresh session that owes nothing.
// fault.NotFound when it is somebody else's.
func (s *Service) EndSession(ctx context.Context, token Token, id string) error {
	own, _, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	other, err := s.sessions.In(store.System).Get(ctx, id)
	if err != nil || other.Person != own.Person {
		return fault.NewNotFound("not-found").Because(err)
	}
	return s.end(ctx, id)
}

// EndOtherSessions ends all of the person's sessions but this one, and tells how many. It asks for a fresh session that
// owes nothing.
func (s *Service) EndOtherSessions(ctx context.Context, token Token) (int, error) {
	own, _, err := s.mayChange(ctx, token)
	if err != nil {
		return 0, err
	}
	return s.endSessions(ctx, own.Person, own.ID)
}

// EndSessionsOf ends every session of a person: after a change of roles or when somebody leaves (OWASP ASVS 5.0.0 7.4.2).
// The caller has checked who asks.
func (s *Service) EndSessionsOf(ctx context.Context, person string) (int, error) {
	return s.endSessions(ctx, person, "")
}

func (s *Service) endSessions(ctx context.Context, person, but string) (ended int, err error) {
	all, err := s.sessionsOf(ctx, person)
	if err != nil {
		return 0, err
	}
	for _, x := range all {
		if x.ID == but {
			continue
		}
		if err := s.end(ctx, x.ID); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}

func (s *Service) end(ctx context.Context, id string) error {
	if err := s.sessions.In(store.System).Delete(ctx, id, 0); err != nil && fault.KindOf(err) != fault.NotFound {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// mayChange gives a session that may change how its person signs in, with that person's proofs: it is fresh, and strong as
// soon as there is a second factor to give. fault.Forbidden("identity.second-factor"), ("identity.new-password") or
// ("identity.fresh") otherwise.
func (s *Service) mayChange(ctx context.Context, token Token) (*Session, *credentials, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return nil, nil, err
	}
	kept, err := s.credentialsOf(ctx, session.Person)
	if err != nil {
		return nil, nil, err
	}
	if kept.enrolled() && !session.strong() {
		return nil, nil, fault.NewForbidden("identity.second-factor")
	}
	if session.State() == NewPassword {
		return nil, nil, fault.NewForbidden("identity.new-password")
	}
	return session, kept, RequireFresh(session, s.Now())
}
