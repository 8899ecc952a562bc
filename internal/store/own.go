package store

import "fmt"

// The collections this package keeps for itself.
const (
	fileCollection        = "files"
	chunkCollection       = "file-chunks"
	reservationCollection = "reservations"
	shapeCollection       = "shapes"
	keyCollection         = "sealing-keys"
)

// ownSchemas declares them.
func ownSchemas() []Schema {
	return []Schema{
		{Collection: fileCollection, Shape: 2, Indexes: []Index{
			{Name: "unfinished", Fields: []string{"unfinished"}, AllTenants: true},
			{Name: "key", Fields: []string{"key"}, AllTenants: true},
		}},
		{Collection: chunkCollection, Shape: 2}, // 1: in clear
		{Collection: reservationCollection, Shape: 1},
		{Collection: shapeCollection, Shape: 1},
		{Collection: keyCollection, Shape: 1, Indexes: []Index{{Name: "master", Fields: []string{"wrapped.master"}, AllTenants: true}}},
	}
}

func ownSchema(collection string) Schema {
	for _, s := range ownSchemas() {
		if s.Collection == collection {
			return s
		}
	}
	panic(fmt.Sprintf("store: %q is not its own", collection))
}
