package supplier

import (
	"context"
	"fmt"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/outbox"
)

// forgetName takes the name of somebody who was erased from beside the services that they changed last, and out of the traces
// of mergers (GDPR art. 17).
func (d *Directory) forgetName(ctx context.Context, e outbox.Delivery) error {
	var gone identity.Erased
	if err := e.Into(&gone); err != nil {
		return err
	}
	for _, m := range gone.Places {
		var err error
		if m.Structure == "" {
			err = d.suppliers.In(m.Tenant()).Sift(ctx, func(s *Supplier) bool { return s.forget(gone) })
		} else {
			err = d.services.In(m.Tenant()).Sift(ctx, func(s *Service) bool { return s.forget(gone) })
		}
		if err != nil {
			return fmt.Errorf("forget person %s in %s: %w", gone.Person, m.Tenant(), err)
		}
	}
	return nil
}

// forget takes a name out of a service, and tells whether it was there.
func (s *Service) forget(gone identity.Erased) bool {
	if s.ChangedBy == "" || s.ChangedBy != gone.Name {
		return false
	}
	s.ChangedBy = ""
	return true
}

// forget takes a name out of the traces of mergers, and tells whether it was there.
func (s *Supplier) forget(gone identity.Erased) bool {
	found := s.Merged != nil && s.Merged.By == gone.Person && s.Merged.ByName != ""
	if found {
		s.Merged.ByName = ""
	}
	for i := range s.Absorbed {
		if s.Absorbed[i].By != "" && s.Absorbed[i].By == gone.Name {
			s.Absorbed[i].By, found = "", true
		}
	}
	return found
}
