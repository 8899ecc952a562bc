package mail

import (
	"crypto/x509"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
)

// encryption is how the connection to a mail server is protected.
type encryption int

const (
	implicitTLS encryption = iota // from the first byte (RFC 8314 §3.3)
	startTLS                      // asked for, and required, before anything else is said (RFC 3207)
	noTLS                         // to this machine alone
)

// Server is the mail server that takes letters over. It comes from ParseServer.
type Server struct {
	Password string         // never logged, never shown
	Roots    *x509.CertPool // the authorities whose certificates are taken; nil stands for those of the machine
	Hello    string         // the name the portal gives itself (EHLO); the sender's domain when empty

	host       string
	port       int
	user       string
	encryption encryption
	// deduplicates says that the server drops a message whose Message-ID it has seen, so that what may have arrived is
	// sent again without asking a person.
	deduplicates bool
	dial         dialer // nil stands for the network
}

// ParseServer reads the address of a mail server:
//
//	smtps://user@host:465            TLS from the first byte (port 465 when none is given)
//	smtp://user@host:587             TLS by STARTTLS, required (port 587)
//	smtp+insecure://127.0.0.1:25     no TLS: only to a loopback address, without a user (port 25)
//
// The user is percent-encoded where needed. "?deduplicates=yes" tells that the server drops messages whose Message-ID it has
// seen. fault.Invalid when it cannot be read ("mail.server-form"), holds a password ("mail.server-password"), or would
// send in clear over a network ("mail.server-insecure").
func ParseServer(address string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return nil, fault.NewInvalid("mail.server-form") // without the cause: it would repeat the address
	}
	s := &Server{host: u.Hostname(), user: u.User.Username()}
	if _, given := u.User.Password(); given {
		return nil, fault.NewInvalid("mail.server-password")
	}
	switch u.Scheme {
	case "smtps":
		s.encryption, s.port = implicitTLS, 465
	case "smtp":
		s.encryption, s.port = startTLS, 587
	case "smtp+insecure":
		s.encryption, s.port = noTLS, 25
		if !loopback(s.host) || s.user != "" {
			return nil, fault.NewInvalid("mail.server-insecure")
		}
	default:
		return nil, fault.NewInvalid("mail.server-form")
	}
	if port := u.Port(); port != "" {
		if s.port, err = strconv.Atoi(port); err != nil || s.port < 1 || s.port > 65535 {
			return nil, fault.NewInvalid("mail.server-form")
		}
	}
	for name, values := range u.Query() {
		if name != "deduplicates" || len(values) != 1 || values[0] != "yes" && values[0] != "no" {
			return nil, fault.NewInvalid("mail.server-form")
		}
		s.deduplicates = values[0] == "yes"
	}
	return s, nil
}

// loopback tells whether a host is this machine.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// Address is the host and port of the server: what may be shown.
func (s *Server) Address() string { return net.JoinHostPort(s.host, strconv.Itoa(s.port)) }
