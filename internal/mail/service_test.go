package mail

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

func failsWith(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if f, _ := fault.As(err); f == nil || f.Kind != kind || f.Key != key {
		t.Fatalf("got %v, not %s %s", err, kind, key)
	}
	if said := catalogue(t).In(locale.English).Error(err); strings.Contains(said, "‹") || said == "" {
		t.Fatalf("it is said as %q", said)
	}
}

func TestAnEventThatComesAgainMakesNoSecondLetter(t *testing.T) {
	t.Parallel()
	office := openOffice(t, bare)
	b := begin(t, newEngine(t), office.server("smtp+insecure://"))
	var p outbox.Pending
	must(t, p.Add(Requested, invitation("claire@hospital.example")))
	event := outbox.Delivery{Event: p.Events[0], Tenant: hospital}
	must(t, b.Listen(t.Context(), event))
	must(t, b.Listen(t.Context(), event))
	b.runOnce(t, 1)
	must(t, b.Listen(t.Context(), event)) // even once it was sent
	b.runOnce(t, 0)
	same(t, office.arrived(), map[string]int{"<" + event.ID + "@portal.example>": 1})
}

func TestASentLetterTellsOnlyToWhomSomethingWent(t *testing.T) {
	t.Parallel()
	engine, office := newEngine(t), openOffice(t, bare)
	b := begin(t, engine, office.server("smtp+insecure://"))
	id := b.ask(t, invitation("claire@hospital.example"))
	link, err := b.Link(t.Context(), hospital, id, nil)
	must(t, err)
	same(t, link, secretLink)
	b.runOnce(t, 1)
	over := start
	got := b.letter(t, id)
	same(t, *got, Letter{
		Meta: got.Meta,
		Message: Message{
			Kind: Invitation, Language: locale.French, To: Address{"Claire Renaud", "claire@hospital.example"},
			Structure: "Centre hospitalier de Vallombreuse",
		},
		State: Sent, Changed: start, Queued: start, Attempts: 1, Over: &over, MessageID: id + "@portal.example",
	})
	_, err = b.Link(t.Context(), hospital, id, nil)
	failsWith(t, err, fault.NotFound, "mail.no-link")
	failsWith(t, b.SendAgain(t.Context(), hospital, id, nil), fault.Conflict, "mail.over")
	failsWith(t, b.Drop(t.Context(), hospital, id, nil), fault.Conflict, "mail.over")
	if strings.Contains(b.log.String(), "join") {
		t.Errorf("the log has the link:\n%s", b.log)
	}
}

func TestAFailureIsTriedAgainWithBackOffThenGivenUp(t *testing.T) {
	t.Parallel()
	office := openOffice(t, bare)
	office.answer = func(command, _ string) error {
		if command == "RCPT" {
			return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.NoEnhancedCode, Message: "greylisted " + secretLink}
		}
		return nil
	}
	b := begin(t, newEngine(t), office.server("smtp+insecure://"))
	m := invitation("claire@hospital.example")
	id := b.ask(t, m)
	var waits []time.Duration
	for {
		b.runOnce(t, 0)
		l := b.letter(t, id)
		same(t, *l.Failure, Failure{Reason: Later, Code: 450, Text: "450 greylisted …", At: b.time()})
		if l.Due == nil {
			same(t, [2]any{l.State, l.Message.Link}, [2]any{GivenUp, secretLink})
			break
		}
		same(t, [2]any{l.State, l.Attempts}, [2]any{Waiting, len(waits) + 1})
		wait := l.Due.Sub(b.time())
		waits = append(waits, wait)
		b.wait(wait - time.Millisecond)
		b.runOnce(t, 0)
		same(t, b.letter(t, id).Attempts, len(waits)) // not yet
		b.wait(time.Millisecond)
	}
	m1, h := time.Minute, time.Hour
	same(t, waits[:10], []time.Duration{m1, 2 * m1, 4 * m1, 8 * m1, 16 * m1, 32 * m1, 64 * m1, 128 * m1, 4 * h, 4 * h})
	if total := b.time().Sub(start); total < giveUpAfter || total > giveUpAfter+longestDelay {
		t.Errorf("given up after %s", total)
	}
	office.mu.Lock()
	office.answer = nil
	office.mu.Unlock()
	must(t, b.SendAgain(t.Context(), hospital, id, nil))
	b.runOnce(t, 1)
	same(t, b.letter(t, id).State, Sent)
}

func TestABounceIsShownAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	office := openOffice(t, bare)
	office.answer = func(command, to string) error {
		if command == "RCPT" && to == "gone@hospital.example" {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.NoEnhancedCode, Message: "no such user"}
		}
		return nil
	}
	b := begin(t, newEngine(t), office.server("smtp+insecure://"))
	gone := b.ask(t, invitation("gone@hospital.example"))
	b.ask(t, invitation("claire@hospital.example"))
	broken := b.ask(t, invitation("not an address"))
	b.runOnce(t, 1)
	page, err := b.List(t.Context(), hospital, Refused, "")
	must(t, err)
	same(t, page, store.Page[Entry]{Items: []*Entry{
		{
			ID: broken, Kind: Invitation, To: Address{"Claire Renaud", "not an address"}, Structure: "Centre hospitalier de Vallombreuse", State: Refused,
			Changed: start, Failure: &Failure{Reason: AddressBad, At: start}, HasLink: true, CanDrop: true,
		},
		{
			ID: gone, Kind: Invitation, To: Address{"Claire Renaud", "gone@hospital.example"}, Structure: "Centre hospitalier de Vallombreuse", State: Refused,
			Changed: start, Attempts: 1, Failure: &Failure{Reason: AddressBad, Code: 550, Text: "550 no such user", At: start}, HasLink: true, CanSend: true, CanDrop: true,
		},
	}})
	failsWith(t, b.SendAgain(t.Context(), hospital, broken, nil), fault.Invalid, "mail.address")
	must(t, b.Drop(t.Context(), hospital, broken, nil))
	same(t, b.letter(t, broken).Message.Link, "")
	counts, err := b.Counts(t.Context(), hospital)
	must(t, err)
	same(t, counts, []Count{{Uncertain, 0}, {Refused, 1}, {GivenUp, 0}, {Held, 0}, {Waiting, 0}, {HandingOver, 0}, {Gathering, 0}, {Gathered, 0}, {Sent, 1}, {Dropped, 1}})
	other, err := b.List(t.Context(), "structure-other", "", "")
	must(t, err)
	same(t, len(other.Items), 0)
	_, err = b.Find(t.Context(), "structure-other", gone)
	same(t, fault.KindOf(err), fault.NotFound)
}

func TestAServerThatCannotBeUsedIsAskedOnceARound(t *testing.T) {
	t.Parallel()
	office := openOffice(t, starting)
	server := office.server("smtp://garant%40portal.example@")
	server.Password = "expired"
	b := begin(t, newEngine(t), server)
	first, second := b.ask(t, invitation("a@hospital.example")), b.ask(t, invitation("b@hospital.example"))
	b.runOnce(t, 0)
	l := b.letter(t, first)
	same(t, [3]any{l.State, l.Failure.Reason, l.Attempts}, [3]any{Waiting, SignIn, 1})
	same(t, b.letter(t, second).Attempts, 0)
	server.Password = officePassword // repaired: nothing was lost
	b.wait(time.Hour)
	b.runOnce(t, 2)
}

func TestWithoutAServerLettersAreHeldWithTheirLinkToCopy(t *testing.T) {
	t.Parallel()
	engine, office := newEngine(t), openOffice(t, bare)
	b := begin(t, engine, nil)
	m := invitation("claire@hospital.example")
	id := b.ask(t, m)
	recovery := b.ask(t, Message{Kind: Recovery, To: m.To, Link: secretLink, Until: m.Until})
	b.runOnce(t, 0)
	e, err := b.Find(t.Context(), hospital, id)
	must(t, err)
	same(t, e, Entry{
		ID: id, Kind: Invitation, To: m.To, Structure: m.Structure, State: Held, Changed: start,
		Failure: &Failure{Reason: NoServer, At: start}, HasLink: true, CanDrop: true,
	})
	link, err := b.Link(t.Context(), hospital, id, nil)
	must(t, err)
	same(t, link, secretLink)
	_, err = b.Link(t.Context(), hospital, recovery, nil)
	failsWith(t, err, fault.Forbidden, "mail.personal-link")
	failsWith(t, b.SendAgain(t.Context(), hospital, id, nil), fault.Conflict, "mail.no-server")
	failsWith(t, SendTest(t.Context(), b.words, b.options, locale.French, "claire@hospital.example"), fault.Conflict, "mail.no-server")

	next := begin(t, engine, office.server("smtp+insecure://")) // the portal is started with a server
	next.runOnce(t, 0)                                          // the link may have been passed on: a person decides
	must(t, next.SendAgain(t.Context(), hospital, id, nil))
	next.runOnce(t, 1)
}

func TestALetterWhoseLinkEndedIsNotSent(t *testing.T) {
	t.Parallel()
	office := openOffice(t, bare)
	b := begin(t, newEngine(t), office.server("smtp+insecure://"))
	m := invitation("claire@hospital.example")
	id := b.ask(t, m)
	b.wait(m.Until.Sub(start))
	b.runOnce(t, 0)
	l := b.letter(t, id)
	same(t, [4]any{l.State, l.Failure.Reason, l.Message.Link, len(office.messages())}, [4]any{GivenUp, Expired, "", 0})
	failsWith(t, b.SendAgain(t.Context(), hospital, id, nil), fault.Conflict, "mail.over")
}

func TestAnAttemptWhoseClaimIsGoneStopsBeforeTheEnd(t *testing.T) {
	t.Parallel()
	office := openOffice(t, bare)
	b := begin(t, newEngine(t), office.server("smtp+insecure://"))
	var id string
	dropped := false
	office.answer = func(command, _ string) error {
		if command == "RCPT" && !dropped { // a person is quicker than the network
			dropped = true
			return b.Drop(t.Context(), hospital, id, nil)
		}
		return nil
	}
	id = b.ask(t, invitation("claire@hospital.example"))
	b.runOnce(t, 0)
	same(t, b.letter(t, id).State, Dropped)
	same(t, len(office.messages()), 0)
}

func TestALetterInDoubtCanBeSentAgainUnderItsKey(t *testing.T) {
	t.Parallel()
	var (
		engine store.Engine
		id     string
	)
	office, c := openOffice(t, bare), &clock{now: start}
	for left := 0; len(office.messages()) == 0; left++ { // until it is killed between the end and the answer
		engine = newEngine(t)
		id = place(t, engine, "claire@hospital.example")[0]
		boot(t, engine, office, c, &fate{left: left}, "").live(t)
	}
	p := boot(t, engine, office, c, immortal(), "")
	failsWith(t, p.SendAgain(t.Context(), hospital, id, nil), fault.Conflict, "mail.handing-over")
	failsWith(t, p.Drop(t.Context(), hospital, id, nil), fault.Conflict, "mail.handing-over")
	c.wait(time.Hour)
	p.live(t)
	same(t, p.letter(t, id).State, Uncertain)
	must(t, p.SendAgain(t.Context(), hospital, id, nil))
	p.live(t)
	same(t, office.arrived(), map[string]int{p.key(id): 2}) // the person was told that it may have left
}

func TestListsFiftyAPageAndSweepsWhatHasBeenOverForMonths(t *testing.T) {
	t.Parallel()
	b := begin(t, newEngine(t), nil)
	var made []string
	for i := range 60 {
		made = append(made, b.ask(t, invitation(fmt.Sprintf("p%d@hospital.example", i))))
	}
	slices.Reverse(made)
	var listed []string
	for cursor := ""; ; {
		page, err := b.List(t.Context(), hospital, "", cursor)
		must(t, err)
		for _, e := range page.Items {
			listed = append(listed, e.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		same(t, len(listed), 50)
	}
	same(t, listed, made)
	_, err := b.List(t.Context(), hospital, Held, "x")
	failsWith(t, err, fault.Invalid, "store.bad-cursor")

	must(t, b.Drop(t.Context(), hospital, made[0], nil))
	b.wait(keep)
	must(t, b.Sweep(t.Context()))
	same(t, b.letter(t, made[0]).State, Dropped) // not yet
	b.wait(time.Millisecond)
	must(t, b.Sweep(t.Context()))
	_, err = b.letters.In(hospital).Get(t.Context(), made[0])
	if !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	same(t, b.letter(t, made[1]).State, Held)
}
