package app

import (
	"errors"
	"io"
	"log/slog"
	"sync/atomic"

	"sipspan/capture"
	"sipspan/capture/hep"
	"sipspan/capture/live"
	"sipspan/config"
	"sipspan/pipeline"
)

// openSources opens the interfaces of a configuration and the addresses on which HEP is received. When one fails, none is open.
func openSources(c *config.Config, log *slog.Logger, lost, down *atomic.Int32) (sources []pipeline.Source, err error) {
	if len(c.Capture.Interfaces) > 0 || len(c.HEP.Listen) == 0 {
		interfaces, err := live.OpenAll(c.Capture)
		if err != nil {
			return nil, err
		}
		for _, source := range interfaces {
			sources = append(sources, &watched{Source: source, log: log, lost: lost, down: down})
		}
	}
	if len(c.HEP.Listen) > 0 {
		source, err := hep.Open(c.HEP, log)
		if err != nil {
			for _, s := range sources {
				err = errors.Join(err, s.Close())
			}
			return nil, err
		}
		sources = append(sources, source)
	}
	return sources, nil
}

// watched is a live source that logs the state of its interface. When the interface is down, the source is idle until it is up
// again. When it is gone, this source ends, and the others continue.
type watched struct {
	pipeline.Source
	log  *slog.Logger
	lost *atomic.Int32 // interfaces that are gone
	down *atomic.Int32 // interfaces that are down
	fell bool          // this one is
}

// upper is a source that knows whether its interface is up.
type upper interface{ Up() bool }

var _ pipeline.Source = (*watched)(nil)

// Next implements pipeline.Source.
func (w *watched) Next(f *capture.Frame) error {
	err := w.Source.Next(f)
	switch {
	case err == nil || errors.Is(err, capture.ErrIdle) || errors.Is(err, io.EOF):
		if w.fell {
			w.rise(err == nil)
		}
		return err
	case errors.Is(err, live.ErrDown):
		if !w.fell {
			w.fell = true
			w.down.Add(1)
		}
		w.log.Warn("capture waits until the interface is up again", "err", err)
		return capture.ErrIdle
	}
	if w.fell {
		w.fell = false
		w.down.Add(-1)
	}
	w.lost.Add(1)
	w.log.Error("capture on an interface has ended", "err", err)
	return err
}

// rise notes that an interface that was down is up again, which a packet shows, or the source.
func (w *watched) rise(packet bool) {
	if source, ok := w.Source.(upper); !packet && (!ok || !source.Up()) {
		return
	}
	w.fell = false
	w.down.Add(-1)
	attrs := []any{}
	for _, s := range w.Stats() {
		attrs = append(attrs, "interface", s.Name)
	}
	w.log.Info("the interface is up again", attrs...)
}
