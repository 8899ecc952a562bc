package frontend

import (
	"net/url"
	"strconv"
	"time"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/mail"
)

// LettersPath is where the letters of a structure are seen.
const LettersPath = "/mail"

// LettersView is the letters of a structure in one state, or in every state.
type LettersView struct {
	Letters    []*mail.Entry
	Counts     []mail.Count
	State      mail.State // empty: all
	Configured bool       // there is a mail server
	CanEdit    bool       // the reader may send and drop letters, and pass their links on
	Zone       *time.Location
	Now        time.Time
	Pages      PageLinks
}

// LettersHref is the page of the letters in a state, from a cursor on.
func LettersHref(state mail.State, cursor string) string {
	query := url.Values{}
	if state != "" {
		query.Set("state", string(state))
	}
	if cursor != "" {
		query.Set("after", cursor)
	}
	if len(query) == 0 {
		return LettersPath
	}
	return LettersPath + "?" + query.Encode()
}

func letterHref(id, what string) string { return LettersPath + "/" + id + "/" + what }

func (l LettersView) total() int64 {
	total := int64(0)
	for _, c := range l.Counts {
		total += c.Count
	}
	return total
}

// sections leads to the letters of each state that has some, what calls for a person first.
func (l LettersView) sections(v View) []Section {
	sections := []Section{{Title: v.T("trail.mail.all"), Note: v.Printer.Number(strconv.FormatInt(l.total(), 10)), Href: LettersPath, Current: l.State == ""}}
	for _, c := range l.Counts {
		if c.Count > 0 || c.State == l.State {
			sections = append(sections, Section{
				Title: locale.Capitalise(v.T(string(c.State.Key()))), Note: v.Printer.Number(strconv.FormatInt(c.Count, 10)), Href: LettersHref(c.State, ""), Current: c.State == l.State,
			})
		}
	}
	return sections
}

func letterKind(v View, k mail.Kind) string { return v.T("trail.letter." + string(k)) }

// passedOn tells whether the link of a letter is of use to somebody who is given it: others lead to a page that their reader
// finds alone.
func passedOn(e *mail.Entry) bool {
	return e.HasLink && (e.Kind == mail.Invitation || e.Kind == mail.ProviderLink)
}

// letterSign is what a state means.
func letterSign(s mail.State) Kind {
	switch s {
	case mail.Sent, mail.Gathered:
		return OK
	case mail.Refused, mail.GivenUp:
		return Bad
	case mail.Uncertain, mail.Held:
		return Partial
	}
	return Plain
}

// why says in a sentence why a letter is where it is, and what to do.
func (l LettersView) why(v View, e *mail.Entry) string {
	if e.Kind == mail.Recovery && e.State == mail.Held {
		return v.T("trail.mail.personal")
	}
	switch e.State {
	case mail.Sent, mail.Gathered, mail.Dropped, mail.HandingOver, mail.Gathering:
		return v.T("trail.why." + string(e.State))
	}
	if e.Failure == nil {
		return v.T("trail.why." + string(e.State))
	}
	return v.T(string(e.Failure.Reason.Key()))
}

// answer is what the server said when it did not take a letter.
func (l LettersView) answer(v View, e *mail.Entry) string {
	if e.Failure == nil || e.Failure.Text == "" || e.State == mail.Sent || e.State == mail.Dropped {
		return ""
	}
	return v.T("trail.mail.answer", "text", e.Failure.Text)
}

// line says since when a letter is there, how often it was tried, and when next.
func (l LettersView) line(v View, e *mail.Entry) string {
	facts := []string{v.Printer.Ago(e.Changed, l.Now, l.Zone)}
	if e.Attempts > 0 {
		facts = append(facts, v.T("trail.mail.attempts", "count", e.Attempts))
	}
	if e.State == mail.Waiting && e.Due.After(l.Now) {
		facts = append(facts, v.T("trail.mail.next", "date", v.Printer.DateTime(e.Due, l.Zone)))
	}
	return Dots(facts...)
}

func recipient(a mail.Address) string {
	if a.Name == "" {
		return a.Mail
	}
	return a.Name + " <" + a.Mail + ">"
}

func dropLetter(v View, e *mail.Entry) Confirmation {
	return Confirmation{
		ID: "drop-" + e.ID, Page: letterHref(e.ID, "drop"), Action: letterHref(e.ID, "drop"), Cancel: LettersPath, Danger: true,
		Title: v.T("trail.mail.drop.title"), Text: v.T("trail.mail.drop.text", "to", recipient(e.To)), Button: v.T("trail.mail.drop.button"),
	}
}
