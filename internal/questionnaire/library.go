package questionnaire

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
	"github.com/garant-sante/garant/internal/prose"
)

// domainOrder is the order of questionnaires and of sums; the domains of the catalogue and no other.
var domainOrder = []string{
	"GOV", "JUR", "RHU", "ACC", "PAT", "CFG", "DEV", "SAU", "TRA", "INC", "CON", "AUD", "SST", "REV", "HDS", "TEL", "DMC", "IAS",
}

// Library is the whole of questions and modules. It is read once and never changes afterwards.
type Library struct {
	Edition string // SHA-256 over the files
	Domains []Domain
	Modules []Module

	questions []*Question
	byID      map[string]*Question
	places    map[string]place
	former    map[string][]*Question      // the versions before the current one, by id
	history   []content.History[Question] // the same as it was read, for lint

	unlayered *Library            // without what a structure words; nil for the models themselves
	sentences func() *prose.Twins // of the models, found once
}

type place struct {
	source *content.Source
	field  string
}

type domainFile struct {
	Domain    string       `yaml:"domain,required"`
	Title     content.Text `yaml:"title,required"`
	Questions []Question   `yaml:"questions,required"`
}

type modulesFile struct {
	Modules []Module `yaml:"modules,required"`
}

// Load reads a folder of questions. What cannot be read comes back as fault.Problems, all at once, with the library as
// far as it could be read; Lint checks the rest.
func Load(files fs.FS) (*Library, error) {
	l := &Library{byID: map[string]*Question{}, places: map[string]place{}, former: map[string][]*Question{}}
	read, parts, err := content.Folder(files, decodePart, "*.yaml", content.HistoryFolder+"/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("read the question library: %w", err)
	}
	var problems fault.Problems
	hash := sha256.New()
	for i, file := range read {
		fmt.Fprintf(hash, "%s %d\n", file.Name, len(file.Data))
		hash.Write(file.Data)
		problems = append(problems, parts[i](l)...)
	}
	if len(l.Modules) == 0 {
		problems = append(problems, fault.Problem{File: "modules.yaml", Key: "library.missing-file"})
	}
	l.Edition = hex.EncodeToString(hash.Sum(nil))
	l.order()
	return l, problems.OrNil()
}

// partOf puts what a file holds into the library, and gives the problems of the file.
type partOf func(*Library) fault.Problems

// decodePart reads one file; several are read at once, and put together one after the other.
func decodePart(file content.File) partOf {
	if file.Name == "modules.yaml" {
		var f modulesFile
		_, err := content.Decode(file.Name, file.Data, &f)
		return func(l *Library) fault.Problems {
			l.Modules = f.Modules
			return asProblems(err)
		}
	}
	if path.Dir(file.Name) == content.HistoryFolder {
		return decodeHistory(file)
	}
	var f domainFile
	src, err := content.Decode(file.Name, file.Data, &f)
	return func(l *Library) fault.Problems { return l.put(src, f, asProblems(err)) }
}

func (l *Library) put(src *content.Source, f domainFile, problems fault.Problems) fault.Problems {
	domain := Domain{ID: f.Domain, Title: f.Title}
	if f.Domain != "" && !slices.Contains(domainOrder, f.Domain) {
		problems = append(problems, src.Problem("domain", "library.unknown-domain", "value", f.Domain, "allowed", strings.Join(domainOrder, ", ")))
	}
	for i := range f.Questions {
		q := &f.Questions[i]
		q.Domain = f.Domain
		at := fmt.Sprintf("questions[%d]", i)
		if _, taken := l.byID[q.ID]; taken {
			problems = append(problems, src.Problem(at+".id", "library.id-twice", "id", q.ID))
			continue
		}
		l.byID[q.ID] = q
		l.places[q.ID] = place{src, at}
		domain.Questions = append(domain.Questions, q)
	}
	l.Domains = append(l.Domains, domain)
	return problems
}

func (l *Library) order() {
	slices.SortStableFunc(l.Domains, func(a, b Domain) int {
		return slices.Index(domainOrder, a.ID) - slices.Index(domainOrder, b.ID)
	})
	for _, domain := range l.Domains {
		l.questions = append(l.questions, domain.Questions...)
	}
	l.sentences = sync.OnceValue(l.remember)
}

// Questions lists every question in library order.
func (l *Library) Questions() []*Question { return l.questions }

// Question finds a question by its id.
func (l *Library) Question(id string) (*Question, bool) {
	q, ok := l.byID[id]
	return q, ok
}

// Verifying lists the questions that verify a clause, in library order.
func (l *Library) Verifying(clause string) []*Question {
	var found []*Question
	for _, q := range l.questions {
		if slices.ContainsFunc(q.Verifies, func(v Verification) bool { return v.Clause == clause }) {
			found = append(found, q)
		}
	}
	return found
}

// Verified gives the ids of all clauses that some question verifies.
func (l *Library) Verified() map[string]bool {
	verified := map[string]bool{}
	for _, q := range l.questions {
		for _, v := range q.Verifies {
			verified[v.Clause] = true
		}
	}
	return verified
}

// Drafts counts the questions that are not written yet.
func (l *Library) Drafts() int {
	count := 0
	for _, q := range l.questions {
		if q.Draft {
			count++
		}
	}
	return count
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
