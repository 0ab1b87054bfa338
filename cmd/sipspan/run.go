package main

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"sipspan/internal/app"
)

func newRun() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run [flags] [-i INTERFACE ...]",
		Short: "The daemon: capture on live interfaces",
		Long: `Capture on live interfaces until SIGINT or SIGTERM, which end it in order; a second signal ends it at once.
Records go to the folder exporters.files.directory, metrics to exporters.prometheus.listen.

SIGHUP reads the configuration again, SIGUSR1 logs a status line. Live capture needs CAP_NET_RAW, in
promiscuous mode as well.`,
		Example: `  sipspan run -i eth1
  sipspan run -i eth1 -i eth2 --out /var/lib/sipspan --listen :9596
  sipspan run --config /etc/sipspan/sipspan.yaml
  sipspan run --hep-listen udp:192.0.2.5:9060
  sipspan run -i eth1 --store /var/lib/sipspan/history --web-listen 9580
  SIPSPAN_CAPTURE_INTERFACES=eth1 sipspan run`,
		Args: func(cmd *cobra.Command, args []string) error {
			err := noArguments(cmd, args)
			if err != nil {
				err = errors.Join(err, errors.New("name interfaces with -i"))
			}
			return err
		},
	}
	s := commonFlags(cmd)
	flags := cmd.Flags()
	flags.StringArrayP("interface", "i", nil, "capture on this `interface`; may be repeated")
	flags.StringArray("hep-listen", nil, "receive HEP of capture agents on this `address`, such as udp:127.0.0.1:9060; may be repeated")
	flags.String("filter", "", "BPF `expression` for the kernel (default: what may be SIP, without RTP)")
	flags.String("snaplen", "", "`bytes` kept of each packet (default 256KiB)")
	flags.Bool("promiscuous", true, "receive packets that are addressed to other machines")
	flags.String("buffer-size", "", "kernel buffer of each interface, in `bytes` (default 64MiB)")
	flags.Bool("immediate", false, "deliver each packet as it arrives; costs throughput")
	flags.String("out", "", "write record files into this `folder`")
	flags.String("format", "", "`form` of the record files: jsonl or csv (default jsonl)")
	flags.String("listen", "", "serve metrics on this `address:port`")
	flags.String("web-listen", "", "serve the page on this `port` of this machine, or on this address:port")
	flags.String("store", "", "keep records for searching in this `folder`")
	flags.String("user", "", "when root has started it, become this `user` once interfaces and ports are open (default sipspan, if there is one)")
	flags.StringArray("tls-key-log", nil, "decrypt TLS with the secrets in this key log `file`, which is followed while it grows; may be repeated")
	flags.Bool("all-transactions", false, "a record for every other request, not only for those that failed")
	for flag, key := range map[string]string{
		"interface":        "capture.interfaces",
		"hep-listen":       "hep.listen",
		"filter":           "capture.filter",
		"snaplen":          "capture.snaplen",
		"promiscuous":      "capture.promiscuous",
		"buffer-size":      "capture.buffer_size",
		"immediate":        "capture.immediate",
		"out":              "exporters.files.directory",
		"format":           "exporters.files.format",
		"listen":           "exporters.prometheus.listen",
		"web-listen":       "web.listen",
		"store":            "exporters.store.directory",
		"user":             "rights.user",
		"tls-key-log":      "tls.key_log",
		"all-transactions": "session.all_transactions",
	} {
		s.bind(cmd, flag, key)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return capturing(cmd.Context(), s, cmd.ErrOrStderr())
	}
	return cmd
}

// capturing runs the daemon until a signal ends it.
func capturing(ctx context.Context, s *settings, stderr io.Writer) error {
	loaded, log, err := s.start(stderr)
	if err != nil {
		return err
	}
	if len(loaded.Config.Capture.Interfaces) == 0 && len(loaded.Config.HEP.Listen) == 0 {
		return &usageError{err: app.ErrNothing}
	}
	loaded.Config.Limits.Apply()
	var beside sync.WaitGroup
	defer beside.Wait()
	ctx, stop := untilStopped(ctx)
	defer stop()
	beside.Go(func() { loaded.Config.Limits.Follow(ctx) })
	reload, status, release := requests()
	defer release()
	version, revision := buildVersion()
	return app.Capture(ctx, app.Capturing{
		Config: loaded.Config, Load: s.load, Log: log, Reload: reload, Status: status, Version: version, Revision: revision,
	})
}
