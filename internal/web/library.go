package web

import (
	"slices"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
)

// The library is public reading: these pages ask nothing of the store but who is signed in.

func (s *Server) shelf() frontend.LibraryShelf {
	return frontend.LibraryShelf{Clauses: s.Clauses, Questions: s.Questions}
}

func (s *Server) libraryPage(c *fiber.Ctx) error {
	return s.page(c, fiber.StatusOK, frontend.LibraryPage(s.view(c), s.shelf()))
}

// librarySearch answers a search, within a filter or not, as a page or as the fragment that the search box swaps in while
// one types. An empty search shows what the filter keeps; without a filter, the shelves again.
func (s *Server) librarySearch(c *fiber.Ctx) error {
	query := cleanQuery(c.Query("q"))
	c.Vary("HX-Request")
	fragment := c.Get("HX-Request") != "" && c.Get("HX-History-Restore-Request") == ""
	filter := frontend.ReadLibraryFilter(s.Clauses, func(name string) string { return c.Query(name) })
	if query == "" && filter == (frontend.LibraryFilter{}) && !fragment {
		return c.Redirect("/library", fiber.StatusSeeOther)
	}
	found := s.search.find(s.printer(c).Language(), query)
	if query == "" {
		found = s.search.all(s.printer(c).Language())
	}
	narrow(&found, s.Clauses, filter)
	if fragment {
		return s.page(c, fiber.StatusOK, frontend.LibraryFragment(s.view(c), s.shelf(), found))
	}
	return s.page(c, fiber.StatusOK, frontend.LibrarySearchPage(s.view(c), found))
}

// narrow keeps of what was found what a filter keeps. Questions have no level or door of their own: a filter leaves them out.
func narrow(found *frontend.LibraryFound, library *clause.Library, filter frontend.LibraryFilter) {
	found.Library, found.Filter = library, filter
	for _, c := range found.Clauses {
		found.Among = append(found.Among, c.Clause)
	}
	if filter == (frontend.LibraryFilter{}) {
		return
	}
	found.Questions = nil
	found.Clauses = slices.DeleteFunc(found.Clauses, func(c frontend.FoundClause) bool { return !filter.Holds(c.Clause) })
}

// cleanQuery keeps of what was typed the text, on one line and no longer than is read.
func cleanQuery(typed string) string {
	typed = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(typed, ""))
	if runes := []rune(typed); len(runes) > maxQuery {
		typed = string(runes[:maxQuery])
	}
	return strings.Join(strings.Fields(typed), " ")
}

func (s *Server) familyPage(c *fiber.Ctx) error {
	id := c.Params("family")
	family, ok := s.Clauses.Family(id)
	if !ok {
		if _, known := s.Clauses.Family(strings.ToUpper(id)); known {
			return c.Redirect("/library/families/"+strings.ToUpper(id), fiber.StatusMovedPermanently)
		}
		return fault.NewNotFound("library.no-family", "id", id)
	}
	return s.page(c, fiber.StatusOK, frontend.LibraryFamilyPage(s.view(c), frontend.LibraryFamily{Library: s.Clauses, Family: family}))
}

func (s *Server) clausePage(c *fiber.Ctx) error {
	id := c.Params("id")
	chosen, ok := s.Clauses.Clause(id)
	if !ok {
		if _, known := s.Clauses.Clause(strings.ToUpper(id)); known {
			return c.Redirect("/library/clauses/"+strings.ToUpper(id), fiber.StatusMovedPermanently)
		}
		return fault.NewNotFound("library.no-clause", "id", id)
	}
	shown := frontend.LibraryClause{Library: s.Clauses, Clause: chosen, Questions: s.Questions.Verifying(id)}
	shown.Family, _ = s.Clauses.Family(chosen.Family)
	all := s.Clauses.Clauses()
	for i, other := range all {
		if other != chosen {
			continue
		}
		if i > 0 {
			shown.Previous = all[i-1]
		}
		if i+1 < len(all) {
			shown.Next = all[i+1]
		}
	}
	return s.page(c, fiber.StatusOK, frontend.LibraryClausePage(s.view(c), shown))
}

func (s *Server) variablesPage(c *fiber.Ctx) error {
	return s.page(c, fiber.StatusOK, frontend.LibraryVariablesPage(s.view(c), s.Clauses))
}

func (s *Server) referencesPage(c *fiber.Ctx) error {
	return s.page(c, fiber.StatusOK, frontend.LibraryReferencesPage(s.view(c), s.Clauses))
}

func (s *Server) questionsPage(c *fiber.Ctx) error {
	return s.page(c, fiber.StatusOK, frontend.LibraryQuestionsPage(s.view(c), s.shelf()))
}
