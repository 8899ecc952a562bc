package web

import (
	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/mail"
)

// mailPage shows which messages a person receives, and how.
func (s *Server) mailPage(c *fiber.Ctx) error {
	chosen, err := s.Letters.Preferences(c.UserContext(), actor(c).Person)
	if err != nil {
		return err
	}
	form := frontend.MailForm{Choices: map[mail.Kind]mail.Choice{}}
	for _, kind := range mail.Optional() {
		form.Choices[kind] = chosen.Choice(kind)
	}
	return s.page(c, fiber.StatusOK, frontend.MailPage(s.view(c), form))
}

// chooseMail keeps how the person of the session wants each kind of message. A choice that a kind does not allow keeps
// nothing.
func (s *Server) chooseMail(c *fiber.Ctx) error {
	form := frontend.MailForm{Choices: map[mail.Kind]mail.Choice{}}
	for _, kind := range mail.Optional() {
		form.Choices[kind] = mail.Choice(c.FormValue(string(kind)))
	}
	for _, kind := range mail.Optional() {
		err := s.Letters.Choose(c.UserContext(), actor(c).Person, kind, form.Choices[kind])
		if err == nil {
			continue
		}
		if !correctable(err) {
			return err
		}
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
		form.Errors[0].Field = string(kind)
		return s.page(c, statusOf(err), frontend.MailPage(s.view(c), form))
	}
	return s.done(c, "/account", "account.done.mail")
}
