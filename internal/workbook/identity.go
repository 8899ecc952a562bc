package workbook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/sheet"
)

// Identity is what a workbook says of itself, in a sheet that nobody sees: what was asked, in which version, what the answers
// were changed by last. It is told by what it holds, not by its name.
type Identity struct {
	Campaign string // empty offline
	Language locale.Language
	Items    []Item
	Seal     string // of the digest, by whoever sent the workbook; empty offline
}

// Item is a question or an attestation in an identity.
type Item struct {
	ID       string
	Version  int   // of the question; 0 for an attestation
	Revision int64 // of the answer that the workbook was written with; 0 for none
}

const (
	identityName    = "Garant.identity"
	identityMark    = "garant-questionnaire"
	identityVersion = "1"
	identityRows    = 6 // above its items
)

// Questionnaire names what was asked: the same questions in the same versions have the same name.
func (i Identity) Questionnaire() string {
	hash := sha256.New()
	for _, item := range i.Items {
		fmt.Fprintf(hash, "%s %d\n", item.ID, item.Version)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

// Digest is the SHA-256 of all that the identity says but its seal, in hexadecimal.
func (i Identity) Digest() string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s %s\n%q\n%s\n", identityMark, identityVersion, i.Campaign, i.Language)
	for _, item := range i.Items {
		fmt.Fprintf(hash, "%s %d %d\n", item.ID, item.Version, item.Revision)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func (w *writing) identity() Identity {
	i := Identity{Campaign: w.Campaign, Language: w.p.Language()}
	for _, q := range w.Questionnaire.Questions {
		i.Items = append(i.Items, Item{q.ID, q.Version, w.Revisions[q.ID]})
	}
	for _, at := range w.Questionnaire.Attestations {
		i.Items = append(i.Items, Item{at.ID, 0, w.Revisions[at.ID]})
	}
	if w.Seal != nil {
		i.Seal = w.Seal(i.Digest())
	}
	return i
}

func identitySheet(i Identity) sheet.Sheet {
	s := sheet.Sheet{Name: identityName, Page: true, Hidden: true, Protected: true, Columns: []sheet.Column{{Width: 24}, {Width: 70}, {Width: 12}}}
	add := func(texts ...string) {
		row := make([]sheet.Cell, len(texts))
		for n, text := range texts {
			row[n] = sheet.Text(text)
		}
		s.Rows = append(s.Rows, row)
	}
	add(identityMark, identityVersion)
	add("campaign", i.Campaign)
	add("language", string(i.Language))
	add("digest", i.Digest())
	add("seal", i.Seal)
	add("id", "version", "revision")
	for _, item := range i.Items {
		add(item.ID, strconv.Itoa(item.Version), strconv.FormatInt(item.Revision, 10))
	}
	return s
}

// readIdentity reads the identity from its sheet; the second value is false when the sheet holds none, and the third when what
// it says is not what was written.
func readIdentity(g sheet.Grid) (i Identity, found, intact bool) {
	if len(g.Rows) == 0 || g.Rows[0].At(1).Text != identityMark {
		return Identity{}, false, false
	}
	rows := make([][3]string, 0, len(g.Rows))
	for _, row := range g.Rows {
		rows = append(rows, [3]string{strings.TrimSpace(row.At(1).Text), strings.TrimSpace(row.At(2).Text), strings.TrimSpace(row.At(3).Text)})
	}
	digest := ""
	for n, row := range rows {
		switch row[0] {
		case identityMark, "id":
		case "campaign":
			i.Campaign = row[1]
		case "language":
			language, _ := locale.ParseLanguage(row[1])
			i.Language = language
		case "digest":
			digest = row[1]
		case "seal":
			i.Seal = row[1]
		default:
			if n < identityRows-1 {
				return Identity{}, true, false
			}
			version, err := strconv.Atoi(row[1])
			revision, err2 := strconv.ParseInt(row[2], 10, 64)
			if err != nil || err2 != nil {
				return Identity{}, true, false
			}
			i.Items = append(i.Items, Item{row[0], version, revision})
		}
	}
	if rows[0][1] != identityVersion || i.Digest() != digest {
		return Identity{}, true, false
	}
	return i, true, true
}
