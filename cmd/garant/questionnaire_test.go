package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// answered fills the cells of one sheet of a workbook in, by their names.
func answered(t *testing.T, path, sheet string, cells map[string]any) {
	t.Helper()
	file, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cell, value := range cells {
		if err := file.SetCellValue(sheet, cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Save(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAQuestionnaireGoesOutAndComesBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "q.xlsx")
	equal(t, answer{exitDone, path + "\u00a0: 109 questions, clauses à attester\u00a0: 1\n", ""}, run(t, "questionnaire", "--framing", exampleInput, "--out", path))
	got := run(t, "questionnaire", "--framing", "-", "--out", "-")
	equal(t, exitWrong, got.Code) // an empty input

	piped := world{stdin: string(read(t, exampleInput))}.run(t, "questionnaire", "--framing", "-", "--out", "-")
	equal(t, answer{exitDone, string(read(t, path)), ""}, piped)

	answered(t, path, "Gouvernance de la sécurité", map[string]any{
		"C2": "Non", "E2": "=1+1", "F2": "nomination.pdf; organigramme.pdf", "C3": "3 · Appliqué", "C4": "HDS; ISO", "G5": "Aucune appréciation : service gratuit.", "E6": "en cours",
	})
	want := answersJSON{
		Intact: true, Language: "fr", Evidence: map[string][]string{"GOV-Q01": {"nomination.pdf", "organigramme.pdf"}},
		Answers: map[string]answerJSON{
			"GOV-Q01": {Value: "none", Comment: "=1+1"}, "GOV-Q02": {Value: 3.0}, "GOV-Q04": {NotApplicable: "Aucune appréciation : service gratuit."}, "GOV-Q05": {Comment: "en cours"},
		},
		Problems: []cellJSON{{"GOV-Q03", "Gouvernance de la sécurité", "C4", ""}},
	}
	for _, from := range []answer{
		run(t, "answers", "--workbook", path, "--format", "json", "--language", "en"),
		world{stdin: string(read(t, path))}.run(t, "answers", "--workbook", "-", "--format", "json", "--language", "en"),
	} {
		equal(t, [2]any{exitDone, ""}, [2]any{from.Code, from.Err})
		made := decode[answersJSON](t, from.Out)
		if len(made.Questionnaire) != 16 || !strings.HasPrefix(made.Problems[0].Message, "answer not understood: “HDS; ISO”; expected: one or more of these answers") {
			t.Errorf("%+v", made)
		}
		made.Questionnaire, made.Problems[0].Message = "", ""
		equal(t, want, made)
	}
	told := run(t, "answers", "--workbook", path)
	equal(t, exitDone, told.Code)
	if !strings.HasPrefix(strings.ReplaceAll(told.Out, "\u00a0", " "), path+" : 2 réponses, sans objet : 1\n1 cellule à corriger :\n  Gouvernance de la sécurité  C4  GOV-Q03  réponse non comprise") {
		t.Error(told.Out)
	}
}

func TestAnAnswerIsPrintedWithItsThreeFieldsEvenWhenTheyAreEmpty(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(answerJSON{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, `{"value":null,"na":"","comment":""}`, string(text))
}

func TestAWorkbookThatCannotBeReadIsSaidInOneLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"vide.xlsx":   {nil, "Ce fichier est vide. Donnez le classeur rempli, au format .xlsx."},
		"ancien.xls":  {append([]byte("\xD0\xCF\x11\xE0"), make([]byte, 600)...), "Ce fichier est un ancien classeur Excel (.xls). Ouvrez-le et enregistrez-le au format « Classeur Excel (.xlsx) »."},
		"lourd.xlsx":  {append([]byte("PK\x03\x04"), make([]byte, 50<<20)...), "Ce fichier dépasse 10 Mo, ce qu’un questionnaire ne pèse jamais. Retirez-en les images et les pièces jointes, qui se remettent à part."},
		"tableau.csv": {[]byte("id;Réponse\n"), "Ce fichier est un texte (.csv), qui perd les feuilles et la forme des cellules. Donnez le classeur lui-même, au format .xlsx."},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, test.data, 0o600); err != nil {
			t.Fatal(err)
		}
		got := run(t, "answers", "--workbook", path, "--format", "json")
		got.Err = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(got.Err)
		equal(t, answer{exitWrong, "", path + ": " + test.want + "\n"}, got)
	}
}

func TestAWrongFramingLeavesNoQuestionnaireBehindAndNamesItsLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	input := filepath.Join(dir, "annexe.yaml")
	text := bytes.Replace(read(t, exampleInput), []byte("data: health"), []byte("data: secret"), 1)
	text = bytes.Replace(text, []byte("availability: 4"), []byte("availability: 9"), 1)
	if err := os.WriteFile(input, text, 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, "questionnaire", "--framing", input, "--out", filepath.Join(dir, "q.xlsx"))
	lines := strings.Split(strings.TrimSpace(got.Err), "\n")
	if got.Code != exitWrong || len(lines) != 2 || !strings.HasPrefix(lines[0], input+":") || !strings.Contains(lines[0], "framing.data: ") || !strings.Contains(lines[1], "framing.needs.availability: ") {
		t.Errorf("%+v", got)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestQuestionnaireAndAnswersTellHowTheyAreUsed(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"questionnaire"}, {"questionnaire", "--framing", exampleInput}, {"questionnaire", "--framing", exampleInput, "--out", "q.xls"},
		{"answers"}, {"answers", "--workbook", "q.xlsx", "--format", "csv"}, {"answers", "q.xlsx"},
	} {
		if got := run(t, args...); got.Code != exitUsage || got.Out != "" || strings.Count(got.Err, "\n") != 2 {
			t.Errorf("%v: %+v", args, got)
		}
	}
	equal(t, exitWrong, run(t, "answers", "--workbook", "none.xlsx").Code)
}
