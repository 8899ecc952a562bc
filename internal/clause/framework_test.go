package clause_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/clause"
)

func TestLintHoldsEachItemOfAFrameworkAgainstTheLibrary(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, replacement string
		want             []string
	}{
		"a clause that does not exist":    {"clauses: [HDS-06]", "clauses: [HDS-60]", []string{"frameworks.yaml lint.clause"}},
		"a reference not in the registry": {"references: [RGPD-28-2]", "references: [RGPD-28-22]", []string{"frameworks.yaml lint.reference"}},
		"an item twice":                   {"- id: RGPD-28-4\n", "- id: RGPD-28-2\n", []string{"frameworks.yaml library.id-twice"}},
		"a framework twice":               {"- id: recyf-3b\n", "- id: css\n", []string{"frameworks.yaml library.id-twice"}},
		"a number twice":                  {"O-2.1, O-2.2,", "O-2.1, O-2.1, O-2.2,", []string{"frameworks.yaml library.id-twice"}},
		"what is no number":               {"O-2.1, O-2.2,", "O-2.1, O-2.2, 2.9,", []string{"frameworks.yaml yaml.want-quotes"}},
		"a number written otherwise":      {"O-2.1, O-2.2,", "O-2.1, O-2.2, O2.9,", []string{"frameworks.yaml lint.css"}},
		"a number that a clause cites":    {"O-4.1,", "", []string{"acc.yaml lint.css-unknown"}},
		"an item that nothing answers":    {"clauses: [HDS-06]", "clauses: []", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, findings(t, edited(t, "frameworks.yaml", c.old, c.replacement))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnItemWithoutATitleHasThatOfItsReferenceAndWithoutANumberItsID(t *testing.T) {
	t.Parallel()
	library := load(t)
	words := func(framework string, item int) [4]string {
		f, ok := library.Framework(framework)
		if !ok {
			t.Fatalf("no framework %s", framework)
		}
		i := f.Items[item]
		return [4]string{i.Number.FR, i.Number.EN, i.Title.FR, i.Title.EN}
	}
	got := [][4]string{words("rgpd-28", 0), words("rgpd-28", 1), words("css", 0)}
	want := [][4]string{
		{"art. 28, § 2", "Art. 28(2)", "Autorisation écrite d'un autre sous-traitant", "Written authorisation of another processor"},
		{"art. 28, § 3, début", "Art. 28(3), opening", "Objet, durée, nature et finalité, données et personnes concernées", "Subject matter, duration, nature and purpose, data and data subjects"},
		{"O-1.1", "O-1.1", "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAClauseThatIsNotWrittenAnswersNothing(t *testing.T) {
	t.Parallel()
	library := load(t)
	item := clause.FrameworkItem{ID: "1", Clauses: []string{"PAT-02"}, References: []string{"CARE-D2-O4"}}
	ids := func() []string {
		var out []string
		for _, c := range library.Answering(item) {
			out = append(out, c.ID)
		}
		return out
	}
	if diff := cmp.Diff([]string{"PAT-02", "SAU-03"}, ids()); diff != "" {
		t.Error(diff)
	}
	c, _ := library.Clause("PAT-02")
	c.Draft = true
	if diff := cmp.Diff([]string{"SAU-03"}, ids()); diff != "" {
		t.Error(diff)
	}
}

func TestALibraryMayHaveNoFramework(t *testing.T) {
	t.Parallel()
	files, ok := edited(t, "library.yaml", "version:", "version:").(fstest.MapFS)
	if !ok {
		t.Fatal("not a map of files")
	}
	delete(files, "frameworks.yaml")
	if got := findings(t, files); got != nil {
		t.Error(got)
	}
}
