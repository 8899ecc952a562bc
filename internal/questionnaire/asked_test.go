package questionnaire_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

// embedded are the product's libraries: they never change once read.
var embedded = sync.OnceValues(func() (*clause.Library, *questionnaire.Library) {
	written, err := clause.Load(clauses.Files)
	if err != nil {
		panic(err)
	}
	asked, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		panic(err)
	}
	return written, asked
})

// small is a service whose failure matters little: no data, no access, every level at 1.
func small(services ...framing.ServiceType) framing.Framing {
	return framing.Framing{
		Services: services, Data: framing.NoData, Access: framing.NoAccess,
		Needs:   framing.Needs{Availability: 1, Integrity: 1, Confidentiality: 1, Traceability: 1},
		Impacts: framing.Impacts{PatientCare: 1, Privacy: 1, Organisation: 1, Legal: 1, Image: 1},
	}
}

// telemonitoring is the service of the documentation's example: health data hosted, remote maintenance, tier 1.
func telemonitoring() framing.Framing {
	return framing.Framing{
		Services: []framing.ServiceType{framing.SaaS, framing.RemoteMaintenance}, Data: framing.HealthData, HDS: true, Access: framing.RemoteAccess,
		Needs:   framing.Needs{Availability: 4, Integrity: 3, Confidentiality: 4, Traceability: 3},
		Impacts: framing.Impacts{PatientCare: 3, Privacy: 4, Organisation: 3, Legal: 3, Image: 2},
	}
}

// ids of questions, attestations and modules.
type ids struct{ Modules, Questions, Attestations []string }

func idsOf(a questionnaire.Questionnaire) ids {
	var out ids
	for _, m := range a.Modules {
		out.Modules = append(out.Modules, m.ID)
	}
	for _, q := range a.Questions {
		out.Questions = append(out.Questions, q.ID)
	}
	for _, at := range a.Attestations {
		out.Attestations = append(out.Attestations, at.ID+" "+at.Clause)
	}
	return out
}

func TestAConsultantWithoutDataOrAccessIsNotAskedAboutBackups(t *testing.T) {
	t.Parallel()
	written, asked := embedded()
	got := idsOf(asked.For(small(framing.Consulting), written.Applies))
	want := ids{Modules: []string{"express"}, Questions: strings.Fields(
		"GOV-Q01 GOV-Q02 RHU-Q01 ACC-Q01 PAT-Q01 CFG-Q01 INC-Q01 INC-Q02 AUD-Q01 SST-Q01")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestModulesFollowTheTierAndTheMatchesOfTheFraming(t *testing.T) {
	t.Parallel()
	written, asked := embedded()
	with := func(change func(*framing.Framing), services ...framing.ServiceType) framing.Framing {
		f := small(services...)
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		framing framing.Framing
		want    string
	}{
		"baseline":             {small(framing.Consulting), "express"},
		"reinforced":           {with(func(f *framing.Framing) { f.Data, f.Impacts.Privacy = framing.HealthData, 2 }, framing.SaaS), "express standard"},
		"critical":             {with(func(f *framing.Framing) { f.Data, f.Impacts.Privacy = framing.HealthData, 4 }, framing.SaaS), "express standard complete"},
		"raised by an officer": {with(func(f *framing.Framing) { f.Override = &framing.Override{Tier: framing.Critical} }, framing.SaaS), "express standard complete"},
		"lowered by an officer": {with(func(f *framing.Framing) {
			f.Data, f.Impacts.Privacy, f.Override = framing.HealthData, 4, &framing.Override{Tier: framing.Baseline, Reason: "essai"}
		}, framing.SaaS), "express"},
		"health data hosted":      {with(func(f *framing.Framing) { f.Data, f.HDS = framing.HealthData, true }, framing.Hosting), "express standard hds"},
		"artificial intelligence": {with(func(f *framing.Framing) { f.AI = true }, framing.SaaS), "express ai"},
		"medical device":          {small(framing.MedicalDevice), "express remote-maintenance medical-device"},
		"remote maintenance":      {small(framing.RemoteMaintenance), "express remote-maintenance"},
		"remote access":           {with(func(f *framing.Framing) { f.Access = framing.RemoteAccess }, framing.SaaS), "express remote-maintenance"},
		"privileged access":       {with(func(f *framing.Framing) { f.Access = framing.PrivilegedAccess }, framing.SaaS), "express remote-maintenance"},
		"on-site access":          {with(func(f *framing.Framing) { f.Access = framing.OnSiteAccess }, framing.SaaS), "express"},
	} {
		if diff := cmp.Diff(strings.Fields(c.want), idsOf(asked.For(c.framing, written.Applies)).Modules); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if questionnaire.Calls(telemonitoring(), "unheard-of") {
		t.Error("a module that is not of the catalogue is called for")
	}
}

func TestTheQuestionsOfACriticalServiceLeaveOutOnlyWhatItDoesNotCallFor(t *testing.T) {
	t.Parallel()
	written, asked := embedded()
	got := asked.For(telemonitoring(), written.Applies)
	var left []string
	for _, q := range asked.Questions() {
		if !slices.Contains(got.Questions, q) {
			left = append(left, q.ID+" "+q.Module)
		}
	}
	want := []string{
		"GOV-Q06 complete", "CFG-Q03 standard", "CFG-Q04 complete", "DEV-Q08 complete", // rights of use, networks, mobile means, subcontracted development
		"DMC-Q01 medical-device", "DMC-Q02 medical-device", "DMC-Q03 medical-device", "DMC-Q04 medical-device", "DMC-Q05 medical-device",
		"DMC-Q06 medical-device", "DMC-Q07 medical-device", "IAS-Q01 ai", "IAS-Q02 ai", "IAS-Q03 ai",
	}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Error(diff)
	}
}

func TestAClauseThatNoAskedQuestionVerifiesIsAttestedInTheOrderOfTheAnnex(t *testing.T) {
	t.Parallel()
	written, asked := embedded()
	got := idsOf(asked.For(small(framing.Consulting), written.Applies, "SAU-03", "GOV-01", "DCP-08", "X-LOCAL-01", "PAT-05"))
	want := []string{"ATT-SAU-03 SAU-03", "ATT-X-LOCAL-01 X-LOCAL-01", "ATT-PAT-05 PAT-05"}
	if diff := cmp.Diff(want, got.Attestations); diff != "" {
		t.Error(diff)
	}
}

// conditional is a library of five questions: B after A's yes, C after B's yes, D after C's level 3 or 4, E always; A to D
// verify a clause each. Question F hangs on one that is not asked.
func conditional(t *testing.T) *questionnaire.Library {
	t.Helper()
	one := func(id, module, condition, clause string) string {
		return `
  - id: GOV-Q0` + id + `
    version: 1
    module: ` + module + `
    type: yesno
    weight: 1
    minutes: 2` + condition + `
    text: {fr: Question ?, en: Question?}
    verifies: [` + clause + `]`
	}
	when := func(id, in string) string { return "\n    show_when: {question: GOV-Q0" + id + ", in: [" + in + "]}" }
	module := func(id string) string {
		return "\n  - {id: " + id + ", title: {fr: M, en: M}, summary: {fr: S, en: S}, for: {fr: F, en: F}}"
	}
	library, err := questionnaire.Load(files(map[string]string{
		"modules.yaml": "modules:" + module("express") + module("complete"),
		"gov.yaml": "domain: GOV\ntitle: {fr: Gouvernance, en: Governance}\nquestions:" +
			one("1", "express", "", "{clause: GOV-01}") + one("2", "express", when("1", `"yes", partial`), "{clause: GOV-02}") +
			one("3", "express", when("2", `"yes"`), "{clause: GOV-03}") + one("4", "express", when("3", `"3", "4"`), "{clause: GOV-03}, {clause: GOV-04}") +
			one("5", "express", "", "") + one("6", "express", when("7", `"yes"`), "{clause: GOV-05}") + one("7", "complete", "", "{clause: GOV-05}"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	return library
}

// files is a folder of questions.
func files(texts map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range texts {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestAnswersHideWhatTheyMakeMootAndItsClausesAreAttested(t *testing.T) {
	t.Parallel()
	everywhere := func(string) ([]string, bool) { return []string{"*"}, true }
	whole := conditional(t).For(small(framing.SaaS), everywhere, "GOV-01", "GOV-02", "GOV-03", "GOV-04", "GOV-05")
	if diff := cmp.Diff(ids{[]string{"express"}, strings.Fields("GOV-Q01 GOV-Q02 GOV-Q03 GOV-Q04 GOV-Q05 GOV-Q06"), nil}, idsOf(whole)); diff != "" {
		t.Fatal(diff)
	}
	if whole.Minutes() != 12 {
		t.Errorf("%d minutes", whole.Minutes())
	}
	type answers map[string][]content.Scalar
	for name, c := range map[string]struct {
		given        answers
		asked, atted string
	}{
		"nothing yet":                 {nil, "1 5 6", "GOV-02 GOV-03 GOV-04"},
		"the first answered":          {answers{"GOV-Q01": {"partial"}}, "1 2 5 6", "GOV-03 GOV-04"},
		"down to the end":             {answers{"GOV-Q01": {"yes"}, "GOV-Q02": {"yes"}, "GOV-Q03": {"0", "4"}}, "1 2 3 4 5 6", ""},
		"not in the list":             {answers{"GOV-Q01": {"no"}}, "1 5 6", "GOV-02 GOV-03 GOV-04"},
		"a hidden answer shows none":  {answers{"GOV-Q01": {"no"}, "GOV-Q02": {"yes"}, "GOV-Q03": {"4"}}, "1 5 6", "GOV-02 GOV-03 GOV-04"},
		"answers to what isn't asked": {answers{"GOV-Q07": {"no"}}, "1 5 6", "GOV-02 GOV-03 GOV-04"},
	} {
		got := idsOf(whole.Shown(func(question string) []content.Scalar { return c.given[question] }))
		want := ids{Modules: []string{"express"}}
		for _, number := range strings.Fields(c.asked) {
			want.Questions = append(want.Questions, "GOV-Q0"+number)
		}
		for _, clause := range strings.Fields(c.atted) {
			want.Attestations = append(want.Attestations, "ATT-"+clause+" "+clause)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A clause that applies to nothing of the framing, or that does not exist, calls for no question.
func TestAQuestionIsAskedOnlyWhenAClauseItVerifiesApplies(t *testing.T) {
	t.Parallel()
	rules := func(clause string) ([]string, bool) {
		applies, known := map[string][]string{"GOV-01": {"hosting", "data:health"}, "GOV-02": {"saas"}, "GOV-04": {"*"}}[clause]
		return applies, known
	}
	got := idsOf(conditional(t).For(small(framing.SaaS), rules, "GOV-01", "GOV-03"))
	want := ids{[]string{"express"}, strings.Fields("GOV-Q02 GOV-Q04 GOV-Q05"), []string{"ATT-GOV-01 GOV-01"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkFor(b *testing.B) {
	written, asked := embedded()
	var annex []string
	for _, c := range written.Clauses() {
		annex = append(annex, c.ID)
	}
	for b.Loop() {
		asked.For(telemonitoring(), written.Applies, annex...)
	}
}
