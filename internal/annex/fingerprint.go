package annex

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/word"
)

// The regions of the document that the fingerprint covers, as bookmarks: the parties, each chapter's heading, each
// article, and the line that closes the articles, so that nothing can be added after the last one.
const (
	partiesBookmark  = "GARANT_PARTIES"
	endBookmark      = "GARANT_END"
	chapterPrefix    = "GARANT_CHAPTER_"
	articlePrefix    = "GARANT_ARTICLE_"
	propertyPrefix   = "Garant."
	propertyWhole    = "Garant.Fingerprint"
	propertyVersion  = "Garant.Version"
	propertyEdition  = "Garant.Edition"
	propertyLanguage = "Garant.Language"
	propertyAdapted  = "Garant.Adapted" // ids of the clauses that are no models, where there are some
)

func chapterBookmark(family string) string { return chapterPrefix + family }

func articleBookmark(id string) string { return articlePrefix + strings.ReplaceAll(id, "-", "_") }

// region is a stretch of the document that is hashed on its own, so that a change can be named.
type region struct {
	bookmark string
	lines    []string
}

func (r region) hash() string {
	sum := sha256.Sum256([]byte(strings.Join(r.lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// regions gives the canonical text of the parties and articles, in the order of the document.
func (d *Document) regions(p locale.Printer) []region {
	var out []region
	for _, block := range append(d.partiesBlocks(p), d.articleBlocks(p)...) {
		if marked, ok := block.(word.Marked); ok {
			out = append(out, region{marked.Bookmark, word.Canonical(marked.Blocks)})
		}
	}
	return out
}

// whole is the fingerprint: SHA-256 over the canonical text of all regions, in order, each under its name.
func whole(regions []region) string {
	h := sha256.New()
	for _, r := range regions {
		fmt.Fprintf(h, "%s\n%s\n\n", r.bookmark, strings.Join(r.lines, "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// properties keep the fingerprint in the document: whole, and of each region.
func (d *Document) properties() []word.Property {
	properties := []word.Property{
		{Name: propertyWhole, Value: d.Fingerprint}, {Name: propertyVersion, Value: d.Version},
		{Name: propertyEdition, Value: d.Edition}, {Name: propertyLanguage, Value: string(d.Language)},
	}
	if len(d.Adapted) > 0 {
		properties = append(properties, word.Property{Name: propertyAdapted, Value: strings.Join(d.Adapted, ", ")})
	}
	for _, r := range d.hashed {
		properties = append(properties, word.Property{Name: propertyPrefix + r.bookmark, Value: r.hash()})
	}
	return properties
}

// Verdict is what verification found.
type Verdict struct {
	Fingerprint string // recomputed from the text
	Expected    string // the one that the document carries
	Adapted     string // ids of the clauses that the document says to be the structure's own wording
	Changes     []Difference
}

// Intact reports whether the text is the one that was handed over.
func (v Verdict) Intact() bool { return len(v.Changes) == 0 && v.Fingerprint == v.Expected }

// Difference is one place where the text is no longer what it was.
type Difference struct {
	Kind  string // "changed", "missing", "added", "inserted" after the place, "moved"
	Place string // "PAT-02", "GARANT_PARTIES", a chapter's family
	Title string // the heading as it stands now, where there is one
}

// Verify recomputes the fingerprint of an annex from the document's own text, also after Word or LibreOffice saved it
// again. It returns fault.Invalid when the file is no Word document, or carries no fingerprint of Garant.
func Verify(data []byte) (Verdict, error) {
	extract, err := word.Read(data)
	if err != nil {
		return Verdict{}, err
	}
	expected := map[string]string{}
	var order []string
	verdict := Verdict{}
	for _, property := range extract.Properties {
		name, ours := strings.CutPrefix(property.Name, propertyPrefix)
		switch {
		case property.Name == propertyWhole:
			verdict.Expected = property.Value
		case property.Name == propertyAdapted:
			verdict.Adapted = property.Value
		case ours && strings.HasPrefix(name, "GARANT_"):
			expected[name] = property.Value
			order = append(order, name)
		}
	}
	if verdict.Expected == "" || len(order) == 0 {
		return Verdict{}, fault.NewInvalid("verify.no-fingerprint")
	}
	found := readRegions(extract)
	verdict.Fingerprint = whole(found)
	verdict.Changes = compare(order, expected, found, extract.Between)
	if len(verdict.Changes) == 0 && verdict.Fingerprint != verdict.Expected {
		verdict.Changes = []Difference{{Kind: "moved"}}
	}
	return verdict, nil
}

func readRegions(extract word.Extract) []region {
	var found []region
	for _, r := range extract.Regions {
		if strings.HasPrefix(r.Bookmark, "GARANT_") {
			found = append(found, region{r.Bookmark, r.Text})
		}
	}
	return found
}

func compare(order []string, expected map[string]string, found []region, between []word.Between) []Difference {
	var changes []Difference
	present := map[string]region{}
	for _, r := range found {
		present[r.bookmark] = r
		if _, ok := expected[r.bookmark]; !ok {
			changes = append(changes, difference("added", r.bookmark, r.lines))
		}
	}
	for _, bookmark := range order {
		r, ok := present[bookmark]
		switch {
		case !ok:
			changes = append(changes, difference("missing", bookmark, nil))
		case r.hash() != expected[bookmark]:
			changes = append(changes, difference("changed", bookmark, r.lines))
		}
	}
	for _, b := range between {
		// What stands between the parties and the first chapter is contents and reading guide, which Word refreshes.
		if strings.HasPrefix(b.After, articlePrefix) || strings.HasPrefix(b.After, chapterPrefix) {
			changes = append(changes, difference("inserted", b.After, b.Text))
		}
	}
	return changes
}

func difference(kind, bookmark string, lines []string) Difference {
	d := Difference{Kind: kind, Place: bookmark}
	if id, ok := strings.CutPrefix(bookmark, articlePrefix); ok {
		d.Place = strings.ReplaceAll(id, "_", "-")
	} else if family, ok := strings.CutPrefix(bookmark, chapterPrefix); ok {
		d.Place = family
	}
	if len(lines) > 0 {
		d.Title = headline(lines[0])
	}
	return d
}

// headline is a line as a heading to show: short, without the marks of what is no text.
func headline(line string) string {
	line = strings.TrimSpace(strings.ReplaceAll(line, "\uFFFC", ""))
	if runes := []rune(line); len(runes) > maxTitle {
		return string(runes[:maxTitle-1]) + "…"
	}
	return line
}

const maxTitle = 200
