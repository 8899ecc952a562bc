package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/vault"
)

// maxKeyFile is the most that is read of a file of master keys, in bytes.
const maxKeyFile = 64 << 10

// unlock gives the portal its master keys: those of the settings, else those of the file beside the folder of data, which
// is made at the first start. A portal on a server shares its store with others, so nothing is made for it: without a key
// it runs, and what needs one is refused. A key that was lost is never replaced in silence.
func (p *program) unlock(ctx context.Context, portal *portal) error {
	masters, err := p.masters(ctx, portal.Config, portal.keys, portal.log)
	if err != nil || masters == nil {
		return err
	}
	rewrapped, err := portal.keys.UseMasters(ctx, masters)
	if err != nil {
		return err
	}
	portal.log.Debug(p.logged("cli.serve.unlocked"), "key", masters.Current())
	if rewrapped > 0 {
		portal.log.Info(p.logged("cli.serve.rewrapped"), "key", masters.Current(), "count", rewrapped)
	}
	return nil
}

// sealFiles seals what an earlier version stored in clear, while the portal serves.
func (p *program) sealFiles(ctx context.Context, portal *portal) {
	count, err := portal.files.SealClear(ctx)
	if count > 0 {
		portal.log.Info(p.logged("cli.serve.sealed"), "count", count)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		portal.log.Error("seal files stored in clear", "error", err)
	}
}

// sweepFiles removes what an earlier run left of files, before anybody stores one.
func (p *program) sweepFiles(ctx context.Context, portal *portal) error {
	count, err := portal.files.Sweep(ctx)
	if count > 0 {
		portal.log.Info(p.logged("cli.serve.swept"), "count", count)
	}
	return err
}

func (p *program) masters(ctx context.Context, c Config, keys *store.Keys, log *slog.Logger) (*vault.Masters, error) {
	if c.MasterKey != "" {
		return vault.ParseMasters(c.MasterKey)
	}
	file, err := c.keyFile()
	if err != nil {
		return nil, err
	}
	if file != "" {
		masters, err := p.readMasters(file, log)
		if !errors.Is(err, fs.ErrNotExist) || c.MasterKeyFile != "" {
			return masters, err
		}
	}
	needed, err := keys.Needed(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for keys: %w", err)
	}
	switch {
	case len(needed) > 0 && file == "":
		return nil, fault.NewUnavailable("vault.master-missing", "key", strings.Join(needed, ", "))
	case len(needed) > 0:
		return nil, fault.NewUnavailable("vault.master-lost", "file", file, "key", strings.Join(needed, ", "))
	case file == "":
		log.Warn(p.logged("cli.serve.no-key"))
		return nil, nil
	}
	return p.makeMaster(file, log)
}

// keyFile is the file of master keys: the one of the settings, else the one beside the folder of data; empty for a server.
// It stands outside of the folder, so that a copy of the data is not one of the key.
func (c Config) keyFile() (string, error) {
	if c.MasterKeyFile != "" || isServer(c.where()) {
		return c.MasterKeyFile, nil
	}
	folder, err := filepath.Abs(c.Data)
	if err != nil {
		return "", failed("cli.failed.read", c.Data, err)
	}
	return folder + ".key", nil
}

func (p *program) readMasters(file string, log *slog.Logger) (*vault.Masters, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, failed("cli.failed.read", file, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		log.Warn(p.logged("cli.serve.key-open"), "file", file)
	}
	text, err := p.read(file, maxKeyFile)
	if err != nil {
		return nil, err
	}
	masters, err := vault.ParseMasters(string(text))
	return masters, placed(err, file)
}

// makeMaster draws the first master key into a file that its owner alone reads.
func (p *program) makeMaster(file string, log *slog.Logger) (*vault.Masters, error) {
	text, err := vault.NewMaster()
	if err != nil {
		return nil, err
	}
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, text+"\n")
		return err
	}
	if err := create(file, write, 0o600); err != nil {
		return nil, failed("cli.failed.write", file, err)
	}
	syncFolder(filepath.Dir(file))
	log.Warn(p.logged("cli.serve.key-made"), "file", file)
	return vault.ParseMasters(text)
}
