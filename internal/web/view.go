package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
)

// printer speaks the reader's language.
func (s *Server) printer(c *fiber.Ctx) locale.Printer {
	lang, ok := c.Locals(localLanguage).(locale.Language)
	if !ok {
		lang = s.Options.Language
	}
	return s.Words.In(lang)
}

// actor is who is signed in; the zero actor may do nothing.
func actor(c *fiber.Ctx) identity.Actor {
	a, _ := c.Locals(localActor).(identity.Actor)
	return a
}

// view gives what every page needs.
func (s *Server) view(c *fiber.Ctx) frontend.View {
	p := s.printer(c)
	v := frontend.View{Printer: p, Path: c.OriginalURL(), Content: s.Clauses.Version, Version: s.Options.Version}
	if form, ok := c.Locals(localForm).(identity.Token); ok {
		v.CSRF = form.CSRF()
	}
	who := actor(c)
	if who.Place() == "" && strings.HasPrefix(c.Path(), "/library") {
		v.SignIn = signInTo(c)
	}
	switch {
	case onProviderSide(c):
		v.Provider, v.Actor = providerPath+url.PathEscape(who.Region), who.Name
		if who.Region == "" {
			v.Provider = providerPath + url.PathEscape(c.Params("region"))
		}
	case who.Place() != "":
		v.Nav = frontend.MainNav(p, c.Path(), who.Structure == "")
		v.Actor, v.Elsewhere, v.Regional = who.Name, who.Elsewhere, who.Structure == ""
	}
	v.Structure = who.PlaceName
	s.viewSupport(c, &v)
	if who.Demo {
		v.Flashes = append(v.Flashes, frontend.Flash{Kind: frontend.Info, Text: p.T("web.demo")})
	}
	s.viewOwn(c, &v)
	if said := s.flash(c); said != "" {
		v.Flashes = append(v.Flashes, frontend.Flash{Kind: frontend.OK, Text: p.T(said)})
	}
	return v
}

// page shows a view.
func (s *Server) page(c *fiber.Ctx, status int, component templ.Component) error {
	var b strings.Builder
	if err := component.Render(context.WithoutCancel(c.UserContext()), &b); err != nil {
		return fmt.Errorf("render %s: %w", c.Route().Path, err)
	}
	c.Status(status).Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.SendString(b.String())
}

// flashed are the messages that a page may leave for the next one; a cookie names one of them, never a text.
var flashed = map[string]bool{
	"web.saved": true, "web.service-made": true, "web.framed": true, "web.undone": true, "web.signed-out": true,
	"web.template-set": true, "web.template-removed": true, "web.kept": true, "web.frozen": true, "web.wording-kept": true, "web.wording-withdrawn": true, "web.dropped": true,
	"web.invited": true, "web.invitation-withdrawn": true, "web.role-changed": true, "web.left": true, "web.removed": true, "web.factors-reset": true, "web.support-opened": true, "web.structure-added": true,
	"account.done.erased": true, "web.supplier-added": true, "web.supplier-merged": true, "web.contact-added": true, "web.link-sent": true,

	"account.done.password": true, "account.done.mail": true, "account.done.name": true, "account.done.address": true, "account.done.app": true, "account.done.app-removed": true, "account.done.passkey": true, "account.done.passkey-named": true,
	"account.done.passkey-removed": true, "account.done.device": true, "account.done.devices": true, "account.lost.again": true,
	"account.done.issuer": true, "account.done.issuer-removed": true,
	"web.journal-whole": true, "web.letter-sent": true, "web.letter-dropped": true,
}

// done sends the reader on after a change, with a message to show there.
func (s *Server) done(c *fiber.Ctx, to, message string) error {
	if message != "" {
		s.say(c, message)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// say leaves a message for the next page, even one that the reader comes to from an issuer.
func (s *Server) say(c *fiber.Ctx, message string) {
	s.setCookie(c, "said", message, fiber.CookieSameSiteLaxMode)
}

func (s *Server) flash(c *fiber.Ctx) string {
	said := c.Cookies(s.cookieName("said"))
	if said == "" {
		return ""
	}
	s.dropCookie(c, "said")
	if !flashed[said] {
		return ""
	}
	return said
}

// trouble is how every error ends: a page of ours, in the reader's language, with the status of its kind. What is no
// fault is logged under the incident number that the page shows, and told to nobody.
func (s *Server) trouble(c *fiber.Ctx, err error) error {
	p := s.printer(c)
	t := frontend.Trouble{Status: statusOf(err)}
	var problems fault.Problems
	if _, ok := fault.As(err); ok || errors.As(err, &problems) {
		t.Message = p.Error(err)
	}
	if t.Status == fiber.StatusForbidden {
		s.refused(c, err)
	}
	if t.Status >= fiber.StatusInternalServerError {
		t.Incident = incidentOf(c)
		s.Log.Error("request failed", "request", t.Incident, "error", err.Error())
	}
	return s.page(c, t.Status, frontend.TroublePage(s.plainView(c), t))
}

// refused keeps in the log that somebody asked for what is not theirs to do, by reference, and what was refused (OWASP ASVS
// 5.0.0 16.3.2).
func (s *Server) refused(c *fiber.Ctx, err error) {
	why, _ := fault.As(err)
	key := ""
	if why != nil {
		key = why.Key
	}
	s.Log.Warn("refused", "request", incidentOf(c), "method", c.Method(), "route", c.Route().Path, "person", actor(c).Person, "role", string(actor(c).Role), "why", key)
}

// plainView is the view of an error page: it asks nothing of the store, which may be what failed.
func (s *Server) plainView(c *fiber.Ctx) frontend.View {
	path := "/"
	if c.Method() == fiber.MethodGet {
		path = c.OriginalURL()
	}
	v := frontend.View{Printer: s.printer(c), Path: path}
	if form, ok := c.Locals(localForm).(identity.Token); ok {
		v.CSRF = form.CSRF()
	}
	if who := actor(c); who.Place() != "" && who.Supplier == "" {
		v.Nav, v.Actor = frontend.MainNav(v.Printer, c.Path(), who.Structure == ""), who.Name
	}
	return v
}

func statusOf(err error) int {
	var failed *fiber.Error
	if errors.As(err, &failed) {
		return failed.Code
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return fiber.StatusUnprocessableEntity
	case fault.NotFound:
		return fiber.StatusNotFound
	case fault.Conflict:
		return fiber.StatusConflict
	case fault.Forbidden:
		return fiber.StatusForbidden
	case fault.TooLarge:
		return fiber.StatusRequestEntityTooLarge
	case fault.TooMany:
		return fiber.StatusTooManyRequests
	case fault.Unavailable:
		return fiber.StatusServiceUnavailable
	}
	return fiber.StatusInternalServerError
}

// correctable reports whether an error is for the form to show again, with what was typed.
func correctable(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.Invalid || kind == fault.Conflict
}

// attachment sends a file to keep, under a name that every system accepts.
func attachment(c *fiber.Ctx, name, mediaType string, data []byte) error {
	attach(c, name, mediaType)
	return c.Send(data)
}

// attachedStream is attachment for what is made while it is sent.
func attachedStream(c *fiber.Ctx, name, mediaType string, data io.Reader) error {
	attach(c, name, mediaType)
	return c.SendStream(data)
}

func attach(c *fiber.Ctx, name, mediaType string) {
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q; filename*=UTF-8''%s", asciiName(name), url.PathEscape(name)))
}

// asciiName is the name for old programs: accents dropped, anything unusual a dash.
func asciiName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '-'
	}, locale.Fold(name))
}
