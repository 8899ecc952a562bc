package frontend

import (
	"net/url"

	"github.com/garant-sante/garant/internal/identity"
)

// Departure is a page that leads to an issuer by itself.
type Departure struct {
	Label     string // of the issuer
	Address   string
	SignedOut bool // to sign out there too
}

// issuerWords is what the button of an issuer says. Pro Santé Connect and ProConnect have words that people know.
func issuerWords(v View, i identity.Issuer) string {
	if i.Profile == identity.Generic {
		return v.T("sign-in.with", "name", i.Label)
	}
	return v.T("sign-in.with." + string(i.Profile))
}

func issuerPath(before, issuer string) string { return before + "/" + url.PathEscape(issuer) }

func unbindPath(id string) string {
	return "/account/issuers/accounts/" + url.PathEscape(id) + "/remove"
}

// accountNote says of an account at an issuer since when it is bound and when it was last used.
func (a AccountView) accountNote(v View, x identity.Account) string {
	bound := v.T("account.issuer.bound", "date", a.date(v, x.Bound))
	if x.Issuer == "" {
		return Dots(bound, v.T("account.issuer.gone"))
	}
	if x.Used.IsZero() {
		return bound
	}
	return Dots(bound, v.T("account.issuer.used", "when", a.ago(v, x.Used)))
}

func departureHead(v View, d Departure) Page {
	if d.SignedOut {
		return Page{Title: v.T("departure.signed-out.title"), Narrow: true}
	}
	return Page{Title: v.T("departure.title", "name", d.Label), Narrow: true}
}
