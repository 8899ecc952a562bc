// Package outbox carries out what must follow a write: a journal entry, a mail, a summary. The events wait in the
// written document itself, so that the change and what follows it are one write. A worker finds them by an index,
// gives each to its listeners and clears it. Killed at any point, it starts over from what is stored: an event may
// be delivered again, always under its id, so listeners are idempotent by that id and nothing is lost or doubled.
package outbox

import (
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/store"
)

// Pending is the events that wait in a document. A stored type has it as a field, and its schema has Indexes of
// that field's path:
//
//	Outbox outbox.Pending `bson:"outbox"`
//
// Clearing events is a write: it raises the document's version. What a person edits over minutes is guarded by a
// revision of its own content, not by the store's version.
type Pending struct {
	Due    *time.Time `bson:"due,omitempty"`    // when the earliest event is due; absent when none waits
	Buried *time.Time `bson:"buried,omitempty"` // when the latest dead letter was given up; absent when there is none
	Events []Event    `bson:"events,omitempty"` // in the order they were added
	Dead   []Event    `bson:"dead,omitempty"`   // given up, kept for an operator
}

// Event is something that must follow a write.
type Event struct {
	ID        string    `bson:"id"` // of store.NewID: the same at each delivery
	Kind      string    `bson:"kind"`
	Due       time.Time `bson:"due"`
	Attempts  int       `bson:"attempts,omitempty"`  // failed ones
	LastError string    `bson:"lastError,omitempty"` // of the last failed attempt, for an operator
	Payload   bson.Raw  `bson:"payload"`
}

// Into decodes the payload.
func (e Event) Into(payload any) error {
	if err := bson.Unmarshal(e.Payload, payload); err != nil {
		return fmt.Errorf("event %s %s: %w", e.Kind, e.ID, err)
	}
	return nil
}

// soon is when an event is due that is added without a time: always past.
var soon = time.Unix(0, 0).UTC()

// Add appends an event that is due at once. The payload is a struct, as small as its listeners allow: ids rather
// than texts. It is an error when it cannot be stored.
func (p *Pending) Add(kind string, payload any) error { return p.AddAt(kind, soon, payload) }

// AddAt appends an event that is due at a moment.
func (p *Pending) AddAt(kind string, due time.Time, payload any) error {
	raw, err := bson.Marshal(payload)
	if err != nil {
		return fmt.Errorf("adding an event %s: %w", kind, err)
	}
	p.Events = append(p.Events, Event{ID: store.NewID(), Kind: kind, Due: due.UTC(), Payload: raw})
	p.settle()
	return nil
}

// settle brings Due to the earliest event.
func (p *Pending) settle() {
	p.Due = nil
	for i := range p.Events {
		if due := p.Events[i].Due; p.Due == nil || due.Before(*p.Due) {
			p.Due = &due
		}
	}
}

// The names of the indexes of a Pending.
const (
	dueIndex  = "outbox-due"
	deadIndex = "outbox-dead"
)

// Indexes gives the indexes that a schema needs for its Pending at this BSON path.
func Indexes(path string) []store.Index {
	return []store.Index{
		{Name: dueIndex, Fields: []string{path + ".due"}, AllTenants: true},
		{Name: deadIndex, Fields: []string{path + ".buried"}, AllTenants: true},
	}
}
