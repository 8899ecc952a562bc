package clause

import (
	"fmt"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
)

// Start is a usual service to start a framing from, by a name that a buyer recognises.
type Start struct {
	ID      string          `yaml:"id,required" json:"id"`
	Title   content.Text    `yaml:"title,required" json:"title"`
	Summary content.Text    `yaml:"summary,required" json:"summary"`
	Framing framing.Framing `yaml:"framing,required" json:"framing"`
}

type startsFile struct {
	Framings []Start `yaml:"framings,required"`
}

// readStarts reads the starting points. Each is a whole framing, and moves no tier: that is a person's decision.
func (l *Library) readStarts(name string, data []byte) fault.Problems {
	var f startsFile
	src, err := content.Decode(name, data, &f)
	problems := asProblems(err)
	l.Starts = f.Framings
	for i, start := range f.Framings {
		at := fmt.Sprintf("framings[%d]", i)
		for _, before := range f.Framings[:i] {
			if before.ID == start.ID {
				problems = append(problems, src.Problem(at+".id", "library.id-twice", "id", start.ID))
			}
		}
		for _, p := range start.Framing.Validate() {
			problems = append(problems, src.Problem(at+".framing."+p.Field, p.Key, p.Args...))
		}
		if start.Framing.Override != nil {
			problems = append(problems, src.Problem(at+".framing.override", "library.start-moves-tier"))
		}
	}
	return problems
}

// Start finds a starting point.
func (l *Library) Start(id string) (Start, bool) {
	for _, start := range l.Starts {
		if start.ID == id {
			return start, true
		}
	}
	return Start{}, false
}
