package identity

import (
	"context"
	"encoding/base32"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/vault"
)

// sealed gives a portal a master key of its own.
func (p *portal) sealed(t *testing.T) *portal {
	t.Helper()
	text, err := vault.NewMaster()
	must(t, err)
	must(t, p.use(t, text))
	return p
}

// use gives the portal master keys.
func (p *portal) use(t *testing.T, text string) error {
	t.Helper()
	masters, err := vault.ParseMasters(text)
	must(t, err)
	_, err = p.keys.UseMasters(t.Context(), masters)
	return err
}

// code is what an application of codes shows now.
func (p *portal) code(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, p.now)
	must(t, err)
	return code
}

// enrol sets up an application of codes, and gives its secret, the session after and the recovery codes.
func (p *portal) enrol(t *testing.T, session Token) (string, Token, RecoveryCodes) {
	t.Helper()
	given, err := p.EnrolTOTP(t.Context(), session)
	must(t, err)
	next, codes, err := p.ConfirmTOTP(t.Context(), session, p.code(t, given.Secret), network)
	must(t, err)
	p.now = p.now.Add(2 * totpStep) // to a code that was not given yet
	return given.Secret, next, codes
}

// signIn gives the session that a password alone opens.
func (p *portal) signIn(t *testing.T) Token {
	t.Helper()
	session, err := p.SignIn(t.Context(), first().Mail, passphrase, network)
	must(t, err)
	return session
}

// gone checks that a token opens nothing any more.
func (p *portal) gone(t *testing.T, what string, token Token) {
	t.Helper()
	if _, err := p.SessionOf(t.Context(), token); fault.KindOf(err) != fault.NotFound {
		t.Errorf("%s: the session is still there: %v", what, err)
	}
}

func TestOnceASecondFactorIsSetUpAPasswordAloneOpensNothing(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, who := p.setUp(t)
	other := p.signIn(t)
	secret, full, codes := p.enrol(t, session)
	p.gone(t, "before the rise", session)
	p.gone(t, "elsewhere", other)
	got, err := p.Resume(t.Context(), full)
	must(t, err)
	same(t, "actor", got, who)
	same(t, "recovery codes", len(codes), recoveryCount)

	pending := p.signIn(t)
	x, err := p.SessionOf(t.Context(), pending)
	must(t, err)
	same(t, "state", x.State(), PasswordOnly)
	_, err = p.Resume(t.Context(), pending)
	refused(t, "resume", err, fault.Forbidden, "identity.second-factor")
	_, err = p.EnrolTOTP(t.Context(), pending)
	refused(t, "enrolling another in its place", err, fault.Forbidden, "identity.second-factor")
	_, _, err = p.ConfirmTOTP(t.Context(), pending, p.code(t, secret), network)
	refused(t, "confirming", err, fault.Forbidden, "identity.second-factor")
	_, err = p.RenewRecoveryCodes(t.Context(), pending)
	refused(t, "renewing the codes", err, fault.Forbidden, "identity.second-factor")
	refused(t, "removing it", p.RemoveTOTP(t.Context(), pending), fault.Forbidden, "identity.second-factor")
	_, err = p.EndOtherSessions(t.Context(), pending)
	refused(t, "ending other sessions", err, fault.Forbidden, "identity.second-factor")

	risen, err := p.GivePassword(t.Context(), pending, passphrase, network)
	must(t, err)
	_, err = p.Resume(t.Context(), risen)
	refused(t, "after the password again", err, fault.Forbidden, "identity.second-factor")
	risen, err = p.GiveTOTP(t.Context(), risen, p.code(t, secret), network)
	must(t, err)
	p.gone(t, "before the code", pending)
	got, err = p.Resume(t.Context(), risen)
	must(t, err)
	same(t, "actor", got, who)
}

func TestACodeWorksOnceAndOnlyAroundItsTime(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, _ := p.setUp(t)
	secret, session, _ := p.enrol(t, session)
	try := func(code string) error {
		next, err := p.GiveTOTP(t.Context(), session, code, network)
		if err == nil {
			session = next
		}
		return err
	}
	begun := p.now
	at := func(d time.Duration) string {
		code, err := totp.GenerateCode(secret, begun.Add(d))
		must(t, err)
		return code
	}
	must(t, try(at(0)))
	refused(t, "a replayed code", try(at(0)), fault.Invalid, "identity.code")
	refused(t, "an older one, though in time", try(at(-totpStep)), fault.Invalid, "identity.code")
	refused(t, "two steps ahead", try(at(2*totpStep)), fault.Invalid, "identity.code")
	must(t, try(at(totpStep)[:3]+" "+at(totpStep)[3:]))
	for _, wrong := range []string{"", "x", "12345", "1234567", "abcdef"} {
		p.attempts.clear(totpUse + " " + p.person(t, session) + " " + network)
		refused(t, wrong, try(wrong), fault.Invalid, "identity.code")
	}
	p.now = begun.Add(5 * totpStep)
	must(t, try(at(4*totpStep))) // one step late
}

func (p *portal) person(t *testing.T, session Token) string {
	t.Helper()
	x, err := p.SessionOf(t.Context(), session)
	must(t, err)
	return x.Person
}

func TestGuessesOfCodesAreLimitedButDoNotShutOutARecoveryCode(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, _ := p.setUp(t)
	secret, _, codes := p.enrol(t, session)
	thief, owner := p.signIn(t), p.signIn(t)
	for range proofsPerNetwork {
		_, err := p.GiveTOTP(t.Context(), thief, "000000", "198.51.100.1")
		refused(t, "guess", err, fault.Invalid, "identity.code")
	}
	_, err := p.GiveTOTP(t.Context(), thief, p.code(t, secret), "198.51.100.1")
	refused(t, "one more, even right", err, fault.TooMany, "identity.too-many")
	for i := range proofsOnAccount {
		_, err = p.GiveTOTP(t.Context(), thief, "000000", "198.51.100."+string(rune('2'+i%8)))
		if err == nil {
			t.Fatal("guessed")
		}
	}
	_, err = p.GiveTOTP(t.Context(), owner, p.code(t, secret), network)
	refused(t, "the owner's code, while guesses come from everywhere", err, fault.TooMany, "identity.too-many")
	_, err = p.GiveRecoveryCode(t.Context(), owner, codes[0], network)
	must(t, err)
}

func TestSecretsOfCodesCannotBeReadInTheStore(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, who := p.setUp(t)
	secret, _, codes := p.enrol(t, session)
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	must(t, err)
	kept, err := p.credentialsOf(t.Context(), who.Person)
	must(t, err)
	must(t, p.engine.Get(t.Context(), credentialSchema.Collection, store.System, []string{who.Person}, func(r store.Record) error {
		for _, plain := range []string{string(raw), secret, codes[0], lettersOf(codes[0])} {
			if containsBytes(r.Body, plain) {
				t.Errorf("%q is in the store", plain)
			}
		}
		return nil
	}))
	// Moved to another person, the secret does not open.
	must(t, p.changeCredentials(t.Context(), "somebody", func(c *credentials) error { c.TOTP = kept.TOTP; return nil }))
	moved, err := p.open(t.Context(), p.another(t, "somebody"), ByPassword)
	must(t, err)
	_, err = p.GiveTOTP(t.Context(), moved, p.code(t, secret), network)
	refused(t, "a secret of somebody else", err, fault.Unavailable, "vault.damaged")
}

func containsBytes(body []byte, plain string) bool {
	for i := 0; i+len(plain) <= len(body); i++ {
		if string(body[i:i+len(plain)]) == plain {
			return true
		}
	}
	return false
}

func TestASecretCountsForNothingBeforeItsFirstCode(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, _ := p.setUp(t)
	one, err := p.EnrolTOTP(t.Context(), session)
	must(t, err)
	again, err := p.EnrolTOTP(t.Context(), session)
	must(t, err)
	same(t, "asked again", again, one)
	same(t, "uri", one.URI, "otpauth://totp/Garant:camille@vallombreuse.example?algorithm=SHA1&digits=6&issuer=Garant&period=30&secret="+one.Secret)
	_, err = p.Resume(t.Context(), p.signIn(t))
	must(t, err)
	_, _, err = p.ConfirmTOTP(t.Context(), session, "000000", network)
	refused(t, "a wrong first code", err, fault.Invalid, "identity.code")
	p.now = p.now.Add(enrolFor)
	session = p.signIn(t)
	_, _, err = p.ConfirmTOTP(t.Context(), session, p.code(t, one.Secret), network)
	refused(t, "too late", err, fault.Invalid, "identity.enrolment-over")
	later, err := p.EnrolTOTP(t.Context(), session)
	must(t, err)
	if later.Secret == one.Secret {
		t.Error("the secret that was over is given again")
	}
}

func TestRecoveryCodesWorkOnceEachAndAreRenewed(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, _ := p.setUp(t)
	_, err := p.RenewRecoveryCodes(t.Context(), session)
	refused(t, "codes that stand in for nothing", err, fault.Conflict, "identity.no-factor")
	_, session, codes := p.enrol(t, session)
	same(t, "form", len(codes[0]), 28+6) // 140 bits, in groups of four
	pending := p.signIn(t)
	full, err := p.GiveRecoveryCode(t.Context(), pending, " "+codes[3][:10]+" "+codes[3][10:], network)
	must(t, err)
	_, err = p.Resume(t.Context(), full)
	must(t, err)
	_, err = p.GiveRecoveryCode(t.Context(), p.signIn(t), codes[3], network)
	refused(t, "a code given twice", err, fault.Invalid, "identity.recovery-code")
	_, err = p.GiveRecoveryCode(t.Context(), p.signIn(t), "", network)
	refused(t, "none", err, fault.Invalid, "identity.recovery-code")
	left, err := p.Factors(t.Context(), session)
	must(t, err)
	same(t, "codes left", left.Recovery, recoveryCount-1)

	renewed, err := p.RenewRecoveryCodes(t.Context(), full)
	must(t, err)
	_, err = p.GiveRecoveryCode(t.Context(), p.signIn(t), codes[0], network)
	refused(t, "a code of the list before", err, fault.Invalid, "identity.recovery-code")
	_, err = p.GiveRecoveryCode(t.Context(), p.signIn(t), renewed[0], network)
	must(t, err)
}

func TestTheLastSecondFactorOfARoleThatNeedsOneStays(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, who := p.setUp(t)
	_, session, _ = p.enrol(t, session)
	refused(t, "an administrator's", p.RemoveTOTP(t.Context(), session), fault.Conflict, "identity.last-factor")
	p.become(t, who, Buyer)
	elsewhere := p.signIn(t)
	must(t, p.RemoveTOTP(t.Context(), session))
	p.gone(t, "the session on another device", elsewhere)
	left, err := p.Factors(t.Context(), session)
	must(t, err)
	same(t, "left", left, Factors{})
	_, err = p.Resume(t.Context(), p.signIn(t))
	must(t, err)
}

func TestWithoutAMasterKeyNothingIsSealed(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, _ := p.setUp(t)
	_, err := p.EnrolTOTP(t.Context(), session)
	refused(t, "enrolling", err, fault.Unavailable, "vault.no-master")
}

func TestAMasterKeyIsReplacedAndItsLossIsTold(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, _ := p.setUp(t)
	old, err := vault.NewMaster()
	must(t, err)
	next, err := vault.NewMaster()
	must(t, err)
	must(t, p.use(t, old))
	secret, session, _ := p.enrol(t, session)
	must(t, p.use(t, next+"\n"+old))
	must(t, p.use(t, next))
	_, err = p.GiveTOTP(t.Context(), session, p.code(t, secret), network)
	must(t, err)
	refused(t, "with the old key alone", p.use(t, old), fault.Unavailable, "vault.master-missing")
}

func TestTheRolesThatAreTrustedWithMoreNeedASecondFactor(t *testing.T) {
	t.Parallel()
	got := map[Role]bool{}
	for _, role := range []Role{Buyer, SecurityOfficer, DPO, Reader, Administrator, LocalOperator, Referent, RegionAdministrator} {
		got[role] = NeedsSecondFactor(role)
	}
	same(t, "needs", got, map[Role]bool{Buyer: false, SecurityOfficer: true, DPO: false, Reader: false, Administrator: true, LocalOperator: false, Referent: true, RegionAdministrator: true})
	same(t, "several", NeedsSecondFactor(Reader, Administrator), true)
	same(t, "none", NeedsSecondFactor(), false)

	p := newPortal(t).sealed(t)
	begun, who := p.setUp(t)
	p.RequireSecondFactor = true
	unprotected := who
	unprotected.Unprotected = true
	admitted, err := p.Resume(t.Context(), begun)
	must(t, err)
	same(t, "the session of the set-up form", admitted, unprotected)
	session := p.signIn(t)
	_, err = p.Resume(t.Context(), session)
	refused(t, "an administrator with a password alone", err, fault.Forbidden, "identity.second-factor")
	p.become(t, who, Buyer)
	_, err = p.Resume(t.Context(), session)
	must(t, err)
	p.become(t, who, SecurityOfficer)
	_, err = p.Resume(t.Context(), session)
	refused(t, "after a change of role", err, fault.Forbidden, "identity.second-factor")
	_, session, _ = p.enrol(t, session)
	who.Role = SecurityOfficer
	admitted, err = p.Resume(t.Context(), session)
	must(t, err)
	same(t, "once set up", admitted, who)
	p.gone(t, "the session of the set-up form", begun)
}

func TestTheDemonstrationNeedsNoSecondFactor(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.RequireSecondFactor = true
	link, err := p.SetupToken(t.Context())
	must(t, err)
	for range 2 {
		session, err := p.LookAround(t.Context(), link, Structure{Name: "Démonstration"}, "Camille", func(_ context.Context, _ Actor) error { return nil })
		must(t, err)
		_, err = p.Resume(t.Context(), session)
		must(t, err)
	}
}
