package annex

import (
	"fmt"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/framing"
	"github.com/garant-sante/garant/internal/locale"
)

// Composer makes annexes from inputs. It holds only what never changes: the library and the words.
type Composer struct {
	Library *clause.Library
	Words   *locale.Catalogue
}

// Compose makes an annex from an input: the same input gives the same document. An input that Validate refuses comes back
// as fault.Problems.
func (c Composer) Compose(in Input) (*Document, error) {
	if problems := in.Validate(c.Library); len(problems) > 0 {
		return nil, problems
	}
	lang, ok := locale.ParseLanguage(string(in.Language))
	if !ok {
		lang = locale.French
	}
	p := c.Words.In(lang)
	d := &Document{
		Language: lang, Structure: in.Structure, Supplier: in.Supplier, Contract: in.Contract, Framing: in.Framing,
		Rating: in.Framing.Rate(), Title: p.T("annex.title"), Guide: c.Library.GuideBlocks(lang),
		Version: c.Library.Version, Edition: c.Library.Edition,
	}
	d.Kicker = p.T("annex.kicker-without-reference")
	if in.Contract.Reference != "" {
		d.Kicker = p.T("annex.kicker", "reference", in.Contract.Reference)
	}
	for _, reason := range d.Rating.Reasons {
		d.Reasons = append(d.Reasons, p.T(reason.Key, reason.Args...))
	}
	for _, definition := range c.Library.Definitions {
		d.Definitions = append(d.Definitions, Definition{
			Term: locale.Typography(lang, definition.Term.In(lang)),
			Text: locale.Typography(lang, strings.TrimSpace(definition.Text.In(lang))),
		})
	}
	w := writing{Composer: c, in: in, d: d, p: p, values: c.values(in)}
	w.parties()
	w.chapters()
	w.texts()
	w.changes()
	w.warnings()
	d.hashed = d.regions(p)
	d.Fingerprint = whole(d.hashed)
	return d, nil
}

// values are the parsed values of an input: given, or else proposed at the tier.
func (c Composer) values(in Input) map[string]string {
	values := map[string]string{}
	for _, v := range c.Library.Variables {
		if value, err := v.Parse(in.Value(v)); err == nil {
			values[v.Name] = value
		}
	}
	return values
}

type writing struct {
	Composer
	in     Input
	d      *Document
	p      locale.Printer
	values map[string]string
}

// retained tells which clauses make the annex, in library order.
func (w *writing) retained() []*clause.Clause {
	var kept []*clause.Clause
	for _, r := range w.Library.Recommend(w.in.Framing) {
		removal := slices.IndexFunc(w.in.Clauses.Remove, func(r2 Removal) bool { return r2.ID == r.Clause.ID })
		added := slices.Contains(w.in.Clauses.Add, r.Clause.ID)
		recommended := r.Recommended && w.in.Clauses.Base != FromNothing
		switch {
		case recommended && removal >= 0:
			w.d.Removed = append(w.d.Removed, Removed{r.Clause.ID, r.Clause.Title.In(w.d.Language), w.in.Clauses.Remove[removal].Reason})
		case removal >= 0:
			w.warn(fmt.Sprintf("clauses.remove[%d].id", removal), "annex.warning.removed-anyway", "id", r.Clause.ID)
		case recommended && added:
			w.warn(fmt.Sprintf("clauses.add[%d]", slices.Index(w.in.Clauses.Add, r.Clause.ID)), "annex.warning.added-anyway", "id", r.Clause.ID)
			kept = append(kept, r.Clause)
		case recommended:
			kept = append(kept, r.Clause)
		case added:
			w.d.Added = append(w.d.Added, r.Clause.ID)
			kept = append(kept, r.Clause)
		}
	}
	return kept
}

func (w *writing) chapters() {
	for _, c := range w.retained() {
		chapters := w.d.Chapters
		if len(chapters) == 0 || chapters[len(chapters)-1].Family != c.Family {
			family, _ := w.Library.Family(c.Family)
			chapters = append(chapters, Chapter{
				Number: fmt.Sprint(len(chapters) + 1), Family: c.Family,
				Title: locale.Typography(w.d.Language, family.Title.In(w.d.Language)),
			})
		}
		last := &chapters[len(chapters)-1]
		number := fmt.Sprintf("%s.%d", last.Number, len(last.Articles)+1)
		last.Articles = append(last.Articles, w.article(c, number))
		w.d.Chapters = chapters
	}
}

func (w *writing) article(c *clause.Clause, number string) Article {
	lang := w.d.Language
	a := Article{
		Number: number, ID: c.ID, Version: c.Version,
		Title:    locale.Typography(lang, c.Title.In(lang)),
		Evidence: locale.Typography(lang, strings.TrimSpace(c.Evidence.In(lang))),
	}
	if origin, ok := w.Library.Origin(c.ID); ok {
		w.d.Adapted = append(w.d.Adapted, c.ID)
		if origin.FrenchOnly && lang != locale.French {
			w.warn("clauses."+c.ID, "annex.warning.french-only", "id", c.ID)
		}
	}
	tier := w.in.Framing.Tier()
	for _, name := range c.Variables {
		v, _ := w.Library.Variable(name)
		value := w.values[name]
		a.Values = append(a.Values, Value{v, value, v.Print(value, w.p), v.Outside(value, tier)})
		if v.Type.IsNumeric() || v.Type == clause.OneOf {
			w.d.Figures = append(w.d.Figures, Figure{number, w.label(v), v.Short(value, w.p), c.ID})
		}
	}
	a.Blocks = content.Fill(lang, c.Blocks(lang), func(r content.Run) content.Run {
		if r.Variable != "" {
			v, _ := w.Library.Variable(r.Variable)
			r.Text = v.Print(w.values[r.Variable], w.p)
		}
		return r
	})
	a.Text = content.Plain(a.Blocks)
	var cites []string
	for _, id := range c.References {
		if r, ok := w.Library.Reference(id); ok && r.PrintedFor(w.in.Framing) {
			a.References = append(a.References, r)
			cites = append(cites, w.cite(r))
		}
	}
	a.Cited = strings.Join(cites, locale.Typography(lang, w.p.T("annex.cite-separator")))
	return a
}

// cite writes a reference as an article prints it. One that is not confirmed says so in its own words, which lint sees to.
func (w *writing) cite(r *clause.Reference) string {
	cite := locale.Typography(w.d.Language, r.Cite.In(w.d.Language))
	if date, later := strings.CutPrefix(r.Status, "from "); later {
		return w.p.T("annex.cite-from", "cite", cite, "date", w.p.Date(content.Date(date).Parts()))
	}
	return cite
}

func (w *writing) texts() {
	for _, r := range w.Library.References {
		var articles []string
		for _, chapter := range w.d.Chapters {
			for _, a := range chapter.Articles {
				if slices.Contains(a.References, r) {
					articles = append(articles, a.Number)
				}
			}
		}
		if len(articles) == 0 {
			continue
		}
		lang := w.d.Language
		w.d.Texts = append(w.d.Texts, CitedText{
			Reference: r, Cite: locale.Typography(lang, r.Cite.In(lang)), Title: locale.Typography(lang, r.Title.In(lang)),
			Issuer: locale.Typography(lang, r.Issuer.In(lang)), Status: w.status(r), Articles: articles,
		})
	}
}

func (w *writing) status(r *clause.Reference) string {
	if date, ok := strings.CutPrefix(r.Status, "from "); ok {
		return w.p.T("reference.status.from", "date", w.p.Date(content.Date(date).Parts()))
	}
	return w.p.T("reference.status." + r.Status)
}

// parties writes the table of the cover.
func (w *writing) parties() {
	p, d := w.p, w.d
	row := func(key, text string) {
		if text != "" {
			d.Parties = append(d.Parties, Row{p.T(key), text})
		}
	}
	row("annex.cover.structure", w.party(d.Structure))
	row("annex.cover.supplier", w.party(d.Supplier))
	row("annex.cover.contract", w.contract())
	row("annex.cover.duration", w.duration())
	tier := locale.Capitalise(p.T(fmt.Sprintf("tier.%d", d.Rating.Tier)))
	row("annex.cover.tier", p.T("annex.cover.tier-text", "tier", tier, "severity", d.Rating.Severity, "exposure", d.Rating.Exposure, "why", w.shortReasons()))
	needs := d.Framing.Needs
	row("annex.cover.needs", p.T("annex.cover.needs-text", "d", needs.Availability, "i", needs.Integrity, "c", needs.Confidentiality, "t", needs.Traceability))
}

func (w *writing) party(x Party) string {
	parts := []string{x.Name}
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	add(x.LegalForm)
	if x.SIREN != "" {
		add(w.p.T("annex.party.siren", "siren", spaced(x.SIREN)))
	}
	if x.FINESS != "" {
		add(w.p.T("annex.party.finess", "finess", x.FINESS))
	}
	add(x.Address)
	if x.Representative != "" {
		add(w.p.T("annex.party.representative", "representative", x.Representative))
	}
	return locale.Typography(w.d.Language, strings.Join(parts, ", "))
}

// spaced writes a SIREN by threes: 100 000 009.
func spaced(siren string) string {
	s := strings.ReplaceAll(siren, " ", "")
	return s[0:3] + "\u00a0" + s[3:6] + "\u00a0" + s[6:]
}

func (w *writing) contract() string {
	title := locale.Typography(w.d.Language, w.in.Contract.Title)
	if w.in.Contract.Reference == "" {
		return title
	}
	return w.p.T("annex.cover.contract-text", "reference", w.in.Contract.Reference, "title", title)
}

func (w *writing) duration() string {
	start, end := w.in.Contract.Start, w.in.Contract.End
	switch {
	case !start.IsZero() && !end.IsZero():
		return w.p.T("annex.cover.from-to", "start", w.p.Date(start.Parts()), "end", w.p.Date(end.Parts()))
	case !start.IsZero():
		return w.p.T("annex.cover.from", "start", w.p.Date(start.Parts()))
	case !end.IsZero():
		return w.p.T("annex.cover.to", "end", w.p.Date(end.Parts()))
	}
	return ""
}

// shortReasons are the words of the exposure and of what sets the tier apart, without the arithmetic, which the cover
// gives in figures.
func (w *writing) shortReasons() string {
	var words []string
	for _, r := range w.d.Rating.Reasons {
		if short := r.Key + ".short"; w.p.Has(short) {
			words = append(words, w.p.T(short, r.Args...))
		}
	}
	return strings.Join(words, ", ")
}

func (w *writing) changes() {
	tier := w.in.Framing.Tier()
	seen := map[string]bool{}
	for _, chapter := range w.d.Chapters {
		for _, a := range chapter.Articles {
			for _, v := range a.Values {
				proposed, err := v.Variable.Parse(w.in.Proposed(v.Variable))
				if seen[v.Variable.Name] || err != nil || proposed == "" || proposed == v.Value {
					continue
				}
				seen[v.Variable.Name] = true
				w.d.Changed = append(w.d.Changed, Change{
					Label:    w.label(v.Variable),
					Proposed: v.Variable.Short(proposed, w.p), Chosen: v.Variable.Short(v.Value, w.p),
					Outside: v.Outside, Bounds: Bounds(v.Variable, tier, w.p),
				})
			}
		}
	}
}

// warnings tells what is allowed but unusual: a value outside its bounds, one that no article prints, one left blank.
func (w *writing) warnings() {
	tier := w.in.Framing.Tier()
	printed := map[string]bool{}
	for _, chapter := range w.d.Chapters {
		for _, a := range chapter.Articles {
			for _, v := range a.Values {
				name := v.Variable.Name
				switch {
				case printed[name]:
				case v.Outside:
					w.warn("values."+name, "annex.warning.outside", "label", w.label(v.Variable),
						"value", v.Variable.Short(v.Value, w.p), "bounds", Bounds(v.Variable, tier, w.p))
				case v.Value == "":
					w.warn("values."+name, "annex.warning.blank", "label", w.label(v.Variable))
				}
				printed[name] = true
			}
		}
	}
	for _, entry := range w.in.Values {
		if v, ok := w.Library.Variable(entry.Key); ok && !printed[entry.Key] {
			w.warn("values."+entry.Key, "annex.warning.unused", "label", w.label(v))
		}
	}
	for _, problem := range w.in.Framing.Warnings() {
		w.warn("framing."+problem.Field, "error."+problem.Key, problem.Args...)
	}
}

// label names a value, set in the language of the document.
func (w *writing) label(v *clause.Variable) string {
	return locale.Typography(w.d.Language, v.Label.In(w.d.Language))
}

func (w *writing) warn(field, key string, args ...any) {
	w.d.Warnings = append(w.d.Warnings, Warning{field, w.p.T(key, args...)})
}

// Bounds says the recommended bounds of a variable at a tier: “de 1 jour à 30 jours”; empty where there are none.
func Bounds(v *clause.Variable, tier framing.Tier, p locale.Printer) string {
	b := v.BoundsFor(tier)
	switch {
	case b.Min != "" && b.Max != "":
		return p.T("annex.bounds.between", "min", v.Short(string(b.Min), p), "max", v.Short(string(b.Max), p))
	case b.Min != "":
		return p.T("annex.bounds.least", "min", v.Short(string(b.Min), p))
	case b.Max != "":
		return p.T("annex.bounds.most", "max", v.Short(string(b.Max), p))
	}
	return ""
}
