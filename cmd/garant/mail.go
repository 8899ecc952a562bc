package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/mail"
)

// mailPatience is how long a mail server may take with a test message.
const mailPatience = time.Minute

// mailCommand holds what is done about mail from the command line.
func (p *program) mailCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "mail", GroupID: groupPortal, Args: p.noArgument,
		Short: p.printer.T("cli.mail.short"), Long: p.printer.T("cli.mail.long"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.mailTestCommand())
	return cmd
}

func (p *program) mailTestCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use: "test", Args: p.noArgument,
		Short: p.printer.T("cli.mail.test.short"), Long: p.printer.T("cli.mail.test.long"),
		Example: p.examples(
			example{"cli.mail.test.example", "GARANT_SMTP_PASSWORD=… garant mail test --smtp smtps://garant@mail.example --mail-from garant@hopital.example --to me@hopital.example"},
		),
	}
	cmd.Flags().StringVar(&to, "to", "", p.printer.T("cli.mail.test.flag.to"))
	p.addSettings(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, _, err := p.loadConfig(cmd.Flags())
		switch {
		case err != nil:
			return asked(cmd, err)
		case to == "":
			return asked(cmd, misuse("cli.usage.mail-to"))
		case c.SMTP == "":
			return asked(cmd, misuse("cli.usage.mail-no-server"))
		}
		return p.testMail(cmd.Context(), c, to)
	}
	return cmd
}

// testMail sends a test message and says what became of it.
func (p *program) testMail(ctx context.Context, c Config, to string) error {
	options, err := c.mailOptions()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, mailPatience)
	defer cancel()
	if err := mail.SendTest(ctx, p.words, options, p.printer.Language(), to); err != nil {
		return err
	}
	fmt.Fprintln(p.out, p.printer.T("cli.mail.test.done", "server", options.Server.Address(), "to", to))
	return nil
}

// mailOptions are where mail leaves from; no server when none is set.
func (c Config) mailOptions() (mail.Options, error) {
	if c.SMTP == "" {
		return mail.Options{Site: strings.TrimSuffix(c.PublicURL, "/")}, nil
	}
	server, err := mail.ParseServer(c.SMTP)
	if err != nil {
		return mail.Options{}, err // check saw to it
	}
	from, err := sender(c.MailFrom)
	if err != nil {
		return mail.Options{}, err
	}
	server.Password = c.SMTPPassword
	if c.SMTPPasswordFile != "" {
		secret, err := os.ReadFile(c.SMTPPasswordFile)
		if err != nil {
			return mail.Options{}, failed("cli.failed.read", c.SMTPPasswordFile, err)
		}
		server.Password = strings.TrimRight(string(secret), "\r\n")
	}
	if server.Roots, err = authorities(c.SMTPCA); err != nil {
		return mail.Options{}, failed("cli.failed.authorities", c.SMTPCA, err)
	}
	if site, err := url.Parse(c.PublicURL); err == nil {
		server.Hello = site.Hostname()
	}
	return mail.Options{Server: server, From: from, Site: strings.TrimSuffix(c.PublicURL, "/")}, nil
}

// sender reads who mail comes from: an address, with a name or not.
func sender(value string) (*netmail.Address, error) {
	from, err := netmail.ParseAddress(value)
	if err != nil {
		return nil, err
	}
	_, err = mail.ValidAddress(from.Address)
	return from, err
}

// authorities are those of the machine and those of a PEM file; nil, which stands for the machine's, without a file.
func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate in PEM")
	}
	return pool, nil
}
