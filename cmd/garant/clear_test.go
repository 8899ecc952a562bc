package main

import (
	"crypto/tls"
	"net"
	"path/filepath"
	"slices"
	"testing"
)

func TestThePortalIsNotServedInClearBeyondThisMachine(t *testing.T) {
	t.Parallel()
	got := map[string]bool{}
	for name, c := range map[string]Config{
		"this machine by name":           {Addr: "localhost:8080"},
		"this machine by number":         {Addr: "127.0.0.1:8080"},
		"this machine, the newer number": {Addr: "[::1]:8080"},
		"every network":                  {Addr: ":8080"},
		"every network, written":         {Addr: "0.0.0.0:8080"},
		"one network":                    {Addr: "192.0.2.1:8080"},
		"a name":                         {Addr: "garant.example:8080"},
		"a certificate":                  {Addr: ":443", TLSCert: "a.crt", TLSKey: "a.key"},
		"a proxy":                        {Addr: ":8080", PublicURL: "https://garant.example", TrustedProxies: []string{"192.0.2.2"}},
		"a proxy that is not named":      {Addr: ":8080", PublicURL: "https://garant.example"},
		"a proxy in clear":               {Addr: ":8080", PublicURL: "http://garant.example", TrustedProxies: []string{"192.0.2.2"}},
	} {
		got[name] = c.exposed()
	}
	equal(t, map[string]bool{
		"this machine by name": false, "this machine by number": false, "this machine, the newer number": false, "every network": true,
		"every network, written": true, "one network": true, "a name": true, "a certificate": false, "a proxy": false,
		"a proxy that is not named": true, "a proxy in clear": true,
	}, got)
	r := serve(t, "--addr", "0.0.0.0:0", "--data", filepath.Join(t.TempDir(), "data"), "--language", "en")
	equal(t, "0.0.0.0:0", r.line(t, "addr")["addr"]) // the warning
	r.line(t, "link")
	equal(t, exitDone, r.end())
}

func TestOldVersionsOfTLSAndWeakSuitesAreRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	certificate, key := selfSigned(t)
	c := Config{Addr: "127.0.0.1:0", TLSCert: write(t, folder, "a.crt", certificate), TLSKey: write(t, folder, "a.key", key)}
	listener, err := c.listen()
	must(t, err)
	t.Cleanup(func() { must(t, listener.Close()) })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake() // what is refused is the client's to say
			_ = conn.Close()
		}
	}()
	greet := func(settings *tls.Config) (tls.ConnectionState, error) {
		settings.InsecureSkipVerify = true // the version is at stake, not the certificate
		conn, err := net.Dial("tcp", listener.Addr().String())
		must(t, err)
		defer func() { _ = conn.Close() }()
		client := tls.Client(conn, settings)
		err = client.Handshake()
		return client.ConnectionState(), err
	}
	var weak []uint16
	for _, suite := range tls.InsecureCipherSuites() {
		weak = append(weak, suite.ID)
	}
	for name, settings := range map[string]*tls.Config{
		"TLS 1.0": {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, "TLS 1.1": {MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11},
		"weak suites": {MaxVersion: tls.VersionTLS12, CipherSuites: weak},
	} {
		if state, err := greet(settings); err == nil {
			t.Errorf("%s is taken: %x %x", name, state.Version, state.CipherSuite)
		}
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		state, err := greet(&tls.Config{MinVersion: version, MaxVersion: version})
		if err != nil || state.Version != version || slices.Contains(weak, state.CipherSuite) {
			t.Errorf("version %x: %x %x %v", version, state.Version, state.CipherSuite, err)
		}
	}
}
