package frontend

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/publication"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// valueGroup is the values that a family settles first.
type valueGroup struct {
	family clause.Family
	values []*clause.Variable
}

// valueGroups puts each value with the family of the first clause that uses it, in library order.
func valueGroups(l *clause.Library) []valueGroup {
	at := map[string]int{}
	groups := make([]valueGroup, 0, len(l.Families))
	for _, f := range l.Families {
		at[f.ID] = len(groups)
		groups = append(groups, valueGroup{family: f})
	}
	for _, x := range l.Variables {
		users := l.UsedBy(x.Name)
		if len(users) == 0 {
			continue
		}
		g := &groups[at[users[0].Family]]
		g.values = append(g.values, x)
	}
	kept := groups[:0]
	for _, g := range groups {
		if len(g.values) > 0 {
			kept = append(kept, g)
		}
	}
	return kept
}

// referenceGroup is the references of one body of texts.
type referenceGroup struct {
	key        string
	references []*clause.Reference
}

// referenceFamilies tells by the beginning of its id to which body of texts a reference belongs; the last takes the rest.
var referenceFamilies = []struct {
	key    string
	begins []string
}{
	{"gdpr", []string{"RGPD-"}},
	{"law", []string{"CSP-", "CODE-", "CCAG-"}},
	{"hds", []string{"HDS-"}},
	{"sector", []string{"PGSSI-", "PSSI-", "ANS-", "CARE-", "CERT-"}},
	{"nis2", []string{"NIS2-"}},
	{"recyf", []string{"RECYF-"}},
	{"europe", []string{"MDR-", "IVDR-", "CRA-", "AIACT-", "DATA-ACT-", "DORA-"}},
	{"anssi", []string{"ANSSI-", "RGS"}},
	{"cnil", []string{"CNIL-"}},
	{"standards", []string{"ISO", "IEC"}},
	{"community", []string{""}},
}

// referenceGroups puts the references in their bodies of texts.
func referenceGroups(l *clause.Library) []referenceGroup {
	groups := make([]referenceGroup, len(referenceFamilies))
	for i, f := range referenceFamilies {
		groups[i].key = f.key
	}
	for _, r := range l.References {
		i := bodyOf(r.ID)
		groups[i].references = append(groups[i].references, r)
	}
	kept := groups[:0]
	for _, g := range groups {
		if len(g.references) > 0 {
			kept = append(kept, g)
		}
	}
	return kept
}

func bodyOf(id string) int {
	for i, f := range referenceFamilies {
		for _, beginning := range f.begins {
			if strings.HasPrefix(id, beginning) {
				return i
			}
		}
	}
	return len(referenceFamilies) - 1
}

func referenceSections(v View, groups []referenceGroup) []Section {
	sections := make([]Section, len(groups))
	for i, g := range groups {
		sections[i] = Section{Title: v.T("library.group." + g.key), Note: itoa(len(g.references)), Href: "#" + g.key}
	}
	return sections
}

// referenceID is the id of a reference in its page: a fragment must not hold what an address would read otherwise.
func referenceID(id string) string { return strings.NewReplacer("/", "-", " ", "-").Replace(id) }

func referenceHref(id string) string { return referencesHref + "#" + referenceID(id) }

// citeWords is how a reference is cited, at the head of a line.
func citeWords(v View, r *clause.Reference) string { return publication.Cite(v.Printer, r) }

// scopeWords says whom a reference binds, after a colon.
func scopeWords(v View, r *clause.Reference) string {
	scope := libraryText(v, r.Scope)
	first, size := utf8.DecodeRuneInString(scope)
	if second, _ := utf8.DecodeRuneInString(scope[size:]); !unicode.IsLower(second) {
		return scope
	}
	return string(unicode.ToLower(first)) + scope[size:]
}

// statusWords says the state of a reference.
func statusWords(v View, r *clause.Reference) string { return publication.Status(v.Printer, r) }

// statusKind is how the state of a reference is marked; what is in force is the rule and carries no mark.
func statusKind(r *clause.Reference) Kind {
	switch r.Status {
	case clause.ToVerify:
		return Partial
	case clause.InForce, clause.Inspiration:
		return Plain
	}
	return Why
}

// issuedWords says who issued a reference, and when.
func issuedWords(v View, r *clause.Reference) string {
	issuer := libraryText(v, r.Issuer)
	if r.Date.IsZero() {
		return issuer
	}
	return v.T("library.references.from", "issuer", issuer, "date", v.Printer.Date(r.Date.Parts()))
}

func domainSections(v View, l *questionnaire.Library) []Section {
	sections := make([]Section, len(l.Domains))
	for i, d := range l.Domains {
		sections[i] = Section{Title: libraryText(v, d.Title), Note: itoa(len(d.Questions)), Href: "#" + d.ID}
	}
	return sections
}

func questionHref(id string) string { return questionsHref + "/" + id }

// questionFacts says in one line how a question is answered, when it is asked and how much it counts.
func questionFacts(v View, l *questionnaire.Library, q *questionnaire.Question) string {
	facts := []string{v.T("library.question." + string(q.Type))}
	for _, m := range l.Modules {
		if m.ID == q.Module {
			facts = append(facts, v.T("library.questions.module", "module", libraryText(v, m.Title)))
		}
	}
	facts = append(facts, v.T("library.questions.weight", "weight", q.Weight))
	if q.Need != "" {
		facts = append(facts, v.T("library.questions.need", "need", v.T("library.need."+string(q.Need))))
	}
	return Dots(facts...)
}

// questionAnswers lists what may be answered to a question.
func questionAnswers(v View, q *questionnaire.Question) []string {
	return publication.Answers(v.Printer, q)
}

// explained reports whether a question has more to say than its text.
func explained(q *questionnaire.Question) bool {
	return !q.Why.IsZero() || !q.Help.IsZero() || !q.Evidence.IsZero() || q.Levels != nil || len(q.Options) > 0
}

// verifiedBy lists the clauses that a question verifies, each once.
func verifiedBy(l *clause.Library, q *questionnaire.Question) []*clause.Clause {
	var verified []*clause.Clause
	for _, link := range q.Verifies {
		if c, ok := l.Clause(link.Clause); ok && !slices.Contains(verified, c) {
			verified = append(verified, c)
		}
	}
	return verified
}
