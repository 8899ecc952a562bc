package locale

import (
	"strconv"
	"strings"
)

// largestInWords is the largest number that Words spells.
const largestInWords = 999_999

// Words spells a whole number from 0 to 999,999; another number is given in figures.
//
// French follows the traditional spelling, which contracts and courts use most: hyphens below one hundred except
// around "et" ("vingt et un", "soixante et onze", "quatre-vingt-un"); "cent" and "quatre-vingt" take an s only when
// multiplied and last ("deux cents", "deux cent un", "deux cent mille"); "mille" never does. English is British:
// "one hundred and one".
func (p Printer) Words(n int64) string {
	switch {
	case n < 0 || n > largestInWords:
		return p.Number(strconv.FormatInt(n, 10))
	case p.language == English:
		return englishWords(int(n))
	default:
		return frenchWords(int(n))
	}
}

// WordsFeminine spells a number that counts a feminine noun: "une", "vingt et une", "cent une". "Un" before "mille"
// stays as it is: "vingt et un mille heures". English has no gender.
func (p Printer) WordsFeminine(n int64) string {
	words := p.Words(n)
	if p.language == French && (words == "un" || strings.HasSuffix(words, " un") || strings.HasSuffix(words, "-un")) {
		return words + "e"
	}
	return words
}

var frenchUnits = [...]string{
	"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
	"quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
}

var frenchTens = [...]string{2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante"}

func frenchWords(n int) string {
	thousands, rest := n/1000, n%1000
	switch {
	case thousands == 0:
		return frenchHundreds(rest, true)
	case thousands == 1 && rest == 0:
		return "mille"
	case thousands == 1:
		return "mille " + frenchHundreds(rest, true)
	case rest == 0:
		return frenchHundreds(thousands, false) + " mille"
	default:
		return frenchHundreds(thousands, false) + " mille " + frenchHundreds(rest, true)
	}
}

// frenchHundreds spells 0 to 999; last tells that no "mille" follows, which would take the plural s away.
func frenchHundreds(n int, last bool) string {
	hundreds, rest := n/100, n%100
	words := "cent"
	if hundreds > 1 {
		words = frenchUnits[hundreds] + " cent"
	}
	switch {
	case hundreds == 0:
		return frenchBelowHundred(rest, last)
	case rest > 0:
		return words + " " + frenchBelowHundred(rest, last)
	case hundreds > 1 && last:
		return words + "s"
	default:
		return words
	}
}

func frenchBelowHundred(n int, last bool) string {
	switch {
	case n < 20:
		return frenchUnits[n]
	case n == 71:
		return "soixante et onze"
	case n == 80 && last:
		return "quatre-vingts"
	case n == 80:
		return "quatre-vingt"
	case n > 80:
		return "quatre-vingt-" + frenchUnits[n-80]
	case n >= 70:
		return "soixante-" + frenchUnits[n-60]
	}
	tens, unit := frenchTens[n/10], n%10
	switch unit {
	case 0:
		return tens
	case 1:
		return tens + " et un"
	default:
		return tens + "-" + frenchUnits[unit]
	}
}

var englishUnits = [...]string{
	"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
	"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
}

var englishTens = [...]string{
	2: "twenty", 3: "thirty", 4: "forty", 5: "fifty", 6: "sixty", 7: "seventy", 8: "eighty", 9: "ninety",
}

func englishWords(n int) string {
	thousands, rest := n/1000, n%1000
	switch {
	case thousands == 0:
		return englishHundreds(rest)
	case rest == 0:
		return englishHundreds(thousands) + " thousand"
	case rest < 100:
		return englishHundreds(thousands) + " thousand and " + englishHundreds(rest)
	default:
		return englishHundreds(thousands) + " thousand " + englishHundreds(rest)
	}
}

func englishHundreds(n int) string {
	hundreds, rest := n/100, n%100
	switch {
	case hundreds == 0:
		return englishBelowHundred(rest)
	case rest == 0:
		return englishUnits[hundreds] + " hundred"
	default:
		return englishUnits[hundreds] + " hundred and " + englishBelowHundred(rest)
	}
}

func englishBelowHundred(n int) string {
	switch {
	case n < 20:
		return englishUnits[n]
	case n%10 == 0:
		return englishTens[n/10]
	default:
		return englishTens[n/10] + "-" + englishUnits[n%10]
	}
}
