package frontend

import (
	"slices"
	"time"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/locale"
)

// Reading is the whole annex to be read, and the versions that were kept of it, the newest first.
type Reading struct {
	View      *annex.View
	Versions  []*annex.Version
	Choices   bool // the record of choices may be read
	CanFreeze bool
	Now       time.Time
	Errors    Errors
}

// readingSections are the chapters of the annex, to jump to.
func readingSections(d *annex.Document) []Section {
	var sections []Section
	for _, c := range d.Chapters {
		sections = append(sections, Section{Title: c.Number + ". " + c.Title, Note: itoa(len(c.Articles)), Href: "#chapter-" + c.Number})
	}
	return sections
}

// settledAt is where a warning is settled: the clause in the builder that it names, or that has the value it names; or "".
func (r Reading) settledAt(field string) string {
	for _, chapter := range r.View.Document.Chapters {
		for _, a := range chapter.Articles {
			if a.ID == field || slices.ContainsFunc(a.Values, func(x annex.Value) bool { return x.Variable.Name == field }) {
				return clauseSpot(r.View.Service.ID, chapter.Family, a.ID)
			}
		}
	}
	return ""
}

func (r Reading) by(v View, x *annex.Version) string {
	return v.T("ours.by", "ago", v.Printer.Ago(x.At, r.Now, r.View.Structure.Location()), "name", nameOf(v, x.By))
}

// about says what a version holds: how many articles, of which library, in which language, how many in the structure's words.
func (r Reading) about(v View, x *annex.Version) string {
	facts := []string{v.T("reading.version.articles", "count", len(x.Articles)), v.T("reading.version.library", "version", x.Library)}
	if n := x.Adapted(); n > 0 {
		facts = append(facts, v.T("reading.version.adapted", "count", n))
	}
	if lang, ok := locale.ParseLanguage(x.Language); ok && lang != v.Printer.Language() {
		facts = append(facts, v.T("reading.version.in."+x.Language))
	}
	return Dots(facts...)
}

func (r Reading) file(x *annex.Version, name string) string {
	return servicePath(r.View.Service.ID, "annex/versions/"+itoa(x.Number)+"/"+name)
}
