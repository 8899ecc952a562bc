package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/sqlite"
	"github.com/garant-sante/garant/internal/supplier"
	"github.com/garant-sante/garant/questionnaires"
)

// withStore opens the data of a folder, as no portal has it open, and lets a test change them.
func withStore(t *testing.T, folder string, change func(store.Engine)) {
	t.Helper()
	engine, err := sqlite.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	if err := engine.Declare(t.Context(), schemas()...); err != nil {
		t.Fatal(err)
	}
	change(engine)
}

// record appends acts of one day each, from 15 January 2027 on, to the chain of a tenant that has none.
func record(t *testing.T, engine store.Engine, tenant store.Tenant, who string, acts int) {
	t.Helper()
	for n := range acts {
		var events outbox.Pending
		err := journal.Record(&events, journal.Act{Who: who, Kind: "annex.signed", When: time.Date(2027, 1, 15+n, 23, 59, 59, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		event := events.Events[0]
		event.ID = fmt.Sprintf("event-%d", n)
		err = journal.New(engine).Append(t.Context(), outbox.Delivery{Event: event, Tenant: tenant, Collection: "annexes", Document: "a1"})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// kept makes a folder of data with two chains, of 3 and 1 entries.
func kept(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "data")
	withStore(t, folder, func(engine store.Engine) {
		record(t, engine, "structure-1", "person-1", 3)
		record(t, engine, "region-1", "person-1", 1)
	})
	return folder
}

// The heads of the chains of kept: they change only when what is stored or hashed does, which must not.
const (
	regionHead    = "1:750d79776a8771403256e807a4ec3f770d65f39bdeb0105a9a3ace5e9cc36681"
	structureHead = "3:25806fbde7c72d467cc1a49b97bf58d9b304e2178616c7e5ff95837f885ff4f4"
)

func TestJournalVerifyCountsTheEntriesOrNamesTheFirstBrokenLink(t *testing.T) {
	t.Parallel()
	data := kept(t)
	equal(t, answer{exitDone, "region-1: 1 entry, head " + regionHead + "\nstructure-1: 3 entries, head " + structureHead + "\n4 entries, journal intact\n", ""},
		run(t, "journal", "verify", "--data", data, "--language", "en"))
	equal(t, answer{exitDone, "structure-1 : 3 entrées, tête " + structureHead + "\n3 entrées, journal intact\n", ""},
		run(t, "journal", "verify", "--data", data, "--tenant", "structure-1").plain())
	equal(t, answer{exitDone, "structure-1: 3 entries, head " + structureHead + "\n3 entries, journal intact\n", ""},
		world{environment: map[string]string{"GARANT_DATA": data}}.run(t, "journal", "verify", "--tenant", "structure-1", "--head", structureHead, "--language", "en"))

	withStore(t, data, func(engine store.Engine) {
		if err := engine.Delete(t.Context(), "journal", "structure-1", "000000000002", 0); err != nil {
			t.Fatal(err)
		}
	})
	broken := run(t, "journal", "verify", "--data", data, "--language", "en")
	equal(t, answer{exitWrong, "region-1: 1 entry, head " + regionHead + "\n", "structure-1: chain broken at entry 2: it is missing, and others follow it\n"}, broken)
	asJSON := run(t, "journal", "verify", "--data", data, "--format", "json", "--language", "en")
	equal(t, answer{exitWrong, asJSON.Out, broken.Err}, asJSON)
	got := decode[journalJSON](t, asJSON.Out)
	equal(t, journalJSON{2, []chainJSON{
		{"region-1", 1, regionHead, nil}, {"structure-1", 1, got.Chains[1].Head, &breakJSON{2, journal.Missing}},
	}}, got)
}

func TestJournalVerifyHoldsTheChainsAgainstNotedHeads(t *testing.T) {
	t.Parallel()
	data, folder := kept(t), t.TempDir()
	heads := filepath.Join(folder, "heads.txt")
	equal(t, answer{exitDone, "", ""}, run(t, "journal", "head", "--data", data, "--out", heads))
	shown := run(t, "journal", "head", "--data", data, "--format", "json")
	list := decode[journalHeadsJSON](t, shown.Out).Heads
	equal(t, []journalHeadJSON{{"region-1", 1, list[0].Hash}, {"structure-1", 3, list[1].Hash}}, list)
	equal(t, answer{exitDone, "4 entries, journal intact\n", ""}, last(run(t, "journal", "verify", "--data", data, "--heads", heads, "--language", "en")))

	remove := func(engine store.Engine, tenant store.Tenant, ids ...string) {
		if err := engine.DeleteMany(t.Context(), "journal", tenant, ids); err != nil {
			t.Fatal(err)
		}
	}
	withStore(t, data, func(engine store.Engine) { // a chain made anew, and one gone
		remove(engine, "structure-1", "000000000001", "000000000002", "000000000003")
		record(t, engine, "structure-1", "person-2", 3)
		remove(engine, "region-1", "000000000001")
	})
	equal(t, answer{exitDone, "3 entries, journal intact\n", ""}, last(run(t, "journal", "verify", "--data", data, "--language", "en")))
	equal(t, answer{exitWrong, "", "structure-1: chain broken at entry 3: it is no longer that of the noted head: the chain was rewritten\n" +
		"region-1: chain broken at entry 1: it is missing, and the end of the chain with it: a noted head goes further\n"},
		last(run(t, "journal", "verify", "--data", data, "--heads", heads, "--language", "en")))
	one := world{stdin: string(read(t, heads))}.run(t, "journal", "verify", "--data", data, "--tenant", "region-1", "--heads", "-", "--language", "en")
	equal(t, answer{exitWrong, "", "region-1: chain broken at entry 1: it is missing, and the end of the chain with it: a noted head goes further\n"}, one)
}

// last keeps the last line of what was printed.
func last(a answer) answer {
	lines := strings.SplitAfter(strings.TrimSuffix(a.Out, "\n"), "\n")
	a.Out = lines[len(lines)-1]
	if a.Out != "" {
		a.Out += "\n"
	}
	return a
}

func TestJournalExportsAllOrSomeDays(t *testing.T) {
	t.Parallel()
	data, folder := kept(t), t.TempDir()
	file := filepath.Join(folder, "journal.csv")
	equal(t, answer{exitDone, file + ": 4 entries\n", ""}, run(t, "journal", "export", "--data", data, "--out", file, "--language", "en"))
	whole := run(t, "journal", "export", "--data", data)
	equal(t, answer{exitDone, string(read(t, file)), ""}, whole)
	equal(t, 5, strings.Count(whole.Out, "\r\n"))

	some := run(t, "journal", "export", "--data", data, "--tenant", "structure-1", "--format", "jsonl", "--from", "2027-01-16", "--to", "2027-01-16")
	equal(t, exitDone, some.Code)
	type line struct {
		Tenant, Who, Act, Object, When string
		Sequence                       int
	}
	equal(t, line{"structure-1", "person-1", "annex.signed", "annexes/a1", "2027-01-16T23:59:59.000Z", 2}, decode[line](t, some.Out))

	nowhere := filepath.Join(folder, "none", "journal.csv")
	failed := run(t, "journal", "export", "--data", data, "--out", nowhere, "--language", "en")
	equal(t, answer{exitFailed, "", nowhere + ": cannot be written: this file or folder does not exist\n"}, failed)
	equal(t, []string{"journal.csv"}, names(t, folder))
}

func TestJournalSaysWhatIsWrongWithTheLine(t *testing.T) {
	t.Parallel()
	data, folder := kept(t), t.TempDir()
	heads := write(t, folder, "heads.txt", []byte("# heads\n2027-01-15T08:00:00Z structure-1 3\n"))
	missing := filepath.Join(folder, "none")
	p := speak(t, locale.English)
	usage := func(command, text string) answer {
		return answer{exitUsage, "", "garant: " + text + "\nSee “garant journal" + command + " --help”.\n"}
	}
	for name, test := range map[string]struct {
		args []string
		want answer
	}{
		"nothing to do":    {nil, usage("", "say what to do with the journal: verify, head or export")},
		"an argument":      {[]string{"verify", "x"}, usage(" verify", "“x” is one too many on this line")},
		"a head of nobody": {[]string{"verify", "--data", data, "--head", structureHead}, usage(" verify", "--head goes with --tenant, which says whose chain it is")},
		"no head": {[]string{"verify", "--data", data, "--tenant", "structure-1", "--head", "3"},
			usage(" verify", "--head: “3” is not a head, which is written sequence:hash with 64 hexadecimal digits")},
		"no date":        {[]string{"export", "--data", data, "--to", "16/01/2027"}, usage(" export", "--to: “16/01/2027” is not a date, such as 2027-01-15")},
		"no chain":       {[]string{"verify", "--data", data, "--tenant", "structure-2"}, answer{exitWrong, "", "garant: " + p.Error(fault.NewNotFound("journal.no-chain", "tenant", "structure-2")) + "\n"}},
		"no head there":  {[]string{"head", "--data", data, "--tenant", "structure-2"}, answer{exitWrong, "", "garant: " + p.Error(fault.NewNotFound("journal.no-chain", "tenant", "structure-2")) + "\n"}},
		"no line":        {[]string{"verify", "--data", data, "--heads", heads}, answer{exitWrong, "", lines(p, fault.Problem{File: heads, Line: 2, Key: "journal.bad-line"})}},
		"no heads":       {[]string{"verify", "--data", data, "--heads", missing}, answer{exitWrong, "", lines(p, fault.Problem{File: missing, Key: "cli.no-file"})}},
		"no data":        {[]string{"verify", "--data", missing}, answer{exitWrong, "", lines(p, fault.Problem{File: missing, Key: "cli.copy.no-data"})}},
		"no such format": {[]string{"export", "--data", data, "--format", "xml"}, usage(" export", "--format: “xml” is not allowed; formats: csv, jsonl")},
	} {
		t.Run(name, func(t *testing.T) { // one after the other: they open one folder
			equal(t, test.want, run(t, append([]string{"journal", "--language", "en"}, test.args...)...))
		})
	}
}

func TestThePortalAppendsActsAndNotesTheHeadsOfTheirChains(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	data, heads := filepath.Join(folder, "data"), filepath.Join(folder, "heads.txt")
	withStore(t, data, func(engine store.Engine) {
		loaded, err := words()
		if err != nil {
			t.Fatal(err)
		}
		p := program{out: io.Discard, err: io.Discard, clauses: clauses.Files, questionnaires: questionnaires.Files, words: loaded}
		portal, err := p.assemble(Config{}, engine, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if err != nil {
			t.Fatal(err)
		}
		service := &supplier.Service{}
		if err := journal.Record(&service.Events, journal.Act{Who: "person-1", Kind: "service.opened", When: time.Unix(0, 0)}); err != nil {
			t.Fatal(err)
		}
		for _, schema := range supplier.Schemas() {
			if schema.Collection == "services" {
				err = store.NewCollection[supplier.Service](engine, schema).In("structure-1").Insert(t.Context(), service)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if delivered, err := portal.events.RunOnce(t.Context()); delivered != 1 || err != nil {
			t.Fatal(delivered, err)
		}
	})
	for range 2 { // what an earlier start noted stays
		r := serve(t, "--data", data, "--journal-heads", heads)
		equal(t, heads, r.line(t, "heads")["heads"])
		equal(t, exitDone, r.end())
	}
	equal(t, 2, strings.Count(string(read(t, heads)), " structure-1 1:"))
	equal(t, answer{exitDone, "1 entry, journal intact\n", ""}, last(run(t, "journal", "verify", "--data", data, "--heads", heads, "--language", "en")))
	if info, err := os.Stat(heads); err != nil || info.Mode().Perm()&0o044 == 0 {
		t.Errorf("an auditor cannot read the heads: %v %v", info, err)
	}
}
