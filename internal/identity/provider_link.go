package identity

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/url"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

// How long a provider's link waits to be used, and how long the session lives that it is exchanged for: idle, and in all.
const (
	providerLinkLife    = 7 * 24 * time.Hour
	providerSessionIdle = 4 * time.Hour
	providerSessionMax  = 12 * time.Hour
	linksPerAddress     = 3 // letters in attemptWindow
)

// providerLink lets one correspondent in, once: for a session at their supplier and for nothing else. One is kept for each of
// them, by its hash; a new one voids the one before (OWASP ASVS 5.0.0 6.5.1, 6.6.2).
type providerLink struct {
	Hash  string    `bson:"hash"`
	Sent  time.Time `bson:"sent"` // zero: no link was ever sent
	Until time.Time `bson:"until"`
	Used  time.Time `bson:"used"` // zero: not yet
}

// matches reports whether a token is that of the link, used or not.
func (l providerLink) matches(token Token) bool {
	return l.Hash != "" && subtle.ConstantTimeCompare([]byte(l.Hash), []byte(token.id())) == 1
}

func (l providerLink) open(now time.Time) bool { return l.Used.IsZero() && now.Before(l.Until) }

// newLink gives a correspondent a new link, in the place of any other, and asks for the letter.
func (s *Service) newLink(region string, c *Correspondent) (string, error) {
	token, err := newToken()
	if err != nil {
		return "", err
	}
	now := s.Now()
	c.Link = providerLink{Hash: token.id(), Sent: now, Until: now.Add(providerLinkLife)}
	link := s.Site + "/provider/" + region + "/" + c.ID + "/" + url.PathEscape(string(token))
	return link, c.Events.Add(mail.Requested, c.message(link))
}

// LinkState is what the holder of a provider's link is told before they use it.
type LinkState struct {
	Supplier, On, Name string
	Open               bool // it was not used and is not over; otherwise a new one can be asked for
	Until              time.Time
}

// LinkOf reads a link and uses nothing up: a mail scanner opens links too. fault.NotFound("identity.provider-link") for one
// that was replaced, whose owner's access ended, or that never was; fault.TooMany after too many guesses from a network.
func (s *Service) LinkOf(ctx context.Context, region, id string, token Token, network string) (LinkState, error) {
	c, err := s.byLink(ctx, region, id, token, network)
	if err != nil {
		return LinkState{}, err
	}
	return LinkState{c.SupplierName, c.On, c.Name, c.Link.open(s.Now()), c.Link.Until}, nil
}

func (s *Service) byLink(ctx context.Context, region, id string, token Token, network string) (*Correspondent, error) {
	if err := s.attempts.allow(s.Now(), "provider-link "+network, attemptsPerNetwork); err != nil {
		return nil, err
	}
	unknown := fault.NewNotFound("identity.provider-link")
	if !store.ValidID(region) || !store.ValidID(id) {
		return nil, unknown
	}
	c, err := s.correspondents.In(RegionTenant(region)).Get(ctx, id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, fmt.Errorf("read correspondent %s: %w", id, err)
	}
	if err != nil || !c.Ended.IsZero() || !c.Link.matches(token) {
		return nil, unknown
	}
	s.attempts.giveBack("provider-link " + network)
	return c, nil
}

// providerSession is a correspondent on one browser, under the hash of the token of its cookie. It reaches their supplier and
// nothing else.
type providerSession struct {
	store.Meta    `bson:",inline"`
	Region        string    `bson:"region"`
	Correspondent string    `bson:"correspondent"`
	Created       time.Time `bson:"created"`
	Seen          time.Time `bson:"seen"`
	Expires       time.Time `bson:"expires"`
}

var providerSessionSchema = store.Schema{Collection: "provider-sessions", Shape: 1, Indexes: []store.Index{{Name: "expires", Fields: []string{"expires"}}}}

// Exchange uses a link up and opens a session at its supplier. fault.Conflict("identity.provider-link-used") when it was used
// or is over; otherwise its errors are those of LinkOf.
func (s *Service) Exchange(ctx context.Context, region, id string, token Token, network string) (Token, error) {
	c, err := s.byLink(ctx, region, id, token, network)
	if err != nil {
		return "", err
	}
	now := s.Now()
	act := c.actor(region).Act(ContactSignedIn, now)
	act.Request = browserOf(ctx).Request
	err = s.changeCorrespondent(ctx, act, Provider{region, c.Supplier, c.SupplierName}, c.ID, func(c *Correspondent) error {
		if !c.Link.matches(token) || !c.Link.open(now) {
			return fault.NewConflict("identity.provider-link-used")
		}
		c.Link.Used, c.Seen = now, now
		return nil
	})
	if err != nil {
		return "", err
	}
	session, err := newToken()
	if err != nil {
		return "", err
	}
	opened := &providerSession{Meta: store.Meta{ID: session.id()}, Region: region, Correspondent: c.ID, Created: now, Seen: now, Expires: now.Add(providerSessionIdle)}
	if err := s.providerSessions.In(store.System).Insert(ctx, opened); err != nil {
		return "", fmt.Errorf("open the session of correspondent %s: %w", c.ID, err)
	}
	return session, nil
}

// RenewLink sends the holder of a link that was used or is over a new one, to the address that it was sent to.
func (s *Service) RenewLink(ctx context.Context, region, id string, token Token, network string) error {
	c, err := s.byLink(ctx, region, id, token, network)
	if err != nil {
		return err
	}
	if err := s.attempts.allow(s.Now(), "provider-link-for "+c.Mail, linksPerAddress); err != nil {
		return err
	}
	return s.sendNew(ctx, region, c)
}

// AskLinks sends a new link to each correspondent of a region who has this mail address. What comes back is the same whether
// somebody has it or not (OWASP ASVS 5.0.0 6.3.8). fault.Problems when it is no address, fault.TooMany after too many from
// this network.
func (s *Service) AskLinks(ctx context.Context, region, address, network string) error {
	key, ok := validMail(address)
	if !ok {
		return fault.Problems{{Field: "mail", Key: "identity.mail"}}
	}
	now := s.Now()
	if err := s.attempts.allow(now, "provider-link-asked "+network, attemptsPerNetwork); err != nil {
		return err
	}
	enough := s.attempts.allow(now, "provider-link-for "+key, linksPerAddress) != nil
	if !store.ValidID(region) {
		return nil
	}
	page, err := s.correspondents.In(RegionTenant(region)).Scan(ctx, store.Query{Index: "mail", Equal: []any{key}})
	if err != nil {
		return fmt.Errorf("find correspondents by mail: %w", err)
	}
	for _, c := range page.Items {
		if enough || !c.Ended.IsZero() {
			continue
		}
		if err := s.sendNew(ctx, region, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sendNew(ctx context.Context, region string, c *Correspondent) error {
	act := c.actor(region).Act(ContactLinkAsked, s.Now())
	act.Request = browserOf(ctx).Request
	return s.changeCorrespondent(ctx, act, Provider{region, c.Supplier, c.SupplierName}, c.ID, func(c *Correspondent) error {
		_, err := s.newLink(region, c)
		return err
	})
}

// actor is a correspondent as the table of permissions knows them.
func (c *Correspondent) actor(region string) Actor {
	return Actor{Person: c.ID, Name: c.Name, Region: region, Supplier: c.Supplier, Role: c.Role, PlaceName: c.SupplierName}
}

// ResumeProvider gives the actor of a provider's session; fault.NotFound when it does not exist or is over, or when their
// access ended.
func (s *Service) ResumeProvider(ctx context.Context, token Token) (Actor, error) {
	in, now := s.providerSessions.In(store.System), s.Now()
	session, err := in.Get(ctx, token.id())
	if err != nil {
		return Actor{}, err
	}
	if !now.Before(session.Expires) {
		return Actor{}, fault.NewNotFound("not-found")
	}
	c, err := s.correspondents.In(RegionTenant(session.Region)).Get(ctx, session.Correspondent)
	if err != nil {
		return Actor{}, err
	}
	if !c.Ended.IsZero() {
		return Actor{}, fault.NewNotFound("not-found")
	}
	if now.Sub(session.Seen) >= touchEvery {
		// A failure only makes the session end sooner.
		_, _ = in.Update(ctx, session.ID, func(x *providerSession) error {
			x.Seen, x.Expires = now, now.Add(providerSessionIdle)
			if end := x.Created.Add(providerSessionMax); end.Before(x.Expires) {
				x.Expires = end
			}
			return nil
		})
	}
	return c.actor(session.Region), nil
}

// LeaveProvider ends a provider's session; one that does not exist is ended already.
func (s *Service) LeaveProvider(ctx context.Context, token Token) error {
	err := s.providerSessions.In(store.System).Delete(ctx, token.id(), 0)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return fmt.Errorf("end a provider's session: %w", err)
	}
	return nil
}

// sweepProviderSessions deletes the provider's sessions that are over, a page at a time.
func (s *Service) sweepProviderSessions(ctx context.Context) error {
	in := s.providerSessions.In(store.System)
	page, err := in.Scan(ctx, store.Query{Index: "expires", To: s.Now(), Limit: 500})
	if err != nil {
		return fmt.Errorf("sweep provider's sessions: %w", err)
	}
	for _, over := range page.Items {
		if err := in.Delete(ctx, over.ID, 0); err != nil && fault.KindOf(err) != fault.NotFound {
			return fmt.Errorf("sweep provider's sessions: %w", err)
		}
	}
	return nil
}
