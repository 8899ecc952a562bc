package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/supplier"
)

// supplierRoutes are the pages of suppliers: those of a structure and those of its region use the same.
func (s *Server) supplierRoutes() {
	edits := s.may(identity.EditSuppliers)
	merges := s.may(identity.MergeSuppliers)
	s.app.Get("/suppliers", s.suppliersPage)
	s.app.Get("/suppliers/alike", s.alikePage)
	s.app.Get("/suppliers/new", edits, s.newSupplierPage)
	s.app.Post("/suppliers/new", edits, s.newSupplier)
	s.app.Get("/suppliers/:supplier", s.supplierPage)
	s.app.Get("/suppliers/:supplier/edit", edits, s.editSupplierPage)
	s.app.Post("/suppliers/:supplier/edit", edits, s.editSupplier)
	s.app.Post("/suppliers/:supplier/contacts", s.addContact)
	s.app.Post("/suppliers/:supplier/contacts/:contact/link", s.sendContactLink)
	s.app.Get("/suppliers/:supplier/contacts/:contact/remove", edits, s.endContactPage)
	s.app.Post("/suppliers/:supplier/contacts/:contact/remove", s.endContact)
	s.app.Get("/suppliers/:supplier/merge", merges, s.mergePage)
	s.app.Post("/suppliers/:supplier/merge", s.merge)
	s.app.Get("/region/services", s.sharedPage)
}

func (s *Server) suppliersPage(c *fiber.Ctx) error {
	search := c.Query("q")
	page, err := s.Directory.Suppliers(c.UserContext(), actor(c), search, c.Query("after"))
	if err != nil {
		return err
	}
	who := actor(c)
	list := frontend.SuppliersList{Rows: page.Items, Search: search, CanEdit: identity.Can(who, identity.EditSuppliers, who.Place())}
	list.Pages = pagesOf(c, "/suppliers", page.Next, url.Values{"q": {search}})
	return s.page(c, fiber.StatusOK, frontend.SuppliersPage(s.view(c), list))
}

// pagesOf leads to the pages before and after one of a list: the first one, and the next.
func pagesOf(c *fiber.Ctx, path, next string, query url.Values) frontend.PageLinks {
	var links frontend.PageLinks
	if c.Query("after") != "" {
		links.Previous = path + "?" + query.Encode()
	}
	if next != "" {
		query.Set("after", next)
		links.Next = path + "?" + query.Encode()
	}
	return links
}

func (s *Server) newSupplierPage(c *fiber.Ctx) error {
	return s.page(c, fiber.StatusOK, frontend.EditSupplierPage(s.view(c), frontend.EditedSupplier{}))
}

func (s *Server) newSupplier(c *fiber.Ctx) error {
	form := frontend.EditedSupplier{Form: supplierForm(c), Known: c.FormValue("known") != ""}
	alike, err := s.Directory.Alike(c.UserContext(), actor(c), form.Form.Name)
	if err != nil {
		return err
	}
	again := func(err error) error {
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
		return s.page(c, statusOf(err), frontend.EditSupplierPage(s.view(c), form))
	}
	if len(alike) > 0 && !form.Known { // one record a supplier: whoever adds another says that it is one
		form.Alike = alike
		return again(append(form.Form.Validate(), fault.Problem{Field: "known", Key: "supplier.alike-new"}))
	}
	made, err := s.Directory.AddSupplier(c.UserContext(), actor(c), form.Form)
	if err == nil {
		return s.done(c, "/suppliers/"+made.ID, "web.supplier-added")
	}
	if !correctable(err) {
		return err
	}
	form.Alike = alike
	return again(err)
}

// supplier reads what the page of a supplier shows, within what its reader may see.
func (s *Server) supplier(c *fiber.Ctx) (frontend.SupplierView, error) {
	ctx, who := c.UserContext(), actor(c)
	found, err := s.Directory.Supplier(ctx, who, c.Params("supplier"))
	if err != nil {
		return frontend.SupplierView{}, err
	}
	view := frontend.SupplierView{
		Supplier: found, CanEdit: identity.Can(who, identity.EditSuppliers, who.Place()), CanMerge: identity.Can(who, identity.MergeSuppliers, who.Place()),
		Now: s.Now(), Zone: s.zone(c),
	}
	if view.Contacts, err = s.Directory.Contacts(ctx, who, found.ID); err != nil {
		return view, err
	}
	view.Dependences, err = s.Directory.Dependences(ctx, who, found.ID)
	return view, err
}

func (s *Server) supplierPage(c *fiber.Ctx) error {
	view, err := s.supplier(c)
	if err != nil {
		return err
	}
	if view.Supplier.ID != c.Params("supplier") { // another record took its place
		return s.done(c, "/suppliers/"+view.Supplier.ID, "web.supplier-merged")
	}
	return s.page(c, fiber.StatusOK, frontend.SupplierPage(s.view(c), view))
}

func (s *Server) editSupplierPage(c *fiber.Ctx) error {
	found, err := s.Directory.Supplier(c.UserContext(), actor(c), c.Params("supplier"))
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.EditSupplierPage(s.view(c), frontend.EditedSupplier{ID: found.ID, Version: found.Revision, Name: found.Name, Form: found.Form()}))
}

func (s *Server) editSupplier(c *fiber.Ctx) error {
	found, err := s.Directory.Supplier(c.UserContext(), actor(c), c.Params("supplier"))
	if err != nil {
		return err
	}
	form := frontend.EditedSupplier{ID: found.ID, Version: formVersion(c), Name: found.Name, Form: supplierForm(c)}
	err = s.Directory.ChangeSupplier(c.UserContext(), actor(c), found.ID, form.Version, form.Form)
	if err == nil {
		return s.done(c, "/suppliers/"+found.ID, "web.saved")
	}
	if !correctable(err) {
		return err
	}
	if fault.KindOf(err) == fault.Conflict {
		form.Version = found.Revision // sending it again is a decision taken knowing of the other change
	}
	form.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.EditSupplierPage(s.view(c), form))
}

func (s *Server) contactForm(c *fiber.Ctx) (frontend.ContactForm, identity.NewCorrespondent) {
	form := frontend.ContactForm{Mail: strings.TrimSpace(c.FormValue("mail")), Name: c.FormValue("name"), Position: c.FormValue("position")}
	return form, identity.NewCorrespondent{Mail: form.Mail, Name: form.Name, Position: form.Position, Language: s.printer(c).Language()}
}

func (s *Server) addContact(c *fiber.Ctx) error {
	form, contact := s.contactForm(c)
	link, err := s.Directory.AddContact(c.UserContext(), actor(c), c.Params("supplier"), contact)
	if err != nil {
		form.Errors = frontend.ErrorsOf(s.printer(c), err)
	} else {
		form = frontend.ContactForm{}
	}
	return s.contactDone(c, form, link, "web.contact-added", err)
}

func (s *Server) sendContactLink(c *fiber.Ctx) error {
	link, err := s.Directory.SendContactLink(c.UserContext(), actor(c), c.Params("supplier"), c.Params("contact"))
	return s.contactDone(c, frontend.ContactForm{}, link, "web.link-sent", err)
}

// contactDone goes back to the supplier's page after a link was made. Where no letter leaves by itself the page shows it, once.
func (s *Server) contactDone(c *fiber.Ctx, form frontend.ContactForm, link, said string, err error) error {
	if err != nil && !correctable(err) {
		return err
	}
	if err == nil && s.Options.Mail {
		return s.done(c, "/suppliers/"+c.Params("supplier"), said)
	}
	view, failed := s.supplier(c)
	if failed != nil {
		return failed
	}
	view.Form, view.Link = form, link
	status := fiber.StatusOK
	if err != nil {
		status = statusOf(err)
	}
	return s.page(c, status, frontend.SupplierPage(s.view(c), view))
}

func (s *Server) endContactPage(c *fiber.Ctx) error {
	view, err := s.supplier(c)
	if err != nil {
		return err
	}
	for _, one := range view.Contacts {
		if one.ID == c.Params("contact") {
			return s.page(c, fiber.StatusOK, frontend.EndContactPage(s.view(c), view, one))
		}
	}
	return fault.NewNotFound("not-found")
}

func (s *Server) endContact(c *fiber.Ctx) error {
	if err := s.Directory.EndContact(c.UserContext(), actor(c), c.Params("supplier"), c.Params("contact")); err != nil {
		return err
	}
	return s.done(c, "/suppliers/"+c.Params("supplier"), "web.removed")
}

// mergePage asks which record is the same supplier, then shows both beside each other and asks which one stays.
func (s *Server) mergePage(c *fiber.Ctx) error {
	view, err := s.merging(c, c.Query("with"))
	if err != nil {
		return err
	}
	return s.page(c, fiber.StatusOK, frontend.MergePage(s.view(c), view))
}

func (s *Server) merging(c *fiber.Ctx, with string) (frontend.Merging, error) {
	ctx, who := c.UserContext(), actor(c)
	one, err := s.Directory.Supplier(ctx, who, c.Params("supplier"))
	if err != nil {
		return frontend.Merging{}, err
	}
	m := frontend.Merging{One: one, Search: c.Query("q")}
	if with != "" {
		m.Other, err = s.Directory.Supplier(ctx, who, with)
		if err == nil && m.Other.ID == one.ID {
			m.Other = nil
		}
		return m, err
	}
	var found []*supplier.Supplier
	if m.Search == "" {
		found, err = s.Directory.Alike(ctx, who, one.Name)
	} else {
		page, failed := s.Directory.Suppliers(ctx, who, m.Search, "")
		found, err = page.Items, failed
	}
	for _, other := range found {
		if other.ID != one.ID {
			m.Found = append(m.Found, other)
		}
	}
	return m, err
}

func (s *Server) merge(c *fiber.Ctx) error {
	one, other, kept := c.Params("supplier"), c.FormValue("with"), c.FormValue("kept")
	gone := other
	if kept == other {
		gone = one
	}
	var err error
	if kept == one || kept == other {
		err = s.Directory.Merge(c.UserContext(), actor(c), kept, gone)
	} else {
		err = identity.Require(actor(c), identity.MergeSuppliers, actor(c).Region)
		if err == nil {
			err = fault.Problems{{Field: "kept", Key: "supplier.merge-choose"}}
		}
	}
	if err == nil {
		return s.done(c, "/suppliers/"+kept, "web.supplier-merged")
	}
	if !correctable(err) {
		return err
	}
	view, failed := s.merging(c, other)
	if failed != nil {
		return failed
	}
	view.Errors = frontend.ErrorsOf(s.printer(c), err)
	return s.page(c, statusOf(err), frontend.MergePage(s.view(c), view))
}

// sharedPage is what the structures of a region share with it, by supplier.
func (s *Server) sharedPage(c *fiber.Ctx) error {
	ctx, who := c.UserContext(), actor(c)
	region, err := s.People.OwnRegion(ctx, who)
	if err != nil {
		return err
	}
	page, err := s.Directory.Shared(ctx, who, c.Query("structure"), c.Query("after"))
	if err != nil {
		return err
	}
	view := frontend.SharedView{Region: region, Rows: page.Items, Structure: c.Query("structure")}
	view.Pages = pagesOf(c, "/region/services", page.Next, url.Values{"structure": {view.Structure}})
	return s.page(c, fiber.StatusOK, frontend.SharedPage(s.view(c), view))
}
