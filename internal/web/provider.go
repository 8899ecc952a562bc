package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
)

// The provider's side: people without an account, let in by a link. Their cookie is not that of people who sign in, and none
// of these pages knows the other.
const (
	providerPath   = "/provider/"
	providerCookie = "provider"
)

func (s *Server) providerRoutes() {
	in := s.app.Group(providerPath + ":region")
	in.Get("", s.providerPage)
	in.Post("/language", s.setLanguage)
	in.Post("/leave", s.leaveProvider)
	in.Post("/links", s.askLinks)
	in.Post("/colleagues", s.provided, s.addColleague)
	in.Post("/colleagues/:contact/link", s.provided, s.sendColleagueLink)
	in.Get("/colleagues/:contact/remove", s.provided, s.endColleaguePage)
	in.Post("/colleagues/:contact/remove", s.provided, s.endColleague)
	in.Get("/:contact/:token", s.linkPage)
	in.Post("/:contact/:token", s.exchangeLink)
	in.Post("/:contact/:token/renew", s.renewLink)
}

// onProviderSide reports whether a request is for the provider's side.
func onProviderSide(c *fiber.Ctx) bool { return strings.HasPrefix(c.Path(), providerPath) }

// providerSession finds who a provider's link let in; nobody is no error here.
func (s *Server) providerSession(c *fiber.Ctx) error {
	token := identity.Token(c.Cookies(s.cookieName(providerCookie)))
	if token == "" {
		return c.Next()
	}
	who, err := s.People.ResumeProvider(c.UserContext(), token)
	switch {
	case err == nil:
		who.Request = incidentOf(c)
		c.Locals(localActor, who)
		c.Locals(localToken, token)
	case fault.KindOf(err) == fault.NotFound:
		s.dropCookie(c, providerCookie)
	default:
		return err
	}
	return c.Next()
}

// here reports whether somebody of a supplier of the region of the address is in.
func here(c *fiber.Ctx) bool {
	who := actor(c)
	return who.Supplier != "" && who.Region == c.Params("region")
}

func providerHome(c *fiber.Ctx) string { return providerPath + url.PathEscape(c.Params("region")) }

// provided lets nobody past whom no link let in.
func (s *Server) provided(c *fiber.Ctx) error {
	if here(c) {
		return c.Next()
	}
	return c.Redirect(providerHome(c), fiber.StatusSeeOther)
}

// providerPage is the provider's space, or where one who is not in asks for a link.
func (s *Server) providerPage(c *fiber.Ctx) error {
	if !here(c) {
		return s.page(c, fiber.StatusOK, frontend.AskLinkPage(s.view(c), frontend.AskLink{Path: providerHome(c)}))
	}
	space, err := s.space(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.ProviderPage(s.view(c), space))
}

func (s *Server) space(c *fiber.Ctx) (frontend.ProviderSpace, error) {
	ctx, who := c.UserContext(), actor(c)
	space := frontend.ProviderSpace{Path: providerHome(c), Me: who, CanInvite: identity.Can(who, identity.InviteColleagues, who.Supplier), Now: s.Now()}
	var err error
	if space.Supplier, err = s.Directory.Supplier(ctx, who, who.Supplier); err != nil {
		return space, err
	}
	space.People, err = s.Directory.Contacts(ctx, who, who.Supplier)
	return space, err
}

func (s *Server) addColleague(c *fiber.Ctx) error {
	form, colleague := s.contactForm(c)
	link, err := s.Directory.AddContact(c.UserContext(), actor(c), actor(c).Supplier, colleague)
	if err != nil {
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
	} else {
		form = frontend.ContactForm{}
	}
	return s.colleagueDone(c, form, link, "web.contact-added", err)
}

func (s *Server) sendColleagueLink(c *fiber.Ctx) error {
	link, err := s.Directory.SendContactLink(c.UserContext(), actor(c), actor(c).Supplier, c.Params("contact"))
	return s.colleagueDone(c, frontend.ContactForm{}, link, "web.link-sent", err)
}

func (s *Server) colleagueDone(c *fiber.Ctx, form frontend.ContactForm, link, said string, err error) error {
	if err != nil && !correctable(err) {
		return err
	}
	if err == nil && s.Options.Mail {
		return s.done(c, providerHome(c), said)
	}
	space, failed := s.space(c)
	if failed != nil {
		return failed
	}
	space.Form, space.Link = form, link
	status := fiber.StatusOK
	if err != nil {
		status = statusOf(err)
	}
	return s.page(c, status, frontend.ProviderPage(s.view(c), space))
}

func (s *Server) endColleaguePage(c *fiber.Ctx) error {
	space, err := s.space(c)
	if err != nil {
		return err
	}
	for _, one := range space.People {
		if one.ID == c.Params("contact") && space.MayEnd(one) {
			return s.page(c, fiber.StatusOK, frontend.EndColleaguePage(s.view(c), space, one))
		}
	}
	return fault.NewNotFound("not-found")
}

func (s *Server) endColleague(c *fiber.Ctx) error {
	if err := s.Directory.EndContact(c.UserContext(), actor(c), actor(c).Supplier, c.Params("contact")); err != nil {
		return err
	}
	if c.Params("contact") == actor(c).Person {
		s.dropCookie(c, providerCookie)
		return s.done(c, providerHome(c), "web.left")
	}
	return s.done(c, providerHome(c), "web.removed")
}

// providerLink is the link of an address.
func (s *Server) providerLink(c *fiber.Ctx) (region, contact string, token identity.Token) {
	return c.Params("region"), c.Params("contact"), identity.Token(c.Params("token"))
}

// linkPage shows what a link opens, and a button: following a link uses nothing up, since mail scanners do.
func (s *Server) linkPage(c *fiber.Ctx) error {
	region, contact, token := s.providerLink(c)
	state, err := s.People.LinkOf(c.UserContext(), region, contact, token, s.network(c))
	if fault.KindOf(err) == fault.NotFound {
		asking := frontend.AskLink{Path: providerHome(c), Void: true}
		return s.page(c, fiber.StatusNotFound, frontend.AskLinkPage(s.view(c), asking))
	}
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.LinkPage(s.view(c), frontend.ProviderLink{LinkState: state, Path: providerHome(c) + "/" + url.PathEscape(contact) + "/" + url.PathEscape(string(token))}))
}

// exchangeLink gives the browser a cookie in exchange for a link, which is used up.
func (s *Server) exchangeLink(c *fiber.Ctx) error {
	region, contact, token := s.providerLink(c)
	session, err := s.People.Exchange(c.UserContext(), region, contact, token, s.network(c))
	if kind := fault.KindOf(err); kind == fault.Conflict || kind == fault.NotFound {
		return c.Redirect(c.Path(), fiber.StatusSeeOther) // that page says what to do
	}
	if err != nil {
		return err
	}
	s.setCookie(c, providerCookie, string(session), fiber.CookieSameSiteLaxMode)
	return c.Redirect(providerHome(c), fiber.StatusSeeOther)
}

func (s *Server) renewLink(c *fiber.Ctx) error {
	region, contact, token := s.providerLink(c)
	err := s.People.RenewLink(c.UserContext(), region, contact, token, s.network(c))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.LinkSentPage(s.view(c), frontend.AskLink{Path: providerHome(c), Mail: s.Options.Mail}))
}

// askLinks sends new links to an address; the answer is the same whoever has it.
func (s *Server) askLinks(c *fiber.Ctx) error {
	asking := frontend.AskLink{Path: providerHome(c), Address: strings.TrimSpace(c.FormValue("mail")), Mail: s.Options.Mail}
	err := s.People.AskLinks(c.UserContext(), c.Params("region"), asking.Address, s.network(c))
	if err == nil {
		return s.page(c, fiber.StatusOK, frontend.LinkSentPage(s.view(c), asking))
	}
	if !correctable(err) && fault.KindOf(err) != fault.TooMany {
		return err
	}
	asking.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.AskLinkPage(s.view(c), asking))
}

func (s *Server) leaveProvider(c *fiber.Ctx) error {
	if err := s.People.LeaveProvider(c.UserContext(), identity.Token(c.Cookies(s.cookieName(providerCookie)))); err != nil {
		return err
	}
	s.dropCookie(c, providerCookie)
	return s.done(c, providerHome(c), "web.signed-out")
}
