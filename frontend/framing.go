package frontend

import (
	"slices"
	"strconv"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/framing"
)

// FramingForm is the framing of a service while it is being answered, in four steps.
type FramingForm struct {
	ID          string
	Title       string
	Version     int64
	Step        int // 1 to 4
	Framing     framing.Framing
	Complete    bool // every step was answered before: the tier is no longer provisional
	MayMoveTier bool
	Override    string // "", "1", "2", "3": as chosen
	Reason      string
	Errors      Errors

	Starts  []clause.Start // to start from, before the first framing
	Started string         // title of the one that was taken
}

// FramingSteps are the fields of each step, so that an error leads back to where it is corrected.
var FramingSteps = [4][]string{
	{"services"},
	{"data", "hds", "ai", "access"},
	{"needs.availability", "needs.integrity", "needs.confidentiality", "needs.traceability"},
	{"impacts.patient_care", "impacts.privacy", "impacts.organisation", "impacts.legal", "impacts.image", "override.tier", "override.reason"},
}

func (f FramingForm) steps(v View) []Step {
	var steps []Step
	for i := 1; i <= len(FramingSteps); i++ {
		state := Later
		switch {
		case i < f.Step:
			state = Done
		case i == f.Step:
			state = Now
		}
		steps = append(steps, Step{Title: v.T("framing.step." + itoa(i)), State: state})
	}
	return steps
}

// hidden are the answers of the other steps, carried along so that nothing is lost from one step to the next.
func (f FramingForm) hidden() [][2]string {
	var out [][2]string
	add := func(step int, name, value string) {
		if step != f.Step && value != "" {
			out = append(out, [2]string{name, value})
		}
	}
	for _, s := range f.Framing.Services {
		add(1, "services", string(s))
	}
	add(2, "data", string(f.Framing.Data))
	add(2, "hds", onWhen(f.Framing.HDS))
	add(2, "ai", onWhen(f.Framing.AI))
	add(2, "access", string(f.Framing.Access))
	for _, l := range f.Framing.Levels() {
		step := 4
		if slices.Contains(FramingSteps[2], l.Field) {
			step = 3
		}
		add(step, l.Field, levelValue(l.Value))
	}
	add(4, "override.tier", f.Override)
	add(4, "override.reason", f.Reason)
	return out
}

func onWhen(is bool) string {
	if is {
		return "on"
	}
	return ""
}

func levelValue(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func chosenServices(f framing.Framing) []string {
	chosen := []string{}
	for _, s := range f.Services {
		chosen = append(chosen, string(s))
	}
	return chosen
}

func serviceOptions(v View) []Option {
	var options []Option
	for _, s := range framing.ServiceTypes() {
		options = append(options, Option{string(s), v.T("service-type." + string(s)), v.T("service-type." + string(s) + ".help")})
	}
	return options
}

func dataOptions(v View) []Option {
	var options []Option
	for _, d := range framing.DataKinds() {
		options = append(options, Option{string(d), v.T("data." + string(d)), v.T("data." + string(d) + ".help")})
	}
	return options
}

func accessOptions(v View) []Option {
	var options []Option
	for _, a := range framing.AccessKinds() {
		options = append(options, Option{string(a), v.T("access." + string(a)), v.T("access." + string(a) + ".help")})
	}
	return options
}

// levelField asks for one level of the framing, each of the four said in the words of that very need or impact.
func levelField(v View, f FramingForm, field string) Field {
	name := levelName(field)
	out := Field{Name: field, Label: v.T(name), Help: v.T(name + ".help"), Error: f.Errors.At(field), Across: true}
	for _, l := range f.Framing.Levels() {
		if l.Field == field {
			out.Value = levelValue(l.Value)
		}
	}
	for n := 1; n <= 4; n++ {
		option := Option{Value: itoa(n), Label: itoa(n) + " · " + v.T(levelWord(framing.Level{Field: field, Value: n}))}
		if detail := name + ".level." + itoa(n); v.Printer.Has(detail) {
			option.Help = v.T(detail)
		}
		out.Options = append(out.Options, option)
	}
	return out
}

func overrideOptions(v View, f FramingForm) []Option {
	options := []Option{{"", v.T("framing.override.none"), ""}}
	for tier := 1; tier <= 3; tier++ {
		options = append(options, Option{itoa(tier), v.T("framing.override.to", "tier", v.T(tierKey(tier))), ""})
	}
	return options
}

// provisional is the rating of what was answered so far; what was not counts as the lowest.
func (f FramingForm) provisional() framing.Rating {
	answered := f.Framing
	for _, level := range []*int{
		&answered.Needs.Availability, &answered.Needs.Integrity, &answered.Needs.Confidentiality, &answered.Needs.Traceability,
		&answered.Impacts.PatientCare, &answered.Impacts.Privacy, &answered.Impacts.Organisation, &answered.Impacts.Legal, &answered.Impacts.Image,
	} {
		*level = max(*level, 1)
	}
	return answered.Rate()
}
