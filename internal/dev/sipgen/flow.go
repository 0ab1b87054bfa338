package sipgen

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"sipspan/capture/pcapwrite"
)

// Flow is a scenario: who sends what to whom, when and how. ParseFlow reads one from text.
type Flow struct {
	Start   time.Time // time of @0
	Format  pcapwrite.Format
	Framing pcapwrite.Framing
	Steps   []Step
	Clock   []ClockStep
}

// ClockStep says that the clock of the capture is set at a time of the flow.
type ClockStep struct{ At, By time.Duration }

// Transport is what carries a step.
type Transport string

// The transports of a flow.
const (
	OverUDP  Transport = "udp"
	OverTCP  Transport = "tcp"
	OverWS   Transport = "ws"
	OverSCTP Transport = "sctp"
	OverICMP Transport = "icmp" // quotes the last UDP packet the other way: see ICMPError
)

var transports = []Transport{OverUDP, OverTCP, OverWS, OverSCTP, OverICMP}

// Step is one payload on its way, or a bare TCP control segment.
type Step struct {
	At         time.Duration
	From, To   netip.AddrPort
	Transport  Transport
	Payload    []byte
	Options    Options
	sourceLine int
}

// Options inject what networks do to a step.
type Options struct {
	Retransmit []time.Duration // send the same again after these times, counted from the first
	Segments   []int           // TCP: sizes of the first segments, the rest goes into one more
	Fragment   int             // IP: payload bytes of a fragment
	Order      []int           // which segment or fragment (from 1) is captured when; left out is lost, twice is duplicated
	Gap        time.Duration   // time between the packets of the step, 10 µs by default
	Trailer    int             // bytes of stale SIP text behind the IP packet
	MidStream  bool            // TCP: the connection was open before the capture began
	Stamp      time.Duration   // the packets are stamped so much later than they come, or earlier
	Lost       bool            // nothing of the step is captured
	ACK        bool            // TCP: a segment without payload
	Full       bool            // TCP: the same, with a window of 0
	Router     netip.Addr      // ICMP: the error is sent by it
	ICMPError  pcapwrite.ICMPError
	FIN, RST   bool // TCP: ends the connection behind the payload
	SYN        bool // TCP: an attempt to open a connection that nobody answers, and nothing else
	Refused    bool // TCP: an attempt that is answered with RST, and nothing else
	WebSocketOptions
	SCTPOptions
}

// Source of the bytes of Options.Trailer.
const stale = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKstale\r\nCall-ID: stale@192.0.2.99\r\nCSeq: 1 OPTIONS\r\n\r\n"

// WriteCapture writes the flow as a capture file.
func (f *Flow) WriteCapture(w io.Writer) error {
	cw, err := pcapwrite.NewWriter(w, f.Format)
	if err != nil {
		return err
	}
	for _, p := range f.Packets() {
		if err := cw.Write(p); err != nil {
			return err
		}
	}
	return cw.Flush()
}

// stamped is a packet of a flow.
type stamped struct {
	pcapwrite.Packet
	astray time.Duration // how far its stamp is wrong
}

// Packets returns the packets of the flow in the order in which a capture holds them.
func (f *Flow) Packets() []pcapwrite.Packet {
	out, _ := f.run()
	return out
}

// run returns the packets, and what of the steps cannot be done.
func (f *Flow) run() ([]pcapwrite.Packet, error) {
	r := runner{flow: f, conns: map[[2]netip.AddrPort]*pcapwrite.Conn{}, webs: map[[2]netip.AddrPort]*webConn{}, associations: map[[2]netip.AddrPort]*pcapwrite.Association{}, last: map[[2]netip.AddrPort][]byte{}}
	for i := range f.Steps {
		r.step(&f.Steps[i])
	}
	slices.SortStableFunc(r.out, func(a, b stamped) int { return cmp.Compare(a.Time, b.Time) })
	packets := make([]pcapwrite.Packet, len(r.out))
	for i, p := range r.out {
		packets[i] = p.Packet
		packets[i].Time = f.stamp(&p)
	}
	return packets, errors.Join(r.errs...)
}

// stamp returns the time that the capture says a packet came.
func (f *Flow) stamp(p *stamped) int64 {
	at := p.Time + int64(p.astray)
	for _, c := range f.Clock {
		if p.Time >= f.Start.UnixNano()+int64(c.At) {
			at += int64(c.By)
		}
	}
	return at
}

// runner turns steps into packets.
type runner struct {
	flow         *Flow
	out          []stamped
	conns        map[[2]netip.AddrPort]*pcapwrite.Conn
	webs         map[[2]netip.AddrPort]*webConn
	associations map[[2]netip.AddrPort]*pcapwrite.Association
	last         map[[2]netip.AddrPort][]byte // last UDP packet of a direction, for ICMP to quote
	ipID         uint16
	errs         []error
}

func (r *runner) step(s *Step) {
	at := r.flow.Start.UnixNano() + int64(s.At)
	var packets [][]byte // IP packets
	switch s.Transport {
	case OverUDP:
		packets = [][]byte{r.ip(s.From.Addr(), s.To.Addr(), s.Payload, pcapwrite.UDP{Src: s.From.Port(), Dst: s.To.Port()})}
		r.last[[2]netip.AddrPort{s.From, s.To}] = packets[0]
	case OverICMP:
		quoted := r.last[[2]netip.AddrPort{s.To, s.From}]
		if quoted == nil {
			r.errs = append(r.errs, fmt.Errorf("flow line %d: there is no UDP packet to quote", s.sourceLine))
		}
		from := s.From.Addr()
		if s.Options.Router.IsValid() {
			from = s.Options.Router
		}
		packets = [][]byte{r.ip(from, s.To.Addr(), quoted, pcapwrite.Undelivered{Why: s.Options.ICMPError, V6: from.Is6()})}
	case OverTCP:
		packets = r.tcp(s)
	case OverWS:
		packets = r.webSocket(s)
	case OverSCTP:
		packets = r.sctp(s)
	}
	if s.Options.Fragment > 0 {
		var cut [][]byte
		for _, p := range packets {
			cut = append(cut, pcapwrite.Fragments(p, s.Options.Fragment, uint32(r.ipID))...)
		}
		packets = cut
	}
	if s.Options.Lost {
		return
	}
	if len(s.Options.Order) > 0 {
		var ordered [][]byte
		for _, n := range s.Options.Order {
			if n < 1 || n > len(packets) {
				r.errs = append(r.errs, fmt.Errorf("flow line %d: the step has %d packets, no number %d", s.sourceLine, len(packets), n))
				continue
			}
			ordered = append(ordered, packets[n-1])
		}
		packets = ordered
	}
	for _, again := range append([]time.Duration{0}, s.Options.Retransmit...) {
		r.emit(s, at+int64(again), packets)
	}
}

// attempt returns the IP packets of a connection that does not come about.
func (r *runner) attempt(s *Step) [][]byte {
	c := pcapwrite.NewConn(s.From, s.To, uint32(s.At/time.Millisecond)+1, 0)
	packets := [][]byte{r.segment(c.Open()[0])}
	if s.Options.Refused {
		packets = append(packets, r.segment(c.Reset(s.To)))
	}
	return packets
}

// connectionOf returns the two ends of a step's connection, the same for both directions.
func connectionOf(s *Step) [2]netip.AddrPort {
	if s.To.Compare(s.From) < 0 {
		return [2]netip.AddrPort{s.To, s.From}
	}
	return [2]netip.AddrPort{s.From, s.To}
}

// tcp returns the IP packets of a step over TCP, with the handshake in front of the first.
func (r *runner) tcp(s *Step) [][]byte {
	if s.Options.SYN || s.Options.Refused {
		return r.attempt(s)
	}
	key := connectionOf(s)
	c := r.conns[key]
	if c == nil {
		n := uint32(len(r.conns)+1) * 1000
		c = pcapwrite.NewConn(s.From, s.To, n, n+500)
		r.conns[key] = c
	}
	if s.Options.MidStream {
		c.Resume()
	}
	for i, seg := range c.Open() {
		at := r.flow.Start.UnixNano() + int64(s.At) - int64(3-i)*int64(100*time.Microsecond)
		r.emit(s, at, [][]byte{r.segment(seg)})
	}
	segments := c.Send(s.From, s.Payload, s.Options.Segments...)
	if s.Options.ACK {
		segments = append(segments, c.Ack(s.From))
	}
	if s.Options.Full {
		segments = append(segments, c.Full(s.From))
	}
	if s.Options.RST {
		segments = append(segments, c.Reset(s.From))
	}
	if s.Options.FIN {
		segments = append(segments, c.Finish(s.From))
	}
	if s.Options.RST || s.Options.FIN && c.Closed() {
		delete(r.conns, key)
	}
	var packets [][]byte
	for _, seg := range segments {
		packets = append(packets, r.segment(seg))
	}
	return packets
}

func (r *runner) segment(s pcapwrite.Segment) []byte {
	return r.ip(s.From.Addr(), s.To.Addr(), s.Payload, s.Header)
}

func (r *runner) ip(src, dst netip.Addr, payload []byte, transport pcapwrite.Layer) []byte {
	r.ipID++
	return pcapwrite.Build(payload, pcapwrite.IP(src, dst, r.ipID), transport)
}

// emit frames IP packets and adds them to the capture, one Gap apart.
func (r *runner) emit(s *Step, at int64, packets [][]byte) {
	framing := r.flow.Framing
	if n := s.Options.Trailer; n > 0 {
		framing.Trailer = bytes.Repeat([]byte(stale), n/len(stale)+1)[:n]
	}
	gap := s.Options.Gap
	if gap == 0 {
		gap = 10 * time.Microsecond
	}
	for i, p := range packets {
		data := framing.Frame(p, s.From.Addr(), s.To.Addr())
		r.out = append(r.out, stamped{pcapwrite.Packet{Time: at + int64(i)*int64(gap), Data: data}, s.Options.Stamp})
	}
}
