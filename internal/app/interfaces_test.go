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
		w := &watched{Source: failing{c.err}, log: slog.New(slog.NewTextHandler(&log, nil)), lost: &lost}
		if err := w.Next(new(capture.Frame)); !errors.Is(err, c.want) {
			t.Errorf("%v becomes %v, want %v", c.err, err, c.want)
		}
		if (c.log == "") != (log.Len() == 0) || !strings.Contains(log.String(), c.log) || lost.Load() != c.lost {
			t.Errorf("%v: %d lost, log %q", c.err, lost.Load(), log.String())
		}
	}
}
