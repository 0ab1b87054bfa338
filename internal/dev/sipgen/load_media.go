package sipgen

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"

	"sipspan/capture/pcapwrite"
)

// media is what else a SPAN port shows: RTP of 20 ms G.711 with some RTCP and DNS.
type media struct {
	rng     *rand.Rand
	per     int // packets in front of each SIP message
	streams []stream
	next    int
}

// stream is one direction of RTP.
type stream struct {
	frame []byte // whole Ethernet frame, rewritten in place
	seq   uint16
	clock uint32
}

// Where the RTP header begins in a stream's frame: behind Ethernet, IPv4 and UDP.
const rtpOffset = 14 + 20 + 8

func newMedia(seed uint64, per int) *media {
	m := &media{rng: rand.New(rand.NewPCG(seed, 0x4d5e)), per: per}
	if per == 0 {
		return m
	}
	for range 500 {
		rtp := make([]byte, 12+160)
		rtp[0], rtp[1] = 0x80, 8
		binary.BigEndian.PutUint32(rtp[8:], m.rng.Uint32())
		for i := range rtp[12:] {
			rtp[12+i] = byte(m.rng.Uint32())
		}
		from, to := randomClient(m.rng), randomClient(m.rng)
		port := uint16(16384 + 2*m.rng.IntN(8000))
		m.streams = append(m.streams, stream{
			frame: datagram(netip.AddrPortFrom(from.Addr(), port), netip.AddrPortFrom(to.Addr(), port+2), 0, rtp),
			seq:   uint16(m.rng.Uint32()), clock: m.rng.Uint32(),
		})
	}
	return m
}

// between writes the other packets that lie between two times.
func (m *media) between(from, to int64, write func(pcapwrite.Packet) error) error {
	for i := range m.per {
		at := from + (to-from)*int64(i+1)/int64(m.per+1)
		data := m.packet()
		if err := write(pcapwrite.Packet{Time: at, Data: data}); err != nil {
			return err
		}
	}
	return nil
}

func (m *media) packet() []byte {
	m.next++
	s := &m.streams[m.next%len(m.streams)]
	switch {
	case m.next%250 == 0:
		return m.aside(s, 5005, 5005, rtcpReport)
	case m.next%333 == 0:
		return m.aside(s, 40000, 53, dnsQuery)
	}
	s.seq++
	s.clock += 160
	binary.BigEndian.PutUint16(s.frame[rtpOffset+2:], s.seq)
	binary.BigEndian.PutUint32(s.frame[rtpOffset+4:], s.clock)
	binary.BigEndian.PutUint16(s.frame[rtpOffset-2:], 0) // UDP without checksum, as RFC 768 allows
	return s.frame
}

// aside is a packet between the hosts of a stream.
func (m *media) aside(s *stream, src, dst uint16, payload []byte) []byte {
	from, _ := netip.AddrFromSlice(s.frame[26:30])
	to, _ := netip.AddrFromSlice(s.frame[30:34])
	return datagram(netip.AddrPortFrom(from, src), netip.AddrPortFrom(to, dst), 0, payload)
}

var (
	rtcpReport = []byte{0x80, 201, 0, 1, 0xde, 0xad, 0xbe, 0xef}
	dnsQuery   = []byte("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04_sip\x04_udp\x07example\x03com\x00\x00\x21\x00\x01")
)
