package hep

import (
	"bytes"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/decode/hep"
)

// incoming is a connection that brings some bytes, a few at a time, and then ends.
type incoming struct {
	net.Conn
	rest  []byte
	piece int
}

func (c *incoming) Read(b []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, net.ErrClosed
	}
	n := copy(b[:min(len(b), c.piece)], c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *incoming) SetReadDeadline(time.Time) error { return nil }
func (c *incoming) RemoteAddr() net.Addr            { return &net.TCPAddr{} }
func (c *incoming) Close() error                    { return nil }

// FuzzServe lets an agent send its input over TCP. The frames are the input cut into packets: each byte once and in order, up to the first
// place where no packet begins. After that, at most the head of what is no packet follows.
func FuzzServe(f *testing.F) {
	one, ok := hep.Append(nil, &hep.Packet{
		Protocol: hep.SIP, IPProtocol: hep.IPProtocolTCP, Time: 1, Payload: []byte("OPTIONS sip:a SIP/2.0\r\n\r\n"),
		Src: netip.MustParseAddrPort("192.0.2.1:5060"), Dst: netip.MustParseAddrPort("192.0.2.2:5060"),
	})
	if !ok {
		f.Fatal("too large")
	}
	f.Add(one, byte(255))
	f.Add(append(bytes.Clone(one), one...), byte(3))
	f.Add(append(bytes.Clone(one), "GET / HTTP/1.1\r\n\r\n"...), byte(1))
	f.Add(one[:len(one)-4], byte(7))
	f.Add([]byte("HEP3\x00\x06HEP3\xff\xff"), byte(2))
	f.Fuzz(func(t *testing.T, input []byte, piece byte) {
		const room = 64 // for each byte of the input: a full queue would wait for a reader
		s := &Source{
			config: DefaultConfig(), queue: newQueue(room*len(input) + 1024), timer: time.NewTimer(time.Hour), ended: make(chan struct{}), open: map[net.Conn]bool{},
			refusals: refusals{log: slog.New(slog.DiscardHandler)},
		}
		defer s.timer.Stop()
		s.serve(&incoming{rest: input, piece: int(piece) + 1})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		rest := input
		for {
			var frame capture.Frame
			if err := s.Next(&frame); err != nil {
				break
			}
			if !bytes.HasPrefix(rest, frame.Data) {
				t.Fatalf("frame %d is not what comes next", frame.Number)
			}
			rest = rest[len(frame.Data):]
			if n := hep.Length(frame.Data); n != len(frame.Data) && len(frame.Data) > hep.Header {
				t.Fatalf("frame of %d bytes that announces %d", len(frame.Data), n)
			}
		}
		if n := hep.Length(rest); n > 0 && n <= len(rest) && len(rest) == len(input) {
			t.Fatal("a whole packet was not taken")
		}
	})
}
