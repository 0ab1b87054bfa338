package app

import (
	"errors"
	"io"
	"log/slog"
	"sync/atomic"

	"sipspan/capture"
	"sipspan/capture/live"
	"sipspan/pipeline"
)

// watched is a live source that logs the state of its interface. When the interface is down, the source is idle until it is up
// again. When it is gone, this source ends, and the others continue.
type watched struct {
	pipeline.Source
	log  *slog.Logger
	lost *atomic.Int32 // interfaces that are gone
}

var _ pipeline.Source = (*watched)(nil)

// Next implements pipeline.Source.
func (w *watched) Next(f *capture.Frame) error {
	err := w.Source.Next(f)
	switch {
	case err == nil || errors.Is(err, capture.ErrIdle) || errors.Is(err, io.EOF):
		return err
	case errors.Is(err, live.ErrDown):
		w.log.Warn("capture waits until the interface is up again", "err", err)
		return capture.ErrIdle
	}
	w.lost.Add(1)
	w.log.Error("capture on an interface has ended", "err", err)
	return err
}
