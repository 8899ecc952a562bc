package workbook

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/questionnaire"
	"github.com/garant-sante/garant/internal/sheet"
)

// vocabulary is every word that a workbook may use, in both languages, folded: case, accents and outer spaces do not matter.
type vocabulary struct {
	id     string
	titles map[string]titled
	yesNo  map[string]content.Scalar
	levels map[string]int // names of levels
}

type titled struct {
	column    int
	languages []locale.Language
}

// titleKeys are the columns that are read.
var titleKeys = map[int]string{
	columnID: "workbook.column.id", columnQuestion: "workbook.column.question", columnAnswer: "workbook.column.answer",
	columnComment: "workbook.column.comment", columnEvidence: "workbook.column.evidence", columnWhyNot: "workbook.column.why-not",
}

func newVocabulary(words *locale.Catalogue) *vocabulary {
	v := &vocabulary{titles: map[string]titled{}, yesNo: map[string]content.Scalar{}, levels: map[string]int{}}
	for _, l := range locale.Languages() {
		p := words.In(l)
		v.id = p.T(titleKeys[columnID])
		for column, key := range titleKeys {
			folded := fold(p.T(key))
			v.titles[folded] = titled{column, append(v.titles[folded].languages, l)}
		}
		for _, answer := range []content.Scalar{"yes", "partial", "no"} {
			v.yesNo[fold(p.T("workbook.answer."+string(answer)))] = answer
		}
		for n := range 5 {
			v.levels[fold(p.T("workbook.level."+strconv.Itoa(n)))] = n
		}
	}
	return v
}

// title tells which column a title names, and in which languages it does.
func (v *vocabulary) title(text string) (int, []locale.Language, bool) {
	if len(text) > 100 {
		return 0, nil, false
	}
	t, ok := v.titles[fold(text)]
	return t.column, t.languages, ok
}

// understand reads the answer to a question from its cell; false when it cannot be understood. What is understood may still be
// out of bounds: see questionnaire.Check.
func (v *vocabulary) understand(q *questionnaire.Question, cell sheet.Held) ([]content.Scalar, bool) {
	if cell.Kind == sheet.AnError || cell.Kind == sheet.ATruth {
		return nil, false
	}
	text := trim(cell.Text)
	one := func(s string, ok bool) ([]content.Scalar, bool) { return []content.Scalar{content.Scalar(s)}, ok }
	switch q.Type {
	case questionnaire.Maturity:
		return one(v.level(q, cell, text))
	case questionnaire.YesNo:
		answer, ok := v.yesNo[fold(text)]
		return one(string(answer), ok && cell.Kind == sheet.AText)
	case questionnaire.Single:
		return one(optionOf(q, text))
	case questionnaire.Multi:
		return severalOf(q, text)
	case questionnaire.Number:
		return one(number(q, cell, text))
	case questionnaire.Date:
		return one(date(cell, text))
	}
	return one(text, true)
}

// levelled is a level alone or before a label. What follows a sign must not be a digit: “3.5”, “3 - 4”.
var levelled = regexp.MustCompile(`(?s)^([0-4])\s*(?:[·•:.)\x{2010}-\x{2015}-]?\s*|[·•:.)\x{2010}-\x{2015}-]\s*([^\d\s·•:.)\x{2010}-\x{2015}-].*)|\s(\pL.*))$`)

// level reads 3, or 3 before its name or what it means: “3 · Appliqué”. Another level in the same cell makes it unclear.
func (v *vocabulary) level(q *questionnaire.Question, cell sheet.Held, text string) (string, bool) {
	if cell.Kind == sheet.ADate {
		return "", false
	}
	if len(text) == 1 {
		return text, text[0] >= '0' && text[0] <= '4'
	}
	parts := levelled.FindStringSubmatch(strings.ReplaceAll(text, "\u00a0", " "))
	if parts == nil {
		return "", false
	}
	label := parts[2] + parts[3]
	return parts[1], label == "" || !v.contradicts(q, int(parts[1][0]-'0'), label)
}

// alternative is another level in a label: “3 ou 4”.
var alternative = regexp.MustCompile(`^(?:ou|a|et|or|to|and|voire|puis|bientot)\s+[0-9]`)

// contradicts tells a label that is another level's.
func (v *vocabulary) contradicts(q *questionnaire.Question, level int, label string) bool {
	folded := fold(label)
	if other, known := v.levels[folded]; known {
		return other != level
	}
	if alternative.MatchString(folded) {
		return true
	}
	if q.Levels == nil {
		return false
	}
	own := false
	for n, text := range q.Levels.All() {
		for _, l := range locale.Languages() {
			if said := text.In(l); fold(said) == folded || fold(locale.Typography(l, said)) == folded {
				if n == level {
					own = true
				} else if !own {
					return true
				}
			}
		}
	}
	return false
}

// optionOf finds the option that a text names: by its label in either language, as it is written or as it is printed, or by
// its id.
func optionOf(q *questionnaire.Question, text string) (string, bool) {
	for _, o := range q.Options {
		for _, l := range locale.Languages() {
			if said := strings.TrimSpace(o.Label.In(l)); said == text || locale.Typography(l, said) == text {
				return o.ID, true
			}
		}
	}
	folded := fold(text)
	for _, o := range q.Options {
		if fold(o.ID) == folded {
			return o.ID, true
		}
		for _, l := range locale.Languages() {
			if said := o.Label.In(l); fold(said) == folded || fold(locale.Typography(l, said)) == folded {
				return o.ID, true
			}
		}
	}
	return "", false
}

// maxPieces bounds how many parts an answer with several options may have.
const maxPieces = 100

// severalOf reads several options, separated by semicolons or line breaks. A label may hold semicolons itself: the longest
// run of parts that is a label counts. The options come in the question's order.
func severalOf(q *questionnaire.Question, text string) ([]content.Scalar, bool) {
	pieces := strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' })
	pieces = slices.DeleteFunc(pieces, func(s string) bool { return trim(s) == "" })
	if len(pieces) == 0 || len(pieces) > maxPieces {
		return nil, false
	}
	chosen := map[string]bool{}
	longest := 1 + mostSemicolons(q)
	for len(pieces) > 0 {
		taken := 0
		for n := min(longest, len(pieces)); n > 0 && taken == 0; n-- {
			if id, ok := optionOf(q, trim(strings.Join(pieces[:n], ";"))); ok {
				chosen[id], taken = true, n
			}
		}
		if taken == 0 {
			return nil, false
		}
		pieces = pieces[taken:]
	}
	var given []content.Scalar
	for _, o := range q.Options {
		if chosen[o.ID] {
			given = append(given, content.Scalar(o.ID))
		}
	}
	return given, true
}

func mostSemicolons(q *questionnaire.Question) int {
	most := 0
	for _, o := range q.Options {
		most = max(most, strings.Count(o.Label.FR, ";"), strings.Count(o.Label.EN, ";"))
	}
	return most
}

// grouped are the spaces between thousands: "1 500".
var grouped = regexp.MustCompile(`^[0-9]{1,3}(?:[ \x{a0}\x{202f}][0-9]{3})+(?:[.,][0-9]+)?$`)

var spaces = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "")

// number reads a number with a comma or a point. One shown as a percentage is what is shown where a percentage is asked.
func number(q *questionnaire.Question, cell sheet.Held, text string) (string, bool) {
	percent := q.Unit == "percent"
	switch cell.Kind {
	case sheet.ADate:
		return "", false
	case sheet.APercentage:
		if !percent {
			text = strconv.FormatFloat(cell.Number, 'f', -1, 64)
		}
		return text, true
	case sheet.ANumber:
		return text, true
	}
	if percent {
		text = strings.TrimRightFunc(strings.TrimSuffix(text, "%"), unicode.IsSpace)
	}
	if grouped.MatchString(text) {
		text = spaces.Replace(text)
	}
	decimal, ok := content.ParseDecimal(text)
	return string(decimal), ok
}

// writtenDate is a day as people write it: 15/01/2027, 15.1.2027.
var writtenDate = regexp.MustCompile(`^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})$`)

// isoDate is a day as programs write it, with or without an hour after it.
var isoDate = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9:.]+Z?)?$`)

// date reads a date cell, or text as 2027-01-15 or 15/01/2027: the day always comes before the month.
func date(cell sheet.Held, text string) (string, bool) {
	if cell.Kind == sheet.ADate {
		return text, true
	}
	if cell.Kind != sheet.AText {
		return "", false
	}
	if iso := isoDate.FindStringSubmatch(text); iso != nil {
		_, err := time.Parse(time.DateOnly, iso[1])
		return iso[1], err == nil
	}
	parts := writtenDate.FindStringSubmatch(text)
	if parts == nil {
		return "", false
	}
	day, err := time.Parse("2/1/2006", parts[1]+"/"+parts[2]+"/"+parts[3])
	return day.Format(time.DateOnly), err == nil
}

// fold is how words are compared.
func fold(text string) string { return locale.Fold(trim(text)) }

// trim takes the spaces around a text away, those that nobody sees among them.
func trim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B' || r == '\u200E' || r == '\u200F'
	})
}

// split cuts the names of evidence, one a line or separated by semicolons.
func split(text string) []string {
	var names []string
	for name := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		if name = trim(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// shorten makes a text from a cell fit for a message.
func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:59]) + "…"
	}
	return text
}
