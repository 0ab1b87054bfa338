package interfaces

import (
	"errors"
	"log/slog"
	"time"

	"sipspan/capture"
	"sipspan/capture/live"
)

// Condition is what an interface can be used for.
type Condition uint8

// The conditions. Up is that of an interface that has just been opened.
const (
	Up   Condition = iota // its packets are captured
	Down                  // it exists, and is switched off
	Gone                  // it does not exist, or cannot be captured on
)

// String returns the word that stands in messages.
func (c Condition) String() string { return [...]string{"up", "down", "gone"}[c] }

// State is what is known of one interface.
type State struct {
	Name      string
	Condition Condition
	Since     time.Time // when it became so
	Reopened  uint64    // how often it was opened again
}

// Set is the interfaces of one run.
type Set struct{ sources []*Source }

// Open opens every interface of cfg. When one fails, none is open, and the error names it and says what can be done.
func Open(cfg live.Config, log *slog.Logger) (*Set, error) {
	opened, err := live.OpenAll(cfg)
	if err != nil {
		return nil, err
	}
	s := &Set{}
	for _, first := range opened {
		open := func(filter string) (packets, error) {
			one := cfg
			one.Interfaces, one.Filter = []string{first.Name()}, filter
			return live.Open(one)
		}
		source := newSource(first.Name(), first, open, cfg.Poll, log)
		source.filter = cfg.Filter
		s.sources = append(s.sources, source)
	}
	return s, nil
}

// OpenWith sets what an interface is opened again with: do runs a function where that is allowed. It is called before the first packet is
// asked for. Without it, and of a nil Set, nothing is special.
func (s *Set) OpenWith(do func(func())) {
	if s == nil {
		return
	}
	for _, source := range s.sources {
		open := source.open
		source.open = func(filter string) (opened packets, err error) {
			do(func() { opened, err = open(filter) })
			if opened == nil && err == nil {
				err = errors.New("the program ends")
			}
			return opened, err
		}
	}
}

// SetFilter gives every interface another filter, as live.Config has it, before its next packet. It may be called from any goroutine, and of a
// nil Set. A filter that an interface does not take is logged, and that interface keeps the old one.
func (s *Set) SetFilter(expr string) {
	if s == nil {
		return
	}
	for _, source := range s.sources {
		source.wanted.Store(&expr)
	}
}

// Sources returns one source for each interface, in the order of the configuration.
func (s *Set) Sources() []*Source { return s.sources }

// States returns the state of each interface, in the order of the configuration. It may be called from any goroutine, and of a nil Set.
func (s *Set) States() []State {
	if s == nil {
		return nil
	}
	states := make([]State, len(s.sources))
	for i, source := range s.sources {
		states[i] = source.State()
	}
	return states
}

// Close closes all sources.
func (s *Set) Close() error {
	var errs []error
	for _, source := range s.sources {
		errs = append(errs, source.Close())
	}
	return errors.Join(errs...)
}

// packets is the capture on one interface, from its opening to its end. *live.Live is one.
type packets interface {
	Next(f *capture.Frame) error
	Up() bool
	SetFilter(expr string) error
	Stats() []capture.InterfaceStats
	Close() error
}

var _ packets = (*live.Live)(nil)
