package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	netmail "net/mail"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
)

// runAsGarant makes the test's own binary be the program, so that a process of it can be killed.
const runAsGarant = "RUN_AS_GARANT"

func TestMain(m *testing.M) {
	if os.Getenv(runAsGarant) != "" {
		main()
	}
	os.Exit(m.Run())
}

// kills is how often the program is killed.
const kills = 100

// office counts the letters that it took, by Message-ID.
type office struct {
	mu    sync.Mutex
	took  map[string]int
	to    map[string]int
	moved chan struct{} // a letter came
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return o, nil }
func (o *office) Mail(string, *smtp.MailOptions) error        { return nil }
func (o *office) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (o *office) Reset()                                      {}
func (o *office) Logout() error                               { return nil }
func (o *office) Data(r io.Reader) error {
	message, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, message.Body); err != nil {
		return err
	}
	to, err := message.Header.AddressList("To")
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.took[message.Header.Get("Message-Id")]++
	o.to[to[0].Address]++
	select {
	case o.moved <- struct{}{}:
	default:
	}
	return nil
}

// process is one run of the program.
type process struct {
	command *exec.Cmd
	address string
	link    string // of the set-up, of a first run
	ended   chan struct{}
}

// begin starts the program and waits until its log has a line with the field: "store" once it answers, "link" for the set-up.
func begin(t *testing.T, field string, args ...string) *process {
	t.Helper()
	p := &process{command: exec.Command(os.Args[0], append([]string{"serve", "--log-format", "json"}, args...)...), ended: make(chan struct{})}
	p.command.Env = append(os.Environ(), runAsGarant+"=yes")
	out, err := p.command.StderrPipe()
	must(t, err)
	must(t, p.command.Start())
	ready := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var line map[string]any
			if json.Unmarshal(lines.Bytes(), &line) != nil {
				continue
			}
			if address, ok := line["address"].(string); ok && line["store"] != nil {
				p.address = address
			}
			if link, ok := line["link"].(string); ok {
				p.link = link
			}
			if line[field] != nil {
				select {
				case ready <- true:
				default:
				}
			}
		}
		_ = p.command.Wait()
		close(p.ended)
	}()
	select {
	case <-ready:
	case <-p.ended:
		t.Fatal("the program ended before it answered")
	}
	return p
}

func (p *process) kill(t *testing.T) {
	t.Helper()
	must(t, p.command.Process.Kill())
	<-p.ended
}

// visitor is a browser: cookies, and the token of forms.
type visitor struct {
	client *http.Client
	csrf   string
	page   string // what a form was last answered with
}

var formToken = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func newVisitor() *visitor {
	jar, _ := cookiejar.New(nil) // fails for no options
	return &visitor{client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// get reads a page, and keeps the token of its forms.
func (v *visitor) get(address string) (int, error) {
	answer, err := v.client.Get(address)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if found := formToken.FindSubmatch(body); found != nil {
		v.csrf = string(found[1])
	}
	return answer.StatusCode, err
}

func (v *visitor) post(address string, form url.Values) (int, string, error) {
	form.Set("csrf", v.csrf)
	answer, err := v.client.PostForm(address, form)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	v.page = string(body)
	return answer.StatusCode, answer.Header.Get("Location"), err
}

// What the portal said that it did, before it was killed.
type acknowledged struct {
	mu      sync.Mutex
	invited []string // addresses
	signed  int
}

const killedPassword = "quatre mots sans rapport"

// The process is killed at random while people are invited and sign in and letters leave. Afterwards every invitation that was
// acknowledged is in the journal and its letter left or waits for a person, no letter left twice, every sign-in that was
// acknowledged is in the journal, and the journal is whole.
func TestAHundredKillsLoseNoActDoubleNoLetterAndLeaveTheJournalWhole(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	o := &office{took: map[string]int{}, to: map[string]int{}, moved: make(chan struct{}, 1)}
	server := smtp.NewServer(o)
	server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })

	data := filepath.Join(t.TempDir(), "data")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	at := free.Addr().String() // the same one each time, so that the browsers' cookies stay
	must(t, free.Close())
	args := []string{"--addr", at, "--data", data, "--smtp", "smtp+insecure://" + listener.Addr().String(), "--mail-from", "garant@hopital.example"}
	p := begin(t, "link", args[:4]...) // without a mail server: the page shows the link
	admin := newVisitor()
	setup(t, p, admin)
	p.kill(t)

	var said acknowledged
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	for round := range kills {
		p = begin(t, "store", args...)
		var wait sync.WaitGroup
		wait.Go(func() { invites(admin, p.address, round, &said) })
		wait.Go(func() { signsIn(p.address, &said) })
		time.AfterFunc(time.Duration(dice.IntN(700))*time.Millisecond, func() { _ = p.command.Process.Kill() })
		<-p.ended
		wait.Wait()
	}

	delivered(t, data, args, o, said.invited)
	verified := run(t, "journal", "verify", "--data", data)
	equal(t, exitDone, verified.Code)
	kinds := kindsOf(t, data)
	if kinds[identity.PersonInvited] < len(said.invited) {
		t.Errorf("%d invitations were acknowledged, %d are in the journal", len(said.invited), kinds[identity.PersonInvited])
	}
	if kinds[identity.SignedIn] < said.signed {
		t.Errorf("%d sign-ins were acknowledged, %d are in the journal", said.signed, kinds[identity.SignedIn])
	}
	for id, times := range o.took {
		if times != 1 {
			t.Errorf("letter %s left %d times", id, times)
		}
	}
	t.Logf("%d invitations and %d sign-ins acknowledged, %d letters, %d kills", len(said.invited), said.signed, len(o.took), kills)
	if len(said.invited) < kills/4 || said.signed < 3 {
		t.Errorf("too little was done to prove anything: %d invitations, %d sign-ins", len(said.invited), said.signed)
	}
}

func setup(t *testing.T, p *process, v *visitor) {
	t.Helper()
	if _, err := v.get(p.link); err != nil {
		t.Fatal(err)
	}
	status, to, err := v.post(p.link, url.Values{"structure": {"Clinique"}, "region": {"Région"}, "name": {"Ada Essai"}, "mail": {"ada@essais.example"}, "password": {killedPassword}})
	must(t, err)
	equal(t, [2]any{http.StatusSeeOther, "/services"}, [2]any{status, to})
	if _, err := v.get(p.address + "/people"); err != nil {
		t.Fatal(err)
	}
	_, _, err = v.post(p.address+"/people/invite", url.Values{"mail": {"bob@essais.example"}, "role": {"buyer"}})
	must(t, err)
	found := invitationLink.FindStringSubmatch(v.page)
	if found == nil {
		t.Fatal("no link of an invitation")
	}
	bob := newVisitor()
	link := p.address + html.UnescapeString(found[1])
	if _, err := bob.get(link); err != nil {
		t.Fatal(err)
	}
	status, to, err = bob.post(link, url.Values{"name": {"Bob Essai"}, "password": {killedPassword}})
	must(t, err)
	equal(t, [2]any{http.StatusSeeOther, "/"}, [2]any{status, to})
}

var invitationLink = regexp.MustCompile(`(/invitations/[^<"]+)</code>`)

// invites invites one address after the other until the portal is gone.
func invites(v *visitor, address string, round int, said *acknowledged) {
	for i := 0; ; i++ {
		if status, err := v.get(address + "/people"); err != nil || status != http.StatusOK {
			return
		}
		to := fmt.Sprintf("guest-%d-%d@essais.example", round, i)
		status, _, err := v.post(address+"/people/invite", url.Values{"mail": {to}, "role": {"reader"}})
		if err != nil {
			return
		}
		if status == http.StatusSeeOther {
			said.mu.Lock()
			said.invited = append(said.invited, to)
			said.mu.Unlock()
		}
	}
}

// signsIn signs in again and again, as if from browsers that it never saw.
func signsIn(address string, said *acknowledged) {
	for {
		v := newVisitor()
		if _, err := v.get(address + "/sign-in"); err != nil {
			return
		}
		status, to, err := v.post(address+"/sign-in", url.Values{"mail": {"bob@essais.example"}, "password": {killedPassword}})
		if err != nil {
			return
		}
		if status == http.StatusSeeOther && to != "/sign-in" {
			said.mu.Lock()
			said.signed++
			said.mu.Unlock()
		}
	}
}

// calm is for how long no letter leaves once all have that will.
const calm = 4 * time.Second

// delivered lets the portal work undisturbed until each invitation that was acknowledged has its letter, and checks that what
// the portal says of each is what the mail server saw. A letter that a kill caught while it was handed over waits for its time
// or for a person, and is not sent again before.
func delivered(t *testing.T, data string, args []string, o *office, invited []string) {
	t.Helper()
	p := begin(t, "store", args...)
	for quiet := time.After(calm); ; {
		select {
		case <-o.moved:
			quiet = time.After(calm)
			continue
		case <-quiet:
		}
		break
	}
	p.kill(t)
	states := letterStates(t, data)
	o.mu.Lock()
	defer o.mu.Unlock()
	counts := map[mail.State]int{}
	for _, address := range invited {
		state, took := states[address], o.to[address]
		counts[state]++
		if state == "" || state == mail.Sent && took != 1 || state == mail.Waiting && took != 0 || took > 1 {
			t.Errorf("the letter to %s is %q, and left %d times", address, state, took)
		}
	}
	t.Logf("letters: %v", counts)
}

// letterStates tells how the letter to each address stands.
func letterStates(t *testing.T, data string) map[string]mail.State {
	t.Helper()
	states := map[string]mail.State{}
	withStore(t, data, func(engine store.Engine) {
		loaded, err := words()
		must(t, err)
		letters := mail.New(engine, loaded, mail.Options{}, slog.New(slog.DiscardHandler), time.Now)
		tenants, err := journal.New(engine).Tenants(t.Context())
		must(t, err)
		for _, tenant := range tenants {
			for cursor := ""; ; {
				page, err := letters.List(t.Context(), tenant, "", cursor)
				must(t, err)
				for _, l := range page.Items {
					states[l.To.Mail] = l.State
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
		}
	})
	return states
}

// kindsOf counts the acts of all journals by kind.
func kindsOf(t *testing.T, data string) map[string]int {
	t.Helper()
	exported := run(t, "journal", "export", "--data", data, "--format", "jsonl")
	equal(t, exitDone, exported.Code)
	kinds := map[string]int{}
	for line := range bytes.Lines([]byte(exported.Out)) {
		var entry struct {
			Act string `json:"act"`
		}
		must(t, json.Unmarshal(line, &entry))
		kinds[entry.Act]++
	}
	return kinds
}
