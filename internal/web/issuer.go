package web

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
)

// IssuerReturn is where an issuer sends browsers back to, after the address of the portal: what is registered there.
func IssuerReturn(issuer string) string { return "/sign-in/with/" + url.PathEscape(issuer) + "/back" }

// SignedOutPath is where an issuer sends browsers back to after signing out there; it is registered there too.
const SignedOutPath = "/sign-in"

// refresh is the header by which a page leads on by itself, without a script.
const refresh = "Refresh"

// departure is what a browser keeps while its reader is at an issuer: they come back from another site, so that the cookies
// kept to this one do not come with them.
type departure struct {
	token   identity.Token // of this journey, where there is no session
	purpose identity.Purpose
	next    string // where to go afterwards
}

func (d departure) String() string {
	return strings.Join([]string{string(d.token), string(d.purpose), base64.RawURLEncoding.EncodeToString([]byte(d.next))}, ".")
}

// departed reads what the browser kept. It is the browser's own word: what an answer is good for is kept by the service.
func (s *Server) departed(c *fiber.Ctx) departure {
	parts := strings.Split(c.Cookies(s.cookieName("issuer")), ".")
	if len(parts) != 3 {
		return departure{purpose: identity.ToSignIn, next: "/"}
	}
	next, _ := base64.RawURLEncoding.DecodeString(parts[2])
	return departure{identity.Token(parts[0]), identity.Purpose(parts[1]), safePath(string(next))}
}

// inSession tells whether the journey is of whoever is signed in already.
func (d departure) inSession() bool {
	return d.purpose == identity.ToBind || d.purpose == identity.ToProve
}

// depart sends the browser to the issuer of the address, to come back to this page afterwards. It goes by a page and not by a
// redirect: the policy of forms would have to allow wherever an issuer sends browsers on to.
func (s *Server) depart(c *fiber.Ctx, purpose identity.Purpose, next string) error {
	d := departure{purpose: purpose, next: next}
	token := sessionToken(c)
	if !d.inSession() {
		made, err := identity.NewToken()
		if err != nil {
			return err
		}
		d.token, token = made, made
	}
	id := c.Params("issuer")
	address, err := s.People.AskIssuer(c.UserContext(), token, id, purpose, s.network(c))
	if err != nil {
		return s.strayed(c, d, err)
	}
	s.setCookie(c, "issuer", d.String(), fiber.CookieSameSiteLaxMode)
	c.Set(refresh, "0; url="+address)
	return s.page(c, fiber.StatusOK, frontend.DeparturePage(s.view(c), frontend.Departure{Label: s.issuer(id).Label, Address: address}))
}

// issuer finds one of the portal's.
func (s *Server) issuer(id string) identity.Issuer {
	all := s.People.Issuers()
	if at := slices.IndexFunc(all, func(i identity.Issuer) bool { return i.ID == id }); at >= 0 {
		return all[at]
	}
	return identity.Issuer{}
}

func (s *Server) signInAt(c *fiber.Ctx) error {
	return s.depart(c, identity.ToSignIn, nextOf(c))
}

func (s *Server) bindAccount(c *fiber.Ctx) error {
	return s.depart(c, identity.ToBind, "/account")
}

func (s *Server) confirmAt(c *fiber.Ctx) error {
	return s.depart(c, identity.ToProve, nextOf(c))
}

func (s *Server) joinAt(c *fiber.Ctx) error {
	g, _, err := s.guest(c)
	if err != nil {
		return err
	}
	return s.depart(c, identity.ToJoin, g.Path)
}

// issuerBack is where issuers send browsers back to, whatever for.
func (s *Server) issuerBack(c *fiber.Ctx) error {
	d, id := s.departed(c), c.Params("issuer")
	s.dropCookie(c, "issuer")
	token := d.token
	if d.inSession() {
		token = sessionToken(c)
	}
	query, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return fiber.ErrBadRequest
	}
	answer, err := s.People.IssuerAnswered(c.UserContext(), token, id, query, s.network(c))
	if err != nil {
		return s.strayed(c, d, err)
	}
	switch answer.Purpose {
	case identity.ToBind:
		if err := s.rises(c, answer.Session); err != nil {
			return err
		}
		return s.done(c, "/account", "account.done.issuer")
	case identity.ToProve:
		if err := s.rises(c, answer.Session); err != nil {
			return err
		}
		return c.Redirect(d.next, fiber.StatusSeeOther)
	case identity.ToJoin:
		return s.joinAs(c, d, id, answer.Subject)
	}
	return s.enter(c, answer.Session, d.next)
}

// joinAs accepts the invitation that the browser left from.
func (s *Server) joinAs(c *fiber.Ctx, d departure, issuer string, subject identity.Subject) error {
	to, token, err := invitationAt(d.next)
	if err != nil {
		return err
	}
	session, err := s.People.JoinWithIssuer(c.UserContext(), to, token, s.network(c), issuer, subject)
	if err != nil {
		return s.strayed(c, d, err)
	}
	return s.enter(c, session, "/")
}

// invitationAt reads the path of an invitation: fault.NotFound when it is none.
func invitationAt(path string) (identity.Membership, identity.Token, error) {
	parts := strings.Split(path, "/")
	if len(parts) != 4 || parts[1] != "invitations" {
		return identity.Membership{}, "", fault.NewNotFound("not-found")
	}
	place, _ := url.PathUnescape(parts[2])
	token, _ := url.PathUnescape(parts[3])
	to, err := identity.ParsePlace(place)
	return to, identity.Token(token), err
}

// strayed says what went wrong with an issuer on the page that the reader left from. Whoever runs the portal finds in the log
// why an answer was not taken: it is most often a setting.
func (s *Server) strayed(c *fiber.Ctx, d departure, err error) error {
	wrong, ok := fault.As(err)
	if !ok || wrong.Kind == fault.NotFound || wrong.Key == "identity.fresh" || wrong.Key == "identity.second-factor" {
		return err
	}
	s.Log.Warn("issuer", "request", incidentOf(c), "issuer", c.Params("issuer"), "error", err.Error())
	view, errors := s.view(c), frontend.ErrorsOf(s.printer(c), err)
	view.Path = d.next
	page, err := s.leftFrom(c, d, &view, errors)
	if err != nil {
		return err
	}
	return s.page(c, statusOf(wrong), page)
}

// leftFrom is the page that the reader left from, with what went wrong since.
func (s *Server) leftFrom(c *fiber.Ctx, d departure, view *frontend.View, errors frontend.Errors) (templ.Component, error) {
	switch {
	case d.purpose == identity.ToBind && sessionToken(c) != "":
		page, err := s.account(c)
		page.Errors = errors
		return frontend.AccountPage(*view, page), err
	case d.purpose == identity.ToProve && sessionToken(c) != "":
		form, err := s.confirmForm(c, d.next)
		form.Errors = errors
		view.Path = withNext("/account/confirm", d.next)
		return frontend.ConfirmProofPage(*view, form), err
	case d.purpose == identity.ToJoin:
		to, token, err := invitationAt(d.next)
		if err != nil {
			return nil, err
		}
		g, err := s.guestOf(c, to, token, d.next)
		g.Errors = errors
		return frontend.GuestPage(*view, g), err
	}
	form := s.signInForm(d.next)
	form.Errors = errors
	view.Path = withNext("/sign-in", d.next)
	return frontend.SignInPage(*view, form), nil
}

// boundAccount is the person's account at an issuer that the address names, once their proof is fresh.
func (s *Server) boundAccount(c *fiber.Ctx) (identity.Account, error) {
	if _, err := s.fresh(c); err != nil {
		return identity.Account{}, err
	}
	all, err := s.People.Accounts(c.UserContext(), sessionToken(c))
	if err != nil {
		return identity.Account{}, err
	}
	at := slices.IndexFunc(all, func(a identity.Account) bool { return a.ID == c.Params("account") })
	if at < 0 {
		return identity.Account{}, fault.NewNotFound("not-found")
	}
	return all[at], nil
}

func (s *Server) unbindPage(c *fiber.Ctx) error {
	bound, err := s.boundAccount(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.UnbindPage(s.view(c), bound))
}

func (s *Server) unbind(c *fiber.Ctx) error {
	if err := s.People.UnbindAccount(c.UserContext(), sessionToken(c), c.Params("account")); err != nil {
		return err
	}
	return s.done(c, "/account", "account.done.issuer-removed")
}

// signOutAt ends the session at the issuer that it came from too, where it offers that. One that cannot be reached keeps
// nobody from signing out here.
func (s *Server) signOutAt(c *fiber.Ctx, token identity.Token) (frontend.Departure, error) {
	session, err := s.People.SessionOf(c.UserContext(), token)
	if fault.KindOf(err) == fault.NotFound {
		return frontend.Departure{}, nil
	}
	if err != nil {
		return frontend.Departure{}, err
	}
	address, err := s.People.SignOutAt(c.UserContext(), token, s.People.Site+SignedOutPath)
	if err != nil {
		s.Log.Warn("issuer", "request", incidentOf(c), "issuer", session.Issuer, "error", err.Error())
		return frontend.Departure{}, nil
	}
	return frontend.Departure{Label: s.issuer(session.Issuer).Label, Address: address, SignedOut: true}, nil
}
