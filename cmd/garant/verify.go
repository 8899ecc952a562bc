package main

import (
	"fmt"
	"strings"

	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/clause"
	"github.com/garant-sante/garant/internal/locale"
)

// verdictJSON is what `garant annex --verify --format json` prints.
type verdictJSON struct {
	File        string       `json:"file"`
	Untouched   bool         `json:"untouched"`
	Fingerprint string       `json:"fingerprint"` // recomputed from the text
	Expected    string       `json:"expected"`    // the one that the document carries
	Changes     []changeJSON `json:"changes"`
	Adapted     []string     `json:"adapted,omitempty"` // clauses that are the structure's own wording
}

type changeJSON struct {
	Kind  string `json:"kind"` // changed, missing, added, inserted, moved
	ID    string `json:"id"`   // of the clause or the family; "parties"; empty for the order of all
	Title string `json:"title"`
}

// verifyAnnex recomputes the fingerprint of an annex from its own text and names what changed.
func (p *program) verifyAnnex(f annexFlags) error {
	if f.out != "" || f.template != "" || f.format.value != "" && f.format.value != asJSON {
		return misuse("cli.usage.verify-alone")
	}
	data, err := p.read(f.verify, maxWord)
	if err != nil {
		return err
	}
	verdict, err := annex.Verify(data)
	if err != nil {
		return placed(err, f.verify)
	}
	var library *clause.Library
	if !verdict.Intact() {
		if library, err = p.loadClauses(); err != nil {
			return err
		}
	}
	changes := make([]changeJSON, 0, len(verdict.Changes))
	ids := make([]string, 0, len(verdict.Changes))
	for _, d := range verdict.Changes {
		change := p.change(d, library)
		changes = append(changes, change)
		if change.ID != "" {
			ids = append(ids, change.ID)
		}
	}
	var adapted []string
	if verdict.Adapted != "" {
		adapted = strings.Split(verdict.Adapted, ", ")
	}
	if f.format.value == asJSON {
		err = p.printJSON(verdictJSON{f.verify, verdict.Intact(), verdict.Fingerprint, verdict.Expected, changes, adapted})
	} else if verdict.Intact() {
		_, err = fmt.Fprintln(p.out, p.printer.T("cli.verify.untouched", "file", f.verify, "fingerprint", verdict.Fingerprint))
	} else {
		err = p.printChanges(changes)
	}
	if err == nil && f.format.value != asJSON && len(adapted) > 0 {
		_, err = fmt.Fprintln(p.out, p.printer.T("cli.verify.adapted", "count", len(adapted), "ids", verdict.Adapted))
	}
	if err != nil {
		return failed("cli.failed.write", standard, err)
	}
	if verdict.Intact() {
		return nil
	}
	p.complain(f.verify + ": " + p.printer.T("cli.verify.touched", "count", len(changes), "ids", strings.Join(ids, ", ")))
	return found{exitWrong}
}

// printChanges prints one line a change: what, id, heading.
func (p *program) printChanges(changes []changeJSON) error {
	for _, c := range changes {
		line := p.printer.T("cli.verify." + c.Kind)
		if c.ID != "" {
			line += " " + c.ID
		}
		if c.Title != "" {
			line += " " + c.Title
		}
		if _, err := fmt.Fprintln(p.out, line); err != nil {
			return err
		}
	}
	return nil
}

// change names a difference: the heading as it stands in the document or, where the article is gone, in the library.
func (p *program) change(d annex.Difference, library *clause.Library) changeJSON {
	c := changeJSON{d.Kind, d.Place, d.Title}
	switch {
	case strings.Contains(d.Place, "PARTIES"):
		return changeJSON{d.Kind, "parties", p.printer.T("cli.verify.parties")}
	case d.Kind == "inserted":
		c.Title = quoted(d.Title)
	case c.Title != "":
	default:
		if known, ok := library.Clause(d.Place); ok {
			c.Title = locale.Typography(p.printer.Language(), known.Title.In(p.printer.Language()))
		} else if family, ok := library.Family(d.Place); ok {
			c.Title = locale.Typography(p.printer.Language(), family.Title.In(p.printer.Language()))
		}
	}
	return c
}

// quoted shortens what somebody inserted to what a line can show.
func quoted(text string) string {
	const longest = 60
	if runes := []rune(text); len(runes) > longest {
		text = strings.TrimSpace(string(runes[:longest-1])) + "…"
	}
	return text
}
