package word

import (
	"path"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
)

// CheckTemplate tells whether a structure's own template can be used: a Word document, sane as a file, without
// anything that runs or fetches, whose placeholders are all among allowed and include the required ones. Names
// are as in Document: with a dot a value, without a section.
//
// What is wrong is a fault with one of the keys template.too-big, old-format, not-zip, too-many-parts,
// unsafe-name, duplicate-part, bomb, damaged, dtd, not-word, strict, macros, embedded, alt-chunk,
// linked-template, external-link, active-field, renamed, too-many-placeholders, unknown-placeholder, missing-placeholder, broken-placeholder,
// section-not-alone, section-twice. A hostile file is refused before it costs memory or time.
func CheckTemplate(data []byte, allowed, required []string) error {
	a, err := openArchive(data, "template")
	if err != nil {
		return err
	}
	if err := a.checkContent(); err != nil {
		return err
	}
	marked, err := a.markParts()
	if err != nil {
		return err
	}
	if err := checkFields(marked.fields); err != nil {
		return err
	}
	if len(marked.wrong) > 0 {
		return marked.wrong.fault()
	}
	return checkPlaceholders(marked.places, allowed, required)
}

func checkPlaceholders(places []placeholder, allowed, required []string) error {
	var unknown, missing []string
	found := make(map[string]bool)
	for _, p := range places {
		found[p.name] = true
		name := shown(p.name)
		if p.name != logoName && !slices.Contains(allowed, p.name) && !slices.Contains(unknown, name) && len(unknown) < 10 {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return unknownPlaceholders(unknown, allowed)
	}
	for _, name := range required {
		if !found[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fault.NewInvalid("template.missing-placeholder", "names", braced(missing))
	}
	return nil
}

// checkContent looks for what a template of ours has no use for and an attacker has.
func (a *archive) checkContent() error {
	types, ok := a.xml[contentTypes]
	if !ok {
		return fault.NewInvalid("template.not-word")
	}
	for _, entry := range a.entries {
		if part, ok := a.xml[entry.Name]; ok {
			if err := checkXML(part); err != nil {
				return partFault(entry.Name, err)
			}
		}
	}
	if err := checkTypes(types); err != nil {
		return err
	}
	for _, entry := range a.entries {
		if err := checkName(entry.Name); err != nil {
			return err
		}
	}
	for _, entry := range a.entries {
		if strings.HasSuffix(strings.ToLower(entry.Name), ".rels") {
			if err := checkRelations(a.xml[entry.Name]); err != nil {
				return err
			}
		}
	}
	if document, ok := a.xml[documentPart]; ok {
		return checkDocument(document)
	}
	return nil
}

// checkTypes refuses a document with macros, and what is no Word document.
func checkTypes(types []byte) error {
	word := false
	s := newScanner(types)
	for s.next() {
		if s.kind == endTag {
			continue
		}
		kind, _ := s.attr("ContentType")
		kind = strings.ToLower(kind)
		switch {
		case strings.Contains(kind, "macroenabled"), strings.Contains(kind, "vbaproject"), strings.Contains(kind, "vbadata"):
			return fault.NewInvalid("template.macros")
		case strings.HasSuffix(kind, "wordprocessingml.document.main+xml"), strings.HasSuffix(kind, "wordprocessingml.template.main+xml"):
			word = true
		}
	}
	if !word {
		return fault.NewInvalid("template.not-word")
	}
	return nil
}

// checkName refuses parts that hold programs or other documents.
func checkName(name string) error {
	lower := strings.ToLower(name)
	base := path.Base(lower)
	switch {
	case strings.HasPrefix(base, "vbaproject"), strings.HasPrefix(base, "vbadata"), strings.HasPrefix(lower, "customui/"):
		return fault.NewInvalid("template.macros")
	case strings.Contains(lower, "/embeddings/"), strings.Contains(lower, "/activex/"), strings.Contains(lower, "/controls/"),
		strings.HasSuffix(base, ".bin") && !strings.HasPrefix(base, "printersettings"),
		hasAnySuffix(base, ".exe", ".dll", ".js", ".vbs", ".hta", ".lnk", ".ole", ".swf", ".html", ".htm", ".mht", ".rtf", ".docx", ".doc", ".xlsx", ".xlsm"):
		return fault.NewInvalid("template.embedded", "part", shown(name))
	}
	return nil
}

func hasAnySuffix(text string, suffixes ...string) bool {
	return slices.ContainsFunc(suffixes, func(suffix string) bool { return strings.HasSuffix(text, suffix) })
}

// checkRelations refuses what a document would fetch when opened: only a hyperlink, which waits for a click,
// may lead outside.
func checkRelations(rels []byte) error {
	for _, r := range relations(rels) {
		kind := path.Base(strings.ToLower(r.kind))
		switch {
		case kind == "vbaproject", kind == "wordvbadata", kind == "keymapcustomizations", kind == "attachedtoolbars":
			return fault.NewInvalid("template.macros")
		case kind == "afchunk":
			return fault.NewInvalid("template.alt-chunk")
		case kind == "oleobject", kind == "package", kind == "control", kind == "activexcontrolbinary", kind == "subdocument":
			return fault.NewInvalid("template.embedded", "part", shown(r.target))
		case strings.HasPrefix(strings.ToLower(r.kind), "http://purl.oclc.org/ooxml/"):
			return fault.NewInvalid("template.strict")
		case r.external && kind == "attachedtemplate":
			return fault.NewInvalid("template.linked-template", "target", shown(r.target))
		case r.external && (kind != "hyperlink" || !webAddress(r.target)), !r.external && strings.Contains(r.target, "://"):
			return fault.NewInvalid("template.external-link", "target", shown(r.target))
		}
	}
	return nil
}

// webAddress tells an address that a reader may click on without harm to the machine.
func webAddress(target string) bool {
	lower := strings.ToLower(strings.TrimSpace(target))
	for _, scheme := range []string{"http://", "https://", "mailto:", "tel:", "#"} {
		if strings.HasPrefix(lower, scheme) {
			return true
		}
	}
	return false
}

// checkDocument refuses elements that bring in other documents, whatever the relations say.
func checkDocument(document []byte) error {
	s := newScanner(document)
	for s.next() {
		switch {
		case s.kind == endTag || s.kind == charData:
		case s.is("w:altChunk"):
			return fault.NewInvalid("template.alt-chunk")
		case s.is("w:object"), s.is("w:control"), s.is("w:subDoc"), s.is("o:OLEObject"):
			return fault.NewInvalid("template.embedded", "part", string(s.name))
		}
	}
	return nil
}

// activeFields are the field codes that fetch or run something when fields are updated.
var activeFields = map[string]bool{
	"DDE": true, "DDEAUTO": true, "LINK": true, "INCLUDETEXT": true, "INCLUDEPICTURE": true, "INCLUDE": true, "IMPORT": true, "DATABASE": true,
	"RD": true, "MACROBUTTON": true, "EMBED": true, "CONTROL": true, "HTMLCONTROL": true, "AUTOTEXT": true, "GLOSSARY": true,
}

// checkFields looks at the codes of the fields, one a line.
func checkFields(codes []byte) error {
	for line := range strings.Lines(unescape(codes)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if name := strings.ToUpper(words[0]); activeFields[name] {
			return fault.NewInvalid("template.active-field", "name", name)
		}
	}
	return nil
}
