package main

import (
	"archive/zip"
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/word"
)

// part is a part of a Word file: its name and text.
type part struct {
	name string
	text []byte
}

// parts reads the parts of a Word file.
func parts(t *testing.T, data []byte) []part {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var list []part
	for _, file := range archive.File {
		in, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, part{file.Name, text})
	}
	return list
}

// pack makes a file of parts.
func pack(t *testing.T, list []part) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, p := range list {
		in, err := archive.Create(p.name)
		if err == nil {
			_, err = in.Write(p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// edited gives the starter template with one part changed.
func edited(t *testing.T, name, old, new string) []byte {
	t.Helper()
	list := parts(t, word.DefaultTemplate("fr-FR"))
	for i, p := range list {
		if p.name != name {
			continue
		}
		if !bytes.Contains(p.text, []byte(old)) {
			t.Fatalf("%s holds no %q", name, old)
		}
		list[i].text = bytes.Replace(p.text, []byte(old), []byte(new), 1)
	}
	return pack(t, list)
}

// with gives the starter template with one part more.
func with(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	return pack(t, append(parts(t, word.DefaultTemplate("fr-FR")), part{name, text}))
}

func TestABadTemplateIsRefusedInBothLanguagesAndLeavesNoFile(t *testing.T) {
	t.Parallel()
	const document = "word/document.xml"
	for name, test := range map[string]struct {
		template func(t *testing.T) []byte
		want     fault.Problem
	}{
		"not a zip":        {func(*testing.T) []byte { return []byte("Madame, Monsieur,") }, fault.Problem{Key: "template.not-zip"}},
		"an empty file":    {func(*testing.T) []byte { return nil }, fault.Problem{Key: "template.not-zip"}},
		"a zip of no Word": {func(t *testing.T) []byte { return pack(t, []part{{"hello.txt", []byte("hello")}}) }, fault.Problem{Key: "template.not-word"}},
		"eleven megabytes": {func(*testing.T) []byte { return bytes.Repeat([]byte("x"), 11<<20) }, fault.Problem{Key: "template.too-big", Args: []any{"limit", 10}}},
		"zip bomb": {func(t *testing.T) []byte { return with(t, "word/media/picture.png", make([]byte, 60<<20)) },
			fault.Problem{Key: "template.bomb", Args: []any{"part", "word/media/picture.png", "limit", 48}}},
		"path traversal": {func(t *testing.T) []byte { return with(t, "../../etc/passwd", []byte("x")) }, fault.Problem{Key: "template.unsafe-name", Args: []any{"name", "../../etc/passwd"}}},
		"absolute path":  {func(t *testing.T) []byte { return with(t, "/etc/passwd", []byte("x")) }, fault.Problem{Key: "template.unsafe-name", Args: []any{"name", "/etc/passwd"}}},
		"macros":         {func(t *testing.T) []byte { return with(t, "word/vbaProject.bin", []byte("x")) }, fault.Problem{Key: "template.macros"}},
		"external relationship": {func(t *testing.T) []byte {
			return edited(t, "word/_rels/document.xml.rels", "</Relationships>",
				`<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="http://evil.example/x.png" TargetMode="External"/></Relationships>`)
		}, fault.Problem{Key: "template.external-link", Args: []any{"target", "http://evil.example/x.png"}}},
		"DTD": {func(t *testing.T) []byte {
			return edited(t, document, "<w:document ", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document `)
		}, fault.Problem{Key: "template.dtd", Args: []any{"part", document}}},
		"missing placeholder": {func(t *testing.T) []byte { return edited(t, document, "{{articles}}", "Articles") },
			fault.Problem{Key: "template.missing-placeholder", Args: []any{"names", "{{articles}}"}}},
		"unknown placeholder": {func(t *testing.T) []byte { return edited(t, document, "{{contract.title}}", "{{contract.tilte}}") },
			fault.Problem{Key: "template.unknown-placeholder", Args: []any{"names", "{{contract.tilte}}", "allowed", braced(annex.Placeholders())}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			file := write(t, folder, "modele.docx", test.template(t))
			test.want.File = file
			for _, language := range locale.Languages() {
				got := frozen.run(t, "annex", "--input", exampleInput, "--template", file, "--out", filepath.Join(folder, "annexe.docx"), "--language", string(language))
				equal(t, answer{exitWrong, "", lines(speak(t, language), test.want)}, got)
			}
			equal(t, []string{"modele.docx"}, names(t, folder))
		})
	}
}

func braced(names []string) string { return "{{" + strings.Join(names, "}}, {{") + "}}" }

func TestAllThatIsWrongWithInputAndTemplateIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	input := write(t, folder, "input.yaml", []byte("language: fr\n"))
	template := write(t, folder, "modele.docx", []byte("no"))
	got := frozen.run(t, "annex", "--input", input, "--template", template, "--out", filepath.Join(folder, "annexe.docx"))
	equal(t, exitWrong, got.Code)
	said := strings.Split(strings.TrimSpace(got.Err), "\n")
	equal(t, lines(speak(t, locale.French), fault.Problem{File: template, Key: "template.not-zip"}), said[len(said)-1]+"\n")
	if len(said) != 5 { // four required parts of the input, one template
		t.Errorf("%d lines:\n%s", len(said), got.Err)
	}
}

func TestTheStarterTemplateMakesTheSameAnnexAsNone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	template, own, none := filepath.Join(folder, "modele.docx"), filepath.Join(folder, "own.docx"), filepath.Join(folder, "none.docx")
	if got := run(t, "annex", "--starter-template", template); got.Code != exitDone || !strings.Contains(got.Out, "  {{articles}}\n") {
		t.Fatalf("%v", got)
	}
	for out, args := range map[string][]string{own: {"--template", template}, none: nil} {
		if got := frozen.run(t, append([]string{"annex", "--input", exampleInput, "--out", out}, args...)...); got.Code != exitDone {
			t.Fatalf("%v", got)
		}
	}
	first, err := word.Read(read(t, own))
	if err != nil {
		t.Fatal(err)
	}
	second, err := word.Read(read(t, none))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, second, first)
}
