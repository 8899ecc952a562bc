package frontend

import (
	"slices"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
)

// serviceModel is a document model beside a service, with the clauses of its annex that call for it.
type serviceModel struct {
	Model   *clause.Model
	Clauses []string
}

// modelsOf lists the models of a library, those that the annex calls for first.
func modelsOf(library *clause.Library, view *annex.View) []serviceModel {
	models := make([]serviceModel, len(library.Models))
	for i, m := range library.Models {
		models[i].Model = m
		for _, id := range m.Clauses {
			if view.Retained(id) {
				models[i].Clauses = append(models[i].Clauses, id)
			}
		}
	}
	slices.SortStableFunc(models, func(a, b serviceModel) int { return min(len(b.Clauses), 1) - min(len(a.Clauses), 1) })
	return models
}

// calledBy says which clauses of the annex call for a model.
func (m serviceModel) calledBy(v View) string {
	if len(m.Clauses) == 0 {
		return v.T("service.documents.not-called")
	}
	return v.T("service.documents.called", "count", len(m.Clauses), "clauses", v.Printer.List(m.Clauses))
}

func modelHref(id string) string { return "/library/models/" + id }

// downloaded marks a link as a file to keep, named in full for those who do not see what stands beside it.
func downloaded(v View, what string) templ.Attributes {
	return templ.Attributes{"download": true, "aria-label": v.T("service.documents.word-of", "title", what)}
}
