package word

// Block is one piece of a section: Heading, Paragraph, List, Table, Contents, PageBreak, Signatures, Tick, Frame, Panels,
// Picture, Marked.
type Block interface{ block() }

// Heading is a title of level 1 to 3 in Word's own heading styles, so that Word's navigation, contents and
// renumbering work. Numbered: Word counts it, "1.", "1.1"; the number is no part of Text. Bookmark may be
// empty: one is made when the contents need it. A heading right before Contents is their title, not one of them.
type Heading struct {
	Level    int
	Numbered bool
	Text     string
	Bookmark string
}

// ParagraphStyle is what a paragraph is; how it looks is the template's affair.
type ParagraphStyle string

// The styles of paragraphs.
const (
	Normal        ParagraphStyle = ""             // justified text
	Lead          ParagraphStyle = "lead"         // an introduction, larger
	Evidence      ParagraphStyle = "evidence"     // what proves an obligation
	Reference     ParagraphStyle = "reference"    // small and grey: where an obligation comes from
	Caption       ParagraphStyle = "caption"      // title of a table
	Small         ParagraphStyle = "small"        // notes
	Title         ParagraphStyle = "title"        // looks like a heading of level 1, unnumbered and not in the contents
	Subtitle      ParagraphStyle = "subtitle"     // looks like a heading of level 2, the same way
	Organisation  ParagraphStyle = "organisation" // whose document it is, small and grey over everything
	Kicker        ParagraphStyle = "kicker"       // small capitals over a headline
	Headline      ParagraphStyle = "headline"     // the title of a document without a cover, ruled
	FlyerKicker   ParagraphStyle = "flyer-kicker" // those of a flyer, which FlyerTemplate alone has
	FlyerTitle    ParagraphStyle = "flyer-title"
	FlyerLead     ParagraphStyle = "flyer-lead"
	FlyerHeading  ParagraphStyle = "flyer-heading"
	FlyerNumber   ParagraphStyle = "flyer-number"
	FlyerName     ParagraphStyle = "flyer-name"
	FlyerText     ParagraphStyle = "flyer-text"
	FlyerBody     ParagraphStyle = "flyer-body"
	FlyerItem     ParagraphStyle = "flyer-item"
	FlyerBand     ParagraphStyle = "flyer-band" // and those of a band, in white
	FlyerBandText ParagraphStyle = "flyer-band-text"
	FlyerLabel    ParagraphStyle = "flyer-label"
	FlyerWhom     ParagraphStyle = "flyer-whom"
	CoverKicker   ParagraphStyle = "cover-kicker"   // small capitals over the title
	CoverTitle    ParagraphStyle = "cover-title"    // the title of the document
	CoverSubtitle ParagraphStyle = "cover-subtitle" // what the document is about
)

// Paragraph is a paragraph of text. KeepNext keeps it on the page of what follows.
type Paragraph struct {
	Style    ParagraphStyle
	Runs     []Run
	Align    Align // Left: as the style says
	KeepNext bool
}

// List is a list; each one counts from 1.
type List struct {
	Ordered bool
	Style   ParagraphStyle // of its items; Normal: that of lists
	Items   []ListItem
}

// ListItem is an item of a list, with a list under it or nil.
type ListItem struct {
	Runs     []Run
	Children *List
}

// Align is how the cells of a column stand.
type Align int

// The alignments of a column.
const (
	Left Align = iota
	Right
	Center
)

// TableStyle is the kind of a table.
type TableStyle int

// The kinds of table.
const (
	Grid  TableStyle = iota // a header row, repeated on each page
	Form                    // names in the first column, bold; no header row
	Sheet                   // a Form to fill in by hand: the names on a tint
)

// Table is a table. Widths of its columns are shares of their sum; all zero: equal. Caption and Description
// are read aloud by assistive technology and not printed.
type Table struct {
	Style       TableStyle
	Columns     []Column
	HeaderRow   bool // prints the titles of the columns; always false in effect for Form and Sheet
	Roomy       bool // rows high enough to write in
	Together    bool // on one page, where it is not longer than that
	KeepNext    bool // on the page of what follows; goes with Together
	Rows        [][]Cell
	Caption     string
	Description string
}

// Column is a column of a table.
type Column struct {
	Title string
	Width int
	Align Align
}

// Cell is a cell of a table.
type Cell struct{ Runs []Run }

// Contents is the table of contents: the headings of levels 1 to Levels (1 to 3) of all sections.
type Contents struct{ Levels int }

// PageBreak begins a new page.
type PageBreak struct{}

// Signatures is a row of boxes to sign in.
type Signatures struct{ Boxes []SignatureBox }

// SignatureBox is one box: who signs, and the lines to fill by hand.
type SignatureBox struct {
	Title string
	Lines []string
}

// Tick is a line with a box to tick before it; several in a row are one choice. KeepNext keeps it on the page of what follows.
type Tick struct {
	Runs     []Run
	KeepNext bool
}

// Frame is an empty frame to write in, so many lines high.
type Frame struct{ Lines int }

// Panels are surfaces side by side, as wide together as the text: how a page is laid out in columns. Gap is between two
// panels, none when they touch, Under the space below them, in twentieths of a point.
type Panels struct {
	Panels     []Panel
	Gap, Under int
}

// Panel is a surface with blocks on it. Width is its share of the sum. Fill and Rule, the line along its top, are colours in
// hexadecimal; empty: none. A panel on a fill keeps its blocks clear of the edges.
type Panel struct {
	Width      int
	Fill, Rule string
	Tall       int // height at least, in twentieths of a point
	Blocks     []Block
}

// Picture is a PNG or JPEG on a line of its own, fitted into the box of a logo.
type Picture struct {
	Data        []byte
	Description string
	Align       Align
}

// Marked puts blocks between the two ends of a bookmark: a region that Read finds again. Bookmark begins with
// a letter and holds letters, digits and underscores, 40 at most. Marked does not nest.
type Marked struct {
	Bookmark string
	Blocks   []Block
}

func (Heading) block()    {}
func (Paragraph) block()  {}
func (List) block()       {}
func (Table) block()      {}
func (Contents) block()   {}
func (PageBreak) block()  {}
func (Signatures) block() {}
func (Tick) block()       {}
func (Frame) block()      {}
func (Panels) block()     {}
func (Picture) block()    {}
func (Marked) block()     {}
