package identity

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/garant-sante/garant/internal/fault"
)

// Profile is the kind of provider that an issuer is: what it is asked for, and what of its answers counts as two factors.
type Profile string

// The profiles.
const (
	Generic         Profile = "generic"
	ProSanteConnect Profile = "pro-sante-connect" // of the Agence du numérique en santé: a CPS card or e-CPS, always with its code
	ProConnect      Profile = "proconnect"        // of the DINUM, for public agents and professionals
)

// terms are what a profile asks for and how its answers are read.
type terms struct {
	scopes  []string
	asked   []string // acr_values
	strong  []string // values of acr that say two factors
	claims  string   // the "claims" parameter, JSON (OpenID Connect Core §5.5); empty: none
	known   string   // name of its metadata under /.well-known/; empty: that of OpenID Connect Discovery 1.0 §4
	ageless bool     // it refuses max_age: prompt alone asks for a proof anew
}

// profiles is the one table of the terms.
func profiles() map[Profile]terms {
	return map[Profile]terms{
		Generic: {
			scopes: []string{oidc.ScopeOpenID, "profile", "email"},
			// OpenID Connect Extended Authentication Profile ACR Values 1.0 §2, OpenID PAPE 1.0 §4.
			strong: []string{"phr", "phrh", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"},
		},
		ProSanteConnect: {
			scopes: []string{oidc.ScopeOpenID, "scope_all"},
			asked:  []string{"eidas1"}, // the one value that it takes
			strong: []string{"eidas1", "eidas2", "eidas3"},
			known:  "wallet-openid-configuration",
		},
		ProConnect: {
			scopes: []string{oidc.ScopeOpenID, "given_name", "usual_name", "email", "uid"},
			strong: []string{
				"eidas0-mfa", "eidas1-mfa", "eidas2", "eidas3",
				"https://proconnect.gouv.fr/assurance/self-asserted-2fa", "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
			},
			claims:  `{"id_token":{"acr":null,"amr":null,"auth_time":null}}`, // it gives amr on request alone
			ageless: true,
		},
	}
}

// Issuer is a provider of OpenID Connect that people may sign in with.
type Issuer struct {
	ID           string // names it in addresses: lower-case letters, figures and dashes
	Label        string // as its button says it
	Profile      Profile
	URL          string // the issuer identifier, compared letter by letter
	ClientID     string
	ClientSecret string
	RedirectURL  string   // of this issuer alone, so that answers of two cannot be mixed up (RFC 9700 §2.1)
	ACR          []string // acr_values to ask for; empty: those of the profile
	Strong       []string // values of acr that say two factors; empty: those of the profile
}

var issuerID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// check refuses an issuer that cannot be used: fault.Invalid with its id.
func (i Issuer) check() error {
	_, known := profiles()[i.Profile]
	if !known || !issuerID.MatchString(i.ID) || i.Label == "" || i.ClientID == "" || !Protected(i.URL) || !Protected(i.RedirectURL) {
		return fault.NewInvalid("identity.issuer-settings", "issuer", i.ID)
	}
	return nil
}

// Protected tells whether an address is https, or http to this machine.
func Protected(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && ip.IsLoopback())
}

func (i Issuer) terms() terms {
	t := profiles()[i.Profile]
	if len(i.ACR) > 0 {
		t.asked = i.ACR
	}
	if len(i.Strong) > 0 {
		t.strong = i.Strong
	}
	return t
}

// twoFactors tells whether an answer says that two factors were given: by its acr, by "mfa" among its amr, or by methods of
// two kinds (RFC 8176 §2). What was asked for does not count, and silence is one factor (OWASP ASVS 5.0.0 6.8.4).
func (i Issuer) twoFactors(acr string, amr []string) bool {
	if acr != "" && slices.Contains(i.terms().strong, acr) {
		return true
	}
	kinds := map[string]bool{}
	for _, method := range amr {
		switch method {
		case "mfa":
			return true
		case "pwd", "pin", "kba":
			kinds["known"] = true
		case "otp", "hwk", "swk", "sc", "pop", "sms", "tel":
			kinds["held"] = true
		case "face", "fpt", "iris", "retina", "vbm":
			kinds["owned"] = true
		}
	}
	return len(kinds) > 1
}
