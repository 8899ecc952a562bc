package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// invitationKept is how long an invitation that is over stays, as long as its letter: three months.
const invitationKept = 90 * 24 * time.Hour

// sweepInvitations deletes the invitations that have been over for three months and that nothing waits in, a page at a time:
// who was invited stays in the journal by reference alone.
func (s *Service) sweepInvitations(ctx context.Context) error {
	page, err := s.invitations.AcrossTenants(ctx, store.Query{Index: "over", From: time.Unix(0, 0), To: s.Now().Add(-invitationKept), Limit: 500})
	if err != nil {
		return fmt.Errorf("sweep invitations: %w", err)
	}
	for _, over := range page.Items {
		if over.Events.Due != nil || over.Events.Buried != nil {
			continue
		}
		err := s.invitations.In(over.Tenant()).Delete(ctx, over.ID, over.Version())
		if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Conflict {
			return fmt.Errorf("sweep invitations: %w", err)
		}
	}
	return nil
}
