package garant_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/questionnaires"
)

// product is the composer and the questions of the product.
func product(t *testing.T) (annex.Composer, *questionnaire.Library) {
	t.Helper()
	library, err := clause.Load(clauses.Files)
	if err != nil {
		t.Fatal(err)
	}
	questions, err := questionnaire.Load(questionnaires.Files)
	if err != nil {
		t.Fatal(err)
	}
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return annex.Composer{Library: library, Words: words}, questions
}

// framings draws any framing that the form accepts.
var framings = rapid.Custom(func(t *rapid.T) framing.Framing {
	level := rapid.IntRange(1, 4)
	return framing.Framing{
		Services: rapid.SliceOfNDistinct(rapid.SampledFrom(framing.ServiceTypes()), 1, 9, rapid.ID[framing.ServiceType]).Draw(t, "services"),
		Data:     rapid.SampledFrom(framing.DataKinds()).Draw(t, "data"), Access: rapid.SampledFrom(framing.AccessKinds()).Draw(t, "access"),
		HDS: rapid.Bool().Draw(t, "hds"), AI: rapid.Bool().Draw(t, "ai"),
		Needs:   framing.Needs{Availability: level.Draw(t, "D"), Integrity: level.Draw(t, "I"), Confidentiality: level.Draw(t, "C"), Traceability: level.Draw(t, "T")},
		Impacts: framing.Impacts{PatientCare: level.Draw(t, "care"), Privacy: level.Draw(t, "privacy"), Organisation: level.Draw(t, "organisation"), Legal: level.Draw(t, "legal"), Image: level.Draw(t, "image")},
	}
})

// manyFramings is how many framings are tried, and every how many the Word document is written too: it takes longer than
// all the rest.
const (
	manyFramings = 2000
	wordEvery    = 50
)

func TestTwoThousandFramingsMakeWholeAnnexesWhoseEveryClauseIsAskedOrAttested(t *testing.T) {
	t.Parallel()
	composer, questions := product(t)
	data, err := os.ReadFile("docs/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	base, err := annex.ReadInput("example.yaml", data, composer.Library)
	if err != nil {
		t.Fatal(err)
	}
	base.Clauses, base.Values = annex.Selection{}, nil
	for _, lang := range locale.Languages() {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			for seed := range manyFramings {
				in := base
				in.Language, in.Framing = annex.Language(lang), framings.Example(seed)
				d, err := composer.Compose(in)
				if err != nil {
					t.Fatalf("%+v: %v", in.Framing, err)
				}
				wrong := cmp.Or(notWhole(d), notAsked(d, composer.Library, questions))
				if wrong == "" && seed%wordEvery == 0 {
					wrong = notWritten(d, composer.Words.In(lang))
				}
				if wrong != "" {
					t.Fatalf("%+v: %s", in.Framing, wrong)
				}
			}
		})
	}
}

// notWritten tells why the Word document does not say what was composed, whose text is known to be whole.
func notWritten(d *annex.Document, p locale.Printer) string {
	data, err := d.Word(p, nil)
	if err != nil {
		return err.Error()
	}
	verdict, err := annex.Verify(data)
	if err != nil {
		return err.Error()
	}
	if !verdict.Intact() {
		return fmt.Sprintf("the Word document says something else: %+v", verdict)
	}
	return ""
}

// notWhole tells the article that holds a variable that is not filled in, or has no evidence or reference.
func notWhole(d *annex.Document) string {
	if d.ArticleCount() == 0 {
		return "no article"
	}
	for _, c := range d.Chapters {
		for _, a := range c.Articles {
			if strings.ContainsAny(a.Text+a.Evidence+a.Title, "{}") || strings.TrimSpace(a.Text) == "" {
				return a.ID + " is not filled in: " + a.Text
			}
			if a.Evidence == "" || len(a.References) == 0 || a.Cited == "" {
				return a.ID + " has no evidence or no reference"
			}
		}
	}
	return ""
}

// notAsked tells the clause of the annex about which the supplier is asked nothing, or twice.
func notAsked(d *annex.Document, library *clause.Library, questions *questionnaire.Library) string {
	var ids []string
	for _, c := range d.Chapters {
		for _, a := range c.Articles {
			ids = append(ids, a.ID)
		}
	}
	asked := questions.For(d.Framing, library.Applies, ids...)
	verified := map[string]bool{}
	for _, q := range asked.Questions {
		for _, v := range q.Verifies {
			verified[v.Clause] = true
		}
	}
	for _, id := range ids {
		attested := slices.Contains(asked.Attestations, questionnaire.Attestation{ID: "ATT-" + id, Clause: id})
		if bindsStructure := id == "DCP-08"; bindsStructure && (attested || verified[id]) || !bindsStructure && attested == verified[id] {
			return id + " is asked about never or twice"
		}
	}
	return ""
}
