package content_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

type colour string

func (colour) Choices() []string { return []string{"red", "green"} }

type sample struct {
	Name   string                      `yaml:"name,required"`
	Count  int                         `yaml:"count"`
	Price  content.Decimal             `yaml:"price"`
	Start  content.Date                `yaml:"start"`
	Colour colour                      `yaml:"colour"`
	On     bool                        `yaml:"on"`
	Tags   []string                    `yaml:"tags"`
	Title  content.Text                `yaml:"title"`
	Inner  *inner                      `yaml:"inner"`
	Values content.Map[content.Scalar] `yaml:"values"`
}

type inner struct {
	Deep []item `yaml:"deep"`
}

type item struct {
	ID string `yaml:"id,required"`
}

func TestDecodeReadsEveryTypeAsItIsWritten(t *testing.T) {
	t.Parallel()
	source := `# a comment
name: "0123"
count: 7
price: 1.20
start: 2027-01-15
colour: green
on: true
tags: [a, 'b c']
title:
  fr: |
    Première ligne
    seconde
  en: Line
inner:
  deep:
    - id: x
    - {id: y}
values: {b: 1.20, a: 0123, c: France}
`
	var got sample
	if _, err := content.Decode("dir/sample.yaml", []byte(source), &got); err != nil {
		t.Fatal(err)
	}
	want := sample{
		Name: "0123", Count: 7, Price: "1.20", Start: "2027-01-15", Colour: "green", On: true, Tags: []string{"a", "b c"},
		Title: content.Text{FR: "Première ligne\nseconde\n", EN: "Line"}, Inner: &inner{Deep: []item{{"x"}, {"y"}}},
		Values: content.Map[content.Scalar]{{Key: "b", Value: "1.20"}, {Key: "a", Value: "0123"}, {Key: "c", Value: "France"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeReportsEveryProblemWithItsLineAndField(t *testing.T) {
	t.Parallel()
	source := `name: 42
count: many
price: 1,5x
start: 2027-02-30
colour: blue
on: yes
tags: a
title: {fr: Bonjour}
inner:
  deep:
    - {ident: x}
nome: x
count: 3
`
	var got sample
	_, err := content.Decode("sample.yaml", []byte(source), &got)
	want := []string{
		"1 name yaml.want-quotes", "2 count yaml.want-integer", "3 price yaml.want-number", "4 start yaml.want-date",
		"5 colour yaml.not-allowed", "6 on yaml.want-boolean", "7 tags yaml.want-list", "8 title.en yaml.required",
		"11 inner.deep[0].ident yaml.unknown-field", "11 inner.deep[0].id yaml.required", "12 nome yaml.unknown-field", "13 count yaml.duplicate",
	}
	if diff := cmp.Diff(want, brief(t, err)); diff != "" {
		t.Error(diff)
	}
}

func brief(t *testing.T, err error) []string {
	t.Helper()
	problems, ok := err.(fault.Problems)
	if !ok {
		t.Fatalf("not a list of problems: %v", err)
	}
	var lines []string
	for _, p := range problems {
		lines = append(lines, strings.Join(strings.Fields(fmt.Sprintf("%d %s %s", p.Line, p.Field, p.Key)), " "))
	}
	return lines
}

func TestDecodeRefusesWhatHostileFilesUse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, want string }{
		"anchor":            {"name: &a x\n", "1 yaml.anchor"},
		"alias":             {"name: x\ntags: [*a]\n", "2 yaml.anchor"},
		"tag":               {"name: !!str x\n", "1 yaml.tag"},
		"second document":   {"name: x\n---\nname: y\n", "3 yaml.second-document"},
		"not UTF-8":         {"name: x\ntags: [\"\xff\"]\n", "2 yaml.not-utf8"},
		"control character": {"name: x\ntags: [\"\x01\"]\n", "2 yaml.control"},
		"too large":         {"name: x\n#" + strings.Repeat("x", content.MaxYAML), "1 yaml.too-large"},
		"deep nesting":      {"tags: " + strings.Repeat("[", 150), "1 yaml.too-deep"},
		"endless line":      {"name: " + strings.Repeat("- ", 5000), "1 yaml.unreasonable"},
		"endless mapping":   {strings.Repeat("a: b\n", 100_000), "4001 yaml.unreasonable"},
		"syntax":            {"name: \"x\ntags: [\n", "1 yaml.syntax"},
		"empty":             {"# nothing\n", "1 yaml.empty"},
		"a list":            {"- x\n", "1 yaml.want-mapping"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got sample
			_, err := content.Decode("sample.yaml", []byte(c.source), &got)

			if lines := brief(t, err); len(lines) == 0 || lines[0] != c.want {
				t.Errorf("got %q, want %q first", lines, c.want)
			}
		})
	}
}

func TestSourcePlacesWhatIsFoundLater(t *testing.T) {
	t.Parallel()
	var got sample
	source, err := content.Decode("sample.yaml", []byte("name: x\ninner:\n  deep:\n    - id: a\n    - id: b\n"), &got)
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]int{"inner.deep[1].id": 5, "inner.deep[1]": 5, "inner.deep[0].reason": 4, "inner": 2, "absent.field": 1} {
		if line, _ := source.At(field); line != want {
			t.Errorf("%s at line %d, want %d", field, line, want)
		}
	}
	placed := source.Place(fault.Problems{{Field: "inner.deep[1].id", Key: "k"}, {Field: "name.x", Key: "k"}}, fault.Problems{{Field: "name", Key: "before"}})
	if diff := cmp.Diff([]string{"0 name before", "5 inner.deep[1].id k"}, brief(t, placed)); diff != "" {
		t.Error(diff)
	}
}

func TestMarkdownReadsTheSubset(t *testing.T) {
	t.Parallel()
	got, err := content.Markdown("Le **titulaire** remet *chaque* rapport sous {delai_rapport_jours} :\n\n- un ;\n- deux :\n  1. a ;\n  2. **b** {x}.\n\nFin\nde phrase.")
	if err != nil {
		t.Fatal(err)
	}
	want := []content.Block{
		{Paragraph: []content.Run{{Text: "Le "}, {Text: "titulaire", Bold: true}, {Text: " remet "}, {Text: "chaque", Italic: true}, {Text: " rapport sous "}, {Variable: "delai_rapport_jours"}, {Text: " :"}}},
		{List: &content.List{Items: []content.Item{
			{Runs: []content.Run{{Text: "un ;"}}},
			{Runs: []content.Run{{Text: "deux :"}}, Children: &content.List{Ordered: true, Items: []content.Item{
				{Runs: []content.Run{{Text: "a ;"}}}, {Runs: []content.Run{{Text: "b", Bold: true}, {Text: " "}, {Variable: "x"}, {Text: "."}}},
			}}},
		}}},
		{Paragraph: []content.Run{{Text: "Fin de phrase."}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	plain := "Le titulaire remet chaque rapport sous {delai_rapport_jours} :\n- un ;\n- deux :\n  1. a ;\n  2. b {x}.\nFin de phrase."
	if diff := cmp.Diff(plain, content.Plain(got)); diff != "" {
		t.Error(diff)
	}
}

func TestMarkdownRefusesWhatIsOutsideTheSubset(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"# Title", "a <b>c</b>", "a {Not a variable}", "a }", "- a\n  - b\n    - c", "`code`", "- a\n\n  b"} {
		if blocks, err := content.Markdown(source); err == nil {
			t.Errorf("%q was read as %v", source, blocks)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		date   content.Date
		months int
		want   content.Date
	}{{"2027-01-31", 1, "2027-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2027-11-30", 3, "2028-02-29"}, {"2027-03-31", -1, "2027-02-28"}, {"2027-05-15", 12, "2028-05-15"}} {
		if got := c.date.AddMonths(c.months); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.date, c.months, got, c.want)
		}
	}
	if _, err := content.ParseDate("2027-02-29"); err == nil {
		t.Error("29 February 2027 was accepted")
	}
}

func TestDecimalsAreKeptAsWritten(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]content.Decimal{"99,9": "99.9", " 1.20 ": "1.20", "-3": "-3", "0": "0"} {
		if got, ok := content.ParseDecimal(source); !ok || got != want {
			t.Errorf("%q = %q, %v, want %q", source, got, ok, want)
		}
	}
	for _, source := range []string{"", "1e3", "0x10", "01", ".5", "1.", "1 000", "NaN", "١٢"} {
		if got, ok := content.ParseDecimal(source); ok {
			t.Errorf("%q was read as %q", source, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("name: x\ninner: {deep: [{id: a}]}\nvalues: {a: 1}\n"))
	f.Add([]byte("a: &b [*b]\n---\n? {}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got sample
		source, err := content.Decode("fuzz.yaml", data, &got)
		if err == nil && got.Name == "" && source.Has("name") {
			if line, _ := source.At("name"); line < 1 {
				t.Fatal("a field without a line")
			}
		}
	})
}

func FuzzMarkdown(f *testing.F) {
	f.Add("a **b** {c}\n\n- d\n  - e")
	f.Fuzz(func(t *testing.T, source string) {
		blocks, err := content.Markdown(source)
		if err != nil {
			return
		}
		if strings.ContainsAny(content.Plain(blocks), "<>") {
			t.Fatalf("markup in %q", content.Plain(blocks))
		}
	})
}
