package frontend

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/prose"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// LibraryVersion is one version of a clause, the one in force or a former one, among the others.
type LibraryVersion struct {
	LibraryClause                // Clause is the version shown
	Current       *clause.Clause // the one in force
}

// isCurrent reports whether the version shown is the one in force.
func (l LibraryVersion) isCurrent() bool { return l.Clause == l.Current }

// before gives the version that the one shown replaced, or nil.
func (l LibraryClause) before() *clause.Clause {
	if at := slices.Index(l.Versions, l.Clause); at > 0 {
		return l.Versions[at-1]
	}
	return nil
}

func clauseVersionHref(id string, version int) string {
	return clauseHref(id) + "/versions/" + strconv.Itoa(version)
}

func questionVersionHref(id string, version int) string {
	return questionHref(id) + "/versions/" + strconv.Itoa(version)
}

// versionLine is a version in the list of all, the newest first.
type versionLine struct {
	Number  int
	Href    string
	InForce bool // the others were replaced
	Shown   bool // it is the one on this page
}

func versionLines(count int, href func(version int) string, shown int) []versionLine {
	var lines []versionLine
	for n := count; n > 0; n-- {
		lines = append(lines, versionLine{Number: n, Href: href(n), InForce: n == count, Shown: n == shown})
	}
	return lines
}

func (l LibraryClause) versionLines(shown int) []versionLine {
	return versionLines(len(l.Versions), func(n int) string { return clauseVersionHref(l.Clause.ID, n) }, shown)
}

func (l LibraryQuestion) versionLines(shown int) []versionLine {
	return versionLines(len(l.Versions), func(n int) string { return questionVersionHref(l.Question.ID, n) }, shown)
}

// changedPart is a part of a text that a version changed, word by word.
type changedPart struct {
	title  string
	pieces []prose.Piece
}

// changed compares a part before and after; nothing when it stayed as it was.
func changed(title, before, after string) []changedPart {
	if before == after {
		return nil
	}
	return []changedPart{{title, prose.Diff(before, after)}}
}

// changes lists what a version of a clause changed in the one before.
func (l LibraryClause) changes(v View) []changedPart {
	before, after := l.before(), l.Clause
	if before == nil {
		return nil
	}
	text := func(c *clause.Clause) string {
		return content.Plain(content.Fill(v.Printer.Language(), c.Blocks(v.Printer.Language()), func(r content.Run) content.Run {
			if r.Variable != "" {
				r.Text = "[" + l.variableLabel(v, r.Variable) + "]"
			}
			return r
		}))
	}
	names := func(c *clause.Clause) string {
		var labels []string
		for _, name := range c.Variables {
			labels = append(labels, l.variableLabel(v, name))
		}
		return strings.Join(labels, ", ")
	}
	cites := func(c *clause.Clause) string {
		var lines []string
		for _, id := range c.References {
			if r, ok := l.Library.Reference(id); ok {
				id = citeWords(v, r)
			}
			lines = append(lines, id)
		}
		return strings.Join(lines, "\n")
	}
	rules := func(c *clause.Clause) string {
		var lines []string
		for _, rule := range c.Applies {
			lines = append(lines, ruleWords(v, rule))
		}
		return strings.Join(lines, ", ")
	}
	return slices.Concat(
		changed(v.T("library.part.title"), libraryText(v, before.Title), libraryText(v, after.Title)),
		changed(v.T("library.part.summary"), libraryText(v, before.Summary), libraryText(v, after.Summary)),
		changed(v.T("library.clause.text"), text(before), text(after)),
		changed(v.T("library.questions.evidence"), libraryText(v, before.Evidence), libraryText(v, after.Evidence)),
		changed(v.T("library.clause.note"), libraryText(v, before.Note), libraryText(v, after.Note)),
		changed(v.T("library.clause.fallback"), libraryText(v, before.Fallback), libraryText(v, after.Fallback)),
		changed(v.T("library.clause.level"), tierWord(v, int(before.Level.Tier())), tierWord(v, int(after.Level.Tier()))),
		changed(v.T("library.clause.applies"), rules(before), rules(after)),
		changed(v.T("library.clause.values"), names(before), names(after)),
		changed(v.T("library.clause.references"), cites(before), cites(after)),
	)
}

// LibraryQuestion is one question, in the version in force or a former one, with all that the library knows of it.
type LibraryQuestion struct {
	Shelf          LibraryShelf
	Domain         questionnaire.Domain
	Question       *questionnaire.Question // the version shown
	Versions       []*questionnaire.Question
	Previous, Next *questionnaire.Question // in library order; nil at its ends, and around a version
	Ours           bool                    // the reader's structure words it itself
}

func (l LibraryQuestion) before() *questionnaire.Question {
	if at := slices.Index(l.Versions, l.Question); at > 0 {
		return l.Versions[at-1]
	}
	return nil
}

// isCurrent reports whether the version shown is the one in force.
func (l LibraryQuestion) isCurrent() bool { return l.Question == l.Versions[len(l.Versions)-1] }

// address is that of the question when the version shown is in force, else that of the version.
func (l LibraryQuestion) address() string {
	if l.isCurrent() {
		return questionHref(l.Question.ID)
	}
	return questionVersionHref(l.Question.ID, l.Question.Version)
}

// changes lists what a version of a question changed in the one before.
func (l LibraryQuestion) changes(v View) []changedPart {
	before, after := l.before(), l.Question
	if before == nil {
		return nil
	}
	answers := func(q *questionnaire.Question) string { return strings.Join(questionAnswers(v, q), "\n") }
	return slices.Concat(
		changed(v.T("library.question.text-part"), libraryText(v, before.Text), libraryText(v, after.Text)),
		changed(v.T("library.questions.why"), libraryText(v, before.Why), libraryText(v, after.Why)),
		changed(v.T("library.questions.help"), libraryText(v, before.Help), libraryText(v, after.Help)),
		changed(v.T("library.questions.evidence"), libraryText(v, before.Evidence), libraryText(v, after.Evidence)),
		changed(v.T("library.questions.answers"), answers(before), answers(after)),
	)
}

func (l LibraryQuestion) previousLink() Link { return questionLink(l.Previous) }
func (l LibraryQuestion) nextLink() Link     { return questionLink(l.Next) }

// questionLink leads to a question; the zero Link when there is none.
func questionLink(q *questionnaire.Question) Link {
	if q == nil {
		return Link{}
	}
	return Link{q.ID, questionHref(q.ID)}
}

// clauseLink leads to a clause; the zero Link when there is none.
func clauseLink(v View, c *clause.Clause) Link {
	if c == nil {
		return Link{}
	}
	return Link{clauseName(v, c), clauseHref(c.ID)}
}

// differences writes pieces of text so that what went and what came is seen, read and heard. A line is a paragraph.
func differences(v View, pieces []prose.Piece) templ.Component {
	return written(func(b *strings.Builder) {
		b.WriteString("<p>")
		for _, p := range pieces {
			tag, label := "", ""
			switch p.Change {
			case prose.Removed:
				tag, label = "del", v.T("library.diff.removed")
			case prose.Added:
				tag, label = "ins", v.T("library.diff.added")
			}
			writePiece(b, p.Text, tag, label)
		}
		b.WriteString("</p>")
	})
}

func writePiece(b *strings.Builder, text, tag, label string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString("</p><p>")
		}
		switch {
		case line == "":
		case tag == "":
			b.WriteString(templ.EscapeString(line))
		default:
			b.WriteString("<" + tag + `><span class="visually-hidden"> ` + templ.EscapeString(label) + " </span>" + templ.EscapeString(line) + "</" + tag + ">")
		}
	}
}
