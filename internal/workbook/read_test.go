package workbook_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/sheet"
	"github.com/garant-sante/garant/internal/workbook"
)

// filled writes a workbook with other programs' means: a table on one sheet, a row for each of these.
func filled(t *testing.T, titles []any, rows ...[]any) []byte {
	t.Helper()
	file := excelize.NewFile()
	defer func() { _ = file.Close() }()
	for i, row := range append([][]any{titles}, rows...) {
		if err := file.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	return saved(t, file)
}

func saved(t *testing.T, file *excelize.File) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := file.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// one reads one answer cell of a question of this type.
func one(t *testing.T, id string, cell any) (questionnaire.Answer, []workbook.Problem) {
	t.Helper()
	got := read(t, filled(t, []any{"id", "Question", "Réponse"}, []any{id, "?", cell}))
	return got.Answers[id], got.Problems
}

func first(typ questionnaire.Type) *questionnaire.Question {
	all := shelved().questions.Questions()
	return all[slices.IndexFunc(all, func(q *questionnaire.Question) bool { return q.Type == typ })]
}

func percentQuestion() *questionnaire.Question {
	all := shelved().questions.Questions()
	return all[slices.IndexFunc(all, func(q *questionnaire.Question) bool { return q.Unit == "percent" })]
}

func TestEveryFormThatACellMayTakeIsUnderstood(t *testing.T) {
	t.Parallel()
	single, multi := first(questionnaire.Single), first(questionnaire.Multi)
	label := single.Options[1].Label
	for _, c := range []struct {
		id   string
		cell any
		want string // separated by spaces; empty for a problem
	}{
		{"PAT-Q01", 3, "3"}, {"PAT-Q01", "3", "3"}, {"PAT-Q01", 0, "0"}, {"PAT-Q01", "3 · Appliqué", "3"}, {"PAT-Q01", " 3·APPLIQUE ", "3"},
		{"PAT-Q01", "3 - Applied", "3"}, {"PAT-Q01", "4 · Mesuré", "4"}, {"PAT-Q01", "2. Partiel", "2"}, {"PAT-Q01", "2 partiel", "2"},
		{"PAT-Q01", "0 · " + shelved().questions.Questions()[1].Levels.Absent.FR, "0"}, {"PAT-Q01", "1 :", "1"},
		{"PAT-Q01", 5, ""}, {"PAT-Q01", -1, ""}, {"PAT-Q01", 2.5, ""}, {"PAT-Q01", "2,5", ""}, {"PAT-Q01", "3 ou 4", ""}, {"PAT-Q01", "3 - 4", ""},
		{"PAT-Q01", "3/4", ""}, {"PAT-Q01", "3 · Partiel", ""}, {"PAT-Q01", "Appliqué", ""}, {"PAT-Q01", "30", ""}, {"PAT-Q01", true, ""}, {"PAT-Q01", "3a", ""},
		{"JUR-Q01", "Oui", "yes"}, {"JUR-Q01", " oui\u00a0", "yes"}, {"JUR-Q01", "PARTIEL", "partial"}, {"JUR-Q01", "Partial", "partial"}, {"JUR-Q01", "no", "no"},
		{"JUR-Q01", "NÖN", "no"}, {"JUR-Q01", "peut-être", ""}, {"JUR-Q01", 1, ""}, {"JUR-Q01", true, ""},
		{"ATT-PAT-05", "Yes", "yes"}, {"att-pat-05 ", "Non", "no"},
		{single.ID, label.FR, single.Options[1].ID}, {single.ID, strings.ToUpper(label.EN), single.Options[1].ID}, {single.ID, single.Options[1].ID, single.Options[1].ID},
		{single.ID, locale.Typography(locale.French, label.FR), single.Options[1].ID}, {single.ID, "autre chose", ""}, {single.ID, single.Options[0].ID + ";" + single.Options[1].ID, ""},
		{multi.ID, "hds;iso-27001", "iso-27001 hds"}, {multi.ID, multi.Options[0].Label.FR + "\n" + multi.Options[1].Label.EN + "\n", "iso-27001 hds"},
		{multi.ID, multi.Options[5].Label.FR, multi.Options[5].ID}, {multi.ID, multi.Options[5].Label.EN + " ; ", multi.Options[5].ID}, {multi.ID, "hds; hds", "hds"},
		{multi.ID, "hds; rien", ""}, {multi.ID, multi.Options[5].ID + "; hds", ""}, {multi.ID, ";", ""},
		{"PAT-Q02", 30, "30"}, {"PAT-Q02", "30", "30"}, {"PAT-Q02", "1,5", "1.5"}, {"PAT-Q02", "1.5", "1.5"}, {"PAT-Q02", 1.5, "1.5"}, {"PAT-Q02", "1 500", "1500"},
		{"PAT-Q02", "0", "0"}, {"PAT-Q02", 0, "0"}, {"PAT-Q02", "trente", ""}, {"PAT-Q02", -3, ""}, {"PAT-Q02", "-3", ""}, {"PAT-Q02", "30-60", ""}, {"PAT-Q02", "1e3", ""},
		{"PAT-Q02", time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC), ""},
		{percentQuestion().ID, 99.9, "99.9"}, {percentQuestion().ID, "99,9 %", "99.9"}, {percentQuestion().ID, 101, ""},
		{"SAU-Q05", "2027-01-15", "2027-01-15"}, {"SAU-Q05", "15/01/2027", "2027-01-15"}, {"SAU-Q05", " 5/1/2027", "2027-01-05"}, {"SAU-Q05", "2027-01-15T00:00:00", "2027-01-15"},
		{"SAU-Q05", time.Date(2027, 1, 15, 13, 0, 0, 0, time.UTC), "2027-01-15"}, {"SAU-Q05", "01/15/2027", ""}, {"SAU-Q05", "2027-02-30", ""}, {"SAU-Q05", 46037, ""}, {"SAU-Q05", "janvier 2027", ""},
		{first(questionnaire.File).ID, "plan.pdf", "plan.pdf"}, {first(questionnaire.Text).ID, 2027, "2027"}, {first(questionnaire.Text).ID, "=1+1", "=1+1"},
	} {
		got, problems := one(t, c.id, c.cell)
		if id := strings.ToUpper(strings.TrimSpace(c.id)); id != c.id {
			reply := read(t, filled(t, []any{"id", "Question", "Réponse"}, []any{c.id, "?", c.cell}))
			got, problems = reply.Answers[id], reply.Problems
		}
		var want []content.Scalar
		for word := range strings.FieldsSeq(c.want) {
			want = append(want, content.Scalar(word))
		}
		if !slices.Equal(want, got.Given) || (len(problems) > 0) != (c.want == "") {
			t.Errorf("%s %v: %v, %v", c.id, c.cell, got.Given, problems)
		}
		for _, problem := range problems {
			if problem.Cell != "C2" || problem.Question == "" || strings.Contains(problem.Message(shelved().words.In(locale.French)), "<no value>") {
				t.Errorf("%s %v: %+v", c.id, c.cell, problem)
			}
		}
	}
}

func TestADateOfAFileThatCountsFrom1904(t *testing.T) {
	t.Parallel()
	file := excelize.NewFile()
	defer func() { _ = file.Close() }()
	yes := true
	if err := file.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]any{"A1": "id", "B1": "Answer", "A2": "SAU-Q05", "B2": time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)} {
		if err := file.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, saved(t, file))
	want := map[string]questionnaire.Answer{"SAU-Q05": {Given: []content.Scalar{"2027-01-15"}}}
	if diff := cmp.Diff(want, got.Answers); diff != "" || got.Language != locale.English {
		t.Error(diff, got.Language)
	}
}

// said lists problems as a person is told of them.
func said(l locale.Language, problems []workbook.Problem) []string {
	var all []string
	for _, x := range problems {
		all = append(all, strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(fmt.Sprintf("%s %s %s: %s", x.Sheet, x.Cell, x.Question, x.Message(shelved().words.In(l)))))
	}
	return all
}

func TestEachCellThatCannotBeUnderstoodIsToldAndTheOthersAreKept(t *testing.T) {
	t.Parallel()
	file := excelize.NewFile()
	defer func() { _ = file.Close() }()
	for i, row := range [][]any{
		{"", "My notes"},
		{"Answer", "Mine", "Question", "Not applicable because", "Comment", "id", "Evidence", "Comment"},
		{"Yes", "x", "?", "", "kept", "JUR-Q01", "a.pdf; b.pdf\nc.pdf", "lost"},
		{"maybe", "", "", "", "kept too", "RHU-Q01"},
		{"", "", "", "no code of ours", "", "DEV-Q06"},
		{"2", "", "", "a reason", "", "PAT-Q01"},
		{"", "", "", "—", "", "PAT-Q06"},
		{"Yes", "", "", "", "", ""},
		{"Yes", "", "", "", "", "XXX-Q99"},
		{"Yes", "", "", "", "", "ATT-NO-99"},
		{30, "", "", "", "", "PAT-Q02"},
		{31, "", "", "", "", "PAT-Q02"},
		{"", "only notes of mine", "", "", "", "PAT-Q03"},
		{" \u00a0", "", "", "", "", "PAT-Q04"},
	} {
		if err := file.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.SetCellFormula("Sheet1", "A15", "1+1"); err != nil {
		t.Fatal(err)
	}
	if err := file.SetCellStr("Sheet1", "F15", "JUR-Q05"); err != nil {
		t.Fatal(err)
	}
	got := read(t, saved(t, file))
	want := map[string]questionnaire.Answer{
		"JUR-Q01": {Given: []content.Scalar{"yes"}, Comment: "kept", Evidence: []string{"a.pdf", "b.pdf", "c.pdf"}},
		"RHU-Q01": {Comment: "kept too"}, "DEV-Q06": {NotApplicable: "no code of ours"},
	}
	if diff := cmp.Diff(want, got.Answers); diff != "" {
		t.Error(diff)
	}
	problems := []string{
		"Sheet1 H2 : the column “Comment” is there twice: only the first is read",
		"Sheet1 A4 RHU-Q01: answer not understood: “maybe”; expected: a level from 0 to 4, alone or followed by its name (0 · Absent, 1 · Initial, 2 · Partial, 3 · Applied, 4 · Measured and improved)",
		"Sheet1 D6 PAT-Q01: an answer and a reason “not applicable” together: keep one of the two",
		"Sheet1 D7 PAT-Q06: say in a few words why the question does not apply",
		"Sheet1 F8 : the row is filled in but has no id: put that of its question back, or clear the row",
		"Sheet1 F9 XXX-Q99: no question has the id “XXX-Q99”: the row is not read",
		"Sheet1 F10 ATT-NO-99: no question has the id “ATT-NO-99”: the row is not read",
		"Sheet1 F12 PAT-Q02: question PAT-Q02 already has a row that is filled in (sheet Sheet1, cell A11): neither is read, keep one",
		"Sheet1 A15 JUR-Q05: the cell holds a formula, which is not read: type the value itself",
	}
	if diff := cmp.Diff(problems, said(locale.English, got.Problems)); diff != "" {
		t.Error(diff)
	}
	if got.Language != locale.English || got.Intact {
		t.Errorf("%s, %v", got.Language, got.Intact)
	}
}

func TestAWorkbookIsReadInTheVersionThatWasAskedAndNothingElse(t *testing.T) {
	t.Parallel()
	f := few()
	f.Questionnaire.Questions = f.Questionnaire.Questions[:2]
	file := open(t, write(t, locale.French, f))
	if err := file.UnprotectSheet("Gouvernance de la sécurité"); err != nil {
		t.Fatal(err)
	}
	if err := file.SetSheetRow("Gouvernance de la sécurité", "A4", &[]any{"PAT-Q01", "?", "3"}); err != nil {
		t.Fatal(err)
	}
	got := read(t, saved(t, file))
	want := []string{"Gouvernance de la sécurité A4 PAT-Q01: la question PAT-Q01 n’est pas posée dans ce questionnaire : la ligne n’est pas lue"}
	if diff := cmp.Diff(want, said(locale.French, got.Problems)); diff != "" {
		t.Error(diff)
	}
}

func TestAnIdentityThatWasChangedIsNotBelieved(t *testing.T) {
	t.Parallel()
	file := open(t, write(t, locale.English, few()))
	if err := file.SetCellStr("Garant.identity", "B2", "another campaign"); err != nil {
		t.Fatal(err)
	}
	got := read(t, saved(t, file))
	if got.Intact || got.Identity.Campaign != "" || got.Language != locale.English {
		t.Errorf("%+v", got)
	}
}

// office gives what saves a workbook in another format with LibreOffice, in one profile of its own.
func office(t *testing.T) func(data []byte, from, to string) []byte {
	t.Helper()
	profile := "-env:UserInstallation=file://" + filepath.Join(t.TempDir(), "profile")
	return func(data []byte, from, to string) []byte {
		dir := t.TempDir()
		path := filepath.Join(dir, "classeur."+from)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(dir, "out")
		output, err := exec.Command("soffice", profile, "--headless", "--convert-to", to, "--outdir", out, path).CombinedOutput()
		if err != nil {
			t.Fatalf("soffice: %v\n%s", err, output)
		}
		converted, err := os.ReadFile(filepath.Join(out, "classeur."+to))
		if err != nil {
			t.Fatalf("soffice wrote nothing: %v\n%s", err, output)
		}
		return converted
	}
}

func TestAWorkbookThatLibreOfficeRewroteTwiceReadsTheSame(t *testing.T) {
	t.Parallel()
	f := whole()
	f.Answers = everyAnswer(f)
	sent := write(t, locale.French, f)
	want := read(t, sent)
	convert := office(t)
	ods := convert(sent, "xlsx", "ods")
	got := read(t, convert(ods, "ods", "xlsx"))
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(workbook.Problem{})); diff != "" {
		t.Error(diff)
	}
	if _, err := shelved().reader().Read(ods); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the .ods itself: %v", err)
	}
	_, err := shelved().reader().Read(convert(sent, "xlsx", "xls"))
	if f, ok := fault.As(err); !ok || f.Key != "workbook.old-format" {
		t.Errorf("an old .xls: %v", err)
	}
}

// As Google Sheets gives a workbook back: sheets renamed, rows in another order, columns moved and added, texts shared, without
// protection, rules and styles, numbers with a fraction.
func TestAWorkbookMovedAboutReadsTheSame(t *testing.T) {
	t.Parallel()
	f := whole()
	f.Answers = everyAnswer(f)
	sent := write(t, locale.English, f)
	given := open(t, sent)
	moved := excelize.NewFile()
	defer func() { _ = moved.Close() }()
	for n, name := range given.GetSheetList() {
		rows, err := given.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		to := fmt.Sprintf("Sheet %d", n)
		if _, err := moved.NewSheet(to); err != nil {
			t.Fatal(err)
		}
		hidden := strings.HasPrefix(name, "Garant.")
		if !hidden && len(rows) > 2 {
			slices.Reverse(rows[1:])
		}
		for r, row := range rows {
			values := []any{}
			for _, text := range row {
				values = append(values, text)
			}
			if !hidden {
				slices.Reverse(values)
				values = append(make([]any, 9-len(values)+2), values...) // ids in the last column, two empty ones before
			}
			if err := moved.SetSheetRow(to, fmt.Sprintf("A%d", r+1), &values); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, want := read(t, saved(t, moved)), read(t, sent)
	slices.Sort(got.Order)
	slices.Sort(want.Order)
	for id := range want.Answers {
		if asked, ok := shelved().questions.Question(id); ok && asked.Type == questionnaire.Date {
			delete(want.Answers, id) // a raw number is no date
			want.Order = slices.DeleteFunc(want.Order, func(other string) bool { return other == id })
		}
	}
	var dates []workbook.Problem
	got.Problems, dates = nil, got.Problems
	if len(dates) != 4 {
		t.Errorf("%v", said(locale.French, dates))
	}
	for id, a := range got.Answers {
		if len(a.Given) == 0 && a.NotApplicable == "" {
			delete(got.Answers, id)
			got.Order = slices.DeleteFunc(got.Order, func(other string) bool { return other == id })
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(workbook.Problem{})); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoQuestionnaireIsSaidToBeNone(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"another table":     filled(t, []any{"id", "Nom"}, []any{"PAT-Q01", "x"}),
		"the library":       filled(t, []any{"Numéro", "Question", "Réponses"}),
		"titles too low":    filled(t, []any{}, slices.Repeat([][]any{{"x"}}, 80)...),
		"an empty workbook": filled(t, []any{}),
	} {
		_, err := shelved().reader().Read(data)
		if f, ok := fault.As(err); !ok || f.Key != "workbook.no-table" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	form := few()
	form.Answers = everyAnswer(form)
	f.Add(write(f, locale.French, form))
	f.Add(write(f, locale.English, few()))
	f.Fuzz(func(t *testing.T, data []byte) {
		reply, err := shelved().reader().Read(data)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Errorf("no fault: %v", err)
			}
			return
		}
		for id, a := range reply.Answers {
			q, known := shelved().questions.Question(id)
			if !known {
				q = questionnaire.Attested()
			}
			if problems := q.Check(a); len(problems) > 0 {
				t.Errorf("%s: %v is given out, %v", id, a, problems)
			}
		}
	})
}

// FuzzAnswer reads any text in the answer cell of each type of question.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{"3 · Appliqué", "Oui", "hds; iso-27001", "99,5", "15/01/2027", "=1+1", "_x0041_", "1 500"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table := sheet.Sheet{Name: "S", Columns: []sheet.Column{{Title: "id", Width: 9}, {Title: "Answer", Width: 9}}}
		for _, q := range few().Questionnaire.Questions {
			table.Rows = append(table.Rows, []sheet.Cell{sheet.Text(q.ID), sheet.Text(text)})
		}
		data, err := sheet.Write(sheet.Workbook{Sheets: []sheet.Sheet{table}})
		if err != nil {
			return
		}
		reply := read(t, data)
		for _, q := range few().Questionnaire.Questions {
			if a, ok := reply.Answers[q.ID]; ok && len(q.Check(a)) > 0 {
				t.Errorf("%s %q: %v", q.ID, text, a)
			}
		}
	})
}
