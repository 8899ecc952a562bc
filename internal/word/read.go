package word

// Extract is what Read finds in a document.
type Extract struct {
	Properties []Property // custom properties, in the order of the file
	Regions    []Region   // the bookmarked regions, in the order of the document
	Between    []Between  // text between the first and the last region that belongs to none
}

// Region is the text of one bookmarked region.
type Region struct {
	Bookmark string
	Text     []string // its paragraphs, normalised as Canonical does
}

// Between is text that stands after a region and before the next one.
type Between struct {
	After string // the bookmark of the region before
	Text  []string
}
