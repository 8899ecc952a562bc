package annex_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
)

// wordParts gives the XML of a Word file, each part well formed.
func wordParts(t *testing.T, data []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, file := range archive.File {
		in, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		parts[file.Name] = string(part)
		if strings.HasSuffix(file.Name, ".xml") {
			if err := xml.Unmarshal(part, new(struct{})); err != nil {
				t.Errorf("%s: %v", file.Name, err)
			}
		}
	}
	return parts
}

var (
	endOfLine = regexp.MustCompile(`</w:p>|<w:br/>`)
	anyTag    = regexp.MustCompile(`<[^>]*>`)
)

// wordLines is the text of a Word document, a line a paragraph; a cell is one, blank where it is empty.
func wordLines(t *testing.T, data []byte) []string {
	t.Helper()
	body := endOfLine.ReplaceAllString(wordParts(t, data)["word/document.xml"], "\n")
	return strings.Split(plainSpaces.Replace(html.UnescapeString(anyTag.ReplaceAllString(body, ""))), "\n")
}

// plainSpaces has the spaces of typography as plain ones, so that tests can be typed and read.
var plainSpaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

func form(t *testing.T, id string, in annex.Input) *annex.Form {
	t.Helper()
	model, ok := composer().Library.Model(id)
	if !ok {
		t.Fatalf("no model %s", id)
	}
	f, err := composer().Form(model, in)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func formWord(t *testing.T, f *annex.Form) []byte {
	t.Helper()
	data, err := f.Word(composer().Words.In(f.Language))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// forms is every model in both languages, as each kind of input leaves it.
func forms(t *testing.T) map[string]*annex.Form {
	t.Helper()
	all := map[string]*annex.Form{}
	for _, lang := range locale.Languages() {
		language := "language: " + string(lang)
		bare := cardiac(t, "language: fr", language)
		bare.Structure, bare.Supplier = annex.Party{Name: bare.Structure.Name}, annex.Party{Name: bare.Supplier.Name}
		bare.Contract = annex.Contract{Title: bare.Contract.Title}
		bare.Values, bare.Clauses = nil, annex.Selection{Base: annex.FromNothing}
		for _, m := range composer().Library.Models {
			all[fmt.Sprintf("%s.%s.filled", m.ID, lang)] = form(t, m.ID, cardiac(t, "language: fr", language))
			all[fmt.Sprintf("%s.%s.bare", m.ID, lang)] = form(t, m.ID, bare)
			all[fmt.Sprintf("%s.%s.blank", m.ID, lang)] = composer().BlankForm(m, lang)
		}
	}
	return all
}

func TestEveryModelIsAWordDocumentWithoutAPlaceLeftOpen(t *testing.T) {
	t.Parallel()
	for name, f := range forms(t) {
		data := formWord(t, f)
		for _, line := range wordLines(t, data) {
			if strings.ContainsAny(line, "{}") {
				t.Errorf("%s: %q", name, line)
			}
		}
		if !bytes.Equal(data, formWord(t, f)) {
			t.Errorf("%s: the same form gives other bytes", name)
		}
	}
}

func TestAModelIsFilledWithThePartiesTheContractAndTheValues(t *testing.T) {
	t.Parallel()
	got := wordLines(t, formWord(t, form(t, "destruction-certificate", cardiac(t))))
	want := []string{
		"Centre hospitalier de Vallombreuse", "Document du marché 2026-TIC-0147", "Attestation de destruction",
		"Le titulaire ne détruit aucune donnée avant que l’établissement ait récupéré les siennes et l’ait écrit. Il remet cette attestation dans la semaine qui suit la destruction.",
		"Établissement", "Centre hospitalier de Vallombreuse, 12 rue des Tilleuls, 49000 Angers",
		"Titulaire", "Logimed Télésuivi SAS, 4 quai de la Fosse, 44000 Nantes, SIREN 100 000 009",
		"Contrat", "2026-TIC-0147 : Plateforme de télésuivi des patients insuffisants cardiaques",
		"Fin du contrat", "31 décembre 2030", "",
		"Motif de la destruction",
		"☐Fin du contrat : au plus tard trente (30) jours après la plus tardive de ces deux dates, la fin du contrat ou l’accord de l’établissement.",
		"☐Réemploi, réparation, reprise ou mise au rebut d’un équipement ou d’un support.",
		"☐Fin d’une intervention : au plus tard quinze (15) jours après sa fin.",
		"☐Demande écrite de l’établissement, du : ……………………",
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsMissingIsADottedLine(t *testing.T) {
	t.Parallel()
	in := cardiac(t)
	in.Supplier = annex.Party{Name: "Logimed"}
	in.Contract.Reference = ""
	text := strings.Join(wordLines(t, formWord(t, form(t, "destruction-certificate", in))), "\n")
	for _, want := range []string{
		"Document du contrat", "Logimed, ……………………, SIREN ……………………", "…………………… : Plateforme de télésuivi des patients insuffisants cardiaques",
	} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("no line %q in:\n%s", want, text)
		}
	}
	model, _ := composer().Library.Model("confidentiality-undertaking")
	blank := "\n" + strings.Join(wordLines(t, formWord(t, composer().BlankForm(model, locale.English))), "\n")
	for _, want := range []string{"Document to be filled in", "☐ ……………………\u2003☐ other: ……………………", "……………………: ……………………"} {
		if !strings.Contains(blank, "\n"+want+"\n") {
			t.Errorf("no line %q in:\n%s", want, blank)
		}
	}
}

func TestAModelPromisesNoValueThatTheAnnexDoesNot(t *testing.T) {
	t.Parallel()
	printed := func(in annex.Input) string {
		return strings.Join(wordLines(t, formWord(t, form(t, "committee-minutes", in))), "\n")
	}
	in := cardiac(t)
	in.Values = nil
	kept := printed(in)
	in.Clauses = annex.Selection{Base: annex.FromNothing, Add: []string{"PAT-02"}}
	one := printed(in)
	in.Defaults = content.Map[content.Scalar]{{Key: "disponibilite_pct", Value: "98"}}
	own := printed(in)
	has := func(text, line string) bool { return strings.Contains(text, "\n"+line+"\n") }
	got := []bool{
		has(kept, "vingt-quatre (24) heures"), has(one, "vingt-quatre (24) heures"), has(one, "sept (7) jours"), has(one, "98 %"), has(own, "98 %"),
	}
	if diff := cmp.Diff([]bool{true, false, true, false, true}, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, own)
	}
}

func TestTheAssurancePlanHasARowForEachArticle(t *testing.T) {
	t.Parallel()
	in := cardiac(t)
	d := compose(t, in)
	lines := wordLines(t, formWord(t, form(t, "assurance-plan", in)))
	at := 0
	for _, chapter := range d.Chapters {
		for _, a := range chapter.Articles {
			want := []string{a.Number + " " + plainSpaces.Replace(a.Title), "", plainSpaces.Replace(a.Evidence), ""}
			for ; at+4 < len(lines) && lines[at] != want[0]; at++ {
			}
			if diff := cmp.Diff(want, lines[at:at+4]); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", a.ID, diff)
			}
		}
	}
	in.Clauses = annex.Selection{Base: annex.FromNothing}
	if none := wordLines(t, formWord(t, form(t, "assurance-plan", in))); len(none) >= len(lines) || strings.Contains(strings.Join(none, "\n"), plainSpaces.Replace(d.Chapters[0].Articles[0].Evidence)) {
		t.Error("an annex without articles gives rows of them")
	}
}

func TestAModelOfAWrongInputIsRefused(t *testing.T) {
	t.Parallel()
	in := cardiac(t)
	in.Supplier.Name = ""
	model, _ := composer().Library.Model("incident-report")
	if _, err := composer().Form(model, in); err == nil {
		t.Error("an input without a supplier was accepted")
	}
}

// inOffice has LibreOffice print documents, and gives the text of each page of each.
func inOffice(t *testing.T, documents map[string][]byte) map[string][]string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir}
	for name, data := range documents {
		path := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	if out, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	pages := map[string][]string{}
	for name := range documents {
		pages[name] = pdfPages(t, filepath.Join(dir, name+".pdf"))
	}
	return pages
}

func TestLibreOfficePrintsEveryModelAndTheUndertakingOnOnePage(t *testing.T) {
	t.Parallel()
	documents := map[string][]byte{}
	for name, f := range forms(t) {
		documents[name] = formWord(t, f)
	}
	for name, pages := range inOffice(t, documents) {
		for i, page := range pages {
			if len(strings.Fields(page)) < 25 {
				t.Errorf("%s: page %d of %d holds next to nothing: %q", name, i+1, len(pages), page)
			}
			if !strings.HasSuffix(strings.Join(strings.Fields(page), ""), fmt.Sprintf("%d/%d", i+1, len(pages))) {
				t.Errorf("%s: page %d of %d is not numbered", name, i+1, len(pages))
			}
		}
		if strings.HasPrefix(name, "confidentiality-undertaking") && len(pages) != 1 {
			t.Errorf("%s has %d pages", name, len(pages))
		}
	}
}
