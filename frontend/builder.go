package frontend

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/locale"
)

// Builder is the page where an annex is put together.
type Builder struct {
	View      *annex.View
	Library   *clause.Library
	Family    string // of which the clauses are shown; empty while searching
	Clause    string // shown in the preview
	All       bool   // also the clauses that the framing does not call for
	Search    string
	CanEdit   bool
	Now       time.Time
	Verifying func(clauseID string) []string // ids of the questions that verify a clause

	Typed    map[string]string // values and reasons as typed, kept when they were refused
	AskedFor string            // the clause whose reason is asked for
	Fragment bool              // only what a change touched, to be put in its places
	Errors   Errors
}

// ClauseRow is a clause as the builder lists it.
type ClauseRow struct {
	Clause      *clause.Clause
	Recommended bool
	Called      bool
	Kept        bool
	Reason      string // why it was dropped
	Why         string // why it is recommended or not
}

func (b Builder) serviceID() string { return b.View.Service.ID }

// Row gives a clause as the builder lists it.
func (b Builder) Row(v View, r clause.Recommendation) ClauseRow {
	row := ClauseRow{Clause: r.Clause, Recommended: r.Recommended, Called: r.Called, Kept: b.View.Retained(r.Clause.ID)}
	row.Reason, _ = b.View.Removal(r.Clause.ID)
	reason := r.Reason()
	if row.Kept && !row.Recommended {
		reason.Key = "builder.added"
	}
	row.Why = v.T(reason.Key, reason.Args...)
	return row
}

// rows lists the clauses to show: those of the family that are called for, added or dropped, or those that a search finds.
func (b Builder) rows(v View) []ClauseRow {
	var rows []ClauseRow
	for _, r := range b.View.Recommendations {
		row := b.Row(v, r)
		switch {
		case b.Search != "" && !b.found(r.Clause):
		case b.Search == "" && r.Clause.Family != b.Family:
		case b.Search == "" && !b.All && !row.Recommended && !row.Kept && row.Reason == "":
		default:
			rows = append(rows, row)
		}
	}
	return rows
}

// found reports whether every word of the search stands in the clause, whatever its accents and case.
func (b Builder) found(c *clause.Clause) bool {
	lang := b.View.Document.Language
	text := locale.Fold(c.ID + " " + c.Title.In(lang) + " " + c.Summary.In(lang) + " " + c.Text.In(lang))
	for _, word := range strings.Fields(locale.Fold(b.Search)) {
		if !strings.Contains(text, strings.TrimSuffix(word, "s")) {
			return false
		}
	}
	return true
}

// families lists the families with how many of their clauses are retained, of those that are called for.
func (b Builder) families(v View) []Section {
	var sections []Section
	for _, f := range b.Library.Families {
		kept, offered := 0, 0
		for _, r := range b.View.Recommendations {
			if r.Clause.Family != f.ID {
				continue
			}
			retained := b.View.Retained(r.Clause.ID)
			if retained {
				kept++
			}
			if retained || r.Recommended {
				offered++
			}
		}
		if offered == 0 && !b.All && f.ID != b.Family {
			continue
		}
		sections = append(sections, Section{
			Title: f.Title.In(v.Printer.Language()), Note: itoa(kept) + "\u00a0/\u00a0" + itoa(offered),
			Href: b.href(f.ID, ""), Current: f.ID == b.Family && b.Search == "",
		})
	}
	return sections
}

// href is the address of the builder at a family and, in the preview, a clause.
func (b Builder) href(family, clauseID string) string {
	query := url.Values{}
	query.Set("family", family)
	if clauseID != "" {
		query.Set("clause", clauseID)
	}
	if b.All {
		query.Set("all", "1")
	}
	if b.Search != "" && clauseID != "" {
		query.Set("q", b.Search)
	}
	address := servicePath(b.serviceID(), "annex") + "?" + query.Encode()
	if clauseID != "" {
		address += "#preview"
	}
	return address
}

func (b Builder) familyTitle(v View) string {
	if b.Search != "" {
		return v.T("builder.found", "search", b.Search)
	}
	family, _ := b.Library.Family(b.Family)
	return family.Title.In(v.Printer.Language())
}

func (b Builder) lead(v View) string {
	saved := v.T("builder.not-begun")
	if !b.View.Draft.Changed.IsZero() {
		saved = v.T("builder.saved", "ago", v.Printer.Ago(b.View.Draft.Changed, b.Now, b.View.Structure.Location()), "name", nameOf(v, b.View.Draft.ChangedBy))
	}
	return v.T("builder.lead", "count", b.View.Document.ArticleCount(), "written", b.written()) + " · " + saved
}

func (b Builder) written() int { return len(b.View.Recommendations) - b.Library.Drafts() }

// valueField asks for one value of a clause.
func (b Builder) valueField(v View, row ClauseRow, variable *clause.Variable) Field {
	name := "value." + variable.Name
	f := Field{
		Name: name, Label: locale.Typography(v.Printer.Language(), variable.Label.In(v.Printer.Language())),
		Value: b.value(v, variable), Error: b.Errors.At(name), Unit: variable.UnitWord(v.Printer), Optional: true,
		Disabled: !b.CanEdit, Autocomplete: "off", Attrs: templ.Attributes{"aria-describedby": "hint-" + variable.Name},
	}
	switch variable.Type {
	case clause.OneOf:
		f.Width = "number"
		for _, o := range variable.Options {
			f.Options = append(f.Options, Option{Value: o, Label: o})
		}
	case clause.Plain, clause.Contact:
		f.Width = "medium"
	case clause.Day:
		f.Width = "short"
	}
	return f
}

// value is what stands in the field: as typed when it was refused, else what the annex holds.
func (b Builder) value(v View, variable *clause.Variable) string {
	if typed, ok := b.Typed["value."+variable.Name]; ok {
		return typed
	}
	return shown(v, variable, b.Current(variable))
}

// shown writes a value as it is typed: with a comma in French.
func shown(v View, variable *clause.Variable, value string) string {
	if variable.Type.IsNumeric() && v.Printer.Language() == locale.French {
		return strings.Replace(value, ".", ",", 1)
	}
	return value
}

// Current is the value that the annex holds: its own, the structure's, or the one proposed at the tier.
func (b Builder) Current(variable *clause.Variable) string { return b.View.Input.Value(variable) }

// hint says how the value stands to what is proposed: nothing when it is that and within its bounds.
func (b Builder) hint(v View, variable *clause.Variable) string {
	tier := b.View.Document.Rating.Tier
	bounds := annex.Bounds(variable, tier, v.Printer)
	value := b.Current(variable)
	switch {
	case variable.Outside(value, tier):
		return v.T("builder.outside", "bounds", bounds)
	case b.changed(variable) && b.View.Input.Proposed(variable) != "":
		return v.T("builder.proposed", "tier", v.T(tierKey(int(tier))), "value", variable.Short(b.View.Input.Proposed(variable), v.Printer))
	case value == "":
		return v.T("builder.blank")
	}
	return ""
}

func (b Builder) outside(variable *clause.Variable) bool {
	return variable.Outside(b.Current(variable), b.View.Document.Rating.Tier)
}

// changed reports whether this annex sets the value itself.
func (b Builder) changed(variable *clause.Variable) bool {
	return slices.ContainsFunc(b.View.Draft.Choices.Values, func(c annex.ChosenValue) bool { return c.Variable == variable.Name })
}

func (b Builder) variables(c *clause.Clause) []*clause.Variable {
	var out []*clause.Variable
	for _, name := range c.Variables {
		if variable, ok := b.Library.Variable(name); ok {
			out = append(out, variable)
		}
	}
	return out
}

// reason is what stands in the field that asks why a clause is dropped.
func (b Builder) reason(row ClauseRow) string {
	if typed, ok := b.Typed["reason."+row.Clause.ID]; ok {
		return typed
	}
	return row.Reason
}

func (b Builder) reasonField(v View, row ClauseRow) Field {
	return Field{
		Name: "reason." + row.Clause.ID, Label: v.T("builder.reason"), Help: v.T("builder.reason.help"), Value: b.reason(row),
		Rows: 2, MaxLength: 1000, Optional: true, Disabled: !b.CanEdit,
	}
}

// oob marks the parts of a fragment to be put in their places, wherever they are in the page.
func (b Builder) oob() templ.Attributes {
	if !b.Fragment {
		return nil
	}
	return templ.Attributes{"hx-swap-oob": "true"}
}

// counts are the lines of the bar: what deserves a last look.
func (b Builder) counts(v View) string {
	outside, blank := 0, 0
	for _, w := range b.View.Document.Warnings {
		variable, ok := b.Library.Variable(strings.TrimPrefix(w.Field, "values."))
		if !ok {
			continue
		}
		if b.outside(variable) {
			outside++
		} else if b.Current(variable) == "" {
			blank++
		}
	}
	var parts []string
	if outside > 0 {
		parts = append(parts, v.T("builder.count.outside", "count", outside))
	}
	if blank > 0 {
		parts = append(parts, v.T("builder.count.blank", "count", blank))
	}
	if removed := len(b.View.Document.Removed); removed > 0 {
		parts = append(parts, v.T("builder.count.removed", "count", removed))
	}
	return join(parts, " · ")
}

// last says what undoing would take back.
func (b Builder) last(v View) string {
	log := b.View.Draft.Log
	if len(log) == 0 {
		return ""
	}
	entry := log[len(log)-1]
	return v.T("builder.undo."+string(entry.Kind), "subject", b.subject(v, entry.Subject))
}

func (b Builder) subject(v View, subject string) string {
	if variable, ok := b.Library.Variable(subject); ok {
		return variable.Label.In(v.Printer.Language())
	}
	return subject
}

// shownArticle is the clause of the preview: the one asked for, or the first retained of the family.
func (b Builder) shownArticle() (annex.Article, bool) {
	if b.Clause != "" {
		return b.View.Document.Article(b.Clause)
	}
	for _, c := range b.View.Document.Chapters {
		if c.Family == b.Family && len(c.Articles) > 0 {
			return c.Articles[0], true
		}
	}
	return annex.Article{}, false
}

func levelTag(c *clause.Clause) string { return "clause.level." + string(c.Level) }

func levelKind(c *clause.Clause) Kind {
	if c.Level == clause.Critique {
		return Why
	}
	return Plain
}

// verified names the questions that verify a clause.
func verified(v View, b Builder, clauseID string) string {
	ids := b.Verifying(clauseID)
	if len(ids) == 0 {
		return ""
	}
	return v.T("builder.verified", "questions", strings.Join(ids, ", "))
}

// markOf says whose wording a clause is.
func markOf(o clause.Origin) string {
	if o.Scope == clause.RegionScope {
		return "ours.mark.region"
	}
	return "ours.mark"
}
