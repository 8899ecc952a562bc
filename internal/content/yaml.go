package content

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/garant-sante/garant/internal/fault"
)

// MaxYAML is the largest file that is read, in bytes.
const MaxYAML = 1 << 20

// maxDepth bounds nesting: the deepest file of the product has eight levels.
const maxDepth = 32

// Source remembers where each field of a decoded file stands, so that what is found wrong later is shown at its line.
type Source struct {
	File string
	root node
}

// Decode reads one YAML document strictly into a struct whose fields carry `yaml:"name"` (`,required` when it must be
// given). An unknown field, a duplicate key, a wrong type, an anchor, a tag, a second document, a number or a word such as
// `true` where text is expected (it wants quotes), a file that is not UTF-8 or above MaxYAML are problems; all of them
// come back at once as fault.Problems, each with its line and field.
func Decode(file string, data []byte, into any) (*Source, error) {
	src := &Source{File: path.Base(file)}
	root, problems := src.parse(data)
	if len(problems) > 0 {
		return src, problems
	}
	src.root = root
	d := decoder{source: src}
	d.decodeInto(root, into)
	return src, d.problems.OrNil()
}

func (s *Source) parse(data []byte) (node, fault.Problems) {
	one := func(key string, line, column int, args ...any) (node, fault.Problems) {
		return node{}, fault.Problems{{File: s.File, Line: line, Column: column, Key: key, Args: args}}
	}
	switch {
	case len(data) > MaxYAML:
		return one("yaml.too-large", 1, 0, "limit", "1")
	case !utf8.Valid(data):
		return one("yaml.not-utf8", 1+bytes.Count(data[:firstInvalid(data)], []byte("\n")), 0)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if line, ok := controlCharacter(data); ok {
		return one("yaml.control", line, 0)
	}
	if line, ok := unreasonable(data); ok {
		return one("yaml.unreasonable", line, 0)
	}
	if root, ok := readPlain(data); ok {
		return root, nil
	}
	return s.parseAll(data)
}

// parseAll reads the whole of YAML and says what is wrong with it.
func (s *Source) parseAll(data []byte) (node, fault.Problems) {
	one := func(key string, line, column int) (node, fault.Problems) {
		return node{}, fault.Problems{{File: s.File, Line: line, Column: column, Key: key}}
	}
	tokens := lexer.Tokenize(string(data))
	if line, column, ok := tooDeep(tokens); ok {
		return one("yaml.too-deep", line, column)
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) && syntax.Token != nil {
			return one("yaml.syntax", syntax.Token.Position.Line, syntax.Token.Position.Column)
		}
		return one("yaml.syntax", 1, 0)
	}
	return s.single(file)
}

// single keeps the one document of a file and refuses what the format does not allow.
func (s *Source) single(file *ast.File) (node, fault.Problems) {
	var problems fault.Problems
	var refused []refusal
	var root node
	found := 0
	for _, document := range file.Docs {
		if document.Body == nil {
			continue
		}
		found++
		if found == 1 {
			root = build(document.Body, &refused)
			continue
		}
		line, column := place(document.Body)
		problems = append(problems, fault.Problem{File: s.File, Line: line, Column: column, Key: "yaml.second-document"})
	}
	if found == 0 {
		problems = append(problems, fault.Problem{File: s.File, Line: 1, Key: "yaml.empty"})
	}
	for _, r := range refused {
		problems = append(problems, fault.Problem{File: s.File, Line: r.line, Column: r.column, Key: r.key})
	}
	return root, problems
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// controlCharacter finds a character that no YAML text may hold (YAML 1.2 §5.1), by line.
func controlCharacter(data []byte) (line int, found bool) {
	line = 1
	for _, b := range data {
		switch {
		case b == '\n':
			line++
		case b == '\t', b == '\r':
		case b < 0x20, b == 0x7f:
			return line, true
		}
	}
	return 0, false
}

// What a file written by people never reaches. Beyond it the parser, whose work grows faster than its input, would be
// made to burn time.
const (
	maxLine    = 4000 // bytes
	maxIndent  = 40   // spaces
	maxLines   = 4000
	maxOpening = 10_000 // brackets and braces in all
	maxMarks   = 200    // characters of YAML's own on one line
)

// unreasonable finds the first line that no person would write.
func unreasonable(data []byte) (line int, found bool) {
	opening := 0
	for text := range bytes.Lines(data) {
		line++
		opening += bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{"))
		indent := len(text) - len(bytes.TrimLeft(text, " \t"))
		marks := 0
		for _, b := range text {
			if strings.IndexByte("-?:[]{}&*!|>", b) >= 0 {
				marks++
			}
		}
		if len(text) > maxLine || indent > maxIndent || line > maxLines || opening > maxOpening || marks > maxMarks {
			return line, true
		}
	}
	return 0, false
}

// tooDeep looks at nesting before the recursive parser runs.
func tooDeep(tokens token.Tokens) (line, column int, deep bool) {
	flow := 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		}
		if flow > maxDepth || (t.Position.IndentNum > 8*maxDepth) {
			return t.Position.Line, t.Position.Column, true
		}
	}
	return 0, 0, false
}

// Problem makes a problem about a field, placed at the line where the field stands or, when it is absent, at that of the
// nearest parent that is there. The path is as in messages: "clauses.remove[0].reason".
func (s *Source) Problem(field, key string, args ...any) fault.Problem {
	line, column := s.At(field)
	return fault.Problem{File: s.File, Line: line, Column: column, Field: field, Key: key, Args: args}
}

// At gives the line and column of a field, or of its nearest parent that is there; from 1.
func (s *Source) At(field string) (line, column int) {
	at := s.root
	line, column = max(at.line, 1), max(at.column, 1)
	for _, step := range steps(field) {
		next, ok := node{}, false
		if index, err := strconv.Atoi(step); err == nil && at.kind == kindSequence {
			if index < len(at.values) {
				next, ok = at.values[index], true
			}
		} else {
			next, ok = at.child(step)
			for _, k := range at.keys {
				if k.text == step {
					line, column = k.line, k.column
				}
			}
		}
		if !ok {
			return line, column
		}
		if at.kind == kindSequence {
			line, column = next.line, next.column
		}
		at = next
	}
	return line, column
}

// Has reports whether a field stands in the file.
func (s *Source) Has(field string) bool {
	at := s.root
	for _, step := range steps(field) {
		if index, err := strconv.Atoi(step); err == nil && at.kind == kindSequence {
			if index >= len(at.values) {
				return false
			}
			at = at.values[index]
			continue
		}
		next, ok := at.child(step)
		if !ok {
			return false
		}
		at = next
	}
	return true
}

func steps(field string) []string {
	field = strings.ReplaceAll(strings.ReplaceAll(field, "[", "."), "]", "")
	return strings.FieldsFunc(field, func(r rune) bool { return r == '.' })
}

// Place gives problems found after decoding their file and line; problems about a field that decoding already refused, or
// about something within it, are left out.
func (s *Source) Place(found, before fault.Problems) fault.Problems {
	out := slices.Clone(before)
	for _, p := range found {
		if slices.ContainsFunc(before, func(b fault.Problem) bool { return related(b.Field, p.Field) }) {
			continue
		}
		p.File = s.File
		p.Line, p.Column = s.At(p.Field)
		out = append(out, p)
	}
	return out
}

// related reports whether one field is the other, or stands within it.
func related(a, b string) bool {
	inside := func(inner, outer string) bool {
		return outer == "" || inner == outer || strings.HasPrefix(inner, outer+".") || strings.HasPrefix(inner, outer+"[")
	}
	return inside(a, b) || inside(b, a)
}
