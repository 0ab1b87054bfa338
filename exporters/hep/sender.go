package hep

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sipspan/decode/hep"
	"sipspan/exporters"
	"sipspan/internal/fault"
	"sipspan/internal/wire"
)

// Name is what the sender is called among the exporters.
const Name = "hep"

// Sender sends messages to all destinations of a Config. Its methods may be called from any goroutine.
type Sender struct {
	name    []byte
	log     *slog.Logger
	current atomic.Pointer[sending]
	sent    atomic.Uint64
	lost    atomic.Uint64  // of destinations that are gone
	ended   sync.WaitGroup // the goroutines of destinations

	mu      sync.Mutex // guards what follows, and is held while the destinations change
	leaving []*destination
	closed  bool
}

// sending is what is done with a message. It is not changed.
type sending struct {
	node         uint32
	key          []byte
	destinations []*destination
}

// Open starts to send. It does not wait for a destination. name is what the probe is called.
func Open(c Config, name string, log *slog.Logger) (*Sender, error) {
	s := &Sender{name: []byte(name[:min(len(name), maxText)]), log: log}
	s.current.Store(&sending{})
	if err := s.Reload(c); err != nil {
		return nil, err
	}
	return s, nil
}

// Reload sends as another Config sets from the next message on. A destination that stays keeps its connection and what is queued for it,
// with the key and the number of the probe that it had; to one that is gone, what is queued is sent for a time like that of Close. With an
// error nothing changes.
func (s *Sender) Reload(c Config) error {
	roots, err := c.roots()
	if err != nil {
		return fmt.Errorf("exporters.hep.ca_file: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	before := s.current.Load().destinations
	next := &sending{node: uint32(c.NodeID), key: []byte(c.AuthKey)}
	for _, text := range c.Destinations {
		i := slices.IndexFunc(before, func(d *destination) bool { return d.text == text })
		if i >= 0 {
			before[i].set(&c, roots)
			next.destinations = append(next.destinations, before[i])
			continue
		}
		d := newDestination(s, text, &c, roots)
		next.destinations = append(next.destinations, d)
		s.ended.Go(func() { defer fault.Catch(); d.run() })
	}
	s.current.Store(next)
	for _, d := range before {
		if !slices.Contains(next.destinations, d) {
			s.leave(d)
		}
	}
	return nil
}

// leaveWithin is how long what is queued is sent to a destination that is gone.
const leaveWithin = 5 * time.Second

// leave ends a destination. Its account is still shown until it has ended. mu is held.
func (s *Sender) leave(d *destination) {
	s.leaving = append(s.leaving, d)
	s.ended.Go(func() {
		defer fault.Catch()
		d.end(leaveWithin)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.leaving = slices.DeleteFunc(s.leaving, func(other *destination) bool { return other == d })
		queued, lost := d.queue.counts() // a message may have come while the destinations changed
		s.lost.Add(lost + uint64(max(queued, 0)))
	})
}

// Message takes a message for all destinations, with the correlation ID that an agent gave it or none. m.Time is Unix nanoseconds. It
// does not wait and keeps none of the bytes.
func (s *Sender) Message(m *wire.Meta, raw, correlation []byte) {
	now := s.current.Load()
	if len(now.destinations) == 0 {
		return
	}
	p := hep.Packet{
		Protocol: hep.SIP, IPProtocol: ipProtocol(m.Transport), Node: now.node, NodeName: s.name, Key: now.key, Time: m.Time,
		Correlation: correlation, Payload: raw, HasDetails: true, Details: hep.Details{Transport: uint8(m.Transport), Flags: uint32(m.Flags)},
	}
	if !wire.IsParty(m.Src) {
		p.Src = m.Src
	}
	if !wire.IsParty(m.Dst) {
		p.Dst = m.Dst
	}
	for _, d := range now.destinations {
		d.queue.put(&p)
	}
}

// ipProtocol returns the number that agents use for a transport. What is carried over TCP is TCP there.
func ipProtocol(t wire.Transport) uint8 {
	switch t {
	case wire.UDP:
		return hep.IPProtocolUDP
	case wire.SCTP:
		return hep.IPProtocolSCTP
	case wire.TLS:
		return hep.IPProtocolTLS
	}
	return hep.IPProtocolTCP
}

// Stats returns the account of all destinations together, in messages.
func (s *Sender) Stats() exporters.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := exporters.Stats{Name: Name, Delivered: s.sent.Load(), Errors: s.lost.Load()}
	for _, d := range slices.Concat(s.current.Load().destinations, s.leaving) {
		queued, lost := d.queue.counts()
		out.Queued += uint64(max(queued, 0))
		out.Errors += lost
	}
	return out
}

// Close sends what is queued, for as long as drain at most. No message may come after it.
func (s *Sender) Close(drain time.Duration) {
	s.mu.Lock()
	s.closed = true
	destinations := s.current.Load().destinations
	s.mu.Unlock()
	var ending sync.WaitGroup
	for _, d := range destinations {
		ending.Go(func() { d.end(drain) })
	}
	ending.Wait()
	s.ended.Wait()
}
