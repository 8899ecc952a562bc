package content

import (
	"io/fs"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/questionnaires"
)

// same holds the quick reader to the answer of the parser, where it gives one.
func same(t *testing.T, data []byte) (plain bool) {
	t.Helper()
	got, ok := readPlain(data)
	if !ok {
		return false
	}
	s := Source{File: "f.yaml"}
	want, problems := s.parseAll(data)
	if problems != nil {
		t.Errorf("plain reads what the parser refuses: %v\n%s", problems, data)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(node{})); diff != "" {
		t.Errorf("the parser (-) and plain (+) differ:\n%s\n%s", diff, data)
	}
	return true
}

func TestTheQuickReaderReadsNearlyAllOfTheLibrariesAsTheParserDoes(t *testing.T) {
	t.Parallel()
	quick, all := 0, 0
	for _, files := range []fs.FS{clauses.Files, questionnaires.Files} {
		names, err := fs.Glob(files, "*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			all += len(data)
			if same(t, data) {
				quick += len(data)
			}
		}
	}
	if quick < all*9/10 {
		t.Errorf("%d bytes of %d are read the quick way", quick, all)
	}
}

// FuzzPlain looks for a file that the quick reader and the parser of all of YAML read differently.
func FuzzPlain(f *testing.F) {
	for _, seed := range []string{
		"a: 1\nb: [x, 'y', {c: d}]\n", "a:\n  - b: |\n      text\n\n      more\n    c: 2016-04-27\n  - d\n", "# c\na: b # d\n",
		"a: {fr: \"un : deux\", en: x}\n", "a:\n  - {clause: GOV-01, threshold: 0.75}\n  - true\n", "a: l'eau : b\n", "a: \"\\n\"\n", "- a\n- b\n",
		"a: |\n  b\n\n\n  c\nd: e\n", "a: |\n  b\n   c\n# d\ne: f\n", "a: b\n c\n", "a: []\nb: {}\n", "a: b\na: c\n", "0: x\n1: y\n", "a: 0123\n", "a: ~\n", "a: &b c\n",
		"a: \"b\" c\n", "a: [b\n]\n", "a: [\"b\", c d, e#f]\n", "a: 12 mai 2027\n", "a: {b: 1 a, c: 0x1 a}\n", "a:\n- b\n", "a: |\n  b\n  # c\n", "a: é « b »\n", "a: b:c\n", "a: -1\n", "a: 1.50\n", "a:  b\n", "-  a: b\n   c: d\n", "- - a\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !utf8.Valid(data) || len(data) > 2000 {
			return
		}
		if _, bad := controlCharacter(data); bad {
			return
		}
		if _, bad := unreasonable(data); bad {
			return
		}
		same(t, data)
	})
}
