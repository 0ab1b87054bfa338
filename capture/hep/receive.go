package hep

import (
	"bufio"
	"errors"
	"io"
	"net"
	"time"

	"sipspan/decode/hep"
)

const (
	// receiveBuffer is what is asked of the kernel for each UDP socket.
	receiveBuffer = 4 << 20
	// packetTimeout is how long the rest of a packet may take that has begun to arrive.
	packetTimeout = 30 * time.Second
	// pause is how long a failing socket is left alone.
	pause = 100 * time.Millisecond
)

func wallClock() int64 { return time.Now().UnixNano() }

// receive takes datagrams until the socket is closed. One that finds no room is dropped and counted.
func (s *Source) receive(d net.PacketConn) {
	buf := make([]byte, hep.MaxLength)
	for {
		n, from, err := d.ReadFrom(buf)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			if !s.wait() {
				return
			}
			continue
		}
		s.examine(buf[:n], from)
		s.put(buf[:n], false)
	}
}

// put puts a packet into the queue and counts it. It returns false if it was lost.
func (s *Source) put(data []byte, wait bool) bool {
	s.received.Add(1)
	if !s.queue.put(data, wait, wallClock) {
		s.dropped.Add(1)
		return false
	}
	return true
}

// wait lets a moment pass. It returns false if the source is closed meanwhile.
func (s *Source) wait() bool {
	select {
	case <-s.ended:
		return false
	case <-time.After(pause):
		return true
	}
}

// accept takes connections until the listener is closed.
func (s *Source) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // such as too many open files
			if !s.wait() {
				return
			}
			continue
		}
		if !s.enter(c) {
			s.refused.Add(1)
			s.refusals.note(c.RemoteAddr(), "there are hep.max_connections connections already")
			_ = c.Close()
			continue
		}
		s.serving.Go(func() { s.serve(c) })
	}
}

// enter notes a connection. It returns false if there are too many, or none is wanted any more.
func (s *Source) enter(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.open) >= s.config.MaxConnections {
		return false
	}
	s.open[c] = true
	return true
}

func (s *Source) leave(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	_ = c.Close()
}

// serve takes the packets of a connection until it ends, is idle for too long, or brings what is no HEP: after that nobody knows where the next
// packet begins. A packet that finds no room waits, and so does its agent.
func (s *Source) serve(c net.Conn) {
	defer s.leave(c)
	in := bufio.NewReader(c)
	var buf []byte
	var first [hep.Header]byte
	for {
		_ = c.SetReadDeadline(time.Now().Add(s.config.IdleTimeout))
		if _, err := in.Peek(1); err != nil {
			return
		}
		_ = c.SetReadDeadline(time.Now().Add(packetTimeout))
		peeked, err := in.Peek(hep.Header)
		head := append(first[:0], peeked...) // the bytes that are peeked at do not outlive the next read
		n := hep.Length(head)
		if err == nil && n > 0 {
			if cap(buf) < n {
				buf = make([]byte, 0, n)
			}
			_, err = io.ReadFull(in, buf[:n])
			if err == nil {
				s.examine(buf[:n], c.RemoteAddr())
				if !s.put(buf[:n], true) {
					return
				}
				continue
			}
		}
		if len(head) > 0 { // no HEP, or the connection ended within a packet: what is there counts as one that is broken
			s.refused.Add(1)
			s.examine(head, c.RemoteAddr())
			s.put(head, true)
		}
		return
	}
}
