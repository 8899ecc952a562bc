package annex

import (
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

// Document is a composed annex: everything that is printed, in one language. Word, HTML and JSON are three ways to write
// the same document.
type Document struct {
	Language  locale.Language
	Structure Party
	Supplier  Party
	Contract  Contract
	Framing   framing.Framing
	Rating    framing.Rating
	Reasons   []string // why this tier, in words

	Kicker      string // "Annexe au marché 2026-TIC-0147"
	Title       string
	Parties     []Row // the table of the cover
	Guide       []content.Block
	Definitions []Definition
	Chapters    []Chapter
	Figures     []Figure
	Texts       []CitedText

	Removed  []Removed // for the structure's own record, not printed in the annex
	Added    []string  // ids
	Adapted  []string  // ids of the clauses that the structure, or its region, words itself
	Changed  []Change  // values that differ from what the library proposes
	Warnings []Warning

	Version     string // of the clause library
	Edition     string // which texts exactly
	Fingerprint string // SHA-256 in hexadecimal

	hashed []region // what the fingerprint covers
}

// Row is a line of the table of the cover.
type Row struct{ Name, Text string }

// Definition is a term with its meaning.
type Definition struct{ Term, Text string }

// Chapter is a family of clauses.
type Chapter struct {
	Number   string // "6"
	Family   string
	Title    string
	Articles []Article
}

// Article is a clause as it is printed.
type Article struct {
	Number     string // "6.2"
	ID         string
	Version    int
	Title      string
	Blocks     []content.Block // values filled in, each still naming its variable
	Text       string          // the same as plain text
	Values     []Value
	Evidence   string
	References []*clause.Reference // those that bind the service
	Cited      string              // the references as they are printed
}

// Value is a value of an article.
type Value struct {
	Variable *clause.Variable
	Value    string // in its one form, "99.9"; empty when left to be filled in
	Printed  string // "99,9 %"
	Outside  bool   // of the recommended bounds
}

// Figure is a line of the table of figures.
type Figure struct{ Article, Label, Value, Clause string }

// CitedText is a line of the table of texts.
type CitedText struct {
	Reference *clause.Reference
	Cite      string
	Title     string
	Issuer    string
	Status    string
	Articles  []string // numbers
}

// Removed is a recommended clause that was dropped.
type Removed struct{ ID, Title, Reason string }

// Change is a value that differs from what the library proposes at this tier.
type Change struct {
	Label    string
	Proposed string
	Chosen   string
	Outside  bool
	Bounds   string // in words
}

// Warning is something allowed that the buyer should know of.
type Warning struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// ArticleCount counts the articles.
func (d *Document) ArticleCount() int {
	count := 0
	for _, c := range d.Chapters {
		count += len(c.Articles)
	}
	return count
}

// ClauseIDs lists the clauses of the annex, in its order.
func (d *Document) ClauseIDs() []string {
	var ids []string
	for _, chapter := range d.Chapters {
		for _, article := range chapter.Articles {
			ids = append(ids, article.ID)
		}
	}
	return ids
}

// Article finds the article of a clause.
func (d *Document) Article(clauseID string) (Article, bool) {
	for _, c := range d.Chapters {
		for _, a := range c.Articles {
			if a.ID == clauseID {
				return a, true
			}
		}
	}
	return Article{}, false
}

// ShortFingerprint is the fingerprint as footers show it: its first sixteen digits by fours.
func (d *Document) ShortFingerprint() string {
	f := d.Fingerprint
	return f[0:4] + " " + f[4:8] + " " + f[8:12] + " " + f[12:16]
}
