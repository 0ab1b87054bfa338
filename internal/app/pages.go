package app

import (
	"context"
	"time"

	"sipspan/alert/advice"
	"sipspan/capture/interfaces"
	"sipspan/exporters/prometheus"
	"sipspan/internal/httpserver"
)

// listen opens the port of the pages: metrics, health and readiness.
func (d *daemon) listen() (err error) {
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

func (d *daemon) metricsAddress() string {
	if d.server == nil {
		return "none"
	}
	return d.server.Addr().String()
}
