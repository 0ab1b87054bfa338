package pcap

import (
	"cmp"
	"io"
	"net/netip"
	"slices"

	"sipspan/capture/pcapwrite"
)

// Message is a SIP message as it was captured.
type Message struct {
	Time     int64 // Unix nanoseconds
	Src, Dst netip.AddrPort
	Stream   bool // it came in a byte stream and not in a datagram
	Cut      bool // its end was not captured
	Raw      []byte
	Of       int // the number of its Call-ID among those asked for
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

// capture writes messages as packets.
type capture struct {
	w     *pcapwrite.Writer
	conns map[[2]netip.AddrPort]*pcapwrite.Conn // by client and server
	id    uint16                                // of the last IPv4 packet
	begun uint32                                // connections
}

// write writes a capture file with Ethernet frames and times in nanoseconds.
func write(to io.Writer, messages []Message) error {
	w, err := pcapwrite.NewWriter(to, pcapwrite.Format{Nanos: true})
	if err != nil {
		return err
	}
	c := &capture{w: w, conns: map[[2]netip.AddrPort]*pcapwrite.Conn{}}
	for i := range messages {
		m := messages[i]
		m.Src, m.Dst = unmap(m.Src), unmap(m.Dst)
		if m.Stream {
			err = c.segments(&m)
		} else {
			err = c.packet(m.Time, m.Src, m.Dst, m.Raw, pcapwrite.UDP{Src: m.Src.Port(), Dst: m.Dst.Port()})
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
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
	return c.w.Write(pcapwrite.Packet{Time: at, Data: pcapwrite.Build(payload,
		pcapwrite.Ethernet{Src: pcapwrite.MACOf(src.Addr()), Dst: pcapwrite.MACOf(dst.Addr())},
		pcapwrite.IP(src.Addr(), dst.Addr(), c.id), transport)})
}
