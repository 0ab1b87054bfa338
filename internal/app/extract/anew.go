package extract

import (
	"io"
	"net/netip"

	"sipspan/capture/pcapwrite"
	"sipspan/internal/pseudonym"
	"sipspan/internal/wire"
	"sipspan/pipeline/messages"
)

// anew writes messages with other names and addresses in packets that it makes itself. Nothing of the frames is copied, so that no header of
// theirs is left.
type anew struct {
	names  pseudonym.Names
	out    *pcapwrite.Annotated
	iface  int
	conns  map[stream]*pcapwrite.Conn
	ids    uint32 // of IP datagrams
	frames int
	left   int
}

// stream is a connection.
type stream struct {
	ends ends
	id   uint64 // Message.Stream, of which a trace log has none
}

const (
	// segmentSize is how much of a message a TCP segment or an IP fragment carries.
	segmentSize = 1400
	// maxDatagram is the longest payload of UDP over IPv4.
	maxDatagram = 65507
)

func newAnew(to io.Writer) *anew {
	a := &anew{out: pcapwrite.NewAnnotated(to), conns: map[stream]*pcapwrite.Conn{}}
	a.iface = a.out.Interface("", pcapwrite.LinkRaw, 0)
	return a
}

// message writes a message.
func (a *anew) message(m *messages.Message) {
	text, err := a.names.Message(m.Bytes)
	if err != nil || len(text) > maxDatagram {
		a.left++
		return
	}
	src, dst := a.end(m.Src), a.end(m.Dst)
	if src.Addr().Is4() != dst.Addr().Is4() { // a log names only one of them
		a.left++
		return
	}
	switch m.Transport {
	case wire.TCP, wire.TLS, wire.WS, wire.WSS:
		a.inStream(m, src, dst, text)
	default:
		a.packet(m.Time, text, src, dst, pcapwrite.UDP{Src: src.Port(), Dst: dst.Port()})
	}
}

// end returns the end that stands for an end. Where a log names none it is the unspecified address.
func (a *anew) end(e netip.AddrPort) netip.AddrPort {
	addr := a.names.Addr(e.Addr())
	if !addr.IsValid() {
		addr = netip.IPv4Unspecified()
	}
	return netip.AddrPortFrom(addr, e.Port())
}

// inStream writes a message as the next bytes of a TCP connection, which begins with its first message.
func (a *anew) inStream(m *messages.Message, src, dst netip.AddrPort, text []byte) {
	key := stream{endsOf(m.Src, m.Dst), m.Stream}
	c := a.conns[key]
	if c == nil {
		a.ids++
		c = pcapwrite.NewConn(src, dst, a.ids<<20, a.ids<<20|1<<19)
		a.conns[key] = c
	}
	var sizes []int
	for rest := len(text); rest > segmentSize; rest -= segmentSize {
		sizes = append(sizes, segmentSize)
	}
	for _, s := range append(c.Open(), c.Send(src, text, sizes...)...) {
		a.packet(m.Time, s.Payload, s.From, s.To, s.Header)
	}
}

// packet writes a datagram or a segment, in fragments where it is long.
func (a *anew) packet(at int64, payload []byte, src, dst netip.AddrPort, transport pcapwrite.Layer) {
	a.ids++
	whole := pcapwrite.Build(payload, pcapwrite.IP(src.Addr(), dst.Addr(), uint16(a.ids)), transport)
	for _, data := range pcapwrite.Fragments(whole, segmentSize+40, a.ids) {
		a.out.Frame(a.iface, max(at, 0), data, len(data), 0)
		a.frames++
	}
}
