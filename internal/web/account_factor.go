package web

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
)

// factorPage says why a second factor is needed and offers those there are.
func (s *Server) factorPage(c *fiber.Ctx) error {
	own, err := s.fresh(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.FactorPage(s.view(c), frontend.FactorChoice{Own: own, Next: nextOf(c), PasskeysHere: s.People.Passkeys()}))
}

// appPage shows the secret to give to an application of codes, and asks for the first of them.
func (s *Server) appPage(c *fiber.Ctx) error {
	return s.showApp(c, fiber.StatusOK, nil)
}

func (s *Server) showApp(c *fiber.Ctx, status int, wrong error) error {
	given, err := s.People.EnrolTOTP(c.UserContext(), sessionToken(c))
	if err != nil {
		return err
	}
	form := frontend.AppForm{Secret: given.Secret, URI: given.URI, Next: nextOf(c), Errors: frontend.ErrorsOf(s.printer(c), wrong)}
	if len(form.Errors) > 0 {
		form.Errors[0].Field = "code"
	}
	return s.page(c, status, frontend.AppPage(s.view(c), form))
}

// appImage is the secret as an image to be read by a telephone.
func (s *Server) appImage(c *fiber.Ctx) error {
	given, err := s.People.EnrolTOTP(c.UserContext(), sessionToken(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/svg+xml")
	return c.Send(given.QR)
}

func (s *Server) addApp(c *fiber.Ctx) error {
	token, codes, err := s.People.ConfirmTOTP(c.UserContext(), sessionToken(c), c.FormValue("code"), s.network(c))
	if err != nil {
		if !correctable(err) && fault.KindOf(err) != fault.TooMany {
			return err
		}
		return s.showApp(c, statusOf(err), err)
	}
	return s.enrolled(c, token, codes, "account.done.app")
}

// enrolled goes on after a second factor was set up: the first time, to the recovery codes, which are shown this once.
func (s *Server) enrolled(c *fiber.Ctx, token identity.Token, codes identity.RecoveryCodes, message string) error {
	next := nextOf(c)
	if next == "/" {
		next = "/account"
	}
	if err := s.rises(c, token); err != nil {
		return err
	}
	if err := s.remember(c, token); err != nil {
		return err
	}
	if codes == nil {
		return s.done(c, next, message)
	}
	return s.page(c, fiber.StatusOK, frontend.CodesPage(s.view(c), frontend.Codes{All: codes, Next: next, First: true}))
}

// passkeyPage adds a passkey: the browser asks its owner for it.
func (s *Server) passkeyPage(c *fiber.Ctx) error {
	if _, err := s.fresh(c); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.AddPasskeyPage(s.view(c), frontend.PasskeyForm{Next: nextOf(c)}))
}

// newPasskey gives what the browser asks of a new passkey.
func (s *Server) newPasskey(c *fiber.Ctx) error {
	options, err := s.People.AddPasskey(c.UserContext(), sessionToken(c))
	if err != nil {
		return err
	}
	return sendJSON(c, options)
}

func (s *Server) addPasskey(c *fiber.Ctx) error {
	name := strings.TrimSpace(c.FormValue("name"))
	token, codes, err := s.People.PasskeyAdded(c.UserContext(), sessionToken(c), name, []byte(c.FormValue("response")))
	if err != nil {
		if !correctable(err) {
			return err
		}
		form := frontend.PasskeyForm{Name: name, Next: nextOf(c), Errors: frontend.ErrorsOf(s.printer(c), err)}
		return s.page(c, statusOf(err), frontend.AddPasskeyPage(s.view(c), form))
	}
	return s.enrolled(c, token, codes, "account.done.passkey")
}

// passkey gives the person's passkey that the address names, once their proof is fresh.
func (s *Server) passkey(c *fiber.Ctx) (identity.Passkey, error) {
	if _, err := s.fresh(c); err != nil {
		return identity.Passkey{}, err
	}
	factors, err := s.People.Factors(c.UserContext(), sessionToken(c))
	if err != nil {
		return identity.Passkey{}, err
	}
	at := slices.IndexFunc(factors.Passkeys, func(k identity.Passkey) bool { return k.ID == c.Params("key") })
	if at < 0 {
		return identity.Passkey{}, fault.NewNotFound("not-found")
	}
	return factors.Passkeys[at], nil
}

func (s *Server) namePasskeyPage(c *fiber.Ctx) error {
	key, err := s.passkey(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.NamePasskeyPage(s.view(c), frontend.PasskeyForm{ID: key.ID, Name: key.Name}))
}

func (s *Server) namePasskey(c *fiber.Ctx) error {
	form := frontend.PasskeyForm{ID: c.Params("key"), Name: c.FormValue("name")}
	if err := s.People.RenamePasskey(c.UserContext(), sessionToken(c), form.ID, form.Name); err != nil {
		if !correctable(err) {
			return err
		}
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
		return s.page(c, statusOf(err), frontend.NamePasskeyPage(s.view(c), form))
	}
	return s.done(c, "/account", "account.done.passkey-named")
}

func (s *Server) removePasskeyPage(c *fiber.Ctx) error {
	key, err := s.passkey(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.RemovePasskeyPage(s.view(c), key))
}

func (s *Server) removePasskey(c *fiber.Ctx) error {
	if err := s.People.RemovePasskey(c.UserContext(), sessionToken(c), c.Params("key")); err != nil {
		return err
	}
	return s.done(c, "/account", "account.done.passkey-removed")
}

func (s *Server) removeAppPage(c *fiber.Ctx) error {
	if _, err := s.fresh(c); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.RemoveAppPage(s.view(c)))
}

func (s *Server) removeApp(c *fiber.Ctx) error {
	if err := s.People.RemoveTOTP(c.UserContext(), sessionToken(c)); err != nil {
		return err
	}
	return s.done(c, "/account", "account.done.app-removed")
}

func (s *Server) renewCodesPage(c *fiber.Ctx) error {
	if _, err := s.fresh(c); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.RenewCodesPage(s.view(c)))
}

func (s *Server) renewCodes(c *fiber.Ctx) error {
	codes, err := s.People.RenewRecoveryCodes(c.UserContext(), sessionToken(c))
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.CodesPage(s.view(c), frontend.Codes{All: codes, Next: "/account"}))
}

var (
	recoveryCodeShape = regexp.MustCompile(`^[a-z2-7]{4}(-[a-z2-7]{4}){6}$`)
	maxRecoveryCodes  = 10
)

// downloadCodes gives back as a file the codes that a page shows: the portal itself keeps none that it could write again.
func (s *Server) downloadCodes(c *fiber.Ctx) error {
	codes := strings.Fields(c.FormValue("codes"))
	if len(codes) == 0 || len(codes) > maxRecoveryCodes || slices.ContainsFunc(codes, func(code string) bool { return !recoveryCodeShape.MatchString(code) }) {
		return fiber.ErrBadRequest
	}
	p := s.printer(c)
	text := p.T("account.codes.file.head") + "\r\n\r\n" + strings.Join(codes, "\r\n") + "\r\n"
	return attachment(c, p.T("account.codes.file"), fiber.MIMETextPlainCharsetUTF8, []byte(text))
}
