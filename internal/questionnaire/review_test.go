package questionnaire_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/questionnaire"
)

func TestReviewJudgesEveryTextOfAQuestionAndItsTwins(t *testing.T) {
	t.Parallel()
	library, err := questionnaire.Load(fstest.MapFS{
		"modules.yaml": {Data: []byte("modules: [{id: express, title: {fr: E, en: E}, summary: {fr: E, en: E}, for: {fr: E, en: E}}]\n")},
		"gov.yaml": {Data: []byte(`domain: GOV
title: {fr: Gouvernance, en: Governance}
questions:
  - id: GOV-Q01
    version: 1
    module: express
    type: single
    weight: 1
    text: {fr: "À quelle date avez-vous nommé le responsable de la sécurité ?", en: Do you test regularly?}
    why: {fr: "Une réponse attendue sans délai.", en: An answer at once and no later than the next day.}
    help: {fr: "Une même aide, dite en neuf mots, ici et là-bas.", en: Yes.}
    options:
      - {id: a, points: 1, label: {fr: "Oui, par des moyens adéquats", en: "Yes"}}
  - id: GOV-Q02
    version: 1
    module: express
    type: maturity
    weight: 1
    text: {fr: "À quelle date avez-vous nommé le responsable de la prestation ?", en: What?}
    help: {fr: "Une même aide, dite en neuf mots, ici et là-bas.", en: Yes.}
    levels:
      0: {fr: Rien, en: Nothing}
      1: {fr: Un essai régulier, en: A regular test}
      2: {fr: Un essai régulier par mois, en: A regular monthly test}
      3: {fr: Deux, en: Two}
      4: {fr: Trois, en: Three}
`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, j := range library.Review() {
		got = append(got, fmt.Sprintf("%s:%d %s %s %v %s", j.File, j.Line, j.Field, j.Rule, j.IDs, j.Value))
	}
	want := []string{
		"gov.yaml:9 questions[0].text.en no-period [GOV-Q01] regularly",
		"gov.yaml:13 questions[0].options[0].label.fr vague [GOV-Q01] adéquats",
		"gov.yaml:19 questions[1].text.fr near-duplicate [GOV-Q02 GOV-Q01] À quelle date avez-vous nommé le responsable de la prestation ?",
		"gov.yaml:23 questions[1].levels.1.fr no-period [GOV-Q02] régulier",
		"gov.yaml:23 questions[1].levels.1.en no-period [GOV-Q02] regular",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
