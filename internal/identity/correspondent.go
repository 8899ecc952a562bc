package identity

import (
	"context"
	"fmt"
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

// Provider is a supplier as this floor knows it: a place to which correspondents belong.
type Provider struct{ Region, Supplier, Name string }

func (p Provider) tenant() store.Tenant { return RegionTenant(p.Region) }

// Correspondent is somebody on a provider's side, whom links sent by mail let in: they have no account. Each supplier has its
// own, so that somebody who works for two is two.
type Correspondent struct {
	store.Meta   `bson:",inline"`
	Supplier     string          `bson:"supplier"`
	SupplierName string          `bson:"supplierName"`
	Mail         string          `bson:"mail"`
	Name         string          `bson:"name"`
	Position     string          `bson:"position"` // what they do there: "security officer"
	Role         Role            `bson:"role"`
	Language     locale.Language `bson:"language"` // of their letters
	On           string          `bson:"on"`       // on whose behalf they were named: a structure, a region, the supplier itself
	Added        time.Time       `bson:"added"`
	Ended        time.Time       `bson:"ended"` // zero: not
	Link         providerLink    `bson:"link"`
	Seen         time.Time       `bson:"seen"` // when a link was last used; zero: never
	Events       outbox.Pending  `bson:"events"`
}

func (c *Correspondent) events() *outbox.Pending { return &c.Events }

// Invited reports whether a link was ever sent to them.
func (c *Correspondent) Invited() bool { return !c.Link.Sent.IsZero() }

var correspondentSchema = store.Schema{Collection: "correspondents", Shape: 1, Indexes: append([]store.Index{
	{Name: "supplier", Fields: []string{"supplier", "added"}}, {Name: "mail", Fields: []string{"mail"}},
}, outbox.Indexes("events")...)}

// maxCorrespondents is how many people of one supplier the portal knows.
const maxCorrespondents = 200

// NewCorrespondent is what is given of somebody on the provider's side.
type NewCorrespondent struct {
	Mail, Name, Position string
	Language             locale.Language
}

func (n NewCorrespondent) validate() (NewCorrespondent, fault.Problems) {
	n.Name, n.Position = strings.TrimSpace(n.Name), strings.TrimSpace(n.Position)
	problems := content.Line("name", n.Name, content.MaxLine, "identity.contact-name")
	address, wrong := writableMail(n.Mail)
	if wrong != nil {
		problems = append(problems, *wrong)
	}
	problems = append(problems, content.Line("position", n.Position, content.MaxLine, "")...)
	n.Mail = address
	return n, problems
}

// may asks the table about the people of a supplier. Those of the supplier itself act on colleagues alone; those of the
// region's structures on anybody.
func (p Provider) may(actor Actor, inside, outside Action) error {
	if actor.Supplier != "" {
		return Require(actor, inside, p.Supplier)
	}
	if actor.Region != p.Region {
		return fault.NewNotFound("not-found")
	}
	return Require(actor, outside, actor.Place())
}

// Correspondents lists who answers for a supplier, contacts first, in the order in which they were named.
func (s *Service) Correspondents(ctx context.Context, actor Actor, p Provider) ([]*Correspondent, error) {
	if err := p.may(actor, ReadSuppliers, ReadSuppliers); err != nil {
		return nil, err
	}
	return s.correspondentsOf(ctx, p)
}

func (s *Service) correspondentsOf(ctx context.Context, p Provider) ([]*Correspondent, error) {
	page, err := s.correspondents.In(p.tenant()).Scan(ctx, store.Query{Index: "supplier", Equal: []any{p.Supplier}, Limit: 2 * maxCorrespondents})
	if err != nil {
		return nil, fmt.Errorf("list the correspondents of supplier %s: %w", p.Supplier, err)
	}
	there := slices.DeleteFunc(page.Items, func(c *Correspondent) bool { return !c.Ended.IsZero() })
	slices.SortStableFunc(there, func(a, b *Correspondent) int { return strings.Compare(string(b.Role), string(a.Role)) })
	return there, nil
}

// AddCorrespondent names somebody on a provider's side and sends them a link, which comes back for whoever has no mail server:
// a contact when a structure does, a colleague when a contact does. fault.Problems for what is wrong, and for an address that
// is there already.
func (s *Service) AddCorrespondent(ctx context.Context, actor Actor, p Provider, n NewCorrespondent) (string, error) {
	if err := p.may(actor, InviteColleagues, EditSuppliers); err != nil {
		return "", err
	}
	n, problems := n.validate()
	if len(problems) > 0 {
		return "", problems
	}
	there, err := s.correspondentsOf(ctx, p)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(there, func(c *Correspondent) bool { return c.Mail == n.Mail }) {
		return "", fault.Problems{{Field: "mail", Key: "identity.contact-already"}}
	}
	if len(there) >= maxCorrespondents {
		return "", fault.NewInvalid("identity.contacts-full", "count", maxCorrespondents)
	}
	now := s.Now()
	made := &Correspondent{
		Meta: store.Meta{ID: store.NewID()}, Supplier: p.Supplier, SupplierName: p.Name, Mail: n.Mail, Name: n.Name, Position: n.Position,
		Role: ProviderContact, Language: n.Language, On: actor.PlaceName, Added: now,
	}
	if actor.Supplier != "" {
		made.Role = ProviderColleague
	}
	if err := journal.Record(&made.Events, actor.Act(ContactAdded, now)); err != nil {
		return "", err
	}
	link, err := s.newLink(p.Region, made)
	if err != nil {
		return "", err
	}
	if err := s.correspondents.In(p.tenant()).Insert(ctx, made); err != nil {
		return "", fmt.Errorf("keep a correspondent: %w", err)
	}
	s.nudge()
	return link, nil
}

// EndCorrespondent ends somebody's access, at once: their link and their sessions open nothing more. A contact ends the access
// of colleagues, and everybody at a supplier their own. fault.NotFound when nobody of that id answers for the supplier.
func (s *Service) EndCorrespondent(ctx context.Context, actor Actor, p Provider, id string) error {
	inside := InviteColleagues
	if id == actor.Person {
		inside = ReadSuppliers
	}
	if err := p.may(actor, inside, EditSuppliers); err != nil {
		return err
	}
	return s.changeCorrespondent(ctx, actor.Act(ContactEnded, s.Now()), p, id, func(c *Correspondent) error {
		if actor.Supplier != "" && c.Role != ProviderColleague && c.ID != actor.Person {
			return fault.NewForbidden("forbidden")
		}
		c.Ended, c.Link = s.Now(), providerLink{}
		return nil
	})
}

// SendLink sends somebody of a supplier a new link; the one before opens nothing more.
func (s *Service) SendLink(ctx context.Context, actor Actor, p Provider, id string) (string, error) {
	if err := p.may(actor, InviteColleagues, EditSuppliers); err != nil {
		return "", err
	}
	var link string
	err := s.changeCorrespondent(ctx, actor.Act(ContactLinkSent, s.Now()), p, id, func(c *Correspondent) error {
		made, err := s.newLink(p.Region, c)
		link = made
		return err
	})
	return link, err
}

func (s *Service) changeCorrespondent(ctx context.Context, act journal.Act, p Provider, id string, change func(*Correspondent) error) error {
	_, err := s.correspondents.In(p.tenant()).Update(ctx, id, journal.Recording(act, (*Correspondent).events, func(c *Correspondent) error {
		if c.Supplier != p.Supplier || !c.Ended.IsZero() {
			return fault.NewNotFound("not-found")
		}
		return change(c)
	}))
	if err != nil {
		return fmt.Errorf("change correspondent %s: %w", id, err)
	}
	s.nudge()
	return nil
}

// MoveCorrespondents gives the people of a supplier to another record of the same supplier, whose name they take; somebody
// whom both know stays once. Done again, it changes nothing more.
func (s *Service) MoveCorrespondents(ctx context.Context, act journal.Act, from, to Provider) error {
	known, err := s.correspondentsOf(ctx, to)
	if err != nil {
		return err
	}
	moving, err := s.correspondentsOf(ctx, from)
	if err != nil {
		return err
	}
	for _, c := range moving {
		twice := slices.ContainsFunc(known, func(k *Correspondent) bool { return k.Mail == c.Mail })
		err := s.changeCorrespondent(ctx, act, from, c.ID, func(c *Correspondent) error {
			if twice {
				c.Ended, c.Link = act.When, providerLink{}
			}
			c.Supplier, c.SupplierName = to.Supplier, to.Name
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// RenameCorrespondents brings the copies of a supplier's name to what it is now.
func (s *Service) RenameCorrespondents(ctx context.Context, p Provider) error {
	there, err := s.correspondentsOf(ctx, p)
	if err != nil {
		return err
	}
	for _, c := range there {
		_, err := s.correspondents.In(p.tenant()).Update(ctx, c.ID, func(c *Correspondent) error {
			c.SupplierName = p.Name
			return nil
		})
		if err != nil {
			return fmt.Errorf("rename the supplier of correspondent %s: %w", c.ID, err)
		}
	}
	return nil
}

// message is the letter that takes a link to its reader.
func (c *Correspondent) message(link string) mail.Message {
	return mail.Message{
		Kind: mail.ProviderLink, Language: c.Language, To: mail.Address{Name: c.Name, Mail: c.Mail}, Structure: c.On, Link: link, Until: c.Link.Until, Zone: DefaultZone,
	}
}
