package web

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var modelLink = regexp.MustCompile(`href="(/services/[0-9a-v]{26}/models/[a-z-]+)"`)

func TestTheDocumentsOfAServiceAreOfferedThoseItsAnnexCallsForFirst(t *testing.T) {
	t.Parallel()
	b := started(t)
	id := b.addService(t, "Logimed", "Télésuivi")
	if page := b.get("/services/" + id).Body; strings.Contains(page, "/models/") {
		t.Error("documents are offered before the framing")
	}
	if a := b.get("/services/" + id + "/models/incident-report"); a.Location != "/services/"+id+"/framing" {
		t.Errorf("a document before the framing answered %d %s", a.Status, a.Location)
	}
	b.frame(t, id)
	for _, clause := range []string{"TEL-01", "TEL-02", "TEL-04"} {
		b.get("/services/" + id + "/annex?family=TEL")
		if a := b.post("/services/"+id+"/annex", "clause", clause, "family", "TEL", "version", "99", "reason."+clause, "Sans télémaintenance."); a.Status != http.StatusSeeOther {
			t.Fatalf("%s answered %d", clause, a.Status)
		}
	}
	page := b.get("/services/" + id).Body
	var got []string
	for _, link := range modelLink.FindAllStringSubmatch(page, -1) {
		got = append(got, strings.TrimPrefix(link[1], "/services/"+id+"/models/"))
	}
	want := []string{"assurance-plan", "confidentiality-undertaking", "committee-minutes", "incident-report", "destruction-certificate", "remote-maintenance-agreement"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, want := range []string{"Demandé par les clauses GOV-02 et GOV-01 de l’annexe", "L’annexe ne le demande pas"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestTheFlyerOfAServiceIsDownloadedAsWordAndAsHTML(t *testing.T) {
	t.Parallel()
	b := started(t)
	id := b.addService(t, "Logimed & fils", "Télésuivi")
	if a := b.get("/services/" + id + "/flyer.docx"); a.Location != "/services/"+id+"/framing" {
		t.Errorf("before the framing: %d %s", a.Status, a.Location)
	}
	b.frame(t, id)
	if page := b.get("/services/" + id).Body; !strings.Contains(page, "/services/"+id+`/flyer.docx"`) || !strings.Contains(page, "/services/"+id+`/flyer.html"`) {
		t.Error("the service does not offer the flyer")
	}
	french := b.get("/services/" + id + "/flyer.docx")
	if text := wordText(t, french); !strings.Contains(text, "Pour Logimed &amp; fils") {
		t.Error("the flyer is not for the supplier, or not in French")
	}
	if name := french.Header.Get("Content-Disposition"); !strings.Contains(name, "2027-01.docx") {
		t.Errorf("named %s", name)
	}
	english := b.get("/services/" + id + "/flyer.html?language=en")
	if english.Status != http.StatusOK || !strings.Contains(english.Body, "For Logimed &amp; fils") || !strings.Contains(english.Body, "Let us talk security before we sign") {
		t.Errorf("the flyer in English answered %d", english.Status)
	}
}

// wordText is the text of a downloaded Word document.
func wordText(t *testing.T, a answer) string {
	t.Helper()
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/vnd.openxmlformats-officedocument.wordprocessingml.document" {
		t.Fatalf("answered %d, %s", a.Status, a.Header.Get("Content-Type"))
	}
	return inflated(t, []byte(a.Body), "word/document.xml")
}

func TestADocumentIsDownloadedInTheLanguageOfThePageOrTheOneAskedFor(t *testing.T) {
	t.Parallel()
	b := started(t)
	id := b.addService(t, "Logimed & fils", "Télésuivi")
	b.frame(t, id)
	french := b.get("/services/" + id + "/models/destruction-certificate")
	if text := wordText(t, french); !strings.Contains(text, "Attestation de destruction") || !strings.Contains(text, "Logimed &amp; fils") {
		t.Error("the document does not name the supplier, or is not in French")
	}
	if name := french.Header.Get("Content-Disposition"); !strings.Contains(name, "Attestation%20de%20destruction%202027-01.docx") {
		t.Errorf("named %s", name)
	}
	if text := wordText(t, b.get("/services/"+id+"/models/destruction-certificate?language=en")); !strings.Contains(text, "Certificate of destruction") {
		t.Error("the document is not in English")
	}
	if a := b.get("/services/" + id + "/models/novel"); a.Status != http.StatusNotFound {
		t.Errorf("a model that is none answered %d", a.Status)
	}
}

func TestABlankDocumentIsPublicAndLinkedFromTheClausesThatCallForIt(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	if page := b.get("/library/clauses/TEL-04").Body; !strings.Contains(page, `href="/library/models/remote-maintenance-agreement"`) {
		t.Error("the clause does not lead to its document")
	}
	if page := b.get("/library/clauses/PAT-02").Body; strings.Contains(page, "/library/models/") {
		t.Error("a clause leads to a document that it does not call for")
	}
	if text := wordText(t, b.get("/library/models/remote-maintenance-agreement?language=en")); !strings.Contains(text, "Remote maintenance agreement") {
		t.Error("the blank document is not in English")
	}
	if a := b.get("/library/models/novel"); a.Status != http.StatusNotFound || !strings.Contains(a.Body, "novel") {
		t.Errorf("a model that is none answered %d", a.Status)
	}
}

// inflated is a part of a Word file.
func inflated(t *testing.T, data []byte, name string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	part, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(part)
}
