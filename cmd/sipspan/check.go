package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sipspan/internal/app"
)

func newCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [--config FILE]",
		Short: "Validate the configuration",
		Long: `Validate the configuration that results from the file, the environment and the flags: names, types,
values and the capture filter. Every fault is reported, one line each. Exit status 2 if there is one.`,
		Example: `  sipspan check --config /etc/sipspan/sipspan.yaml
  SIPSPAN_LOG_LEVEL=debug sipspan check --dump`,
		Args: noArguments,
	}
	s := commonFlags(cmd)
	dump := cmd.Flags().Bool("dump", false, "print the configuration in force as YAML, with the origin of each value")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		loaded, err := s.load()
		if err != nil {
			return err
		}
		if err := app.Check(&loaded.Config); err != nil {
			return err
		}
		for _, warning := range loaded.Warnings {
			fmt.Fprintln(cmd.ErrOrStderr(), "sipspan: warning:", warning)
		}
		if *dump {
			return loaded.WriteYAML(cmd.OutOrStdout())
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), "The configuration is valid.")
		return err
	}
	return cmd
}
