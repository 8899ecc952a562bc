package word

import "testing"

// plainWordTemplate is a template as a French Word writes one that a structure typed by hand: its own styles under
// French ids, a numbering of its own, placeholders split over runs, nothing of ours.
func plainWordTemplate(t testing.TB) []byte {
	t.Helper()
	const w = `xmlns:w="` + mainNamespace + `"`
	rel := func(id, kind, target string) string {
		return `<Relationship Id="` + id + `" Type="` + typePrefix + kind + `" Target="` + target + `"/>`
	}
	override := func(name, kind string) string {
		return `<Override PartName="/word/` + name + `.xml" ContentType="` + wordTypePrefix + kind + `+xml"/>`
	}
	return pack(t,
		part{contentTypes, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			override("document", "document.main") + override("styles", "styles") + override("settings", "settings") + override("numbering", "numbering") + override("header1", "header") + `</Types>`},
		part{rootRelations, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rel("rId1", "officeDocument", "word/document.xml") + `</Relationships>`},
		part{documentPart, `<w:document ` + w + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>` +
			`<w:p><w:pPr><w:pStyle w:val="Titre"/></w:pPr><w:r><w:t>{{annex</w:t></w:r><w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="0" w:name="_GoBack"/><w:r w:rsidR="00AB12CD"><w:t>.ti</w:t></w:r><w:bookmarkEnd w:id="0"/><w:proofErr w:type="spellEnd"/><w:r><w:t>tle}} de {{structure.name}}</w:t></w:r></w:p>` +
			`<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>Une liste à nous</w:t></w:r></w:p>` +
			`<w:p><w:r><w:t>{{Articles}}</w:t></w:r></w:p>` +
			`<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>`},
		part{documentRels, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			rel("rId1", "styles", "styles.xml") + rel("rId2", "settings", "settings.xml") + rel("rId3", "numbering", "numbering.xml") + rel("rId4", "header", "header1.xml") + `</Relationships>`},
		part{"word/styles.xml", `<w:styles ` + w + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="22"/><w:lang w:val="fr-FR" w:eastAsia="en-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>` +
			`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
			`<w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:color w:val="C00000"/><w:sz w:val="32"/></w:rPr></w:style>` +
			`<w:style w:type="paragraph" w:styleId="Titre2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext/><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:color w:val="C00000"/><w:sz w:val="26"/></w:rPr></w:style>` +
			`<w:style w:type="paragraph" w:styleId="Titre"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:rPr><w:sz w:val="56"/></w:rPr></w:style>` +
			`<w:style w:type="table" w:default="1" w:styleId="TableauNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>`},
		part{"word/settings.xml", `<w:settings ` + w + `><w:zoom w:percent="100"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>`},
		part{"word/numbering.xml", `<w:numbering ` + w + `><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`},
		part{"word/header1.xml", `<w:hdr ` + w + `><w:p><w:r><w:t>{{structure</w:t></w:r><w:r><w:t>.name}}</w:t></w:r></w:p></w:hdr>`},
	)
}
