package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/garant-sante/garant/internal/identity"
)

// peopleCommand holds what whoever runs the machine does for somebody whom nobody in the portal can help.
func (p *program) peopleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "people", GroupID: groupPortal, Args: p.noArgument,
		Short: p.printer.T("cli.people.short"), Long: p.printer.T("cli.people.long"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		p.onPerson("erase", (*identity.Service).EraseByMail),
		p.onPerson("reset-factors", (*identity.Service).ResetFactorsByMail),
	)
	return cmd
}

// onPerson is a command that does something about the account of a mail address, while no portal has the store open.
func (p *program) onPerson(use string, do func(*identity.Service, context.Context, string) error) *cobra.Command {
	var address string
	key := "cli.people." + use
	cmd := &cobra.Command{
		Use: use, Args: p.noArgument, Short: p.printer.T(key + ".short"), Long: p.printer.T(key + ".long"),
		Example: p.examples(example{key + ".example", "garant people " + use + " --data ./data --mail someone@hopital.example"}),
	}
	cmd.Flags().StringVar(&address, "mail", "", p.printer.T("cli.people.flag.mail"))
	p.addSettings(cmd.Flags(), "data", "store", "public-url")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, _, err := p.loadConfig(cmd.Flags())
		if err == nil && address == "" {
			err = misuse("cli.usage.people-mail")
		}
		if err == nil {
			err = p.aboutPerson(cmd.Context(), c, func(people *identity.Service) error { return do(people, cmd.Context(), address) })
		}
		if err != nil {
			return asked(cmd, err)
		}
		fmt.Fprintln(p.out, p.printer.T(key+".done", "mail", address))
		return nil
	}
	return cmd
}

// aboutPerson opens a store that is there, does what is asked, and delivers what follows it before it closes.
func (p *program) aboutPerson(ctx context.Context, c Config, do func(*identity.Service) error) (err error) {
	engine, err := openPortal(ctx, c.where())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	portal, err := p.assemble(c, engine, c.logger(p))
	if err != nil {
		return err
	}
	portal.people.Site = strings.TrimSuffix(c.PublicURL, "/")
	if err := do(portal.people); err != nil {
		return unlessSaid(c.where(), err)
	}
	_, err = portal.events.RunOnce(ctx)
	return unlessSaid(c.where(), err)
}
