package mail

import (
	"time"

	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// State is where a letter stands.
type State string

// The states. Waiting, HandingOver and Gathering move by themselves; Sent, Gathered and Dropped are final.
const (
	Held        State = "held"         // no mail server is set: a person passes the link on, or sends it once there is one
	Gathering   State = "gathering"    // it goes into its reader's next digest
	Waiting     State = "waiting"      // for its turn, for the next attempt, or for the worker that has it
	HandingOver State = "handing-over" // all but the end of it is with the server
	Uncertain   State = "uncertain"    // it stopped there: the server may have it or not; a person decides
	Gathered    State = "gathered"     // it is in a digest, which is a letter of its own
	Sent        State = "sent"         // the server took it over
	Refused     State = "refused"      // the server refused the address or the message for good: a bounce
	GivenUp     State = "given-up"     // tried for days, or its link ended first
	Dropped     State = "dropped"      // withdrawn by a person; its id stays, so that the event cannot bring it back
)

// States lists them in the order a page shows them: what calls for a person first.
func States() []State {
	return []State{Uncertain, Refused, GivenUp, Held, Waiting, HandingOver, Gathering, Gathered, Sent, Dropped}
}

// Key is the message that says the state.
func (s State) Key() locale.Key { return locale.Key("mail.state." + s) }

// Letter is a message on its way to one person. Its id is that of the event that asked for it.
type Letter struct {
	store.Meta `bson:",inline"`
	Message    Message    `bson:"message"`            // once over, only its kind, language, recipient and structure are left
	Digest     []Message  `bson:"digest,omitempty"`   // the messages of a digest, until it is sent
	Includes   []string   `bson:"includes,omitempty"` // the ids of the letters of a digest
	State      State      `bson:"state"`
	Changed    time.Time  `bson:"changed"`  // when it came into its state
	Queued     time.Time  `bson:"queued"`   // since when it is tried
	Attempts   int        `bson:"attempts"` // begun ones
	Due        *time.Time `bson:"due,omitempty"`
	Claim      string     `bson:"claim,omitempty"` // of the attempt that has it, until Due
	MessageID  string     `bson:"messageID,omitempty"`
	Failure    *Failure   `bson:"failure,omitempty"` // of the last attempt
	Over       *time.Time `bson:"over,omitempty"`    // when nothing more could happen to it by itself, for Sweep

	Events outbox.Pending `bson:"events"`
}

// Reason is why a letter is not with its server.
type Reason string

// The reasons.
const (
	NoServer    Reason = "no-server"
	Unreachable Reason = "unreachable" // no name, no answer, or an answer that is not of a mail server
	NoTLS       Reason = "tls"
	SignIn      Reason = "sign-in"
	SenderWrong Reason = "sender"
	AddressBad  Reason = "address"
	MessageBad  Reason = "message"
	Later       Reason = "later" // the server asks to wait: 4yz (RFC 5321 §4.2.1)
	Cut         Reason = "cut"   // before the handover
	InDoubt     Reason = "uncertain"
	Expired     Reason = "expired"
)

// Key is the message that says what happened and what to do.
func (r Reason) Key() locale.Key { return locale.Key("mail.reason." + r) }

// Failure is what went wrong in an attempt.
type Failure struct {
	Reason Reason    `bson:"reason"`
	Code   int       `bson:"code,omitempty"` // of the server's answer; 0 when it gave none
	Text   string    `bson:"text,omitempty"` // what the server or the network said, shortened, without links or secrets
	At     time.Time `bson:"at"`
}

// The indexes of the letters.
const (
	dueIndex    = "due"
	stateIndex  = "state"
	personIndex = "person"
	overIndex   = "over"
)

var letterSchema = store.Schema{Collection: "letters", Shape: 1, Indexes: append([]store.Index{
	{Name: dueIndex, Fields: []string{"due"}, AllTenants: true},
	{Name: overIndex, Fields: []string{"over"}, AllTenants: true},
	{Name: stateIndex, Fields: []string{"state", "changed"}},
	{Name: personIndex, Fields: []string{"message.person", "state"}},
}, outbox.Indexes("events")...)}

// Schemas lists the collections that this package keeps.
func Schemas() []store.Schema { return []store.Schema{letterSchema, preferencesSchema} }

// The life of an attempt and of a letter.
const (
	// lease is how long an attempt has its letter. It is longer than all the patience of a session together.
	lease = 15 * time.Minute
	// A letter that could not be handed over is tried again after firstDelay, then after twice as long each time, up to
	// longestDelay, for as long as RFC 5321 §4.5.4.1 advises.
	firstDelay   = time.Minute
	longestDelay = 4 * time.Hour
	giveUpAfter  = 4 * 24 * time.Hour
)

// delay is how long a letter waits after that many attempts.
func delay(attempts int) time.Duration {
	wait := firstDelay
	for range attempts - 1 {
		if wait *= 2; wait >= longestDelay {
			return longestDelay
		}
	}
	return wait
}

// enter brings the letter into a state. due is when the worker looks at it again; zero: never by itself.
func (l *Letter) enter(state State, now, due time.Time) {
	l.State, l.Changed, l.Claim, l.Due, l.Over = state, now.UTC(), "", nil, nil
	if !due.IsZero() {
		due = due.UTC()
		l.Due = &due
		return
	}
	if over := now.UTC(); state != Held {
		l.Over = &over
	}
}

// forget drops all that the message said: what is left tells to whom something of its kind went.
func (l *Letter) forget() {
	m := l.Message
	l.Message = Message{Kind: m.Kind, Language: m.Language, To: m.To, Person: m.Person, Structure: m.Structure}
	l.Digest = nil
}

// note keeps why the letter is not with its server.
func (l *Letter) note(f Failure, now time.Time) {
	f.At = now.UTC()
	l.Failure = &f
}

// expired tells whether the link of the letter has ended.
func (l *Letter) expired(now time.Time) bool {
	return !l.Message.Until.IsZero() && !now.Before(l.Message.Until)
}

// giveUp ends a letter whose link has ended, or that was tried for so long, and tells whether it did.
func (l *Letter) giveUp(now time.Time, after time.Duration) bool {
	switch {
	case l.expired(now):
		l.note(Failure{Reason: Expired}, now)
	case l.Attempts > 0 && now.Sub(l.Queued) >= after:
	default:
		return false
	}
	l.enter(GivenUp, now, time.Time{})
	if l.expired(now) {
		l.forget() // the link is dead: nobody can use it
	}
	return true
}
