package mongo

import (
	"context"
	"os"
	"testing"

	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/mongo/mongotest"
	"github.com/garant-sante/garant/internal/store/storetest"
)

func TestMain(m *testing.M) {
	storetest.Child(func(target string) (store.Engine, error) { return Open(context.Background(), target) })
	os.Exit(m.Run())
}

func TestSuite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Engine {
		t.Helper()
		if mongotest.External() {
			return opened(t)
		}
		return storetest.Slow{Engine: opened(t)}
	})
}

func TestKilledWriterLosesNothingItAcknowledged(t *testing.T) {
	t.Parallel()
	uri := mongotest.URI(t)
	storetest.Kill(t, uri, func(t *testing.T) store.Engine {
		t.Helper()
		engine, err := Open(t.Context(), uri)
		if err != nil {
			t.Fatal(err)
		}
		return engine
	})
}
