package web

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
)

// home leads to where a visitor begins: the services, signing in, or how to set the portal up.
func (s *Server) home(c *fiber.Ctx) error {
	switch who := actor(c); {
	case who.Structure != "":
		return c.Redirect("/services", fiber.StatusSeeOther)
	case who.Region != "":
		return c.Redirect("/region", fiber.StatusSeeOther)
	}
	pending, err := s.People.SetupPending(c.UserContext())
	switch {
	case err != nil:
		return err
	case pending:
		return s.page(c, fiber.StatusOK, frontend.WaitingPage(s.view(c)))
	}
	return c.Redirect("/sign-in", fiber.StatusSeeOther)
}

func setupToken(c *fiber.Ctx) identity.Token { return identity.Token(c.Params("token")) }

func (s *Server) setupPage(c *fiber.Ctx) error {
	if err := s.People.CheckSetup(c.UserContext(), setupToken(c), s.network(c)); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.SetupPage(s.view(c), setupForm(c)))
}

// setupForm is the form of the first structure as it was typed; the password stays out of it.
func setupForm(c *fiber.Ctx) frontend.SetupForm {
	return frontend.SetupForm{
		Path:      "/setup/" + url.PathEscape(c.Params("token")),
		Structure: c.FormValue("structure"), Address: c.FormValue("address"), FINESS: c.FormValue("finess"), Region: c.FormValue("region"),
		Name: c.FormValue("name"), Mail: c.FormValue("mail"), PasswordMin: identity.MinPassword,
	}
}

func (s *Server) setup(c *fiber.Ctx) error {
	if err := s.People.CheckSetup(c.UserContext(), setupToken(c), s.network(c)); err != nil {
		return err
	}
	form := setupForm(c)
	session, err := s.People.SetUp(c.UserContext(), setupToken(c), identity.First{
		Structure: form.Structure, Address: form.Address, FINESS: form.FINESS, Region: form.Region,
		Name: form.Name, Mail: form.Mail, Password: c.FormValue("password"),
	})
	if err != nil {
		if !correctable(err) {
			return err
		}
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
		return s.page(c, statusOf(err), frontend.SetupPage(s.view(c), form))
	}
	return s.enter(c, session, "/services")
}

// lookAround signs in to the fictitious structure, made in the visitor's language the first time.
func (s *Server) lookAround(c *fiber.Ctx) error {
	if err := s.People.CheckSetup(c.UserContext(), setupToken(c), s.network(c)); err != nil {
		return err
	}
	d := demonstration{s, s.printer(c)}
	session, err := s.People.LookAround(c.UserContext(), setupToken(c), d.structure(), d.p.T("demo.person"), func(ctx context.Context, who identity.Actor) error {
		return d.fill(ctx, who)
	})
	if err != nil {
		return err
	}
	return s.enter(c, session, "/services")
}

func (s *Server) signInPage(c *fiber.Ctx) error {
	next := safePath(c.Query("next"))
	if actor(c).Place() != "" {
		return c.Redirect(next, fiber.StatusSeeOther)
	}
	if pending, err := s.People.SetupPending(c.UserContext()); err != nil || pending {
		if err != nil {
			return err
		}
		return c.Redirect("/", fiber.StatusSeeOther) // nobody has an account yet
	}
	return s.page(c, fiber.StatusOK, frontend.SignInPage(s.view(c), s.signInForm(next)))
}

// signInForm offers the ways in that there are.
func (s *Server) signInForm(next string) frontend.SignInForm {
	return frontend.SignInForm{Next: next, Passkeys: s.People.Passkeys(), Issuers: s.People.Issuers()}
}

func (s *Server) signIn(c *fiber.Ctx) error {
	form := s.signInForm(nextOf(c))
	form.Mail = strings.TrimSpace(c.FormValue("mail"))
	session, err := s.People.SignIn(c.UserContext(), form.Mail, c.FormValue("password"), s.network(c))
	if err != nil {
		if !correctable(err) && fault.KindOf(err) != fault.TooMany {
			return err
		}
		// The same line whether somebody has the address or not, and without it.
		s.Log.Warn("sign-in refused", "request", incidentOf(c))
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
		return s.page(c, statusOf(err), frontend.SignInPage(s.view(c), form))
	}
	return s.enter(c, session, form.Next)
}

// enter begins a session on this browser. Nothing of what was before carries over: an older session ends, and the token
// of forms is from now on the session's own.
func (s *Server) enter(c *fiber.Ctx, session identity.Token, to string) error {
	if before, ok := c.Locals(localToken).(identity.Token); ok {
		if err := s.People.SignOut(c.UserContext(), before); err != nil {
			return err
		}
	}
	s.dropCookie(c, "form")
	return s.arrive(c, session, to)
}

func (s *Server) signOut(c *fiber.Ctx) error {
	var there frontend.Departure
	if token, ok := c.Locals(localToken).(identity.Token); ok {
		var err error
		if there, err = s.signOutAt(c, token); err != nil {
			return err
		}
		if err := s.People.SignOut(c.UserContext(), token); err != nil {
			return err
		}
	}
	s.dropCookie(c, "session")
	s.dropCookie(c, "form")
	c.Set("Clear-Site-Data", `"cache", "storage"`) // not cookies: the language stays as its reader chose it
	if there.Address == "" {
		return s.done(c, SignedOutPath, "web.signed-out")
	}
	s.say(c, "web.signed-out")
	c.Set(refresh, "0; url="+there.Address)
	return s.page(c, fiber.StatusOK, frontend.DeparturePage(frontend.View{Printer: s.printer(c), Path: SignedOutPath}, there))
}

// languageKept is how long a browser remembers the language that its reader chose.
const languageKept = 365 * 24 * time.Hour

func (s *Server) setLanguage(c *fiber.Ctx) error {
	if lang, ok := locale.ParseLanguage(c.FormValue("language")); ok {
		c.Cookie(&fiber.Cookie{
			Name: s.cookieName("language"), Value: string(lang), Path: "/", MaxAge: int(languageKept / time.Second),
			HTTPOnly: true, Secure: s.Options.Secure, SameSite: fiber.CookieSameSiteLaxMode,
		})
	}
	return c.Redirect(safePath(c.FormValue("back")), fiber.StatusSeeOther)
}
