package locale

import (
	"fmt"
	"strconv"
	"time"
)

var months = map[Language][12]string{
	French: {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
		"novembre", "décembre"},
	English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
		"November", "December"},
}

var shortMonths = map[Language][12]string{
	French:  {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
	English: {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

// Date writes a civil date: "1er janvier 2027", "15 janvier 2027", "1 January 2027". The day and the month stay on one
// line. A month outside 1 to 12 gives the figures.
func (p Printer) Date(year int, month time.Month, day int) string {
	before, raised, after := p.DateParts(year, month, day)
	return before + raised + after
}

// DateParts cuts a date around the letters that are printed raised, "er" in French for the first of a month, so that
// a view or a document can set them in superscript; raised is empty on other days.
func (p Printer) DateParts(year int, month time.Month, day int) (before, raised, after string) {
	if month < time.January || month > time.December {
		return fmt.Sprintf("%04d-%02d-%02d", year, month, day), "", ""
	}
	if p.language == French && day == 1 {
		raised = "er"
	}
	return strconv.Itoa(day), raised, string(noBreak) + months[p.language][month-1] + " " + strconv.Itoa(year)
}

// DateHTML writes a date as HTML with its superscript: "1<sup>er</sup> janvier 2027". It holds nothing a user typed.
func (p Printer) DateHTML(year int, month time.Month, day int) string {
	before, raised, after := p.DateParts(year, month, day)
	if raised != "" {
		raised = "<sup>" + raised + "</sup>"
	}
	return before + raised + after
}

// ShortDate writes a date for a table, on one line: "15 janv. 2027", "15 Jan 2027".
func (p Printer) ShortDate(year int, month time.Month, day int) string {
	before, raised, after := p.DateParts(year, month, day)
	if after == "" {
		return before
	}
	return fmt.Sprintf("%s%s%c%s%c%d", before, raised, noBreak, shortMonths[p.language][month-1], noBreak, year)
}

// DateTime writes an instant in a zone: "15 janvier 2027 à 14 h 05", "15 January 2027 at 14:05". A nil zone is UTC.
func (p Printer) DateTime(t time.Time, zone *time.Location) string {
	t = in(t, zone)
	return p.T("date.at", "date", p.Date(t.Date()), "time", p.Time(t, zone))
}

// Time writes the hour of an instant in a zone: "14 h 05", "14:05".
func (p Printer) Time(t time.Time, zone *time.Location) string {
	t = in(t, zone)
	if p.language == English {
		return t.Format("15:04")
	}
	return fmt.Sprintf("%d%ch%c%02d", t.Hour(), noBreak, noBreak, t.Minute())
}

// Ago says when an instant was, seen from now: "à l’instant", "il y a 3 minutes", "hier", "il y a 5 jours"; when it will
// be, "dans 5 jours", "demain"; and, more than thirty days away, its date. Days are those of the zone's calendar.
func (p Printer) Ago(t, now time.Time, zone *time.Location) string {
	t, now = in(t, zone), in(now, zone)
	days := int(midnight(now).Sub(midnight(t)).Hours() / 24)
	tense, apart := "past", now.Sub(t)
	if apart < 0 {
		tense, apart, days = "future", -apart, -days
	}
	switch {
	case apart < time.Minute:
		return p.T("ago.now")
	case apart < time.Hour:
		return p.T("ago."+tense+".minutes", "count", int(apart.Minutes()))
	case days == 0:
		return p.T("ago."+tense+".hours", "count", int(apart.Hours()))
	case days == 1:
		return p.T("ago." + tense + ".day")
	case days <= 30:
		return p.T("ago."+tense+".days", "count", days)
	default:
		return p.T("ago.date", "date", p.Date(t.Date()))
	}
}

// midnight gives the day of an instant as a moment that calendar arithmetic can count from, free of summer time.
func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func in(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone)
}
