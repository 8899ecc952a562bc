package mongo

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/mongo/mongotest"
)

// opened gives an engine on an empty database until the test ends.
func opened(t testing.TB) *Engine {
	t.Helper()
	return openedAt(t, mongotest.URI(t), nil)
}

func openedAt(t testing.TB, uri string, monitor *event.CommandMonitor) *Engine {
	t.Helper()
	engine, err := open(t.Context(), uri, monitor)
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

// listening records the commands an engine sends, between start and stop.
type listening struct {
	mu       sync.Mutex
	on       bool
	commands []bson.Raw
}

func (l *listening) monitor() *event.CommandMonitor {
	return &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.on {
			l.commands = append(l.commands, append(bson.Raw(nil), e.Command...))
		}
	}}
}

// during gives the commands sent while do runs.
func (l *listening) during(do func()) []bson.Raw {
	l.mu.Lock()
	l.on, l.commands = true, nil
	l.mu.Unlock()
	do()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.on = false
	return l.commands
}

func TestReplaceIsOneUpdateOfAnIDAtAVersionWithMajorityConcern(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var heard listening
	engine := openedAt(t, mongotest.URI(t), heard.monitor())
	if err := engine.Declare(ctx, store.Schema{Collection: "notes", Shape: 1}); err != nil {
		t.Fatal(err)
	}
	body := func(text string) bson.Raw {
		raw, err := bson.Marshal(bson.D{{Key: "_id", Value: "one"}, {Key: "v", Value: 1}, {Key: "text", Value: text}})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	if err := engine.Insert(ctx, "notes", store.Record{Tenant: "blue", ID: "one", Version: 1, Body: body("a")}); err != nil {
		t.Fatal(err)
	}
	commands := heard.during(func() {
		if err := engine.Replace(ctx, "notes", store.Record{Tenant: "blue", ID: "one", Version: 2, Body: body("b")}); err != nil {
			t.Error(err)
		}
	})
	if len(commands) != 1 {
		t.Fatalf("a replace sent %d commands: %v", len(commands), commands)
	}
	var sent struct {
		Update  string
		Updates []bson.D
		Concern struct {
			W string
			J bool
		} `bson:"writeConcern"`
	}
	if err := bson.Unmarshal(commands[0], &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Update != "notes" || sent.Concern.W != "majority" || !sent.Concern.J {
		t.Errorf("the command is %v", commands[0])
	}
	want := []bson.D{{
		{Key: "q", Value: bson.D{{Key: "_id", Value: "blue+one"}, {Key: "n", Value: int64(1)}}},
		{Key: "u", Value: bson.D{
			{Key: "_id", Value: "blue+one"},
			{Key: "n", Value: int64(2)},
			{Key: "t", Value: "blue"},
			{Key: "b", Value: bson.Binary{Data: body("b")}},
		}},
	}}
	if diff := cmp.Diff(want, sent.Updates); diff != "" {
		t.Errorf("want (-) is not sent (+):\n%s", diff)
	}
}

func TestOpenRefusesAnAddressItCannotReadAndDoesNotTellItsSecret(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"", "localhost", "http://localhost/", "mongodb://", "mongodb://me:s3cret@", "mongodb://me:s3cret/x@host/", "mongodb://me:s3cret@host/?w=-1",
		"mongodb://me:s3cret@host:99999999/", "mongodb://me:s3cret@host/?authMechanism=NOPE",
	} {
		engine, err := Open(t.Context(), address)
		if engine != nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("Open(%q) = %v, %v", address, engine, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Open(%q) tells %v", address, err)
		}
	}
}

func TestOpenSaysThatTheServerDoesNotAnswer(t *testing.T) {
	t.Parallel()
	began := time.Now()
	_, err := Open(t.Context(), "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200")
	if f, ok := fault.As(err); !ok || f.Kind != fault.Unavailable || f.Key != "store.unreachable" {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("after %s", took)
	}
}

func TestAClosedEngineFails(t *testing.T) {
	t.Parallel()
	engine, err := Open(t.Context(), mongotest.URI(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	if err := engine.Ping(t.Context()); err == nil {
		t.Error("a closed engine answers")
	}
}
