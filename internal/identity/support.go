package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// The acts on a support access: the structure's consent, and its end, by somebody or by itself.
const (
	SupportOpened = "people.support-opened"
	SupportEnded  = "people.support-ended"
)

// supportDue is the event of a support access whose moment to end has come.
const supportDue = "people.support-due"

type supportEnds struct {
	Structure string `bson:"structure"`
	Region    string `bson:"region"`
	Person    string `bson:"person"`
}

// SupportDays lists for how many days support may be let in: never more than a week at once.
func SupportDays() []int { return []int{1, 2, 3, 5, 7} }

// NewSupport is a support access that a structure opens: for whom, why, for how long.
type NewSupport struct {
	Mail, Name, Reason string
	Days               int             // one of SupportDays
	Language           locale.Language // of the letter
}

// OpenSupport lets somebody see what is needed to help, and change nothing, until a moment that is set now: it is the
// recorded consent of the actor's structure. They come in by an invitation, whose link is given back. It asks for a fresh
// session of the actor. fault.Problems for what is wrong.
func (s *Service) OpenSupport(ctx context.Context, actor Actor, token Token, n NewSupport) (string, error) {
	if err := Require(actor, EditPeople, actor.Structure); err != nil {
		return "", err
	}
	own, _, err := s.mayChange(ctx, token)
	if err != nil {
		return "", err
	}
	if own.Person != actor.Person {
		return "", fault.NewForbidden("forbidden")
	}
	i := Invite{Mail: n.Mail, Name: n.Name, Role: Support, Language: n.Language}
	address, problems := i.validate([]Role{Support})
	problems = append(problems, content.Line("reason", n.Reason, content.MaxLine, "identity.support-reason")...)
	if !slices.Contains(SupportDays(), n.Days) {
		problems = append(problems, fault.Problem{Field: "days", Key: "identity.support-days"})
	}
	if len(problems) > 0 {
		return "", problems
	}
	return s.inviteUntil(ctx, actor, actor.Membership(), address, i, Term{Ends: s.Now().AddDate(0, 0, n.Days).UTC(), Reason: strings.TrimSpace(n.Reason)})
}

// Term is what a support access has and no other membership: its end, and why it was opened.
type Term struct {
	Ends   time.Time `bson:"ends"` // zero: never
	Reason string    `bson:"reason"`
}

func (t Term) over(now time.Time) bool { return !t.Ends.IsZero() && !now.Before(t.Ends) }

// present leaves out the members whose access has ended, wherever the event that takes them out is.
func present(members []Member, now time.Time) []Member {
	return slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return m.over(now) })
}

// openSupport is until when some support access to a place is open; zero when none is.
func openSupport(members []Member) time.Time {
	var last time.Time
	for _, m := range members {
		if m.Ends.After(last) {
			last = m.Ends
		}
	}
	return last
}

// errStays ends the removal of a member who is not to go: nothing is written, nothing recorded.
var errStays = errors.New("this access does not end now")

// endSupport takes a support access out of its structure when its moment has come. Delivered twice, or after it was ended
// by hand or opened anew, it changes nothing.
func (s *Service) endSupport(ctx context.Context, d outbox.Delivery) error {
	var due supportEnds
	if err := d.Into(&due); err != nil {
		return err
	}
	now, place := s.Now(), Membership{due.Structure, due.Region}
	act := journal.Act{Who: "scheduler", Structure: due.Structure, Kind: SupportEnded, Object: "people/" + due.Person, When: now}
	_, err := s.structures.In(place.Tenant()).Update(ctx, due.Structure, journal.Recording(act, (*Structure).events, func(t *Structure) error {
		at := slices.IndexFunc(t.Members, func(m Member) bool { return m.Person == due.Person && m.over(now) })
		if at < 0 {
			return errStays
		}
		t.Members = slices.Delete(slices.Clone(t.Members), at, at+1)
		return nil
	}))
	if errors.Is(err, errStays) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("end a support access to structure %s: %w", due.Structure, err)
	}
	if _, err := s.actorIn(ctx, due.Person, place); err == nil {
		return nil // they were let in again
	}
	return s.leave(ctx, due.Person, place)
}

// leave forgets that a person works in a place. Whoever was erased has nothing to forget.
func (s *Service) leave(ctx context.Context, person string, place Membership) error {
	_, err := s.people.In(store.System).Update(ctx, person, func(p *Person) error {
		p.Memberships = slices.DeleteFunc(p.Memberships, func(m Membership) bool { return m.Same(place) })
		if p.Erased.IsZero() && !slices.ContainsFunc(p.Former, place.Same) {
			p.Former = append(p.Former, place)
		}
		return nil
	})
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return fmt.Errorf("forget where person %s worked: %w", person, err)
	}
	return nil
}
