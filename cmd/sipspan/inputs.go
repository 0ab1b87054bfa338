package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"sipspan/internal/app"
)

// inputs holds the flags that say how the inputs of a command that looks at records are read.
type inputs struct {
	settings *settings
	filter   string
	zone     string
}

// inputFlags gives cmd the flags for its inputs.
func inputFlags(cmd *cobra.Command) *inputs {
	in := &inputs{settings: commonFlags(cmd)}
	flags := cmd.Flags()
	flags.StringVar(&in.filter, "filter", "", "read only packets that match this BPF `expression`")
	flags.StringVar(&in.zone, "zone", "", "`name` of the time zone of trace logs that do not name theirs, such as Europe/Berlin or UTC")
	flags.StringArray("tls-key-log", nil, "decrypt TLS with the secrets in this key log `file`; may be repeated")
	in.settings.bind(cmd, "tls-key-log", "tls.key_log")
	return in
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
	zone, err := zoneNamed("zone", in.zone, nil)
	if err != nil {
		return l, err
	}
	return app.Looking{Config: loaded.Config, Log: log.Logger, Inputs: args, Zone: zone, Filter: in.filter, Progress: newProgress(stderr)}, nil
}
