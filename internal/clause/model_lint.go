package clause

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/garant-sante/garant/internal/content"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/prose"
)

// placeShape is a place to fill in a model's text, right or not.
var placeShape = regexp.MustCompile(`\{([^{}\n]*)\}`)

// lintModels: each model is named as its file, serves clauses that are written, names only what can be filled in, and says
// the same in both languages.
func (l *Library) lintModels() fault.Problems {
	var problems fault.Problems
	for _, m := range l.Models {
		src := l.places[modelPlace(m.ID)].source
		check := checker{src: src}
		if want := strings.TrimSuffix(path.Base(src.File), path.Ext(src.File)); m.ID != want {
			check.failAt("id", "model.id", "id", m.ID, "file", want)
		}
		if m.Text.IsZero() {
			check.failAt("text", "lint.not-written")
		}
		l.lintModelClauses(&check, m)
		check.problems = append(check.problems, lintModelTypography(src, m)...)
		check.problems = append(check.problems, l.lintModelPlaces(src, m)...)
		if fr, en := modelShape(m.parts[locale.French]), modelShape(m.parts[locale.English]); fr != en {
			check.failAt("text.en", "lint.structure", "fr", fr, "en", en)
		}
		problems = append(problems, check.problems...)
	}
	return problems
}

// failAt adds a problem at a field of the file itself.
func (c *checker) failAt(field, key string, args ...any) {
	c.problems = append(c.problems, c.src.Problem(field, key, args...))
}

func (l *Library) lintModelClauses(check *checker, m *Model) {
	if len(m.Clauses) == 0 {
		check.failAt("clauses", "model.no-clause")
	}
	for i, id := range m.Clauses {
		at := fmt.Sprintf("clauses[%d]", i)
		if _, ok := l.byID[id]; !ok {
			check.failAt(at, "lint.clause", "id", id)
		}
		if slices.Contains(m.Clauses[:i], id) {
			check.failAt(at, "library.id-twice", "id", id)
		}
	}
}

// lintModelTypography holds each line of a model to the habits of its language.
func lintModelTypography(src *content.Source, m *Model) fault.Problems {
	check := checker{src: src}
	for _, lang := range locale.Languages() {
		for field, text := range map[string]content.Text{"title": m.Title, "summary": m.Summary} {
			for _, slip := range prose.Slips(lang, text.In(lang)) {
				check.failAt(field+"."+string(lang), slip.Key, "value", slip.Value)
			}
		}
		for n, line := range strings.Split(m.Text.In(lang), "\n") {
			for _, slip := range prose.Slips(lang, line) {
				check.problems = append(check.problems, textProblem(src, lang, n, slip.Key, "value", slip.Value))
			}
		}
	}
	return check.problems
}

// lintModelPlaces: every place names a value or a field, and both languages have the same.
func (l *Library) lintModelPlaces(src *content.Source, m *Model) fault.Problems {
	var problems fault.Problems
	used := map[locale.Language][]string{}
	for _, lang := range locale.Languages() {
		for n, line := range strings.Split(m.Text.In(lang), "\n") {
			for _, match := range placeShape.FindAllStringSubmatch(line, -1) {
				name := match[1]
				used[lang] = append(used[lang], name)
				if _, ok := l.variables[name]; !ok && !slices.Contains(ModelFields(), name) {
					problems = append(problems, textProblem(src, lang, n, "model.place", "name", name, "allowed", strings.Join(ModelFields(), ", ")))
				}
			}
		}
		slices.Sort(used[lang])
	}
	if fr, en := used[locale.French], used[locale.English]; !slices.Equal(fr, en) {
		problems = append(problems, src.Problem("text.en", "model.places-differ", "fr", missing(fr, en), "en", missing(en, fr)))
	}
	return problems
}

// missing lists, as places are written, what the first list holds more often than the second; "-" for nothing.
func missing(from, in []string) string {
	left := slices.Clone(in)
	var out []string
	for _, name := range from {
		if at := slices.Index(left, name); at >= 0 {
			left = slices.Delete(left, at, at+1)
			continue
		}
		out = append(out, "{"+name+"}")
	}
	if len(out) == 0 {
		return "-"
	}
	return strings.Join(out, ", ")
}

// modelShape writes the structure of a model: its pieces, the size of its tables, what its prose is made of.
func modelShape(parts []ModelPart) string {
	var words []string
	for _, part := range parts {
		word := string(part.Kind)
		switch part.Kind {
		case ModelHeading:
			word += fmt.Sprint(part.Level)
		case ModelTable:
			word += fmt.Sprintf("(%dx%d)", len(part.Rows), part.columns())
		case ModelProse:
			word += "(" + shape(part.Blocks) + ")"
		case ModelLines:
			word += fmt.Sprintf("(%d)", part.Lines)
		case ModelSignatures:
			word += fmt.Sprintf("(%d)", len(part.Signed))
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
