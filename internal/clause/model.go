package clause

import (
	"path"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// modelFolder is where the document models are, within the library.
const modelFolder = "models"

// modelOrder is the order in which models are shown: that of a contract's life. Others come after, by id.
var modelOrder = []string{
	"assurance-plan", "remote-maintenance-agreement", "confidentiality-undertaking", "committee-minutes", "incident-report",
	"destruction-certificate",
}

// Model is a document that a clause calls for, ready to fill in or to sign. Its text is Markdown with tables, boxes to tick
// and places to sign in (see parseModel), and names what it is filled with in braces: values of clauses, and ModelFields.
type Model struct {
	ID      string       `yaml:"id,required"`
	Title   content.Text `yaml:"title,required"`
	Summary content.Text `yaml:"summary,required"` // one line: when it serves
	Clauses []string     `yaml:"clauses,required"` // that call for it
	Text    content.Text `yaml:"text,required"`

	parts map[locale.Language][]ModelPart
}

// Parts gives the text parsed, in a language.
func (m *Model) Parts(l locale.Language) []ModelPart { return m.parts[l] }

// Serves reports whether a clause calls for the model.
func (m *Model) Serves(clauseID string) bool { return slices.Contains(m.Clauses, clauseID) }

// ModelFields lists what a model may name beside the values of clauses: the parties, the contract and, in the row of a
// table that stands for every article of the annex, the article.
func ModelFields() []string {
	return []string{
		"structure.name", "structure.legal_form", "structure.address", "structure.finess", "structure.representative",
		"supplier.name", "supplier.legal_form", "supplier.address", "supplier.siren", "supplier.representative",
		"contract.reference", "contract.title", "contract.start", "contract.end",
		articlePrefix + "number", articlePrefix + "title", articlePrefix + "evidence",
	}
}

// articlePrefix begins the fields of an article.
const articlePrefix = "article."

// Model finds a document model by its id.
func (l *Library) Model(id string) (*Model, bool) {
	at := slices.IndexFunc(l.Models, func(m *Model) bool { return m.ID == id })
	if at < 0 {
		return nil, false
	}
	return l.Models[at], true
}

// ModelIDs lists the ids of the document models.
func (l *Library) ModelIDs() []string {
	ids := make([]string, len(l.Models))
	for i, m := range l.Models {
		ids[i] = m.ID
	}
	return ids
}

// ModelsFor lists the document models that a clause calls for.
func (l *Library) ModelsFor(clauseID string) []*Model {
	var found []*Model
	for _, m := range l.Models {
		if m.Serves(clauseID) {
			found = append(found, m)
		}
	}
	return found
}

func decodeModel(file content.File) part {
	m := &Model{parts: map[locale.Language][]ModelPart{}}
	src, err := content.Decode(file.Name, file.Data, m)
	src.File = file.Name // with its folder
	problems := asProblems(err)
	for i := range problems {
		problems[i].File = file.Name
	}
	for _, lang := range locale.Languages() {
		parts, wrong := parseModel(lang, m.Text.In(lang))
		m.parts[lang] = parts
		for _, w := range wrong {
			problems = append(problems, textProblem(src, lang, w.line, w.key, w.args...))
		}
	}
	return func(l *Library) fault.Problems {
		if _, taken := l.Model(m.ID); taken {
			return append(problems, src.Problem("id", "library.id-twice", "id", m.ID))
		}
		l.Models = append(l.Models, m)
		l.places[modelPlace(m.ID)] = place{source: src}
		return problems
	}
}

// modelPlace is where a model stands among the places of a library, whose other names have no slash.
func modelPlace(id string) string { return path.Join(modelFolder, id) }

// textProblem is a problem at a line, from 0, of a model's text: a block of lines under its language.
func textProblem(src *content.Source, lang locale.Language, line int, key string, args ...any) fault.Problem {
	problem := src.Problem("text."+string(lang), key, args...)
	problem.Line += 1 + line
	problem.Column = 0
	return problem
}

func (l *Library) orderModels() {
	rank := func(m *Model) int {
		if at := slices.Index(modelOrder, m.ID); at >= 0 {
			return at
		}
		return len(modelOrder)
	}
	slices.SortStableFunc(l.Models, func(a, b *Model) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
}
