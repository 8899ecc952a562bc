package clause

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// familyOrder is the order of chapters in an annex, and of sums; the families of the catalogue and no other.
var familyOrder = []string{
	"GOV", "CNF", "DCP", "LOC", "HDS", "ACC", "TEL", "PAT", "CFG", "CRY", "DEV", "SAU", "TRA", "INC", "CON", "AUD",
	"SST", "RHU", "REV", "DMC", "RES", "IAS",
}

// Library is the whole of clauses, variables and references. It is read once and never changes afterwards.
type Library struct {
	Version     string // of the texts: "1.0"
	Edition     string // SHA-256 over the files: which texts exactly
	Families    []Family
	Variables   []*Variable // in the order of the registry
	References  []*Reference
	Frameworks  []*Framework // the lists that the library is held against
	Guide       content.Text // how to read an annex
	Definitions []Definition
	Starts      []Start         // usual services to start a framing from
	Allowed     prose.AllowList // judgements on the texts that people overruled, of questions too
	Models      []*Model        // document models, in the order of modelOrder
	Flyer       *Flyer          // nil in a library that has none

	clauses    []*Clause // in library order
	byID       map[string]*Clause
	variables  map[string]*Variable
	references map[string]*Reference
	places     map[string]place // where each clause, variable and reference stands, for lint
	guide      map[locale.Language][]content.Block
	former     map[string][]*Clause      // the versions before the current one, by id
	history    []content.History[Clause] // the same as it was read, for lint

	ownFamily content.Text      // title of the chapter of clauses that belong to no family
	origins   map[string]Origin // of the clauses that layers put in place
	overruled []Overruled
	unlayered *Library // the models; nil when no layer is over them

	sentences func() *prose.Twins // those of all the models, made when first asked for
}

type place struct {
	source *content.Source
	field  string
}

type familyFile struct {
	Family  string       `yaml:"family,required"`
	Title   content.Text `yaml:"title,required"`
	Clauses []Clause     `yaml:"clauses,required"`
}

type variablesFile struct {
	Variables content.Map[Variable] `yaml:"variables,required"`
}

type referencesFile struct {
	References []Reference `yaml:"references,required"`
}

type guideFile struct {
	Guide       content.Text `yaml:"guide,required"`
	Definitions []Definition `yaml:"definitions,required"`
}

type libraryFile struct {
	Version   string       `yaml:"version,required"`
	OwnFamily content.Text `yaml:"own_family"`
}

// allowFile overrules judgements on texts; it is no text, so the edition does not depend on it.
const allowFile = "allow.yaml"

// Load reads a folder of clauses. What cannot be read comes back as fault.Problems, all at once, with the library as far
// as it could be read; Lint checks the rest.
func Load(files fs.FS) (*Library, error) {
	l := &Library{
		byID: map[string]*Clause{}, variables: map[string]*Variable{}, references: map[string]*Reference{},
		places: map[string]place{}, guide: map[locale.Language][]content.Block{},
		former: map[string][]*Clause{},
	}
	read, parts, err := content.Folder(files, decodePart, "*.yaml", modelFolder+"/*.yaml", content.HistoryFolder+"/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("read the clause library: %w", err)
	}
	var problems fault.Problems
	hash := sha256.New()
	for i, file := range read {
		if file.Name != allowFile {
			fmt.Fprintf(hash, "%s %d\n", file.Name, len(file.Data))
			hash.Write(file.Data)
		}
		problems = append(problems, parts[i](l)...)
	}
	for _, needed := range []string{"variables.yaml", "references.yaml", "guide.yaml", "library.yaml"} {
		if !slices.ContainsFunc(read, func(f content.File) bool { return f.Name == needed }) {
			problems = append(problems, fault.Problem{File: needed, Key: "library.missing-file"})
		}
	}
	l.Edition = hex.EncodeToString(hash.Sum(nil))
	l.order()
	return l, problems.OrNil()
}

// part puts what a file holds into the library, and gives the problems of the file.
type part func(*Library) fault.Problems

// decodePart reads one file; several are read at once, and put together one after the other.
func decodePart(file content.File) part {
	if path.Dir(file.Name) == modelFolder {
		return decodeModel(file)
	}
	if path.Dir(file.Name) == content.HistoryFolder {
		return decodeHistory(file)
	}
	switch file.Name {
	case "variables.yaml":
		return decodeVariables(file)
	case "references.yaml":
		return decodeReferences(file)
	case "guide.yaml":
		return decodeGuide(file)
	case flyerFile:
		return decodeFlyer(file)
	case "framings.yaml":
		return func(l *Library) fault.Problems { return l.readStarts(file.Name, file.Data) }
	case "frameworks.yaml":
		return func(l *Library) fault.Problems { return l.readFrameworks(file.Name, file.Data) }
	case allowFile:
		allowed, err := prose.ReadAllowList(file.Name, file.Data)
		return func(l *Library) fault.Problems {
			l.Allowed = allowed
			return asProblems(err)
		}
	case "library.yaml":
		var f libraryFile
		_, err := content.Decode(file.Name, file.Data, &f)
		return func(l *Library) fault.Problems {
			l.Version, l.ownFamily = f.Version, f.OwnFamily
			return asProblems(err)
		}
	}
	return decodeFamily(file)
}

func decodeFamily(file content.File) part {
	var f familyFile
	src, err := content.Decode(file.Name, file.Data, &f)
	problems := asProblems(err)
	if f.Family != "" && !slices.Contains(familyOrder, f.Family) {
		problems = append(problems, src.Problem("family", "library.unknown-family", "value", f.Family, "allowed", strings.Join(familyOrder, ", ")))
	}
	parsed := make([]fault.Problems, len(f.Clauses))
	for i := range f.Clauses {
		f.Clauses[i].Family = f.Family
		parsed[i] = f.Clauses[i].parse(src, fmt.Sprintf("clauses[%d]", i))
	}
	return func(l *Library) fault.Problems {
		family := Family{ID: f.Family, Title: f.Title}
		for i := range f.Clauses {
			c, at := &f.Clauses[i], fmt.Sprintf("clauses[%d]", i)
			if _, taken := l.byID[c.ID]; taken {
				problems = append(problems, src.Problem(at+".id", "library.id-twice", "id", c.ID))
				continue
			}
			problems = append(problems, parsed[i]...)
			l.byID[c.ID] = c
			l.places[c.ID] = place{src, at}
			family.Clauses = append(family.Clauses, c)
		}
		l.Families = append(l.Families, family)
		return problems
	}
}

func (c *Clause) parse(src *content.Source, at string) fault.Problems {
	var problems fault.Problems
	c.blocks = map[locale.Language][]content.Block{}
	for _, lang := range locale.Languages() {
		blocks, err := content.Markdown(locale.Typography(lang, c.Text.In(lang)))
		if err != nil {
			problems = append(problems, src.Problem(at+".text."+string(lang), "library.markdown", "why", err.Error()))
			continue
		}
		c.blocks[lang] = blocks
	}
	return problems
}

func decodeVariables(file content.File) part {
	var f variablesFile
	src, err := content.Decode(file.Name, file.Data, &f)
	return func(l *Library) fault.Problems {
		for i := range f.Variables {
			v := &f.Variables[i].Value
			v.Name = f.Variables[i].Key
			l.Variables = append(l.Variables, v)
			l.variables[v.Name] = v
			l.places[v.Name] = place{src, "variables." + v.Name}
		}
		return asProblems(err)
	}
}

func decodeReferences(file content.File) part {
	var f referencesFile
	src, err := content.Decode(file.Name, file.Data, &f)
	return func(l *Library) fault.Problems {
		problems := asProblems(err)
		for i := range f.References {
			r := &f.References[i]
			at := fmt.Sprintf("references[%d]", i)
			if _, taken := l.references[r.ID]; taken {
				problems = append(problems, src.Problem(at+".id", "library.id-twice", "id", r.ID))
				continue
			}
			l.References = append(l.References, r)
			l.references[r.ID] = r
			l.places[r.ID] = place{src, at}
		}
		return problems
	}
}

func decodeGuide(file content.File) part {
	var f guideFile
	src, err := content.Decode(file.Name, file.Data, &f)
	return func(l *Library) fault.Problems {
		problems := asProblems(err)
		l.Guide, l.Definitions = f.Guide, f.Definitions
		for _, lang := range locale.Languages() {
			blocks, err := content.Markdown(locale.Typography(lang, f.Guide.In(lang)))
			if err != nil {
				problems = append(problems, src.Problem("guide."+string(lang), "library.markdown", "why", err.Error()))
			}
			l.guide[lang] = blocks
		}
		return problems
	}
}

func (l *Library) order() {
	slices.SortStableFunc(l.Families, func(a, b Family) int {
		return slices.Index(familyOrder, a.ID) - slices.Index(familyOrder, b.ID)
	})
	for _, family := range l.Families {
		l.clauses = append(l.clauses, family.Clauses...)
	}
	l.titleFrameworks()
	l.orderModels()
	l.sentences = sync.OnceValue(l.remember)
}

// VariablesOf lists the variables of a clause; the second value is false when there is no such clause.
func (l *Library) VariablesOf(id string) ([]string, bool) {
	c, ok := l.byID[id]
	if !ok {
		return nil, false
	}
	return c.Variables, true
}

// Clauses lists every clause in library order.
func (l *Library) Clauses() []*Clause { return l.clauses }

// Clause finds a clause by its id.
func (l *Library) Clause(id string) (*Clause, bool) {
	c, ok := l.byID[id]
	return c, ok
}

// Applies gives the alternatives under which a clause applies; false when there is no such clause.
func (l *Library) Applies(id string) ([]string, bool) {
	c, ok := l.byID[id]
	if !ok {
		return nil, false
	}
	return c.Applies, true
}

// Variable finds a variable by its name.
func (l *Library) Variable(name string) (*Variable, bool) {
	v, ok := l.variables[name]
	return v, ok
}

// Reference finds a reference by its id.
func (l *Library) Reference(id string) (*Reference, bool) {
	r, ok := l.references[id]
	return r, ok
}

// Family finds a family by its id.
func (l *Library) Family(id string) (Family, bool) {
	for _, f := range l.Families {
		if f.ID == id {
			return f, true
		}
	}
	return Family{}, false
}

// GuideBlocks gives how to read an annex, parsed, in a language.
func (l *Library) GuideBlocks(lang locale.Language) []content.Block { return l.guide[lang] }

// UsedBy lists the clauses that name a variable, in library order.
func (l *Library) UsedBy(variable string) []*Clause {
	return l.having(func(c *Clause) bool { return slices.Contains(c.Variables, variable) })
}

// CitedBy lists the clauses that draw on a reference, in library order.
func (l *Library) CitedBy(reference string) []*Clause {
	return l.having(func(c *Clause) bool { return slices.Contains(c.References, reference) })
}

func (l *Library) having(holds func(*Clause) bool) []*Clause {
	var found []*Clause
	for _, c := range l.clauses {
		if holds(c) {
			found = append(found, c)
		}
	}
	return found
}

// Drafts counts the clauses that are not written yet.
func (l *Library) Drafts() int {
	return len(l.having(func(c *Clause) bool { return c.Draft }))
}

func asProblems(err error) fault.Problems {
	if err == nil {
		return nil
	}
	if problems, ok := err.(fault.Problems); ok {
		return problems
	}
	return fault.Problems{{Key: "library.unreadable", Args: []any{"why", err.Error()}}}
}
