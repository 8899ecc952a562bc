package mongo

import (
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"github.com/garant-sante/garant/internal/store"
)

// The fields of a stored document.
const (
	idField      = "_id"
	tenantField  = "t"
	versionField = "n"
	bodyField    = "b"
	indexFields  = "x"
)

// separator stands between the tenant and the id. It sorts before every character a tenant may have, so that the keys
// of two tenants sort as the tenants do, even where one begins like the other.
const (
	separator      = "+"
	afterSeparator = ","
)

// key gives the _id of a document.
func key(tenant store.Tenant, id string) string { return string(tenant) + separator + id }

// collection is a declared collection.
type collection struct {
	*driver.Collection
	schema  store.Schema
	indexed store.Extractor
	names   []string // of the indexed fields, below x, in the extractor's order
	size    int      // bytes of a stored document but for its body and values, roughly
}

func newCollection(c *driver.Collection, s store.Schema) *collection {
	fields := s.Fields()
	made := &collection{Collection: c, schema: s, indexed: store.NewExtractor(fields), size: 256}
	for _, field := range fields {
		made.names = append(made.names, nameBelowX(field))
		made.size += len(field) + 48
	}
	return made
}

// nameBelowX gives the name that the values of a declared field have below x. No path holds a colon.
func nameBelowX(path string) string { return strings.ReplaceAll(path, ".", ":") }

// pathOf gives the path of a declared field in the stored document.
func pathOf(field string) string { return indexFields + "." + nameBelowX(field) }

// document makes the stored document of a record.
func (c *collection) document(r store.Record) (bson.Raw, error) {
	start, doc := bsoncore.AppendDocumentStart(make([]byte, 0, c.size+len(r.Body)))
	doc = bsoncore.AppendStringElement(doc, idField, key(r.Tenant, r.ID))
	doc = bsoncore.AppendInt64Element(doc, versionField, r.Version)
	doc = bsoncore.AppendStringElement(doc, tenantField, string(r.Tenant))
	if len(c.names) > 0 {
		doc = bsoncore.AppendHeader(doc, bsoncore.TypeEmbeddedDocument, indexFields)
		var err error
		if doc, err = c.appendValues(doc, r.Body); err != nil {
			return nil, fmt.Errorf("mongo: document %s of %s: %w", r.ID, c.Name(), err)
		}
	}
	doc = bsoncore.AppendBinaryElement(doc, bodyField, bson.TypeBinaryGeneric, r.Body)
	return bsoncore.AppendDocumentEnd(doc, start)
}

// appendValues appends the document of the values of a body's indexed fields, null for those that are missing.
func (c *collection) appendValues(doc []byte, body bson.Raw) ([]byte, error) {
	values, err := c.indexed.Values(body, make([]any, 0, 8))
	if err != nil {
		return nil, err
	}
	start, doc := bsoncore.AppendDocumentStart(doc)
	for i, value := range values {
		switch name := c.names[i]; value := value.(type) {
		case nil:
			doc = bsoncore.AppendNullElement(doc, name)
		case bool:
			doc = bsoncore.AppendBooleanElement(doc, name, value)
		case int64:
			doc = bsoncore.AppendInt64Element(doc, name, value)
		case string:
			doc = bsoncore.AppendStringElement(doc, name, value)
		case bson.DateTime:
			doc = bsoncore.AppendDateTimeElement(doc, name, int64(value))
		default:
			return nil, fmt.Errorf("a %T cannot be indexed", value)
		}
	}
	return bsoncore.AppendDocumentEnd(doc, start)
}

// record reads a stored document. Its Body is a part of doc.
func record(doc bson.Raw) (store.Record, error) {
	var (
		r    store.Record
		have int
		rest = doc[4:]
	)
	for len(rest) > 1 && have < 3 {
		element, after, ok := bsoncore.ReadElement(rest)
		if !ok {
			break
		}
		rest = after
		switch value := element.Value(); string(element.KeyBytes()) {
		case idField:
			id, _ := value.StringValueOK()
			tenant, own, found := strings.Cut(id, separator)
			if !found {
				return r, fmt.Errorf("mongo: the id %q of a document has no tenant", id)
			}
			r.Tenant, r.ID = store.Tenant(tenant), own
			have++
		case versionField:
			r.Version, _ = value.Int64OK()
			have++
		case bodyField:
			_, body, _ := value.BinaryOK()
			r.Body = body
			have++
		}
	}
	if r.Version < 1 || len(r.Body) == 0 {
		return r, fmt.Errorf("mongo: document %q is not one of this program", r.ID)
	}
	return r, nil
}
