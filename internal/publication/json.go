package publication

import (
	"bytes"
	"encoding/json"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/questionnaire"
)

// Library is both libraries as programs read them: the fields of the YAML under the same names, all of them.
type Library struct {
	Version    string                 `json:"version"`
	Clauses    []clause.Clause        `json:"clauses"`
	Variables  map[string]variable    `json:"variables"`
	Questions  []question             `json:"questions"`
	References []clause.Reference     `json:"references"`
	Modules    []questionnaire.Module `json:"modules"`
}

// variable writes values as numbers where they are numbers.
type variable struct {
	clause.Variable
	Default any            `json:"default"`
	ByTier  map[string]any `json:"by_tier"`
	Options []string       `json:"options"`
}

// question writes answers as the YAML has them.
type question struct {
	questionnaire.Question
	Blocking *blocking  `json:"blocking"`
	ShowWhen *condition `json:"show_when"`
}

type blocking struct {
	When []any  `json:"when"`
	Only string `json:"only"`
}

type condition struct {
	Question string `json:"question"`
	In       []any  `json:"in"`
}

// Describe gives both libraries as programs read them. Lists are never null.
func Describe(clauses *clause.Library, questions *questionnaire.Library) Library {
	out := Library{
		Version: clauses.Version, Clauses: []clause.Clause{}, Variables: map[string]variable{},
		Questions: []question{}, References: []clause.Reference{}, Modules: list(questions.Modules),
	}
	for _, c := range clauses.Clauses() {
		one := *c
		one.Applies, one.References, one.CSS, one.Variables = list(c.Applies), list(c.References), list(c.CSS), list(c.Variables)
		out.Clauses = append(out.Clauses, one)
	}
	for _, v := range clauses.Variables {
		out.Variables[v.Name] = describeVariable(v)
	}
	for _, q := range questions.Questions() {
		out.Questions = append(out.Questions, describeQuestion(q))
	}
	for _, r := range clauses.References {
		one := *r
		one.Binds = list(r.Binds)
		out.References = append(out.References, one)
	}
	return out
}

func describeVariable(v *clause.Variable) variable {
	out := variable{Variable: *v, Default: valueOf(v, v.Default), ByTier: map[string]any{}, Options: list(v.Options)}
	for tier, value := range map[string]content.Scalar{"1": v.ByTier.Tier1, "2": v.ByTier.Tier2, "3": v.ByTier.Tier3} {
		if value != "" {
			out.ByTier[tier] = valueOf(v, value)
		}
	}
	return out
}

// valueOf gives a value of a variable: a number for what is counted, text otherwise, null for none.
func valueOf(v *clause.Variable, value content.Scalar) any {
	switch {
	case value == "":
		return nil
	case v.Type.IsNumeric():
		return json.Number(value)
	}
	return string(value)
}

func describeQuestion(q *questionnaire.Question) question {
	out := question{Question: *q}
	out.Options, out.Points, out.Verifies = list(q.Options), list(q.Points), list(q.Verifies)
	if q.Blocking != nil {
		out.Blocking = &blocking{answers(q.Blocking.When), q.Blocking.Only}
	}
	if q.ShowWhen != nil {
		out.ShowWhen = &condition{q.ShowWhen.Question, answers(q.ShowWhen.In)}
	}
	return out
}

// answers gives answers as the YAML has them: 0 is a number, yes is a word.
func answers(values []content.Scalar) []any {
	out := make([]any, len(values))
	for i, value := range values {
		switch number, ok := content.ParseDecimal(string(value)); {
		case ok && string(number) == string(value):
			out[i] = json.Number(number)
		case value == "true" || value == "false":
			out[i] = value == "true"
		default:
			out[i] = string(value)
		}
	}
	return out
}

func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}

// JSON gives both libraries as one JSON document: indented, signs such as & and < as they are.
func JSON(clauses *clause.Library, questions *questionnaire.Library) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(Describe(clauses, questions)); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
