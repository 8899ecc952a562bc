// Package frontend holds what a browser is shown: the frame of every page, the parts pages are made of, the pages
// themselves, and the built stylesheet, script and font. Views know domain types and words, never the store: they are
// given everything they print. No view writes a style attribute, a script or an event handler, so that the content
// policy can forbid all three.
package frontend

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"github.com/garant-sante/garant/internal/locale"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// View is what every page needs, whatever it shows. It is a small value: copy it.
type View struct {
	Printer   locale.Printer
	Path      string    // this page with its query, where a change of language comes back to
	Nav       []NavItem // main navigation, empty before signing in
	Actor     string    // who is signed in, empty when nobody is
	SignIn    string    // where a page that anyone may read offers to sign in, or empty
	Structure string    // for which structure, or which region
	Elsewhere bool      // they may work in another one
	Regional  bool      // it is a region
	Provider  string    // on the provider's side, where it begins; empty elsewhere
	Protect   bool      // the account has no second factor yet, which its role needs
	Support   string    // until when support may read this place, for those who administer it; empty: none may
	CSRF      string    // token that every form carries; without one the page shows no form of the frame
	Flashes   []Flash   // what just happened
	Content   string    // version of the clause library, empty when not known
	Version   string    // version of the program, empty when not known
}

// T gives a message in the reader's language.
func (v View) T(key string, args ...any) string { return v.Printer.T(key, args...) }

// language gives the page's lang attribute.
func (v View) language() string { return string(v.Printer.Language()) }

// other gives the language the reader can switch to.
func (v View) other() locale.Language {
	if v.Printer.Language() == locale.French {
		return locale.English
	}
	return locale.French
}

// home is where the product's name leads.
func (v View) home() string {
	if v.Provider != "" {
		return v.Provider
	}
	return "/"
}

// signOut is where one leaves.
func (v View) signOut() string {
	if v.Provider != "" {
		return v.Provider + "/leave"
	}
	return "/sign-out"
}

// NavItem is one room of the portal.
type NavItem struct {
	Label   string
	Href    string
	Current bool // the page is this room or is inside it
}

// MainNav gives the rooms of the portal to somebody who works in a structure or in a region, the one that path is in marked
// as current.
func MainNav(p locale.Printer, path string, region bool) []NavItem {
	rooms := []NavItem{
		{Label: p.T("layout.nav.services"), Href: "/services"},
		{Label: p.T("layout.nav.suppliers"), Href: suppliersHref},
		{Label: p.T("layout.nav.library"), Href: "/library"},
		{Label: p.T("layout.nav.people"), Href: peopleHref},
		{Label: p.T("layout.nav.settings"), Href: "/settings"},
	}
	if region {
		rooms = []NavItem{
			{Label: p.T("layout.nav.region"), Href: regionHref},
			{Label: p.T("layout.nav.suppliers"), Href: suppliersHref},
			{Label: p.T("layout.nav.library"), Href: "/library"},
			{Label: p.T("layout.nav.people"), Href: peopleHref},
		}
	}
	for i, room := range rooms {
		rooms[i].Current = path == room.Href || strings.HasPrefix(path, room.Href+"/") || strings.HasPrefix(path, room.Href+"?")
	}
	return rooms
}

// Link is a text that leads somewhere; without Href it is only a text.
type Link struct {
	Label string
	Href  string
}

// Flash is one message about what just happened.
type Flash struct {
	Kind Kind // OK, Partial, Bad or Info
	Text string
}

// urgent tells whether a screen reader interrupts to say it.
func (f Flash) urgent() bool { return f.Kind == Bad || f.Kind == Partial }

// Page is the head of one page: where I am, what this is, in which state, and the next step. Texts are in the
// reader's language already.
type Page struct {
	Title   string          // heading of the page and title of the window
	Crumbs  []Link          // the pages above this one, from the top
	Tag     templ.Component // state beside the title, or nil
	Lead    templ.Component // one line under the title, or nil; see Text
	Actions templ.Component // the one primary button and at most one other, or nil
	Narrow  bool            // one short form: a narrower page
	Plain   bool            // no page head: the content brings its own

	Description string // of a page that anyone may read, in a sentence, for those who list pages; or empty
	Address     string // the one address of such a page, when it can be reached at others too; or empty
}

// Text is a plain text where a component is expected.
func Text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(s))
		return err
	})
}

// Dots joins short facts in one line: "brouillon · 58 clauses". Empty ones are left out; a line never begins with a dot.
func Dots(facts ...string) string {
	kept := make([]string, 0, len(facts))
	for _, f := range facts {
		if f != "" {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, tiedDot)
}

const tiedDot = "\u00a0· "

// tied keeps the dots of a line at the end of its words.
func tied(line string) string { return strings.ReplaceAll(line, " · ", tiedDot) }
