package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sipspan/internal/app"
)

// inputs holds the flags that say how the inputs of a command that looks at records are read.
type inputs struct {
	settings *settings
	filter   string
	zone     string
	stores   []string
	hep      bool
	date     string
}

// inputFlags gives cmd the flags for its inputs.
func inputFlags(cmd *cobra.Command) *inputs {
	in := &inputs{settings: commonFlags(cmd)}
	flags := cmd.Flags()
	flags.StringVar(&in.filter, "filter", "", "read only packets that match this BPF `expression`")
	flags.StringVar(&in.zone, "zone", "", "`name` of the time zone of trace logs that do not name theirs, such as Europe/Berlin or UTC")
	hepFlag(flags, &in.hep)
	flags.StringVar(&in.date, "date", "", dateUsage)
	flags.StringArray("tls-key-log", nil, "decrypt TLS with the secrets in this key log `file`; may be repeated")
	in.settings.bind(cmd, "tls-key-log", "tls.key_log")
	return in
}

// storeFlag gives cmd the flag for stores, with which it needs no other input.
func (in *inputs) storeFlag(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&in.stores, "store", nil, "look in the store in this `folder` (exporters.store.directory); may be repeated")
	_ = cmd.MarkFlagDirname("store")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(in.stores) > 0 {
			return nil
		}
		return someInput(cmd, args)
	}
}

// hepFlag adds the flag for captures of HEP.
func hepFlag(flags *pflag.FlagSet, yes *bool) {
	flags.BoolVar(yes, "hep", false, "take the messages out of HEP packets, captured on their way to a collector such as Homer")
}

// looking gathers what the records are read with.
func (in *inputs) looking(args []string, stderr io.Writer) (l app.Looking, err error) {
	loaded, log, err := in.settings.start(stderr)
	if err != nil {
		return l, err
	}
	if in.filter != "" {
		if err := app.CheckFilter(in.filter); err != nil {
			return l, &usageError{err: fmt.Errorf("flag --filter: %w", err)}
		}
	}
	for _, folder := range in.stores {
		if err := app.CheckStore(folder); err != nil {
			return l, fmt.Errorf("flag --store: %w", err)
		}
	}
	args = append(slices.Clone(in.stores), args...)
	zone, err := zoneNamed("zone", in.zone, nil)
	if err != nil {
		return l, err
	}
	date, err := dateNamed(in.date)
	if err != nil {
		return l, err
	}
	return app.Looking{
		Config: loaded.Config, Log: log.Logger, Inputs: args, Zone: zone, Date: date, Filter: in.filter, HEP: in.hep, Progress: newProgress(stderr),
	}, nil
}
