package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/adaptation"
	"github.com/garant-sante/garant/internal/annex"
	"github.com/garant-sante/garant/internal/identity"
	"github.com/garant-sante/garant/internal/journal"
	"github.com/garant-sante/garant/internal/locale"
	"github.com/garant-sante/garant/internal/mail"
	"github.com/garant-sante/garant/internal/outbox"
	"github.com/garant-sante/garant/internal/store"
	"github.com/garant-sante/garant/internal/supplier"
	"github.com/garant-sante/garant/internal/web"
)

// sweepEvery is how often the sessions that are over are removed.
const sweepEvery = time.Hour

func (p *program) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", GroupID: groupPortal, Args: p.noArgument,
		Short: p.printer.T("cli.serve.short"), Long: p.printer.T("cli.serve.long"),
		Example: p.examples(
			example{"cli.serve.example.local", "garant serve"},
			example{"cli.serve.example.tls", "garant serve --addr :443 --tls-cert garant.crt --tls-key garant.key --public-url https://garant.example"},
			example{"cli.serve.example.mongo", "GARANT_STORE=mongodb://mongo.example/garant garant serve"},
		),
	}
	p.addSettings(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, _, err := p.loadConfig(cmd.Flags())
		if err != nil {
			return asked(cmd, err)
		}
		return asked(cmd, p.serve(cmd.Context(), c))
	}
	return cmd
}

// portal is what serves: the server, and what runs beside it.
type portal struct {
	Config
	server   *web.Server
	people   *identity.Service
	keys     *store.Keys
	files    *store.Files
	events   *outbox.Worker
	journal  *journal.Journal
	letters  *mail.Service
	measures *measures
	log      *slog.Logger
	address  string // what people type in a browser, for links
}

// serve opens the store, puts the portal together and runs it until the program is asked to stop.
func (p *program) serve(ctx context.Context, c Config) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	engine, err := openEngine(ctx, c.where())
	if err != nil {
		return err
	}
	log := c.logger(p)
	defer func() {
		if err := engine.Close(); err != nil {
			log.Error("close the store", "error", err)
		}
	}()
	if err := engine.Declare(ctx, schemas()...); err != nil {
		return failed("cli.failed.store", hidden(c.where()), err)
	}
	portal, err := p.assemble(c, engine, log)
	if err != nil {
		return err
	}
	listener, err := c.listen()
	if err != nil {
		return err
	}
	if err := p.unlock(ctx, portal); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := p.sweepFiles(ctx, portal); err != nil {
		return errors.Join(failed("cli.failed.store", hidden(c.where()), err), listener.Close())
	}
	address := c.address(listener)
	portal.people.Site = address
	portal.address = address
	p.offerPasskeys(portal.people, address, log)
	if err := p.offerIssuers(c, portal.people, address, log); err != nil {
		return errors.Join(err, listener.Close())
	}
	log.Info(p.logged("cli.serve.ready"), "address", address, "store", storeName(engine), "version", p.stamp.version)
	if c.exposed() {
		log.Warn(p.logged("cli.serve.in-clear"), "addr", c.Addr)
	}
	if !portal.letters.Configured() {
		log.Info(p.logged("cli.serve.no-mail"))
	}
	if err := p.announceSetup(ctx, portal.people, address, log); err != nil {
		return errors.Join(err, listener.Close())
	}
	return p.runPortal(ctx, stop, portal, listener)
}

// assemble wires the portal: this is where all of it is put together.
func (p *program) assemble(c Config, engine store.Engine, log *slog.Logger) (*portal, error) {
	clauses, questions, err := p.libraries()
	if err != nil {
		return nil, err
	}
	post, err := c.mailOptions()
	if err != nil {
		return nil, err
	}
	events := outbox.NewWorker()
	events.Log = log
	trail := journal.New(engine)
	events.On(journal.Recorded, trail.Append)
	letters := mail.New(engine, p.words, post, log, time.Now)
	events.On(mail.Requested, letters.Listen)
	letters.Follow(events)
	keys := store.NewKeys(engine)
	people := identity.New(engine, keys, time.Now)
	people.Follow(events)
	people.RequireSecondFactor = true
	events.On(identity.PersonErased, func(ctx context.Context, d outbox.Delivery) error {
		var gone identity.Erased
		if err := d.Into(&gone); err != nil {
			return err
		}
		return letters.Forget(ctx, gone.Person)
	})
	directory := supplier.New(engine, people, events, time.Now)
	wordings := adaptation.NewClauses(engine, clauses, questions, events, time.Now)
	annexes := annex.New(engine, keys, annex.Composer{Library: clauses, Words: p.words}, directory, people, wordings, events, time.Now)
	measures := newMeasures(p.stamp, events.CountDead)
	server := web.New(web.Parts{
		Words: p.words, Clauses: clauses, Questions: questions, People: people, Directory: directory,
		Wordings: wordings, Askings: adaptation.NewQuestions(engine, questions, wordings, events, time.Now), Annexes: annexes,
		Journal: trail, Letters: letters,
		Ready: engine.Ping, Observe: measures.observe, Log: log, Now: time.Now,
		Options: web.Options{
			Public: c.proxied(), Exposed: c.exposed(),
			Version: p.stamp.version, Secure: c.secure(), TrustedProxies: c.TrustedProxies, Language: locale.Language(c.Language),
			Mail: letters.Configured(),
		},
	})
	return &portal{c, server, people, keys, store.NewFiles(engine, keys), events, trail, letters, measures, log, ""}, nil
}

// runPortal serves until the context ends or a listener fails, then lets requests in flight finish. Before it returns,
// all that it started has ended.
func (p *program) runPortal(ctx context.Context, stop func(), portal *portal, listener net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var background sync.WaitGroup
	run := func(what string, serve func() error) {
		background.Go(func() {
			if err := serve(); err != nil {
				cancel(failed("cli.failed.listen", what, err))
			}
		})
	}
	run(portal.Addr, func() error { return portal.server.Serve(listener) })
	if portal.MetricsAddr != "" {
		run(portal.MetricsAddr, func() error {
			metrics, err := net.Listen("tcp", portal.MetricsAddr)
			if err != nil {
				return err
			}
			portal.log.Info(p.logged("cli.serve.metrics"), "address", "http://"+metrics.Addr().String()+"/metrics")
			return portal.measures.serve(ctx, metrics)
		})
	}
	background.Go(func() { portal.events.Run(ctx) })
	background.Go(func() { p.noteHeads(ctx, portal) })
	background.Go(func() { portal.letters.Run(ctx) })
	background.Go(func() { recordFailures(ctx, portal.people, portal.log) })
	background.Go(func() { sweep(ctx, portal.people, portal.log) })
	background.Go(func() { p.sealFiles(ctx, portal) })

	<-ctx.Done()
	stop() // a second Ctrl-C ends at once
	portal.log.Info(p.logged("cli.serve.stopping"), "grace", portal.ShutdownGrace.String())
	within, done := context.WithTimeout(context.WithoutCancel(ctx), portal.ShutdownGrace)
	defer done()
	if err := portal.server.Shutdown(within); err != nil {
		portal.log.Warn(p.logged("cli.serve.cut"), "error", err)
	}
	_ = listener.Close() // closed already, unless the stop came before serving had begun
	background.Wait()
	var broken *failure
	if errors.As(context.Cause(ctx), &broken) {
		return broken
	}
	return nil
}

// where is the store that the settings name.
func (c Config) where() string {
	if c.Store != "" {
		return c.Store
	}
	return c.Data
}

// secure tells whether people reach the portal over TLS, its own or that of a proxy.
func (c Config) secure() bool { return c.TLSCert != "" || strings.HasPrefix(c.PublicURL, "https://") }

// proxied is the public address where a proxy speaks TLS for the portal; empty where the portal does so itself, or nobody.
func (c Config) proxied() string {
	if c.TLSCert != "" || !c.secure() {
		return ""
	}
	return strings.TrimSuffix(c.PublicURL, "/")
}

// exposed tells whether the portal would be reached in clear from other machines, which it then refuses: no certificate, an
// address beyond this machine, and no proxy that is named and speaks TLS.
func (c Config) exposed() bool {
	if c.TLSCert != "" || c.secure() && len(c.TrustedProxies) > 0 {
		return false
	}
	host, _, _ := net.SplitHostPort(c.Addr) // check saw to it
	ip := net.ParseIP(host)
	return host != "localhost" && (ip == nil || !ip.IsLoopback())
}

// listen opens the portal's address, over TLS where a certificate is given.
func (c Config) listen() (net.Listener, error) {
	var settings *tls.Config
	if c.TLSCert != "" {
		certificate, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return nil, failed("cli.failed.certificate", c.TLSCert, err)
		}
		settings = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, failed("cli.failed.listen", c.Addr, err)
	}
	if settings != nil {
		listener = tls.NewListener(listener, settings)
	}
	return listener, nil
}

// address is what to type in a browser: the public one where it is set, else that of this machine.
func (c Config) address(listener net.Listener) string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	host, _, _ := net.SplitHostPort(c.Addr) // check saw to it
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	scheme := "http"
	if c.secure() {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// logger writes the log on the error stream.
func (c Config) logger(p *program) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.level()}
	if c.LogFormat == asJSON {
		return slog.New(slog.NewJSONHandler(p.err, options))
	}
	return slog.New(slog.NewTextHandler(p.err, options))
}

// offerPasskeys lets people sign in with passkeys where browsers have them; elsewhere the log says why not.
func (p *program) offerPasskeys(people *identity.Service, address string, log *slog.Logger) {
	party, err := identity.NewRelyingParty(address)
	if err != nil {
		log.Info(p.logged("cli.serve.no-passkeys"), "why", strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(p.printer.Error(err)))
		return
	}
	people.UsePasskeys(party)
}

// announceSetup puts the one-time link that makes the first structure in the log, until it is used.
func (p *program) announceSetup(ctx context.Context, people *identity.Service, address string, log *slog.Logger) error {
	token, err := people.SetupToken(ctx)
	if err != nil {
		return fmt.Errorf("prepare the set-up link: %w", err)
	}
	if token != "" { // whatever the level: without it nobody can get in
		record := slog.NewRecord(time.Now(), slog.LevelInfo, p.logged("cli.serve.setup"), 0)
		record.Add("link", address+"/setup/"+string(token))
		return log.Handler().Handle(ctx, record)
	}
	return nil
}

// logged says a message of the log, in which the spaces of typography would show as codes.
func (p *program) logged(key string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(p.printer.T(key))
}

// sweep removes the sessions that are over, at once and then every hour.
func sweep(ctx context.Context, people *identity.Service, log *slog.Logger) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := people.Sweep(ctx); err != nil && !errors.Is(err, context.Canceled) {
			log.Error("sweep sessions", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// recordFailures writes down the sign-ins that failed, every minute and once more before the program ends.
func recordFailures(ctx context.Context, people *identity.Service, log *slog.Logger) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for stopped := false; !stopped; {
		select {
		case <-ctx.Done():
			stopped = true
		case <-ticker.C:
		}
		if err := people.RecordFailures(context.WithoutCancel(ctx)); err != nil {
			log.Error("record failed sign-ins", "error", err)
		}
	}
}

// storeName says which engine is in use.
func storeName(engine store.Engine) string {
	if engine.Exclusive() {
		return "sqlite"
	}
	return "mongodb"
}
