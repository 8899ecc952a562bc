package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/annex"
)

// started is a browser of the first structure's administrator.
func started(t *testing.T) *browser {
	t.Helper()
	b := newGarant(t).browser()
	b.get(b.link)
	a := b.post(b.link, "structure", "Clinique des Essais", "name", "Ada Essai", "mail", "ada@essais.example", "password", "quatre mots sans rapport")
	if a.Status != http.StatusSeeOther {
		t.Fatalf("set-up answered %d: %s", a.Status, a.Body)
	}
	return b
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden"[^>]* name="([^"]+)" value="([^"]*)"`)
	serviceID   = regexp.MustCompile(`/services/([0-9a-v]{26})`)
)

// hidden are the answers of earlier steps that a page of the framing carries along.
func hidden(body string) []string {
	var fields []string
	for _, m := range hiddenField.FindAllStringSubmatch(body, -1) {
		if m[1] != "csrf" && m[1] != "back" && m[1] != "language" {
			fields = append(fields, m[1], m[2])
		}
	}
	return fields
}

// addService makes a service, as far as its framing.
func (b *browser) addService(t *testing.T, supplier, title string) string {
	t.Helper()
	b.get("/services/new")
	a := b.post("/services/new", "supplier.name", supplier, "supplier", "new", "title", title, "reference", "2027-01")
	found := serviceID.FindStringSubmatch(a.Location)
	if a.Status != http.StatusSeeOther || found == nil {
		t.Fatalf("new service answered %d %s", a.Status, a.Location)
	}
	return found[1]
}

// frame answers the four steps: online software with health data, critical.
func (b *browser) frame(t *testing.T, id string) {
	t.Helper()
	path := "/services/" + id + "/framing"
	page := b.get(path)
	steps := [][]string{
		{"services", "saas"},
		{"data", "health", "hds", "on", "access", "remote"},
		{"needs.availability", "4", "needs.integrity", "3", "needs.confidentiality", "4", "needs.traceability", "3"},
		{"impacts.patient_care", "3", "impacts.privacy", "4", "impacts.organisation", "3", "impacts.legal", "3", "impacts.image", "2"},
	}
	for _, answers := range steps {
		page = b.post(path, append(hidden(page.Body), append(answers, "go", "next")...)...)
	}
	if page.Status != http.StatusSeeOther || !strings.HasSuffix(page.Location, "/annex") {
		t.Fatalf("the last step answered %d %s", page.Status, page.Location)
	}
}

func TestAServiceIsFramedInFourStepsWithoutScript(t *testing.T) {
	t.Parallel()
	b := started(t)
	id := b.addService(t, "Logimed SAS", "Télésuivi cardiaque")
	path := "/services/" + id + "/framing"
	page := b.get(path)
	// A step that is not answered says so and keeps what is.
	page = b.post(path, append(hidden(page.Body), "go", "next")...)
	if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, "Choisissez au moins un type") {
		t.Fatalf("nothing chosen: %d", page.Status)
	}
	b.frame(t, id)
	service := b.get("/services/" + id)
	for _, want := range []string{"Niveau critique", "gravité 4 × exposition 4 = 16", "Cadrage", "brouillon"} {
		if !strings.Contains(service.Body, want) {
			t.Errorf("the service page lacks %q", want)
		}
	}
}

func TestASupplierThatIsKnownIsOfferedBeforeASecondOneIsMade(t *testing.T) {
	t.Parallel()
	b := started(t)
	b.addService(t, "Logimed Télésuivi SAS", "Un")
	b.get("/services/new")
	asked := b.post("/services/new", "supplier.name", "LOGIMED telesuivi", "title", "Deux")
	if asked.Status != http.StatusUnprocessableEntity || !strings.Contains(asked.Body, "Logimed Télésuivi SAS") || !strings.Contains(asked.Body, `value="Deux"`) {
		t.Fatalf("answered %d without offering the known supplier, or losing the title", asked.Status)
	}
	known := regexp.MustCompile(`name="supplier"[^>]*value="([0-9a-v]{26})"`).FindStringSubmatch(asked.Body)
	if known == nil {
		t.Fatal("no choice of the known supplier")
	}
	if a := b.post("/services/new", "supplier.name", "LOGIMED telesuivi", "supplier", known[1], "title", "Deux"); a.Status != http.StatusSeeOther {
		t.Fatalf("answered %d", a.Status)
	}
	if list := b.get("/services").Body; strings.Count(list, "Logimed Télésuivi SAS") != 2 || strings.Contains(list, "LOGIMED") {
		t.Error("the two services do not share one supplier")
	}
}

func TestASIRENBelongsToOneSupplier(t *testing.T) {
	t.Parallel()
	b := started(t)
	b.get("/services/new")
	if a := b.post("/services/new", "supplier.name", "Alpha", "supplier.siren", "100 000 009", "title", "Un"); a.Status != http.StatusSeeOther {
		t.Fatalf("answered %d", a.Status)
	}
	b.get("/services/new")
	a := b.post("/services/new", "supplier.name", "Oméga", "supplier", "new", "supplier.siren", "100000009", "title", "Deux")
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "déjà celui de Alpha") {
		t.Errorf("answered %d", a.Status)
	}
	if a := b.post("/services/new", "supplier.name", "Oméga", "supplier", "new", "supplier.siren", "100000008", "title", "Deux"); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a SIREN with a wrong key answered %d", a.Status)
	}
}

// article reads the annex's text of a clause as the portal holds it now.
func (b *browser) annexText(t *testing.T, id string) string {
	t.Helper()
	a := b.get("/services/" + id + "/annex.docx")
	if a.Status != http.StatusOK {
		t.Fatalf("download answered %d", a.Status)
	}
	verdict, err := annex.Verify([]byte(a.Body))
	if err != nil || !verdict.Intact() {
		t.Fatalf("the downloaded annex does not verify: %+v %v", verdict, err)
	}
	return b.get("/services/" + id + "/annex/read").Body
}

func TestAValueIsSetAClauseDroppedAndTheLastChangeUndone(t *testing.T) {
	t.Parallel()
	b := started(t)
	id := b.addService(t, "Logimed", "Télésuivi")
	b.frame(t, id)
	path := "/services/" + id + "/annex"
	b.get(path + "?family=PAT")
	if a := b.post(path, "clause", "PAT-02", "family", "PAT", "version", "99", "kept", "on", "value.delai_correctif_critique_jours", "13"); a.Status != http.StatusSeeOther || !strings.Contains(a.Location, "family=PAT") {
		t.Fatalf("a value: %d %s", a.Status, a.Location)
	}
	if text := b.annexText(t, id); !strings.Contains(text, "treize") {
		t.Error("the value is not in the annex")
	}
	// Dropping wants a reason; what was typed elsewhere in the form is not lost.
	asked := b.post(path, "clause", "PAT-04", "family", "PAT", "version", "99", "reason.PAT-04", " ")
	if asked.Status != http.StatusUnprocessableEntity || !strings.Contains(asked.Body, "demande un motif") {
		t.Fatalf("dropping without a reason: %d", asked.Status)
	}
	if a := b.post(path, "clause", "PAT-04", "family", "PAT", "version", "99", "reason.PAT-04", "Recette faite par nous."); a.Status != http.StatusSeeOther {
		t.Fatalf("dropping: %d", a.Status)
	}
	if text := b.annexText(t, id); strings.Contains(text, "PAT-04") || strings.Contains(text, "Recette faite par nous") {
		t.Error("the dropped clause, or its reason, is in the annex")
	}
	if a := b.get("/services/" + id + "/choices.docx"); a.Status != http.StatusOK {
		t.Errorf("the record of choices answered %d", a.Status)
	}
	b.get(path)
	if a := b.post(path+"/undo", "version", "99"); a.Status != http.StatusSeeOther {
		t.Fatalf("undo: %d", a.Status)
	}
	if text := b.annexText(t, id); !strings.Contains(text, "PAT-04") {
		t.Error("undo did not bring the clause back")
	}
}

func TestTheSecondOfTwoPeopleOnOneValueIsToldAndLosesNothing(t *testing.T) {
	t.Parallel()
	first := started(t)
	id := first.addService(t, "Logimed", "Télésuivi")
	first.frame(t, id)
	second := first.garant.browser()
	second.get("/sign-in")
	second.post("/sign-in", "mail", "ada@essais.example", "password", "quatre mots sans rapport")
	path := "/services/" + id + "/annex"
	seen := regexp.MustCompile(`id="seen-PAT-02"[^>]*value="([0-9]+)"`).FindStringSubmatch(second.get(path + "?family=PAT").Body)
	if seen == nil {
		t.Fatal("the form does not say which version it was made from")
	}
	first.get(path)
	edit := func(b *browser, version, value string) answer {
		return b.post(path, "clause", "PAT-02", "family", "PAT", "version", version, "kept", "on", "value.delai_correctif_critique_jours", value)
	}
	if a := edit(first, seen[1], "10"); a.Status != http.StatusSeeOther {
		t.Fatalf("the first: %d", a.Status)
	}
	told := edit(second, seen[1], "14")
	if told.Status != http.StatusConflict || !strings.Contains(told.Body, "Ada Essai a changé ceci") || !strings.Contains(told.Body, `value="14"`) {
		t.Fatalf("the second was answered %d, without a message or without what was typed", told.Status)
	}
	again := regexp.MustCompile(`id="seen-PAT-02"[^>]*value="([0-9]+)"`).FindStringSubmatch(told.Body)
	if a := edit(second, again[1], "14"); a.Status != http.StatusSeeOther {
		t.Fatalf("sending again: %d", a.Status)
	}
	if text := second.annexText(t, id); !strings.Contains(text, "quatorze") {
		t.Error("the decision of the second is not in the annex")
	}
}

func TestAnotherStructuresServiceDoesNotExist(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	b.get(b.link)
	b.post(b.link + "/demo")
	theirs := serviceID.FindStringSubmatch(b.get("/services").Body)
	if theirs == nil {
		t.Fatal("the demonstration has no service")
	}
	own := b.garant.browser()
	own.get(b.link)
	own.post(b.link, "structure", "Clinique", "name", "Ada Essai", "mail", "ada@essais.example", "password", "quatre mots sans rapport")
	var got []int
	for _, path := range []string{"", "/framing", "/contract", "/annex", "/annex/read", "/annex.docx", "/annex.html", "/choices.docx", "/models/incident-report", "/flyer.docx", "/flyer.html"} {
		got = append(got, own.get("/services/"+theirs[1]+path).Status)
	}
	own.get("/services")
	got = append(got, own.post("/services/"+theirs[1]+"/annex", "clause", "PAT-02", "version", "1", "kept", "on").Status, own.post("/services/"+theirs[1]+"/annex/undo", "version", "1").Status)
	if diff := cmp.Diff([]int{404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheLimitsOfARequest(t *testing.T) {
	t.Parallel()
	b := started(t)
	b.get("/services/new")
	if a := b.post("/services/new", "title", strings.Repeat("x", 2<<20)); a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("two megabytes: %d", a.Status)
	}
	if a := b.get("/nowhere"); a.Status != http.StatusNotFound || !strings.Contains(a.Body, "<h1") {
		t.Errorf("an unknown page: %d", a.Status)
	}
	if a := b.garant.browser().get("/services"); a.Location != "/sign-in?next=%2Fservices" {
		t.Errorf("a stranger was sent to %q", a.Location)
	}
}

func TestEveryAnswerCarriesTheHeadersThatProtectIt(t *testing.T) {
	t.Parallel()
	b := started(t)
	for _, path := range []string{"/services", "/nowhere", "/healthz"} {
		h := b.get(path).Header
		got := []string{h.Get("Content-Security-Policy"), h.Get("X-Content-Type-Options"), h.Get("Referrer-Policy"), h.Get("Cross-Origin-Opener-Policy"), h.Get("Cache-Control"), h.Get("Permissions-Policy")}
		want := []string{contentPolicy, "nosniff", "no-referrer", "same-origin", "no-store", permissionsPolicy}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestAFramingMayStartFromAUsualService(t *testing.T) {
	t.Parallel()
	b := started(t)
	id := b.addService(t, "Logimed SAS", "Conseil en organisation")
	path := "/services/" + id + "/framing"
	b.shows("before a choice", b.get(path), "Prestation intellectuelle sans accès")
	page := b.get(path + "?from=consulting-no-access")
	b.shows("after it", page, "Point de départ : Prestation intellectuelle sans accès")
	same(t, "answers carried along", hidden(page.Body), []string{
		"version", "1", "step", "1", "data", "none", "access", "none", "needs.availability", "1", "needs.integrity", "1", "needs.confidentiality", "2",
		"needs.traceability", "1", "impacts.patient_care", "1", "impacts.privacy", "1", "impacts.organisation", "1", "impacts.legal", "1", "impacts.image", "1",
	})
	same(t, "type checked", strings.Contains(page.Body, `value="consulting" checked`), true)
	b.shows("an unknown one", b.get(path+"?from=nothing"), "Partir d’une prestation courante")
	b.frame(t, id)
	same(t, "offered once framed", strings.Contains(b.get(path).Body, "Partir d’une prestation courante"), false)
}
