package frontend

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/publication"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// LibraryShelf is the whole library: what its front page shows.
type LibraryShelf struct {
	Clauses   *clause.Library
	Questions *questionnaire.Library
}

// LibraryFamily is one family of clauses among the others.
type LibraryFamily struct {
	Library *clause.Library
	Family  clause.Family
}

// LibraryClause is one clause with all that the library knows of it.
type LibraryClause struct {
	Library        *clause.Library
	Clause         *clause.Clause
	Family         clause.Family
	Previous, Next *clause.Clause            // in library order; nil at its ends
	Questions      []*questionnaire.Question // that verify it
	Versions       []*clause.Clause          // all of them, the first one first
	Ours           bool                      // the reader's structure words it itself
}

// LibraryFound is what a search of the library gave, or what a filter keeps of it.
type LibraryFound struct {
	Library   *clause.Library
	Query     string
	Filter    LibraryFilter
	Among     []*clause.Clause // that answer the query, whatever the filter
	Clauses   []FoundClause
	Questions []FoundQuestion
	Loose     bool // no clause or question holds all the words: these hold the most of them
	Meant     bool // no clause or question holds the words as typed: these hold others a letter away
}

// FoundClause is a clause that answers a search. The passages are in the reader's language.
type FoundClause struct {
	Clause  *clause.Clause
	Title   []Passage
	Summary []Passage
	Excerpt []Passage // of the text, around the words; empty when title and summary show them
}

// FoundQuestion is a question that answers a search.
type FoundQuestion struct {
	Question *questionnaire.Question
	Text     []Passage
}

// Passage is a stretch of a text that is, or is not, one of the words looked for.
type Passage struct {
	Text string
	Hit  bool
}

const (
	libraryHref    = "/library"
	librarySearch  = "/library/search"
	variablesHref  = "/library/variables"
	referencesHref = "/library/references"
	questionsHref  = "/library/questions"
)

func clauseHref(id string) string              { return "/library/clauses/" + id }
func downloadHref(f publication.Format) string { return "/library/download." + string(f) }

func familyHref(id string) string { return "/library/families/" + id }

// libraryText sets a text of the library as printers of the reader's language do.
func libraryText(v View, t content.Text) string { return publication.Set(v.Printer, t) }

// libraryBlocks parses a short text of the library; one that is not of the Markdown subset is a single paragraph.
func libraryBlocks(v View, t content.Text) []content.Block {
	set := libraryText(v, t)
	blocks, err := content.Markdown(set)
	if err != nil {
		return []content.Block{{Paragraph: []content.Run{{Text: set}}}}
	}
	return blocks
}

// libraryCrumbs leads back to the front page of the library and through the pages below it.
func libraryCrumbs(v View, below ...Link) []Link {
	return append([]Link{{v.T("library.name"), libraryHref}}, below...)
}

// searchAttrs makes the search box answer while one types. Without JavaScript its button does the same.
func searchAttrs() templ.Attributes {
	return templ.Attributes{
		"hx-get": librarySearch, "hx-trigger": "input delay:200ms, submit", "hx-target": "#shelf",
		"hx-swap": "innerHTML", "hx-sync": "this:replace", "hx-replace-url": "true",
	}
}

// foundWords says how many clauses answer a search.
func foundWords(v View, f LibraryFound) string {
	switch {
	case f.Query == "":
		return v.T("library.count.clauses", "count", len(f.Clauses))
	case len(f.Clauses)+len(f.Questions) == 0:
		return v.T("library.search.none", "query", f.Query)
	}
	return v.T("library.search.clauses", "count", len(f.Clauses), "query", f.Query)
}

// foundTitle heads a page of results: what is looked through, when no word is looked for.
func foundTitle(v View, f LibraryFound) string {
	if f.Query == "" {
		return filterWords(v, f.Library, f.Filter)
	}
	return v.T("library.search.title")
}

// draftsIn counts the clauses of a family that are not written yet.
func draftsIn(f clause.Family) int {
	drafts := 0
	for _, c := range f.Clauses {
		if c.Draft {
			drafts++
		}
	}
	return drafts
}

// familyDescription names the clauses of a family in a sentence.
func familyDescription(v View, f clause.Family) string {
	titles := make([]string, len(f.Clauses))
	for i, c := range f.Clauses {
		titles[i] = libraryText(v, c.Title)
	}
	return strings.Join(titles, " ; ")
}

// familyNote says how many clauses a family has, and how many of them are drafts.
func familyNote(v View, f clause.Family) string {
	note := v.T("library.count.clauses", "count", len(f.Clauses))
	if drafts := draftsIn(f); drafts > 0 {
		return note + ", " + v.T("library.count.drafts", "count", drafts)
	}
	return note
}

func familySections(v View, l *clause.Library, current string) []Section {
	sections := make([]Section, len(l.Families))
	for i, f := range l.Families {
		sections[i] = Section{
			Title: libraryText(v, f.Title), Note: strconv.Itoa(len(f.Clauses)), Href: familyHref(f.ID), Current: f.ID == current,
		}
	}
	return sections
}

// libraryTiers are the tiers as the library's tables show them, least demanding first.
var libraryTiers = []framing.Tier{framing.Baseline, framing.Reinforced, framing.Critical}

// ruleWords says one alternative of a clause's `applies`.
func ruleWords(v View, rule string) string { return publication.Rule(v.Printer, rule) }

func appliesToEvery(c *clause.Clause) bool { return len(c.Applies) == 1 && c.Applies[0] == "*" }

// variablesOf gives the variables of a clause.
func (l LibraryClause) variablesOf() []*clause.Variable {
	var named []*clause.Variable
	for _, name := range l.Clause.Variables {
		if x, ok := l.Library.Variable(name); ok {
			named = append(named, x)
		}
	}
	return named
}

// referencesOf gives the references of a clause.
func (l LibraryClause) referencesOf() []*clause.Reference {
	var cited []*clause.Reference
	for _, id := range l.Clause.References {
		if r, ok := l.Library.Reference(id); ok {
			cited = append(cited, r)
		}
	}
	return cited
}

// marked reports whether the text of the clause leaves a value to the annex.
func (l LibraryClause) marked(v View) bool {
	for run := range content.Runs(l.Clause.Blocks(v.Printer.Language())) {
		if run.Variable != "" {
			return true
		}
	}
	return false
}

// variableLabel names a variable inside a text.
func (l LibraryClause) variableLabel(v View, name string) string {
	if x, ok := l.Library.Variable(name); ok {
		return libraryText(v, x.Label)
	}
	return name
}

// bindsStructure tells the one clause that binds the institution itself (domain reference §3): nobody asks the supplier.
func (l LibraryClause) bindsStructure() bool { return l.Clause.BindsStructure() }

func valueID(name string) string { return "value-" + name }

// defaultAt gives the value proposed at a tier, in a table.
func defaultAt(v View, x *clause.Variable, t framing.Tier) string {
	return publication.Proposed(v.Printer, x, t)
}

// leftBlank reports whether nothing is proposed for a variable: each annex fills it in.
func leftBlank(x *clause.Variable) bool {
	for _, t := range libraryTiers {
		if x.DefaultFor(t) != "" {
			return false
		}
	}
	return true
}

// boundsWords says the recommended bounds of a variable: once, or tier by tier where they differ.
func boundsWords(v View, x *clause.Variable) []string { return publication.Bounds(v.Printer, x) }

// levelWords says to which services a clause of a level is proposed.
func levelWords(v View, t framing.Tier) string {
	switch t {
	case framing.Critical:
		return v.T("library.levels.critique")
	case framing.Reinforced:
		return v.T("library.levels.renforce")
	}
	return v.T("library.levels.socle")
}

// clauseLead is the summary of a clause, where it has one.
func clauseLead(v View, c *clause.Clause) templ.Component {
	if c.Summary.IsZero() {
		return nil
	}
	return Text(libraryText(v, c.Summary))
}

// clauseName is the number of a clause with its title.
func clauseName(v View, c *clause.Clause) string { return c.ID + "\u00a0· " + libraryText(v, c.Title) }

// valueColumns heads a table of values: what is proposed at each tier, and the bounds.
func valueColumns(v View) []Column {
	columns := []Column{{Title: v.T("library.column.value")}}
	for _, t := range libraryTiers {
		columns = append(columns, Column{Title: tierWord(v, int(t)), End: true})
	}
	return append(columns, Column{Title: v.T("library.column.bounds")})
}
