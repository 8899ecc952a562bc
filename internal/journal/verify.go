package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/garant-sante/garant/internal/store"
)

// Reason tells what is wrong with the first broken link of a chain.
type Reason string

// The reasons.
const (
	Missing   Reason = "missing"   // no entry has this sequence, and some follow
	Altered   Reason = "altered"   // the stored bytes are not those of the hash they carry, or were written again
	Reordered Reason = "reordered" // the entry stored here is sound and belongs to another place
	Detached  Reason = "detached"  // the entry is sound and does not follow the one before it: either was made anew
	Inserted  Reason = "inserted"  // something stands before this sequence that has no place in a chain
	Cut       Reason = "cut"       // the chain ends before this sequence, which a noted head has
	Rewritten Reason = "rewritten" // the links hold, and the entry is not the one that a noted head has
)

// Break is the first link that does not hold.
type Break struct {
	Sequence int64
	Reason   Reason
}

// Report is the outcome of a verification.
type Report struct {
	Head   Head   // of the last sound entry: its sequence is how many are sound
	Broken *Break // nil when the whole chain is
}

// verifyBatch is how many entries are read at a time, so that a long chain does not hold one old view of the database.
const verifyBatch = 20_000

// errBroken ends a walk at the first broken link.
var errBroken = errors.New("the chain is broken")

// Verify walks a tenant's chain, from its first entry to its last, and reports the first link that does not hold. Heads
// noted before are held against it; those of other tenants are ignored. An alteration is no error: an error means that the
// chain could not be read. Entries may be appended meanwhile.
func (j *Journal) Verify(ctx context.Context, tenant store.Tenant, noted ...Head) (Report, error) {
	c := checker{at: Head{Tenant: tenant, Hash: origin(tenant)}, noted: map[int64]Hash{}}
	for _, head := range noted {
		if head.Tenant == tenant {
			c.note(head)
		}
	}
	if err := j.check(ctx, tenant, &c); err != nil && !errors.Is(err, errBroken) {
		return Report{}, fmt.Errorf("verifying the journal of %s after entry %d: %w", tenant, c.at.Sequence, err)
	}
	if c.broken == nil && c.last > c.at.Sequence {
		c.broken = &Break{c.at.Sequence + 1, Cut}
	}
	return Report{Head: c.at, Broken: c.broken}, nil
}

// check walks the chain in batches.
func (j *Journal) check(ctx context.Context, tenant store.Tenant, c *checker) error {
	if noted, ok := c.noted[0]; ok && noted != c.at.Hash {
		return c.breaks(Rewritten)
	}
	span := store.Span{Collection: schema.Collection, Tenant: tenant, Limit: verifyBatch}
	for {
		seen, last := 0, ""
		err := j.engine.Scan(ctx, span, func(r store.Record) error {
			seen, last = seen+1, r.ID
			return c.next(r)
		})
		if err != nil || seen < verifyBatch {
			return err
		}
		span.After = &store.Position{Tenant: tenant, ID: last}
	}
}

// checker is a verification under way.
type checker struct {
	at     Head           // the last sound entry
	noted  map[int64]Hash // by sequence
	last   int64          // the greatest sequence noted
	broken *Break
	digits [hashDigits]byte
}

// note adds a head to compare with. Where two contradict each other no entry can be that of both.
func (c *checker) note(head Head) {
	hash := head.Hash
	if known, twice := c.noted[head.Sequence]; twice && known != hash {
		hash = ""
	}
	c.noted[head.Sequence] = hash
	c.last = max(c.last, head.Sequence)
}

// breaks notes that the entry after the last sound one is broken.
func (c *checker) breaks(why Reason) error {
	c.broken = &Break{c.at.Sequence + 1, why}
	return errBroken
}

// next holds a record against the last sound entry.
func (c *checker) next(r store.Record) error {
	want := c.at.Sequence + 1
	switch got, numbered := sequenceOf(r.ID); {
	case !numbered || got < want:
		return c.breaks(Inserted)
	case got > want:
		return c.breaks(Missing)
	}
	hashed, digits, ok := parts(r.Body)
	if !ok || r.Version != 1 {
		return c.breaks(Altered)
	}
	sum := sha256.Sum256(hashed)
	hex.Encode(c.digits[:], sum[:])
	if c.digits != [hashDigits]byte(digits) {
		return c.breaks(Altered)
	}
	id, _ := r.Body.Lookup("_id").StringValueOK()
	previous, linked := r.Body.Lookup("previous").StringValueOK()
	switch {
	case !linked:
		return c.breaks(Altered)
	case id != r.ID:
		return c.breaks(Reordered)
	case previous != string(c.at.Hash):
		return c.breaks(Detached)
	}
	hash := Hash(digits)
	if noted, ok := c.noted[want]; ok && noted != hash {
		return c.breaks(Rewritten)
	}
	c.at.Sequence, c.at.Hash = want, hash
	return nil
}
