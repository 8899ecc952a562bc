package clause_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

// reworded is a model with another French title, and its English withdrawn or not.
func reworded(t *testing.T, l *clause.Library, id, title string) clause.Adaptation {
	t.Helper()
	model, ok := l.Clause(id)
	if !ok {
		t.Fatalf("no clause %s", id)
	}
	a := clause.Adaptation{Clause: *model}
	a.Clause.Title.FR = title
	return a
}

// french is an adaptation without its English.
func french(a clause.Adaptation) clause.Adaptation {
	c := &a.Clause
	for _, text := range []*content.Text{&c.Title, &c.Summary, &c.Text, &c.Evidence, &c.Fallback, &c.Note} {
		text.EN = ""
	}
	return a
}

// added is a clause of nobody's library: the words of a model under an id of its own.
func added(t *testing.T, l *clause.Library, id, family string) clause.Adaptation {
	a := reworded(t, l, "PAT-01", "Clause ajoutée")
	a.Clause.ID, a.Clause.Family, a.Clause.CSS, a.Clause.References = id, family, nil, nil
	return a
}

// told is what a library says of a clause.
type told struct {
	Title   string
	Scope   clause.Scope
	Above   string // title of the clause that it stands in place of
	Default string // of delai_correctif_critique_jours at tier 1
}

func tell(l *clause.Library, id string) told {
	c, _ := l.Clause(id)
	origin, _ := l.Origin(id)
	v, _ := l.Variable("delai_correctif_critique_jours")
	out := told{Title: c.Title.FR, Scope: origin.Scope, Default: v.DefaultFor(framing.Critical)}
	if origin.Model != nil {
		out.Above = origin.Model.Title.FR
	}
	return out
}

func values(pairs ...string) []clause.OwnValue {
	var out []clause.OwnValue
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, clause.OwnValue{Variable: pairs[i], Value: pairs[i+1]})
	}
	return out
}

func TestEachLayerReplacesWholeClausesOfThoseBelow(t *testing.T) {
	t.Parallel()
	l := load(t)
	ours := reworded(t, l, "PAT-02", "Délais de la région")
	ours.Values = values("delai_correctif_critique_jours", "10")
	region := clause.Layer{Scope: clause.RegionScope, Adaptations: []clause.Adaptation{ours}}
	structure := clause.Layer{Scope: clause.StructureScope, Adaptations: []clause.Adaptation{reworded(t, l, "PAT-02", "Délais de la structure")}}
	got := []told{tell(l, "PAT-02"), tell(l.With(region), "PAT-02"), tell(l.With(region, structure), "PAT-02"), tell(l.With(structure), "PAT-02"), tell(l, "PAT-02")}
	model := told{"Délais de correction selon la criticité", "", "", "7"}
	want := []told{
		model,
		{"Délais de la région", clause.RegionScope, model.Title, "10"},
		{"Délais de la structure", clause.StructureScope, "Délais de la région", "7"}, // whole: the region's value went with its text
		{"Délais de la structure", clause.StructureScope, model.Title, "7"},
		model, // the library itself does not change
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutAdaptationTheLibraryIsTheSame(t *testing.T) {
	t.Parallel()
	l := load(t)
	if l.With() != l || l.With(clause.Layer{Scope: clause.StructureScope}) != l {
		t.Error("a library without adaptation was made again")
	}
	first := l.With(clause.Layer{Scope: clause.StructureScope, Adaptations: []clause.Adaptation{reworded(t, l, "PAT-02", "Un titre")}})
	second := l.With(clause.Layer{Scope: clause.StructureScope, Adaptations: []clause.Adaptation{reworded(t, l, "PAT-02", "Un autre")}})
	if first.Edition == l.Edition || first.Edition == second.Edition {
		t.Error("two wordings have one edition")
	}
}

func TestClausesAddedComeAfterThoseOfTheirFamily(t *testing.T) {
	t.Parallel()
	l := load(t)
	with := l.With(clause.Layer{Scope: clause.StructureScope, Adaptations: []clause.Adaptation{
		added(t, l, "X-02", "PAT"), added(t, l, "X-01", "PAT"), added(t, l, "X-03", clause.OwnFamily),
	}})
	pat, _ := with.Family("PAT")
	own, _ := with.Family(clause.OwnFamily)
	var got []string
	for _, c := range append(pat.Clauses[len(pat.Clauses)-3:], own.Clauses...) {
		got = append(got, c.ID)
	}
	if diff := cmp.Diff([]string{"PAT-06", "X-01", "X-02", "X-03"}, got); diff != "" {
		t.Error(diff)
	}
	if n := len(with.Clauses()); n != len(l.Clauses())+3 || with.Clauses()[n-1].ID != "X-03" || own.Title.FR != "Clauses particulières" {
		t.Errorf("%d clauses, the last %s, in %q", n, with.Clauses()[n-1].ID, own.Title.FR)
	}
	if next := with.NextOwn(clause.StructureScope, "X-04"); next != "X-05" {
		t.Errorf("next is %s", next)
	}
}

func TestALockedClauseIsReplacedOnlyByStricterValues(t *testing.T) {
	t.Parallel()
	l := load(t)
	const days = "delai_correctif_critique_jours"
	locked := reworded(t, l, "PAT-02", "Délais de la région")
	locked.Locked, locked.Values = true, values(days, "10")
	region := clause.Layer{Scope: clause.RegionScope, Adaptations: []clause.Adaptation{locked}}
	same := func(v ...string) clause.Adaptation {
		return clause.Adaptation{Clause: locked.Clause, Values: values(v...)}
	}
	for name, test := range map[string]struct {
		below clause.Adaptation
		want  told
	}{
		"stricter":           {same(days, "5"), told{"Délais de la région", clause.StructureScope, "Délais de la région", "5"}},
		"as strict":          {same(days, "10"), told{"Délais de la région", clause.StructureScope, "Délais de la région", "10"}},
		"laxer":              {same(days, "12"), told{"Délais de la région", clause.RegionScope, "Délais de correction selon la criticité", "10"}},
		"laxer at one tier":  {same(), told{"Délais de la région", clause.RegionScope, "Délais de correction selon la criticité", "10"}},
		"laxer in another":   {same(days, "5", "delai_correctif_eleve_jours", "90"), told{"Délais de la région", clause.RegionScope, "Délais de correction selon la criticité", "10"}},
		"other words":        {reworded(t, l, "PAT-02", "Nos délais"), told{"Délais de la région", clause.RegionScope, "Délais de correction selon la criticité", "10"}},
		"English withdrawn":  {french(same(days, "5")), told{"Délais de la région", clause.RegionScope, "Délais de correction selon la criticité", "10"}},
		"proposed elsewhere": {reworded(t, l, "PAT-03", "Autre clause"), told{"Délais de la région", clause.RegionScope, "Délais de correction selon la criticité", "10"}},
	} {
		with := l.With(region, clause.Layer{Scope: clause.StructureScope, Adaptations: []clause.Adaptation{test.below}})
		if diff := cmp.Diff(test.want, tell(with, "PAT-02")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		refused := test.below.Clause.ID == "PAT-02" && test.want.Scope == clause.RegionScope
		if (len(with.Overruled()) > 0) != refused {
			t.Errorf("%s: overruled %v", name, with.Overruled())
		}
	}
}

func TestOnlyARegionLocks(t *testing.T) {
	t.Parallel()
	l := load(t)
	ours := reworded(t, l, "PAT-02", "Verrou d'une structure")
	ours.Locked = true
	if origin, _ := l.With(clause.Layer{Scope: clause.StructureScope, Adaptations: []clause.Adaptation{ours}}).Origin("PAT-02"); origin.Locked {
		t.Error("a structure locked a clause")
	}
}

func TestAClauseInFrenchAloneReadsInFrenchInBothLanguages(t *testing.T) {
	t.Parallel()
	l := load(t)
	ours := french(reworded(t, l, "PAT-02", "Nos délais"))
	with := l.With(clause.Layer{Scope: clause.StructureScope, Adaptations: []clause.Adaptation{ours}})
	c, _ := with.Clause("PAT-02")
	origin, _ := with.Origin("PAT-02")
	if !origin.FrenchOnly || c.Title.EN != "Nos délais" || content.Plain(c.Blocks(locale.English)) != content.Plain(c.Blocks(locale.French)) {
		t.Errorf("%+v %q", origin, c.Title.EN)
	}
}

func TestLintHoldsAnAdaptationToTheRulesOfTheLibrary(t *testing.T) {
	t.Parallel()
	l := load(t)
	change := func(id string, change func(*clause.Adaptation)) clause.Adaptation {
		a := reworded(t, l, id, "Un titre")
		change(&a)
		return a
	}
	copied := slices.Concat(slices.Repeat([]string{"text.fr lint.near-duplicate"}, 10), slices.Repeat([]string{"text.en lint.near-duplicate"}, 9))
	for name, test := range map[string]struct {
		given         clause.Adaptation
		wrong, judged []string
	}{
		"a model":             {reworded(t, l, "PAT-02", "Nos délais"), nil, nil},
		"French alone":        {french(reworded(t, l, "PAT-02", "Nos délais")), nil, nil},
		"a text missing":      {change("PAT-02", func(a *clause.Adaptation) { a.Clause.Evidence.FR = "" }), []string{"evidence.fr adaptation.french-missing"}, nil},
		"half of the English": {change("PAT-02", func(a *clause.Adaptation) { a.Clause.Note.EN = "" }), []string{"note.en adaptation.english-missing"}, nil},
		"a text too short": {change("PAT-02", func(a *clause.Adaptation) {
			a.Clause.Text, a.Clause.Variables = content.Text{FR: "Le titulaire corrige."}, nil
			*a = french(*a)
		}), []string{"text.fr lint.length"}, nil},
		"a value unknown": {change("PAT-02", func(a *clause.Adaptation) {
			a.Clause.Text.FR = strings.Replace(a.Clause.Text.FR, "{delai_correctif_moyen_jours}", "{amende}", 1)
			a.Clause.Variables = clause.VariablesIn(a.Clause.Text.FR)
			*a = french(*a)
		}), []string{"text.fr adaptation.unknown-value"}, nil},
		"markup": {change("PAT-02", func(a *clause.Adaptation) { a.Clause.Text.FR += "\n\n<b>gras</b>\n" }), []string{"text.fr adaptation.markdown", "text.en adaptation.structure"}, nil},
		"other lists in English": {change("PAT-02", func(a *clause.Adaptation) {
			a.Clause.Text.FR = strings.Replace(a.Clause.Text.FR, "Lorsqu'il ne peut tenir ce délai, le titulaire en", "Il en", 1)
			a.Clause.Text.FR = strings.Replace(a.Clause.Text.FR, "Lorsque l'établissement installe", "\nLorsque l'établissement installe", 1)
			a.Clause.Text.FR = strings.Replace(a.Clause.Text.FR, "L'établissement accepte", "\n\nL'établissement accepte", 1)
		}), []string{"text.en adaptation.structure"}, nil},
		"typing":       {change("PAT-02", func(a *clause.Adaptation) { a.Clause.Note.FR = "Demandez : le registre; la date." }), []string{"note.fr lint.french-space"}, nil},
		"a vague word": {change("PAT-02", func(a *clause.Adaptation) { a.Clause.Evidence.FR = "Un registre raisonnable." }), nil, []string{"evidence.fr lint.vague"}},
		"a sentence of another clause": {change("PAT-05", func(a *clause.Adaptation) {
			a.Clause.Text.FR += "\n\nLe titulaire inscrit dans un registre chaque vulnérabilité qui touche la prestation.\n"
			*a = french(*a)
		}), nil, []string{"text.fr lint.near-duplicate"}},
		"a value that is none":  {change("PAT-02", func(a *clause.Adaptation) { a.Values = values("delai_correctif_critique_jours", "vite") }), []string{"values.delai_correctif_critique_jours value.number"}, nil},
		"a value not used":      {change("PAT-02", func(a *clause.Adaptation) { a.Values = values("rto_heures", "4") }), []string{"values.rto_heures adaptation.value-not-used"}, nil},
		"an id of nobody":       {added(t, l, "PAT-99", "PAT"), []string{"id adaptation.own-id"}, copied},
		"a family of nobody":    {added(t, l, "X-01", "ZZZ"), []string{"family adaptation.family"}, copied},
		"a rule of nobody":      {change("PAT-02", func(a *clause.Adaptation) { a.Clause.Applies = []string{"moon"} }), []string{"applies lint.rule"}, nil},
		"a reference of nobody": {change("PAT-02", func(a *clause.Adaptation) { a.Clause.References = []string{"LUNE-1"} }), []string{"references adaptation.unknown-reference"}, nil},
	} {
		wrong, judgements := l.LintAdaptation(test.given)
		var found, judged []string
		for _, p := range wrong {
			found = append(found, p.Field+" "+p.Key)
		}
		for _, j := range judgements {
			judged = append(judged, j.Field+" "+j.Key)
		}
		if diff := cmp.Diff([][]string{test.wrong, test.judged}, [][]string{found, judged}); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestATextTooLongIsRefusedWithoutBeingRead(t *testing.T) {
	t.Parallel()
	l := load(t)
	long := reworded(t, l, "PAT-02", "Délais")
	long.Clause.Text.FR = strings.Repeat("- ", 450_000) // would take minutes to read
	wrong, judged := l.LintAdaptation(long)
	if len(wrong) != 1 || wrong[0].Field != "text.fr" || wrong[0].Key != "value.too-long" || len(judged) > 0 || !long.TooLong() {
		t.Errorf("%v, %v", wrong, judged)
	}
}

func TestLintRefusesWhatALockForbids(t *testing.T) {
	t.Parallel()
	l := load(t)
	locked := reworded(t, l, "PAT-02", "Délais de la région")
	locked.Locked = true
	region := l.With(clause.Layer{Scope: clause.RegionScope, Adaptations: []clause.Adaptation{locked}})
	wrong, _ := region.LintAdaptation(reworded(t, l, "PAT-02", "Nos délais"))
	if len(wrong) != 1 || wrong[0].Key != "adaptation.locked" {
		t.Errorf("%v", wrong)
	}
	stricter := clause.Adaptation{Clause: locked.Clause, Values: values("delai_correctif_critique_jours", "5")}
	if wrong, _ := region.LintAdaptation(stricter); len(wrong) > 0 {
		t.Errorf("%v", wrong)
	}
}

func TestYAMLWritesFamiliesThatTheLibraryReadsBack(t *testing.T) {
	t.Parallel()
	l := load(t)
	files := edited(t, "library.yaml", "version", "version").(fstest.MapFS)
	for _, family := range l.Families {
		adapted := make([]clause.Adaptation, len(family.Clauses))
		for i, c := range family.Clauses {
			adapted[i] = clause.Adaptation{Clause: *c}
		}
		name := strings.ToLower(family.ID) + ".yaml"
		if family.ID == "CON" {
			name = "continuity.yaml" // con is no name for a file everywhere
		}
		files[name].Data = clause.YAML(family, adapted)
	}
	again, err := clause.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range l.Clauses() {
		if read, ok := again.Clause(c.ID); !ok || read.Fingerprint() != c.Fingerprint() {
			t.Errorf("%s is not read back as it was written", c.ID)
		}
	}
	if problems := again.Lint(); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestYAMLKeepsTextsThatMeanSomethingElse(t *testing.T) {
	t.Parallel()
	l := load(t)
	texts := []string{"true", "no", "12", "a: b", "a #b", "- a", "“cité” : \"x\" \\ fin", "[a]", "fin:", "é", "{x}", "'a'", "> b", "A\nb", "A\n\n- b\n  - c"}
	family, _ := l.Family("PAT")
	var all []clause.Adaptation
	for _, c := range family.Clauses {
		all = append(all, clause.Adaptation{Clause: *c})
	}
	for i, text := range texts {
		a := reworded(t, l, "PAT-01", text)
		a.Clause.ID, a.Clause.Note = fmt.Sprintf("PAT-%d", 20+i), content.Text{FR: text, EN: text}
		all = append(all, a)
	}
	files := edited(t, "library.yaml", "version", "version").(fstest.MapFS)
	files["pat.yaml"].Data = clause.YAML(family, all)
	again, err := clause.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if read, _ := again.Clause(a.Clause.ID); read.Fingerprint() != a.Clause.Fingerprint() {
			t.Errorf("%q is read as %q", a.Clause.Title.FR, read.Title.FR)
		}
	}
}

func BenchmarkWith(b *testing.B) {
	l := load(b)
	var layer clause.Layer
	layer.Scope = clause.StructureScope
	for _, c := range l.Clauses()[:20] {
		layer.Adaptations = append(layer.Adaptations, clause.Adaptation{Clause: *c})
	}
	b.Run("20 clauses", func(b *testing.B) {
		for b.Loop() {
			l.With(layer)
		}
	})
	b.Run("lint", func(b *testing.B) {
		l.LintAdaptation(layer.Adaptations[0]) // reads the sentences of all the others
		for b.Loop() {
			l.LintAdaptation(layer.Adaptations[0])
		}
	})
}
