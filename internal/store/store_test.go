package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"
)

type holder struct {
	Meta    `bson:",inline"`
	Text    string            `bson:"text"`
	Bytes   []byte            `bson:"bytes"`
	Binary  bson.Binary       `bson:"binary"`
	Raw     bson.Raw          `bson:"raw"`
	Value   bson.RawValue     `bson:"value"`
	Doc     bson.D            `bson:"doc"`
	Strings map[string]string `bson:"strings"`
}

// An engine's buffer is only lent during a visit, so nothing decoded may point into it.
func TestDecodedDocumentsShareNothingWithTheirBody(t *testing.T) {
	t.Parallel()
	c := NewCollection[holder](nil, Schema{Collection: "holders", Shape: 1})
	raw, err := bson.Marshal(bson.D{{Key: "a", Value: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	kind, value, err := bson.MarshalValue("some text")
	if err != nil {
		t.Fatal(err)
	}
	want := &holder{
		Meta: Meta{ID: "id", Shape: 1}, Text: "text", Bytes: []byte("bytes"), Binary: bson.Binary{Data: []byte("binary")}, Raw: raw,
		Value: bson.RawValue{Type: kind, Value: value}, Doc: bson.D{{Key: "list", Value: bson.A{bson.Binary{Data: []byte("in")}}}}, Strings: map[string]string{"k": "v"},
	}
	body, err := c.encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.decode(Record{Tenant: "t", ID: "id", Version: 1, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Meta{}, bson.RawValue{})); diff != "" {
		t.Error(diff)
	}
}
