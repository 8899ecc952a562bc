package store

import "fmt"

// The collections this package keeps for itself.
const (
	fileCollection        = "files"
	chunkCollection       = "file-chunks"
	reservationCollection = "reservations"
	shapeCollection       = "shapes"
)

// ownSchemas declares them.
func ownSchemas() []Schema {
	return []Schema{
		{Collection: fileCollection, Shape: 1, Indexes: []Index{{Name: "unfinished", Fields: []string{"unfinished"}, AllTenants: true}}},
		{Collection: chunkCollection, Shape: 1},
		{Collection: reservationCollection, Shape: 1},
		{Collection: shapeCollection, Shape: 1},
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
