package identity

import (
	"context"
	"fmt"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/vault"
)

// sealingKey is a key that seals the secrets of people, wrapped by a master key that the store does not hold.
type sealingKey struct {
	store.Meta `bson:",inline"`
	Wrapped    vault.Wrapped `bson:"wrapped"`
}

// peopleKey is the id of the key of people's secrets, and who it belongs to for the vault.
const peopleKey = "people"

// Sealed tells whether the store holds secrets sealed by a master key: then starting without that key must fail rather
// than draw another.
func (s *Service) Sealed(ctx context.Context) (bool, error) {
	_, err := s.proofs.keys.In(store.System).Get(ctx, peopleKey)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for the key of people's secrets: %w", err)
	}
	return true, nil
}

// UseMasters gives the master keys, at start, and wraps the key of people's secrets anew when the first of them is new.
// fault.Unavailable("vault.master-missing") when the one that wraps it is not among them.
func (s *Service) UseMasters(ctx context.Context, masters *vault.Masters) error {
	current, err := s.peopleKey(ctx, masters)
	if err != nil {
		return err
	}
	if _, err := masters.Open(peopleKey, current.Wrapped); err != nil {
		return fmt.Errorf("open the key of people's secrets: %w", err)
	}
	_, err = s.proofs.keys.In(store.System).Update(ctx, peopleKey, func(k *sealingKey) error {
		k.Wrapped, _, err = masters.Rewrap(peopleKey, k.Wrapped)
		return err
	})
	if err != nil {
		return fmt.Errorf("wrap the key of people's secrets: %w", err)
	}
	s.proofs.masters = masters
	return nil
}

// peopleKey reads the key of people's secrets, drawn the first time.
func (s *Service) peopleKey(ctx context.Context, masters *vault.Masters) (*sealingKey, error) {
	in := s.proofs.keys.In(store.System)
	current, err := in.Get(ctx, peopleKey)
	if fault.KindOf(err) != fault.NotFound {
		return current, err
	}
	wrapped, err := masters.NewKey(peopleKey)
	if err != nil {
		return nil, err
	}
	err = in.Insert(ctx, &sealingKey{Meta: store.Meta{ID: peopleKey}, Wrapped: wrapped})
	if err != nil && fault.KindOf(err) != fault.Conflict {
		return nil, fmt.Errorf("keep the key of people's secrets: %w", err)
	}
	return in.Get(ctx, peopleKey) // another process may have been first
}

// seal gives what seals people's secrets: fault.Unavailable("vault.no-master") when the portal has no master key.
func (s *Service) seal(ctx context.Context) (*vault.Seal, error) {
	if s.proofs.masters == nil {
		return nil, fault.NewUnavailable("vault.no-master")
	}
	current, err := s.peopleKey(ctx, s.proofs.masters)
	if err != nil {
		return nil, err
	}
	return s.proofs.masters.Open(peopleKey, current.Wrapped)
}
