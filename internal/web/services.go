package web

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/supplier"
)

func (s *Server) servicesPage(c *fiber.Ctx) error {
	search := c.Query("q")
	page, err := s.Directory.Services(c.UserContext(), actor(c), search, c.Query("after"))
	if err != nil {
		return err
	}
	ids := make([]string, len(page.Items))
	for i, service := range page.Items {
		ids[i] = service.ID
	}
	drafts, err := s.Annexes.Drafts(c.UserContext(), actor(c), ids)
	if err != nil {
		return err
	}
	list := frontend.ServicesList{Search: search}
	for _, service := range page.Items {
		list.Rows = append(list.Rows, frontend.RowOf(s.printer(c), service, drafts[service.ID]))
	}
	list.Pages = pagesOf(c, "/services", page.Next, url.Values{"q": {search}})
	return s.page(c, fiber.StatusOK, frontend.ServicesPage(s.view(c), list))
}

func supplierForm(c *fiber.Ctx) supplier.SupplierForm {
	return supplier.SupplierForm{
		Name: c.FormValue("supplier.name"), SIREN: c.FormValue("supplier.siren"),
		Address: c.FormValue("supplier.address"), Representative: c.FormValue("supplier.representative"),
	}
}

func serviceForm(c *fiber.Ctx) supplier.ServiceForm {
	return supplier.ServiceForm{
		Title: c.FormValue("title"), Reference: c.FormValue("reference"), Start: c.FormValue("start"), End: c.FormValue("end"),
	}
}

func (s *Server) newServicePage(c *fiber.Ctx) error {
	return s.page(c, fiber.StatusOK, frontend.NewServicePage(s.view(c), frontend.NewService{}))
}

// alikePage is the fragment that offers known suppliers while a name is typed.
func (s *Server) alikePage(c *fiber.Ctx) error {
	alike, err := s.Directory.Alike(c.UserContext(), actor(c), c.Query("supplier.name"))
	if err != nil {
		return err
	}
	form := frontend.NewService{Alike: alike, Chosen: c.Query("supplier")}
	return s.page(c, fiber.StatusOK, frontend.Alike(s.view(c), form))
}

// newService makes the service, with a new supplier unless a known one was chosen. A name close to a known one is asked
// about first: a region keeps one record a supplier.
func (s *Server) newService(c *fiber.Ctx) error {
	ctx := c.UserContext()
	form := frontend.NewService{Supplier: supplierForm(c), Chosen: c.FormValue("supplier"), Service: serviceForm(c)}
	again := func(err error) error {
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
		return s.page(c, statusOf(err), frontend.NewServicePage(s.view(c), form))
	}
	known := form.Chosen != "" && form.Chosen != "new"
	problems := form.Service.Validate()
	if !known {
		problems = append(form.Supplier.Validate(), problems...)
		alike, err := s.Directory.Alike(ctx, actor(c), form.Supplier.Name)
		if err != nil {
			return err
		}
		form.Alike = alike
		if len(alike) > 0 && form.Chosen == "" {
			problems = append(problems, fault.Problem{Field: "supplier", Key: "supplier.alike"})
		}
	}
	if len(problems) > 0 {
		return again(problems)
	}
	form.Service.Supplier = form.Chosen
	if !known {
		made, err := s.Directory.AddSupplier(ctx, actor(c), form.Supplier)
		if taken, ok := fault.As(err); ok && taken.Kind == fault.Conflict {
			form.Alike, form.Chosen = s.holder(c, taken, form.Alike)
		}
		if err != nil {
			if correctable(err) {
				return again(err)
			}
			return err
		}
		form.Service.Supplier = made.ID
	}
	service, err := s.Directory.AddService(ctx, actor(c), form.Service)
	if err != nil {
		return err
	}
	return s.done(c, "/services/"+service.ID+"/framing", "web.service-made")
}

// holder offers the supplier that already has the SIREN, first of those alike.
func (s *Server) holder(c *fiber.Ctx, taken *fault.Error, alike []*supplier.Supplier) ([]*supplier.Supplier, string) {
	for i := 0; i+1 < len(taken.Args); i += 2 {
		if taken.Args[i] != "id" {
			continue
		}
		id := fmt.Sprint(taken.Args[i+1])
		if slices.ContainsFunc(alike, func(x *supplier.Supplier) bool { return x.ID == id }) {
			return alike, id
		}
		if found, err := s.Directory.Supplier(c.UserContext(), actor(c), id); err == nil {
			return append([]*supplier.Supplier{found}, alike...), id
		}
	}
	return alike, ""
}

func (s *Server) servicePage(c *fiber.Ctx) error {
	service, err := s.Directory.Service(c.UserContext(), actor(c), c.Params("service"))
	if err != nil {
		return err
	}
	who := actor(c)
	overview := frontend.ServiceOverview{
		Service: service, Library: s.Clauses, CanEdit: identity.Can(who, identity.EditServices, who.Structure),
		Choices: identity.Can(who, identity.ReadChoices, who.Structure),
	}
	if service.Framing != nil {
		if overview.View, err = s.Annexes.View(c.UserContext(), who, service.ID, s.printer(c).Language()); err != nil {
			return err
		}
		for _, r := range overview.View.Recommendations {
			if r.Recommended {
				overview.Called++
			}
		}
	}
	return s.page(c, fiber.StatusOK, frontend.ServicePage(s.view(c), overview))
}

func (s *Server) contractPage(c *fiber.Ctx) error {
	service, err := s.Directory.Service(c.UserContext(), actor(c), c.Params("service"))
	if err != nil {
		return err
	}
	form := frontend.EditedService{ID: service.ID, Version: service.Revision, Service: supplier.ServiceForm{
		Title: service.Title, Reference: service.Contract.Reference, Start: string(service.Contract.Start), End: string(service.Contract.End),
	}}
	return s.page(c, fiber.StatusOK, frontend.ContractPage(s.view(c), form))
}

func (s *Server) contract(c *fiber.Ctx) error {
	id, form := c.Params("service"), serviceForm(c)
	version := formVersion(c)
	if _, err := s.Directory.Service(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	err := s.Directory.ChangeService(c.UserContext(), actor(c), id, version, form)
	if err != nil && correctable(err) {
		edited := frontend.EditedService{ID: id, Version: version, Service: form, Errors: frontend.ErrorsOf(s.printer(c), err)}
		if fault.KindOf(err) == fault.Conflict {
			// What was typed stays in the form; sending it again is a decision taken knowing of the other change.
			if current, err := s.Directory.Service(c.UserContext(), actor(c), id); err == nil {
				edited.Version = current.Revision
			}
		}
		return s.page(c, statusOf(err), frontend.ContractPage(s.view(c), edited))
	}
	if err != nil {
		return err
	}
	return s.done(c, "/services/"+id, "web.saved")
}
