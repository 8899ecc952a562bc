package locale

import (
	"strconv"
	"strings"
)

const (
	noBreak       = '\u00a0' // between a number and its unit, before a colon and %, inside « »
	narrowNoBreak = '\u202f' // between French thousands, before ; ? !
)

// Number sets a decimal written as -1234.5 in the figures of the language: "-1 234,5" with narrow no-break spaces,
// "-1,234.5". Decimals are kept as given; text that is no decimal comes back unchanged.
func (p Printer) Number(decimal string) string {
	sign, whole, fraction, ok := splitDecimal(decimal)
	if !ok {
		return decimal
	}
	group, point := string(narrowNoBreak), ","
	if p.language == English {
		group, point = ",", "."
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteString(point + fraction)
	}
	return b.String()
}

// splitDecimal cuts -1234.50 into its sign, whole part without leading zeros, and fraction.
func splitDecimal(decimal string) (sign, whole, fraction string, ok bool) {
	rest, negative := strings.CutPrefix(decimal, "-")
	if negative {
		sign = "-"
	}
	whole, fraction, point := strings.Cut(rest, ".")
	if !digits(whole) || (point && !digits(fraction)) {
		return "", "", "", false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	return sign, whole, fraction, true
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// Quantity writes a quantity as a contract does, in words and figures where it is counted: "dix (10) jours",
// "une (1) heure", "99,9 %", "1 500 000 euros". Units are days, hours, months, percent, euros and characters;
// another unit is written after the number as it is.
func (p Printer) Quantity(unit, decimal string) string {
	switch unit {
	case "percent":
		return p.percent(decimal)
	case "euros":
		return p.counted(p.money(decimal), decimal, p.unit(unit, decimal))
	case "days", "hours", "months", "characters":
		return p.spelled(decimal, p.unit(unit, decimal), unit == "hours")
	default:
		return p.counted(p.Number(decimal), decimal, unit)
	}
}

// QuantityOf writes a quantity as Quantity does, of a unit given in the printer's language: "deux (2) exercices".
func (p Printer) QuantityOf(decimal, singular, plural string, feminine bool) string {
	word := plural
	if p.plural.of(decimal) == one {
		word = singular
	}
	return p.spelled(decimal, word, feminine)
}

// Short writes a quantity as a table does: "10 jours", "99,9 %", "1 500 €".
func (p Printer) Short(unit, decimal string) string {
	switch unit {
	case "percent":
		return p.percent(decimal)
	case "euros":
		if p.language == English {
			sign, _, _, ok := splitDecimal(decimal)
			if !ok {
				return decimal
			}
			return sign + "€" + strings.TrimPrefix(p.money(decimal), sign)
		}
		return p.counted(p.money(decimal), decimal, "€")
	case "days", "hours", "months", "characters":
		return p.counted(p.Number(decimal), decimal, p.unit(unit, decimal))
	default:
		return p.counted(p.Number(decimal), decimal, unit)
	}
}

// unit gives the word of a unit, singular or plural by the number.
func (p Printer) unit(unit, decimal string) string {
	return p.T("unit."+unit, "count", decimal)
}

// spelled gives "words (figures) unit"; figures alone for what has decimals or is too large to spell.
func (p Printer) spelled(decimal, unit string, feminine bool) string {
	figures := p.Number(decimal)
	n, err := strconv.ParseInt(decimal, 10, 64)
	if err != nil || n < 0 || n > largestInWords {
		return p.counted(figures, decimal, unit)
	}
	words := p.Words(n)
	if feminine {
		words = p.WordsFeminine(n)
	}
	return words + " (" + figures + ")" + string(noBreak) + unit
}

// counted puts a unit after its figures; a value that is no number stays alone.
func (p Printer) counted(figures, decimal, unit string) string {
	if _, _, _, ok := splitDecimal(decimal); !ok || unit == "" {
		return figures
	}
	return figures + string(noBreak) + unit
}

func (p Printer) percent(decimal string) string {
	if p.language == English {
		if _, _, _, ok := splitDecimal(decimal); !ok {
			return decimal
		}
		return p.Number(decimal) + "%"
	}
	return p.counted(p.Number(decimal), decimal, "%")
}

// money gives cents two figures when there are any: "1500.5" → "1 500,50".
func (p Printer) money(decimal string) string {
	if _, fraction, ok := strings.Cut(decimal, "."); ok && len(fraction) == 1 {
		decimal += "0"
	}
	return p.Number(decimal)
}

// Size writes a number of bytes for a person: "1,5 Mo", "1.5 MB". Units are powers of 1,024, as file managers show.
func (p Printer) Size(bytes int64) string {
	units := [...]string{"size.bytes", "size.kilobytes", "size.megabytes", "size.gigabytes"}
	tenths, unit := bytes*10, 0
	for tenths >= 10_240 && unit < len(units)-1 {
		tenths, unit = (tenths+512)/1024, unit+1
	}
	decimal := strconv.FormatInt(tenths/10, 10)
	if tenths%10 > 0 && tenths < 1000 {
		decimal += "." + strconv.FormatInt(tenths%10, 10)
	}
	return p.Number(decimal) + string(noBreak) + p.T(units[unit])
}
