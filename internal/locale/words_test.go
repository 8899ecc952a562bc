package locale_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/garant-sante/garant/internal/locale"
)

func printer(t *testing.T, l locale.Language) locale.Printer {
	t.Helper()
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalogue.In(l)
}

func TestWordsSpellNumbersAsContractsDo(t *testing.T) {
	t.Parallel()
	type spelling struct{ French, Feminine, English string }
	got, want := map[int64]spelling{}, map[int64]spelling{
		0:      {"zéro", "zéro", "zero"},
		1:      {"un", "une", "one"},
		10:     {"dix", "dix", "ten"},
		17:     {"dix-sept", "dix-sept", "seventeen"},
		21:     {"vingt et un", "vingt et une", "twenty-one"},
		22:     {"vingt-deux", "vingt-deux", "twenty-two"},
		61:     {"soixante et un", "soixante et une", "sixty-one"},
		70:     {"soixante-dix", "soixante-dix", "seventy"},
		71:     {"soixante et onze", "soixante et onze", "seventy-one"},
		72:     {"soixante-douze", "soixante-douze", "seventy-two"},
		80:     {"quatre-vingts", "quatre-vingts", "eighty"},
		81:     {"quatre-vingt-un", "quatre-vingt-une", "eighty-one"},
		90:     {"quatre-vingt-dix", "quatre-vingt-dix", "ninety"},
		91:     {"quatre-vingt-onze", "quatre-vingt-onze", "ninety-one"},
		99:     {"quatre-vingt-dix-neuf", "quatre-vingt-dix-neuf", "ninety-nine"},
		100:    {"cent", "cent", "one hundred"},
		101:    {"cent un", "cent une", "one hundred and one"},
		180:    {"cent quatre-vingts", "cent quatre-vingts", "one hundred and eighty"},
		200:    {"deux cents", "deux cents", "two hundred"},
		201:    {"deux cent un", "deux cent une", "two hundred and one"},
		365:    {"trois cent soixante-cinq", "trois cent soixante-cinq", "three hundred and sixty-five"},
		1000:   {"mille", "mille", "one thousand"},
		1001:   {"mille un", "mille une", "one thousand and one"},
		1100:   {"mille cent", "mille cent", "one thousand one hundred"},
		2000:   {"deux mille", "deux mille", "two thousand"},
		3200:   {"trois mille deux cents", "trois mille deux cents", "three thousand two hundred"},
		21000:  {"vingt et un mille", "vingt et un mille", "twenty-one thousand"},
		80000:  {"quatre-vingt mille", "quatre-vingt mille", "eighty thousand"},
		80080:  {"quatre-vingt mille quatre-vingts", "quatre-vingt mille quatre-vingts", "eighty thousand and eighty"},
		200000: {"deux cent mille", "deux cent mille", "two hundred thousand"},
		999999: {
			"neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf",
			"neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf",
			"nine hundred and ninety-nine thousand nine hundred and ninety-nine",
		},
		1000000: {"1\u202f000\u202f000", "1\u202f000\u202f000", "1,000,000"},
		-1:      {"-1", "-1", "-1"},
	}
	fr, en := printer(t, locale.French), printer(t, locale.English)
	for n := range want {
		got[n] = spelling{fr.Words(n), fr.WordsFeminine(n), en.Words(n)}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A reader of number words, written from the grammar and not from the speller, takes each spelling back to its number;
// and hyphens, plural s and "et" stand only where the rules put them.
func TestEveryNumberReadsBackFromItsFrenchWords(t *testing.T) {
	t.Parallel()
	p := printer(t, locale.French)
	for n := int64(0); n <= 999_999; n++ {
		words, feminine := p.Words(n), p.WordsFeminine(n)
		if back := readFrench(words); back != n {
			t.Fatalf("%d is spelled %q, which reads %d", n, words, back)
		}
		if want := frenchFeminine(n, words); feminine != want {
			t.Fatalf("%d in the feminine is spelled %q, not %q", n, feminine, want)
		}
		if wrong := frenchFault(n, words); wrong != "" {
			t.Fatalf("%d is spelled %q: %s", n, words, wrong)
		}
	}
}

func TestEveryNumberReadsBackFromItsEnglishWords(t *testing.T) {
	t.Parallel()
	p := printer(t, locale.English)
	for n := int64(0); n <= 999_999; n++ {
		if back := readEnglish(p.Words(n)); back != n {
			t.Fatalf("%d is spelled %q, which reads %d", n, p.Words(n), back)
		}
	}
}

var frenchValues = map[string]int64{
	"zéro": 0, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
	"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20,
	"vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
}

func readFrench(words string) int64 {
	var total, group int64
	for _, word := range strings.FieldsFunc(words, func(r rune) bool { return r == ' ' || r == '-' }) {
		switch word {
		case "et":
		case "mille":
			total += max(group, 1) * 1000
			group = 0
		case "cent", "cents":
			group = max(group, 1) * 100
		case "vingt", "vingts":
			if group%100 == 4 { // quatre-vingt
				group += 76
			} else {
				group += 20
			}
		default:
			value, known := frenchValues[word]
			if !known {
				return -1
			}
			group += value
		}
	}
	return total + group
}

var englishValues = map[string]int64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
	"seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
	"sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

func readEnglish(words string) int64 {
	var total, group int64
	for _, word := range strings.FieldsFunc(words, func(r rune) bool { return r == ' ' || r == '-' }) {
		switch word {
		case "and":
		case "thousand":
			total += group * 1000
			group = 0
		case "hundred":
			group *= 100
		default:
			value, known := englishValues[word]
			if !known {
				return -1
			}
			group += value
		}
	}
	return total + group
}

func frenchFeminine(n int64, masculine string) string {
	if n%10 == 1 && n%100 != 11 && n%100 != 71 && n%100 != 91 {
		return masculine + "e"
	}
	return masculine
}

// frenchFault tells which rule of spelling a number breaks.
func frenchFault(n int64, words string) string {
	hundred, thousand := n%100, n/1000
	switch {
	case strings.HasSuffix(words, "cents") != (hundred == 0 && n%1000 >= 200):
		return "cent takes an s when multiplied and last, and only then"
	case strings.HasSuffix(words, "vingts") != (hundred == 80):
		return "quatre-vingts takes an s when last, and only then"
	case strings.Contains(words, "s mille") && !strings.Contains(words, "trois mille"):
		return "nothing takes an s before mille"
	case strings.Contains(words, "un mille") && thousand == 1:
		return "mille takes no un before it"
	case strings.Count(words, " et ") != et(hundred)+et(thousand%100):
		return "et stands before un and onze from 21 to 71, without hyphens"
	case strings.Contains(words, "-et"), strings.Contains(words, "et-"), strings.Contains(words, "  "):
		return "et has no hyphens"
	}
	return ""
}

func et(belowHundred int64) int {
	switch belowHundred {
	case 21, 31, 41, 51, 61, 71:
		return 1
	}
	return 0
}

func ExamplePrinter_Quantity() {
	catalogue, _ := locale.Load()
	french, english := catalogue.In(locale.French), catalogue.In(locale.English)
	plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ")
	fmt.Println(plain.Replace(french.Quantity("days", "10")), "/", plain.Replace(english.Quantity("days", "10")))
	fmt.Println(plain.Replace(french.Quantity("hours", "1")), "/", plain.Replace(english.Quantity("hours", "1")))
	// Output:
	// dix (10) jours / ten (10) days
	// une (1) heure / one (1) hour
}
