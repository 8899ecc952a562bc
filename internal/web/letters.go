package web

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// The acts on letters that this package records: their package stands beside the journal's and cannot.
const (
	letterShown   = "letter.link-shown"
	letterSent    = "letter.sent-again"
	letterDropped = "letter.dropped"
)

// lettersPage shows the letters of the actor's structure, 50 a page. Those to people about their own accounts belong to
// nobody's structure, and are not among them.
func (s *Server) lettersPage(c *fiber.Ctx) error {
	zone := s.zone(c)
	view := frontend.LettersView{
		State: mail.State(c.Query("state")), Configured: s.Letters.Configured(), Zone: zone, Now: s.Now(),
		CanEdit: identity.Can(actor(c), identity.EditMail, actor(c).Place()),
	}
	if view.State != "" && !slices.Contains(mail.States(), view.State) {
		return fault.NewNotFound("not-found")
	}
	var err error
	if view.Counts, err = s.Letters.Counts(c.UserContext(), actor(c).Tenant()); err != nil {
		return err
	}
	page, err := s.Letters.List(c.UserContext(), actor(c).Tenant(), view.State, c.Query("after"))
	if err != nil {
		return err
	}
	view.Letters = page.Items
	if page.Next != "" {
		view.Pages.Next = frontend.LettersHref(view.State, page.Next)
	}
	if c.Query("after") != "" {
		view.Pages.Previous = frontend.LettersHref(view.State, "")
	}
	return s.page(c, fiber.StatusOK, frontend.LettersPage(s.besideSettings(c), view))
}

// letterNote keeps in the journal what the actor does to a letter, in the same write.
func (s *Server) letterNote(c *fiber.Ctx, kind string) mail.Note {
	act := actor(c).Act(kind, s.Now())
	return func(events *outbox.Pending) error { return journal.Record(events, act) }
}

// showLetterLink shows the link of one letter to whoever asked for it.
func (s *Server) showLetterLink(c *fiber.Ctx) error {
	entry, err := s.Letters.Find(c.UserContext(), actor(c).Tenant(), c.Params("letter"))
	if err != nil {
		return err
	}
	link, err := s.Letters.Link(c.UserContext(), actor(c).Tenant(), entry.ID, s.letterNote(c, letterShown))
	if err != nil {
		return err
	}
	v := s.besideSettings(c)
	v.Path = frontend.LettersPath // a change of language does not ask for the link again
	return s.page(c, fiber.StatusOK, frontend.LetterLinkPage(v, entry, link))
}

// moveLetter sends a letter again, or drops it.
func (s *Server) moveLetter(kind, said string, move func(context.Context, store.Tenant, string, mail.Note) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := move(c.UserContext(), actor(c).Tenant(), c.Params("letter"), s.letterNote(c, kind)); err != nil {
			return err
		}
		return s.done(c, frontend.LettersPath, said)
	}
}

func (s *Server) dropLetterPage(c *fiber.Ctx) error {
	entry, err := s.Letters.Find(c.UserContext(), actor(c).Tenant(), c.Params("letter"))
	if err != nil {
		return err
	}
	if !entry.CanDrop {
		return fault.NewConflict("mail.over")
	}
	return s.page(c, fiber.StatusOK, frontend.DropLetterPage(s.besideSettings(c), entry))
}
