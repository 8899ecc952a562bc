// Package clause is the library of model clauses: loaded from YAML, checked, selected for a framing.
package clause

import (
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

// Level is from which tier on a clause is recommended.
type Level string

// The levels: baseline for every service, reinforced from tier 2, critical at tier 1.
const (
	Socle    Level = "socle"
	Renforce Level = "renforce"
	Critique Level = "critique"
)

// Choices lists what a file may say.
func (Level) Choices() []string {
	return []string{string(Socle), string(Renforce), string(Critique)}
}

// Tier is the least demanding tier at which a clause of this level is recommended.
func (l Level) Tier() framing.Tier {
	switch l {
	case Critique:
		return framing.Critical
	case Renforce:
		return framing.Reinforced
	}
	return framing.Baseline
}

// Vector is one of the six doors through which most breaches come; empty when the clause guards none in particular.
type Vector string

// Choices lists the six doors: missing patches, default configuration, weak passwords, insecure development,
// unprotected backups, the human factor.
func (Vector) Choices() []string {
	return []string{"correctifs", "configuration", "mots-de-passe", "developpement", "sauvegardes", "humain"}
}

// Clause is a model clause. Its texts are the Markdown subset of content.Markdown.
type Clause struct {
	ID         string       `yaml:"id,required" json:"id"`
	Family     string       `yaml:"-" json:"family"`
	Version    int          `yaml:"version,required" json:"version"`
	Draft      bool         `yaml:"draft" json:"draft"` // not written yet: shown, never recommended nor printed
	Level      Level        `yaml:"level,required" json:"level"`
	Applies    []string     `yaml:"applies,required" json:"applies"` // alternatives, see framing.Matches
	Vector     Vector       `yaml:"vector" json:"vector"`
	References []string     `yaml:"references" json:"references"`
	CSS        []string     `yaml:"css" json:"css"` // items of the Clausier Sécurité Santé
	Title      content.Text `yaml:"title,required" json:"title"`
	Summary    content.Text `yaml:"summary" json:"summary"`   // one line, for the person who picks
	Text       content.Text `yaml:"text" json:"text"`         // the obligation itself
	Evidence   content.Text `yaml:"evidence" json:"evidence"` // the proof that the supplier gives
	Fallback   content.Text `yaml:"fallback" json:"fallback"` // what may be accepted in a negotiation
	Note       content.Text `yaml:"note" json:"note"`         // for the buyer, never printed
	Variables  []string     `yaml:"variables" json:"variables"`

	blocks map[locale.Language][]content.Block
}

// Blocks gives the text parsed, in a language; empty for a draft.
func (c *Clause) Blocks(l locale.Language) []content.Block { return c.blocks[l] }

// Family groups the clauses of one subject; it is a chapter of the annex.
type Family struct {
	ID      string
	Title   content.Text
	Clauses []*Clause
}

// Reference is a law, standard or guide that a clause draws on.
type Reference struct {
	ID     string       `yaml:"id,required" json:"id"`
	Cite   content.Text `yaml:"cite,required" json:"cite"`   // as printed in an article
	Title  content.Text `yaml:"title,required" json:"title"` // what it is about
	Issuer content.Text `yaml:"issuer,required" json:"issuer"`
	Date   content.Date `yaml:"date" json:"date"`
	URL    string       `yaml:"url" json:"url"`
	Scope  content.Text `yaml:"scope,required" json:"scope"` // whom it binds, in words
	Binds  []string     `yaml:"binds" json:"binds"`          // the same as rules: printed only where one matches
	Status string       `yaml:"status,required" json:"status"`
	Note   content.Text `yaml:"note" json:"note"`
}

// The states of a reference; a fourth is "from 2027-12-11".
const (
	InForce     = "in-force"
	ToVerify    = "to-verify"
	Inspiration = "inspiration"
)

// PrintedFor reports whether the reference is printed in the annex of a service: it binds it, and does not merely
// inspire.
func (r *Reference) PrintedFor(f framing.Framing) bool {
	if r.Status == Inspiration {
		return false
	}
	_, ok := f.FirstMatch(r.Binds)
	return ok
}

// Definition is a term of the annex with its meaning.
type Definition struct {
	Term content.Text `yaml:"term,required" json:"term"`
	Text content.Text `yaml:"text,required" json:"text"`
}

// Recommendation is what the library says of one clause for one framing.
type Recommendation struct {
	Clause      *Clause
	Called      bool   // one of its alternatives is true of the framing
	Recommended bool   // called, and its level is within the tier
	Rule        string // the alternative that is true, when called
}

// Reason is why a clause is recommended or not: the key of its words and their arguments.
func (r Recommendation) Reason() framing.Reason {
	switch {
	case r.Clause.Draft:
		return framing.Reason{Key: "clause.reason.draft"}
	case !r.Called:
		return framing.Reason{Key: "clause.reason.not-called"}
	case !r.Recommended:
		return framing.Reason{Key: "clause.reason.level." + string(r.Clause.Level)}
	case r.Rule == "*":
		return framing.Reason{Key: "clause.reason.every-service." + string(r.Clause.Level)}
	}
	return framing.Reason{Key: "clause.reason.rule." + r.Rule}
}

// Recommend tells of every clause, in library order, whether it is recommended for a framing and by which rule
// (domain reference §3): its `applies` matches and its level is within the tier. A draft never is.
func (l *Library) Recommend(f framing.Framing) []Recommendation {
	out := make([]Recommendation, 0, len(l.clauses))
	tier := f.Tier()
	for _, c := range l.clauses {
		rule, called := f.FirstMatch(c.Applies)
		out = append(out, Recommendation{
			Clause: c, Called: called, Rule: rule,
			Recommended: called && !c.Draft && tier <= c.Level.Tier(),
		})
	}
	return out
}
