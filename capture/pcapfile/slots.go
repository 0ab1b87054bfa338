package pcapfile

import (
	"slices"
	"sync"

	"sipspan/capture"
)

const (
	noSlot   = -1
	maxSlots = 4096
)

// slots holds one line of counters per interface name. The reading goroutine counts in list; others see what was published.
type slots struct {
	list   []capture.InterfaceStats
	byName map[string]int

	mu        sync.Mutex
	published []capture.InterfaceStats
}

// add returns the index of name, new or known. What comes after maxSlots names shares the last line.
func (s *slots) add(name string) int {
	if i, ok := s.byName[name]; ok {
		return i
	}
	if len(s.list) == maxSlots {
		return maxSlots - 1
	}
	if s.byName == nil {
		s.byName = make(map[string]int)
	}
	s.byName[name] = len(s.list)
	s.list = append(s.list, capture.InterfaceStats{Name: name})
	return len(s.list) - 1
}

// publish makes the counters visible to snapshot.
func (s *slots) publish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.published = append(s.published[:0], s.list...)
}

// snapshot returns the counters as they were last published. Any goroutine may call it.
func (s *slots) snapshot() []capture.InterfaceStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.published)
}
