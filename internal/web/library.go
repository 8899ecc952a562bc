package web

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/questionnaire"
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
	shown := s.libraryClause(chosen)
	shown.Previous, shown.Next = around(s.Clauses.Clauses(), chosen)
	if who := actor(c); who.Place() != "" {
		var err error
		if shown.Ours, err = s.Wordings.Words(c.UserContext(), who, id); err != nil {
			return err
		}
	}
	return s.page(c, fiber.StatusOK, frontend.LibraryClausePage(s.view(c), shown))
}

// libraryClause is a version of a clause with what the library knows of it.
func (s *Server) libraryClause(version *clause.Clause) frontend.LibraryClause {
	shown := frontend.LibraryClause{
		Library: s.Clauses, Clause: version, Questions: s.Questions.Verifying(version.ID), Versions: s.Clauses.Versions(version.ID),
	}
	shown.Family, _ = s.Clauses.Family(version.Family)
	return shown
}

// around gives what stands before and after one of several; nil at the ends.
func around[T any](all []*T, one *T) (previous, next *T) {
	at := slices.Index(all, one)
	if at > 0 {
		previous = all[at-1]
	}
	if at >= 0 && at+1 < len(all) {
		next = all[at+1]
	}
	return previous, next
}

// versionOf picks a version by the number in the address, as it is written there: 1, not 01.
func versionOf[T any](c *fiber.Ctx, all []*T) (*T, error) {
	for i, version := range all {
		if c.Params("version") == strconv.Itoa(i+1) {
			return version, nil
		}
	}
	return nil, fault.NewNotFound("library.no-version", "id", c.Params("id"), "version", c.Params("version"))
}

func (s *Server) clauseVersionPage(c *fiber.Ctx) error {
	all := s.Clauses.Versions(c.Params("id"))
	chosen, err := versionOf(c, all)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.LibraryVersionPage(s.view(c), frontend.LibraryVersion{LibraryClause: s.libraryClause(chosen), Current: all[len(all)-1]}))
}

func (s *Server) questionPage(c *fiber.Ctx) error {
	id := c.Params("id")
	chosen, ok := s.Questions.Question(id)
	if !ok {
		if _, known := s.Questions.Question(strings.ToUpper(id)); known {
			return c.Redirect("/library/questions/"+strings.ToUpper(id), fiber.StatusMovedPermanently)
		}
		return fault.NewNotFound("library.no-question", "id", id)
	}
	shown := s.libraryQuestion(chosen)
	shown.Previous, shown.Next = around(s.Questions.Questions(), chosen)
	if who := actor(c); who.Place() != "" {
		var err error
		if shown.Ours, err = s.Askings.Words(c.UserContext(), who, id); err != nil {
			return err
		}
	}
	return s.page(c, fiber.StatusOK, frontend.LibraryQuestionPage(s.view(c), shown))
}

func (s *Server) questionVersionPage(c *fiber.Ctx) error {
	chosen, err := versionOf(c, s.Questions.Versions(c.Params("id")))
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.LibraryQuestionPage(s.view(c), s.libraryQuestion(chosen)))
}

// libraryQuestion is a version of a question with what the library knows of it.
func (s *Server) libraryQuestion(version *questionnaire.Question) frontend.LibraryQuestion {
	shown := frontend.LibraryQuestion{Shelf: s.shelf(), Question: version, Versions: s.Questions.Versions(version.ID)}
	for _, d := range s.Questions.Domains {
		if d.ID == version.Domain {
			shown.Domain = d
		}
	}
	return shown
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
