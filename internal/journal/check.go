package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// Check is the outcome of the last verification of a chain that somebody asked for, so that a page can say when that was
// and what was found. It proves nothing by itself: whoever can rewrite the store can rewrite it too.
type Check struct {
	store.Meta `bson:",inline"`
	When       time.Time `bson:"when"`
	Entries    int64     `bson:"entries"` // sound ones
	Hash       Hash      `bson:"hash"`    // of the last sound one
	Broken     int64     `bson:"broken"`  // sequence of the first broken link; 0 when the chain is whole
	Reason     Reason    `bson:"reason"`
}

// checkID is the one check of a tenant.
const checkID = "last"

var checkSchema = store.Schema{Collection: "journal-checks", Shape: 1}

// LastCheck gives the last verification of a tenant's chain; nil when nobody asked for one yet.
func (j *Journal) LastCheck(ctx context.Context, tenant store.Tenant) (*Check, error) {
	found, err := j.checks.In(tenant).Get(ctx, checkID)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the last check of the journal of %s: %w", tenant, err)
	}
	return found, nil
}

// CheckNow verifies a tenant's chain, against the head that the last check found as well, and keeps what it finds.
func (j *Journal) CheckNow(ctx context.Context, tenant store.Tenant, now time.Time) (*Check, error) {
	last, err := j.LastCheck(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var noted []Head
	if last != nil && last.Entries > 0 {
		noted = append(noted, Head{Tenant: tenant, Sequence: last.Entries, Hash: last.Hash})
	}
	report, err := j.Verify(ctx, tenant, noted...)
	if err != nil {
		return nil, err
	}
	found := Check{When: now.UTC(), Entries: report.Head.Sequence, Hash: report.Head.Hash}
	if report.Broken != nil {
		found.Broken, found.Reason = report.Broken.Sequence, report.Broken.Reason
		if last != nil && last.Entries > found.Entries { // what was seen whole stays what later checks are held against
			found.Entries, found.Hash = last.Entries, last.Hash
		}
	}
	return j.keep(ctx, tenant, found)
}

func (j *Journal) keep(ctx context.Context, tenant store.Tenant, found Check) (*Check, error) {
	in := j.checks.In(tenant)
	made := found
	made.ID = checkID
	err := in.Insert(ctx, &made)
	if fault.KindOf(err) != fault.Conflict {
		return &made, err
	}
	kept, err := in.Update(ctx, checkID, func(c *Check) error {
		found.Meta = c.Meta
		*c = found
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keeping the check of the journal of %s: %w", tenant, err)
	}
	return kept, nil
}

// afterWho follows every reference that begins like another: it sorts before any character that a reference may go on with.
const afterWho = "!"

// People lists whoever did something in a tenant's journal, by reference, at most so many: one short read each.
func (j *Journal) People(ctx context.Context, tenant store.Tenant, limit int) ([]string, error) {
	var people []string
	q := store.Query{Index: whoIndex, Limit: 1}
	for len(people) < limit {
		page, err := j.entries.In(tenant).Scan(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("listing who is in the journal of %s: %w", tenant, err)
		}
		if len(page.Items) == 0 {
			break
		}
		who := page.Items[0].Who
		people = append(people, who)
		q.From = who + afterWho
	}
	return people, nil
}
