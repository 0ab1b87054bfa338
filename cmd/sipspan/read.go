package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"sipspan/internal/app"
)

// reading holds the flags of “sipspan read” that are not keys of the configuration.
type reading struct {
	settings *settings
	json     bool
	alerts   bool
	notify   bool
	out      string
	filter   string
	hep      bool
	zone     string
	date     string
	tz       string
	html     string
}

func newRead() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "read [flags] FILE|FOLDER|- ...",
		Short: "Analyse saved captures and trace logs",
		Long: `Analyse saved captures: pcap and pcapng, uncompressed, gzip or zstd; the content decides, not the name.
SIP trace logs are read as well: of Lync and Skype for Business, Kamailio, Asterisk, FreeSWITCH, SIPp,
sngrep and tshark -V. What a log does not say is absent from the records, and their flags say so.
Folders are searched, - is standard input, and several files are merged by time as if they were one.

By default, prints a readable report. Exit status 1 if an input could not be read or was cut short; what
could be read is reported in any case.`,
		Example: `  sipspan read trunk.pcap
  sipspan read --json /var/captures | jq 'select(.record == "call" and .disposition == "failed")'
  sipspan read --alerts monday.pcap
  sipspan read --html monday.html monday.pcap
  sipspan read --json --zone Europe/Berlin fe01-trace.log /var/log/asterisk/full
  sipspan read --out records --format csv monday.pcapng.gz tuesday.pcapng.gz
  sipspan read --filter 'host 192.0.2.10' trunk.pcap
  ssh probe tcpdump -i eth1 -w - -c 10000 | sipspan read -`,
		Args: someInput,
	}
	r := &reading{settings: commonFlags(cmd)}
	flags := cmd.Flags()
	flags.BoolVar(&r.json, "json", false, "print every record as one JSON object per line, and nothing else")
	flags.BoolVar(&r.alerts, "alerts", false, "evaluate the alert rules in packet time, and report the alerts that the daemon would have raised")
	flags.BoolVar(&r.notify, "notify", false, "also deliver these alerts to the Alertmanagers, the webhook and the command of the configuration")
	flags.StringVar(&r.html, "html", "", "write the report as a page of HTML that stands alone into this `file`; - for standard output")
	flags.StringVar(&r.tz, "tz", "", "`name` of the time zone in which the report shows times, such as UTC (default: the local one)")
	flags.StringVar(&r.out, "out", "", "write the records into files by type in this `folder`")
	flags.String("format", "", "`form` of the files of --out: jsonl or csv (default jsonl)")
	flags.StringVar(&r.filter, "filter", "", "read only packets that match this BPF `expression`")
	flags.StringArray("tls-key-log", nil, "decrypt TLS with the secrets in this key log `file`; may be repeated")
	hepFlag(flags, &r.hep)
	flags.StringVar(&r.zone, "zone", "", "`name` of the time zone of trace logs that do not name theirs, such as Europe/Berlin or UTC")
	flags.StringVar(&r.date, "date", "", dateUsage)
	flags.Bool("all-transactions", false, "a record for every other request, not only for those that failed")
	r.settings.bind(cmd, "out", "exporters.files.directory")
	r.settings.bind(cmd, "format", "exporters.files.format")
	r.settings.bind(cmd, "tls-key-log", "tls.key_log")
	r.settings.bind(cmd, "all-transactions", "session.all_transactions")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return r.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

// someInput refuses a command line without anything to read.
func someInput(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return &usageError{err: errors.New("nothing to read: name a capture file, a folder, or - for standard input"), help: cmd.CommandPath()}
	}
	return nil
}

func (r *reading) run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	loaded, log, err := r.settings.start(stderr)
	if err != nil {
		return err
	}
	if r.filter != "" {
		if err := app.CheckFilter(r.filter); err != nil {
			return &usageError{err: fmt.Errorf("flag --filter: %w", err)}
		}
	}
	zone, err := zoneNamed("zone", r.zone, nil)
	if err != nil {
		return err
	}
	date, err := dateNamed(r.date)
	if err != nil {
		return err
	}
	local, err := zoneNamed("tz", r.tz, time.Local)
	if err != nil {
		return err
	}
	if r.html != "" && r.json {
		return &usageError{err: errors.New("flags --html and --json: choose one of them")}
	}
	if r.notify && !r.alerts {
		return &usageError{err: errors.New("flag --notify: no alerts are raised without --alerts")}
	}
	ctx, stop := untilStopped(ctx)
	defer stop()
	loaded.Config.Limits.Apply()
	loaded.Config.Limits.CollectSeldom()
	read := app.Reading{
		Config: loaded.Config, Log: log.Logger, Inputs: args, Zone: zone, Date: date, Filter: r.filter, HEP: r.hep, Alerts: r.alerts, Notify: r.notify,
		Files: r.out != "", JSON: r.json, HTML: r.html != "", Local: local, Output: stdout, Progress: newProgress(stderr),
	}
	if r.html == "" || r.html == "-" {
		return app.Read(ctx, read)
	}
	return intoFile(r.html, func(w io.Writer) (whole bool, err error) {
		read.Output = w
		err = app.Read(ctx, read)
		return ctx.Err() == nil, err
	})
}
