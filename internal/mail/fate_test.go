package mail

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync"

	"github.com/garant-sante/garant/internal/store"
)

var errDead = errors.New("the process is dead")

// fate is the number of steps after which a process dies: what it does in the store and what it says on the network.
type fate struct {
	mu    sync.Mutex
	left  int
	taken int
	trace []string
}

func (f *fate) step(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left--; f.left < 0 {
		return errDead
	}
	f.taken++
	f.trace = append(f.trace, what)
	return nil
}

// mortal is an engine of a process with a fate.
type mortal struct {
	store.Engine
	*fate
}

func (m mortal) Scan(ctx context.Context, span store.Span, visit store.Visit) error {
	if err := m.step("scan " + span.Collection); err != nil {
		return err
	}
	return m.Engine.Scan(ctx, span, visit)
}

func (m mortal) Get(ctx context.Context, c string, t store.Tenant, ids []string, visit store.Visit) error {
	if err := m.step("get " + c); err != nil {
		return err
	}
	return m.Engine.Get(ctx, c, t, ids, visit)
}

func (m mortal) Insert(ctx context.Context, c string, records ...store.Record) error {
	if err := m.step("insert " + c); err != nil {
		return err
	}
	return m.Engine.Insert(ctx, c, records...)
}

func (m mortal) Replace(ctx context.Context, c string, r store.Record) error {
	if err := m.step("replace " + c); err != nil {
		return err
	}
	return m.Engine.Replace(ctx, c, r)
}

// wire is a connection of a process with a fate: when the process dies, the other side sees it close. An answer is one
// step, in however many pieces the network brings it.
type wire struct {
	net.Conn
	*fate
	answered bool
}

func (w *wire) Read(p []byte) (int, error) {
	if !w.answered {
		if err := w.step("read"); err != nil {
			return 0, errors.Join(err, w.Conn.Close())
		}
		w.answered = true
	}
	return w.Conn.Read(p)
}

func (w *wire) Write(p []byte) (int, error) {
	if err := w.step("write " + strconv.Quote(string(p[:min(len(p), 12)]))); err != nil {
		return 0, errors.Join(err, w.Conn.Close())
	}
	w.answered = false
	return w.Conn.Write(p)
}

// mortalServer is the post office as a process with a fate sees it.
func (o *postOffice) mortalServer(f *fate, query string) *Server {
	o.t.Helper()
	s, err := ParseServer("smtp+insecure://" + o.address + query)
	must(o.t, err)
	s.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if err := f.step("dial"); err != nil {
			return nil, err
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &wire{Conn: conn, fate: f}, err
	}
	return s
}
