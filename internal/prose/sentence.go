// Package prose judges how sentences of contracts and questionnaires are written: too long, vague, without a limit, without
// somebody who acts, said twice. What it finds are opinions, so an allow-list may overrule each with a reason.
package prose

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/content"
)

// Sentence is one sentence of a text, or one entry of a list.
type Sentence struct {
	Text  string   // as people type it: plain spaces and apostrophes, variables in braces
	words []string // lower case; an elided article is a word, a variable is "{}"
	score bool     // the text that it stands in is about scores
}

var wordShape = regexp.MustCompile(`[\p{L}\p{N}{]+[\p{L}\p{N}_}’'\-]*`)

// Count gives the number of words of a text as people count them: “l'accès” is one, and so is the value of a variable.
func Count(text string) int { return len(wordShape.FindAllStringIndex(text, -1)) }

// Sentences cuts a text of the Markdown subset: every entry of a list is at least one sentence.
func Sentences(blocks []content.Block) []Sentence {
	var out []Sentence
	text := content.Plain(blocks)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if mark, rest, ok := strings.Cut(line, " "); ok && (mark == "-" || isOrdinal(mark)) {
			line = rest
		}
		out = append(out, Split(line)...)
	}
	for i := range out {
		out[i].score = aboutScores.MatchString(text)
	}
	return out
}

// isOrdinal tells the mark of a numbered entry: "12.".
func isOrdinal(mark string) bool {
	digits, ok := strings.CutSuffix(mark, ".")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// Split cuts a text without markup after each full stop, question mark or exclamation mark that a capital follows, save
// after an initial or an abbreviation: “art. R. 1111-11”.
func Split(text string) []Sentence {
	var out []Sentence
	text = typed.Replace(text)
	from := 0
	for i, r := range text {
		if (r == '.' || r == '?' || r == '!') && endsSentence(text[from:i], r, text[i+1:]) {
			out = appendSentence(out, text[from:i+1])
			from = i + 1
		}
	}
	return appendSentence(out, text[from:])
}

// typed undoes what printers do, so that a sentence is found as it stands in the file.
var typed = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "’", "'")

func appendSentence(out []Sentence, text string) []Sentence {
	text = strings.TrimSpace(strings.TrimLeft(text, " »”)"))
	if text == "" {
		return out
	}
	return append(out, Sentence{text, words(text), aboutScores.MatchString(text)})
}

// endsSentence tells whether a stop between two texts ends a sentence.
func endsSentence(before string, stop rune, after string) bool {
	after = strings.TrimLeft(strings.TrimPrefix(after, " »"), "»”)")
	if !strings.HasPrefix(after, " ") && !strings.HasPrefix(after, "\n") {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, " \n«“{("))
	if !unicode.IsUpper(next) && !strings.HasPrefix(strings.TrimLeft(after, " \n"), "{") {
		return false
	}
	last := before[strings.LastIndexAny(before, " '(")+1:]
	return stop != '.' || utf8.RuneCountInString(last) > 1 && !strings.EqualFold(last, "art") && !strings.EqualFold(last, "no")
}

// words gives the words of a sentence for comparison.
func words(text string) []string {
	var out []string
	text = strings.ToLower(text)
	for text != "" {
		start := strings.IndexFunc(text, func(r rune) bool { return r == '{' || inWord(r) })
		if start < 0 {
			return out
		}
		text = text[start:]
		if text[0] == '{' {
			out = append(out, "{}")
			_, text, _ = strings.Cut(text, "}")
			continue
		}
		end := strings.IndexFunc(text, func(r rune) bool { return !inWord(r) && r != '-' })
		if end < 0 {
			end = len(text)
		}
		out = append(out, text[:end])
		text = text[end:]
	}
	return out
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
