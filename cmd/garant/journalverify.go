package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/store"
)

// headsEvery is how often the heads of the journals are noted.
const headsEvery = 24 * time.Hour

// journalJSON is what `garant journal verify --format json` prints.
type journalJSON struct {
	Entries int64       `json:"entries"` // sound ones, of all chains
	Chains  []chainJSON `json:"chains"`
}

type chainJSON struct {
	Tenant  store.Tenant `json:"tenant"`
	Entries int64        `json:"entries"`          // sound ones, from the first
	Head    string       `json:"head"`             // "sequence:hash" of the last sound one
	Broken  *breakJSON   `json:"broken,omitempty"` // the first broken link
}

type breakJSON struct {
	Sequence int64          `json:"sequence"`
	Reason   journal.Reason `json:"reason"`
}

func (p *program) journalVerifyCommand() *cobra.Command {
	var (
		head, heads string
		format      *format
	)
	cmd := p.onJournal(&cobra.Command{
		Use: "verify", Short: p.printer.T("cli.journal.verify.short"), Long: p.printer.T("cli.journal.verify.long"),
		Example: p.examples(
			example{"cli.journal.example.verify", "garant journal verify --data ./data"},
			example{"cli.journal.example.heads", "garant journal verify --data ./data --heads heads.txt"},
		),
	}, func(ctx context.Context, c chains) error {
		noted, err := p.notedHeads(heads)
		if err != nil {
			return err
		}
		if head != "" {
			if !c.named {
				return misuse("cli.usage.journal-head")
			}
			one, err := journal.ParseHead(c.tenants[0], head)
			if err != nil {
				return misuse("cli.usage.journal-bad-head", "value", head)
			}
			noted = append(noted, one)
		}
		return p.verifyJournal(ctx, c, noted, format.value == asJSON)
	})
	cmd.Flags().StringVar(&heads, "heads", "", p.printer.T("cli.journal.flag.heads"))
	cmd.Flags().StringVar(&head, "head", "", p.printer.T("cli.journal.flag.head"))
	format = p.formatFlag(cmd, p.printer.T("cli.flag.format-json"), asJSON)
	return cmd
}

// notedHeads reads a file of heads; none where it is not given.
func (p *program) notedHeads(path string) ([]journal.Head, error) {
	if path == "" {
		return nil, nil
	}
	data, err := p.read(path, maxHeads)
	if err != nil {
		return nil, err
	}
	if len(data) > maxHeads {
		return nil, placed(fault.NewTooLarge("journal.heads-too-big", "limit", maxHeads>>20), path)
	}
	heads, err := journal.ReadHeads(bytes.NewReader(data))
	return heads, placed(err, path)
}

// verifyJournal verifies the chains of tenants, and of those that a head was noted of and whose chain is gone.
func (p *program) verifyJournal(ctx context.Context, c chains, noted []journal.Head, asJSON bool) error {
	for _, head := range noted {
		if !c.named && !slices.Contains(c.tenants, head.Tenant) {
			c.tenants = append(c.tenants, head.Tenant)
		}
	}
	out, broken := journalJSON{Chains: []chainJSON{}}, false
	for _, tenant := range c.tenants {
		report, err := c.Verify(ctx, tenant, noted...)
		if err != nil {
			return err
		}
		chain := chainJSON{Tenant: tenant, Entries: report.Head.Sequence, Head: report.Head.String()}
		if report.Broken != nil {
			chain.Broken, broken = &breakJSON{report.Broken.Sequence, report.Broken.Reason}, true
		}
		out.Entries += chain.Entries
		out.Chains = append(out.Chains, chain)
	}
	if c.named && out.Entries == 0 && !broken {
		return fault.NewNotFound("journal.no-chain", "tenant", string(c.tenants[0]))
	}
	if err := p.printVerified(out, asJSON, broken); err != nil {
		return err
	}
	if broken {
		return found{exitWrong}
	}
	return nil
}

func (p *program) printVerified(out journalJSON, asJSON, broken bool) error {
	if asJSON {
		if err := p.printJSON(out); err != nil {
			return err
		}
	}
	for _, chain := range out.Chains {
		switch {
		case chain.Broken != nil:
			why := p.printer.T("cli.journal.broken." + string(chain.Broken.Reason))
			p.complain(p.printer.T("cli.journal.broken", "tenant", string(chain.Tenant), "sequence", fmt.Sprint(chain.Broken.Sequence), "why", why))
		case !asJSON:
			fmt.Fprintln(p.out, p.printer.T("cli.journal.chain", "tenant", string(chain.Tenant), "count", chain.Entries, "head", chain.Head))
		}
	}
	if !asJSON && !broken {
		fmt.Fprintln(p.out, p.printer.T("cli.journal.verified", "count", out.Entries))
	}
	return nil
}

func appendHeads(ctx context.Context, j *journal.Journal, path string) error {
	heads, err := j.Heads(ctx)
	if err != nil {
		return err
	}
	var lines bytes.Buffer
	if err := journal.WriteHeads(&lines, time.Now(), heads); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	if _, err := file.Write(lines.Bytes()); err != nil {
		return errors.Join(err, file.Close())
	}
	return errors.Join(file.Sync(), file.Close())
}
