package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

func TestParseServerTakesTLSByDefaultAndClearTextOnlyHere(t *testing.T) {
	t.Parallel()
	type seen struct {
		Address, User string
		Encryption    encryption
		Deduplicates  bool
	}
	for address, want := range map[string]seen{
		"smtps://garant%40portal.example@mail.example":         {"mail.example:465", "garant@portal.example", implicitTLS, false},
		"smtps://mail.example:8465/?deduplicates=yes":          {"mail.example:8465", "", implicitTLS, true},
		"smtp://garant@mail.example":                           {"mail.example:587", "garant", startTLS, false},
		"smtp://mail.example:25?deduplicates=no":               {"mail.example:25", "", startTLS, false},
		"smtp://[2001:db8::1]":                                 {"[2001:db8::1]:587", "", startTLS, false},
		"smtp+insecure://127.0.0.1":                            {"127.0.0.1:25", "", noTLS, false},
		"smtp+insecure://[::1]:1025":                           {"[::1]:1025", "", noTLS, false},
		"smtp+insecure://LocalHost:1025?deduplicates=yes":      {"LocalHost:1025", "", noTLS, true},
		"smtps://o'neil%2Bgarant@mail.example?deduplicates=no": {"mail.example:465", "o'neil+garant", implicitTLS, false},
	} {
		s, err := ParseServer(address)
		must(t, err)
		same(t, seen{s.Address(), s.user, s.encryption, s.deduplicates}, want)
	}
	for address, key := range map[string]string{
		"": "mail.server-form", "mail.example:587": "mail.server-form", "https://mail.example": "mail.server-form", "smtp://": "mail.server-form",
		"smtp:mail.example": "mail.server-form", "smtp://mail.example/inbox": "mail.server-form", "smtp://mail.example:0": "mail.server-form",
		"smtp://mail.example:70000": "mail.server-form", "smtp://mail.example?tls=no": "mail.server-form", "smtp://mail.example?deduplicates=maybe": "mail.server-form",
		"smtps://garant:secret@mail.example":    "mail.server-password",
		"smtp+insecure://mail.example":          "mail.server-insecure",
		"smtp+insecure://10.0.0.1":              "mail.server-insecure",
		"smtp+insecure://127.0.0.1.nip.example": "mail.server-insecure",
		"smtp+insecure://garant@127.0.0.1":      "mail.server-insecure",
	} {
		_, err := ParseServer(address)
		f, _ := fault.As(err)
		if f == nil || f.Kind != fault.Invalid || f.Key != key || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s gives %v, not %s", address, err, key)
		}
	}
}

func FuzzAServerThatIsReadIsNeverInClearOverANetwork(f *testing.F) {
	f.Add("smtp+insecure://127.0.0.1:25")
	f.Add("smtps://a%40b@c:465?deduplicates=yes")
	f.Fuzz(func(t *testing.T, address string) {
		s, err := ParseServer(address)
		if err == nil && (s.host == "" || s.port < 1 || s.encryption == noTLS && (!loopback(s.host) || s.user != "")) {
			t.Fatalf("%q gives %+v", address, s)
		}
	})
}

func TestMailGoesOverTLSWithTheAccountItWasGiven(t *testing.T) {
	t.Parallel()
	for scheme, p := range map[string]protection{"smtps://": implicit, "smtp://": starting} {
		office := openOffice(t, p)
		b := begin(t, newEngine(t), office.server(scheme+"garant%40portal.example@"))
		must(t, SendTest(t.Context(), b.words, b.options, locale.English, "claire@hospital.example"))
		got := office.messages()
		same(t, len(got), 1)
		same(t, [2]string{got[0].From, got[0].To}, [2]string{"garant@portal.example", "claire@hospital.example"})
		same(t, office.secure[len(office.secure)-1], true) // the session that STARTTLS began anew
		same(t, office.signedIn, []string{officeUser})
		if !strings.Contains(got[0].Raw, "Subject: Garant: test message\r\n") {
			t.Error(got[0].Raw)
		}
	}
}

// failing sends a test message that does not leave, and gives the reason and what was answered.
func failing(t *testing.T, s *Server) (Reason, string) {
	t.Helper()
	b := begin(t, newEngine(t), s)
	err := SendTest(t.Context(), b.words, b.options, locale.French, "claire@hospital.example")
	f, _ := fault.As(err)
	var r *refusal
	if f == nil || f.Kind != fault.Unavailable || f.Key != "mail.not-sent" || !errors.As(err, &r) {
		t.Fatalf("got %v", err)
	}
	same(t, f.Args, []any{"why", r.Reason.Key(), "answer", r.Text})
	if said := catalogue(t).In(locale.French).Error(err); strings.Contains(said, "mail.") || strings.Contains(said, "‹") {
		t.Errorf("it is said as %q", said)
	}
	return r.Reason, r.Text
}

func TestEachWayToFailHasItsReason(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, closed.Close())
	nobody, err := ParseServer("smtp://" + closed.Addr().String())
	must(t, err)
	stranger := openOffice(t, implicit).server("smtps://")
	stranger.Roots = x509.NewCertPool()
	wrongPassword := openOffice(t, starting).server("smtp://garant%40portal.example@")
	wrongPassword.Password = "guess"
	answering := func(command string, code int, text string) *Server {
		office := openOffice(t, starting)
		office.answer = func(asked, _ string) error {
			if asked == command {
				return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
			}
			return nil
		}
		return office.server("smtp://")
	}
	type failure struct {
		Reason Reason
		Says   string
	}
	for name, test := range map[string]struct {
		server *Server
		want   failure
	}{
		"no server":               {nobody, failure{Unreachable, "connection refused"}},
		"an unknown authority":    {stranger, failure{NoTLS, "certificate signed by unknown authority"}},
		"no STARTTLS":             {openOffice(t, bare).server("smtp://"), failure{NoTLS, "the server does not offer STARTTLS"}},
		"TLS where there is none": {openOffice(t, bare).server("smtps://"), failure{NoTLS, "first record does not look like a TLS handshake"}},
		"a wrong password":        {wrongPassword, failure{SignIn, "535"}},
		"no way to sign in":       {openOffice(t, bare).server("smtp+insecure://"), failure{SignIn, "no way to sign in"}},
		"the sender":              {answering("MAIL", 550, "not yours"), failure{SenderWrong, "550 not yours"}},
		"the address":             {answering("RCPT", 550, "no such user"), failure{AddressBad, "550 no such user"}},
		"greylisting":             {answering("RCPT", 451, "come back"), failure{Later, "451 come back"}},
		"the message":             {answering("DATA", 554, "spam: https://garant.example/join/x and so on"), failure{MessageBad, "554 spam: … and so on"}},
		"a full disk":             {answering("DATA", 452, "full"), failure{Later, "452 full"}},
	} {
		if name == "no way to sign in" {
			test.server.user = officeUser
		}
		reason, text := failing(t, test.server)
		if reason != test.want.Reason || !strings.Contains(text, test.want.Says) {
			t.Errorf("%s: %s %q, not %+v", name, reason, text, test.want)
		}
	}
}

func TestASecretThatAServerRepeatsIsNotKept(t *testing.T) {
	t.Parallel()
	s := &Server{Password: officePassword}
	same(t, s.scrub("554 no\r\n "+officePassword+" "+strings.ToUpper(secretLink)+" here "+strings.Repeat("é", 400)),
		"554 no … … here "+strings.Repeat("é", 140)+"…")
}

func TestAServerThatFallsSilentIsGivenUpWhenTheProgramStops(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { must(t, listener.Close()) })
	s, err := ParseServer("smtp://" + listener.Addr().String())
	must(t, err)
	b := begin(t, newEngine(t), s)
	id := b.ask(t, invitation("claire@hospital.example"))
	ctx, stop := context.WithCancel(t.Context())
	go func() { // it answers, and never says a word
		conn, err := listener.Accept()
		stop()
		if err == nil {
			<-t.Context().Done()
			_ = conn.Close()
		}
	}()
	if _, err := b.RunOnce(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	l := b.letter(t, id)
	same(t, [3]any{l.State, l.Attempts, l.Due.Equal(b.time())}, [3]any{Waiting, 0, true})
}

func TestAnAttemptFitsInItsLease(t *testing.T) {
	t.Parallel()
	if spent := patience + lastPatience + stopPatience; spent > lease-5*time.Minute {
		t.Errorf("an attempt may take %s of %s", spent, lease)
	}
}
