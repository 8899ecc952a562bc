package store

import (
	"encoding/base32"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// idEncoding keeps the order of the bytes, so ids sort by their time as text too.
var idEncoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// NewID makes an id: a UUIDv7 as 26 lower-case base32 characters. Those made later by one process sort after.
func NewID() string {
	id := uuid.Must(uuid.NewV7())
	return idEncoding.EncodeToString(id[:])
}

// ValidID tells whether s could come from NewID.
func ValidID(s string) bool {
	if len(s) != 26 {
		return false
	}
	bytes, err := idEncoding.DecodeString(s)
	if err != nil || idEncoding.EncodeToString(bytes) != s {
		return false
	}
	return bytes[6]>>4 == 7 && bytes[8]>>6 == 2 // version and variant, RFC 9562 §5.7
}

// Tenant is who owns a document: "region-…", "structure-…", "supplier-…", or System for the portal itself.
type Tenant string

// System owns what belongs to the portal and to nobody in it.
const System Tenant = "system"

// usable tells whether a tenant can own documents: lower-case letters, digits and dashes, 80 at most.
func (t Tenant) usable() bool {
	for i := 0; i < len(t); i++ {
		c := t[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return len(t) > 0 && len(t) <= 80
}

// usableID tells whether a document can have this id. Most ids come from NewID; a document that there is once, or
// under a natural key, may choose its own: 1 to 200 bytes of printable text.
func usableID(id string) bool {
	if len(id) == 0 || len(id) > 200 || !utf8.ValidString(id) {
		return false
	}
	for _, r := range id {
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// MadeAt tells when an id of NewID was made, to the millisecond; the zero time for any other text.
func MadeAt(id string) time.Time {
	if !ValidID(id) {
		return time.Time{}
	}
	bytes, _ := idEncoding.DecodeString(id)
	seconds, nanoseconds := uuid.UUID(bytes).Time().UnixTime()
	return time.Unix(seconds, nanoseconds)
}
