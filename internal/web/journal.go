package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
)

// maxPeople bounds how many people the search of a journal offers.
const maxPeople = 200

// may lets on only those who may do something where they act: the packages below it know tenants, not people.
func (s *Server) may(action identity.Action) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := identity.Require(actor(c), action, actor(c).Place()); err != nil {
			return err
		}
		return c.Next()
	}
}

// besideSettings is the view of a page that is reached from the settings, or from the region.
func (s *Server) besideSettings(c *fiber.Ctx) frontend.View {
	v := s.view(c)
	for i := range v.Nav {
		v.Nav[i].Current = v.Nav[i].Href == frontend.BesideHref(v)
	}
	return v
}

// journalPage shows who did what, 50 lines a page, the latest first.
func (s *Server) journalPage(c *fiber.Ctx) error {
	ctx, who := c.UserContext(), actor(c)
	zone := s.zone(c)
	view := frontend.JournalView{Search: journalSearch(c), Zone: zone, Now: s.Now()}
	filter, problems := journalFilter(view.Search, zone)
	view.Errors = frontend.ErrorsOf(s.printer(c), problems.OrNil())
	page, err := s.Journal.Search(ctx, who.Tenant(), filter, c.Query("after"))
	if err != nil {
		return err
	}
	view.Lines = page.Items
	if page.Next != "" {
		view.Pages.Next = view.Search.Href(frontend.JournalPath, page.Next)
	}
	if c.Query("after") != "" {
		view.Pages.Previous = view.Search.Href(frontend.JournalPath, "")
	}
	if view.Head, err = s.Journal.Head(ctx, who.Tenant()); err != nil {
		return err
	}
	if view.Check, err = s.Journal.LastCheck(ctx, who.Tenant()); err != nil {
		return err
	}
	if err := s.nameJournal(c, &view); err != nil {
		return err
	}
	status := fiber.StatusOK
	if len(problems) > 0 {
		status = fiber.StatusUnprocessableEntity
	}
	return s.page(c, status, frontend.JournalPage(s.besideSettings(c), view))
}

// nameJournal resolves what the lines of a page name by reference.
func (s *Server) nameJournal(c *fiber.Ctx, view *frontend.JournalView) (err error) {
	ctx, who := c.UserContext(), actor(c)
	if view.Who, err = s.Journal.People(ctx, who.Tenant(), maxPeople); err != nil {
		return err
	}
	people, services, suppliers := slices.Clone(view.Who), []string{}, []string{}
	for _, e := range view.Lines {
		people = append(people, e.Who, frontend.PersonOf(e.Object))
		services = append(services, frontend.ServiceOf(e.Object))
		suppliers = append(suppliers, frontend.SupplierOf(e.Object))
	}
	services = append(services, frontend.ServiceOf(view.Search.Object))
	if view.People, err = s.People.Names(ctx, who, distinct(people)); err != nil {
		return err
	}
	if view.Suppliers, err = s.Directory.Names(ctx, who, distinct(suppliers)); err != nil {
		return err
	}
	if who.Structure == "" {
		return nil // a region has no services of its own
	}
	view.Titles, err = s.Directory.Titles(ctx, who, distinct(services))
	return err
}

// distinct gives what is not empty of a list, once each.
func distinct(list []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
	slices.Sort(list)
	return slices.Compact(list)
}

func journalSearch(c *fiber.Ctx) frontend.JournalSearch {
	return frontend.JournalSearch{
		Who: c.Query("who"), Kind: c.Query("act"), Object: c.Query("object"), From: c.Query("from"), To: c.Query("to"),
	}
}

// journalFilter reads a search; its days are those of a zone, both of them in it.
func journalFilter(search frontend.JournalSearch, zone *time.Location) (journal.Filter, fault.Problems) {
	filter := journal.Filter{Who: search.Who, Kind: search.Kind, Object: search.Object}
	var problems fault.Problems
	for _, end := range []struct {
		field, typed string
		more         int
		into         *time.Time
	}{{"from", search.From, 0, &filter.From}, {"to", search.To, 1, &filter.To}} {
		if end.typed == "" {
			continue
		}
		date, err := content.ParseDate(end.typed)
		if err != nil {
			problems = append(problems, fault.Problem{Field: end.field, Key: "value.date", Args: []any{"value", end.typed}})
			continue
		}
		year, month, day := date.Parts()
		*end.into = time.Date(year, month, day+end.more, 0, 0, 0, 0, zone)
	}
	return filter, problems
}

// verifyJournal verifies the chain of the actor's journal, and keeps what was found for the page.
func (s *Server) verifyJournal(c *fiber.Ctx) error {
	found, err := s.Journal.CheckNow(c.UserContext(), actor(c).Tenant(), s.Now())
	if err != nil {
		return err
	}
	said := "web.journal-whole"
	if found.Broken > 0 {
		said = "" // the page says where, and what to do
	}
	return s.done(c, frontend.JournalPath+"#chain", said)
}

// exportJournal sends the lines of a search as they are read. When something fails on the way the connection is cut, so
// that nobody takes what came for the whole.
func (s *Server) exportJournal(format journal.Format, mediaType string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		zone := s.zone(c)
		filter, problems := journalFilter(journalSearch(c), zone)
		if len(problems) > 0 {
			return problems
		}
		ctx, done := context.WithTimeout(context.WithoutCancel(c.UserContext()), writeTimeout)
		out, in := io.Pipe()
		tenant, request := actor(c).Tenant(), incidentOf(c)
		go func() {
			defer done()
			_, err := s.Journal.Export(ctx, in, format, filter, tenant)
			if err != nil && !errors.Is(err, io.ErrClosedPipe) { // closed by a browser that went away
				s.Log.Error("export the journal", "request", request, "error", err.Error())
			}
			_ = in.CloseWithError(err) // of a pipe: it never fails
		}()
		name := fmt.Sprintf("%s-%s.%s", s.printer(c).T("trail.export.file"), s.Now().In(zone).Format(time.DateOnly), format)
		return attachedStream(c, name, mediaType, out)
	}
}
