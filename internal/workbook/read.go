package workbook

import (
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/sheet"
)

// Reader reads workbooks back. It holds only what never changes.
type Reader struct {
	Words   *locale.Catalogue
	Library *questionnaire.Library // the edition that the questionnaire was made with, or a later one
	Clause  func(id string) bool   // whether there is such a clause, for attestations of a workbook without identity
}

// Reply is what a workbook answers: what is valid, and what could not be understood. Nothing of it is written anywhere yet.
type Reply struct {
	Identity Identity
	Intact   bool // the identity is there as it was written; otherwise it is empty, and rows are read by the library alone
	Language locale.Language
	Answers  map[string]questionnaire.Answer
	Order    []string // of the answers, as they stand in the file
	Problems []Problem
}

// Problem is a cell that cannot be understood, or used.
type Problem struct {
	Question    string // empty when the row names none
	Sheet, Cell string // "C12"
	Key         string // of its message
	Args        []any

	asked *questionnaire.Question // whose answer was expected; nil when that is not the matter
}

// Message says what is wrong and what was expected.
func (x Problem) Message(p locale.Printer) string {
	args := x.Args
	if x.asked != nil {
		args = append(slices.Clone(args), "expected", Expected(p, x.asked))
	}
	return p.Problem(fault.Problem{Key: x.Key, Args: args})
}

// Read reads a workbook by the ids of its rows and the titles of its columns. Columns may stand in any order, others among
// them, sheets may be renamed, rows moved. It fails only when the workbook as a whole cannot be read: see sheet.Read, and
// workbook.no-table when nothing in it looks like the questionnaire.
func (r Reader) Read(data []byte) (Reply, error) {
	book, err := sheet.Read(data)
	if err != nil {
		return Reply{}, err
	}
	return r.Understand(book)
}

// Understand is Read of a workbook whose cells were read already.
func (r Reader) Understand(book sheet.Book) (Reply, error) {
	g := &gathering{Reader: r, reply: Reply{Answers: map[string]questionnaire.Answer{}}, words: newVocabulary(r.Words), rows: map[string]taken{}}
	var tables []sheet.Grid
	for _, s := range book.Sheets {
		identity, found, intact := readIdentity(s)
		switch {
		case !found:
			tables = append(tables, s)
		case intact && !g.reply.Intact:
			g.reply.Identity, g.reply.Intact = identity, true
			g.index(identity)
		}
	}
	found := false
	for _, s := range tables {
		found = g.table(s) || found
	}
	if !found {
		return Reply{}, fault.NewInvalid("workbook.no-table")
	}
	g.reply.Language = g.language()
	return g.reply, nil
}

// gathering is one workbook being read.
type gathering struct {
	Reader
	reply  Reply
	words  *vocabulary
	items  map[string]Item // of the identity
	rows   map[string]taken
	titled map[locale.Language]int // columns titled in a language
}

// taken is where the answer to a question was found.
type taken struct{ sheet, cell string }

func (g *gathering) index(i Identity) {
	g.items = make(map[string]Item, len(i.Items))
	for _, item := range i.Items {
		g.items[item.ID] = item
	}
}

// language is that of the identity, or else the one most columns are titled in.
func (g *gathering) language() locale.Language {
	if g.reply.Intact && g.reply.Identity.Language != "" {
		return g.reply.Identity.Language
	}
	if g.titled[locale.English] > g.titled[locale.French] {
		return locale.English
	}
	return locale.French
}

func (g *gathering) wrong(s string, row, column int, x Problem) {
	x.Sheet, x.Cell = s, sheet.CellName(column, row)
	g.reply.Problems = append(g.reply.Problems, x)
}

// maxHeaderRow is how far down the row with the titles of the columns is looked for.
const maxHeaderRow = 60

// places are the columns of a table by what they hold, from 1; 0 for one that is missing.
type places [columnGuide]int

// table reads the rows of a sheet; false when it is no table of questions.
func (g *gathering) table(s sheet.Grid) bool {
	for i, row := range s.Rows {
		if row.Number > maxHeaderRow {
			return false
		}
		at, ok := g.header(s.Name, row)
		if !ok {
			continue
		}
		for _, row := range s.Rows[i+1:] {
			g.row(s.Name, row, at)
		}
		return true
	}
	return false
}

// header finds the columns by their titles, in either language. A row is the header when it has an id and an answer.
func (g *gathering) header(name string, row sheet.GridRow) (places, bool) {
	var (
		at      places
		twice   []sheet.Held
		counted = map[locale.Language]int{}
	)
	for _, cell := range row.Cells {
		column, languages, ok := g.words.title(cell.Text)
		switch {
		case !ok:
		case at[column] > 0:
			twice = append(twice, cell)
		default:
			at[column] = cell.Column
			for _, l := range languages {
				counted[l]++
			}
		}
	}
	if at[columnID] == 0 || at[columnAnswer] == 0 {
		return at, false
	}
	for _, cell := range twice {
		g.wrong(name, row.Number, cell.Column, Problem{Key: "workbook.title-twice", Args: []any{"title", shorten(cell.Text)}})
	}
	if g.titled == nil {
		g.titled = map[locale.Language]int{}
	}
	for l, n := range counted {
		g.titled[l] += n
	}
	return at, true
}

// row reads one row: nothing when nobody wrote anything into it.
func (g *gathering) row(name string, row sheet.GridRow, at places) {
	cells := [columnGuide]sheet.Held{}
	filled := false
	for _, column := range []int{columnID, columnAnswer, columnComment, columnEvidence, columnWhyNot} {
		if at[column] > 0 {
			cells[column] = row.At(at[column])
			filled = filled || column != columnID && !blank(cells[column])
		}
	}
	if !filled {
		return
	}
	id := strings.ToUpper(trim(cells[columnID].Text))
	if id == strings.ToUpper(trim(g.words.id)) {
		return // the titles once more
	}
	asked, key := g.asked(id)
	if key != "" {
		g.wrong(name, row.Number, at[columnID], Problem{Question: id, Key: key, Args: []any{"id", shorten(id)}})
		return
	}
	if before, twice := g.rows[id]; twice {
		g.twice(name, row, at, id, before)
		return
	}
	g.rows[id] = taken{name, sheet.CellName(at[columnAnswer], row.Number)}
	x := reading{gathering: g, id: id, asked: asked, sheet: name, row: row.Number, at: at, cells: cells}
	if answer := x.read(); !answer.IsZero() {
		g.reply.Answers[id] = answer
		g.reply.Order = append(g.reply.Order, id)
	}
}

// twice refuses an id that several filled rows have: nobody can tell which of them counts.
func (g *gathering) twice(name string, row sheet.GridRow, at places, id string, before taken) {
	delete(g.reply.Answers, id)
	g.reply.Order = slices.DeleteFunc(g.reply.Order, func(other string) bool { return other == id })
	g.wrong(name, row.Number, at[columnID], Problem{Question: id, Key: "workbook.id-twice", Args: []any{"id", id, "sheet", before.sheet, "cell", before.cell}})
}

// asked finds the question of a row in the version that was asked, or says why it has none.
func (g *gathering) asked(id string) (*questionnaire.Question, string) {
	if id == "" {
		return nil, "workbook.no-id"
	}
	item, listed := g.items[id]
	if clause, attestation := strings.CutPrefix(id, questionnaire.AttestationID("")); attestation {
		if listed || !g.reply.Intact && g.Clause(clause) {
			return questionnaire.Attested(), ""
		}
		return nil, "workbook.unknown-id"
	}
	versions := g.Library.Versions(id)
	switch {
	case len(versions) == 0:
		return nil, "workbook.unknown-id"
	case g.reply.Intact && !listed:
		return nil, "workbook.not-asked"
	}
	for _, q := range versions {
		if q.Version == item.Version {
			return q, ""
		}
	}
	return versions[len(versions)-1], ""
}

// reading is one row being read.
type reading struct {
	*gathering
	id    string
	asked *questionnaire.Question
	sheet string
	row   int
	at    places
	cells [columnGuide]sheet.Held
}

func (x reading) fail(column int, p Problem) {
	p.Question = x.id
	x.wrong(x.sheet, x.row, x.at[column], p)
}

// read gives what is valid of a row, and notes one problem for each cell that is not.
func (x reading) read() questionnaire.Answer {
	a := questionnaire.Answer{
		Given:   x.given(),
		Comment: x.text(columnComment), Evidence: split(x.text(columnEvidence)), NotApplicable: x.text(columnWhyNot),
	}
	for _, wrong := range x.asked.Check(a) {
		p := Problem{Key: wrong.Key, Args: wrong.Args}
		switch wrong.Field {
		case "value":
			p.asked = x.asked
			x.fail(columnAnswer, p)
			a.Given = nil
		case "na":
			x.fail(columnWhyNot, p)
			a.NotApplicable = ""
			if wrong.Key == "answer.na-and-value" {
				a.Given = nil // which of the two counts is not for us to say
			}
		case "comment":
			x.fail(columnComment, p)
			a.Comment = ""
		case "evidence":
			x.fail(columnEvidence, p)
			a.Evidence = nil
		}
	}
	return a
}

// text reads a cell that takes any text.
func (x reading) text(column int) string {
	switch cell := x.cells[column]; cell.Kind {
	case sheet.AFormula:
		x.fail(column, Problem{Key: "workbook.formula"})
	case sheet.AnError, sheet.ATruth:
		x.fail(column, Problem{Key: "workbook.not-text", Args: []any{"value", shorten(cell.Text)}})
	default:
		return trim(cell.Text)
	}
	return ""
}

// given reads the answer itself.
func (x reading) given() []content.Scalar {
	cell := x.cells[columnAnswer]
	switch {
	case cell.Kind == sheet.AFormula:
		x.fail(columnAnswer, Problem{Key: "workbook.formula"})
		return nil
	case blank(cell):
		return nil
	}
	given, ok := x.words.understand(x.asked, cell)
	if !ok {
		x.fail(columnAnswer, Problem{Key: "workbook.not-understood", Args: []any{"value", shorten(cell.Text)}, asked: x.asked})
		return nil
	}
	return given
}

// blank tells a cell that nobody filled in. A formula is something, whatever it shows.
func blank(cell sheet.Held) bool {
	return cell.Kind == sheet.Nothing || cell.Kind == sheet.AText && trim(cell.Text) == ""
}
