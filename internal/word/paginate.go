package word

// paginate puts the items on pages and notes in the outline where each heading comes. Paragraphs split with at
// least two lines on either side. Between two paragraphs stands the larger of the space after the one and before
// the other; where a page begins there is none.
func paginate(items []flowItem, o *outline) {
	page, y, after := 1, 0, 0
	top := true // nothing stands on the page yet
	turn := func() {
		page++
		y, after, top = 0, 0, true
	}
	for i, item := range items {
		if item.pageBreak && !(page == 1 && top) {
			turn()
		}
		before := max(item.before, after)
		if top && page > 1 {
			before = 0
		}
		if !top && y+before+kept(items[i:]) > pageHeight {
			turn()
			before = 0
		}
		if top && item.header > 0 {
			y += item.header
		}
		if item.heading > 0 {
			o.entries[item.heading-1].page = page
		}
		y += before
		for left := item.lines; ; {
			fit := (pageHeight - y) / max(item.line, 1)
			if fit >= left || item.together && top {
				y += left * item.line
				break
			}
			if fit = min(fit, left-2); fit < 2 && !top { // kept has made sure of two lines
				fit = 0
			}
			left -= max(fit, 0)
			turn()
			if fit <= 0 && left == item.lines && item.line > pageHeight {
				break
			}
		}
		after, top = item.after, false
	}
}

// kept gives the height that must stand on one page from the first item on: itself, or its first lines, and
// whatever it keeps with it. The space before the first is left out.
func kept(items []flowItem) int {
	height, after := 0, 0
	for i, item := range items {
		if i > 0 {
			if item.pageBreak {
				return height
			}
			height += max(after, item.before)
		}
		switch {
		case item.together, item.lines <= 3: // two lines on either side leave three lines whole
			height += item.lines * item.line
		default:
			height += 2 * item.line
		}
		if !item.keepNext || height > pageHeight {
			return height + item.border
		}
		after = item.after
	}
	return height
}
