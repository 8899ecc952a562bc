package identity

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

const address = "https://garant.example"

// wholeKey is the length in bytes of a public key whose coordinates have all their bytes: the library leaves out those that
// are zero at the front, which real authenticators do not (RFC 9053 §7.1.1).
const wholeKey = 77

// device is an authenticator with one passkey, and the browser it answers through.
type device struct {
	virtualwebauthn.Authenticator
	party virtualwebauthn.RelyingParty
	key   virtualwebauthn.Credential
}

func newDevice(person string) *device {
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	for len(key.Key.AttestationData()) != wholeKey {
		key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	}
	return &device{
		virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(person)}),
		virtualwebauthn.RelyingParty{ID: "garant.example", Name: "Garant", Origin: address},
		key,
	}
}

func (d *device) create(t *testing.T, options []byte) []byte {
	t.Helper()
	asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
	must(t, err)
	return []byte(virtualwebauthn.CreateAttestationResponse(d.party, d.Authenticator, d.key, *asked))
}

func (d *device) answer(t *testing.T, options []byte) []byte {
	t.Helper()
	asked, err := virtualwebauthn.ParseAssertionOptions(string(options))
	must(t, err)
	d.key.Counter++
	return []byte(virtualwebauthn.CreateAssertionResponse(d.party, d.Authenticator, d.key, *asked))
}

func (p *portal) withPasskeys(t *testing.T) *portal {
	t.Helper()
	party, err := NewRelyingParty(address)
	must(t, err)
	p.UsePasskeys(party)
	return p
}

// add gives the person of a session a passkey, and gives the session after.
func (p *portal) add(t *testing.T, session Token, d *device, name string) Token {
	t.Helper()
	options, err := p.AddPasskey(t.Context(), session)
	must(t, err)
	next, _, err := p.PasskeyAdded(t.Context(), session, name, d.create(t, options))
	must(t, err)
	return next
}

// ask begins a sign-in in a new browser.
func (p *portal) ask(t *testing.T) (Token, []byte) {
	t.Helper()
	before, err := NewToken()
	must(t, err)
	options, err := p.AskPasskey(t.Context(), before, network)
	must(t, err)
	return before, options
}

func TestAPasskeySignsInByItself(t *testing.T) {
	t.Parallel()
	p := newPortal(t).withPasskeys(t)
	session, who := p.setUp(t)
	p.RequireSecondFactor = true
	d := newDevice(who.Person)
	options, err := p.AddPasskey(t.Context(), session)
	must(t, err)
	full, codes, err := p.PasskeyAdded(t.Context(), session, " Téléphone ", d.create(t, options))
	must(t, err)
	same(t, "recovery codes", len(codes), recoveryCount)
	p.gone(t, "before", session)
	got, err := p.Resume(t.Context(), full)
	must(t, err)
	same(t, "actor", got, who)
	added := p.now

	p.now = p.now.Add(time.Hour)
	before, options := p.ask(t)
	signed, err := p.SignInWithPasskey(t.Context(), before, d.answer(t, options), network)
	must(t, err)
	p.gone(t, "the browser's token from before", before)
	got, err = p.Resume(t.Context(), signed)
	must(t, err)
	same(t, "actor", got, who)
	x, err := p.SessionOf(t.Context(), signed)
	must(t, err)
	same(t, "methods", x.Methods, []Method{ByPasskey})
	factors, err := p.Factors(t.Context(), signed)
	must(t, err)
	same(t, "factors", factors, Factors{Recovery: recoveryCount, Passkeys: []Passkey{
		{ID: factors.Passkeys[0].ID, Name: "Téléphone", Added: added, Used: p.now},
	}})
	_, err = p.Resume(t.Context(), p.signIn(t))
	refused(t, "a password alone", err, fault.Forbidden, "identity.second-factor")
}

func TestAnAnswerOfAPasskeyCountsOnceFromTheBrowserThatWasAskedInTime(t *testing.T) {
	t.Parallel()
	p := newPortal(t).withPasskeys(t)
	session, who := p.setUp(t)
	d := newDevice(who.Person)
	p.add(t, session, d, "Clé")
	signIn := func(before Token, answer []byte) error {
		_, err := p.SignInWithPasskey(t.Context(), before, answer, network)
		return err
	}

	before, options := p.ask(t)
	answer := d.answer(t, options)
	must(t, signIn(before, answer))
	refused(t, "replayed", signIn(before, answer), fault.Invalid, "identity.challenge")
	again, err := p.AskPasskey(t.Context(), before, network)
	must(t, err)
	refused(t, "replayed to a new challenge", signIn(before, answer), fault.Invalid, "identity.passkey")
	refused(t, "after a wrong answer", signIn(before, d.answer(t, again)), fault.Invalid, "identity.challenge")

	before, options = p.ask(t)
	other, _ := p.ask(t)
	refused(t, "from another browser", signIn(other, d.answer(t, options)), fault.Invalid, "identity.passkey")
	none, err := NewToken()
	must(t, err)
	refused(t, "from a browser that was not asked", signIn(none, d.answer(t, options)), fault.Invalid, "identity.challenge")
	p.now = p.now.Add(challengeFor)
	refused(t, "too late", signIn(before, d.answer(t, options)), fault.Invalid, "identity.challenge")
	before, options = p.ask(t)
	p.now = p.now.Add(challengeFor - time.Second)
	must(t, signIn(before, d.answer(t, options)))
}

func TestAPasskeyIsRefusedFromElsewhereAndWithoutItsOwner(t *testing.T) {
	t.Parallel()
	p := newPortal(t).withPasskeys(t)
	session, who := p.setUp(t)
	d := newDevice(who.Person)
	p.add(t, session, d, "Clé")
	for name, change := range map[string]func(d *device){
		"from another origin":              func(d *device) { d.party.Origin = "https://garant.example.evil.test" },
		"from a subdomain":                 func(d *device) { d.party.Origin = "https://www.garant.example" },
		"over http":                        func(d *device) { d.party.Origin = "http://garant.example" },
		"for another relying party":        func(d *device) { d.party.ID = "evil.test" },
		"without checking who is there":    func(d *device) { d.Options.UserNotVerified = true },
		"without anybody there":            func(d *device) { d.Options.UserNotPresent = true },
		"for somebody else":                func(d *device) { d.Options.UserHandle = []byte("somebody") },
		"for nobody":                       func(d *device) { d.Options.UserHandle = nil },
		"by another key under the same id": func(d *device) { d.key.Key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2).Key },
		"by a key that was never added":    func(d *device) { d.key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2) },
	} {
		thief := *d
		change(&thief)
		before, options := p.ask(t)
		_, err := p.SignInWithPasskey(t.Context(), before, thief.answer(t, options), name)
		refused(t, name, err, fault.Invalid, "identity.passkey")
	}
	for _, answer := range []string{"", "{}", "null", strings.Repeat("x", maxPasskeyAnswer+1)} {
		before, _ := p.ask(t)
		_, err := p.SignInWithPasskey(t.Context(), before, []byte(answer), network)
		refused(t, answer[:min(4, len(answer))], err, fault.Invalid, "identity.passkey")
	}
}

func TestAPasskeyMadeElsewhereOrForAnotherIsNotAdded(t *testing.T) {
	t.Parallel()
	p := newPortal(t).withPasskeys(t)
	session, who := p.setUp(t)
	for name, change := range map[string]func(d *device){
		"from another origin":           func(d *device) { d.party.Origin = "https://evil.test" },
		"without checking who is there": func(d *device) { d.Options.UserNotVerified = true },
	} {
		d := newDevice(who.Person)
		change(d)
		options, err := p.AddPasskey(t.Context(), session)
		must(t, err)
		_, _, err = p.PasskeyAdded(t.Context(), session, name, d.create(t, options))
		refused(t, name, err, fault.Invalid, "identity.passkey")
	}
	d := newDevice(who.Person)
	options, err := p.AddPasskey(t.Context(), session)
	must(t, err)
	other := p.signIn(t)
	_, _, err = p.PasskeyAdded(t.Context(), other, "Clé", d.create(t, options))
	refused(t, "in another session", err, fault.Invalid, "identity.challenge")
	_, _, err = p.PasskeyAdded(t.Context(), session, " ", d.create(t, options))
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a name: %v", err)
	}
	must(t, p.reservations.Reserve(t.Context(), store.System, "passkey", passkey{ID: d.key.ID}.text(), "somebody"))
	_, _, err = p.PasskeyAdded(t.Context(), session, "Clé", d.create(t, options))
	refused(t, "somebody else's", err, fault.Conflict, "store.reserved")

	p.now = p.now.Add(freshFor)
	_, err = p.AddPasskey(t.Context(), session)
	refused(t, "in a session that is not fresh", err, fault.Forbidden, "identity.fresh")
}

func TestAPasskeyIsASecondFactorAndAProofAnew(t *testing.T) {
	t.Parallel()
	p := newPortal(t).withPasskeys(t)
	session, who := p.setUp(t)
	d := newDevice(who.Person)
	p.add(t, session, d, "Clé")
	pending := p.signIn(t)
	options, err := p.AskOwnPasskey(t.Context(), pending)
	must(t, err)
	other := newDevice(who.Person)
	_, err = p.GivePasskey(t.Context(), pending, other.answer(t, options))
	refused(t, "another key", err, fault.Invalid, "identity.passkey")
	options, err = p.AskOwnPasskey(t.Context(), pending)
	must(t, err)
	d.Options.UserNotVerified = true // the password was the other factor
	answer := d.answer(t, options)
	full, err := p.GivePasskey(t.Context(), pending, answer)
	must(t, err)
	p.gone(t, "before", pending)
	got, err := p.Resume(t.Context(), full)
	must(t, err)
	same(t, "actor", got, who)
	_, err = p.GivePasskey(t.Context(), full, answer)
	refused(t, "replayed", err, fault.Invalid, "identity.challenge")

	p.now = p.now.Add(freshFor)
	options, err = p.AskOwnPasskey(t.Context(), full)
	must(t, err)
	full, err = p.GivePasskey(t.Context(), full, d.answer(t, options))
	must(t, err)
	x, err := p.SessionOf(t.Context(), full)
	must(t, err)
	must(t, RequireFresh(x, p.now))
}

func TestAPasskeyWhoseCountGoesBackIsRefusedAndNoted(t *testing.T) {
	t.Parallel()
	p := newPortal(t).withPasskeys(t)
	session, who := p.setUp(t)
	d := newDevice(who.Person)
	session = p.add(t, session, d, "Clé")
	copied := *d
	sign := func(d *device) error {
		before, options := p.ask(t)
		_, err := p.SignInWithPasskey(t.Context(), before, d.answer(t, options), network)
		return err
	}
	must(t, sign(d))
	must(t, sign(d))
	refused(t, "the copy", sign(&copied), fault.Forbidden, "identity.passkey-copied")
	factors, err := p.Factors(t.Context(), session)
	must(t, err)
	same(t, "noted", factors.Passkeys[0].Suspect, p.now)
	refused(t, "the original from then on: nobody knows which is which", sign(d), fault.Forbidden, "identity.passkey-copied")
}

func TestPasskeysAreNamedRemovedAndFreeTheirID(t *testing.T) {
	t.Parallel()
	p := newPortal(t).withPasskeys(t)
	session, who := p.setUp(t)
	one, two := newDevice(who.Person), newDevice(who.Person)
	session = p.add(t, session, one, "Une")
	session = p.add(t, session, two, "Deux")
	options, err := p.AddPasskey(t.Context(), session)
	must(t, err)
	asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
	must(t, err)
	same(t, "known ones are left out", []bool{one.key.IsExcludedForAttestation(*asked), two.key.IsExcludedForAttestation(*asked)}, []bool{true, true})
	_, _, err = p.PasskeyAdded(t.Context(), session, "Encore", one.create(t, options))
	refused(t, "the same again", err, fault.Conflict, "identity.passkey-known")

	id := passkey{ID: one.key.ID}.text()
	must(t, p.RenamePasskey(t.Context(), session, id, "Bureau"))
	refused(t, "one that does not exist", p.RenamePasskey(t.Context(), session, "AAAA", "x"), fault.NotFound, "not-found")
	refused(t, "what is no id", p.RemovePasskey(t.Context(), session, "?"), fault.NotFound, "not-found")
	factors, err := p.Factors(t.Context(), session)
	must(t, err)
	same(t, "name", factors.Passkeys[0].Name, "Bureau")
	must(t, p.RemovePasskey(t.Context(), session, id))
	before, asking := p.ask(t)
	_, err = p.SignInWithPasskey(t.Context(), before, one.answer(t, asking), network)
	refused(t, "removed", err, fault.Invalid, "identity.passkey")
	refused(t, "the last one", p.RemovePasskey(t.Context(), session, passkey{ID: two.key.ID}.text()), fault.Conflict, "identity.last-factor")
	_, err = p.reservations.Owner(t.Context(), store.System, "passkey", id)
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("the id of a removed passkey is still taken: %v", err)
	}
}

func TestBrowsersAreAskedForAPasskeyThatSufficesAndToldNoAccount(t *testing.T) {
	t.Parallel()
	p := newPortal(t).withPasskeys(t)
	session, who := p.setUp(t)
	options, err := p.AddPasskey(t.Context(), session)
	must(t, err)
	var asked struct {
		PublicKey struct {
			RP                     map[string]string
			User                   map[string]string
			Attestation            string
			Timeout                int
			AuthenticatorSelection map[string]any
		}
	}
	must(t, json.Unmarshal(options, &asked))
	same(t, "relying party", asked.PublicKey.RP, map[string]string{"id": "garant.example", "name": "Garant"})
	same(t, "user", asked.PublicKey.User["name"], "camille@vallombreuse.example")
	same(t, "selection", asked.PublicKey.AuthenticatorSelection, map[string]any{"requireResidentKey": true, "residentKey": "required", "userVerification": "required"})
	same(t, "timeout, in milliseconds", asked.PublicKey.Timeout, int(challengeFor.Milliseconds()))
	_, options = p.ask(t)
	if strings.Contains(string(options), "allowCredentials") || strings.Contains(string(options), who.Person) {
		t.Errorf("a sign-in names accounts: %s", options)
	}
}

func TestPasskeysNeedAnAddressWhereBrowsersHaveThem(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"https://garant.example": true, "https://garant.example:8443": true, "http://localhost:8080": true,
		"http://garant.example": false, "https://192.0.2.1": false, "http://127.0.0.1:8080": false, "": false, "garant.example": false, "https://[2001:db8::1]": false, ":": false,
	} {
		_, err := NewRelyingParty(url)
		if want {
			must(t, err)
		} else {
			refused(t, url, err, fault.Invalid, "identity.passkey-address")
		}
	}
	p := newPortal(t)
	session, _ := p.setUp(t)
	for name, try := range map[string]func() error{
		"adding":     func() error { _, err := p.AddPasskey(t.Context(), session); return err },
		"signing in": func() error { _, err := p.AskPasskey(t.Context(), session, network); return err },
		"proving":    func() error { _, err := p.AskOwnPasskey(t.Context(), session); return err },
	} {
		refused(t, name, try(), fault.Unavailable, "identity.no-passkeys")
	}
}

func TestChallengesThatAreOverAreSwept(t *testing.T) {
	t.Parallel()
	p := newPortal(t).withPasskeys(t)
	old, _ := p.ask(t)
	p.now = p.now.Add(challengeFor + time.Second)
	fresh, _ := p.ask(t)
	must(t, p.Sweep(t.Context()))
	exists := func(token Token) bool {
		_, err := p.proofs.challenges.In(store.System).Get(context.Background(), challengeID(token, passkeySignIn))
		return err == nil
	}
	same(t, "kept", []bool{exists(old), exists(fresh)}, []bool{false, true})
}
