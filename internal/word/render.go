package word

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/nguyenthenguyen/docx"
)

// Render gives the document as the bytes of a .docx: the template with its placeholders filled. No template:
// the embedded one. The same input gives the same bytes. A template that cannot be used is a fault with a key
// "template.*", as of CheckTemplate.
func Render(doc Document, template []byte) ([]byte, error) {
	t, err := prepared(template)
	if err != nil {
		return nil, err
	}
	return t.Render(doc)
}

// Render fills the template. It may be called from many goroutines at once.
func (t *Template) Render(doc Document) ([]byte, error) {
	if err := doc.check(); err != nil {
		return nil, err
	}
	if err := t.checkNames(doc); err != nil {
		return nil, err
	}
	picture, err := decodeLogo(doc.Logo)
	if err != nil {
		return nil, err
	}
	f := t.compose(doc, picture)
	parts, err := f.fill(t)
	if err != nil {
		return nil, fmt.Errorf("fill the template: %w", err)
	}
	return t.pack(doc, f, parts)
}

// checkNames refuses a template with a placeholder that the document has nothing for.
func (t *Template) checkNames(doc Document) error {
	allowed := doc.names()
	var unknown []string
	for _, p := range t.places {
		if !slices.Contains(allowed, p.name) && !slices.Contains(unknown, shown(p.name)) {
			unknown = append(unknown, shown(p.name))
		}
	}
	if len(unknown) > 0 {
		return unknownPlaceholders(unknown, allowed)
	}
	return nil
}

func unknownPlaceholders(unknown, allowed []string) error {
	return fault.NewInvalid("template.unknown-placeholder", "names", braced(unknown), "allowed", braced(allowed))
}

// braced lists names as they are written in a template.
func braced(names []string) string {
	var out strings.Builder
	for i, name := range names {
		if i > 0 {
			out.WriteString(", ")
		}
		out.WriteString("{{" + name + "}}")
	}
	return out.String()
}

// filling is what the tokens of a template are replaced by.
type filling struct {
	values   []replacement // in texts
	sections []replacement // whole paragraphs of the body
	numbers  []byte        // the numberings of ordered lists
	pictures []*picture
}

type replacement struct {
	token, text string
	markup      string
}

// compose writes the sections and the values.
func (t *Template) compose(doc Document, logo *picture) filling {
	var f filling
	if logo != nil {
		f.pictures = append(f.pictures, logo)
	}
	headings := t.outline(doc)
	if t.known && headings.levels > 0 {
		t.setPages(doc, headings, logo)
	}
	b := &builder{t: t, french: strings.HasPrefix(doc.Language, "fr"), bookmark: t.nextBookmark, next: t.lists.next, outline: headings}
	values := make(map[string]string, len(doc.Values))
	for _, value := range doc.Values {
		values[value.Name] = value.Text
	}
	seen := make(map[string]bool, len(t.places))
	for _, p := range t.places {
		switch {
		case p.name == logoName:
			f.sections = append(f.sections, replacement{token: p.token, markup: logo.paragraph(p, t)})
		case isSection(p.name):
			b.out = make([]byte, 0, 4<<10)
			b.section(p, doc.section(p.name))
			f.sections = append(f.sections, replacement{token: p.token, markup: string(b.out)})
		case !seen[p.token]:
			seen[p.token] = true
			f.values = append(f.values, valueOf(p, values[p.name]))
		}
	}
	f.numbers = b.numbers
	f.pictures = append(f.pictures, b.pictures...)
	return f
}

// section writes the blocks of a section in place of its paragraph.
func (b *builder) section(p placeholder, blocks []Block) {
	b.out = slices.Grow(b.out, weight(blocks))
	b.pageBreak = p.pageBreak && len(blocks) > 0
	b.blocks(blocks)
	b.flush()
	if p.sectPr != "" {
		b.out = append(append(append(b.out, `<w:p><w:pPr>`...), p.sectPr...), `</w:pPr></w:p>`...)
	}
}

// valueOf gives what replaces the token of a value: its text, and its markup inside a w:t.
func valueOf(p placeholder, text string) replacement {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	r := replacement{token: p.token}
	if strings.TrimSpace(text) == "" {
		return r
	}
	var clean []byte
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			clean = append(clean, lineBreak...)
		}
		clean = appendText(clean, oneLine(line))
	}
	r.text = unescape(clean)
	r.markup = strings.ReplaceAll(string(clean), lineBreak, breakInText)
	return r
}

const (
	// lineBreak stands for a line break of a value while nguyenthenguyen/docx fills headers and footers: it
	// would write a real one as an element inside w:t, which Word refuses. appendText drops it from user texts.
	lineBreak   = "\u2028"
	breakInText = `</w:t><w:br/><w:t xml:space="preserve">`
)

// fillSections replaces the tokens of sections and logos in one pass: a replacement of its own for each would copy the whole
// text, and a template may show its logo on every page.
func (f filling) fillSections(text string) []byte {
	markup, size := make(map[string]string, len(f.sections)), len(text)
	for _, section := range f.sections {
		markup[section.token] = section.markup
		size += len(section.markup)
	}
	out, mark := make([]byte, 0, size), string(sentinel)
	for {
		start := strings.Index(text, mark)
		if start < 0 {
			return append(out, text...)
		}
		out, text = append(out, text[:start]...), text[start:]
		end := strings.Index(text[len(mark):], mark)
		if end < 0 {
			return append(out, text...)
		}
		token := text[:end+2*len(mark)]
		if replaced, ok := markup[token]; ok {
			out, text = append(out, replaced...), text[len(token):]
		} else { // no token begins here
			out, text = append(out, mark...), text[len(mark):]
		}
	}
}

// fill replaces the tokens in the parts that have some. The library shares its maps of headers between the
// documents it makes from one loaded file, so the file is loaded anew each time. Tokens cannot come from a
// user's text, so each is replaced once and nothing that was put in is looked at again.
func (f filling) fill(t *Template) (map[string][]byte, error) {
	loaded, err := docx.ReadDocxFromMemory(bytes.NewReader(t.editable), int64(len(t.editable)))
	if err != nil {
		return nil, err
	}
	editor := loaded.Editable()
	for _, value := range f.values {
		editor.ReplaceRaw(value.token, value.markup, -1)
	}
	parts := map[string][]byte{documentPart: f.fillSections(editor.GetContent())}
	if !t.fillsOutside {
		return parts, nil
	}
	for _, value := range f.values {
		if !t.outside[value.token] {
			continue
		}
		if err := editor.ReplaceHeader(value.token, value.text); err != nil {
			return nil, err
		}
	}
	editor.SetContent("")
	var out bytes.Buffer
	if err := editor.Write(&out); err != nil {
		return nil, err
	}
	return parts, takeParts(out.Bytes(), parts)
}

// takeParts reads the filled headers, footers and notes from what the library wrote.
func takeParts(data []byte, parts map[string][]byte) error {
	written, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, file := range written.File {
		name, found := strings.CutPrefix(file.Name, outsideFolder)
		if !found {
			continue
		}
		in, err := file.Open()
		if err != nil {
			return err
		}
		content, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		parts[name] = bytes.ReplaceAll(content, []byte(lineBreak), []byte(breakInText))
	}
	return nil
}

// pack writes the file: the parts of the template in their order, then those added.
func (t *Template) pack(doc Document, f filling, parts map[string][]byte) ([]byte, error) {
	language := []byte(languageOr(doc.Language))
	types, links := t.types, t.documentRels
	for _, picture := range f.pictures {
		types = addDefault(types, picture.extension, picture.contentType)
		links = insertBeforeEnd(links, picture.relationship())
	}
	var out bytes.Buffer
	out.Grow(64 << 10)
	archive := newArchive(&out)
	for _, part := range t.parts {
		var err error
		switch part.role {
		case partCopied:
			err = copyPart(archive, part.entry)
		case partFixed:
			err = writePart(archive, part.name, part.content)
		case partFilled:
			err = writePart(archive, part.name, parts[part.name])
		case partStyles:
			err = writePart(archive, part.name, bytes.Join(t.stylesXML, language))
		case partSettings:
			err = writePart(archive, part.name, bytes.Join(t.settingsXML, language))
		case partNumbering:
			err = writePart(archive, part.name, slices.Concat(t.lists.before, f.numbers, t.lists.after))
		case partCore:
			err = writePart(archive, part.name, coreProperties(doc))
		case partCustom:
			err = writePart(archive, part.name, customProperties(doc, t.custom))
		case partTypes:
			err = writePart(archive, part.name, types)
		case partLinks:
			err = writePart(archive, part.name, links)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	for _, picture := range f.pictures {
		if err := picture.write(archive); err != nil {
			return nil, fmt.Errorf("write a picture: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("close the document: %w", err)
	}
	return out.Bytes(), nil
}

// copyPart copies a part as it is deflated in the template.
func copyPart(archive *zip.Writer, entry *zip.File) error {
	in, err := entry.OpenRaw()
	if err != nil {
		return err
	}
	header := zip.FileHeader{
		Name: entry.Name, Method: entry.Method, CRC32: entry.CRC32, CompressedSize64: entry.CompressedSize64, UncompressedSize64: entry.UncompressedSize64,
	}
	//lint:ignore SA1019 CreateRaw writes this field and looks at no other date
	header.ModifiedDate = 1<<5 | 1 // 1 January 1980, as epoch
	out, err := archive.CreateRaw(&header)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}
