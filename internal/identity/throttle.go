package identity

import (
	"sync"
	"time"

	"github.com/garant-sante/garant/internal/fault"
)

// Attempts allowed in a window: on an account from one network, from a network on all accounts, and on an account from
// everywhere. A stranger who knows an address runs into the first and leaves its owner, who comes from elsewhere, in peace;
// it takes ten networks that keep at it to hold an account shut.
const (
	attemptWindow      = 10 * time.Minute
	attemptsPerAccount = 10
	attemptsPerNetwork = 40
	attemptsOnAccount  = 100
	maxWatched         = 100_000
)

// throttle counts attempts in memory; a restart forgets them.
type throttle struct {
	mu   sync.Mutex
	seen map[string]window
}

type window struct {
	start time.Time
	count int
}

func newThrottle() *throttle { return &throttle{seen: map[string]window{}} }

// allow counts one attempt and refuses it beyond the limit with fault.TooMany.
func (t *throttle) allow(now time.Time, key string, limit int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.seen) > maxWatched {
		t.forget(now)
	}
	w := t.seen[key]
	if now.Sub(w.start) >= attemptWindow {
		w = window{start: now}
	}
	w.count++
	t.seen[key] = w
	if w.count > limit {
		wait := w.start.Add(attemptWindow).Sub(now)
		return fault.NewTooMany("identity.too-many", "count", int(wait.Minutes())+1)
	}
	return nil
}

// giveBack takes one attempt off the count: a success is none. A hospital signs in from one address.
func (t *throttle) giveBack(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w := t.seen[key]; w.count > 0 {
		w.count--
		t.seen[key] = w
	}
}

// clear forgets the attempts of a key after a success.
func (t *throttle) clear(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.seen, key)
}

func (t *throttle) forget(now time.Time) {
	for key, w := range t.seen {
		if now.Sub(w.start) >= attemptWindow {
			delete(t.seen, key)
		}
	}
	if len(t.seen) > maxWatched {
		t.seen = map[string]window{}
	}
}
