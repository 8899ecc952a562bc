package locale

import (
	"slices"
	"strings"
	"unicode"
)

// Typography sets the spaces, apostrophes and quotes of a text as printers of the language do.
//
// French: a no-break space before : % € and inside « », a narrow one before ; ? !, ’ for ', and « » for paired straight
// quotes (“ ” inside others). English: curly apostrophes and quotes. Missing French spaces are added where the
// sign ends a word. Addresses, mail addresses, `code`, {variables}, times such as 12:30 and identifiers are left
// alone. Setting a text twice changes nothing more.
func Typography(l Language, s string) string {
	if !strings.ContainsAny(s, `'":;?!«»%€°`) {
		return s
	}
	runes := []rune(s)
	t := setter{text: runes, fixed: fixedRunes(s, runes), out: make([]rune, 0, len(runes)+8)}
	t.pairQuotes()
	for t.at = 0; t.at < len(t.text); t.at++ {
		switch {
		case t.fixed[t.at]:
			t.out = append(t.out, t.text[t.at])
		case l == English:
			t.english(t.text[t.at])
		default:
			t.french(t.text[t.at])
		}
	}
	return string(t.out)
}

// setter goes through a text once.
type setter struct {
	text  []rune
	fixed []bool // runes that must stay as they are
	at    int
	out   []rune
	open  []int // positions of opening straight quotes, in order; none when they do not pair
	close []int
	depth int // how many « are open
}

func (t *setter) previous() rune { return t.rune(t.at - 1) }
func (t *setter) next() rune     { return t.rune(t.at + 1) }

// rune gives the rune at a place, 0 outside the text.
func (t *setter) rune(i int) rune {
	if i < 0 || i >= len(t.text) {
		return 0
	}
	return t.text[i]
}

func (t *setter) english(r rune) {
	switch r {
	case '\'':
		switch before, after := t.previous(), t.next(); {
		case unicode.IsLetter(before), unicode.IsDigit(before) && unicode.IsLetter(after):
			r = '’'
		case startsQuote(before) && unicode.IsLetter(after):
			r = '‘'
		}
	case '"':
		r = t.quote('“', '”', r)
	}
	t.out = append(t.out, r)
}

func (t *setter) french(r rune) {
	switch r {
	case '\'':
		if after := t.next(); unicode.IsLetter(t.previous()) && (isWord(after) || strings.ContainsRune(`«“"{`, after)) {
			r = '’'
		}
		t.out = append(t.out, r)
	case '"':
		t.frenchQuote(r)
	case '«':
		t.openGuillemet()
	case '»':
		t.closeGuillemet()
	case ':':
		t.before(r, noBreak)
	case ';', '?', '!':
		t.before(r, narrowNoBreak)
	case '%', '€':
		t.unit(r)
	case '°':
		t.out = append(t.out, r)
		if before := t.previous(); (before == 'n' || before == 'N') && unicode.IsDigit(t.rune(t.skipSpaces())) && isBlank(t.next()) {
			t.at = t.skipSpaces() - 1
			t.out = append(t.out, noBreak)
		}
	default:
		t.out = append(t.out, r)
	}
}

// frenchQuote turns a paired straight quote into a guillemet, or into “ ” inside guillemets.
func (t *setter) frenchQuote(r rune) {
	if t.depth > 0 {
		t.out = append(t.out, t.quote('“', '”', r))
		return
	}
	switch t.quote('«', '»', r) {
	case '«':
		t.out = append(t.out, '«', noBreak)
	case '»':
		t.out = append(t.out, noBreak, '»')
	default:
		t.out = append(t.out, r)
	}
}

func (t *setter) quote(opening, closing, neither rune) rune {
	switch {
	case slices.Contains(t.open, t.at):
		return opening
	case slices.Contains(t.close, t.at):
		return closing
	default:
		return neither
	}
}

func (t *setter) openGuillemet() {
	t.out = append(t.out, '«')
	t.depth++
	if after := t.skipSpaces(); after < len(t.text) && t.text[after] != '\n' {
		t.out = append(t.out, noBreak)
		t.at = after - 1
	}
}

func (t *setter) closeGuillemet() {
	t.trimBlanks()
	if n := len(t.out); n > 0 && t.out[n-1] != '\n' {
		t.out = append(t.out, noBreak)
	}
	t.out = append(t.out, '»')
	t.depth = max(0, t.depth-1)
}

// before puts a space before a sign that ends a word or stood apart from it; a sign inside a word (12:30, a;b) and one
// that begins something (:name) stay as they are.
func (t *setter) before(sign, space rune) {
	if !endsAfter(t.next()) {
		t.out = append(t.out, sign)
		return
	}
	apart := isBlank(t.previous())
	kept := len(t.out)
	if apart {
		t.trimBlanks()
	}
	var last rune
	if len(t.out) > 0 {
		last = t.out[len(t.out)-1]
	}
	switch {
	case last == '«':
		t.out = append(t.out, noBreak)
	case last == 0 && apart: // a fragment that will follow a word
		t.out = append(t.out, space)
	case last == 0 || last == '\n':
		t.out = t.out[:kept]
	case apart, isWord(last), strings.ContainsRune("»)]”’}%€`*_", last):
		t.out = append(t.out, space)
	}
	t.out = append(t.out, sign)
}

// unit keeps a sign with the number before it.
func (t *setter) unit(sign rune) {
	apart := isBlank(t.previous())
	if apart {
		before := t.at - 1
		for before >= 0 && isBlank(t.text[before]) {
			before--
		}
		if last := t.rune(before); (unicode.IsDigit(last) || last == '}') && !isWord(t.next()) {
			t.trimBlanks()
			t.out = append(t.out, noBreak)
		}
	} else if last := t.previous(); sign == '%' && (unicode.IsDigit(last) || last == '}') && !isWord(t.next()) {
		t.out = append(t.out, noBreak)
	}
	t.out = append(t.out, sign)
}

// skipSpaces gives the place after the spaces that follow the current rune.
func (t *setter) skipSpaces() int {
	i := t.at + 1
	for i < len(t.text) && isBlank(t.text[i]) {
		i++
	}
	return i
}

func (t *setter) trimBlanks() {
	for len(t.out) > 0 && isBlank(t.out[len(t.out)-1]) {
		t.out = t.out[:len(t.out)-1]
	}
}

// pairQuotes finds which straight quotes open and which close. Unless they alternate neatly none is touched: they may
// be inches or code.
func (t *setter) pairQuotes() {
	var found []int
	for i, r := range t.text {
		if r == '"' && !t.fixed[i] {
			found = append(found, i)
		}
	}
	if len(found)%2 != 0 {
		return
	}
	for n, i := range found {
		before, after := t.rune(i-1), t.rune(i+1)
		opens := n%2 == 0 && startsQuote(before) && after != 0 && after != '"' && !unicode.IsSpace(after)
		closes := n%2 == 1 && endsAfter(after) && !unicode.IsSpace(before)
		if !opens && !closes {
			return
		}
	}
	for n, i := range found {
		if n%2 == 0 {
			t.open = append(t.open, i)
		} else {
			t.close = append(t.close, i)
		}
	}
}

// fixedRunes marks code between backquotes, {variables} and words that are addresses.
func fixedRunes(s string, text []rune) []bool {
	fixed := make([]bool, len(text))
	addresses := slices.ContainsFunc([]string{"://", "@", "www.", "mailto:", "--"}, func(sign string) bool {
		return strings.Contains(s, sign)
	})
	mark := func(from, to int) {
		for i := from; i < to; i++ {
			fixed[i] = true
		}
	}
	for i := 0; i < len(text); i++ {
		var end int
		switch text[i] {
		case '`':
			end = i + 1 + slices.Index(text[i+1:], '`')
		case '{':
			end = i + 1 + slices.Index(text[i+1:], '}')
			if end > i && end+1 < len(text) && text[end+1] == '}' {
				end++
			}
		case '&':
			end = i + 1 + slices.IndexFunc(text[i+1:], func(r rune) bool { return !isWord(r) && r != '#' })
			if end > i && text[end] != ';' {
				end = i
			}
		default:
			if addresses && (i == 0 || unicode.IsSpace(text[i-1]) || strings.ContainsRune("(«“[", text[i-1])) {
				if to := wordEnd(text, i); isAddress(string(text[i:to])) {
					end = to - 1
				}
			}
		}
		if end > i {
			mark(i, end+1)
			i = end
		}
	}
	return fixed
}

func wordEnd(text []rune, from int) int {
	for from < len(text) && !unicode.IsSpace(text[from]) {
		from++
	}
	return from
}

func isAddress(word string) bool {
	return strings.Contains(word, "://") || strings.Contains(word, "@") || strings.HasPrefix(word, "www.") ||
		strings.HasPrefix(word, "mailto:") || strings.HasPrefix(word, "--")
}

// isBlank tells a space within a line.
func isBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == noBreak || r == narrowNoBreak || r == '\u2009'
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// startsQuote tells that a quote after this rune can open.
func startsQuote(r rune) bool {
	return r == 0 || unicode.IsSpace(r) || strings.ContainsRune(`([{«“'’—–-*_`, r)
}

// endsAfter tells that a sign before this rune ends a word.
func endsAfter(r rune) bool {
	return r == 0 || unicode.IsSpace(r) || strings.ContainsRune(`)]}»”’"'….,:;?!*_<—–-`, r)
}
