package annex

import (
	"fmt"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/word"
)

// RequiredPlaceholders are those without which a template makes no annex.
func RequiredPlaceholders() []string { return []string{"parties", "articles"} }

// Placeholders lists every placeholder that a structure's own template may hold (docs/template.md).
func Placeholders() []string {
	return []string{
		"parties", "contents", "guide", "articles", "figures", "texts", "signatures",
		"structure.name", "structure.legal_form", "structure.address", "structure.finess", "structure.details", "structure.representative",
		"supplier.name", "supplier.legal_form", "supplier.address", "supplier.siren", "supplier.representative",
		"contract.reference", "contract.title", "contract.start", "contract.end",
		"annex.kicker", "annex.title", "annex.running", "annex.footer", "annex.tier", "annex.version", "annex.fingerprint",
	}
}

// CheckTemplate checks a structure's own template before it is used; the fault names what is wrong and what is allowed.
func CheckTemplate(data []byte) error {
	return word.CheckTemplate(data, Placeholders(), RequiredPlaceholders())
}

// Word writes the annex as a Word document; template nil is the product's own. Same document, same bytes.
func (d *Document) Word(p locale.Printer, template []byte) ([]byte, error) {
	return word.Render(d.wordDocument(p), template)
}

func (d *Document) wordDocument(p locale.Printer) word.Document {
	return word.Document{
		Language: d.Language.Tag(),
		Title:    fmt.Sprintf("%s · %s", p.T("annex.document-title"), d.Contract.Title),
		Subject:  d.Kicker, Creator: d.Structure.Name,
		Properties: d.properties(),
		Values:     d.placeholderValues(p),
		Sections: []word.Section{
			{Name: "parties", Blocks: d.partiesBlocks(p)},
			{Name: "contents", Blocks: []word.Block{title(p.T("annex.contents")), word.Contents{Levels: 2}}},
			{Name: "guide", Blocks: d.guideBlocks(p)},
			{Name: "articles", Blocks: d.articleBlocks(p)},
			{Name: "figures", Blocks: d.figureBlocks(p)},
			{Name: "texts", Blocks: d.textBlocks(p)},
			{Name: "signatures", Blocks: d.signatureBlocks(p)},
		},
	}
}

func (d *Document) placeholderValues(p locale.Printer) []word.Value {
	details := []string{}
	if d.Structure.Address != "" {
		details = append(details, d.Structure.Address)
	}
	if d.Structure.FINESS != "" {
		details = append(details, p.T("annex.party.finess", "finess", d.Structure.FINESS))
	}
	running := p.T("annex.document-title")
	if d.Contract.Reference != "" {
		running = p.T("annex.running", "reference", d.Contract.Reference)
	}
	date := func(x content.Date) string {
		if x.IsZero() {
			return ""
		}
		return p.Date(x.Parts())
	}
	return []word.Value{
		{Name: "structure.name", Text: d.Structure.Name}, {Name: "structure.legal_form", Text: d.Structure.LegalForm},
		{Name: "structure.address", Text: d.Structure.Address}, {Name: "structure.finess", Text: d.Structure.FINESS},
		{Name: "structure.details", Text: strings.Join(details, " · ")}, {Name: "structure.representative", Text: d.Structure.Representative},
		{Name: "supplier.name", Text: d.Supplier.Name}, {Name: "supplier.legal_form", Text: d.Supplier.LegalForm},
		{Name: "supplier.address", Text: d.Supplier.Address}, {Name: "supplier.siren", Text: d.Supplier.SIREN},
		{Name: "supplier.representative", Text: d.Supplier.Representative},
		{Name: "contract.reference", Text: d.Contract.Reference}, {Name: "contract.title", Text: locale.Typography(d.Language, d.Contract.Title)},
		{Name: "contract.start", Text: date(d.Contract.Start)}, {Name: "contract.end", Text: date(d.Contract.End)},
		{Name: "annex.kicker", Text: d.Kicker}, {Name: "annex.title", Text: d.Title}, {Name: "annex.running", Text: running},
		{Name: "annex.footer", Text: p.T("annex.footer", "version", d.Version, "fingerprint", d.ShortFingerprint())},
		{Name: "annex.tier", Text: p.T(fmt.Sprintf("tier.%d", d.Rating.Tier))},
		{Name: "annex.version", Text: d.Version}, {Name: "annex.fingerprint", Text: d.Fingerprint},
	}
}

func title(text string) word.Heading { return word.Heading{Level: 1, Text: text} }

func text(s string) word.Run { return word.Run{Text: s} }

func (d *Document) partiesBlocks(_ locale.Printer) []word.Block {
	table := word.Table{Style: word.Form, Columns: []word.Column{{Width: 28}, {Width: 72}}, Caption: d.Title, Description: d.Kicker}
	for _, row := range d.Parties {
		table.Rows = append(table.Rows, []word.Cell{{Runs: []word.Run{text(row.Name)}}, {Runs: []word.Run{text(row.Text)}}})
	}
	return []word.Block{word.Marked{Bookmark: partiesBookmark, Blocks: []word.Block{table}}}
}

func (d *Document) guideBlocks(p locale.Printer) []word.Block {
	blocks := []word.Block{title(p.T("annex.guide"))}
	blocks = append(blocks, word.Written(d.Guide)...)
	blocks = append(blocks, word.Heading{Level: 2, Text: p.T("annex.definitions")})
	for _, definition := range d.Definitions {
		blocks = append(blocks, word.Paragraph{Runs: []word.Run{{Text: definition.Term, Bold: true}, text(p.T("annex.definition-colon") + definition.Text)}})
	}
	return blocks
}

func (d *Document) articleBlocks(p locale.Printer) []word.Block {
	var blocks []word.Block
	for _, c := range d.Chapters {
		heading := word.Heading{Level: 1, Numbered: true, Text: c.Title}
		blocks = append(blocks, word.Marked{Bookmark: chapterBookmark(c.Family), Blocks: []word.Block{heading}})
		for _, a := range c.Articles {
			blocks = append(blocks, word.Marked{Bookmark: articleBookmark(a.ID), Blocks: a.wordBlocks(p)})
		}
	}
	end := word.Paragraph{Style: word.Small, Runs: word.Text(p.T("annex.end"))}
	return append(blocks, word.Marked{Bookmark: endBookmark, Blocks: []word.Block{end}})
}

func (a Article) wordBlocks(p locale.Printer) []word.Block {
	blocks := []word.Block{word.Heading{Level: 2, Numbered: true, Text: a.Title}}
	blocks = append(blocks, word.Written(a.Blocks)...)
	blocks = append(blocks, word.Paragraph{Style: word.Evidence, KeepNext: true, Runs: []word.Run{{Text: p.T("annex.evidence"), Italic: true}, text(a.Evidence)}})
	return append(blocks, word.Paragraph{Style: word.Reference, Runs: []word.Run{text(a.ReferenceLine(p))}})
}

// ReferenceLine is the last line of an article: the texts it draws on, the clause and its version.
func (a Article) ReferenceLine(p locale.Printer) string {
	if a.Cited == "" {
		return p.T("annex.reference-line-none", "id", a.ID, "version", a.Version)
	}
	return p.T("annex.reference-line", "cited", a.Cited, "id", a.ID, "version", a.Version)
}

func (d *Document) figureBlocks(p locale.Printer) []word.Block {
	if len(d.Figures) == 0 {
		return nil
	}
	table := word.Table{
		HeaderRow: true, Caption: p.T("annex.figures"), Description: p.T("annex.figures-description"),
		Columns: []word.Column{{Title: p.T("annex.column.article"), Width: 12}, {Title: p.T("annex.column.figure"), Width: 52}, {Title: p.T("annex.column.value"), Width: 22, Align: word.Right}, {Title: p.T("annex.column.clause"), Width: 14}},
	}
	for _, f := range d.Figures {
		table.Rows = append(table.Rows, word.TextCells(f.Article, f.Label, f.Value, f.Clause))
	}
	return []word.Block{title(p.T("annex.figures")), table}
}

func (d *Document) textBlocks(p locale.Printer) []word.Block {
	if len(d.Texts) == 0 {
		return nil
	}
	table := word.Table{
		HeaderRow: true, Caption: p.T("annex.texts"), Description: p.T("annex.texts-description"),
		Columns: []word.Column{{Title: p.T("annex.column.text"), Width: 36}, {Title: p.T("annex.column.about"), Width: 34}, {Title: p.T("annex.column.status"), Width: 14}, {Title: p.T("annex.column.articles"), Width: 16}},
	}
	for _, t := range d.Texts {
		table.Rows = append(table.Rows, word.TextCells(t.Cite, t.Title, t.Status, strings.Join(t.Articles, ", ")))
	}
	return []word.Block{title(p.T("annex.texts")), table}
}

func (d *Document) signatureBlocks(p locale.Printer) []word.Block {
	lines := []string{p.T("annex.signature.name"), p.T("annex.signature.date"), p.T("annex.signature.sign")}
	return []word.Block{title(p.T("annex.signatures")), word.Signatures{Boxes: []word.SignatureBox{
		{Title: p.T("annex.signature.structure"), Lines: lines},
		{Title: p.T("annex.signature.supplier"), Lines: lines},
	}}}
}
