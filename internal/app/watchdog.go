package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
)

const (
	// lookEvery is how often the watchdog looks when systemd does not ask for one.
	lookEvery = 10 * time.Second
	// leastLook is the time in which everything must have advanced: a live worker does so once a second.
	leastLook = 2 * time.Second
)

// watchdog tells whether everything that must advance has done so.
type watchdog struct {
	beats   func() []uint64 // a number for every reader and worker that rises while it advances
	last    []uint64
	stalled atomic.Bool
}

// look compares with the last look. It is true when every number has risen, and at the first look.
func (w *watchdog) look() bool {
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

// alive returns an error when something stood still at the last look.
func (w *watchdog) alive() error {
	if w.stalled.Load() {
		return errors.New("a reader or a worker does not advance")
	}
	return nil
}

// run looks until ctx ends. It feeds the watchdog of systemd, if there is one, and only while everything advances:
// systemd then restarts a program that is alive and does nothing.
func (w *watchdog) run(ctx context.Context) {
	period, fed := feeding()
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if w.look() && fed {
				notify(systemd.SdNotifyWatchdog)
			}
		}
	}
}

// feeding is how often to look, and whether systemd wants to hear of it.
func feeding() (period time.Duration, fed bool) {
	limit, err := systemd.SdWatchdogEnabled(false)
	if err != nil || limit == 0 {
		return lookEvery, false
	}
	return max(limit/3, leastLook), true
}

// notify tells systemd about the state of the service. Without systemd it does nothing, and a lost message is no reason
// to stop capturing.
func notify(state string) { _, _ = systemd.SdNotify(false, state) }
