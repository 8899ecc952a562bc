package frontend

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// unsound tells what in a page would break the content policy, a label, or a form.
func unsound(page []byte) []string {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	c := check{ids: map[string]int{}}
	c.walk(root, nil)
	for _, target := range c.targets {
		if c.ids[target] == 0 {
			c.add("nothing has the id %s that something refers to", target)
		}
	}
	for id, times := range c.ids {
		if times > 1 {
			c.add("id %s stands %d times", id, times)
		}
	}
	if c.headings != 1 {
		c.add("%d h1", c.headings)
	}
	return c.faults
}

type check struct {
	ids      map[string]int
	targets  []string
	headings int
	faults   []string
}

func (c *check) add(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *check) walk(n *html.Node, form *html.Node) {
	switch {
	case n.Type == html.TextNode && strings.Contains(n.Data, "layout."):
		c.add("a message key is shown: %q", n.Data)
	case n.Type == html.ElementNode:
		form = c.element(n, form)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.walk(child, form)
	}
}

func (c *check) element(n, form *html.Node) *html.Node {
	seen := map[string]bool{}
	for _, a := range n.Attr {
		if seen[a.Key] {
			c.add("<%s> has %s twice", n.Data, a.Key)
		}
		seen[a.Key] = true
		switch {
		case a.Key == "style", strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Val, "javascript:"), strings.HasPrefix(a.Val, "data:") && a.Key != "value":
			c.add("<%s %s=%q> breaks the content policy", n.Data, a.Key, a.Val)
		case a.Key == "id":
			c.ids[a.Val]++
		case a.Key == "for", a.Key == "aria-describedby", a.Key == "aria-labelledby", a.Key == "data-dialog":
			c.targets = append(c.targets, strings.Fields(a.Val)...)
		}
	}
	switch n.Data {
	case "style":
		c.add("a style element breaks the content policy")
	case "script":
		if n.FirstChild != nil {
			c.add("an inline script breaks the content policy")
		}
	case "h1":
		c.headings++
	case "form":
		if form != nil {
			c.add("a form stands in a form")
		}
		if attribute(n, "method") == "post" && !hasToken(n) {
			c.add("a form posts to %q without its token", attribute(n, "action"))
		}
		return n
	}
	return form
}

func hasToken(n *html.Node) bool {
	if n.Type == html.ElementNode && n.Data == "input" && attribute(n, "name") == "csrf" {
		return true
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if hasToken(child) {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
