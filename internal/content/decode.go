package content

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
)

// Scalar is a single value whose type is known only later (the value of a clause variable). Its text is that of the
// file: 1.20 stays 1.20.
type Scalar string

// Choice is implemented by named string types with a closed list of values.
type Choice interface{ Choices() []string }

// Map is a mapping whose keys are data (ids of variables), kept in the order of the file.
type Map[V any] []Entry[V]

// Entry is one key of a Map with its value.
type Entry[V any] struct {
	Key   string
	Value V
}

// Get finds the value of a key.
func (m Map[V]) Get(key string) (V, bool) {
	for _, e := range m {
		if e.Key == key {
			return e.Value, true
		}
	}
	var none V
	return none, false
}

func (m *Map[V]) decodeEntry(key string, decode func(reflect.Value)) {
	entry := Entry[V]{Key: key}
	decode(reflect.ValueOf(&entry.Value).Elem())
	*m = append(*m, entry)
}

type entryDecoder interface {
	decodeEntry(key string, decode func(reflect.Value))
}

type decoder struct {
	source   *Source
	problems fault.Problems
}

func (d *decoder) decodeInto(n node, into any) {
	d.value(n, reflect.ValueOf(into).Elem(), "")
}

func (d *decoder) fail(n node, field, key string, args ...any) {
	d.problems = append(d.problems, fault.Problem{File: d.source.File, Line: max(n.line, 1), Column: max(n.column, 1), Field: field, Key: key, Args: args})
}

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	scalarType      = reflect.TypeFor[Scalar]()
	decimalType     = reflect.TypeFor[Decimal]()
	dateType        = reflect.TypeFor[Date]()
)

func (d *decoder) value(n node, v reflect.Value, field string) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		if n.kind == kindNull {
			return
		}
		v.Set(reflect.New(t.Elem()))
		d.value(n, v.Elem(), field)
		return
	}
	if entries, ok := v.Addr().Interface().(entryDecoder); ok {
		d.entries(n, entries, field)
		return
	}
	switch {
	case t == scalarType:
		d.scalar(n, v, field)
	case t == decimalType:
		d.decimal(n, v, field)
	case t == dateType:
		d.date(n, v, field)
	case reflect.PointerTo(t).Implements(textUnmarshaler):
		d.text(n, v, field)
	case t.Kind() == reflect.Struct:
		d.object(n, v, field)
	case t.Kind() == reflect.Slice:
		d.list(n, v, field)
	case t.Kind() == reflect.String:
		d.word(n, v, field)
	case t.Kind() == reflect.Int:
		d.integer(n, v, field)
	case t.Kind() == reflect.Bool:
		d.boolean(n, v, field)
	default:
		panic(fmt.Sprintf("content: no decoding into %v", t))
	}
}

func (d *decoder) object(n node, v reflect.Value, field string) {
	if n.kind != kindMapping {
		d.fail(n, field, "yaml.want-mapping", "fields", strings.Join(fieldNames(v.Type()), ", "))
		return
	}
	seen := map[string]bool{}
	for i, key := range n.keys {
		at := join(field, key.text)
		if seen[key.text] {
			d.fail(key, at, "yaml.duplicate")
			continue
		}
		seen[key.text] = true
		target, ok := fieldByName(v, key.text)
		if !ok {
			d.fail(key, at, "yaml.unknown-field", "allowed", strings.Join(fieldNames(v.Type()), ", "))
			continue
		}
		d.value(n.values[i], target, at)
	}
	for i := range v.NumField() {
		name, required := tag(v.Type().Field(i))
		given, ok := n.child(name)
		if required && (!ok || given.kind == kindNull) && name != "" {
			d.fail(n, join(field, name), "yaml.required")
		}
	}
}

func (d *decoder) entries(n node, m entryDecoder, field string) {
	if n.kind == kindNull {
		return
	}
	if n.kind != kindMapping {
		d.fail(n, field, "yaml.want-mapping", "fields", "")
		return
	}
	seen := map[string]bool{}
	for i, key := range n.keys {
		at := join(field, key.text)
		if seen[key.text] {
			d.fail(key, at, "yaml.duplicate")
			continue
		}
		seen[key.text] = true
		m.decodeEntry(key.text, func(v reflect.Value) { d.value(n.values[i], v, at) })
	}
}

func (d *decoder) list(n node, v reflect.Value, field string) {
	if n.kind == kindNull {
		return
	}
	if n.kind != kindSequence {
		d.fail(n, field, "yaml.want-list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.values), len(n.values)))
	for i, item := range n.values {
		d.value(item, v.Index(i), fmt.Sprintf("%s[%d]", field, i))
	}
}

func (d *decoder) word(n node, v reflect.Value, field string) {
	switch n.kind {
	case kindString:
	case kindInteger, kindFloat, kindBool:
		d.fail(n, field, "yaml.want-quotes", "value", n.text)
		return
	case kindNull:
		return
	default:
		d.fail(n, field, "yaml.want-text")
		return
	}
	if choice, ok := v.Interface().(Choice); ok && !slices.Contains(choice.Choices(), n.text) {
		d.fail(n, field, "yaml.not-allowed", "value", n.text, "allowed", strings.Join(choice.Choices(), ", "))
		return
	}
	v.SetString(n.text)
}

func (d *decoder) scalar(n node, v reflect.Value, field string) {
	if n.kind == kindMapping || n.kind == kindSequence {
		d.fail(n, field, "yaml.want-single")
		return
	}
	v.SetString(n.text)
}

func (d *decoder) decimal(n node, v reflect.Value, field string) {
	parsed, ok := ParseDecimal(n.text)
	if !ok || (n.kind != kindInteger && n.kind != kindFloat) {
		d.fail(n, field, "yaml.want-number", "value", n.text)
		return
	}
	v.SetString(string(parsed))
}

func (d *decoder) date(n node, v reflect.Value, field string) {
	parsed, err := ParseDate(n.text)
	if err != nil || n.kind != kindString {
		d.fail(n, field, "yaml.want-date", "value", n.text)
		return
	}
	v.Set(reflect.ValueOf(parsed))
}

func (d *decoder) text(n node, v reflect.Value, field string) {
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.text)); err != nil {
		d.fail(n, field, "yaml.not-allowed", "value", n.text, "allowed", "")
	}
}

func (d *decoder) integer(n node, v reflect.Value, field string) {
	number, err := strconv.ParseInt(n.text, 10, 32)
	if err != nil || n.kind != kindInteger || strconv.FormatInt(number, 10) != n.text {
		d.fail(n, field, "yaml.want-integer", "value", n.text)
		return
	}
	v.SetInt(number)
}

func (d *decoder) boolean(n node, v reflect.Value, field string) {
	if n.kind != kindBool || (n.text != "true" && n.text != "false") {
		d.fail(n, field, "yaml.want-boolean", "value", n.text)
		return
	}
	v.SetBool(n.text == "true")
}

func fieldByName(v reflect.Value, name string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if found, _ := tag(v.Type().Field(i)); found == name && name != "" {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func fieldNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if name, _ := tag(t.Field(i)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func tag(f reflect.StructField) (name string, required bool) {
	name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return strings.TrimPrefix(name, "-"), option == "required"
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}
