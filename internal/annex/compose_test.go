package annex_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// composer is read once for all tests: it never changes.
var composer = sync.OnceValue(func() annex.Composer {
	library, err := clause.Load(clauses.Files)
	if err != nil {
		panic(err)
	}
	words, err := locale.Load()
	if err != nil {
		panic(err)
	}
	return annex.Composer{Library: library, Words: words}
})

// example is the contract that the documentation shows.
const example = "../../docs/example.yaml"

// cardiac is the input of the example, after replacements in its text.
func cardiac(t testing.TB, replacements ...string) annex.Input {
	t.Helper()
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	in, err := annex.ReadInput("cardiac.yaml", []byte(strings.NewReplacer(replacements...).Replace(string(data))), composer().Library)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func compose(t testing.TB, in annex.Input) *annex.Document {
	t.Helper()
	d, err := composer().Compose(in)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestComposeIsWhatTheGoldenFileSays(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"fr", "en"} {
		d := compose(t, cardiac(t, "language: fr", "language: "+lang))
		got, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "cardiac."+lang+".json")
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (go test -update writes it anew):\n%s", golden, diff)
		}
	}
}

func TestChoicesOfTheBuyerAreFollowed(t *testing.T) {
	t.Parallel()
	d := compose(t, cardiac(t))
	if _, ok := d.Article("GOV-07"); ok {
		t.Error("GOV-07 was removed and is there")
	}
	if diff := cmp.Diff([]annex.Removed{{ID: "GOV-07", Title: "Assurance couvrant le risque cyber", Reason: "Couverture cyber déjà exigée par l'acte d'engagement."}}, d.Removed); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"GOV-06"}, d.Added); diff != "" {
		t.Error(diff)
	}
	a, ok := d.Article("PAT-02")
	if !ok || !strings.Contains(a.Text, "- dix\u00a0(10)\u00a0jours lorsque ce score") && !strings.Contains(a.Text, "dix (10)") {
		t.Errorf("the value is not in the text: %s", a.Text)
	}
	wanted := []annex.Change{{Label: "Correction d’une vulnérabilité critique", Proposed: "7\u00a0jours", Chosen: "10\u00a0jours", Bounds: "de 1\u00a0jour à 15\u00a0jours"}}
	if diff := cmp.Diff(wanted, d.Changed); diff != "" {
		t.Error(diff)
	}
}

func TestWarningsTellWhatIsAllowedButUnusual(t *testing.T) {
	t.Parallel()
	d := compose(t, cardiac(t, "delai_correctif_critique_jours: 10", "delai_correctif_critique_jours: 45", "add: [GOV-06]", "add: [GOV-06, PAT-02]"))
	var got []string
	for _, w := range d.Warnings {
		got = append(got, w.Field)
	}
	want := []string{
		"clauses.add[1]", "values.finalites", "values.categories_donnees", "values.duree_traitement", "values.contact_dpo", "values.pays_acces",
		"values.numero_certificat", "values.activites_hds", "values.date_fin_certificat", "values.contact_contractuel",
		"values.delai_correctif_critique_jours", "values.contact_rssi", "values.format_restitution",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAReferenceThatDoesNotBindTheServiceIsNotPrinted(t *testing.T) {
	t.Parallel()
	printed := func(in annex.Input) string {
		a, _ := compose(t, in).Article("PAT-03")
		var ids []string
		for _, r := range a.References {
			ids = append(ids, r.ID)
		}
		return strings.Join(ids, " ")
	}
	if got := printed(cardiac(t)); got != "ANSSI-HYGIENE-35" {
		t.Errorf("online software: %s", got)
	}
	if got := printed(cardiac(t, "services: [saas, remote-maintenance]", "services: [on-premises-software]")); got != "ANSSI-HYGIENE-35 CRA-13" {
		t.Errorf("software on site: %s", got)
	}
}

// TestTextFromAFileIsData: what a person typed becomes neither markup, nor a placeholder, nor a variable.
func TestTextFromAFileIsData(t *testing.T) {
	t.Parallel()
	in := cardiac(t)
	hostile := `{{structure.name}} {delai_pas_jours} <w:p/> **gras** & "x" =1+1`
	in.Supplier.Name, in.Contract.Title = hostile, hostile
	in.Values = content.Map[content.Scalar]{{Key: "contact_securite", Value: content.Scalar(hostile)}}
	d := compose(t, in)
	a, _ := d.Article("GOV-01")
	if want := locale.Typography(locale.French, hostile); !strings.Contains(a.Text, want) {
		t.Errorf("the value %q is not in %q as it was typed", want, a.Text)
	}
	data, err := d.Word(composer().Words.In(locale.French), nil)
	if err != nil {
		t.Fatal(err)
	}
	verdict, err := annex.Verify(data)
	if err != nil || !verdict.Intact() {
		t.Errorf("not read back as written: %+v %v", verdict, err)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	var first []byte
	for range 3 {
		data, err := compose(t, cardiac(t)).Word(composer().Words.In(locale.French), nil)
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(first, data) {
			t.Fatal("two renders of one input differ")
		}
		first = data
	}
}

func TestReadInputNamesEveryProblemAtItsLine(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	source := strings.NewReplacer(
		"add: [GOV-06]", "add: [GOV-99, GOV-06, GOV-06]", "id: GOV-07\n      reason: Couverture cyber déjà exigée par l'acte d'engagement.", "id: GOV-07\n      reason: \"\"",
		"end: 2030-12-31", "end: 2026-12-31", "disponibilite_pct: 99.9", "disponibilite_pct: beaucoup", "pays_stockage", "pays_stokage", "availability: 4", "availability: 9",
	).Replace(string(data))
	_, err = annex.ReadInput("in.yaml", []byte(source), composer().Library)
	var got []string
	for _, p := range err.(fault.Problems) {
		got = append(got, fmt.Sprintf("%d %s %s", p.Line, p.Field, p.Key))
	}
	want := []string{
		"18 contract.end annex.end-before-start", "25 framing.needs.availability framing.level",
		"30 clauses.add[0] annex.unknown-clause", "30 clauses.add[2] annex.clause-twice", "33 clauses.remove[0].reason annex.removal-reason",
		"37 values.disponibilite_pct value.number", "38 values.pays_stokage annex.unknown-variable-close",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestJSONHasTheFieldsOfTheContract(t *testing.T) {
	t.Parallel()
	data, err := compose(t, cardiac(t)).JSON()
	if err != nil {
		t.Fatal(err)
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, key := range []string{"tier", "severity", "exposure", "reasons", "articles", "removed", "added", "warnings", "fingerprint"} {
		if _, ok := top[key]; ok {
			keys = append(keys, key)
		}
	}
	if len(keys) != 9 || len(top) != 9 {
		t.Errorf("fields %v of %d", keys, len(top))
	}
}

func TestTheRecordOfChoicesIsADocumentOfItsOwn(t *testing.T) {
	t.Parallel()
	d := compose(t, cardiac(t))
	data, err := d.Choices(composer().Words.In(locale.French))
	if err != nil {
		t.Fatal(err)
	}
	text := documentText(t, data)
	for _, want := range []string{"Fiche de choix", "GOV-07", "Couverture cyber déjà exigée par l’acte d’engagement.", "GOV-06", "Licences et droits d’usage", "10 jours"} {
		if !strings.Contains(text, want) {
			t.Errorf("the record lacks %q in %q", want, text)
		}
	}
	annexFile, err := d.Word(composer().Words.In(locale.French), nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := documentText(t, annexFile); strings.Contains(text, "acte d’engagement") {
		t.Error("the reason is in the annex")
	}
}

// documentText is the text of a Word file's body, white space folded.
func documentText(t testing.TB, data []byte) string {
	t.Helper()
	body := string(parts(t, data)["word/document.xml"])
	var text strings.Builder
	for body != "" {
		before, rest, found := strings.Cut(body, "<")
		text.WriteString(before)
		if !found {
			break
		}
		tag, after, _ := strings.Cut(rest, ">")
		if tag == "/w:p" {
			text.WriteString(" ")
		}
		body = after
	}
	return strings.Join(strings.Fields(text.String()), " ")
}
