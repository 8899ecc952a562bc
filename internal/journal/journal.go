// Package journal keeps the trail of what was done: every act that changes something or reveals a secret, who did it,
// when, and the fingerprints of what it changed. Each tenant has its own chain of entries; each entry carries the hash of
// the one before it, so that an entry altered, removed, moved or put in afterwards shows, and a chain rewritten as a whole
// shows against a head that was noted elsewhere.
//
// An act waits in the document that it changes, as an event of its outbox, in the same write: neither can be there without
// the other. The worker appends it to the chain of the document's tenant and clears it. In a service that is one line
// around the change given to Update:
//
//	s.annexes.In(tenant).Update(ctx, id, journal.Recording(act, (*Annex).events, func(a *Annex) error {
//		a.Signed = &day
//		return nil
//	}))
//
// where act is what the service knows of the actor, once for all its methods:
//
//	journal.Act{Who: actor.Person, Role: string(actor.Role), Structure: actor.Structure, Kind: "annex.signed", When: s.Now()}
//
// A new document has no state before, and an act that only reveals something has no states at all; there the line is
//
//	journal.Record(&a.Outbox, act)
//
// before Insert, or in an Update of the document that guards the secret. A document to be deleted is first marked and the
// act recorded; a listener of its own event deletes it, else the act would go with it.
//
// An entry names people and things by reference and holds no answer, secret, name or address, so whoever leaves is erased
// where their name is kept and no chain breaks. Who may read a journal is asked by those above: this package knows tenants,
// not people.
package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/outbox"
)

// Recorded is the kind of the event that carries an Act until it is in the chain.
const Recorded = "journal.recorded"

// Hash is a SHA-256 in 64 lower-case hexadecimal digits.
type Hash string

// Act is something that was done, by reference: an id says who and what, never a name, an address or a value.
type Act struct {
	Who       string    `bson:"who"`                 // id of a person or of a link; "operator", "scheduler" where nobody signed in
	Role      string    `bson:"role,omitempty"`      // in which role
	Structure string    `bson:"structure,omitempty"` // id of the structure they acted for
	Kind      string    `bson:"act"`                 // what was done: "annex.signed"
	Object    string    `bson:"object,omitempty"`    // to what: "collection/id"; empty stands for the document that carries the act
	Before    Hash      `bson:"before,omitempty"`    // Fingerprint of the object before; empty where it was not there or did not change
	After     Hash      `bson:"after,omitempty"`     // Fingerprint of the object after; empty where it is gone or did not change
	Request   string    `bson:"request,omitempty"`   // id of the request that asked for it
	When      time.Time `bson:"when"`                // to the millisecond
}

var (
	referencePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,199}$`)
	hashPattern      = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// check refuses what is no reference, so that a name, an address or an answer put there by mistake is found by the first
// test that records it. The error never repeats the value.
func (a Act) check() error {
	for _, reference := range []struct {
		name, value string
		needed      bool
	}{
		{"who", a.Who, true}, {"role", a.Role, false}, {"structure", a.Structure, false},
		{"act", a.Kind, true}, {"object", a.Object, false}, {"request", a.Request, false},
	} {
		if (reference.needed || reference.value != "") && !referencePattern.MatchString(reference.value) {
			return fmt.Errorf("recording an act: %s is not a reference", reference.name)
		}
	}
	for _, hash := range []Hash{a.Before, a.After} {
		if hash != "" && !hashPattern.MatchString(string(hash)) {
			return fmt.Errorf("recording an act: a fingerprint is not a hash")
		}
	}
	if a.When.IsZero() {
		return fmt.Errorf("recording an act: it has no time")
	}
	return nil
}

// Record adds an act to the events of the document that is about to be written: it is in the journal if and only if the
// write is. An act that names anything otherwise than by reference is an error, and the write must not be made.
func Record(events *outbox.Pending, act Act) error {
	if err := act.check(); err != nil {
		return err
	}
	act.When = act.When.UTC()
	return events.Add(Recorded, act)
}

// Recording makes of a change for store.Update one that records the act too, with the fingerprints of the document before
// and after. It is as pure as the change: each run starts from the act as given. Nothing is recorded when the change fails.
func Recording[T any](act Act, events func(*T) *outbox.Pending, change func(*T) error) func(*T) error {
	return func(doc *T) (err error) {
		recorded := act
		if recorded.Before, err = Fingerprint(doc, events); err != nil {
			return err
		}
		if err := change(doc); err != nil {
			return err
		}
		if recorded.After, err = Fingerprint(doc, events); err != nil {
			return err
		}
		return Record(events(doc), recorded)
	}
}

// Fingerprint gives the SHA-256 of a document's state: of its BSON elements in order, but for `v`, the shape that the store
// sets, and as if no event waited in it. So the fingerprint after one act is the fingerprint before the next, unless
// somebody changed the document without an act.
func Fingerprint[T any](doc *T, events func(*T) *outbox.Pending) (Hash, error) {
	state := *doc // what is emptied here is not the caller's
	*events(&state) = outbox.Pending{}
	body, err := bson.Marshal(&state)
	if err != nil {
		return "", fmt.Errorf("taking the fingerprint of a document: %w", err)
	}
	elements, err := bson.Raw(body).Elements()
	if err != nil {
		return "", fmt.Errorf("taking the fingerprint of a document: %w", err)
	}
	sum := sha256.New()
	for _, element := range elements {
		if element.Key() != "v" {
			_, _ = sum.Write(element) // a hash never fails
		}
	}
	return Hash(hex.EncodeToString(sum.Sum(nil))), nil
}
