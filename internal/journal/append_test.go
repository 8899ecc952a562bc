package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

func TestAppendsAnEventOnceHoweverOftenItIsDelivered(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := begin(open(t))
			for _, number := range []int{1, 2, 1, 3, 3, 2, 1} {
				must(t, o.journal.Append(t.Context(), delivery(t, hospital, number, act("dossier.opened", number))))
			}
			same(t, events(o.chain(t, hospital)), []string{"event-00001", "event-00002", "event-00003"})
			sound(t, o.journal, hospital, 3)
			// The same event in another tenant is another act.
			must(t, o.journal.Append(t.Context(), delivery(t, "region-1", 1, act("dossier.opened", 1))))
			tenants, err := o.journal.Tenants(t.Context())
			must(t, err)
			same(t, tenants, []store.Tenant{"region-1", hospital})
		})
	}
}

func TestWorkersSideBySideForkNothingAndDoubleNothing(t *testing.T) {
	t.Parallel()
	const documents, acts, workers = 8, 4, 4
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := open(t)
			o := begin(engine)
			var want []string
			for n := range documents {
				d := &dossier{Meta: store.Meta{ID: fmt.Sprintf("d%d", n)}}
				for minute := range acts {
					must(t, Record(&d.Outbox, act("dossier.opened", minute)))
				}
				must(t, o.dossiers.In(hospital).Insert(t.Context(), d))
				for _, event := range d.Outbox.Events {
					want = append(want, event.ID)
				}
			}
			var running sync.WaitGroup
			for range workers { // each finds all the events: it is as if each were delivered four times at once
				running.Go(func() {
					if _, err := begin(engine).worker.RunOnce(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			running.Wait()
			o.deliver(t, 0)
			got := map[string]int{}
			for _, event := range events(o.chain(t, hospital)) {
				got[event]++
			}
			once := map[string]int{}
			for _, event := range want {
				once[event] = 1
			}
			same(t, got, once)
			sound(t, o.journal, hospital, documents*acts)
		})
	}
}

// meddled is an engine on which somebody else acts right before one operation of whoever uses it.
type meddled struct {
	store.Engine
	before int // which operation, from 0
	meddle func()
}

func (m *meddled) step() {
	if m.before--; m.before == -1 {
		m.meddle()
	}
}

func (m *meddled) Scan(ctx context.Context, span store.Span, visit store.Visit) error {
	m.step()
	return m.Engine.Scan(ctx, span, visit)
}

func (m *meddled) Insert(ctx context.Context, c string, records ...store.Record) error {
	m.step()
	return m.Engine.Insert(ctx, c, records...)
}

func TestWhoeverComesInBetweenIsSeen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		others []int // events another worker appends meanwhile, while this one appends 1
		want   []string
	}{
		"the same event":          {[]int{1}, []string{"event-00000", "event-00001"}},
		"another event":           {[]int{2}, []string{"event-00000", "event-00002", "event-00001"}},
		"another and the same":    {[]int{2, 1}, []string{"event-00000", "event-00002", "event-00001"}},
		"the same and another":    {[]int{1, 2}, []string{"event-00000", "event-00001", "event-00002"}},
		"several around the same": {[]int{2, 3, 4, 1, 5}, []string{"event-00000", "event-00002", "event-00003", "event-00004", "event-00001", "event-00005"}},
	} {
		for before := range 3 { // reading the head, looking for the event, inserting
			t.Run(fmt.Sprintf("%s before operation %d", name, before), func(t *testing.T) {
				t.Parallel()
				engine := embedded(t)
				o := begin(engine)
				hand := func(number int) outbox.Delivery {
					return delivery(t, hospital, number, act("dossier.opened", number))
				}
				must(t, o.journal.Append(t.Context(), hand(0)))
				m := &meddled{Engine: engine, before: before, meddle: func() {
					for _, number := range test.others {
						must(t, o.journal.Append(t.Context(), hand(number)))
					}
				}}
				must(t, New(m).Append(t.Context(), hand(1)))
				same(t, events(o.chain(t, hospital)), test.want)
				sound(t, o.journal, hospital, int64(len(test.want)))
			})
		}
	}
}

func events(entries []*Entry) []string {
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.Event)
	}
	return ids
}

// sound asks that a chain holds and has that many entries.
func sound(t testing.TB, j *Journal, tenant store.Tenant, entries int64) {
	t.Helper()
	head, err := j.Head(t.Context(), tenant)
	must(t, err)
	report, err := j.Verify(t.Context(), tenant, head)
	must(t, err)
	same(t, report, Report{Head: head})
	same(t, head.Sequence, entries)
}

// mortal is an engine whose process dies before an operation, or right after it where its answer is lost.
type mortal struct {
	store.Engine
	left     int
	answered bool // the operation it dies at is done first
}

var errDead = errors.New("the process is dead")

// step carries out one operation of a process that may die of it.
func (m *mortal) step(do func() error) error {
	m.left--
	if m.left < -1 || m.left == -1 && !m.answered {
		return errDead
	}
	err := do()
	if m.left == -1 {
		return errDead
	}
	return err
}

func (m *mortal) Scan(ctx context.Context, span store.Span, visit store.Visit) error {
	return m.step(func() error { return m.Engine.Scan(ctx, span, visit) })
}

func (m *mortal) Get(ctx context.Context, c string, t store.Tenant, ids []string, visit store.Visit) error {
	return m.step(func() error { return m.Engine.Get(ctx, c, t, ids, visit) })
}

func (m *mortal) Insert(ctx context.Context, c string, records ...store.Record) error {
	return m.step(func() error { return m.Engine.Insert(ctx, c, records...) })
}

func (m *mortal) Replace(ctx context.Context, c string, r store.Record) error {
	return m.step(func() error { return m.Engine.Replace(ctx, c, r) })
}

func TestKilledAtAnyStepLosesAndDoublesNoEntry(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{false, true} {
		finished := false
		for step := 0; !finished; step++ {
			t.Run(fmt.Sprintf("step %d done %t", step, answered), func(t *testing.T) {
				engine := embedded(t)
				o := begin(engine)
				var want []string
				for _, id := range []string{"d1", "d2"} {
					d := &dossier{Meta: store.Meta{ID: id}}
					must(t, Record(&d.Outbox, act("dossier.opened", 1)))
					must(t, Record(&d.Outbox, act("dossier.seen", 2)))
					must(t, o.dossiers.In(hospital).Insert(t.Context(), d))
					want = append(want, d.Outbox.Events[0].ID, d.Outbox.Events[1].ID)
				}
				dying := &mortal{Engine: engine, left: step, answered: answered}
				_, err := begin(dying).worker.RunOnce(t.Context())
				finished = err == nil && dying.left >= 0

				// What failed while the first was dying waits for its next attempt, which comes at once here.
				next := begin(engine)
				next.worker.Now = func() time.Time { return time.Now().Add(24 * time.Hour) }
				_, err = next.worker.RunOnce(t.Context())
				must(t, err)
				got := events(next.chain(t, hospital))
				slices.Sort(got)
				slices.Sort(want)
				same(t, got, want)
				sound(t, next.journal, hospital, 4)
			})
		}
	}
}

func TestAppendsNothingToWhatIsNoChain(t *testing.T) {
	t.Parallel()
	engine := embedded(t)
	o := begin(engine)
	body, err := bson.Marshal(bson.D{{Key: "_id", Value: "x"}, {Key: "v", Value: 1}})
	must(t, err)
	must(t, engine.Insert(t.Context(), "journal", store.Record{Tenant: hospital, ID: "x", Version: 1, Body: body}))
	o.open(t, hospital, "d1", act("dossier.opened", 0))
	o.deliver(t, 0)
	waiting, err := o.dossiers.In(hospital).Get(t.Context(), "d1")
	must(t, err)
	same(t, waiting.Outbox.Events[0].LastError, `reading the head of the journal of structure-hospital: its last entry "x" is not one of this program`)
	report, err := o.journal.Verify(t.Context(), hospital)
	must(t, err)
	same(t, report, Report{Head: Head{hospital, 0, origin(hospital)}, Broken: &Break{1, Inserted}})
}
