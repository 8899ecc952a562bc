package mail

import (
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
)

// process is a whole portal as far as mail goes: the outbox that delivers events, and the worker that sends letters.
type process struct {
	*bench
	events *outbox.Worker
	orders *store.Collection[order]
}

// boot starts a process that dies after some steps; its clock is given.
func boot(t *testing.T, engine store.Engine, office *postOffice, c *clock, f *fate, query string) *process {
	t.Helper()
	b := begin(t, mortal{engine, f}, office.mortalServer(f, query))
	b.clock, b.Now = c, c.time
	p := &process{bench: b, events: outbox.NewWorker(), orders: store.NewCollection[order](mortal{engine, f}, orderSchema)}
	p.events.Now, p.events.Log = c.time, slog.New(slog.NewTextHandler(io.Discard, nil))
	p.events.Register(outbox.From(p.orders, func(o *order) *outbox.Pending { return &o.Events }))
	p.events.On(Requested, p.Listen)
	return p
}

// live does what a portal does until it is done or dead.
func (p *process) live(t *testing.T) {
	t.Helper()
	if _, err := p.events.RunOnce(t.Context()); err != nil {
		return
	}
	_, _ = p.RunOnce(t.Context())
}

func immortal() *fate { return &fate{left: math.MaxInt} }

// place stores a document whose events ask for letters, and gives their ids.
func place(t *testing.T, engine store.Engine, addresses ...string) []string {
	t.Helper()
	o := &order{}
	var ids []string
	for _, to := range addresses {
		must(t, o.Events.Add(Requested, invitation(to)))
		ids = append(ids, o.Events.Events[len(o.Events.Events)-1].ID)
	}
	must(t, store.NewCollection[order](engine, orderSchema).In(hospital).Insert(t.Context(), o))
	return ids
}

// arrived counts the copies of each letter that the post office took over.
func (o *postOffice) arrived() map[string]int {
	count := map[string]int{}
	for _, r := range o.messages() {
		count[r.ID]++
	}
	return count
}

func (p *process) key(id string) string { return "<" + p.options.messageID(id) + ">" }

func TestKilledAtAnyStepALetterArrivesOnceOrIsShownInDoubt(t *testing.T) {
	t.Parallel()
	whole := immortal()
	{
		engine, office := newEngine(t), openOffice(t, bare)
		place(t, engine, "claire@hospital.example")
		boot(t, engine, office, &clock{now: start}, whole, "").live(t)
		same(t, len(office.messages()), 1)
	}
	// What is done between the note that the letter is being handed over and the note that it was.
	doubt := []string{`write ".\r\n"`, "read", "get letters", "replace letters"}
	var inDoubt []string
	for left := range whole.taken + 1 {
		engine, office, c := newEngine(t), openOffice(t, bare), &clock{now: start}
		id := place(t, engine, "claire@hospital.example")[0]
		f := &fate{left: left}
		boot(t, engine, office, c, f, "").live(t)
		copies := office.arrived()

		c.wait(time.Hour) // leases are over, what was put off is due
		next := boot(t, engine, office, c, immortal(), "")
		next.live(t)
		letter := next.letter(t, id)
		switch letter.State {
		case Sent:
			same(t, letter.Message.Link, "")
			same(t, office.arrived(), map[string]int{next.key(id): 1})
		case Uncertain:
			inDoubt = append(inDoubt, whole.trace[left])
			same(t, office.arrived(), copies) // nothing was sent again by itself
			same(t, letter.Failure.Reason, InDoubt)
		default:
			t.Fatalf("killed before step %d (%s), the letter is %s", left, whole.trace[min(left, whole.taken-1)], letter.State)
		}
	}
	same(t, inDoubt, doubt)
	t.Logf("%d steps, %d in doubt", whole.taken, len(inDoubt))
}

func TestKilledAHundredTimesAtRandomNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{"a person decides": "", "the server deduplicates": "?deduplicates=yes"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, office, c := newEngine(t), openOffice(t, bare), &clock{now: start}
			office.deduplicates = query != ""
			r := rand.New(rand.NewPCG(2027, 1))
			want := map[string]int{}
			kills := 0
			for kills < 100 {
				var addresses []string
				for range 1 + r.IntN(3) {
					addresses = append(addresses, fmt.Sprintf("person-%d@hospital.example", len(want)+len(addresses)))
				}
				ids := place(t, engine, addresses...)
				f := &fate{left: r.IntN(30 * len(ids))}
				p := boot(t, engine, office, c, f, query)
				for _, id := range ids {
					want[p.key(id)] = 1
				}
				p.live(t)
				if f.left < 0 {
					kills++
				}
				office.quiet()
				c.wait(20 * time.Minute)
			}
			c.wait(5 * time.Hour)
			last := boot(t, engine, office, c, immortal(), query)
			last.live(t)
			doubtful, err := last.List(t.Context(), hospital, Uncertain, "")
			must(t, err)
			t.Logf("%d letters, %d in doubt", len(want), len(doubtful.Items))
			if query != "" {
				same(t, len(doubtful.Items), 0)
			}
			for _, e := range doubtful.Items { // a person asks the recipient
				if office.arrived()[last.key(e.ID)] > 0 {
					must(t, last.Drop(t.Context(), hospital, e.ID, nil))
				} else {
					must(t, last.SendAgain(t.Context(), hospital, e.ID, nil))
				}
			}
			last.live(t)
			same(t, office.arrived(), want)
			for _, count := range []State{Waiting, HandingOver, Uncertain, Refused, GivenUp, Held} {
				page, err := last.List(t.Context(), hospital, count, "")
				must(t, err)
				same(t, len(page.Items), 0)
			}
		})
	}
}

func TestTwoWorkersSendEachLetterOnce(t *testing.T) {
	t.Parallel()
	engine, office := newEngine(t), openOffice(t, bare)
	want := map[string]int{}
	var workers []*bench
	for range 4 {
		workers = append(workers, begin(t, engine, office.server("smtp+insecure://")))
	}
	for i := range 20 {
		want["<"+workers[0].options.messageID(workers[0].ask(t, invitation(fmt.Sprintf("p%d@hospital.example", i))))+">"] = 1
	}
	results := make(chan error, len(workers))
	for _, w := range workers {
		go func() {
			_, err := w.RunOnce(t.Context())
			results <- err
		}()
	}
	for range workers {
		must(t, <-results)
	}
	same(t, office.arrived(), want)
}
