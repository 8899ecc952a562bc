// Package mail writes to people: texts in both languages as HTML and plain text, letters that wait in the store until a
// mail server has them, and SMTP over TLS.
//
// A domain service asks for a message with one line, in the write that gives rise to it:
//
//	document.Events.Add(mail.Requested, mail.Message{…})
//
// The outbox gives the event to Service.Listen, which keeps a Letter under the event's id: the same event, delivered
// twice, makes one letter. The worker (Service.Run) hands letters to the server; worker.go says how exactly one leaves
// for each. Nothing confidential is in a message beyond names and a link.
package mail

import (
	netmail "net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
)

// Requested is the event that asks for a message: its payload is a Message.
const Requested = "mail.requested"

// Kind is what a message is about.
type Kind string

// The kinds.
const (
	Invitation      Kind = "invitation"       // to a structure: Structure, By, Link, Until
	ProviderLink    Kind = "provider"         // opens a provider's space: Structure, Link, Until
	Recovery        Kind = "recovery"         // of an account: Link, Until
	MethodAdded     Kind = "method-added"     // a way to sign in: When, Method, Link
	MethodRemoved   Kind = "method-removed"   // When, Method, Link
	PasswordChanged Kind = "password-changed" // When, Link
	NewDevice       Kind = "new-device"       // When, Method (the device), Link
	MailChange      Kind = "mail-change"      // proves that a new address is read: Link, Until
	MailChanged     Kind = "mail-changed"     // to the address before: When, Link
	FactorsReset    Kind = "factors-reset"    // by an administrator: By, Structure, When, Link
	JournalHead     Kind = "journal"          // of the day: Structure, When, Head, Entries, Link
	AccessEnded     Kind = "access-ended"     // Structure, When
	Test            Kind = "test"             // that mail can be sent
	digest          Kind = "digest"           // of a day's messages: made by the worker alone
)

// Message is one thing to tell one person. It holds names, dates and one link, never free text; what a kind needs is said
// beside it.
type Message struct {
	Kind      Kind            `bson:"kind"`
	Language  locale.Language `bson:"language"` // French when empty
	To        Address         `bson:"to"`
	Person    string          `bson:"person,omitempty"` // id of whoever has preferences; empty: nobody has
	Link      string          `bson:"link,omitempty"`   // http or https; dropped from the store once the message is sent
	Structure string          `bson:"structure,omitempty"`
	By        string          `bson:"by,omitempty"`     // name of who acted
	Method    string          `bson:"method,omitempty"` // name of a way to sign in, or of a device; or the key of its words
	When      time.Time       `bson:"when,omitempty"`   // when it happened
	Until     time.Time       `bson:"until,omitempty"`  // when the link ends: the message is not sent after it
	Zone      string          `bson:"zone,omitempty"`   // IANA name of the zone that times are shown in; UTC when empty
	Head      string          `bson:"head,omitempty"`   // of the journal, in hexadecimal
	Entries   int64           `bson:"entries,omitempty"`
}

// Address is who a message is for.
type Address struct {
	Name string `bson:"name,omitempty"`
	Mail string `bson:"mail"`
}

// The longest name that is printed, in characters, and the longest mail address, in bytes (RFC 5321 §4.5.3.1.3).
const (
	longestName    = 120
	longestAddress = 254
)

// clean brings every name to one line of bounded length, so that it can stand in a header.
func (m Message) clean() Message {
	for _, name := range []*string{&m.To.Name, &m.Structure, &m.By, &m.Method, &m.Head} {
		*name = oneLine(*name)
	}
	m.To.Mail = strings.TrimSpace(m.To.Mail)
	if _, known := locale.ParseLanguage(string(m.Language)); !known {
		m.Language = locale.French
	}
	return m
}

// oneLine takes line breaks and other control characters out of a name, and cuts it where it is too long.
func oneLine(name string) string {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
	}), " ")
	if utf8.RuneCountInString(name) <= longestName {
		return name
	}
	return string([]rune(name)[:longestName-1]) + "…"
}

// ValidAddress gives a mail address as a server takes it: fault.Invalid("mail.address") when it is none, has a name
// around it or a character outside ASCII, which few servers pass on (RFC 6531).
func ValidAddress(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	address, err := netmail.ParseAddress(raw)
	if err != nil || address.Name != "" || address.Address != raw || len(raw) > longestAddress || !printableASCII(raw) {
		return "", fault.NewInvalid("mail.address", "value", oneLine(raw)).Because(err)
	}
	return raw, nil
}

func printableASCII(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// validLink tells whether a link can be opened by a browser, and is nothing else.
func validLink(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && printableASCII(link)
}

// location is the zone of the message's times.
func (m Message) location() *time.Location {
	if zone, err := time.LoadLocation(m.Zone); err == nil {
		return zone
	}
	return time.UTC
}
