package clause_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

func load(t testing.TB) *clause.Library {
	t.Helper()
	library, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

// catalogue reads testdata/catalogue.tsv: the clause topics agreed on, by id.
func catalogue(t testing.TB) []map[string]string {
	t.Helper()
	f, err := os.Open("testdata/catalogue.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		line := map[string]string{}
		for i, name := range rows[0] {
			line[name] = row[i]
		}
		out = append(out, line)
	}
	return out
}

func list(column string) []string {
	var out []string
	for part := range strings.SplitSeq(column, ";") {
		if part = strings.TrimSpace(part); part != "" && part != "-" {
			out = append(out, part)
		}
	}
	return out
}

func TestTheLibraryHoldsTheCatalogueColumnByColumn(t *testing.T) {
	t.Parallel()
	type columns struct {
		ID, Family, Level, Vector, Title    string
		Applies, Variables, References, CSS []string
	}
	var want, got []columns
	for _, c := range catalogue(t) {
		vector := c["vector"]
		if vector == "-" {
			vector = ""
		}
		want = append(want, columns{c["id"], c["family"], c["level"], vector, c["title_fr"], list(c["applies"]), list(c["variables"]), list(c["references"]), list(c["css"])})
	}
	for _, c := range load(t).Clauses() {
		got = append(got, columns{c.ID, c.Family, string(c.Level), string(c.Vector), c.Title.FR, c.Applies, c.Variables, c.References, c.CSS})
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryClauseIsWritten(t *testing.T) {
	t.Parallel()
	var drafts []string
	for _, c := range load(t).Clauses() {
		if c.Draft {
			drafts = append(drafts, c.ID)
		}
	}
	if drafts != nil {
		t.Errorf("drafts: %v", drafts)
	}
}

func recommended(l *clause.Library, f framing.Framing) []string {
	var ids []string
	for _, r := range l.Recommend(f) {
		if r.Recommended {
			ids = append(ids, r.Clause.ID)
		}
	}
	return ids
}

func consulting() framing.Framing {
	return framing.Framing{
		Services: []framing.ServiceType{framing.Consulting}, Data: framing.NoData, Access: framing.NoAccess,
		Needs:   framing.Needs{Availability: 1, Integrity: 1, Confidentiality: 1, Traceability: 1},
		Impacts: framing.Impacts{PatientCare: 1, Privacy: 1, Organisation: 1, Legal: 1, Image: 1},
	}
}

func TestRecommendDropsClausesTheServiceTypeDoesNotCall(t *testing.T) {
	t.Parallel()
	library := load(t)
	want := []string{
		"GOV-01", "GOV-03", "GOV-08", "CNF-01", "CNF-02", "CNF-04", "ACC-03", "PAT-01", "CFG-01", "INC-01", "AUD-01", "AUD-03", "SST-01", "SST-02",
		"RHU-01", "RES-02",
	}
	if diff := cmp.Diff(want, recommended(library, consulting())); diff != "" {
		t.Error(diff)
	}
}

func TestRecommendGivesTheRuleThatMatchedOrWhyNot(t *testing.T) {
	t.Parallel()
	f := consulting()
	f.Access = framing.PrivilegedAccess // exposure 4, severity 1: still the baseline tier
	got := map[string]string{}
	library := load(t)
	withdrawn, _ := library.Clause("TEL-02")
	withdrawn.Draft = true
	for _, r := range library.Recommend(f) {
		got[r.Clause.ID] = r.Reason().Key
	}
	for id, want := range map[string]string{
		"ACC-03": "clause.reason.every-service.socle", "ACC-04": "clause.reason.rule.access:remote", "ACC-01": "clause.reason.not-called",
		"GOV-02": "clause.reason.level.renforce", "GOV-07": "clause.reason.level.critique", "TEL-01": "clause.reason.rule.access:remote", "TEL-02": "clause.reason.draft",
	} {
		if got[id] != want {
			t.Errorf("%s: %s, want %s", id, got[id], want)
		}
	}
}

func TestRaisingALevelDropsNoClause(t *testing.T) {
	t.Parallel()
	library := load(t)
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.IntRange(1, 4)
		f := framing.Framing{
			Services: rapid.SliceOfNDistinct(rapid.SampledFrom(framing.ServiceTypes()), 1, 9, rapid.ID[framing.ServiceType]).Draw(t, "services"),
			Data:     rapid.SampledFrom(framing.DataKinds()).Draw(t, "data"), Access: rapid.SampledFrom(framing.AccessKinds()).Draw(t, "access"),
			HDS: rapid.Bool().Draw(t, "hds"), AI: rapid.Bool().Draw(t, "ai"),
			Needs:   framing.Needs{Availability: level.Draw(t, "D"), Integrity: level.Draw(t, "I"), Confidentiality: level.Draw(t, "C"), Traceability: level.Draw(t, "T")},
			Impacts: framing.Impacts{PatientCare: level.Draw(t, "care"), Privacy: level.Draw(t, "privacy"), Organisation: level.Draw(t, "organisation"), Legal: level.Draw(t, "legal"), Image: level.Draw(t, "image")},
		}
		before := recommended(library, f)
		raise := rapid.SampledFrom([]*int{&f.Needs.Availability, &f.Needs.Integrity, &f.Needs.Traceability, &f.Impacts.PatientCare, &f.Impacts.Image}).Draw(t, "field")
		*raise = rapid.IntRange(*raise, 4).Draw(t, "level")
		after := recommended(library, f)
		for _, id := range before {
			if !slices.Contains(after, id) {
				t.Fatalf("%s was recommended and is no more", id)
			}
		}
	})
}

func TestValuesAreReadStrictlyAndPrintedAsContractsDo(t *testing.T) {
	t.Parallel()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	library := load(t)
	for _, c := range []struct{ variable, raw, value, french, english string }{
		{"delai_correctif_critique_jours", " 10 ", "10", "dix (10) jours", "ten (10) days"},
		{"delai_correctif_critique_jours", "1", "1", "un (1) jour", "one (1) day"},
		{"delai_notification_incident_heures", "1", "1", "une (1) heure", "one (1) hour"},
		{"disponibilite_pct", "99,9", "99.9", "99,9\u00a0%", "99.9%"},
		{"plafond_assurance_eur", "1500000", "1500000", "1\u202f500\u202f000\u00a0euros", "1,500,000\u00a0euros"},
		{"longueur_mdp_min", "12", "12", "douze (12) caractères", "twelve (12) characters"},
		{"version_tls_min", "1.3", "1.3", "1.3", "1.3"},
		{"contact_securite", "rssi@exemple.fr", "rssi@exemple.fr", "rssi@exemple.fr", "rssi@exemple.fr"},
		{"contact_securite", "", "", "…………………", "…………………"},
		{"date_fin_certificat", "2028-03-01", "2028-03-01", "1er\u00a0mars 2028", "1\u00a0March 2028"},
	} {
		v, ok := library.Variable(c.variable)
		if !ok {
			t.Fatalf("no variable %s", c.variable)
		}
		value, err := v.Parse(c.raw)
		if err != nil {
			t.Errorf("%s %q: %v", c.variable, c.raw, err)
		}
		got := []string{value, strings.ReplaceAll(v.Print(value, words.In(locale.French)), "\u00a0(", " ("), v.Print(value, words.In(locale.English))}
		for i := range got[1:] {
			got[i+1] = strings.NewReplacer(")\u00a0", ") ", "\u00a0(", " (").Replace(got[i+1])
		}
		if diff := cmp.Diff([]string{c.value, c.french, c.english}, got); diff != "" {
			t.Errorf("%s: %s", c.variable, diff)
		}
	}
	for variable, raws := range map[string][]string{
		"delai_correctif_critique_jours": {"dix", "1.5", "-1", "1000000", "1e3"}, "disponibilite_pct": {"101", "-0.1", "cent"},
		"version_tls_min": {"1.1", "1,3"}, "date_fin_certificat": {"2027-02-30", "15/01/2027"}, "contact_securite": {"a\nb", strings.Repeat("x", 401)},
	} {
		v, _ := library.Variable(variable)
		for _, raw := range raws {
			if value, err := v.Parse(raw); err == nil {
				t.Errorf("%s: %q was read as %q", variable, raw, value)
			}
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}

func BenchmarkRecommend(b *testing.B) {
	library, f := load(b), consulting()
	for b.Loop() {
		library.Recommend(f)
	}
}
