package identity

import (
	"context"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// Keys of the words for ways to sign in and devices, which a mail puts in its reader's language.
const (
	methodTOTP     = "identity.method.totp"
	methodPasskey  = "identity.method.passkey"
	methodRecovery = "identity.method.recovery-codes"
	deviceUnknown  = "identity.device.unknown"
)

// follower is what must follow a change of how somebody signs in, in the same write: an act for the journal and a notice to
// the person (OWASP ASVS 5.0.0 6.3.7).
type follower struct {
	act    journal.Act
	notice mail.Message // without a kind: none
}

func (c *credentials) events() *outbox.Pending { return &c.Outbox }
func (p *Person) events() *outbox.Pending      { return &p.Outbox }

// Sources are the documents in which acts and mails wait, for the worker of the outbox.
func (s *Service) Sources() []outbox.Source {
	return []outbox.Source{
		outbox.From(s.structures, (*Structure).events), outbox.From(s.regions, (*Region).events), outbox.From(s.invitations, (*Invitation).events),
		outbox.From(s.people, (*Person).events), outbox.From(s.proofs.credentials, (*credentials).events), outbox.From(s.proofs.recoveries, (*recovery).events),
		outbox.From(s.correspondents, (*Correspondent).events), outbox.From(s.signIns, (*signIns).events),
		outbox.From(s.mailChanges, (*mailChange).events),
	}
}

// follow prepares what must follow a change that the person of a session makes.
func (s *Service) follow(ctx context.Context, session *Session, act string, notice mail.Kind, method string) (follower, error) {
	person, err := s.personByID(ctx, session.Person)
	if fault.KindOf(err) == fault.NotFound {
		return follower{act: journal.Act{Who: session.Person, Kind: act, When: s.Now()}}, nil
	}
	if err != nil {
		return follower{}, err
	}
	return follower{s.actOf(ctx, person, session.Structure, act), s.message(ctx, person, session.Structure, notice, method)}, nil
}

func (s *Service) actOf(ctx context.Context, person *Person, structure, kind string) journal.Act {
	who := Actor{Person: person.ID, Structure: structure, Request: browserOf(ctx).Request}
	if in, err := s.actorIn(ctx, person.ID, Membership{Structure: structure}); err == nil {
		who.Role = in.Role
	}
	return who.Act(kind, s.Now())
}

// message is a mail to the person, in the language that they read now. It has no kind where none can be sent: nobody's
// address, no address of the portal.
func (s *Service) message(ctx context.Context, person *Person, structure string, kind mail.Kind, method string) mail.Message {
	if kind == "" || person.Mail == "" || s.Site == "" {
		return mail.Message{}
	}
	zone := DefaultZone
	if found, err := s.structures.In(StructureTenant(structure)).Get(ctx, structure); err == nil && found.Zone != "" {
		zone = found.Zone
	}
	return mail.Message{
		Kind: kind, Language: browserOf(ctx).Language, To: mail.Address{Name: person.Name, Mail: person.Mail}, Person: person.ID,
		Link: s.Site + "/account", Method: method, When: s.Now(), Zone: zone,
	}
}

// following makes of a change one that what must follow it goes with.
func following[T any](f follower, events func(*T) *outbox.Pending, change func(*T) error) func(*T) error {
	return journal.Recording(f.act, events, func(doc *T) error {
		if err := change(doc); err != nil || f.notice.Kind == "" {
			return err
		}
		return events(doc).Add(mail.Requested, f.notice)
	})
}

// changeFollowed is changeCredentials with what must follow it.
func (s *Service) changeFollowed(ctx context.Context, person string, f follower, change func(*credentials) error) error {
	return s.changeCredentials(ctx, person, following(f, (*credentials).events, change))
}

// changePerson alters a person, with what must follow it.
func (s *Service) changePerson(ctx context.Context, person string, f follower, change func(*Person) error) error {
	_, err := s.people.In(store.System).Update(ctx, person, following(f, (*Person).events, change))
	return err
}
