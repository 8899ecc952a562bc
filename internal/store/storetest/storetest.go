// Package storetest is the one suite that every engine of the store must pass.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/vault"
)

// Run holds an engine to the suite. open gives an engine on an empty store of its own at each call, and closes it
// when the test that asked for it ends.
func Run(t *testing.T, open func(t *testing.T) store.Engine) {
	for name, test := range map[string]func(*testing.T, func(*testing.T) store.Engine){
		"AnswersEveryOperation":                  answersEveryOperation,
		"KeepsTenantsApart":                      keepsTenantsApart,
		"RefusesATakenID":                        refusesATakenID,
		"RefusesAnotherVersion":                  refusesAnotherVersion,
		"RefusesWhatCannotBeAddressed":           refusesWhatCannotBeAddressed,
		"InsertsAndDeletesInBulk":                insertsAndDeletesInBulk,
		"EndsWithItsContext":                     endsWithItsContext,
		"LetsOneReserve":                         letsOneReserve,
		"LosesNoIncrement":                       losesNoIncrement,
		"GivesOneWinnerPerVersion":               givesOneWinnerPerVersion,
		"ScansAsAModelDoes":                      scansAsAModelDoes,
		"ScansWhileOthersWrite":                  scansWhileOthersWrite,
		"ScansAcrossTenants":                     scansAcrossTenants,
		"RefusesACursorOfAnotherQuery":           refusesACursorOfAnotherQuery,
		"RefusesAQueryNoIndexServes":             refusesAQueryNoIndexServes,
		"KeepsHostileValues":                     keepsHostileValues,
		"KeepsLargeAndRefusesTooLargeDocuments":  keepsLargeAndRefusesTooLarge,
		"KeepsFilesOfAnySize":                    keepsFilesOfAnySize,
		"LeavesNothingOfAFailedUpload":           leavesNothingOfAFailedUpload,
		"SweepsWhatWasLeft":                      sweepsWhatWasLeft,
		"NoticesADamagedFile":                    noticesADamagedFile,
		"SealsEveryChunkInItsPlace":              sealsEveryChunkInItsPlace,
		"SealsFilesStoredInClear":                sealsFilesStoredInClear,
		"WrapsKeysAnewAndLeavesFiles":            wrapsKeysAnewAndLeavesFiles,
		"FillsAnIndexDeclaredLater":              fillsAnIndexDeclaredLater,
		"UpgradesOldShapesAndRefusesNewerOnes":   upgradesOldShapes,
		"RefusesAFieldItWouldDrop":               refusesAFieldItWouldDrop,
		"MigratesIndexedFields":                  migratesIndexedFields,
		"CopiesEverythingToAnotherEngine":        copiesEverything,
		"VisitsInOrderAndStopsWhereVisitorsStop": stopsWhereVisitorsStop,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open)
		})
	}
}

// masterKey wraps the keys of tests alone.
const masterKey = "garant-master-1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Unlock gives the keys of an engine whose collections are declared, with a master key that all tests share.
func Unlock(ctx context.Context, e store.Engine) (*store.Keys, error) {
	masters, err := vault.ParseMasters(masterKey)
	if err != nil {
		return nil, err
	}
	keys := store.NewKeys(e)
	_, err = keys.UseMasters(ctx, masters)
	return keys, err
}

// filesOf gives the files of an engine, sealed by the key of tests.
func filesOf(t testing.TB, e store.Engine) *store.Files {
	t.Helper()
	keys, err := Unlock(t.Context(), e)
	must(t, err)
	return store.NewFiles(e, keys)
}

// Slow marks the engine of a server that looks at every document of a collection to find one, as FerretDB 1.24 does:
// tests whose work grows with the square of the documents then try fewer.
type Slow struct{ store.Engine }

// among gives n, or slow where the engine is Slow.
func among(e store.Engine, n, slow int) int {
	if _, ok := e.(Slow); ok {
		return slow
	}
	return n
}

// note is the document of most tests.
type note struct {
	store.Meta `bson:",inline"`
	Group      string     `bson:"group"`
	Rank       *int64     `bson:"rank,omitempty"`
	When       *time.Time `bson:"when,omitempty"`
	Done       bool       `bson:"done"`
	Place      place      `bson:"place"`
	Count      int        `bson:"count"`
	Text       string     `bson:"text"`
	Extra      bson.D     `bson:"extra,omitempty"`
	Alarm      *time.Time `bson:"alarm,omitempty"`
}

type place struct {
	City string `bson:"city"`
}

var notes = store.Schema{Collection: "notes", Shape: 1, Indexes: []store.Index{
	{Name: "rank", Fields: []string{"group", "rank"}},
	{Name: "when", Fields: []string{"group", "when"}},
	{Name: "city", Fields: []string{"place.city", "done", "rank"}},
	{Name: "alarm", Fields: []string{"alarm"}, AllTenants: true},
}}

const (
	blue store.Tenant = "structure-blue"
	red  store.Tenant = "structure-red"
)

// begin opens an engine and declares the notes.
func begin(t *testing.T, open func(*testing.T) store.Engine) (context.Context, store.Engine, *store.Collection[note]) {
	t.Helper()
	engine := open(t)
	must(t, engine.Declare(t.Context(), notes))
	return t.Context(), engine, store.NewCollection[note](engine, notes)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || f.Key != key {
		t.Fatalf("got error %v, want a fault %s %s", err, kind, key)
	}
}

// same compares whole values, the store's own fields apart.
func same(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(store.Meta{})); diff != "" {
		t.Fatalf("want (-) is not got (+):\n%s", diff)
	}
}

func ids(docs []*note) []string {
	all := make([]string, 0, len(docs))
	for _, doc := range docs {
		all = append(all, doc.ID)
	}
	return all
}
