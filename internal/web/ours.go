package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
)

// oursPage lists the clauses that the structure words itself.
func (s *Server) oursPage(c *fiber.Ctx) error {
	who := actor(c)
	entries, err := s.Wordings.List(c.UserContext(), who)
	if err != nil {
		return err
	}
	structure, err := s.People.Structure(c.UserContext(), who)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.OursPage(s.view(c), frontend.Ours{
		Entries: entries, CanEdit: identity.Can(who, identity.EditClauses, who.Structure), Now: s.Now(), Zone: structure.Location(),
	}))
}

// ourClause reads the clause that a request is about.
func (s *Server) ourClause(c *fiber.Ctx) (frontend.OurClause, error) {
	who := actor(c)
	entry, err := s.Wordings.Entry(c.UserContext(), who, c.Params("id"))
	if err != nil {
		return frontend.OurClause{}, err
	}
	structure, err := s.People.Structure(c.UserContext(), who)
	if err != nil {
		return frontend.OurClause{}, err
	}
	o := frontend.OurClause{
		Entry: entry, CanEdit: identity.Can(who, identity.EditClauses, who.Structure), Now: s.Now(), Zone: structure.Location(),
	}
	library, err := s.Wordings.Library(c.UserContext(), who)
	if err != nil {
		return o, err
	}
	o.Found.Library = library
	o.Found.Clause, _ = library.Clause(entry.ID)
	return o, nil
}

// wordingPage shows the form of a clause, or the clause itself to who may not change it.
func (s *Server) wordingPage(c *fiber.Ctx) error {
	o, err := s.ourClause(c)
	if err != nil {
		return err
	}
	if !o.CanEdit {
		return s.page(c, fiber.StatusOK, frontend.OurClausePage(s.view(c), o))
	}
	form := frontend.ClauseForm{OurClause: o, Typed: o.Entry.Wording, Version: o.Entry.Version, Onto: c.Query("onto") != "", Checked: o.Entry.Adapted()}
	return s.showWording(c, fiber.StatusOK, form)
}

// newWordingPage shows the form of a clause to be added.
func (s *Server) newWordingPage(c *fiber.Ctx) error {
	if err := identity.Require(actor(c), identity.EditClauses, actor(c).Structure); err != nil {
		return err
	}
	form := frontend.ClauseForm{Typed: adaptation.Wording{Family: clause.OwnFamily, Level: string(clause.Socle), Applies: []string{"*"}}}
	return s.showWording(c, fiber.StatusOK, form)
}

// showWording shows a form with what lint says of it.
func (s *Server) showWording(c *fiber.Ctx, status int, form frontend.ClauseForm) error {
	found, err := s.Wordings.Check(c.UserContext(), actor(c), form.Entry.ID, form.Typed)
	if err != nil {
		return err
	}
	form.Found = found
	if form.Fragment {
		return s.page(c, status, frontend.ClauseFragment(s.view(c), form))
	}
	return s.page(c, status, frontend.ClauseFormPage(s.view(c), form))
}

// typedForm reads what was typed, of a model, of an added clause, or of one to be added.
func (s *Server) typedForm(c *fiber.Ctx) (frontend.ClauseForm, error) {
	form := frontend.ClauseForm{Checked: true, Version: formVersion(c), Onto: c.FormValue("onto") != "", Typed: typedWording(c)}
	if c.Params("id") == "" {
		return form, identity.Require(actor(c), identity.EditClauses, actor(c).Structure)
	}
	var err error
	form.OurClause, err = s.ourClause(c)
	if model := form.Entry.Model; model != nil {
		form.Typed.Family, form.Typed.CSS = model.Family, model.CSS
	}
	return form, err
}

func typedWording(c *fiber.Ctx) adaptation.Wording {
	text := func(name string) content.Text {
		written := content.Text{FR: unbroken(c.FormValue(name + ".fr")), EN: unbroken(c.FormValue(name + ".en"))}
		if c.FormValue("no-english") != "" {
			written.EN = ""
		}
		return written
	}
	w := adaptation.Wording{
		Family: c.FormValue("family"), Level: c.FormValue("level"), Vector: c.FormValue("vector"),
		References: strings.FieldsFunc(c.FormValue("references"), func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == ' ' }),
		Title:      text("title"), Summary: text("summary"), Text: text("text"), Evidence: text("evidence"), Fallback: text("fallback"), Note: text("note"),
	}
	for _, rule := range c.Request().PostArgs().PeekMulti("applies") {
		w.Applies = append(w.Applies, string(rule))
	}
	for _, name := range w.Variables() {
		if typed := strings.TrimSpace(c.FormValue("values." + name)); typed != "" {
			w.Values = append(w.Values, clause.OwnValue{Variable: name, Value: typed})
		}
	}
	return w
}

// unbroken gives lines ended as the rest of the product ends them: a browser sends two characters.
func unbroken(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// saveWording keeps what was typed, or only checks it; what is refused is shown again.
func (s *Server) saveWording(c *fiber.Ctx) error {
	form, err := s.typedForm(c)
	if err != nil {
		return err
	}
	if c.FormValue("go") == "check" {
		return s.showWording(c, fiber.StatusOK, form)
	}
	id := form.Entry.ID
	if form.New() {
		id, err = s.Wordings.Add(c.UserContext(), actor(c), form.Typed)
	} else {
		err = s.Wordings.Save(c.UserContext(), actor(c), id, form.Version, form.Typed, form.Onto)
	}
	if err == nil {
		return s.done(c, "/library/ours/"+id, "web.saved")
	}
	if !correctable(err) {
		return err
	}
	form.Errors = frontend.ErrorsOf(s.printer(c), err)
	if fault.KindOf(err) == fault.Conflict {
		form.Version = form.Entry.Version // sending again is a decision taken knowing of the other change
	}
	return s.showWording(c, statusOf(err), form)
}

// checkWording is the fragment that shows how the clause reads while the form is being filled in.
func (s *Server) checkWording(c *fiber.Ctx) error {
	form, err := s.typedForm(c)
	if err != nil {
		return err
	}
	form.Fragment = true
	return s.showWording(c, fiber.StatusOK, form)
}

// ourModelPage shows what changed in the model, where it did.
func (s *Server) ourModelPage(c *fiber.Ctx) error {
	o, err := s.ourClause(c)
	if err != nil {
		return err
	}
	if o.Entry.State != adaptation.Moved || !o.CanEdit {
		return c.Redirect("/library/ours/"+o.Entry.ID, fiber.StatusSeeOther)
	}
	return s.page(c, fiber.StatusOK, frontend.OurModelPage(s.view(c), o))
}

func (s *Server) ourHistoryPage(c *fiber.Ctx) error {
	o, err := s.ourClause(c)
	if err != nil {
		return err
	}
	o.Revision, err = s.Wordings.History(c.UserContext(), actor(c), o.Entry.ID)
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.OurHistoryPage(s.view(c), o))
}

func (s *Server) keepWording(c *fiber.Ctx) error {
	if err := s.Wordings.Keep(c.UserContext(), actor(c), c.Params("id"), formVersion(c)); err != nil {
		return err
	}
	return s.done(c, "/library/ours", "web.wording-kept")
}

func (s *Server) withdrawPage(c *fiber.Ctx) error {
	o, err := s.ourClause(c)
	if err != nil {
		return err
	}
	if !o.Entry.Adapted() || !o.CanEdit {
		return c.Redirect("/library/ours/"+o.Entry.ID, fiber.StatusSeeOther)
	}
	return s.page(c, fiber.StatusOK, frontend.OurWithdrawPage(s.view(c), o))
}

func (s *Server) withdrawWording(c *fiber.Ctx) error {
	if err := s.Wordings.Withdraw(c.UserContext(), actor(c), c.Params("id"), formVersion(c)); err != nil {
		return err
	}
	return s.done(c, "/library/ours", "web.wording-withdrawn")
}

// exportWordings gives the clauses of the structure as files of the library: one as it is, several in an archive.
func (s *Server) exportWordings(c *fiber.Ctx) error {
	var ids []string
	if id := c.Params("id"); id != "" {
		ids = append(ids, id)
	}
	files, err := s.Wordings.Export(c.UserContext(), actor(c), ids...)
	if err != nil {
		return err
	}
	if len(files) == 1 {
		name := files[0].Name
		if len(ids) == 1 {
			name = ids[0] + ".yaml"
		}
		return attachment(c, name, "application/yaml", files[0].Data)
	}
	data, err := zipped(files)
	if err != nil {
		return fmt.Errorf("archive the clauses: %w", err)
	}
	return attachment(c, s.printer(c).T("ours.export.file")+".zip", "application/zip", data)
}

func zipped(files []adaptation.File) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, file := range files {
		w, err := archive.Create(file.Name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(file.Data); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
