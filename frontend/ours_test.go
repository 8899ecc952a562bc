package frontend

import (
	"bytes"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

func TestPagesOfOurClausesAreSound(t *testing.T) {
	t.Parallel()
	library, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	model, _ := library.Clause("PAT-02")
	ours := adaptation.WordingOf(model)
	ours.Title.FR, ours.Values = "Nos délais", []clause.OwnValue{{Variable: "delai_correctif_critique_jours", Value: "5"}}
	kept := &adaptation.Adaptation[adaptation.Wording]{Revision: adaptation.ClauseRevision{
		Number: 1, Act: adaptation.Worded, Wording: ours, Base: &adaptation.Base[adaptation.Wording]{Version: 1, Wording: ours}, By: "Camille Achats",
	}}
	entry := adaptation.ClauseEntry{ID: "PAT-02", State: adaptation.Moved, Model: model, Kept: kept, Wording: ours, Version: 1}
	one := NewOurClause(entry, []adaptation.ClauseRevision{kept.Revision}, true, time.Now(), time.UTC)
	one.Found = adaptation.Finding{
		Clause: model, Library: library, Wrong: fault.Problems{{Field: "text.fr", Key: "adaptation.markdown"}, {Field: "values.delai_correctif_critique_jours", Key: "value.integer", Args: []any{"value", "x"}}},
		Judged: fault.Problems{{Field: "note.fr", Key: "lint.vague", Args: []any{"value", "adéquat"}}},
	}
	read := one
	read.CanEdit = false
	added := NewClauseForm(adaptation.Wording{Family: clause.OwnFamily, Level: "socle"})
	added.Checked = true
	added.Found = adaptation.Finding{Library: library, Wrong: fault.Problems{{Field: "title.fr", Key: "adaptation.french-missing"}}}
	for _, l := range locale.Languages() {
		v := galleryView(t, l)
		refused := ClauseForm{OurClause: one, Typed: ours, FormState: FormState{Read: 1, Checked: true, Errors: ErrorsOf(v.Printer, one.Found.Wrong)}}
		checkSound(t, l, map[string]templ.Component{
			"list": OursPage(v, Ours{Clauses: []OurText{one.OurText}, CanEdit: true}), "empty": OursPage(v, Ours{}),
			"read": OurClausePage(v, read), "moved": OurModelPage(v, one.OurText), "history": OurHistoryPage(v, one.OurText), "withdraw": OurWithdrawPage(v, one.OurText),
			"refused": ClauseFormPage(v, refused), "new": ClauseFormPage(v, added),
		})
	}
}

func checkSound(t *testing.T, l locale.Language, pages map[string]templ.Component) {
	t.Helper()
	for name, page := range pages {
		var html bytes.Buffer
		if err := page.Render(t.Context(), &html); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range unsound(html.Bytes()) {
			t.Errorf("%s, %s: %s", name, l, wrong)
		}
	}
}

func TestPagesOfOurQuestionsAreSound(t *testing.T) {
	t.Parallel()
	library, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	questions, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[questionnaire.Type]bool{}
	for _, model := range questions.Questions() {
		if seen[model.Type] && model.ShowWhen == nil && model.Blocking == nil {
			continue
		}
		seen[model.Type] = true
		ours := adaptation.AskingOf(model)
		ours.Text.FR, ours.Weight = "Et chez vous ?", "2"
		kept := &adaptation.Adaptation[adaptation.Asking]{Revision: adaptation.QuestionRevision{
			Number: 1, Act: adaptation.Worded, Wording: ours, Base: &adaptation.Base[adaptation.Asking]{Version: 1, Wording: ours}, By: "Camille Achats",
		}}
		entry := adaptation.QuestionEntry{ID: model.ID, State: adaptation.Moved, Model: model, Kept: kept, Wording: ours, Version: 1}
		one := NewOurQuestion(entry, []adaptation.QuestionRevision{kept.Revision}, true, time.Now(), time.UTC)
		one.Found = adaptation.Asked{Question: model, Library: questions, Clauses: library, Wrong: fault.Problems{{Field: "text.fr", Key: "adaptation.french-missing"}}}
		read := one
		read.CanEdit = false
		added := NewQuestionForm(ours)
		added.Found = one.Found
		for _, l := range locale.Languages() {
			v := galleryView(t, l)
			form := QuestionForm{OurQuestion: one, Typed: ours, FormState: FormState{Read: 1, Checked: true}}
			refused := form
			refused.Errors = ErrorsOf(v.Printer, one.Found.Wrong)
			checkSound(t, l, map[string]templ.Component{
				model.ID + " list": OursPage(v, Ours{Questions: []OurText{one.OurText}, CanEdit: true}), model.ID + " read": OurQuestionPage(v, read),
				model.ID + " form": QuestionFormPage(v, form), model.ID + " refused": QuestionFormPage(v, refused), model.ID + " new": QuestionFormPage(v, added),
				model.ID + " moved": OurModelPage(v, one.OurText),
			})
		}
	}
	if len(seen) != len(questionnaire.Type("").Choices()) {
		t.Errorf("types looked at: %v", seen)
	}
}
