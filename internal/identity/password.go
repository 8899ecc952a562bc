package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// MinPassword is the least length of a password, in characters: long enough by itself, no rule of composition (CNIL
// deliberation 2022-100, ANSSI authentication guide).
const MinPassword = 12

const maxPassword = 256

// argon2id parameters, above the minimum that OWASP recommends: 46 MiB, one pass.
const (
	argonMemory  = 46 * 1024 // KiB
	argonTime    = 1
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
)

// passwords hashes, at most two at once, so that a burst of sign-ins cannot exhaust memory.
type passwords struct {
	slots  chan struct{}
	derive func(password, salt []byte, time, memory uint32, threads uint8, length uint32) []byte // argon2id
}

func newPasswords() *passwords {
	return &passwords{slots: make(chan struct{}, 2), derive: argon2.IDKey}
}

func (p *passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.NewUnavailable("unavailable").Because(ctx.Err())
	}
}

func (p *passwords) leave() { <-p.slots }

// hash encodes a password with its parameters: $argon2id$m,t,p$salt$key.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	key := p.derive([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads, encode(salt), encode(key)), nil
}

// matches compares a password with an encoded one in constant time; an encoded value that cannot be read never matches,
// after the same work, so that time does not tell whether an account exists.
func (p *passwords) matches(ctx context.Context, encoded, password string) (bool, error) {
	var memory, time uint32
	var threads uint8
	parts := strings.Split(encoded, "$")
	salt, key := make([]byte, argonSalt), make([]byte, argonKey)
	known := len(parts) == 5 && parts[1] == "argon2id"
	if known {
		_, err := fmt.Sscanf(parts[2], "m=%d,t=%d,p=%d", &memory, &time, &threads)
		decodedSalt, err2 := base64.RawStdEncoding.DecodeString(parts[3])
		decodedKey, err3 := base64.RawStdEncoding.DecodeString(parts[4])
		known = err == nil && err2 == nil && err3 == nil && memory <= 4*argonMemory && time > 0 && threads > 0
		if known {
			salt, key = decodedSalt, decodedKey
		}
	}
	if !known {
		memory, time, threads = argonMemory, argonTime, argonThreads
	}
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	got := p.derive([]byte(password), salt, time, memory, threads, uint32(len(key)))
	return known && subtle.ConstantTimeCompare(got, key) == 1, nil
}

// checkPassword refuses a password that is too short, made of what everybody knows about its owner, or that attackers try
// first. It asks for no kind of characters (OWASP ASVS 5.0.0 6.2.1, 6.2.4, 6.2.5).
func checkPassword(password, mailAddress, name string) *fault.Problem {
	length := utf8.RuneCountInString(password)
	problem := func(key string, args ...any) *fault.Problem {
		return &fault.Problem{Field: "password", Key: key, Args: args}
	}
	if length < MinPassword {
		return problem("identity.password-short", "min", MinPassword)
	}
	if length > maxPassword {
		return problem("value.too-long", "limit", maxPassword)
	}
	folded := lettersOf(password)
	local, _, _ := strings.Cut(mailAddress, "@")
	for _, known := range []string{local, name} {
		known = lettersOf(known)
		if utf8.RuneCountInString(known) >= 4 && strings.Contains(folded, known) && length-utf8.RuneCountInString(known) < MinPassword-4 {
			return problem("identity.password-personal")
		}
	}
	if distinct(password) < 5 {
		return problem("identity.password-repeated")
	}
	if commonPassword(password) {
		return problem("identity.password-common")
	}
	return nil
}

// lettersOf folds a text and leaves out all but its letters and figures, so that “Camille.Achats” is “camilleachats”.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, locale.Fold(s))
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}
