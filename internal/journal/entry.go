package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/store"
)

// Entry is one link of a tenant's chain. It is inserted once and never written again; the store's Meta.ID is its sequence.
//
// Hash is the SHA-256 of the bytes stored before it: the BSON elements of the document from `_id` to `when`, as they are
// in the store. They hold Previous, the hash of the entry before. What remains of the document, its length and the element
// `hash`, is fixed by these, so no stored byte can change unseen. The first entry's Previous is made of the tenant's name,
// so a chain cannot pass for another tenant's.
type Entry struct {
	store.Meta `bson:",inline"`
	Previous   Hash   `bson:"previous"`
	Event      string `bson:"event"` // id of the event that carried the act: no two entries of a chain have the same
	Act        `bson:",inline"`
	Hash       Hash `bson:"hash"` // the last element: see hashTail
}

// Sequence is the entry's place in its chain, from 1.
func (e *Entry) Sequence() int64 {
	n, _ := sequenceOf(e.ID)
	return n
}

// The indexes of the collection: one to find an event again, the others to search.
const (
	eventIndex   = "event"
	whenIndex    = "when"
	whoIndex     = "who"
	kindIndex    = "act"
	objectIndex  = "object"
	whoKindIndex = "who-act"
)

// schema declares the chains of all tenants. Its shape may rise, with a step applied on read, but stored entries stay as
// they are: store.Collection.Migrate would break every chain.
var schema = store.Schema{Collection: "journal", Shape: 1, Indexes: []store.Index{
	{Name: eventIndex, Fields: []string{"event"}},
	{Name: whenIndex, Fields: []string{"when"}},
	{Name: whoIndex, Fields: []string{"who", "when"}},
	{Name: kindIndex, Fields: []string{"act", "when"}},
	{Name: objectIndex, Fields: []string{"object", "when"}},
	{Name: whoKindIndex, Fields: []string{"who", "act", "when"}},
}}

// Schemas lists the collections that this package keeps.
func Schemas() []store.Schema { return []store.Schema{schema, checkSchema} }

// sequenceDigits is how long an id is: enough for a thousand entries a second during thirty years.
const sequenceDigits = 12

// sequenceID gives the id of a place in a chain. Ids sort as their sequences do.
func sequenceID(sequence int64) string { return fmt.Sprintf("%0*d", sequenceDigits, sequence) }

// sequenceOf reads an id; false when it is none of sequenceID.
func sequenceOf(id string) (int64, bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil && n > 0 && sequenceID(n) == id
}

// origin is what the first entry of a chain has for Previous.
func origin(tenant store.Tenant) Hash {
	return hashOf([]byte("garant journal " + string(tenant)))
}

func hashOf(data []byte) Hash {
	sum := sha256.Sum256(data)
	return Hash(hex.EncodeToString(sum[:]))
}

// hashTail is how the element `hash` begins: a string named "hash" of 64 bytes and a zero. After the digits come that zero
// and the one that ends the document.
const (
	hashTail   = "\x02hash\x00\x41\x00\x00\x00"
	hashDigits = sha256.Size * 2
	tailSize   = len(hashTail) + hashDigits + 2
)

// parts gives the hashed bytes of a stored entry and the digits of the hash it carries; false when the body does not have
// the form of an entry. Both are parts of body.
func parts(body bson.Raw) (hashed, digits []byte, ok bool) {
	start := len(body) - tailSize
	if start < 4 || int64(binary.LittleEndian.Uint32(body)) != int64(len(body)) {
		return nil, nil, false
	}
	tail := string(body[start:])
	if !strings.HasPrefix(tail, hashTail) || !strings.HasSuffix(tail, "\x00\x00") {
		return nil, nil, false
	}
	digits = body[start+len(hashTail):][:hashDigits]
	return body[4:start], digits, true
}

// encode makes the body of an entry, with its hash.
func (e *Entry) encode() (bson.Raw, error) {
	e.Shape, e.Hash = schema.Shape, Hash(strings.Repeat("0", hashDigits))
	body, err := bson.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("writing entry %s: %w", e.ID, err)
	}
	hashed, digits, ok := parts(body)
	if !ok {
		return nil, fmt.Errorf("writing entry %s: its hash is not its last element", e.ID)
	}
	e.Hash = hashOf(hashed)
	copy(digits, e.Hash)
	return body, nil
}
