package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
)

// readAnnexPage shows the whole annex, with the versions that were kept of it.
func (s *Server) readAnnexPage(c *fiber.Ctx) error {
	return s.showAnnex(c, fiber.StatusOK, nil)
}

func (s *Server) showAnnex(c *fiber.Ctx, status int, errs frontend.Errors) error {
	view, err := s.Annexes.View(c.UserContext(), actor(c), c.Params("service"), s.printer(c).Language())
	if err != nil {
		return s.notFramed(c, err)
	}
	versions, err := s.Annexes.Versions(c.UserContext(), actor(c), c.Params("service"))
	if err != nil {
		return err
	}
	who := actor(c)
	return s.page(c, status, frontend.ReadingPage(s.view(c), frontend.Reading{
		View: view, Versions: versions, Choices: identity.Can(who, identity.ReadChoices, who.Structure),
		CanFreeze: identity.Can(who, identity.EditAnnex, who.Structure), Now: s.Now(), Errors: errs,
	}))
}

// freezeAnnex keeps the annex as it was read, in the language that it was read in.
func (s *Server) freezeAnnex(c *fiber.Ctx) error {
	page := func(d *annex.Document) ([]byte, error) {
		var b strings.Builder
		if err := frontend.AnnexFile(s.Words.In(d.Language), d).Render(c.UserContext(), &b); err != nil {
			return nil, err
		}
		return []byte(b.String()), nil
	}
	_, err := s.Annexes.Freeze(c.UserContext(), actor(c), c.Params("service"), formVersion(c), s.documentLanguage(c), page)
	if err != nil && correctable(err) {
		return s.showAnnex(c, statusOf(err), frontend.ErrorsOf(s.printer(c), err))
	}
	if err != nil {
		return err
	}
	return s.done(c, "/services/"+c.Params("service")+"/annex/read#versions", "web.frozen")
}

// downloadVersion gives a document of a version as it was made.
func (s *Server) downloadVersion(page bool, extension, mediaType string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		number, err := strconv.Atoi(c.Params("number"))
		if err != nil {
			return fault.NewNotFound("not-found")
		}
		version, data, err := s.Annexes.VersionFile(c.UserContext(), actor(c), c.Params("service"), number, page)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%s %s v%d.%s", s.printer(c).T("annex.file.annex"), version.Title, version.Number, extension)
		return attachment(c, name, mediaType, data)
	}
}
