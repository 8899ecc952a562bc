package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// downloadModel gives a document model filled in for a service.
func (s *Server) downloadModel(c *fiber.Ctx) error {
	lang := s.documentLanguage(c)
	form, data, err := s.Annexes.RenderModel(c.UserContext(), actor(c), c.Params("service"), c.Params("model"), lang)
	if err != nil {
		return s.notFramed(c, err)
	}
	return s.attachNamed(c, locale.Typography(lang, form.Model.Title.In(lang)), "docx", wordType, data)
}

// blankModel gives a document model to fill in by hand: public reading, as the rest of the library.
func (s *Server) blankModel(c *fiber.Ctx) error {
	model, ok := s.Clauses.Model(c.Params("model"))
	if !ok {
		return fault.NewNotFound("model.unknown", "id", c.Params("model"))
	}
	lang := s.documentLanguage(c)
	data, err := s.Annexes.BlankForm(model, lang).Word(s.Words.In(lang))
	if err != nil {
		return err
	}
	return attachment(c, locale.Typography(lang, model.Title.In(lang))+".docx", wordType, data)
}

// downloadFlyer gives the flyer for a service, as Word or as HTML ready to print.
func (s *Server) downloadFlyer(c *fiber.Ctx) error {
	lang := s.documentLanguage(c)
	flyer, err := s.Annexes.Flyer(c.UserContext(), actor(c), c.Params("service"), lang)
	if err != nil {
		return s.notFramed(c, err)
	}
	words := s.Words.In(lang)
	if strings.HasSuffix(c.Path(), ".html") {
		var b strings.Builder
		if err := frontend.FlyerFile(words, flyer).Render(c.UserContext(), &b); err != nil {
			return err
		}
		return s.attachNamed(c, words.T("flyer.name"), "html", fiber.MIMETextHTMLCharsetUTF8, []byte(b.String()))
	}
	data, err := flyer.Word(words)
	if err != nil {
		return err
	}
	return s.attachNamed(c, words.T("flyer.name"), "docx", wordType, data)
}
