package frontend

import (
	"strings"

	"github.com/a-h/templ"
)

// Live makes a form or a field ask for a fragment each time it changes: the answer replaces the element with
// id target. Without JavaScript nothing happens, so the same figure comes with the next page.
func Live(url, target string) templ.Attributes {
	return templ.Attributes{
		"hx-post": url, "hx-trigger": "input delay:250ms", "hx-target": "#" + target,
		"hx-swap": "outerHTML", "hx-sync": "this:replace",
	}
}

// Autosave makes a form send itself whenever it rests; SaveState on the same page says how it went. The answer is 204,
// or fragments marked hx-swap-oob. Without JavaScript the form keeps its own button, of class nojs-only.
func Autosave(url string) templ.Attributes {
	return templ.Attributes{
		"data-autosave": "", "hx-post": url, "hx-trigger": "input delay:700ms", "hx-swap": "none",
		"hx-sync": "this:queue last",
	}
}

// Guard makes the browser ask before a changed form is left without being sent.
func Guard() templ.Attributes { return templ.Attributes{"data-guard": ""} }

// current gives aria-current where it is true.
func current(what string, is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"aria-current": what}
}

func flashRole(f Flash) string {
	if f.urgent() {
		return "alert"
	}
	return "status"
}

// elementID makes an id of a field's name: "framing.needs[0]" → "f-framing-needs-0".
func elementID(name string) string {
	id := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-':
			return r
		case r == ']':
			return -1
		}
		return '-'
	}, name)
	return "f-" + id
}
