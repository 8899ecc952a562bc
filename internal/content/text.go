// Package content holds what every text of the product is made of: bilingual text, civil dates, decimals kept as
// written, a strict YAML that names file, line and field, and the Markdown subset of the clauses.
package content

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/locale"
)

// Text is a text in both languages of the product.
type Text struct {
	FR string `yaml:"fr,required" json:"fr" bson:"fr"`
	EN string `yaml:"en,required" json:"en" bson:"en"`
}

// In gives the text in a language.
func (t Text) In(l locale.Language) string {
	if l == locale.English {
		return t.EN
	}
	return t.FR
}

// IsZero reports whether the text is empty in both languages.
func (t Text) IsZero() bool { return t.FR == "" && t.EN == "" }

// Date is a civil date written 2027-01-15: a day of the calendar, without hour or zone. Empty is no date. Its order is
// that of the text, in memory as in an index of the store.
type Date string

// ParseDate reads a date written as 2027-01-15; it refuses a day that does not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "", fmt.Errorf("parse date %q: %w", s, err)
	}
	return DateOf(t), nil
}

// DateOf gives the civil date of an instant in that instant's own zone.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == "" }

// Parts gives the year, month and day; zeros when there is no date.
func (d Date) Parts() (year int, month time.Month, day int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	return d.start(time.UTC).Date()
}

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d < other }

// AddMonths adds months and clamps the day to the last of the month reached: 31 January plus one is 28 or 29 February.
func (d Date) AddMonths(months int) Date {
	year, month, day := d.Parts()
	first := time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return DateOf(first.AddDate(0, 0, min(day, last)-1))
}

// End is the first instant after the day in a zone: something due that day is late from then on.
func (d Date) End(zone *time.Location) time.Time { return d.start(zone).AddDate(0, 0, 1) }

func (d Date) start(zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Decimal is a number kept as it was written ("99.9", "1.20"): no binary fraction stands between what a person
// typed and what the contract prints. The empty value is no number.
type Decimal string

var decimalShape = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$`)

// ParseDecimal reads a number with a point or a comma, up to fifteen digits and six decimals.
func ParseDecimal(s string) (Decimal, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", ".")
	if !decimalShape.MatchString(s) {
		return "", false
	}
	return Decimal(s), true
}

// IsInteger reports whether the number has no decimals.
func (d Decimal) IsInteger() bool { return d != "" && !strings.Contains(string(d), ".") }

// Float gives the number for comparisons and scores, 0 when there is none.
func (d Decimal) Float() float64 {
	f, err := json.Number(d).Float64()
	if err != nil {
		return 0
	}
	return f
}

// MarshalJSON writes a number, not a string.
func (d Decimal) MarshalJSON() ([]byte, error) {
	if d == "" {
		return []byte("null"), nil
	}
	return []byte(d), nil
}

// UnmarshalJSON reads a number as it is written.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*d = ""
		return nil
	}
	parsed, ok := ParseDecimal(string(data))
	if !ok {
		return fmt.Errorf("read number %q: not a decimal", data)
	}
	*d = parsed
	return nil
}
