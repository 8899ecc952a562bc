package word

import (
	"bytes"
	"path"

	"github.com/garant-sante/garant/internal/fault"
)

// Extract is what Read finds in a document.
type Extract struct {
	Properties []Property // custom properties, in the order of the file, which LibreOffice sorts by name
	Regions    []Region   // the bookmarked regions, in the order of the document
	Between    []Between  // text between the first and the last region that belongs to none
}

// Region is the text of one bookmarked region.
type Region struct {
	Bookmark string
	Text     []string // its paragraphs, normalised as Canonical does
}

// Between is text that stands after a region and before the next one, contents included.
type Between struct {
	After string // the bookmark of the region before
	Text  []string
}

// Read reads a .docx back, also after Word or LibreOffice saved it: the paragraphs of each bookmarked region, what
// stands between regions, the custom properties. Bookmarks whose name begins with an underscore are the programs' own
// and make no region.
//
// The text is the one that is printed: deletions under revision, struck and hidden text do not count. A picture, a note,
// a field, and text under a style that hides count as U+FFFC, since each can change what a text says; what is written
// twice, for programs old and new, counts twice where it differs. A file that is no sane Word document is a fault with
// a key document.*: too-big, old-format, not-zip, too-many-parts, unsafe-name, duplicate-part, bomb, damaged, not-word,
// renamed, alt-chunk, too-long.
func Read(data []byte) (Extract, error) {
	a, err := openArchive(data, "document")
	if err != nil {
		return Extract{}, err
	}
	root := relations(a.xml[rootRelations])
	main := targetOf(root, typePrefix+"officeDocument", "")
	document, ok := a.xml[main]
	if !ok || !bytes.Contains(document[:min(len(document), 8<<10)], []byte(`xmlns:w="`+mainNamespace+`"`)) {
		return Extract{}, fault.NewInvalid("document.not-word")
	}
	var r reader
	links := relations(a.xml[path.Join(path.Dir(main), "_rels", path.Base(main)+".rels")])
	if name := targetOf(links, typePrefix+"styles", path.Dir(main)); a.xml[name] != nil {
		if r.hiding, err = readHidingStyles(a.xml[name]); err != nil {
			return Extract{}, unreadable(name, err)
		}
	}
	if err := r.read(document); err != nil {
		return Extract{}, unreadable(main, err)
	}
	var extract Extract
	if extract.Regions, extract.Between, err = r.regions(); err != nil {
		return Extract{}, unreadable(main, err)
	}
	if name := targetOf(root, typePrefix+"custom-properties", ""); a.xml[name] != nil {
		if err := checkXML(a.xml[name]); err != nil {
			return Extract{}, unreadable(name, err)
		}
		for _, p := range readCustomProperties(a.xml[name]) {
			extract.Properties = append(extract.Properties, Property{Name: p.name, Value: p.value})
		}
	}
	return extract, nil
}

func unreadable(part string, err error) error {
	switch err {
	case errRenamed:
		return fault.NewInvalid("document.renamed", "part", shown(part))
	case errAltChunk:
		return fault.NewInvalid("document.alt-chunk")
	case errTooLong:
		return fault.NewInvalid("document.too-long", "limit", maxText>>20)
	}
	return fault.NewInvalid("document.damaged", "part", shown(part)).Because(err)
}
