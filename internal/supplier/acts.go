package supplier

import "github.com/garant-sante/garant/internal/outbox"

// The acts that this package records. That of a tier moved away from the computed one comes beside that of the framing,
// which has the fingerprints. A supplier's acts are in its region's journal, a service's in its structure's.
const (
	Added          = "supplier.added"
	Changed        = "supplier.changed"
	Merged         = "supplier.merged"     // another record took its place
	TookPlace      = "supplier.took-place" // it took the place of another
	ServiceAdded   = "service.added"
	ServiceChanged = "service.changed"
	ServiceFramed  = "service.framed"
	TierMoved      = "service.tier-moved"
	ServiceMoved   = "service.supplier-merged" // to the record that took its supplier's place
)

func eventsOfSupplier(s *Supplier) *outbox.Pending { return &s.Events }

func eventsOfService(s *Service) *outbox.Pending { return &s.Events }
