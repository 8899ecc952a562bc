package store

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func TestIDsSortByTheirTimeAndAreRecognised(t *testing.T) {
	t.Parallel()
	ids := make([]string, 2000)
	for i := range ids {
		ids[i] = NewID()
		if !ValidID(ids[i]) || ids[i] != strings.ToLower(ids[i]) {
			t.Fatalf("%q", ids[i])
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Fatal("ids do not sort by the time they were made, or there are two of one")
	}
	good := ids[0]
	for _, bad := range []string{"", good[1:], good + "0", strings.ToUpper(good), good[:25] + "w", good[:25] + "é", good[:25] + "1", strings.Repeat("0", 26), strings.Repeat("v", 26)} {
		if ValidID(bad) {
			t.Errorf("%q passes for an id", bad)
		}
	}
}

func TestValueBringsGoValuesToWhatIndexesHold(t *testing.T) {
	t.Parallel()
	type kind string
	moment := time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("", 3600))
	for _, c := range []struct{ given, want any }{
		{nil, nil}, {"a", "a"}, {kind("a"), "a"}, {true, true}, {3, int64(3)}, {int32(-3), int64(-3)}, {uint8(3), int64(3)}, {time.March, int64(3)},
		{moment, bson.DateTime(-3600_001)}, {bson.DateTime(5), bson.DateTime(5)},
	} {
		got, err := Value(c.given)
		if err != nil || got != c.want {
			t.Errorf("%#v gives %#v (%v), want %#v", c.given, got, err, c.want)
		}
	}
	for _, bad := range []any{1.5, []string{}, struct{}{}, uint64(1), &moment} {
		if got, err := Value(bad); err == nil {
			t.Errorf("%#v gives %#v", bad, got)
		}
	}
}

func TestExtractorRefusesWhatCannotBeOrdered(t *testing.T) {
	t.Parallel()
	body, err := bson.Marshal(bson.D{
		{Key: "a", Value: bson.D{{Key: "b", Value: "in"}}}, {Key: "n", Value: int32(1)}, {Key: "none", Value: nil},
		{Key: "list", Value: bson.A{1}}, {Key: "float", Value: 1.5},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := NewExtractor([]string{"a.b", "n", "none", "absent", "n.x"}).Values(body, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"in", int64(1), nil, nil, nil}, got); diff != "" {
		t.Error(diff)
	}
	for _, field := range []string{"a", "list", "float"} {
		if got, err := NewExtractor([]string{field}).Values(body, nil); err == nil {
			t.Errorf("%s gives %v", field, got)
		}
	}
}

type common struct {
	Street string `bson:"street"`
}

type tree struct {
	Meta     `bson:",inline"`
	common   `bson:",inline"`
	Named    string
	Private  string              `bson:"-"`
	Children []tree              `bson:"children"`
	Parent   *tree               `bson:"parent"`
	ByName   map[string]tree     `bson:"byName"`
	Plain    map[string]string   `bson:"plain"`
	When     time.Time           `bson:"when"`
	Raw      bson.Raw            `bson:"raw"`
	Any      bson.D              `bson:"any"`
	Matrix   [][]struct{ X int } `bson:"matrix"`
}

func TestUnknownFieldsAreFoundAtAnyDepth(t *testing.T) {
	t.Parallel()
	known := knownFields(reflect.TypeFor[tree]())
	one := func(key string, value any) bson.D { return bson.D{{Key: key, Value: value}} }
	for _, c := range []struct {
		doc  bson.D
		want string
	}{
		{bson.D{{Key: "_id", Value: "x"}, {Key: "v", Value: 1}, {Key: "street", Value: "s"}, {Key: "named", Value: "n"}}, ""},
		{one("Named", 1), "Named"},
		{one("private", 1), "private"},
		{one("common", 1), "common"},
		{one("children", bson.A{one("named", 1), one("children", bson.A{one("odd", 1)})}), "children.1.children.0.odd"},
		{one("parent", one("odd", 1)), "parent.odd"},
		{one("parent", nil), ""},
		{one("byName", one("any key.$", one("odd", 1))), "byName.any key.$.odd"},
		{one("plain", one("any", "x")), ""},
		{one("raw", one("any", one("any", 1))), ""},
		{one("any", one("any", one("any", 1))), ""},
		{one("matrix", bson.A{bson.A{one("x", 1), one("y", 1)}}), "matrix.0.1.y"},
		{bson.D{
			{Key: "any", Value: bson.A{1.5, "s", int64(1), true, nil, bson.DateTime(1), bson.Binary{Data: []byte("b")}, bson.Regex{Pattern: "p", Options: "i"},
				bson.ObjectID{}, bson.Decimal128{}, bson.Timestamp{}, bson.MinKey{}, bson.MaxKey{}, bson.JavaScript("j"), bson.Symbol("s"),
				bson.CodeWithScope{Code: "c", Scope: bson.D{}}, bson.DBPointer{DB: "d"}, bson.Undefined{}}},
			{Key: "odd", Value: 1},
		}, "odd"},
		{append(bson.D{}, bson.E{Key: "named", Value: bson.Regex{Pattern: "p", Options: "i"}}, bson.E{Key: "odd", Value: 1}), "odd"},
		{append(bson.D{}, bson.E{Key: "named", Value: bson.DBPointer{DB: "d"}}, bson.E{Key: "odd", Value: 1}), "odd"},
	} {
		body, err := bson.Marshal(c.doc)
		if err != nil {
			t.Fatal(err)
		}
		if got := known.unknown(body); got != c.want {
			t.Errorf("%v: got %q, want %q", c.doc, got, c.want)
		}
	}
}

func TestCollectionsOfTypesThatCannotBeStoredPanic(t *testing.T) {
	t.Parallel()
	type bare struct{ Name string }
	type nested struct{ Meta }
	schema := Schema{Collection: "c", Shape: 1}
	for name, make := range map[string]func(){
		"no Meta":         func() { NewCollection[bare](nil, schema) },
		"Meta not inline": func() { NewCollection[nested](nil, schema) },
		"a missing step":  func() { NewCollection[holder](nil, Schema{Collection: "c", Shape: 2}) },
		"a bad name":      func() { NewCollection[holder](nil, Schema{Collection: "C", Shape: 1}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was taken", name)
				}
			}()
			make()
		}()
	}
}

// Damaged bytes end the walk; they never make it read outside of them.
func FuzzUnknownFields(f *testing.F) {
	known := knownFields(reflect.TypeFor[tree]())
	body, err := bson.Marshal(bson.D{{Key: "children", Value: bson.A{bson.D{{Key: "named", Value: bson.Regex{Pattern: "a"}}}}}, {Key: "plain", Value: bson.D{{Key: "k", Value: "v"}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(body))
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, body []byte) { known.unknown(body) })
}
