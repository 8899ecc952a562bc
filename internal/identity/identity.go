// Package identity knows regions, structures and people: who signs in, in which role, and what each role may do.
package identity

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// Region groups structures; its suppliers are shared.
type Region struct {
	store.Meta `bson:",inline"`
	Name       string         `bson:"name"`
	Structures []Affiliate    `bson:"structures"` // by name
	Members    []Member       `bson:"members"`
	Events     outbox.Pending `bson:"events"`
}

// Affiliate is a structure as its region knows it: a copy that follows the structure.
type Affiliate struct {
	Structure string  `bson:"structure"`
	Name      string  `bson:"name"`
	Sharing   Sharing `bson:"sharing"`
}

// Sharing is what a structure lets the referents of its region see of its services. The structure alone decides.
type Sharing string

// What a structure may share. It shares nothing until it says so.
const (
	SharesNothing Sharing = "nothing"
	SharesSummary Sharing = "summary" // suppliers, tiers, scores; no annex, no answer
	SharesAll     Sharing = "all"     // answers and gaps too
)

// Sharings lists what a structure may choose.
func Sharings() []Sharing { return []Sharing{SharesNothing, SharesSummary, SharesAll} }

// Structure is a buying organisation: a hospital, a clinic, a laboratory.
type Structure struct {
	store.Meta     `bson:",inline"`
	Region         string         `bson:"region"`
	Name           string         `bson:"name"`
	LegalForm      string         `bson:"legalForm"`
	Address        string         `bson:"address"`
	FINESS         string         `bson:"finess"`
	Representative string         `bson:"representative"`
	Zone           string         `bson:"zone"` // IANA name: "Europe/Paris", "Indian/Reunion"
	Defaults       []DefaultValue `bson:"defaults"`
	Template       *Template      `bson:"template"` // nil: the product's own
	Demo           bool           `bson:"demo"`     // fictitious, to look around
	Sharing        Sharing        `bson:"sharing"`  // empty: nothing
	Members        []Member       `bson:"members"`
	Revision       int64          `bson:"revision"` // of what the settings hold; the store's version moves with members and events too
	Events         outbox.Pending `bson:"events"`
}

// DefaultValue is a value that the structure proposes in place of the library's.
type DefaultValue struct {
	Variable string `bson:"variable"`
	Value    string `bson:"value"`
}

// Template is the structure's own Word template, kept as a file.
type Template struct {
	File string    `bson:"file"`
	Name string    `bson:"name"`
	Size int64     `bson:"size"`
	Set  time.Time `bson:"set"`
}

// Location is the structure's time zone; Paris when it is not known.
func (s *Structure) Location() *time.Location {
	for _, name := range []string{s.Zone, DefaultZone} {
		if zone, err := time.LoadLocation(name); err == nil && name != "" {
			return zone
		}
	}
	return time.UTC
}

// DefaultZone is the zone of a structure that has not chosen.
const DefaultZone = "Europe/Paris"

// Zones lists the zones of France, overseas too.
func Zones() []string {
	return []string{
		DefaultZone, "America/Guadeloupe", "America/Martinique", "America/Cayenne", "America/Miquelon", "America/St_Barthelemy",
		"America/Marigot", "Indian/Reunion", "Indian/Mayotte", "Pacific/Noumea", "Pacific/Tahiti", "Pacific/Wallis",
	}
}

// Person is somebody who signs in.
type Person struct {
	store.Meta  `bson:",inline"`
	Mail        string       `bson:"mail"` // lower case
	Name        string       `bson:"name"`
	Password    string       `bson:"password"`    // argon2id, encoded with its parameters; empty: no password sign-in
	Memberships []Membership `bson:"memberships"` // the one that signing in opens first
	Former      []Membership `bson:"former"`      // where they belonged before, so that erasing reaches it
	Erased      time.Time    `bson:"erased"`      // zero: the account stands

	Outbox outbox.Pending `bson:"outbox"` // what must follow a change: acts and notices
}

// Membership is where a person may belong: a structure, or a region when there is none. The place itself says whether they
// still do, and in which role.
type Membership struct {
	Structure string `bson:"structure"`
	Region    string `bson:"region"` // that the structure belongs to, or that the membership is of
}

// Service keeps structures and people, and lets them in.
type Service struct {
	Now func() time.Time
	// RequireSecondFactor refuses sessions opened with a password alone to the roles of NeedsSecondFactor. The program sets
	// it; who has set a second factor up gives it in any case.
	RequireSecondFactor bool
	// Site is the address at which people reach the portal, without a slash at its end: links of letters begin with it.
	Site string

	regions          *store.Collection[Region]
	structures       *store.Collection[Structure]
	people           *store.Collection[Person]
	sessions         *store.Collection[Session]
	setups           *store.Collection[setup]
	invitations      *store.Collection[Invitation]
	signIns          *store.Collection[signIns]
	mailChanges      *store.Collection[mailChange]
	correspondents   *store.Collection[Correspondent]
	providerSessions *store.Collection[providerSession]
	reservations     *store.Reservations
	files            *store.Files
	passwords        *passwords
	attempts         *throttle
	failures         *failures
	proofs           *proofs
	nudge            func() // tells the worker that events wait
}

var (
	regionSchema    = store.Schema{Collection: "regions", Shape: 1, Indexes: outbox.Indexes("events")}
	structureSchema = store.Schema{Collection: "structures", Shape: 1, Indexes: outbox.Indexes("events")}
	personSchema    = store.Schema{Collection: "people", Shape: 1, Indexes: outbox.Indexes("outbox")}
	sessionSchema   = store.Schema{Collection: "sessions", Shape: 1, Indexes: []store.Index{
		{Name: "expires", Fields: []string{"expires"}}, {Name: "person", Fields: []string{"person", "seen"}},
	}}
	setupSchema = store.Schema{Collection: "setup", Shape: 1}
)

// Schemas lists the collections that this package keeps.
func Schemas() []store.Schema {
	return append([]store.Schema{regionSchema, structureSchema, personSchema, sessionSchema, setupSchema, invitationSchema, correspondentSchema, providerSessionSchema, signInSchema, mailChangeSchema}, proofSchemas()...)
}

// New gives the service on an engine, whose secrets and files these keys seal.
func New(engine store.Engine, keys *store.Keys, now func() time.Time) *Service {
	return &Service{
		Now:     now,
		regions: store.NewCollection[Region](engine, regionSchema), structures: store.NewCollection[Structure](engine, structureSchema),
		people: store.NewCollection[Person](engine, personSchema), sessions: store.NewCollection[Session](engine, sessionSchema),
		setups: store.NewCollection[setup](engine, setupSchema), invitations: store.NewCollection[Invitation](engine, invitationSchema),
		correspondents: store.NewCollection[Correspondent](engine, correspondentSchema), providerSessions: store.NewCollection[providerSession](engine, providerSessionSchema),
		signIns: store.NewCollection[signIns](engine, signInSchema), mailChanges: store.NewCollection[mailChange](engine, mailChangeSchema),
		reservations: store.NewReservations(engine), files: store.NewFiles(engine, keys),
		passwords: newPasswords(), attempts: newThrottle(), failures: newFailures(), proofs: newProofs(engine, keys), nudge: func() {},
	}
}

// Follow gives the events that wait in this package's documents to a worker, and hears of those that concern it.
func (s *Service) Follow(events *outbox.Worker) {
	s.nudge = events.Nudge
	events.Register(s.Sources()...)
	events.On(StructureChanged, s.affiliate)
	events.On(FactorsReset, s.factorsWereReset)
	events.On(PersonErased, s.forget)
	events.On(supportDue, s.endSupport)
}

func (s *Structure) events() *outbox.Pending { return &s.Events }
func (x *Region) events() *outbox.Pending    { return &x.Events }

// Structure gives the actor's own structure.
func (s *Service) Structure(ctx context.Context, actor Actor) (*Structure, error) {
	if err := Require(actor, ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	structure, err := s.structures.In(actor.Tenant()).Get(ctx, actor.Structure)
	if err != nil {
		return nil, fmt.Errorf("read structure %s: %w", actor.Structure, err)
	}
	return structure, nil
}

// StructureByID gives a structure to the other floors, for work that no person asked for (an event's listener).
func (s *Service) StructureByID(ctx context.Context, id string) (*Structure, error) {
	structure, err := s.structures.In(StructureTenant(id)).Get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read structure %s: %w", id, err)
	}
	return structure, nil
}

// maxFINESS is the longest FINESS number that is taken, in characters: nine digits and the spaces people put between them.
const maxFINESS = 20

// Settings are what an administrator may change of a structure.
type Settings struct {
	Name, LegalForm, Address, FINESS, Representative, Zone string
	Sharing                                                Sharing
	Defaults                                               []DefaultValue
}

// Validate gives every problem of the settings; the values of Defaults are checked by whoever knows the variables.
func (x Settings) Validate() fault.Problems {
	var problems fault.Problems
	problems = append(problems, content.Line("name", x.Name, content.MaxLine, "identity.structure-name")...)
	problems = append(problems, content.Line("legal_form", x.LegalForm, content.MaxLine, "")...)
	problems = append(problems, content.Line("address", x.Address, content.MaxLine, "")...)
	problems = append(problems, content.Line("finess", x.FINESS, maxFINESS, "")...)
	problems = append(problems, content.Line("representative", x.Representative, content.MaxLine, "")...)
	if x.Zone != "" && !slices.Contains(Zones(), x.Zone) {
		problems = append(problems, fault.Problem{Field: "zone", Key: "identity.zone"})
	}
	if x.Sharing != "" && !slices.Contains(Sharings(), x.Sharing) {
		problems = append(problems, fault.Problem{Field: "sharing", Key: "identity.sharing"})
	}
	return problems
}

// Region gives the region of the structure that the actor works in.
func (s *Service) Region(ctx context.Context, actor Actor) (*Region, error) {
	if err := Require(actor, ReadServices, actor.Structure); err != nil {
		return nil, err
	}
	region, err := s.regions.In(RegionTenant(actor.Region)).Get(ctx, actor.Region)
	if err != nil {
		return nil, fmt.Errorf("read region %s: %w", actor.Region, err)
	}
	return region, nil
}

// ChangeSettings replaces the settings, at the revision the form was read with; fault.Conflict when somebody was first.
func (s *Service) ChangeSettings(ctx context.Context, actor Actor, revision int64, x Settings) error {
	if err := Require(actor, EditSettings, actor.Structure); err != nil {
		return err
	}
	if problems := x.Validate(); len(problems) > 0 {
		return problems
	}
	return s.changeStructure(ctx, actor, SettingsChanged, func(t *Structure) error {
		if t.Revision != revision {
			return fault.NewConflict("store.changed")
		}
		t.Name, t.LegalForm, t.Address, t.FINESS, t.Representative = x.Name, x.LegalForm, x.Address, x.FINESS, x.Representative
		t.Zone, t.Defaults, t.Sharing = x.Zone, x.Defaults, x.Sharing
		return t.Events.Add(StructureChanged, structureChanged{t.Region, t.ID})
	})
}

// changeStructure changes the settings of the actor's structure, with the act in the same write. The change is pure.
func (s *Service) changeStructure(ctx context.Context, actor Actor, act string, change func(*Structure) error) error {
	recorded := actor.Act(act, s.Now())
	_, err := s.structures.In(actor.Tenant()).Update(ctx, actor.Structure, journal.Recording(recorded, (*Structure).events, func(t *Structure) error {
		if err := change(t); err != nil {
			return err
		}
		t.Revision++
		return nil
	}))
	if err != nil {
		return fmt.Errorf("change structure %s: %w", actor.Structure, err)
	}
	s.nudge()
	return nil
}

// DefaultValues gives the structure's own values, by name of variable.
func (s *Structure) DefaultValues() content.Map[content.Scalar] {
	var values content.Map[content.Scalar]
	for _, d := range s.Defaults {
		values = append(values, content.Entry[content.Scalar]{Key: d.Variable, Value: content.Scalar(d.Value)})
	}
	return values
}

// writableMail is validMail for an address that is to be written to, with what is wrong with it: a server takes no character
// outside ASCII (RFC 6531 is not spoken everywhere), so an invitation to such an address would never leave.
func writableMail(raw string) (string, *fault.Problem) {
	address, ok := validMail(raw)
	if !ok {
		return "", &fault.Problem{Field: "mail", Key: "identity.mail"}
	}
	if strings.ContainsFunc(address, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "", &fault.Problem{Field: "mail", Key: "identity.mail-ascii"}
	}
	return address, nil
}

// validMail gives a mail address in the form under which it is kept.
func validMail(raw string) (string, bool) {
	address, err := mail.ParseAddress(strings.TrimSpace(raw))
	if err != nil || address.Name != "" || len(address.Address) > 254 {
		return "", false
	}
	return strings.ToLower(address.Address), true
}
