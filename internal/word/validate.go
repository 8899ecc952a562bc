package word

import (
	"fmt"
	"regexp"
	"strings"
)

// check refuses a document that would make a broken file. These are mistakes of the program, not of its user:
// plain errors.
func (d Document) check() error {
	for _, value := range d.Values {
		if !strings.Contains(value.Name, ".") {
			return fmt.Errorf("word: value %q: the name of a value holds a dot", value.Name)
		}
	}
	bookmarks := make(map[string]bool)
	for _, section := range d.Sections {
		if !isSection(section.Name) {
			return fmt.Errorf("word: section %q: the name of a section holds no dot", section.Name)
		}
		if err := checkBlocks(section.Blocks, bookmarks, false); err != nil {
			return fmt.Errorf("word: section %q: %w", section.Name, err)
		}
	}
	return nil
}

var bookmarkName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,39}$|^_Toc[0-9]{1,30}$`)

func checkBookmark(name string, taken map[string]bool) error {
	switch {
	case !bookmarkName.MatchString(name):
		return fmt.Errorf("bookmark %q: a letter, then letters, digits and underscores, 40 at most", name)
	case taken[strings.ToLower(name)]:
		return fmt.Errorf("bookmark %q stands twice", name)
	}
	taken[strings.ToLower(name)] = true
	return nil
}

func checkBlocks(blocks []Block, bookmarks map[string]bool, marked bool) error {
	for i, block := range blocks {
		var err error
		switch v := block.(type) {
		case Heading:
			if v.Level < 1 || v.Level > 3 {
				err = fmt.Errorf("heading of level %d", v.Level)
			} else if v.Bookmark != "" {
				err = checkBookmark(v.Bookmark, bookmarks)
			}
		case Paragraph:
			if paragraphStyles[v.Style] == "" {
				err = fmt.Errorf("paragraph style %q", v.Style)
			}
		case List:
			err = checkList(v)
		case Table:
			err = checkTable(v)
		case Contents:
			if v.Levels < 1 || v.Levels > 3 {
				err = fmt.Errorf("contents of %d levels", v.Levels)
			}
		case Marked:
			if err = checkBookmark(v.Bookmark, bookmarks); err == nil && marked {
				err = fmt.Errorf("region %q inside another", v.Bookmark)
			}
			if err == nil {
				err = checkBlocks(v.Blocks, bookmarks, true)
			}
		case Panels:
			err = checkPanels(v, bookmarks)
		case Picture:
			var p *picture
			if p, err = decodeLogo(v.Data); err == nil && p == nil {
				err = fmt.Errorf("empty picture")
			}
		case Frame:
			if v.Lines < 1 {
				err = fmt.Errorf("frame of %d lines", v.Lines)
			}
		case PageBreak, Signatures, Tick:
		default:
			err = fmt.Errorf("block %T", block)
		}
		if err != nil {
			return fmt.Errorf("block %d: %w", i, err)
		}
	}
	return nil
}

func checkList(list List) error {
	if paragraphStyles[list.Style] == "" {
		return fmt.Errorf("list item style %q", list.Style)
	}
	for _, item := range list.Items {
		if item.Children != nil {
			if len(item.Children.Items) == 0 {
				return fmt.Errorf("list without items under %q", plain(item.Runs))
			}
			if err := checkList(*item.Children); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkTable(table Table) error {
	if len(table.Columns) == 0 || len(table.Columns) > 60 {
		return fmt.Errorf("table of %d columns", len(table.Columns))
	}
	if len(table.Rows) == 0 && !table.hasHeader() {
		return fmt.Errorf("table without rows")
	}
	for i, row := range table.Rows {
		if len(row) != len(table.Columns) {
			return fmt.Errorf("table row %d has %d cells for %d columns", i, len(row), len(table.Columns))
		}
	}
	return nil
}

// names gives every placeholder that the document fills, in its own order.
func (d Document) names() []string {
	names := []string{logoName}
	for _, section := range d.Sections {
		names = append(names, section.Name)
	}
	for _, value := range d.Values {
		names = append(names, value.Name)
	}
	return names
}

func (d Document) section(name string) []Block {
	for _, section := range d.Sections {
		if section.Name == name {
			return section.Blocks
		}
	}
	return nil
}

// weight guesses the bytes that blocks take as XML, to make room at once.
func weight(blocks []Block) int {
	total := 0
	for _, block := range blocks {
		switch v := block.(type) {
		case Paragraph:
			total += 160
			for _, run := range v.Runs {
				total += 60 + len(run.Text)
			}
		case List:
			for _, item := range v.Items {
				total += 240 + len(plain(item.Runs)) + 60*len(item.Runs)
			}
		case Table:
			total += 1000 + len(v.Rows)*len(v.Columns)*260
		case Marked:
			total += 120 + weight(v.Blocks)
		case Contents:
			total += 32 << 10
		default:
			total += 1000
		}
	}
	return total
}
