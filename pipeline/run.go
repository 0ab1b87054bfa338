package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"sipspan/internal/fault"
	"sipspan/internal/wire"
	"sipspan/pipeline/ingest"
	"sipspan/pipeline/timeline"
	"sipspan/reassembly"
	rtls "sipspan/reassembly/tls"
	"sipspan/record"
	"sipspan/session/correlate"
	"sipspan/session/evidence"
	"sipspan/session/shard"
	"sipspan/session/store"
)

// Settings is what a Pipeline is made of.
type Settings struct {
	Pipeline   Config
	Reassembly reassembly.Config
	Session    shard.Config
	TLS        rtls.Config
	Keys       *rtls.Keys // secrets to decrypt TLS with; nil: none
	// Live says that the sources must never wait: a message that finds no free batch is dropped and counted.
	Live bool
	// KeepCopies makes an IP packet that was captured twice count twice.
	KeepCopies bool
	// MaxTunnels is how many tunnels in one another are followed; 0 stands for packet.DefaultTunnels.
	MaxTunnels int
	// HEP says what is done with packets of HEP.
	HEP ingest.HEP
	// Tap, if set, is given each message in the order of its Call-ID, by several goroutines, which it must not block. Time is the timestamp of
	// the capture. The arguments are borrowed until it returns.
	Tap func(m *wire.Meta, raw, correlation []byte)
	// Watch, if set, returns the watcher that receives the signals. It is given the function that takes alerts.
	Watch func(raise func(*record.Alert)) correlate.Watcher
	// WatchPlaced adds record.SignalPlaced to these signals.
	WatchPlaced bool
	// Recent is the number of bytes of memory for the last messages, which Pipeline.Recent finds; 0 keeps none.
	Recent int64
	// Resume holds sessions of an earlier run. They are borrowed until New returns.
	Resume []store.Kept
	// Suspend makes the run keep the calls in progress at its end, instead of writing them: see Pipeline.Suspended.
	Suspend bool
	// Ended, if set, is given in packed form each session whose end was seen, see session.Tracker, and each registration whose
	// record waits, see correlate.Correlator. It is called by several goroutines and must not block them. The bytes are
	// borrowed until it returns.
	Ended func(number uint64, packed []byte)
	// Logger gets one line for each source whose clock does not only advance; nil logs nothing.
	Logger *slog.Logger
}

var _ evidence.Clock = (*timeline.Epochs)(nil)

// Pipeline is one run from sources to records.
type Pipeline struct {
	readers []*reader
	workers []*worker
	merger  *merger
	epochs  *timeline.Epochs
	origins *ingest.Origins
	servers *ingest.Servers // whose TLS cannot be read
	text    bool            // the text of instant messages may be handed on
	refused int             // sessions of Settings.Resume that could not be read
	begun   time.Time
	done    chan struct{} // closed when all has ended: counters may then be read directly
}

// New prepares a pipeline over the sources, which it does not close. Records are handed to sink one after the other, in
// the order of packet time, from a goroutine of the pipeline.
func New(s Settings, sources []Source, sink func(record.Record)) *Pipeline {
	n := s.Pipeline.workers()
	sc := s.Session.Shard(wire.Shards)
	if !s.Live {
		s.Pipeline.Batches = min(s.Pipeline.Batches, fileBatches)
	}
	if s.Live { // all sources are read at the same time, each with tables of its own
		s.Reassembly = s.Reassembly.Divided(len(sources))
	}
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	origins := new(ingest.Origins)
	located := func(r record.Record) {
		if h := r.Head(); h.Place != 0 || h.Correlation != "" {
			h.Locate(origins.Capture(h.Place), h.Correlation)
		}
		sink(r)
	}
	p := &Pipeline{
		merger: newMerger(n, correlate.New(correlation(&s.Session), located)), epochs: new(timeline.Epochs), origins: origins, servers: new(ingest.Servers), text: s.Session.MessageText,
		done: make(chan struct{}), begun: time.Now(),
	}
	p.merger.correl.Clock = p.epochs
	p.merger.correl.Explainer = explainer{}
	p.merger.correl.Waits, p.merger.suspends = s.Ended, s.Suspend
	if s.Watch != nil {
		p.merger.correl.Watcher = s.Watch(p.merger.correl.Raise)
	}
	for i := range n {
		p.workers = append(p.workers, newWorker(i, n, len(sources), s.Pipeline, sc, p.merger.in))
	}
	for _, w := range p.workers {
		w.setWatched(s.Watch != nil, s.WatchPlaced)
		w.suspends = s.Suspend
		w.setEnded(s.Ended)
		w.setClock(p.epochs)
		w.tap, w.epochs = s.Tap, p.epochs
		if !s.Live {
			w.together = s.Pipeline.Batches / 2
		}
		if s.Recent > 0 {
			w.recent = newRecent(s.Recent / int64(n))
		}
	}
	p.resume(s.Resume)
	packets := ingest.Options{Shared: len(sources) > 1, MaxTunnels: s.MaxTunnels, TLS: s.TLS, Keys: s.Keys, Origins: origins, Servers: p.servers, HEP: s.HEP}
	if !s.KeepCopies {
		packets.Copies = new(ingest.Copies)
	}
	for i, src := range sources {
		out := make([]outlet, n)
		for j, w := range p.workers {
			out[j] = outlet{full: w.full, free: w.free, load: &w.shedder.level}
		}
		packets.Interface = ""
		if names := src.Stats(); s.Live && len(sources) > 1 && len(names) > 0 {
			packets.Interface = names[0].Name
		}
		p.readers = append(p.readers, newReader(i, src, &s, out, p.epochs, packets))
	}
	for _, w := range p.workers {
		w.shedder.watch(w, p.readers, s.Pipeline.Batches, p.begun)
	}
	return p
}

// Run may be called once. It works until every source has ended or ctx is cancelled, and ends in the order readers,
// batches, sessions, records. It returns the errors of the sources; what was read before an error has been handed on.
func (p *Pipeline) Run(ctx context.Context) error {
	errs := make([]error, len(p.readers))
	var readers, workers errgroup.Group
	for i, r := range p.readers {
		readers.Go(func() error {
			defer fault.Catch()
			errs[i] = r.run(ctx)
			return nil
		})
	}
	for _, w := range p.workers {
		workers.Go(func() error {
			defer fault.Catch()
			w.run()
			return nil
		})
	}
	workers.Go(func() error {
		defer fault.Catch()
		p.merger.run()
		return nil
	})
	_ = readers.Wait()
	_ = workers.Wait() // the merger ends after the last worker
	close(p.done)
	for _, r := range p.readers {
		if account := r.snapshot().Account; account.Missing() != 0 {
			errs = append(errs, fmt.Errorf("account of source %d does not close: %d packets without a fate", r.id, account.Missing()))
		}
	}
	return errors.Join(errs...)
}
