package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

// account is one account at an issuer with which a person signs in.
type account struct {
	Issuer string    `bson:"issuer"` // URL
	Sub    string    `bson:"sub"`
	Bound  time.Time `bson:"bound"`
	Used   time.Time `bson:"used"` // zero: never
}

// Account is an account at an issuer as its owner sees it.
type Account struct {
	ID          string // names the account in addresses; it opens nothing
	Issuer      string // id; empty when the portal has it no more
	Label       string
	Bound, Used time.Time
}

// subjectKey is unique over issuers: two of them may have the same sub (OWASP ASVS 5.0.0 6.8.1, 10.5.2).
func subjectKey(issuer, sub string) string { return issuer + "\n" + sub }

func (a account) id() string {
	sum := sha256.Sum256([]byte(subjectKey(a.Issuer, a.Sub)))
	return hex.EncodeToString(sum[:16])
}

func (c *credentials) accountAt(issuer, sub string) int {
	return slices.IndexFunc(c.Accounts, func(a account) bool { return a.Issuer == issuer && a.Sub == sub })
}

// bindOwn makes an account at an issuer a way for the person of a session to sign in, ends their other sessions and tells
// them by mail.
func (s *Service) bindOwn(ctx context.Context, token Token, issuer string, subject Subject) (Token, error) {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return "", err
	}
	follows, err := s.follow(ctx, session, AccountBound, mail.MethodAdded, s.labelOf(issuer))
	if err != nil {
		return "", err
	}
	if err := s.bind(ctx, session.Person, subject, follows); err != nil {
		return "", err
	}
	return s.riseAlone(ctx, token, subject.method())
}

// bind notes that an account at an issuer is a person's: fault.Conflict when it is somebody else's already. One that is
// theirs already stays as it is.
func (s *Service) bind(ctx context.Context, person string, subject Subject, follows follower) error {
	err := s.reservations.Reserve(ctx, store.System, subjectUse, subjectKey(subject.Issuer, subject.Sub), person)
	if fault.KindOf(err) == fault.Conflict {
		return fault.NewConflict("identity.account-taken").Because(err)
	}
	if err != nil {
		return fmt.Errorf("reserve an account: %w", err)
	}
	now := s.Now()
	return s.changeCredentials(ctx, person, func(c *credentials) error {
		if c.accountAt(subject.Issuer, subject.Sub) >= 0 {
			return nil
		}
		return following(follows, (*credentials).events, func(c *credentials) error {
			c.Accounts = append(c.Accounts, account{Issuer: subject.Issuer, Sub: subject.Sub, Bound: now})
			return nil
		})(c)
	})
}

// UnbindAccount forgets one of the person's accounts at issuers. It asks for a fresh session, strong where a second factor
// exists. fault.NotFound when they have none of that id; fault.Conflict("identity.last-way-in") when nothing else lets them
// in.
func (s *Service) UnbindAccount(ctx context.Context, token Token, id string) error {
	session, kept, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(kept.Accounts, func(a account) bool { return a.id() == id })
	if at < 0 {
		return fault.NewNotFound("not-found")
	}
	gone := kept.Accounts[at]
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return err
	}
	label := gone.Issuer
	if issuer, ok := s.issuerAt(gone.Issuer); ok {
		label = issuer.Label
	}
	follows, err := s.follow(ctx, session, AccountUnbound, mail.MethodRemoved, label)
	if err != nil {
		return err
	}
	err = s.changeFollowed(ctx, person.ID, follows, func(c *credentials) error {
		at := c.accountAt(gone.Issuer, gone.Sub)
		if at < 0 {
			return fault.NewNotFound("not-found")
		}
		c.Accounts = slices.Delete(c.Accounts, at, at+1)
		return s.leavesAWayIn(person, c)
	})
	if err != nil {
		return err
	}
	if err := s.reservations.Release(ctx, store.System, subjectUse, subjectKey(gone.Issuer, gone.Sub), person.ID); err != nil {
		return fmt.Errorf("release an account: %w", err)
	}
	return nil
}

// leavesAWayIn refuses a change after which its person could not sign in any more: fault.Conflict("identity.last-way-in").
func (s *Service) leavesAWayIn(person *Person, c *credentials) error {
	usable := func(a account) bool {
		_, ok := s.issuerAt(a.Issuer)
		return ok
	}
	if person.Password == "" && len(c.Passkeys) == 0 && !slices.ContainsFunc(c.Accounts, usable) {
		return fault.NewConflict("identity.last-way-in")
	}
	return nil
}

// issuerAt finds an issuer by its address.
func (s *Service) issuerAt(address string) (Issuer, bool) {
	all := s.Issuers()
	at := slices.IndexFunc(all, func(i Issuer) bool { return i.URL == address })
	if at < 0 {
		return Issuer{}, false
	}
	return all[at], true
}

func (s *Service) labelOf(id string) string {
	for _, i := range s.Issuers() {
		if i.ID == id {
			return i.Label
		}
	}
	return id
}

// Accounts lists the accounts at issuers of the person of a session, in the order in which they were bound.
func (s *Service) Accounts(ctx context.Context, token Token) ([]Account, error) {
	session, err := s.SessionOf(ctx, token)
	if err != nil {
		return nil, err
	}
	kept, err := s.credentialsOf(ctx, session.Person)
	if err != nil {
		return nil, err
	}
	var shown []Account
	for _, a := range kept.Accounts {
		one := Account{ID: a.id(), Label: a.Issuer, Bound: a.Bound, Used: a.Used}
		if issuer, ok := s.issuerAt(a.Issuer); ok {
			one.Issuer, one.Label = issuer.ID, issuer.Label
		}
		shown = append(shown, one)
	}
	return shown, nil
}

// JoinWithIssuer accepts an invitation with what an issuer answered to ToJoin, and signs in. For somebody who has no account
// here yet, what the issuer vouches for becomes their way in: the link proves the address, as it does for a password. The
// owner of an account here comes with what they have bound to it: fault.Forbidden("identity.account-of-another")
// otherwise. It may be done again after it was cut off.
func (s *Service) JoinWithIssuer(ctx context.Context, to Membership, token Token, network, issuer string, subject Subject) (Token, error) {
	x, err := s.invitation(ctx, to, token, network)
	if err != nil {
		return "", err
	}
	person, err := s.byMail(ctx, x.Mail)
	switch {
	case err == nil:
		if err := s.accountUsed(ctx, person.ID, subject); fault.KindOf(err) == fault.Forbidden {
			return "", fault.NewForbidden("identity.account-of-another")
		} else if err != nil {
			return "", err
		}
	case fault.KindOf(err) == fault.NotFound:
		act := Actor{Person: x.Person, Structure: x.Structure, Region: x.Region, Role: x.Role, Request: browserOf(ctx).Request}.Act(AccountBound, s.Now())
		if err := s.bind(ctx, x.Person, subject, follower{act: act}); err != nil {
			return "", err
		}
		if person, err = s.keepPerson(ctx, x, nameOf(subject, x), ""); err != nil {
			return "", err
		}
	default:
		return "", err
	}
	if person, err = s.belong(ctx, person, x); err != nil {
		return "", err
	}
	opened, err := s.open(ctx, person, subject.method())
	if err != nil {
		return "", err
	}
	return opened, s.remember(ctx, opened, person.ID, issuer, subject)
}

// nameOf is what somebody is called who joins by an issuer: as it says, else as they were invited, else by their address.
func nameOf(subject Subject, x *Invitation) string {
	for _, name := range []string{subject.Name, x.Name} {
		if name = strings.TrimSpace(name); name != "" && len(content.Line("name", name, content.MaxLine, "")) == 0 {
			return name
		}
	}
	return x.Mail
}
