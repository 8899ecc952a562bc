package content

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/garant-sante/garant/internal/locale"
)

// Block is a paragraph or a list of the Markdown subset: exactly one of the two is set.
type Block struct {
	Paragraph []Run
	List      *List
}

// List is a list at most two levels deep.
type List struct {
	Ordered bool
	Items   []Item
}

// Item is an entry of a list, with the list below it where there is one.
type Item struct {
	Runs     []Run
	Children *List
}

// Run is a stretch of text of one style, or the place of a variable.
type Run struct {
	Text         string
	Bold, Italic bool
	Variable     string // name of the variable printed here; Text is then empty, until it is filled in
}

var variableShape = regexp.MustCompile(`\{([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)\}`)

// Markdown parses the subset that clause texts are written in: paragraphs, **bold**, *italic*, lists two deep,
// {variable}. Anything else of Markdown is text, and a brace that names no variable is an error.
func Markdown(src string) ([]Block, error) {
	blocks, err := MarkdownWithFields(src)
	if err != nil {
		return nil, err
	}
	for run := range Runs(blocks) {
		if strings.Contains(run.Variable, ".") {
			return nil, fmt.Errorf("a brace that names no variable in %q", "{"+run.Variable+"}")
		}
	}
	return blocks, nil
}

// MarkdownWithFields is Markdown in which a place may also be a field of the contract, such as {supplier.name}: the texts of
// document models.
func MarkdownWithFields(src string) ([]Block, error) {
	data := []byte(src)
	root := subset.Parse(text.NewReader(data))
	blocks, err := readBlocks(root, data)
	if err != nil {
		return nil, err
	}
	for run := range Runs(blocks) {
		if strings.ContainsAny(run.Text, "{}") {
			return nil, fmt.Errorf("a brace that names no variable in %q", run.Text)
		}
		if strings.ContainsAny(run.Text, "<>#`|") {
			return nil, fmt.Errorf("markup that is not of the subset in %q", run.Text)
		}
	}
	return blocks, nil
}

// subset keeps nothing between two texts, and reads several at once.
var subset = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	),
	parser.WithInlineParsers(util.Prioritized(parser.NewEmphasisParser(), 500)),
)

func readBlocks(parent ast.Node, src []byte) ([]Block, error) {
	var blocks []Block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch v := n.(type) {
		case *ast.Paragraph, *ast.TextBlock:
			blocks = append(blocks, Block{Paragraph: readRuns(n, src)})
		case *ast.List:
			list, err := readList(v, src, 1)
			if err != nil {
				return nil, err
			}
			blocks = append(blocks, Block{List: list})
		default:
			return nil, fmt.Errorf("unexpected %s", n.Kind())
		}
	}
	return blocks, nil
}

func readList(l *ast.List, src []byte, depth int) (*List, error) {
	if depth > 2 {
		return nil, fmt.Errorf("a list more than two levels deep")
	}
	list := &List{Ordered: l.IsOrdered()}
	for n := l.FirstChild(); n != nil; n = n.NextSibling() {
		var item Item
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if child, ok := c.(*ast.List); ok {
				children, err := readList(child, src, depth+1)
				if err != nil {
					return nil, err
				}
				item.Children = children
				continue
			}
			if item.Runs != nil {
				return nil, fmt.Errorf("two paragraphs in one entry of a list")
			}
			item.Runs = readRuns(c, src)
		}
		list.Items = append(list.Items, item)
	}
	return list, nil
}

// readRuns reads the inline content of a block; variables are looked for once the pieces of one style are joined, since
// the parser cuts text wherever a delimiter might have been.
func readRuns(parent ast.Node, src []byte) []Run {
	var runs []Run
	for _, r := range merge(readStyled(parent, src, false, false)) {
		runs = append(runs, splitVariables(r.Text, r.Bold, r.Italic)...)
	}
	return runs
}

func readStyled(parent ast.Node, src []byte, bold, italic bool) []Run {
	var runs []Run
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch v := n.(type) {
		case *ast.Text:
			s := string(v.Segment.Value(src))
			if v.SoftLineBreak() || v.HardLineBreak() {
				s += " "
			}
			runs = append(runs, Run{Text: s, Bold: bold, Italic: italic})
		case *ast.Emphasis:
			runs = append(runs, readStyled(v, src, bold || v.Level == 2, italic || v.Level == 1)...)
		}
	}
	return runs
}

func splitVariables(s string, bold, italic bool) []Run {
	var runs []Run
	last := 0
	for _, m := range variableShape.FindAllStringSubmatchIndex(s, -1) {
		if m[0] > last {
			runs = append(runs, Run{Text: s[last:m[0]], Bold: bold, Italic: italic})
		}
		runs = append(runs, Run{Variable: s[m[2]:m[3]], Bold: bold, Italic: italic})
		last = m[1]
	}
	if last < len(s) {
		runs = append(runs, Run{Text: s[last:], Bold: bold, Italic: italic})
	}
	return runs
}

// merge joins neighbouring runs of one style.
func merge(runs []Run) []Run {
	var out []Run
	for _, r := range runs {
		if n := len(out); n > 0 && out[n-1].Bold == r.Bold && out[n-1].Italic == r.Italic {
			out[n-1].Text += r.Text
			continue
		}
		out = append(out, r)
	}
	return out
}

// Runs walks all runs of the blocks in reading order.
func Runs(blocks []Block) func(yield func(Run) bool) {
	return func(yield func(Run) bool) {
		for _, b := range blocks {
			for _, r := range b.Paragraph {
				if !yield(r) {
					return
				}
			}
			if b.List != nil && !b.List.runs(yield) {
				return
			}
		}
	}
}

func (l *List) runs(yield func(Run) bool) bool {
	for _, item := range l.Items {
		for _, r := range item.Runs {
			if !yield(r) {
				return false
			}
		}
		if item.Children != nil && !item.Children.runs(yield) {
			return false
		}
	}
	return true
}

// Fill gives the blocks with every run passed through change: how variables get their printed values. What stands before
// a value is elided as the language wants: "de une (1) heure" becomes "d’une (1) heure".
func Fill(lang locale.Language, blocks []Block, change func(Run) Run) []Block {
	out := make([]Block, len(blocks))
	for i, b := range blocks {
		out[i] = Block{Paragraph: fillRuns(lang, b.Paragraph, change), List: b.List.fill(lang, change)}
	}
	return out
}

func (l *List) fill(lang locale.Language, change func(Run) Run) *List {
	if l == nil {
		return nil
	}
	out := &List{Ordered: l.Ordered, Items: make([]Item, len(l.Items))}
	for i, item := range l.Items {
		out.Items[i] = Item{Runs: fillRuns(lang, item.Runs, change), Children: item.Children.fill(lang, change)}
	}
	return out
}

func fillRuns(lang locale.Language, runs []Run, change func(Run) Run) []Run {
	if runs == nil {
		return nil
	}
	out := make([]Run, len(runs))
	for i, r := range runs {
		out[i] = change(r)
		if i > 0 && r.Variable != "" {
			out[i-1].Text = locale.Elide(lang, out[i-1].Text, out[i].Text)
		}
	}
	return out
}

// Plain gives the text of the blocks, a line a paragraph or entry, "- " before an entry and two spaces a level.
func Plain(blocks []Block) string {
	var lines []string
	for _, b := range blocks {
		if b.List != nil {
			lines = b.List.plain(lines, "")
			continue
		}
		lines = append(lines, PlainRuns(b.Paragraph))
	}
	return strings.Join(lines, "\n")
}

func (l *List) plain(lines []string, indent string) []string {
	for i, item := range l.Items {
		mark := "- "
		if l.Ordered {
			mark = fmt.Sprintf("%d. ", i+1)
		}
		lines = append(lines, indent+mark+PlainRuns(item.Runs))
		if item.Children != nil {
			lines = item.Children.plain(lines, indent+"  ")
		}
	}
	return lines
}

// PlainRuns gives the text of one paragraph; a variable not filled in stands in braces.
func PlainRuns(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		if r.Variable != "" && r.Text == "" {
			b.WriteString("{" + r.Variable + "}")
			continue
		}
		b.WriteString(r.Text)
	}
	return strings.TrimSpace(b.String())
}
