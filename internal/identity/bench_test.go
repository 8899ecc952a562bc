package identity

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
)

// portal is a service on a store of its own, with a clock that the test moves.
type portal struct {
	*Service
	engine *mortal
	keys   *store.Keys // without a master key until sealed
	now    time.Time
	work   []effort // each derivation of a password, in order
}

// effort is what one derivation costs.
type effort struct {
	Time, Memory, Length uint32
	Threads              uint8
}

func newPortal(t *testing.T) *portal {
	t.Helper()
	base, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, base.Close()) })
	must(t, base.Declare(t.Context(), Schemas()...))
	p := &portal{engine: &mortal{Engine: base}, now: time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)}
	p.engine.left.Store(-1)
	p.keys = store.NewKeys(p.engine)
	p.Service = New(p.engine, p.keys, func() time.Time { return p.now })
	p.passwords.derive = p.count
	return p
}

// count stands for argon2id, which takes 46 MiB and a tenth of a second.
func (p *portal) count(password, salt []byte, time, memory uint32, threads uint8, length uint32) []byte {
	p.work = append(p.work, effort{time, memory, length, threads})
	return cheap(password, salt, time, memory, threads, length)
}

// cheap mixes a password with its salt, quickly.
func cheap(password, salt []byte, _, _ uint32, _ uint8, length uint32) []byte {
	sum := sha512.Sum512(append(salt[:len(salt):len(salt)], password...))
	return sum[:length]
}

// mortal is an engine that refuses every write once it has done a given number of them, as a killed process would.
type mortal struct {
	store.Engine
	left atomic.Int64 // negative: for ever
}

var errKilled = errors.New("killed")

func (m *mortal) spend() error {
	if m.left.Load() < 0 {
		return nil
	}
	if m.left.Add(-1) < 0 {
		m.left.Store(0)
		return errKilled
	}
	return nil
}

func (m *mortal) Insert(ctx context.Context, collection string, records ...store.Record) error {
	if err := m.spend(); err != nil {
		return err
	}
	return m.Engine.Insert(ctx, collection, records...)
}

func (m *mortal) Replace(ctx context.Context, collection string, record store.Record) error {
	if err := m.spend(); err != nil {
		return err
	}
	return m.Engine.Replace(ctx, collection, record)
}

func (m *mortal) Delete(ctx context.Context, collection string, tenant store.Tenant, id string, version int64) error {
	if err := m.spend(); err != nil {
		return err
	}
	return m.Engine.Delete(ctx, collection, tenant, id, version)
}

const passphrase = "cheval agrafe correct pile"

func first() First {
	return First{
		Structure: "Centre hospitalier de Vallombreuse", Address: "12 rue des Tilleuls, 49000 Angers", FINESS: "490999990",
		Name: "Camille Achats", Mail: "Camille@Vallombreuse.example", Password: passphrase,
	}
}

// setUp makes the first structure and gives its administrator's session.
func (p *portal) setUp(t *testing.T) (Token, Actor) {
	t.Helper()
	link, err := p.SetupToken(t.Context())
	must(t, err)
	session, err := p.SetUp(t.Context(), link, first())
	must(t, err)
	who, err := p.Resume(t.Context(), session)
	must(t, err)
	return session, who
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// refused checks the kind and the key of a fault.
func refused(t *testing.T, what string, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok {
		t.Errorf("%s: %v is no fault, want %s %s", what, err, kind, key)
		return
	}
	same(t, what, []string{string(f.Kind), f.Key}, []string{string(kind), key})
}

func base64Of(key []byte) string { return base64.RawStdEncoding.EncodeToString(key) }

// become gives somebody another role in their structure, as if by a change that nothing checks.
func (p *portal) become(t *testing.T, who Actor, role Role) {
	t.Helper()
	_, err := p.structures.In(StructureTenant(who.Structure)).Update(t.Context(), who.Structure, func(x *Structure) error {
		x.Members[indexOf(x.Members, who.Person)].Role = role
		return nil
	})
	must(t, err)
	_, err = p.people.In(store.System).Update(t.Context(), who.Person, func(x *Person) error {
		x.Memberships = []Membership{{Structure: who.Structure, Region: who.Region}} // and nothing in the region
		return nil
	})
	must(t, err)
}

// another is somebody else, a buyer in a structure of their own.
func (p *portal) another(t *testing.T, name string) *Person {
	t.Helper()
	structure := &Structure{Meta: store.Meta{ID: "of-" + name}, Region: "r", Members: []Member{{Person: name, Role: Buyer}}}
	must(t, p.structures.In(StructureTenant(structure.ID)).Insert(t.Context(), structure))
	person := &Person{Meta: store.Meta{ID: name}, Mail: name + "@vallombreuse.example", Memberships: []Membership{{Structure: structure.ID, Region: "r"}}}
	must(t, p.people.In(store.System).Insert(t.Context(), person))
	return person
}
