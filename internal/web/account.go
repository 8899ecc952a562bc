package web

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
)

// accountRoutes are the pages of one's own account. Those of the second factor are open to whoever has to set one up first.
func (s *Server) accountRoutes() {
	s.app.Get("/account/confirm", s.confirmPage)
	s.app.Post("/account/confirm", s.confirm)
	s.app.Post("/account/confirm/passkey", s.confirm)
	s.app.Post("/account/confirm/with/:issuer", s.confirmAt)
	s.app.Post("/account/confirm/passkey/options", s.askOwnPasskey)
	s.app.Get("/account/second-factor", s.freshly("", s.factorPage))
	s.app.Get("/account/second-factor/app", s.freshly("", s.appPage))
	s.app.Post("/account/second-factor/app", s.freshly("", s.addApp))
	s.app.Get("/account/second-factor/app/code.svg", s.appImage)
	s.app.Get("/account/second-factor/passkey", s.freshly("", s.passkeyPage))
	s.app.Post("/account/second-factor/passkey", s.freshly("", s.addPasskey))
	s.app.Post("/account/second-factor/passkey/options", s.newPasskey)
	s.app.Post("/account/second-factor/codes", s.downloadCodes)

	s.app.Get("/account", s.accountPage)
	s.app.Get("/account/mail", s.mailPage)
	s.app.Post("/account/mail", s.chooseMail)
	s.app.Get("/account/name", s.freshly("", s.namePage))
	s.app.Post("/account/name", s.freshly("", s.changeName))
	s.app.Get("/account/address", s.freshly("", s.addressPage))
	s.app.Post("/account/address", s.freshly("", s.askAddress))
	s.app.Get("/account/address/:token", s.freshly("", s.newAddressPage))
	s.app.Post("/account/address/:token", s.freshly("", s.confirmAddress))
	s.app.Get("/account/data", s.freshly("", s.dataPage))
	s.app.Post("/account/data", s.freshly("", s.downloadData))
	s.app.Get("/account/erase", s.freshly("", s.erasePage))
	s.app.Post("/account/erase", s.freshly("", s.erase))
	s.app.Get("/account/password", s.passwordPage)
	s.app.Post("/account/password", s.freshly("", s.changePassword))
	s.app.Get("/account/app/remove", s.freshly("", s.removeAppPage))
	s.app.Post("/account/app/remove", s.freshly("", s.removeApp))
	s.app.Get("/account/codes", s.freshly("", s.renewCodesPage))
	s.app.Post("/account/codes", s.freshly("", s.renewCodes))
	s.app.Get("/account/passkeys/:key", s.freshly("", s.namePasskeyPage))
	s.app.Post("/account/passkeys/:key", s.freshly("", s.namePasskey))
	s.app.Get("/account/passkeys/:key/remove", s.freshly("", s.removePasskeyPage))
	s.app.Post("/account/passkeys/:key/remove", s.freshly("", s.removePasskey))
	s.app.Post("/account/issuers/:issuer", s.freshly("/account", s.bindAccount))
	s.app.Get("/account/issuers/accounts/:account/remove", s.freshly("", s.unbindPage))
	s.app.Post("/account/issuers/accounts/:account/remove", s.freshly("", s.unbind))
	s.app.Post("/account/devices/others/end", s.freshly("/account", s.endOtherDevices))
	s.app.Post("/account/devices/:device/end", s.freshly("/account", s.endDevice))
}

// freshly sends a reader whose last proof is too old for a sensitive act to give one, and back: to the page of the act, or
// to the one named.
func (s *Server) freshly(back string, act fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		err := act(c)
		refused, ok := fault.As(err)
		if !ok || refused.Kind != fault.Forbidden {
			return err
		}
		to := back
		if to == "" {
			to = withNext(c.Path(), nextOf(c))
		}
		switch refused.Key {
		case "identity.fresh":
			return c.Redirect(withNext("/account/confirm", to), fiber.StatusSeeOther)
		case "identity.second-factor":
			return c.Redirect(withNext("/sign-in/second", to), fiber.StatusSeeOther)
		}
		return err
	}
}

// fresh refuses a page that leads to a sensitive act while the last proof is too old for it, so that the proof is asked for
// before the work, not after.
func (s *Server) fresh(c *fiber.Ctx) (identity.OwnAccount, error) {
	own, err := s.own(c)
	if err == nil && !own.Fresh {
		err = fault.NewForbidden("identity.fresh")
	}
	return own, err
}

// proved is freshly for an act that does not ask by itself: who may do what, and taking a whole journal away (OWASP ASVS 5.0.0
// 7.5.3). What is read is come back to as it was asked for.
func (s *Server) proved(back string, act fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		to := back
		if c.Method() == fiber.MethodGet {
			to = c.OriginalURL()
		}
		return s.freshly(to, func(c *fiber.Ctx) error {
			if _, err := s.fresh(c); err != nil {
				return err
			}
			return act(c)
		})(c)
	}
}

// confirmPage asks anew for a proof that it is really them.
func (s *Server) confirmPage(c *fiber.Ctx) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	if own.Fresh {
		return c.Redirect(nextOf(c), fiber.StatusSeeOther)
	}
	form, err := s.confirmForm(c, nextOf(c))
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.ConfirmProofPage(s.view(c), form))
}

// confirmForm asks for a proof in one of the ways that the person has, an issuer among them.
func (s *Server) confirmForm(c *fiber.Ctx, next string) (frontend.ProofForm, error) {
	own, err := s.own(c)
	if err != nil {
		return frontend.ProofForm{}, err
	}
	with := c.Query("with")
	if c.Method() == fiber.MethodPost {
		with = c.FormValue("with")
	}
	form, err := s.proofForm(c, "/account/confirm", with, own.Password)
	if err != nil {
		return form, err
	}
	form.Next = next
	accounts, err := s.People.Accounts(c.UserContext(), sessionToken(c))
	for _, a := range accounts {
		if i := s.issuer(a.Issuer); i.ID != "" && !slices.ContainsFunc(form.Issuers, func(x identity.Issuer) bool { return x.ID == i.ID }) {
			form.Issuers = append(form.Issuers, i)
		}
	}
	return form, err
}

func (s *Server) confirm(c *fiber.Ctx) error {
	token, err := s.prove(c)
	if err == nil {
		if err := s.rises(c, token); err != nil {
			return err
		}
		return c.Redirect(nextOf(c), fiber.StatusSeeOther)
	}
	form, failed := s.confirmForm(c, nextOf(c))
	if failed != nil {
		return failed
	}
	if form, failed = s.unproved(c, err, form); failed != nil {
		return failed
	}
	return s.page(c, statusOf(err), frontend.ConfirmProofPage(s.view(c), form))
}

// accountPage is what a person has to know and may change of their own account.
func (s *Server) accountPage(c *fiber.Ctx) error {
	page, err := s.account(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.AccountPage(s.view(c), page))
}

func (s *Server) account(c *fiber.Ctx) (frontend.AccountView, error) {
	page := frontend.AccountView{Now: s.Now(), Zone: s.zone(c), PasskeysHere: s.People.Passkeys(), Issuers: s.People.Issuers()}
	var err error
	if page.Own, err = s.own(c); err != nil {
		return page, err
	}
	if page.Factors, err = s.People.Factors(c.UserContext(), sessionToken(c)); err != nil {
		return page, err
	}
	if page.Accounts, err = s.People.Accounts(c.UserContext(), sessionToken(c)); err != nil {
		return page, err
	}
	page.Devices, err = s.People.OpenSessions(c.UserContext(), sessionToken(c))
	return page, err
}

// zone is that of the structure that the reader works in.
func (s *Server) zone(c *fiber.Ctx) *time.Location {
	if structure, err := s.People.Structure(c.UserContext(), actor(c)); err == nil {
		return structure.Location()
	}
	return (&identity.Structure{}).Location()
}

func (s *Server) passwordPage(c *fiber.Ctx) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.PasswordPage(s.view(c), frontend.PasswordForm{Own: own, Min: identity.MinPassword}))
}

func (s *Server) changePassword(c *fiber.Ctx) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	token, err := s.People.ChangePassword(c.UserContext(), sessionToken(c), c.FormValue("current"), c.FormValue("password"), s.network(c))
	if err != nil {
		if !correctable(err) && fault.KindOf(err) != fault.TooMany {
			return err
		}
		form := frontend.PasswordForm{Own: own, Min: identity.MinPassword, Errors: frontend.ErrorsOf(s.printer(c), err)}
		return s.page(c, statusOf(err), frontend.PasswordPage(s.view(c), form))
	}
	if err := s.rises(c, token); err != nil {
		return err
	}
	return s.done(c, "/account", "account.done.password")
}

func (s *Server) endDevice(c *fiber.Ctx) error {
	if err := s.People.EndSession(c.UserContext(), sessionToken(c), c.Params("device")); err != nil {
		return err
	}
	return s.done(c, "/account", "account.done.device")
}

func (s *Server) endOtherDevices(c *fiber.Ctx) error {
	if _, err := s.People.EndOtherSessions(c.UserContext(), sessionToken(c)); err != nil {
		return err
	}
	return s.done(c, "/account", "account.done.devices")
}
