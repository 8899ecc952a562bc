package word

import "bytes"

// addParts lists the parts of every document made from this template, adding those it lacks.
func (t *Template) addParts(a *archive, marked markedParts) {
	documentRelations, rootAll := relations(a.xml[documentRels]), relations(a.xml[rootRelations])
	types, rels, root := plainDocument(a.xml[contentTypes]), a.xml[documentRels], a.xml[rootRelations]
	roles := map[string]role{contentTypes: partTypes, documentRels: partLinks}
	for _, part := range marked.parts {
		roles[part.name] = partFilled
	}
	var extra []templatePart
	// find gives the name and content of a part of the document, making it when the template has none.
	find := func(kind, contentType string, as role, otherwise []byte) []byte {
		if name := targetOf(documentRelations, typePrefix+kind, "word"); a.xml[name] != nil {
			roles[name] = as
			return a.xml[name]
		}
		name := "word/garant-" + kind + ".xml"
		rels, _ = addRelation(rels, typePrefix+kind, "garant-"+kind+".xml")
		types = addOverride(types, name, wordTypePrefix+contentType)
		extra = append(extra, templatePart{name: name, role: as})
		return otherwise
	}
	const empty = ` xmlns:w="` + mainNamespace + `"></w:`
	styles := find("styles", "styles+xml", partStyles, []byte(`<w:styles`+empty+`styles>`))
	numbering := find("numbering", "numbering+xml", partNumbering, []byte(`<w:numbering`+empty+`numbering>`))
	settings := find("settings", "settings+xml", partSettings, []byte(`<w:settings`+empty+`settings>`))
	t.plain = bytes.Equal(a.xml[documentPart], embeddedPart(plainPart))
	t.known = bytes.Equal(withoutLanguage(styles), withoutLanguage(embeddedPart("word/styles.xml"))) &&
		(t.plain || bytes.Equal(a.xml[documentPart], embeddedPart(documentPart)))
	t.addStyles(styles, numbering)
	t.settingsXML = splitLanguage(withThemeLanguage(settings))

	own := func(kind, name, contentType string, as role) {
		if found := targetOf(rootAll, kind, ""); a.xml[found] != nil {
			roles[found] = as
			return
		}
		root, _ = addRelation(root, kind, name)
		types = addOverride(types, name, contentType)
		extra = append(extra, templatePart{name: name, role: as})
	}
	own(coreType, "docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", partCore)
	own(typePrefix+"custom-properties", "docProps/custom.xml", "application/vnd.openxmlformats-officedocument.custom-properties+xml", partCustom)
	t.types, t.documentRels = types, rels
	for _, entry := range a.entries {
		part := templatePart{name: entry.Name, role: roles[entry.Name], entry: entry}
		switch {
		case entry.Name == rootRelations:
			part.role, part.content = partFixed, root
		case part.role == partCustom:
			t.custom = readCustomProperties(a.xml[entry.Name])
		}
		t.parts = append(t.parts, part)
	}
	t.parts = append(t.parts, extra...)
}

// addStyles gives the template the styles and lists of ours that it lacks.
func (t *Template) addStyles(styles, numbering []byte) {
	theirs := readNumbering(numbering)
	all := readStyles(styles)
	bullet, ordered := numberOf(all, "GarantBullet"), numberOf(all, "GarantOrdered")
	complete := theirs.definition[bullet] != "" && theirs.definition[ordered] != "" // our own template, perhaps saved by Word since
	ids := ownNumbers(theirs)
	merged, names, added := mergeStyles(styles, ids)
	t.styles = names
	if complete && names.numbered {
		t.lists = lists{bullet: number(bullet), ordered: number(theirs.definition[ordered])}
	} else {
		var definition int
		numbering, definition = mergeNumbering(numbering, theirs, ids, added)
		t.lists = lists{heading: number(ids[ownHeading]), bullet: number(ids[ownBullet]), ordered: definition}
	}
	after := readNumbering(numbering)
	t.lists.next = after.maxNumber + 1
	t.lists.before, t.lists.after = numbering[:after.afterLastNumber], numbering[after.afterLastNumber:]
	t.stylesXML = splitLanguage(withDefaultLanguage(merged))
}

func numberOf(all []style, id string) string {
	for _, s := range all {
		if s.id == id {
			return s.numID
		}
	}
	return ""
}

// plainDocument turns the content type of a template (.dotx) into that of a document (.docx).
func plainDocument(types []byte) []byte {
	return bytes.Replace(types, []byte("wordprocessingml.template.main+xml"), []byte("wordprocessingml.document.main+xml"), 1)
}

func withoutLanguage(part []byte) []byte { return bytes.Join(splitLanguage(part), nil) }

// withDefaultLanguage makes sure that the styles say the language of the text: in the document's defaults.
func withDefaultLanguage(styles []byte) []byte {
	const lang = `<w:lang w:val="fr-FR"/>`
	s := newScanner(styles)
	root := -1
	for s.next() {
		inDefaults := len(s.open) > 2 && string(s.open[2]) == "w:rPrDefault"
		switch {
		case inDefaults && s.is("w:lang"):
			return styles
		case inDefaults && s.kind == endTag && string(s.name) == "w:rPr" && s.inside() == "w:rPrDefault":
			return splice(styles, s.start, s.start, lang)
		case inDefaults && s.kind == emptyTag && string(s.name) == "w:rPr":
			return splice(styles, s.start, s.end, `<w:rPr>`+lang+`</w:rPr>`)
		case s.is("w:rPrDefault") && s.kind == emptyTag:
			return splice(styles, s.start, s.end, `<w:rPrDefault><w:rPr>`+lang+`</w:rPr></w:rPrDefault>`)
		case s.is("w:docDefaults") && s.kind == startTag:
			if !bytes.Contains(styles, []byte("<w:rPrDefault")) {
				return splice(styles, s.end, s.end, `<w:rPrDefault><w:rPr>`+lang+`</w:rPr></w:rPrDefault>`)
			}
		case s.is("w:styles") && s.kind == startTag:
			root = s.end
		}
	}
	if root < 0 || bytes.Contains(styles, []byte("<w:docDefaults")) {
		return styles
	}
	return splice(styles, root, root, `<w:docDefaults><w:rPrDefault><w:rPr>`+lang+`</w:rPr></w:rPrDefault></w:docDefaults>`)
}

// afterThemeLanguage are the elements of settings that stand behind w:themeFontLang.
var afterThemeLanguage = []string{
	"w:clrSchemeMapping", "w:doNotIncludeSubdocsInStats", "w:doNotAutoCompressPictures", "w:forceUpgrade", "w:captions",
	"w:readModeInkLockDown", "w:smartTagType", "sl:schemaLibrary", "w:shapeDefaults", "w:doNotEmbedSmartTags", "w:decimalSymbol", "w:listSeparator",
}

// withThemeLanguage makes sure that the settings say the language of the text.
func withThemeLanguage(settings []byte) []byte {
	at := -1
	s := newScanner(settings)
	for s.next() {
		if s.is("w:themeFontLang") {
			return settings
		}
		for _, name := range afterThemeLanguage {
			if at < 0 && s.depth == 2 && s.is(name) {
				at = s.start
			}
		}
	}
	if at < 0 {
		return insertBeforeEnd(settings, `<w:themeFontLang w:val="fr-FR"/>`)
	}
	return splice(settings, at, at, `<w:themeFontLang w:val="fr-FR"/>`)
}
