package clause

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

// OwnPrefix begins the id of a clause that a region or a structure adds to the models.
const OwnPrefix = "X-"

// OwnFamily is the chapter of the added clauses that belong to no family of the library.
const OwnFamily = "X"

// Scope says whose wording a layer holds.
type Scope string

// The scopes, from the one that others build on: the library's own models are below both.
const (
	RegionScope    Scope = "region"
	StructureScope Scope = "structure"
)

// Adaptation is a whole clause as a region or a structure words it: in place of the model of the same id, or beside the
// models. Its English may be empty as a whole: the French then stands in both languages.
type Adaptation struct {
	Clause Clause
	Values []OwnValue // proposed at every tier in place of the library's
	Locked bool       // only by a region: a layer after it may ask for more, and nothing else
}

// OwnValue is a value proposed with a clause.
type OwnValue struct {
	Variable string `bson:"variable"`
	Value    string `bson:"value"` // as Variable.Parse gives it
}

// Layer is what one region or structure adapts.
type Layer struct {
	Scope       Scope
	Adaptations []Adaptation
}

// Origin tells whose wording a clause of a library with layers is.
type Origin struct {
	Scope      Scope
	Model      *Clause // that it stands in place of, a region's where there is one; nil for a clause added
	Locked     bool
	FrenchOnly bool // the French stands for the English too

	values []OwnValue
}

// French reports whether the adaptation is written in French alone.
func (a Adaptation) French() bool {
	return !slices.ContainsFunc(a.Clause.texts(), func(t namedText) bool { return t.text.EN != "" })
}

// namedText is a text of a clause under the name of its field.
type namedText struct {
	name string
	text content.Text
}

// texts lists the texts of a clause in the order of the file.
func (c *Clause) texts() []namedText {
	return []namedText{
		{"title", c.Title}, {"summary", c.Summary}, {"text", c.Text}, {"evidence", c.Evidence}, {"fallback", c.Fallback}, {"note", c.Note},
	}
}

// Fingerprint tells two wordings of a clause apart: all that the file says of it but the number of its version.
func (c *Clause) Fingerprint() string {
	bare := *c
	bare.Version, bare.blocks = 0, nil
	for _, list := range []*[]string{&bare.Applies, &bare.References, &bare.CSS, &bare.Variables} {
		if len(*list) == 0 {
			*list = nil
		}
	}
	for _, text := range []*content.Text{&bare.Title, &bare.Summary, &bare.Text, &bare.Evidence, &bare.Fallback, &bare.Note} {
		text.FR, text.EN = strings.TrimSpace(text.FR), strings.TrimSpace(text.EN)
	}
	written, err := json.Marshal(bare)
	if err != nil { // a clause is texts and lists of texts
		panic(fmt.Sprintf("clause: write %s: %v", c.ID, err))
	}
	sum := sha256.Sum256(written)
	return hex.EncodeToString(sum[:])
}

// With gives the library as it reads under layers, each over those before it. A layer replaces whole clauses and adds its
// own; its values become what is proposed. What a lock forbids is left out, see Overruled. The library itself does not
// change, and without an adaptation it is what comes back.
func (l *Library) With(layers ...Layer) *Library {
	if !slices.ContainsFunc(layers, func(x Layer) bool { return len(x.Adaptations) > 0 }) {
		return l
	}
	out := *l
	out.unlayered = l.Unlayered()
	out.byID, out.origins, out.overruled = maps.Clone(l.byID), maps.Clone(l.origins), slices.Clone(l.overruled)
	if out.origins == nil {
		out.origins = map[string]Origin{}
	}
	edition := sha256.New()
	fmt.Fprintln(edition, l.Edition)
	for _, layer := range layers {
		for _, a := range layer.Adaptations {
			if standing, ok := out.byID[a.Clause.ID]; ok && out.origins[a.Clause.ID].Locked && out.weakens(standing, out.origins[a.Clause.ID].values, a) {
				out.overruled = append(out.overruled, Overruled{layer.Scope, a.Clause.ID})
				continue
			}
			out.put(layer.Scope, a)
			fmt.Fprintln(edition, layer.Scope, a.Clause.Fingerprint(), a.Values)
		}
	}
	out.Edition = hex.EncodeToString(edition.Sum(nil))
	out.gather()
	out.proposeOwn()
	return &out
}

// Unlayered is the library without its layers: the models.
func (l *Library) Unlayered() *Library {
	if l.unlayered == nil {
		return l
	}
	return l.unlayered
}

// OwnFamilyTitle is the title of the chapter of clauses that belong to no family of the library.
func (l *Library) OwnFamilyTitle() content.Text { return l.ownFamily }

// Overruled is an adaptation that a lock keeps out.
type Overruled struct {
	Scope Scope
	ID    string
}

// Overruled lists the adaptations that a lock keeps out.
func (l *Library) Overruled() []Overruled { return l.overruled }

// Origin tells whose wording a clause is; false for a model as it stands.
func (l *Library) Origin(id string) (Origin, bool) {
	o, ok := l.origins[id]
	return o, ok
}

// put sets a clause in place, parsed.
func (l *Library) put(scope Scope, a Adaptation) {
	c := a.Clause
	origin := Origin{Scope: scope, Model: l.byID[c.ID], Locked: a.Locked && scope == RegionScope, FrenchOnly: a.French(), values: a.Values}
	c.blocks = map[locale.Language][]content.Block{}
	for _, lang := range locale.Languages() {
		written := lang
		if origin.FrenchOnly {
			written = locale.French
		}
		text := locale.Typography(written, c.Text.In(written))
		blocks, err := content.Markdown(text)
		if err != nil { // whoever kept it checked it; printed as it is, nothing of it is lost
			blocks = []content.Block{{Paragraph: []content.Run{{Text: text}}}}
		}
		c.blocks[lang] = blocks
	}
	if origin.FrenchOnly {
		for _, text := range []*content.Text{&c.Title, &c.Summary, &c.Text, &c.Evidence, &c.Fallback, &c.Note} {
			text.EN = text.FR
		}
	}
	l.byID[c.ID] = &c
	l.origins[c.ID] = origin
}

// gather lists the clauses again, family by family: the models in their order, then the clauses added, by id.
func (l *Library) gather() {
	base := l.Unlayered()
	var added []*Clause
	for _, id := range slices.Sorted(maps.Keys(l.byID)) {
		if _, model := base.byID[id]; !model {
			added = append(added, l.byID[id])
		}
	}
	families := slices.Clone(base.Families)
	if slices.ContainsFunc(added, func(c *Clause) bool { return c.Family == OwnFamily }) {
		families = append(families, Family{ID: OwnFamily, Title: l.ownFamily})
	}
	l.clauses = nil
	for i, family := range families {
		clauses := make([]*Clause, 0, len(family.Clauses)+len(added))
		for _, c := range family.Clauses {
			clauses = append(clauses, l.byID[c.ID])
		}
		for _, c := range added {
			if c.Family == family.ID {
				clauses = append(clauses, c)
			}
		}
		families[i].Clauses = clauses
		l.clauses = append(l.clauses, clauses...)
	}
	l.Families = families
}

// proposeOwn makes the values of the layers those that are proposed. Where two clauses propose a value of the same name,
// that of a locked clause stands, or else the one that asks for more, or else the first.
func (l *Library) proposeOwn() {
	base := l.Unlayered()
	type proposal struct {
		value  string
		locked bool
	}
	proposed := map[string]proposal{}
	for _, c := range l.clauses {
		origin := l.origins[c.ID]
		for _, own := range origin.values {
			v, ok := base.variables[own.Variable]
			if !ok {
				continue
			}
			before, taken := proposed[own.Variable]
			if !taken || v.asksMore(own.Value, before.value) || origin.Locked && !before.locked && !v.asksMore(before.value, own.Value) {
				proposed[own.Variable] = proposal{own.Value, origin.Locked}
			}
		}
	}
	if len(proposed) == 0 {
		return
	}
	l.variables = maps.Clone(base.variables)
	l.Variables = slices.Clone(base.Variables)
	for i, v := range l.Variables {
		if p, ok := proposed[v.Name]; ok {
			own := *v
			own.Default, own.ByTier, own.Layered = content.Scalar(p.value), ByTier{}, true
			l.Variables[i], l.variables[v.Name] = &own, &own
		}
	}
}

// weakens reports whether an adaptation does to a locked clause anything but ask for more: its words are others, or a
// value at some tier is less strict by the `better` of its variable, or differs where nothing says which is better.
func (l *Library) weakens(locked *Clause, values []OwnValue, a Adaptation) bool {
	other := a.Clause
	other.Variables = slices.Clone(locked.Variables)
	if a.French() {
		other.Title.EN, other.Summary.EN, other.Text.EN = other.Title.FR, other.Summary.FR, other.Text.FR
		other.Evidence.EN, other.Fallback.EN, other.Note.EN = other.Evidence.FR, other.Fallback.FR, other.Note.FR
	}
	if other.Fingerprint() != locked.Fingerprint() {
		return true
	}
	for _, name := range locked.Variables {
		v, ok := l.Unlayered().variables[name]
		if !ok {
			continue
		}
		for tier := framing.Critical; tier <= framing.Baseline; tier++ {
			asked, offered := ownOr(values, v, tier), ownOr(a.Values, v, tier)
			if asked != offered && asked != "" && !v.asksMore(offered, asked) {
				return true
			}
		}
	}
	return false
}

// ownOr gives the value proposed with a clause, or else the library's at a tier.
func ownOr(values []OwnValue, v *Variable, t framing.Tier) string {
	for _, own := range values {
		if own.Variable == v.Name {
			return own.Value
		}
	}
	return v.DefaultFor(t)
}

// VariablesIn lists the variables that a text names, in the order of their first use; nil when it is not of the Markdown
// subset.
func VariablesIn(text string) []string {
	blocks, err := content.Markdown(text)
	if err != nil {
		return nil
	}
	var names []string
	for run := range content.Runs(blocks) {
		if run.Variable != "" && !slices.Contains(names, run.Variable) {
			names = append(names, run.Variable)
		}
	}
	return names
}

// NextOwn gives the id of the next clause that a layer adds: "X-01", "X-02"… in a structure, "X-R01" in a region, so that
// neither takes the other's.
func (l *Library) NextOwn(scope Scope, taken ...string) string {
	prefix := OwnPrefix
	if scope == RegionScope {
		prefix += "R"
	}
	for n := 1; ; n++ {
		id := fmt.Sprintf("%s%02d", prefix, n)
		if _, exists := l.byID[id]; !exists && !slices.Contains(taken, id) {
			return id
		}
	}
}

// SortOwn orders values by the name of their variable, so that the same values are written the same way.
func SortOwn(values []OwnValue) []OwnValue {
	return slices.SortedFunc(slices.Values(values), func(a, b OwnValue) int { return cmp.Compare(a.Variable, b.Variable) })
}
