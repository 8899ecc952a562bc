package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
)

// Recovery codes stand in for a second factor that was lost. Each has 140 random bits, so that a plain hash keeps it
// (OWASP ASVS 5.0.0 6.5.2, 6.5.3, 11.5.1), and works once (6.5.1). Those drawn before have 120 and still work.
const (
	recoveryCount   = 10
	recoveryBytes   = 20 // drawn: 32 letters and figures, of which
	recoveryLetters = 28 // are given
	recoveryGroup   = 4  // letters between dashes
	recoveryUse     = "recovery"
)

// recoveryCode is one code as it is kept.
type recoveryCode struct {
	Hash []byte    `bson:"hash"`
	Used time.Time `bson:"used"` // zero: not yet
}

// RecoveryCodes are codes as they are shown, once: "abcd-efgh-2345-…".
type RecoveryCodes []string

func drawRecoveryCodes() (RecoveryCodes, error) {
	codes := make(RecoveryCodes, recoveryCount)
	for i := range codes {
		drawn := make([]byte, recoveryBytes)
		if _, err := rand.Read(drawn); err != nil {
			return nil, fmt.Errorf("draw recovery codes: %w", err)
		}
		letters := strings.ToLower(base32.StdEncoding.EncodeToString(drawn))[:recoveryLetters]
		var groups []string
		for group := range slices.Chunk([]byte(letters), recoveryGroup) {
			groups = append(groups, string(group))
		}
		codes[i] = strings.Join(groups, "-")
	}
	return codes, nil
}

// recoveryHash is that of a code, however it was typed.
func recoveryHash(code string) []byte {
	sum := sha256.Sum256([]byte(lettersOf(code)))
	return sum[:]
}

func (r RecoveryCodes) kept() []recoveryCode {
	kept := make([]recoveryCode, len(r))
	for i, code := range r {
		kept[i].Hash = recoveryHash(code)
	}
	return kept
}

// firstRecovery keeps the codes drawn with a first factor, and gives those to show. What a reset asked for is done.
func (c *credentials) firstRecovery(drawn RecoveryCodes) RecoveryCodes {
	c.MustEnrol = false
	if len(c.Recovery) > 0 {
		return nil
	}
	c.Recovery = drawn.kept()
	return drawn
}

// RenewRecoveryCodes replaces all recovery codes. It asks for a fresh, strong session; fault.Conflict("identity.no-factor")
// without a second factor for them to stand in for.
func (s *Service) RenewRecoveryCodes(ctx context.Context, token Token) (RecoveryCodes, error) {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return nil, err
	}
	drawn, err := drawRecoveryCodes()
	if err != nil {
		return nil, err
	}
	follows, err := s.follow(ctx, session, "account.recovery-codes-renewed", mail.MethodAdded, methodRecovery)
	if err != nil {
		return nil, err
	}
	err = s.changeFollowed(ctx, session.Person, follows, func(c *credentials) error {
		if !c.enrolled() {
			return fault.NewConflict("identity.no-factor")
		}
		c.Recovery = drawn.kept()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("renew recovery codes: %w", err)
	}
	return drawn, nil
}

// GiveRecoveryCode is a second factor in the place of one that was lost. fault.Invalid when the code is wrong or used,
// fault.TooMany after too many guesses from this network: a code cannot be guessed, so others' guesses do not count.
func (s *Service) GiveRecoveryCode(ctx context.Context, token Token, code, network string) (next Token, err error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	defer func() { s.proofFailed(session.Person, err) }()
	now := s.Now()
	if err := s.attempts.allow(now, recoveryUse+" "+session.Person+" "+network, attemptsPerAccount); err != nil {
		return "", err
	}
	given := recoveryHash(code)
	follows, err := s.follow(ctx, session, "account.recovery-code-used", "", "")
	if err != nil {
		return "", err
	}
	err = s.changeFollowed(ctx, session.Person, follows, func(c *credentials) error {
		for i, kept := range c.Recovery {
			if subtle.ConstantTimeCompare(kept.Hash, given) == 1 && kept.Used.IsZero() {
				c.Recovery[i].Used = now
				return nil
			}
		}
		return fault.NewInvalid("identity.recovery-code")
	})
	if err != nil {
		return "", fmt.Errorf("check a recovery code: %w", err)
	}
	s.attempts.clear(recoveryUse + " " + session.Person + " " + network)
	return s.rise(ctx, token, ByRecoveryCode)
}

// Factors is what a person has to sign in with beside a password.
type Factors struct {
	TOTP     time.Time // since when; zero: none
	Recovery int       // codes left
	Passkeys []Passkey // in the order in which they were added
}

// Factors tells what the person of a session has set up; the session may owe a second factor, so that its page can ask for
// one that exists.
func (s *Service) Factors(ctx context.Context, token Token) (Factors, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return Factors{}, err
	}
	kept, err := s.credentialsOf(ctx, session.Person)
	if err != nil {
		return Factors{}, err
	}
	var f Factors
	if kept.TOTP != nil {
		f.TOTP = kept.TOTP.Since
	}
	for _, key := range kept.Passkeys {
		f.Passkeys = append(f.Passkeys, key.shown())
	}
	for _, code := range kept.Recovery {
		if code.Used.IsZero() {
			f.Recovery++
		}
	}
	return f, nil
}
