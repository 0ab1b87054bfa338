package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"sipspan/internal/app"
	"sipspan/record"
	"sipspan/view/difference"
)

// comparing holds the flags of “sipspan compare”.
type comparing struct {
	*inputs
	choosing *choosing
	json     bool
}

func newCompare() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "compare [flags] A B",
		Short: "Compare two captures, folders or record files",
		Long: `Compare two inputs: how calls, registrations and subscriptions ended, why requests failed and where, and how
long things took. Each input is a capture, a trace log, a folder, or a record file of the daemon.

What differs is named only where the numbers carry it: where chance alone would make one difference in fewer than
one of twenty comparisons of two inputs. What does not differ so far is listed after that, with its numbers.`,
		Example: `  sipspan compare monday.pcap tuesday.pcap
  sipspan compare /var/captures/before /var/captures/after --peer 192.0.2.0/24
  sipspan compare a.pcap b.pcap --json | jq '.rows[] | select(.differs)'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &usageError{err: fmt.Errorf("%s takes two inputs, and not %d", cmd.CommandPath(), len(args)), help: cmd.CommandPath()}
			}
			return nil
		},
	}
	in := inputFlags(cmd)
	c := &comparing{inputs: in, choosing: choosingFlags(cmd, in)}
	cmd.Flags().BoolVar(&c.json, "json", false, "print the comparison as one JSON object")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

func (c *comparing) run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	choice, err := c.choosing.choice()
	if err != nil {
		return err
	}
	ctx, stop := untilStopped(ctx)
	defer stop()
	var sides [2]*difference.Side
	var faults error
	for i := range sides {
		sides[i] = difference.NewSide()
		looking, err := c.looking(args[i:i+1], stderr)
		if err != nil {
			return err
		}
		looking.Config.Limits.Apply()
		if i == 0 {
			looking.Config.Limits.CollectSeldom()
		}
		faults = errors.Join(faults, app.Records(ctx, looking, func(r record.Record) error {
			if choice.Match(r) {
				sides[i].Add(r)
			}
			return nil
		}))
	}
	result := difference.Of(sides[0], sides[1])
	switch {
	case len(result.Rows) == 0:
		return errors.Join(faults, errors.New("nothing to compare: no call, registration, subscription or failure matches on either side"))
	case c.json:
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		err = e.Encode(result)
	default:
		err = result.Write(stdout, args[0], args[1])
	}
	return errors.Join(err, faults)
}
