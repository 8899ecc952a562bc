package identity

import (
	"context"

	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/vault"
)

// seal gives what seals people's secrets: fault.Unavailable("vault.no-master") when the portal has no master key.
func (s *Service) seal(ctx context.Context) (*vault.Seal, error) {
	return s.proofs.keys.Sealing(ctx, store.System)
}
