package app

import (
	"context"
	"time"

	"sipspan/alert/advice"
	"sipspan/capture/interfaces"
	"sipspan/config"
	"sipspan/exporters/prometheus"
	"sipspan/exporters/report"
	"sipspan/internal/httpserver"
	"sipspan/web"
	"sipspan/web/history"
	"sipspan/web/live"
)

// pageOf returns where the page is of a configuration.
func pageOf(c *config.Config) httpserver.Config { return c.Web.HTTP(c.Exporters.Prometheus.HTTP) }

// observe prepares what the page shows, where there is one.
func (d *daemon) observe() {
	if !pageOf(&d.config).Enabled {
		return
	}
	d.now = live.New(live.Source{
		Sensor: d.config.Session.Sensor, Version: d.given.Version, Started: d.started,
		Snapshot: d.snapshot, Ready: d.ready, Alive: d.watchdog.alive,
		Carries: func() *report.Path {
			s := d.pipeline.Snapshot()
			return report.PathOf(d.account(&s, 0))
		},
	})
}

// listen opens the ports of the metrics and of the page.
func (d *daemon) listen() (err error) {
	if err := d.listenMetrics(); err != nil || d.now == nil {
		return err
	}
	d.page, err = web.New(web.Options{
		HTTP: pageOf(&d.config), Listener: d.given.web, State: d.now, Log: d.log.Logger,
		History: history.Open(d.config.Exporters.Store.Directory, d.log.Logger), ShowText: d.config.Session.MessageText,
	})
	return err
}

// listenMetrics opens the port of metrics, health and readiness.
func (d *daemon) listenMetrics() (err error) {
	c := &d.config.Exporters.Prometheus
	if !c.HTTP.Enabled {
		return nil
	}
	whatToDo, err := advice.Page()
	if err != nil {
		return err
	}
	metrics := prometheus.NewHandler(c.Content, prometheus.Options{
		Snapshot: d.snapshot,
		Build:    prometheus.Build{Version: d.given.Version, Revision: d.given.Revision},
		Veil:     prometheus.Veil{CallID: d.veil.CallID, UserAgent: d.veil.UserAgent, Domain: d.veil.Domain},
		Logger:   d.log.Logger,
		Timeout:  httpserver.WriteTimeout - time.Second,
	}, d.started)
	listener := d.given.listener
	if listener == nil {
		if listener, err = httpserver.Bind(c.HTTP); err != nil {
			return err
		}
	}
	d.server = httpserver.New(listener, c.HTTP, []httpserver.Page{
		{Path: "/metrics", Title: "metrics for Prometheus", Handler: metrics},
		{Path: advice.RunbookPath, Title: "what to do about an alert", Handler: httpserver.HTML(whatToDo)},
		{Path: "/healthz", Title: "200 while the program does its work", Handler: httpserver.Check(d.watchdog.alive)},
		{Path: "/readyz", Title: "200 while packets are being captured", Handler: httpserver.Check(d.ready)},
	}, d.log.Logger)
	return nil
}

// snapshot returns all counters at this moment.
func (d *daemon) snapshot() prometheus.Snapshot {
	s := scrape(d.pipeline, d.stats(), d.watching)
	s.MaxSeries = int(d.maxSeries.Load())
	s.Reload = d.reloads.state()
	for _, i := range d.interfaces.States() {
		s.Interfaces = append(s.Interfaces, prometheus.Interface{Name: i.Name, Up: i.Condition == interfaces.Up, Reopened: i.Reopened})
	}
	if d.agents != nil {
		s.HEP.Open, s.HEP.Refused = d.agents.Connections()
	}
	return s
}

// serve answers scrapes until ctx ends. A server that fails does not stop the capture.
func (d *daemon) serve(ctx context.Context) {
	if d.server == nil {
		return
	}
	if err := d.server.Serve(ctx); err != nil {
		d.log.Error("no longer serving metrics", "err", err)
	}
}

func (d *daemon) pageAddress() string {
	if d.page == nil {
		return "none"
	}
	return d.page.Addr().String()
}

func (d *daemon) metricsAddress() string {
	if d.server == nil {
		return "none"
	}
	return d.server.Addr().String()
}
