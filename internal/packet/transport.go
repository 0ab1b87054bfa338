package packet

import (
	"encoding/binary"
	"hash/crc32"
)

// udp strips a UDP header (RFC 768). A length of 0 is that of a jumbogram (RFC
// 2675, 4) or was left to segmentation offload: as much as IP says.
// It may carry a tunnel: see udptunnel.go.
func (c *cursor) udp() layer {
	b := c.rest
	if len(b) < 8 {
		return c.short(ReasonBadTransport)
	}
	c.srcPort, c.dstPort = be16(b[0:]), be16(b[2:])
	length := int(be16(b[4:]))
	if length == 0 {
		length = c.promised
	}
	if length < 8 {
		return c.ignore(ReasonBadTransport)
	}
	c.limit(length)
	c.skip(8)
	if len(c.rest) > 0 && mayBeTunnel(c.srcPort, c.dstPort, c.rest[0]) {
		return c.tunnelInUDP()
	}
	return endUDP
}

// tcp strips a TCP header and its options (RFC 9293, 3.1).
func (c *cursor) tcp(p *Packet) layer {
	b := c.rest
	if len(b) < 20 {
		return c.short(ReasonBadTransport)
	}
	header := int(b[12]>>4) * 4
	if header < 20 || header > c.promised {
		return c.ignore(ReasonBadTransport)
	}
	if header > len(b) {
		// The capture ends inside the options: ports, flags and the place in
		// the stream are known, the payload is missing as a whole.
		c.promised -= header
		c.rest = b[len(b):]
	} else {
		c.skip(header)
	}
	c.srcPort, c.dstPort = be16(b[0:]), be16(b[2:])
	p.TCP = TCP{
		Seq:    be32(b[4:]),
		Ack:    be32(b[8:]),
		Flags:  Flags(b[13]),
		Window: be16(b[14:]),
	}
	return endTCP
}

// sctp strips the common header (RFC 9260, 3.1). The checksum is not checked: a
// capture on the sending host holds it unset.
func (c *cursor) sctp(p *Packet) layer {
	b := c.rest
	if len(b) < sctpHeader {
		return c.short(ReasonBadTransport)
	}
	c.srcPort, c.dstPort = be16(b[0:]), be16(b[2:])
	p.SCTP = SCTP{Tag: be32(b[4:])}
	c.skip(sctpHeader)
	return endSCTP
}

const sctpHeader = 12

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// isSCTP recognises SCTP in UDP (RFC 6951) by its checksum, which no other
// payload has.
func isSCTP(b []byte, promised int) bool {
	if len(b) < sctpHeader+4 || len(b) < promised {
		return false
	}
	var zeros [4]byte
	sum := crc32.Update(0, castagnoli, b[:8])
	sum = crc32.Update(sum, castagnoli, zeros[:])
	sum = crc32.Update(sum, castagnoli, b[sctpHeader:])
	return sum == binary.LittleEndian.Uint32(b[8:])
}

// Types of the ICMP messages that quote the datagram they are about, as bit
// sets: destination unreachable, source quench, redirect, time exceeded and
// parameter problem (RFC 792); the same of ICMPv6 and packet too big (RFC 4443).
const (
	quotesV4 = 1<<3 | 1<<4 | 1<<5 | 1<<11 | 1<<12
	quotesV6 = 1<<1 | 1<<2 | 1<<3 | 1<<4
)

// icmp ends the walk: what an ICMP error quotes was a datagram once before and
// is no message now. Type, code and quotation are kept for those who explain
// failures.
func (c *cursor) icmp(p *Packet, quotes uint64) layer {
	b := c.rest
	if len(b) < 4 {
		return c.short(ReasonBadTransport)
	}
	p.ICMP = ICMP{Type: b[0], Code: b[1]}
	if b[0] < 64 && quotes&(1<<b[0]) != 0 && len(b) > 8 {
		p.Quoted = b[8:]
		// The length of the quotation when extensions follow it (RFC 4884, 4.1).
		n := 4 * int(b[5])
		if quotes == quotesV6 {
			n = 8 * int(b[4])
		}
		if n > 0 && n < len(p.Quoted) {
			p.Quoted = p.Quoted[:n]
		}
	}
	return c.ignore(ReasonICMP)
}
