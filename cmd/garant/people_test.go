package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/store"
)

// inhabited makes a folder of data with a structure that Ada administers, and Bob, who buys.
func inhabited(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "data")
	r := serve(t, "--data", folder)
	address := r.line(t, "store")["address"]
	p := &process{address: address, link: r.line(t, "link")["link"]}
	setup(t, p, newVisitor())
	equal(t, exitDone, r.end())
	return folder
}

func TestPeopleErasesAnAccountAndKeepsTheJournalWhole(t *testing.T) {
	t.Parallel()
	folder := inhabited(t)
	equal(t, answer{exitDone, "The account of Bob@essais.example is erased.\n", ""}, run(t, "people", "erase", "--language", "en", "--data", folder, "--mail", "Bob@essais.example"))
	again := run(t, "people", "erase", "--data", folder, "--mail", "bob@essais.example")
	equal(t, answer{exitWrong, "", "garant: personne n’a l’adresse bob@essais.example\n"}, again)
	last := run(t, "people", "erase", "--language", "en", "--data", folder, "--mail", "ada@essais.example")
	equal(t, exitWrong, last.Code)
	if !strings.Contains(last.Err, "nobody else administers") {
		t.Error(last.Err)
	}
	equal(t, exitUsage, run(t, "people", "erase", "--data", folder).Code)
	equal(t, exitDone, run(t, "journal", "verify", "--data", folder).Code)
	kinds := kindsOf(t, folder)
	equal(t, [2]int{1, 1}, [2]int{kinds[identity.PersonErased], kinds[identity.PersonLeft]})
	withStore(t, folder, func(engine store.Engine) {
		// Nothing of the embedded store says the name or the address any more, but what was sent to them.
		_, err := store.NewReservations(engine).Owner(t.Context(), store.System, "mail", "bob@essais.example")
		if err == nil {
			t.Error("the address is still reserved")
		}
	})
}

func TestPeopleResetsFactors(t *testing.T) {
	t.Parallel()
	folder := inhabited(t)
	equal(t, exitDone, run(t, "people", "reset-factors", "--data", folder, "--mail", "ada@essais.example").Code)
	equal(t, exitWrong, run(t, "people", "reset-factors", "--data", folder, "--mail", "nobody@essais.example").Code)
	equal(t, 1, kindsOf(t, folder)[identity.FactorsReset])
}
