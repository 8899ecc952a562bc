package framing_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
)

// cardiac is the online follow-up of patients with heart failure: health data hosted, remote maintenance.
func cardiac() framing.Framing {
	return framing.Framing{
		Services: []framing.ServiceType{framing.SaaS, framing.RemoteMaintenance},
		Data:     framing.HealthData, HDS: true, Access: framing.RemoteAccess,
		Needs:   framing.Needs{Availability: 4, Integrity: 3, Confidentiality: 4, Traceability: 3},
		Impacts: framing.Impacts{PatientCare: 3, Privacy: 4, Organisation: 3, Legal: 3, Image: 2},
	}
}

// plain is a consultant without data or access, of no consequence.
func plain() framing.Framing {
	return framing.Framing{
		Services: []framing.ServiceType{framing.Consulting}, Data: framing.NoData, Access: framing.NoAccess,
		Needs:   framing.Needs{Availability: 1, Integrity: 1, Confidentiality: 1, Traceability: 1},
		Impacts: framing.Impacts{PatientCare: 1, Privacy: 1, Organisation: 1, Legal: 1, Image: 1},
	}
}

func TestRateGivesSeverityExposureAndTier(t *testing.T) {
	t.Parallel()
	type rating struct {
		Severity, Exposure int
		Tier               framing.Tier
	}
	for name, c := range map[string]struct {
		change func(*framing.Framing)
		want   rating
	}{
		"nothing at stake":                    {func(*framing.Framing) {}, rating{1, 1, framing.Baseline}},
		"personal data":                       {func(f *framing.Framing) { f.Data = framing.PersonalData }, rating{1, 2, framing.Baseline}},
		"on-site access, serious":             {func(f *framing.Framing) { f.Access = framing.OnSiteAccess; f.Impacts.Legal = 3 }, rating{3, 2, framing.Reinforced}},
		"on-site access, significant":         {func(f *framing.Framing) { f.Access = framing.OnSiteAccess; f.Needs.Integrity = 2 }, rating{2, 2, framing.Baseline}},
		"health data, significant":            {func(f *framing.Framing) { f.Data = framing.HealthData; f.Needs.Availability = 2 }, rating{2, 3, framing.Reinforced}},
		"health data, serious":                {func(f *framing.Framing) { f.Data = framing.HealthData; f.Impacts.Image = 3 }, rating{3, 3, framing.Reinforced}},
		"health data, critical":               {func(f *framing.Framing) { f.Data = framing.HealthData; f.Impacts.Image = 4 }, rating{4, 3, framing.Critical}},
		"remote access, minor":                {func(f *framing.Framing) { f.Access = framing.RemoteAccess }, rating{1, 3, framing.Baseline}},
		"privileged access, minor":            {func(f *framing.Framing) { f.Access = framing.PrivilegedAccess }, rating{1, 4, framing.Baseline}},
		"privileged access, serious":          {func(f *framing.Framing) { f.Access = framing.PrivilegedAccess; f.Needs.Traceability = 3 }, rating{3, 4, framing.Critical}},
		"hosting health data is never tier 3": {func(f *framing.Framing) { f.HDS = true }, rating{1, 4, framing.Reinforced}},
		"device, care 3": {func(f *framing.Framing) {
			f.Services = []framing.ServiceType{framing.MedicalDevice}
			f.Impacts.PatientCare = 3
		}, rating{3, 4, framing.Critical}},
		"device, care 2": {func(f *framing.Framing) {
			f.Services = []framing.ServiceType{framing.MedicalDevice}
			f.Impacts.PatientCare = 2
		}, rating{2, 1, framing.Baseline}},
		"raised": {func(f *framing.Framing) { f.Override = &framing.Override{Tier: framing.Critical} }, rating{1, 1, framing.Critical}},
		"lowered with a reason": {func(f *framing.Framing) {
			*f = cardiac()
			f.Override = &framing.Override{Tier: framing.Reinforced, Reason: "Pilote sans patient."}
		}, rating{4, 4, framing.Reinforced}},
		"lowered without a reason does not hold": {func(f *framing.Framing) {
			*f = cardiac()
			f.Override = &framing.Override{Tier: framing.Baseline}
		}, rating{4, 4, framing.Critical}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := plain()
			c.change(&f)
			got := f.Rate()
			if diff := cmp.Diff(c.want, rating{got.Severity, got.Exposure, got.Tier}); diff != "" {
				t.Error(diff)
			}
			if f.Tier() != got.Tier {
				t.Errorf("Tier() = %d, Rate() says %d", f.Tier(), got.Tier)
			}
		})
	}
}

func TestRateGivesEveryReason(t *testing.T) {
	t.Parallel()
	f := cardiac()
	f.Override = &framing.Override{Tier: framing.Reinforced, Reason: "Pilote."}
	want := []framing.Reason{
		{Key: "framing.reason.severity.needs.availability", Args: []any{"level", 4}},
		{Key: "framing.reason.severity.needs.confidentiality", Args: []any{"level", 4}},
		{Key: "framing.reason.severity.impacts.privacy", Args: []any{"level", 4}},
		{Key: "framing.reason.hds", Args: []any{"level", 4}},
		{Key: "framing.reason.product", Args: []any{"severity", 4, "exposure", 4, "product", 16}},
		{Key: "framing.reason.lowered", Args: []any{"computed", 1, "reason", "Pilote."}},
	}
	if diff := cmp.Diff(want, f.Rate().Reasons); diff != "" {
		t.Error(diff)
	}
}

func TestValidateNamesEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	f := framing.Framing{
		Services: []framing.ServiceType{framing.SaaS, "fax", framing.SaaS}, Data: "secret",
		Needs:   framing.Needs{Availability: 5, Integrity: 1, Confidentiality: 1, Traceability: 1},
		Impacts: framing.Impacts{PatientCare: 1, Privacy: 0, Organisation: 1, Legal: 1, Image: 1},
	}
	want := fault.Problems{
		{Field: "services", Key: "framing.unknown-service", Args: []any{"value", "fax"}},
		{Field: "services", Key: "framing.service-twice", Args: []any{"value", "saas"}},
		{Field: "data", Key: "framing.no-data"},
		{Field: "access", Key: "framing.no-access"},
		{Field: "needs.availability", Key: "framing.level", Args: []any{"value", 5}},
		{Field: "impacts.privacy", Key: "framing.level", Args: []any{"value", 0}},
	}
	if diff := cmp.Diff(want, f.Validate()); diff != "" {
		t.Error(diff)
	}
}

func TestLoweringATierNeedsAReason(t *testing.T) {
	t.Parallel()
	f := cardiac()
	f.Override = &framing.Override{Tier: framing.Baseline}
	want := fault.Problems{{Field: "override.reason", Key: "framing.override-reason", Args: []any{"tier", 3, "computed", 1}}}
	if diff := cmp.Diff(want, f.Validate()); diff != "" {
		t.Error(diff)
	}
	f.Override = &framing.Override{Tier: 7, Reason: "x"}
	want = fault.Problems{{Field: "override.tier", Key: "framing.override-tier", Args: []any{"value", 7}}}
	if diff := cmp.Diff(want, f.Validate()); diff != "" {
		t.Error(diff)
	}
}

func TestMatchesHealthDataAsPersonalAndPrivilegedAccessAsRemote(t *testing.T) {
	t.Parallel()
	f := cardiac()
	f.Access = framing.PrivilegedAccess
	var got []string
	for _, rule := range framing.Rules() {
		if f.Matches(rule) {
			got = append(got, rule)
		}
	}
	want := []string{"*", "data:personal", "data:health", "access:remote", "hds", "saas", "remote-maintenance"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// anyFraming draws a valid framing without an override.
func anyFraming(t *rapid.T) framing.Framing {
	level := rapid.IntRange(1, 4)
	return framing.Framing{
		Services: rapid.SliceOfNDistinct(rapid.SampledFrom(framing.ServiceTypes()), 1, 9, rapid.ID[framing.ServiceType]).Draw(t, "services"),
		Data:     rapid.SampledFrom(framing.DataKinds()).Draw(t, "data"),
		HDS:      rapid.Bool().Draw(t, "hds"), AI: rapid.Bool().Draw(t, "ai"),
		Access:  rapid.SampledFrom(framing.AccessKinds()).Draw(t, "access"),
		Needs:   framing.Needs{Availability: level.Draw(t, "D"), Integrity: level.Draw(t, "I"), Confidentiality: level.Draw(t, "C"), Traceability: level.Draw(t, "T")},
		Impacts: framing.Impacts{PatientCare: level.Draw(t, "care"), Privacy: level.Draw(t, "privacy"), Organisation: level.Draw(t, "organisation"), Legal: level.Draw(t, "legal"), Image: level.Draw(t, "image")},
	}
}

func TestRaisingALevelNeverLowersTheTier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := anyFraming(t)
		if problems := f.Validate(); len(problems) > 0 {
			t.Fatalf("not valid: %v", problems)
		}
		raised := f
		fields := []*int{
			&raised.Needs.Availability, &raised.Needs.Integrity, &raised.Needs.Confidentiality, &raised.Needs.Traceability,
			&raised.Impacts.PatientCare, &raised.Impacts.Privacy, &raised.Impacts.Organisation, &raised.Impacts.Legal, &raised.Impacts.Image,
		}
		field := rapid.SampledFrom(fields).Draw(t, "field")
		*field = rapid.IntRange(*field, 4).Draw(t, "level")
		if raised.Tier() > f.Tier() {
			t.Fatalf("tier fell from %d to %d", f.Tier(), raised.Tier())
		}
		slices.Reverse(raised.Services)
		if raised.Tier() > f.Tier() {
			t.Fatal("the order of service types changed the tier")
		}
	})
}
