// Package coverage holds the two libraries against published lists: which clauses and which questions answer each item of
// a framework, and which item nothing answers.
package coverage

import (
	"slices"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// Coverage is a framework with what answers each of its items.
type Coverage struct {
	Framework *clause.Framework
	Items     []Item // in the order of the framework
}

// Item is one item of a framework with what answers it.
type Item struct {
	clause.FrameworkItem
	Answers   []*clause.Clause          // that answer it, in library order
	Questions []*questionnaire.Question // that verify one of these, in library order
}

// Covered reports whether some clause answers the item. No question may verify it: one clause binds the structure itself.
func (i Item) Covered() bool { return len(i.Answers) > 0 }

// BindsStructure reports whether the item is answered by what the structure itself undertakes, which nobody asks the
// supplier.
func (i Item) BindsStructure() bool {
	return len(i.Questions) == 0 && slices.ContainsFunc(i.Answers, (*clause.Clause).BindsStructure)
}

// Covered counts the items that some clause answers.
func (c Coverage) Covered() int {
	covered := 0
	for _, item := range c.Items {
		if item.Covered() {
			covered++
		}
	}
	return covered
}

// Total counts the items.
func (c Coverage) Total() int { return len(c.Items) }

// Of tells what answers each item of a framework of the clause library: the clauses that the framework says (see
// clause.Library.Answering), and the questions that verify one of them. The second value is false when there is no such
// framework.
func Of(clauses *clause.Library, questions *questionnaire.Library, framework string) (Coverage, bool) {
	f, ok := clauses.Framework(framework)
	if !ok {
		return Coverage{}, false
	}
	c := Coverage{Framework: f, Items: make([]Item, 0, len(f.Items))}
	for _, item := range f.Items {
		answers := clauses.Answering(item)
		c.Items = append(c.Items, Item{FrameworkItem: item, Answers: answers, Questions: verifying(questions, answers)})
	}
	return c, true
}

// All tells the coverage of every framework of the clause library, in its order.
func All(clauses *clause.Library, questions *questionnaire.Library) []Coverage {
	all := make([]Coverage, 0, len(clauses.Frameworks))
	for _, f := range clauses.Frameworks {
		if c, ok := Of(clauses, questions, f.ID); ok {
			all = append(all, c)
		}
	}
	return all
}

// verifying lists the questions that verify one of the clauses, each once.
func verifying(questions *questionnaire.Library, clauses []*clause.Clause) []*questionnaire.Question {
	var found []*questionnaire.Question
	for _, q := range questions.Questions() {
		verifies := slices.ContainsFunc(q.Verifies, func(v questionnaire.Verification) bool {
			return slices.ContainsFunc(clauses, func(c *clause.Clause) bool { return c.ID == v.Clause })
		})
		if verifies {
			found = append(found, q)
		}
	}
	return found
}
