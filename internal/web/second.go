package web

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
)

// proofRoutes are where one gives a proof without having signed in, or not wholly.
func (s *Server) proofRoutes() {
	s.app.Post("/sign-in/with/:issuer", s.signInAt)
	s.app.Get("/sign-in/with/:issuer/back", s.issuerBack)
	s.app.Post("/sign-in/passkey", s.signInWithPasskey)
	s.app.Post("/sign-in/passkey/options", s.askPasskey)
	s.app.Get("/sign-in/lost", s.lostPage)
	s.app.Post("/sign-in/lost", s.lost)
	s.app.Get("/sign-in/recover/:token", s.recoverPage)
	s.app.Post("/sign-in/recover/:token", s.recoverAccount)
	s.app.Use("/sign-in/second", s.known)
	s.app.Get("/sign-in/second", s.secondPage)
	s.app.Post("/sign-in/second", s.second)
	s.app.Post("/sign-in/second/passkey", s.second)
	s.app.Post("/sign-in/second/passkey/options", s.askOwnPasskey)
	s.app.Use("/sign-in/password", s.known)
	s.app.Get("/sign-in/password", s.newPasswordPage)
	s.app.Post("/sign-in/password", s.newPassword)
}

// browserKept is how long a browser keeps the token by which an account knows it.
const browserKept = 180 * 24 * time.Hour

// browser is where the request comes from.
func (s *Server) browser(c *fiber.Ctx) identity.Browser {
	lang, _ := c.Locals(localLanguage).(locale.Language)
	return identity.Browser{
		Address: s.network(c), UserAgent: c.Get(fiber.HeaderUserAgent), Known: identity.Token(c.Cookies(s.cookieName("browser"))),
		Request: incidentOf(c), Language: lang,
	}
}

func sessionToken(c *fiber.Ctx) identity.Token {
	token, _ := c.Locals(localToken).(identity.Token)
	return token
}

// own is the account of whoever is signed in, or not wholly yet.
func (s *Server) own(c *fiber.Ctx) (identity.OwnAccount, error) {
	return s.People.OwnAccount(c.UserContext(), sessionToken(c))
}

// owing leads a session that owes something to where it gives that, and to nothing else but signing out and the language.
func (s *Server) owing(c *fiber.Ctx) error {
	if sessionToken(c) == "" || actor(c).Person != "" {
		return c.Next()
	}
	own, err := s.own(c)
	if fault.KindOf(err) == fault.NotFound {
		s.dropCookie(c, "session")
		return c.Redirect("/sign-in", fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	c.Locals(localOwn, own)
	to := owedAt(own)
	for _, open := range append([]string{"/sign-out", "/language", "/sign-in/with"}, to...) {
		if path := c.Path(); path == open || strings.HasPrefix(path, open+"/") {
			return c.Next()
		}
	}
	if c.Get("HX-Request") != "" {
		c.Set("HX-Redirect", to[0])
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	next := "/"
	if c.Method() == fiber.MethodGet {
		next = safePath(c.OriginalURL())
	}
	return c.Redirect(withNext(to[0], next), fiber.StatusSeeOther)
}

// owedAt is where a session gives what it owes, then what else it may open.
func owedAt(own identity.OwnAccount) []string {
	switch {
	case own.State == identity.NewPassword:
		return []string{"/sign-in/password"}
	case own.State == identity.Unprotected && !own.Enrolled:
		return []string{"/account/second-factor", "/account/confirm"}
	}
	return []string{"/sign-in/second"}
}

// withNext adds where to go afterwards, but for the portal's front door.
func withNext(path, next string) string {
	if next = safePath(next); next == "/" {
		return path
	}
	return path + "?next=" + url.QueryEscape(next)
}

// nextOf is where the page was asked to lead afterwards.
func nextOf(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodPost {
		return safePath(c.FormValue("next"))
	}
	return safePath(c.Query("next"))
}

// known lets past whoever has a session, even one that owes something.
func (s *Server) known(c *fiber.Ctx) error {
	if sessionToken(c) != "" {
		return c.Next()
	}
	return c.Redirect(signInTo(c), fiber.StatusSeeOther)
}

// rises puts a session's new token in the place of the one before: on the browser, and for what this request still shows.
func (s *Server) rises(c *fiber.Ctx, token identity.Token) error {
	s.setCookie(c, "session", string(token), fiber.CookieSameSiteLaxMode)
	c.Locals(localToken, token)
	c.Locals(localForm, token)
	who, err := s.People.Resume(c.UserContext(), token)
	if err == nil {
		who.Request = incidentOf(c)
		c.Locals(localActor, who)
	} else if fault.KindOf(err) == fault.Forbidden {
		return nil
	}
	return err
}

// arrive goes on with a session that just gave a proof: where it was going, or to what it owes. A browser that gave all that
// is owed is known to the account from then on.
func (s *Server) arrive(c *fiber.Ctx, token identity.Token, to string) error {
	if err := s.rises(c, token); err != nil {
		return err
	}
	if actor(c).Person != "" {
		if err := s.remember(c, token); err != nil {
			return err
		}
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	own, err := s.own(c)
	if err != nil {
		return err
	}
	return c.Redirect(withNext(owedAt(own)[0], to), fiber.StatusSeeOther)
}

func (s *Server) remember(c *fiber.Ctx, token identity.Token) error {
	known, err := s.People.RememberBrowser(c.UserContext(), token)
	if err != nil {
		return err
	}
	c.Cookie(&fiber.Cookie{
		Name: s.cookieName("browser"), Value: string(known), Path: "/", MaxAge: int(browserKept / time.Second),
		HTTPOnly: true, Secure: s.Options.Secure, SameSite: fiber.CookieSameSiteLaxMode, // whoever comes back from an issuer brings it
	})
	return nil
}

// viewOwn adds what a page says of the account: that it is not protected yet, and whose it is while it is being protected.
func (s *Server) viewOwn(c *fiber.Ctx, v *frontend.View) {
	who := actor(c)
	v.Protect = who.Unprotected && !strings.HasPrefix(c.Path(), "/account")
	if own, ok := c.Locals(localOwn).(identity.OwnAccount); ok && who.Person == "" && own.State == identity.Unprotected && !own.Enrolled {
		v.Actor = own.Name
	}
}

// proofForm asks for a proof in one of the ways that the person has, the one asked for or else the first.
func (s *Server) proofForm(c *fiber.Ctx, path, with string, password bool) (frontend.ProofForm, error) {
	factors, err := s.People.Factors(c.UserContext(), sessionToken(c))
	if err != nil {
		return frontend.ProofForm{}, err
	}
	form := frontend.ProofForm{Path: path, Next: nextOf(c)}
	if !factors.TOTP.IsZero() {
		form.Ways = append(form.Ways, frontend.WithCode)
	}
	if password {
		form.Ways = append(form.Ways, frontend.WithPassword)
	}
	if len(factors.Passkeys) > 0 && s.People.Passkeys() {
		form.Ways = append(form.Ways, frontend.WithPasskey)
	}
	if factors.Recovery > 0 {
		form.Ways = append(form.Ways, frontend.WithRecovery)
	}
	form.Choose(frontend.Way(with))
	return form, nil
}

// prove takes the proof of a form: the session's new token, or the error to show with it.
func (s *Server) prove(c *fiber.Ctx) (identity.Token, error) {
	ctx, token, network := c.UserContext(), sessionToken(c), s.network(c)
	if strings.HasSuffix(c.Path(), "/passkey") {
		return s.People.GivePasskey(ctx, token, []byte(c.FormValue("response")))
	}
	switch frontend.Way(c.FormValue("with")) {
	case frontend.WithPassword:
		return s.People.GivePassword(ctx, token, c.FormValue("password"), network)
	case frontend.WithRecovery:
		return s.People.GiveRecoveryCode(ctx, token, c.FormValue("recovery"), network)
	}
	return s.People.GiveTOTP(ctx, token, c.FormValue("code"), network)
}

// unproved shows the form again with what is wrong; what is no mistake of the person's ends as an error.
func (s *Server) unproved(c *fiber.Ctx, err error, form frontend.ProofForm) (frontend.ProofForm, error) {
	kind := fault.KindOf(err)
	if !correctable(err) && kind != fault.TooMany && kind != fault.Forbidden {
		return form, err
	}
	form.Errors = frontend.ErrorsOf(s.printer(c), err)
	if form.With != frontend.WithPasskey {
		form.Errors[0].Field = string(form.With)
	}
	return form, nil
}

// secondPage asks for the second factor. A session that owes none goes on.
func (s *Server) secondPage(c *fiber.Ctx) error {
	if actor(c).Person != "" {
		return c.Redirect(nextOf(c), fiber.StatusSeeOther)
	}
	form, err := s.proofForm(c, "/sign-in/second", c.Query("with"), false)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.SecondPage(s.view(c), form))
}

func (s *Server) second(c *fiber.Ctx) error {
	token, err := s.prove(c)
	if err == nil {
		return s.arrive(c, token, nextOf(c))
	}
	form, failed := s.proofForm(c, "/sign-in/second", c.FormValue("with"), false)
	if failed != nil {
		return failed
	}
	if form, failed = s.unproved(c, err, form); failed != nil {
		return failed
	}
	return s.page(c, statusOf(err), frontend.SecondPage(s.view(c), form))
}

// askOwnPasskey gives what the browser asks one of the person's own passkeys.
func (s *Server) askOwnPasskey(c *fiber.Ctx) error {
	options, err := s.People.AskOwnPasskey(c.UserContext(), sessionToken(c))
	if err != nil {
		return err
	}
	return sendJSON(c, options)
}

func sendJSON(c *fiber.Ctx, data []byte) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(data)
}

// askPasskey gives what the browser asks whichever passkey it has for this portal.
func (s *Server) askPasskey(c *fiber.Ctx) error {
	before, _ := c.Locals(localForm).(identity.Token)
	options, err := s.People.AskPasskey(c.UserContext(), before, s.network(c))
	if err != nil {
		return err
	}
	return sendJSON(c, options)
}

func (s *Server) signInWithPasskey(c *fiber.Ctx) error {
	before, _ := c.Locals(localForm).(identity.Token)
	form := s.signInForm(nextOf(c))
	session, err := s.People.SignInWithPasskey(c.UserContext(), before, []byte(c.FormValue("response")), s.network(c))
	if err == nil {
		return s.enter(c, session, form.Next)
	}
	if kind := fault.KindOf(err); !correctable(err) && kind != fault.TooMany && kind != fault.Forbidden {
		return err
	}
	form.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.SignInPage(s.view(c), form))
}
