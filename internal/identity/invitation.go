package identity

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// invitationLife is how long the link of an invitation opens anything.
const invitationLife = 7 * 24 * time.Hour

// InvitationState is what became of an invitation.
type InvitationState string

// The states.
const (
	Invited   InvitationState = "invited"
	Accepted  InvitationState = "accepted"
	Withdrawn InvitationState = "withdrawn"
)

// Invitation lets one mail address into a structure or a region, in one role, once. It is kept where it leads, under the
// hash of its link's token; the token itself is only in the letter.
type Invitation struct {
	store.Meta `bson:",inline"`
	Mail       string           `bson:"mail"`
	Name       string           `bson:"name"`
	Role       Role             `bson:"role"`
	Structure  string           `bson:"structure"`
	Region     string           `bson:"region"`
	Person     string           `bson:"person"` // id that they have, or will have
	By         string           `bson:"by"`     // id of who invited
	ByName     string           `bson:"byName"`
	Sent       time.Time        `bson:"sent"`
	Until      time.Time        `bson:"until"`
	State      InvitationState  `bson:"state"`
	Over       time.Time        `bson:"over"` // when it was answered or withdrawn, or ends: sweepInvitations counts from there
	Term       `bson:",inline"` // of a support access
	Events     outbox.Pending   `bson:"events"`
}

func (x *Invitation) events() *outbox.Pending { return &x.Events }

// Open reports whether the invitation can still be accepted.
func (x *Invitation) Open(now time.Time) bool { return x.State == Invited && now.Before(x.Until) }

var invitationSchema = store.Schema{
	Collection: "invitations", Shape: 1,
	Indexes: append([]store.Index{{Name: "sent", Fields: []string{"state", "sent"}}, {Name: "over", Fields: []string{"over"}, AllTenants: true}}, outbox.Indexes("events")...),
}

// Invite is whom to let in.
type Invite struct {
	Mail, Name string
	Role       Role
	Language   locale.Language // of the letter
}

// validate gives the address in its kept form, and every problem of the form.
func (i Invite) validate(roles []Role) (string, fault.Problems) {
	var problems fault.Problems
	address, wrong := writableMail(i.Mail)
	if wrong != nil {
		problems = append(problems, *wrong)
	}
	problems = append(problems, content.Line("name", i.Name, content.MaxLine, "")...)
	if !slices.Contains(roles, i.Role) {
		problems = append(problems, fault.Problem{Field: "role", Key: "identity.role"})
	}
	return address, problems
}

// Invite lets somebody into the actor's structure or region by a letter with a link, and gives that link, for whoever has no
// mail server. Another invitation of the same address that is still open is withdrawn. fault.Problems for what is wrong,
// fault.Invalid("identity.member-already") for somebody who belongs there.
func (s *Service) Invite(ctx context.Context, actor Actor, i Invite) (string, error) {
	if err := Require(actor, EditPeople, actor.Place()); err != nil {
		return "", err
	}
	address, problems := i.validate(actor.rolesOf())
	if len(problems) > 0 {
		return "", problems
	}
	return s.invite(ctx, actor, actor.Membership(), address, i)
}

// invite is Invite into a place that the caller has checked.
func (s *Service) invite(ctx context.Context, actor Actor, to Membership, address string, i Invite) (string, error) {
	return s.inviteUntil(ctx, actor, to, address, i, Term{})
}

// inviteUntil is invite for an access that may have an end.
func (s *Service) inviteUntil(ctx context.Context, actor Actor, to Membership, address string, i Invite, until Term) (string, error) {
	p, err := s.placeOf(ctx, to)
	if err != nil {
		return "", err
	}
	person := store.NewID()
	known, err := s.byMail(ctx, address)
	switch {
	case err == nil:
		person = known.ID
	case fault.KindOf(err) != fault.NotFound:
		return "", err
	}
	if indexOf(p.members, person) >= 0 {
		return "", fault.Problems{{Field: "mail", Key: "identity.member-already"}}
	}
	if err := s.withdrawFor(ctx, actor, to, address); err != nil {
		return "", err
	}
	token, err := newToken()
	if err != nil {
		return "", err
	}
	now := s.Now()
	made := &Invitation{
		Meta: store.Meta{ID: token.id()}, Mail: address, Name: strings.TrimSpace(i.Name), Role: i.Role, Structure: to.Structure, Region: p.region, Person: person,
		By: actor.Person, ByName: actor.Name, Sent: now, Until: now.Add(invitationLife), State: Invited,
		Term: until,
	}
	act := actor.Act(PersonInvited, now)
	if !until.Ends.IsZero() {
		act.Kind = SupportOpened
		if until.Ends.Before(made.Until) {
			made.Until = until.Ends
		}
	}
	made.Over = made.Until
	link := s.Site + invitationPath(to, token)
	letter := mail.Message{
		Kind: mail.Invitation, Language: i.Language, To: mail.Address{Name: made.Name, Mail: address}, Structure: p.name, By: actor.Name, Link: link, Until: made.Until,
		Zone: DefaultZone,
	}
	if err := made.Events.Add(mail.Requested, letter); err != nil {
		return "", err
	}
	act.Object = "people/" + person
	if err := journal.Record(&made.Events, act); err != nil {
		return "", err
	}
	if err := s.invitations.In(to.Tenant()).Insert(ctx, made); err != nil {
		return "", fmt.Errorf("keep an invitation: %w", err)
	}
	s.nudge()
	return link, nil
}

// invitationPath is where the link of an invitation leads: the place it is kept in, then its token.
func invitationPath(to Membership, token Token) string {
	return "/invitations/" + to.Ref() + "/" + url.PathEscape(string(token))
}

// withdrawFor withdraws the open invitations of an address to a place.
func (s *Service) withdrawFor(ctx context.Context, actor Actor, to Membership, address string) error {
	open, err := s.openInvitations(ctx, to)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Mail == address {
			if err := s.settleInvitation(ctx, actor, to, x.ID, Withdrawn, InvitationWithdrawn); err != nil && fault.KindOf(err) != fault.Conflict {
				return err
			}
		}
	}
	return nil
}

// settleInvitation closes an invitation that is open; fault.Conflict("identity.invitation-closed") when it no longer is.
func (s *Service) settleInvitation(ctx context.Context, actor Actor, to Membership, id string, state InvitationState, kind string) error {
	act := actor.Act(kind, s.Now())
	_, err := s.invitations.In(to.Tenant()).Update(ctx, id, func(x *Invitation) error {
		if x.State != Invited {
			return fault.NewConflict("identity.invitation-closed")
		}
		recorded := act
		recorded.Object = "people/" + x.Person
		if x.Role == Support && state == Withdrawn {
			recorded.Kind = SupportEnded
		}
		x.State, x.Over = state, act.When
		return journal.Record(&x.Events, recorded)
	})
	if err != nil {
		return fmt.Errorf("close an invitation: %w", err)
	}
	s.nudge()
	return nil
}

func (s *Service) openInvitations(ctx context.Context, to Membership) ([]*Invitation, error) {
	page, err := s.invitations.In(to.Tenant()).Scan(ctx, store.Query{Index: "sent", Equal: []any{string(Invited)}, Descending: true, Limit: 500})
	if err != nil {
		return nil, fmt.Errorf("list the invitations of a place: %w", err)
	}
	return page.Items, nil
}

// Invitations lists those that wait for an answer, the latest first, and those that nobody answered in time.
func (s *Service) Invitations(ctx context.Context, actor Actor) ([]*Invitation, error) {
	if err := Require(actor, EditPeople, actor.Place()); err != nil {
		return nil, err
	}
	return s.openInvitations(ctx, actor.Membership())
}

// WithdrawInvitation closes an invitation of the actor's place: its link opens nothing from now on.
func (s *Service) WithdrawInvitation(ctx context.Context, actor Actor, id string) error {
	if err := Require(actor, EditPeople, actor.Place()); err != nil {
		return err
	}
	return s.settleInvitation(ctx, actor, actor.Membership(), id, Withdrawn, InvitationWithdrawn)
}

// Guest is what somebody who holds the link of an invitation is shown.
type Guest struct {
	Place   Place // and the role offered
	Mail    string
	Name    string
	By      string
	Until   time.Time
	Account bool // the address has an account already: its owner signs in to accept
}

// GuestOf reads an invitation by its link; fault.NotFound("identity.invitation-link") when it is closed, over or none at all,
// fault.TooMany after too many guesses from a network.
func (s *Service) GuestOf(ctx context.Context, to Membership, token Token, network string) (Guest, error) {
	x, err := s.invitation(ctx, to, token, network)
	if err != nil {
		return Guest{}, err
	}
	p, err := s.placeOf(ctx, Membership{x.Structure, x.Region})
	if err != nil {
		return Guest{}, err
	}
	_, err = s.byMail(ctx, x.Mail)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Guest{}, err
	}
	return Guest{Place{Membership{x.Structure, p.region}, p.name, x.Role}, x.Mail, x.Name, x.ByName, x.Until, err == nil}, nil
}

func (s *Service) invitation(ctx context.Context, to Membership, token Token, network string) (*Invitation, error) {
	if err := s.attempts.allow(s.Now(), "invitation "+network, attemptsPerNetwork); err != nil {
		return nil, err
	}
	x, err := s.invitations.In(to.Tenant()).Get(ctx, token.id())
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, fmt.Errorf("read an invitation: %w", err)
	}
	if err != nil || !x.Open(s.Now()) {
		return nil, fault.NewNotFound("identity.invitation-link")
	}
	s.attempts.giveBack("invitation " + network)
	return x, nil
}

// Join accepts an invitation and signs in: with a name and a password to be for somebody who has no account yet, with the
// password of the account for its owner. It may be sent again after it was cut off. fault.Problems for what is wrong,
// fault.TooMany after too many passwords.
func (s *Service) Join(ctx context.Context, to Membership, token Token, network, name, password string) (Token, error) {
	x, err := s.invitation(ctx, to, token, network)
	if err != nil {
		return "", err
	}
	person, err := s.byMail(ctx, x.Mail)
	switch {
	case err == nil:
		err = s.proveOwner(ctx, person, network, password)
	case fault.KindOf(err) == fault.NotFound:
		person, err = s.makePerson(ctx, x, name, password)
	}
	if err != nil {
		return "", err
	}
	if person, err = s.belong(ctx, person, x); err != nil {
		return "", err
	}
	return s.open(ctx, person, ByPassword)
}

// proveOwner checks the password of an account, and counts the attempt.
func (s *Service) proveOwner(ctx context.Context, person *Person, network, password string) error {
	success, err := s.counted(ctx, person.Mail, network)
	if err != nil {
		return err
	}
	ok, err := s.passwords.matches(ctx, person.Password, password)
	if err != nil {
		return err
	}
	if !ok {
		s.signInFailed(person.ID)
		return fault.Problems{{Field: "password", Key: "identity.password-wrong"}}
	}
	success()
	return nil
}

// makePerson makes the account of a guest.
func (s *Service) makePerson(ctx context.Context, x *Invitation, name, password string) (*Person, error) {
	name = strings.TrimSpace(name)
	problems := content.Line("name", name, content.MaxLine, "identity.your-name")
	if problem := checkPassword(password, x.Mail, name); problem != nil {
		problems = append(problems, *problem)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	hash, err := s.passwords.hash(ctx, password)
	if err != nil {
		return nil, err
	}
	return s.keepPerson(ctx, x, name, hash)
}

// keepPerson keeps the account of a guest; without a password its owner signs in otherwise.
func (s *Service) keepPerson(ctx context.Context, x *Invitation, name, hash string) (*Person, error) {
	if err := s.reservations.Reserve(ctx, store.System, "mail", x.Mail, x.Person); err != nil {
		return nil, fmt.Errorf("keep a mail address: %w", err)
	}
	person := &Person{Meta: store.Meta{ID: x.Person}, Mail: x.Mail, Name: name, Password: hash}
	if err := s.people.In(store.System).Insert(ctx, person); err != nil {
		return nil, fmt.Errorf("make an account: %w", err)
	}
	return person, nil
}

// belong notes where a person may belong, as the place that signing in opens, makes them a member there and closes the
// invitation. Cut off in between, it is done again: nothing is added twice.
func (s *Service) belong(ctx context.Context, person *Person, x *Invitation) (*Person, error) {
	joined := Membership{x.Structure, x.Region}
	person, err := s.workFirst(ctx, person.ID, joined)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	actor := Actor{Person: person.ID, Name: person.Name, Structure: x.Structure, Region: x.Region, Role: x.Role}
	act := actor.Act(PersonJoined, now)
	act.Object = "people/" + person.ID
	err = s.changeMembers(ctx, actor, act, func(members []Member, events *outbox.Pending) ([]Member, error) {
		if indexOf(members, person.ID) >= 0 {
			return members, nil
		}
		members = append(members, Member{person.ID, x.Role, now, x.Term})
		if x.Ends.IsZero() {
			return members, nil
		}
		return members, events.AddAt(supportDue, x.Ends, supportEnds{x.Structure, x.Region, person.ID})
	})
	if err != nil {
		return nil, err
	}
	return person, s.settleInvitation(ctx, actor, joined, x.ID, Accepted, InvitationAccepted)
}

// JoinSignedIn accepts an invitation for the person of a session, whose address it must be: fault.Forbidden otherwise. The
// session moves to the new place.
func (s *Service) JoinSignedIn(ctx context.Context, session Token, to Membership, token Token, network string) (Token, error) {
	x, err := s.invitation(ctx, to, token, network)
	if err != nil {
		return "", err
	}
	open, err := s.SessionOf(ctx, session)
	if err != nil {
		return "", err
	}
	person, err := s.personByID(ctx, open.Person)
	if err != nil {
		return "", err
	}
	if person.Mail != x.Mail {
		return "", fault.NewForbidden("identity.invitation-of-another")
	}
	if _, err := s.belong(ctx, person, x); err != nil {
		return "", err
	}
	return s.Switch(ctx, session, Membership{x.Structure, x.Region})
}
