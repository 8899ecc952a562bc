package frontend

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/supplier"
)

// ServiceRow is a service in a list.
type ServiceRow struct {
	ID        string
	Title     string
	Supplier  string
	Reference string
	Tier      int // 0 while it is not framed
	State     string
	Kind      Kind   // of the state
	Next      string // the next step, in words
	NextHref  string
}

// ServicesList is the page of all services.
type ServicesList struct {
	Rows   []ServiceRow
	Search string
	Pages  PageLinks
}

// RowOf makes the row of a service, with its annex where one is begun.
func RowOf(p locale.Printer, s *supplier.Service, d *annex.Draft) ServiceRow {
	row := ServiceRow{ID: s.ID, Title: s.Title, Supplier: s.SupplierName, Reference: s.Contract.Reference, Kind: Plain}
	if s.Framing == nil {
		row.State, row.Kind = p.T("service.state.to-frame"), Partial
		row.Next, row.NextHref = p.T("service.next.frame"), servicePath(s.ID, "framing")
		return row
	}
	row.Tier = int(s.Framing.Tier())
	row.NextHref = servicePath(s.ID, "annex")
	switch {
	case d == nil || d.Summary.Articles == 0:
		row.State, row.Next = p.T("service.state.framed"), p.T("service.next.build")
	case d.Summary.Blank > 0:
		row.State = p.T("service.state.blank", "count", d.Summary.Blank)
		row.Kind, row.Next = Partial, p.T("service.next.complete")
	default:
		row.State, row.Kind = p.T("service.state.ready", "count", d.Summary.Articles), OK
		row.Next, row.NextHref = p.T("service.next.read"), servicePath(s.ID, "annex/read")
	}
	return row
}

func servicePath(id, below string) string {
	if below == "" {
		return "/services/" + id
	}
	return "/services/" + id + "/" + below
}

// NewService is the form of a new service: what was typed, and the suppliers whose name is close.
type NewService struct {
	Supplier supplier.SupplierForm
	Chosen   string // id of a known supplier, "new", or empty while nothing is chosen
	Alike    []*supplier.Supplier
	Service  supplier.ServiceForm
	Errors   Errors
}

// EditedService is the form of a service's title and contract.
type EditedService struct {
	ID      string
	Version int64
	Service supplier.ServiceForm
	Errors  Errors
}

// ServiceOverview is the page of one service.
type ServiceOverview struct {
	Service *supplier.Service
	Library *clause.Library
	View    *annex.View // nil while it is not framed
	Called  int         // written clauses that the framing calls for
	CanEdit bool
	Choices bool // may read the record of choices
}

func (o ServiceOverview) tier() int {
	if o.Service.Framing == nil {
		return 0
	}
	return int(o.Service.Framing.Tier())
}

// contractLine is supplier, reference and dates in one line of HTML: a date may hold a superscript.
func contractLine(p locale.Printer, s *supplier.Service) string {
	parts := []string{templ.EscapeString(s.SupplierName)}
	if s.Contract.Reference != "" {
		parts = append(parts, templ.EscapeString(p.T("service.contract", "reference", s.Contract.Reference)))
	}
	switch {
	case !s.Contract.Start.IsZero() && !s.Contract.End.IsZero():
		parts = append(parts, p.T("annex.cover.from-to", "start", day(p, s.Contract.Start), "end", day(p, s.Contract.End)))
	case !s.Contract.Start.IsZero():
		parts = append(parts, p.T("annex.cover.from", "start", day(p, s.Contract.Start)))
	}
	return join(parts, " · ")
}

// day writes a date as HTML, with its superscript.
func day(p locale.Printer, d content.Date) string { return p.DateHTML(d.Parts()) }

func join(parts []string, separator string) string {
	out := ""
	for i, part := range parts {
		if i > 0 {
			out += separator
		}
		out += part
	}
	return out
}

// road gives the five steps of the service and where it stands on them.
func (o ServiceOverview) road(v View) []Step {
	id := o.Service.ID
	frame := Step{Title: v.T("road.framing"), Href: servicePath(id, "framing"), State: Now, Note: v.T("road.framing.todo")}
	annexStep := Step{Title: v.T("road.annex"), State: Later, Note: v.T("road.annex.later")}
	if o.View != nil {
		frame.State = Done
		frame.Note = v.T("road.framing.done", "tier", v.T(tierKey(o.tier())))
		annexStep.Href, annexStep.State = servicePath(id, "annex"), Now
		annexStep.Note = v.T("road.annex.draft", "count", o.View.Document.ArticleCount())
	}
	months := framing.Baseline.ReassessmentMonths()
	if o.View != nil {
		months = framing.Tier(o.tier()).ReassessmentMonths()
	}
	return []Step{
		frame, annexStep,
		{Title: v.T("road.questionnaire"), State: Later, Note: v.T("road.questionnaire.later")},
		{Title: v.T("road.review"), State: Later, Note: v.T("road.review.later")},
		{Title: v.T("road.reassessment"), State: Later, Note: v.T("road.reassessment.every", "count", months)},
	}
}

func tierKey(tier int) string { return "tier." + itoa(tier) }

// Decision is one thing that waits for somebody, with where to settle it.
type Decision struct{ Title, Hint, Href string }

// decisions lists what waits on a service, in sentences.
func (o ServiceOverview) decisions(v View) []Decision {
	if o.View == nil {
		return []Decision{{v.T("service.decide.frame"), v.T("service.decide.frame.hint"), servicePath(o.Service.ID, "framing")}}
	}
	var waiting []Decision
	seen := map[string]bool{}
	for _, chapter := range o.View.Document.Chapters {
		for _, a := range chapter.Articles {
			for _, value := range a.Values {
				label := libraryText(v, value.Variable.Label)
				href := clauseSpot(o.Service.ID, chapter.Family, a.ID)
				switch {
				case seen[value.Variable.Name]:
				case value.Value == "":
					waiting = append(waiting, Decision{v.T("service.decide.blank", "label", label), v.T("service.decide.blank.hint", "clause", a.ID), href})
				case value.Outside:
					waiting = append(waiting, Decision{
						v.T("service.decide.outside", "label", label, "value", value.Variable.Short(value.Value, v.Printer)),
						v.T("service.decide.outside.hint", "clause", a.ID, "bounds", annex.Bounds(value.Variable, o.View.Document.Rating.Tier, v.Printer)), href,
					})
				}
				seen[value.Variable.Name] = true
			}
		}
	}
	return waiting
}

// clauseSpot is where a clause of a service is edited.
func clauseSpot(service, family, id string) string {
	return servicePath(service, "annex") + "?family=" + family + "&clause=" + id + "#clause-" + id
}

// maxDecisions is how many waiting things a page shows; the rest is counted.
const maxDecisions = 6

func kindOfCount(n int) Kind {
	if n == 0 {
		return OK
	}
	return Partial
}

// levelName is the message key of a level's name: "needs.integrity" is "need.integrity".
func levelName(field string) string {
	return strings.NewReplacer("needs.", "need.", "impacts.", "impact.").Replace(field)
}

// levelWord is the message key of a level in words.
func levelWord(l framing.Level) string {
	kind, _, _ := strings.Cut(levelName(l.Field), ".")
	return kind + ".level." + itoa(l.Value)
}

func placeholder(text string) templ.Attributes { return templ.Attributes{"placeholder": text} }

// liveGet makes a field ask for a fragment each time it changes, with the value of its form.
func liveGet(url, target string) templ.Attributes {
	return templ.Attributes{
		"hx-get": url, "hx-trigger": "input changed delay:300ms", "hx-target": "#" + target, "hx-swap": "outerHTML",
		"hx-include": "closest form", "hx-sync": "this:replace",
	}
}

func alikeOptions(v View, alike []*supplier.Supplier) []Option {
	var options []Option
	for _, s := range alike {
		help := join(filled(s.SIREN, s.Address), " · ")
		if s.SIREN != "" {
			help = v.T("annex.party.siren", "siren", help)
		}
		options = append(options, Option{Value: s.ID, Label: s.Name, Help: help})
	}
	return append(options, Option{Value: "new", Label: v.T("supplier.alike.new"), Help: v.T("supplier.alike.new.help")})
}

func filled(parts ...string) []string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return kept
}

func tierTagOrNot(v View, tier int) templ.Component {
	if tier == 0 {
		return nil
	}
	return TierTag(v, tier)
}

func editLink(v View, o ServiceOverview) templ.Component {
	if !o.CanEdit {
		return nil
	}
	return editAnchor(v, o.Service.ID)
}

// primary is the one next step of the service.
func (o ServiceOverview) primary(v View) templ.Component {
	switch {
	case o.View == nil && o.CanEdit:
		return Btn(Button{Label: v.T("service.next.frame"), Href: servicePath(o.Service.ID, "framing"), Large: true})
	case o.View == nil:
		return nil
	}
	return Btn(Button{Label: v.T("service.next.read"), Href: servicePath(o.Service.ID, "annex/read"), Large: true})
}

// exampleRows is what the list will look like once used.
func exampleRows(v View) []ServiceRow {
	return []ServiceRow{
		{Title: v.T("service.example.1"), Supplier: v.T("service.example.supplier"), Tier: 1, State: v.T("service.state.ready", "count", 29), Kind: OK, Next: v.T("service.next.read")},
		{Title: v.T("service.example.2"), Supplier: v.T("service.example.supplier"), Tier: 3, State: v.T("service.state.framed"), Kind: Plain, Next: v.T("service.next.build")},
	}
}
