package interfaces

import (
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sipspan/capture"
	"sipspan/capture/live"
)

// An interface that is gone is looked for after the first wait, and then after twice as long each time, up to the longest.
const (
	firstWait   = 500 * time.Millisecond
	longestWait = 10 * time.Second
)

// Source is the packets of the interface of one name. Next is for one goroutine; the other methods may be called from any.
type Source struct {
	name   string
	open   func(filter string) (packets, error)
	poll   time.Duration
	log    *slog.Logger
	closed chan struct{}
	wanted atomic.Pointer[string] // another filter, which Next takes; nil: none

	// Of the goroutine of Next, which alone writes current, too.
	condition Condition
	filter    string // in force
	passed    uint64 // packets of the captures before the current one
	number    uint64 // of the last packet
	next      time.Time
	wait      time.Duration
	failure   string // of the last attempt to open it again

	mu      sync.Mutex // guards what follows
	current packets    // nil: the interface is gone
	state   State
	before  capture.Stats // of the captures before the current one
	ended   bool
}

func newSource(name string, first packets, open func(filter string) (packets, error), poll time.Duration, log *slog.Logger) *Source {
	return &Source{
		name: name, open: open, poll: poll, log: log, closed: make(chan struct{}), current: first,
		state: State{Name: name, Since: time.Now()},
	}
}

// Next returns the next packet as live.Live does. While the interface is down or gone it is idle: it returns capture.ErrIdle after
// the poll time. Its only other error is io.EOF, after Close. The numbers of packets go on over all captures.
func (s *Source) Next(f *capture.Frame) error {
	if s.wanted.Load() != nil {
		s.setFilter(*s.wanted.Swap(nil))
	}
	if s.condition == Gone {
		return s.reopen()
	}
	err := s.current.Next(f)
	switch {
	case err == nil:
		f.Number += s.passed
		s.number = f.Number
		if s.condition == Down && s.current.Up() { // the packet may have been in the kernel's ring before it went down
			s.rise()
		}
		return nil
	case errors.Is(err, capture.ErrIdle):
		if s.condition == Down && s.current.Up() {
			s.rise()
		}
		return err
	case errors.Is(err, io.EOF):
		return err
	case errors.Is(err, live.ErrDown):
		s.become(Down)
		s.log.Warn("an interface is down: its packets are captured again when it is up", "interface", s.name, "err", err)
	default:
		s.lose(err)
	}
	return capture.ErrIdle
}

// setFilter puts another filter into force.
func (s *Source) setFilter(expr string) {
	if s.condition != Gone {
		if err := s.current.SetFilter(expr); err != nil {
			s.log.Error("an interface does not take the new filter; keeping the old one", "interface", s.name, "err", err)
			return
		}
	}
	s.filter = expr
}

// rise notes that an interface that was down is up again.
func (s *Source) rise() {
	lasted := s.since()
	s.become(Up)
	s.log.Info("the interface is up again", "interface", s.name, "down_for", lasted)
}

// lose ends the current capture, which has failed with err.
func (s *Source) lose(err error) {
	s.log.Error("capture on an interface has ended: it is opened again as soon as it can be", "interface", s.name, "err", err)
	s.mu.Lock()
	s.before = s.total()
	old := s.current
	s.current = nil
	s.mu.Unlock()
	_ = old.Close() // it has failed already
	s.passed, s.failure = s.number, ""
	s.wait = firstWait
	s.next = time.Now().Add(s.wait)
	s.become(Gone)
}

// reopen waits for the poll time, and then tries to open the interface when it is time to.
func (s *Source) reopen() error {
	timer := time.NewTimer(s.poll)
	defer timer.Stop()
	select {
	case <-s.closed:
		return io.EOF
	case <-timer.C:
	}
	if time.Now().Before(s.next) {
		return capture.ErrIdle
	}
	opened, err := s.open(s.filter)
	if err != nil {
		s.wait = min(2*s.wait, longestWait)
		s.next = time.Now().Add(s.wait)
		if text := err.Error(); text != s.failure { // such as: it does not exist; later: it is down
			s.failure = text
			s.log.Warn("the interface cannot be opened yet", "interface", s.name, "err", err)
		}
		return capture.ErrIdle
	}
	lasted := s.since()
	s.mu.Lock()
	ended := s.ended
	if !ended {
		s.current = opened
		s.state.Reopened++
	}
	s.mu.Unlock()
	if ended {
		_ = opened.Close() // nothing was read from it
		return io.EOF
	}
	s.become(Up)
	s.log.Info("the interface is captured again", "interface", s.name, "gone_for", lasted)
	return capture.ErrIdle
}

// since returns how long the condition has lasted, for people.
func (s *Source) since() time.Duration {
	return time.Since(s.State().Since).Round(time.Millisecond)
}

func (s *Source) become(c Condition) {
	s.condition = c
	s.mu.Lock()
	s.state.Condition, s.state.Since = c, time.Now()
	s.mu.Unlock()
}

// State returns the state of the interface.
func (s *Source) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Interrupted reports whether packets of the interface cannot be seen now.
func (s *Source) Interrupted() bool { return s.State().Condition != Up }

// Stats returns the one line of this interface, added up over all captures.
func (s *Source) Stats() []capture.InterfaceStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []capture.InterfaceStats{{Name: s.name, Stats: s.total()}}
}

// total adds the counters of the current capture to those of the captures before. The caller holds mu.
func (s *Source) total() capture.Stats {
	sum := s.before
	if s.current == nil {
		return sum
	}
	for _, i := range s.current.Stats() {
		sum.Received += i.Received
		sum.KernelDropped += i.KernelDropped
		sum.InterfaceDropped += i.InterfaceDropped
	}
	return sum
}

// Close ends the source. A Next under way returns within the poll time, or when an attempt to open the interface has ended.
func (s *Source) Close() error {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	s.ended = true
	close(s.closed)
	current := s.current
	s.mu.Unlock()
	if current == nil {
		return nil
	}
	return current.Close()
}
