package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
)

// lostPage is for whoever has lost their password; without a mail server it says whom to ask.
func (s *Server) lostPage(c *fiber.Ctx) error {
	return s.page(c, fiber.StatusOK, frontend.LostPage(s.view(c), frontend.LostForm{CanMail: s.Options.Mail}))
}

// lost sends a link. The page that answers is the same whether somebody has that address or not.
func (s *Server) lost(c *fiber.Ctx) error {
	form := frontend.LostForm{Mail: strings.TrimSpace(c.FormValue("mail")), CanMail: s.Options.Mail}
	if !form.CanMail {
		return fiber.ErrNotFound
	}
	if err := s.People.AskRecovery(c.UserContext(), form.Mail, s.network(c)); err != nil {
		if !correctable(err) && fault.KindOf(err) != fault.TooMany {
			return err
		}
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
		return s.page(c, statusOf(err), frontend.LostPage(s.view(c), form))
	}
	return s.page(c, fiber.StatusOK, frontend.LostSentPage(s.view(c), form))
}

// recoverPage shows a button: opening the link uses nothing up.
func (s *Server) recoverPage(c *fiber.Ctx) error {
	if err := s.People.CheckRecovery(c.UserContext(), recoveryLink(c), s.network(c)); err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.RecoverPage(s.view(c), "/sign-in/recover/"+url.PathEscape(c.Params("token"))))
}

func recoveryLink(c *fiber.Ctx) identity.Token { return identity.Token(c.Params("token")) }

func (s *Server) recoverAccount(c *fiber.Ctx) error {
	session, err := s.People.Recover(c.UserContext(), recoveryLink(c), s.network(c))
	if err != nil {
		return err
	}
	return s.enter(c, session, "/")
}

// newPasswordPage is all that a session of a recovery link opens.
func (s *Server) newPasswordPage(c *fiber.Ctx) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	if own.State != identity.NewPassword {
		return c.Redirect("/", fiber.StatusSeeOther)
	}
	return s.page(c, fiber.StatusOK, frontend.NewPasswordPage(s.view(c), frontend.PasswordForm{Own: own, Min: identity.MinPassword}))
}

func (s *Server) newPassword(c *fiber.Ctx) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	token, err := s.People.ChooseNewPassword(c.UserContext(), sessionToken(c), c.FormValue("password"))
	switch {
	case err == nil:
		s.say(c, "account.done.password")
		return s.arrive(c, token, "/")
	case fault.KindOf(err) == fault.Forbidden: // it has waited too long: a new link
		if err := s.People.SignOut(c.UserContext(), sessionToken(c)); err != nil {
			return err
		}
		s.dropCookie(c, "session")
		return s.done(c, "/sign-in/lost", "account.lost.again")
	case !correctable(err):
		return err
	}
	form := frontend.PasswordForm{Own: own, Min: identity.MinPassword, Errors: frontend.ErrorsOf(s.printer(c), err)}
	return s.page(c, statusOf(err), frontend.NewPasswordPage(s.view(c), form))
}
