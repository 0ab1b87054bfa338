package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/notify/alertmanager"
	alertcommand "sipspan/exporters/notify/command"
	"sipspan/exporters/notify/delivery"
	"sipspan/exporters/notify/file"
	"sipspan/exporters/notify/pcap"
	"sipspan/exporters/notify/webhook"
	"sipspan/internal/httpserver"
	"sipspan/internal/wire"
	"sipspan/pipeline"
	"sipspan/record"
)

// notified starts the destinations of alerts that tell somebody: Alertmanagers, webhook and command. What was started is
// returned with an error too.
func notified(c *config.AlertDelivery, log *slog.Logger) (queues exporters.Queues, err error) {
	start := func(name string, e exporters.Exporter) { queues = append(queues, c.Delivery.NewQueue(name, e, log)) }
	for i, url := range c.Alertmanager.URLs {
		a, err := alertmanager.Open(c.Alertmanager, url, c.Delivery.Retry(), time.Now)
		if err != nil {
			return queues, alertError("alertmanager", err)
		}
		name := "alert_alertmanager"
		if i > 0 {
			name = fmt.Sprintf("%s_%d", name, i+1) // no address: it may hold a password
		}
		start(name, a)
	}
	if c.Webhook.URL != "" {
		w, err := webhook.Open(c.Webhook)
		if err != nil {
			return queues, alertError("webhook", err)
		}
		start("alert_webhook", w)
	}
	if len(c.Command.Args) > 0 {
		cmd, err := alertcommand.Open(c.Command, log)
		if err != nil {
			return queues, alertError("command", err)
		}
		start("alert_command", cmd)
	}
	return queues, nil
}

// alertError is a fault of the configuration of alerts that shows only when it is put to use.
func alertError(key string, err error) error {
	return &usageError{err: fmt.Errorf("exporters.alert.%s: %w", key, err)}
}

// The names of the files of alerts in the folder that systemd gives to the service: of the alerts, and of what is usual.
const (
	alertFile  = "alerts.jsonl"
	memoryFile = "alerts.memory"
)

// inState fills in where alerts and their memory are written when the configuration does not say: into the folder of the
// service.
func inState(c *config.Config) {
	state := os.Getenv(stateDirectory)
	if state == "" {
		return
	}
	if path := &c.Exporters.Alert.File.Path; *path == "" {
		*path = filepath.Join(state, alertFile)
	}
	if c.Alerts.MemoryFile == "" {
		c.Alerts.MemoryFile = filepath.Join(state, memoryFile)
	}
}

// externalURL is where the metrics of this machine are found, "" where nobody knows.
func externalURL(c httpserver.Config) string {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil || !c.Enabled || port == "0" {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		host = hostName()
	}
	scheme := "http"
	if c.WebConfigFile != "" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/metrics"
}

// openAlertFile opens the file that alerts are appended to.
func openAlertFile(c file.Config) (*file.File, error) {
	f, err := file.Open(c)
	if err != nil {
		return nil, alertError("file", err)
	}
	return f, nil
}

// openCaptures opens the folder for captures of alerts. The pipeline is there by the time of the first alert.
func openCaptures(c pcap.Config, p **pipeline.Pipeline) (*pcap.Folder, error) {
	f, err := pcap.Open(c, func(callIDs []string) []pcap.Message { return seen((*p).Recent(callIDs)) })
	if err != nil {
		return nil, alertError("pcap", err)
	}
	return f, nil
}

// seen makes of messages what a capture is made of.
func seen(all []pipeline.Message) []pcap.Message {
	out := make([]pcap.Message, len(all))
	for i := range all {
		m := &all[i].Meta
		out[i] = pcap.Message{
			Time: m.Time, Src: m.Src, Dst: m.Dst, Stream: m.Transport != wire.UDP, Cut: m.Flags&record.Truncated != 0,
			Raw: all[i].Raw, Of: all[i].Of,
		}
	}
	return out
}

// mostCaptures is how many alerts wait for their captures at most.
const mostCaptures = 1000

// beforeCaptures puts a queue for alerts in front of next: there they get their captures. All other records go straight on.
func beforeCaptures(f *pcap.Folder, log *slog.Logger, next func(record.Record)) (func(record.Record), *exporters.Queue) {
	q := exporters.NewQueue(pcap.NewStage(f, next), exporters.Options{
		Name: "alert_pcap", Size: mostCaptures, DropOldest: true, FlushEvery: flushEvery, Logger: log,
		// No time to drain is set: no alert waits longer for its capture than the stage is patient, and when the disk hangs
		// those behind it go on at once.
	})
	return func(r record.Record) {
		if delivery.IsAlert(r) {
			q.Put(r)
			return
		}
		next(r)
	}, q
}

// captured gives alerts their captures before they go to next, and keeps the first error.
type captured struct {
	folder *pcap.Folder // nil: there are none
	next   func(record.Record)
	err    error
}

// put is the sink of a pipeline.
func (c *captured) put(r record.Record) {
	if a, ok := r.(*record.Alert); ok && c.folder != nil {
		b, err := c.folder.Attach(a)
		if err != nil && c.err == nil {
			c.err = err
		}
		r = b
	}
	c.next(r)
}
