package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/store"
)

func TestPreferencesAreKeptAndSecurityNoticesCannotBeSwitchedOff(t *testing.T) {
	t.Parallel()
	b := begin(t, newEngine(t), nil)
	same(t, Optional(), []Kind{AccessEnded, JournalHead})
	for _, kind := range []Kind{Invitation, ProviderLink, Recovery, MethodAdded, MethodRemoved, PasswordChanged, NewDevice, Test} {
		same(t, kind.Choices(), []Choice{Immediately})
		failsWith(t, b.Choose(t.Context(), "claire", kind, Never), fault.Invalid, "mail.choice")
	}
	failsWith(t, b.Choose(t.Context(), "claire", JournalHead, Daily), fault.Invalid, "mail.choice")
	p, err := b.Preferences(t.Context(), "claire")
	must(t, err)
	same(t, [2]Choice{p.Choice(AccessEnded), p.Choice(PasswordChanged)}, [2]Choice{Immediately, Immediately})
	must(t, b.Choose(t.Context(), "claire", AccessEnded, Never))
	must(t, b.Choose(t.Context(), "claire", JournalHead, Never))
	must(t, b.Choose(t.Context(), "claire", AccessEnded, Daily))
	p, err = b.Preferences(t.Context(), "claire")
	must(t, err)
	same(t, p.Kinds, []Preference{{JournalHead, Never}, {AccessEnded, Daily}})
	p.Kinds = append(p.Kinds, Preference{NewDevice, Never}) // as a damaged store might say
	same(t, p.Choice(NewDevice), Immediately)
}

// ended tells a person of an access that ended.
func ended(person, structure string) Message {
	return Message{
		Kind: AccessEnded, Language: locale.English, To: Address{"Claire", person + "@hospital.example"}, Person: person, Structure: structure,
		When: start, Zone: "Europe/Paris",
	}
}

func TestWhoeverWantsNoMessageGetsNone(t *testing.T) {
	t.Parallel()
	b := begin(t, newEngine(t), nil)
	must(t, b.Choose(t.Context(), "claire", AccessEnded, Never))
	b.ask(t, ended("claire", "A"))
	b.ask(t, ended("hugo", "A"))
	page, err := b.List(t.Context(), hospital, "", "")
	must(t, err)
	same(t, len(page.Items), 1)
}

func TestADigestIsOneLetterADayAndHasWhatGathered(t *testing.T) {
	t.Parallel()
	engine, office := newEngine(t), openOffice(t, bare)
	b := begin(t, engine, office.server("smtp+insecure://"))
	must(t, b.Choose(t.Context(), "claire", AccessEnded, Daily))
	first, second := b.ask(t, ended("claire", "Clinic A")), b.ask(t, ended("claire", "Clinic B"))
	b.ask(t, ended("hugo", "Clinic A"))
	b.runOnce(t, 1) // Hugo's
	same(t, *b.letter(t, first).Due, time.Date(2027, 1, 16, 6, 0, 0, 0, time.UTC))
	b.wait(22 * time.Hour) // seven in the morning in Paris
	b.runOnce(t, 0)        // it is made
	b.runOnce(t, 1)        // and sent
	b.runOnce(t, 0)
	got := office.messages()
	same(t, len(got), 2)
	for _, said := range []string{"Garant: 2 pieces of news", "Your access in Garant has ended (Clinic A)", "Your access in Garant has ended (Clinic B)"} {
		if !strings.Contains(got[1].Raw, said) {
			t.Errorf("%q is not in the digest:\n%s", said, got[1].Raw)
		}
	}
	for _, id := range []string{first, second} {
		l := b.letter(t, id)
		same(t, [2]any{l.State, l.Message.When.IsZero()}, [2]any{Gathered, true})
	}
	l := b.letter(t, "digest.claire.20270116T0600.en")
	same(t, [3]any{l.State, l.Includes, len(l.Digest)}, [3]any{Sent, []string{first, second}, 0})
}

func TestALetterThatIsTooLateForItsDigestIsInTheNext(t *testing.T) {
	t.Parallel()
	office := openOffice(t, bare)
	b := begin(t, newEngine(t), office.server("smtp+insecure://"))
	must(t, b.Choose(t.Context(), "claire", AccessEnded, Daily))
	late := b.ask(t, ended("claire", "Clinic B"))
	made := &Letter{Meta: store.Meta{ID: "digest.claire.20270116T0600.en"}, Message: Message{Kind: digest, To: Address{Mail: "claire@hospital.example"}}, Includes: []string{"another"}}
	made.enter(Sent, start, time.Time{})
	must(t, b.letters.In(hospital).Insert(t.Context(), made)) // as if it had been made just before
	b.wait(22 * time.Hour)
	b.runOnce(t, 0)
	same(t, *b.letter(t, late).Due, time.Date(2027, 1, 17, 6, 0, 0, 0, time.UTC))
	b.wait(24 * time.Hour)
	b.runOnce(t, 0)
	b.runOnce(t, 1)
	same(t, b.letter(t, late).State, Gathered)
}

func TestADigestKilledAtAnyStepHasEachMessageOnce(t *testing.T) {
	t.Parallel()
	finished := false
	for left := 0; !finished; left++ {
		engine, office, c := newEngine(t), openOffice(t, bare), &clock{now: start}
		b := boot(t, engine, office, c, immortal(), "")
		must(t, b.Choose(t.Context(), "claire", AccessEnded, Daily))
		b.ask(t, ended("claire", "Clinic A"))
		b.ask(t, ended("claire", "Clinic B"))
		c.wait(22 * time.Hour)
		f := &fate{left: left}
		boot(t, engine, office, c, f, "").live(t) // makes the digest
		finished = f.left >= 0
		c.wait(time.Hour)
		next := boot(t, engine, office, c, immortal(), "")
		next.live(t)
		next.live(t)
		got := office.messages()
		same(t, len(got), 1)
		for _, said := range []string{"(Clinic A)", "(Clinic B)"} {
			if strings.Count(got[0].Raw, said) != 2 { // once in each part
				t.Fatalf("killed before step %d: %s", left, got[0].Raw)
			}
		}
	}
}

func TestGroupMakesADigestForEachPersonAndHour(t *testing.T) {
	t.Parallel()
	today, tomorrow := start, start.Add(24*time.Hour)
	letter := func(id, person string, state State, due *time.Time) *Letter {
		return &Letter{Meta: store.Meta{ID: id}, Message: ended(person, "Clinic "+id), State: state, Due: due}
	}
	got := Group([]*Letter{
		letter("1", "claire", Gathering, &today), letter("2", "hugo", Gathering, &today), letter("3", "claire", Gathering, &today),
		letter("4", "claire", Gathering, &tomorrow), letter("5", "claire", Waiting, &today), letter("6", "claire", Gathering, nil),
	})
	head := func(person string) Message {
		return Message{Kind: digest, Language: locale.English, To: Address{"Claire", person + "@hospital.example"}, Person: person, Zone: "Europe/Paris"}
	}
	same(t, got, []*Letter{
		{Meta: store.Meta{ID: "digest.claire.20270115T0800.en"}, Message: head("claire"), Digest: []Message{ended("claire", "Clinic 1"), ended("claire", "Clinic 3")}, Includes: []string{"1", "3"}},
		{Meta: store.Meta{ID: "digest.hugo.20270115T0800.en"}, Message: head("hugo"), Digest: []Message{ended("hugo", "Clinic 2")}, Includes: []string{"2"}},
		{Meta: store.Meta{ID: "digest.claire.20270116T0800.en"}, Message: head("claire"), Digest: []Message{ended("claire", "Clinic 4")}, Includes: []string{"4"}},
	})
}

func TestTheDigestHourIsThatOfTheZoneAllYear(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]time.Time{
		"Europe/Paris":        time.Date(2027, 3, 28, 5, 0, 0, 0, time.UTC), // summer time began in the night
		"Indian/Reunion":      time.Date(2027, 3, 28, 3, 0, 0, 0, time.UTC),
		"America/Martinique":  time.Date(2027, 3, 28, 11, 0, 0, 0, time.UTC),
		"Pacific/Noumea":      time.Date(2027, 3, 27, 20, 0, 0, 0, time.UTC),
		"":                    time.Date(2027, 3, 28, 7, 0, 0, 0, time.UTC),
		"Nowhere/In/the/list": time.Date(2027, 3, 28, 7, 0, 0, 0, time.UTC),
	} {
		same(t, nextDigest(time.Date(2027, 3, 27, 18, 0, 0, 0, time.UTC), Message{Zone: zone}.location()).UTC(), want)
	}
}
