package prose

import (
	"regexp"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// Rule is one way in which a sentence may be poor. Its message is under the key "lint." and its name.
type Rule string

// The rules.
const (
	Long      Rule = "sentence-long"  // above MaxSentence words
	Vague     Rule = "vague"          // a word that nobody can check
	NoPeriod  Rule = "no-period"      // “regularly” and its like, without how often
	NoLimit   Rule = "no-limit"       // “without delay” and its like, without by when at the latest
	Passive   Rule = "passive"        // French obligation that does not say who acts
	Figure    Rule = "figure"         // a figure that is neither a variable nor part of a reference
	Duplicate Rule = "near-duplicate" // nearly the sentence of another entry
)

// Choices lists what an allow-list may name.
func (Rule) Choices() []string {
	return []string{string(Long), string(Vague), string(NoPeriod), string(NoLimit), string(Passive), string(Figure), string(Duplicate)}
}

// MaxSentence is the longest sentence, in words.
const MaxSentence = 45

// Judgement is what one rule finds in one sentence.
type Judgement struct {
	Rule     Rule
	IDs      []string // of the clause or question, and of the other one for a duplicate
	Value    string   // the word or figure found; for Long and Duplicate, the sentence
	Sentence string
	fault.Problem
}

// Entry is where sentences stand: the clause or question, and how to place a problem in its file.
type Entry struct {
	ID    string
	Place func(key string, args ...any) fault.Problem
}

// Judge applies to one sentence the rules that are named; it does so in the order of the rules.
func (e Entry) Judge(l locale.Language, s Sentence, rules ...Rule) []Judgement {
	var out []Judgement
	add := func(rule Rule, value string, args ...any) {
		args = append([]any{"value", value}, args...)
		out = append(out, Judgement{rule, []string{e.ID}, value, s.Text, e.Place("lint."+string(rule), args...)})
	}
	for _, rule := range rules {
		if count := Count(s.Text); rule == Long && count > MaxSentence {
			add(Long, excerpt(s.Text), "words", count, "max", MaxSentence)
		}
		for _, value := range s.poor(l, rule) {
			add(rule, value)
		}
	}
	return out
}

// poor gives the words or figures of a sentence that a rule finds poor, each once.
func (s Sentence) poor(l locale.Language, rule Rule) []string {
	switch {
	case rule == Vague:
		return s.all(vagueWords[l])
	case rule == NoPeriod && !s.hasPeriod():
		return s.all(frequencyWords[l])
	case rule == NoLimit && !s.hasLimit():
		return s.all(urgencyWords[l])
	case rule == Passive && l == locale.French:
		return s.passives()
	case rule == Figure:
		return s.figures()
	}
	return nil
}

// excerpt shortens a sentence for a message.
func excerpt(text string) string {
	const longest = 70
	runes := []rune(text)
	if len(runes) <= longest {
		return text
	}
	cut := strings.TrimRight(string(runes[:longest]), " ")
	if space := strings.LastIndexByte(cut, ' '); space > 0 {
		cut = cut[:space]
	}
	return cut + "…"
}

// Words that promise without saying what. The words of a list are as Sentence has them: lower case, elisions apart.
var (
	vagueWords = phrases{
		locale.French: {
			"raisonnable", "raisonnables", "raisonnablement", "adéquat", "adéquate", "adéquats", "adéquates", "approprié",
			"appropriée", "appropriés", "appropriées", "suffisamment", "convenablement", "notamment", "si possible",
			"autant que possible", "dans la mesure du possible", "à l état de l art", "conforme à l état de l art",
		},
		locale.English: {
			"reasonable", "reasonably", "adequate", "adequately", "appropriate", "appropriately", "sufficiently", "if possible",
			"where possible", "as far as possible", "state of the art", "state-of-the-art", "best efforts",
		},
	}
	frequencyWords = phrases{
		locale.French: {
			"régulièrement", "régulier", "régulière", "réguliers", "régulières", "périodiquement", "périodique", "périodiques",
			"fréquemment", "à intervalles réguliers",
		},
		locale.English: {"regularly", "regular", "periodically", "periodic", "frequently", "from time to time"},
	}
	urgencyWords = phrases{
		locale.French: {
			"sans délai", "sans retard", "sans tarder", "dans les meilleurs délais", "dès que possible", "au plus tôt", "au plus vite",
			"dans les plus brefs délais", "rapidement", "promptement", "immédiatement", "aussitôt",
		},
		locale.English: {
			"without delay", "without undue delay", "without further delay", "as soon as possible", "as quickly as possible",
			"promptly", "quickly", "immediately", "forthwith", "at once",
		},
	}
	periodWords = []string{
		"jour", "jours", "semaine", "semaines", "mois", "an", "ans", "année", "années", "trimestre", "semestre", "heure", "heures",
		"quotidien", "quotidienne", "hebdomadaire", "mensuel", "mensuelle", "trimestriel", "trimestrielle", "annuel", "annuelle",
		"day", "days", "week", "weeks", "month", "months", "year", "years", "quarter", "hour", "hours",
		"daily", "weekly", "monthly", "quarterly", "yearly", "annual", "annually",
	}
	// the last ones say themselves that there is none
	limitPhrases = []string{
		"au plus tard", "no later than", "not later than", "at the latest",
		"sans délai garanti", "sans délai chiffré", "sans délai fixé", "sans délai écrit",
	}
)

type phrases map[locale.Language][]string

// all gives those of some phrases that the sentence holds.
func (s Sentence) all(of []string) []string {
	var found []string
	line := " " + strings.Join(s.words, " ") + " "
	for _, phrase := range of {
		if strings.Contains(line, " "+phrase+" ") {
			found = append(found, phrase)
		}
	}
	return found
}

// hasPeriod tells whether the sentence says how often, with a value or a unit of time.
func (s Sentence) hasPeriod() bool {
	return slices.ContainsFunc(s.words, func(w string) bool { return w == "{}" || slices.Contains(periodWords, w) })
}

// hasLimit tells whether the sentence says by when at the latest.
func (s Sentence) hasLimit() bool {
	return len(s.all(limitPhrases)) > 0 || s.hasPeriod()
}

// What figures are part of without being a commitment: the number of a law, article, standard, measure or protocol, a score.
var citations = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(?:articles?|art\.|chapitre|chapter|annexe|annex|points?|paragraphes?|paragraph|measures?|mesures?|exigences?|requirements?|décision|decision|décret|decree|loi|law|référentiel|class|classe|niveau|level|tier|étape|step|version|exi)\s+(?:n°\s*)?(?:[A-Z]\.\s?)?\d[\d.,()\-–/a-z]*(?:(?:\s*,\s*|\s+(?:et|à|and|to|ou|or)\s+)(?:[A-Z]\.\s?)?\d[\d.()\-–/]*)*`),
	regexp.MustCompile(`\b[LRDA]\.\s?\d[\d\-]*`),
	regexp.MustCompile(`\((?:UE|EU|CE|EC)\)\s*(?:n°\s*)?\d{4}/\d+`),
	regexp.MustCompile(`\b(?:ISO|IEC|CEI|NF|EN|ETSI|RFC|NIST|FIPS|TLS|SSL|SSH|SMB|SNMP|IPv|SHA|AES|RSA|WPA|OAuth|SAML|CVSS|HL7|DICOM|IHE|WCAG|RGAA|X|PDF/A|CMS|NIS|RAID|IPsec|ASVS|OWASP|PCI|SP|HN|CycloneDX|SPDX)(?:[/ \-]?(?:IEC|CEI|EN|ISO|TR|TS|SP|DSS|Top))*[ \-]?v?\d[\d.:\-]*`),
}

// A score in a text about scores: “au moins égal à 9,0”.
var (
	aboutScores = regexp.MustCompile(`\b(?:scores?|CVSS)\b`)
	score       = regexp.MustCompile(`\b(?:10|\d)[.,]\d\b`)
)

var (
	figureShape = regexp.MustCompile(`(?:^|[^\p{L}\d\-])(\d{1,2}(?:er)? \p{L}{3,9} 20\d\d|\d+(?:[., ]\d+)*)`) // not that of MDS2 or COVID-19
	spelled     = regexp.MustCompile(`(?i)(?:^|[\s'’(])((?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quatorze|quinze|dix-huit|vingt(?:-quatre)?|trente(?:-six)?|quarante-cinq|quarante-huit|soixante(?:-douze)?|quatre-vingt-dix|cent|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|eighteen|twenty(?:-four)?|thirty(?:-six)?|forty-five|forty-eight|sixty|seventy-two|ninety|hundred)\s+(?:heures?|jours?|semaines?|mois|ans?|années?|euros?|hours?|days?|weeks?|months?|years?|working|business))(?:[^\p{L}]|$)`)
)

// figures finds the figures, in digits or in words before a unit, that variables should hold.
func (s Sentence) figures() []string {
	var found []string
	for _, match := range spelled.FindAllStringSubmatch(s.Text, -1) {
		found = append(found, match[1])
	}
	if !strings.ContainsAny(s.Text, "0123456789") {
		return found
	}
	text := s.Text
	for _, citation := range citations {
		text = citation.ReplaceAllString(text, " ")
	}
	if s.score {
		text = score.ReplaceAllString(text, " ")
	}
	for _, match := range figureShape.FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	return found
}
