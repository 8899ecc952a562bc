package mongo

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/mongo/mongotest"
)

func TestDeclaredIndexesLeadWithTheTenantAndEndWithTheID(t *testing.T) {
	t.Parallel()
	ctx, engine := t.Context(), opened(t)
	for range 2 {
		must(t, engine.Declare(ctx, services))
		there, err := engine.database.Collection(services.Collection).Indexes().ListSpecifications(ctx)
		must(t, err)
		got := make(map[string]string)
		for _, index := range there {
			var keys []string
			elements, err := index.KeysDocument.Elements()
			must(t, err)
			for _, e := range elements {
				keys = append(keys, e.Key())
			}
			got[index.Name] = strings.Join(keys, " ")
		}
		want := map[string]string{"_id_": "_id", "tier": "t x.tier x.name _id", "name": "x.name _id"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("want (-) is not there (+):\n%s", diff)
		}
	}
}

// What a server may lack is kept out by naming what is asked of it.
func TestOnlyWhatEveryServerKnowsIsAsked(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var heard listening
	engine := openedAt(t, mongotest.URI(t), heard.monitor())
	asked := make(map[string]bool)
	for _, command := range heard.during(func() {
		must(t, engine.Declare(ctx, store.Schema{Collection: services.Collection, Shape: 1}))
		fillPortal(ctx, t, engine)
		must(t, engine.Declare(ctx, services))
		in := store.NewCollection[service](engine, services).In("structure-1")
		for _, q := range []store.Query{{}, {Index: "tier"}, {Index: "tier", Equal: []any{1}, From: "S", To: "T"}} {
			for _, q.Descending = range []bool{false, true} {
				q.Limit, q.Cursor = 2, ""
				for more := true; more; more = q.Cursor != "" {
					page, err := in.Scan(ctx, q)
					must(t, err)
					q.Cursor = page.Next
				}
			}
		}
		page, err := in.Scan(ctx, store.Query{})
		must(t, err)
		_, err = in.GetMany(ctx, []string{page.Items[0].ID, page.Items[1].ID})
		must(t, err)
		_, err = in.Count(ctx, store.Query{Index: "tier", Equal: []any{nil}})
		must(t, err)
		must(t, in.Delete(ctx, page.Items[0].ID, page.Items[0].Version()))
		must(t, engine.DeleteMany(ctx, services.Collection, "structure-1", []string{page.Items[1].ID, page.Items[2].ID}))
		must(t, engine.Declare(ctx, store.Schema{Collection: services.Collection, Shape: 1}))
	}) {
		words(command, true, asked)
	}
	var got []string
	for word := range asked {
		got = append(got, word)
	}
	slices.Sort(got)
	want := []string{
		"$and", "$exists", "$group", "$gt", "$gte", "$in", "$lt", "$match", "$ne", "$or", "$set", "$sum",
		"aggregate", "createIndexes", "delete", "dropIndexes", "find", "insert", "listIndexes", "update",
	}
	got = slices.DeleteFunc(got, func(word string) bool { return word == "getMore" || word == "killCursors" }) // as the server likes
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-) is not asked (+):\n%s", diff)
	}
}

// words notes a command's name and its operators. What sessions and topologies add ($db, $clusterTime, …) is the
// driver's own.
func words(doc bson.Raw, top bool, into map[string]bool) {
	elements, err := doc.Elements()
	if err != nil {
		return
	}
	for i, e := range elements {
		switch {
		case top && i == 0:
			into[e.Key()] = true
		case !top && strings.HasPrefix(e.Key(), "$"):
			into[e.Key()] = true
		case top && strings.HasPrefix(e.Key(), "$"):
			continue
		}
		switch e.Value().Type {
		case bson.TypeEmbeddedDocument:
			words(e.Value().Document(), false, into)
		case bson.TypeArray:
			words(bson.Raw(e.Value().Array()), false, into)
		}
	}
}

func TestAServerThatFallsSilentIsSaidToBeUnreachable(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	uri := mongotest.URI(t)
	parsed, err := connstring.Parse(uri)
	must(t, err)
	line := relayTo(t, parsed.Hosts[0])
	base, _, _ := strings.Cut(uri, "?")
	patient, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	engine, err := Open(patient, strings.Replace(base, parsed.Hosts[0], line.address, 1)+"?directConnection=true&timeoutMS=500")
	must(t, err)
	t.Cleanup(func() { _ = engine.Close() })
	must(t, engine.Declare(patient, services))
	in := store.NewCollection[service](engine, services).In("structure-1")
	doc := &service{Name: "a"}
	must(t, in.Insert(patient, doc))
	line.cut.Store(true)
	var asking sync.WaitGroup
	for what, ask := range map[string]func() error{
		"read":  func() error { _, err := in.Get(ctx, doc.ID); return err },
		"scan":  func() error { _, err := in.Scan(ctx, store.Query{Index: "tier"}); return err },
		"write": func() error { return in.Delete(ctx, doc.ID, 1) },
		"ping":  func() error { return engine.Ping(ctx) },
	} {
		asking.Go(func() {
			if f, ok := fault.As(ask()); !ok || f.Kind != fault.Unavailable || f.Key != "store.unreachable" {
				t.Errorf("a %s gave %v", what, f)
			}
		})
	}
	asking.Wait()
}

// relay is a network that can fall silent.
type relay struct {
	address string
	cut     atomic.Bool
}

func relayTo(t *testing.T, server string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	r := &relay{address: listener.Addr().String()}
	var carrying sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		carrying.Wait()
	})
	carrying.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server)
			if err != nil {
				_ = near.Close()
				continue
			}
			carrying.Go(func() { r.carry(near, far) })
			carrying.Go(func() { r.carry(far, near) })
		}
	})
	return r
}

// carry passes on what comes until either side ends; when the line is cut it swallows it.
func (r *relay) carry(from, to net.Conn) {
	defer func() { _ = from.Close(); _ = to.Close() }()
	_, _ = io.Copy(writerFunc(func(p []byte) (int, error) {
		if r.cut.Load() {
			return len(p), nil
		}
		return to.Write(p)
	}), from)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
