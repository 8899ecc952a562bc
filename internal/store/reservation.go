package store

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/garant-sante/garant/internal/fault"
)

// Reservations keep unique what is not an id: a mail address, a SIREN in its region. Each is a small document whose
// id is derived from the key, which stays unique on a sharded cluster too. Reserve before writing the owner,
// release after removing it: a process killed in between leaves a reservation whose owner does not exist, which
// the next who wants the key finds out by looking for the owner, and releases in its name.
type Reservations struct{ docs *Collection[reservation] }

type reservation struct {
	Meta  `bson:",inline"`
	Kind  string `bson:"kind"`
	Key   string `bson:"key"`
	Owner string `bson:"owner"`
}

// NewReservations gives the reservations of an engine.
func NewReservations(e Engine) *Reservations {
	return &Reservations{docs: NewCollection[reservation](e, ownSchema(reservationCollection))}
}

// Reserve takes a key of a kind for an owner. It may be called again by the same owner. When another has it:
// fault.Conflict("store.reserved"), whose arguments name that owner.
func (r *Reservations) Reserve(ctx context.Context, t Tenant, kind, key, owner string) error {
	doc := &reservation{Meta: Meta{ID: reservationID(kind, key)}, Kind: kind, Key: key, Owner: owner}
	for attempt := 1; ; attempt++ {
		err := r.docs.In(t).Insert(ctx, doc)
		if !errors.Is(err, ErrExists) {
			return err
		}
		holder, err := r.Owner(ctx, t, kind, key)
		switch {
		case fault.KindOf(err) == fault.NotFound && attempt < updateAttempts:
			continue // released in between
		case err != nil:
			return err
		case holder == owner:
			return nil
		default:
			return fault.NewConflict("store.reserved", "kind", kind, "key", key, "owner", holder)
		}
	}
}

// Owner tells who has a key: fault.NotFound when nobody has.
func (r *Reservations) Owner(ctx context.Context, t Tenant, kind, key string) (string, error) {
	doc, err := r.docs.In(t).Get(ctx, reservationID(kind, key))
	if err != nil {
		return "", err
	}
	return doc.Owner, nil
}

// Release gives a key back if this owner has it; otherwise it does nothing.
func (r *Reservations) Release(ctx context.Context, t Tenant, kind, key, owner string) error {
	doc, err := r.docs.In(t).Get(ctx, reservationID(kind, key))
	if fault.KindOf(err) == fault.NotFound || err == nil && doc.Owner != owner {
		return nil
	}
	if err != nil {
		return err
	}
	err = r.docs.In(t).Delete(ctx, doc.ID, doc.Version())
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrChanged) {
		return nil // released already, perhaps taken again
	}
	return err
}

// reservationID makes an id of any key, whatever its length and characters.
func reservationID(kind, key string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + key))
	return idEncoding.EncodeToString(sum[:])
}
