// Package questionnaire is the library of questions asked of suppliers: loaded from YAML, checked, linked to the clauses
// that they verify.
package questionnaire

import "github.com/garant-sante/garant/internal/content"

// Type is how a question is answered.
type Type string

// The types of answers (domain reference §6).
const (
	Maturity Type = "maturity" // 0 to 4, each level described
	YesNo    Type = "yesno"    // yes, partial, no
	Single   Type = "single"   // one option
	Multi    Type = "multi"    // several options
	Number   Type = "number"   // in the question's unit
	Date     Type = "date"     // counted in months since or until
	File     Type = "file"     // a document to attach
	Text     Type = "text"     // free, never scored
)

// Choices lists what a file may say.
func (Type) Choices() []string {
	return []string{"maturity", "yesno", "single", "multi", "number", "date", "file", "text"}
}

// Need is which of the four needs of the framing weighs the question.
type Need string

// Choices lists what a file may say: availability (D), integrity, confidentiality, traceability.
func (Need) Choices() []string { return []string{"D", "I", "C", "T"} }

// Measure is which way a date is counted.
type Measure string

// Choices lists what a file may say: months since the date, or until it.
func (Measure) Choices() []string { return []string{"since", "until"} }

// Question is one question, the same for every supplier.
type Question struct {
	ID       string         `yaml:"id,required" json:"id"`
	Domain   string         `yaml:"-" json:"domain"`
	Version  int            `yaml:"version,required" json:"version"`
	Draft    bool           `yaml:"draft" json:"draft"` // not written yet
	Module   string         `yaml:"module,required" json:"module"`
	Type     Type           `yaml:"type,required" json:"type"`
	Unit     string         `yaml:"unit" json:"unit"`
	Measure  Measure        `yaml:"measure" json:"measure"`
	Weight   int            `yaml:"weight,required" json:"weight"`
	Minutes  int            `yaml:"minutes" json:"minutes"` // time that answering takes
	Blocking *Blocking      `yaml:"blocking" json:"blocking"`
	Need     Need           `yaml:"need" json:"need"`
	Text     content.Text   `yaml:"text,required" json:"text"`
	Why      content.Text   `yaml:"why" json:"why"`
	Help     content.Text   `yaml:"help" json:"help"`
	Evidence content.Text   `yaml:"evidence" json:"evidence"`
	Levels   *Levels        `yaml:"levels" json:"levels"`
	Options  []Option       `yaml:"options" json:"options"`
	Points   []Threshold    `yaml:"points" json:"points"`
	ShowWhen *Condition     `yaml:"show_when" json:"show_when"`
	Verifies []Verification `yaml:"verifies" json:"verifies"`
}

// Blocking tells which answers cap the grade, and for which services only.
type Blocking struct {
	When []content.Scalar `yaml:"when" json:"when"`
	Only string           `yaml:"only" json:"only,omitempty"`
}

// Levels describe the five levels of a maturity question, each a state that can be seen.
type Levels struct {
	Absent   content.Text `yaml:"0,required" json:"0"`
	Initial  content.Text `yaml:"1,required" json:"1"`
	Partial  content.Text `yaml:"2,required" json:"2"`
	Applied  content.Text `yaml:"3,required" json:"3"`
	Measured content.Text `yaml:"4,required" json:"4"`
}

// Option is one choice of a single or multi question.
type Option struct {
	ID        string          `yaml:"id,required" json:"id"`
	Points    content.Decimal `yaml:"points,required" json:"points"`
	Value     content.Decimal `yaml:"value" json:"value"`         // for comparison with a clause variable
	Exclusive bool            `yaml:"exclusive" json:"exclusive"` // none of the others goes with it
	Label     content.Text    `yaml:"label,required" json:"label"`
}

// Threshold gives points to a number, or to a date in months; the first that holds counts.
type Threshold struct {
	AtMost  content.Decimal `yaml:"at_most" json:"at_most"`
	AtLeast content.Decimal `yaml:"at_least" json:"at_least"`
	Points  content.Decimal `yaml:"points,required" json:"points"`
}

// Condition shows a question only after certain answers to another.
type Condition struct {
	Question string           `yaml:"question,required" json:"question"`
	In       []content.Scalar `yaml:"in,required" json:"in"`
}

// Verification links a question to a clause: by the points it takes, or by comparison with a variable of the clause.
type Verification struct {
	Clause    string          `yaml:"clause,required" json:"clause"`
	Threshold content.Decimal `yaml:"threshold" json:"threshold"`
	Variable  string          `yaml:"variable" json:"variable"`
}

// Module is a part that questionnaires are made of.
type Module struct {
	ID      string       `yaml:"id,required" json:"id"`
	Title   content.Text `yaml:"title,required" json:"title"`
	Summary content.Text `yaml:"summary,required" json:"summary"`
	For     content.Text `yaml:"for,required" json:"for"` // when it is called
}

// Domain groups the questions of one subject.
type Domain struct {
	ID        string
	Title     content.Text
	Questions []*Question
}
