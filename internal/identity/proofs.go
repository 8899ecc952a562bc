package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// proofs is what the service needs to check that somebody is who they say, beside their password.
type proofs struct {
	credentials *store.Collection[credentials]
	keys        *store.Keys
	challenges  *store.Collection[challenge]
	recoveries  *store.Collection[recovery]
	relying     *RelyingParty // nil: no passkeys
	issuers     *issuers      // nil: none
}

var (
	credentialSchema = store.Schema{Collection: "credentials", Shape: 1, Indexes: outbox.Indexes("outbox")}
	challengeSchema  = store.Schema{Collection: "challenges", Shape: 1, Indexes: []store.Index{{Name: "expires", Fields: []string{"expires"}}}}
)

// proofSchemas lists the collections of proofs.
func proofSchemas() []store.Schema {
	return []store.Schema{credentialSchema, challengeSchema, recoverySchema}
}

func newProofs(engine store.Engine, keys *store.Keys) *proofs {
	return &proofs{
		credentials: store.NewCollection[credentials](engine, credentialSchema),
		keys:        keys,
		challenges:  store.NewCollection[challenge](engine, challengeSchema),
		recoveries:  store.NewCollection[recovery](engine, recoverySchema),
	}
}

// credentials are the proofs of one person, under that person's id. They are apart from Person, so that what reads people
// never reads them.
type credentials struct {
	store.Meta `bson:",inline"`
	TOTP       *totpSeed      `bson:"totp"`      // nil: none
	Enrolling  *totpSeed      `bson:"enrolling"` // not confirmed yet: counts for nothing
	Recovery   []recoveryCode `bson:"recovery"`
	Passkeys   []passkey      `bson:"passkeys"`
	Accounts   []account      `bson:"accounts"`
	Browsers   []knownBrowser `bson:"browsers"`
	Reset      time.Time      `bson:"reset"`     // when an administrator last took lost factors away; zero: never
	MustEnrol  bool           `bson:"mustEnrol"` // none was set up since
	Outbox     outbox.Pending `bson:"outbox"`    // what must follow a change: acts and notices
}

// enrolled tells whether a second factor is set up, so that a password alone no longer opens anything.
func (c *credentials) enrolled() bool { return c.TOTP != nil || len(c.Passkeys) > 0 }

// credentialsOf reads the proofs of a person, who may have none yet.
func (s *Service) credentialsOf(ctx context.Context, person string) (*credentials, error) {
	found, err := s.proofs.credentials.In(store.System).Get(ctx, person)
	if fault.KindOf(err) == fault.NotFound {
		return &credentials{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the proofs of person %s: %w", person, err)
	}
	return found, nil
}

// changeCredentials alters the proofs of a person in one write. An error of change ends it with nothing stored and comes
// back as it is; change is pure.
func (s *Service) changeCredentials(ctx context.Context, person string, change func(*credentials) error) error {
	in := s.proofs.credentials.In(store.System)
	_, err := in.Get(ctx, person)
	if fault.KindOf(err) == fault.NotFound {
		err = in.Insert(ctx, &credentials{Meta: store.Meta{ID: person}})
		if fault.KindOf(err) == fault.Conflict {
			err = nil // somebody else was first
		}
	}
	if err != nil {
		return fmt.Errorf("prepare the proofs of person %s: %w", person, err)
	}
	_, err = in.Update(ctx, person, change)
	return err
}

// Proofs given on one account: from one network and from everywhere, in attemptWindow. A code has six figures of which
// three are right at any time, so thirty guesses find one in ten thousand windows. Only who knows the password comes so
// far, and a recovery code or a passkey is not stopped by the guesses of others.
const (
	proofsPerNetwork = 5
	proofsOnAccount  = 30
)

// allowProof counts one guess of a kind of code; fault.TooMany beyond the limits (OWASP ASVS 5.0.0 6.3.1).
func (s *Service) allowProof(now time.Time, kind, person, network string) error {
	if err := s.attempts.allow(now, kind+" "+person+" "+network, proofsPerNetwork); err != nil {
		return err
	}
	return s.attempts.allow(now, kind+" "+person, proofsOnAccount)
}

func (s *Service) proofGiven(kind, person, network string) {
	s.attempts.clear(kind + " " + person + " " + network)
	s.attempts.clear(kind + " " + person)
}
