package annex_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// tampered gives the annex with a change in the text of its body.
func tampered(t *testing.T, data []byte, change func(body string) string) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range reader.File {
		content := parts(t, data)[file.Name]
		if file.Name == "word/document.xml" {
			changed := change(string(content))
			if changed == string(content) {
				t.Fatal("nothing was changed")
			}
			content = []byte(changed)
		}
		w, err := archive.Create(file.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func replaced(old, with string) func(string) string {
	return func(body string) string { return strings.Replace(body, old, with, 1) }
}

// inArticle changes the first such text after the beginning of an article.
func inArticle(id, old, with string) func(string) string {
	return func(body string) string {
		before, after, _ := strings.Cut(body, "GARANT_ARTICLE_"+id)
		return before + "GARANT_ARTICLE_" + id + strings.Replace(after, old, with, 1)
	}
}

var stray = `<w:p><w:r><w:t>Le titulaire n'est tenu à rien.</w:t></w:r></w:p>`

const fallback = `<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice xmlns:q="urn:q" Requires="q"/>` +
	`<mc:Fallback><w:r><w:t>sauf accord</w:t></w:r></mc:Fallback></mc:AlternateContent>`

const contents = `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` +
	`<w:r><w:t>Le titulaire n'est tenu à rien.</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`

func TestVerifyNamesWhatChanged(t *testing.T) {
	t.Parallel()
	data := render(t, compose(t, cardiac(t)))
	for name, c := range map[string]struct {
		change func(string) string
		want   []string
	}{
		"a value":                      {inArticle("PAT_02", "dix (10)", "trente (30)"), []string{"changed PAT-02"}},
		"a reference line":             {replaced("Clause PAT-03, version 1", "Clause PAT-03, version 2"), []string{"changed PAT-03"}},
		"the name of a party":          {replaced("Logimed Télésuivi SAS", "Logimed SARL"), []string{"changed GARANT_PARTIES"}},
		"a chapter":                    {replaced(">Sauvegardes<", ">Copies<"), []string{"changed SAU"}},
		"text after the last article":  {beforeTheEnd(stray), []string{"inserted RES-03"}},
		"text as CDATA":                {inArticle("GOV_02", "</w:t>", "<![CDATA[ sauf accord]]></w:t>"), []string{"changed GOV-02"}},
		"text for other programs":      {inArticle("GOV_02", "<w:r>", fallback+"<w:r>"), []string{"changed GOV-02"}},
		"contents among the articles":  {beforeTheEnd(contents), []string{"inserted RES-03"}},
		"an article without its marks": {withoutBookmark("GARANT_ARTICLE_PAT_02"), []string{"missing PAT-02", "inserted PAT-01"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict, err := annex.Verify(tampered(t, data, c.change))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range verdict.Changes {
				got = append(got, d.Kind+" "+d.Place)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if diff := cmp.Diff(c.want, got); diff != "" || verdict.Intact() {
				t.Errorf("intact: %v, %s", verdict.Intact(), diff)
			}
		})
	}
}

func TestVerifyRefusesWhatWordAndLibreOfficeShowOtherwiseThanItReads(t *testing.T) {
	t.Parallel()
	data := render(t, compose(t, cardiac(t)))
	for name, c := range map[string]struct {
		change func(string) string
		want   string
	}{
		"another prefix":   {inArticle("GOV_02", "<w:r>", `<x:r xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><x:t>sauf accord</x:t></x:r><w:r>`), "document.renamed"},
		"another document": {beforeTheEnd(`<w:altChunk r:id="rId99"/>`), "document.alt-chunk"},
	} {
		_, err := annex.Verify(tampered(t, data, c.change))
		if got, ok := fault.As(err); !ok || got.Key != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// beforeTheEnd puts a paragraph between the last article and the line that closes the articles.
func beforeTheEnd(paragraph string) func(string) string {
	return func(body string) string {
		mark := strings.Index(body, `w:name="GARANT_END"`)
		at := max(strings.LastIndex(body[:mark], "<w:p>"), strings.LastIndex(body[:mark], "<w:p "))
		return body[:at] + paragraph + body[at:]
	}
}

func withoutBookmark(name string) func(string) string {
	return func(body string) string {
		start := regexp.MustCompile(`<w:bookmarkStart w:id="([0-9]+)" w:name="` + name + `"/>`).FindStringSubmatch(body)
		body = strings.Replace(body, start[0], "", 1)
		return strings.Replace(body, `<w:bookmarkEnd w:id="`+start[1]+`"/>`, "", 1)
	}
}

func TestVerifyRefusesWhatIsNoAnnexOfOurs(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"no zip": []byte("hello"), "empty": nil, "another document": otherDocument(t)} {
		if verdict, err := annex.Verify(data); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %+v %v", name, verdict, err)
		}
	}
}

func otherDocument(t *testing.T) []byte {
	t.Helper()
	data, err := compose(t, cardiac(t)).Choices(composer().Words.In(locale.French))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// office converts a file with LibreOffice, in a profile of its own.
func office(t *testing.T, file, format string) string {
	t.Helper()
	out := t.TempDir()
	command := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(t.TempDir(), "profile"), "--headless", "--convert-to", format, "--outdir", out, file)
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v: %s", err, said)
	}
	return filepath.Join(out, strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))+"."+format)
}

func TestLibreOfficeOpensTheAnnexAndSavesItIntact(t *testing.T) {
	t.Parallel()
	d := compose(t, cardiac(t))
	original := filepath.Join(t.TempDir(), "annexe.docx")
	if err := os.WriteFile(original, render(t, d), 0o600); err != nil {
		t.Fatal(err)
	}
	saved, err := os.ReadFile(office(t, original, "docx"))
	if err != nil {
		t.Fatal(err)
	}
	if verdict, err := annex.Verify(saved); err != nil || !verdict.Intact() || verdict.Fingerprint != d.Fingerprint {
		t.Errorf("saved again by LibreOffice: %+v %v", verdict, err)
	}
	pages := pdfPages(t, office(t, original, "pdf"))
	if len(pages) < 40 || len(pages) > 70 {
		t.Errorf("%d pages", len(pages))
	}
	last := strconv.Itoa(len(pages))
	for i, page := range pages {
		text := strings.Join(strings.Fields(page), " ")
		if len(text) < 200 || !strings.Contains(text, strconv.Itoa(i+1)+" / "+last) {
			t.Errorf("page %d is empty or lacks its number: %q", i+1, text)
		}
	}
	contents := strings.ReplaceAll(strings.Join(pages[1:5], " "), "\u00a0", " ")
	for _, want := range []string{"Sommaire", "Délais de correction selon la criticité", "Signatures"} {
		if !strings.Contains(contents, want) {
			t.Errorf("the contents lack %q", want)
		}
	}
}

// pdfPages is the text of each page of a PDF.
func pdfPages(t *testing.T, file string) []string {
	t.Helper()
	command := exec.Command("pdftotext", "-layout", file, "-")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
}
