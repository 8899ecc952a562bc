package identity

import (
	"context"
	"slices"
)

// OwnAccount is what a person reads of their own account, whatever their session is good for yet.
type OwnAccount struct {
	Name, Mail string
	Password   bool  // they have one
	Enrolled   bool  // a second factor is set up
	State      State // of the session, in the role that it acts in
	Fresh      bool  // a sensitive act may be done now
	Needed     bool  // the role needs a second factor
	Reset      bool  // an administrator took lost factors away, and none was set up since
	Fictitious bool  // nobody's: that of the demonstration
}

// OwnAccount gives the account of a session's person.
func (s *Service) OwnAccount(ctx context.Context, token Token) (OwnAccount, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return OwnAccount{}, err
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return OwnAccount{}, err
	}
	kept, err := s.credentialsOf(ctx, person.ID)
	if err != nil {
		return OwnAccount{}, err
	}
	actor, err := s.actorIn(ctx, session.Person, Membership{session.Structure, session.Region})
	if err != nil {
		return OwnAccount{}, err
	}
	role := actor.Role
	return OwnAccount{
		Name: person.Name, Mail: person.Mail, Password: person.Password != "", Enrolled: kept.enrolled(), Reset: kept.MustEnrol,
		State: s.stateIn(session, role), Fresh: session.Fresh(s.Now()), Needed: s.RequireSecondFactor && NeedsSecondFactor(role),
		Fictitious: slices.Contains(session.Methods, ByDemonstration),
	}, nil
}

// Passkeys tells whether browsers have passkeys at the portal's address, see NewRelyingParty.
func (s *Service) Passkeys() bool { return s.proofs.relying != nil }
