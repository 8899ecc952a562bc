package identity

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn/frequency"

	"github.com/garant-sante/garant/internal/locale"
)

// The passwords that attackers try first, most used first: the 30,000 that the zxcvbn estimator ships, counted in public
// leaks (MIT licence, through github.com/trustelem/zxcvbn). Few of them are as long as MinPassword, because people make them
// long enough with a year or a second word; so a password is refused as well when it is one of them made longer in such a
// way, which covers millions where OWASP ASVS 5.0.0 6.2.4 asks for 3,000. That is no rule of composition (6.2.5): any other
// characters will do.
const (
	listPasswords = "passwords" // in the source
	pairedUntil   = 3000        // two passwords in a row are refused when both are among so many of the first
	shortestPair  = 4           // characters of each of the two
	longestTail   = MinPassword - 4
)

// ours are what is tried first against a French health structure (OWASP ASVS 5.0.0 6.2.11), and what the source, counted
// mostly in English, lacks.
func ours() []string {
	return []string{
		"motdepasse", "bienvenue", "hopital", "clinique", "laboratoire", "hospitalier", "centrehospitalier", "chu", "ars", "sante", "garant", "medecin",
		"infirmier", "infirmiere", "pharmacie", "urgences", "changezmoi", "doudou", "loulou", "chouchou", "jetaime", "soleil",
		"printemps", "automne", "vacances", "administrateur", "secretariat", "informatique",
	}
}

// rows are what fingers run along, forwards or backwards.
func rows() []string {
	return []string{"abcdefghijklmnopqrstuvwxyz", "0123456789", "azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm"}
}

// ranks gives the place of each common password in the list, folded. It is made when it is first asked for.
var ranks = sync.OnceValue(func() map[string]int {
	listed := frequency.FrequencyLists[listPasswords]
	places := make(map[string]int, len(listed)+len(ours()))
	for _, password := range append(ours(), listed...) {
		if folded := locale.Fold(password); places[folded] == 0 {
			places[folded] = len(places) + 1
		}
	}
	return places
})

// commonPassword tells whether a password is one that attackers try first: one of the list; one of the list with a few
// figures or signs around it ("Sunshine2024!", with letters replaced as in "p@ssw0rd"); one repeated; two of the most used
// in a row; or a run along the alphabet, the figures or a keyboard. Case and accents do not count, nor do spaces between.
func commonPassword(password string) bool {
	folded := strings.ReplaceAll(locale.Fold(password), " ", "")
	if listed(folded) || isRun(folded) {
		return true
	}
	stem := strings.TrimFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
	around := utf8.RuneCountInString(folded) - utf8.RuneCountInString(stem)
	if around > longestTail {
		return false
	}
	for _, core := range []string{folded, stem, plainLetters.Replace(folded), plainLetters.Replace(stem)} {
		if core != "" && (listed(core) || listed(repeated(core)) || isRun(core) || isPair(core)) {
			return true
		}
	}
	return false
}

// plainLetters undoes the replacements that everybody knows.
var plainLetters = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

func listed(folded string) bool { return ranks()[folded] > 0 }

// isRun tells whether a text of several characters follows one of rows, round its end if need be.
func isRun(s string) bool {
	if len(s) < MinPassword/2 {
		return false
	}
	backwards := reversed(s)
	for _, row := range rows() {
		round := strings.Repeat(row, len(s)/len(row)+2)
		if strings.Contains(round, s) || strings.Contains(round, backwards) {
			return true
		}
	}
	return false
}

// repeated gives the shortest text that a text is made of, over and over; the text itself when there is none.
func repeated(s string) string {
	for n := 1; n <= len(s)/2; n++ {
		if len(s)%n == 0 && strings.Repeat(s[:n], len(s)/n) == s {
			return s[:n]
		}
	}
	return s
}

// isPair tells whether a text is two of the most used passwords in a row.
func isPair(s string) bool {
	often := func(part string) bool {
		rank := ranks()[part]
		return rank > 0 && rank <= pairedUntil+len(ours())
	}
	for at := shortestPair; at <= len(s)-shortestPair; at++ {
		if often(s[:at]) && often(s[at:]) {
			return true
		}
	}
	return false
}

func reversed(s string) string {
	runes := []rune(s)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}
