package mongo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
)

// service stands for what a portal keeps.
type service struct {
	store.Meta `bson:",inline"`
	Name       string `bson:"name"`
	Tier       *int64 `bson:"tier,omitempty"`
	Notes      bson.D `bson:"notes,omitempty"`
}

var services = store.Schema{Collection: "services", Shape: 1, Indexes: []store.Index{
	{Name: "tier", Fields: []string{"tier", "name"}},
	{Name: "name", Fields: []string{"name"}, AllTenants: true},
}}

func TestAPortalGoesFromSQLiteToMongoDBAndBackUnchanged(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	first, second, third := embedded(t), opened(t), embedded(t)
	must(t, first.Declare(ctx, services))
	file := fillPortal(ctx, t, first)
	want := everything(ctx, t, first)

	copied, err := store.Copy(ctx, first, second, services)
	must(t, err)
	mustCount(t, int(copied), len(want))
	if diff := cmp.Diff(want, everything(ctx, t, second)); diff != "" {
		t.Fatalf("SQLite (-) is not MongoDB (+):\n%s", diff)
	}
	_, err = store.Copy(ctx, second, third, services)
	must(t, err)
	if diff := cmp.Diff(want, everything(ctx, t, third)); diff != "" {
		t.Fatalf("what left (-) is not what came back (+):\n%s", diff)
	}
	for _, engine := range []store.Engine{first, second, third} { // sealed files open with the keys that travelled with them
		r, _, err := filesOf(t, engine).In("structure-1").Open(ctx, file)
		must(t, err)
		got, err := io.ReadAll(r)
		must(t, err)
		if !bytes.Equal(got, attestation) {
			t.Error("the file that came is not the one that left")
		}
	}
}

func embedded(t *testing.T) *sqlite.Engine {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	return engine
}

var attestation = random(2*store.ChunkSize + 7)

// fillPortal keeps documents of tenants whose names begin alike, a reservation, several versions, and the file whose id it gives.
func fillPortal(ctx context.Context, t *testing.T, engine store.Engine) string {
	t.Helper()
	collection := store.NewCollection[service](engine, services)
	for _, tenant := range []store.Tenant{"structure-1", "structure-1-b", "structure-10", "region-1", store.System} {
		var docs []*service
		for i := range 12 {
			doc := &service{Name: fmt.Sprintf("Service\x00 %d é 😀", i), Notes: bson.D{{Key: "a.b", Value: bson.D{{Key: "$c", Value: bson.A{bson.A{}}}}}}}
			if tier := int64(i % 4); tier > 0 {
				doc.Tier = &tier
			}
			docs = append(docs, doc)
		}
		must(t, collection.In(tenant).InsertMany(ctx, docs))
		for _, doc := range docs[:3] {
			_, err := collection.In(tenant).Update(ctx, doc.ID, func(s *service) error { s.Name += "!"; return nil })
			must(t, err)
		}
	}
	file, err := filesOf(t, engine).In("structure-1").Create(ctx, "attestation.pdf", "application/pdf", bytes.NewReader(attestation), 1<<30)
	must(t, err)
	must(t, store.NewReservations(engine).Reserve(ctx, "region-1", "siren", "123456782", "supplier"))
	return file.ID
}

// kept is a record whose body is told by its digest.
type kept struct {
	Collection string
	Tenant     store.Tenant
	ID         string
	Version    int64
	Body       [sha256.Size]byte
}

// everything reads all records of all collections.
func everything(ctx context.Context, t *testing.T, engine store.Engine) []kept {
	t.Helper()
	all, err := store.Complete(services)
	must(t, err)
	var found []kept
	for _, schema := range all {
		must(t, engine.Scan(ctx, store.Span{Collection: schema.Collection}, func(r store.Record) error {
			found = append(found, kept{Collection: schema.Collection, Tenant: r.Tenant, ID: r.ID, Version: r.Version, Body: sha256.Sum256(r.Body)})
			return nil
		}))
	}
	return found
}

func TestTenantsWhoseNamesBeginAlikeStayApart(t *testing.T) {
	t.Parallel()
	ctx, engine := t.Context(), opened(t)
	must(t, engine.Declare(ctx, services))
	fillPortal(ctx, t, engine)
	in := store.NewCollection[service](engine, services).In("structure-1")
	for _, q := range []store.Query{{}, {Index: "tier"}, {Index: "tier", Descending: true}, {From: "0"}, {To: "z"}} {
		page, err := in.Scan(ctx, q)
		must(t, err)
		mustCount(t, len(page.Items), 12)
		n, err := in.Count(ctx, q)
		must(t, err)
		mustCount(t, int(n), 12)
	}
}
