package frontend

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/identity"
)

// Way is a way to prove who one is; it is also the name of its field.
type Way string

// The ways.
const (
	WithCode     Way = "code"
	WithPassword Way = "password"
	WithPasskey  Way = "passkey"
	WithRecovery Way = "recovery"
)

// ProofForm asks for one proof.
type ProofForm struct {
	Path   string // where it is sent, and where other ways are chosen
	Next   string // where to go afterwards
	Ways   []Way  // that the person has, the usual one first
	With   Way    // the one that is asked for now; empty: there is none
	Errors Errors

	Issuers []identity.Issuer // where they may prove it too
}

// Choose takes the way that was asked for, or else the first.
func (f *ProofForm) Choose(way Way) {
	switch {
	case slices.Contains(f.Ways, way):
		f.With = way
	case len(f.Ways) > 0:
		f.With = f.Ways[0]
	}
}

// others are the ways that the page offers beside the one that it asks for.
func (f ProofForm) others(v View) []Link {
	var links []Link
	for _, way := range f.Ways {
		if way != f.With {
			links = append(links, Link{Label: v.T("account.proof.other." + string(way)), Href: f.Path + "?" + url.Values{"with": {string(way)}, "next": {f.Next}}.Encode()})
		}
	}
	return links
}

// PasswordForm asks for a new password.
type PasswordForm struct {
	Own    identity.OwnAccount
	Min    int // characters
	Errors Errors
}

// FactorChoice offers the second factors that one can set up.
type FactorChoice struct {
	Own          identity.OwnAccount
	Next         string
	PasskeysHere bool // browsers have passkeys at this address
}

// must tells whether nothing else can be done before.
func (f FactorChoice) must() bool { return f.Own.State == identity.Unprotected }

// AppForm sets up an application of codes.
type AppForm struct {
	Secret string // base32
	URI    string // otpauth
	Next   string
	Errors Errors
}

// groups are the letters of the secret by four, to be typed.
func (f AppForm) groups() []string {
	var groups []string
	for group := range slices.Chunk([]byte(strings.ToLower(f.Secret)), 4) {
		groups = append(groups, string(group))
	}
	return groups
}

// PasskeyForm adds a passkey, or names one.
type PasskeyForm struct {
	ID     string // empty: a new one
	Name   string
	Next   string
	Errors Errors
}

func passkeyPath(id, act string) string {
	path := "/account/passkeys/" + url.PathEscape(id)
	if act != "" {
		path += "/" + act
	}
	return path
}

// pathWithNext adds where to go afterwards, but for the portal's front door.
func pathWithNext(path, next string) string {
	if next == "" || next == "/" {
		return path
	}
	return path + "?next=" + url.QueryEscape(next)
}

// Codes are recovery codes, shown once.
type Codes struct {
	All   identity.RecoveryCodes
	Next  string
	First bool // with the first second factor
}

// AccountView is what a person reads of their own account.
type AccountView struct {
	Own          identity.OwnAccount
	Factors      identity.Factors
	Accounts     []identity.Account // elsewhere, by which they sign in
	Issuers      []identity.Issuer  // where they may bind one
	Devices      []identity.OpenSession
	Now          time.Time
	Zone         *time.Location
	PasskeysHere bool
	Errors       Errors
}

func (a AccountView) date(v View, t time.Time) string { return v.Printer.Date(t.In(a.Zone).Date()) }

func (a AccountView) ago(v View, t time.Time) string { return v.Printer.Ago(t, a.Now, a.Zone) }

// passkeyNote says of a passkey since when it is there and when it was last used, or that it may be a copy.
func (a AccountView) passkeyNote(v View, k identity.Passkey) string {
	added := v.T("account.passkey.added", "date", a.date(v, k.Added))
	if k.Used.IsZero() {
		return added
	}
	return Dots(added, v.T("account.passkey.used", "when", a.ago(v, k.Used)))
}

func deviceName(v View, x identity.OpenSession) string {
	if x.Device == "" {
		return v.T("identity.device.unknown")
	}
	return x.Device
}

func (a AccountView) deviceNote(v View, x identity.OpenSession) string {
	network := ""
	if x.Network != "" {
		network = v.T("account.device.network", "network", x.Network)
	}
	return Dots(v.T("account.device.opened", "when", a.ago(v, x.Opened)), v.T("account.device.seen", "when", a.ago(v, x.Seen)), network)
}

// LostForm asks where to send a link to.
type LostForm struct {
	Mail    string
	CanMail bool
	Errors  Errors
}
