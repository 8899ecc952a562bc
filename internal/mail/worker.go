package mail

// How exactly one message leaves for each letter.
//
// An attempt is five steps, each written down before the next:
//
//  1. claim: the letter is this attempt's for the length of a lease; other workers pass it by;
//  2. transmit: everything goes to the server but the line that ends it, without which it may not accept the message;
//  3. handing over: the letter says so, provided the claim still stands, which a second worker would have changed;
//  4. the end of the message, and the server's answer;
//  5. sent: the letter says so, and drops its link and all the message told.
//
// Killed before 3, the server has nothing: once the lease is over another attempt begins. Killed after 5, all is done.
// Killed between 3 and 5, which is one round trip, nobody on this side can know whether the server has the message: no
// protocol without a memory on the other side can. The letter is then Uncertain: it is not sent again by itself, so it is
// never doubled, and it is shown, so it is never lost in silence; a person sends it again or drops it. A server that is
// known to drop a Message-ID it has seen ("?deduplicates=yes") has that memory: then the letter is sent again by itself.

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/store"
)

// batch is how many due letters are read at a time.
const batch = 50

// errPassedBy tells that a letter is not this attempt's: another worker has it, or a person changed it.
var errPassedBy = errors.New("mail: the letter is not this attempt's")

// RunOnce makes an attempt at each letter that is due, one after the other, and tells how many the server took over. A
// server that cannot be used ends it without an error: the letters say why, and wait. Without a server it does nothing.
func (s *Service) RunOnce(ctx context.Context) (sent int, err error) {
	if !s.Configured() {
		return 0, nil
	}
	var errs []error
	for cursor := ""; ; {
		// Stored times are whole milliseconds, so what is due at this one is before the next.
		page, err := s.letters.AcrossTenants(ctx, store.Query{Index: dueIndex, To: s.Now().Add(time.Millisecond), Limit: batch, Cursor: cursor})
		if err != nil {
			return sent, errors.Join(append(errs, fmt.Errorf("look for letters: %w", err))...)
		}
		for _, letter := range page.Items {
			delivered, usable, err := s.attempt(ctx, letter)
			if delivered {
				sent++
			}
			if ctx.Err() != nil {
				return sent, ctx.Err()
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("letter %s: %w", letter.ID, err))
			}
			if !usable {
				return sent, errors.Join(errs...)
			}
		}
		if cursor = page.Next; cursor == "" {
			return sent, errors.Join(errs...)
		}
	}
}

// attempt takes a due letter one step on. usable is false when the server cannot be used for any letter.
func (s *Service) attempt(ctx context.Context, due *Letter) (delivered, usable bool, err error) {
	if due.State == Gathering {
		return false, true, s.gather(ctx, due)
	}
	in, claim := s.letters.In(due.Tenant()), store.NewID()
	letter, err := in.Update(ctx, due.ID, func(l *Letter) error { return s.claim(l, claim) })
	switch {
	case errors.Is(err, errPassedBy) || fault.KindOf(err) == fault.NotFound:
		return false, true, nil
	case err != nil:
		return false, true, fmt.Errorf("claim: %w", err)
	case letter.Claim != claim:
		s.Log.WarnContext(ctx, "a letter needs a person", "letter", letter.ID, "state", letter.State)
		return false, true, nil // it is over, or in doubt
	}
	e, err := s.options.compose(s.words, letter, s.Now())
	if err == nil {
		note := func(change func(*Letter) error) error {
			_, err := in.Update(context.WithoutCancel(ctx), letter.ID, change)
			return err
		}
		err = s.options.Server.deliver(ctx, e,
			func() error { return note(func(l *Letter) error { return l.handOver(claim, s.Now()) }) },
			func() error {
				delivered = true // whatever the store says
				return note(func(l *Letter) error { return l.arrive(claim, s.Now()) })
			})
	}
	switch {
	case delivered && errors.Is(err, errPassedBy): // a person was quicker to say what became of it
		return true, true, nil
	case delivered && err != nil: // it stays as being handed over, and is in doubt once the lease is over
		return true, true, fmt.Errorf("note that the server has it: %w", err)
	case delivered:
		return true, true, nil
	}
	usable, settled := s.settle(ctx, letter, claim, err)
	return false, usable, settled
}

// settle notes why an attempt failed, also when the program is told to stop, and tells whether the server is of use for
// other letters.
func (s *Service) settle(ctx context.Context, letter *Letter, claim string, cause error) (usable bool, err error) {
	noted, err := s.letters.In(letter.Tenant()).Update(context.WithoutCancel(ctx), letter.ID, func(l *Letter) error {
		return s.fail(l, claim, cause, ctx.Err() != nil)
	})
	var refused *refusal
	known := errors.As(cause, &refused)
	switch {
	case errors.Is(cause, errPassedBy) || errors.Is(err, errPassedBy):
		return true, nil
	case err != nil:
		return !known, fmt.Errorf("note what became of it: %w", err)
	case !known:
		return true, cause
	}
	s.Log.WarnContext(ctx, "a letter was not handed over", "letter", noted.ID, "kind", noted.Message.Kind, "state", noted.State,
		"reason", refused.Reason, "code", refused.Code, "attempts", noted.Attempts)
	return refused.Reason.ofOneLetter(), nil
}

// ofOneLetter tells whether a failure says nothing of the letters after this one.
func (r Reason) ofOneLetter() bool { return r == AddressBad || r == MessageBad || r == Later }

// claim makes a due letter an attempt's, or ends it when it is of no use any more or in doubt.
func (s *Service) claim(l *Letter, claim string) error {
	now := s.Now()
	if l.Due == nil || l.Due.After(now) || l.State != Waiting && l.State != HandingOver {
		return errPassedBy
	}
	if l.State == HandingOver && !s.options.Server.deduplicates {
		l.note(Failure{Reason: InDoubt}, now)
		l.enter(Uncertain, now, time.Time{})
		return nil
	}
	if l.giveUp(now, giveUpAfter+longestDelay) { // an attempt that fails gives up earlier: this one keeps killing the program
		return nil
	}
	if l.Attempts == 0 {
		l.Queued = now.UTC() // the days of patience count from the first attempt
	}
	if l.MessageID == "" {
		l.MessageID = s.options.messageID(l.ID)
	}
	l.enter(Waiting, now, now.Add(lease))
	l.Claim = claim
	l.Attempts++
	return nil
}

// handOver notes that the server is about to accept the letter. It is the fence: an attempt whose claim is gone stops here.
func (l *Letter) handOver(claim string, now time.Time) error {
	if l.State != Waiting || l.Claim != claim {
		return errPassedBy
	}
	l.enter(HandingOver, now, now.Add(lease))
	l.Claim = claim
	return nil
}

// arrive notes that the server has the letter.
func (l *Letter) arrive(claim string, now time.Time) error {
	if l.Claim != claim {
		return errPassedBy
	}
	l.Failure = nil
	l.enter(Sent, now, time.Time{})
	l.forget()
	return nil
}

// fail notes why an attempt at the letter failed.
func (s *Service) fail(l *Letter, claim string, cause error, stopping bool) error {
	if l.Claim != claim {
		return errPassedBy
	}
	now := s.Now()
	var refused *refusal
	switch known := errors.As(cause, &refused); {
	case known && refused.Reason == InDoubt:
		l.note(refused.Failure, now)
		if s.options.Server.deduplicates {
			l.enter(Waiting, now, now.Add(delay(l.Attempts)))
		} else {
			l.enter(Uncertain, now, time.Time{})
		}
	case stopping: // that is no attempt
		l.Attempts--
		l.enter(Waiting, now, now)
	case !known: // the store, or a defect of ours: it is in the log
		l.enter(Waiting, now, now.Add(delay(l.Attempts)))
	case refused.Reason == AddressBad || refused.Reason == MessageBad:
		l.note(refused.Failure, now)
		l.enter(Refused, now, time.Time{})
	default:
		l.note(refused.Failure, now)
		if !l.giveUp(now, giveUpAfter) {
			l.enter(Waiting, now, now.Add(delay(l.Attempts)))
		}
	}
	return nil
}

// compose makes the message of a letter as it goes over the wire.
func (o Options) compose(words *locale.Catalogue, l *Letter, now time.Time) (envelope, error) {
	m := l.Message
	said, err := render(words.In(m.Language), m, l.Digest, o.Site)
	if err != nil {
		return envelope{}, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(o.From)
	msg.AddToMailAddress(&netmail.Address{Name: m.To.Name, Address: m.To.Mail})
	msg.Subject(said.Subject)
	msg.SetMessageIDWithValue(l.MessageID)
	msg.SetDateWithValue(now)
	msg.SetGenHeader(gomail.HeaderContentLang, string(m.Language))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // so that nobody's holidays answer it (RFC 3834 §5)
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetBodyString(gomail.TypeTextPlain, said.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, said.HTML)
	return envelope{from: o.From.Address, to: m.To.Mail, content: msg}, nil
}
