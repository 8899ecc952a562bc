package store

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Index is a way to find documents. The tenant leads implicitly and the id breaks ties, so Fields names only what
// comes between. Each field is the BSON path ("contract.end") of a scalar: string, int32, int64, bool or date.
// A query gives equality on the first fields and at most one range, on the next.
type Index struct {
	Name   string // lower-case letters, digits and dashes
	Fields []string
	// AllTenants makes the index one over all tenants, led by its fields, for the workers that serve the whole
	// portal (see Collection.AcrossTenants). Such an index serves no read within a tenant.
	AllTenants bool
}

// Schema declares a collection: its name, the shape of its documents that this program writes, and its indexes.
type Schema struct {
	Collection string // lower-case letters, digits and dashes, 40 at most
	Shape      int    // from 1; raised with each Upgrade step
	Indexes    []Index
}

var (
	namePattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	pathPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$`)
)

// Complete checks the schemas and adds those this package keeps for itself (files, reservations). Engines call it
// in Declare.
func Complete(schemas ...Schema) ([]Schema, error) {
	all := slices.Concat(ownSchemas(), schemas)
	seen := make(map[string]Schema, len(all))
	unique := all[:0:0]
	for _, s := range all {
		if err := s.check(); err != nil {
			return nil, err
		}
		if before, twice := seen[s.Collection]; twice {
			if !reflect.DeepEqual(before, s) {
				return nil, fmt.Errorf("store: collection %q is declared twice, differently", s.Collection)
			}
			continue
		}
		seen[s.Collection] = s
		unique = append(unique, s)
	}
	return unique, nil
}

func (s Schema) check() error {
	if !namePattern.MatchString(s.Collection) {
		return fmt.Errorf("store: %q cannot name a collection", s.Collection)
	}
	if s.Shape < 1 {
		return fmt.Errorf("store: collection %q needs a shape of 1 or more", s.Collection)
	}
	names := make(map[string]bool, len(s.Indexes))
	for _, index := range s.Indexes {
		if !namePattern.MatchString(index.Name) || names[index.Name] {
			return fmt.Errorf("store: %q cannot name an index of %q, or names two", index.Name, s.Collection)
		}
		names[index.Name] = true
		if len(index.Fields) == 0 {
			return fmt.Errorf("store: index %q of %q has no field", index.Name, s.Collection)
		}
		for _, field := range index.Fields {
			if !pathPattern.MatchString(field) || s.twin(field) != "" {
				return fmt.Errorf("store: %q cannot be a field of index %q of %q", field, index.Name, s.Collection)
			}
		}
	}
	return nil
}

// twin gives a field that differs from this one in case alone, which the columns of an engine may not tell apart.
func (s Schema) twin(field string) string {
	for _, other := range s.Fields() {
		if other != field && strings.EqualFold(other, field) {
			return other
		}
	}
	return ""
}

// Find gives the index of that name.
func (s Schema) Find(name string) (Index, bool) {
	for _, index := range s.Indexes {
		if index.Name == name {
			return index, true
		}
	}
	return Index{}, false
}

// Fields gives the distinct field paths of all indexes, in the order of their first use.
func (s Schema) Fields() []string {
	var fields []string
	for _, index := range s.Indexes {
		for _, field := range index.Fields {
			if !slices.Contains(fields, field) {
				fields = append(fields, field)
			}
		}
	}
	return fields
}

// Extractor takes the values of some fields out of a document.
type Extractor struct {
	fields []string
	paths  [][]string
}

// NewExtractor makes an extractor of these BSON paths.
func NewExtractor(fields []string) Extractor {
	paths := make([][]string, len(fields))
	for i, field := range fields {
		paths[i] = strings.Split(field, ".")
	}
	return Extractor{fields: fields, paths: paths}
}

// Values appends the values of the fields to into: nil, bool, int64, string or bson.DateTime. A value of another
// BSON type cannot be indexed and is an error.
func (x Extractor) Values(body bson.Raw, into []any) ([]any, error) {
	for i, path := range x.paths {
		value, err := extract(body, path)
		if err != nil {
			return nil, fmt.Errorf("store: field %s: %w", x.fields[i], err)
		}
		into = append(into, value)
	}
	return into, nil
}

func extract(body bson.Raw, path []string) (any, error) {
	raw := body.Lookup(path...)
	switch raw.Type {
	case 0, bson.TypeNull:
		return nil, nil
	case bson.TypeString:
		return raw.StringValue(), nil
	case bson.TypeInt32:
		return int64(raw.Int32()), nil
	case bson.TypeInt64:
		return raw.Int64(), nil
	case bson.TypeBoolean:
		return raw.Boolean(), nil
	case bson.TypeDateTime:
		return bson.DateTime(raw.DateTime()), nil
	default:
		return nil, fmt.Errorf("a %s cannot be indexed", raw.Type)
	}
}

// Value brings a Go value to the few kinds that indexes hold and both engines order alike: nil, bool, int64,
// string, bson.DateTime. Named types count as what they are made of; a time is cut to its millisecond.
func Value(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int64, string, bson.DateTime:
		return v, nil
	case time.Time:
		return bson.NewDateTimeFromTime(v), nil
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.String:
		return r.String(), nil
	case reflect.Bool:
		return r.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint()), nil
	default:
		return nil, fmt.Errorf("store: a %T cannot be looked up in an index", v)
	}
}
