package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

func TestTheLinkMakesTheFirstStructureAndItsAdministratorOnce(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	pending, err := p.SetupPending(t.Context())
	must(t, err)
	same(t, "pending before the first start", pending, true)
	_, who := p.setUp(t)
	structure, err := p.Structure(t.Context(), who)
	must(t, err)
	want := &Structure{
		Region: who.Region, Name: "Centre hospitalier de Vallombreuse", Address: "12 rue des Tilleuls, 49000 Angers", FINESS: "490999990", Zone: DefaultZone,
		Members: []Member{{who.Person, Administrator, p.now, Term{}}},
	}
	if diff := cmp.Diff(want, structure, cmpopts.IgnoreFields(Structure{}, "Meta", "Events"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("structure (-want +got):\n%s", diff)
	}
	same(t, "actor", who, Actor{Person: who.Person, Name: "Camille Achats", Structure: structure.ID, Region: who.Region, Role: Administrator, Elsewhere: true, PlaceName: structure.Name})
	region, err := p.regions.In(RegionTenant(who.Region)).Get(t.Context(), who.Region)
	must(t, err)
	same(t, "region, named after its first structure", region.Name, structure.Name)

	pending, err = p.SetupPending(t.Context())
	must(t, err)
	same(t, "pending afterwards", pending, false)
	link, err := p.SetupToken(t.Context())
	must(t, err)
	same(t, "link at the next start", link, Token(""))
}

func TestALinkServesOnceAndOnlyTheLastOne(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	refused(t, "before any start", p.CheckSetup(t.Context(), "x", network), fault.NotFound, "identity.setup-link")
	old, err := p.SetupToken(t.Context())
	must(t, err)
	last, err := p.SetupToken(t.Context())
	must(t, err)
	must(t, p.CheckSetup(t.Context(), last, network))
	for _, wrong := range []Token{"", "x", old, Token(last.id())} {
		refused(t, "checking a wrong link", p.CheckSetup(t.Context(), wrong, network), fault.NotFound, "identity.setup-link")
		_, err := p.SetUp(t.Context(), wrong, first())
		refused(t, "using a wrong link", err, fault.NotFound, "identity.setup-link")
	}
	_, err = p.SetUp(t.Context(), last, first())
	must(t, err)
	refused(t, "checking a used link", p.CheckSetup(t.Context(), last, network), fault.NotFound, "identity.setup-link")
	_, err = p.SetUp(t.Context(), last, first())
	refused(t, "using a link twice", err, fault.NotFound, "identity.setup-link")
}

func TestTriesOfASetupLinkAreLimited(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	link, err := p.SetupToken(t.Context())
	must(t, err)
	for range attemptsPerNetwork {
		refused(t, "guess", p.CheckSetup(t.Context(), "guess", network), fault.NotFound, "identity.setup-link")
	}
	refused(t, "one more", p.CheckSetup(t.Context(), link, network), fault.TooMany, "identity.too-many")
	must(t, p.CheckSetup(t.Context(), link, "192.0.2.8"))
	p.now = p.now.Add(attemptWindow)
	must(t, p.CheckSetup(t.Context(), link, network))
}

func TestTheSetupFormTellsAllThatIsWrongAtOnce(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 201)
	for name, test := range map[string]struct {
		given First
		want  fault.Problems
	}{
		"a whole one": {first(), nil},
		"an empty one": {First{Structure: " "}, fault.Problems{
			{Field: "structure", Key: "identity.structure-name"}, {Field: "name", Key: "identity.your-name"},
			{Field: "mail", Key: "identity.mail"}, {Field: "password", Key: "identity.password-short", Args: []any{"min", MinPassword}},
		}},
		"one too long": {First{Structure: long, Address: long, FINESS: long, Region: long, Name: "a\nb", Mail: long + long + "@example.com", Password: passphrase}, fault.Problems{
			{Field: "structure", Key: "value.too-long", Args: []any{"limit", 200}}, {Field: "address", Key: "value.too-long", Args: []any{"limit", 200}},
			{Field: "finess", Key: "value.too-long", Args: []any{"limit", 20}}, {Field: "region", Key: "value.too-long", Args: []any{"limit", 200}},
			{Field: "name", Key: "value.one-line"}, {Field: "mail", Key: "identity.mail"},
		}},
	} {
		same(t, name, test.given.Validate(), test.want)
	}
	p := newPortal(t)
	link, err := p.SetupToken(t.Context())
	must(t, err)
	_, err = p.SetUp(t.Context(), link, First{})
	var problems fault.Problems
	if !errors.As(err, &problems) || len(problems) != 4 {
		t.Errorf("an empty form gives %v", err)
	}
	must(t, p.CheckSetup(t.Context(), link, network))
}

func TestASetupThatWasCutOffAtAnyWriteIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	for writes := int64(0); ; writes++ {
		p := newPortal(t)
		link, err := p.SetupToken(t.Context())
		must(t, err)
		p.engine.left.Store(writes)
		_, err = p.SetUp(t.Context(), link, first())
		p.engine.left.Store(-1)
		if err == nil {
			if writes < 5 {
				t.Errorf("set up with %d writes only", writes)
			}
			return
		}
		if !errors.Is(err, errKilled) {
			t.Fatalf("after %d writes: %v", writes, err)
		}
		p.finish(t, fmt.Sprintf("cut off after %d writes", writes))
	}
}

// finish takes a set-up up again as a visitor would: with the link of the program's next start, else by signing in.
func (p *portal) finish(t *testing.T, when string) {
	t.Helper()
	pending, err := p.SetupPending(t.Context())
	must(t, err)
	if pending {
		link, err := p.SetupToken(t.Context()) // the program starts again
		must(t, err)
		if _, err := p.SetUp(t.Context(), link, first()); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
	}
	session, err := p.SignIn(t.Context(), first().Mail, passphrase, network)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	who, err := p.Resume(t.Context(), session)
	must(t, err)
	structure, err := p.Structure(t.Context(), who)
	must(t, err)
	same(t, when+": structure", structure.Name, first().Structure)
}

func TestLookingAroundFillsAFictitiousStructureOnceAndLeavesTheLink(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	link, err := p.SetupToken(t.Context())
	must(t, err)
	var filled []Actor
	look := func(fail error) (Token, error) {
		return p.LookAround(t.Context(), link, Structure{Name: "Vallombreuse (démonstration)"}, "Camille Exemple", func(_ context.Context, who Actor) error {
			filled = append(filled, who)
			return fail
		})
	}
	if _, err := look(errKilled); !errors.Is(err, errKilled) {
		t.Fatalf("a filling that fails gives %v", err)
	}
	one, err := look(nil)
	must(t, err)
	other, err := look(nil)
	must(t, err)
	same(t, "fillings", len(filled), 2)
	for _, session := range []Token{one, other} {
		who, err := p.Resume(t.Context(), session)
		must(t, err)
		who.Elsewhere, who.PlaceName, who.Demo = false, "", false
		same(t, "actor", who, filled[1])
		structure, err := p.Structure(t.Context(), who)
		must(t, err)
		same(t, "demonstration", structure.Demo, true)
	}
	_, err = p.LookAround(t.Context(), "x", Structure{}, "", nil)
	refused(t, "with a wrong link", err, fault.NotFound, "identity.setup-link")

	session, err := p.SetUp(t.Context(), link, first())
	must(t, err)
	who, err := p.Resume(t.Context(), session)
	must(t, err)
	structure, err := p.Structure(t.Context(), who)
	must(t, err)
	same(t, "the real structure is no demonstration", structure.Demo, false)
	if who.Structure == filled[1].Structure || who.Region == filled[1].Region {
		t.Error("the demonstration shares its structure or region with the real one")
	}
	_, err = p.structures.In(who.Tenant()).Get(t.Context(), filled[1].Structure)
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("the demonstration can be read from the real structure: %v", err)
	}
	_, err = look(nil)
	refused(t, "looking around afterwards", err, fault.NotFound, "identity.setup-link")
}

func TestSecretsAreNotKeptAsTheyAre(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	link, err := p.SetupToken(t.Context())
	must(t, err)
	before, err := p.setups.In(store.System).Get(t.Context(), setupID)
	must(t, err)
	session, err := p.SetUp(t.Context(), link, first())
	must(t, err)
	who, err := p.Resume(t.Context(), session)
	must(t, err)
	person, err := p.people.In(store.System).Get(t.Context(), who.Person)
	must(t, err)
	kept, err := p.sessions.In(store.System).Get(t.Context(), session.id())
	must(t, err)
	for _, text := range []string{fmt.Sprint(*before), fmt.Sprint(*person), fmt.Sprint(*kept)} {
		for _, secret := range []string{string(link), string(session), passphrase} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is kept in %s", secret, text)
			}
		}
	}
	same(t, "address, in the form under which it is found", person.Mail, "camille@vallombreuse.example")
}
