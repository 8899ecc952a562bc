package adaptation

import (
	"context"
	"fmt"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/outbox"
)

// forgetName takes the name of somebody who was erased from beside the texts that they worded, those of now and of before
// (GDPR art. 17).
func (s *shelf[W, M]) forgetName(ctx context.Context, e outbox.Delivery) error {
	var gone identity.Erased
	if err := e.Into(&gone); err != nil {
		return err
	}
	for _, m := range gone.Places {
		err := s.kept.In(m.Tenant()).Sift(ctx, func(a *Adaptation[W]) bool { return a.forget(gone) })
		if err == nil {
			err = s.past.In(m.Tenant()).Sift(ctx, func(p *past[W]) bool { return p.forget(gone) })
		}
		if err != nil {
			return fmt.Errorf("forget person %s in the %ss of %s: %w", gone.Person, s.noun, m.Tenant(), err)
		}
	}
	return nil
}

// forget takes a name out of a revision, and tells whether it was there.
func (r *Revision[W]) forget(gone identity.Erased) bool {
	if r.ByID != gone.Person || r.By == "" {
		return false
	}
	r.By = ""
	return true
}
