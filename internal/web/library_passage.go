package web

import "github.com/garant-sante/garant/frontend"

// marked cuts a text around the words looked for.
func (t searchText) marked(terms []searchTerm) []frontend.Passage {
	return t.cut(terms, 0, len(t.words))
}

// How many words an excerpt shows before and after the one that was looked for.
const (
	wordsBefore = 8
	wordsAfter  = 18
)

// excerpt gives the words around the first that answers a term, all those looked for marked.
func (t searchText) excerpt(terms []searchTerm, around searchTerm) []frontend.Passage {
	at := 0
	for i, w := range t.words {
		if around.levels[w.form] > 0 {
			at = i
			break
		}
	}
	from, to := max(0, at-wordsBefore), min(len(t.words), at+wordsAfter)
	passages := t.cut(terms, from, to)
	if from > 0 {
		passages = append([]frontend.Passage{{Text: "… "}}, passages...)
	}
	if to < len(t.words) {
		passages = append(passages, frontend.Passage{Text: " …"})
	}
	return passages
}

// cut gives the text of some of its words, those looked for apart. At its ends the text is whole.
func (t searchText) cut(terms []searchTerm, from, to int) []frontend.Passage {
	if t.text == "" {
		return nil
	}
	start, end := 0, len(t.text)
	if from > 0 {
		start = t.words[from].start
	}
	if to < len(t.words) {
		end = t.words[to-1].end
	}
	var passages []frontend.Passage
	plain := start
	for _, w := range t.words[from:to] {
		if !answers(terms, w) {
			continue
		}
		if plain < w.start {
			passages = append(passages, frontend.Passage{Text: t.text[plain:w.start]})
		}
		passages = append(passages, frontend.Passage{Text: t.text[w.start:w.end], Hit: true})
		plain = w.end
	}
	if plain < end {
		passages = append(passages, frontend.Passage{Text: t.text[plain:end]})
	}
	return passages
}

func answers(terms []searchTerm, w searchWord) bool {
	for _, t := range terms {
		if t.levels[w.form] > 0 {
			return true
		}
	}
	return false
}
