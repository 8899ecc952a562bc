package identity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/store"
)

// OwnData is all that this package keeps of a person, as they are given it (GDPR art. 15 and 20). Of what proves who they
// are, it says that it is there and since when, never the secret.
type OwnData struct {
	Person   string       `json:"reference"` // under which the journals name them
	Name     string       `json:"name"`
	Mail     string       `json:"mail"`
	Password bool         `json:"password"`
	Places   []OwnPlace   `json:"places"`
	App      *time.Time   `json:"authenticator_app_since,omitempty"`
	Reset    *time.Time   `json:"second_factor_reset_on,omitempty"`
	Codes    int          `json:"recovery_codes_left"`
	Passkeys []OwnPasskey `json:"passkeys"`
	Issuers  []string     `json:"accounts_at_identity_providers"`
	Browsers []time.Time  `json:"known_browsers_last_seen"`
	Sessions []OwnSession `json:"sessions"`
}

// OwnPlace is where a person belongs.
type OwnPlace struct {
	Name   string     `json:"name"`
	Region bool       `json:"is_a_region"`
	Role   Role       `json:"role"`
	Since  time.Time  `json:"since"`
	Ends   *time.Time `json:"ends,omitempty"`
	Reason string     `json:"reason,omitempty"`
	In     Membership `json:"-"`
}

// OwnPasskey is a passkey, without its key.
type OwnPasskey struct {
	Name  string     `json:"name"`
	Added time.Time  `json:"added"`
	Used  *time.Time `json:"last_used,omitempty"`
}

// OwnSession is where the person is signed in.
type OwnSession struct {
	Opened  time.Time `json:"opened"`
	Seen    time.Time `json:"last_seen"`
	Device  string    `json:"device"`
	Network string    `json:"network"`
	Proofs  []Method  `json:"proofs"`
}

// known is a time as it is exported: absent when it never was.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// OwnData gives a person what is kept of them. It asks for a fresh session that owes nothing: whoever finds a screen open
// carries nothing away.
func (s *Service) OwnData(ctx context.Context, token Token) (OwnData, error) {
	session, kept, err := s.mayChange(ctx, token)
	if err != nil {
		return OwnData{}, err
	}
	person, err := s.personByID(ctx, session.Person)
	if err != nil {
		return OwnData{}, err
	}
	own := OwnData{
		Person: person.ID, Name: person.Name, Mail: person.Mail, Password: person.Password != "", Reset: known(kept.Reset),
		Places: []OwnPlace{}, Passkeys: []OwnPasskey{}, Issuers: []string{}, Browsers: []time.Time{}, Sessions: []OwnSession{},
	}
	places, err := s.Places(ctx, Actor{Person: person.ID})
	if err != nil {
		return OwnData{}, err
	}
	for _, x := range places {
		p, err := s.placeOf(ctx, x.Membership)
		if err != nil {
			return OwnData{}, err
		}
		if at := indexOf(p.members, person.ID); at >= 0 {
			m := p.members[at]
			own.Places = append(own.Places, OwnPlace{x.Name, x.Structure == "", m.Role, m.Since, known(m.Ends), m.Reason, x.Membership})
		}
	}
	own.add(kept)
	open, err := s.OpenSessions(ctx, token)
	if err != nil {
		return OwnData{}, err
	}
	for _, x := range open {
		own.Sessions = append(own.Sessions, OwnSession{x.Opened, x.Seen, x.Device, x.Network, x.Methods})
	}
	return own, nil
}

// add tells what proves who the person is.
func (o *OwnData) add(kept *credentials) {
	if kept.TOTP != nil {
		o.App = known(kept.TOTP.Since)
	}
	for _, code := range kept.Recovery {
		if code.Used.IsZero() {
			o.Codes++
		}
	}
	for _, k := range kept.Passkeys {
		o.Passkeys = append(o.Passkeys, OwnPasskey{k.Name, k.Added, known(k.Used)})
	}
	for _, a := range kept.Accounts {
		o.Issuers = append(o.Issuers, a.Issuer)
	}
	for _, b := range kept.Browsers {
		o.Browsers = append(o.Browsers, b.Seen)
	}
}

// ChangeName gives the person of a session another name, from now on: what they signed keeps the name that they had.
// fault.Problems when it will not do.
func (s *Service) ChangeName(ctx context.Context, token Token, name string) error {
	session, _, err := s.mayChange(ctx, token)
	if err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if problems := content.Line("name", name, content.MaxLine, "identity.your-name"); len(problems) > 0 {
		return problems
	}
	follows, err := s.follow(ctx, session, "account.renamed", "", "")
	if err != nil {
		return err
	}
	err = s.changePerson(ctx, session.Person, follows, func(p *Person) error {
		p.Name = name
		return nil
	})
	if err != nil {
		return fmt.Errorf("rename person %s: %w", session.Person, err)
	}
	open, err := s.sessionsOf(ctx, session.Person)
	if err != nil {
		return err
	}
	for _, x := range open {
		if _, err := s.sessions.In(store.System).Update(ctx, x.ID, func(x *Session) error { x.Name = name; return nil }); err != nil {
			return fmt.Errorf("rename person %s in a session: %w", session.Person, err)
		}
	}
	return nil
}
