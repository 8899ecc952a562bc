package word

import (
	"strconv"
	"strings"
)

// coreProperties gives docProps/core.xml: no dates, since the same input gives the same bytes.
func coreProperties(doc Document) []byte {
	out := []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
		`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">`)
	for _, property := range []struct{ name, text string }{
		{"dc:title", doc.Title}, {"dc:subject", doc.Subject}, {"dc:creator", doc.Creator}, {"dc:language", languageOr(doc.Language)},
	} {
		if property.text == "" {
			continue
		}
		out = append(append(append(out, '<'), property.name...), '>')
		out = appendText(out, oneLine(property.text))
		out = append(append(append(out, "</"...), property.name...), '>')
	}
	return append(out, `</cp:coreProperties>`...)
}

// customProperties gives docProps/custom.xml with ours, then those of the template that ours do not replace.
func customProperties(doc Document, template []customProperty) []byte {
	out := []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
		`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">`)
	id := 2 // Word's first
	property := func(name, value string) {
		out = append(out, `<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="`...)
		out = strconv.AppendInt(out, int64(id), 10)
		out = append(out, `" name="`...)
		out = appendText(out, name)
		out = append(out, `"><vt:lpwstr>`...)
		out = appendText(out, value)
		out = append(out, `</vt:lpwstr></property>`...)
		id++
	}
	given := make(map[string]bool, len(doc.Properties))
	for _, p := range doc.Properties {
		name := oneLine(p.Name)
		if key := strings.ToLower(name); name != "" && !given[key] {
			given[key] = true
			property(name, oneLine(p.Value))
		}
	}
	for _, p := range template {
		if !given[strings.ToLower(p.name)] {
			property(p.name, p.value)
		}
	}
	return append(out, `</Properties>`...)
}

// customProperty is a property found in a file, its value as text whatever its type.
type customProperty struct{ name, value string }

func readCustomProperties(part []byte) []customProperty {
	var found []customProperty
	current, open := customProperty{}, false
	var value []byte
	s := newScanner(part)
	for s.next() {
		switch {
		case s.kind == startTag && local(s.name) == "property":
			name, _ := s.attr("name")
			current, open, value = customProperty{name: unescape([]byte(name))}, true, value[:0]
		case s.kind == charData && open:
			value = append(value, unescape(part[s.start:s.end])...)
		case s.kind == endTag && local(s.name) == "property":
			current.value = strings.TrimSpace(string(value))
			found = append(found, current)
			open = false
		}
	}
	return found
}

// oneLine is text for a place that holds one line.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', '\t', '\u2028', '\u2029':
			return ' '
		}
		return r
	}, text)
}
