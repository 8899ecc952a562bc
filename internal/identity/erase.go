package identity

import (
	"context"
	"fmt"
	"slices"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// PersonErased is the act of an account that was erased (GDPR art. 17), and the event by which whoever keeps a copy of the
// name forgets it. The journal names the person by reference alone: it stays as it is, and leads to nobody.
const PersonErased = "people.erased"

// Erased is what the event tells: who, and what copies of them may say. It goes once it is delivered.
type Erased struct {
	Person string       `bson:"person"`
	Name   string       `bson:"name"`
	Mail   string       `bson:"mail"`
	Places []Membership `bson:"places"` // where they belonged, now or before
}

// Erase erases the account of the person of a session, which must be fresh, and strong where a second factor exists.
// fault.Conflict("identity.erase-last-administrator") where nobody else administers a place of theirs.
func (s *Service) Erase(ctx context.Context, token Token) error {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return err
	}
	act := Actor{Person: person.ID, Request: browserOf(ctx).Request}.Act(PersonErased, s.Now())
	return s.erase(ctx, person, act)
}

// EraseByMail erases the account of an address, for whoever runs the machine: the command line asks nobody else.
// fault.NotFound("identity.nobody-has") when nobody has it; its other errors are those of Erase.
func (s *Service) EraseByMail(ctx context.Context, address string) error {
	key, _ := validMail(address)
	person, err := s.byMail(ctx, key)
	if fault.KindOf(err) == fault.NotFound {
		return fault.NewNotFound("identity.nobody-has", "mail", address)
	}
	if err != nil {
		return err
	}
	return s.erase(ctx, person, Actor{Role: LocalOperator}.Act(PersonErased, s.Now()))
}

// erase takes out of the account all that says who it was, in one write; what is elsewhere follows by the event. The account
// stays as a reference without a name, so that nothing which names it by reference breaks.
func (s *Service) erase(ctx context.Context, person *Person, act journal.Act) error {
	for _, m := range person.Memberships {
		place, err := s.placeOf(ctx, m)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if at := indexOf(place.members, person.ID); at >= 0 && administers(place.members[at].Role) && administrators(place.members) == 1 {
			return fault.NewConflict("identity.erase-last-administrator", "place", place.name)
		}
	}
	_, err := s.people.In(store.System).Update(ctx, person.ID, journal.Recording(act, (*Person).events, func(p *Person) error {
		event := Erased{p.ID, p.Name, p.Mail, append(slices.Clone(p.Memberships), p.Former...)}
		p.Name, p.Mail, p.Password, p.Erased = "", "", "", act.When
		return p.Outbox.Add(PersonErased, event)
	}))
	if err != nil {
		return fmt.Errorf("erase person %s: %w", person.ID, err)
	}
	if _, err := s.EndSessionsOf(ctx, person.ID); err != nil {
		return err
	}
	s.nudge()
	return nil
}

// forget takes away what this package keeps of somebody who was erased. Done again, it finds nothing more.
func (s *Service) forget(ctx context.Context, d outbox.Delivery) error {
	var gone Erased
	if err := d.Into(&gone); err != nil {
		return err
	}
	if _, err := s.EndSessionsOf(ctx, gone.Person); err != nil {
		return err
	}
	for _, m := range gone.Places {
		if err := s.takeOut(ctx, gone.Person, m); err != nil {
			return err
		}
	}
	if err := s.forgetProofs(ctx, gone.Person); err != nil {
		return err
	}
	if gone.Mail != "" {
		if err := s.reservations.Release(ctx, store.System, "mail", gone.Mail, gone.Person); err != nil {
			return fmt.Errorf("release the address of person %s: %w", gone.Person, err)
		}
	}
	_, err := s.people.In(store.System).Update(ctx, gone.Person, func(p *Person) error {
		p.Memberships, p.Former = nil, nil
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget where person %s worked: %w", gone.Person, err)
	}
	return nil
}

// takeOut ends the membership of somebody who was erased, where there still is one.
func (s *Service) takeOut(ctx context.Context, person string, m Membership) error {
	place, err := s.placeOf(ctx, m)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil || indexOf(place.members, person) < 0 {
		return err
	}
	actor := Actor{Person: person, Structure: m.Structure, Region: place.region}
	act := actor.Act(PersonLeft, s.Now())
	act.Object = "people/" + person
	return s.changeMembers(ctx, actor, act, func(members []Member, _ *outbox.Pending) ([]Member, error) {
		return slices.DeleteFunc(members, func(one Member) bool { return one.Person == person }), nil
	})
}

// forgetProofs takes away the proofs of somebody who was erased, and what is reserved for them.
func (s *Service) forgetProofs(ctx context.Context, person string) error {
	kept, err := s.credentialsOf(ctx, person)
	if err != nil {
		return err
	}
	for _, key := range kept.Passkeys {
		if err := s.reservations.Release(ctx, store.System, "passkey", key.text(), person); err != nil {
			return fmt.Errorf("release a passkey: %w", err)
		}
	}
	for _, a := range kept.Accounts {
		if err := s.reservations.Release(ctx, store.System, subjectUse, subjectKey(a.Issuer, a.Sub), person); err != nil {
			return fmt.Errorf("release an account: %w", err)
		}
	}
	if kept.ID != "" {
		_, err = s.proofs.credentials.In(store.System).Update(ctx, person, func(c *credentials) error {
			*c = credentials{Meta: c.Meta, Reset: c.Reset, Outbox: c.Outbox} // what waits there is of references alone, but for notices
			return nil
		})
		if err != nil {
			return fmt.Errorf("forget the proofs of person %s: %w", person, err)
		}
	}
	return s.voidRecoveries(ctx, person)
}
