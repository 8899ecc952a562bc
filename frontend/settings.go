package frontend

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/locale"
)

// SettingsPart is one of the pages that the settings are spread over.
type SettingsPart string

// The parts of the settings.
const (
	SettingsIdentity SettingsPart = "identity"
	SettingsValues   SettingsPart = "values"
	SettingsTemplate SettingsPart = "template"
)

// ParseSettingsPart gives the part of a name; the first one when there is no such part.
func ParseSettingsPart(name string) SettingsPart {
	if part := SettingsPart(name); part == SettingsValues || part == SettingsTemplate {
		return part
	}
	return SettingsIdentity
}

// Href is the part's address.
func (p SettingsPart) Href() string {
	if p == SettingsIdentity {
		return "/settings"
	}
	return "/settings?part=" + string(p)
}

// SettingsForm is the settings of a structure as a form shows them: as they are kept, or as they were typed.
type SettingsForm struct {
	Part     SettingsPart
	Version  int64             // that the form was read at
	Editable bool              // whoever reads may change them
	Typed    identity.Settings // names, address, zone
	Values   map[string]string // default values as typed, by name of variable
	Kept     *identity.Structure
	Conflict bool // somebody changed them while the form was open
	Errors   Errors
	Powers   Powers // what is linked beside the settings

	TemplateLimit int64 // bytes
}

func (f SettingsForm) version() string { return strconv.FormatInt(f.Version, 10) }

// ValueField is the name of the field of a variable's default value.
func ValueField(variable string) string { return "value." + variable }

// kept says what is kept of a field, where a conflict makes it differ from what was typed.
func (f SettingsForm) kept(v View, typed, kept string) string {
	if !f.Conflict || typed == kept {
		return ""
	}
	if kept == "" {
		return v.T("settings.kept.nothing")
	}
	return v.T("settings.kept", "value", kept)
}

// identityField is one line of the structure's identity.
func (f SettingsForm) identityField(v View, name, typed, kept string) Field {
	field := Field{
		Name: name, Label: v.T("settings.field." + name), Help: helpOf(v, "settings.help."+name), Value: typed,
		Error: f.Errors.At(name), MaxLength: 200, Autocomplete: "off", Optional: name != "name",
	}
	if note := f.kept(v, typed, kept); note != "" {
		field.Error = note
	}
	return field
}

func (f SettingsForm) finessField(v View) Field {
	field := f.identityField(v, "finess", f.Typed.FINESS, f.Kept.FINESS)
	field.Width, field.MaxLength = "short", 20
	return field
}

func (f SettingsForm) zoneField(v View) Field {
	field := f.identityField(v, "zone", f.Typed.Zone, f.Kept.Zone)
	field.Options, field.Width, field.Optional, field.MaxLength = f.zones(v), "medium", false, 0
	return field
}

// sharingField asks what the region may see, which the structure alone decides.
func (f SettingsForm) sharingField(v View) Field {
	field := Field{Name: "sharing", Label: v.T("settings.field.sharing"), Help: v.T("settings.help.sharing"), Value: string(f.Typed.Sharing), Error: f.Errors.At("sharing")}
	if field.Value == "" {
		field.Value = string(identity.SharesNothing)
	}
	for _, s := range identity.Sharings() {
		field.Options = append(field.Options, Option{Value: string(s), Label: v.T("settings.sharing." + string(s)), Help: v.T("settings.sharing.help." + string(s))})
	}
	return field
}

// fact is one line for those who may read and not change.
type fact struct{ Label, Value string }

func (f SettingsForm) facts(v View) []fact {
	var facts []fact
	for _, known := range []fact{
		{"name", f.Kept.Name}, {"legal_form", f.Kept.LegalForm}, {"address", f.Kept.Address}, {"representative", f.Kept.Representative},
		{"finess", f.Kept.FINESS}, {"zone", zoneLabel(v, f.Kept.Zone)}, {"sharing", sharingWord(v, f.Kept.Sharing)},
	} {
		if known.Value != "" {
			facts = append(facts, fact{v.T("settings.field." + known.Label), known.Value})
		}
	}
	return facts
}

func helpOf(v View, key string) string {
	if !v.Printer.Has(key) {
		return ""
	}
	return v.T(key)
}

func (f SettingsForm) zones(v View) []Option {
	names := identity.Zones()
	if f.Typed.Zone != "" && !slices.Contains(names, f.Typed.Zone) {
		names = append(names, f.Typed.Zone)
	}
	options := make([]Option, len(names))
	for i, name := range names {
		options[i] = Option{Value: name, Label: zoneLabel(v, name)}
	}
	return options
}

func zoneLabel(v View, name string) string {
	if key := "settings.zone." + name; v.Printer.Has(key) {
		return v.T(key)
	}
	return name
}

func (f SettingsForm) sections(v View) []Section {
	own := ""
	if n := len(f.Kept.Defaults); n > 0 {
		own = v.T("settings.values.own", "count", n)
	}
	template := v.T("settings.template.ours")
	if f.Kept.Template != nil {
		template = v.T("settings.template.own")
	}
	sections := []Section{
		{Title: v.T("settings.identity"), Href: SettingsIdentity.Href(), Current: f.Part == SettingsIdentity},
		{Title: v.T("settings.values"), Note: own, Href: SettingsValues.Href(), Current: f.Part == SettingsValues},
		{Title: v.T("settings.template"), Note: template, Href: SettingsTemplate.Href(), Current: f.Part == SettingsTemplate},
	}
	return append(sections, trailSections(v, f.Powers, "")...)
}

// HasDefault reports whether a structure may propose a value of its own: a number, a choice, or what is its own such as
// its security officer, of a clause that is written.
func HasDefault(library *clause.Library, variable *clause.Variable) bool {
	if !variable.Type.IsNumeric() && variable.Type != clause.OneOf && variable.Of != clause.OfStructure {
		return false
	}
	_, used := firstUse(library, variable)
	return used
}

func firstUse(library *clause.Library, variable *clause.Variable) (*clause.Clause, bool) {
	for _, c := range library.UsedBy(variable.Name) {
		if !c.Draft {
			return c, true
		}
	}
	return nil, false
}

type settingsFamily struct {
	family    clause.Family
	variables []*clause.Variable
}

// settingsFamilies groups the variables that may have a default value by the family of the clause that uses each first.
func settingsFamilies(library *clause.Library) []settingsFamily {
	var families []settingsFamily
	for _, family := range library.Families {
		group := settingsFamily{family: family}
		for _, variable := range library.Variables {
			if c, used := firstUse(library, variable); used && c.Family == family.ID && HasDefault(library, variable) {
				group.variables = append(group.variables, variable)
			}
		}
		if len(group.variables) > 0 {
			families = append(families, group)
		}
	}
	return families
}

func tiers() []framing.Tier {
	return []framing.Tier{framing.Critical, framing.Reinforced, framing.Baseline}
}

// proposals says what the library proposes for a variable: one value, or one for each tier that differs.
func proposals(v View, variable *clause.Variable) string {
	var values, said []string
	byValue := map[string][]string{}
	if variable.Of == clause.OfStructure {
		return v.T("settings.values.of-structure")
	}
	for _, tier := range tiers() {
		value := variable.Short(variable.DefaultFor(tier), v.Printer)
		if byValue[value] == nil {
			values = append(values, value)
		}
		byValue[value] = append(byValue[value], tierWord(v, int(tier)))
	}
	if len(values) == 1 {
		return v.T("settings.values.proposed", "value", values[0])
	}
	for _, value := range values {
		said = append(said, v.T("settings.values.at-tier", "value", value, "tiers", strings.Join(byValue[value], ", ")))
	}
	return v.T("settings.values.proposed", "value", strings.Join(said, ", "))
}

// outside says of a kept value that it lies outside the recommended bounds, and at which tiers.
func outside(v View, variable *clause.Variable, value string) string {
	var bounds, at []string
	for _, tier := range tiers() {
		if variable.Outside(value, tier) {
			at = append(at, tierWord(v, int(tier)))
			if b := annex.Bounds(variable, tier, v.Printer); !slices.Contains(bounds, b) {
				bounds = append(bounds, b)
			}
		}
	}
	switch len(at) {
	case 0:
		return ""
	case len(tiers()):
		return v.T("settings.values.outside", "bounds", strings.Join(bounds, ", "))
	}
	return v.T("settings.values.outside-at", "tiers", strings.Join(at, ", "), "bounds", strings.Join(bounds, ", "))
}

// TypedValue writes a kept value as a reader types it: in French with a comma, and spaces between thousands.
func TypedValue(p locale.Printer, variable *clause.Variable, value string) string {
	if p.Language() == locale.French && variable.Type.IsNumeric() {
		return p.Number(value)
	}
	return value
}

func (f SettingsForm) valueField(v View, variable *clause.Variable) Field {
	kept, _ := f.Kept.DefaultValues().Get(variable.Name)
	field := Field{
		Name: ValueField(variable.Name), Label: libraryText(v, variable.Label), Help: proposals(v, variable),
		Value: f.Values[variable.Name], Error: f.Errors.At(ValueField(variable.Name)), Unit: variable.UnitWord(v.Printer),
	}
	if note := f.kept(v, field.Value, TypedValue(v.Printer, variable, string(kept))); note != "" {
		field.Error = note
	}
	if variable.Of == clause.OfStructure {
		field.Width, field.MaxLength = "medium", 400
	}
	if variable.Type == clause.OneOf {
		field.Options = []Option{{Label: v.T("settings.values.library")}}
		for _, o := range variable.Options {
			field.Options = append(field.Options, Option{Value: o, Label: o})
		}
	}
	return field
}

// outsideNote warns of a kept value outside its bounds; nothing while the field shows something else.
func (f SettingsForm) outsideNote(v View, variable *clause.Variable) string {
	kept, _ := f.Kept.DefaultValues().Get(variable.Name)
	if f.Values[variable.Name] != TypedValue(v.Printer, variable, string(kept)) {
		return ""
	}
	return outside(v, variable, string(kept))
}

// shownValue is the structure's own value in a table.
func (f SettingsForm) shownValue(v View, variable *clause.Variable) string {
	kept, own := f.Kept.DefaultValues().Get(variable.Name)
	if !own {
		return v.T("settings.values.library")
	}
	return variable.Short(string(kept), v.Printer)
}

func (f SettingsForm) uploadTitle(v View) string {
	if f.Kept.Template != nil {
		return v.T("settings.template.replace")
	}
	return v.T("settings.template.add")
}

// placeholderCode is a placeholder as it stands in a template; a narrow screen may break it after its dot, a copy has no
// space there.
func placeholderCode(name string) templ.Component {
	return templ.Raw(`<code class="text-body">` + strings.ReplaceAll(templ.EscapeString("{{"+name+"}}"), ".", ".<wbr>") + `</code>`)
}

// placeholderText says what takes a placeholder's place.
func placeholderText(v View, name string) string { return v.T("template.placeholder." + name) }

// placeholderNames lists the placeholders that stand alone in their paragraph, or those that stand within a text.
func placeholderNames(sections bool) []string {
	return slices.DeleteFunc(annex.Placeholders(), func(name string) bool { return strings.Contains(name, ".") == sections })
}

func removeTemplate(v View, s *identity.Structure) Confirmation {
	return Confirmation{
		ID: "remove-template", Page: SettingsTemplate.Href() + "&remove=1", Action: "/settings/template/remove", Cancel: SettingsTemplate.Href(),
		Title: v.T("settings.template.remove.title"), Text: v.T("settings.template.remove.text", "name", s.Template.Name),
		Button: v.T("settings.template.remove.button"), Danger: true,
	}
}
