package main

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/web"
)

// issuerPatience is how long a provider of OpenID Connect may take to answer.
const issuerPatience = 10 * time.Second

// issuerSettings are the settings of one provider.
type issuerSettings struct {
	prefix  string // of the names of its settings
	profile identity.Profile
	label   string

	address, client, secret, secretFile string
}

// id names the provider in addresses: where it sends browsers back to must never change, since it is registered there.
func (i issuerSettings) id() string {
	if i.profile == identity.Generic {
		return i.prefix
	}
	return string(i.profile)
}

func (c Config) issuerSettings() []issuerSettings {
	return []issuerSettings{
		{"psc", identity.ProSanteConnect, "Pro Santé Connect", c.PSCIssuer, c.PSCClientID, c.PSCClientSecret, c.PSCClientSecretFile},
		{"proconnect", identity.ProConnect, "ProConnect", c.ProConnectIssuer, c.ProConnectClientID, c.ProConnectClientSecret, c.ProConnectClientSecretFile},
		{"oidc", identity.Generic, c.OIDCLabel, c.OIDCIssuer, c.OIDCClientID, c.OIDCClientSecret, c.OIDCClientSecretFile},
	}
}

// checkIssuers refuses a provider of which something is missing or said twice.
func (c Config) checkIssuers() error {
	for _, i := range c.issuerSettings() {
		args := []any{"prefix", i.prefix, "variable", "GARANT_" + strings.ToUpper(i.prefix)}
		secret := i.secret != "" || i.secretFile != ""
		switch {
		case i.secret != "" && i.secretFile != "":
			return misuse("cli.usage.issuer-secrets", args...)
		case (i.address != "") != (i.client != "") || (i.address != "") != secret:
			return misuse("cli.usage.issuer-parts", args...)
		}
	}
	if c.OIDCIssuer != "" && strings.TrimSpace(c.OIDCLabel) == "" {
		return misuse("cli.usage.issuer-label")
	}
	return nil
}

// issuers are the providers that are set, for a portal at this address.
func (c Config) issuers(address string) ([]identity.Issuer, error) {
	var list []identity.Issuer
	for _, i := range c.issuerSettings() {
		if i.address == "" {
			continue
		}
		issuer := identity.Issuer{
			ID: i.id(), Label: i.label, Profile: i.profile, URL: i.address, ClientID: i.client, ClientSecret: i.secret, RedirectURL: address + web.IssuerReturn(i.id()),
		}
		if i.secretFile != "" {
			secret, err := os.ReadFile(i.secretFile)
			if err != nil {
				return nil, failed("cli.failed.read", i.secretFile, err)
			}
			issuer.ClientSecret = strings.TrimRight(string(secret), "\r\n")
		}
		if i.profile == identity.Generic {
			issuer.ACR, issuer.Strong = c.OIDCACR, c.OIDCStrong
		}
		list = append(list, issuer)
	}
	return list, nil
}

// offerIssuers lets people sign in with accounts at the providers that are set. The log says what to register there.
func (p *program) offerIssuers(c Config, people *identity.Service, address string, log *slog.Logger) error {
	list, err := c.issuers(address)
	if err != nil || len(list) == 0 {
		return err
	}
	roots, err := authorities(c.IssuerCA)
	if err != nil {
		return failed("cli.failed.authorities", c.IssuerCA, err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	if err := people.UseIssuers(list, &http.Client{Timeout: issuerPatience, Transport: transport}); err != nil {
		return err
	}
	for _, i := range list {
		log.Info(p.logged("cli.serve.issuer"), "name", i.Label, "issuer", i.URL, "redirect", i.RedirectURL, "signed-out", address+web.SignedOutPath)
	}
	return nil
}
