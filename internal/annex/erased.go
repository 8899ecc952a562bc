package annex

import (
	"context"
	"fmt"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/outbox"
)

// forgetName takes the name of somebody who was erased out of the annexes that are being made (GDPR art. 17). A frozen version
// says who froze it: it is evidence of what was agreed (art. 17.3 b and e).
func (s *Service) forgetName(ctx context.Context, e outbox.Delivery) error {
	var gone identity.Erased
	if err := e.Into(&gone); err != nil {
		return err
	}
	for _, m := range gone.Places {
		if m.Structure == "" {
			continue
		}
		if err := s.drafts.In(m.Tenant()).Sift(ctx, func(d *Draft) bool { return d.forget(gone) }); err != nil {
			return fmt.Errorf("forget person %s in the annexes of %s: %w", gone.Person, m.Structure, err)
		}
	}
	return nil
}

// forget takes a name out of a draft, and tells whether it was there.
func (d *Draft) forget(gone identity.Erased) bool {
	found := d.ChangedBy != "" && d.ChangedBy == gone.Name
	if found {
		d.ChangedBy = ""
	}
	for i := range d.Log {
		if by := &d.Log[i].By; by.ID == gone.Person && by.Name != "" {
			by.Name, found = "", true
		}
	}
	return found
}
