package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
)

type order struct {
	store.Meta `bson:",inline"`
	Total      int            `bson:"total"`
	Outbox     outbox.Pending `bson:"outbox"`
}

type placed struct {
	Total int `bson:"total"`
}

// receipt is what a listener makes of an event, under the event's id.
type receipt struct {
	store.Meta `bson:",inline"`
	Total      int            `bson:"total"`
	Outbox     outbox.Pending `bson:"outbox"`
}

var (
	orderSchema   = store.Schema{Collection: "orders", Shape: 1, Indexes: outbox.Indexes("outbox")}
	receiptSchema = store.Schema{Collection: "receipts", Shape: 1, Indexes: outbox.Indexes("outbox")}
)

const shop store.Tenant = "structure-shop"

// bench is a store with a worker on a clock that the test moves.
type bench struct {
	engine   store.Engine
	orders   *store.Collection[order]
	receipts *store.Collection[receipt]
	worker   *outbox.Worker
	mu       sync.Mutex
	now      time.Time
}

func newEngine(t *testing.T) store.Engine {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), orderSchema, receiptSchema))
	return engine
}

// begin makes a worker whose listener writes a receipt for each order placed.
func begin(engine store.Engine) *bench {
	b := &bench{
		engine: engine, worker: outbox.NewWorker(), now: time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC),
		orders: store.NewCollection[order](engine, orderSchema), receipts: store.NewCollection[receipt](engine, receiptSchema),
	}
	b.worker.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	b.worker.Now = b.time
	b.worker.Register(
		outbox.From(b.orders, func(o *order) *outbox.Pending { return &o.Outbox }),
		outbox.From(b.receipts, func(r *receipt) *outbox.Pending { return &r.Outbox }),
	)
	return b
}

func (b *bench) time() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) wait(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

// issue is an idempotent listener: the event's id is the receipt's.
func (b *bench) issue(ctx context.Context, d outbox.Delivery) error {
	var p placed
	if err := d.Into(&p); err != nil {
		return err
	}
	r := &receipt{Meta: store.Meta{ID: d.ID}, Total: p.Total}
	if p.Total >= 1000 {
		if err := r.Outbox.Add("receipt.large", placed{Total: p.Total}); err != nil {
			return err
		}
	}
	if err := b.receipts.In(d.Tenant).Insert(ctx, r); !errors.Is(err, store.ErrExists) {
		return err
	}
	return nil
}

// place stores an order with one event for each total.
func (b *bench) place(t *testing.T, totals ...int) *order {
	t.Helper()
	o := &order{}
	for _, total := range totals {
		o.Total += total
		must(t, o.Outbox.Add("order.placed", placed{Total: total}))
	}
	must(t, b.orders.In(shop).Insert(t.Context(), o))
	return o
}

func (b *bench) totals(t *testing.T) []int {
	t.Helper()
	page, err := b.receipts.In(shop).Scan(t.Context(), store.Query{Limit: 1000})
	must(t, err)
	var totals []int
	for _, r := range page.Items {
		totals = append(totals, r.Total)
	}
	return totals
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("want (-) is not got (+):\n%s", diff)
	}
}

func (b *bench) runOnce(t *testing.T, want int) {
	t.Helper()
	delivered, err := b.worker.RunOnce(t.Context())
	must(t, err)
	same(t, delivered, want)
}

func TestDeliversInOrderWhatWaitsAndWhatListenersAdd(t *testing.T) {
	t.Parallel()
	b := begin(newEngine(t))
	b.worker.On("order.placed", b.issue)
	var large []string
	b.worker.On("receipt.large", func(_ context.Context, d outbox.Delivery) error {
		large = append(large, fmt.Sprintf("%s %s", d.Collection, d.Tenant))
		return nil
	})
	first := b.place(t, 1, 2, 3)
	b.place(t, 1000)
	b.runOnce(t, 5)
	same(t, b.totals(t), []int{1, 2, 3, 1000})
	same(t, large, []string{"receipts structure-shop"})
	cleared, err := b.orders.In(shop).Get(t.Context(), first.ID)
	must(t, err)
	same(t, cleared.Outbox, outbox.Pending{})
	same(t, cleared.Total, 6)
	b.runOnce(t, 0)
}

func TestDeliversMoreThanAPage(t *testing.T) {
	t.Parallel()
	b := begin(newEngine(t))
	b.worker.On("order.placed", b.issue)
	var orders []*order
	for i := range 130 {
		o := &order{}
		must(t, o.Outbox.Add("order.placed", placed{Total: i}))
		orders = append(orders, o)
	}
	must(t, b.orders.In(shop).InsertMany(t.Context(), orders))
	b.runOnce(t, 130)
	same(t, len(b.totals(t)), 130)
}

func TestWaitsForTheTimeOfAnEvent(t *testing.T) {
	t.Parallel()
	b := begin(newEngine(t))
	b.worker.On("order.placed", b.issue)
	o := &order{}
	must(t, o.Outbox.AddAt("order.placed", b.now.Add(time.Hour), placed{Total: 7}))
	must(t, o.Outbox.AddAt("order.placed", b.now.Add(time.Minute), placed{Total: 8}))
	must(t, b.orders.In(shop).Insert(t.Context(), o))
	b.runOnce(t, 0)
	b.wait(time.Minute)
	b.runOnce(t, 1)
	b.wait(time.Hour)
	b.runOnce(t, 1)
	same(t, b.totals(t), []int{7, 8}) // by id: in the order they were added
}

func TestBacksOffThenKeepsADeadLetterThatCanBeRevived(t *testing.T) {
	t.Parallel()
	b := begin(newEngine(t))
	broken := true
	tries := 0
	b.worker.On("order.placed", func(ctx context.Context, d outbox.Delivery) error {
		var p placed
		must(t, d.Into(&p))
		if broken && p.Total == 13 {
			tries++
			return errors.New("mail server: 421 " + strings.Repeat("é", 400))
		}
		return b.issue(ctx, d)
	})
	o := b.place(t, 13, 5)
	b.runOnce(t, 1)
	same(t, b.totals(t), []int{5}) // a failure holds up no other event

	var waits []time.Duration
	for {
		pending, err := b.orders.In(shop).Get(t.Context(), o.ID)
		must(t, err)
		if pending.Outbox.Due == nil {
			break
		}
		wait := pending.Outbox.Due.Sub(b.now)
		waits = append(waits, wait)
		b.wait(wait - time.Millisecond)
		b.runOnce(t, 0)
		same(t, tries, len(waits)) // not yet
		b.wait(time.Millisecond)
		b.runOnce(t, 0)
	}
	m, s, h := time.Minute, time.Second, time.Hour
	same(t, waits, []time.Duration{30 * s, m, 2 * m, 4 * m, 8 * m, 16 * m, 32 * m, 64 * m, 128 * m, 4 * h, 4 * h})
	same(t, tries, 12)

	n, err := b.worker.CountDead(t.Context())
	must(t, err)
	same(t, n, int64(1))
	var letters []outbox.Delivery
	must(t, b.worker.Dead(t.Context(), func(d outbox.Delivery) error { letters = append(letters, d); return nil }))
	same(t, len(letters), 1)
	if d := letters[0]; d.Tenant != shop || d.Document != o.ID || d.Attempts != 12 || !strings.HasPrefix(d.LastError, "mail server: 421 é") || len(d.LastError) > 500 {
		t.Fatalf("%+v", d)
	}

	broken = false
	b.runOnce(t, 0)
	revived, err := b.worker.Revive(t.Context())
	must(t, err)
	same(t, revived, 1)
	b.runOnce(t, 1)
	same(t, b.totals(t), []int{13, 5})
	n, err = b.worker.CountDead(t.Context())
	must(t, err)
	same(t, n, int64(0))
}

func TestKeepsWhatNothingListensToAndWhatPanics(t *testing.T) {
	t.Parallel()
	b := begin(newEngine(t))
	o := b.place(t, 1)
	b.runOnce(t, 0)
	b.worker.On("order.placed", func(context.Context, outbox.Delivery) error { panic("nil map") })
	b.wait(time.Hour)
	b.runOnce(t, 0)
	got, err := b.orders.In(shop).Get(t.Context(), o.ID)
	must(t, err)
	same(t, len(got.Outbox.Events), 1)
	same(t, got.Outbox.Events[0].Attempts, 2)
	same(t, got.Outbox.Events[0].LastError, "a listener panicked: nil map")
}

func TestKeepsWhatIsAddedWhileItDelivers(t *testing.T) {
	t.Parallel()
	b := begin(newEngine(t))
	o := b.place(t, 1)
	b.worker.On("order.placed", func(ctx context.Context, d outbox.Delivery) error {
		var p placed
		must(t, d.Into(&p))
		if p.Total == 1 { // somebody writes the document meanwhile
			_, err := b.orders.In(shop).Update(ctx, o.ID, func(o *order) error {
				o.Total = 99
				return o.Outbox.Add("order.placed", placed{Total: 2})
			})
			must(t, err)
		}
		return b.issue(ctx, d)
	})
	b.runOnce(t, 2)
	same(t, b.totals(t), []int{1, 2})
	got, err := b.orders.In(shop).Get(t.Context(), o.ID)
	must(t, err)
	same(t, got.Total, 99)
	same(t, got.Outbox, outbox.Pending{})
}

func TestForgetsTheEventsOfADocumentThatIsGone(t *testing.T) {
	t.Parallel()
	b := begin(newEngine(t))
	o := b.place(t, 1)
	b.worker.On("order.placed", func(ctx context.Context, d outbox.Delivery) error {
		return b.orders.In(shop).Delete(ctx, o.ID, 0)
	})
	b.runOnce(t, 1)
	b.runOnce(t, 0)
}

func TestStoppingIsNoFailureOfAnEvent(t *testing.T) {
	t.Parallel()
	b := begin(newEngine(t))
	o := b.place(t, 1, 2)
	ctx, cancel := context.WithCancel(t.Context())
	b.worker.On("order.placed", func(ctx context.Context, d outbox.Delivery) error {
		var p placed
		must(t, d.Into(&p))
		if p.Total == 2 {
			cancel()
			return ctx.Err()
		}
		return nil
	})
	delivered, err := b.worker.RunOnce(ctx)
	if delivered != 1 || !errors.Is(err, context.Canceled) {
		t.Fatalf("%d, %v", delivered, err)
	}
	got, err := b.orders.In(shop).Get(t.Context(), o.ID)
	must(t, err)
	same(t, len(got.Outbox.Events), 1) // the first was cleared all the same
	same(t, got.Outbox.Events[0].Attempts, 0)
}

func TestRunDeliversWhenNudgedAndWhenTimePasses(t *testing.T) {
	t.Parallel()
	for name, every := range map[string]time.Duration{"nudged": time.Hour, "by itself": time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := begin(newEngine(t))
			b.worker.Every = every
			told := make(chan string)
			b.worker.On("order.placed", func(_ context.Context, d outbox.Delivery) error {
				told <- d.Document
				return nil
			})
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				b.worker.Run(ctx)
			}()
			for range 3 {
				o := b.place(t, 1)
				if every == time.Hour {
					b.worker.Nudge()
					b.worker.Nudge()
				}
				same(t, <-told, o.ID)
			}
			stop()
			<-ended
		})
	}
}

func TestRefusesAPayloadThatCannotBeStored(t *testing.T) {
	t.Parallel()
	var p outbox.Pending
	if err := p.Add("odd", make(chan int)); err == nil {
		t.Fatal("added")
	}
	same(t, p, outbox.Pending{})
}
