package store

import (
	"context"
	"fmt"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/vault"
)

// Keys are the keys that seal what tenants keep, one each, drawn the first time. They lie beside what they seal, wrapped by
// a master key that the store does not hold. Give them master keys once, at start, before anything else uses them.
type Keys struct {
	docs    *Collection[sealingKey]
	masters *vault.Masters // nil: nothing is sealed, nothing opens
}

type sealingKey struct {
	Meta    `bson:",inline"`
	Wrapped vault.Wrapped `bson:"wrapped"`
}

// NewKeys gives the keys of an engine, without a master key.
func NewKeys(e Engine) *Keys {
	return &Keys{docs: NewCollection[sealingKey](e, ownSchema(keyCollection))}
}

// keyHolder is the id of a tenant's key, and who the vault binds it to. The portal's own first sealed what people keep secret.
func keyHolder(t Tenant) string {
	if t == System {
		return "people"
	}
	return string(t)
}

// UseMasters gives the master keys, wraps anew the keys that an earlier one wraps, and tells how many those were: what the
// keys sealed is not written again. Killed half-way, it is taken up at the next start. fault.Unavailable("vault.master-missing")
// names a master key that wraps one and was not given.
func (k *Keys) UseMasters(ctx context.Context, masters *vault.Masters) (int, error) {
	rewrapped := 0
	for _, others := range []Query{{To: masters.Current()}, {From: masters.Current() + "\x00"}} {
		others.Index, others.Limit = "master", maxLimit
		for more := true; more; more = others.Cursor != "" {
			page, err := k.docs.AcrossTenants(ctx, others)
			if err != nil {
				return rewrapped, err
			}
			for _, key := range page.Items {
				if err := k.rewrap(ctx, key, masters); err != nil {
					return rewrapped, err
				}
				rewrapped++
			}
			others.Cursor = page.Next
		}
	}
	used := &Keys{docs: k.docs, masters: masters}
	if _, err := used.Sealing(ctx, System); err != nil { // so that even an empty portal tells that its master key was lost
		return rewrapped, err
	}
	k.masters = masters
	return rewrapped, nil
}

func (k *Keys) rewrap(ctx context.Context, key *sealingKey, masters *vault.Masters) error {
	_, err := k.docs.In(key.tenant).Update(ctx, key.ID, func(kept *sealingKey) (err error) {
		kept.Wrapped, _, err = masters.Rewrap(keyHolder(key.tenant), kept.Wrapped)
		return err
	})
	if err != nil {
		return fmt.Errorf("wrap the key of %s anew: %w", key.tenant, err)
	}
	return nil
}

// Needed names the master keys that wrap the keys of this store; none when nothing was sealed yet.
func (k *Keys) Needed(ctx context.Context) ([]string, error) {
	var names []string
	for next := (Query{Index: "master", Limit: 1}); ; {
		page, err := k.docs.AcrossTenants(ctx, next)
		if err != nil || len(page.Items) == 0 {
			return names, err
		}
		name := page.Items[0].Wrapped.Master
		names = append(names, name)
		next.From = name + "\x00"
	}
}

// Sealing gives what seals for a tenant, its key drawn the first time. fault.Unavailable("vault.no-master") when the portal
// has no master key; the faults of vault.Masters.Open.
func (k *Keys) Sealing(ctx context.Context, t Tenant) (*vault.Seal, error) {
	if k.masters == nil {
		return nil, fault.NewUnavailable("vault.no-master")
	}
	key, err := k.docs.In(t).Get(ctx, keyHolder(t))
	if fault.KindOf(err) == fault.NotFound {
		key, err = k.draw(ctx, t)
	}
	if err != nil {
		return nil, err
	}
	return k.masters.Open(keyHolder(t), key.Wrapped)
}

func (k *Keys) draw(ctx context.Context, t Tenant) (*sealingKey, error) {
	wrapped, err := k.masters.NewKey(keyHolder(t))
	if err != nil {
		return nil, err
	}
	err = k.docs.In(t).Insert(ctx, &sealingKey{Meta: Meta{ID: keyHolder(t)}, Wrapped: wrapped})
	if err != nil && fault.KindOf(err) != fault.Conflict {
		return nil, fmt.Errorf("keep the key of %s: %w", t, err)
	}
	return k.docs.In(t).Get(ctx, keyHolder(t)) // another process may have been first
}

// Opening gives what opens what the key of that id sealed for a tenant. fault.Unavailable("vault.key-missing") when the store
// no longer holds it, and the faults of Sealing.
func (k *Keys) Opening(ctx context.Context, t Tenant, id string) (*vault.Seal, error) {
	key, err := k.docs.In(t).Get(ctx, keyHolder(t))
	if fault.KindOf(err) == fault.NotFound || err == nil && key.Wrapped.ID != id {
		return nil, fault.NewUnavailable("vault.key-missing", "key", id).Because(err)
	}
	if err != nil {
		return nil, err
	}
	if k.masters == nil {
		return nil, fault.NewUnavailable("vault.master-missing", "key", key.Wrapped.Master)
	}
	return k.masters.Open(keyHolder(t), key.Wrapped)
}
