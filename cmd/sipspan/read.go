package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"sipspan/capture/live"
	"sipspan/capture/pcapfile"
	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/files"
	"sipspan/exporters/jsonl"
	"sipspan/exporters/notify/delivery"
	"sipspan/exporters/report"
	"sipspan/internal/logging"
	"sipspan/pipeline"
	"sipspan/record"
)

// fileSensor is the sensor of records from files that nobody named one for: the records of a capture shall be the same
// on every machine.
const fileSensor = "sipspan"

// reading is what the flags of “sipspan read” ask for, beside the configuration.
type reading struct {
	settings *settings
	json     bool
	alerts   bool
	notify   bool
	out      string
	filter   string
}

func newRead() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "read [flags] FILE|FOLDER|- ...",
		Short: "Analyse saved captures",
		Long: `Analyse saved captures: pcap and pcapng, plain or within gzip or zstd, whatever their names. Folders are
searched, - is standard input, and several files are merged by time as if they were one.

Without more, a report for people goes to standard output. Exit status 1 if an input could not be read
or was cut short; what was readable is reported all the same.`,
		Example: `  sipspan read trunk.pcap
  sipspan read --json /var/captures | jq 'select(.record == "call" and .disposition == "failed")'
  sipspan read --alerts monday.pcap
  sipspan read --out records --format csv monday.pcapng.gz tuesday.pcapng.gz
  sipspan read --filter 'host 192.0.2.10' trunk.pcap
  ssh probe tcpdump -i eth1 -w - -c 10000 | sipspan read -`,
		Args: someInput,
	}
	r := &reading{settings: commonFlags(cmd)}
	flags := cmd.Flags()
	flags.BoolVar(&r.json, "json", false, "print every record as one JSON object a line, and nothing else")
	flags.BoolVar(&r.alerts, "alerts", false, "watch as the daemon does, in packet time, and tell of the alerts there would have been")
	flags.BoolVar(&r.notify, "notify", false, "tell the Alertmanagers, the webhook and the command of the configuration of these alerts, too")
	flags.StringVar(&r.out, "out", "", "write the records into files by type in this `folder`")
	flags.String("format", "", "`form` of the files of --out: jsonl or csv (default jsonl)")
	flags.StringVar(&r.filter, "filter", "", "read only packets that match this BPF `expression`")
	flags.Bool("all-transactions", false, "a record for every other request, not only for those that failed")
	r.settings.bind(cmd, "out", "exporters.files.directory")
	r.settings.bind(cmd, "format", "exporters.files.format")
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
		if err := checkFilter(r.filter); err != nil {
			return err
		}
	}
	if r.notify && !r.alerts {
		return &usageError{err: errors.New("flag --notify: there are no alerts to tell of without --alerts")}
	}
	paths, missing := pcapfile.Expand(args)
	if len(paths) == 0 {
		return missing
	}
	ctx, stop := untilStopped(ctx)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	veil, err := openVeil(loaded.Config.Privacy)
	if err != nil {
		return err
	}
	bar := newProgress(stderr)
	source, err := pcapfile.Open(paths, pcapfile.Options{Filter: r.filter, Compile: live.CompileFilter, Progress: bar.update})
	if err != nil {
		return errors.Join(missing, err)
	}
	defer source.Close()
	c := loaded.Config
	var p *pipeline.Pipeline
	var captures captured
	if r.alerts && c.Exporters.Alert.Pcap.Folder != "" {
		if captures.folder, err = openCaptures(c.Exporters.Alert.Pcap, &p); err != nil {
			return err
		}
	}
	queues, err := r.exporters(&c, log, paths, stdout, cancel)
	if err != nil {
		return errors.Join(err, queues.Close())
	}
	captures.next = veil.Put(queues.Put)

	c.Limits.Apply()
	collectSeldom()
	c.Session.Sensor = c.SensorName(func() string { return fileSensor })
	started := time.Now()
	s := pipeline.Settings{Pipeline: c.Pipeline, Reassembly: c.Reassembly, Session: c.Session, KeepCopies: !c.Capture.Deduplicate}
	if r.alerts {
		s.Watch = (&watching{config: c.Alerts, sensor: c.Session.Sensor}).start
	}
	if captures.folder != nil {
		s.Recent = c.Exporters.Alert.Pcap.Ring
	}
	p = pipeline.New(s, []pipeline.Source{source}, captures.put)
	err = errors.Join(p.Run(ctx), captures.err)
	bar.clear()
	snapshot := p.Snapshot()
	unread := source.Errors()
	if snapshot.Account.Packets > 0 || len(unread) == 0 || r.json {
		queues.Put(snapshot.Stats(c.Session.Sensor, time.Since(started)))
	}

	written := queues.Close()
	if cause := context.Cause(ctx); cause != nil && written == nil {
		err = errors.Join(err, fmt.Errorf("stopped before the end of the input: %w", cause))
	}
	return errors.Join(append([]error{missing, err, written}, unread...)...)
}

// collectSeldom lets garbage grow to four times what is in use, unless GOGC says otherwise: a reading keeps little and is
// over soon, and with every record some garbage falls due.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// checkFilter compiles the filter before anything is opened, for it is a fault of the command line.
func checkFilter(expression string) error {
	c := live.DefaultConfig()
	c.Filter = expression
	if err := c.Validate(); err != nil {
		return &usageError{err: fmt.Errorf("flag --filter: %w", err)}
	}
	return nil
}

// exporters starts what takes the records. The first of them that fails stops the reading: nobody wants half of the
// records at the price of all the work. What it met is the error of its queue, so that the log need not tell it as well.
// Who is told of alerts beside that holds up nothing and stops nothing.
func (r *reading) exporters(c *config.Config, log *logging.Log, paths []string, stdout io.Writer, failed func(error)) (queues exporters.Queues, err error) {
	start := func(name string, e exporters.Exporter, takes func(record.Record) bool) {
		queues = append(queues, exporters.NewQueue(e, exporters.Options{
			Name: name, Block: true, Takes: takes, Logger: slog.New(slog.DiscardHandler), Failed: failed,
		}))
	}
	if r.out != "" {
		f, err := files.Open(c.Exporters.Files, log.Logger, nil)
		if err != nil {
			return queues, err
		}
		start("files", f, nil)
	}
	if path := c.Exporters.Alert.File; r.alerts && path.Path != "" {
		f, err := openAlertFile(path)
		if err != nil {
			return queues, err
		}
		start("alert_file", f, delivery.IsAlert)
	}
	if r.notify {
		told, err := notified(&c.Exporters.Alert, log.Logger)
		if queues = append(queues, told...); err != nil {
			return queues, err
		}
	}
	if r.json {
		start("json", jsonl.NewStream(stdout), nil)
		return queues, nil
	}
	options := report.For(stdout)
	options.Sources = paths
	start("report", report.New(stdout, options), nil)
	return queues, nil
}
