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

	"github.com/garant-sante/garant/internal/fault"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/vault"
)

// maxKeyFile is the most that is read of a file of master keys, in bytes.
const maxKeyFile = 64 << 10

// unlock gives the portal its master keys: those of the settings, else those of the file beside the folder of data, which
// is made at the first start. A portal on a server shares its store with others, so nothing is made for it: without a key
// it runs, and what needs one is refused. A key that was lost is never replaced in silence.
func (p *program) unlock(ctx context.Context, c Config, people *identity.Service, log *slog.Logger) error {
	masters, err := p.masters(ctx, c, people, log)
	if err != nil || masters == nil {
		return err
	}
	if err := people.UseMasters(ctx, masters); err != nil {
		return err
	}
	log.Debug(p.logged("cli.serve.unlocked"), "key", masters.Current())
	return nil
}

func (p *program) masters(ctx context.Context, c Config, people *identity.Service, log *slog.Logger) (*vault.Masters, error) {
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
	held, err := people.Sealed(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for sealed secrets: %w", err)
	}
	switch {
	case held:
		return nil, fault.NewUnavailable("vault.master-lost", "file", file)
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
