package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/supplier"
)

// formVersion is the version that a form was made from.
func formVersion(c *fiber.Ctx) int64 {
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		return -1 // of no document: whoever forges it meets a conflict
	}
	return version
}

func (s *Server) framingPage(c *fiber.Ctx) error {
	service, err := s.Directory.Service(c.UserContext(), actor(c), c.Params("service"))
	if err != nil {
		return err
	}
	form := s.framingForm(c, service)
	form.Step = 1
	if service.Framing != nil {
		form.Framing, form.Complete = *service.Framing, true
		if o := service.Framing.Override; o != nil {
			form.Override, form.Reason = strconv.Itoa(int(o.Tier)), o.Reason
		}
	} else {
		form.Starts = s.Clauses.Starts
		if start, ok := s.Clauses.Start(c.Query("from")); ok {
			form.Framing, form.Complete, form.Started = start.Framing, true, start.Title.In(s.printer(c).Language())
		}
	}
	return s.page(c, fiber.StatusOK, frontend.FramingPage(s.view(c), form))
}

func (s *Server) framingForm(c *fiber.Ctx, service *supplier.Service) frontend.FramingForm {
	who := actor(c)
	return frontend.FramingForm{
		ID: service.ID, Title: service.Title, Version: service.Revision,
		MayMoveTier: identity.Can(who, identity.MoveTier, who.Structure),
	}
}

// readFraming reads the answers of all steps, those of earlier ones carried along in the form.
func readFraming(c *fiber.Ctx, form *frontend.FramingForm) {
	f := &form.Framing
	for _, value := range c.Request().PostArgs().PeekMulti("services") {
		if t := framing.ServiceType(value); slices.Contains(framing.ServiceTypes(), t) && !f.Has(t) {
			f.Services = append(f.Services, t)
		}
	}
	f.Data, f.Access = framing.Data(c.FormValue("data")), framing.Access(c.FormValue("access"))
	f.HDS, f.AI = c.FormValue("hds") != "", c.FormValue("ai") != ""
	for field, level := range map[string]*int{
		"needs.availability": &f.Needs.Availability, "needs.integrity": &f.Needs.Integrity,
		"needs.confidentiality": &f.Needs.Confidentiality, "needs.traceability": &f.Needs.Traceability,
		"impacts.patient_care": &f.Impacts.PatientCare, "impacts.privacy": &f.Impacts.Privacy,
		"impacts.organisation": &f.Impacts.Organisation, "impacts.legal": &f.Impacts.Legal, "impacts.image": &f.Impacts.Image,
	} {
		*level, _ = strconv.Atoi(c.FormValue(field))
	}
	form.Override, form.Reason = c.FormValue("override.tier"), c.FormValue("override.reason")
	if tier, err := strconv.Atoi(form.Override); err == nil {
		f.Override = &framing.Override{Tier: framing.Tier(tier), Reason: form.Reason}
	}
	form.Step, _ = strconv.Atoi(c.FormValue("step"))
	form.Step = min(max(form.Step, 1), len(frontend.FramingSteps))
	form.Complete = len(f.Validate()) == 0
}

// framing takes one step of the form. Only the last one writes; until then the answers travel with the form.
func (s *Server) framing(c *fiber.Ctx) error {
	service, err := s.Directory.Service(c.UserContext(), actor(c), c.Params("service"))
	if err != nil {
		return err
	}
	form := s.framingForm(c, service)
	form.Version = formVersion(c)
	readFraming(c, &form)
	if c.FormValue("go") == "back" {
		form.Step = max(form.Step-1, 1)
		return s.page(c, fiber.StatusOK, frontend.FramingPage(s.view(c), form))
	}
	if problems := stepProblems(form.Framing.Validate(), form.Step); len(problems) > 0 {
		form.Errors = frontend.ErrorsOf(s.printer(c), problems)
		return s.page(c, fiber.StatusUnprocessableEntity, frontend.FramingPage(s.view(c), form))
	}
	if form.Step < len(frontend.FramingSteps) {
		form.Step++
		return s.page(c, fiber.StatusOK, frontend.FramingPage(s.view(c), form))
	}
	return s.saveFraming(c, form)
}

func (s *Server) saveFraming(c *fiber.Ctx, form frontend.FramingForm) error {
	err := s.Directory.Frame(c.UserContext(), actor(c), form.ID, form.Version, form.Framing)
	switch {
	case err == nil:
		return s.done(c, "/services/"+form.ID+"/annex", "web.framed")
	case !correctable(err):
		return err
	}
	form.Errors = frontend.ErrorsOf(s.printer(c), err)
	if fault.KindOf(err) == fault.Conflict {
		if current, err := s.Directory.Service(c.UserContext(), actor(c), form.ID); err == nil {
			form.Version = current.Revision // sending again is a decision taken knowing of the other change
		}
	} else if len(form.Errors) > 0 {
		form.Step = stepOf(form.Errors[0].Field)
	}
	return s.page(c, statusOf(err), frontend.FramingPage(s.view(c), form))
}

// stepProblems keeps the problems of one step, and of those before it: a later step has not been asked yet.
func stepProblems(problems fault.Problems, step int) fault.Problems {
	var kept fault.Problems
	for _, p := range problems {
		if stepOf(p.Field) <= step {
			kept = append(kept, p)
		}
	}
	return kept
}

func stepOf(field string) int {
	for i, fields := range frontend.FramingSteps {
		if slices.Contains(fields, field) {
			return i + 1
		}
	}
	return 1
}

// liveTier is the fragment that shows the tier while the form is being filled in.
func (s *Server) liveTier(c *fiber.Ctx) error {
	service, err := s.Directory.Service(c.UserContext(), actor(c), c.Params("service"))
	if err != nil {
		return err
	}
	form := s.framingForm(c, service)
	readFraming(c, &form)
	return s.page(c, fiber.StatusOK, frontend.TierPanel(s.view(c), form))
}
