package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

const rootLong = `sipspan watches SIP passively. It reads packets from saved captures or from live interfaces, such as the
SPAN port of a switch, and reports the outcome of every call, registration and subscription: who was
called, how it ended, how long it took, and why it failed.`

const rootExample = `  sipspan read trunk.pcap                        a report on a saved capture
  sipspan read --json /var/captures | jq .       every record as JSON
  sipspan calls trunk.pcap --status 5xx          the calls that failed so
  sipspan show trunk.pcap --user alice           one call with its ladder
  sipspan run -i eth1 --config sipspan.yaml      the daemon
  sipspan check --config sipspan.yaml --dump     the configuration in force`

// run executes one command line. status turns the error that it returns into messages and an exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return root.ExecuteContext(ctx)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "sipspan",
		Short:         "Passive SIP monitor",
		Long:          rootLong,
		Example:       rootExample,
		SilenceErrors: true,
		SilenceUsage:  true,

		SuggestionsMinimumDistance: 2,
		Args:                       knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(cmd.ErrOrStderr())
			_ = cmd.Help()
			return &usageError{err: errors.New("a command is missing")}
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{err: err, help: cmd.CommandPath()}
	})
	root.AddCommand(newRead(), newCalls(), newRegistrations(), newSubscriptions(), newFailures(), newShow(), newTUI(), newExtract(), newCompare(), newRun(), newCheck(), newVersion(), newMan())
	versionFlag(root)
	return root
}

// knownCommand refuses a word that is not a command and suggests similar ones.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q", args[0])
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		err = fmt.Errorf("%w; did you mean %s?", err, strings.Join(like, " or "))
	}
	return &usageError{err: err, help: cmd.CommandPath()}
}

// noArguments refuses arguments where a command takes flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{err: fmt.Errorf("%s takes no argument such as %q", cmd.CommandPath(), args[0]), help: cmd.CommandPath()}
	}
	return nil
}
