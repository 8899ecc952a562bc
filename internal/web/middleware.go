package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
)

// What middleware leaves for handlers.
type local int

const (
	localIncident local = iota
	localLanguage
	localActor
	localToken
	localForm
	localOwn
)

// contentPolicy lets a page use what the portal serves and nothing else: no inline script or style, no frame, no other site.
const contentPolicy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const permissionsPolicy = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"

// observe times each request and logs it: method, route and status, never the query, a cookie or a body.
func (s *Server) observe(c *fiber.Ctx) error {
	start := s.Now()
	incident := make([]byte, 6)
	if _, err := rand.Read(incident); err != nil {
		return fmt.Errorf("number a request: %w", err)
	}
	c.Locals(localIncident, hex.EncodeToString(incident))
	err := c.Next()
	if err != nil {
		if handled := s.trouble(c, err); handled != nil {
			return handled
		}
	}
	route, status, took := c.Route().Path, c.Response().StatusCode(), s.Now().Sub(start)
	if s.Observe != nil {
		s.Observe(route, status, took)
	}
	s.Log.Info("request", "method", c.Method(), "route", route, "status", status, "ms", took.Milliseconds(), "request", incidentOf(c))
	return nil
}

func incidentOf(c *fiber.Ctx) string {
	incident, _ := c.Locals(localIncident).(string)
	return incident
}

// recover turns a panic into a page with an incident number, and logs where it came from.
func (s *Server) recover(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("panic", "request", incidentOf(c), "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fiber.ErrInternalServerError
		}
	}()
	return c.Next()
}

func (s *Server) headers(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, contentPolicy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderPermissionsPolicy, permissionsPolicy)
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s.Options.Secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
	return c.Next()
}

// deadline gives each request a context that ends.
func (s *Server) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	c.SetUserContext(identity.FromBrowser(ctx, s.browser(c)))
	return c.Next()
}

// body reads a request's body up to the limit of its route, the wider one for those signed in only: streaming bodies
// silently escape Fiber's own limit. A compressed body is refused: unpacked, it would have none. Fields of a form are those
// of its body alone, which its address cannot stand in for (OWASP ASVS 5.0.0 15.3.7).
func (s *Server) body(c *fiber.Ctx) error {
	if c.Method() == fiber.MethodPost {
		c.Request().URI().SetQueryString("")
	}
	limit := int64(bodyLimit)
	if _, known := c.Locals(localActor).(identity.Actor); known && c.Path() == "/settings/template" {
		limit = uploadLimit
	}
	if c.Get(fiber.HeaderContentEncoding) != "" {
		c.Response().SetConnectionClose()
		return fiber.ErrUnsupportedMediaType
	}
	if int64(c.Request().Header.ContentLength()) > limit {
		c.Response().SetConnectionClose()
		return fiber.ErrRequestEntityTooLarge
	}
	if !c.Request().IsBodyStream() {
		return c.Next()
	}
	data, err := io.ReadAll(io.LimitReader(c.Request().BodyStream(), limit+1))
	if err != nil {
		c.Response().SetConnectionClose()
		return fiber.ErrRequestTimeout
	}
	if int64(len(data)) > limit {
		c.Response().SetConnectionClose()
		return fiber.ErrRequestEntityTooLarge
	}
	c.Request().SetBody(data)
	return c.Next()
}

func (s *Server) language(c *fiber.Ctx) error {
	lang, ok := locale.ParseLanguage(c.Cookies(s.cookieName("language")))
	if !ok {
		lang = s.Options.Language
		if accepted := c.Get(fiber.HeaderAcceptLanguage); accepted != "" {
			lang = locale.MatchLanguage(accepted)
		}
	}
	c.Locals(localLanguage, lang)
	c.Vary(fiber.HeaderAcceptLanguage, fiber.HeaderCookie)
	return c.Next()
}

// session finds who is signed in; nobody is no error here.
func (s *Server) session(c *fiber.Ctx) error {
	if onProviderSide(c) {
		return s.providerSession(c)
	}
	token := identity.Token(c.Cookies(s.cookieName("session")))
	if token == "" {
		return c.Next()
	}
	actor, err := s.People.Resume(c.UserContext(), token)
	switch {
	case err == nil:
		actor.Request = incidentOf(c)
		c.Locals(localActor, actor)
		c.Locals(localToken, token)
	case fault.KindOf(err) == fault.Forbidden: // it owes a proof, see owing
		c.Locals(localToken, token)
	case fault.KindOf(err) == fault.NotFound:
		s.dropCookie(c, "session")
	default:
		return err
	}
	return c.Next()
}

// forms gives every form a token that another site cannot know, and refuses a post without it.
func (s *Server) forms(c *fiber.Ctx) error {
	token, _ := c.Locals(localToken).(identity.Token)
	if token == "" {
		token = identity.Token(c.Cookies(s.cookieName("form")))
	}
	if c.Method() == fiber.MethodPost {
		given := c.Get("X-CSRF-Token")
		if given == "" {
			given = c.FormValue("csrf")
		}
		if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
			return fault.NewForbidden("web.cross-site")
		}
		if !token.ValidCSRF(given) {
			return fault.NewForbidden("web.stale-form")
		}
	}
	if token == "" {
		made, err := identity.NewToken()
		if err != nil {
			return err
		}
		token = made
		s.setCookie(c, "form", string(token), fiber.CookieSameSiteStrictMode)
	}
	c.Locals(localForm, token)
	return c.Next()
}

// signedIn lets nobody past who has no session.
func (s *Server) signedIn(c *fiber.Ctx) error {
	if _, ok := c.Locals(localActor).(identity.Actor); ok {
		return c.Next()
	}
	to := signInTo(c)
	if c.Get("HX-Request") != "" {
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// signInTo is where one signs in, and comes back from to the page that was asked for.
func signInTo(c *fiber.Ctx) string {
	if c.Method() != fiber.MethodGet {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(c.OriginalURL())
}

// safePath keeps a return address inside the portal.
func safePath(raw string) string {
	if !strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, "//") || strings.ContainsAny(raw, "\\\r\n\t") {
		return "/"
	}
	return raw
}

// cookieName says under which name a cookie is kept: a browser holds `__Host-` cookies to this very host over TLS.
func (s *Server) cookieName(name string) string {
	if s.Options.Secure {
		return "__Host-garant-" + name
	}
	return "garant-" + name
}

func (s *Server) setCookie(c *fiber.Ctx, name, value, sameSite string) {
	c.Cookie(&fiber.Cookie{Name: s.cookieName(name), Value: value, Path: "/", HTTPOnly: true, Secure: s.Options.Secure, SameSite: sameSite, SessionOnly: true})
}

func (s *Server) dropCookie(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{Name: s.cookieName(name), Path: "/", HTTPOnly: true, Secure: s.Options.Secure, Expires: time.Unix(1, 0)})
}

func (s *Server) alive(c *fiber.Ctx) error { return c.SendString("ok\n") }

func (s *Server) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.Warn("not ready", "error", err)
		return c.Status(fiber.StatusServiceUnavailable).SendString("store unavailable\n")
	}
	return c.SendString("ready\n")
}

func (s *Server) asset(c *fiber.Ctx) error {
	a, ok := frontend.Assets().Find(c.Params("name"))
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, frontend.AssetCache)
	c.Set(fiber.HeaderETag, a.ETag)
	c.Vary(fiber.HeaderAcceptEncoding)
	if c.Get(fiber.HeaderIfNoneMatch) == a.ETag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	body, encoding := a.Encoded(c.Get(fiber.HeaderAcceptEncoding))
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	c.Set(fiber.HeaderContentType, a.Type)
	return c.Send(body)
}
