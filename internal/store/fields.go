package store

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// fields is what a type can hold, so that a stored field it would drop in silence is found first: the driver's
// decoder has no strict mode. A nil *fields holds anything: scalars, raw values, types that decode themselves.
type fields struct {
	named map[string]*fields // of a struct
	every *fields            // of the items of a list or a map
	open  bool               // any name is known: a list or a map
}

var (
	valueUnmarshaler = reflect.TypeFor[bson.ValueUnmarshaler]()
	unmarshaler      = reflect.TypeFor[bson.Unmarshaler]()
	bsonPackage      = reflect.TypeFor[bson.Raw]().PkgPath()
)

func knownFields(t reflect.Type) *fields { return fieldsOf(t, map[reflect.Type]*fields{}) }

func fieldsOf(t reflect.Type, seen map[reflect.Type]*fields) *fields {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if known, ok := seen[t]; ok {
		return known
	}
	pointer := reflect.PointerTo(t)
	if t == reflect.TypeFor[time.Time]() || t.PkgPath() == bsonPackage || pointer.Implements(valueUnmarshaler) || pointer.Implements(unmarshaler) {
		return nil
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		every := fieldsOf(t.Elem(), seen)
		if every == nil {
			return nil
		}
		return &fields{every: every, open: true}
	case reflect.Struct:
		f := &fields{named: map[string]*fields{}}
		seen[t] = f
		f.addStruct(t, seen)
		return f
	default:
		return nil
	}
}

// addStruct adds the fields of a struct by the rules of the driver: its tag's name or the lower-case name, inlined
// ones one level up.
func (f *fields) addStruct(t reflect.Type, seen map[reflect.Type]*fields) {
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() && !field.Anonymous {
			continue
		}
		tag := field.Tag.Get("bson")
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if strings.Contains(options, "inline") {
			inner := field.Type
			for inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				f.addStruct(inner, seen)
			} else {
				f.open, f.every = true, fieldsOf(inner.Elem(), seen)
			}
			continue
		}
		if name == "" {
			name = strings.ToLower(field.Name)
		}
		f.named[name] = fieldsOf(field.Type, seen)
	}
}

// unknown gives the path of the first field of a document that is not known, or "".
func (f *fields) unknown(doc []byte) string {
	if f == nil || len(doc) < 5 {
		return ""
	}
	rest := doc[4 : len(doc)-1]
	for len(rest) > 1 {
		kind := bson.Type(rest[0])
		end := bytes.IndexByte(rest[1:], 0)
		if end < 0 {
			return ""
		}
		name, value := rest[1:1+end], rest[2+end:]
		size, ok := valueSize(kind, value)
		if !ok {
			return "" // damaged: decoding will tell
		}
		inner, known := f.named[string(name)]
		if !known {
			if !f.open {
				return string(name)
			}
			inner = f.every
		}
		if inner != nil && (kind == bson.TypeEmbeddedDocument || kind == bson.TypeArray) {
			if path := inner.unknown(value[:size]); path != "" {
				return string(name) + "." + path
			}
		}
		rest = value[size:]
	}
	return ""
}

// valueSize gives the bytes that a value of this type takes at the start of b (bsonspec.org, version 1.1).
func valueSize(kind bson.Type, b []byte) (int, bool) {
	size := 0
	switch kind {
	case bson.TypeNull, bson.TypeUndefined, bson.TypeMinKey, bson.TypeMaxKey:
	case bson.TypeBoolean:
		size = 1
	case bson.TypeInt32:
		size = 4
	case bson.TypeDouble, bson.TypeDateTime, bson.TypeTimestamp, bson.TypeInt64:
		size = 8
	case bson.TypeObjectID:
		size = 12
	case bson.TypeDecimal128:
		size = 16
	case bson.TypeString, bson.TypeSymbol, bson.TypeJavaScript:
		size = prefixed(b, 4)
	case bson.TypeEmbeddedDocument, bson.TypeArray, bson.TypeCodeWithScope:
		size = prefixed(b, 0)
	case bson.TypeBinary:
		size = prefixed(b, 5)
	case bson.TypeDBPointer:
		size = prefixed(b, 16)
	case bson.TypeRegex:
		first := bytes.IndexByte(b, 0)
		second := bytes.IndexByte(b[first+1:], 0)
		if first < 0 || second < 0 {
			return 0, false
		}
		size = first + second + 2
	default:
		return 0, false
	}
	return size, size >= 0 && size <= len(b)
}

// prefixed reads a length that does not count `more` bytes; -1 when there is none.
func prefixed(b []byte, more int) int {
	if len(b) < 4 {
		return -1
	}
	n := int64(binary.LittleEndian.Uint32(b)) + int64(more)
	if n > int64(len(b)) {
		return -1
	}
	return int(n)
}
