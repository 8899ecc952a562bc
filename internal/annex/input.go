// Package annex is the security annex of a contract: composed from a framing and the choices of a buyer, rendered to Word,
// HTML and JSON, kept as a draft that several people may edit.
package annex

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

// Input is all that an annex is made from. The browser fills it from a service, the command line from a file.
type Input struct {
	Language  Language                    `yaml:"language"`
	Structure Party                       `yaml:"structure,required"`
	Supplier  Party                       `yaml:"supplier,required"`
	Contract  Contract                    `yaml:"contract,required"`
	Framing   framing.Framing             `yaml:"framing,required"`
	Clauses   Selection                   `yaml:"clauses"`
	Values    content.Map[content.Scalar] `yaml:"values"`
	Region    Region                      `yaml:"region"`

	// Defaults are the structure's own values, proposed in place of the library's; a file has none.
	Defaults content.Map[content.Scalar] `yaml:"-"`
}

// Proposed is the value that stands when this annex sets none: the structure's own, or else the library's at the tier.
func (in Input) Proposed(v *clause.Variable) string {
	if own, ok := in.Defaults.Get(v.Name); ok {
		return string(own)
	}
	return v.DefaultFor(in.Framing.Tier())
}

// Value is the value that is printed, as it was given.
func (in Input) Value(v *clause.Variable) string {
	if given, ok := in.Values.Get(v.Name); ok {
		return string(given)
	}
	return in.Proposed(v)
}

// Language is the language of the document.
type Language string

// Choices lists what a file may say.
func (Language) Choices() []string {
	return []string{string(locale.French), string(locale.English)}
}

// Party is one side of the contract.
type Party struct {
	Name           string `yaml:"name,required"`
	LegalForm      string `yaml:"legal_form"`
	Address        string `yaml:"address"`
	FINESS         string `yaml:"finess"`
	SIREN          string `yaml:"siren"`
	Representative string `yaml:"representative"`
}

// Region is the regional agency that stands beside the structure: only the flyer names it.
type Region struct {
	Name string `yaml:"name"`
}

// Contract is what the annex belongs to.
type Contract struct {
	Reference string       `yaml:"reference"`
	Title     string       `yaml:"title,required"`
	Start     content.Date `yaml:"start"`
	End       content.Date `yaml:"end"`
}

// Selection is the clauses: those that the framing calls for, adjusted.
type Selection struct {
	Base   Base      `yaml:"base"`
	Add    []string  `yaml:"add"`
	Remove []Removal `yaml:"remove"`
}

// Base is what a selection starts from.
type Base string

// The bases: what the framing calls for (also when nothing is said), or nothing.
const (
	FromRecommended Base = "recommended"
	FromNothing     Base = "none"
)

// Choices lists what a file may say.
func (Base) Choices() []string { return []string{string(FromRecommended), string(FromNothing)} }

// Removal is a recommended clause that the buyer drops, and why.
type Removal struct {
	ID     string `yaml:"id,required" json:"id" bson:"id"`
	Reason string `yaml:"reason,required" json:"reason" bson:"reason"`
}

// ReadInput reads an input file strictly and checks it against the library. What is wrong comes back as fault.Problems,
// all of it at once, each with its line.
func ReadInput(file string, data []byte, library *clause.Library) (Input, error) {
	var in Input
	source, err := content.Decode(file, data, &in)
	before, structured := err.(fault.Problems)
	if err != nil && !structured {
		return in, err
	}
	return in, source.Place(in.Validate(library), before).OrNil()
}

// maxReason is the longest reason for dropping a clause, in characters.
const maxReason = 1000

var siren = regexp.MustCompile(`^[0-9]{9}$`)

// Validate gives every problem of an input, fields named as in the file; nil when it is whole.
func (in Input) Validate(library *clause.Library) fault.Problems {
	var v validation
	v.party("structure", in.Structure)
	v.party("supplier", in.Supplier)
	v.line("region.name", in.Region.Name, "")
	v.line("contract.reference", in.Contract.Reference, "")
	v.line("contract.title", in.Contract.Title, "yaml.required")
	if !in.Contract.Start.IsZero() && !in.Contract.End.IsZero() && in.Contract.End.Before(in.Contract.Start) {
		v.wrong("contract.end", "annex.end-before-start", "start", string(in.Contract.Start), "end", string(in.Contract.End))
	}
	for _, p := range in.Framing.Validate() {
		p.Field = "framing." + p.Field
		v.problems = append(v.problems, p)
	}
	v.selection(in.Clauses, library)
	v.values(in.Values, library)
	return v.problems
}

type validation struct{ problems fault.Problems }

func (v *validation) wrong(field, key string, args ...any) {
	v.problems = append(v.problems, fault.Problem{Field: field, Key: key, Args: args})
}

func (v *validation) line(field, value, missing string) {
	v.problems = append(v.problems, content.Line(field, value, content.MaxLine, missing)...)
}

func (v *validation) party(field string, p Party) {
	v.line(field+".name", p.Name, "yaml.required")
	v.line(field+".legal_form", p.LegalForm, "")
	v.line(field+".address", p.Address, "")
	v.line(field+".representative", p.Representative, "")
	v.problems = append(v.problems, content.Line(field+".finess", p.FINESS, 20, "")...)
	if p.SIREN != "" && !siren.MatchString(strings.ReplaceAll(p.SIREN, " ", "")) {
		v.wrong(field+".siren", "annex.siren", "value", p.SIREN)
	}
}

func (v *validation) selection(s Selection, library *clause.Library) {
	for i, id := range s.Add {
		at := fmt.Sprintf("clauses.add[%d]", i)
		if c, ok := library.Clause(id); !ok {
			v.wrong(at, "annex.unknown-clause", "id", id)
		} else if c.Draft {
			v.wrong(at, "annex.draft-clause", "id", id)
		}
		if slices.Contains(s.Add[:i], id) {
			v.wrong(at, "annex.clause-twice", "id", id)
		}
	}
	for i, removal := range s.Remove {
		at := fmt.Sprintf("clauses.remove[%d]", i)
		if _, ok := library.Clause(removal.ID); !ok {
			v.wrong(at+".id", "annex.unknown-clause", "id", removal.ID)
		}
		if slices.Contains(s.Add, removal.ID) {
			v.wrong(at+".id", "annex.added-and-removed", "id", removal.ID)
		}
		if slices.ContainsFunc(s.Remove[:i], func(r Removal) bool { return r.ID == removal.ID }) {
			v.wrong(at+".id", "annex.clause-twice", "id", removal.ID)
		}
		if strings.TrimSpace(removal.Reason) == "" {
			v.wrong(at+".reason", "annex.removal-reason", "id", removal.ID)
		} else if len([]rune(removal.Reason)) > maxReason {
			v.wrong(at+".reason", "value.too-long", "limit", maxReason)
		}
	}
}

func (v *validation) values(values content.Map[content.Scalar], library *clause.Library) {
	for _, entry := range values {
		at := "values." + entry.Key
		variable, ok := library.Variable(entry.Key)
		if !ok {
			if close := closest(entry.Key, library.Variables); close != "" {
				v.wrong(at, "annex.unknown-variable-close", "name", entry.Key, "close", close)
			} else {
				v.wrong(at, "annex.unknown-variable", "name", entry.Key)
			}
			continue
		}
		if _, err := variable.Parse(string(entry.Value)); err != nil {
			if f, ok := fault.As(err); ok {
				v.wrong(at, f.Key, f.Args...)
			}
		}
	}
}

// closest names the variable that shares the longest beginning, of four letters at least, with a name that is not known.
func closest(name string, variables []*clause.Variable) string {
	best, length := "", 3
	for _, v := range variables {
		n := 0
		for n < len(name) && n < len(v.Name) && name[n] == v.Name[n] {
			n++
		}
		if n > length {
			best, length = v.Name, n
		}
	}
	return best
}
