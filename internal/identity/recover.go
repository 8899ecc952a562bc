package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// A link that lets somebody in who has lost their password: sent by mail, once, for an hour (OWASP ASVS 5.0.0 6.4.3, 6.5.1,
// 6.6.2). It stands in for the password alone.
const (
	recoveryFor          = time.Hour
	recoveriesPerAddress = 3 // mails in attemptWindow
)

// recovery is a link that was asked for, under the hash of its token. One is kept for an address that nobody has, too, so
// that asking costs the same.
type recovery struct {
	store.Meta `bson:",inline"`
	Person     string         `bson:"person"` // empty: the link opens nothing
	Expires    time.Time      `bson:"expires"`
	Used       time.Time      `bson:"used"` // zero: not yet
	Outbox     outbox.Pending `bson:"outbox"`
}

func (r *recovery) events() *outbox.Pending { return &r.Outbox }

var recoverySchema = store.Schema{Collection: "recoveries", Shape: 1, Indexes: append([]store.Index{
	{Name: "expires", Fields: []string{"expires"}}, {Name: "person", Fields: []string{"person"}},
}, outbox.Indexes("outbox")...)}

// AskRecovery sends a link to whoever has this mail address. What comes back and the work done are the same whether
// somebody has it or not (OWASP ASVS 5.0.0 6.3.8), and when that address was sent enough already. fault.Problems when it is
// no address, fault.TooMany after too many from this network.
func (s *Service) AskRecovery(ctx context.Context, address, network string) error {
	key, ok := validMail(address)
	if !ok {
		return fault.Problems{{Field: "mail", Key: "identity.mail"}}
	}
	now := s.Now()
	if err := s.attempts.allow(now, "recovery-asked "+network, attemptsPerNetwork); err != nil {
		return err
	}
	enough := s.attempts.allow(now, "recovery-asked-for "+key, recoveriesPerAddress) != nil
	link, err := newToken()
	if err != nil {
		return err
	}
	person, known, err := s.somebody(ctx, key)
	if err != nil {
		return err
	}
	structure := person.Memberships[0].Structure
	letter := s.message(ctx, person, structure, mail.Recovery, "")
	letter.Link, letter.Until = s.Site+"/sign-in/recover/"+string(link), now.Add(recoveryFor)
	act := s.actOf(ctx, person, structure, "account.recovery-asked")
	asked := &recovery{Meta: store.Meta{ID: link.id()}, Expires: now.Add(recoveryFor)}
	if known && !enough && letter.Kind != "" {
		asked.Person = person.ID
		if err := journal.Record(&asked.Outbox, act); err != nil {
			return err
		}
		if err := asked.Outbox.Add(mail.Requested, letter); err != nil {
			return err
		}
	}
	if err := s.proofs.recoveries.In(store.System).Insert(ctx, asked); err != nil {
		return fmt.Errorf("keep a recovery link: %w", err)
	}
	return nil
}

// somebody gives the person of a mail address, or one who does not exist, after the same reads.
func (s *Service) somebody(ctx context.Context, address string) (*Person, bool, error) {
	id, err := s.reservations.Owner(ctx, store.System, "mail", address)
	if fault.KindOf(err) == fault.NotFound {
		id, err = store.NewID(), nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find a person by mail: %w", err)
	}
	person, err := s.people.In(store.System).Get(ctx, id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, false, fmt.Errorf("read person %s: %w", id, err)
	}
	if err != nil || len(person.Memberships) == 0 {
		return &Person{Meta: store.Meta{ID: id}, Mail: address, Memberships: []Membership{{Structure: store.NewID()}}}, false, nil
	}
	return person, true, nil
}

// CheckRecovery tells whether a link can still be used, and uses nothing up: a mail scanner opens links too.
// fault.NotFound("identity.recovery-link") otherwise, fault.TooMany after too many tries from a network.
func (s *Service) CheckRecovery(ctx context.Context, link Token, network string) error {
	if err := s.attempts.allow(s.Now(), "recovery-link "+network, attemptsPerNetwork); err != nil {
		return err
	}
	found, err := s.proofs.recoveries.In(store.System).Get(ctx, link.id())
	if err != nil {
		return fault.NewNotFound("identity.recovery-link").Because(err)
	}
	return found.open(s.Now())
}

func (r *recovery) open(now time.Time) error {
	if r.Person == "" || !r.Used.IsZero() || !now.Before(r.Expires) {
		return fault.NewNotFound("identity.recovery-link")
	}
	return nil
}

// Recover uses a link up, with all others of its person, and opens a session that can choose a new password and nothing
// else; where a second factor is set up, it gives that first. Its errors are those of CheckRecovery.
func (s *Service) Recover(ctx context.Context, link Token, network string) (Token, error) {
	if err := s.CheckRecovery(ctx, link, network); err != nil {
		return "", err
	}
	used, err := s.proofs.recoveries.In(store.System).Update(ctx, link.id(), func(r *recovery) error {
		if err := r.open(s.Now()); err != nil {
			return err
		}
		r.Used = s.Now()
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := s.voidRecoveries(ctx, used.Person); err != nil {
		return "", err
	}
	person, err := s.personByID(ctx, used.Person)
	if err != nil {
		return "", err
	}
	if len(person.Memberships) == 0 {
		return "", fault.NewNotFound("identity.recovery-link")
	}
	return s.open(ctx, person, ByRecoveryLink)
}

// voidRecoveries makes the links of a person open nothing any more.
func (s *Service) voidRecoveries(ctx context.Context, person string) error {
	in := s.proofs.recoveries.In(store.System)
	for cursor := ""; ; {
		page, err := in.Scan(ctx, store.Query{Index: "person", Equal: []any{person}, Limit: 500, Cursor: cursor})
		if err != nil {
			return fmt.Errorf("list the recovery links of person %s: %w", person, err)
		}
		for _, found := range page.Items {
			if !found.Used.IsZero() {
				continue
			}
			_, err := in.Update(ctx, found.ID, func(r *recovery) error {
				r.Used = s.Now()
				return nil
			})
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return fmt.Errorf("end a recovery link of person %s: %w", person, err)
			}
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}

// sweepRecoveries deletes the links that are over and that nothing waits in, a page at a time.
func (s *Service) sweepRecoveries(ctx context.Context) error {
	page, err := s.proofs.recoveries.In(store.System).Scan(ctx, store.Query{Index: "expires", To: s.Now(), Limit: 500})
	if err != nil {
		return fmt.Errorf("sweep recovery links: %w", err)
	}
	for _, over := range page.Items {
		if over.Outbox.Due != nil || over.Outbox.Buried != nil {
			continue
		}
		if err := s.proofs.recoveries.In(store.System).Delete(ctx, over.ID, over.Version()); err != nil && fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Conflict {
			return fmt.Errorf("sweep recovery links: %w", err)
		}
	}
	return nil
}
