package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

// Every form a walk can take seeks in its index and reads it in order: nothing is scanned, nothing is sorted.
func TestEveryWalkIsServedByItsIndex(t *testing.T) {
	t.Parallel()
	schema := store.Schema{Collection: "plans", Shape: 1, Indexes: []store.Index{
		{Name: "two", Fields: []string{"a", "b.c"}},
		{Name: "all", Fields: []string{"due"}, AllTenants: true},
	}}
	engine, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := engine.Declare(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	table, err := engine.table("plans")
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]int{"": 0, "two": 2, "all": 1}
	for index, most := range fields {
		for equal := range most + 1 {
			for bits := range 64 {
				bit := func(n int) bool { return bits&(1<<n) != 0 }
				w := walk{index: index, equal: equal, from: bit(0), above: bit(1) && !bit(0), to: bit(2), after: bit(3), descending: bit(4), everywhere: index == "all" || index == "" && bit(5)}
				if w.everywhere && equal == most && (w.from || w.above || w.to) {
					continue // no range on the id across tenants
				}
				text, err := table.walkSQL(w)
				if err != nil {
					t.Fatal(err)
				}
				plan := explain(t, engine.reader, text)
				bounded := !w.everywhere || equal > 0 || w.from || w.above || w.to || w.after
				if bounded && !strings.HasPrefix(plan, "SEARCH") || !strings.Contains(plan, "USING INDEX") || strings.Contains(plan, "B-TREE") {
					t.Errorf("%+v\n%s\n%s", w, text, plan)
				}
			}
		}
	}
}

func explain(t *testing.T, db *sql.DB, text string) string {
	t.Helper()
	args := make([]any, strings.Count(text, "?"))
	for i := range args {
		args[i] = "x"
	}
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "; ")
}

func TestOpenRefusesTheLayoutOfANewerProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	engine, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = engine.writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA user_version = %d", layout+1))
	if err := errors.Join(err, engine.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = Open(dir)
	if f, ok := fault.As(err); !ok || f.Key != "store.newer-layout" {
		t.Fatalf("got %v", err)
	}
}

// The promises of the package comment hold on every connection.
func TestConnectionsHaveTheirPragmas(t *testing.T) {
	t.Parallel()
	engine, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, db := range []*sql.DB{engine.writer, engine.reader} {
		for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "busy_timeout": "10000"} {
			var got string
			if err := db.QueryRowContext(context.Background(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
			}
		}
	}
	if _, err := engine.reader.ExecContext(t.Context(), "CREATE TABLE t (x)"); err == nil {
		t.Error("a reader wrote")
	}
}
