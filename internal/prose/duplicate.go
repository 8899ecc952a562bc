package prose

import (
	"hash/maphash"
	"slices"

	"github.com/garant-sante/garant/internal/locale"
)

// What makes two sentences nearly one: of the pairs of neighbouring words that either has, the share that both have. A
// sentence of fewer words than minWords says too little to be anybody's own.
const (
	nearly   = 0.6
	minWords = 8
)

// Twins finds sentences that two entries share, or nearly. The zero value is ready.
type Twins struct {
	seed   maphash.Seed
	ready  bool
	having map[uint64][]int // sentences by pair of words and language
	said   []said
}

type said struct {
	id    string
	text  string
	pairs int
}

// Compare gives the judgement on a sentence that an earlier entry says nearly in the same words, and remembers it.
func (t *Twins) Compare(l locale.Language, e Entry, s Sentence) []Judgement {
	if len(s.words) < minWords {
		return nil
	}
	if !t.ready {
		t.seed, t.ready, t.having = maphash.MakeSeed(), true, map[uint64][]int{}
	}
	pairs := t.pairs(l, s)
	found := t.closest(pairs, e, s)
	for _, pair := range pairs {
		t.having[pair] = append(t.having[pair], len(t.said))
	}
	t.said = append(t.said, said{e.ID, s.Text, len(pairs)})
	return found
}

// Find gives the same judgement without remembering the sentence; several may ask at once.
func (t *Twins) Find(l locale.Language, e Entry, s Sentence) []Judgement {
	if len(s.words) < minWords || !t.ready {
		return nil
	}
	return t.closest(t.pairs(l, s), e, s)
}

func (t *Twins) closest(pairs []uint64, e Entry, s Sentence) []Judgement {
	shared := map[int]int{}
	for _, pair := range pairs {
		for _, other := range t.having[pair] {
			shared[other]++
		}
	}
	closest, most := -1, nearly
	for other, both := range shared {
		share := float64(both) / float64(len(pairs)+t.said[other].pairs-both)
		if t.said[other].id != e.ID && (share > most || share == most && (closest < 0 || other < closest)) {
			closest, most = other, share
		}
	}
	if closest < 0 {
		return nil
	}
	twin := t.said[closest]
	problem := e.Place("lint."+string(Duplicate), "value", excerpt(s.Text), "id", twin.id, "other", excerpt(twin.text))
	return []Judgement{{Duplicate, []string{e.ID, twin.id}, excerpt(s.Text), s.Text, problem}}
}

// pairs gives the distinct pairs of neighbouring words of a sentence.
func (t *Twins) pairs(l locale.Language, s Sentence) []uint64 {
	out := make([]uint64, 0, len(s.words))
	for i := range len(s.words) - 1 {
		out = append(out, maphash.String(t.seed, string(l)+" "+s.words[i]+" "+s.words[i+1]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
