package word

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
)

// The order in which the schema wants the children of the elements that we write (ECMA-376, part 1, annex A).
var childOrder = map[string][]string{
	"pPr": {"pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers", "pBdr", "shd", "tabs",
		"suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd",
		"snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment",
		"textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange"},
	"rPr": {"rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow", "emboss", "imprint", "noProof",
		"snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern", "position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd",
		"fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath"},
	"tblPr": {"tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize", "tblStyleColBandSize", "tblW", "jc", "tblCellSpacing", "tblInd",
		"tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook", "tblCaption", "tblDescription", "tblPrChange"},
	"tcPr": {"cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection", "tcFitText", "vAlign", "hideMark"},
	"trPr": {"cnfStyle", "divId", "gridBefore", "gridAfter", "wBefore", "wAfter", "cantSplit", "trHeight", "tblHeader", "tblCellSpacing", "jc", "hidden"},
	"sectPr": {"headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar", "paperSrc", "pgBorders", "lnNumType", "pgNumType",
		"cols", "formProt", "vAlign", "noEndnote", "titlePg", "textDirection", "bidi", "rtlGutter", "docGrid", "printerSettings"},
	"style": {"name", "aliases", "basedOn", "next", "link", "autoRedefine", "hidden", "uiPriority", "semiHidden", "unhideWhenUsed", "qFormat", "locked",
		"personal", "rsid", "pPr", "rPr", "tblPr", "trPr", "tcPr", "tblStylePr"},
	"numbering":   {"numPicBullet", "abstractNum", "num", "numIdMacAtCleanup"},
	"abstractNum": {"nsid", "multiLevelType", "tmpl", "name", "styleLink", "numStyleLink", "lvl"},
	"lvl":         {"start", "numFmt", "lvlRestart", "pStyle", "isLgl", "suff", "lvlText", "lvlPicBulletId", "legacy", "lvlJc", "pPr", "rPr"},
	"tbl":         {"bookmarkStart", "bookmarkEnd", "tblPr", "tblGrid", "tr"},
	"tc":          {"tcPr", "p", "tbl"},
	"settings": {"writeProtection", "view", "zoom", "mirrorMargins", "defaultTabStop", "autoHyphenation", "evenAndOddHeaders", "characterSpacingControl",
		"footnotePr", "endnotePr", "compat", "rsids", "themeFontLang", "clrSchemeMapping", "shapeDefaults", "decimalSymbol", "listSeparator"},
	"inline": {"extent", "effectExtent", "docPr", "cNvGraphicFramePr", "graphic"},
}

// The elements that may hold others.
var parents = map[string][]string{
	"t": {"r"}, "br": {"r"}, "tab": {"r", "tabs"}, "instrText": {"r"}, "fldChar": {"r"},
	"r": {"p", "hyperlink", "ins", "fldSimple"}, "p": {"body", "tc", "sdtContent", "hdr", "ftr", "txbxContent"},
	"tbl": {"body", "tc", "sdtContent"}, "hyperlink": {"p"}, "bookmarkStart": {"p", "body", "sdtContent", "tc"},
}

// validate gives everything that is wrong with a document.
func validate(t testing.TB, data []byte) []string {
	t.Helper()
	parts := unpack(t, data)
	v := &validity{parts: parts, ids: make(map[string]bool)}
	for name, content := range parts {
		if isXML(name) {
			v.part(name, []byte(content))
		}
	}
	v.references()
	v.links()
	slices.Sort(v.wrong)
	return v.wrong
}

type validity struct {
	parts  map[string]string
	ids    map[string]bool
	styles []string // used
	lists  []string // used
	wrong  []string
}

func (v *validity) add(format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
}

// part checks that a part is well formed, and the order, parents and ids of its elements.
func (v *validity) part(name string, content []byte) {
	type open struct {
		name string
		rank int
	}
	var stack []open
	bookmarks := make(map[string]bool)
	decoder := xml.NewDecoder(bytes.NewReader(content))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			v.add("%s: %v", name, err)
			return
		}
		switch e := token.(type) {
		case xml.StartElement:
			element := e.Name.Local
			if n := len(stack); n > 0 {
				parent := &stack[n-1]
				if order := childOrder[parent.name]; order != nil {
					rank := slices.Index(order, element)
					if rank < parent.rank && !(parent.name == "tc" && rank >= 0) && !(parent.name == "sectPr" && rank >= 0 && rank < 2 && parent.rank < 2) {
						v.add("%s: %s stands too late, or should not, in %s", name, element, parent.name)
					}
					parent.rank = max(parent.rank, rank)
				}
				if allowed := parents[element]; e.Name.Space == mainNamespace && allowed != nil && !slices.Contains(allowed, parent.name) {
					v.add("%s: %s in %s", name, element, parent.name)
				}
			}
			v.element(name, e, bookmarks)
			stack = append(stack, open{name: element})
		case xml.EndElement:
			last := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if last.name == "tc" && last.rank != slices.Index(childOrder["tc"], "p") && last.rank != slices.Index(childOrder["tc"], "tbl") {
				v.add("%s: a cell without a paragraph", name)
			}
		}
	}
	for id, ended := range bookmarks {
		if !ended {
			v.add("%s: bookmark %s has no end", name, id)
		}
	}
}

func (v *validity) element(part string, e xml.StartElement, bookmarks map[string]bool) {
	attr := func(name string) string {
		for _, a := range e.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	unique := func(kind, id string) {
		if key := kind + " " + id; v.ids[key] {
			v.add("%s: %s stands twice", part, key)
		} else {
			v.ids[key] = true
		}
	}
	switch e.Name.Local {
	case "bookmarkStart":
		unique("bookmark id", attr("id"))
		unique("bookmark name", strings.ToLower(attr("name")))
		bookmarks[attr("id")] = false
	case "bookmarkEnd":
		if _, open := bookmarks[attr("id")]; !open {
			v.add("%s: the end of bookmark %s has no beginning", part, attr("id"))
		}
		bookmarks[attr("id")] = true
	case "docPr":
		unique("drawing", attr("id"))
	case "style":
		unique("style", attr("styleId"))
	case "abstractNum":
		unique("list definition", attr("abstractNumId"))
	case "num":
		unique("list", attr("numId"))
	case "property":
		unique("property", attr("pid"))
		unique("property", attr("name"))
	case "pStyle", "rStyle", "tblStyle", "basedOn", "next":
		v.styles = append(v.styles, attr("val"))
	case "numId":
		v.lists = append(v.lists, attr("val"))
	case "hyperlink":
		if anchor := attr("anchor"); anchor != "" && !strings.Contains(v.parts[documentPart], `w:name="`+anchor+`"`) {
			v.add("%s: a link to %s, which is not there", part, anchor)
		}
	}
}

// references checks that every style and list that is used is defined.
func (v *validity) references() {
	for _, style := range v.styles {
		if !v.ids["style "+style] {
			v.add("style %s is not defined", style)
		}
	}
	for _, list := range v.lists {
		if list != "0" && !v.ids["list "+list] {
			v.add("list %s is not defined", list)
		}
	}
}

// links checks that relationships lead to parts and that every part has a content type.
func (v *validity) links() {
	types := v.parts[contentTypes]
	for name, content := range v.parts {
		extension := strings.TrimPrefix(path.Ext(name), ".")
		if name != contentTypes && !strings.Contains(types, `PartName="/`+name+`"`) && !strings.Contains(types, `Extension="`+extension+`"`) {
			v.add("%s has no content type", name)
		}
		if strings.HasPrefix(name, "word/") && strings.HasSuffix(name, ".xml") && !strings.Contains(types, `PartName="/`+name+`"`) {
			v.add("%s has no content type of its own", name)
		}
		if !strings.HasSuffix(name, ".rels") {
			continue
		}
		seen := make(map[string]bool)
		folder := path.Dir(path.Dir(name))
		for _, r := range relations([]byte(content)) {
			if seen[r.id] {
				v.add("%s: %s stands twice", name, r.id)
			}
			seen[r.id] = true
			if _, ok := v.parts[path.Join(folder, r.target)]; !ok && !r.external {
				v.add("%s: %s leads to %s, which is not there", name, r.id, r.target)
			}
		}
		source := v.parts[path.Join(folder, strings.TrimSuffix(path.Base(name), ".rels"))]
		for _, attribute := range []string{`r:id="`, `r:embed="`} {
			for rest := source; ; {
				_, after, found := strings.Cut(rest, attribute)
				if !found {
					break
				}
				id, tail, _ := strings.Cut(after, `"`)
				if !seen[id] {
					v.add("%s: %s is no relationship", name, id)
				}
				rest = tail
			}
		}
	}
	for _, override := range strings.Split(types, `PartName="/`)[1:] {
		part, _, _ := strings.Cut(override, `"`)
		if _, ok := v.parts[part]; !ok {
			v.add("%s has a content type and is not there", part)
		}
	}
}

func logo(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	picture := image.NewRGBA(image.Rect(0, 0, 300, 80))
	for i := range picture.Pix {
		picture.Pix[i] = byte(0x80 + i%4*0x20)
	}
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDocumentsAreValid(t *testing.T) {
	t.Parallel()
	withLogo := sample(13)
	withLogo.Logo = logo(t)
	other := Document{Language: "en-GB", Title: "Record", Values: []Value{{"page.left", "a"}, {"page.right", "b"}, {"page.footer", "c"}}, Sections: []Section{{"body", sample(3).Sections[3].Blocks}}}
	odd := sample(2)
	odd.Sections[3].Blocks = []Block{
		PageBreak{}, Table{Columns: []Column{{}, {}}, Rows: [][]Cell{{{}, {Runs: Text("b")}}}}, PageBreak{},
		Marked{Bookmark: "empty"}, Marked{Bookmark: "signed", Blocks: []Block{Signatures{Boxes: make([]SignatureBox, 3)}}},
		Marked{Bookmark: "broken", Blocks: []Block{PageBreak{}}}, List{Items: []ListItem{{Children: &List{Ordered: true, Items: []ListItem{{Runs: Text("x")}}}}}}, PageBreak{},
	}
	odd.Sections[6].Blocks = nil
	for name, data := range map[string][]byte{
		"the template": DefaultTemplate("fr-FR"), "the plain template": PlainTemplate("en-GB"),
		"an annex": render(t, sample(13), nil), "an annex with a logo": render(t, withLogo, nil), "an English record": render(t, other, PlainTemplate("en-GB")),
		"an annex in a template of Word's": render(t, sample(13), plainWordTemplate(t)), "odd blocks": render(t, odd, nil),
	} {
		if wrong := validate(t, data); len(wrong) > 0 {
			t.Errorf("%s:\n%s", name, strings.Join(wrong, "\n"))
		}
	}
}

// The check itself is worth nothing if it lets everything pass.
func TestTheValidityCheckSeesWhatWordWouldRefuse(t *testing.T) {
	t.Parallel()
	data := render(t, sample(2), nil)
	for name, change := range map[string][2]string{
		"order":        {`<w:pStyle w:val="GarantReference"/>`, `<w:jc w:val="left"/><w:pStyle w:val="GarantReference"/>`},
		"nesting":      {`Preuve : </w:t>`, `Preuve : <w:br/></w:t>`},
		"id":           {`<w:bookmarkStart w:id="2"`, `<w:bookmarkStart w:id="0"`},
		"style":        {`<w:pStyle w:val="GarantReference"/>`, `<w:pStyle w:val="Nowhere"/>`},
		"list":         {`<w:numId w:val="2"/>`, `<w:numId w:val="77"/>`},
		"relationship": {`r:id="rId5"`, `r:id="rId55"`},
		"form":         {`</w:body>`, ``},
	} {
		if wrong := validate(t, edited(t, data, change[0], change[1])); len(wrong) == 0 {
			t.Errorf("%s: nothing seen", name)
		}
	}
}
