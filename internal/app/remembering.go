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

// rememberEvery is how often what the alerts have learned is written: so much is lost when the machine fails.
const rememberEvery = 5 * time.Minute

// remembering keeps what the alert engine has learned in a file. Nothing that goes wrong with it stops the capture.
type remembering struct {
	path  string
	log   *slog.Logger
	every time.Duration
	at    time.Time // up to when the file tells
}

// load gives the engine what is in the file.
func (r *remembering) load(e *alert.Engine) {
	m, err := memory.Read(r.path, time.Now())
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		r.log.Warn("the memory of alerts is of no use, what is usual is learned anew", "err", err)
	default:
		e.Remember(m)
		r.at = m.At
		r.log.Info("alerts remember what is usual", "file", r.path, "up_to", m.At, "rules", len(m.Rules))
	}
}

// keep writes the file now and then until ctx ends.
func (r *remembering) keep(ctx context.Context, e *alert.Engine) {
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

// save writes the file, unless it says the same already.
func (r *remembering) save(m alert.Memory) {
	if m.At.IsZero() || m.At.Equal(r.at) {
		return
	}
	if err := memory.Write(r.path, m, time.Now()); err != nil {
		r.log.Error("the memory of alerts was not written", "err", err)
		return
	}
	r.at = m.At
}
