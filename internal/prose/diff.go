package prose

import (
	"regexp"
	"slices"
)

// Change is what became of a piece of text.
type Change string

// What becomes of a piece of text.
const (
	Kept    Change = "kept"
	Removed Change = "removed"
	Added   Change = "added"
)

// Piece is a run of words that share a fate. The pieces kept and removed make the old text, those kept and added the new.
type Piece struct {
	Change Change
	Text   string
}

// The longest text that is compared, in bytes, and in words, signs and spaces.
const (
	longestCompared = 6000
	maxCompared     = 2500
)

// diffToken is a word, a line's end or a run of spaces: what is compared.
var diffToken = regexp.MustCompile(`\n|[^\S\n]+|[\pL\pN_{}]+|[^\pL\pN_{}\s]`)

// Diff compares two texts word by word: the fewest words removed and added, each removal before the addition that replaces
// it. Its cost is the product of the lengths, which suits a clause; longer texts are not compared, one replaces the other
// whole.
func Diff(old, new string) []Piece {
	if max(len(old), len(new)) > longestCompared {
		return settle([]Piece{{Removed, old}, {Added, new}})
	}
	a, b := diffToken.FindAllString(old, maxCompared+1), diffToken.FindAllString(new, maxCompared+1)
	if len(a) > maxCompared || len(b) > maxCompared {
		return settle([]Piece{{Removed, old}, {Added, new}})
	}
	common := longestCommon(a, b)
	var pieces []Piece
	add := func(change Change, text string) {
		if last := len(pieces) - 1; last >= 0 && pieces[last].Change == change {
			pieces[last].Text += text
			return
		}
		pieces = append(pieces, Piece{change, text})
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			add(Kept, a[i])
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			add(Removed, a[i])
			i++
		default:
			add(Added, b[j])
			j++
		}
	}
	return settle(pieces)
}

// longestCommon gives, at [i][j], how many tokens a[i:] and b[j:] share in order.
func longestCommon(a, b []string) [][]uint16 {
	table := make([][]uint16, len(a)+1)
	for i := range table {
		table[i] = make([]uint16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

// settle makes one removal and one addition of changes that only a space kept apart, so that a replaced sentence reads as
// one and not as confetti.
func settle(pieces []Piece) []Piece {
	var out []Piece
	for at := 0; at < len(pieces); {
		if pieces[at].Change == Kept {
			out = append(out, pieces[at])
			at++
			continue
		}
		var removed, added string
		for at < len(pieces) {
			p := pieces[at]
			if p.Change == Kept && (!isSpace(p.Text) || at+1 == len(pieces)) {
				break
			}
			if p.Change != Added {
				removed += p.Text
			}
			if p.Change != Removed {
				added += p.Text
			}
			at++
		}
		out = append(out, Piece{Removed, removed}, Piece{Added, added})
	}
	return slices.DeleteFunc(out, func(p Piece) bool { return p.Text == "" })
}

func isSpace(text string) bool { return text == " " || text == "\u00a0" || text == "\u202f" }
