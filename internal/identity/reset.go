package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// FactorsReset is the act of taking away a second factor that a member lost, and the event that carries it out.
const FactorsReset = "people.factors-reset"

// factorsReset is the payload of the event.
type factorsReset struct {
	Person string    `bson:"person"`
	At     time.Time `bson:"at"`
}

// MayResetFactors tells whether the actor may take away the second factor that a member lost, and gives that member.
// fault.NotFound for somebody of elsewhere, fault.Invalid("identity.reset-own") for oneself,
// fault.Forbidden("identity.reset-elsewhere") for somebody who belongs to a place that the actor does not administer too:
// the account is the same everywhere, and nobody weakens what protects a place where they decide nothing;
// fault.Conflict("identity.reset-nothing") when there is none.
func (s *Service) MayResetFactors(ctx context.Context, actor Actor, person string) (Colleague, error) {
	if err := Require(actor, EditPeople, actor.Place()); err != nil {
		return Colleague{}, err
	}
	if person == actor.Person {
		return Colleague{}, fault.NewInvalid("identity.reset-own")
	}
	here, err := s.placeOf(ctx, actor.Membership())
	if err != nil {
		return Colleague{}, err
	}
	at := indexOf(here.members, person)
	if at < 0 {
		return Colleague{}, fault.NewNotFound("not-found")
	}
	found, err := s.personByID(ctx, person)
	if err != nil {
		return Colleague{}, err
	}
	for _, m := range found.Memberships {
		p, err := s.placeOf(ctx, m)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return Colleague{}, err
		}
		own := indexOf(p.members, actor.Person)
		if indexOf(p.members, person) >= 0 && (own < 0 || !administers(p.members[own].Role)) {
			return Colleague{}, fault.NewForbidden("identity.reset-elsewhere", "name", found.Name)
		}
	}
	kept, err := s.credentialsOf(ctx, person)
	if err != nil {
		return Colleague{}, err
	}
	if !kept.enrolled() {
		return Colleague{}, fault.NewConflict("identity.reset-nothing", "name", found.Name)
	}
	return Colleague{Member: here.members[at], Name: found.Name, Mail: found.Mail}, nil
}

// ResetFactors takes away the second factors that a member of the actor's place lost: the application of codes, the passkeys
// (they may be on the same telephone) and the recovery codes (OWASP ASVS 5.0.0 6.4.4). Their sessions end, the links of
// lost passwords too, they are told by mail, and their next sign-in sets a factor up before anything else, whatever their
// role. It asks for a fresh session of the actor; its other errors are those of MayResetFactors.
func (s *Service) ResetFactors(ctx context.Context, actor Actor, token Token, person string) error {
	member, err := s.MayResetFactors(ctx, actor, person)
	if err != nil {
		return err
	}
	own, _, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	if own.Person != actor.Person {
		return fault.NewForbidden("forbidden")
	}
	reset := factorsReset{Person: person, At: s.Now().UTC().Truncate(time.Millisecond)}
	act := actor.Act(FactorsReset, reset.At)
	act.Object = "people/" + person
	told := mail.Message{
		Kind: mail.FactorsReset, Language: browserOf(ctx).Language, To: mail.Address{Name: member.Name, Mail: member.Mail}, Person: person,
		Structure: actor.PlaceName, By: actor.Name, When: reset.At, Link: s.Site + "/account", Zone: DefaultZone,
	}
	err = s.changeMembers(ctx, actor, act, func(members []Member, events *outbox.Pending) ([]Member, error) {
		if indexOf(members, person) < 0 {
			return nil, fault.NewNotFound("not-found")
		}
		if member.Mail != "" && s.Site != "" {
			if err := events.Add(mail.Requested, told); err != nil {
				return nil, err
			}
		}
		return members, events.Add(FactorsReset, reset)
	})
	if err != nil {
		return err
	}
	return s.resetFactors(ctx, reset) // at once; killed before this line, the event does it
}

// factorsWereReset carries out a reset whose program was killed before it had. Delivered late or twice, it leaves what was
// set up since as it is.
func (s *Service) factorsWereReset(ctx context.Context, d outbox.Delivery) error {
	var reset factorsReset
	if err := d.Into(&reset); err != nil {
		return err
	}
	return s.resetFactors(ctx, reset)
}

func (s *Service) resetFactors(ctx context.Context, reset factorsReset) error {
	_, err := s.personByID(ctx, reset.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil // erased since
	}
	if err != nil {
		return err
	}
	var gone []passkey
	err = s.changeCredentials(ctx, reset.Person, func(c *credentials) error {
		gone = nil
		if !c.Reset.Before(reset.At) {
			return nil
		}
		gone = c.Passkeys
		c.TOTP, c.Enrolling, c.Recovery, c.Passkeys = nil, nil, nil, nil
		c.Reset, c.MustEnrol = reset.At, true
		return nil
	})
	if err != nil {
		return fmt.Errorf("reset the second factors of person %s: %w", reset.Person, err)
	}
	for _, key := range gone {
		if err := s.reservations.Release(ctx, store.System, "passkey", key.text(), reset.Person); err != nil {
			return fmt.Errorf("release a passkey: %w", err)
		}
	}
	if err := s.voidRecoveries(ctx, reset.Person); err != nil {
		return err
	}
	open, err := s.sessionsOf(ctx, reset.Person)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Created.After(reset.At) {
			continue
		}
		if err := s.end(ctx, x.ID); err != nil {
			return err
		}
	}
	return nil
}

// ResetFactorsByMail does so for the account of an address, for whoever runs the machine: for a person of several places, whom
// no administrator may reset alone. The command line asks nobody else. fault.NotFound("identity.nobody-has") when nobody has
// the address.
func (s *Service) ResetFactorsByMail(ctx context.Context, address string) error {
	key, _ := validMail(address)
	person, err := s.byMail(ctx, key)
	if fault.KindOf(err) == fault.NotFound {
		return fault.NewNotFound("identity.nobody-has", "mail", address)
	}
	if err != nil {
		return err
	}
	reset := factorsReset{Person: person.ID, At: s.Now().UTC().Truncate(time.Millisecond)}
	act := Actor{Role: LocalOperator}.Act(FactorsReset, reset.At)
	act.Object = "people/" + person.ID
	notice := s.message(ctx, person, "", mail.MethodRemoved, methodTOTP)
	err = s.changePerson(ctx, person.ID, follower{act, notice}, func(p *Person) error { return p.Outbox.Add(FactorsReset, reset) })
	if err != nil {
		return fmt.Errorf("reset the second factors of person %s: %w", person.ID, err)
	}
	return s.resetFactors(ctx, reset)
}
