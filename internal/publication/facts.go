package publication

import (
	"slices"
	"strconv"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// labelled is the text of a clause in which a value that the annex settles stands as its label.
func labelled(p locale.Printer, l *clause.Library, c *clause.Clause) []content.Block {
	return content.Fill(p.Language(), c.Blocks(p.Language()), func(r content.Run) content.Run {
		if x, ok := l.Variable(r.Variable); ok {
			r.Text = "[" + Set(p, x.Label) + "]"
		}
		return r
	})
}

func rules(p locale.Printer, c *clause.Clause) []string {
	var said []string
	for _, rule := range c.Applies {
		said = append(said, Rule(p, rule))
	}
	return said
}

func door(p locale.Printer, c *clause.Clause) string {
	if c.Vector == "" {
		return ""
	}
	return p.T("library.vector." + string(c.Vector))
}

// variables gives the values that a clause leaves to the annex.
func variables(l *clause.Library, c *clause.Clause) []*clause.Variable {
	var named []*clause.Variable
	for _, name := range c.Variables {
		if x, ok := l.Variable(name); ok {
			named = append(named, x)
		}
	}
	return named
}

func values(p locale.Printer, l *clause.Library, c *clause.Clause) []string {
	var labels []string
	for _, x := range variables(l, c) {
		labels = append(labels, Set(p, x.Label))
	}
	return labels
}

func cited(p locale.Printer, l *clause.Library, c *clause.Clause) []string {
	var cites []string
	for _, id := range c.References {
		if r, ok := l.Reference(id); ok {
			cites = append(cites, Cite(p, r))
		}
	}
	return cites
}

// Answers lists what may be answered to a question, the most favourable last for levels.
func Answers(p locale.Printer, q *questionnaire.Question) []string {
	var answers []string
	if l := q.Levels; l != nil {
		for i, level := range []content.Text{l.Absent, l.Initial, l.Partial, l.Applied, l.Measured} {
			answers = append(answers, strconv.Itoa(i)+"\u00a0· "+Set(p, level))
		}
	}
	for _, o := range q.Options {
		answers = append(answers, Set(p, o.Label))
	}
	return answers
}

func module(p locale.Printer, l *questionnaire.Library, q *questionnaire.Question) string {
	for _, m := range l.Modules {
		if m.ID == q.Module {
			return Set(p, m.Title)
		}
	}
	return q.Module
}

// verified lists the clauses that a question verifies, each once.
func verified(q *questionnaire.Question) []string {
	var clauses []string
	for _, v := range q.Verifies {
		if !slices.Contains(clauses, v.Clause) {
			clauses = append(clauses, v.Clause)
		}
	}
	return clauses
}

func ids(clauses []*clause.Clause) []string {
	all := make([]string, len(clauses))
	for i, c := range clauses {
		all[i] = c.ID
	}
	return all
}
