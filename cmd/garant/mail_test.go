package main

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/garant-sante/garant/internal/locale"
)

// post is a mail server that takes what comes from one account; it gives each message on a channel.
type post struct{ took chan string }

func (p post) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }
func (p post) AuthMechanisms() []string                    { return []string{sasl.Plain} }
func (p post) Mail(string, *smtp.MailOptions) error        { return nil }
func (p post) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (p post) Reset()                                      {}
func (p post) Logout() error                               { return nil }

func (p post) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "garant" || password != "open sesame" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (p post) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	p.took <- string(raw)
	return err
}

// openPost starts the server over TLS, and gives its address and its certificate.
func openPost(t *testing.T) (p post, address string, certificate []byte) {
	t.Helper()
	certificate, key := selfSigned(t)
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p = post{make(chan string, 10)}
	server := smtp.NewServer(p)
	server.ErrorLog = log.New(io.Discard, "", 0)
	go func() {
		_ = server.Serve(tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}))
	}()
	t.Cleanup(func() { _ = server.Close() })
	return p, listener.Addr().String(), certificate
}

func TestMailTestSendsOrSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	p, address, certificate := openPost(t)
	folder := t.TempDir()
	ca, secret := write(t, folder, "ca.pem", certificate), write(t, folder, "password", []byte("open sesame\n"))
	to := []string{"mail", "test", "--to", "me@hopital.example", "--mail-from", "Garant <garant@hopital.example>", "--smtp", "smtps://garant@" + address, "--smtp-ca", ca}
	with := func(more ...string) []string { return append(append([]string{}, to...), more...) }

	done := "Test message handed to " + address + " for me@hopital.example. If it does not arrive, look in the junk folder, then in the log of the mail server.\n"
	equal(t, answer{exitDone, done, ""}, run(t, with("--language", "en", "--smtp-password-file", secret)...))
	if raw := <-p.took; !strings.Contains(raw, "From: \"Garant\" <garant@hopital.example>\r\n") || !strings.Contains(raw, "\r\nSubject: Garant: test message\r\n") {
		t.Error(raw)
	}
	w := world{environment: map[string]string{"GARANT_SMTP_PASSWORD": "open sesame"}}
	equal(t, exitDone, w.run(t, to...).Code)
	<-p.took

	wrong := world{environment: map[string]string{"GARANT_SMTP_PASSWORD": "guess"}}.run(t, to...)
	equal(t, [2]any{exitFailed, ""}, [2]any{wrong.Code, wrong.Out})
	if said := wrong.plain().Err; !strings.HasPrefix(said, "garant: Le message d’essai n’est pas parti. Le serveur de courrier refuse le compte qui s’y connecte.") || strings.Contains(said, "guess") {
		t.Error(said)
	}
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--smtp-ca", ""}, exitFailed, "its certificate is not recognised: nothing was passed on"},
		{[]string{"--smtp-ca", secret}, exitFailed, secret + ": certificate authorities cannot be used: no certificate in PEM"},
		{[]string{"--smtp-password-file", "none"}, exitFailed, "none: cannot be read: this file or folder does not exist"},
		{[]string{"--to", "me"}, exitWrong, "“me” is not an email address"},
		{[]string{"--to", ""}, exitUsage, "give with --to the address"},
		{[]string{"--smtp", ""}, exitUsage, "no mail server is set"},
		{[]string{"--mail-from", ""}, exitUsage, "--smtp needs --mail-from too"},
		{[]string{"--mail-from", "Garant"}, exitUsage, "--mail-from: “Garant” is not an address that mail can come from"},
		{[]string{"--smtp", "smtps://garant:open-sesame@mail.example"}, exitUsage, "--smtp: The address of the mail server holds a password"},
		{[]string{"--smtp", "smtp+insecure://mail.example"}, exitUsage, "Without encryption, mail can only go through this machine"},
	} {
		got := run(t, with(append(test.args, "--language", "en")...)...)
		if got.Code != test.code || got.Out != "" || !strings.Contains(got.Err, test.says) || strings.Contains(got.Err, "open-sesame") {
			t.Errorf("%v: %v", test.args, got)
		}
	}
	both := world{environment: map[string]string{"GARANT_SMTP_PASSWORD": "open sesame"}}.run(t, with("--smtp-password-file", secret)...)
	equal(t, exitUsage, both.Code)
}

func TestConfigHidesTheAccountOfMail(t *testing.T) {
	t.Parallel()
	w := world{environment: map[string]string{
		"GARANT_SMTP": "smtps://garant@mail.example?deduplicates=yes", "GARANT_SMTP_PASSWORD": "open://sesame", "GARANT_MAIL_FROM": "garant@hopital.example",
	}}
	got := configured(t, w)
	equal(t, [2]value{{"smtps://…@mail.example?…", fromVariable}, {"…", fromVariable}}, [2]value{got["smtp"], got["smtp-password"]})
	if text := w.run(t, "config"); strings.Contains(text.Out, "sesame") || strings.Contains(text.Out, "--smtp-password,") {
		t.Error(text.Out)
	}
	refused := run(t, "config", "--smtp-password", "x", "--language", "en")
	equal(t, exitUsage, refused.Code)
}

func TestServeSaysThatLinksAreToBeCopiedWithoutAMailServer(t *testing.T) {
	t.Parallel()
	r := serve(t, "--data", t.TempDir())
	said := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(speak(t, locale.French).T("cli.serve.no-mail"))
	for r.line(t, "msg")["msg"] != said { // until it is said; a log that ends without it fails
	}
	r.line(t, "link")
	equal(t, exitDone, r.end())
}
