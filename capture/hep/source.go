package hep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"sipspan/capture"
	"sipspan/decode/hep"
	"sipspan/internal/fault"
)

// Name is what the source is called among the interfaces.
const Name = "hep"

// poll is the longest wait for a packet.
const poll = 100 * time.Millisecond

// Source is what agents send to the addresses of a Config. Next is for one goroutine; the other methods may be called from any.
type Source struct {
	config    Config
	queue     *queue
	packet    hep.Packet
	number    uint64
	timer     *time.Timer
	refusals  refusals
	listeners []net.Listener
	datagrams []net.PacketConn
	received  atomic.Uint64
	dropped   atomic.Uint64
	refused   atomic.Uint64

	serving sync.WaitGroup
	ended   chan struct{}
	mu      sync.Mutex // guards what follows
	closed  bool
	open    map[net.Conn]bool
}

// Open listens on all addresses of c. When one cannot be had, the error names it, and none is.
func Open(c Config, log *slog.Logger) (*Source, error) {
	s := &Source{
		config: c, queue: newQueue(c.QueueBytes), timer: time.NewTimer(poll), ended: make(chan struct{}), open: map[net.Conn]bool{},
		refusals: refusals{log: log},
	}
	for _, text := range c.Listen {
		if err := s.listen(text); err != nil {
			return nil, errors.Join(fmt.Errorf("hep: listening on %s: %w", text, err), s.Close())
		}
	}
	for _, d := range s.datagrams {
		s.serving.Go(func() { defer fault.Catch(); s.receive(d) })
	}
	for _, l := range s.listeners {
		s.serving.Go(func() { defer fault.Catch(); s.accept(l) })
	}
	return s, nil
}

func (s *Source) listen(text string) error {
	network, address, err := splitListen(text)
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	if network == "udp" {
		d, err := lc.ListenPacket(context.Background(), network, address)
		if err != nil {
			return err
		}
		if u, ok := d.(*net.UDPConn); ok {
			_ = u.SetReadBuffer(receiveBuffer) // the kernel gives what it allows
		}
		s.datagrams = append(s.datagrams, d)
		return nil
	}
	l, err := lc.Listen(context.Background(), network, address)
	if err == nil {
		s.listeners = append(s.listeners, l)
	}
	return err
}

// Addrs returns the addresses that it listens on: first those of UDP, then those of TCP.
func (s *Source) Addrs() (all []net.Addr) {
	for _, d := range s.datagrams {
		all = append(all, d.LocalAddr())
	}
	for _, l := range s.listeners {
		all = append(all, l.Addr())
	}
	return all
}

// Next returns the next packet as a frame of capture.LinkHEP, also what is no HEP. Its time is the one that the agent names, as far as that can
// be right, and otherwise when it came. f.Data is borrowed until the next call. It returns capture.ErrIdle after a moment without a packet and
// io.EOF after Close.
func (s *Source) Next(f *capture.Frame) error {
	for waited := false; ; waited = true {
		data, at, ok := s.queue.next()
		if ok {
			s.number++
			*f = capture.Frame{Time: at, Data: data, Length: len(data), Link: capture.LinkHEP, Number: s.number}
			if s.packet.Parse(data) == hep.Whole && s.packet.Allowed(s.config.AuthKey) {
				f.Time, _ = s.packet.StampAt(at)
			}
			return nil
		}
		if waited {
			return s.idle()
		}
		s.timer.Reset(poll)
		select {
		case <-s.ended:
			return io.EOF
		case <-s.queue.ready:
		case <-s.timer.C:
		}
	}
}

// idle returns what Next reports when nothing came: that the source has ended, or that it is idle.
func (s *Source) idle() error {
	select {
	case <-s.ended:
		return io.EOF
	default:
		return capture.ErrIdle
	}
}

// Stats returns the one line of the source.
func (s *Source) Stats() []capture.InterfaceStats {
	return []capture.InterfaceStats{{Name: Name, Stats: capture.Stats{Received: s.received.Load(), InterfaceDropped: s.dropped.Load()}}}
}

// Connections returns how many agents are connected over TCP, and how many connections were refused because there were too many, or were
// closed because they brought no HEP.
func (s *Source) Connections() (open int, refused uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open), s.refused.Load()
}

// Close stops listening and closes the connections.
func (s *Source) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.ended)
	var errs []error
	for _, d := range s.datagrams {
		errs = append(errs, d.Close())
	}
	for _, l := range s.listeners {
		errs = append(errs, l.Close())
	}
	for c := range s.open {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.queue.close()
	s.serving.Wait()
	s.timer.Stop()
	return errors.Join(errs...)
}
