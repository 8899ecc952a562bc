package web

import (
	"iter"
	"regexp"
	"strings"
	"unicode"

	"github.com/garant-sante/garant/internal/locale"
)

// searchForm is a word by the two forms under which it is found: without accent or capital, and without its plural.
type searchForm struct{ folded, stem string }

// searchText is a text with its words.
type searchText struct {
	text  string
	words []searchWord
	forms []int32 // of its words, each once
}

// searchWord is a word of a text: where it stands, in bytes, and its form in the vocabulary.
type searchWord struct {
	start, end int
	form       int32
}

// words gives where the words of a text begin and end: runs of letters and figures.
func words(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		start := -1
		for i, r := range text {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || start >= 0 && unicode.Is(unicode.Mn, r) {
				if start < 0 {
					start = i
				}
				continue
			}
			if start >= 0 && !yield(start, i) {
				return
			}
			start = -1
		}
		if start >= 0 {
			yield(start, len(text))
		}
	}
}

// read finds the words of a text and adds them to the vocabulary.
func (x *searchLanguage) read(text string) searchText {
	t := searchText{text: text}
	seen := map[int32]bool{}
	for start, end := range words(text) {
		folded := locale.Fold(text[start:end])
		if folded == "" {
			continue
		}
		form, known := x.numbers[folded]
		if !known {
			form = int32(len(x.forms))
			x.numbers[folded] = form
			x.forms = append(x.forms, searchForm{folded, stem(x.language, folded)})
		}
		t.words = append(t.words, searchWord{start, end, form})
		if !seen[form] {
			seen[form] = true
			t.forms = append(t.forms, form)
		}
	}
	return t
}

// plurals are the endings of a plural and what they come from, the first that fits. In French travail and travaux meet
// at traval.
var plurals = map[locale.Language][][2]string{
	locale.French:  {{"eaux", "eau"}, {"aux", "al"}, {"ails", "al"}, {"ail", "al"}, {"ss", "ss"}, {"s", ""}, {"x", ""}},
	locale.English: {{"ies", "y"}, {"ches", "ch"}, {"shes", "sh"}, {"xes", "x"}, {"sses", "ss"}, {"ss", "ss"}, {"us", "us"}, {"is", "is"}, {"s", ""}},
}

// stem takes the mark of the plural from a folded word, so that a word and its plural are one. Words of three letters
// stay as they are.
func stem(l locale.Language, word string) string {
	if len(word) <= 3 {
		return word
	}
	for _, ending := range plurals[l] {
		if before, ok := strings.CutSuffix(word, ending[0]); ok && len(before) >= 2 {
			return before + ending[1]
		}
	}
	return word
}

// searchTerm is one word looked for; a code is matched against numbers alone.
type searchTerm struct {
	searchForm
	code   bool
	levels []uint8 // how well each form of the vocabulary answers
}

// idle are words that are in every text.
var idle = map[string]bool{
	"le": true, "la": true, "les": true, "un": true, "une": true, "de": true, "des": true, "du": true, "et": true, "ou": true, "en": true,
	"au": true, "aux": true, "sur": true, "par": true, "pour": true, "the": true, "an": true, "of": true, "to": true, "and": true, "or": true,
	"in": true, "for": true, "by": true, "on": true, "art": true, "article": true,
}

// terms reads what was typed; codes says whether numbers such as PAT-02 are read as one word, slips whether a word that no
// text has is taken for those that differ from it by one slip. Words that are in every text are left out, unless nothing
// else was typed.
func (x *searchLanguage) terms(query string, codes, slips bool) []searchTerm {
	var all, kept []searchTerm
	add := func(t searchTerm) {
		all = append(all, t)
		if t.code || !idle[t.folded] && (len(t.folded) > 1 || unicode.IsDigit(rune(t.folded[0]))) {
			kept = append(kept, t)
		}
	}
	for typed := range strings.FieldsSeq(spacedCode.ReplaceAllString(query, "$1-$2")) {
		if codes && isCode(typed) {
			add(searchTerm{searchForm: searchForm{folded: codeOf(typed)}, code: true})
			continue
		}
		for start, end := range words(typed) {
			if folded := locale.Fold(typed[start:end]); folded != "" {
				add(searchTerm{searchForm: searchForm{folded, stem(x.language, folded)}})
			}
		}
	}
	if len(kept) == 0 {
		kept = all
	}
	kept = kept[:min(len(kept), maxTerms)]
	for i := range kept {
		x.answer(&kept[i], slips)
	}
	return kept
}

// answer says of every word of the texts how well it answers a term.
func (x *searchLanguage) answer(t *searchTerm, slips bool) {
	t.levels = make([]uint8, len(x.forms))
	known := false
	for n, form := range x.forms {
		t.levels[n] = t.match(form)
		known = known || t.levels[n] > 0
	}
	if known || !slips || !t.mayBeMistyped() {
		return
	}
	for n, form := range x.forms {
		t.levels[n] = t.nearly(form)
	}
}

// match says how well a word answers: 4 the word or its plural, 2 its beginning, 0 not at all.
func (t searchTerm) match(w searchForm) uint8 {
	switch {
	case t.code:
		return 0
	case w.folded == t.folded, w.stem == t.stem:
		return 4
	case len(t.folded) > 1 && (strings.HasPrefix(w.folded, t.folded) || t.plural() && strings.HasPrefix(w.folded, t.stem) || t.ofAil(w)):
		return 2
	}
	return 0
}

// ofAil reports whether a word in -aux may be the plural of one in -ail that begins another: travaux, travailler.
func (t searchTerm) ofAil(w searchForm) bool {
	root, ok := strings.CutSuffix(t.folded, "aux")
	return ok && len(root) >= 2 && strings.HasPrefix(w.folded, root+"ail")
}

// plural reports whether the word is the plural of its stem, which then may begin other words as the word itself may.
func (t searchTerm) plural() bool {
	return len(t.stem) > 2 && (t.folded == t.stem+"s" || t.folded == t.stem+"x" || strings.HasSuffix(t.folded, "aux"))
}

// best is the best match among the words of a text.
func (t searchTerm) best(text searchText) int {
	var best uint8
	for _, form := range text.forms {
		best = max(best, t.levels[form])
	}
	return int(best)
}

// isCode tells a number such as PAT-02, O-7.2 or RGPD-28 from a word: letters, a dash, then figures.
func isCode(typed string) bool {
	letters, figures, dash := strings.Cut(dashes.Replace(typed), "-")
	return dash && letters != "" && unicode.IsLetter(rune(letters[0])) && strings.ContainsAny(figures, "0123456789")
}

// spacedCode is the number of a clause or of a question typed without its dash: “PAT 02”.
var spacedCode = regexp.MustCompile(`(?i)\b([a-z]{3}) (q?\d\d)\b`)

// dashes are the dashes that a number may have been copied with.
var dashes = strings.NewReplacer("‑", "-", "–", "-")

// codeOf is the one form of a number, however it is typed: "PAT-02" → "pat02", "O-7.2" → "o72".
func codeOf(id string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, locale.Fold(id))
}

// unpadded is a number as it is typed without its zero: "PAT-02" → "PAT-2"; "PAT-Q02" → "PAT-Q2".
var unpadded = regexp.MustCompile(`([-Q])0+([1-9])`)

// codesOf gives the ways in which the number of an entry is typed.
func codesOf(id string) []string {
	codes := []string{codeOf(id)}
	if short := codeOf(unpadded.ReplaceAllString(id, "$1$2")); short != codes[0] {
		codes = append(codes, short)
	}
	return codes
}

// leastMistyped is the shortest word in which a slip is forgiven, in letters: a shorter one would mean too many others.
const leastMistyped = 5

// mayBeMistyped tells a word long enough to be known by the rest of its letters; a number is what it is.
func (t searchTerm) mayBeMistyped() bool {
	return !t.code && len(t.folded) >= leastMistyped && !strings.ContainsAny(t.folded, "0123456789")
}

// nearly says whether a word is a slip away: 1 the word, its plural, or the beginning of one.
func (t searchTerm) nearly(w searchForm) uint8 {
	if oneSlip(t.folded, w.folded) || oneSlip(t.stem, w.stem) {
		return 1
	}
	for length := len(t.folded) - 1; length <= len(t.folded)+1; length++ {
		if len(t.folded) > leastMistyped && length < len(w.folded) && oneSlip(t.folded, w.folded[:length]) {
			return 1
		}
	}
	return 0
}

// oneSlip reports whether two words are one slip of the finger apart: a letter wrong, missing, too many, or two swapped.
func oneSlip(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}

// matchCode says how well numbers answer, the last of which are cited: 4 the entry's own, 2 one that it cites, 1 the
// beginning of one.
func (t searchTerm) matchCode(codes []string, cited int) int {
	best := 0
	for i, c := range codes {
		switch {
		case c == t.folded && i < len(codes)-cited:
			return 4
		case c == t.folded:
			best = max(best, 2)
		case strings.HasPrefix(c, t.folded):
			best = max(best, 1)
		}
	}
	return best
}
