package identity

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

// links gives the links that were sent, in the order in which they were asked for.
func (p *portal) links(t *testing.T) []Token {
	t.Helper()
	page, err := p.proofs.recoveries.In(store.System).Scan(t.Context(), store.Query{Index: "expires", Limit: 500})
	must(t, err)
	var links []Token
	for _, asked := range page.Items {
		for _, letter := range toldIn(t, asked.Outbox).Notices {
			link := Token(strings.TrimPrefix(letter.Link, address+"/sign-in/recover/"))
			same(t, "kept under the hash of its token", asked.ID, link.id())
			links = append(links, link)
		}
	}
	return links
}

// askLink asks for a link and gives it.
func (p *portal) askLink(t *testing.T) Token {
	t.Helper()
	before := p.links(t)
	must(t, p.AskRecovery(t.Context(), first().Mail, network))
	for _, link := range p.links(t) {
		if !slices.Contains(before, link) {
			return link
		}
	}
	t.Fatal("no link was sent")
	return ""
}

func TestALinkOfAMailLetsItsPersonChooseANewPasswordOnce(t *testing.T) {
	t.Parallel()
	p := newPortal(t).atItsAddress(t)
	other, who := p.setUp(t)
	link, spare := p.askLink(t), p.askLink(t)
	must(t, p.CheckRecovery(t.Context(), link, network))
	must(t, p.CheckRecovery(t.Context(), link, network)) // a scanner looked first
	session, err := p.Recover(t.Context(), link, network)
	must(t, err)
	_, err = p.Recover(t.Context(), link, network)
	refused(t, "replayed", err, fault.NotFound, "identity.recovery-link")
	_, err = p.Recover(t.Context(), spare, network)
	refused(t, "another link of the same person", err, fault.NotFound, "identity.recovery-link")

	_, err = p.Resume(t.Context(), session)
	refused(t, "before the new password", err, fault.Forbidden, "identity.new-password")
	_, err = p.EnrolTOTP(t.Context(), session)
	refused(t, "setting up a second factor before it", err, fault.Forbidden, "identity.new-password")
	_, err = p.RememberBrowser(t.Context(), session)
	refused(t, "being known before it", err, fault.Forbidden, "identity.second-factor")
	_, err = p.ChangePassword(t.Context(), session, passphrase, another, network)
	refused(t, "changing the old one", err, fault.Forbidden, "identity.new-password")
	if _, err := p.ChooseNewPassword(t.Context(), session, "court"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a weak password: %v", err)
	}
	next, err := p.ChooseNewPassword(t.Context(), session, another)
	must(t, err)
	p.gone(t, "the token before", session)
	p.gone(t, "a session of the old password", other)
	got, err := p.Resume(t.Context(), next)
	must(t, err)
	same(t, "actor", got, who)
	p.signInWith(t, another)
	_, err = p.ChooseNewPassword(t.Context(), next, passphrase)
	refused(t, "a second time", err, fault.NotFound, "not-found")
	person, err := p.people.In(store.System).Get(t.Context(), who.Person)
	must(t, err)
	same(t, "said", toldIn(t, person.Outbox), told{[]string{"account.password-recovered"}, []mail.Message{p.notice(who, mail.PasswordChanged, "")}})
}

// Whoever reads somebody's mail has one factor in the place of one, and changes nothing by it.
func TestALinkDoesNotStandInForTheSecondFactor(t *testing.T) {
	t.Parallel()
	p := newPortal(t).sealed(t).atItsAddress(t)
	session, who := p.setUp(t)
	_, full, codes := p.enrol(t, session)
	thief, err := p.Recover(t.Context(), p.askLink(t), network)
	must(t, err)
	x, err := p.SessionOf(t.Context(), thief)
	must(t, err)
	same(t, "state", x.State(), PasswordOnly)
	_, err = p.ChooseNewPassword(t.Context(), thief, another)
	refused(t, "without the second factor", err, fault.Forbidden, "identity.second-factor")
	risen, err := p.GivePassword(t.Context(), thief, passphrase, network)
	must(t, err)
	_, err = p.ChooseNewPassword(t.Context(), risen, another)
	refused(t, "with the password in its place", err, fault.Forbidden, "identity.second-factor")
	_, err = p.Resume(t.Context(), full)
	must(t, err)

	owner, err := p.Recover(t.Context(), p.askLink(t), network)
	must(t, err)
	proved, err := p.GiveRecoveryCode(t.Context(), owner, codes[0], network)
	must(t, err)
	p.gone(t, "the token before the code", owner)
	next, err := p.ChooseNewPassword(t.Context(), proved, another)
	must(t, err)
	got, err := p.Resume(t.Context(), next)
	must(t, err)
	same(t, "actor", got, who)
}

func TestALinkIsOverAfterAnHourOrOncePasswordsChange(t *testing.T) {
	t.Parallel()
	p := newPortal(t).atItsAddress(t)
	session, _ := p.setUp(t)
	late := p.askLink(t)
	p.now = p.now.Add(recoveryFor)
	refused(t, "after an hour", p.CheckRecovery(t.Context(), late, network), fault.NotFound, "identity.recovery-link")
	stale := p.askLink(t)
	session, err := p.GivePassword(t.Context(), session, passphrase, network)
	must(t, err)
	_, err = p.ChangePassword(t.Context(), session, passphrase, another, network)
	must(t, err)
	_, err = p.Recover(t.Context(), stale, network)
	refused(t, "asked for before the password changed", err, fault.NotFound, "identity.recovery-link")

	slow, err := p.Recover(t.Context(), p.askLink(t), network)
	must(t, err)
	p.now = p.now.Add(freshFor)
	_, err = p.ChooseNewPassword(t.Context(), slow, passphrase)
	refused(t, "a browser left open", err, fault.Forbidden, "identity.fresh")
	for _, wrong := range []Token{"", "x", Token(stale.id())} {
		refused(t, "no link", p.CheckRecovery(t.Context(), wrong, network), fault.NotFound, "identity.recovery-link")
	}
}

func TestAskingForALinkCostsAndAnswersTheSameWhoeverHasTheAddress(t *testing.T) {
	t.Parallel()
	p := newPortal(t).atItsAddress(t)
	p.setUp(t)
	counted := &counting{Engine: p.engine}
	other := New(counted, p.keys, func() time.Time { return p.now })
	other.Site = address
	work := func(address string) map[string]int {
		counted.done = map[string]int{}
		must(t, other.AskRecovery(t.Context(), address, network))
		return counted.done
	}
	want := work("personne@vallombreuse.example")
	same(t, "somebody's address", work(first().Mail), want)
	for range recoveriesPerAddress {
		same(t, "asked again", work(first().Mail), want)
	}
	same(t, "links sent", len(p.links(t)), recoveriesPerAddress)
	err := other.AskRecovery(t.Context(), "personne", network)
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("what is no address: %v", err)
	}
	for range attemptsPerNetwork {
		err = other.AskRecovery(t.Context(), "x@vallombreuse.example", network)
	}
	refused(t, "too many from a network", err, fault.TooMany, "identity.too-many")
}

// counting counts what is asked of a store.
type counting struct {
	store.Engine
	done map[string]int
}

func (c *counting) Get(ctx context.Context, collection string, t store.Tenant, ids []string, visit store.Visit) error {
	c.done["get "+collection]++
	return c.Engine.Get(ctx, collection, t, ids, visit)
}

func (c *counting) Scan(ctx context.Context, span store.Span, visit store.Visit) error {
	c.done["scan"]++
	return c.Engine.Scan(ctx, span, visit)
}

func (c *counting) Insert(ctx context.Context, collection string, records ...store.Record) error {
	c.done["insert "+collection]++
	return c.Engine.Insert(ctx, collection, records...)
}

func (c *counting) Replace(ctx context.Context, collection string, r store.Record) error {
	c.done["replace "+collection]++
	return c.Engine.Replace(ctx, collection, r)
}

func TestLinksThatAreOverAreSweptOnceNothingWaitsInThem(t *testing.T) {
	t.Parallel()
	p := newPortal(t).atItsAddress(t)
	p.setUp(t)
	must(t, p.AskRecovery(t.Context(), "personne@vallombreuse.example", network))
	p.askLink(t)
	p.now = p.now.Add(recoveryFor + time.Minute)
	must(t, p.Sweep(t.Context()))
	same(t, "the one that waits for the post", len(p.links(t)), 1)
	left, err := p.proofs.recoveries.In(store.System).Count(t.Context(), store.Query{Index: "expires"})
	must(t, err)
	same(t, "left", left, int64(1))
}
