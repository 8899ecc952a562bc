package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// dialer opens a connection to a server.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// How long a server may take. Together they stay under lease.
const (
	patience = 3 * time.Minute // for all that comes before the end of the message
	// lastPatience is for the answer to the end of the message. RFC 5321 §4.5.3.2.6 says ten minutes, lest a client that
	// gives up sends twice; this one never sends again what it is in doubt of.
	lastPatience = 5 * time.Minute
	// stopPatience is what is left of it when the program is asked to stop.
	stopPatience = 10 * time.Second
)

// envelope is a message as the server sees it.
type envelope struct {
	from, to string // addresses
	content  io.WriterTo
}

// deliver gives one message to the server. All of it goes over but the line that ends it, without which the server may not
// accept it (RFC 5321 §4.1.1.4); then handOver notes that it is about to be accepted; then that line goes, the server's
// answer is read, and accepted notes that. An error of handOver ends it with nothing accepted; it and that of accepted are
// returned as they are. Any other error is a *refusal: with reason InDoubt when nobody can tell whether the server has the
// message, with any other when it has not.
//
// A context that ends stops it before handOver; after it, the server still has stopPatience to answer.
func (s *Server) deliver(ctx context.Context, e envelope, handOver, accepted func() error) error {
	before, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, client, err := s.open(before, e.from)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(before, func() { _ = conn.Close() }) // cuts a read or a write in progress
	defer stop()

	body, err := s.transmit(client, e)
	if err != nil {
		return err
	}
	if err := handOver(); err != nil {
		return err
	}
	if !stop() {
		return s.refuse(Cut, before.Err()) // closed before the end could go
	}
	_ = conn.SetDeadline(time.Now().Add(lastPatience))
	hurry := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now().Add(stopPatience)) })
	defer hurry()
	if err := body.Close(); err != nil {
		return s.refuseMessage(InDoubt, err)
	}
	if err := accepted(); err != nil {
		return err
	}
	_ = client.Quit() // whatever it answers
	return nil
}

// open connects, encrypts and signs in.
func (s *Server) open(ctx context.Context, from string) (net.Conn, *smtp.Client, error) {
	dial := s.dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	conn, err := dial(ctx, "tcp", s.Address())
	if err != nil {
		return nil, nil, s.refuse(Unreachable, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	client, err := s.greet(ctx, conn, from)
	if err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	return conn, client, nil
}

// greet speaks with a server up to where messages can be given to it.
func (s *Server) greet(ctx context.Context, conn net.Conn, from string) (*smtp.Client, error) {
	trust := &tls.Config{ServerName: s.host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	if s.encryption == implicitTLS {
		secure := tls.Client(conn, trust)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, s.refuse(NoTLS, err)
		}
		conn = secure
	}
	client, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return nil, s.refuse(Unreachable, err)
	}
	client.SkipSMTPUTF8(true) // addresses are ASCII: ask nothing of the servers further on
	hello := s.Hello
	if hello == "" {
		hello = from[strings.LastIndex(from, "@")+1:]
	}
	if err := client.Hello(hello); err != nil {
		return nil, s.refuse(Unreachable, err)
	}
	if s.encryption == startTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return nil, s.refuse(NoTLS, errors.New("the server does not offer STARTTLS"))
		}
		if err := client.StartTLS(trust); err != nil {
			return nil, s.refuse(NoTLS, err)
		}
	}
	if s.user != "" {
		if err := s.signIn(client); err != nil {
			return nil, s.refuse(SignIn, err)
		}
	}
	return client, nil
}

// signIn proves who the portal is, by the best way that the server offers. The password itself is sent only over TLS,
// without which there is no user.
func (s *Server) signIn(client *smtp.Client) error {
	_, offered := client.Extension("AUTH")
	ways := strings.Fields(offered)
	switch {
	case slices.Contains(ways, "SCRAM-SHA-256"):
		return client.Auth(smtp.ScramSHA256Auth(s.user, s.Password))
	case slices.Contains(ways, "PLAIN"):
		return client.Auth(smtp.PlainAuth("", s.user, s.Password, s.host, false))
	case slices.Contains(ways, "LOGIN"):
		return client.Auth(smtp.LoginAuth(s.user, s.Password, s.host, false))
	}
	return errors.New("the server offers no way to sign in that is known here: " + offered)
}

// transmit gives the server all of a message but its end.
func (s *Server) transmit(client *smtp.Client, e envelope) (io.Closer, error) {
	if err := client.Mail("<" + e.from + ">"); err != nil {
		return nil, s.refuseConnection(SenderWrong, err)
	}
	if err := client.Rcpt("<" + e.to + ">"); err != nil {
		return nil, s.refuseConnection(AddressBad, err)
	}
	body, err := client.Data()
	if err != nil {
		return nil, s.refuseConnection(MessageBad, err)
	}
	if _, err := e.content.WriteTo(body); err != nil {
		return nil, s.refuse(Cut, err)
	}
	if err := client.Text.W.Flush(); err != nil { // the end is all that waits here
		return nil, s.refuse(Cut, err)
	}
	return body, nil
}

// refusal is an attempt that failed: why, in the terms of a letter.
type refusal struct {
	Failure
	err error
}

// Error gives what was refused and the server's words, without secrets.
func (r *refusal) Error() string { return "mail: " + string(r.Reason) + ": " + r.Text }

// Unwrap gives the cause.
func (r *refusal) Unwrap() error { return r.err }

// refuse makes a refusal of what went wrong while connecting.
func (s *Server) refuse(reason Reason, err error) *refusal {
	r := &refusal{Failure: Failure{Reason: reason, Text: s.scrub(err.Error())}, err: err}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		r.Code, r.Text = answer.Code, s.scrub(strconv.Itoa(answer.Code)+" "+answer.Msg)
		if answer.Code/100 == 4 { // also of a sign-in: the directory behind it may be down (RFC 4954 §4.7.5)
			r.Reason = Later
		}
	}
	return r
}

// refuseConnection is refuse for a command that the server may have refused or never have answered.
func (s *Server) refuseConnection(reason Reason, err error) *refusal {
	r := s.refuse(reason, err)
	if r.Code == 0 {
		r.Reason = Cut
	}
	return r
}

// refuseMessage is for the end of a message: an answer is certain, its absence is not.
func (s *Server) refuseMessage(silent Reason, err error) *refusal {
	r := s.refuse(MessageBad, err)
	if r.Code == 0 {
		r.Reason = silent
	}
	return r
}

// failureLength is how much of what a server says is kept, in bytes.
const failureLength = 300

var address = regexp.MustCompile(`(?i)\bhttps?[:=]\S+`)

// scrub shortens what a server or the network says, and takes links and the password out of it: some servers repeat
// what they refuse.
func (s *Server) scrub(text string) string {
	if s.Password != "" {
		text = strings.ReplaceAll(text, s.Password, "…")
	}
	text = strings.Join(strings.Fields(address.ReplaceAllString(text, "…")), " ")
	if len(text) > failureLength {
		text = strings.ToValidUTF8(text[:failureLength], "") + "…"
	}
	return text
}
