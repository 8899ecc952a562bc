package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/store/mongo"
	"github.com/garant-sante/garant/internal/store/sqlite"
	"github.com/garant-sante/garant/internal/supplier"
)

// schemas are those of every package that stores documents.
func schemas() []store.Schema {
	return slices.Concat(journal.Schemas(), identity.Schemas(), supplier.Schemas(), adaptation.Schemas(), annex.Schemas(), mail.Schemas())
}

func (p *program) copyCommand() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use: "copy", GroupID: groupPortal, Args: p.noArgument,
		Short: p.printer.T("cli.copy.short"), Long: p.printer.T("cli.copy.long"),
		Example: p.examples(
			example{"cli.copy.example.up", "garant copy --from ./data --to mongodb://mongo.example/garant"},
			example{"cli.copy.example.down", "garant copy --from mongodb://mongo.example/garant --to ./data"},
		),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" || to == "" {
				return asked(cmd, misuse("cli.usage.copy"))
			}
			return asked(cmd, p.copyStore(cmd.Context(), from, to))
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&from, "from", "", p.printer.T("cli.copy.flag.from"))
	cmd.Flags().StringVar(&to, "to", "", p.printer.T("cli.copy.flag.to"))
	return cmd
}

// databaseFile is what a folder of data holds once a portal ran on it.
const databaseFile = "garant.db"

// copyStore moves a whole portal from one store to another, empty one.
func (p *program) copyStore(ctx context.Context, from, to string) (err error) {
	source, err := openPortal(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := openEngine(ctx, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	count, err := store.Copy(ctx, source, target, schemas()...)
	if fault.KindOf(err) != "" {
		return err
	}
	if err != nil {
		return failed("cli.failed.store", hidden(to), err)
	}
	fmt.Fprintln(p.out, p.printer.T("cli.copy.done", "count", count))
	masters, err := store.NewKeys(source).Needed(ctx)
	if err != nil {
		return failed("cli.failed.store", hidden(from), err)
	}
	for _, name := range masters {
		fmt.Fprintln(p.out, p.printer.T("cli.copy.key", "key", name))
	}
	return nil
}

// openPortal opens a store that a portal ran on already.
func openPortal(ctx context.Context, where string) (store.Engine, error) {
	if !isServer(where) {
		if _, missing := os.Stat(filepath.Join(where, databaseFile)); errors.Is(missing, fs.ErrNotExist) {
			return nil, fault.Problems{{File: where, Key: "cli.copy.no-data"}} // opening it would make an empty one
		}
	}
	engine, err := openEngine(ctx, where)
	if err != nil {
		return nil, err
	}
	if err := engine.Declare(ctx, schemas()...); err != nil {
		return nil, errors.Join(failed("cli.failed.store", hidden(where), err), engine.Close())
	}
	return engine, nil
}

// isServer tells the address of a server from a folder.
func isServer(where string) bool { return strings.Contains(where, "://") }

// openEngine opens a store: the MongoDB server of an address, or else the embedded one of a folder.
func openEngine(ctx context.Context, where string) (store.Engine, error) {
	switch {
	case strings.HasPrefix(where, "mongodb://"), strings.HasPrefix(where, "mongodb+srv://"):
		engine, err := mongo.Open(ctx, where)
		if fault.KindOf(err) == fault.Invalid {
			return nil, misuse("cli.usage.store-address", "value", hidden(where))
		}
		if err != nil {
			return nil, failed("cli.failed.store", hidden(where), err)
		}
		return engine, nil
	case isServer(where):
		return nil, misuse("cli.usage.store-address", "value", hidden(where))
	}
	engine, err := sqlite.Open(where)
	if err != nil {
		return nil, failed("cli.failed.store", where, err)
	}
	return engine, nil
}
