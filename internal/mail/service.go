package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// Options are where letters leave from.
type Options struct {
	Server *Server          // nil: letters are held, and people pass their links on
	From   *netmail.Address // needed with a server
	Site   string           // the portal's public address, which footers tell; may be empty
}

// Service keeps letters, hands them over, and tells how they are.
type Service struct {
	Now func() time.Time
	Log *slog.Logger

	options     Options
	words       *locale.Catalogue
	letters     *store.Collection[Letter]
	preferences *store.Collection[Preferences]
	nudged      chan struct{}
}

// New gives the service on an engine.
func New(engine store.Engine, words *locale.Catalogue, o Options, log *slog.Logger, now func() time.Time) *Service {
	return &Service{
		Now: now, Log: log, options: o, words: words,
		letters:     store.NewCollection[Letter](engine, letterSchema),
		preferences: store.NewCollection[Preferences](engine, preferencesSchema),
		nudged:      make(chan struct{}, 1),
	}
}

// Configured tells whether there is a server: without one, pages show links to copy.
func (s *Service) Configured() bool { return s.options.Server != nil }

// Listen is the outbox's listener for Requested: it keeps the message as a letter under the event's id, in the tenant of the
// document that the event waited in. An event that comes again changes nothing. A message whose address no server would
// take becomes a refused letter, which people see; one that lacks what its kind needs is an error.
func (s *Service) Listen(ctx context.Context, d outbox.Delivery) error {
	var m Message
	if err := d.Into(&m); err != nil {
		return err
	}
	return s.Keep(ctx, d.Tenant, d.ID, m)
}

// Keep keeps a message as a letter of a tenant under an id that whoever asks for it made of what it is about, so that
// asking twice makes one letter. Listen says what becomes of it.
func (s *Service) Keep(ctx context.Context, t store.Tenant, id string, m Message) error {
	m = m.clean()
	if err := m.check(); err != nil {
		return err
	}
	choice, err := s.choice(ctx, m)
	if err != nil || choice == Never {
		return err
	}
	letter := &Letter{Meta: store.Meta{ID: id}, Message: m}
	s.queue(letter, choice, s.Now())
	if err := s.letters.In(t).Insert(ctx, letter); err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("keep letter %s: %w", id, err)
	}
	s.Nudge()
	return nil
}

// queue brings a new letter to where it waits.
func (s *Service) queue(l *Letter, choice Choice, now time.Time) {
	l.Queued = now.UTC()
	_, err := ValidAddress(l.Message.To.Mail)
	switch {
	case err != nil:
		l.note(Failure{Reason: AddressBad}, now)
		l.enter(Refused, now, time.Time{})
	case !s.Configured():
		l.note(Failure{Reason: NoServer}, now)
		l.enter(Held, now, time.Time{})
	case choice == Daily:
		l.enter(Gathering, now, nextDigest(now, l.Message.location()))
	default:
		l.enter(Waiting, now, now)
	}
}

// SendTest sends a test message at once, without a store, and tells what went wrong: fault.Invalid("mail.address"),
// fault.Conflict("mail.no-server"), or fault.Unavailable("mail.not-sent") with the reason and what the server or the
// network said.
func SendTest(ctx context.Context, words *locale.Catalogue, o Options, l locale.Language, to string) error {
	to, err := ValidAddress(to)
	if err != nil {
		return err
	}
	if o.Server == nil {
		return fault.NewConflict("mail.no-server")
	}
	letter := &Letter{Meta: store.Meta{ID: store.NewID()}, Message: Message{Kind: Test, Language: l, To: Address{Mail: to}}}
	letter.MessageID = o.messageID(letter.ID)
	e, err := o.compose(words, letter, time.Now())
	if err != nil {
		return err
	}
	nothing := func() error { return nil }
	err = o.Server.deliver(ctx, e, nothing, nothing)
	var refused *refusal
	if errors.As(err, &refused) {
		return fault.NewUnavailable("mail.not-sent", "why", refused.Reason.Key(), "answer", refused.Text).Because(err)
	}
	return err
}

// messageID is the idempotency key of a letter as mail servers and programs know it: the letter's id at the sender's domain.
func (o Options) messageID(id string) string {
	domain := o.From.Address[strings.LastIndex(o.From.Address, "@")+1:]
	return id + "@" + domain
}

// Nudge makes Run look at once: there is a new letter. It never waits.
func (s *Service) Nudge() {
	select {
	case s.nudged <- struct{}{}:
	default: // one is under way already
	}
}

// pollEvery is how often Run looks for letters that come due.
const (
	pollEvery  = 15 * time.Second
	sweepEvery = time.Hour
)

// Run hands letters over until the context ends. What goes wrong is logged and tried again.
func (s *Service) Run(ctx context.Context) {
	poll, sweep := time.NewTicker(pollEvery), time.NewTicker(sweepEvery)
	defer poll.Stop()
	defer sweep.Stop()
	report := func(doing string, err error) {
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, doing, "error", err)
		}
	}
	report("sweeping letters", s.Sweep(ctx))
	for {
		_, err := s.RunOnce(ctx)
		report("handing letters over", err)
		select {
		case <-ctx.Done():
			return
		case <-s.nudged:
		case <-poll.C:
		case <-sweep.C:
			report("sweeping letters", s.Sweep(ctx))
		}
	}
}
