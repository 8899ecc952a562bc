package annex_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
)

// word gives a clause a French title of the structure's own, without English, and a value.
func (o *portal) word(t *testing.T, id, title string, values ...clause.OwnValue) {
	t.Helper()
	e, err := o.wordings.Entry(t.Context(), o.who, id)
	must(t, err)
	e.Wording.Title.FR, e.Wording.Values = title, values
	for _, part := range e.Wording.Parts() {
		part.Text.EN = ""
	}
	must(t, o.wordings.Save(t.Context(), o.who, id, e.Version, e.Wording, false))
}

func (o *portal) view(t *testing.T, lang locale.Language) *annex.View {
	t.Helper()
	view, err := o.annexes.View(t.Context(), o.who, o.service, lang)
	must(t, err)
	return view
}

func TestAnAnnexIsMadeFromTheClausesAsTheStructureWordsThem(t *testing.T) {
	t.Parallel()
	o := newPortal(t)
	structure, err := o.people.Structure(t.Context(), o.who)
	must(t, err)
	must(t, o.people.ChangeSettings(t.Context(), o.who, structure.Revision, identity.Settings{
		Name: structure.Name, Zone: structure.Zone, Defaults: []identity.DefaultValue{{Variable: "delai_correctif_critique_jours", Value: "12"}},
	}))
	o.edit(t, annex.Keep, "GOV-07", "")
	before := o.summary(t, o.annexes)
	o.word(t, "PAT-02", "Nos délais", clause.OwnValue{Variable: "delai_correctif_critique_jours", Value: "9"})
	view := o.view(t, locale.French)
	article, ok := view.Document.Article("PAT-02")
	if !ok || article.Title != "Nos délais" || !strings.Contains(article.Text, "neuf (9)\u00a0jours") || len(view.Document.Changed) > 0 {
		t.Errorf("%v %q, changed %v:\n%s", ok, article.Title, view.Document.Changed, article.Text)
	}
	if diff := cmp.Diff([]string{"PAT-02"}, view.Document.Adapted); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, o.summary(t, o.annexes)); diff != "" {
		t.Errorf("summary: %s", diff)
	}
	english := o.view(t, locale.English).Document
	article, _ = english.Article("PAT-02")
	if article.Title != "Nos délais" || !slices.ContainsFunc(english.Warnings, func(w annex.Warning) bool { return w.Field == "clauses.PAT-02" }) {
		t.Errorf("in English: %q, %v", article.Title, english.Warnings)
	}
	file, err := o.annexes.Render(t.Context(), o.who, o.service, locale.French)
	must(t, err)
	verdict, err := annex.Verify(file)
	must(t, err)
	if !verdict.Intact() || verdict.Adapted != "PAT-02" {
		t.Errorf("verified: intact %v, adapted %q", verdict.Intact(), verdict.Adapted)
	}
}

func TestAClauseAddedByTheStructureIsRecommendedAndChosenLikeAnother(t *testing.T) {
	t.Parallel()
	o := newPortal(t)
	e, err := o.wordings.Entry(t.Context(), o.who, "GOV-01")
	must(t, err)
	e.Wording.Family, e.Wording.Title = clause.OwnFamily, content.Text{FR: "Notre clause", EN: "Our clause"}
	id, err := o.wordings.Add(t.Context(), o.who, e.Wording)
	must(t, err)
	chapters := o.view(t, locale.French).Document.Chapters
	last := chapters[len(chapters)-1]
	if last.Title != "Clauses particulières" || len(last.Articles) != 1 || last.Articles[0].ID != id {
		t.Errorf("the last chapter is %q with %d articles", last.Title, len(last.Articles))
	}
	o.edit(t, annex.Drop, id, "Sans objet.")
	if reason, ok := o.view(t, locale.French).Removal(id); !ok || reason != "Sans objet." {
		t.Errorf("dropped for %q (%v)", reason, ok)
	}
	must(t, o.wordings.Withdraw(t.Context(), o.who, id, 1))
	o.view(t, locale.French) // the clause dropped is gone: the annex still opens
}

func page(d *annex.Document) ([]byte, error) { return []byte(d.Fingerprint), nil }

func TestAVersionReadsTheSameWhateverMovesAfterIt(t *testing.T) {
	t.Parallel()
	o := newPortal(t)
	o.word(t, "PAT-02", "Nos délais")
	o.edit(t, annex.Keep, "GOV-07", "")
	draft := o.view(t, locale.French).Draft.Revision
	want, err := o.annexes.Render(t.Context(), o.who, o.service, locale.French)
	must(t, err)
	first, err := o.annexes.Freeze(t.Context(), o.who, o.service, draft, locale.French, page)
	must(t, err)
	_, err = o.annexes.Freeze(t.Context(), o.who, o.service, draft, locale.French, page)
	if f, ok := fault.As(err); !ok || f.Key != "annex.version-same" {
		t.Errorf("the same once more: %v", err)
	}
	_, err = o.annexes.Freeze(t.Context(), o.who, o.service, draft-1, locale.French, page)
	if kindOf(err) != fault.Conflict {
		t.Errorf("an annex not seen: %v", err)
	}

	o.word(t, "PAT-02", "D'autres délais")
	second, err := o.annexes.Freeze(t.Context(), o.who, o.service, draft, locale.French, page)
	must(t, err)
	if second.Number != 2 || second.Fingerprint == first.Fingerprint {
		t.Errorf("version %d, fingerprint the same: %v", second.Number, second.Fingerprint == first.Fingerprint)
	}
	must(t, o.wordings.Withdraw(t.Context(), o.who, "PAT-02", 2))
	o.annexes = o.over(t, newer(t), outbox.NewWorker()) // GOV-07 is withdrawn from the library

	got, data, err := o.annexes.VersionFile(t.Context(), o.who, o.service, 1, false)
	must(t, err)
	if string(data) != string(want) {
		t.Error("the Word file of version 1 is no longer what it was")
	}
	if diff := cmp.Diff(annex.Printed{ID: "PAT-02", Version: 1, Adapted: true}, got.Articles[slices.IndexFunc(got.Articles, func(p annex.Printed) bool { return p.ID == "PAT-02" })]); diff != "" {
		t.Error(diff)
	}
	_, shown, err := o.annexes.VersionFile(t.Context(), o.who, o.service, 1, true)
	must(t, err)
	if string(shown) != first.Fingerprint {
		t.Errorf("the page of version 1 is %q", shown)
	}
	verdict, err := annex.Verify(data)
	must(t, err)
	if !verdict.Intact() || verdict.Adapted != "PAT-02" || verdict.Fingerprint != first.Fingerprint {
		t.Errorf("%+v", verdict)
	}
	list, err := o.annexes.Versions(t.Context(), o.who, o.service)
	must(t, err)
	if len(list) != 2 || list[0].Number != 2 || list[1].Adapted() != 1 {
		t.Errorf("%d versions, the first %d", len(list), list[0].Number)
	}
}

func TestVersionsAreFrozenAndReadByWhoMay(t *testing.T) {
	t.Parallel()
	o := newPortal(t)
	reader, stranger := o.who, o.who
	reader.Role, stranger.Structure = identity.Reader, "other"
	_, err := o.annexes.Freeze(t.Context(), reader, o.service, 0, locale.French, page)
	if kindOf(err) != fault.Forbidden {
		t.Errorf("a reader freezes: %v", err)
	}
	_, err = o.annexes.Freeze(t.Context(), o.who, o.service, 0, locale.French, page)
	must(t, err)
	if list, err := o.annexes.Versions(t.Context(), stranger, o.service); err != nil || len(list) > 0 {
		t.Errorf("another structure lists %d versions, %v", len(list), err)
	}
	if _, _, err := o.annexes.VersionFile(t.Context(), stranger, o.service, 1, false); kindOf(err) != fault.NotFound {
		t.Errorf("another structure reads: %v", err)
	}
	if _, _, err := o.annexes.VersionFile(t.Context(), reader, o.service, 1, true); err != nil {
		t.Errorf("a reader reads: %v", err)
	}
}
