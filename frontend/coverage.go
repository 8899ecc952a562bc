package frontend

import (
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/coverage"
	"github.com/garant-sante/garant/internal/publication"
)

// LibraryCoverage is what answers one framework, among the others of the library.
type LibraryCoverage struct {
	Library *clause.Library
	Shown   coverage.Coverage
}

const coverageHref = "/library/coverage"

func frameworkHref(id string) string { return coverageHref + "/" + id }

func frameworkSections(v View, l LibraryCoverage) []Section {
	sections := make([]Section, len(l.Library.Frameworks))
	for i, f := range l.Library.Frameworks {
		sections[i] = Section{Title: libraryText(v, f.Title), Href: frameworkHref(f.ID), Current: f == l.Shown.Framework}
	}
	return sections
}

// tiedText is a text of the library that keeps an article with its number.
func tiedText(v View, t content.Text) string { return publication.Tied(libraryText(v, t)) }

// coveredWords says how many items are covered.
func coveredWords(v View, c coverage.Coverage) string {
	return v.T("coverage.items.covered", "count", c.Covered(), "total", c.Total())
}

// openItems are the items that nothing answers.
func openItems(c coverage.Coverage) []coverage.Item {
	var open []coverage.Item
	for _, item := range c.Items {
		if !item.Covered() {
			open = append(open, item)
		}
	}
	return open
}

// numberColumn is the width of an item's number and title: little where there is a number alone.
func numberColumn(item coverage.Item) string {
	if item.Title.IsZero() {
		return "col-md-3"
	}
	return "col-md-4"
}

// coverageCommand is the command line that gives the same to a program.
func coverageCommand(c coverage.Coverage) string {
	return "garant coverage --framework " + c.Framework.ID + " --format json"
}
