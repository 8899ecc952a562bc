package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// challenge is what the service has asked a browser for and awaits: it is kept here, used once and soon over. Its id is
// made from the browser's token, so that an answer counts only from the browser that was asked.
type challenge struct {
	store.Meta `bson:",inline"`
	Kind       challengeKind `bson:"kind"`
	Person     string        `bson:"person"` // empty: not known yet
	Data       []byte        `bson:"data"`   // JSON, by kind
	Expires    time.Time     `bson:"expires"`
}

// challengeKind is what a challenge is for; a browser has one of each kind at most.
type challengeKind string

const (
	passkeyAdding  challengeKind = "passkey-adding"
	passkeySignIn  challengeKind = "passkey-sign-in"
	passkeyProving challengeKind = "passkey-proving"
	issuerAnswer   challengeKind = "issuer-answer"
)

// challengeFor is how long an answer is awaited.
const challengeFor = 5 * time.Minute

// challengesPerNetwork is how many a network may ask for without having signed in, in attemptWindow: a hospital comes from
// one address.
const challengesPerNetwork = 600

func challengeID(token Token, kind challengeKind) string { return token.id() + "." + string(kind) }

// ask keeps a challenge in the place of one of the same kind.
func (s *Service) ask(ctx context.Context, token Token, kind challengeKind, person string, data any) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write a challenge: %w", err)
	}
	id := challengeID(token, kind)
	err = put(ctx, s.proofs.challenges.In(store.System), id, &challenge{
		Meta: store.Meta{ID: id}, Kind: kind, Person: person, Data: encoded, Expires: s.Now().Add(challengeFor),
	})
	if err != nil {
		return fmt.Errorf("keep a challenge: %w", err)
	}
	return nil
}

// answered removes a challenge and gives it to the one caller who removed it: fault.Invalid("identity.challenge") when
// there is none, when it is over, or when another answer came first.
func (s *Service) answered(ctx context.Context, token Token, kind challengeKind, data any) (*challenge, error) {
	in, id := s.proofs.challenges.In(store.System), challengeID(token, kind)
	found, err := in.Get(ctx, id)
	if err == nil {
		err = in.Delete(ctx, id, found.Version())
	}
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Conflict {
		return nil, fault.NewInvalid("identity.challenge").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("take a challenge: %w", err)
	}
	if !s.Now().Before(found.Expires) {
		return nil, fault.NewInvalid("identity.challenge")
	}
	if err := json.Unmarshal(found.Data, data); err != nil {
		return nil, fmt.Errorf("read a challenge: %w", err)
	}
	return found, nil
}

// sweepChallenges deletes the challenges that are over, a page at a time.
func (s *Service) sweepChallenges(ctx context.Context) error {
	page, err := s.proofs.challenges.In(store.System).Scan(ctx, store.Query{Index: "expires", To: s.Now(), Limit: 500})
	if err != nil {
		return fmt.Errorf("sweep challenges: %w", err)
	}
	for _, over := range page.Items {
		if err := s.proofs.challenges.In(store.System).Delete(ctx, over.ID, 0); err != nil && fault.KindOf(err) != fault.NotFound {
			return fmt.Errorf("sweep challenges: %w", err)
		}
	}
	return nil
}
