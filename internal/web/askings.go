package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// maxRows is how many answers, steps or links of a question a form may send.
const maxRows = 40

// ourQuestion reads the question that a request is about.
func (s *Server) ourQuestion(c *fiber.Ctx) (frontend.OurQuestion, error) {
	who := actor(c)
	entry, err := s.Askings.Entry(c.UserContext(), who, c.Params("id"))
	if err != nil {
		return frontend.OurQuestion{}, err
	}
	library, err := s.Askings.Library(c.UserContext(), who)
	if err != nil {
		return frontend.OurQuestion{}, err
	}
	o := frontend.NewOurQuestion(entry, nil, mayWord(who), s.Now(), s.zone(c))
	o.Found.Library = library
	o.Found.Question, _ = library.Question(entry.ID)
	return o, nil
}

func (s *Server) questionText(c *fiber.Ctx) (frontend.OurText, error) {
	o, err := s.ourQuestion(c)
	return o.OurText, err
}

// questionHistory is questionText with every revision.
func (s *Server) questionHistory(c *fiber.Ctx) (frontend.OurText, error) {
	o, err := s.ourQuestion(c)
	if err != nil {
		return o.OurText, err
	}
	revisions, err := s.Askings.History(c.UserContext(), actor(c), o.ID)
	return frontend.NewOurQuestion(o.Entry, revisions, o.CanEdit, o.Now, o.Zone).OurText, err
}

// askingPage shows the form of a question, or the question itself to who may not change it.
func (s *Server) askingPage(c *fiber.Ctx) error {
	o, err := s.ourQuestion(c)
	if err != nil {
		return err
	}
	if !o.CanEdit {
		return s.page(c, fiber.StatusOK, frontend.OurQuestionPage(s.view(c), o))
	}
	form := frontend.QuestionForm{OurQuestion: o, Typed: o.Entry.Wording}
	form.Read, form.Onto, form.Checked = o.Entry.Version, c.Query("onto") != "", o.Entry.Adapted()
	return s.showAsking(c, fiber.StatusOK, form)
}

// newAskingPage shows the form of a question to be added.
func (s *Server) newAskingPage(c *fiber.Ctx) error {
	if err := identity.Require(actor(c), identity.EditClauses, actor(c).Place()); err != nil {
		return err
	}
	return s.showAsking(c, fiber.StatusOK, frontend.NewQuestionForm(adaptation.Asking{
		Domain: s.Questions.Domains[0].ID, Module: s.Questions.Modules[0].ID, Type: string(questionnaire.YesNo), Weight: "3", Minutes: "3",
	}))
}

// showAsking shows a form with what lint says of it.
func (s *Server) showAsking(c *fiber.Ctx, status int, form frontend.QuestionForm) error {
	found, err := s.Askings.Check(c.UserContext(), actor(c), form.ID, form.Typed)
	if err != nil {
		return err
	}
	form.Found, form.Typed = found, found.Asking
	if form.Fragment {
		return s.page(c, status, frontend.QuestionFragment(s.view(c), form))
	}
	return s.page(c, status, frontend.QuestionFormPage(s.view(c), form))
}

// typedQuestion reads what was typed, of a model, of an added question, or of one to be added.
func (s *Server) typedQuestion(c *fiber.Ctx) (frontend.QuestionForm, error) {
	form := frontend.NewQuestionForm(typedAsking(c))
	form.FormState = typedState(c)
	if c.Params("id") == "" {
		return form, identity.Require(actor(c), identity.EditClauses, actor(c).Place())
	}
	var err error
	form.OurQuestion, err = s.ourQuestion(c)
	if model := form.Entry.Model; model != nil {
		form.Typed.Domain, form.Typed.Type = model.Domain, string(model.Type)
	}
	return form, err
}

func typedAsking(c *fiber.Ctx) adaptation.Asking {
	a := adaptation.Asking{
		Domain: c.FormValue("domain"), Module: c.FormValue("module"), Type: c.FormValue("type"), Unit: c.FormValue("unit"), Measure: c.FormValue("measure"),
		Weight: c.FormValue("weight"), Minutes: c.FormValue("minutes"), Need: c.FormValue("need"),
		Text: typedText(c, "text"), Why: typedText(c, "why"), Help: typedText(c, "help"), Evidence: typedText(c, "evidence"),
		After: c.FormValue("show_when.question"), AfterIn: ticked(c, "show_when.in"), Blocks: c.FormValue("blocks") != "", Blocking: ticked(c, "blocking"),
	}
	if c.FormValue("blocking.only") != "" {
		a.BlockOnly = "hds"
	}
	for i := range 5 {
		a.Levels = append(a.Levels, typedText(c, "levels."+strconv.Itoa(i)))
	}
	for at := range rows(c, "options", "points") {
		a.Options = append(a.Options, adaptation.Choice{
			ID: c.FormValue(at + "id"), Points: c.FormValue(at + "points"), Value: c.FormValue(at + "value"), Exclusive: c.FormValue(at+"exclusive") != "",
			Label: typedText(c, at+"label"),
		})
	}
	for at := range rows(c, "points", "points") {
		a.Steps = append(a.Steps, adaptation.Step{Least: c.FormValue(at+"side") == "least", Bound: c.FormValue(at + "bound"), Points: c.FormValue(at + "points")})
	}
	for at := range rows(c, "verifies", "clause") {
		a.Links = append(a.Links, adaptation.Link{Clause: c.FormValue(at + "clause"), Threshold: c.FormValue(at + "threshold"), Variable: c.FormValue(at + "variable")})
	}
	return a
}

// rows gives the beginnings of the names of each row that a form sent, by a field that every row has: "options.0.".
func rows(c *fiber.Ctx, list, always string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := range maxRows {
			at := list + "." + strconv.Itoa(i) + "."
			if !c.Request().PostArgs().Has(at+always) || !yield(at) {
				return
			}
		}
	}
}

// saveAsking keeps what was typed, or only checks it; what is refused is shown again.
func (s *Server) saveAsking(c *fiber.Ctx) error {
	form, err := s.typedQuestion(c)
	if err != nil {
		return err
	}
	return s.sent(c, form.OurText, &form.FormState, func() (string, error) {
		if form.New() {
			return s.Askings.Add(c.UserContext(), actor(c), form.Typed)
		}
		return form.ID, s.Askings.Save(c.UserContext(), actor(c), form.ID, form.Read, form.Typed, form.Onto)
	}, func(status int) error { return s.showAsking(c, status, form) })
}

// checkAsking is the fragment that shows how the question reads while the form is being filled in.
func (s *Server) checkAsking(c *fiber.Ctx) error {
	form, err := s.typedQuestion(c)
	if err != nil {
		return err
	}
	form.Fragment, form.Shown = true, c.FormValue("shown")
	return s.showAsking(c, fiber.StatusOK, form)
}
