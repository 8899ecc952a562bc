package web

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
)

// shelf is what the texts of either kind share: whatever the structure words itself, clauses or questions.
type shelf interface {
	Keep(ctx context.Context, actor identity.Actor, id string, version int64) error
	Withdraw(ctx context.Context, actor identity.Actor, id string, version int64) error
	Export(ctx context.Context, actor identity.Actor, ids ...string) ([]adaptation.File, error)
}

// oursPage lists the clauses and the questions that the structure words itself.
func (s *Server) oursPage(c *fiber.Ctx) error {
	who := actor(c)
	library, err := s.Wordings.Library(c.UserContext(), who)
	if err != nil {
		return err
	}
	clauses, err := s.Wordings.List(c.UserContext(), who)
	if err != nil {
		return err
	}
	questions, err := s.Askings.List(c.UserContext(), who)
	if err != nil {
		return err
	}
	o := frontend.Ours{CanEdit: mayWord(who)}
	for _, e := range clauses {
		text := frontend.NewOurClause(e, nil, o.CanEdit, s.Now(), s.zone(c)).OurText
		text.Overruled = overruled(library, e.ID)
		o.Clauses = append(o.Clauses, text)
	}
	for _, e := range questions {
		o.Questions = append(o.Questions, frontend.NewOurQuestion(e, nil, o.CanEdit, s.Now(), s.zone(c)).OurText)
	}
	return s.page(c, fiber.StatusOK, frontend.OursPage(s.view(c), o))
}

// mayWord reports whether the actor may change what the structure words.
func mayWord(who identity.Actor) bool {
	return identity.Can(who, identity.EditClauses, who.Place())
}

// ourClause reads the clause that a request is about.
func (s *Server) ourClause(c *fiber.Ctx) (frontend.OurClause, error) {
	who := actor(c)
	entry, err := s.Wordings.Entry(c.UserContext(), who, c.Params("id"))
	if err != nil {
		return frontend.OurClause{}, err
	}
	library, err := s.Wordings.Library(c.UserContext(), who)
	if err != nil {
		return frontend.OurClause{}, err
	}
	o := frontend.NewOurClause(entry, nil, mayWord(who), s.Now(), s.zone(c))
	o.Overruled = overruled(library, entry.ID)
	o.Found.Library = library
	o.Found.Clause, _ = library.Clause(entry.ID)
	return o, nil
}

// overruled reports whether a lock of the region keeps the structure's wording of a clause out.
func overruled(library *clause.Library, id string) bool {
	return slices.ContainsFunc(library.Overruled(), func(o clause.Overruled) bool { return o.ID == id })
}

// ourText is what the pages of either kind of text need, read by a request.
type ourText func(c *fiber.Ctx) (frontend.OurText, error)

func (s *Server) clauseText(c *fiber.Ctx) (frontend.OurText, error) {
	o, err := s.ourClause(c)
	return o.OurText, err
}

// clauseHistory is clauseText with every revision.
func (s *Server) clauseHistory(c *fiber.Ctx) (frontend.OurText, error) {
	o, err := s.ourClause(c)
	if err != nil {
		return o.OurText, err
	}
	revisions, err := s.Wordings.History(c.UserContext(), actor(c), o.ID)
	return frontend.NewOurClause(o.Entry, revisions, o.CanEdit, o.Now, o.Zone).OurText, err
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
	form := frontend.ClauseForm{OurClause: o, Typed: o.Entry.Wording}
	form.Read, form.Onto, form.Checked = o.Entry.Version, c.Query("onto") != "", o.Entry.Adapted()
	return s.showWording(c, fiber.StatusOK, form)
}

// newWordingPage shows the form of a clause to be added.
func (s *Server) newWordingPage(c *fiber.Ctx) error {
	if err := identity.Require(actor(c), identity.EditClauses, actor(c).Place()); err != nil {
		return err
	}
	form := frontend.NewClauseForm(adaptation.Wording{Family: clause.OwnFamily, Level: string(clause.Socle), Applies: []string{"*"}})
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
	form := frontend.NewClauseForm(typedWording(c))
	form.FormState = typedState(c)
	if c.Params("id") == "" {
		return form, identity.Require(actor(c), identity.EditClauses, actor(c).Place())
	}
	var err error
	form.OurClause, err = s.ourClause(c)
	if model := form.Entry.Model; model != nil {
		form.Typed.Family, form.Typed.CSS = model.Family, model.CSS
	}
	return form, err
}

// typedState is how a form that was sent stands.
func typedState(c *fiber.Ctx) frontend.FormState {
	return frontend.FormState{Checked: true, Read: formVersion(c), Onto: c.FormValue("onto") != ""}
}

// typedText reads a text of both languages, or of French alone where English is given up.
func typedText(c *fiber.Ctx, name string) content.Text {
	written := content.Text{FR: unbroken(c.FormValue(name + ".fr")), EN: unbroken(c.FormValue(name + ".en"))}
	if c.FormValue("no-english") != "" {
		written.EN = ""
	}
	return written
}

func typedWording(c *fiber.Ctx) adaptation.Wording {
	text := func(name string) content.Text { return typedText(c, name) }
	w := adaptation.Wording{
		Locked: c.FormValue("locked") != "", Family: c.FormValue("family"), Level: c.FormValue("level"), Vector: c.FormValue("vector"),
		References: strings.FieldsFunc(c.FormValue("references"), func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == ' ' }),
		Title:      text("title"), Summary: text("summary"), Text: text("text"), Evidence: text("evidence"), Fallback: text("fallback"), Note: text("note"),
	}
	w.Applies = ticked(c, "applies")
	for _, name := range w.Variables() {
		if typed := strings.TrimSpace(c.FormValue("values." + name)); typed != "" {
			w.Values = append(w.Values, clause.OwnValue{Variable: name, Value: typed})
		}
	}
	return w
}

// ticked lists the boxes of a group that were ticked.
func ticked(c *fiber.Ctx, name string) []string {
	var values []string
	for _, value := range c.Request().PostArgs().PeekMulti(name) {
		values = append(values, string(value))
	}
	return values
}

// unbroken gives lines ended as the rest of the product ends them: a browser sends two characters.
func unbroken(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// saveWording keeps what was typed, or only checks it; what is refused is shown again.
func (s *Server) saveWording(c *fiber.Ctx) error {
	form, err := s.typedForm(c)
	if err != nil {
		return err
	}
	return s.sent(c, form.OurText, &form.FormState, func() (string, error) {
		if form.New() {
			return s.Wordings.Add(c.UserContext(), actor(c), form.Typed)
		}
		return form.ID, s.Wordings.Save(c.UserContext(), actor(c), form.ID, form.Read, form.Typed, form.Onto)
	}, func(status int) error { return s.showWording(c, status, form) })
}

// sent keeps what a form of a text holds, or only checks it; what is refused is shown again.
func (s *Server) sent(c *fiber.Ctx, t frontend.OurText, state *frontend.FormState, keep func() (string, error), show func(status int) error) error {
	if c.FormValue("go") == "check" {
		return show(fiber.StatusOK)
	}
	id, err := keep()
	if err == nil {
		t.ID = id
		return s.done(c, t.Href(), "web.saved")
	}
	if !correctable(err) {
		return err
	}
	state.Errors = frontend.ErrorsOf(s.printer(c), err)
	if fault.KindOf(err) == fault.Conflict {
		state.Read = t.Version // sending again is a decision taken knowing of the other change
	}
	return show(statusOf(err))
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

// ourModelPage shows what changed in a model, where it did.
func (s *Server) ourModelPage(read ourText) fiber.Handler {
	return func(c *fiber.Ctx) error {
		t, err := read(c)
		if err != nil {
			return err
		}
		if t.State != adaptation.Moved || !t.CanEdit {
			return c.Redirect(t.Href(), fiber.StatusSeeOther)
		}
		return s.page(c, fiber.StatusOK, frontend.OurModelPage(s.view(c), t))
	}
}

func (s *Server) ourHistoryPage(read ourText) fiber.Handler {
	return func(c *fiber.Ctx) error {
		t, err := read(c)
		if err != nil {
			return err
		}
		return s.page(c, fiber.StatusOK, frontend.OurHistoryPage(s.view(c), t))
	}
}

func (s *Server) withdrawPage(read ourText) fiber.Handler {
	return func(c *fiber.Ctx) error {
		t, err := read(c)
		if err != nil {
			return err
		}
		if t.State == adaptation.AsModel || !t.CanEdit {
			return c.Redirect(t.Href(), fiber.StatusSeeOther)
		}
		return s.page(c, fiber.StatusOK, frontend.OurWithdrawPage(s.view(c), t))
	}
}

func (s *Server) keepText(in shelf) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := in.Keep(c.UserContext(), actor(c), c.Params("id"), formVersion(c)); err != nil {
			return err
		}
		return s.done(c, "/library/ours", "web.wording-kept")
	}
}

func (s *Server) withdrawText(in shelf) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := in.Withdraw(c.UserContext(), actor(c), c.Params("id"), formVersion(c)); err != nil {
			return err
		}
		return s.done(c, "/library/ours", "web.wording-withdrawn")
	}
}

// exportTexts gives texts of the structure as files of the library: one as it is, several in an archive under a name.
func (s *Server) exportTexts(in shelf, name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var ids []string
		if id := c.Params("id"); id != "" {
			ids = append(ids, id)
		}
		files, err := in.Export(c.UserContext(), actor(c), ids...)
		if err != nil {
			return err
		}
		if len(files) == 1 {
			file := files[0].Name
			if len(ids) == 1 {
				file = ids[0] + ".yaml"
			}
			return attachment(c, file, "application/yaml", files[0].Data)
		}
		data, err := zipped(files)
		if err != nil {
			return fmt.Errorf("archive what the structure words: %w", err)
		}
		return attachment(c, s.printer(c).T(name)+".zip", "application/zip", data)
	}
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
