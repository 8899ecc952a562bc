package web

import (
	"context"
	"fmt"
	"time"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/supplier"
)

// demonstration fills a fictitious structure, in the language of whoever looks around. It goes through the same services as
// a person does, so nothing in it could not have been typed.
type demonstration struct {
	s *Server
	p locale.Printer
}

// structure is the fictitious buyer.
func (d demonstration) structure() identity.Structure {
	return identity.Structure{
		Name: d.p.T("demo.structure"), LegalForm: d.p.T("demo.structure.legal-form"), Address: d.p.T("demo.structure.address"),
		FINESS: "000000000", Representative: d.p.T("demo.structure.representative"),
	}
}

// demoSupplier is a fictitious supplier; its SIREN has a valid key and names nobody.
type demoSupplier struct{ key, siren string }

func demoSuppliers() []demoSupplier {
	return []demoSupplier{{"cloud", "100000017"}, {"imaging", "100000025"}, {"workshop", "100000033"}}
}

// demoService is a fictitious service: whose, since when, how it is framed, what was adjusted in its annex.
type demoService struct {
	key, supplier string
	start, months int // first month from now, length
	framing       framing.Framing
	edits         []annex.Edit // the text of a removal is the key of its reason
}

func demoServices() []demoService {
	return []demoService{
		{key: "planning", supplier: "workshop", start: 3, months: 8, framing: framing.Framing{
			Services: []framing.ServiceType{framing.Consulting}, Data: framing.NoData, Access: framing.OnSiteAccess,
			Needs:   framing.Needs{Availability: 1, Integrity: 2, Confidentiality: 2, Traceability: 1},
			Impacts: framing.Impacts{PatientCare: 1, Privacy: 1, Organisation: 2, Legal: 1, Image: 1},
		}},
		{key: "website", supplier: "cloud", start: -5, months: 36, framing: framing.Framing{
			Services: []framing.ServiceType{framing.Hosting}, Data: framing.PersonalData, Access: framing.NoAccess,
			Needs:   framing.Needs{Availability: 3, Integrity: 3, Confidentiality: 2, Traceability: 2},
			Impacts: framing.Impacts{PatientCare: 1, Privacy: 2, Organisation: 2, Legal: 2, Image: 3},
		}},
		{key: "scanner", supplier: "imaging", start: 2, months: 60, framing: framing.Framing{
			Services: []framing.ServiceType{framing.RemoteMaintenance, framing.MedicalDevice}, Data: framing.HealthData, Access: framing.RemoteAccess,
			Needs:   framing.Needs{Availability: 3, Integrity: 3, Confidentiality: 3, Traceability: 3},
			Impacts: framing.Impacts{PatientCare: 3, Privacy: 3, Organisation: 3, Legal: 2, Image: 2},
		}},
		{key: "admissions", supplier: "workshop", start: 1, months: 24, framing: framing.Framing{
			Services: []framing.ServiceType{framing.Development}, Data: framing.PersonalData, Access: framing.RemoteAccess,
			Needs:   framing.Needs{Availability: 2, Integrity: 3, Confidentiality: 3, Traceability: 2},
			Impacts: framing.Impacts{PatientCare: 2, Privacy: 3, Organisation: 2, Legal: 2, Image: 2},
		}, edits: []annex.Edit{
			{Kind: annex.Drop, Subject: "GOV-06", Text: "demo.reason.ownership"},
			{Kind: annex.SetValue, Subject: "delai_correctif_critique_jours", Text: "20"},
			{Kind: annex.SetValue, Subject: "contact_rssi", Text: "rssi@vallombreuse.example"},
		}},
		{key: "records", supplier: "cloud", start: 1, months: 48, framing: framing.Framing{
			Services: []framing.ServiceType{framing.SaaS}, Data: framing.HealthData, HDS: true, Access: framing.RemoteAccess,
			Needs:   framing.Needs{Availability: 4, Integrity: 4, Confidentiality: 4, Traceability: 4},
			Impacts: framing.Impacts{PatientCare: 4, Privacy: 4, Organisation: 3, Legal: 3, Image: 3},
		}, edits: []annex.Edit{
			{Kind: annex.Drop, Subject: "GOV-07", Text: "demo.reason.insurance"},
			{Kind: annex.SetValue, Subject: "delai_correctif_critique_jours", Text: "10"},
			{Kind: annex.SetValue, Subject: "retention_sauvegarde_jours", Text: "400"},
			{Kind: annex.SetValue, Subject: "contact_securite", Text: "securite@nebuleuse.example"},
			{Kind: annex.SetValue, Subject: "contact_rssi", Text: "rssi@vallombreuse.example"},
		}},
	}
}

// fill makes the suppliers, the services, their framings and the annexes that were adjusted.
func (d demonstration) fill(ctx context.Context, who identity.Actor) error {
	suppliers := map[string]string{}
	for _, given := range demoSuppliers() {
		made, err := d.s.Directory.AddSupplier(ctx, who, supplier.SupplierForm{
			Name: d.p.T("demo.supplier." + given.key), SIREN: given.siren,
			Address: d.p.T("demo.supplier.address"), Representative: d.p.T("demo.supplier.representative"),
		})
		if err != nil {
			return fmt.Errorf("demonstration, supplier %s: %w", given.key, err)
		}
		suppliers[given.key] = made.ID
	}
	for i, given := range demoServices() {
		if err := d.service(ctx, who, i+1, given, suppliers[given.supplier]); err != nil {
			return fmt.Errorf("demonstration, service %s: %w", given.key, err)
		}
	}
	return nil
}

func (d demonstration) service(ctx context.Context, who identity.Actor, number int, given demoService, supplierID string) error {
	now := d.s.Now()
	start := time.Date(now.Year(), now.Month()+time.Month(given.start), 1, 0, 0, 0, 0, time.UTC)
	made, err := d.s.Directory.AddService(ctx, who, supplier.ServiceForm{
		Title: d.p.T("demo.service." + given.key), Supplier: supplierID, Reference: fmt.Sprintf("DEMO-%d-%02d", start.Year(), number),
		Start: string(content.DateOf(start)), End: string(content.DateOf(start.AddDate(0, given.months, -1))),
	})
	if err != nil {
		return err
	}
	if err := d.s.Directory.Frame(ctx, who, made.ID, made.Revision, given.framing); err != nil {
		return err
	}
	for _, edit := range given.edits {
		if edit.Kind == annex.Drop {
			edit.Text = d.p.T(edit.Text)
		}
		if err := d.s.Annexes.Edit(ctx, who, made.ID, 0, edit); err != nil {
			return fmt.Errorf("%s %s: %w", edit.Kind, edit.Subject, err)
		}
	}
	return nil
}
