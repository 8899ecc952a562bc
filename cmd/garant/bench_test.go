package main

import (
	"testing"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/questionnaires"
)

// BenchmarkLibraries reads both libraries as the program does at its start.
func BenchmarkLibraries(b *testing.B) {
	p := program{clauses: clauses.Files, questionnaires: questionnaires.Files}
	for b.Loop() {
		if _, _, err := p.libraries(); err != nil {
			b.Fatal(err)
		}
	}
}
