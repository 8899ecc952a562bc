package sqlite_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
	"github.com/garant-sante/garant/internal/store/storetest"
)

func TestMain(m *testing.M) {
	storetest.Child(func(target string) (store.Engine, error) { return sqlite.Open(target) })
	status := m.Run()
	if benchDir != "" {
		_ = os.RemoveAll(benchDir) // what the benchmarks filled
	}
	os.Exit(status)
}

func open(t *testing.T) store.Engine {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}

func TestSuite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func TestKilledWriterLosesNothingItAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	storetest.Kill(t, dir, func(t *testing.T) store.Engine {
		t.Helper()
		engine, err := sqlite.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return engine
	})
}

func TestOpenRefusesAFolderInUse(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data é%20?#")
	first, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(dir)
	if f, ok := fault.As(err); !ok || f.Kind != fault.Unavailable || f.Key != "store.in-use" {
		t.Fatalf("got %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "garant.db")); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefusesAPlaceThatCannotHoldAFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(filepath.Join(file, "data")); err == nil || fault.KindOf(err) != "" {
		t.Fatalf("got %v", err)
	}
}

func TestOpenRefusesAFileThatIsNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "garant.db"), []byte("this is no database, by its first bytes already"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(dir); err == nil {
		t.Fatal("opened")
	}
	if err := os.Remove(filepath.Join(dir, "garant.db")); err != nil {
		t.Fatal(err)
	}
	engine, err := sqlite.Open(dir) // the failure left no lock
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDataIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	engine, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Declare(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
}
