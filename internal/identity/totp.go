package identity

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
)

// Parameters of time-based codes: those that every application knows (RFC 6238 §4), with a secret as long as its hash
// (RFC 4226 §4 R6).
const (
	totpStep   = 30 * time.Second
	totpSkew   = 1  // steps taken before and after the present one, for clocks and slow fingers (RFC 6238 §5.2)
	totpSecret = 20 // bytes
	totpIssuer = "Garant"
	// enrolFor is how long a secret waits for its first code.
	enrolFor = 15 * time.Minute
)

// totpSeed is the secret of an application of codes, sealed.
type totpSeed struct {
	Sealed []byte    `bson:"sealed"`
	Since  time.Time `bson:"since"`
	Step   int64     `bson:"step"` // of the last code taken: it and those before are refused (RFC 6238 §5.2)
}

// totpUse binds a sealed secret to its use, and counts its guesses.
const totpUse = "totp"

// TOTPEnrolment is what a person puts into an application of codes. It is shown to them and kept nowhere.
type TOTPEnrolment struct {
	Secret string // base32, to type
	URI    string // otpauth://totp/…
	QR     []byte // SVG of the URI
}

// EnrolTOTP draws a secret, which counts for nothing until ConfirmTOTP; asked again within a quarter of an hour, it gives
// the same. It asks for a fresh session, strong where a second factor exists.
func (s *Service) EnrolTOTP(ctx context.Context, token Token) (TOTPEnrolment, error) {
	session, kept, err := s.mayChange(ctx, token)
	if err != nil {
		return TOTPEnrolment{}, err
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return TOTPEnrolment{}, err
	}
	seal, err := s.seal(ctx)
	if err != nil {
		return TOTPEnrolment{}, err
	}
	now := s.Now()
	if waits := kept.Enrolling; waits != nil && now.Sub(waits.Since) < enrolFor {
		secret, err := seal.Open(waits.Sealed, person.ID, totpUse)
		if err != nil {
			return TOTPEnrolment{}, fmt.Errorf("open the secret of person %s: %w", person.ID, err)
		}
		return totpEnrolment(secret, person.Mail)
	}
	secret := make([]byte, totpSecret)
	if _, err := rand.Read(secret); err != nil {
		return TOTPEnrolment{}, fmt.Errorf("draw a secret: %w", err)
	}
	sealed := seal.Seal(secret, person.ID, totpUse)
	err = s.changeCredentials(ctx, person.ID, func(c *credentials) error {
		c.Enrolling = &totpSeed{Sealed: sealed, Since: now}
		return nil
	})
	if err != nil {
		return TOTPEnrolment{}, fmt.Errorf("keep a secret: %w", err)
	}
	return totpEnrolment(secret, person.Mail)
}

// totpEnrolment puts a secret in the forms that applications read.
func totpEnrolment(secret []byte, account string) (TOTPEnrolment, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: totpIssuer, AccountName: account, Secret: secret, Period: uint(totpStep / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return TOTPEnrolment{}, fmt.Errorf("write a secret: %w", err)
	}
	image, err := QR(key.URL())
	return TOTPEnrolment{Secret: key.Secret(), URI: key.URL(), QR: image}, err
}

// ConfirmTOTP takes the first code of the application, which then replaces the one before, ends the person's other
// sessions (OWASP ASVS 5.0.0 7.4.3) and gives recovery codes where there were none. fault.Invalid when the code is wrong or
// the secret has waited too long.
func (s *Service) ConfirmTOTP(ctx context.Context, token Token, code, network string) (Token, RecoveryCodes, error) {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return "", nil, err
	}
	seal, err := s.seal(ctx)
	if err != nil {
		return "", nil, err
	}
	now := s.Now()
	if err := s.allowProof(now, totpUse, session.Person, network); err != nil {
		return "", nil, err
	}
	drawn, err := drawRecoveryCodes()
	if err != nil {
		return "", nil, err
	}
	follows, err := s.follow(ctx, session, "account.totp-added", mail.MethodAdded, methodTOTP)
	if err != nil {
		return "", nil, err
	}
	var shown RecoveryCodes
	err = s.changeFollowed(ctx, session.Person, follows, func(c *credentials) error {
		shown = nil
		waits := c.Enrolling
		if waits == nil || now.Sub(waits.Since) >= enrolFor {
			return fault.NewInvalid("identity.enrolment-over")
		}
		secret, err := seal.Open(waits.Sealed, session.Person, totpUse)
		if err != nil {
			return err
		}
		step, err := totpMatch(secret, code, now, 0)
		if err != nil {
			return err
		}
		c.TOTP, c.Enrolling = &totpSeed{Sealed: waits.Sealed, Since: now, Step: step}, nil
		shown = c.firstRecovery(drawn)
		return nil
	})
	if err != nil {
		return "", nil, fmt.Errorf("confirm a secret: %w", err)
	}
	s.proofGiven(totpUse, session.Person, network)
	next, err := s.riseAlone(ctx, token, ByTOTP)
	return next, shown, err
}

// GiveTOTP is a second factor, or a proof anew in a full session. fault.Invalid when the code is wrong or was given
// before, fault.TooMany after too many guesses.
func (s *Service) GiveTOTP(ctx context.Context, token Token, code, network string) (next Token, err error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	defer func() { s.proofFailed(session.Person, err) }()
	now := s.Now()
	if err := s.allowProof(now, totpUse, session.Person, network); err != nil {
		return "", err
	}
	seal, err := s.seal(ctx)
	if err != nil {
		return "", err
	}
	err = s.changeCredentials(ctx, session.Person, func(c *credentials) error {
		if c.TOTP == nil {
			return fault.NewInvalid("identity.code")
		}
		secret, err := seal.Open(c.TOTP.Sealed, session.Person, totpUse)
		if err != nil {
			return err
		}
		c.TOTP.Step, err = totpMatch(secret, code, now, c.TOTP.Step)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("check a code: %w", err)
	}
	s.proofGiven(totpUse, session.Person, network)
	return s.rise(ctx, token, ByTOTP)
}

// totpMatch gives the step of a code: around the present, and after the last one taken. fault.Invalid("identity.code") when
// there is none. It compares in constant time and looks at every step.
func totpMatch(secret []byte, code string, now time.Time, last int64) (int64, error) {
	encoded := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	code = strings.ReplaceAll(code, " ", "") // applications show two groups of three
	present, found := now.Unix()/int64(totpStep/time.Second), int64(-1)
	for step := present - totpSkew; step <= present+totpSkew; step++ {
		right, err := hotp.ValidateCustom(code, uint64(step), encoded, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && right && step > last {
			found = step
		}
	}
	if found < 0 {
		return 0, fault.NewInvalid("identity.code")
	}
	return found, nil
}

// RemoveTOTP forgets the application of codes. It asks for a fresh, strong session.
// fault.Conflict("identity.last-factor") when the person's role needs a second factor and there is no other.
func (s *Service) RemoveTOTP(ctx context.Context, token Token) error {
	return s.removeFactor(ctx, token, "account.totp-removed", methodTOTP, func(c *credentials) error {
		c.TOTP, c.Enrolling = nil, nil
		return nil
	})
}

// removeFactor alters the proofs of a session's person, unless that leaves them no way in, or a role that needs a second
// factor without, and ends their other sessions (OWASP ASVS 5.0.0 7.4.3).
func (s *Service) removeFactor(ctx context.Context, token Token, act, method string, remove func(*credentials) error) error {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return err
	}
	places, err := s.Places(ctx, Actor{Person: person.ID})
	if err != nil {
		return err
	}
	var roles []Role
	for _, place := range places {
		roles = append(roles, place.Role)
	}
	follows, err := s.follow(ctx, session, act, mail.MethodRemoved, method)
	if err != nil {
		return err
	}
	err = s.changeFollowed(ctx, person.ID, follows, func(c *credentials) error {
		if err := remove(c); err != nil {
			return err
		}
		if err := s.leavesAWayIn(person, c); err != nil {
			return err
		}
		if c.enrolled() {
			return nil
		}
		if NeedsSecondFactor(roles...) {
			return fault.NewConflict("identity.last-factor")
		}
		c.Recovery = nil // they stand in for a factor
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.endSessions(ctx, person.ID, session.ID)
	return err
}
