package web

import (
	"slices"
	"strings"

	"github.com/garant-sante/garant/frontend"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// What a word weighs, by where it stands.
const (
	weighsCode    = 32
	weighsTitle   = 8
	weighsSummary = 4
	weighsText    = 2
	weighsMargin  = 1 // evidence, values, references
)

// Limits of a search.
const (
	maxQuery     = 200 // characters that are read
	maxTerms     = 12  // words that are looked for
	maxQuestions = 12  // questions that come with the clauses
)

// searchIndex finds clauses and questions by their words, forgiving accents, case, plurals and one slip of the finger a
// word. It is made once from the libraries and never changes.
type searchIndex struct {
	languages map[locale.Language]*searchLanguage
}

// searchLanguage is what can be found in one language, and its vocabulary.
type searchLanguage struct {
	language locale.Language
	entries  []searchEntry
	forms    []searchForm     // every word of the texts, once
	numbers  map[string]int32 // a word → its place among forms
}

// searchEntry is a clause or a question in one language.
type searchEntry struct {
	clause   *clause.Clause
	question *questionnaire.Question
	codes    []string // its number, then those of what it cites: "pat02", "pat2", "o72", "rgpd28"
	cited    int      // how many of them are cited
	title    searchText
	summary  searchText
	text     searchText
	margin   searchText
}

// newSearchIndex reads every clause and question in every language.
func newSearchIndex(clauses *clause.Library, questions *questionnaire.Library) *searchIndex {
	x := &searchIndex{languages: map[locale.Language]*searchLanguage{}}
	for _, l := range locale.Languages() {
		spoken := &searchLanguage{language: l, numbers: map[string]int32{}}
		for _, c := range clauses.Clauses() {
			spoken.entries = append(spoken.entries, spoken.clauseEntry(clauses, c))
		}
		for _, q := range questions.Questions() {
			spoken.entries = append(spoken.entries, searchEntry{
				question: q, codes: codesOf(q.ID), margin: spoken.read(q.ID),
				title: spoken.read(locale.Typography(l, strings.TrimSpace(q.Text.In(l)))),
			})
		}
		x.languages[l] = spoken
	}
	return x
}

func (x *searchLanguage) clauseEntry(library *clause.Library, c *clause.Clause) searchEntry {
	l := x.language
	margin := []string{c.ID, c.Evidence.In(l)}
	e := searchEntry{clause: c, codes: codesOf(c.ID), cited: len(c.CSS) + len(c.References)}
	for _, item := range c.CSS {
		e.codes = append(e.codes, codeOf(item))
	}
	for _, id := range c.References {
		e.codes = append(e.codes, codeOf(id))
		margin = append(margin, id)
		if r, ok := library.Reference(id); ok {
			margin = append(margin, r.Cite.In(l), r.Title.In(l))
		}
	}
	for _, name := range c.Variables {
		if v, ok := library.Variable(name); ok {
			margin = append(margin, v.Label.In(l))
		}
	}
	if f, ok := library.Family(c.Family); ok {
		margin = append(margin, f.Title.In(l))
	}
	blocks := content.Fill(l, c.Blocks(l), func(r content.Run) content.Run {
		if v, ok := library.Variable(r.Variable); ok {
			r.Text = "[" + locale.Typography(l, v.Label.In(l)) + "]"
		}
		return r
	})
	e.title = x.read(locale.Typography(l, strings.TrimSpace(c.Title.In(l))))
	e.summary = x.read(locale.Typography(l, strings.TrimSpace(c.Summary.In(l))))
	e.text = x.read(oneLine.Replace(content.Plain(blocks)))
	e.margin = x.read(strings.Join(margin, " "))
	return e
}

// oneLine makes of paragraphs and lists a text that an excerpt can be cut from.
var oneLine = strings.NewReplacer("\n  - ", " ", "\n- ", " ", "\n", " ")

// score says how many of the terms an entry holds, and how well.
func (e *searchEntry) score(terms []searchTerm) (held, score int) {
	for _, t := range terms {
		var s int
		if t.code {
			s = weighsCode * t.matchCode(e.codes, e.cited)
		} else {
			s = max(weighsTitle*t.best(e.title), weighsSummary*t.best(e.summary), weighsText*t.best(e.text), weighsMargin*t.best(e.margin))
		}
		if s > 0 {
			held++
			score += s
		}
	}
	return held, score
}

// find gives what answers a query, best first: what holds every word as it is typed, else as it was probably meant, each
// in the reader's language, then in the others. When nothing holds every word, what holds the most of them.
func (x *searchIndex) find(l locale.Language, query string) frontend.LibraryFound {
	order := []*searchLanguage{x.languages[l]}
	for _, other := range locale.Languages() {
		if other != l {
			order = append(order, x.languages[other])
		}
	}
	var loose searched
	for _, slips := range []bool{false, true} {
		for _, language := range order {
			s := language.search(query, slips)
			if s.whole() {
				return x.languages[l].shown(query, s)
			}
			if slips && len(loose.hits) == 0 {
				loose = s
			}
		}
	}
	return x.languages[l].shown(query, loose)
}

// all gives every clause in library order, nothing marked.
func (x *searchIndex) all(l locale.Language) frontend.LibraryFound {
	var found frontend.LibraryFound
	for i := range x.languages[l].entries {
		if e := &x.languages[l].entries[i]; e.clause != nil {
			addFound(&found, e, nil)
		}
	}
	return found
}

// searched is what one way of reading a query gave.
type searched struct {
	terms int // words looked for
	codes bool
	slips bool
	hits  []ranked
}

// whole reports whether every word was found together.
func (s searched) whole() bool { return len(s.hits) > 0 && s.hits[0].held == s.terms }

// search reads a query in one language. What looks like a number may be none of ours: "TLS-1.3".
func (x *searchLanguage) search(query string, slips bool) searched {
	terms := x.terms(query, true, slips)
	s := searched{terms: len(terms), codes: true, slips: slips, hits: x.rank(terms)}
	if words := x.terms(query, false, slips); len(words) != len(terms) && !s.whole() {
		s = searched{terms: len(words), slips: slips, hits: x.rank(words)}
	}
	return s
}

// shown gives what was found in the reader's language, the words marked.
func (x *searchLanguage) shown(query string, s searched) frontend.LibraryFound {
	found := frontend.LibraryFound{Query: query}
	if len(s.hits) == 0 {
		return found
	}
	found.Loose, found.Meant = !s.whole(), s.whole() && s.slips
	terms := x.terms(query, s.codes, s.slips)
	for _, h := range s.hits {
		addFound(&found, &x.entries[h.entry], terms)
	}
	return found
}

// ranked is an entry that answers a query. Entries stand at the same place in every language.
type ranked struct{ entry, held, score int }

// rank gives the entries that hold the most terms, best first; equals in library order.
func (x *searchLanguage) rank(terms []searchTerm) []ranked {
	var hits []ranked
	most := 1
	for i := range x.entries {
		if held, score := x.entries[i].score(terms); held >= most {
			most = held
			hits = append(hits, ranked{i, held, score})
		}
	}
	hits = slices.DeleteFunc(hits, func(h ranked) bool { return h.held < most })
	slices.SortStableFunc(hits, func(a, b ranked) int { return b.score - a.score })
	return hits
}

// addFound puts an entry among the results, its words marked.
func addFound(found *frontend.LibraryFound, e *searchEntry, terms []searchTerm) {
	if e.question != nil {
		if len(found.Questions) < maxQuestions {
			found.Questions = append(found.Questions, frontend.FoundQuestion{Question: e.question, Text: e.title.marked(terms)})
		}
		return
	}
	c := frontend.FoundClause{Clause: e.clause, Title: e.title.marked(terms), Summary: e.summary.marked(terms)}
	for _, t := range terms {
		if !t.code && t.best(e.title) == 0 && t.best(e.summary) == 0 && t.best(e.text) > 0 {
			c.Excerpt = e.text.excerpt(terms, t)
			break
		}
	}
	found.Clauses = append(found.Clauses, c)
}
