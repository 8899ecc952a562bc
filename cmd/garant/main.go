// Command garant drafts the security annex of a contract, keeps the library of clauses whole, and serves the portal.
package main

import (
	"context"
	"os"

	"github.com/caarlos0/env/v11"

	"github.com/garant-sante/garant/clauses"
	"github.com/garant-sante/garant/questionnaires"
)

// Stamped by the build: -ldflags "-X main.version=1.2.0 -X main.commit=0a1b2c3". What is not stamped is read from the
// build's own information, see build.
var (
	version string
	commit  string
)

func main() {
	p := program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		environment: env.ToMap(os.Environ()),
		clauses:     clauses.Files, questionnaires: questionnaires.Files,
		stamp: stamp(version, commit),
	}
	os.Exit(p.run(context.Background(), os.Args[1:]))
}
