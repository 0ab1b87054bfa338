package interfaces

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sipspan/capture"
	"sipspan/capture/live"
)

const poll = 100 * time.Millisecond

// wire is a capture that does what a test says.
type wire struct {
	mu     sync.Mutex
	err    error // what Next returns; nil: a packet
	up     bool
	count  uint64
	closed bool
	filter string
	refuse error // of SetFilter
}

func (w *wire) Next(f *capture.Frame) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return io.EOF
	case w.err != nil:
		return w.err
	}
	w.count++
	f.Number = w.count
	return nil
}

func (w *wire) SetFilter(expr string) error {
	if w.refuse == nil {
		w.filter = expr
	}
	return w.refuse
}

func (w *wire) Up() bool { return w.up }

func (w *wire) Stats() []capture.InterfaceStats {
	return []capture.InterfaceStats{{Name: "eth1", Stats: capture.Stats{Received: w.count, KernelDropped: 1, InterfaceDropped: 2}}}
}

func (w *wire) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return nil
}

// newTested returns a source of the capture w, which opens again what open returns, and its log.
func newTested(w *wire, open func(string) (packets, error)) (*Source, *bytes.Buffer) {
	var log bytes.Buffer
	return newSource("eth1", w, open, poll, slog.New(slog.NewTextHandler(&log, nil))), &log
}

func wantLog(t *testing.T, log *bytes.Buffer, want ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), log)
	}
	for i, line := range lines {
		if !strings.Contains(line, want[i]) {
			t.Errorf("line %d is %s, want %s", i+1, line, want[i])
		}
	}
}

// TestInterfaceDown takes an interface down and up, twice. A packet that came before it went down does not show that it is up.
func TestInterfaceDown(t *testing.T) {
	w := &wire{}
	s, log := newTested(w, nil)
	next := func(err error, up bool, want error, condition Condition) {
		t.Helper()
		w.err, w.up = err, up
		if got := s.Next(new(capture.Frame)); !errors.Is(got, want) || s.State().Condition != condition || s.Interrupted() != (condition != Up) {
			t.Errorf("%v: %v, %+v", err, got, s.State())
		}
	}
	for _, sign := range []error{nil, capture.ErrIdle} {
		next(fmt.Errorf("interface eth1: %w", live.ErrDown), false, capture.ErrIdle, Down)
		next(capture.ErrIdle, false, capture.ErrIdle, Down)
		next(nil, false, nil, Down)
		next(sign, true, sign, Up)
	}
	wantLog(t, log, "level=WARN", `msg="the interface is up again"`, "level=WARN", `msg="the interface is up again"`)
}

// TestInterfaceComesBack loses an interface and opens it again when that can be done: with growing waits, each reason logged
// once, and with the numbers of packets and counters going on.
func TestInterfaceComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &wire{}, &wire{}
		refusal := errors.New("it does not exist")
		var attempts []time.Duration
		begin := time.Now()
		s, log := newTested(first, func(string) (packets, error) {
			attempts = append(attempts, time.Since(begin))
			if len(attempts) > 8 {
				refusal = errors.New("it is down")
			}
			if len(attempts) > 9 {
				return second, nil
			}
			return nil, refusal
		})
		var f capture.Frame
		for range 3 {
			if err := s.Next(&f); err != nil {
				t.Fatal(err)
			}
		}
		first.err = fmt.Errorf("interface eth1: %w", live.ErrGone)
		for s.Next(&f) != nil {
			if s.State().Condition == Gone && s.Stats()[0].Received != 3 {
				t.Fatalf("while it is gone: %+v", s.Stats())
			}
		}
		if f.Number != 4 || !first.closed {
			t.Errorf("packet %d, want 4; the old capture is closed: %v", f.Number, first.closed)
		}
		want := []float64{0.5, 1.5, 3.5, 7.5, 15.5, 25.5, 35.5, 45.5, 55.5, 65.5}
		for i, at := range attempts {
			if late := at.Seconds() - want[i]; late < 0 || late > float64(i+2)*poll.Seconds() {
				t.Errorf("attempt %d after %v, want %v s", i, at, want[i])
			}
		}
		if state := s.State(); state.Condition != Up || state.Reopened != 1 || len(attempts) != len(want) {
			t.Errorf("%+v after %d attempts", state, len(attempts))
		}
		if got := s.Stats()[0]; got.Received != 4 || got.KernelDropped != 2 || got.InterfaceDropped != 4 || got.Name != "eth1" {
			t.Errorf("%+v", got)
		}
		wantLog(t, log, "level=ERROR", "it does not exist", "it is down", `msg="the interface is captured again"`)
	})
}

// TestCloseWhileGone closes a source that waits for its interface, and one that is just being opened again.
func TestCloseWhileGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opening, second := make(chan bool), &wire{}
		s, _ := newTested(&wire{err: live.ErrGone}, func(string) (packets, error) {
			opening <- true
			<-opening
			return second, nil
		})
		ended := make(chan error)
		go func() {
			var err error
			for err = capture.ErrIdle; err == capture.ErrIdle; {
				err = s.Next(new(capture.Frame))
			}
			ended <- err
		}()
		<-opening
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
		opening <- true
		if err := <-ended; err != io.EOF || !second.closed {
			t.Errorf("%v, closed: %v", err, second.closed)
		}
		if err := s.Next(new(capture.Frame)); err != io.EOF {
			t.Errorf("after Close: %v", err)
		}
	})
}

// TestSourceAddsNoAllocations reads packets through a source.
func TestSourceAddsNoAllocations(t *testing.T) {
	s, _ := newTested(&wire{}, nil)
	var f capture.Frame
	if n := testing.AllocsPerRun(100, func() { _ = s.Next(&f) }); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

// TestSetFilter gives an interface another filter while it runs, one that it refuses, and one while it is gone.
func TestSetFilter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, opened := &wire{}, ""
		s, log := newTested(first, func(filter string) (packets, error) {
			opened = filter
			return &wire{}, nil
		})
		set := &Set{[]*Source{s}}
		next := func(filter string) {
			t.Helper()
			set.SetFilter(filter)
			_ = s.Next(new(capture.Frame)) // its error is tested above
		}
		if next("udp"); first.filter != "udp" {
			t.Errorf("in force: %q", first.filter)
		}
		first.refuse = errors.New("too long")
		next("tcp")
		wantLog(t, log, `msg="an interface does not take the new filter; keeping the old one" interface=eth1 err="too long"`)
		if s.filter != "udp" {
			t.Errorf("%q for the next opening", s.filter)
		}
		first.err = live.ErrGone
		_ = s.Next(new(capture.Frame))
		next("sctp")
		for s.Interrupted() {
			_ = s.Next(new(capture.Frame))
		}
		if opened != "sctp" {
			t.Errorf("opened again with %q", opened)
		}
		var none *Set
		none.SetFilter("udp")
	})
}
