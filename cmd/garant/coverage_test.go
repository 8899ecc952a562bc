package main

import (
	"testing"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

func TestCoverageForProgramsHoldsEveryItemWithWhatAnswersIt(t *testing.T) {
	t.Parallel()
	equal(t, coverageJSON{"nis2-21-2", 2, 1, []coveringJSON{
		{"NIS2-21-2-e", []string{"PAT-02"}, []string{"PAT-Q02"}}, {"NIS2-21-2-j", []string{}, []string{}},
	}}, decode[coverageJSON](t, frozen.run(t, "coverage", "--framework", "nis2-21-2", "--format", "json").Out))
	got := frozen.run(t, "coverage", "--framework", "css", "--format", "json")
	equal(t, coverageJSON{"css", 7, 4, []coveringJSON{
		{"O-1.1", []string{"GOV-01"}, []string{"GOV-Q01"}}, {"O-3.2", []string{"GOV-06"}, []string{"GOV-Q06"}}, {"O-7.2", []string{"PAT-02"}, []string{"PAT-Q02"}},
		{"O-12.2.9.1", []string{"GOV-06"}, []string{"GOV-Q06"}}, {"O-12.3.1", []string{}, []string{}}, {"O-12.3.2", []string{}, []string{}}, {"O-12.3.8", []string{}, []string{}},
	}}, decode[coverageJSON](t, got.Out))
	equal(t, answer{exitDone, got.Out, ""}, got)
}

func TestTheProductCoversItsFrameworks(t *testing.T) {
	t.Parallel()
	for framework, items := range map[string]int{"css": 118, "rgpd-28": 14, "hds-r1111-11": 14, "nis2-21-2": 10, "recyf-3b": 2} {
		got := decode[coverageJSON](t, run(t, "coverage", "--framework", framework, "--format", "json").Out)
		equal(t, []any{framework, items, items, items}, []any{got.Framework, got.Total, got.Covered, len(got.Items)})
	}
}

func TestCoverageAsATableIsForReading(t *testing.T) {
	t.Parallel()
	equal(t, answer{exitDone, `Directive NIS 2, article 21
1 point couvert sur 2

art. 21, § 2, e · Acquisition, développement, maintenance et vulnérabilités
  PAT-02  Délais de correction selon la criticité
  Questions : PAT-Q02

art. 21, § 2, j · Authentification multifacteur
  Aucune clause ne répond à ce point.
`, ""}, frozen.run(t, "coverage", "--framework", "nis2-21-2").plain())
	equal(t, answer{exitDone, `NIS 2 Directive, Article 21
1 item of 2 covered

Art. 21(2)(e) · Acquisition, development, maintenance and vulnerabilities
  PAT-02  Time limits for correction by severity
  Questions: PAT-Q02

Art. 21(2)(j) · Multi-factor authentication
  No clause answers this item.
`, ""}, frozen.run(t, "coverage", "--framework", "nis2-21-2", "--language", "en"))
}

func TestCoverageOfNoFrameworkNamesThoseThereAre(t *testing.T) {
	t.Parallel()
	equal(t, answer{exitUsage, "", "garant: dites quel référentiel avec --framework ; référentiels : css, nis2-21-2\nVoir « garant coverage --help ».\n"},
		frozen.run(t, "coverage").plain())
	equal(t, answer{exitUsage, "", "garant: --framework: “iso” is not a framework of the library; frameworks: css, nis2-21-2\nSee “garant coverage --help”.\n"},
		frozen.run(t, "coverage", "--framework", "iso", "--language", "en"))
	equal(t, "css\nnis2-21-2\n:4\n", frozen.run(t, "__complete", "coverage", "--framework", "").Out)
}

func TestLintHoldsFrameworksAgainstTheLibrary(t *testing.T) {
	t.Parallel()
	folder := libraryWith(t,
		[3]string{"clauses/frameworks.yaml", "references: [NIS2-21-2-e]", "clauses: [PAT-02, PAT-09]"},
		[3]string{"clauses/frameworks.yaml", "O-3.2, O-7.2", "O-3.2"},
	)
	at := folder + "/clauses/"
	equal(t, answer{exitWrong, "6 clauses, 7 questions, 7 drafts, 2 errors\n", lines(speak(t, locale.French),
		fault.Problem{File: at + "frameworks.yaml", Line: 14, Column: 27, Field: "frameworks[1].items[0].clauses[1]", Key: "lint.clause", Args: []any{"id", "PAT-09"}},
		fault.Problem{File: at + "pat.yaml", Line: 10, Column: 11, Field: "clauses[0].css[0]", Key: "lint.css-unknown", Args: []any{"value", "O-7.2"}},
	)}, run(t, "lint", folder))
}
