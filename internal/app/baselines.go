package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"sipspan/alert"
	"sipspan/alert/memory"
)

// saveEvery is how often the baselines are written: so much is lost when the machine fails.
const saveEvery = 5 * time.Minute

// baselines keeps what the alert engine has learned in a file. A fault of the file does not stop the capture.
type baselines struct {
	path  string
	log   *slog.Logger
	every time.Duration
	at    time.Time // the time of the last packet that the file knows
}

// load gives the engine the content of the file.
func (r *baselines) load(e *alert.Engine) {
	m, err := memory.Read(r.path, time.Now())
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		r.log.Warn("cannot load alert baselines; starting without them", "err", err)
	default:
		e.Remember(m)
		r.at = m.At
		r.log.Info("alert baselines loaded", "file", r.path, "up_to", m.At, "rules", len(m.Rules))
	}
}

// keep writes the file at every interval until ctx ends.
func (r *baselines) keep(ctx context.Context, e *alert.Engine) {
	tick := time.NewTicker(r.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		select {
		case <-ctx.Done():
			return
		case m := <-e.AskMemory():
			r.save(m)
		}
	}
}

// save writes the file, unless it holds the same already.
func (r *baselines) save(m alert.Memory) {
	if m.At.IsZero() || m.At.Equal(r.at) {
		return
	}
	if err := memory.Write(r.path, m, time.Now()); err != nil {
		r.log.Error("cannot write alert baselines", "err", err)
		return
	}
	r.at = m.At
}
