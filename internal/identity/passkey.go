package identity

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/garant-sante/garant/internal/fault"
)

const (
	maxPasskeys      = 20
	maxPasskeyName   = 60       // characters
	maxPasskeyAnswer = 64 << 10 // bytes of what a browser answers
)

// passkey is a public key of a person's authenticator, the credential record of WebAuthn L2 §4.
type passkey struct {
	ID             []byte    `bson:"id"`
	Name           string    `bson:"name"`
	Key            []byte    `bson:"key"`           // COSE
	Authenticator  []byte    `bson:"authenticator"` // AAGUID: its model
	Transports     []string  `bson:"transports"`
	Count          int64     `bson:"count"` // signatures, as the authenticator counts them; 0: it does not
	BackupEligible bool      `bson:"backupEligible"`
	BackedUp       bool      `bson:"backedUp"`
	Added          time.Time `bson:"added"`
	Used           time.Time `bson:"used"`    // zero: never
	Suspect        time.Time `bson:"suspect"` // when its count last went back, as that of a copy does; zero: never
}

// Passkey is a passkey as its owner sees it.
type Passkey struct {
	ID                   string // base64url
	Name                 string
	Added, Used, Suspect time.Time // zero: never
	BackedUp             bool
}

func (k passkey) shown() Passkey {
	return Passkey{ID: k.text(), Name: k.Name, Added: k.Added, Used: k.Used, Suspect: k.Suspect, BackedUp: k.BackedUp}
}

func (k passkey) text() string { return base64.RawURLEncoding.EncodeToString(k.ID) }

func (k passkey) credential() webauthn.Credential {
	var transports []protocol.AuthenticatorTransport
	for _, t := range k.Transports {
		transports = append(transports, protocol.AuthenticatorTransport(t))
	}
	return webauthn.Credential{
		ID: k.ID, PublicKey: k.Key, AttestationType: "none", AttestationFormat: "none", Transport: transports,
		Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: k.BackupEligible, BackupState: k.BackedUp},
		Authenticator: webauthn.Authenticator{AAGUID: k.Authenticator, SignCount: uint32(k.Count)},
	}
}

func newPasskey(name string, c *webauthn.Credential, now time.Time) passkey {
	k := passkey{
		ID: c.ID, Name: name, Key: c.PublicKey, Authenticator: c.Authenticator.AAGUID, Count: int64(c.Authenticator.SignCount),
		BackupEligible: c.Flags.BackupEligible, BackedUp: c.Flags.BackupState, Added: now,
	}
	for _, t := range c.Transport {
		k.Transports = append(k.Transports, string(t))
	}
	return k
}

// passkeyAt gives the place of a passkey; -1 when the person has none of that id.
func (c *credentials) passkeyAt(id []byte) int {
	for i, k := range c.Passkeys {
		if bytes.Equal(k.ID, id) {
			return i
		}
	}
	return -1
}

// passkeyUser is a person as an authenticator knows them. The user handle is the person's id, which says nothing of them
// (WebAuthn L2 §14.6.1).
type passkeyUser struct {
	person *Person
	keys   []passkey
}

func (u passkeyUser) WebAuthnID() []byte          { return []byte(u.person.ID) }
func (u passkeyUser) WebAuthnName() string        { return u.person.Mail }
func (u passkeyUser) WebAuthnDisplayName() string { return u.person.Name }
func (u passkeyUser) WebAuthnCredentials() []webauthn.Credential {
	var all []webauthn.Credential
	for _, k := range u.keys {
		all = append(all, k.credential())
	}
	return all
}

func (u passkeyUser) descriptors() []protocol.CredentialDescriptor {
	return webauthn.Credentials(u.WebAuthnCredentials()).CredentialDescriptors()
}

// RelyingParty is the portal as authenticators know it: passkeys belong to its host name and answer to its origin alone.
type RelyingParty struct{ ceremonies *webauthn.WebAuthn }

// NewRelyingParty makes it from the address that people type. fault.Invalid("identity.passkey-address") when browsers have
// no passkeys there: they need https and a name, or http on localhost (WebAuthn L2 §5.1.2, Secure Contexts §3.1).
func NewRelyingParty(publicURL string) (*RelyingParty, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil, fault.NewInvalid("identity.passkey-address", "address", publicURL).Because(err)
	}
	host := u.Hostname()
	_, notName := netip.ParseAddr(host)
	if host == "" || notName == nil || u.Scheme != "https" && (u.Scheme != "http" || host != "localhost") {
		return nil, fault.NewInvalid("identity.passkey-address", "address", publicURL)
	}
	timeout := webauthn.TimeoutConfig{Timeout: challengeFor, TimeoutUVD: challengeFor}
	ceremonies, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: totpIssuer, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
		},
		// Challenges end by the clock of the service, see answered.
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
	})
	if err != nil {
		return nil, fault.NewInvalid("identity.passkey-address", "address", publicURL).Because(err)
	}
	return &RelyingParty{ceremonies}, nil
}

// UsePasskeys gives the relying party, at start; without one, passkeys are fault.Unavailable("identity.no-passkeys").
func (s *Service) UsePasskeys(r *RelyingParty) { s.proofs.relying = r }

func (s *Service) ceremonies() (*webauthn.WebAuthn, error) {
	if s.proofs.relying == nil {
		return nil, fault.NewUnavailable("identity.no-passkeys")
	}
	return s.proofs.relying.ceremonies, nil
}
