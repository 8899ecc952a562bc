package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/store"
)

// An event that failed is tried again after firstDelay, then after twice as long each time, up to longestDelay:
// with maxAttempts that is some twelve hours in all. Then it is a dead letter.
const (
	firstDelay   = 30 * time.Second
	longestDelay = 4 * time.Hour
	maxAttempts  = 12
)

// pollEvery is how often Run looks for events that come due without a Nudge.
const pollEvery = 15 * time.Second

// errorLength is how much of a failure is kept in the event, in bytes.
const errorLength = 500

// Delivery is an event on its way to a listener, and the document it waited in.
type Delivery struct {
	Event
	Tenant     store.Tenant
	Collection string
	Document   string // its id
}

// Listener carries out one kind of event. It may be given the same event again, also when it succeeded: it is
// idempotent by the event's id, for instance by inserting a document under that id. An error brings the event back
// later.
type Listener func(ctx context.Context, d Delivery) error

// Worker delivers the events of its sources. Register and On are called before it runs.
type Worker struct {
	Now   func() time.Time // nil stands for time.Now
	Log   *slog.Logger     // nil stands for slog.Default
	Every time.Duration    // between two looks of Run; 0 stands for 15 seconds

	sources   []Source
	listeners map[string][]Listener
	nudged    chan struct{}
}

// NewWorker makes a worker on the machine's clock.
func NewWorker() *Worker {
	return &Worker{Now: time.Now, Every: pollEvery, listeners: map[string][]Listener{}, nudged: make(chan struct{}, 1)}
}

// Register adds collections to look at.
func (w *Worker) Register(sources ...Source) { w.sources = append(w.sources, sources...) }

// On adds a listener for a kind. Those of one kind are called in the order they were added.
func (w *Worker) On(kind string, l Listener) { w.listeners[kind] = append(w.listeners[kind], l) }

// Nudge makes Run look at once: there is something new. It never waits.
func (w *Worker) Nudge() {
	select {
	case w.nudged <- struct{}{}:
	default: // one is under way already
	}
}

// Run delivers until the context ends. What goes wrong is logged and tried again.
func (w *Worker) Run(ctx context.Context) {
	every := w.Every
	if every <= 0 {
		every = pollEvery
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if _, err := w.RunOnce(ctx); err != nil && ctx.Err() == nil {
			w.log().ErrorContext(ctx, "delivering events", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-w.nudged:
		case <-ticker.C:
		}
	}
}

// RunOnce delivers whatever is due, and what the listeners add meanwhile, and tells how many events were delivered.
// A listener that fails is no error of RunOnce; a store that does is.
func (w *Worker) RunOnce(ctx context.Context) (int, error) {
	total := 0
	for {
		delivered, err := w.pass(ctx)
		total += delivered
		if err != nil || delivered == 0 {
			return total, err
		}
	}
}

// pass goes once over the sources.
func (w *Worker) pass(ctx context.Context) (delivered int, err error) {
	now := w.now()
	var errs []error
	for _, s := range w.sources {
		for cursor := ""; ; {
			found, next, err := s.due(ctx, now, cursor)
			if err != nil {
				return delivered, errors.Join(append(errs, fmt.Errorf("looking for events in %s: %w", s.name(), err))...)
			}
			for _, doc := range found {
				n, err := w.deliver(ctx, s, doc, now)
				delivered += n
				if ctx.Err() != nil {
					return delivered, ctx.Err()
				}
				if err != nil {
					errs = append(errs, fmt.Errorf("clearing events of %s %s: %w", s.name(), doc.id, err))
				}
			}
			if cursor = next; cursor == "" {
				break
			}
		}
	}
	return delivered, errors.Join(errs...)
}

// deliver gives the due events of a document to their listeners, then notes in the document how that went.
func (w *Worker) deliver(ctx context.Context, s Source, doc waiting, now time.Time) (int, error) {
	outcomes := map[string]error{}
	delivered := 0
	for _, event := range doc.pending.Events {
		if event.Due.After(now) {
			continue
		}
		err := w.tell(ctx, Delivery{Event: event, Tenant: doc.tenant, Collection: s.name(), Document: doc.id})
		if err != nil && ctx.Err() != nil {
			break // the worker is stopping: that is no failure of the event
		}
		outcomes[event.ID] = err
		if err == nil {
			delivered++
			continue
		}
		w.log().WarnContext(ctx, "an event failed", "kind", event.Kind, "event", event.ID, "collection", s.name(), "document", doc.id, "attempts", event.Attempts+1, "error", err)
	}
	if len(outcomes) == 0 {
		return 0, nil
	}
	// What was delivered is cleared even when the worker is told to stop, else it would be delivered again.
	return delivered, s.settle(context.WithoutCancel(ctx), doc.tenant, doc.id, func(p *Pending) { p.note(outcomes, now) })
}

// tell calls the listeners of an event. One that panics has failed.
func (w *Worker) tell(ctx context.Context, d Delivery) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a listener panicked: %v", r)
		}
	}()
	listeners := w.listeners[d.Kind]
	if len(listeners) == 0 {
		return errors.New("nothing listens to this kind")
	}
	for _, l := range listeners {
		if err := l(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// note clears the events that were delivered, puts off those that failed, and gives up those that failed too often.
func (p *Pending) note(outcomes map[string]error, now time.Time) {
	var waiting []Event
	for _, event := range p.Events {
		err, tried := outcomes[event.ID]
		switch {
		case !tried:
			waiting = append(waiting, event)
			continue
		case err == nil:
			continue
		}
		event.Attempts++
		event.LastError = shorten(err.Error())
		event.Due = now.Add(delay(event.Attempts)).UTC()
		if event.Attempts < maxAttempts {
			waiting = append(waiting, event)
			continue
		}
		buried := now.UTC()
		p.Dead, p.Buried = append(p.Dead, event), &buried
	}
	p.Events = waiting
	p.settle()
}

// delay is how long an event waits after that many failed attempts.
func delay(attempts int) time.Duration {
	wait := firstDelay
	for range attempts - 1 {
		if wait *= 2; wait >= longestDelay {
			return longestDelay
		}
	}
	return wait
}

func shorten(text string) string {
	if len(text) <= errorLength {
		return text
	}
	return strings.ToValidUTF8(text[:errorLength], "")
}

func (w *Worker) now() time.Time {
	if w.Now == nil {
		return time.Now()
	}
	return w.Now()
}

func (w *Worker) log() *slog.Logger {
	if w.Log == nil {
		return slog.Default()
	}
	return w.Log
}
