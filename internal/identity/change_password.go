package identity

import (
	"context"
	"fmt"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
)

// ChangePassword replaces the password of whoever knows the present one, ends their other sessions (OWASP ASVS 5.0.0 6.2.2,
// 6.2.3, 7.4.3) and tells them by mail. A first password, for whoever signs in by a passkey, asks for a fresh session
// instead. fault.Invalid("identity.password-wrong") at field "current", fault.Problems at field "password" when the new one
// does not do, fault.Forbidden("identity.second-factor") while one is owed, fault.TooMany after too many guesses.
func (s *Service) ChangePassword(ctx context.Context, token Token, current, password, network string) (Token, error) {
	session, _, err := s.mayChange(ctx, token)
	if wrong, ok := fault.As(err); err != nil && (!ok || wrong.Key != "identity.fresh") {
		return "", err
	}
	person, failed := s.personByID(ctx, session.Person)
	if failed != nil {
		return "", failed
	}
	if person.Password == "" && err != nil {
		return "", err // nothing else shows who asks
	}
	if person.Password != "" {
		if err := s.allowProof(s.Now(), "password", person.ID, network); err != nil {
			return "", err
		}
		ok, err := s.passwords.matches(ctx, person.Password, current)
		if err != nil {
			return "", err
		}
		if !ok {
			wrong := fault.NewInvalid("identity.password-wrong").At("current")
			s.proofFailed(person.ID, wrong)
			return "", wrong
		}
		s.proofGiven("password", person.ID, network)
	}
	return s.setPassword(ctx, token, session, password, "account.password-changed")
}

// ChooseNewPassword is what a session of Recover is for: it sets a password without knowing the one before, after the second
// factor where one is set up, ends the person's other sessions and tells them by mail. fault.NotFound for a session that
// did not come by a recovery link, fault.Forbidden("identity.fresh") when it has waited too long.
func (s *Service) ChooseNewPassword(ctx context.Context, token Token, password string) (Token, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	switch session.State() {
	case NewPassword:
	case PasswordOnly:
		return "", fault.NewForbidden("identity.second-factor")
	default:
		return "", fault.NewNotFound("not-found")
	}
	if err := RequireFresh(session, s.Now()); err != nil {
		return "", err
	}
	return s.setPassword(ctx, token, session, password, "account.password-recovered")
}

// setPassword checks a new password, keeps it, and leaves nothing open that the old one or a link had opened.
func (s *Service) setPassword(ctx context.Context, token Token, session *Session, password, act string) (Token, error) {
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return "", err
	}
	if problem := checkPassword(password, person.Mail, person.Name); problem != nil {
		return "", fault.Problems{*problem}
	}
	hash, err := s.passwords.hash(ctx, password)
	if err != nil {
		return "", err
	}
	follows, err := s.follow(ctx, session, act, mail.PasswordChanged, "")
	if err != nil {
		return "", err
	}
	err = s.changePerson(ctx, person.ID, follows, func(p *Person) error {
		p.Password = hash
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("change the password of person %s: %w", person.ID, err)
	}
	if err := s.voidRecoveries(ctx, person.ID); err != nil {
		return "", err
	}
	return s.riseAlone(ctx, token, ByPassword)
}
