package identity

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
)

const network = "192.0.2.7"

func TestSigningInTellsNobodyWhichPartIsWrongAndCostsTheSame(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.setUp(t)
	for name, given := range map[string][2]string{
		"a wrong password":   {"camille@vallombreuse.example", "cheval agrafe correct pil"},
		"no password":        {"camille@vallombreuse.example", ""},
		"an unknown address": {"dominique@vallombreuse.example", passphrase},
		"no address":         {"", passphrase},
		"what is no address": {"Camille <camille@vallombreuse.example>", passphrase},
		"nothing at all":     {"", ""},
	} {
		p.work = nil
		_, err := p.SignIn(t.Context(), given[0], given[1], name)
		refused(t, name, err, fault.Invalid, "identity.sign-in")
		same(t, name+", work", p.work, []effort{{Time: argonTime, Memory: argonMemory, Length: argonKey, Threads: argonThreads}})
	}
	p.work = nil
	_, err := p.SignIn(t.Context(), " camille@VALLOMBREUSE.example ", passphrase, network)
	must(t, err)
	same(t, "work of a success", p.work, []effort{{Time: argonTime, Memory: argonMemory, Length: argonKey, Threads: argonThreads}})
}

func TestAPersonWithoutAPasswordCannotSignIn(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	_, who := p.setUp(t)
	_, err := p.people.In(store.System).Update(t.Context(), who.Person, func(x *Person) error { x.Password = ""; return nil })
	must(t, err)
	_, err = p.SignIn(t.Context(), "camille@vallombreuse.example", "", network)
	refused(t, "sign-in", err, fault.Invalid, "identity.sign-in")
}

func TestAttemptsOnAnAccountAreLimitedForAWhile(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.setUp(t)
	attempt := func(network int, password string) error {
		_, err := p.SignIn(t.Context(), "camille@vallombreuse.example", password, fmt.Sprintf("192.0.2.%d", network))
		return err
	}
	for range attemptsPerAccount {
		refused(t, "attempt", attempt(1, "wrong"), fault.Invalid, "identity.sign-in")
	}
	p.work = nil
	err := attempt(1, passphrase)
	refused(t, "one attempt more, even right", err, fault.TooMany, "identity.too-many")
	same(t, "work of a refused attempt", p.work, []effort(nil))
	if f, _ := fault.As(err); f != nil {
		same(t, "minutes to wait", f.Args, []any{"count", 11})
	}
	must(t, attempt(2, passphrase)) // the owner comes from elsewhere
	p.now = p.now.Add(attemptWindow - time.Second)
	refused(t, "just before the end", attempt(1, passphrase), fault.TooMany, "identity.too-many")
	p.now = p.now.Add(time.Second)
	must(t, attempt(1, passphrase))
	for range attemptsPerAccount - 1 {
		refused(t, "after a success the count begins anew", attempt(1, "wrong"), fault.Invalid, "identity.sign-in")
	}
	must(t, attempt(1, passphrase))
}

func TestAttemptsOnAnAccountFromEverywhereAreLimitedToo(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.setUp(t)
	attempt := func(network int, password string) error {
		_, err := p.SignIn(t.Context(), "camille@vallombreuse.example", password, fmt.Sprintf("192.0.2.%d", network))
		return err
	}
	for i := range attemptsOnAccount {
		refused(t, "attempt", attempt(i/attemptsPerAccount, "wrong"), fault.Invalid, "identity.sign-in")
	}
	refused(t, "from one network more", attempt(200, passphrase), fault.TooMany, "identity.too-many")
	p.now = p.now.Add(attemptWindow)
	must(t, attempt(200, passphrase))
}

func TestAttemptsFromANetworkAreLimitedWhateverTheAccount(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.setUp(t)
	for i := range attemptsPerNetwork {
		_, err := p.SignIn(t.Context(), fmt.Sprintf("person%d@vallombreuse.example", i), "wrong", network)
		refused(t, "attempt", err, fault.Invalid, "identity.sign-in")
	}
	_, err := p.SignIn(t.Context(), "camille@vallombreuse.example", passphrase, network)
	refused(t, "from this network", err, fault.TooMany, "identity.too-many")
	_, err = p.SignIn(t.Context(), "camille@vallombreuse.example", passphrase, "192.0.2.8")
	must(t, err)
}

func TestTheThrottleForgetsWhatIsOver(t *testing.T) {
	t.Parallel()
	watch, now := newThrottle(), time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)
	for i := range maxWatched + 1 {
		must(t, watch.allow(now, fmt.Sprint(i), 1))
	}
	must(t, watch.allow(now.Add(attemptWindow), "later", 1))
	same(t, "watched", len(watch.seen), 1)
}

func TestASessionEndsWhenIdleAndInAnyCaseAfterItsLongestLife(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, who := p.setUp(t)
	begun := p.now
	resume := func(at time.Duration) error {
		p.now = begun.Add(at)
		got, err := p.Resume(t.Context(), session)
		if err == nil {
			same(t, fmt.Sprintf("actor after %s", at), got, who)
		}
		return err
	}
	must(t, resume(sessionIdle-time.Second))
	must(t, resume(2*sessionIdle-2*time.Second)) // the first moved the limit
	for at := 2*sessionIdle - 2*time.Second; at < sessionMax; at += sessionIdle - time.Minute {
		must(t, resume(at))
	}
	must(t, resume(sessionMax-time.Second))
	refused(t, "after its longest life", resume(sessionMax), fault.NotFound, "not-found")

	begun = p.now
	other, err := p.SignIn(t.Context(), "camille@vallombreuse.example", passphrase, network)
	must(t, err)
	session = other
	must(t, resume(touchEvery-time.Second)) // too soon to move the limit
	refused(t, "idle", resume(sessionIdle), fault.NotFound, "not-found")
}

func TestASessionIsOfAMemberOnlyAsLongAsTheyAreOne(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, who := p.setUp(t)
	_, err := p.structures.In(who.Tenant()).Update(t.Context(), who.Structure, func(x *Structure) error { x.Members = nil; return nil })
	must(t, err)
	_, err = p.Resume(t.Context(), session)
	refused(t, "resume", err, fault.NotFound, "not-found")
}

func TestSigningOutEndsThisSessionAndNoOther(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, who := p.setUp(t)
	other, err := p.SignIn(t.Context(), "camille@vallombreuse.example", passphrase, network)
	must(t, err)
	must(t, p.SignOut(t.Context(), session))
	must(t, p.SignOut(t.Context(), session))
	_, err = p.Resume(t.Context(), session)
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("a session that was ended resumes: %v", err)
	}
	got, err := p.Resume(t.Context(), other)
	must(t, err)
	same(t, "the other session", got, who)
	for _, forged := range []Token{"", "x", other + "x", Token(other.id())} {
		if _, err := p.Resume(t.Context(), forged); fault.KindOf(err) != fault.NotFound {
			t.Errorf("token %q resumes a session: %v", forged, err)
		}
	}
}

func TestSweepDeletesTheSessionsThatAreOver(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.setUp(t)
	p.now = p.now.Add(sessionIdle - time.Minute)
	fresh, err := p.SignIn(t.Context(), "camille@vallombreuse.example", passphrase, network)
	must(t, err)
	p.now = p.now.Add(2 * time.Minute)
	must(t, p.Sweep(t.Context()))
	page, err := p.sessions.In(store.System).Scan(t.Context(), store.Query{Index: "expires"})
	must(t, err)
	var kept []string
	for _, session := range page.Items {
		kept = append(kept, session.ID)
	}
	same(t, "kept", kept, []string{fresh.id()})
}

func TestTheTokenOfFormsBelongsToItsSession(t *testing.T) {
	t.Parallel()
	one, err := NewToken()
	must(t, err)
	other, err := NewToken()
	must(t, err)
	for name, test := range map[string]struct {
		token Token
		given string
		want  bool
	}{
		"its own":             {one, one.CSRF(), true},
		"another session's":   {one, other.CSRF(), false},
		"none":                {one, "", false},
		"the token itself":    {one, string(one), false},
		"its own, cut":        {one, one.CSRF()[:10], false},
		"without any session": {"", Token("").CSRF(), false},
	} {
		same(t, name, test.token.ValidCSRF(test.given), test.want)
	}
	if strings.Contains(string(one), one.CSRF()) || one == other || len(one) < 43 {
		t.Error("tokens can be guessed or tell each other")
	}
}
