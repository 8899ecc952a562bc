package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// The methods of this file are for pages and for the command line. They take a tenant: whoever calls has asked whether the
// actor may see and move that tenant's letters, since permissions stand above this package. Letters to people about their
// own accounts belong to store.System, where people do.

// Note adds what is to follow a change of a letter, such as an entry of the journal, in the same write. It may run twice,
// each time on what the letter holds; nil adds nothing.
type Note func(*outbox.Pending) error

func (n Note) add(l *Letter) error {
	if n == nil {
		return nil
	}
	return n(&l.Events)
}

// Follow gives a worker what such notes bring about. It is called before the worker runs.
func (s *Service) Follow(events *outbox.Worker) {
	events.Register(outbox.From(s.letters, func(l *Letter) *outbox.Pending { return &l.Events }))
}

// Entry is a letter as a page shows it: no link, nothing of what the message says.
type Entry struct {
	ID        string
	Kind      Kind
	To        Address
	Structure string // name; may be empty
	State     State
	Changed   time.Time // when it came into its state
	Attempts  int
	Due       time.Time // of the next attempt; zero when there is none
	Failure   *Failure  // of the last attempt; nil when there was none
	HasLink   bool      // Link gives it
	CanSend   bool      // SendAgain would
	CanDrop   bool
}

func (s *Service) entry(t store.Tenant, l *Letter) Entry {
	e := Entry{
		ID: l.ID, Kind: l.Message.Kind, To: l.Message.To, Structure: l.Message.Structure, State: l.State, Changed: l.Changed,
		Attempts: l.Attempts, Failure: l.Failure, HasLink: l.showable(t, s.Now()) == nil,
		CanSend: s.Configured() && l.sendable(s.Now()) == nil, CanDrop: l.droppable() == nil,
	}
	if l.Due != nil {
		e.Due = *l.Due
	}
	return e
}

// List gives the letters of a tenant in a state, 50 a page, the last changed first; those in every state, the last made
// first, when the state is empty. A cursor of another list is fault.Invalid("store.bad-cursor").
func (s *Service) List(ctx context.Context, t store.Tenant, state State, cursor string) (store.Page[Entry], error) {
	query := store.Query{Descending: true, Cursor: cursor}
	if state != "" {
		query.Index, query.Equal = stateIndex, []any{state}
	}
	page, err := s.letters.In(t).Scan(ctx, query)
	if err != nil {
		return store.Page[Entry]{}, fmt.Errorf("list letters: %w", err)
	}
	entries := store.Page[Entry]{Next: page.Next}
	for _, letter := range page.Items {
		e := s.entry(t, letter)
		entries.Items = append(entries.Items, &e)
	}
	return entries, nil
}

// ToPerson gives the letters of a tenant to one person, in no order that matters.
func (s *Service) ToPerson(ctx context.Context, t store.Tenant, person string) ([]Entry, error) {
	var entries []Entry
	for cursor := ""; ; {
		page, err := s.letters.In(t).Scan(ctx, store.Query{Index: personIndex, Equal: []any{person}, Limit: 500, Cursor: cursor})
		if err != nil {
			return nil, fmt.Errorf("list the letters to person %s: %w", person, err)
		}
		for _, letter := range page.Items {
			entries = append(entries, s.entry(t, letter))
		}
		if cursor = page.Next; cursor == "" {
			return entries, nil
		}
	}
}

// Count is how many letters are in a state.
type Count struct {
	State State
	Count int64
}

// Counts counts the letters of a tenant in each state, in the order of States.
func (s *Service) Counts(ctx context.Context, t store.Tenant) ([]Count, error) {
	var counts []Count
	for _, state := range States() {
		n, err := s.letters.In(t).Count(ctx, store.Query{Index: stateIndex, Equal: []any{state}})
		if err != nil {
			return nil, fmt.Errorf("count letters: %w", err)
		}
		counts = append(counts, Count{state, n})
	}
	return counts, nil
}

// Find gives one letter of a tenant; fault.NotFound when there is none.
func (s *Service) Find(ctx context.Context, t store.Tenant, id string) (Entry, error) {
	letter, err := s.letters.In(t).Get(ctx, id)
	if err != nil {
		return Entry{}, fmt.Errorf("read letter %s: %w", id, err)
	}
	return s.entry(t, letter), nil
}

// Link gives the link of a letter, to be passed on by other means. It is shown to one person who asked for it, and never
// logged; note keeps that it was shown. fault.NotFound when there is no such letter, or no link in it any more ("mail.no-link"); fault.Forbidden
// ("mail.personal-link") for the link of an account's recovery, which opens somebody else's account, outside of
// store.System.
func (s *Service) Link(ctx context.Context, t store.Tenant, id string, note Note) (string, error) {
	letter, err := s.letters.In(t).Update(ctx, id, func(l *Letter) error {
		if err := l.showable(t, s.Now()); err != nil {
			return err
		}
		return note.add(l)
	})
	if err != nil {
		return "", fmt.Errorf("show the link of letter %s: %w", id, err)
	}
	return letter.Message.Link, nil
}

// showable tells whether the link of a letter may be shown to those who see the letters of a tenant.
func (l *Letter) showable(t store.Tenant, now time.Time) error {
	switch {
	case l.Message.Link == "" || l.expired(now):
		return fault.NewNotFound("mail.no-link")
	case l.Message.Kind == Recovery && t != store.System:
		return fault.NewForbidden("mail.personal-link")
	}
	return nil
}

// SendAgain makes a letter due at once, whether it waits or stopped short: held, in doubt, refused, given up. It goes out
// under the Message-ID it had. fault.Conflict when there is no server ("mail.no-server"), when it is being handed over
// ("mail.handing-over"), or when it left, was dropped or its link ended ("mail.over").
func (s *Service) SendAgain(ctx context.Context, t store.Tenant, id string, note Note) error {
	if !s.Configured() {
		return fault.NewConflict("mail.no-server")
	}
	_, err := s.letters.In(t).Update(ctx, id, func(l *Letter) error {
		now := s.Now()
		if err := l.sendable(now); err != nil {
			return err
		}
		l.Attempts, l.Queued = 0, now.UTC()
		l.enter(Waiting, now, now)
		return note.add(l)
	})
	if err != nil {
		return fmt.Errorf("send letter %s again: %w", id, err)
	}
	s.Nudge()
	return nil
}

// Drop withdraws a letter, with its link. fault.Conflict when it is being handed over ("mail.handing-over") or is over
// ("mail.over").
func (s *Service) Drop(ctx context.Context, t store.Tenant, id string, note Note) error {
	_, err := s.letters.In(t).Update(ctx, id, func(l *Letter) error {
		if err := l.droppable(); err != nil {
			return err
		}
		l.enter(Dropped, s.Now(), time.Time{})
		l.forget()
		return note.add(l)
	})
	if err != nil {
		return fmt.Errorf("drop letter %s: %w", id, err)
	}
	return nil
}

func (l *Letter) sendable(now time.Time) error {
	if err := l.droppable(); err != nil {
		return err
	}
	if _, err := ValidAddress(l.Message.To.Mail); err != nil {
		return err
	}
	if l.expired(now) || l.Message.check() != nil && l.Message.Kind != digest {
		return fault.NewConflict("mail.over")
	}
	return nil
}

func (l *Letter) droppable() error {
	switch l.State {
	case HandingOver:
		return fault.NewConflict("mail.handing-over")
	case Sent, Gathered, Dropped:
		return fault.NewConflict("mail.over")
	}
	return nil
}

// keep is how long a letter that is over stays to be seen: three months.
const keep = 90 * 24 * time.Hour

// Sweep deletes the letters that have been over for three months, a page at a time.
func (s *Service) Sweep(ctx context.Context) error {
	page, err := s.letters.AcrossTenants(ctx, store.Query{Index: overIndex, From: time.Unix(0, 0), To: s.Now().Add(-keep), Limit: 500})
	if err != nil {
		return fmt.Errorf("sweep letters: %w", err)
	}
	for _, letter := range page.Items {
		err := s.letters.In(letter.Tenant()).Delete(ctx, letter.ID, letter.Version())
		if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Conflict {
			return fmt.Errorf("sweep letter %s: %w", letter.ID, err)
		}
	}
	return nil
}
