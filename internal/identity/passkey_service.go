package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

// AddPasskey begins the addition of a passkey and gives what navigator.credentials.create takes, as JSON: its "publicKey" is
// for PublicKeyCredential.parseCreationOptionsFromJSON. It asks for a fresh session, strong where a second factor exists.
func (s *Service) AddPasskey(ctx context.Context, token Token) ([]byte, error) {
	ceremonies, err := s.ceremonies()
	if err != nil {
		return nil, err
	}
	session, kept, err := s.mayChange(ctx, token)
	if err != nil {
		return nil, err
	}
	if len(kept.Passkeys) >= maxPasskeys {
		return nil, fault.NewConflict("identity.passkeys-many", "limit", maxPasskeys)
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return nil, err
	}
	user := passkeyUser{person, kept.Passkeys}
	options, data, err := ceremonies.BeginRegistration(user, webauthn.WithExclusions(user.descriptors()))
	if err != nil {
		return nil, fmt.Errorf("begin a passkey of person %s: %w", person.ID, err)
	}
	if err := s.ask(ctx, token, passkeyAdding, person.ID, data); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// PasskeyAdded keeps the passkey that the browser made, under a name its owner gives, ends the person's other sessions and
// gives recovery codes where there were none. fault.Invalid when the answer is not to what was asked of this browser, or
// not from this portal's address.
func (s *Service) PasskeyAdded(ctx context.Context, token Token, name string, response []byte) (Token, RecoveryCodes, error) {
	ceremonies, err := s.ceremonies()
	if err != nil {
		return "", nil, err
	}
	session, kept, err := s.mayChange(ctx, token)
	if err != nil {
		return "", nil, err
	}
	if problems := content.Line("name", name, maxPasskeyName, "identity.passkey-name"); len(problems) > 0 {
		return "", nil, problems
	}
	var data webauthn.SessionData
	if _, err := s.answered(ctx, token, passkeyAdding, &data); err != nil {
		return "", nil, err
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return "", nil, err
	}
	if len(response) > maxPasskeyAnswer {
		return "", nil, fault.NewInvalid("identity.passkey")
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return "", nil, fault.NewInvalid("identity.passkey").Because(err)
	}
	made, err := ceremonies.CreateCredential(passkeyUser{person, kept.Passkeys}, data, parsed)
	if err != nil {
		return "", nil, fault.NewInvalid("identity.passkey").Because(err)
	}
	shown, err := s.keepPasskey(ctx, session, newPasskey(strings.TrimSpace(name), made, s.Now()))
	if err != nil {
		return "", nil, err
	}
	next, err := s.riseAlone(ctx, token, ByPasskey)
	return next, shown, err
}

// keepPasskey gives a person a passkey that nobody has (WebAuthn L2 §7.1 step 22).
func (s *Service) keepPasskey(ctx context.Context, session *Session, key passkey) (RecoveryCodes, error) {
	person := session.Person
	follows, err := s.follow(ctx, session, "account.passkey-added", mail.MethodAdded, methodPasskey)
	if err != nil {
		return nil, err
	}
	drawn, err := drawRecoveryCodes()
	if err != nil {
		return nil, err
	}
	if err := s.reservations.Reserve(ctx, store.System, "passkey", key.text(), person); err != nil {
		return nil, fmt.Errorf("reserve a passkey: %w", err)
	}
	var shown RecoveryCodes
	err = s.changeFollowed(ctx, person, follows, func(c *credentials) error {
		shown = nil
		switch {
		case c.passkeyAt(key.ID) >= 0:
			return fault.NewConflict("identity.passkey-known")
		case len(c.Passkeys) >= maxPasskeys:
			return fault.NewConflict("identity.passkeys-many", "limit", maxPasskeys)
		}
		c.Passkeys = append(c.Passkeys, key)
		shown = c.firstRecovery(drawn)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keep a passkey of person %s: %w", person, err)
	}
	return shown, nil
}

// AskPasskey begins a sign-in with a passkey alone, for a browser that holds a token of NewToken, and gives what
// navigator.credentials.get takes, as JSON. It names no account: the authenticator does.
func (s *Service) AskPasskey(ctx context.Context, before Token, network string) ([]byte, error) {
	ceremonies, err := s.ceremonies()
	if err != nil {
		return nil, err
	}
	if err := s.attempts.allow(s.Now(), "challenge "+network, challengesPerNetwork); err != nil {
		return nil, err
	}
	options, data, err := ceremonies.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, fmt.Errorf("begin a sign-in with a passkey: %w", err)
	}
	if err := s.ask(ctx, before, passkeySignIn, "", data); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// SignInWithPasskey opens a full session: the authenticator has checked that its owner is there and who they are
// (OWASP ASVS 5.0.0 6.3.3). Whatever is wrong is the same fault.Invalid; too many attempts from a network are fault.TooMany.
func (s *Service) SignInWithPasskey(ctx context.Context, before Token, response []byte, network string) (Token, error) {
	ceremonies, err := s.ceremonies()
	if err != nil {
		return "", err
	}
	from := "network " + network
	if err := s.attempts.allow(s.Now(), from, attemptsPerNetwork); err != nil {
		return "", err
	}
	var data webauthn.SessionData
	if _, err := s.answered(ctx, before, passkeySignIn, &data); err != nil {
		return "", err
	}
	parsed, err := parsePasskey(response)
	if err != nil {
		return "", err
	}
	user, used, err := ceremonies.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		return s.passkeyUser(ctx, string(handle))
	}, data, parsed)
	if err != nil {
		return "", fault.NewInvalid("identity.passkey").Because(err)
	}
	person := user.(passkeyUser).person
	if len(person.Memberships) == 0 {
		return "", fault.NewInvalid("identity.passkey")
	}
	if err := s.passkeyUsed(ctx, person.ID, used); err != nil {
		s.proofFailed(person.ID, err)
		return "", err
	}
	s.attempts.giveBack(from)
	return s.open(ctx, person, ByPasskey)
}

func parsePasskey(response []byte) (*protocol.ParsedCredentialAssertionData, error) {
	if len(response) > maxPasskeyAnswer {
		return nil, fault.NewInvalid("identity.passkey")
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return nil, fault.NewInvalid("identity.passkey").Because(err)
	}
	return parsed, nil
}

func (s *Service) passkeyUser(ctx context.Context, person string) (passkeyUser, error) {
	found, err := s.personByID(ctx, person)
	if err != nil {
		return passkeyUser{}, err
	}
	kept, err := s.credentialsOf(ctx, person)
	return passkeyUser{found, kept.Passkeys}, err
}

// passkeyUsed notes the use of a passkey. One whose count went back may be a copy (WebAuthn L2 §7.2 step 21): that is
// noted, and from then on fault.Forbidden("identity.passkey-copied").
func (s *Service) passkeyUsed(ctx context.Context, person string, used *webauthn.Credential) error {
	now := s.Now()
	copied := false
	err := s.changeCredentials(ctx, person, func(c *credentials) error {
		at := c.passkeyAt(used.ID)
		if at < 0 {
			return fault.NewInvalid("identity.passkey")
		}
		key, count := &c.Passkeys[at], int64(used.Authenticator.SignCount)
		copied = !key.Suspect.IsZero() || used.Authenticator.CloneWarning || count < key.Count || count == key.Count && count != 0
		if copied {
			key.Suspect = now
			return nil
		}
		key.Count, key.Used, key.BackedUp = count, now, used.Flags.BackupState
		return nil
	})
	if err != nil {
		return fmt.Errorf("note the use of a passkey of person %s: %w", person, err)
	}
	if copied {
		return fault.NewForbidden("identity.passkey-copied")
	}
	return nil
}

// AskOwnPasskey begins a proof in an open session, with one of the person's passkeys: a second factor, or one more proof.
// It gives what navigator.credentials.get takes, as JSON.
func (s *Service) AskOwnPasskey(ctx context.Context, token Token) ([]byte, error) {
	ceremonies, err := s.ceremonies()
	if err != nil {
		return nil, err
	}
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return nil, err
	}
	user, err := s.passkeyUser(ctx, session.Person)
	if err != nil {
		return nil, err
	}
	if len(user.keys) == 0 {
		return nil, fault.NewInvalid("identity.passkey")
	}
	options, data, err := ceremonies.BeginLogin(user, webauthn.WithUserVerification(protocol.VerificationPreferred))
	if err != nil {
		return nil, fmt.Errorf("begin a proof of person %s: %w", session.Person, err)
	}
	if err := s.ask(ctx, token, passkeyProving, session.Person, data); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// GivePasskey is the answer to AskOwnPasskey.
func (s *Service) GivePasskey(ctx context.Context, token Token, response []byte) (next Token, err error) {
	ceremonies, err := s.ceremonies()
	if err != nil {
		return "", err
	}
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	defer func() { s.proofFailed(session.Person, err) }()
	var data webauthn.SessionData
	if _, err := s.answered(ctx, token, passkeyProving, &data); err != nil {
		return "", err
	}
	parsed, err := parsePasskey(response)
	if err != nil {
		return "", err
	}
	user, err := s.passkeyUser(ctx, session.Person)
	if err != nil {
		return "", err
	}
	used, err := ceremonies.ValidateLogin(user, data, parsed)
	if err != nil {
		return "", fault.NewInvalid("identity.passkey").Because(err)
	}
	if err := s.passkeyUsed(ctx, session.Person, used); err != nil {
		return "", err
	}
	return s.rise(ctx, token, ByPasskey)
}

// RenamePasskey gives one of the person's passkeys another name. fault.NotFound when they have none of that id.
func (s *Service) RenamePasskey(ctx context.Context, token Token, id, name string) error {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	if problems := content.Line("name", name, maxPasskeyName, "identity.passkey-name"); len(problems) > 0 {
		return problems
	}
	return s.changeCredentials(ctx, session.Person, func(c *credentials) error {
		at := c.passkeyNamed(id)
		if at < 0 {
			return fault.NewNotFound("not-found")
		}
		c.Passkeys[at].Name = strings.TrimSpace(name)
		return nil
	})
}

// RemovePasskey forgets one of the person's passkeys. fault.NotFound when they have none of that id;
// fault.Conflict("identity.last-factor") when the person's role needs a second factor and there is no other.
func (s *Service) RemovePasskey(ctx context.Context, token Token, id string) error {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return err
	}
	err = s.removeFactor(ctx, token, "account.passkey-removed", methodPasskey, func(c *credentials) error {
		at := c.passkeyNamed(id)
		if at < 0 {
			return fault.NewNotFound("not-found")
		}
		c.Passkeys = slices.Delete(c.Passkeys, at, at+1)
		return nil
	})
	if err != nil {
		return err
	}
	return s.reservations.Release(ctx, store.System, "passkey", id, session.Person)
}

func (c *credentials) passkeyNamed(id string) int {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return -1
	}
	return c.passkeyAt(raw)
}
