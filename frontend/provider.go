package frontend

import (
	"time"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/supplier"
)

// AskLink is where somebody on a provider's side asks for a new link.
type AskLink struct {
	Path    string // of the provider's side of their region
	Void    bool   // they came with a link that opens nothing
	Address string // as typed
	Mail    bool   // a mail server is set
	Errors  Errors
}

// ProviderLink is a provider's link before it is used.
type ProviderLink struct {
	identity.LinkState
	Path string
}

// ProviderSpace is what somebody of a supplier sees.
type ProviderSpace struct {
	Path      string
	Me        identity.Actor
	Supplier  *supplier.Supplier
	People    []*identity.Correspondent
	CanInvite bool
	Now       time.Time
	Form      ContactForm
	Link      string // just made, where no letter leaves by itself
}

// MayEnd reports whether the reader may end somebody's access: their own, or a colleague's where they let colleagues in.
func (x ProviderSpace) MayEnd(c *identity.Correspondent) bool {
	return c.ID == x.Me.Person || x.CanInvite && c.Role == identity.ProviderColleague
}

func (x ProviderSpace) ending(v View, c *identity.Correspondent) Confirmation {
	asked := endingContact(v, x.Path+"/colleagues/"+c.ID+"/remove", x.Path, c)
	if c.ID == x.Me.Person {
		asked.Title, asked.Text, asked.Button = v.T("provider.leave.title"), v.T("provider.leave.text"), v.T("provider.leave.button")
	}
	return asked
}

func askLinkTitle(v View, a AskLink) string {
	if a.Void {
		return v.T("provider.ask.void")
	}
	return v.T("provider.ask.title")
}
