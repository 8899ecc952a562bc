package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
)

// people reads who belongs to the place where the actor works, and who is invited.
func (s *Server) people(c *fiber.Ctx) (frontend.People, error) {
	who := actor(c)
	p := frontend.People{CanEdit: identity.Can(who, identity.EditPeople, who.Place()), Now: s.Now(), Roles: identity.StructureRoles()}
	if who.Structure == "" {
		p.Roles = identity.RegionRoles()
	}
	p.Form.Role = p.Roles[0]
	var err error
	p.Zone = s.zone(c)
	p.Place = who.PlaceName
	if p.Colleagues, err = s.People.Colleagues(c.UserContext(), who); err != nil {
		return p, err
	}
	if p.CanEdit {
		p.Invitations, err = s.People.Invitations(c.UserContext(), who)
	}
	return p, err
}

func (s *Server) peoplePage(c *fiber.Ctx) error {
	p, err := s.people(c)
	if err != nil {
		return err
	}
	p.Form.Mail, p.Form.Name = c.Query("mail"), c.Query("name")
	if role := identity.Role(c.Query("role")); slices.Contains(p.Roles, role) {
		p.Form.Role = role
	}
	return s.page(c, fiber.StatusOK, frontend.PeoplePage(s.view(c), p))
}

// invite lets somebody in. Where no letter leaves by itself the page shows the link, once.
func (s *Server) invite(c *fiber.Ctx) error {
	typed := url.Values{"mail": {c.FormValue("mail")}, "name": {c.FormValue("name")}, "role": {c.FormValue("role")}}
	return s.proved(peoplePath+"?"+typed.Encode()+"#invite", s.inviteProved)(c)
}

// peoplePath is where a form of people is come back to; what was typed in that of invitations stands in it again.
const peoplePath = "/people"

func (s *Server) inviteProved(c *fiber.Ctx) error {
	p, err := s.people(c)
	if err != nil {
		return err
	}
	p.Form = frontend.InviteForm{Mail: strings.TrimSpace(c.FormValue("mail")), Name: c.FormValue("name"), Role: identity.Role(c.FormValue("role"))}
	link, err := s.People.Invite(c.UserContext(), actor(c), identity.Invite{
		Mail: p.Form.Mail, Name: p.Form.Name, Role: p.Form.Role, Language: s.printer(c).Language(),
	})
	switch {
	case err == nil && s.Options.Mail:
		return s.done(c, "/people", "web.invited")
	case err == nil:
		if p, err = s.people(c); err != nil {
			return err
		}
		p.Link = link
		return s.page(c, fiber.StatusOK, frontend.PeoplePage(s.view(c), p))
	case !correctable(err):
		return err
	}
	p.Form.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.PeoplePage(s.view(c), p))
}

// supportPage asks whom a structure lets in to help, why and for how long; a fresh proof first.
func (s *Server) supportPage(c *fiber.Ctx) error {
	if err := identity.Require(actor(c), identity.EditPeople, actor(c).Structure); err != nil {
		return err
	}
	if _, err := s.fresh(c); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.SupportPage(s.view(c), frontend.SupportForm{}))
}

// openSupport lets support in, for a few days. Where no letter leaves by itself the page shows the link, once.
func (s *Server) openSupport(c *fiber.Ctx) error {
	days, _ := strconv.Atoi(c.FormValue("days"))
	form := frontend.SupportForm{Mail: strings.TrimSpace(c.FormValue("mail")), Reason: c.FormValue("reason"), Days: days}
	link, err := s.People.OpenSupport(c.UserContext(), actor(c), sessionToken(c), identity.NewSupport{
		Mail: form.Mail, Reason: form.Reason, Days: days, Language: s.printer(c).Language(),
	})
	switch {
	case err == nil && s.Options.Mail:
		return s.done(c, "/people", "web.support-opened")
	case err == nil:
		p, err := s.people(c)
		if err != nil {
			return err
		}
		p.Link = link
		return s.page(c, fiber.StatusOK, frontend.PeoplePage(s.view(c), p))
	case !correctable(err):
		return err
	}
	form.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.SupportPage(s.view(c), form))
}

// viewSupport says on every page of those who administer that somebody from outside may read, and to support that it only
// may, both until when.
func (s *Server) viewSupport(c *fiber.Ctx, v *frontend.View) {
	who := actor(c)
	if who.Support.IsZero() {
		return
	}
	until := v.Printer.DateTime(who.Support, s.zone(c))
	if who.Role == identity.Support {
		v.Flashes = append(v.Flashes, frontend.Flash{Kind: frontend.Info, Text: v.T("people.support.you", "until", until)})
		return
	}
	v.Support = until
}

func (s *Server) withdrawInvitation(c *fiber.Ctx) error {
	err := s.People.WithdrawInvitation(c.UserContext(), actor(c), c.Params("id"))
	if err != nil && fault.KindOf(err) != fault.Conflict { // somebody was first: what is asked is done
		return err
	}
	return s.done(c, "/people", "web.invitation-withdrawn")
}

func (s *Server) changeRole(c *fiber.Ctx) error {
	if err := s.People.ChangeRole(c.UserContext(), actor(c), c.Params("person"), identity.Role(c.FormValue("role"))); err != nil {
		return err
	}
	if c.Params("person") == actor(c).Person {
		return s.done(c, "/sign-in", "web.role-changed")
	}
	return s.done(c, "/people", "web.role-changed")
}

// colleague is the member that a request is about.
func (s *Server) colleague(c *fiber.Ctx) (identity.Colleague, error) {
	all, err := s.People.Colleagues(c.UserContext(), actor(c))
	if err != nil {
		return identity.Colleague{}, err
	}
	for _, one := range all {
		if one.Person == c.Params("person") {
			return one, nil
		}
	}
	return identity.Colleague{}, fault.NewNotFound("not-found")
}

func (s *Server) removePage(c *fiber.Ctx) error {
	one, err := s.colleague(c)
	if err != nil {
		return err
	}
	if one.Last || !one.You && !identity.Can(actor(c), identity.EditPeople, actor(c).Place()) {
		return c.Redirect("/people", fiber.StatusSeeOther)
	}
	return s.page(c, fiber.StatusOK, frontend.RemovePage(s.view(c), one))
}

// resetPage asks before the second factor that somebody lost is taken away: a fresh proof first, so that it is not asked for
// after the decision.
func (s *Server) resetPage(c *fiber.Ctx) error {
	one, err := s.People.MayResetFactors(c.UserContext(), actor(c), c.Params("person"))
	if err != nil {
		return err
	}
	if _, err := s.fresh(c); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.ResetPage(s.view(c), one))
}

func (s *Server) resetFactors(c *fiber.Ctx) error {
	if err := s.People.ResetFactors(c.UserContext(), actor(c), sessionToken(c), c.Params("person")); err != nil {
		return err
	}
	return s.done(c, "/people", "web.factors-reset")
}

func (s *Server) remove(c *fiber.Ctx) error {
	if err := s.People.EndMembership(c.UserContext(), actor(c), c.Params("person")); err != nil {
		return err
	}
	if c.Params("person") == actor(c).Person {
		return s.done(c, "/", "web.left")
	}
	return s.done(c, "/people", "web.removed")
}

// guest is the invitation of a link, as its holder is shown it.
func (s *Server) guest(c *fiber.Ctx) (frontend.Guest, identity.Membership, error) {
	to, err := identity.ParsePlace(c.Params("place"))
	if err != nil {
		return frontend.Guest{}, to, err
	}
	path := "/invitations/" + url.PathEscape(c.Params("place")) + "/" + url.PathEscape(c.Params("token"))
	g, err := s.guestOf(c, to, identity.Token(c.Params("token")), path)
	return g, to, err
}

func (s *Server) guestOf(c *fiber.Ctx, to identity.Membership, token identity.Token, path string) (frontend.Guest, error) {
	found, err := s.People.GuestOf(c.UserContext(), to, token, s.network(c))
	if err != nil {
		return frontend.Guest{}, err
	}
	g := frontend.Guest{
		Guest: found, Path: path, Name: found.Name, PasswordMin: identity.MinPassword, Zone: (&identity.Structure{}).Location(), Issuers: s.People.Issuers(),
	}
	if who := actor(c); who.Person != "" {
		mail, err := s.People.MailOf(c.UserContext(), who)
		if err != nil {
			return g, err
		}
		g.SignedIn = mail == found.Mail
	}
	return g, nil
}

// guestPage shows an invitation. Looking at it uses nothing up: a mail scanner may.
func (s *Server) guestPage(c *fiber.Ctx) error {
	g, _, err := s.guest(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.GuestPage(s.view(c), g))
}

func (s *Server) join(c *fiber.Ctx) error {
	g, to, err := s.guest(c)
	if err != nil {
		return err
	}
	token := identity.Token(c.Params("token"))
	var session identity.Token
	if open, ok := c.Locals(localToken).(identity.Token); ok && g.SignedIn {
		if session, err = s.People.JoinSignedIn(c.UserContext(), open, to, token, s.network(c)); err != nil {
			return err
		}
		return s.moveTo(c, session, "/")
	}
	g.Name = c.FormValue("name")
	session, err = s.People.Join(c.UserContext(), to, token, s.network(c), g.Name, c.FormValue("password"))
	if err != nil {
		if !correctable(err) && fault.KindOf(err) != fault.TooMany {
			return err
		}
		g.Errors = frontend.ErrorsOf(s.printer(c), err)
		return s.page(c, statusOf(err), frontend.GuestPage(s.view(c), g))
	}
	return s.enter(c, session, "/")
}

// moveTo goes on under the new token of a session.
func (s *Server) moveTo(c *fiber.Ctx, session identity.Token, to string) error {
	s.setCookie(c, "session", string(session), fiber.CookieSameSiteLaxMode)
	return c.Redirect(to, fiber.StatusSeeOther)
}

func (s *Server) placesPage(c *fiber.Ctx) error {
	all, err := s.People.Places(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.PlacesPage(s.view(c), frontend.Places{All: all, Current: actor(c)}))
}

func (s *Server) switchPlace(c *fiber.Ctx) error {
	to, err := identity.ParsePlace(c.FormValue("place"))
	if err != nil {
		return fault.NewNotFound("not-found")
	}
	token, _ := c.Locals(localToken).(identity.Token)
	session, err := s.People.Switch(c.UserContext(), token, to)
	if err != nil {
		return err
	}
	return s.moveTo(c, session, "/")
}

// region reads the region where the actor works.
func (s *Server) region(c *fiber.Ctx) (frontend.RegionView, error) {
	who := actor(c)
	region, err := s.People.OwnRegion(c.UserContext(), who)
	if err != nil {
		return frontend.RegionView{}, err
	}
	return frontend.RegionView{Region: region, Name: region.Name, CanEdit: identity.Can(who, identity.EditRegion, who.Place()), Powers: frontend.PowersOf(who)}, nil
}

func (s *Server) regionPage(c *fiber.Ctx) error {
	r, err := s.region(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.RegionPage(s.view(c), r))
}

func (s *Server) renameRegion(c *fiber.Ctx) error {
	r, err := s.region(c)
	if err != nil {
		return err
	}
	r.Name = c.FormValue("region")
	err = s.People.RenameRegion(c.UserContext(), actor(c), r.Name)
	if err == nil {
		return s.done(c, "/region", "web.saved")
	}
	if !correctable(err) {
		return err
	}
	r.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.RegionPage(s.view(c), r))
}

func (s *Server) addStructure(c *fiber.Ctx) error {
	r, err := s.region(c)
	if err != nil {
		return err
	}
	r.Form = frontend.StructureForm{Structure: strings.TrimSpace(c.FormValue("structure")), Mail: strings.TrimSpace(c.FormValue("mail")), Name: c.FormValue("person")}
	link, err := s.People.AddStructure(c.UserContext(), actor(c), identity.NewStructure{
		Name: r.Form.Structure, Administrator: identity.Invite{Mail: r.Form.Mail, Name: r.Form.Name, Language: s.printer(c).Language()},
	})
	switch {
	case err == nil && s.Options.Mail:
		return s.done(c, "/region", "web.structure-added")
	case err == nil:
		if r, err = s.region(c); err != nil {
			return err
		}
		r.Link = link
		return s.page(c, fiber.StatusOK, frontend.RegionPage(s.view(c), r))
	case !correctable(err):
		return err
	}
	r.Form.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.RegionPage(s.view(c), r))
}
