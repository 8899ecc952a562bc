// Package locale gives the product its words: messages with plurals, errors a user can act on, dates,
// numbers in figures and in words, quantities as contracts write them, and the typography of French and
// English. French comes first; English is complete.
//
// The messages are in fr/*.yaml and en/*.yaml, one file a page, embedded. A file is flat: a key and its text, or
// a key and its plural forms:
//
//	supplier.title: Prestataires
//	supplier.services:
//	  one: "{{.count}} prestation"
//	  many: "{{.count}} de prestations"
//	  other: "{{.count}} prestations"
//
// A placeholder is {{.name}} and nothing more. Texts may be typed with plain apostrophes, quotes and spaces:
// Typography sets them once, when they are loaded.
package locale

import (
	"strings"

	"golang.org/x/text/language"
)

// Language is one of the two languages of the product, as its two-letter code.
type Language string

// The languages of the product.
const (
	French  Language = "fr"
	English Language = "en"
)

// Languages lists the languages, the default one first.
func Languages() []Language { return []Language{French, English} }

// ParseLanguage reads a language code, with or without a region ("fr", "FR", "en-GB"); false when the product does
// not speak it.
func ParseLanguage(code string) (Language, bool) {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(code)), "_", "-"), "-")
	switch l := Language(base); l {
	case French, English:
		return l, true
	}
	return French, false
}

// MatchLanguage chooses the language for a browser's Accept-Language header; French when it asks for neither.
func MatchLanguage(header string) Language {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return French
	}
	for _, tag := range tags {
		if l, ok := ParseLanguage(tag.String()); ok {
			return l
		}
	}
	return French
}

// Tag gives the language with the region whose habits the product follows, as documents and pages declare it:
// "fr-FR", "en-GB".
func (l Language) Tag() string {
	if l == English {
		return "en-GB"
	}
	return "fr-FR"
}
