package web

import (
	"bytes"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

// readingRoom is a portal with its library and nothing else: reading it needs no store.
func readingRoom(t *testing.T) *Server {
	t.Helper()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	written, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		t.Fatal(err)
	}
	return New(Parts{
		Words: words, Clauses: written, Questions: asked, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Options: Options{Language: locale.French},
	})
}

// reading is what a reader sees of a page.
type reading struct {
	Status   int
	Location string
	Whole    bool // a page of its own, and not a fragment
	Says     bool // what was looked for
}

func readPage(t *testing.T, s *Server, path, says string, headers ...string) reading {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.app.Test(request, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reading{
		response.StatusCode, response.Header.Get("Location"), strings.Contains(string(body), "<html"), says != "" && strings.Contains(string(body), says),
	}
}

func TestTheLibraryIsReadWithoutSigningIn(t *testing.T) {
	t.Parallel()
	s := readingRoom(t)
	page := reading{Status: 200, Whole: true, Says: true}
	for path, says := range map[string]string{
		"/library": "Par famille", "/library/search?q=sauvegarde": "SAU-01", "/library/families/PAT": "PAT-02",
		"/library/clauses/PAT-02": "delai_correctif_critique_jours", "/library/variables": "version_tls_min",
		"/library/clauses/PAT-02/versions/1": "en vigueur", "/library/questions/PAT-Q02": "Clauses qu", "/library/questions/PAT-Q02/versions/1": "PAT-Q02",
		"/library/references": "2016/679", "/library/questions": "PAT-Q02",
	} {
		if diff := cmp.Diff(page, readPage(t, s, path, says)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	if diff := cmp.Diff(page, readPage(t, s, "/library/clauses/PAT-02", "Values to settle", "Accept-Language", "en")); diff != "" {
		t.Error(diff)
	}
}

func TestTheSearchBoxIsGivenAFragmentAndABrowserAPage(t *testing.T) {
	t.Parallel()
	s := readingRoom(t)
	for name, test := range map[string]struct {
		path, says string
		headers    []string
		want       reading
	}{
		"typing":            {"/library/search?q=sauvegarde", "SAU-01", []string{"HX-Request", "true"}, reading{200, "", false, true}},
		"emptied":           {"/library/search?q=+", "Par famille", []string{"HX-Request", "true"}, reading{200, "", false, true}},
		"coming back":       {"/library/search?q=sauvegarde", "SAU-01", []string{"HX-Request", "true", "HX-History-Restore-Request", "true"}, reading{200, "", true, true}},
		"a filter":          {"/library/search?door=sauvegardes&level=renforce", "SAU-03", nil, reading{200, "", true, true}},
		"within a filter":   {"/library/search?q=restauration&family=SAU", "SAU-03", nil, reading{200, "", true, true}},
		"out of a filter":   {"/library/search?q=restauration&family=GOV", "SAU-03", nil, reading{200, "", true, false}},
		"nothing typed":     {"/library/search?q=+", "", nil, reading{303, "/library", false, false}},
		"what is no text":   {"/library/search?q=%ff%00licorne", "Rien ne répond", nil, reading{200, "", true, true}},
		"far too long":      {"/library/search?q=" + strings.Repeat("a+", 3000), "Bibliothèque", nil, reading{200, "", true, true}},
		"markup is no page": {"/library/search?q=%3Cscript%3Ealert", "<script>alert", nil, reading{200, "", true, false}},
	} {
		if diff := cmp.Diff(test.want, readPage(t, s, test.path, test.says, test.headers...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAnAddressOfTheLibraryLeadsSomewhereOrSaysNotFound(t *testing.T) {
	t.Parallel()
	s := readingRoom(t)
	for path, want := range map[string]reading{
		"/library/clauses/pat-02":               {301, "/library/clauses/PAT-02", false, false},
		"/library/families/pat":                 {301, "/library/families/PAT", false, false},
		"/library/questions/pat-q02":            {301, "/library/questions/PAT-Q02", false, false},
		"/library/questions/PAT-Q99":            {404, "", true, false},
		"/library/clauses/PAT-02/versions/2":    {404, "", true, false},
		"/library/clauses/PAT-02/versions/01":   {404, "", true, false},
		"/library/clauses/PAT-99/versions/1":    {404, "", true, true},
		"/library/questions/PAT-Q02/versions/0": {404, "", true, false},
		"/library/clauses/PAT-99":               {404, "", true, true},
		"/library/families/%3Cb%3E":             {404, "", true, false},
		"/library/clauses/..%2f..%2fetc":        {404, "", true, false},
		"/library/clauses/PAT-02/anything":      {303, "/sign-in?next=%2Flibrary%2Fclauses%2FPAT-02%2Fanything", false, false},
	} {
		if diff := cmp.Diff(want, readPage(t, s, path, "PAT-99")); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

// withHistory is the library of clauses with two former versions of SAU-03.
func withHistory(t *testing.T) *clause.Library {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(clauses.Files, "*.yaml")
	must(t, err)
	for _, name := range names {
		data, err := fs.ReadFile(clauses.Files, name)
		must(t, err)
		files[name] = &fstest.MapFile{Data: bytes.Replace(data, []byte("id: SAU-03\n    version: 1\n"), []byte("id: SAU-03\n    version: 3\n"), 1)}
	}
	files["history/SAU-03.yaml"] = &fstest.MapFile{Data: []byte(`former:
  - id: SAU-03
    version: 1
    level: socle
    applies: ["*"]
    title: {fr: "Essais de restauration", en: "Restore trials"}
    text: {fr: "Le titulaire essaie la restauration chaque année.", en: "The supplier shall try the restore each year."}
  - id: SAU-03
    version: 2
    level: renforce
    applies: ["*"]
    title: {fr: "Tests de restauration", en: "Restore tests"}
    text: {fr: "Le titulaire teste la restauration chaque semestre.", en: "The supplier shall test the restore each half-year."}
`)}
	library, err := clause.Load(files)
	must(t, err)
	return library
}

func TestEachVersionKeepsItsAddressAndTellsWhatItChanged(t *testing.T) {
	t.Parallel()
	g := newGarant(t, func(p *Parts) { p.Clauses = withHistory(t) })
	b := g.browser()
	first := b.get("/library/clauses/SAU-03/versions/1")
	b.shows("the first version", first, "Essais de restauration", "Le titulaire essaie la restauration chaque année.", "remplacée")
	b.hides("the first version", first, "<del>")
	second := b.get("/library/clauses/SAU-03/versions/2")
	b.shows("the second version", second, "Ce qui a changé de la version 1 à la version 2", "[retiré :] Essais", "[ajouté :] Tests", "remplacée")
	current := b.get("/library/clauses/SAU-03")
	b.shows("the current version", current, "Ce qui a changé de la version 2 à la version 3", "Version 1", "Version 2", "Version 3")
	same(t, "the address of the current version", b.get("/library/clauses/SAU-03/versions/3").Status, http.StatusOK)
	same(t, "a version to come", b.get("/library/clauses/SAU-03/versions/4").Status, http.StatusNotFound)
}

func TestTheLibraryIsDownloadedInTheReadersLanguageAndOnceOnly(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	for format, begins := range map[string]string{"docx": "PK", "xlsx": "PK", "json": "{"} {
		got := b.get("/library/download." + format)
		if got.Status != http.StatusOK || !strings.HasPrefix(got.Body, begins) {
			t.Errorf("%s: %d, %.20q", format, got.Status, got.Body)
		}
		if name := got.Header.Get("Content-Disposition"); !strings.Contains(name, "bibliotheque-garant-1.0."+format) {
			t.Errorf("%s is named %s", format, name)
		}
		b.headers = map[string]string{"If-None-Match": got.Header.Get("ETag")}
		same(t, format+" again", b.get("/library/download."+format).Status, http.StatusNotModified)
		b.headers = nil
	}
	b.language = "en"
	if name := b.get("/library/download.docx").Header.Get("Content-Disposition"); !strings.Contains(name, "garant-library-1.0.docx") {
		t.Errorf("in English it is named %s", name)
	}
	same(t, "another format", b.get("/library/download.pdf").Status, http.StatusNotFound)
}

func TestAReaderIsOfferedToSignInAndComesBackToThePage(t *testing.T) {
	t.Parallel()
	b := newGarant(t).browser()
	const link = `href="/sign-in?next=%2Flibrary%2Fclauses%2FSAU-03"`
	if page := b.get("/library/clauses/SAU-03"); !strings.Contains(page.Body, link) {
		t.Error("a reader who is not signed in has no link to sign in")
	}
	b.lookAround()
	b.hides("the page of somebody signed in", b.get("/library/clauses/SAU-03"), link)
}

func TestAPublicPageTellsItsOneAddressAndWhatItIs(t *testing.T) {
	t.Parallel()
	s := readingRoom(t)
	for path, address := range map[string]string{
		"/library": "/library", "/library/clauses/SAU-03?from=mail": "/library/clauses/SAU-03", "/library/families/SAU": "/library/families/SAU",
		"/library/questions/SAU-Q03/versions/1": "/library/questions/SAU-Q03", "/library/coverage/css": "/library/coverage/css",
	} {
		page := reading{Status: 200, Whole: true, Says: true}
		same(t, path, readPage(t, s, path, `<link rel="canonical" href="`+address+`">`), page)
		same(t, path, readPage(t, s, path, `<meta name="description" content="`), page)
	}
}
