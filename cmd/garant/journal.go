package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/store"
)

// maxHeads is the largest file of noted heads that is read, in bytes: years of daily lines of a region.
const maxHeads = 64 << 20

func (p *program) journalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "journal", GroupID: groupPortal, Args: p.noArgument,
		Short: p.printer.T("cli.journal.short"), Long: p.printer.T("cli.journal.long"),
		Example: p.examples(
			example{"cli.journal.example.verify", "garant journal verify --data ./data"},
			example{"cli.journal.example.head", "garant journal head --data ./data --out heads.txt"},
			example{"cli.journal.example.export", "garant journal export --data ./data --out journal.csv"},
		),
		RunE: func(cmd *cobra.Command, _ []string) error { return asked(cmd, misuse("cli.usage.journal")) },
	}
	cmd.AddCommand(p.journalVerifyCommand(), p.journalHeadCommand(), p.journalExportCommand())
	return cmd
}

// chains is the part of a journal that a command is about.
type chains struct {
	*journal.Journal
	tenants []store.Tenant
	named   bool // with --tenant: only that one is meant
}

// onJournal makes of a command one that works on the journal of a store, named as for `garant serve`, and on one tenant of
// it or all.
func (p *program) onJournal(cmd *cobra.Command, do func(context.Context, chains) error) *cobra.Command {
	cmd.Args = p.noArgument
	p.addSettings(cmd.Flags(), "data", "store")
	tenant := cmd.Flags().String("tenant", "", p.printer.T("cli.journal.flag.tenant"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, _, err := p.loadConfig(cmd.Flags())
		if err == nil {
			err = p.openJournal(cmd.Context(), c.where(), store.Tenant(*tenant), do)
		}
		return asked(cmd, err)
	}
	return cmd
}

// openJournal opens the journal of a store for what is to be done with it.
func (p *program) openJournal(ctx context.Context, where string, tenant store.Tenant, do func(context.Context, chains) error) (err error) {
	engine, err := openPortal(ctx, where)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	c := chains{journal.New(engine), []store.Tenant{tenant}, tenant != ""}
	if !c.named {
		c.tenants, err = c.Tenants(ctx)
	}
	if err == nil {
		err = do(ctx, c)
	}
	return unlessSaid(where, err)
}

// unlessSaid makes a failure of the store of an error that has no words yet.
func unlessSaid(where string, err error) error {
	var (
		answer found
		usage  *usageError
		known  *failure
	)
	if err == nil || fault.KindOf(err) != "" || errors.As(err, &answer) || errors.As(err, &usage) || errors.As(err, &known) {
		return err
	}
	return failed("cli.failed.store", hidden(where), err)
}

// journalHeadsJSON is what `garant journal head --format json` prints.
type journalHeadsJSON struct {
	Heads []journalHeadJSON `json:"heads"`
}

type journalHeadJSON struct {
	Tenant   store.Tenant `json:"tenant"`
	Sequence int64        `json:"sequence"`
	Hash     journal.Hash `json:"hash"`
}

func (p *program) journalHeadCommand() *cobra.Command {
	var (
		out    string
		format *format
	)
	cmd := p.onJournal(&cobra.Command{
		Use: "head", Short: p.printer.T("cli.journal.head.short"), Long: p.printer.T("cli.journal.head.long"),
		Example: p.examples(example{"cli.journal.example.head", "garant journal head --data ./data --out heads.txt"}),
	}, func(ctx context.Context, c chains) error {
		heads := make([]journal.Head, len(c.tenants))
		for i, tenant := range c.tenants {
			var err error
			if heads[i], err = c.Head(ctx, tenant); err != nil {
				return err
			}
			if heads[i].Sequence == 0 {
				return fault.NewNotFound("journal.no-chain", "tenant", string(tenant))
			}
		}
		if format.value == asJSON {
			list := journalHeadsJSON{[]journalHeadJSON{}}
			for _, head := range heads {
				list.Heads = append(list.Heads, journalHeadJSON(head))
			}
			return p.printJSON(list)
		}
		var text bytes.Buffer
		if err := journal.WriteHeads(&text, time.Now(), heads); err != nil {
			return err
		}
		return p.write(out, text.Bytes())
	})
	cmd.Flags().StringVar(&out, "out", standard, p.printer.T("cli.journal.flag.out"))
	format = p.formatFlag(cmd, p.printer.T("cli.flag.format-json"), asJSON)
	return cmd
}

func (p *program) journalExportCommand() *cobra.Command {
	var (
		out, from, to string
		format        *format
	)
	cmd := p.onJournal(&cobra.Command{
		Use: "export", Short: p.printer.T("cli.journal.export.short"), Long: p.printer.T("cli.journal.export.long"),
		Example: p.examples(
			example{"cli.journal.example.export", "garant journal export --data ./data --out journal.csv"},
			example{"cli.journal.example.lines", "garant journal export --data ./data --format jsonl --from 2027-01-01 --to 2027-03-31"},
		),
	}, func(ctx context.Context, c chains) error {
		filter, err := days(from, to)
		if err != nil {
			return err
		}
		var written int64
		err = p.stream(out, func(w io.Writer) (err error) {
			written, err = c.Export(ctx, w, journal.Format(format.value), filter, c.tenants...)
			return err
		})
		var disk *fs.PathError
		switch {
		case errors.As(err, &disk):
			return failed("cli.failed.write", out, err)
		case err != nil || out == standard:
			return err
		}
		fmt.Fprintln(p.out, p.printer.T("cli.journal.exported", "count", written, "file", out))
		return nil
	})
	cmd.Flags().StringVar(&out, "out", standard, p.printer.T("cli.journal.flag.out"))
	format = p.formatFlag(cmd, p.printer.T("cli.journal.flag.format"), string(journal.CSV), string(journal.JSONLines))
	format.value, cmd.Flags().Lookup("format").DefValue = string(journal.CSV), string(journal.CSV)
	cmd.Flags().StringVar(&from, "from", "", p.printer.T("cli.journal.flag.from"))
	cmd.Flags().StringVar(&to, "to", "", p.printer.T("cli.journal.flag.to"))
	_ = cmd.MarkFlagFilename("out", "csv", "jsonl")
	return cmd
}

// days makes a filter of two dates, both of them in it, as days of UTC.
func days(from, to string) (journal.Filter, error) {
	var f journal.Filter
	for _, end := range []struct {
		flag, text string
		more       int
		into       *time.Time
	}{{"--from", from, 0, &f.From}, {"--to", to, 1, &f.To}} {
		if end.text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, end.text)
		if err != nil {
			return f, misuse("cli.usage.date", "from", end.flag, "value", end.text)
		}
		*end.into = day.AddDate(0, 0, end.more)
	}
	return f, nil
}
