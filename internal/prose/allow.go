package prose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
)

// Allowed is one judgement that people overruled, with their reason.
type Allowed struct {
	Rule Rule   `yaml:"rule,required"`
	ID   string `yaml:"id,required"`   // of the clause or question
	Text string `yaml:"text,required"` // the word found, or a part of the sentence
	Why  string `yaml:"why,required"`
}

// AllowList is the file of what people overruled.
type AllowList struct {
	entries []Allowed
	source  *content.Source
}

// ReadAllowList reads a file of exceptions: `allow:` and a list of rule, id, text and why. It returns fault.Problems.
func ReadAllowList(name string, data []byte) (AllowList, error) {
	var f struct {
		Allow []Allowed `yaml:"allow"`
	}
	source, err := content.Decode(name, data, &f)
	return AllowList{f.Allow, source}, err
}

// Apply leaves out the judgements that the list allows, and adds a problem for each entry that allows nothing any more.
func (a AllowList) Apply(judgements []Judgement) (left []Judgement, stale fault.Problems) {
	used := make([]bool, len(a.entries))
	for _, j := range judgements {
		allowed := false
		for i, entry := range a.entries {
			if entry.allows(j) {
				used[i], allowed = true, true
			}
		}
		if !allowed {
			left = append(left, j)
		}
	}
	for i, entry := range a.entries {
		if !used[i] {
			stale = append(stale, a.source.Problem(fmt.Sprintf("allow[%d]", i), "lint.allow-unused", "rule", string(entry.Rule), "id", entry.ID))
		}
	}
	return left, stale
}

func (a Allowed) allows(j Judgement) bool {
	return a.Rule == j.Rule && slices.Contains(j.IDs, a.ID) && (strings.EqualFold(a.Text, j.Value) || strings.Contains(j.Sentence, a.Text))
}
