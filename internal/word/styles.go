package word

import (
	"bytes"
	"fmt"
	"strings"
)

// styleNames are the ids of the styles that blocks use, as they are called in one template: a French Word
// calls "heading 1" Titre1.
type styleNames struct {
	heading  [4]string // by level from 1
	plain    [4]string // headings without a number
	contents [4]string
	numbered bool // the heading styles carry their numbering; otherwise headings name it themselves

	// The numbers of headings are ours: "1.", "1.1". False when a template's own heading styles number them.
	countsAsOurs bool
}

// ownStyles lists the embedded styles that a template must have for our blocks, those it builds on first.
// Styles of Word's own are recognised by their name, ours by their id.
var ownStyles = []string{
	"Normal", "TableNormal", "Heading1", "Heading2", "Heading3", "TOC1", "TOC2", "TOC3",
	"GarantPlain1", "GarantPlain2", "GarantPlain3", "GarantBody", "GarantTitle", "GarantSubtitle", "GarantLead", "GarantEvidence",
	"GarantReference", "GarantCaption", "GarantSmall", "GarantBullet", "GarantOrdered", "GarantCell", "GarantCellName",
	"GarantCellHeader", "GarantSpacer", "GarantTick", "GarantKicker", "GarantHeadline", "GarantCoverOrg", "GarantCoverKicker", "GarantCoverTitle", "GarantCoverSubtitle",
	"GarantGrid", "GarantForm", "GarantSign",
}

// style is one style of a styles part.
type style struct {
	id, name, kind, base string
	standard             bool // the one that applies where none is named
	numID                string
	numbered             bool
	raw                  []byte
}

func readStyles(part []byte) []style {
	var all []style
	var current style
	start := 0
	s := newScanner(part)
	for s.next() {
		value, _ := s.attr("w:val")
		switch {
		case s.is("w:style") && s.kind == startTag:
			current, start = style{}, s.start
			current.id, _ = s.attr("w:styleId")
			current.kind, _ = s.attr("w:type")
			standard, _ := s.attr("w:default")
			current.standard = standard == "1" || standard == "true"
		case s.is("w:name") && s.inside() == "w:style":
			current.name = strings.ToLower(unescape([]byte(value)))
		case s.is("w:basedOn"):
			current.base = value
		case s.is("w:numId"):
			current.numID, current.numbered = value, value != "0"
		case s.kind == endTag && string(s.name) == "w:style":
			current.raw = part[start:s.end]
			all = append(all, current)
		}
	}
	return all
}

// mergeStyles gives a template's styles with those of ours that it lacks, and what each is called there.
// numbering holds the ids that our lists have in the template; added tells which of our styles were put in.
func mergeStyles(part []byte, numbering map[string]string) (merged []byte, names styleNames, added map[string]bool) {
	theirs := readStyles(part)
	ours := make(map[string]style)
	for _, s := range readStyles(embeddedPart("word/styles.xml")) {
		ours[s.id] = s
	}
	called := make(map[string]string, len(ownStyles)) // our id → theirs
	added = make(map[string]bool)
	var extra []byte
	for _, id := range ownStyles {
		own := ours[id]
		if found, ok := findStyle(theirs, own); ok {
			called[id] = found
			continue
		}
		called[id] = freeID(theirs, id)
		added[id] = true
		extra = append(extra, adapt(own, called, numbering)...)
	}
	for level := 1; level <= 3; level++ {
		names.heading[level] = called[fmt.Sprintf("Heading%d", level)]
		names.plain[level] = called[fmt.Sprintf("GarantPlain%d", level)]
		names.contents[level] = called[fmt.Sprintf("TOC%d", level)]
	}
	added1, theirsCount := added["Heading1"] && added["Heading2"], carriesNumber(theirs, names.heading[1]) && carriesNumber(theirs, names.heading[2])
	names.numbered = added1 || theirsCount
	names.countsAsOurs = !theirsCount || !added["GarantBody"]
	if len(extra) == 0 {
		return part, names, added
	}
	return insertBeforeEnd(part, string(extra)), names, added
}

// findStyle finds one of our styles among a template's.
func findStyle(theirs []style, own style) (string, bool) {
	for _, s := range theirs {
		switch {
		case s.kind != own.kind:
		case own.standard && s.standard, s.name == own.name, strings.HasPrefix(own.id, "Garant") && s.id == own.id:
			return s.id, true
		}
	}
	return "", false
}

func freeID(theirs []style, id string) string {
	for _, s := range theirs {
		if s.id == id {
			return freeID(theirs, "Garant"+id)
		}
	}
	return id
}

// carriesNumber tells whether a style, or one it builds on, numbers its paragraphs.
func carriesNumber(all []style, id string) bool {
	for range 20 { // a chain this long is a circle
		at := -1
		for i, s := range all {
			if s.id == id {
				at = i
			}
		}
		if at < 0 {
			return false
		}
		if all[at].numID != "" {
			return all[at].numbered
		}
		id = all[at].base
	}
	return false
}

// adapt gives one of our styles as it is written into a template.
func adapt(own style, called, numbering map[string]string) []byte {
	raw := own.raw
	if id := called[own.id]; id != own.id {
		raw = bytes.Replace(raw, []byte(`w:styleId="`+own.id+`"`), []byte(`w:styleId="`+id+`"`), 1)
	}
	raw = bytes.Replace(raw, []byte(` w:default="1"`), nil, 1)
	for _, link := range []string{"basedOn", "next"} {
		at := bytes.Index(raw, []byte("<w:"+link+` w:val="`))
		if at < 0 {
			continue
		}
		from := at + len("<w:"+link+` w:val="`)
		to := from + bytes.IndexByte(raw[from:], '"')
		if id, ok := called[string(raw[from:to])]; ok {
			raw = splice(raw, from, to, id)
		}
	}
	if id, ok := numbering[own.numID]; ok {
		raw = bytes.Replace(raw, []byte(`<w:numId w:val="`+own.numID+`"/>`), []byte(`<w:numId w:val="`+id+`"/>`), 1)
	}
	return raw
}
