package identity

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
)

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:152.0) Gecko/20100101 Firefox/152.0"

func TestAPersonListsTheirSessionsAndEndsThem(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.setUp(t)
	begun := p.now.Add(time.Minute)
	p.now = begun
	one, err := p.SignIn(FromBrowser(t.Context(), Browser{Address: "192.0.2.7", UserAgent: firefox}), first().Mail, passphrase, network)
	must(t, err)
	p.now = begun.Add(time.Minute)
	two, err := p.SignIn(FromBrowser(t.Context(), Browser{Address: "2001:db8:1:2::3"}), first().Mail, passphrase, network)
	must(t, err)
	got, err := p.OpenSessions(t.Context(), one)
	must(t, err)
	same(t, "list", got[:2], []OpenSession{
		{ID: two.id(), Opened: p.now, Seen: p.now, Network: "2001:db8:1::/48", Methods: []Method{ByPassword}, State: Full},
		{ID: one.id(), Opened: begun, Seen: begun, Network: "192.0.2.0/24", Device: "Firefox, Windows", Methods: []Method{ByPassword}, State: Full, Current: true},
	})
	same(t, "with that of the set-up", len(got), 3)
	refused(t, "one that does not exist", p.EndSession(t.Context(), one, "none"), fault.NotFound, "not-found")
	must(t, p.EndSession(t.Context(), one, two.id()))
	p.gone(t, "ended", two)
	ended, err := p.EndOtherSessions(t.Context(), one)
	must(t, err)
	same(t, "ended", ended, 1)
	_, err = p.Resume(t.Context(), one)
	must(t, err)

	p.now = begun.Add(freshFor)
	refused(t, "when not fresh", p.EndSession(t.Context(), one, one.id()), fault.Forbidden, "identity.fresh")
	_, err = p.EndOtherSessions(t.Context(), one)
	refused(t, "all, when not fresh", err, fault.Forbidden, "identity.fresh")
	ended, err = p.EndSessionsOf(t.Context(), p.person(t, one))
	must(t, err)
	same(t, "ended from above", ended, 1)
	p.gone(t, "ended from above", one)
}

func TestNobodyEndsOrSeesTheSessionsOfOthers(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	own, _ := p.setUp(t)
	others, err := p.open(t.Context(), p.another(t, "dominique"), ByPassword)
	must(t, err)
	refused(t, "ending", p.EndSession(t.Context(), own, others.id()), fault.NotFound, "not-found")
	ended, err := p.EndOtherSessions(t.Context(), own)
	must(t, err)
	same(t, "ended", ended, 0)
	_, err = p.SessionOf(t.Context(), others)
	must(t, err)
	list, err := p.OpenSessions(t.Context(), own)
	must(t, err)
	same(t, "seen", len(list), 1)
}

func TestAProofIsFreshForTenMinutesAndMovesTheSession(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, who := p.setUp(t)
	begun := p.now
	fresh := func() error {
		x, err := p.SessionOf(t.Context(), session)
		must(t, err)
		return RequireFresh(x, p.now)
	}
	must(t, fresh())
	p.now = begun.Add(freshFor - time.Second)
	must(t, fresh())
	p.now = begun.Add(freshFor)
	refused(t, "after ten minutes", fresh(), fault.Forbidden, "identity.fresh")
	_, err := p.GivePassword(t.Context(), session, "wrong", network)
	refused(t, "a wrong password", err, fault.Invalid, "identity.password-wrong")
	before := session
	session, err = p.GivePassword(t.Context(), session, passphrase, network)
	must(t, err)
	must(t, fresh())
	p.gone(t, "the token before", before)
	_, err = p.GivePassword(t.Context(), before, passphrase, network)
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("the token before proves: %v", err)
	}
	got, err := p.Resume(t.Context(), session)
	must(t, err)
	same(t, "actor", got, who)
	x, err := p.SessionOf(t.Context(), session)
	must(t, err)
	same(t, "opened", x.Created, begun) // the absolute limit runs on
	same(t, "methods", x.Methods, []Method{ByPassword, BySetup})
	same(t, "a session of before", (&Session{}).Fresh(p.now), false)
}

// A token that a visitor had before signing in, or that somebody made them use, never becomes a session.
func TestATokenFromBeforeSigningInOpensNothing(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.setUp(t)
	before, err := NewToken()
	must(t, err)
	session := p.signIn(t)
	if session == before {
		t.Error("the token stays the same")
	}
	p.gone(t, "before", before)
	_, err = p.GivePassword(t.Context(), before, passphrase, network)
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("a token that was made up: %v", err)
	}
}

func TestOfTwoRisesAtOnceOneSucceeds(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, _ := p.setUp(t)
	var wait sync.WaitGroup
	results := make([]error, 4)
	for i := range results {
		wait.Go(func() { _, results[i] = p.rise(t.Context(), session, ByPassword) })
	}
	wait.Wait()
	succeeded := 0
	for _, err := range results {
		if err == nil {
			succeeded++
		}
	}
	same(t, "succeeded", succeeded, 1)
}

func TestPasswordsAskedAgainAreLimited(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	session, _ := p.setUp(t)
	for range proofsPerNetwork {
		_, err := p.GivePassword(t.Context(), session, "wrong", network)
		refused(t, "guess", err, fault.Invalid, "identity.password-wrong")
	}
	_, err := p.GivePassword(t.Context(), session, passphrase, network)
	refused(t, "one more", err, fault.TooMany, "identity.too-many")
}

func TestBrowsersAreDescribedInAFewWords(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		firefox: "Firefox, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":              "Edge, Windows",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                                      "Chrome, Linux",
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                      "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1":    "Safari, iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1": "Chrome, iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15":                      "Safari, macOS",
		"curl/8.9.1": "curl", "": "", "<script>alert(1)</script>": "",
	} {
		same(t, agent, Browser{UserAgent: agent}.device(), want)
	}
	for address, want := range map[string]string{
		"192.0.2.77": "192.0.2.0/24", "::ffff:192.0.2.77": "192.0.2.0/24", "2001:db8:1:2::3": "2001:db8:1::/48", "fe80::1%eth0": "fe80::/48", "": "", "x": "",
	} {
		same(t, address, Browser{Address: address}.network(), want)
	}
}

func TestAQRCodeIsSoundSVGWithoutStyleOrScript(t *testing.T) {
	t.Parallel()
	const text = "otpauth://totp/Garant:camille@vallombreuse.example?issuer=Garant&secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	image, err := QR(text)
	must(t, err)
	again, err := QR(text)
	must(t, err)
	same(t, "drawn again", string(again), string(image))
	elements := map[string]int{}
	for decoder := xml.NewDecoder(bytes.NewReader(image)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		if start, ok := token.(xml.StartElement); ok {
			elements[start.Name.Local]++
		}
	}
	same(t, "elements", elements, map[string]int{"svg": 1, "path": 2})
	for _, corner := range []string{"M4 4h7v1h-7z", "M4 10h7v1h-7z"} { // the square in the top left corner, inside its margin
		if !strings.Contains(string(image), corner) {
			t.Errorf("%s is missing in %s", corner, image)
		}
	}
	if strings.Contains(string(image), "style") || strings.Contains(string(image), "Garant") {
		t.Errorf("%s", image)
	}
	_, err = QR(strings.Repeat("x", 4000))
	if err == nil {
		t.Error("a text too long is drawn")
	}
}
