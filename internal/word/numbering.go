package word

import "strconv"

// lists are the numberings that blocks use, as they are in one template, and where new ones go.
type lists struct {
	heading int // the numbering of headings
	bullet  int
	ordered int // the definition that each ordered list begins anew
	next    int // the first number id that is free
	before  []byte
	after   []byte
}

// The number ids of our lists in the embedded template, and their definitions.
const (
	ownHeading = "1"
	ownBullet  = "2"
	ownOrdered = "3"
)

// numberingPart is what a numbering part holds, as far as we care.
type numberingPart struct {
	definition      map[string]string // number id → definition
	maxDefinition   int
	maxNumber       int
	firstNumber     int // where the first w:num begins: definitions go before
	afterLastNumber int
}

func readNumbering(part []byte) numberingPart {
	n := numberingPart{definition: make(map[string]string), maxDefinition: -1, firstNumber: -1}
	current, end := "", 0
	s := newScanner(part)
	for s.next() {
		switch {
		case s.is("w:abstractNum"):
			id, _ := s.attr("w:abstractNumId")
			n.maxDefinition = max(n.maxDefinition, number(id))
		case s.is("w:num"):
			current, _ = s.attr("w:numId")
			n.maxNumber = max(n.maxNumber, number(current))
			if n.firstNumber < 0 {
				n.firstNumber = s.start
			}
		case s.is("w:abstractNumId") && s.inside() == "w:num":
			n.definition[current], _ = s.attr("w:val")
		case s.is("w:numIdMacAtCleanup") && end == 0, s.kind == endTag && s.depth == 0:
			if end == 0 {
				end = s.start
			}
		}
		if s.closes("w:num") {
			n.afterLastNumber = s.end
		}
	}
	if n.firstNumber < 0 {
		n.firstNumber, n.afterLastNumber = end, end
	}
	return n
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1<<30 {
		return 0
	}
	return n
}

// ownNumbers gives the ids that our three lists take in a template: ours → there.
func ownNumbers(theirs numberingPart) map[string]string {
	ids := make(map[string]string)
	for i, id := range []string{ownHeading, ownBullet, ownOrdered} {
		ids[id] = strconv.Itoa(theirs.maxNumber + 1 + i)
	}
	return ids
}

// mergeNumbering gives a template's numbering with our three lists under ids, and the definition of the
// ordered one. Levels stay linked to those of our styles that were added; others keep their own form.
func mergeNumbering(part []byte, theirs numberingPart, ids map[string]string, added map[string]bool) (merged []byte, ordered int) {
	own := embeddedPart("word/numbering.xml")
	shift := theirs.maxDefinition + 1
	var definitions, numbers []byte
	s := newScanner(own)
	from := 0
	for s.next() {
		value, _ := s.attr("w:val")
		switch {
		case s.is("w:abstractNum"):
			id, _ := s.attr("w:abstractNumId")
			definitions = append(definitions, `<w:abstractNum w:abstractNumId="`+strconv.Itoa(number(id)+shift)+`">`...)
			from = s.end
		case s.is("w:pStyle") && !added[value]:
			definitions = append(definitions, own[from:s.start]...)
			from = s.end
		case s.kind == endTag && string(s.name) == "w:abstractNum":
			definitions = append(definitions, own[from:s.end]...)
		case s.is("w:num"):
			id, _ := s.attr("w:numId")
			numbers = append(numbers, `<w:num w:numId="`+ids[id]+`">`...)
		case s.is("w:abstractNumId") && s.inside() == "w:num":
			ordered = number(value) + shift // the last one
			numbers = append(numbers, `<w:abstractNumId w:val="`+strconv.Itoa(ordered)+`"/></w:num>`...)
		}
	}
	merged = splice(part, theirs.afterLastNumber, theirs.afterLastNumber, string(numbers))
	return splice(merged, theirs.firstNumber, theirs.firstNumber, string(definitions)), ordered
}

// newNumber appends an ordered list that begins at 1.
func (l lists) newNumber(out []byte, id, level int) []byte {
	out = append(out, `<w:num w:numId="`...)
	out = strconv.AppendInt(out, int64(id), 10)
	out = append(out, `"><w:abstractNumId w:val="`...)
	out = strconv.AppendInt(out, int64(l.ordered), 10)
	out = append(out, `"/><w:lvlOverride w:ilvl="`...)
	out = strconv.AppendInt(out, int64(level), 10)
	return append(out, `"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`...)
}
