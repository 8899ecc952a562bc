package identity

import (
	"errors"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

const another = "girafe trombone marée lundi"

// told is what waits in a document for the journal and the post.
type told struct {
	Acts    []string
	Notices []mail.Message
}

func toldIn(t *testing.T, waits outbox.Pending) told {
	t.Helper()
	var all told
	for _, event := range waits.Events {
		switch event.Kind {
		case journal.Recorded:
			var act journal.Act
			must(t, event.Into(&act))
			all.Acts = append(all.Acts, act.Kind)
		case mail.Requested:
			var notice mail.Message
			must(t, event.Into(&notice))
			notice.When = notice.When.UTC()
			all.Notices = append(all.Notices, notice)
		}
	}
	return all
}

func (p *portal) atItsAddress(t *testing.T) *portal {
	t.Helper()
	p.Site = address
	return p
}

// notice is one to the person of first.
func (p *portal) notice(who Actor, kind mail.Kind, method string) mail.Message {
	return mail.Message{
		Kind: kind, To: mail.Address{Name: who.Name, Mail: "camille@vallombreuse.example"}, Person: who.Person, Link: address + "/account", Method: method, When: p.now, Zone: DefaultZone,
	}
}

func TestChangingThePasswordAsksForThePresentOneAndEndsOtherSessions(t *testing.T) {
	t.Parallel()
	p := newPortal(t).atItsAddress(t)
	session, who := p.setUp(t)
	other := p.signIn(t)
	change := func(current, next string) (Token, error) {
		return p.ChangePassword(t.Context(), session, current, next, network)
	}
	_, err := change("wrong", another)
	refused(t, "a wrong password", err, fault.Invalid, "identity.password-wrong")
	wrong, _ := fault.As(err)
	same(t, "field", wrong.Field, "current")
	for name, weak := range map[string]string{"short": "court", "common": "motdepasse123", "personal": "camille achats"} {
		var problems fault.Problems
		if _, err := change(passphrase, weak); !errors.As(err, &problems) || len(problems) != 1 || problems[0].Field != "password" {
			t.Errorf("%s: %v", name, err)
		}
	}
	next, err := change(passphrase, another)
	must(t, err)
	p.gone(t, "the token before", session)
	p.gone(t, "another session", other)
	got, err := p.Resume(t.Context(), next)
	must(t, err)
	same(t, "actor", got, who)
	_, err = p.SignIn(t.Context(), first().Mail, passphrase, network)
	refused(t, "the old password", err, fault.Invalid, "identity.sign-in")
	_, err = p.SignIn(t.Context(), first().Mail, another, network)
	must(t, err)
	person, err := p.people.In(store.System).Get(t.Context(), who.Person)
	must(t, err)
	same(t, "said", toldIn(t, person.Outbox), told{[]string{"account.password-changed"}, []mail.Message{p.notice(who, mail.PasswordChanged, "")}})
}

func TestGuessesOfThePresentPasswordAreCounted(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, _ := p.setUp(t)
	for range proofsPerNetwork {
		_, err := p.ChangePassword(t.Context(), session, "wrong", another, network)
		refused(t, "guess", err, fault.Invalid, "identity.password-wrong")
	}
	_, err := p.ChangePassword(t.Context(), session, passphrase, another, network)
	refused(t, "one more", err, fault.TooMany, "identity.too-many")
}

func TestAPasswordChangesOnlyInASessionThatOwesNothing(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, _ := p.setUp(t)
	_, _, _ = p.enrol(t, session)
	_, err := p.ChangePassword(t.Context(), p.signIn(t), passphrase, another, network)
	refused(t, "while a second factor is owed", err, fault.Forbidden, "identity.second-factor")
}

func TestAFirstPasswordAsksForAFreshProof(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, who := p.setUp(t)
	_, err := p.people.In(store.System).Update(t.Context(), who.Person, func(x *Person) error { x.Password = ""; return nil })
	must(t, err)
	p.now = p.now.Add(freshFor)
	_, err = p.ChangePassword(t.Context(), session, "", another, network)
	refused(t, "when not fresh", err, fault.Forbidden, "identity.fresh")
	p.now = p.now.Add(-time.Minute)
	_, err = p.ChangePassword(t.Context(), session, "", another, network)
	must(t, err)
	p.signInWith(t, another)
}

func (p *portal) signInWith(t *testing.T, password string) Token {
	t.Helper()
	session, err := p.SignIn(t.Context(), first().Mail, password, network)
	must(t, err)
	return session
}

func TestEachChangeOfHowOneSignsInIsInTheJournalAndTold(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t).withPasskeys(t).atItsAddress(t)
	session, who := p.setUp(t)
	begun := p.now
	_, session, codes := p.enrol(t, session)
	p.now = begun
	session, err := p.GiveRecoveryCode(t.Context(), session, codes[0], network)
	must(t, err)
	_, err = p.RenewRecoveryCodes(t.Context(), session)
	must(t, err)
	session = p.add(t, session, newDevice(who.Person), "Clé")
	must(t, p.RemoveTOTP(t.Context(), session))
	ctx := FromBrowser(t.Context(), Browser{Language: locale.English})
	known, err := p.RememberBrowser(ctx, session)
	must(t, err)
	_, err = p.RememberBrowser(FromBrowser(ctx, Browser{Known: known}), session)
	must(t, err)
	_, err = p.RememberBrowser(ctx, session)
	must(t, err)
	kept, err := p.credentialsOf(t.Context(), who.Person)
	must(t, err)
	device := p.notice(who, mail.NewDevice, deviceUnknown)
	device.Language = locale.English
	same(t, "said", toldIn(t, kept.Outbox), told{
		[]string{
			"account.totp-added", "account.recovery-code-used", "account.recovery-codes-renewed", "account.passkey-added", "account.totp-removed", "account.device-added",
		},
		[]mail.Message{
			p.notice(who, mail.MethodAdded, methodTOTP), p.notice(who, mail.MethodAdded, methodRecovery), p.notice(who, mail.MethodAdded, methodPasskey),
			p.notice(who, mail.MethodRemoved, methodTOTP), device,
		},
	})
}

func TestAnAccountSaysWhatItsSessionIsGoodFor(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t)
	session, _ := p.setUp(t)
	p.RequireSecondFactor = true
	account := func(token Token) OwnAccount {
		own, err := p.OwnAccount(t.Context(), token)
		must(t, err)
		return own
	}
	want := OwnAccount{Name: first().Name, Mail: "camille@vallombreuse.example", Password: true, State: Full, Fresh: true, Needed: true}
	same(t, "of the set-up form", account(session), want)
	want.State = Unprotected
	same(t, "of a password", account(p.signIn(t)), want)
	_, _, _ = p.enrol(t, session)
	want.State, want.Enrolled = PasswordOnly, true
	same(t, "of a password, once a second factor is set up", account(p.signIn(t)), want)
}
