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
	kept := &adaptation.Adaptation{Revision: adaptation.Revision{Number: 1, Act: adaptation.Worded, Wording: ours, Base: &adaptation.Base{Version: 1, Wording: ours}, By: "Camille Achats"}}
	one := OurClause{
		Entry: adaptation.Entry{ID: "PAT-02", State: adaptation.Moved, Model: model, Kept: kept, Wording: ours, Version: 1},
		Found: adaptation.Finding{
			Clause: model, Library: library, Wrong: fault.Problems{{Field: "text.fr", Key: "adaptation.markdown"}, {Field: "values.delai_correctif_critique_jours", Key: "value.integer", Args: []any{"value", "x"}}},
			Judged: fault.Problems{{Field: "note.fr", Key: "lint.vague", Args: []any{"value", "adéquat"}}},
		},
		CanEdit: true, Now: time.Now(), Zone: time.UTC, Revision: []adaptation.Revision{kept.Revision},
	}
	read := one
	read.CanEdit = false
	added := ClauseForm{Typed: adaptation.Wording{Family: clause.OwnFamily, Level: "socle"}, Checked: true}
	added.Found = adaptation.Finding{Library: library, Wrong: fault.Problems{{Field: "title.fr", Key: "adaptation.french-missing"}}}
	for _, l := range locale.Languages() {
		v := galleryView(t, l)
		refused := ClauseForm{OurClause: one, Typed: ours, Version: 1, Checked: true, Errors: ErrorsOf(v.Printer, one.Found.Wrong)}
		for name, page := range map[string]templ.Component{
			"list": OursPage(v, Ours{Entries: []adaptation.Entry{one.Entry}, CanEdit: true, Now: one.Now, Zone: one.Zone}), "empty": OursPage(v, Ours{}),
			"read": OurClausePage(v, read), "moved": OurModelPage(v, one), "history": OurHistoryPage(v, one), "withdraw": OurWithdrawPage(v, one),
			"refused": ClauseFormPage(v, refused), "new": ClauseFormPage(v, added),
		} {
			var html bytes.Buffer
			if err := page.Render(t.Context(), &html); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range unsound(html.Bytes()) {
				t.Errorf("%s, %s: %s", name, l, wrong)
			}
		}
	}
}
