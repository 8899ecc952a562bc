package clause

import (
	"fmt"
	"slices"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

// Framework is a published list that the library is held against: a law's list of statements, a sector's requirements.
type Framework struct {
	ID      string          `yaml:"id,required"` // as the command line names it: "rgpd-28"
	Title   content.Text    `yaml:"title,required"`
	Source  content.Text    `yaml:"source,required"` // who published it, in which version
	Summary content.Text    `yaml:"summary,required"`
	CSS     []string        `yaml:"css"`   // items that are numbers of the Clausier Sécurité Santé, and no more
	Items   []FrameworkItem `yaml:"items"` // every item, those of CSS among them
}

// FrameworkItem is one item of a framework.
type FrameworkItem struct {
	ID         string       `yaml:"id,required"`
	Number     content.Text `yaml:"number"`     // as its readers call it, "art. 28, § 2"; the id where there is none
	Title      content.Text `yaml:"title"`      // ours; empty where its words may not be given
	References []string     `yaml:"references"` // a clause that cites one of them answers the item
	Clauses    []string     `yaml:"clauses"`    // so do these
	css        bool
}

type frameworksFile struct {
	Frameworks []Framework `yaml:"frameworks,required"`
}

// readFrameworks reads the frameworks. A library may have none.
func (l *Library) readFrameworks(name string, data []byte) fault.Problems {
	var f frameworksFile
	src, err := content.Decode(name, data, &f)
	problems := asProblems(err)
	for i := range f.Frameworks {
		framework := &f.Frameworks[i]
		at := fmt.Sprintf("frameworks[%d]", i)
		if _, taken := l.Framework(framework.ID); taken {
			problems = append(problems, src.Problem(at+".id", "library.id-twice", "id", framework.ID))
			continue
		}
		for _, item := range framework.CSS {
			framework.Items = append(framework.Items, FrameworkItem{ID: item, css: true})
		}
		l.Frameworks = append(l.Frameworks, framework)
		l.places[framework.place()] = place{src, at}
	}
	return problems
}

// place is where the framework stands among the places of clauses, variables and references, whose ids it may share.
func (f *Framework) place() string { return "framework " + f.ID }

// titleFrameworks gives the items that have no title of their own that of their first reference.
func (l *Library) titleFrameworks() {
	for _, f := range l.Frameworks {
		for i := range f.Items {
			item := &f.Items[i]
			if item.Number.IsZero() {
				item.Number = content.Text{FR: item.ID, EN: item.ID}
			}
			if item.Title.IsZero() && len(item.References) > 0 {
				if r, ok := l.references[item.References[0]]; ok {
					item.Title = r.Title
				}
			}
		}
	}
}

// Framework finds a framework by its id.
func (l *Library) Framework(id string) (*Framework, bool) {
	for _, f := range l.Frameworks {
		if f.ID == id {
			return f, true
		}
	}
	return nil, false
}

// Answering lists the clauses that answer an item of a framework, in library order. A draft answers nothing yet.
func (l *Library) Answering(item FrameworkItem) []*Clause {
	return l.having(func(c *Clause) bool {
		switch {
		case c.Draft:
			return false
		case item.css:
			return slices.Contains(c.CSS, item.ID)
		}
		return slices.Contains(item.Clauses, c.ID) ||
			slices.ContainsFunc(item.References, func(id string) bool { return slices.Contains(c.References, id) })
	})
}

// lintFrameworks: each item is there once, and names clauses and references that exist; a clause cites no number that
// the Clausier Sécurité Santé does not have.
func (l *Library) lintFrameworks() fault.Problems {
	var problems fault.Problems
	for _, f := range l.Frameworks {
		p := l.places[f.place()]
		check := checker{src: p.source, at: p.field}
		written := len(f.Items) - len(f.CSS)
		seen := map[string]bool{}
		for i, item := range f.Items {
			at := fmt.Sprintf("items[%d]", i)
			if item.css {
				at = fmt.Sprintf("css[%d]", i-written)
			}
			l.lintItem(&check, at, item, seen[item.ID])
			seen[item.ID] = true
		}
		problems = append(problems, check.problems...)
		if len(f.CSS) > 0 {
			problems = append(problems, l.lintNumbers(seen)...)
		}
	}
	return problems
}

func (l *Library) lintItem(check *checker, at string, item FrameworkItem, twice bool) {
	id := at
	if !item.css {
		id += ".id"
	}
	if twice {
		check.fail(id, "library.id-twice", "id", item.ID)
	}
	if item.css && !cssShape.MatchString(item.ID) {
		check.fail(id, "lint.css", "value", item.ID)
	}
	for i, reference := range item.References {
		if _, ok := l.references[reference]; !ok {
			check.fail(fmt.Sprintf("%s.references[%d]", at, i), "lint.reference", "id", reference)
		}
	}
	for i, clause := range item.Clauses {
		if _, ok := l.byID[clause]; !ok {
			check.fail(fmt.Sprintf("%s.clauses[%d]", at, i), "lint.clause", "id", clause)
		}
	}
}

// lintNumbers finds the clauses whose css names what the list of numbers does not hold.
func (l *Library) lintNumbers(known map[string]bool) fault.Problems {
	var problems fault.Problems
	for _, c := range l.clauses {
		p := l.places[c.ID]
		check := checker{src: p.source, at: p.field}
		for i, item := range c.CSS {
			if cssShape.MatchString(item) && !known[item] {
				check.fail(fmt.Sprintf("css[%d]", i), "lint.css-unknown", "value", item)
			}
		}
		problems = append(problems, check.problems...)
	}
	return problems
}
