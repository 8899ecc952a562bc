package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// Member is a person's role in a structure or a region, as that place keeps it. What is taken out of it ends at once: each
// request reads it.
type Member struct {
	Person string           `bson:"person"`
	Role   Role             `bson:"role"`
	Since  time.Time        `bson:"since"`
	Term   `bson:",inline"` // of a support access
}

// Place is a structure or a region to which somebody belongs.
type Place struct {
	Membership
	Name string
	Role Role
}

// place is what a structure and a region have in common for those who belong to it.
type place struct {
	name, region string
	demo         bool
	members      []Member
}

// placeOf reads a structure, or a region when none is named, with those who belong to it now; fault.NotFound when there is none.
func (s *Service) placeOf(ctx context.Context, m Membership) (place, error) {
	if m.Structure == "" {
		r, err := s.regions.In(RegionTenant(m.Region)).Get(ctx, m.Region)
		if err != nil {
			return place{}, fmt.Errorf("read region %s: %w", m.Region, err)
		}
		return place{r.Name, r.ID, false, present(r.Members, s.Now())}, nil
	}
	t, err := s.structures.In(StructureTenant(m.Structure)).Get(ctx, m.Structure)
	if err != nil {
		return place{}, fmt.Errorf("read structure %s: %w", m.Structure, err)
	}
	return place{t.Name, t.Region, t.Demo, present(t.Members, s.Now())}, nil
}

func indexOf(members []Member, person string) int {
	return slices.IndexFunc(members, func(m Member) bool { return m.Person == person })
}

// actorIn is a person in one of their places; fault.NotFound when they do not belong there.
func (s *Service) actorIn(ctx context.Context, person string, m Membership) (Actor, error) {
	p, err := s.placeOf(ctx, m)
	if err != nil {
		return Actor{}, err
	}
	at := indexOf(p.members, person)
	if at < 0 {
		return Actor{}, fault.NewNotFound("not-found")
	}
	actor := Actor{Person: person, Structure: m.Structure, Region: p.region, Role: p.members[at].Role, PlaceName: p.name, Demo: p.demo}
	if actor.Role == Support || administers(actor.Role) {
		actor.Support = openSupport(p.members)
	}
	return actor, nil
}

// firstPlace is the first place to which the person still belongs; fault.Invalid("identity.sign-in") when there is none.
func (s *Service) firstPlace(ctx context.Context, person *Person) (Membership, error) {
	for _, m := range person.Memberships {
		_, err := s.actorIn(ctx, person.ID, m)
		if err == nil {
			return m, nil
		}
		if fault.KindOf(err) != fault.NotFound {
			return Membership{}, err
		}
	}
	return Membership{}, fault.NewInvalid("identity.sign-in")
}

// Places lists where the actor belongs, in the order in which signing in tries them.
func (s *Service) Places(ctx context.Context, actor Actor) ([]Place, error) {
	person, err := s.personByID(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	var places []Place
	for _, m := range person.Memberships {
		p, err := s.placeOf(ctx, m)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if at := indexOf(p.members, person.ID); at >= 0 {
			places = append(places, Place{m, p.name, p.members[at].Role})
		}
	}
	return places, nil
}

// Switch moves a session to another place of its person, under a new token (OWASP ASVS 5.0.0 7.2.4), and makes it the one
// that signing in opens from now on. fault.NotFound when they do not belong there.
func (s *Service) Switch(ctx context.Context, token Token, to Membership) (Token, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return "", err
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(person.Memberships, func(m Membership) bool { return m.Same(to) })
	if at < 0 {
		return "", fault.NewNotFound("not-found")
	}
	to = person.Memberships[at]
	if _, err := s.actorIn(ctx, person.ID, to); err != nil {
		return "", err
	}
	if person, err = s.workFirst(ctx, person.ID, to); err != nil {
		return "", err
	}
	next, err := s.replace(ctx, token, func(x *Session) {
		x.Structure, x.Region, x.Name, x.Elsewhere = to.Structure, to.Region, person.Name, len(person.Memberships) > 1
	})
	if err != nil {
		return "", err
	}
	moved, err := s.SessionOf(ctx, next)
	if err != nil {
		return "", err
	}
	return next, s.recordSignIn(ctx, moved) // that place is opened too
}

// MailOf gives the actor's own mail address.
func (s *Service) MailOf(ctx context.Context, actor Actor) (string, error) {
	person, err := s.personByID(ctx, actor.Person)
	if err != nil {
		return "", err
	}
	return person.Mail, nil
}

// workFirst makes a place the first of a person's, which signing in opens.
func (s *Service) workFirst(ctx context.Context, person string, in Membership) (*Person, error) {
	changed, err := s.people.In(store.System).Update(ctx, person, func(p *Person) error {
		p.Memberships = append([]Membership{in}, slices.DeleteFunc(p.Memberships, func(m Membership) bool { return m.Same(in) })...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("note where person %s works: %w", person, err)
	}
	return changed, nil
}

// Colleague is a member as others see them.
type Colleague struct {
	Member
	Name, Mail string
	You        bool
	Last       bool // nobody else administers the place: their role stays
}

// Colleagues lists who belongs to the actor's structure or region, administrators first, then by name.
func (s *Service) Colleagues(ctx context.Context, actor Actor) ([]Colleague, error) {
	if err := Require(actor, ReadPeople, actor.Place()); err != nil {
		return nil, err
	}
	p, err := s.placeOf(ctx, actor.Membership())
	if err != nil {
		return nil, err
	}
	members := p.members
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.Person
	}
	people, err := s.people.In(store.System).GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the people of %s: %w", actor.Place(), err)
	}
	known := map[string]*Person{}
	for _, p := range people {
		known[p.ID] = p
	}
	var out []Colleague
	for _, m := range members {
		if p := known[m.Person]; p != nil {
			out = append(out, Colleague{m, p.Name, p.Mail, p.ID == actor.Person, administers(m.Role) && administrators(members) == 1})
		}
	}
	slices.SortStableFunc(out, func(a, b Colleague) int {
		switch {
		case administers(a.Role) != administers(b.Role):
			if administers(a.Role) {
				return -1
			}
			return 1
		}
		return compareFolded(a.Name, b.Name)
	})
	return out, nil
}

// administers reports whether a role lets people in and out.
func administers(r Role) bool { return slices.Contains(permissions[r], EditPeople) }

func administrators(members []Member) int {
	count := 0
	for _, m := range members {
		if administers(m.Role) {
			count++
		}
	}
	return count
}

// rolesOf lists the roles of the kind of place in which the actor works.
func (a Actor) rolesOf() []Role {
	if a.Structure == "" {
		return RegionRoles()
	}
	return StructureRoles()
}

// changeMembers changes the members of the actor's place, with the act in the same write. The change is pure. A place is
// never left without an administrator: fault.Invalid("identity.last-administrator").
func (s *Service) changeMembers(ctx context.Context, actor Actor, act journal.Act, change func([]Member, *outbox.Pending) ([]Member, error)) error {
	kept := func(members *[]Member, events *outbox.Pending) error {
		before := administrators(*members)
		after, err := change(present(*members, s.Now()), events)
		if err != nil {
			return err
		}
		if before > 0 && administrators(after) == 0 {
			return fault.NewInvalid("identity.last-administrator")
		}
		// Those whose time is over are taken out, and recorded, by the event of that.
		*members = append(after, slices.DeleteFunc(*members, func(m Member) bool { return !m.over(s.Now()) })...)
		return nil
	}
	var err error
	if actor.Structure == "" {
		_, err = s.regions.In(actor.Tenant()).Update(ctx, actor.Region, journal.Recording(act, (*Region).events, func(r *Region) error {
			return kept(&r.Members, &r.Events)
		}))
	} else {
		_, err = s.structures.In(actor.Tenant()).Update(ctx, actor.Structure, journal.Recording(act, (*Structure).events, func(t *Structure) error {
			return kept(&t.Members, &t.Events)
		}))
	}
	if err != nil {
		return fmt.Errorf("change the people of %s: %w", actor.Place(), err)
	}
	s.nudge()
	return nil
}

// ChangeRole gives a member of the actor's place another role. Their sessions end, so that the next one is opened under the
// rules of the new role (OWASP ASVS 5.0.0 7.4.2). fault.NotFound when they do not belong to it.
func (s *Service) ChangeRole(ctx context.Context, actor Actor, person string, role Role) error {
	if err := Require(actor, EditPeople, actor.Place()); err != nil {
		return err
	}
	if !slices.Contains(actor.rolesOf(), role) {
		return fault.NewInvalid("identity.role")
	}
	act := actor.Act(RoleChanged, s.Now())
	act.Object = "people/" + person
	err := s.changeMembers(ctx, actor, act, func(members []Member, _ *outbox.Pending) ([]Member, error) {
		at := indexOf(members, person)
		if at < 0 {
			return nil, fault.NewNotFound("not-found")
		}
		if members[at].Role == Support {
			return nil, fault.NewInvalid("identity.support-role")
		}
		members[at].Role = role
		return members, nil
	})
	if err != nil {
		return err
	}
	_, err = s.EndSessionsOf(ctx, person)
	return err
}

// EndMembership takes somebody out of the actor's place, at once; what they did stays. Everybody may take themselves out.
// They are told by mail. fault.NotFound when they do not belong to it, fault.Invalid for the last administrator.
func (s *Service) EndMembership(ctx context.Context, actor Actor, person string) error {
	may := EditPeople
	if person == actor.Person {
		may = ReadPeople
	}
	if err := Require(actor, may, actor.Place()); err != nil {
		return err
	}
	leaving, err := s.personByID(ctx, person)
	if err != nil {
		return fault.NewNotFound("not-found").Because(err)
	}
	here, err := s.placeOf(ctx, actor.Membership())
	if err != nil {
		return err
	}
	now := s.Now()
	act := actor.Act(PersonLeft, now)
	if at := indexOf(here.members, person); at >= 0 && here.members[at].Role == Support {
		act.Kind = SupportEnded
	}
	act.Object = "people/" + person
	err = s.changeMembers(ctx, actor, act, func(members []Member, events *outbox.Pending) ([]Member, error) {
		at := indexOf(members, person)
		if at < 0 {
			return nil, fault.NewNotFound("not-found")
		}
		if leaving.Mail != "" {
			told := mail.Message{Kind: mail.AccessEnded, To: mail.Address{Name: leaving.Name, Mail: leaving.Mail}, Person: person, Structure: actor.PlaceName, When: now}
			if err := events.Add(mail.Requested, told); err != nil {
				return nil, err
			}
		}
		return slices.Delete(members, at, at+1), nil
	})
	if err != nil {
		return err
	}
	return s.leave(ctx, person, actor.Membership())
}
