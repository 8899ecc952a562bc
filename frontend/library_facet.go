package frontend

import (
	"net/url"
	"slices"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/framing"
)

// LibraryFilter keeps the clauses of one family, of one door, of one level, drawn from one body of texts, or of several
// of these at once. An empty field keeps all.
type LibraryFilter struct{ Family, Door, Level, Body string }

// facet is one of the four ways to narrow the library: its name in addresses, and how a filter says it.
type facet struct {
	name string
	of   func(*LibraryFilter) *string
}

// facets in the order in which they are offered.
var facets = []facet{
	{"door", func(f *LibraryFilter) *string { return &f.Door }},
	{"level", func(f *LibraryFilter) *string { return &f.Level }},
	{"text", func(f *LibraryFilter) *string { return &f.Body }},
	{"family", func(f *LibraryFilter) *string { return &f.Family }},
}

// ReadLibraryFilter reads a filter from the parameters of an address. What the library does not know is left out.
func ReadLibraryFilter(l *clause.Library, parameter func(name string) string) LibraryFilter {
	var f LibraryFilter
	for _, x := range facets {
		if given := parameter(x.name); slices.Contains(facetValues(l, x.name), given) {
			*x.of(&f) = given
		}
	}
	return f
}

// facetValues lists the values of a facet, in their usual order.
func facetValues(l *clause.Library, name string) []string {
	var values []string
	switch name {
	case "door":
		values = clause.Vector("").Choices()
	case "level":
		values = clause.Level("").Choices()
	case "text":
		for _, g := range referenceGroups(l) {
			values = append(values, g.key)
		}
	case "family":
		for _, f := range l.Families {
			values = append(values, f.ID)
		}
	}
	return values
}

// Holds reports whether the filter keeps a clause.
func (f LibraryFilter) Holds(c *clause.Clause) bool {
	return (f.Family == "" || f.Family == c.Family) && (f.Door == "" || f.Door == string(c.Vector)) && (f.Level == "" || f.Level == string(c.Level)) &&
		(f.Body == "" || slices.ContainsFunc(c.References, func(id string) bool { return referenceFamilies[bodyOf(id)].key == f.Body }))
}

// count says how many of the clauses the filter keeps.
func (f LibraryFilter) count(clauses []*clause.Clause) int {
	kept := 0
	for _, c := range clauses {
		if f.Holds(c) {
			kept++
		}
	}
	return kept
}

// with gives the filter with one more facet set, or one less.
func (f LibraryFilter) with(x facet, value string) LibraryFilter {
	*x.of(&f) = value
	return f
}

// parameters are the facets that are set, with their names in addresses.
func (f LibraryFilter) parameters() []Link {
	var set []Link
	for _, x := range facets {
		if value := *x.of(&f); value != "" {
			set = append(set, Link{Label: x.name, Href: value})
		}
	}
	return set
}

// href is the address of a search within the filter; without either, the front page.
func (f LibraryFilter) href(query string) string {
	parameters := url.Values{}
	if query != "" {
		parameters.Set("q", query)
	}
	for _, p := range f.parameters() {
		parameters.Set(p.Label, p.Href)
	}
	if len(parameters) == 0 {
		return libraryHref
	}
	return librarySearch + "?" + parameters.Encode()
}

func doorHref(c *clause.Clause) string { return LibraryFilter{Door: string(c.Vector)}.href("") }

func levelHref(c *clause.Clause) string { return LibraryFilter{Level: string(c.Level)}.href("") }

// atLevel keeps the clauses of the level that a tier begins with.
func atLevel(t framing.Tier) LibraryFilter {
	for _, level := range clause.Level("").Choices() {
		if clause.Level(level).Tier() == t {
			return LibraryFilter{Level: level}
		}
	}
	return LibraryFilter{}
}

// facetLabel names a value of a facet.
func facetLabel(v View, l *clause.Library, name, value string) string {
	switch name {
	case "door":
		return v.T("library.vector." + value)
	case "level":
		return tierWord(v, int(clause.Level(value).Tier()))
	case "text":
		return v.T("library.group." + value)
	}
	if f, ok := l.Family(value); ok {
		return libraryText(v, f.Title)
	}
	return value
}

// filterWords says a filter in a few words.
func filterWords(v View, l *clause.Library, f LibraryFilter) string {
	var words []string
	for _, p := range f.parameters() {
		words = append(words, facetLabel(v, l, p.Label, p.Href))
	}
	return Dots(words...)
}

// facetSections lists the values of a facet that keep some of the clauses, each with how many, the rest of the filter
// being as it is. The one that is set leads to the search without it.
func facetSections(v View, l *clause.Library, x facet, f LibraryFilter, query string, among []*clause.Clause) []Section {
	var sections []Section
	for _, value := range facetValues(l, x.name) {
		narrowed := f.with(x, value)
		n, current := narrowed.count(among), *x.of(&f) == value
		if current {
			narrowed = f.with(x, "")
		}
		if n > 0 || current {
			sections = append(sections, Section{Title: facetLabel(v, l, x.name, value), Note: itoa(n), Href: narrowed.href(query), Current: current})
		}
	}
	return sections
}

// facetCard is a facet with its values, as the pages offer it.
type facetCard struct {
	title    string
	sections []Section
}

// foundFacets are the ways to narrow what a search gave: those that would change something.
func foundFacets(v View, f LibraryFound) []facetCard {
	var cards []facetCard
	for _, x := range facets {
		sections := facetSections(v, f.Library, x, f.Filter, f.Query, f.Among)
		if len(sections) > 1 || *x.of(&f.Filter) != "" {
			cards = append(cards, facetCard{v.T("library.facet." + x.name), sections})
		}
	}
	return cards
}

// shelfFacet is a facet of the whole library.
func shelfFacet(v View, l LibraryShelf, name string) []Section {
	at := slices.IndexFunc(facets, func(x facet) bool { return x.name == name })
	return facetSections(v, l.Clauses, facets[at], LibraryFilter{}, "", l.Clauses.Clauses())
}
