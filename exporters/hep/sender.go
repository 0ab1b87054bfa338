package hep

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
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
	node         uint32
	name, key    []byte
	destinations []*destination
	sent         atomic.Uint64
	stop         context.CancelFunc
	hurry        chan struct{} // closed when nothing more comes
	sending      sync.WaitGroup
}

// Open starts to send. It does not wait for a destination. name is what the probe is called.
func Open(c Config, name string, log *slog.Logger) (*Sender, error) {
	roots, err := c.roots()
	if err != nil {
		return nil, fmt.Errorf("exporters.hep.ca_file: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Sender{node: uint32(c.NodeID), name: []byte(name[:min(len(name), maxText)]), key: []byte(c.AuthKey), stop: stop, hurry: make(chan struct{})}
	for _, text := range c.Destinations {
		d := &destination{sender: s, text: text, queue: newQueue(c.QueueBytes), log: log}
		d.network, d.address, _ = splitDestination(text) // Validate has reported what is wrong
		host, _, _ := net.SplitHostPort(d.address)
		d.tls = &tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS12}
		if c.Compress {
			d.small = new(smaller)
		}
		s.destinations = append(s.destinations, d)
		s.sending.Go(func() { defer fault.Catch(); d.run(ctx) })
	}
	return s, nil
}

// Message takes a message for all destinations, with the correlation ID that an agent gave it or none. m.Time is Unix nanoseconds. It
// does not wait and keeps none of the bytes.
func (s *Sender) Message(m *wire.Meta, raw, correlation []byte) {
	p := hep.Packet{
		Protocol: hep.SIP, IPProtocol: ipProtocol(m.Transport), Node: s.node, NodeName: s.name, Key: s.key, Time: m.Time,
		Correlation: correlation, Payload: raw, HasDetails: true, Details: hep.Details{Transport: uint8(m.Transport), Flags: uint32(m.Flags)},
	}
	if !wire.IsParty(m.Src) {
		p.Src = m.Src
	}
	if !wire.IsParty(m.Dst) {
		p.Dst = m.Dst
	}
	for _, d := range s.destinations {
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
	out := exporters.Stats{Name: Name, Delivered: s.sent.Load()}
	for _, d := range s.destinations {
		queued, lost := d.queue.counts()
		out.Queued += uint64(max(queued, 0))
		out.Errors += lost
	}
	return out
}

// Close sends what is queued, for as long as drain at most. No message may come after it.
func (s *Sender) Close(drain time.Duration) {
	close(s.hurry)
	timer := time.AfterFunc(drain, s.stop)
	s.sending.Wait()
	timer.Stop()
	s.stop()
}
