package mail

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
)

// received is a message that the post office took over.
type received struct{ ID, From, To, Raw string }

// postOffice is a real mail server in this process, which keeps what it accepts.
type postOffice struct {
	t       *testing.T
	address string
	roots   *x509.CertPool

	mu           sync.Mutex
	ended        *sync.Cond // with mu: a session ended
	open         int        // sessions; one may begin while another is waited for, which a WaitGroup does not allow
	inbox        []received
	deduplicates bool
	secure       []bool // of each session, whether it was encrypted
	signedIn     []string
	answer       func(command, argument string) error // nil: yes to everything
}

// protection is how a post office is reached.
type protection int

const (
	bare protection = iota
	starting
	implicit
)

const (
	officeUser     = "garant@portal.example"
	officePassword = "correct horse battery"
)

// openOffice starts a mail server on a loopback port.
func openOffice(t *testing.T, p protection) *postOffice {
	t.Helper()
	o := &postOffice{t: t}
	o.ended = sync.NewCond(&o.mu)
	server := smtp.NewServer(smtp.BackendFunc(o.session))
	server.Domain = "mail.example"
	server.ErrorLog = log.New(io.Discard, "", 0)
	server.AllowInsecureAuth = false
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	o.address = listener.Addr().String()
	if p != bare {
		var certificate tls.Certificate
		certificate, o.roots = authority(t)
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
		if p == implicit {
			listener = tls.NewListener(listener, server.TLSConfig)
		}
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() { // connections that begin as the test ends are waited for, for as long as one can still be open
		ending, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Shutdown(ending)
		_ = server.Close()
		serving.Wait()
	})
	return o
}

// authority makes a certificate authority and a certificate for 127.0.0.1 under it.
func authority(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	sign := func(template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
		must(t, err)
		made, err := x509.ParseCertificate(der)
		must(t, err)
		return made
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	own := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	root := sign(own, own, rootKey, rootKey)
	leaf := sign(&x509.Certificate{SerialNumber: big.NewInt(2), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}, root, key, rootKey)
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}, pool
}

// server is the post office as the portal addresses it.
func (o *postOffice) server(scheme string) *Server {
	o.t.Helper()
	s, err := ParseServer(scheme + o.address)
	must(o.t, err)
	s.Roots, s.Password = o.roots, officePassword
	return s
}

// messages gives what arrived, once every session has ended.
func (o *postOffice) messages() []received {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wait()
	return slices.Clone(o.inbox)
}

// wait returns once every session has ended; mu is held.
func (o *postOffice) wait() {
	for o.open > 0 {
		o.ended.Wait()
	}
}

// quiet returns once every session has ended.
func (o *postOffice) quiet() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wait()
}

func (o *postOffice) session(c *smtp.Conn) (smtp.Session, error) {
	_, encrypted := c.TLSConnectionState()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open++
	o.secure = append(o.secure, encrypted)
	return &officeSession{office: o}, nil
}

type officeSession struct {
	office *postOffice
	letter received
	once   sync.Once
}

func (s *officeSession) ask(command, argument string) error {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if s.office.answer == nil {
		return nil
	}
	return s.office.answer(command, argument)
}

func (s *officeSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *officeSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != officeUser || password != officePassword {
			return smtp.ErrAuthFailed
		}
		s.office.mu.Lock()
		defer s.office.mu.Unlock()
		s.office.signedIn = append(s.office.signedIn, user)
		return nil
	}), nil
}

func (s *officeSession) Mail(from string, _ *smtp.MailOptions) error {
	s.letter = received{From: from}
	return s.ask("MAIL", from)
}

func (s *officeSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.letter.To = to
	return s.ask("RCPT", to)
}

func (s *officeSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // cut before its end: not accepted
	}
	parsed, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if err := s.ask("DATA", string(raw)); err != nil {
		return err
	}
	s.letter.ID, s.letter.Raw = parsed.Header.Get("Message-ID"), string(raw)
	o := s.office
	o.mu.Lock()
	defer o.mu.Unlock()
	seen := slices.ContainsFunc(o.inbox, func(r received) bool { return r.ID == s.letter.ID })
	if !o.deduplicates || !seen {
		o.inbox = append(o.inbox, s.letter)
	}
	return nil
}

func (s *officeSession) Reset() {}

func (s *officeSession) Logout() error {
	s.once.Do(func() {
		s.office.mu.Lock()
		defer s.office.mu.Unlock()
		s.office.open--
		s.office.ended.Broadcast()
	})
	return nil
}

// clock is a time that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const hospital store.Tenant = "structure-hospital"

var start = time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)

// bench is a service over a store, on a clock.
type bench struct {
	*Service
	*clock
	engine store.Engine
	log    *lockedBuffer
}

// lockedBuffer is a log that may be written from several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newEngine(t *testing.T) store.Engine {
	t.Helper()
	engine, err := sqlite.Open(t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	must(t, engine.Declare(t.Context(), append(Schemas(), orderSchema)...))
	return engine
}

var words = sync.OnceValues(locale.Load)

func catalogue(t *testing.T) *locale.Catalogue {
	t.Helper()
	c, err := words()
	must(t, err)
	return c
}

// begin gives a service with a server, or without one.
func begin(t *testing.T, engine store.Engine, server *Server) *bench {
	t.Helper()
	b := &bench{clock: &clock{now: start}, engine: engine, log: &lockedBuffer{}}
	o := Options{Server: server, From: &netmail.Address{Name: "Garant", Address: "garant@portal.example"}, Site: "https://garant.example"}
	b.Service = New(engine, catalogue(t), o, slog.New(slog.NewTextHandler(b.log, nil)), b.clock.time)
	return b
}

// ask gives the service an event, as the outbox does, and tells the letter's id.
func (b *bench) ask(t *testing.T, m Message) string {
	t.Helper()
	var p outbox.Pending
	must(t, p.Add(Requested, m))
	must(t, b.Listen(t.Context(), outbox.Delivery{Event: p.Events[0], Tenant: hospital}))
	return p.Events[0].ID
}

func (b *bench) letter(t *testing.T, id string) *Letter {
	t.Helper()
	l, err := b.letters.In(hospital).Get(t.Context(), id)
	must(t, err)
	return l
}

func (b *bench) runOnce(t *testing.T, want int) {
	t.Helper()
	sent, err := b.RunOnce(t.Context())
	must(t, err)
	same(t, sent, want)
}

// invitation is a message whose link is a secret.
func invitation(to string) Message {
	return Message{
		Kind: Invitation, Language: locale.French, To: Address{"Claire Renaud", to}, Structure: "Centre hospitalier de Vallombreuse",
		By: "Hugo Lemaire", Link: secretLink, Until: start.Add(7 * 24 * time.Hour), Zone: "Europe/Paris",
	}
}

const secretLink = "https://garant.example/join/q7WfM2xS9tKzR4vB"

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(store.Meta{})); diff != "" {
		t.Fatalf("want (-) is not got (+):\n%s", diff)
	}
}

// order is a document of a domain, whose events ask for messages.
type order struct {
	store.Meta `bson:",inline"`
	Events     outbox.Pending `bson:"events"`
}

var orderSchema = store.Schema{Collection: "orders", Shape: 1, Indexes: outbox.Indexes("events")}
