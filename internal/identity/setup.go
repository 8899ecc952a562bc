package identity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/store"
)

// setup is the one document that says whether the portal has its first structure. It keeps the ids that the first
// structure will have, so that a set-up that was cut off is taken up where it stopped.
type setup struct {
	store.Meta    `bson:",inline"`
	Token         string    `bson:"token"` // hash of the one-time link's token
	Region        string    `bson:"region"`
	Structure     string    `bson:"structure"`
	Person        string    `bson:"person"`
	DemoStructure string    `bson:"demoStructure"` // the fictitious structure, once looked at
	DemoPerson    string    `bson:"demoPerson"`
	Done          time.Time `bson:"done"` // zero until the first structure exists
}

const setupID = "first"

// SetupToken gives the token of the one-time set-up link, made anew at each start until it is used; empty once the portal
// has its first structure.
func (s *Service) SetupToken(ctx context.Context) (Token, error) {
	token, err := newToken()
	if err != nil {
		return "", err
	}
	first := &setup{Meta: store.Meta{ID: setupID}, Token: token.id(), Region: store.NewID(), Structure: store.NewID(), Person: store.NewID()}
	err = s.setups.In(store.System).Insert(ctx, first)
	if fault.KindOf(err) != fault.Conflict {
		return token, err
	}
	current, err := s.setups.In(store.System).Update(ctx, setupID, func(x *setup) error {
		if x.Done.IsZero() {
			x.Token = token.id()
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("prepare the set-up link: %w", err)
	}
	if !current.Done.IsZero() {
		return "", nil
	}
	return token, nil
}

// SetupPending reports whether the portal still waits for its first structure.
func (s *Service) SetupPending(ctx context.Context) (bool, error) {
	current, err := s.setups.In(store.System).Get(ctx, setupID)
	if fault.KindOf(err) == fault.NotFound {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the set-up: %w", err)
	}
	return current.Done.IsZero(), nil
}

// CheckSetup reports whether a set-up link is the one that was printed last and is not used yet: fault.NotFound otherwise,
// fault.TooMany after too many tries from a network.
func (s *Service) CheckSetup(ctx context.Context, token Token, network string) error {
	if err := s.attempts.allow(s.Now(), "setup "+network, attemptsPerNetwork); err != nil {
		return err
	}
	_, err := s.pending(ctx, token)
	return err
}

func (s *Service) pending(ctx context.Context, token Token) (*setup, error) {
	current, err := s.setups.In(store.System).Get(ctx, setupID)
	if err != nil {
		return nil, fault.NewNotFound("identity.setup-link").Because(err)
	}
	if !current.Done.IsZero() || current.Token != token.id() {
		return nil, fault.NewNotFound("identity.setup-link")
	}
	return current, nil
}

// First is what the first visitor gives.
type First struct {
	Structure string
	Address   string
	FINESS    string
	Region    string
	Name      string
	Mail      string
	Password  string
}

// Validate gives every problem of the form.
func (f First) Validate() fault.Problems {
	var problems fault.Problems
	problems = append(problems, content.Line("structure", f.Structure, content.MaxLine, "identity.structure-name")...)
	problems = append(problems, content.Line("address", f.Address, content.MaxLine, "")...)
	problems = append(problems, content.Line("finess", f.FINESS, maxFINESS, "")...)
	problems = append(problems, content.Line("region", f.Region, content.MaxLine, "")...)
	problems = append(problems, content.Line("name", f.Name, content.MaxLine, "identity.your-name")...)
	if _, wrong := writableMail(f.Mail); wrong != nil {
		problems = append(problems, *wrong)
	}
	if problem := checkPassword(f.Password, f.Mail, f.Name); problem != nil {
		problems = append(problems, *problem)
	}
	return problems
}

// SetUp makes the region, the structure and its administrator, uses up the link and signs in. A set-up that was cut off
// may be sent again.
func (s *Service) SetUp(ctx context.Context, token Token, f First) (Token, error) {
	current, err := s.pending(ctx, token)
	if err != nil {
		return "", err
	}
	if problems := f.Validate(); len(problems) > 0 {
		return "", problems
	}
	hash, err := s.passwords.hash(ctx, f.Password)
	if err != nil {
		return "", err
	}
	address, _ := validMail(f.Mail)
	if err := s.reservations.Reserve(ctx, store.System, "mail", address, current.Person); err != nil {
		return "", err
	}
	region := f.Region
	if strings.TrimSpace(region) == "" {
		region = f.Structure
	}
	person := &Person{
		Meta: store.Meta{ID: current.Person}, Mail: address, Name: strings.TrimSpace(f.Name), Password: hash,
	}
	structure := &Structure{
		Meta: store.Meta{ID: current.Structure}, Region: current.Region, Name: strings.TrimSpace(f.Structure),
		Address: strings.TrimSpace(f.Address), FINESS: strings.TrimSpace(f.FINESS), Zone: DefaultZone,
	}
	if err := s.found(ctx, &Region{Meta: store.Meta{ID: current.Region}, Name: strings.TrimSpace(region)}, structure, person); err != nil {
		return "", fmt.Errorf("set up the first structure: %w", err)
	}
	_, err = s.setups.In(store.System).Update(ctx, setupID, func(x *setup) error {
		if !x.Done.IsZero() {
			return fault.NewNotFound("identity.setup-link")
		}
		x.Done, x.Token = s.Now(), ""
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("close the set-up: %w", err)
	}
	return s.open(ctx, person, ByPassword, BySetup)
}

// found writes a region, a structure and a person who administers both, over what a cut-off attempt may have left.
func (s *Service) found(ctx context.Context, region *Region, structure *Structure, person *Person) error {
	now := s.Now()
	person.Memberships = []Membership{{Structure: structure.ID, Region: region.ID}, {Region: region.ID}}
	structure.Members = []Member{{Person: person.ID, Role: Administrator, Since: now}}
	region.Members = []Member{{Person: person.ID, Role: RegionAdministrator, Since: now}}
	region.Structures = []Affiliate{{structure.ID, structure.Name, structure.Sharing}}
	founder := Actor{Person: person.ID, Structure: structure.ID, Region: region.ID, Role: Administrator}
	if err := journal.Record(&structure.Events, founder.Act(StructureAdded, now)); err != nil {
		return err
	}
	if err := journal.Record(&region.Events, Actor{Person: person.ID, Region: region.ID, Role: RegionAdministrator}.Act(RegionAdded, now)); err != nil {
		return err
	}
	if err := put(ctx, s.regions.In(RegionTenant(region.ID)), region.ID, region); err != nil {
		return err
	}
	if err := put(ctx, s.structures.In(StructureTenant(structure.ID)), structure.ID, structure); err != nil {
		return err
	}
	s.nudge()
	return put(ctx, s.people.In(store.System), person.ID, person)
}

func put[T any](ctx context.Context, in store.Scoped[T], id string, doc *T) error {
	err := in.Insert(ctx, doc)
	if fault.KindOf(err) != fault.Conflict {
		return err
	}
	if err := in.Delete(ctx, id, 0); err != nil {
		return err
	}
	return in.Insert(ctx, doc)
}

// LookAround signs in to the fictitious structure, which `fill` makes the first time. The set-up link stays valid, so that
// the visitor can create their own structure afterwards.
func (s *Service) LookAround(ctx context.Context, token Token, demo Structure, name string, fill func(ctx context.Context, actor Actor) error) (Token, error) {
	current, err := s.pending(ctx, token)
	if err != nil {
		return "", err
	}
	if current.DemoPerson != "" {
		person, err := s.people.In(store.System).Get(ctx, current.DemoPerson)
		if err != nil {
			return "", fmt.Errorf("read the demonstration: %w", err)
		}
		return s.open(ctx, person, ByDemonstration)
	}
	region := &Region{Meta: store.Meta{ID: store.NewID()}, Name: demo.Name}
	demo.ID, demo.Region, demo.Demo, demo.Zone = store.NewID(), region.ID, true, DefaultZone
	person := &Person{Meta: store.Meta{ID: store.NewID()}, Name: name}
	if err := s.found(ctx, region, &demo, person); err != nil {
		return "", fmt.Errorf("make the demonstration: %w", err)
	}
	actor := Actor{Person: person.ID, Name: name, Structure: demo.ID, Region: region.ID, Role: Administrator}
	if err := fill(ctx, actor); err != nil {
		return "", fmt.Errorf("fill the demonstration: %w", err)
	}
	_, err = s.setups.In(store.System).Update(ctx, setupID, func(x *setup) error {
		x.DemoStructure, x.DemoPerson = demo.ID, person.ID
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("keep the demonstration: %w", err)
	}
	return s.open(ctx, person, ByDemonstration)
}
