package content

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

type kind int

const (
	kindNull kind = iota
	kindMapping
	kindSequence
	kindString // quoted, block, or plain text that is nothing else
	kindInteger
	kindFloat
	kindBool
)

// node is one value of a YAML file with its place and, for scalars, the text as it stands in the file.
type node struct {
	kind         kind
	text         string
	line, column int
	keys         []node // of a mapping, in the order of the file
	values       []node // of a mapping or a sequence
}

// refusal is something of YAML that no file of Garant needs and that hostile files use.
type refusal struct {
	key          string
	line, column int
}

// build turns the parser's tree into nodes; anchors, aliases, tags and merge keys are refused.
func build(n ast.Node, refused *[]refusal) node {
	line, column := place(n)
	refuse := func(key string) node {
		*refused = append(*refused, refusal{key, line, column})
		return node{line: line, column: column}
	}
	out := node{line: line, column: column}
	switch v := n.(type) {
	case nil, *ast.NullNode:
		return out
	case *ast.MappingNode:
		out.kind = kindMapping
		for _, pair := range v.Values {
			out.addPair(pair, refused)
		}
		if !v.IsFlowStyle && len(out.keys) > 0 {
			out.line, out.column = out.keys[0].line, out.keys[0].column
		}
	case *ast.MappingValueNode:
		out.kind = kindMapping
		out.addPair(v, refused)
		out.line, out.column = out.keys[0].line, out.keys[0].column
	case *ast.SequenceNode:
		out.kind = kindSequence
		for _, item := range v.Values {
			out.values = append(out.values, build(item, refused))
		}
	case *ast.LiteralNode:
		out.kind, out.text = kindString, v.Value.Value
	case *ast.StringNode:
		out.kind, out.text = kindString, v.Value
	case *ast.IntegerNode:
		out.kind, out.text = kindInteger, source(v.Token)
	case *ast.FloatNode:
		out.kind, out.text = kindFloat, source(v.Token)
	case *ast.BoolNode:
		out.kind, out.text = kindBool, source(v.Token)
	case *ast.InfinityNode, *ast.NanNode:
		out.kind, out.text = kindFloat, source(n.GetToken())
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return refuse("yaml.anchor")
	case *ast.TagNode:
		return refuse("yaml.tag")
	case *ast.MappingKeyNode:
		return build(v.Value, refused)
	default:
		return refuse("yaml.unsupported")
	}
	return out
}

func (n *node) addPair(pair *ast.MappingValueNode, refused *[]refusal) {
	key := build(pair.Key, refused)
	value := build(pair.Value, refused)
	if value.line == 0 {
		value.line, value.column = key.line, key.column
	}
	n.keys = append(n.keys, key)
	n.values = append(n.values, value)
}

func place(n ast.Node) (line, column int) {
	if n == nil {
		return 0, 0
	}
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return 0, 0
	}
	return t.Position.Line, t.Position.Column
}

func source(t *token.Token) string {
	if text := strings.TrimSpace(t.Origin); text != "" && !strings.ContainsAny(text, "\n#") {
		return text
	}
	return t.Value
}

// child finds the value under a key of a mapping.
func (n node) child(key string) (node, bool) {
	for i, k := range n.keys {
		if k.text == key {
			return n.values[i], true
		}
	}
	return node{}, false
}
