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

// mailChange is a link that proves that somebody reads the address they want to have, under the hash of its token. One is
// kept, and leads nowhere, when the address is somebody else's: asking tells nobody who has an account.
type mailChange struct {
	store.Meta `bson:",inline"`
	Person     string         `bson:"person"` // empty: it changes nothing
	From       string         `bson:"from"`
	To         string         `bson:"to"`
	Expires    time.Time      `bson:"expires"`
	Outbox     outbox.Pending `bson:"outbox"`
}

func (x *mailChange) events() *outbox.Pending { return &x.Outbox }

var mailChangeSchema = store.Schema{Collection: "mail-changes", Shape: 1, Indexes: append([]store.Index{
	{Name: "expires", Fields: []string{"expires"}}, {Name: "person", Fields: []string{"person"}},
}, outbox.Indexes("outbox")...)}

// AskMailChange sends a link to the address that the person of a session wants to have; ConfirmMailChange takes it. It asks
// for a fresh session. fault.Problems when it is no address that can be written to, or the one that they have,
// fault.TooMany after too many.
func (s *Service) AskMailChange(ctx context.Context, token Token, address string) error {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	to, wrong := writableMail(address)
	if wrong != nil {
		return fault.Problems{*wrong}
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return err
	}
	if to == person.Mail {
		return fault.Problems{{Field: "mail", Key: "identity.mail-same"}}
	}
	now := s.Now()
	if err := s.attempts.allow(now, "mail-change "+person.ID, recoveriesPerAddress); err != nil {
		return err
	}
	link, err := newToken()
	if err != nil {
		return err
	}
	asked := &mailChange{Meta: store.Meta{ID: link.id()}, Expires: now.Add(recoveryFor)}
	owner, err := s.reservations.Owner(ctx, store.System, "mail", to)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return fmt.Errorf("find a person by mail: %w", err)
	}
	letter := s.message(ctx, person, session.Structure, mail.MailChange, "")
	if (err != nil || owner == person.ID) && letter.Kind != "" {
		asked.Person, asked.From, asked.To = person.ID, person.Mail, to
		letter.To.Mail, letter.Link, letter.Until = to, s.Site+"/account/address/"+string(link), asked.Expires
		if err := asked.Outbox.Add(mail.Requested, letter); err != nil {
			return err
		}
		if err := journal.Record(&asked.Outbox, s.actOf(ctx, person, session.Structure, "account.mail-change-asked")); err != nil {
			return err
		}
	}
	if err := s.mailChanges.In(store.System).Insert(ctx, asked); err != nil {
		return fmt.Errorf("keep a change of mail address: %w", err)
	}
	s.nudge()
	return nil
}

// MailChangeOf gives the address that a link of AskMailChange is for, to the person who asked:
// fault.NotFound("identity.mail-change-link") otherwise.
func (s *Service) MailChangeOf(ctx context.Context, token, link Token) (string, error) {
	x, err := s.mailChange(ctx, token, link)
	if err != nil {
		return "", err
	}
	return x.To, nil
}

func (s *Service) mailChange(ctx context.Context, token, link Token) (*mailChange, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return nil, err
	}
	x, err := s.mailChanges.In(store.System).Get(ctx, link.id())
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, fmt.Errorf("read a change of mail address: %w", err)
	}
	if err != nil || x.Person == "" || x.Person != session.Person || !s.Now().Before(x.Expires) {
		return nil, fault.NewNotFound("identity.mail-change-link")
	}
	return x, nil
}

// ConfirmMailChange gives the person who asked the address of a link, from now on the one to sign in with; the address
// before is told, and links of lost passwords that were sent there open nothing any more. Cut off, it may be sent again.
// fault.NotFound as of MailChangeOf, also when somebody else took the address meanwhile.
func (s *Service) ConfirmMailChange(ctx context.Context, token, link Token) error {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	x, err := s.mailChange(ctx, token, link)
	if err != nil {
		return err
	}
	if err := s.reservations.Reserve(ctx, store.System, "mail", x.To, x.Person); err != nil {
		if fault.KindOf(err) == fault.Conflict {
			return fault.NewNotFound("identity.mail-change-link").Because(err)
		}
		return fmt.Errorf("keep a mail address: %w", err)
	}
	follows, err := s.follow(ctx, session, "account.mail-changed", mail.MailChanged, "")
	if err != nil {
		return err
	}
	follows.notice.To.Mail = x.From
	person, err := s.personByID(ctx, x.Person)
	if err != nil {
		return err
	}
	if person.Mail == x.From {
		err = s.changePerson(ctx, x.Person, follows, func(p *Person) error {
			p.Mail = x.To
			return nil
		})
		if err != nil {
			return fmt.Errorf("change the mail address of person %s: %w", x.Person, err)
		}
	} else if person.Mail != x.To { // another link came first
		return fault.NewNotFound("identity.mail-change-link")
	}
	if err := s.reservations.Release(ctx, store.System, "mail", x.From, x.Person); err != nil {
		return fmt.Errorf("give a mail address back: %w", err)
	}
	if err := s.voidRecoveries(ctx, x.Person); err != nil {
		return err
	}
	_, err = s.mailChanges.In(store.System).Update(ctx, x.ID, func(x *mailChange) error {
		x.Person, x.From, x.To = "", "", ""
		return nil
	})
	if err != nil {
		return fmt.Errorf("close a change of mail address: %w", err)
	}
	s.nudge()
	return nil
}

// sweepMailChanges deletes the links that are over and that nothing waits in, a page at a time.
func (s *Service) sweepMailChanges(ctx context.Context) error {
	page, err := s.mailChanges.In(store.System).Scan(ctx, store.Query{Index: "expires", To: s.Now(), Limit: 500})
	if err != nil {
		return fmt.Errorf("sweep changes of mail addresses: %w", err)
	}
	for _, over := range page.Items {
		if over.Outbox.Due != nil || over.Outbox.Buried != nil {
			continue
		}
		err := s.mailChanges.In(store.System).Delete(ctx, over.ID, over.Version())
		if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Conflict {
			return fmt.Errorf("sweep changes of mail addresses: %w", err)
		}
	}
	return nil
}
