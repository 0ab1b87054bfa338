package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/notify/file"
	"sipspan/exporters/prometheus"
	"sipspan/internal/fault"
	"sipspan/internal/httpserver"
	"sipspan/internal/logging"
	"sipspan/pipeline"
	"sipspan/record/privacy"
)

// flushEvery is how often a running exporter writes what it holds back and looks at the clock.
const flushEvery = time.Second

// running is the daemon at work.
type running struct {
	settings *settings
	log      *logging.Log
	config   config.Config // in force
	pipeline *pipeline.Pipeline
	files    *recordFiles // nil: none are written
	alerts   *file.File   // nil: none is written
	queues   exporters.Queues
	captures *exporters.Queue   // in front of queues, for alerts; nil: they get no captures
	metrics  *httpserver.Server // nil: none are served
	watching *watching          // nil: there are no alerts
	watchdog watchdog
	reading  atomic.Bool   // packets are taken from the interfaces
	lost     *atomic.Int32 // interfaces that are gone; nil: nobody counts them
	started  time.Time
}

// newDaemon starts the exporters, prepares the pipeline over the sources and opens the port of the metrics.
func newDaemon(s *settings, log *logging.Log, c config.Config, sources []pipeline.Source) (*running, error) {
	d := &running{settings: s, log: log, config: c, started: time.Now()}
	veil, err := openVeil(c.Privacy)
	if err != nil {
		return nil, err
	}
	if err := d.export(); err != nil {
		return nil, errors.Join(err, d.queues.Close())
	}
	if metrics := &c.Exporters.Prometheus.Content; c.Exporters.Prometheus.HTTP.Enabled {
		c.Session.TopUserAgents, c.Session.TopDomains = metrics.TopUserAgents, metrics.TopDomains
	}
	p := pipeline.Settings{Pipeline: c.Pipeline, Reassembly: c.Reassembly, Session: c.Session, KeepCopies: !c.Capture.Deduplicate, Live: true, Logger: log.Logger}
	if c.Alerts.Enabled {
		d.watching = &watching{config: c.Alerts, sensor: c.Session.Sensor}
		if path := c.Alerts.MemoryFile; path != "" {
			d.watching.memory = &remembering{path: path, log: log.Logger, every: rememberEvery}
		}
		p.Watch = d.watching.start
	}
	sink := veil.Put(d.queues.Put)
	if captures := c.Exporters.Alert.Pcap; captures.Folder != "" && c.Alerts.Enabled {
		folder, err := openCaptures(captures, &d.pipeline)
		if err != nil {
			return nil, errors.Join(err, d.queues.Close())
		}
		p.Recent = captures.Ring
		sink, d.captures = beforeCaptures(folder, log.Logger, sink)
	}
	d.pipeline = pipeline.New(p, sources, sink)
	d.watchdog.beats = d.pipeline.Heartbeats
	if err := d.listen(veil); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *running) listen(veil *privacy.Veil) (err error) {
	c := &d.config.Exporters.Prometheus
	if !c.HTTP.Enabled {
		return nil
	}
	v, revision := buildVersion()
	metrics := prometheus.NewHandler(c.Content, prometheus.Options{
		Snapshot: func() prometheus.Snapshot { return scrape(d.pipeline, d.stats(), d.watching) },
		Build:    prometheus.Build{Version: v, Revision: revision},
		Veil:     prometheus.Veil{CallID: veil.CallID, UserAgent: veil.UserAgent, Domain: veil.Domain},
		Logger:   d.log.Logger,
		Timeout:  httpserver.WriteTimeout - time.Second,
	}, d.started)
	d.metrics, err = httpserver.Listen(c.HTTP, []httpserver.Page{
		{Path: "/metrics", Title: "metrics for Prometheus", Handler: metrics},
		{Path: "/healthz", Title: "200 while the program does its work", Handler: httpserver.Check(d.watchdog.alive)},
		{Path: "/readyz", Title: "200 while packets are being captured", Handler: httpserver.Check(d.ready)},
	}, d.log.Logger)
	return err
}

// run captures until ctx ends or no source is left, and then finishes what is open: batches, sessions, record files, and
// last the metrics, which show how it ended.
func (d *running) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	serving, quit := context.WithCancel(context.WithoutCancel(ctx))
	defer quit()
	context.AfterFunc(ctx, func() { notify(daemon.SdNotifyStopping) })
	reload, status, release := requests() // before systemd hears that it may send them
	defer release()
	var beside sync.WaitGroup
	beside.Go(func() { defer fault.Catch(); d.attend(ctx, reload, status) })
	beside.Go(func() { defer fault.Catch(); d.watchdog.run(ctx) })
	if d.watching != nil {
		beside.Go(func() { defer fault.Catch(); d.watching.tellDrops(ctx, d.pipeline) })
		if m := d.watching.memory; m != nil {
			beside.Go(func() { defer fault.Catch(); m.keep(ctx, d.watching.engine) })
		}
	}
	var server sync.WaitGroup
	server.Go(func() { d.serve(serving) })

	d.log.Info("capturing", "interfaces", d.config.Capture.Interfaces, "sensor", d.config.Session.Sensor,
		"records", orNone(d.config.Exporters.Files.Directory), "metrics", d.metricsAddress())
	notify(daemon.SdNotifyReady)
	d.reading.Store(true)
	err := d.pipeline.Run(ctx)
	d.reading.Store(false)
	stop()
	beside.Wait()
	if d.watching != nil && d.watching.memory != nil {
		d.watching.memory.save(d.watching.engine.Memory()) // the engine has ended with the pipeline
	}
	written := d.close()
	d.status("stopped")
	quit()
	server.Wait()
	return errors.Join(err, written)
}

// serve answers scrapes until ctx ends. A server that fails does not stop the capture.
func (d *running) serve(ctx context.Context) {
	if d.metrics == nil {
		return
	}
	if err := d.metrics.Serve(ctx); err != nil {
		d.log.Error("metrics are no longer served", "err", err)
	}
}

// ready returns an error while no packets are read, or not from every interface.
func (d *running) ready() error {
	if !d.reading.Load() {
		return errors.New("no packets are being read")
	}
	if d.lost != nil && d.lost.Load() > 0 {
		return fmt.Errorf("%d of %d interfaces are gone", d.lost.Load(), len(d.config.Capture.Interfaces))
	}
	return nil
}

func (d *running) metricsAddress() string {
	if d.metrics == nil {
		return "none"
	}
	return d.metrics.Addr().String()
}

// attend answers signals until ctx ends.
func (d *running) attend(ctx context.Context, reload, status <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-reload:
			notify(daemon.SdNotifyReloading)
			if d.alerts != nil {
				d.alerts.Reopen() // whatever becomes of the configuration: somebody may wait for it to rotate the file
			}
			d.reload()
			notify(daemon.SdNotifyReady)
		case <-status:
			d.status("status")
		}
	}
}

// status logs one line about the state.
func (d *running) status(message string) {
	s := d.pipeline.Snapshot()
	a := &s.Account
	lost := uint64(0)
	for _, i := range s.Interfaces {
		lost += i.KernelDropped + i.InterfaceDropped
	}
	dropped := uint64(0)
	for _, n := range a.Dropped {
		dropped += n
	}
	attrs := []any{
		"up", time.Since(d.started).Round(time.Second),
		"packets", a.Packets, "bytes", a.Bytes, "delivered", a.Delivered, "dropped", dropped, "lost_before", lost,
		"messages", s.Session.Messages(),
	}
	for _, q := range d.stats() {
		attrs = append(attrs, slog.Group(q.Name, "queued", q.Queued, "delivered", q.Delivered, "errors", q.Errors))
	}
	d.log.Info(message, attrs...)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
