package word

// hidingStyles are the styles of a document that strike or hide text, or build on one that does. Text under one counts
// as unknown: whether it shows depends on how styles add up, which Word and LibreOffice do each in its own way.
type hidingStyles struct {
	ids                         map[string]bool
	paragraph, character, table bool // where no style is named
}

// named tells whether the style that the current tag names hides text.
func (h hidingStyles) named(s *scanner) bool { return len(h.ids) > 0 && h.ids[value(s, "w:val")] }

// value gives an attribute of the current tag, references resolved.
func value(s *scanner, name string) string {
	raw, _ := s.attr(name)
	return unescape([]byte(raw))
}

func readHidingStyles(part []byte) (hidingStyles, error) {
	h := hidingStyles{ids: make(map[string]bool)}
	if err := checkXML(part); err != nil {
		return h, err
	}
	standard := make(map[string]string)  // id by kind
	builtOn := make(map[string][]string) // ids by that of their base
	var hiding []string
	id := ""
	s := newScanner(part)
	for s.next() {
		switch {
		case s.is("w:style"):
			id = value(s, "w:styleId")
			if value(s, "w:default") == "1" || value(s, "w:default") == "true" {
				standard[value(s, "w:type")] = id
			}
		case s.is("w:basedOn"):
			base := value(s, "w:val")
			builtOn[base] = append(builtOn[base], id)
		case s.is("w:strike"), s.is("w:dstrike"), s.is("w:vanish"):
			if on, _ := switched(s); on {
				hiding = append(hiding, id)
				h.character = h.character || id == "" // in the document's defaults
			}
		case s.closes("w:style"):
			id = ""
		}
	}
	if s.renamed {
		return h, errRenamed
	}
	for len(hiding) > 0 {
		id, hiding = hiding[len(hiding)-1], hiding[:len(hiding)-1]
		if id != "" && !h.ids[id] {
			h.ids[id] = true
			hiding = append(hiding, builtOn[id]...)
		}
	}
	h.paragraph, h.table = h.ids[standard["paragraph"]], h.ids[standard["table"]]
	h.character = h.character || h.ids[standard["character"]]
	return h, nil
}
