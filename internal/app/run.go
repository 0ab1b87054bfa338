package app

import (
	"errors"
	"log/slog"

	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/notify/pcap"
	"sipspan/pipeline"
	"sipspan/record/privacy"
)

// run is one pipeline with what takes its records. It is built in three steps: newRun, then whoever builds it starts the
// exporters in queues, then build.
type run struct {
	config   config.Config // in force
	log      *slog.Logger
	veil     *privacy.Veil
	watching *watching    // nil: no alerts are raised
	folder   *pcap.Folder // of captures of alerts; nil: there are none
	queues   exporters.Queues
	captures *exporters.Queue // live, in front of queues: alerts wait there for their captures; nil: there are none
	attached *attached        // from files: it gives alerts their captures; nil: there are none
	pipeline *pipeline.Pipeline
}

// newRun opens what the configuration names beside the exporters. alerts says whether they are raised.
func newRun(c config.Config, log *slog.Logger, alerts bool) (*run, error) {
	r := &run{config: c, log: log}
	var err error
	if r.veil, err = openVeil(c.Privacy); err != nil {
		return nil, err
	}
	if !alerts {
		return r, nil
	}
	r.watching = &watching{config: c.Alerts, sensor: c.Session.Sensor}
	if captures := c.Exporters.Alert.Pcap; captures.Folder != "" {
		if r.folder, err = r.openCaptures(captures); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// build makes the pipeline over the sources, and the way of its records through captures and privacy to the queues. live says
// that packets come as they happen; then nothing waits for a disk.
func (r *run) build(sources []pipeline.Source, live bool) {
	c := &r.config
	s := pipeline.Settings{
		Pipeline: c.Pipeline, Reassembly: c.Reassembly, Session: c.Session, KeepCopies: !c.Capture.Deduplicate, Live: live,
	}
	if live {
		s.Logger = r.log
		if metrics := &c.Exporters.Prometheus; metrics.HTTP.Enabled {
			s.Session.TopUserAgents, s.Session.TopDomains = metrics.Content.TopUserAgents, metrics.Content.TopDomains
		}
	}
	if r.watching != nil {
		s.Watch = r.watching.start
	}
	sink := r.veil.Put(r.queues.Put)
	switch {
	case r.folder == nil:
	case live:
		s.Recent = c.Exporters.Alert.Pcap.Ring
		sink, r.captures = beforeCaptures(r.folder, r.log, sink)
	default:
		s.Recent = c.Exporters.Alert.Pcap.Ring
		r.attached = &attached{folder: r.folder, next: sink}
		sink = r.attached.put
	}
	r.pipeline = pipeline.New(s, sources, sink)
}

// close delivers what waits: first the alerts that wait for their captures, to the others.
func (r *run) close() error {
	var first exporters.Queues
	if r.captures != nil {
		first = append(first, r.captures)
	}
	return errors.Join(first.Close(), r.queues.Close())
}

// stats returns the account of every queue.
func (r *run) stats() []exporters.Stats {
	all := r.queues.Stats()
	if r.captures != nil {
		all = append(all, r.captures.Stats())
	}
	return all
}
