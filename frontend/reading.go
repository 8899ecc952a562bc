package frontend

import "github.com/garant-sante/garant/internal/annex"

// readingSections are the chapters of the annex, to jump to.
func readingSections(d *annex.Document) []Section {
	var sections []Section
	for _, c := range d.Chapters {
		sections = append(sections, Section{Title: c.Number + ". " + c.Title, Note: itoa(len(c.Articles)), Href: "#chapter-" + c.Number})
	}
	return sections
}
