package store

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
)

// cursorDigest is how many bytes of the query's digest lead a cursor, so that it is refused by another query.
const cursorDigest = 8

// cursor is what follows the digest.
type cursor struct {
	Values bson.A `bson:"f"`
	Tenant Tenant `bson:"t,omitempty"`
	ID     string `bson:"i"`
}

func encodeCursor(s Span, p Position) (string, error) {
	c := cursor{Values: p.Values, ID: p.ID}
	if s.Tenant == "" {
		c.Tenant = p.Tenant
	}
	place, err := bson.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("store: making a cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(append(digest(s), place...)), nil
}

// decodeCursor reads a cursor of this very span, with as many values as there are fields after its Equal.
func decodeCursor(s Span, text string, fields int) (*Position, error) {
	bad := fault.NewInvalid("store.bad-cursor", "collection", s.Collection)
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(data) < cursorDigest || string(data[:cursorDigest]) != string(digest(s)) {
		return nil, bad
	}
	var c cursor
	if err := bson.Unmarshal(data[cursorDigest:], &c); err != nil {
		return nil, bad.Because(err)
	}
	if len(c.Values) != fields || c.ID == "" || (c.Tenant != "") != (s.Tenant == "") {
		return nil, bad
	}
	p := &Position{Tenant: c.Tenant, ID: c.ID}
	for _, v := range c.Values {
		value, err := Value(v)
		if err != nil {
			return nil, bad.Because(err)
		}
		p.Values = append(p.Values, value)
	}
	if s.Tenant != "" {
		p.Tenant = s.Tenant
	}
	return p, nil
}

func digest(s Span) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %#v %#v %#v %t", s.Collection, s.Tenant, s.Index, s.Equal, s.From, s.To, s.Descending))
	return sum[:cursorDigest]
}
