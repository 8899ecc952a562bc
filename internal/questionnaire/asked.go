package questionnaire

import (
	"slices"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
)

// ClauseRules gives the alternatives under which a clause applies, see framing.Matches; the second value is false when
// there is no such clause. The clause library stands beside this one: clause.Library.Applies answers.
type ClauseRules func(clause string) (applies []string, ok bool)

// Questionnaire is what is asked of the supplier of one service (domain reference §3).
type Questionnaire struct {
	Modules      []Module      // called for, in the order of the library
	Questions    []*Question   // asked, in library order
	Attestations []Attestation // of the clauses of the annex that no question verifies, in the annex's order

	annex []string
}

// Attestation asks of a clause as a whole whether it is kept: yes, partial or no. It counts for conformity, never for
// maturity.
type Attestation struct{ ID, Clause string }

// AttestationID is the id of a clause's attestation among the answers.
func AttestationID(clause string) string { return "ATT-" + clause }

// structureSide binds the structure itself: nothing is asked of the supplier (domain reference §3).
const structureSide = "DCP-08"

// moduleCalls tells for which services each module is called for (domain reference §3). A lower tier asks for more.
var moduleCalls = map[string]func(framing.Framing) bool{
	"express":  func(framing.Framing) bool { return true },
	"standard": func(f framing.Framing) bool { return f.Tier() <= framing.Reinforced },
	"complete": func(f framing.Framing) bool { return f.Tier() == framing.Critical },
	"hds":      func(f framing.Framing) bool { return f.HDS },
	"ai":       func(f framing.Framing) bool { return f.AI },
	"medical-device": func(f framing.Framing) bool {
		return f.Has(framing.MedicalDevice)
	},
	"remote-maintenance": func(f framing.Framing) bool {
		return f.Has(framing.RemoteMaintenance) || f.Matches("access:remote") || f.Has(framing.MedicalDevice)
	},
}

// Calls reports whether a framing calls for a module. A module that is not one of the catalogue's never is.
func Calls(f framing.Framing, module string) bool {
	calls, known := moduleCalls[module]
	return known && calls(f)
}

// For gives the questionnaire of a service. A question is asked when its module is called for and at least one clause
// that it verifies applies to the framing, whatever that clause's level; one that verifies no clause is always asked.
// Each clause of the annex that no asked question verifies is attested, a structure's own clauses among them; what binds
// the structure itself is not.
//
// Conditions depend on answers: see Shown.
func (l *Library) For(f framing.Framing, rules ClauseRules, annex ...string) Questionnaire {
	asked := Questionnaire{annex: annex}
	called := map[string]bool{}
	for _, m := range l.Modules {
		if Calls(f, m.ID) {
			called[m.ID] = true
			asked.Modules = append(asked.Modules, m)
		}
	}
	for _, q := range l.questions {
		if called[q.Module] && q.concerns(f, rules) {
			asked.Questions = append(asked.Questions, q)
		}
	}
	asked.attest()
	return asked
}

// concerns reports whether some clause that the question verifies applies to the framing.
func (q *Question) concerns(f framing.Framing, rules ClauseRules) bool {
	return len(q.Verifies) == 0 || slices.ContainsFunc(q.Verifies, func(v Verification) bool {
		applies, known := rules(v.Clause)
		_, match := f.FirstMatch(applies)
		return known && match
	})
}

// attest puts an attestation for each clause of the annex that no question of the questionnaire verifies.
func (a *Questionnaire) attest() {
	verified := map[string]bool{structureSide: true}
	for _, q := range a.Questions {
		for _, v := range q.Verifies {
			verified[v.Clause] = true
		}
	}
	a.Attestations = nil
	for _, clause := range a.annex {
		if !verified[clause] {
			a.Attestations = append(a.Attestations, Attestation{AttestationID(clause), clause})
		}
	}
}

// Given tells what was answered to a question, in the words of a condition: the ids of options; yes, partial, no; a
// level from 0 to 4. Nothing when it is not answered.
type Given func(question string) []content.Scalar

// Shown leaves out the questions whose condition the answers do not fulfil, and attests the clauses that only these
// verified. A condition on a question that is not answered, or itself left out, is not fulfilled; one on a question that
// this questionnaire does not ask hides nothing.
func (a Questionnaire) Shown(given Given) Questionnaire {
	s := showing{given: given, asked: map[string]*Question{}, known: map[string]bool{}}
	for _, q := range a.Questions {
		s.asked[q.ID] = q
	}
	shown := Questionnaire{Modules: a.Modules, annex: a.annex}
	for _, q := range a.Questions {
		if s.shows(q) {
			shown.Questions = append(shown.Questions, q)
		}
	}
	shown.attest()
	return shown
}

// showing decides which questions of a questionnaire are shown, each once.
type showing struct {
	given Given
	asked map[string]*Question
	known map[string]bool // decided; false at first, so that conditions in a circle show nothing
}

func (s showing) shows(q *Question) bool {
	if shown, decided := s.known[q.ID]; decided {
		return shown
	}
	s.known[q.ID] = false
	s.known[q.ID] = s.fulfilled(q.ShowWhen)
	return s.known[q.ID]
}

func (s showing) fulfilled(c *Condition) bool {
	if c == nil {
		return true
	}
	other, asked := s.asked[c.Question]
	if !asked {
		return true
	}
	return s.shows(other) && slices.ContainsFunc(s.given(other.ID), func(answer content.Scalar) bool {
		return slices.Contains(c.In, answer)
	})
}

// Minutes is the time that answering takes, all questions together.
func (a Questionnaire) Minutes() int {
	minutes := 0
	for _, q := range a.Questions {
		minutes += q.Minutes
	}
	return minutes
}
