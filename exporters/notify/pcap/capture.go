package pcap

import (
	"cmp"
	"io"
	"net/netip"
	"slices"

	"sipspan/capture/pcapwrite"
	"sipspan/internal/wire"
	"sipspan/record"
)

// Message is a SIP message as it was captured.
type Message struct {
	Time      int64          // Unix nanoseconds
	Src, Dst  netip.AddrPort // not valid where they are not known
	Transport wire.Transport
	Cut       bool // its end was not captured
	Raw       []byte
	Of        int // the number of its Call-ID among those asked for
}

// longestDatagram is how many bytes a UDP datagram carries here.
const longestDatagram = 65_000

// isPacket reports whether the message can stand in packets of its transport as they were on the wire. Of TLS, WebSocket and SCTP that
// would have to be invented, of ends that are not known as well, and HEP may bring what is no datagram.
func (m *Message) isPacket() bool {
	src, dst := m.Src.Addr(), m.Dst.Addr()
	if !src.IsValid() || !dst.IsValid() || src.Is4() != dst.Is4() || wire.IsParty(m.Src) || wire.IsParty(m.Dst) {
		return false
	}
	return m.Transport == wire.TCP || m.Transport == wire.UDP && len(m.Raw) <= longestDatagram
}

// longestPDU is how many bytes of a message an exported PDU carries: with its tags it fits into what readers of captures take.
const longestPDU = 262_000

// pdu returns the message as an exported PDU.
func (m *Message) pdu() []byte {
	meta := wire.Meta{Src: m.Src, Dst: m.Dst, Transport: m.Transport}
	if m.Cut || len(m.Raw) > longestPDU {
		meta.Flags |= record.Truncated
	}
	for _, end := range [...]netip.AddrPort{m.Src, m.Dst} {
		if !end.IsValid() || wire.IsParty(end) {
			meta.Flags |= record.NoAddresses
		}
	}
	return append(wire.AppendPDU(nil, &meta), m.Raw[:min(len(m.Raw), longestPDU)]...)
}

// overhead is about how many bytes a capture holds for a message beside those of the message itself.
const overhead = 100

// chosen returns what fits into so many bytes, in the order of time: whole calls, the first that were asked for first, and
// of the very first as much as there is room for.
func chosen(all []Message, room int64) []Message {
	size := map[int]int64{}
	for _, m := range all {
		size[m.Of] += int64(len(m.Raw) + overhead)
	}
	calls := make([]int, 0, len(size))
	for of := range size {
		calls = append(calls, of)
	}
	slices.Sort(calls)
	fit := map[int]bool{}
	left := room
	for _, of := range calls {
		if len(fit) == 0 || size[of] <= left {
			fit[of] = true
			left -= size[of]
		}
	}
	var out []Message
	for _, m := range all {
		if !fit[m.Of] {
			continue
		}
		if room -= int64(len(m.Raw) + overhead); room < 0 {
			break
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b Message) int { return cmp.Compare(a.Time, b.Time) })
	return out
}

// longest is how many bytes a TCP segment carries here: with its headers it fits into an IPv4 packet.
const longest = 65_000

// capture writes messages as packets and exported PDUs.
type capture struct {
	put   func(link pcapwrite.Link, at int64, data []byte) error
	conns map[[2]netip.AddrPort]*pcapwrite.Conn // by client and server
	id    uint16                                // of the last IPv4 packet
	begun uint32                                // connections
}

// Write writes messages, in the order of time, as a capture. The packets are made anew: addresses, ports and times are those of the messages, and
// nothing else of the headers is. The addresses in messages are brought into the form of packets.
func Write(to io.Writer, messages []Message) error { return write(to, messages, prepare(messages)) }

// prepare brings the addresses of messages into the form of packets, and reports whether some of them have to be exported PDUs.
func prepare(messages []Message) (pdus bool) {
	for i := range messages {
		m := &messages[i]
		m.Src, m.Dst = unmap(m.Src), unmap(m.Dst)
		pdus = pdus || !m.isPacket()
	}
	return pdus
}

// Writer writes messages one after the other, each with comments, as a pcapng file with Ethernet frames and exported PDUs, as Write does.
type Writer struct {
	capture
	out        *pcapwrite.Annotated
	interfaces map[pcapwrite.Link]int
	comments   []string // of the next frame
	frames     int
}

// NewWriter begins a file.
func NewWriter(to io.Writer) *Writer {
	w := &Writer{out: pcapwrite.NewAnnotated(to), interfaces: map[pcapwrite.Link]int{}}
	w.conns = map[[2]netip.AddrPort]*pcapwrite.Conn{}
	for _, link := range [...]pcapwrite.Link{pcapwrite.LinkEthernet, pcapwrite.LinkUpperPDU} {
		w.interfaces[link] = w.out.Interface("", link, 0)
	}
	w.put = func(link pcapwrite.Link, at int64, data []byte) error {
		w.out.Frame(w.interfaces[link], max(at, 0), data, len(data), 0, w.comments...)
		w.comments = nil
		w.frames++
		return nil // Flush returns it
	}
	return w
}

// Message writes a message. The comments stand on the first of its frames.
func (w *Writer) Message(m *Message, comments ...string) {
	m.Src, m.Dst = unmap(m.Src), unmap(m.Dst)
	w.comments = comments
	_ = w.message(m) // Flush returns it
}

// Frames returns how many frames were written.
func (w *Writer) Frames() int { return w.frames }

// Flush writes what is buffered, and returns the first error of all that was written.
func (w *Writer) Flush() error { return w.out.Flush() }

// write writes messages that were prepared, as a pcap file of Ethernet frames or, with exported PDUs, as a pcapng file. Times are in
// nanoseconds.
func write(to io.Writer, messages []Message, pdus bool) error {
	if pdus {
		w := NewWriter(to)
		for i := range messages {
			w.Message(&messages[i])
		}
		return w.Flush()
	}
	w, err := pcapwrite.NewWriter(to, pcapwrite.Format{Nanos: true})
	if err != nil {
		return err
	}
	c := &capture{conns: map[[2]netip.AddrPort]*pcapwrite.Conn{}}
	c.put = func(_ pcapwrite.Link, at int64, data []byte) error {
		return w.Write(pcapwrite.Packet{Time: at, Data: data})
	}
	for i := range messages {
		if err := c.message(&messages[i]); err != nil {
			return err
		}
	}
	return w.Flush()
}

func (c *capture) message(m *Message) error {
	switch {
	case !m.isPacket():
		return c.put(pcapwrite.LinkUpperPDU, m.Time, m.pdu())
	case m.Transport == wire.TCP:
		return c.segments(m)
	}
	return c.packet(m.Time, m.Src, m.Dst, m.Raw, pcapwrite.UDP{Src: m.Src.Port(), Dst: m.Dst.Port()})
}

func unmap(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// segments writes a message of a stream, after the handshake of its connection if it is the first. A message without its
// end is the last of its connection, so that what follows is not taken for its end.
func (c *capture) segments(m *Message) error {
	key := [2]netip.AddrPort{m.Src, m.Dst}
	conn := c.conns[key]
	if conn == nil {
		back := [2]netip.AddrPort{m.Dst, m.Src}
		if conn = c.conns[back]; conn != nil {
			key = back
		} else {
			c.begun++
			conn = pcapwrite.NewConn(m.Src, m.Dst, c.begun<<24, c.begun<<24|1<<23)
			c.conns[key] = conn
		}
	}
	all := conn.Open()
	var sizes []int
	for rest := len(m.Raw); rest > longest; rest -= longest {
		sizes = append(sizes, longest)
	}
	all = append(all, conn.Send(m.Src, m.Raw, sizes...)...)
	if m.Cut {
		all = append(all, conn.Finish(m.Src), conn.Finish(m.Dst))
		delete(c.conns, key)
	}
	for _, s := range all {
		if err := c.packet(m.Time, s.From, s.To, s.Payload, s.Header); err != nil {
			return err
		}
	}
	return nil
}

func (c *capture) packet(at int64, src, dst netip.AddrPort, payload []byte, transport pcapwrite.Layer) error {
	c.id++
	return c.put(pcapwrite.LinkEthernet, at, pcapwrite.Build(payload,
		pcapwrite.Ethernet{Src: pcapwrite.MACOf(src.Addr()), Dst: pcapwrite.MACOf(dst.Addr())},
		pcapwrite.IP(src.Addr(), dst.Addr(), c.id), transport))
}
