package clause

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

// VariableType says how a value is read, printed and compared.
type VariableType string

// The types of values.
const (
	Days    VariableType = "days"
	Hours   VariableType = "hours"
	Months  VariableType = "months"
	Percent VariableType = "percent"
	Euros   VariableType = "euros"
	Number  VariableType = "number" // a whole number in the variable's own unit
	OneOf   VariableType = "choice"
	Plain   VariableType = "text"
	Contact VariableType = "contact"
	Day     VariableType = "date"
)

// Choices lists what a file may say.
func (VariableType) Choices() []string {
	return []string{"days", "hours", "months", "percent", "euros", "number", "choice", "text", "contact", "date"}
}

// IsNumeric reports whether values are numbers, which have bounds and an order.
func (t VariableType) IsNumeric() bool {
	return slices.Contains([]VariableType{Days, Hours, Months, Percent, Euros, Number}, t)
}

// maxText is the longest text value, in characters: it stands inside a sentence.
const maxText = 400

// Unit is the unit of a Number in words.
type Unit struct {
	FR UnitForms `yaml:"fr,required" json:"fr"`
	EN UnitForms `yaml:"en,required" json:"en"`
}

// UnitForms are the singular and the plural of a unit.
type UnitForms struct {
	One   string `yaml:"one,required" json:"one"`
	Other string `yaml:"other,required" json:"other"`
}

func (u *Unit) in(l locale.Language) UnitForms {
	if l == locale.English {
		return u.EN
	}
	return u.FR
}

// ByTier holds a value per tier where it differs from the default.
type ByTier struct {
	Tier1 content.Scalar `yaml:"1" json:"1,omitempty"`
	Tier2 content.Scalar `yaml:"2" json:"2,omitempty"`
	Tier3 content.Scalar `yaml:"3" json:"3,omitempty"`
}

func (b ByTier) at(t framing.Tier) content.Scalar {
	return [...]content.Scalar{b.Tier1, b.Tier2, b.Tier3}[t-1]
}

// Range is a pair of recommended bounds, both included; empty means open.
type Range struct {
	Min content.Decimal `yaml:"min" json:"min"`
	Max content.Decimal `yaml:"max" json:"max"`
}

// Recommended are the bounds outside which a value is allowed but shown: one pair, or one per tier.
type Recommended struct {
	Min   content.Decimal `yaml:"min" json:"min,omitempty"`
	Max   content.Decimal `yaml:"max" json:"max,omitempty"`
	Tier1 *Range          `yaml:"1" json:"1,omitempty"`
	Tier2 *Range          `yaml:"2" json:"2,omitempty"`
	Tier3 *Range          `yaml:"3" json:"3,omitempty"`
}

// Better says which of two values asks for more.
type Better string

// Choices lists what a file may say.
func (Better) Choices() []string { return []string{"lower", "higher"} }

// Side is the party that a value describes.
type Side string

// OfStructure marks what belongs to the structure itself, such as its security officer.
const OfStructure Side = "structure"

// Choices lists what a file may say.
func (Side) Choices() []string { return []string{string(OfStructure)} }

// Variable is a value that clauses leave open. The same name in two clauses is one value in an annex.
type Variable struct {
	Name        string         `yaml:"-" json:"-"`
	Type        VariableType   `yaml:"type,required" json:"type"`
	Unit        *Unit          `yaml:"unit" json:"unit,omitempty"`
	Label       content.Text   `yaml:"label,required" json:"label"`
	Default     content.Scalar `yaml:"default" json:"default,omitempty"`
	ByTier      ByTier         `yaml:"by_tier" json:"by_tier"`
	Recommended Recommended    `yaml:"recommended" json:"recommended"`
	Better      Better         `yaml:"better" json:"better,omitempty"`
	Options     []string       `yaml:"options" json:"options,omitempty"`
	Blank       string         `yaml:"blank" json:"blank,omitempty"` // printed when no value is given
	Of          Side           `yaml:"of" json:"of,omitempty"`       // whose own it is: the same in all its contracts
	Layered     bool           `yaml:"-" json:"-"`                   // a region or a structure proposes it with a clause of its own
}

// DefaultFor gives the value proposed at a tier, empty when it is left to be filled in.
func (v *Variable) DefaultFor(t framing.Tier) string {
	if own := v.ByTier.at(t); own != "" {
		return string(own)
	}
	return string(v.Default)
}

// BoundsFor gives the recommended bounds at a tier.
func (v *Variable) BoundsFor(t framing.Tier) Range {
	if own := [...]*Range{v.Recommended.Tier1, v.Recommended.Tier2, v.Recommended.Tier3}[t-1]; own != nil {
		return *own
	}
	return Range{v.Recommended.Min, v.Recommended.Max}
}

// Parse reads a value as typed or written in a file and gives it in its one form (“99,9” as "99.9"); empty stays empty.
// It returns fault.Invalid with what is allowed when the value is not of the type.
func (v *Variable) Parse(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return "", nil
	}
	switch {
	case v.Type.IsNumeric():
		return v.parseNumber(raw)
	case v.Type == OneOf:
		if !slices.Contains(v.Options, raw) {
			return "", fault.NewInvalid("value.choice", "value", raw, "allowed", strings.Join(v.Options, ", "))
		}
	case v.Type == Day:
		if _, err := content.ParseDate(raw); err != nil {
			return "", fault.NewInvalid("value.date", "value", raw)
		}
	default:
		if strings.ContainsAny(raw, "\n\r") {
			return "", fault.NewInvalid("value.one-line")
		}
		if utf8.RuneCountInString(raw) > maxText {
			return "", fault.NewInvalid("value.too-long", "limit", maxText)
		}
	}
	return raw, nil
}

// ungrouped drops the spaces that group the digits of a number as people write it: “1 500 000”.
func ungrouped(raw string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, raw)
}

func (v *Variable) parseNumber(raw string) (string, error) {
	d, ok := content.ParseDecimal(ungrouped(raw))
	if !ok {
		return "", fault.NewInvalid("value.number", "value", raw)
	}
	number := d.Float()
	switch {
	case v.Type == Percent && (number < 0 || number > 100):
		return "", fault.NewInvalid("value.percent", "value", raw)
	case v.Type == Percent:
		return string(d), nil
	case !d.IsInteger():
		return "", fault.NewInvalid("value.integer", "value", raw)
	case number < 0 || number > 999_999_999, number > 999_999 && v.Type != Euros:
		return "", fault.NewInvalid("value.range", "value", raw)
	}
	return string(d), nil
}

// Outside reports whether a parsed value lies outside the recommended bounds of a tier.
func (v *Variable) Outside(value string, t framing.Tier) bool {
	if value == "" || !v.Type.IsNumeric() {
		return false
	}
	bounds, number := v.BoundsFor(t), content.Decimal(value).Float()
	return (bounds.Min != "" && number < bounds.Min.Float()) || (bounds.Max != "" && number > bounds.Max.Float())
}

// Print gives a parsed value as contracts print it: “dix (10) jours”, “99,9 %”, “une (1) heure”; the blank when empty.
func (v *Variable) Print(value string, p locale.Printer) string {
	switch {
	case value == "":
		if v.Blank == "" {
			return "…………………"
		}
		return v.Blank
	case v.Type == Number:
		forms := v.Unit.in(p.Language())
		return p.QuantityOf(value, forms.One, forms.Other, false)
	case v.Type.IsNumeric():
		return p.Quantity(string(v.Type), value)
	case v.Type == Day:
		return p.Date(content.Date(value).Parts())
	}
	return locale.Typography(p.Language(), value)
}

// Short gives a parsed value as tables show it: “10 jours”.
func (v *Variable) Short(value string, p locale.Printer) string {
	switch {
	case value == "" || !v.Type.IsNumeric():
		return v.Print(value, p)
	case v.Type == Number:
		forms := v.Unit.in(p.Language())
		if value == "1" || (value == "0" && p.Language() == locale.French) {
			return p.Number(value) + "\u00a0" + forms.One
		}
		return p.Number(value) + "\u00a0" + forms.Other
	}
	return p.Short(string(v.Type), value)
}

// UnitWord gives the word that stands after an input (“jours”), empty where there is none.
func (v *Variable) UnitWord(p locale.Printer) string {
	switch v.Type {
	case Number:
		return v.Unit.in(p.Language()).Other
	case Days, Hours, Months, Percent, Euros:
		return p.T("unit." + string(v.Type))
	}
	return ""
}

// String names the variable in logs.
func (v *Variable) String() string { return fmt.Sprintf("%s (%s)", v.Name, v.Type) }
