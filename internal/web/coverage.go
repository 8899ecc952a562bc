package web

import (
	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/coverage"
	"github.com/garant-sante/garant/internal/fault"
)

// coveragesPage lists the frameworks that the library is held against. It is public reading, as all of the library is.
func (s *Server) coveragesPage(c *fiber.Ctx) error {
	return s.page(c, fiber.StatusOK, frontend.LibraryCoveragesPage(s.view(c), coverage.All(s.Clauses, s.Questions)))
}

// coveragePage shows what answers each item of a framework.
func (s *Server) coveragePage(c *fiber.Ctx) error {
	id := c.Params("framework")
	shown, ok := coverage.Of(s.Clauses, s.Questions, id)
	if !ok {
		return fault.NewNotFound("coverage.no-framework", "id", id)
	}
	return s.page(c, fiber.StatusOK, frontend.LibraryCoveragePage(s.view(c), frontend.LibraryCoverage{Library: s.Clauses, Shown: shown}))
}
