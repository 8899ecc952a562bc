package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
)

// builder reads the annex and the place in it that a request is about.
func (s *Server) builder(c *fiber.Ctx, param func(string) string) (frontend.Builder, error) {
	view, err := s.Annexes.View(c.UserContext(), actor(c), c.Params("service"), s.printer(c).Language())
	if err != nil {
		return frontend.Builder{}, err
	}
	who := actor(c)
	b := frontend.Builder{
		View: view, Library: view.Library, Family: param("family"), Clause: param("clause"), Search: param("q"), All: param("all") != "",
		CanEdit: identity.Can(who, identity.EditAnnex, who.Structure), Now: s.Now(), Verifying: s.verifying, Typed: map[string]string{},
	}
	if found, ok := b.Library.Clause(b.Clause); ok && b.Family == "" {
		b.Family = found.Family
	}
	if _, ok := b.Library.Family(b.Family); !ok {
		b.Family = b.Library.Families[0].ID
		if chapters := view.Document.Chapters; len(chapters) > 0 {
			b.Family = chapters[0].Family
		}
	}
	return b, nil
}

// verifying names the questions that verify a clause.
func (s *Server) verifying(clauseID string) []string {
	var ids []string
	for _, q := range s.Questions.Verifying(clauseID) {
		ids = append(ids, q.ID)
	}
	return ids
}

func query(c *fiber.Ctx) func(string) string {
	return func(name string) string { return c.Query(name) }
}

func form(c *fiber.Ctx) func(string) string {
	return func(name string) string { return c.FormValue(name) }
}

func (s *Server) builderPage(c *fiber.Ctx) error {
	b, err := s.builder(c, query(c))
	if err != nil {
		return s.notFramed(c, err)
	}
	return s.page(c, fiber.StatusOK, frontend.BuilderPage(s.view(c), b))
}

// notFramed leads to the framing whoever comes too early to the annex.
func (s *Server) notFramed(c *fiber.Ctx, err error) error {
	if f, ok := fault.As(err); ok && f.Key == "annex.not-framed" {
		return c.Redirect("/services/"+c.Params("service")+"/framing", fiber.StatusSeeOther)
	}
	return err
}

// editAnnex takes the form of one clause: whether it is kept, why not, and its values. What is typed and refused is shown
// again; what is right is kept.
func (s *Server) editAnnex(c *fiber.Ctx) error {
	before, err := s.builder(c, form(c))
	if err != nil {
		return s.notFramed(c, err)
	}
	found, ok := before.Library.Clause(c.FormValue("clause"))
	if !ok {
		return fault.NewNotFound("annex.unknown-clause", "id", c.FormValue("clause"))
	}
	version := formVersion(c)
	var refused []error
	var fields []string
	for _, edit := range s.edits(c, before, found) {
		err := s.Annexes.Edit(c.UserContext(), actor(c), c.Params("service"), version, edit)
		if err == nil {
			continue
		}
		if !correctable(err) {
			return err
		}
		refused = append(refused, err)
		fields = append(fields, editField(edit))
	}
	return s.edited(c, found, refused, fields)
}

func editField(e annex.Edit) string {
	if e.Kind == annex.SetValue || e.Kind == annex.Restore {
		return "value." + e.Subject
	}
	return "reason." + e.Subject
}

// edits are the changes that a clause's form asks for, compared with what the annex holds.
func (s *Server) edits(c *fiber.Ctx, b frontend.Builder, found *clause.Clause) []annex.Edit {
	if name := c.FormValue("restore"); name != "" {
		return []annex.Edit{{Kind: annex.Restore, Subject: name}}
	}
	var edits []annex.Edit
	reason := strings.TrimSpace(c.FormValue("reason." + found.ID))
	kept := c.FormValue("kept") != ""
	was, dropped := b.View.Removal(found.ID)
	switch {
	case kept && !b.View.Retained(found.ID):
		edits = append(edits, annex.Edit{Kind: annex.Keep, Subject: found.ID})
	case !kept && (b.View.Retained(found.ID) || dropped && reason != was):
		return append(edits, annex.Edit{Kind: annex.Drop, Subject: found.ID, Text: reason})
	}
	for _, name := range found.Variables {
		variable, ok := b.Library.Variable(name)
		if !ok || !c.Request().PostArgs().Has("value."+name) {
			continue
		}
		typed := strings.TrimSpace(c.FormValue("value." + name))
		if current := b.Current(variable); normal(variable, typed) != normal(variable, current) {
			edits = append(edits, annex.Edit{Kind: annex.SetValue, Subject: name, Text: typed})
		}
	}
	return edits
}

// normal gives a value its one form, or as it is when it has none.
func normal(v *clause.Variable, raw string) string {
	if value, err := v.Parse(raw); err == nil {
		return value
	}
	return "\x00" + raw
}

// edited answers a change: the parts that it touched to a script, the page again to a reader without one.
func (s *Server) edited(c *fiber.Ctx, found *clause.Clause, refused []error, fields []string) error {
	live := c.Get("HX-Request") != ""
	status := fiber.StatusOK
	b, err := s.builder(c, form(c))
	if err != nil {
		return err
	}
	b.Clause = found.ID
	for i, err := range refused {
		b.Typed[fields[i]] = c.FormValue(fields[i])
		f, _ := fault.As(err)
		if f != nil && f.Key == "annex.removal-reason" && live {
			b.AskedFor = found.ID // the box was just unticked: the reason is being asked for, nothing is wrong yet
			continue
		}
		status = max(status, statusOf(err))
		if f != nil && f.Key == "annex.removal-reason" {
			b.AskedFor = found.ID
		}
		b.Errors = append(b.Errors, frontend.FieldError{Field: fields[i], Message: s.printer(c).Error(err)})
	}
	if live {
		b.Fragment = true
		at := slices.IndexFunc(b.View.Recommendations, func(r clause.Recommendation) bool { return r.Clause.ID == found.ID })
		return s.page(c, status, frontend.BuilderChanges(s.view(c), b, b.Row(s.view(c), b.View.Recommendations[at])))
	}
	if status != fiber.StatusOK {
		return s.page(c, status, frontend.BuilderPage(s.view(c), b))
	}
	return s.done(c, builderAddress(c, found.ID), "web.saved")
}

// builderAddress is where the reader was in the builder.
func builderAddress(c *fiber.Ctx, clauseID string) string {
	place := url.Values{}
	for _, name := range []string{"family", "all", "q"} {
		if value := c.FormValue(name); value != "" {
			place.Set(name, value)
		}
	}
	address := "/services/" + c.Params("service") + "/annex?" + place.Encode()
	if clauseID != "" {
		address += "#clause-" + clauseID
	}
	return address
}

func (s *Server) undoAnnex(c *fiber.Ctx) error {
	if err := s.Annexes.Undo(c.UserContext(), actor(c), c.Params("service"), formVersion(c)); err != nil {
		return err
	}
	return s.done(c, builderAddress(c, ""), "web.undone")
}

func (s *Server) downloadWord(c *fiber.Ctx) error {
	lang := s.documentLanguage(c)
	data, err := s.Annexes.Render(c.UserContext(), actor(c), c.Params("service"), lang)
	if err != nil {
		return err
	}
	return s.attach(c, "annex.file.annex", "docx", wordType, data)
}

func (s *Server) downloadHTML(c *fiber.Ctx) error {
	view, err := s.Annexes.View(c.UserContext(), actor(c), c.Params("service"), s.documentLanguage(c))
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := frontend.AnnexFile(s.Words.In(view.Document.Language), view.Document).Render(c.UserContext(), &b); err != nil {
		return err
	}
	return s.attach(c, "annex.file.annex", "html", fiber.MIMETextHTMLCharsetUTF8, []byte(b.String()))
}

func (s *Server) downloadChoices(c *fiber.Ctx) error {
	data, err := s.Annexes.RenderChoices(c.UserContext(), actor(c), c.Params("service"), s.documentLanguage(c))
	if err != nil {
		return err
	}
	return s.attach(c, "annex.file.choices", "docx", wordType, data)
}

const wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// documentLanguage is the language of a downloaded document: the one asked for, or else the reader's.
func (s *Server) documentLanguage(c *fiber.Ctx) locale.Language {
	if lang, ok := locale.ParseLanguage(c.Query("language")); ok {
		return lang
	}
	return s.printer(c).Language()
}

// attach names a download after the service's contract.
func (s *Server) attach(c *fiber.Ctx, name, extension, mediaType string, data []byte) error {
	return s.attachNamed(c, s.printer(c).T(name), extension, mediaType, data)
}

// attachNamed is attach with the name itself, not its key.
func (s *Server) attachNamed(c *fiber.Ctx, name, extension, mediaType string, data []byte) error {
	service, err := s.Directory.Service(c.UserContext(), actor(c), c.Params("service"))
	if err != nil {
		return err
	}
	about := service.Contract.Reference
	if about == "" {
		about = service.Title
	}
	return attachment(c, name+" "+about+"."+extension, mediaType, data)
}
