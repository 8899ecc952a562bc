package word

import (
	"archive/zip"
	"bytes"
	"embed"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"time"
)

// The parts of the template that comes with the product, as one reads and edits them.
//
//go:embed all:template
var embedded embed.FS

// templateParts is the order of the parts in the file: the list of types first, as readers expect.
var templateParts = []string{
	contentTypes, rootRelations, documentPart, documentRels,
	"word/styles.xml", "word/numbering.xml", "word/settings.xml", "word/fontTable.xml",
	"word/header1.xml", "word/header2.xml", "word/footer1.xml", "word/footer2.xml",
	"docProps/core.xml", "docProps/app.xml", "docProps/custom.xml",
}

// plainPart is the document part of PlainTemplate.
const plainPart = "word/plain.xml"

// epoch is the date of every part: a document says nothing of when it was made, so that the same input gives
// the same bytes.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// DefaultTemplate gives the template of an annex that comes with the product as a .docx, for a structure to make
// its own from: a cover, then the sections. language is that of Document.Language; empty: French.
func DefaultTemplate(language string) []byte { return embeddedTemplate(languageOr(language), nil) }

// PlainTemplate gives a template in the same style for other documents: no cover, the section {{body}}, the values
// {{page.left}} and {{page.right}} at the head of each page and {{page.footer}} at its foot.
func PlainTemplate(language string) []byte {
	return embeddedTemplate(languageOr(language), map[string]string{
		documentPart: plainPart, "word/header1.xml": "word/plain-header.xml", "word/footer1.xml": "word/plain-footer.xml", "word/footer2.xml": "word/plain-footer.xml",
	})
}

// FormTemplate gives a template in the same style for documents to fill in: that of PlainTemplate with nothing at the head of
// the first page, which has a title of its own.
func FormTemplate(language string) []byte {
	return embeddedTemplate(languageOr(language), map[string]string{
		documentPart: "word/form.xml", "word/header1.xml": "word/plain-header.xml", "word/footer1.xml": "word/plain-footer.xml", "word/footer2.xml": "word/plain-footer.xml",
	})
}

// FlyerTemplate gives a template for a flyer: the section {{body}} on two sides with narrow margins, nothing at their head, the
// value {{page.footer}} at their foot, and the styles of a flyer.
func FlyerTemplate(language string) []byte {
	return embeddedTemplate(languageOr(language), map[string]string{
		documentPart: "word/flyer.xml", "word/header1.xml": "word/header2.xml", "word/footer1.xml": "word/flyer-footer.xml", "word/footer2.xml": "word/flyer-footer.xml",
	}, "word/flyer-styles.xml")
}

// embeddedTemplate packs the embedded parts, some replaced by others, with the styles of other files beside its own.
func embeddedTemplate(language string, instead map[string]string, styles ...string) []byte {
	var out bytes.Buffer
	archive := newArchive(&out)
	for _, name := range templateParts {
		source := name
		if other, ok := instead[name]; ok {
			source = other
		}
		part := embeddedPart(source)
		if name == "word/styles.xml" {
			for _, more := range styles {
				part = insertBeforeEnd(part, innerXML(embeddedPart(more)))
			}
		}
		switch name {
		case "word/styles.xml", "word/settings.xml":
			part = bytes.Join(splitLanguage(part), []byte(language))
		case "docProps/core.xml":
			part = coreProperties(Document{Language: language, Creator: "Garant"})
		}
		// Writing to memory fails on nothing but our own mistakes, which the tests of this package would show.
		if err := writePart(archive, name, part); err != nil {
			panic(fmt.Sprintf("word: embedded template: %s: %v", name, err))
		}
	}
	if err := archive.Close(); err != nil {
		panic(fmt.Sprintf("word: embedded template: %v", err))
	}
	return out.Bytes()
}

// ready is an embedded template, made ready once: its bytes in each language that Garant writes, to know it again.
type ready struct {
	template *Template
	bytes    [][]byte
}

func makeReady(pack func(language string) []byte) func() (ready, error) {
	return sync.OnceValues(func() (ready, error) {
		r := ready{bytes: [][]byte{pack("fr-FR"), pack("en-GB")}}
		var err error
		r.template, err = Prepare(r.bytes[0])
		return r, err
	})
}

var readyDefault, readyPlain, readyForm, readyFlyer = makeReady(DefaultTemplate), makeReady(PlainTemplate), makeReady(FormTemplate), makeReady(FlyerTemplate)

// prepared gives a template ready to fill: the embedded ones are made ready once, a structure's own at each call.
func prepared(data []byte) (*Template, error) {
	for _, embedded := range []func() (ready, error){readyDefault, readyPlain, readyForm, readyFlyer} {
		r, err := embedded()
		if err != nil {
			return nil, err
		}
		if data == nil {
			return r.template, nil
		}
		for _, known := range r.bytes {
			if bytes.Equal(known, data) {
				return r.template, nil
			}
		}
	}
	return Prepare(data)
}

func languageOr(language string) string {
	if language == "" {
		return "fr-FR"
	}
	return strings.Map(func(r rune) rune {
		if r < 0x80 && nameByte(byte(r)) && r != ':' {
			return r
		}
		return -1
	}, language)
}

func embeddedPart(name string) []byte {
	part, err := embedded.ReadFile("template/" + name)
	if err != nil {
		panic("word: embedded template: " + err.Error())
	}
	return compact(part)
}

// innerXML is what a part holds within its root.
func innerXML(part []byte) string {
	s := newScanner(part)
	from, to := 0, 0
	for s.next() {
		if s.depth == 1 && s.kind == startTag && from == 0 {
			from = s.end
		}
		if s.kind == endTag {
			to = s.start
		}
	}
	return string(part[from:to])
}

// compact drops the white space between elements, which is there for the reader of the source.
func compact(part []byte) []byte {
	out := make([]byte, 0, len(part))
	s := newScanner(part)
	for s.next() {
		if s.kind == charData && s.inside() != "w:t" && s.inside() != "w:instrText" && len(bytes.TrimSpace(part[s.start:s.end])) == 0 {
			continue
		}
		out = append(out, part[s.start:s.end]...)
	}
	return out
}

// deflateLevel is that of archive/zip: the fastest one would save a millisecond an annex and cost a third more bytes in
// every mail and archive.
const deflateLevel = 4

// newArchive begins a zip whose parts are deflated by a library that needs less than half the time of the standard one.
func newArchive(out io.Writer) *zip.Writer {
	archive := zip.NewWriter(out)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		c := compressors.Get().(*compressor)
		c.Reset(w)
		return c, nil
	})
	return archive
}

// compressors are kept from one rendering to the next.
var compressors = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, deflateLevel)
	if err != nil {
		panic("word: deflate level: " + err.Error())
	}
	return &compressor{w}
}}

type compressor struct{ *flate.Writer }

// Close ends a part and gives the compressor back.
func (c *compressor) Close() error {
	err := c.Writer.Close()
	compressors.Put(c)
	return err
}

// writePart deflates a part.
func writePart(archive *zip.Writer, name string, content []byte) error {
	part, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: epoch})
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	return err
}

// splitLanguage cuts styles or settings where the language of the text stands, so that joining the pieces with
// a language gives the part in that language.
func splitLanguage(part []byte) [][]byte {
	var pieces [][]byte
	at := 0
	s := newScanner(part)
	for s.next() {
		if !s.is("w:lang") && !s.is("w:themeFontLang") {
			continue
		}
		tag := part[s.start:s.end]
		value := bytes.Index(tag, []byte(`w:val="`))
		if value < 0 {
			continue
		}
		value += s.start + len(`w:val="`)
		pieces = append(pieces, part[at:value])
		at = value + bytes.IndexByte(part[value:], '"')
	}
	return append(pieces, part[at:])
}
