package clause_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
)

// edited gives the embedded library with one replacement in one file. The text replaced must be there.
func edited(t *testing.T, name, old, replacement string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(clauses.Files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range names {
		data, err := fs.ReadFile(clauses.Files, file)
		if err != nil {
			t.Fatal(err)
		}
		if file == name {
			if !strings.Contains(string(data), old) {
				t.Fatalf("%s does not hold %q", name, old)
			}
			data = []byte(strings.Replace(string(data), old, replacement, 1))
		}
		files[file] = &fstest.MapFile{Data: data}
	}
	return files
}

// findings are what loading and lint say, each as "file key".
func findings(t *testing.T, files fs.FS) []string {
	t.Helper()
	library, err := clause.Load(files)
	problems, ok := err.(fault.Problems)
	if err != nil && !ok {
		t.Fatal(err)
	}
	if err == nil {
		problems = library.Lint()
	}
	var out []string
	for _, p := range problems {
		if p.Line == 0 {
			t.Errorf("%s has no line", p.Key)
		}
		out = append(out, fmt.Sprintf("%s %s", p.File, p.Key))
	}
	return out
}

func TestTheEmbeddedLibraryIsWhole(t *testing.T) {
	t.Parallel()
	if got := findings(t, clauses.Files); got != nil {
		t.Error(strings.Join(got, "\n"))
	}
}

func TestEachRuleOfLintFindsWhatBreaksIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, old, replacement string
		want                   []string
	}{
		"starting point twice":       {"framings.yaml", "id: hosting", "id: saas-health", []string{"framings.yaml library.id-twice"}},
		"starting point not framed":  {"framings.yaml", "availability: 3", "availability: 9", []string{"framings.yaml framing.level"}},
		"starting point moves tier":  {"framings.yaml", "      data: health\n", "      data: health\n      override: {tier: 1}\n", []string{"framings.yaml library.start-moves-tier"}},
		"unknown field":              {"sau.yaml", "    level: socle\n", "    level: socle\n    nivel: x\n", []string{"sau.yaml yaml.unknown-field"}},
		"duplicate key":              {"sau.yaml", "    version: 1\n", "    version: 1\n    version: 2\n", []string{"sau.yaml yaml.duplicate"}},
		"wrong type":                 {"sau.yaml", "    version: 1\n", "    version: un\n", []string{"sau.yaml yaml.want-integer"}},
		"language missing":           {"sau.yaml", "      en: Scope, frequency and retention of backups\n", "", []string{"sau.yaml yaml.required"}},
		"level":                      {"sau.yaml", "level: socle", "level: bas", []string{"sau.yaml yaml.not-allowed"}},
		"vector":                     {"sau.yaml", "vector: sauvegardes", "vector: nuages", []string{"sau.yaml yaml.not-allowed"}},
		"unknown family":             {"sau.yaml", "family: SAU", "family: SAV", []string{"sau.yaml library.unknown-family"}},
		"id twice":                   {"sau.yaml", "id: SAU-02", "id: SAU-01", []string{"sau.yaml library.id-twice"}},
		"id of another family":       {"sau.yaml", "id: SAU-02", "id: SAV-02", []string{"sau.yaml lint.id"}},
		"version zero":               {"sau.yaml", "version: 1", "version: 0", []string{"sau.yaml lint.version"}},
		"rule of application":        {"sau.yaml", "applies: [saas, hosting", "applies: [sass, hosting", []string{"sau.yaml lint.rule"}},
		"no rule of application":     {"sau.yaml", "applies: [saas, hosting, managed-services]", "applies: []", []string{"sau.yaml lint.no-rule"}},
		"css":                        {"pat.yaml", "css: [O-7.2]", "css: [O7.2]", []string{"pat.yaml lint.css"}},
		"reference not in registry":  {"sau.yaml", "CARE-D2-O2", "CARE-D2-O9", []string{"sau.yaml lint.reference", "references.yaml lint.reference-unused"}},
		"variable not in registry":   {"sau.yaml", "variables: [frequence_sauvegarde_heures, retention_sauvegarde_jours]", "variables: [frequence_sauvegarde_heures, retention_sauvegarde_jours, inconnue]", []string{"sau.yaml lint.variable-undeclared", "sau.yaml lint.variable-not-used", "sau.yaml lint.variable-not-used"}},
		"variable not listed":        {"sau.yaml", "variables: [frequence_sauvegarde_heures, retention_sauvegarde_jours]", "variables: [frequence_sauvegarde_heures]", []string{"sau.yaml lint.variable-not-listed", "sau.yaml lint.variable-not-listed", "variables.yaml lint.variable-unused"}},
		"variable not used":          {"sau.yaml", "au moins {retention_sauvegarde_jours}", "au moins un mois", []string{"sau.yaml lint.variable-not-used"}},
		"brace":                      {"sau.yaml", "{retention_sauvegarde_jours}", "{retention_sauvegarde_jours", []string{"sau.yaml library.markdown"}},
		"text missing":               {"sau.yaml", "    evidence:\n      fr: Plan de sauvegarde en vigueur et relevé mensuel des sauvegardes, avec les échecs et leurs suites.\n      en: Backup plan in force and monthly statement of backups, with failures and what followed.\n", "", []string{"sau.yaml lint.not-written"}},
		"draft that is written":      {"sau.yaml", "    version: 1\n", "    version: 1\n    draft: true\n", []string{"sau.yaml lint.draft-written"}},
		"draft not marked":           {"tra.yaml", "clauses:\n", "clauses:\n  - id: TRA-09\n    version: 1\n    level: socle\n    applies: [\"*\"]\n    title: {fr: Titre, en: Title}\n", []string{"tra.yaml lint.not-written", "tra.yaml lint.not-written", "tra.yaml lint.not-written", "tra.yaml lint.not-written", "tra.yaml lint.not-written"}},
		"too long":                   {"sau.yaml", "        Le titulaire contrôle le résultat", strings.Repeat("        Le titulaire garde la preuve de chaque envoi pendant un an entier.\n", 20) + "        Le titulaire contrôle le résultat", []string{"sau.yaml lint.length"}},
		"other structure in English": {"sau.yaml", "        - programs and installation procedures;\n", "", []string{"sau.yaml lint.structure"}},
		"French space":               {"sau.yaml", "pièces jointes compris ;", "pièces jointes compris;", []string{"sau.yaml lint.french-space"}},
		"English space":              {"sau.yaml", "accounts and rights;", "accounts and rights ;", []string{"sau.yaml lint.english-space"}},
		"straight quotes":            {"sau.yaml", "un plan de sauvegarde", "un \"plan\" de sauvegarde", []string{"sau.yaml lint.quotes"}},
		"double space":               {"sau.yaml", "un plan de sauvegarde", "un  plan de sauvegarde", []string{"sau.yaml lint.double-space"}},
		"space before a comma":       {"sau.yaml", "les comptes et", "les comptes , et", []string{"sau.yaml lint.space-comma"}},
		"et cetera":                  {"sau.yaml", "les comptes et les droits ;", "les comptes, les droits, etc. ;", []string{"sau.yaml lint.et-cetera"}},
		"default outside its bounds": {"variables.yaml", "default: 30\n    recommended: {min: 15, max: 60}", "default: 90\n    recommended: {min: 15, max: 60}", []string{"variables.yaml lint.default-outside", "variables.yaml lint.default-outside", "variables.yaml lint.default-outside"}},
		"bounds upside down":         {"variables.yaml", "recommended: {min: 15, max: 60}", "recommended: {min: 60, max: 15}", []string{"variables.yaml lint.bounds-order", "variables.yaml lint.default-outside", "variables.yaml lint.bounds-order", "variables.yaml lint.default-outside", "variables.yaml lint.bounds-order", "variables.yaml lint.default-outside"}},
		"a lower tier asks for more": {"variables.yaml", "default: 6\n    by_tier: {1: 3}", "default: 6\n    by_tier: {1: 8}", []string{"variables.yaml lint.tier-order"}},
		"default of another type":    {"variables.yaml", "default: 30\n    recommended: {min: 15, max: 60}", "default: trente\n    recommended: {min: 15, max: 60}", []string{"variables.yaml lint.default-type", "variables.yaml lint.default-type", "variables.yaml lint.default-type"}},
		"number without unit":        {"variables.yaml", "    unit:\n      fr: {one: caractère, other: caractères}\n      en: {one: character, other: characters}\n", "", []string{"variables.yaml lint.unit"}},
		"choice without options":     {"variables.yaml", "    options: [\"1.2\", \"1.3\"]\n", "", []string{"variables.yaml lint.options", "variables.yaml lint.default-type", "variables.yaml lint.default-type", "variables.yaml lint.default-type"}},
		"number without default":     {"variables.yaml", "default: 30\n    recommended: {min: 15, max: 60}", "recommended: {min: 15, max: 60}", []string{"variables.yaml lint.no-default"}},
		"text without blank":         {"variables.yaml", "    blank: \"…………………\"\n", "", []string{"variables.yaml lint.no-blank"}},
		"bounds on a text":           {"variables.yaml", "    blank: \"…………………\"\n", "    blank: \"…………………\"\n    recommended: {min: 1}\n", []string{"variables.yaml lint.bounds-without-order"}},
		"status of a reference":      {"references.yaml", "status: in-force", "status: perhaps", []string{"references.yaml lint.status"}},
		"unsure without saying so":   {"references.yaml", "version de travail 2.5", "version 2.5", []string{"references.yaml lint.unsure"}},
		"what a reference binds":     {"references.yaml", "binds: [hds]", "binds: [hd]", []string{"references.yaml lint.rule"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, findings(t, edited(t, c.file, c.old, c.replacement))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLintWantsEveryClauseVerifiedButThatOfTheStructure(t *testing.T) {
	t.Parallel()
	library, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	verified := map[string]bool{}
	for _, c := range library.Clauses() {
		verified[c.ID] = c.ID != "DCP-08" && c.ID != "PAT-02"
	}
	var got []string
	for _, p := range library.LintLinks(verified) {
		got = append(got, fmt.Sprint(p.File, " ", p.Key, " ", p.Args))
	}
	if diff := cmp.Diff([]string{"pat.yaml lint.not-verified [id PAT-02]"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	_, err := clause.Load(fstest.MapFS{"library.yaml": {Data: []byte("version: \"1.0\"\n")}})
	var got []string
	for _, p := range err.(fault.Problems) {
		got = append(got, p.File+" "+p.Key)
	}
	want := []string{"variables.yaml library.missing-file", "references.yaml library.missing-file", "guide.yaml library.missing-file"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
