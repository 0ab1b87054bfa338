package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"sipspan/capture"
	"sipspan/capture/live"
)

// failing is a source that has nothing but an error.
type failing struct{ err error }

func (s failing) Next(*capture.Frame) error       { return s.err }
func (s failing) Stats() []capture.InterfaceStats { return nil }
func (s failing) Close() error                    { return nil }

func TestWatched(t *testing.T) {
	broken := errors.New("live: interface eth1: it is gone")
	for _, c := range []struct {
		err, want error
		log       string
		lost      int32
	}{
		{nil, nil, "", 0},
		{capture.ErrIdle, capture.ErrIdle, "", 0},
		{fmt.Errorf("interface eth1: %w", live.ErrDown), capture.ErrIdle, "level=WARN", 0},
		{broken, broken, "level=ERROR", 1},
	} {
		var log bytes.Buffer
		var lost atomic.Int32
		w := &watched{Source: failing{c.err}, log: slog.New(slog.NewTextHandler(&log, nil)), lost: &lost, down: new(atomic.Int32)}
		if err := w.Next(new(capture.Frame)); !errors.Is(err, c.want) {
			t.Errorf("%v becomes %v, want %v", c.err, err, c.want)
		}
		if (c.log == "") != (log.Len() == 0) || !strings.Contains(log.String(), c.log) || lost.Load() != c.lost {
			t.Errorf("%v: %d lost, log %q", c.err, lost.Load(), log.String())
		}
	}
}

// changing is a source whose interface goes down and up.
type changing struct {
	failing
	up bool
}

func (c *changing) Up() bool { return c.up }

// TestReadyKnowsInterfacesThatAreDown takes an interface down and up, twice: the daemon is not ready while it is down.
func TestReadyKnowsInterfacesThatAreDown(t *testing.T) {
	var log bytes.Buffer
	var lost, down atomic.Int32
	source := &changing{}
	w := &watched{Source: source, log: slog.New(slog.NewTextHandler(&log, nil)), lost: &lost, down: &down}
	d := &daemon{run: new(run), lost: &lost, down: &down}
	d.config.Capture.Interfaces = []string{"eth1", "eth2"}
	d.reading.Store(true)
	next := func(err error, up bool) {
		source.err, source.up = err, up
		_ = w.Next(new(capture.Frame)) // its error is tested above
	}
	for _, packet := range []error{nil, capture.ErrIdle} { // that shows that it is up again
		next(fmt.Errorf("interface eth1: %w", live.ErrDown), false)
		next(capture.ErrIdle, false)
		if err := d.ready(); err == nil || err.Error() != "1 of 2 interfaces are down" {
			t.Errorf("down: %v", err)
		}
		next(packet, true)
		if err := d.ready(); err != nil {
			t.Errorf("up again: %v", err)
		}
	}
	if n := strings.Count(log.String(), `msg="the interface is up again"`); n != 2 {
		t.Errorf("logged %d times: %s", n, log.String())
	}
	next(fmt.Errorf("interface eth1: %w", live.ErrDown), false)
	next(fmt.Errorf("interface eth1: %w", live.ErrGone), false)
	if err := d.ready(); err == nil || err.Error() != "1 of 2 interfaces are gone" || down.Load() != 0 {
		t.Errorf("gone: %v, %d down", err, down.Load())
	}
}
