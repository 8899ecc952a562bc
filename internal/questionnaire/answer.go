package questionnaire

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

// Answer is what was given to a question or to an attestation.
type Answer struct {
	// Given is the answer in the words of conditions: a level from 0 to 4; yes, partial, no; the id of an option, or of several;
	// a number with a point; a date as 2027-01-15; a text, or the name of a file. Nothing when the question is not answered.
	Given         []content.Scalar
	NotApplicable string // why the question does not apply; empty when it does
	Comment       string
	Evidence      []string // names of files, or addresses
}

// IsZero reports whether nothing was given at all.
func (a Answer) IsZero() bool {
	return len(a.Given) == 0 && a.NotApplicable == "" && a.Comment == "" && len(a.Evidence) == 0
}

// The greatest lengths of what is given, in characters.
const (
	maxAnswer   = 10_000
	maxComment  = 10_000
	maxWhyNot   = 2_000
	maxEvidence = 50 // pieces
	maxPiece    = 500
)

// attested is how an attestation is answered.
var attested = &Question{Type: YesNo}

// Check holds an answer to its question: one of the levels, words or options where there are such, a number or a date
// otherwise; a reason where it does not apply, and then no answer; nothing too long. An answer may be empty. The fields are
// "value", "na", "comment" and "evidence". Whoever writes an answer down asks it first.
func (q *Question) Check(a Answer) fault.Problems {
	var problems fault.Problems
	wrong := func(field, key string, args ...any) {
		problems = append(problems, fault.Problem{Field: field, Key: key, Args: args})
	}
	if key, args := q.wrongValue(a.Given); key != "" {
		wrong("value", key, args...)
	}
	switch {
	case a.NotApplicable == "":
	case !strings.ContainsFunc(a.NotApplicable, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		wrong("na", "answer.na-reason")
	case len(a.Given) > 0:
		wrong("na", "answer.na-and-value")
	case utf8.RuneCountInString(a.NotApplicable) > maxWhyNot:
		wrong("na", "value.too-long", "limit", maxWhyNot)
	}
	if utf8.RuneCountInString(a.Comment) > maxComment {
		wrong("comment", "value.too-long", "limit", maxComment)
	}
	if len(a.Evidence) > maxEvidence {
		wrong("evidence", "answer.too-much-evidence", "limit", maxEvidence)
	}
	for _, name := range a.Evidence {
		if utf8.RuneCountInString(name) > maxPiece {
			wrong("evidence", "value.too-long", "limit", maxPiece)
			break
		}
	}
	return problems
}

// wrongValue tells what is wrong with the answer itself.
func (q *Question) wrongValue(given []content.Scalar) (key string, args []any) {
	if len(given) == 0 {
		return "", nil
	}
	if len(given) > 1 && q.Type != Multi {
		return "answer.one", nil
	}
	switch q.Type {
	case Maturity, YesNo, Single, Multi:
		return q.wrongChoice(given)
	case Number:
		return q.wrongNumber(string(given[0]))
	case Date:
		if _, err := content.ParseDate(string(given[0])); err != nil {
			return "answer.date", []any{"value", string(given[0])}
		}
	default:
		if utf8.RuneCountInString(string(given[0])) > maxAnswer {
			return "value.too-long", []any{"limit", maxAnswer}
		}
	}
	return "", nil
}

func (q *Question) wrongChoice(given []content.Scalar) (key string, args []any) {
	allowed := q.Answers()
	for i, answer := range given {
		if !slices.Contains(allowed, answer) {
			return "answer.choice", []any{"value", string(answer)}
		}
		if slices.Contains(given[:i], answer) {
			return "answer.twice", []any{"value", string(answer)}
		}
	}
	for _, o := range q.Options {
		if o.Exclusive && len(given) > 1 && slices.Contains(given, content.Scalar(o.ID)) {
			return "answer.exclusive", nil
		}
	}
	return "", nil
}

func (q *Question) wrongNumber(given string) (key string, args []any) {
	n, ok := content.ParseDecimal(given)
	switch {
	case !ok:
		return "answer.number", []any{"value", given}
	case n.Float() < 0:
		return "answer.negative", nil
	case q.Unit == "percent" && n.Float() > 100:
		return "answer.percent", nil
	}
	return "", nil
}

// JSON is the answer as programs read it: a level as a number, a number, a list of options, otherwise a text; nothing when
// there is none.
func (q *Question) JSON(given []content.Scalar) any {
	switch {
	case len(given) == 0:
		return nil
	case q.Type == Multi:
		return given
	case q.Type == Maturity:
		if level, err := strconv.Atoi(string(given[0])); err == nil {
			return level
		}
	case q.Type == Number:
		return json.Number(given[0])
	}
	return given[0]
}

// Attested is what an attestation is answered as: a question that is answered by yes, partial or no.
func Attested() *Question { return attested }

// Order is the order in which a questionnaire's answers are listed: its questions, then its attestations.
func (a Questionnaire) Order() []string {
	ids := make([]string, 0, len(a.Questions)+len(a.Attestations))
	for _, q := range a.Questions {
		ids = append(ids, q.ID)
	}
	for _, at := range a.Attestations {
		ids = append(ids, at.ID)
	}
	return ids
}
