package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/garant-sante/garant/internal/word"
)

var update = flag.Bool("update", false, "write the golden files and docs/configuration.md again")

// golden compares with a file that a person can read; go test ./cmd/garant -update writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, string(read(t, path)), got)
}

const exampleInput = "../../docs/example.yaml"

func TestTheExampleInputGivesItsJSON(t *testing.T) {
	t.Parallel()
	got := frozen.run(t, "annex", "--input", exampleInput, "--format", "json")
	equal(t, exitDone, got.Code)
	golden(t, "testdata/annex.json", got.Out)
	equal(t, got, frozen.run(t, "annex", "--input", exampleInput))               // JSON is what stands when nothing is asked for
	equal(t, got, frozen.run(t, "annex", "--input", exampleInput, "--out", "-")) // and so is the standard output

	file := filepath.Join(t.TempDir(), "annex.json")
	equal(t, answer{exitDone, "", got.Err}, frozen.run(t, "annex", "--input", exampleInput, "--out", file))
	equal(t, got.Out, string(read(t, file)))

	equal(t, got, world{folder: frozen.folder, stdin: string(read(t, exampleInput))}.run(t, "annex", "--input", "-"))
}

func TestTheProductsOwnLibraryMakesTheExample(t *testing.T) {
	t.Parallel()
	type jsonAnnex struct {
		Tier, Severity, Exposure int
		Articles                 []struct{ ID, Text string }
	}
	for _, language := range []string{"fr", "en"} {
		got := run(t, "annex", "--input", exampleInput, "--language", language)
		equal(t, exitDone, got.Code)
		made := decode[jsonAnnex](t, got.Out)
		equal(t, [3]int{1, 4, 4}, [3]int{made.Tier, made.Severity, made.Exposure})
		ids := map[string]bool{}
		for _, a := range made.Articles {
			ids[a.ID] = true
			if a.Text == "" || strings.ContainsAny(a.Text, "{}") {
				t.Errorf("%s in %s is empty or has a value left open:\n%s", a.ID, language, a.Text)
			}
		}
		equal(t, [2]bool{true, false}, [2]bool{ids["GOV-06"], ids["GOV-07"]})
	}
}

func TestWarningsAreLinesOfTheErrorStreamAndChangeNoExitCode(t *testing.T) {
	t.Parallel()
	french := frozen.run(t, "annex", "--input", exampleInput).plain()
	equal(t, "attention : Disponibilité mensuelle garantie : aucune clause retenue n’emploie cette valeur.\n"+
		"attention : Pays de stockage, sauvegardes comprises : aucune clause retenue n’emploie cette valeur.\n", french.Err)
	english := frozen.run(t, "annex", "--input", exampleInput, "--language", "en")
	equal(t, 2, strings.Count(english.Err, "warning: "))
	equal(t, [2]int{exitDone, exitDone}, [2]int{french.Code, english.Code})
}

func TestTheLanguageOfTheInputStandsUnlessAnotherIsAskedFor(t *testing.T) {
	t.Parallel()
	english := bytes.Replace(read(t, exampleInput), []byte("language: fr"), []byte("language: en"), 1)
	silent := bytes.Replace(read(t, exampleInput), []byte("language: fr\n"), nil, 1)
	for name, test := range map[string]struct {
		input []byte
		args  []string
		want  string
	}{
		"the input's":       {english, nil, "Supplier’s security contact"},
		"the one asked for": {english, []string{"--language", "fr"}, "Correspondant sécurité du titulaire"},
		"none, so French":   {silent, nil, "Correspondant sécurité du titulaire"},
	} {
		w := world{folder: frozen.folder, stdin: string(test.input)}
		made := decode[struct{ Articles []struct{ Title string } }](t, w.run(t, append([]string{"annex", "--input", "-"}, test.args...)...).Out)
		if made.Articles[0].Title != test.want {
			t.Errorf("%s: %q, want %q", name, made.Articles[0].Title, test.want)
		}
	}
}

// compared is an article as each of the three formats gives it: heading, text, proof, line of references.
type compared struct {
	Number, Title, Text, Evidence string
}

func TestWordHTMLAndJSONAgreeArticleByArticle(t *testing.T) {
	t.Parallel()
	for _, language := range []struct{ code, evidence string }{{"fr", "Preuve :"}, {"en", "Evidence:"}} {
		folder := t.TempDir()
		file := func(extension string) []byte {
			path := filepath.Join(folder, "annex."+extension)
			if got := run(t, "annex", "--input", exampleInput, "--out", path, "--language", language.code); got.Code != exitDone {
				t.Fatalf("%v", got)
			}
			return read(t, path)
		}
		fromJSON := articlesOfJSON(t, file("json"))
		equal(t, fromJSON, articlesOfHTML(t, file("html"), language.evidence))
		equal(t, fromJSON, articlesOfWord(t, file("docx"), fromJSON, language.evidence))
	}
}

func articlesOfJSON(t *testing.T, data []byte) []compared {
	t.Helper()
	var made struct {
		Articles []struct{ Number, Title, Text, Evidence string }
	}
	if err := json.Unmarshal(data, &made); err != nil {
		t.Fatal(err)
	}
	var list []compared
	for _, a := range made.Articles {
		text := strings.NewReplacer("\n- ", "\n", "\n  - ", "\n").Replace(a.Text)
		list = append(list, compared{a.Number, folded(a.Title), folded(text), folded(a.Evidence)})
	}
	return list
}

// articlesOfHTML reads the sections at #art-…: their heading, what stands under it, the proof and the line of references.
func articlesOfHTML(t *testing.T, data []byte, evidence string) []compared {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var list []compared
	for node := range root.Descendants() {
		if node.Data != "section" || !strings.HasPrefix(attribute(node, "id"), "art-") {
			continue
		}
		var a compared
		for child := range node.ChildNodes() {
			text := folded(textOf(child))
			switch class := attribute(child, "class"); {
			case child.Data == "h3":
				a.Number, a.Title, _ = strings.Cut(text, " ")
			case class == "evidence":
				a.Evidence = strings.TrimSpace(strings.TrimPrefix(text, evidence))
			case class == "ref":
			default:
				a.Text = folded(a.Text + " " + text)
			}
		}
		list = append(list, a)
	}
	return list
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf is the text of an element; the items of a list stand apart.
func textOf(node *html.Node) string {
	if node.Type == html.TextNode {
		return node.Data
	}
	var b strings.Builder
	for child := range node.ChildNodes() {
		b.WriteString(textOf(child))
	}
	if node.Data == "li" {
		b.WriteString("\n")
	}
	return b.String()
}

// articlesOfWord reads the regions of the articles back; Word counts articles itself, so their numbers come from the order.
func articlesOfWord(t *testing.T, data []byte, numbered []compared, evidence string) []compared {
	t.Helper()
	extract, err := word.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	var list []compared
	for _, region := range extract.Regions {
		if !strings.HasPrefix(region.Bookmark, "GARANT_ARTICLE_") || len(list) == len(numbered) {
			continue
		}
		last := len(region.Text) - 2 // then come the proof and the line of references
		list = append(list, compared{
			numbered[len(list)].Number, folded(region.Text[0]), folded(strings.Join(region.Text[1:last], " ")),
			strings.TrimSpace(strings.TrimPrefix(folded(region.Text[last]), evidence)),
		})
	}
	return list
}

// folded makes every white space one plain space.
func folded(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestTheHTMLFileStandsAloneAndHoldsNoScript(t *testing.T) {
	t.Parallel()
	input := bytes.Replace(read(t, exampleInput), []byte("name: Logimed Télésuivi SAS"), []byte(`name: "<script>alert(1)</script>{{articles}}</style>"`), 1)
	got := world{folder: frozen.folder, stdin: string(input)}.run(t, "annex", "--input", "-", "--format", "html")
	equal(t, exitDone, got.Code)
	root, err := html.Parse(strings.NewReader(got.Out))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for node := range root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		count[node.Data]++
		for _, a := range node.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("<%s %s=%q>", node.Data, a.Key, a.Val)
			}
		}
	}
	equal(t, [4]int{0, 0, 1, 1}, [4]int{count["script"], count["link"], count["style"], count["h1"]})
	if !strings.Contains(got.Out, "&lt;script&gt;alert(1)&lt;/script&gt;{{articles}}") {
		t.Error("the supplier's name is not printed as it was given")
	}
}

func TestAFileIsReplacedWholeAndKeptWhenNothingCanBeMade(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	out := write(t, folder, "annex.json", []byte("before"))
	if err := os.Symlink("annex.json", filepath.Join(folder, "link.json")); err != nil {
		t.Fatal(err)
	}
	bad := world{folder: frozen.folder, stdin: "language: fr\n"}
	equal(t, exitWrong, bad.run(t, "annex", "--input", "-", "--out", out).Code)
	equal(t, "before", string(read(t, out)))

	equal(t, exitDone, frozen.run(t, "annex", "--input", exampleInput, "--out", filepath.Join(folder, "link.json")).Code)
	equal(t, string(read(t, "testdata/annex.json")), string(read(t, out)))
	equal(t, []string{"annex.json", "link.json"}, names(t, folder))
	info, err := os.Stat(out)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, os.FileMode(0o600), info.Mode()) // as the file that was there
}

func TestADeviceIsWrittenToAndNotReplaced(t *testing.T) {
	t.Parallel()
	equal(t, exitDone, frozen.run(t, "annex", "--input", exampleInput, "--format", "json", "--out", os.DevNull).Code)
	info, err := os.Stat(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().IsRegular() {
		t.Errorf("%s is a file now", os.DevNull)
	}
}
