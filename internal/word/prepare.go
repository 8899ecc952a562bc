package word

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path"
	"sort"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
)

// Template is a template made ready: checked, its placeholders found, the styles and lists that our blocks need
// added. It does not change once made, so any number of renderings may share one.
type Template struct {
	places   []placeholder
	editable []byte // a small zip of the parts that hold placeholders, which each rendering loads anew
	parts    []templatePart
	styles   styleNames
	lists    lists
	width    int  // of the text, in twentieths of a point
	known    bool // one of the embedded templates: where its headings come can be computed
	plain    bool // the one without a cover
	custom   []customProperty

	outside      map[string]bool // the tokens that stand in headers, footers and notes
	fillsOutside bool

	stylesXML, settingsXML [][]byte // cut where the language stands
	types, documentRels    []byte
	nextDrawing            int
	nextBookmark           int
}

// role is what a rendering does with a part.
type role uint8

const (
	partCopied   role = iota // as it is, still deflated
	partFixed                // changed once for all
	partFilled               // from the editable zip
	partStyles               // in the document's language
	partSettings             // in the document's language
	partNumbering
	partCore
	partCustom
	partTypes
	partLinks
)

type templatePart struct {
	name    string
	role    role
	entry   *zip.File // of partCopied
	content []byte    // of partFixed
}

// Prepare makes a template ready. Render does it at each call for a structure's own template; who renders many
// documents from one keeps the Template.
func Prepare(data []byte) (*Template, error) {
	a, err := openArchive(data, "template")
	if err != nil {
		return nil, err
	}
	if err := a.checkContent(); err != nil {
		return nil, err
	}
	marked, err := a.markParts()
	if err != nil {
		return nil, err
	}
	if len(marked.wrong) > 0 {
		return nil, marked.wrong.fault()
	}
	t := &Template{places: marked.places, outside: marked.outside(), fillsOutside: len(marked.parts) > 1}
	if t.editable, err = editableZip(marked.parts, a.xml[documentRels]); err != nil {
		return nil, err
	}
	t.readGeometry(a.xml[documentPart])
	t.addParts(a, marked)
	return t, nil
}

type misuses []misuse

// fault gives the first misuse as an error.
func (m misuses) fault() error {
	return fault.NewInvalid("template."+m[0].key, "name", m[0].text)
}

// markedParts are the parts with placeholders in them, tokens in place.
type markedParts struct {
	places []placeholder
	parts  []markedPart // the document first
	wrong  misuses
	fields []byte
}

type markedPart struct {
	name    string
	content []byte
}

// outside gives the tokens that stand elsewhere than in the document.
func (m markedParts) outside() map[string]bool {
	found := make(map[string]bool)
	for _, p := range m.places {
		for _, part := range m.parts[1:] {
			found[p.token] = found[p.token] || bytes.Contains(part.content, []byte(p.token))
		}
	}
	return found
}

// markParts finds the placeholders of every part that Word prints: the document, headers, footers, notes.
func (a *archive) markParts() (markedParts, error) {
	var all markedParts
	document, ok := a.xml[documentPart]
	if !ok || a.xml[documentRels] == nil || a.xml[contentTypes] == nil || a.xml[rootRelations] == nil {
		return all, fault.NewInvalid("template.not-word")
	}
	switch start := document[:min(len(document), 8<<10)]; {
	case bytes.Contains(start, []byte(`"http://purl.oclc.org/ooxml/wordprocessingml/main"`)):
		return all, fault.NewInvalid("template.strict")
	case !bytes.Contains(start, []byte(`xmlns:w="`+mainNamespace+`"`)):
		return all, fault.NewInvalid("template.not-word")
	}
	names := []string{documentPart}
	for _, entry := range a.entries {
		base := path.Base(entry.Name)
		if path.Dir(entry.Name) != "word" || !isXML(base) {
			continue
		}
		for _, prefix := range []string{"header", "footer", "footnotes", "endnotes"} {
			if strings.HasPrefix(base, prefix) {
				names = append(names, entry.Name)
				break
			}
		}
	}
	sort.Strings(names[1:])
	known, found := make(map[string]string), 0
	for _, name := range names {
		m := marking{part: a.xml[name], body: name == documentPart, known: known, first: len(all.places), found: found}
		if bytes.ContainsRune(m.part, sentinel) {
			return all, fault.NewInvalid("template.damaged", "part", name)
		}
		content, err := m.mark()
		if err != nil {
			return all, partFault(name, err)
		}
		found = m.found
		all.places = append(all.places, m.places...)
		all.wrong = append(all.wrong, m.wrong...)
		all.fields = append(all.fields, m.fields...)
		if len(m.edits) > 0 || name == documentPart {
			all.parts = append(all.parts, markedPart{name, content})
		}
	}
	seen := make(map[string]bool)
	for _, p := range all.places {
		if isSection(p.name) && seen[p.name] {
			all.wrong = append(all.wrong, misuse{"section-twice", braced([]string{shown(p.name)})})
		}
		seen[p.name] = true
	}
	return all, nil
}

func partFault(name string, err error) error {
	switch err {
	case errDoctype:
		return fault.NewInvalid("template.dtd", "part", shown(name))
	case errRenamed:
		return fault.NewInvalid("template.renamed", "part", shown(name))
	case errPlaceholders:
		return fault.NewInvalid("template.too-many-placeholders", "limit", maxPlaceholders)
	}
	return fault.NewInvalid("template.damaged", "part", shown(name)).Because(err)
}

// outsideFolder holds, in the editable zip, the parts that are not the document.
const outsideFolder = "header/"

// editableZip packs the parts to fill, not deflated, the way nguyenthenguyen/docx wants them: it fills the
// document and whatever has "header" or "footer" in its name, so all else goes under such a name.
func editableZip(parts []markedPart, rels []byte) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	write := func(name string, content []byte) error {
		file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = file.Write(content)
		}
		return err
	}
	err := write(documentRels, rels)
	for _, part := range parts {
		name := part.name
		if name != documentPart {
			name = outsideFolder + name
		}
		if err == nil {
			err = write(name, part.content)
		}
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("pack the parts to fill: %w", err)
	}
	return out.Bytes(), nil
}

// readGeometry reads the width of the text from the last section, and the ids already in use.
func (t *Template) readGeometry(document []byte) {
	page, left, right := 11906, 1247, 1247
	s := newScanner(document)
	for s.next() {
		switch {
		case s.is("w:pgSz"):
			page = measure(s, "w:w", page)
		case s.is("w:pgMar"):
			left, right = measure(s, "w:left", left), measure(s, "w:right", right)
		case s.is("w:bookmarkStart"):
			t.nextBookmark = max(t.nextBookmark, measure(s, "w:id", 0)+1)
		case s.is("wp:docPr"):
			t.nextDrawing = max(t.nextDrawing, measure(s, "id", 0)+1)
		}
	}
	t.nextDrawing = max(t.nextDrawing, 1)
	if t.width = page - left - right; t.width < 1000 || t.width > 40000 {
		t.width = 9412
	}
}

func measure(s *scanner, attribute string, otherwise int) int {
	value, given := s.attr(attribute)
	if n := number(value); given && n > 0 {
		return n
	}
	return otherwise
}
