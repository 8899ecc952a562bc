// Command ferrettest is the server the tests of store/mongo talk to: FerretDB on SQLite, behind a proxy that carries
// one command at a time. It is a module of its own so that none of its dependencies reach the product's go.mod.
//
// It prints the mongodb:// address to connect to on a line of standard output, and ends when its standard input is
// closed (so it never outlives the test that started it, killed or not) or on SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	dir := flag.String("dir", "", "existing folder the databases are kept in")
	address := flag.String("listen", "127.0.0.1:0", "loopback address to serve; port 0 takes a free one")
	flag.Parse()
	debug.SetGCPercent(400) // FerretDB makes much garbage of each document it looks at
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	if err := serve(ctx, *dir, *address); err != nil {
		fmt.Fprintln(os.Stderr, "ferrettest:", err)
		os.Exit(1)
	}
}

// serve runs the database and its proxy until ctx ends.
func serve(ctx context.Context, dir, address string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("-dir %q is not a folder", dir)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	database, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.DiscardHandler),
		Handler:   "sqlite",
		SQLiteURL: "file:" + filepath.ToSlash(dir) + "/?" + pragmas.Encode(),
	})
	if err != nil {
		return fmt.Errorf("start FerretDB: %w", err)
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- database.Run(running) }()
	backend, err := url.Parse(database.MongoDBURI())
	if err != nil {
		return fmt.Errorf("address of FerretDB: %w", err)
	}
	go func() {
		<-running.Done()
		_ = listener.Close()
	}()
	fmt.Printf("mongodb://%s/\n", listener.Addr())
	if err := (&proxy{backend: backend.Host, indexes: newIDIndexes(dir)}).accept(listener); !errors.Is(err, net.ErrClosed) {
		return err
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(closing): // a command that never ends does not keep the process
		return errors.New("FerretDB does not end")
	}
}

// closing is how long commands in progress are waited for.
const closing = 10 * time.Second

// pragmas of every SQLite connection. Rows of 1 MiB want large pages; the folder is gone after the test, so nothing
// waits for the disk.
var pragmas = url.Values{"_pragma": {"busy_timeout(10000)", "page_size(65536)", "cache_size(-65536)", "synchronous(off)"}}
