package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// The acts of signing in (OWASP ASVS 5.0.0 16.3.1). They go into the chain of the place that the session opens, or would
// have: its security officer reads them there.
const (
	SignedIn  = "account.signed-in"  // all that was owed is given; the object says by which proofs
	SignedOut = "account.signed-out" // by hand: a session that is over by itself is no act

	SignInFailed      = "account.sign-in-failed"       // the password was wrong
	SignInFailedOften = "account.sign-in-failed-often" // ten times or more in ten minutes
	ProofFailed       = "account.proof-failed"         // whoever came past the password, or has a session, gave a wrong proof
	ProofFailedOften  = "account.proof-failed-often"
)

// somebodyUnknown is who did what nobody proved to have done.
const somebodyUnknown = "somebody"

// signIns carries the acts of one person's sign-ins to one place until they are in its chain. It is apart from the person and
// from the place, so that a morning of sign-ins holds up neither.
type signIns struct {
	store.Meta `bson:",inline"` // the person's id
	Outbox     outbox.Pending   `bson:"outbox"`
}

func (x *signIns) events() *outbox.Pending { return &x.Outbox }

var signInSchema = store.Schema{Collection: "sign-ins", Shape: 1, Indexes: outbox.Indexes("outbox")}

// keepSignIn puts an act where the worker takes it from.
func (s *Service) keepSignIn(ctx context.Context, in Membership, person string, act journal.Act) error {
	record := func(x *signIns) error { return journal.Record(&x.Outbox, act) }
	docs := s.signIns.In(in.Tenant())
	_, err := docs.Update(ctx, person, record)
	if fault.KindOf(err) == fault.NotFound {
		first := &signIns{Meta: store.Meta{ID: person}}
		if err := record(first); err != nil {
			return err
		}
		if err = docs.Insert(ctx, first); fault.KindOf(err) == fault.Conflict {
			_, err = docs.Update(ctx, person, record)
		}
	}
	if err != nil {
		return fmt.Errorf("record a sign-in of person %s: %w", person, err)
	}
	s.nudge()
	return nil
}

// recordSignIn records that a session opens a place, by the proofs that it holds; nothing while it owes one. What cannot be
// recorded does not happen: the browser is not given the token.
func (s *Service) recordSignIn(ctx context.Context, x *Session) error {
	actor, err := s.actorIn(ctx, x.Person, Membership{x.Structure, x.Region})
	if err != nil {
		return err
	}
	if s.stateIn(x, actor.Role) != Full {
		return nil
	}
	actor.Request = browserOf(ctx).Request
	act := actor.Act(SignedIn, s.Now())
	methods := make([]string, len(x.Methods))
	for i, m := range x.Methods {
		methods[i] = string(m)
	}
	act.Object = "sign-ins/" + strings.Join(methods, "+")
	return s.keepSignIn(ctx, actor.Membership(), x.Person, act)
}

// recordSignOut records that a person ended their session. One that opened nothing any more leaves no act.
func (s *Service) recordSignOut(ctx context.Context, token Token) error {
	x, err := s.SessionOf(ctx, token)
	if err == nil {
		var actor Actor
		actor, err = s.actorIn(ctx, x.Person, Membership{x.Structure, x.Region})
		if err == nil {
			actor.Request = browserOf(ctx).Request
			act := actor.Act(SignedOut, s.Now())
			act.Object = "people/" + x.Person
			return s.keepSignIn(ctx, actor.Membership(), x.Person, act)
		}
	}
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// failures counts what failed on known accounts, in memory, so that a guess costs no write, takes the same time whoever has
// the address, and floods no chain: RecordFailures writes at most two acts a window for an account and a kind.
type failures struct {
	mu   sync.Mutex
	seen map[failure]*failed
}

type failure struct{ person, kind, often string }

type failed struct {
	start   time.Time
	count   int
	written string // the last act of this window
}

func newFailures() *failures { return &failures{seen: map[failure]*failed{}} }

func (f *failures) note(now time.Time, of failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.seen[of]
	if w == nil || now.Sub(w.start) >= attemptWindow {
		w = &failed{start: now}
		f.seen[of] = w
	}
	w.count++
}

// due gives the acts to be written now, and forgets the windows that are over.
func (f *failures) due(now time.Time) map[failure]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	acts := map[failure]string{}
	for of, w := range f.seen {
		kind := of.kind
		if w.count >= attemptsPerAccount {
			kind = of.often
		}
		if w.written != kind {
			acts[of], w.written = kind, kind
		} else if now.Sub(w.start) >= attemptWindow {
			delete(f.seen, of)
		}
	}
	return acts
}

func (s *Service) signInFailed(person string) {
	s.failures.note(s.Now(), failure{person, SignInFailed, SignInFailedOften})
}

// proofFailed counts a proof that was wrong, by what became of it.
func (s *Service) proofFailed(person string, err error) {
	if kind := fault.KindOf(err); err != nil && slices.Contains([]fault.Kind{fault.Invalid, fault.Forbidden, fault.TooMany}, kind) {
		s.failures.note(s.Now(), failure{person, ProofFailed, ProofFailedOften})
	}
}

// RecordFailures writes down what failed since it was last called: every minute, and when the program stops. A program that
// is killed loses the failures of its last minute, never a sign-in. Who is not known, the account is; where it belongs to
// several places, in the one that signing in would open.
func (s *Service) RecordFailures(ctx context.Context) error {
	now := s.Now()
	for of, kind := range s.failures.due(now) {
		person, err := s.personByID(ctx, of.person)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		place, err := s.firstPlace(ctx, person)
		if fault.KindOf(err) == fault.Invalid {
			continue // they belong nowhere any more
		}
		if err != nil {
			return err
		}
		act := journal.Act{Who: somebodyUnknown, Structure: place.Structure, Kind: kind, Object: "people/" + of.person, When: now}
		if err := s.keepSignIn(ctx, place, of.person, act); err != nil {
			return err
		}
	}
	return nil
}
