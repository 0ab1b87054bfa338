package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sipspan/internal/app"
	"sipspan/record"
)

func newCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [--config FILE]",
		Short: "Validate the configuration",
		Long: `Validate the configuration that results from the file, the environment and the flags: names, types,
values and the capture filter. Then open what the daemon would open on this machine, and close it again: interfaces, addresses,
folders and keys. Every fault is reported, one line each. Exit status 2 if there is one.

With --values the machine is left alone, for the configuration of another one, or for that of sipspan read; so it is with --dump.`,
		Example: `  sipspan check --config /etc/sipspan/sipspan.yaml
  sipspan check --values --config reading.yaml
  SIPSPAN_LOG_LEVEL=debug sipspan check --dump`,
		Args: noArguments,
	}
	s := commonFlags(cmd)
	dump := cmd.Flags().Bool("dump", false, "print the configuration in force as YAML, with the origin of each value")
	values := cmd.Flags().Bool("values", false, "check the values alone, not what the daemon needs on this machine")
	cmd.Flags().StringArrayP("interface", "i", nil, "check for capture on this `interface`; may be repeated")
	s.bind(cmd, "interface", "capture.interfaces")
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
		if !*values {
			faults, doubts := app.Rehearse(loaded.Config)
			for _, doubt := range doubts {
				fmt.Fprintln(cmd.ErrOrStderr(), "sipspan: warning:", record.Visible(doubt.Error()))
			}
			if err := errors.Join(faults...); err != nil {
				return &usageError{err: err}
			}
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), "The configuration is valid.")
		return err
	}
	return cmd
}
