package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
)

const (
	// defaultPeriod is how often the watchdog checks when systemd sets no WatchdogSec.
	defaultPeriod = 10 * time.Second
	// minPeriod is the shortest time between two checks: a live worker advances once a second.
	minPeriod = 2 * time.Second
)

// watchdog checks that every reader and worker advances.
type watchdog struct {
	beats   func() []uint64 // a number for every reader and worker that rises while it advances
	last    []uint64
	stalled atomic.Bool
}

// check compares with the last check. It returns true when every number has risen, and on the first check.
func (w *watchdog) check() bool {
	beats, advanced := w.beats(), true
	if len(w.last) == len(beats) {
		for i, beat := range beats {
			advanced = advanced && beat != w.last[i]
		}
	}
	w.last = beats
	w.stalled.Store(!advanced)
	return advanced
}

// alive returns an error when something had not advanced at the last check.
func (w *watchdog) alive() error {
	if w.stalled.Load() {
		return errors.New("a reader or a worker does not advance")
	}
	return nil
}

// run checks until ctx ends. It feeds the watchdog of systemd, if there is one, only while everything advances, so that systemd
// restarts a program that is alive and does nothing.
func (w *watchdog) run(ctx context.Context) {
	period, fed := feeding()
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if w.check() && fed {
				notify(systemd.SdNotifyWatchdog)
			}
		}
	}
}

// feeding returns how often to check, and whether systemd expects to be notified.
func feeding() (period time.Duration, fed bool) {
	limit, err := systemd.SdWatchdogEnabled(false)
	if err != nil || limit == 0 {
		return defaultPeriod, false
	}
	return max(limit/3, minPeriod), true
}

// notify reports the state of the service to systemd. Without systemd it does nothing. A lost message does not stop the capture.
func notify(state string) { _, _ = systemd.SdNotify(false, state) }
