package clause

import (
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// lintVariables: types and bounds agree, defaults lie within bounds, a more demanding tier never asks for less, and some
// clause uses the variable.
func (l *Library) lintVariables() fault.Problems {
	var problems fault.Problems
	for _, v := range l.Variables {
		p := l.places[v.Name]
		check := checker{src: p.source, at: p.field}
		v.lintShape(&check)
		v.lintDefaults(&check)
		if len(l.UsedBy(v.Name)) == 0 {
			check.fail("", "lint.variable-unused", "name", v.Name)
		}
		lintTypography(&check, "label", v.Label)
		problems = append(problems, check.problems...)
	}
	return problems
}

func (v *Variable) lintShape(check *checker) {
	if (v.Type == Number) != (v.Unit != nil) {
		check.fail("unit", "lint.unit")
	}
	if (v.Type == OneOf) != (len(v.Options) > 0) {
		check.fail("options", "lint.options")
	}
	if v.Type.IsNumeric() && v.Default == "" {
		check.fail("default", "lint.no-default")
	}
	if !v.Type.IsNumeric() && v.Type != OneOf && v.Default == "" && v.Blank == "" {
		check.fail("blank", "lint.no-blank")
	}
	if !v.Type.IsNumeric() && v.Recommended != (Recommended{}) {
		check.fail("recommended", "lint.bounds-without-order")
	}
}

func (v *Variable) lintDefaults(check *checker) {
	for tier := framing.Critical; tier <= framing.Baseline; tier++ {
		raw := v.DefaultFor(tier)
		value, err := v.Parse(raw)
		if err != nil {
			check.fail("default", "lint.default-type", "value", raw, "tier", int(tier))
			continue
		}
		bounds := v.BoundsFor(tier)
		if bounds.Min != "" && bounds.Max != "" && bounds.Min.Float() > bounds.Max.Float() {
			check.fail("recommended", "lint.bounds-order")
		}
		if v.Outside(value, tier) {
			check.fail("default", "lint.default-outside", "value", value, "tier", int(tier))
		}
		if tier > framing.Critical && v.asksMore(value, v.DefaultFor(tier-1)) {
			check.fail("by_tier", "lint.tier-order", "tier", int(tier), "value", value, "stricter", v.DefaultFor(tier-1))
		}
	}
}

// asksMore reports whether value a asks more of the supplier than value b.
func (v *Variable) asksMore(a, b string) bool {
	x, y := content.Decimal(a).Float(), content.Decimal(b).Float()
	switch v.Better {
	case "lower":
		return x < y
	case "higher":
		return x > y
	}
	return false
}

// lintTypography holds texts to the habits of each language.
func lintTypography(check *checker, field string, text content.Text) {
	for _, lang := range locale.Languages() {
		for _, slip := range prose.Slips(lang, text.In(lang)) {
			check.fail(field+"."+string(lang), slip.Key, "value", slip.Value)
		}
	}
}
