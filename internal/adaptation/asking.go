package adaptation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// Asking is a question as people write it, the whole of it. Numbers are kept as they were typed.
type Asking struct {
	Domain    string         `bson:"domain"`
	Module    string         `bson:"module"`
	Type      string         `bson:"type"`
	Unit      string         `bson:"unit"`
	Measure   string         `bson:"measure"`
	Weight    string         `bson:"weight"`
	Minutes   string         `bson:"minutes"`
	Need      string         `bson:"need"`
	Text      content.Text   `bson:"text"`
	Why       content.Text   `bson:"why"`
	Help      content.Text   `bson:"help"`
	Evidence  content.Text   `bson:"evidence"`
	Levels    []content.Text `bson:"levels"` // five of a maturity question, else none
	Options   []Choice       `bson:"options"`
	Steps     []Step         `bson:"steps"`
	After     string         `bson:"after"` // the question on which this one depends, or empty
	AfterIn   []string       `bson:"afterIn"`
	Links     []Link         `bson:"links"`
	Blocks    bool           `bson:"blocks"`    // some answers cap the grade
	Blocking  []string       `bson:"blocking"`  // which; one that is worth nothing where none is named
	BlockOnly string         `bson:"blockOnly"` // for services that host health data only: "hds"
}

// Choice is an option of a question.
type Choice struct {
	ID        string       `bson:"id"`
	Points    string       `bson:"points"`
	Value     string       `bson:"value"`
	Exclusive bool         `bson:"exclusive"`
	Label     content.Text `bson:"label"`
}

// Step gives points to a number, or to a date in months.
type Step struct {
	Least  bool   `bson:"least"` // at least the bound, else at most
	Bound  string `bson:"bound"`
	Points string `bson:"points"`
}

// Link is a clause that the question verifies: from so many points on, half where none are given, and by comparison with a
// value where one is named.
type Link struct {
	Clause    string `bson:"clause"`
	Threshold string `bson:"threshold"`
	Variable  string `bson:"variable"`
}

// AskingOf is a question of the library as people would write it.
func AskingOf(q *questionnaire.Question) Asking {
	a := Asking{
		Domain: q.Domain, Module: q.Module, Type: string(q.Type), Unit: q.Unit, Measure: string(q.Measure), Need: string(q.Need),
		Weight: strconv.Itoa(q.Weight), Minutes: strconv.Itoa(q.Minutes), Text: q.Text, Why: q.Why, Help: q.Help, Evidence: q.Evidence,
	}
	if q.Levels != nil {
		for _, level := range q.Levels.All() {
			a.Levels = append(a.Levels, *level)
		}
	}
	for _, o := range q.Options {
		a.Options = append(a.Options, Choice{o.ID, string(o.Points), string(o.Value), o.Exclusive, o.Label})
	}
	for _, t := range q.Points {
		a.Steps = append(a.Steps, Step{t.AtMost == "", string(t.AtMost + t.AtLeast), string(t.Points)})
	}
	if q.ShowWhen != nil {
		a.After, a.AfterIn = q.ShowWhen.Question, words(q.ShowWhen.In)
	}
	for _, v := range q.Verifies {
		a.Links = append(a.Links, Link{v.Clause, string(v.Threshold), v.Variable})
	}
	if q.Blocking != nil {
		a.Blocks, a.Blocking, a.BlockOnly = true, words(q.Blocking.When), q.Blocking.Only
	}
	return a.clean()
}

func words(answers []content.Scalar) []string {
	var out []string
	for _, answer := range answers {
		out = append(out, string(answer))
	}
	return out
}

func scalars(words []string) []content.Scalar {
	out := make([]content.Scalar, 0, len(words))
	for _, word := range words {
		out = append(out, content.Scalar(word))
	}
	return out
}

// clean gives an asking in its one form: only what its type of answer calls for, nothing around texts, nothing empty in
// lists, numbers with a point.
func (a Asking) clean() Asking {
	line := func(t content.Text) content.Text { return content.Text{FR: cleanLine(t.FR), EN: cleanLine(t.EN)} }
	a.Text, a.Why, a.Help, a.Evidence = line(a.Text), line(a.Why), line(a.Help), line(a.Evidence)
	kind := questionnaire.Type(a.Type)
	if kind != questionnaire.Number {
		a.Unit = ""
	}
	if kind != questionnaire.Date {
		a.Measure = ""
	}
	if kind == questionnaire.Text {
		a.Weight = "0"
	}
	a.Minutes = strings.TrimSpace(a.Minutes)
	a.Levels = a.cleanLevels(kind, line)
	a.Options = a.cleanOptions(kind, line)
	a.Steps = a.cleanSteps(kind)
	var links []Link
	for _, link := range a.Links {
		link.Clause, link.Variable = strings.ToUpper(strings.TrimSpace(link.Clause)), strings.TrimSpace(link.Variable)
		link.Threshold = cleanNumber(link.Threshold)
		if link != (Link{}) {
			links = append(links, link)
		}
	}
	a.Links = links
	if a.AfterIn = cleanList(a.AfterIn); a.After == "" {
		a.AfterIn = nil
	}
	if a.Blocking = cleanList(a.Blocking); !a.Blocks {
		a.Blocking, a.BlockOnly = nil, ""
	}
	return a
}

func (a Asking) cleanLevels(kind questionnaire.Type, line func(content.Text) content.Text) []content.Text {
	if kind != questionnaire.Maturity {
		return nil
	}
	levels := make([]content.Text, 5)
	for i := range min(len(a.Levels), len(levels)) {
		levels[i] = line(a.Levels[i])
	}
	return levels
}

// cleanOptions drops the rows in which nothing is written, and names those that have no name yet.
func (a Asking) cleanOptions(kind questionnaire.Type, line func(content.Text) content.Text) []Choice {
	if kind != questionnaire.Single && kind != questionnaire.Multi {
		return nil
	}
	var options []Choice
	taken := map[string]bool{}
	for _, o := range a.Options {
		o.Label, o.Points, o.Value = line(o.Label), cleanNumber(o.Points), cleanNumber(o.Value)
		if kind == questionnaire.Single {
			o.Exclusive = false
		}
		if !o.Label.IsZero() || o.Points != "" || o.Value != "" {
			options = append(options, o)
			taken[o.ID] = true
		}
	}
	for i := range options {
		for n := 1; options[i].ID == ""; n++ {
			if id := "choice-" + strconv.Itoa(n); !taken[id] {
				options[i].ID, taken[id] = id, true
			}
		}
	}
	return options
}

func (a Asking) cleanSteps(kind questionnaire.Type) []Step {
	if kind != questionnaire.Number && kind != questionnaire.Date {
		return nil
	}
	var steps []Step
	for _, step := range a.Steps {
		step.Bound, step.Points = cleanNumber(step.Bound), cleanNumber(step.Points)
		if step.Bound != "" || step.Points != "" {
			steps = append(steps, step)
		}
	}
	return steps
}

// cleanLine puts a text on one line.
func cleanLine(text string) string { return strings.Join(strings.Fields(cleanText(text)), " ") }

// cleanNumber gives a number with a point; what is none stays as it was typed, for lint to say so.
func cleanNumber(typed string) string {
	typed = strings.TrimSpace(typed)
	if d, ok := content.ParseDecimal(typed); ok {
		return string(d)
	}
	return typed
}

// question is the asking as the library holds it. What is not a number is 0, which lint refuses.
func (a Asking) question(id string, revision int) questionnaire.Question {
	whole := func(typed string) int {
		n, err := strconv.Atoi(typed)
		if err != nil {
			return -1
		}
		return n
	}
	q := questionnaire.Question{
		ID: id, Domain: a.Domain, Version: max(revision, 1), Module: a.Module, Type: questionnaire.Type(a.Type), Unit: a.Unit,
		Measure: questionnaire.Measure(a.Measure), Weight: whole(a.Weight), Minutes: whole(a.Minutes), Need: questionnaire.Need(a.Need),
		Text: a.Text, Why: a.Why, Help: a.Help, Evidence: a.Evidence,
	}
	if len(a.Levels) == 5 {
		q.Levels = &questionnaire.Levels{Absent: a.Levels[0], Initial: a.Levels[1], Partial: a.Levels[2], Applied: a.Levels[3], Measured: a.Levels[4]}
	}
	for _, o := range a.Options {
		q.Options = append(q.Options, questionnaire.Option{
			ID: o.ID, Points: content.Decimal(o.Points), Value: content.Decimal(o.Value), Exclusive: o.Exclusive, Label: o.Label,
		})
	}
	for _, step := range a.Steps {
		t := questionnaire.Threshold{Points: content.Decimal(step.Points)}
		if t.AtMost = content.Decimal(step.Bound); step.Least {
			t.AtMost, t.AtLeast = "", t.AtMost
		}
		q.Points = append(q.Points, t)
	}
	if a.After != "" {
		q.ShowWhen = &questionnaire.Condition{Question: a.After, In: scalars(a.AfterIn)}
	}
	for _, link := range a.Links {
		q.Verifies = append(q.Verifies, questionnaire.Verification{Clause: link.Clause, Threshold: content.Decimal(link.Threshold), Variable: link.Variable})
	}
	if a.Blocks {
		q.Blocking = &questionnaire.Blocking{When: scalars(a.Blocking), Only: a.BlockOnly}
	}
	return q
}

// Parts lists the texts in the order in which they are read, under the names of their fields: "levels.0", "options.2.label".
func (a *Asking) Parts() []Part {
	parts := []Part{{"text", &a.Text}, {"why", &a.Why}, {"help", &a.Help}, {"evidence", &a.Evidence}}
	for i := range a.Levels {
		parts = append(parts, Part{"levels." + strconv.Itoa(i), &a.Levels[i]})
	}
	for i := range a.Options {
		parts = append(parts, Part{"options." + strconv.Itoa(i) + ".label", &a.Options[i].Label})
	}
	return parts
}

// Fact is something of a question that is no text, as a line that can be compared.
type Fact struct{ Name, Value string }

// Facts lists what counts of a question besides its texts, in the notation of its file.
func (a Asking) Facts() []Fact {
	points := make([]string, 0, len(a.Options)+len(a.Steps))
	for _, o := range a.Options {
		line := o.ID + " = " + o.Points
		if o.Value != "" {
			line += " (" + o.Value + ")"
		}
		if o.Exclusive {
			line += " !"
		}
		points = append(points, line)
	}
	for _, step := range a.Steps {
		sign := "≤ "
		if step.Least {
			sign = "≥ "
		}
		points = append(points, sign+step.Bound+" = "+step.Points)
	}
	var links []string
	for _, link := range a.Links {
		line := link.Clause
		if link.Threshold != "" {
			line += " ≥ " + link.Threshold
		}
		if link.Variable != "" {
			line += " : " + link.Variable
		}
		links = append(links, line)
	}
	after := a.After
	if len(a.AfterIn) > 0 {
		after += " : " + strings.Join(a.AfterIn, ", ")
	}
	blocking := strings.Join(a.Blocking, ", ")
	if a.Blocks && blocking == "" {
		blocking = "0"
	}
	if a.BlockOnly != "" {
		blocking += " (" + a.BlockOnly + ")"
	}
	return []Fact{
		{"domain", a.Domain}, {"module", a.Module}, {"type", a.Type}, {"unit", a.Unit}, {"measure", a.Measure}, {"weight", a.Weight}, {"minutes", a.Minutes}, {"need", a.Need},
		{"points", strings.Join(points, "\n")}, {"after", after}, {"links", strings.Join(links, "\n")}, {"blocking", blocking},
	}
}

// AskingDifferences lists what changed from one asking to another: texts by language, then the rest. A text that only one of
// them has is compared with nothing.
func AskingDifferences(from, to Asking) []Difference {
	before, after := from.clean(), to.clean()
	texts := map[string][2]content.Text{}
	var names []string
	for at, parts := range [][]Part{before.Parts(), after.Parts()} {
		for _, part := range parts {
			both, known := texts[part.Name]
			if !known {
				names = append(names, part.Name)
			}
			both[at] = *part.Text
			texts[part.Name] = both
		}
	}
	var out []Difference
	for _, lang := range locale.Languages() {
		for _, name := range names {
			if old, text := texts[name][0].In(lang), texts[name][1].In(lang); old != text {
				if name == "text" {
					name = "asked" // the text of a clause is something else
				}
				out = append(out, Difference{name, lang, prose.Diff(old, text)})
			}
		}
	}
	facts := after.Facts()
	for i, fact := range before.Facts() {
		if fact != facts[i] {
			out = append(out, Difference{Field: fact.Name, Pieces: slices.DeleteFunc(
				[]prose.Piece{{Change: prose.Removed, Text: fact.Value}, {Change: prose.Kept, Text: " "}, {Change: prose.Added, Text: facts[i].Value}},
				func(p prose.Piece) bool { return p.Text == "" })})
		}
	}
	return out
}
