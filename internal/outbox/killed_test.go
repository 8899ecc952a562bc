package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// mortal is an engine whose process dies after some more operations.
type mortal struct {
	store.Engine
	left int
}

var errDead = errors.New("the process is dead")

func (m *mortal) step() error {
	if m.left--; m.left < 0 {
		return errDead
	}
	return nil
}

func (m *mortal) Scan(ctx context.Context, span store.Span, visit store.Visit) error {
	if err := m.step(); err != nil {
		return err
	}
	return m.Engine.Scan(ctx, span, visit)
}

func (m *mortal) Get(ctx context.Context, c string, t store.Tenant, ids []string, visit store.Visit) error {
	if err := m.step(); err != nil {
		return err
	}
	return m.Engine.Get(ctx, c, t, ids, visit)
}

func (m *mortal) Insert(ctx context.Context, c string, records ...store.Record) error {
	if err := m.step(); err != nil {
		return err
	}
	return m.Engine.Insert(ctx, c, records...)
}

func (m *mortal) Replace(ctx context.Context, c string, r store.Record) error {
	if err := m.step(); err != nil {
		return err
	}
	return m.Engine.Replace(ctx, c, r)
}

func TestKilledAtAnyStepLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	finished := false
	for step := 0; !finished; step++ {
		t.Run(fmt.Sprintf("step %d", step), func(t *testing.T) {
			engine := newEngine(t)
			begin(engine).place(t, 1, 1000, 3)
			begin(engine).place(t, 4)

			dying := begin(&mortal{Engine: engine, left: step})
			dying.worker.On("order.placed", dying.issue)
			dying.worker.On("receipt.large", func(context.Context, outbox.Delivery) error { return nil })
			_, err := dying.worker.RunOnce(t.Context())
			finished = err == nil && dying.engine.(*mortal).left >= 0

			next := begin(engine)
			next.wait(24 * time.Hour) // what the dying one put off is due
			next.worker.On("order.placed", next.issue)
			next.worker.On("receipt.large", func(context.Context, outbox.Delivery) error { return nil })
			_, err = next.worker.RunOnce(t.Context())
			must(t, err)
			same(t, next.totals(t), []int{1, 1000, 3, 4})
			n, err := next.orders.CountAcrossTenants(t.Context(), store.Query{Index: "outbox-due", From: time.Unix(0, 0)})
			must(t, err)
			same(t, n, int64(0))
		})
	}
}

func TestDeliversAgainUnderTheSameIDWhenClearingFailed(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	b := begin(&mortal{Engine: engine, left: 2}) // the placing, one look; then it dies before clearing
	var delivered []string
	note := func(_ context.Context, d outbox.Delivery) error {
		delivered = append(delivered, d.ID)
		return nil
	}
	b.worker.On("order.placed", note)
	o := b.place(t, 1)
	if _, err := b.worker.RunOnce(t.Context()); !errors.Is(err, errDead) {
		t.Fatalf("got %v", err)
	}
	again := begin(engine)
	again.worker.On("order.placed", note)
	again.runOnce(t, 1)
	same(t, delivered, []string{o.Outbox.Events[0].ID, o.Outbox.Events[0].ID})
}
