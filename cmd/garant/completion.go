package main

import (
	"github.com/spf13/cobra"
)

func (p *program) completionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "completion", GroupID: groupRest, Args: p.noArgument,
		Short: p.printer.T("cli.completion.short"), Long: p.printer.T("cli.completion.long"),
		Example: p.examples(
			example{"cli.completion.example.bash", "garant completion bash > /etc/bash_completion.d/garant"},
			example{"cli.completion.example.zsh", `garant completion zsh > "${fpath[1]}/_garant"`},
			example{"cli.completion.example.fish", "garant completion fish > ~/.config/fish/completions/garant.fish"},
			example{"cli.completion.example.powershell", "garant completion powershell | Out-String | Invoke-Expression"},
		),
		RunE: func(cmd *cobra.Command, _ []string) error { return asked(cmd, misuse("cli.usage.completion")) },
	}
	for _, shell := range []struct {
		name  string
		write func(root *cobra.Command) error
	}{
		{"bash", func(root *cobra.Command) error { return root.GenBashCompletionV2(p.out, true) }},
		{"zsh", func(root *cobra.Command) error { return root.GenZshCompletion(p.out) }},
		{"fish", func(root *cobra.Command) error { return root.GenFishCompletion(p.out, true) }},
		{"powershell", func(root *cobra.Command) error { return root.GenPowerShellCompletionWithDesc(p.out) }},
	} {
		cmd.AddCommand(&cobra.Command{
			Use: shell.name, Short: p.printer.T("cli.completion.shell", "shell", shell.name), Args: p.noArgument,
			RunE: func(cmd *cobra.Command, _ []string) error {
				if err := shell.write(cmd.Root()); err != nil {
					return failed("cli.failed.write", standard, err)
				}
				return nil
			},
		})
	}
	return cmd
}
