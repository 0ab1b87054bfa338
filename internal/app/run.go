package app

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"sipspan/alert/advice"
	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/hep"
	"sipspan/exporters/notify/pcap"
	"sipspan/exporters/store"
	"sipspan/internal/state"
	"sipspan/internal/wire"
	"sipspan/pipeline"
	"sipspan/pipeline/ingest"
	"sipspan/record"
	"sipspan/record/privacy"
)

// sendRest is how long the end of a run waits until the messages that are queued are sent.
const sendRest = 5 * time.Second

// run is one pipeline with the exporters of its records. It is built in three steps: newRun; then the caller starts the exporters and
// appends them to queues; then build.
type run struct {
	config   config.Config // in force
	log      *slog.Logger
	veil     *privacy.Veil
	watching *watching    // nil: no alerts are raised
	folder   *pcap.Folder // of captures of alerts; nil: no captures
	queues   exporters.Fanout
	firing   firing                       // live: what is firing
	where    atomic.Pointer[advice.Place] // live: where records, pages and captures are to be found
	captures *exporters.Queue             // live: alerts wait in it for their captures before they go to queues; nil: no captures
	attached *attached                    // from files: gives alerts their captures; nil: no captures
	keeper   *state.Keeper                // live: keeps the sessions that go on
	secrets  secrets
	sender   atomic.Pointer[hep.Sender] // live: hands the messages on; nil: to nobody
	history  *store.Store               // live: keeps records, and messages where that is configured; nil: nothing is kept
	openings *openings                  // live, for a view: finds calls that go on; nil: nobody asks for them
	hep      ingest.HEP
	pipeline *pipeline.Pipeline
}

// newRun opens the key of the pseudonyms and the folder of captures. alerts is whether alerts are raised.
func newRun(c config.Config, log *slog.Logger, alerts bool) (*run, error) {
	r := &run{config: c, log: log, hep: ingest.HEP{Key: c.HEP.AuthKey}, keeper: state.New(c.State, c.Session.CallMaxAge, log)}
	var err error
	if r.veil, err = openVeil(c.Privacy); err != nil {
		return nil, err
	}
	if err := r.openSecrets(); err != nil {
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

// build makes the pipeline over the sources. Its records pass through captures and privacy to the queues. live is whether packets
// are captured now; then the merger does not wait for the disk that captures of alerts are written to.
func (r *run) build(sources []pipeline.Source, live bool) {
	c := &r.config
	s := pipeline.Settings{
		Pipeline: c.Pipeline, Reassembly: c.Reassembly, Session: c.Session, TLS: c.TLS, Keys: r.secrets.keys, KeepCopies: !c.Capture.Deduplicate, Live: live,
		MaxTunnels: c.Capture.MaxTunnels, HEP: r.hep,
	}
	if live {
		s.Resume, s.Suspend, s.Ended = r.keeper.Load(time.Now()), r.keeper.On(), r.keeper.Ended()
		s.Logger = r.log
		s.Tap = r.tap()
		if metrics := &c.Exporters.Prometheus; metrics.HTTP.Enabled {
			s.Session.TopUserAgents, s.Session.TopDomains = metrics.Content.TopUserAgents, metrics.Content.TopDomains
		}
	}
	switch {
	case r.watching != nil:
		s.Watch = r.watching.start
	case r.openings != nil:
		s.Watch, s.WatchPlaced, s.Recent = r.openings.start, true, recentBytes
	}
	put := r.queues.Put
	if live {
		r.where.Store(r.place())
		put = advised(r.where.Load, r.firing.note(logAlerts(r.log, put)))
	} else {
		put = advised(func() *advice.Place { return &advice.Place{} }, put)
	}
	sink := r.veil.Put(put)
	switch {
	case r.folder == nil:
	case live:
		s.Recent = c.Exporters.Alert.Pcap.Ring
		sink, r.captures = queueCaptures(r.folder, r.log, sink)
	default:
		s.Recent = c.Exporters.Alert.Pcap.Ring
		r.attached = &attached{folder: r.folder, next: sink}
		sink = r.attached.put
	}
	if r.openings != nil {
		r.openings.put = sink
	}
	r.pipeline = pipeline.New(s, sources, sink)
	if n := r.pipeline.Refused(); n > 0 {
		r.log.Warn("sessions of the last run cannot be taken up: another version of the program has written them", "sessions", n)
	}
}

// tap returns who takes all messages, nil where nobody does.
func (r *run) tap() func(m *wire.Meta, raw, correlation []byte) {
	keeps := r.history != nil && r.history.KeepsMessages()
	sender := r.sender.Load()
	switch {
	case keeps && sender != nil:
		return func(m *wire.Meta, raw, correlation []byte) {
			sender.Message(m, raw, correlation)
			r.history.Message(m, raw, correlation)
		}
	case keeps:
		return r.history.Message
	case sender != nil:
		return sender.Message
	}
	return nil
}

// close delivers what is queued: first the alerts that wait for their captures, then what all exporters hold.
func (r *run) close() error {
	var first exporters.Queues
	if r.captures != nil {
		first = append(first, r.captures)
	}
	if sender := r.sender.Load(); sender != nil {
		sender.Close(sendRest)
	}
	return errors.Join(first.Close(), r.queues.Close())
}

// account returns the account of the run as it may be shown.
func (r *run) account(s *pipeline.Snapshot, elapsed time.Duration) *record.Stats {
	stats := s.Stats(r.config.Session.Sensor, elapsed)
	stats.WithoutKeys.Busiest = r.veil.Address(stats.WithoutKeys.Busiest)
	return stats
}

// stats returns the account of every queue.
func (r *run) stats() []exporters.Stats {
	all := r.queues.Stats()
	if r.captures != nil {
		all = append(all, r.captures.Stats())
	}
	if sender := r.sender.Load(); sender != nil {
		all = append(all, sender.Stats())
	}
	if r.history != nil && r.history.KeepsMessages() {
		all = append(all, r.history.MessageStats())
	}
	return all
}
