package annex

import (
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/outbox"
)

// The acts that this package records. The first four are those of an edit, by its kind. Reframed is what a new framing does
// to an annex: it is the act of whoever set the framing, carried out after it.
const (
	Kept     = "annex.clause-kept"
	Dropped  = "annex.clause-dropped"
	ValueSet = "annex.value-set"
	Restored = "annex.value-restored"
	Undone   = "annex.undone"
	Reframed = "annex.reframed"
	Frozen   = "annex.frozen"
)

// act is what the journal calls an edit; a kind that is none is refused before anything is recorded.
func (k ChangeKind) act() string {
	switch k {
	case Keep:
		return Kept
	case Drop:
		return Dropped
	case SetValue:
		return ValueSet
	}
	return Restored
}

// errUnchanged ends a change that would leave the annex as it is: nothing is written, and nothing recorded.
var errUnchanged = errors.New("the annex stays as it is")

func eventsOfDraft(d *Draft) *outbox.Pending { return &d.Events }

func eventsOfVersion(v *Version) *outbox.Pending { return &v.Events }

// giveRevision brings a stored draft from shape 1 to 2. It had no revision of its own: its log was numbered by the store's
// version, so its revision begins above that.
func giveRevision(stored bson.Raw) (bson.Raw, error) {
	var kept struct {
		Log []struct {
			Version int64 `bson:"version"`
		} `bson:"log"`
	}
	if err := bson.Unmarshal(stored, &kept); err != nil {
		return nil, fmt.Errorf("read the log of a draft: %w", err)
	}
	revision := int64(1)
	for _, entry := range kept.Log {
		revision = max(revision, entry.Version+1)
	}
	var draft bson.D
	if err := bson.Unmarshal(stored, &draft); err != nil {
		return nil, fmt.Errorf("read a draft: %w", err)
	}
	return bson.Marshal(append(draft, bson.E{Key: "revision", Value: revision}))
}
