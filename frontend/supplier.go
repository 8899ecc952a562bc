package frontend

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/supplier"
)

const suppliersHref = "/suppliers"

func supplierPath(id, below string) string {
	if below == "" {
		return suppliersHref + "/" + id
	}
	return suppliersHref + "/" + id + "/" + below
}

// SuppliersList is the page of the region's suppliers.
type SuppliersList struct {
	Rows    []*supplier.Supplier
	Search  string
	CanEdit bool
	Pages   PageLinks
}

// newSupplierButton is nil for who may not add one.
func (l SuppliersList) new(v View) Button {
	return Button{Label: v.T("supplier.new"), Href: suppliersHref + "/new"}
}

// EditedSupplier is the form of a supplier's record: a new one without ID.
type EditedSupplier struct {
	ID, Name string // as they are kept
	Version  int64
	Form     supplier.SupplierForm
	Alike    []*supplier.Supplier // whose name is close to that of a new one
	Known    bool                 // whoever adds it says that it is none of them
	Errors   Errors
}

func (f EditedSupplier) page(v View) Page {
	crumbs := []Link{{v.T("supplier.list.title"), suppliersHref}}
	if f.ID == "" {
		return Page{Title: v.T("supplier.new"), Crumbs: crumbs, Narrow: true}
	}
	return Page{Title: v.T("supplier.edit"), Crumbs: append(crumbs, Link{f.Name, supplierPath(f.ID, "")}), Narrow: true}
}

func (f EditedSupplier) action() string {
	if f.ID == "" {
		return suppliersHref + "/new"
	}
	return supplierPath(f.ID, "edit")
}

func (f EditedSupplier) back() string {
	if f.ID == "" {
		return suppliersHref
	}
	return supplierPath(f.ID, "")
}

func (f EditedSupplier) version() string { return strconv.FormatInt(f.Version, 10) }

// SupplierView is the page of one supplier, within what its reader may see.
type SupplierView struct {
	Supplier          *supplier.Supplier
	Contacts          []*identity.Correspondent
	Dependences       []supplier.Dependence
	CanEdit, CanMerge bool
	Now               time.Time
	Zone              *time.Location
	Form              ContactForm
	Link              string // just made, where no letter leaves by itself
}

// ContactForm is somebody on a provider's side as typed.
type ContactForm struct {
	Mail, Name, Position string
	Errors               Errors
}

func (x SupplierView) crumbs(v View) []Link {
	return []Link{{v.T("supplier.list.title"), suppliersHref}}
}

// siren writes a SIREN as it is read: by three digits.
func siren(s string) string {
	if len(s) != 9 {
		return s
	}
	return strings.Join([]string{s[:3], s[3:6], s[6:]}, "\u00a0")
}

// contactState says how the access of somebody on the provider's side stands.
func contactState(v View, c *identity.Correspondent, now time.Time, zone *time.Location) (Kind, string) {
	switch {
	case !c.Seen.IsZero():
		return OK, v.T("contact.seen", "date", v.Printer.Date(c.Seen.In(zone).Date()))
	case c.Invited() && now.Before(c.Link.Until):
		return Plain, v.T("contact.invited", "date", v.Printer.Date(c.Link.Until.In(zone).Date()))
	}
	return Partial, v.T("contact.over")
}

func endingContact(v View, path, cancel string, c *identity.Correspondent) Confirmation {
	return Confirmation{
		ID: "end-" + c.ID, Page: path, Action: path, Cancel: cancel, Danger: true,
		Title: v.T("people.remove.title", "name", c.Name), Text: v.T("contact.remove.text", "name", c.Name), Button: v.T("people.remove.button"),
	}
}

func (x SupplierView) ending(v View, c *identity.Correspondent) Confirmation {
	return endingContact(v, supplierPath(x.Supplier.ID, "contacts/"+c.ID+"/remove"), supplierPath(x.Supplier.ID, ""), c)
}

// Merging is the page that makes one record of two: first which is the other, then which one stays.
type Merging struct {
	One, Other *supplier.Supplier // Other is nil while it is looked for
	Found      []*supplier.Supplier
	Search     string
	Errors     Errors
}

func (m Merging) crumbs(v View) []Link {
	return []Link{{v.T("supplier.list.title"), suppliersHref}, {m.One.Name, supplierPath(m.One.ID, "")}}
}

func (m Merging) keptField(v View) Field {
	f := Field{Name: "kept", Label: v.T("supplier.merge.kept"), Help: v.T("supplier.merge.kept.help"), Error: m.Errors.At("kept")}
	for _, s := range []*supplier.Supplier{m.One, m.Other} {
		f.Options = append(f.Options, Option{Value: s.ID, Label: s.Name, Help: supplierFacts(v, s)})
	}
	return f
}

func supplierFacts(v View, s *supplier.Supplier) string {
	number := ""
	if s.SIREN != "" {
		number = v.T("annex.party.siren", "siren", siren(s.SIREN))
	}
	return join(filled(number, s.Address, s.Representative), " · ")
}

// SharedView is what structures share of their services with their region.
type SharedView struct {
	Region    *identity.Region
	Rows      []*supplier.SharedService
	Structure string // the id of the one that is shown alone, or empty
	Pages     PageLinks
}

func (x SharedView) title(v View) string {
	for _, a := range x.Region.Structures {
		if a.Structure == x.Structure {
			return v.T("shared.title.of", "structure", a.Name)
		}
	}
	return v.T("shared.title")
}

func dependencesNone(v View) string {
	if v.Regional {
		return v.T("supplier.depend.none.region")
	}
	return v.T("supplier.depend.none")
}

func dependenceColumns(v View) []Column {
	columns := []Column{{Title: v.T("service.column.title")}}
	if v.Regional {
		columns = append(columns, Column{Title: v.T("shared.column.structure")})
	}
	return append(columns, Column{Title: v.T("service.column.tier")}, Column{Title: v.T("service.end")})
}

// buttonIf is a button for who may use it.
func buttonIf(may bool, b Button) templ.Component {
	if !may {
		return nil
	}
	return Btn(b)
}
