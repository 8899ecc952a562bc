package main

import (
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/questionnaires"
)

// assembled is a portal on a store, as `garant serve` puts it together, with one structure.
func assembled(t *testing.T, engine store.Engine, c Config) (*portal, identity.Actor) {
	t.Helper()
	loaded, err := words()
	must(t, err)
	p := program{out: io.Discard, err: io.Discard, clauses: clauses.Files, questionnaires: questionnaires.Files, words: loaded}
	made, err := p.assemble(c, engine, slog.New(slog.DiscardHandler))
	must(t, err)
	made.address = "https://garant.example"
	link, err := made.people.SetupToken(t.Context())
	must(t, err)
	session, err := made.people.SetUp(t.Context(), link, identity.First{
		Structure: "Clinique des Essais", Name: "Ada Essai", Mail: "ada@essais.example", Password: "quatre mots sans rapport",
	})
	must(t, err)
	who, err := made.people.Resume(t.Context(), session)
	must(t, err)
	_, err = made.events.RunOnce(t.Context())
	must(t, err)
	return made, who
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// letter is what a test compares of one.
type letter struct {
	ID    string
	Kind  mail.Kind
	To    mail.Address
	State mail.State
}

func lettersOf(t *testing.T, made *portal, who identity.Actor) []letter {
	t.Helper()
	page, err := made.letters.List(t.Context(), who.Tenant(), "", "")
	must(t, err)
	found := []letter{}
	for _, e := range page.Items {
		found = append(found, letter{e.ID, e.Kind, e.To, e.State})
	}
	return found
}

func TestAdministratorsReceiveTheHeadOfTheirJournalOnceADay(t *testing.T) {
	t.Parallel()
	withStore(t, filepath.Join(t.TempDir(), "data"), func(engine store.Engine) {
		made, who := assembled(t, engine, Config{SMTP: "smtps://garant@mail.example:465", MailFrom: "garant@essais.example", Language: "fr"})
		now := time.Date(2027, 1, 15, 22, 30, 0, 0, time.UTC) // the same day in Paris, for half an hour
		made.letters.Now = func() time.Time { return now }
		send := func() { t.Helper(); must(t, made.mailHeads(t.Context(), now)) }
		send()
		send() // a restart
		now = now.Add(20 * time.Minute)
		send()
		one := letter{"head.2027-01-15." + who.Person, mail.JournalHead, mail.Address{Name: "Ada Essai", Mail: "ada@essais.example"}, mail.Waiting}
		equal(t, []letter{one}, lettersOf(t, made, who))
		link, err := made.letters.Link(t.Context(), who.Tenant(), one.ID, nil)
		must(t, err)
		equal(t, "https://garant.example/journal", link)
		now = now.Add(20 * time.Minute) // after midnight
		send()
		other := one
		other.ID = "head.2027-01-16." + who.Person
		equal(t, []letter{other, one}, lettersOf(t, made, who))
		must(t, made.letters.Choose(t.Context(), who.Person, mail.JournalHead, mail.Never))
		now = now.Add(24 * time.Hour)
		send()
		equal(t, []letter{other, one}, lettersOf(t, made, who))
	})
}

func TestWithoutAMailServerNoHeadWaitsForAnybody(t *testing.T) {
	t.Parallel()
	withStore(t, filepath.Join(t.TempDir(), "data"), func(engine store.Engine) {
		made, who := assembled(t, engine, Config{Language: "fr"})
		must(t, made.mailHeads(t.Context(), time.Date(2027, 1, 15, 8, 0, 0, 0, time.UTC)))
		equal(t, []letter{}, lettersOf(t, made, who))
	})
}
