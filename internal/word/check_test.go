package word

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/fault"
)

var allowedNames = []string{
	"parties", "contents", "guide", "articles", "figures", "texts", "signatures", "structure.name", "structure.details",
	"annex.kicker", "annex.title", "annex.running", "annex.footer", "contract.title",
}

// replaced gives the default template with a text of one part replaced.
func replaced(t testing.TB, part, old, with string) []byte {
	t.Helper()
	return rewrite(t, DefaultTemplate(""), func(name, content string) (string, string) {
		if name == part {
			if !strings.Contains(content, old) {
				t.Fatalf("%s holds no %q", part, old)
			}
			content = strings.Replace(content, old, with, 1)
		}
		return name, content
	})
}

// added gives the default template with one more part.
func added(t testing.TB, name, content string) []byte {
	t.Helper()
	var parts []part
	rewrite(t, DefaultTemplate(""), func(name, content string) (string, string) {
		parts = append(parts, part{name, content})
		return name, content
	})
	return pack(t, append(parts, part{name, content})...)
}

// linked gives the default template with one more relationship of the document.
func linked(t testing.TB, kind, target, mode string) []byte {
	t.Helper()
	return replaced(t, documentRels, "</Relationships>", `<Relationship Id="rId99" Type="`+kind+`" Target="`+target+`" TargetMode="`+mode+`"/></Relationships>`)
}

// withBody gives the default template with markup before its first paragraph.
func withBody(t testing.TB, markup string) []byte {
	t.Helper()
	return replaced(t, documentPart, "<w:body>", "<w:body>"+markup)
}

func paragraphOf(texts ...string) string {
	var runs strings.Builder
	for _, text := range texts {
		runs.WriteString(`<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>`)
	}
	return `<w:p>` + runs.String() + `</w:p>`
}

// lying gives a zip whose only part says that it inflates to nothing.
func lying(t testing.TB, size int) []byte {
	t.Helper()
	data := added(t, "word/media/image1.png", strings.Repeat("a", size))
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	if reader.File[len(reader.File)-1].Name != "word/media/image1.png" || at < 0 {
		t.Fatal("the last part is not the last in the directory")
	}
	binary.LittleEndian.PutUint32(data[at+24:], 10)
	return data
}

// raw gives a zip made by hand, for what archive/zip would not write.
func raw(names []string, content string) []byte {
	var out, directory bytes.Buffer
	le := binary.LittleEndian
	for _, name := range names {
		offset := out.Len()
		header := make([]byte, 30)
		le.PutUint32(header, 0x04034b50)
		le.PutUint16(header[4:], 20)
		le.PutUint32(header[14:], crc32.ChecksumIEEE([]byte(content)))
		le.PutUint32(header[18:], uint32(len(content)))
		le.PutUint32(header[22:], uint32(len(content)))
		le.PutUint16(header[26:], uint16(len(name)))
		out.Write(header)
		out.WriteString(name + content)
		entry := make([]byte, 46)
		le.PutUint32(entry, 0x02014b50)
		copy(entry[6:], header[4:30])
		le.PutUint32(entry[42:], uint32(offset))
		directory.Write(entry)
		directory.WriteString(name)
	}
	end := make([]byte, 22)
	le.PutUint32(end, 0x06054b50)
	le.PutUint16(end[8:], uint16(len(names)))
	le.PutUint16(end[10:], uint16(len(names)))
	le.PutUint32(end[12:], uint32(directory.Len()))
	le.PutUint32(end[16:], uint32(out.Len()))
	out.Write(directory.Bytes())
	out.Write(end)
	return out.Bytes()
}

func manyNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("word/media/%d.png", i)
	}
	return names
}

func hostile(t testing.TB) map[string]struct {
	data []byte
	want *fault.Error
} {
	t.Helper()
	type row = struct {
		data []byte
		want *fault.Error
	}
	invalid := fault.NewInvalid
	allowed := braced(allowedNames)
	return map[string]row{
		"nothing":                  {nil, invalid("template.not-zip")},
		"a text":                   {[]byte("Bonjour"), invalid("template.not-zip")},
		"a zip cut short":          {DefaultTemplate("")[:4000], invalid("template.not-zip")},
		"an old .doc":              {append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 2000)...), invalid("template.old-format")},
		"11 MiB":                   {make([]byte, 11<<20), fault.NewTooLarge("template.too-big", "limit", 10)},
		"a zip of something else":  {pack(t, part{"mimetype", "application/vnd.oasis.opendocument.text"}), invalid("template.not-word")},
		"a workbook":               {replaced(t, contentTypes, "wordprocessingml.document.main", "spreadsheetml.sheet.main"), invalid("template.not-word")},
		"a bomb":                   {added(t, "word/media/image1.png", strings.Repeat("a", 30<<20)), invalid("template.bomb", "part", "word/media/image1.png", "limit", 48)},
		"a bomb in XML":            {added(t, "word/theme.xml", "<a>"+strings.Repeat(" ", 13<<20)+"</a>"), invalid("template.bomb", "part", "word/theme.xml", "limit", 48)},
		"a bomb that lies":         {lying(t, 30<<20), invalid("template.damaged", "part", "word/media/image1.png")},
		"2000 parts":               {raw(manyNames(2000), "x"), invalid("template.too-many-parts", "limit", 1000)},
		"60000 parts":              {raw(manyNames(60000), "x"), invalid("template.too-many-parts", "limit", 1000)},
		"a name above":             {added(t, "../../etc/passwd", "x"), invalid("template.unsafe-name", "name", "../../etc/passwd")},
		"an absolute name":         {raw([]string{"/etc/passwd"}, "x"), invalid("template.unsafe-name", "name", "/etc/passwd")},
		"a name with a backslash":  {raw([]string{`word\evil.xml`}, "x"), invalid("template.unsafe-name", "name", `word\evil.xml`)},
		"a name of a drive":        {raw([]string{`C:evil.xml`}, "x"), invalid("template.unsafe-name", "name", `C:evil.xml`)},
		"a part twice":             {added(t, "word/Document.xml", "<a/>"), invalid("template.duplicate-part", "name", "word/Document.xml")},
		"a wrong checksum":         {bytes.Replace(raw([]string{contentTypes}, "<Types/>"), []byte("<Types/>"), []byte("<Tipes/>"), 1), invalid("template.damaged", "part", contentTypes)},
		"broken XML":               {replaced(t, documentPart, "</w:body>", "</w:bodi>"), invalid("template.damaged", "part", documentPart)},
		"deep XML":                 {added(t, "word/theme.xml", strings.Repeat("<a>", 5000)+strings.Repeat("</a>", 5000)), invalid("template.damaged", "part", "word/theme.xml")},
		"an entity":                {replaced(t, documentPart, "{{annex.title}}", "&xxe;"), invalid("template.damaged", "part", documentPart)},
		"a document type":          {added(t, "word/theme.xml", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`), invalid("template.dtd", "part", "word/theme.xml")},
		"macros":                   {added(t, "word/vbaProject.bin", "x"), invalid("template.macros")},
		"a type with macros":       {replaced(t, contentTypes, wordTypePrefix+"document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml"), invalid("template.macros")},
		"an embedded sheet":        {added(t, "word/embeddings/oleObject1.bin", "x"), invalid("template.embedded", "part", "word/embeddings/oleObject1.bin")},
		"a control":                {added(t, "word/activeX/activeX1.xml", "<a/>"), invalid("template.embedded", "part", "word/activeX/activeX1.xml")},
		"an object":                {withBody(t, `<w:p><w:r><w:object/></w:r></w:p>`), invalid("template.embedded", "part", "w:object")},
		"another document":         {withBody(t, `<w:altChunk/>`), invalid("template.alt-chunk")},
		"a link to a document":     {linked(t, typePrefix+"aFChunk", "chunk.html", "Internal"), invalid("template.alt-chunk")},
		"a remote image":           {linked(t, typePrefix+"image", "https://tracker.example/a.png", "External"), invalid("template.external-link", "target", "https://tracker.example/a.png")},
		"a link to a file":         {linked(t, typePrefix+"hyperlink", "file:///c:/a.exe", "External"), invalid("template.external-link", "target", "file:///c:/a.exe")},
		"a remote template":        {linked(t, typePrefix+"attachedTemplate", "https://evil.example/a.dotm", "External"), invalid("template.linked-template", "target", "https://evil.example/a.dotm")},
		"a field that fetches":     {withBody(t, `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\cmd</w:instrText></w:r></w:p>`), invalid("template.active-field", "name", "DDEAUTO")},
		"a simple field":           {withBody(t, `<w:p><w:fldSimple w:instr=" INCLUDETEXT a.docx "/></w:p>`), invalid("template.active-field", "name", "INCLUDETEXT")},
		"strict":                   {replaced(t, documentPart, mainNamespace, "http://purl.oclc.org/ooxml/wordprocessingml/main"), invalid("template.strict")},
		"an unknown placeholder":   {withBody(t, paragraphOf("{{annex.", "titel}} {{prix}}")), invalid("template.section-not-alone", "name", "{{prix}}")},
		"unknown placeholders":     {withBody(t, paragraphOf("{{annex.", "titel}} {{Structure.Nom}}")), invalid("template.unknown-placeholder", "names", "{{annex.titel}}, {{structure.nom}}", "allowed", allowed)},
		"no articles":              {replaced(t, documentPart, "{{articles}}", "Articles"), invalid("template.missing-placeholder", "names", "{{articles}}")},
		"articles in a sentence":   {replaced(t, documentPart, "{{articles}}", "Voir {{articles}}"), invalid("template.section-not-alone", "name", "{{articles}}")},
		"articles in a header":     {replaced(t, "word/header1.xml", "{{annex.running}}", "{{articles}}"), invalid("template.section-not-alone", "name", "{{articles}}")},
		"articles twice":           {withBody(t, paragraphOf("{{articles}}")), invalid("template.section-twice", "name", "{{articles}}")},
		"a placeholder left open":  {withBody(t, paragraphOf("Titre : {{annex.title")), invalid("template.broken-placeholder", "name", "Titre : {{annex.title")},
		"another prefix":           {withBody(t, `<w:p><x:r xmlns:x="`+mainNamespace+`"><x:t>texte</x:t></x:r></w:p>`), invalid("template.renamed", "part", documentPart)},
		"text as CDATA":            {withBody(t, `<w:p><w:r><w:t><![CDATA[{{annex.title}}]]></w:t></w:r></w:p>`), invalid("template.damaged", "part", documentPart)},
		"a field as CDATA":         {withBody(t, `<w:p><w:r><w:instrText><![CDATA[DDEAUTO c:\cmd]]></w:instrText></w:r></w:p>`), invalid("template.damaged", "part", documentPart)},
		"90000 placeholders":       {stored(t, withBody(t, `<w:p>`+strings.Repeat(`<w:r><w:t>{{structure.name}}</w:t></w:r>`, 90000)+`</w:p>`)), invalid("template.too-many-placeholders", "limit", 2000)},
		"pictures everywhere":      {stored(t, withBody(t, strings.Repeat(paragraphOf("{{logo}}"), 3000))), invalid("template.too-many-placeholders", "limit", 2000)},
		"1900 among 100000 runs":   {stored(t, withBody(t, `<w:p>`+strings.Repeat(`<w:r><w:t>{{articles}}</w:t></w:r>`, 1900)+strings.Repeat(`<w:r><w:t> </w:t></w:r>`, 100000)+`</w:p>`)), invalid("template.section-not-alone", "name", "{{articles}}")},
		"a placeholder over lines": {withBody(t, `<w:p><w:r><w:t>{{annex.</w:t><w:br/><w:t>title}}</w:t></w:r></w:p>`), invalid("template.broken-placeholder", "name", "{{annex. title}}")},
	}
}

func TestCheckTemplateRefusesWhatIsHostileOrUnusableWithItsOwnFault(t *testing.T) {
	t.Parallel()
	for name, c := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := fault.As(CheckTemplate(c.data, allowedNames, []string{"parties", "articles"}))
			if !ok {
				t.Fatalf("no fault")
			}
			got.Err = nil // the cause is for logs
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("fault (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderRefusesAHostileTemplateToo(t *testing.T) {
	t.Parallel()
	cases := hostile(t)
	for _, name := range []string{"a bomb", "macros", "a remote image", "a document type", "a name above"} {
		want := cases[name].want.Key
		_, err := Render(sample(1), cases[name].data)
		if got, ok := fault.As(err); !ok || got.Key != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestCheckTemplateTakesOurOwnTemplateAndClickableLinks(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"French": DefaultTemplate("fr-FR"), "English": DefaultTemplate("en-GB"),
		"with a link":       linked(t, typePrefix+"hyperlink", "https://www.example.org/", "External"),
		"a Word template":   replaced(t, contentTypes, "document.main+xml", "template.main+xml"),
		"with a logo place": DefaultTemplate(""),
		"plain Word":        plainWordTemplate(t),
	} {
		if err := CheckTemplate(data, allowedNames, []string{"articles"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := CheckTemplate(PlainTemplate(""), []string{"body", "page.left", "page.right", "page.footer"}, []string{"body"}); err != nil {
		t.Errorf("plain: %v", err)
	}
}

// A hostile file costs no more than a large honest one: this runs alone, so that what it measures is its own.
func TestCheckTemplateIsQuickAndFrugalOnHostileFiles(t *testing.T) {
	for name, c := range hostile(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_ = CheckTemplate(c.data, allowedNames, nil)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 64<<20 || took > patience {
			t.Errorf("%s: %d MiB, %s", name, allocated>>20, took)
		}
	}
}

// Neither does what is accepted: every annex is made from it. This runs alone too.
func TestATemplateAtTheLimitRendersWithinASecond(t *testing.T) {
	doc := sample(3)
	doc.Logo = logo(t)
	for name, body := range map[string]string{
		"values in one paragraph": `<w:p>` + strings.Repeat(`<w:r><w:t>{{structure.name}}</w:t></w:r>`, 1900) + strings.Repeat(`<w:r><w:t>a</w:t></w:r>`, 100_000) + `</w:p>`,
		"a logo on every page":    strings.Repeat(paragraphOf("{{logo}}")+strings.Repeat(`<w:p/>`, 200), 1900),
	} {
		template := stored(t, withBody(t, body))
		start := time.Now()
		if err := CheckTemplate(template, allowedNames, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checked := time.Now()
		if _, err := Render(doc, template); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if check, rendering := checked.Sub(start), time.Since(checked); check > patience || rendering > patience {
			t.Errorf("%s: checked in %s, rendered in %s", name, check, rendering)
		}
	}
}

func FuzzCheckTemplate(f *testing.F) {
	f.Add(DefaultTemplate(""))
	f.Add(plainWordTemplate(f))
	f.Add(unpackedDocument(f, DefaultTemplate("")))
	f.Add(unpackedDocument(f, plainWordTemplate(f)))
	for _, c := range hostile(f) {
		if len(c.data) < 64<<10 {
			f.Add(c.data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkThenRender(t, data)
		// The same bytes as the document of an otherwise sound template reach further than as a file.
		checkThenRender(t, rewrite(t, DefaultTemplate(""), func(name, content string) (string, string) {
			if name == documentPart {
				return name, string(data)
			}
			return name, content
		}))
	})
}

// checkThenRender holds that what is accepted renders, as a file that reads back.
func checkThenRender(t *testing.T, template []byte) {
	t.Helper()
	err := CheckTemplate(template, allowedNames, []string{"articles"})
	if err != nil {
		if fault.KindOf(err) == "" {
			t.Fatalf("not a fault: %v", err)
		}
		return
	}
	out, err := Render(sample(2), template)
	if err != nil {
		t.Fatalf("accepted, then not rendered: %v", err)
	}
	for name, content := range unpack(t, out) {
		if err := checkXML([]byte(content)); isXML(name) && err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	data, err := Render(sample(2), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(unpackedDocument(f, data))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Read(data); err != nil && fault.KindOf(err) == "" {
			t.Fatalf("not a fault: %v", err)
		}
		// The same bytes as the document of an otherwise sound file reach further than as a file.
		if _, err := Read(asDocument(t, data)); err != nil && fault.KindOf(err) == "" {
			t.Fatalf("not a fault: %v", err)
		}
	})
}

// unpackedDocument gives the main part of a document.
func unpackedDocument(t testing.TB, data []byte) []byte {
	return []byte(unpack(t, data)[documentPart])
}

// asDocument gives a file with the given main part and nothing else.
func asDocument(t testing.TB, document []byte) []byte {
	return pack(t,
		part{contentTypes, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		part{rootRelations, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + typePrefix + `officeDocument" Target="word/document.xml"/></Relationships>`},
		part{documentPart, string(document)})
}
