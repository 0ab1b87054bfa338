package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"

	"sipspan/alert/memory"
	"sipspan/capture/hep"
	"sipspan/capture/interfaces"
	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/notify/file"
	"sipspan/internal/fault"
	"sipspan/internal/httpserver"
	"sipspan/internal/logging"
	"sipspan/pipeline"
	"sipspan/web"
	"sipspan/web/live"
)

// flushEvery is how often a running exporter is flushed; rotation by time depends on it as well.
const flushEvery = time.Second

// Capturing holds what a run over live interfaces is built from.
type Capturing struct {
	Config            config.Config
	Load              func() (*config.Settings, error) // reads the configuration again
	Log               *logging.Log
	Reload            <-chan os.Signal // a signal asks for Load, and the log file of alerts is opened again
	Status            <-chan os.Signal // a signal asks for a line about the state
	Version, Revision string           // of the program, for the metrics

	listener, web net.Listener // the ports of the metrics and of the page, opened while there were the rights to; nil: they are opened when they are needed
}

// Capture opens the interfaces of the configuration, the addresses for HEP and the ports of the metrics and the page, gives up the rights of root if it has them, and runs until ctx ends. Then it finishes what is
// open, in this order: batches, sessions, record files, metrics. Its error is that of an interface that could not be opened, a
// ConfigError, or what could not be written.
func Capture(ctx context.Context, s Capturing) error {
	sources, set, err := openSources(&s.Config, s.Log.Logger)
	if err != nil {
		return err
	}
	for _, source := range sources {
		defer source.Close()
	}
	if pages := s.Config.Exporters.Prometheus.HTTP; pages.Enabled {
		if s.listener, err = httpserver.Bind(pages); err != nil {
			return err
		}
		defer s.listener.Close()
	}
	if page := pageOf(&s.Config); page.Enabled {
		if s.web, err = httpserver.Bind(page); err != nil {
			return fmt.Errorf("web.listen: %w", err)
		}
		defer s.web.Close()
	}
	opener, err := unprivileged(inService(s.Config), s.Log.Logger)
	if err != nil {
		return err
	}
	defer opener.Close()
	set.OpenWith(opener.Do)
	profiles, err := httpserver.ServePprof(s.Config.Pprof)
	if err != nil {
		return err
	}
	defer profiles()
	d, err := newDaemon(s, sources)
	if err != nil {
		return err
	}
	d.interfaces = set
	return d.capture(ctx)
}

// daemon is a run over live interfaces with its metrics, watchdog and requests.
type daemon struct {
	*run
	given   Capturing
	log     *logging.Log
	files   *recordFiles // nil: none are written
	alerts  *file.File   // nil: none is written
	reloads reloads
	// maxSeries is exporters.prometheus.max_series, for scrapes.
	maxSeries atomic.Int64
	server    *httpserver.Server // nil: no metrics are served
	now       *live.State        // what the page shows; nil: there is no page
	page      *web.Page          // nil: there is none
	watchdog  watchdog
	reading   atomic.Bool // packets are taken from the interfaces
	agents    *hep.Source // what agents send; nil: nothing is received
	started   time.Time

	interfaces *interfaces.Set  // nil: none are captured
	receivers  []receiver       // the destinations of alerts
	board      *exporters.Queue // the alerts of the page; nil: there is no page
	leaving    sync.WaitGroup   // destinations that are gone, and deliver what waits
}

// newDaemon starts the exporters, prepares the pipeline over the sources and opens the port of the metrics.
func newDaemon(s Capturing, sources []pipeline.Source) (*daemon, error) {
	c := inService(s.Config)
	r, err := newRun(c, s.Log.Logger, c.Alerts.Enabled)
	if err != nil {
		return nil, err
	}
	d := &daemon{run: r, given: s, log: s.Log, started: time.Now()}
	d.reloads.succeeded(d.started)
	d.maxSeries.Store(int64(c.Exporters.Prometheus.Content.MaxSeries))
	if path := c.Alerts.MemoryFile; path != "" && d.watching != nil {
		d.watching.memory = memory.NewKeeper(path, s.Log.Logger)
	}
	d.observe()
	if err := d.export(); err != nil {
		return nil, errors.Join(err, d.close())
	}
	for _, source := range sources {
		if agents, ok := source.(*hep.Source); ok {
			d.agents = agents
		}
	}
	d.secrets.expect()
	d.build(sources, true)
	d.remind()
	d.watchdog.beats = d.pipeline.Heartbeats
	if err := d.listen(); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// capture runs until ctx ends or no source is left, and then finishes what is open.
func (d *daemon) capture(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	serving, quit := context.WithCancel(context.WithoutCancel(ctx))
	defer quit()
	context.AfterFunc(ctx, func() { notify(systemd.SdNotifyStopping) })
	var beside sync.WaitGroup
	beside.Go(func() { defer fault.Catch(); d.watchdog.run(ctx) })
	beside.Go(func() { d.secrets.run(ctx) })
	defer d.secrets.keys.Wipe()
	if d.files != nil {
		beside.Go(func() { defer fault.Catch(); d.files.tidy(ctx) })
		beside.Go(func() { defer fault.Catch(); d.files.raise(ctx, d.firing.note(logAlerts(d.run.log, d.queues.Put))) })
	}
	if d.watching != nil {
		beside.Go(func() { defer fault.Catch(); d.watching.reportLoss(ctx, d.pipeline) })
		if m := d.watching.memory; m != nil {
			beside.Go(func() { defer fault.Catch(); m.Keep(ctx, d.watching.engine) })
		}
	}
	var server sync.WaitGroup
	server.Go(func() { d.serve(serving) })
	if d.page != nil {
		server.Go(func() { d.page.Serve(serving) })
	}

	d.log.Info("capturing", "interfaces", d.config.Capture.Interfaces, "hep", d.config.HEP.Listen, "sensor", d.config.Session.Sensor,
		"records", orNone(d.config.Exporters.Files.Directory), "metrics", d.metricsAddress(), "web", d.pageAddress())
	notify(systemd.SdNotifyReady)
	beside.Go(func() { defer fault.Catch(); d.attend(ctx) }) // it may change the configuration, which is not read here any more
	d.keeper.Begin()
	beside.Go(func() { defer fault.Catch(); d.keeper.Run(ctx, d.pipeline.Pack) })
	d.reading.Store(true)
	err := d.pipeline.Run(ctx)
	d.reading.Store(false)
	stop()
	beside.Wait()
	d.keeper.Save(time.Now(), d.pipeline.Suspended())
	if d.watching != nil && d.watching.memory != nil {
		d.watching.memory.Save(d.watching.engine.Memory()) // the engine has ended with the pipeline
		d.watching.memory.Close()
	}
	written := d.close()
	d.leaving.Wait()
	d.keeper.Close()
	d.status("stopped")
	quit()
	server.Wait()
	return errors.Join(err, written)
}

// ready returns an error while no packets are read, or not from every interface, or while some are left out under load.
func (d *daemon) ready() error {
	if !d.reading.Load() {
		return errors.New("no packets are being read")
	}
	return errors.Join(seeing(d.interfaces.States()), keepingUp(d.pipeline.Shedding()))
}

// keepingUp returns an error while something is left out because packets outrun the machine.
func keepingUp(s pipeline.Shedding) error {
	if s == pipeline.ShedNothing {
		return nil
	}
	return fmt.Errorf("packets outrun this machine: left out are %v", s)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
