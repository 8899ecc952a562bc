package frontend

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
)

// JournalPath is where a journal is read.
const JournalPath = "/journal"

// ActKinds lists the acts that a journal is searched by, in the order of the list.
func ActKinds() []string {
	return []string{
		"service.added", "service.changed", "service.framed", "service.tier-moved",
		"annex.clause-kept", "annex.clause-dropped", "annex.value-set", "annex.value-restored", "annex.undone", "annex.reframed", "annex.frozen",
		"clause.added", "clause.worded", "clause.kept", "clause.withdrawn",
		"question.added", "question.worded", "question.kept", "question.withdrawn",
		"people.invited", "people.invitation-withdrawn", "people.invitation-accepted", "people.joined", "people.role-changed", "people.factors-reset", "people.left", identity.PersonErased, "people.support-opened", "people.support-ended",
		"account.signed-in", "account.signed-out", "account.sign-in-failed", "account.sign-in-failed-often", "account.proof-failed", "account.proof-failed-often",
		"account.issuer-bound", "account.issuer-unbound",
		"region.added", "region.renamed", "structure.added", "settings.changed", "template.set", "template.removed",
		"supplier.added", "supplier.changed", "supplier.merged", "supplier.took-place", "service.supplier-merged",
		"contact.added", "contact.link-sent", "contact.link-asked", "contact.signed-in", "contact.moved", "contact.ended",
		"letter.link-shown", "letter.sent-again", "letter.dropped",
	}
}

// JournalView is a page of a journal, with what was searched and how its chain is.
type JournalView struct {
	Lines     []*journal.Entry
	People    map[string]string // names, by reference, of those who did something and are still there
	Who       []string          // whoever did something, by reference
	Titles    map[string]string // of services, by id
	Suppliers map[string]string // names, by id
	Search    JournalSearch
	Errors    Errors
	Head      journal.Head
	Check     *journal.Check // nil: nobody asked yet
	Zone      *time.Location
	Now       time.Time
	Pages     PageLinks
}

// JournalSearch is what a journal is searched by, as typed.
type JournalSearch struct{ Who, Kind, Object, From, To string }

// Href is a page of the journal with this search, from a cursor on.
func (s JournalSearch) Href(path, cursor string) string {
	query := url.Values{}
	for name, value := range map[string]string{"who": s.Who, "act": s.Kind, "object": s.Object, "from": s.From, "to": s.To, "after": cursor} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func (s JournalSearch) narrow() bool { return s != JournalSearch{} }

// piece is a part of a sentence: plain words, the name of who did it, or the object with its page.
type piece struct {
	Text string
	Name bool
	Href string
}

// The places of the person and of the object in a sentence, while it is cut.
const (
	placeOfWho    = "\x01"
	placeOfObject = "\x02"
)

// sentence says an act in plain words.
func (j JournalView) sentence(v View, e *journal.Entry) []piece {
	key := "trail.act." + e.Kind
	if !v.Printer.Has(key) {
		key = "trail.act-other"
	}
	object, href := j.object(v, e.Object)
	var pieces []piece
	rest := v.T(key, "who", placeOfWho, "object", placeOfObject, "kind", e.Kind)
	for rest != "" {
		at := strings.IndexAny(rest, placeOfWho+placeOfObject)
		if at < 0 {
			return append(pieces, piece{Text: rest})
		}
		if at > 0 {
			pieces = append(pieces, piece{Text: rest[:at]})
		}
		if rest[at:at+1] == placeOfWho {
			who := j.person(v, e.Who)
			if len(pieces) == 0 {
				who = locale.Capitalise(who)
			}
			pieces = append(pieces, piece{Text: who, Name: true})
		} else {
			pieces = append(pieces, piece{Text: object, Href: href})
		}
		rest = rest[at+1:]
	}
	return pieces
}

// person names who did something; whoever has left has no name any more.
func (j JournalView) person(v View, who string) string {
	if name := j.People[who]; name != "" {
		return name
	}
	switch who {
	case string(identity.LocalOperator):
		return v.T("trail.who.operator")
	case "scheduler":
		return v.T("trail.who.scheduler")
	case "somebody":
		return v.T("trail.who.somebody")
	}
	return v.T("trail.who.gone")
}

// nameOf is a name that is kept beside what its owner did, or words for somebody who was erased.
func nameOf(v View, name string) string {
	if name == "" {
		return v.T("trail.who.gone")
	}
	return name
}

// object names what an act was done to, with its page where there is one.
func (j JournalView) object(v View, reference string) (name, href string) {
	collection, id, _ := strings.Cut(reference, "/")
	switch collection {
	case "services", "annexes", "annex-versions":
		return j.service(v, collection, id)
	case "adaptations":
		return id, "/library/ours/" + id
	case "question-adaptations":
		return id, "/library/ours/questions/" + id
	case "suppliers":
		if name := j.Suppliers[id]; name != "" {
			return name, supplierPath(id, "")
		}
		return v.T("trail.object.supplier"), ""
	case "people", "correspondents": // somebody invited has no name yet, somebody who left has none any more
		if name := j.People[id]; name != "" {
			return name, ""
		}
		return v.T("trail.object.person"), ""
	case "sign-ins": // by which proofs
		var proofs []string
		for method := range strings.SplitSeq(id, "+") {
			proofs = append(proofs, v.T("trail.proof."+method))
		}
		return strings.Join(proofs, ", "), ""
	case "regions":
		return v.T("trail.object.region"), regionHref
	case "structures":
		return v.T("trail.object.settings"), SettingsIdentity.Href()
	case "letters":
		return v.T("trail.object.letter"), ""
	}
	return v.T("trail.object.other", "id", id), ""
}

func (j JournalView) service(v View, collection, id string) (name, href string) {
	id, number, frozen := strings.Cut(id, ".")
	title := j.Titles[id]
	if title == "" {
		return v.T("trail.object.service-gone"), ""
	}
	switch {
	case frozen:
		return v.T("trail.object.version", "title", title, "number", number), servicePath(id, "annex/read") + "#versions"
	case collection == "annexes":
		return title, servicePath(id, "annex")
	}
	return title, servicePath(id, "")
}

// PersonOf gives the person that an object of a journal is; empty when it is none.
func PersonOf(reference string) string {
	collection, id, _ := strings.Cut(reference, "/")
	if collection != "people" && collection != "correspondents" {
		return ""
	}
	return id
}

// SupplierOf gives the supplier that an object of a journal is; empty when it is none.
func SupplierOf(reference string) string {
	id, found := strings.CutPrefix(reference, "suppliers/")
	if !found {
		return ""
	}
	return id
}

// ServiceOf gives the service that an object of a journal is, or is part of; empty when it is none.
func ServiceOf(reference string) string {
	collection, id, _ := strings.Cut(reference, "/")
	if !slices.Contains([]string{"services", "annexes", "annex-versions"}, collection) {
		return ""
	}
	id, _, _ = strings.Cut(id, ".")
	return id
}

// journalDay is the lines of one day, in the zone of the structure.
type journalDay struct {
	Title string // as HTML
	Lines []*journal.Entry
}

func (j JournalView) days(v View) []journalDay {
	var days []journalDay
	for _, e := range j.Lines {
		title := v.Printer.DateHTML(e.When.In(j.Zone).Date())
		if len(days) == 0 || days[len(days)-1].Title != title {
			days = append(days, journalDay{Title: title})
		}
		last := &days[len(days)-1]
		last.Lines = append(last.Lines, e)
	}
	return days
}

// facts are the references of a line, for whoever compares it with an export.
func (j JournalView) facts(v View, e *journal.Entry) []fact {
	var facts []fact
	for _, known := range []fact{
		{"trail.detail.when", v.Printer.DateTime(e.When, j.Zone)}, {"trail.detail.role", roleWord(v, e.Role)}, {"trail.detail.act", e.Kind},
		{"trail.detail.object", e.Object}, {"trail.detail.request", e.Request}, {"trail.detail.before", short(e.Before)},
		{"trail.detail.after", short(e.After)}, {"trail.detail.hash", short(e.Hash)},
	} {
		if known.Value != "" {
			facts = append(facts, fact{v.T(known.Label), known.Value})
		}
	}
	return facts
}

func roleWord(v View, role string) string {
	if key := "people.role." + role; v.Printer.Has(key) {
		return v.T(key)
	}
	return role
}

// short is the beginning of a fingerprint, enough to tell two apart.
func short(h journal.Hash) string {
	if len(h) <= shortHash {
		return string(h)
	}
	return string(h[:shortHash]) + "…"
}

const shortHash = 16

func sequence(e *journal.Entry) string { return strconv.FormatInt(e.Sequence(), 10) }

func (j JournalView) personField(v View) Field {
	f := Field{Name: "who", Label: v.T("trail.field.person"), Value: j.Search.Who, Optional: true, Quiet: true, Options: []Option{{Label: v.T("trail.field.person.any")}}}
	for _, who := range j.Who {
		f.Options = append(f.Options, Option{Value: who, Label: locale.Capitalise(j.person(v, who))})
	}
	if j.Search.Who != "" && !slices.Contains(j.Who, j.Search.Who) {
		f.Options = append(f.Options, Option{Value: j.Search.Who, Label: locale.Capitalise(j.person(v, j.Search.Who))})
	}
	return f
}

func (j JournalView) actField(v View) Field {
	f := Field{Name: "act", Label: v.T("trail.field.act"), Value: j.Search.Kind, Optional: true, Quiet: true, Options: []Option{{Label: v.T("trail.field.act.any")}}}
	for _, kind := range ActKinds() {
		f.Options = append(f.Options, Option{Value: kind, Label: v.T("trail.kind." + kind)})
	}
	if j.Search.Kind != "" && !slices.Contains(ActKinds(), j.Search.Kind) {
		f.Options = append(f.Options, Option{Value: j.Search.Kind, Label: j.Search.Kind})
	}
	return f
}

func (j JournalView) dateField(v View, name, value string) Field {
	return Field{Name: name, Label: v.T("trail.field." + name), Value: value, Error: j.Errors.At(name), Optional: true, Quiet: true}
}

// outcome says what the last verification found.
func (j JournalView) outcome(v View) (Kind, string) {
	if j.Check.Broken > 0 {
		return Bad, v.T("trail.chain.broken", "sequence", j.Check.Broken, "why", v.T("trail.chain.broken."+string(j.Check.Reason)))
	}
	return OK, v.T("trail.chain.whole", "count", j.Check.Entries)
}

// BesideHref is where the pages of the journal and of letters are reached from: the settings of a structure, or its region.
func BesideHref(v View) string {
	if v.Regional {
		return regionHref
	}
	return SettingsIdentity.Href()
}

func besideCrumb(v View) Link {
	if v.Regional {
		return Link{v.T("layout.nav.region"), regionHref}
	}
	return Link{v.T("settings.title"), SettingsIdentity.Href()}
}

// trailSections are the pages beside the settings, for those who may read them.
func trailSections(v View, p Powers, current string) []Section {
	var sections []Section
	if p.Journal {
		sections = append(sections, Section{Title: v.T("trail.journal.title"), Note: v.T("trail.journal.note"), Href: JournalPath, Current: current == JournalPath})
	}
	if p.Mail {
		sections = append(sections, Section{Title: v.T("trail.mail.title"), Note: v.T("trail.mail.note"), Href: LettersPath, Current: current == LettersPath})
	}
	return sections
}

// Powers are what the reader may open beside the settings.
type Powers struct{ Journal, Mail bool }

// PowersOf gives those of an actor.
func PowersOf(actor identity.Actor) Powers {
	may := func(a identity.Action) bool { return identity.Can(actor, a, actor.Place()) }
	return Powers{Journal: may(identity.ReadJournal), Mail: may(identity.ReadMail)}
}

// only names the object that a search is narrowed to.
func (j JournalView) only(v View) string {
	name, _ := j.object(v, j.Search.Object)
	return name
}
