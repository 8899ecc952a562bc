package publication_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/publication"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

// shelf is both libraries and the words to print them with, read once.
type shelf struct {
	words     *locale.Catalogue
	clauses   *clause.Library
	questions *questionnaire.Library
}

var read = sync.OnceValues(func() (shelf, error) {
	words, err := locale.Load()
	if err != nil {
		return shelf{}, err
	}
	written, err := clause.Load(clauses.Files)
	if err != nil {
		return shelf{}, err
	}
	asked, err := questionnaire.Load(questionnaires.Files)
	return shelf{words, written, asked}, err
})

func readShelf(tb testing.TB) shelf {
	tb.Helper()
	s, err := read()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func (s shelf) write(tb testing.TB, f publication.Format, l locale.Language) []byte {
	tb.Helper()
	data, err := publication.Write(f, s.words.In(l), s.clauses, s.questions)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestTheLibraryIsWrittenWholeInBothLanguages keeps the files in the folder named in GARANT_GALLERY, to be looked at.
func TestTheLibraryIsWrittenWholeInBothLanguages(t *testing.T) {
	t.Parallel()
	s := readShelf(t)
	folder := os.Getenv("GARANT_GALLERY")
	if folder == "" {
		folder = t.TempDir()
	}
	for _, l := range locale.Languages() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			for _, f := range publication.Formats() {
				data := s.write(t, f, l)
				if !bytes.Equal(data, s.write(t, f, l)) {
					t.Errorf("%s is not the same twice", f)
				}
				if err := os.WriteFile(filepath.Join(folder, "library-"+string(l)+"."+string(f)), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

var tags = regexp.MustCompile(`<[^>]+>`)

// textOf gives the text of a Word document's body, a line a paragraph.
func textOf(t *testing.T, data []byte) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := fs.ReadFile(archive, "word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	return html.UnescapeString(tags.ReplaceAllString(strings.ReplaceAll(string(body), "</w:p>", "\n"), ""))
}

func TestTheWordDocumentHoldsEveryClause(t *testing.T) {
	t.Parallel()
	s := readShelf(t)
	for _, l := range locale.Languages() {
		p := s.words.In(l)
		said := textOf(t, s.write(t, publication.AsWord, l))
		for _, c := range s.clauses.Clauses() {
			for _, text := range []string{c.ID + "\u00a0· " + publication.Set(p, c.Title), publication.Set(p, c.Evidence)} {
				if !strings.Contains(said, text) {
					t.Errorf("%s: %s: no %q", l, c.ID, text)
				}
			}
		}
		for _, mark := range []string{"{", "library.clause", "library.file", "layout."} {
			if at := strings.Index(said, mark); at >= 0 {
				t.Errorf("%s: %q", l, said[at:min(at+60, len(said))])
			}
		}
	}
}

func TestTheWorkbookHasARowForEachClauseQuestionValueAndReference(t *testing.T) {
	t.Parallel()
	s := readShelf(t)
	file, err := excelize.OpenReader(bytes.NewReader(s.write(t, publication.AsExcel, locale.French)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	type count struct {
		Name string
		Rows int
	}
	var got []count
	for _, name := range file.GetSheetList() {
		rows, err := file.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, count{name, len(rows) - 1})
		if name != "Clauses" {
			continue
		}
		for i, c := range s.clauses.Clauses() {
			if row := rows[i+1]; row[0] != c.ID || row[2] != locale.Typography(locale.French, c.Title.FR) || strings.Contains(row[4], "{") {
				t.Errorf("%s has the row %q", c.ID, row)
			}
		}
	}
	want := []count{
		{"Clauses", len(s.clauses.Clauses())}, {"Questions", len(s.questions.Questions())},
		{"Valeurs à fixer", len(s.clauses.Variables)}, {"Textes de référence", len(s.clauses.References)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheJSONHoldsWhatTheLibrariesDo(t *testing.T) {
	t.Parallel()
	s := readShelf(t)
	var got struct {
		Version   string
		Clauses   []struct{ ID string }
		Questions []struct{ ID string }
	}
	if err := json.Unmarshal(s.write(t, publication.AsJSON, locale.French), &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != s.clauses.Version || len(got.Clauses) != len(s.clauses.Clauses()) || len(got.Questions) != len(s.questions.Questions()) {
		t.Errorf("version %s, %d clauses, %d questions", got.Version, len(got.Clauses), len(got.Questions))
	}
}

func BenchmarkWord(b *testing.B)  { benchmark(b, publication.AsWord) }
func BenchmarkExcel(b *testing.B) { benchmark(b, publication.AsExcel) }
func BenchmarkJSON(b *testing.B)  { benchmark(b, publication.AsJSON) }

func benchmark(b *testing.B, f publication.Format) {
	s := readShelf(b)
	for b.Loop() {
		s.write(b, f, locale.French)
	}
}
